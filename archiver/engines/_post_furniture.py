"""What a theme prints around a post's words: the title, a byline, buttons to share, the author's box."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

from lxml.html import HtmlElement

from archiver import dates
from archiver.engines import _vocabulary as vocabulary
from archiver.engines._portraits import portraits
from archiver.engines._post_frame import is_sharing
from archiver.engines.dom import SKIPPED, rels, text_of, tokens
from archiver.engines.wordpress_urls import is_author_page, taxonomy
from archiver.text import normal_name

BLOCKS = frozenset(
    {"p", "h2", "h3", "h4", "ul", "ol", "blockquote", "pre", "table", "figure", "dl", "img", "hr", "div"}
)
_INLINE = frozenset({"a", "span", "time", "em", "strong", "small", "b", "i", "br", "cite", "abbr"})
_WORDY = BLOCKS - {"div"}
_OWN_MARKS = frozenset(
    {"entry-title", "vcard", "updated", "byline", "posted-on", "entry-date", "entry-author", "entry-comments"}
)
_NAME_PARTS = re.compile(r"[-_\s]+")
PLAIN_CLASS = re.compile(r"^(?:wp-|align|gallery|caption|has-|size-|is-)")
_SHORT_LINE = 600  # characters
_DATE_LINE = 60  # characters
_FIRST = 3  # elements, among which the title is
_LAST = 3  # elements, among which the line of the terms is
_HEADINGS = frozenset({"h1", "h2", "h3", "h4"})
_LABELS = frozenset({"span", "div", "p"})
_FRAMES = frozenset({"div", "header", "hgroup"})
_LINE_TAGS = frozenset({"p", "div", "small", "span", "em", "ul", "h2", "h3", "h4", "h5", "h6", "time"})
_WORKED = frozenset({"div", "section", "aside", "ul", "form"})
_CONTROLS = frozenset({"button", "input", "select"})
_ADDRESSES = frozenset({"email", "e-mail", "mail", "your-email"})
_PRESSED = re.compile(r"^data-(?:\w+-)*nonce$")  # what proves to WordPress that a reader of this page has pressed it
_SAYING = ("p", "blockquote", "pre", "table", "figure", "dl", "iframe", "audio", "video", "code", "h2", "h3")
_UPLOADED = re.compile(r"/uploads/\d{4}/\d\d/")
_VOID = re.compile(r"javascript:\s*(?:$|;|/|void\b|\w+\([^()]*\);?$)")  # not what readers are to keep as a bookmark
_PICTURES = frozenset({"thumbnail", "thumb", "featured"})
_EXCERPTS = frozenset({"p", "div", "aside", "section", "header", "blockquote"})
_EXCERPT = 60  # characters
_CUT = re.compile(r"\s*(?:\[?(?:…|\.\.\.)\]?)$")
_PLACES = ("#comments", "#respond")
_SHELLS = frozenset({"div", "section", "article", "main"})


def furniture(element: HtmlElement, swallowed: list[HtmlElement], stated: str) -> list[HtmlElement]:
    """The first children and the last ones that are the theme's: a byline, buttons to share, the author's box.

    stated: the page's <title>, normalised; a heading that it repeats is the post's.
    """
    found: list[HtmlElement] = []
    shell: HtmlElement | None = element
    while shell is not None:
        children = [e for e in shell if isinstance(e.tag, str) and e.tag not in SKIPPED and e not in swallowed]
        people = portraits(shell, children)
        children = [node for node in children if node not in people]
        found += [*people, *_leading(shell, children, stated), *_trailing(shell, children)]
        found += _from_terms([node for node in children if node not in found])
        left = [node for node in children if node not in found]
        # Around what is left there may be another shell.
        shell = left[0] if len(left) == 1 and left[0].tag in _SHELLS and not _has_words(shell) else None
    return list(dict.fromkeys(found))


def _leading(shell: HtmlElement, children: list[HtmlElement], stated: str) -> Iterator[HtmlElement]:
    """Children from the start of their shell on: parts of the theme, a date above the title, lines about the post."""
    if (shell.text or "").strip():
        return
    place = next((n for n, node in enumerate(children[:_FIRST]) if _is_title(node, stated)), 0)
    above, titled = _lines_above_title(children[:place]), False
    for number, node in enumerate(children):
        is_title = _is_title(node, stated)
        about = titled and node is not children[-1] and _is_about_post(node)
        begins = not number and (_is_picture_of_post(node) or _is_said_again(node))
        if is_title or about or begins or node in above or is_theme_part(node):
            yield node
        elif not _only_clears(node) and (number >= place or text_of(node)):
            return  # else it is a picture above the title
        titled = titled or is_title
        if (node.tail or "").strip():
            return


def _is_picture_of_post(node: HtmlElement) -> bool:
    """Whether an element is called the picture by which the post is known in lists, its caption in it."""
    images = list(node.iter("img")) if node.tag in {"figure", "div"} else []
    if len(images) != 1 or next(node.iter("p"), None) is not None:
        return False  # a gallery, which WordPress calls by the size of its pictures
    if "wp-post-image" in tokens(images[0]):
        return True
    called = [set(_NAME_PARTS.split(name)) for name in tokens(node)]
    return any("size" not in parts and not _PICTURES.isdisjoint(parts) for parts in called)


def _is_said_again(node: HtmlElement) -> bool:
    """Whether what stands behind an element begins with all of its words: an excerpt that a theme prints above them."""
    following = next(filter(None, map(_first_letter, node.itersiblings())), "") if node.tag in _EXCERPTS else ""
    if not following or _first_letter(node) != following:  # nearly all, before all of their words are read
        return False
    said = _CUT.sub("", text_of(node))
    if len(said) < _EXCERPT:
        return False
    behind = ""
    for sibling in node.itersiblings():
        if isinstance(sibling.tag, str):
            behind = f"{behind} {text_of(sibling)}".lstrip()
            if len(behind) >= len(said):
                break
    return len(behind) > len(said) and behind.startswith(said)


def _first_letter(node: HtmlElement) -> str:
    if not isinstance(node.tag, str) or node.tag in SKIPPED:
        return ""
    return next((said[0] for text in node.itertext() if (said := text.strip())), "")


def _lines_above_title(above: list[HtmlElement]) -> list[HtmlElement]:
    """What stands above a title that is among the first children: none where there are words."""
    return [] if any((node.tail or "").strip() or node.tag in BLOCKS - _HEADINGS for node in above) else above


def _trailing(shell: HtmlElement, children: list[HtmlElement]) -> Iterator[HtmlElement]:
    """Children from the end of their shell back, as long as they are the theme's and no words stand between."""
    links = False
    for node in reversed(children):
        before = node.getprevious()
        if (node.tail or "").strip():
            return
        if is_theme_part(node):
            yield node
            links = links or next(node.iter("a"), None) is not None
        elif links and node.tag in _HEADINGS:
            yield node  # "Related posts", whose list is the theme's
            return
        elif not _only_clears(node):
            return
        if ((before.tail if before is not None else shell.text) or "").strip():
            return


def _from_terms(children: list[HtmlElement]) -> list[HtmlElement]:
    """The last children from a line of the post's terms on: "Categorised in: News", "This post was written by Ann"."""
    start = max(0, len(children) - _LAST)
    first = next((n for n, node in enumerate(children[start:], start) if _is_terms(node)), None)
    behind = children[first:] if first and any(map(text_of, children[:first])) else []  # not the byline of a short post
    return behind if all(len(text_of(e)) < _SHORT_LINE // 2 and _is_bare(e) for e in behind) else []


def _is_terms(node: HtmlElement) -> bool:
    """Whether a line is links to terms of this blog, as WordPress marks them, and a label."""
    links = list(node.iter("a")) if node.tag in _LINE_TAGS else []
    if not links or not all(map(_is_of_theme, links)):
        return False
    return len(text_of(node)) - sum(len(text_of(link)) for link in links) < _DATE_LINE


def _is_bare(node: HtmlElement) -> bool:
    return not (node.tail or "").strip() and next(node.iter("img", "iframe", "video"), None) is None


def loose_line(element: HtmlElement, left_out: list[HtmlElement]) -> tuple[HtmlElement | None, list[HtmlElement]]:
    """What a theme prints behind the last block of words without an element around it, "Tags: …", "Posted … by Ann":
    that block, and what stands in the line. None and nothing where there is no such line.

    WordPress gives all that an author writes a paragraph; so only what leads to the post's terms, or to itself, is the
    theme's.
    """
    line: list[HtmlElement] = []
    for node in element.iterchildren(reversed=True):
        if node in left_out:
            continue
        if node.tag in BLOCKS:
            text = [node.tail or "", *(f"{text_of(e)} {e.tail or ''}" for e in line)]
            about = any(_is_of_theme(link) for e in line for link in e.iter("a"))
            return (node, line) if about and len(" ".join(text)) < _SHORT_LINE else (None, [])
        if isinstance(node.tag, str):
            if node.tag not in _INLINE:
                break
            line.append(node)
    return None, []


def _is_of_theme(link: HtmlElement) -> bool:
    """Whether a link says of a post what WordPress does: a term of this blog, its own address."""
    rel = set(rels(link))
    return not rel.isdisjoint({"bookmark", "category"}) or (
        "tag" in rel and taxonomy(link.get("href") or "") is not None
    )


def _only_clears(node: HtmlElement) -> bool:
    """Whether an element holds nothing: such a one ends what floats above it, or is a picture that there is not, or a
    line above what the theme prints."""
    if node.tag in {"img", "hr"}:
        return not node.get("src")
    return (node.tag == "div" or node.tag in _HEADINGS) and not len(node) and not text_of(node)


def _is_about_post(node: HtmlElement) -> bool:
    """Whether a short line below a title says who wrote the post, when, or about what."""
    blocks = (e for e in node.iter(*_WORDY) if e is not node)
    if node.tag not in _LINE_TAGS or len(list(islice(blocks, 2))) > 1:
        return False
    text = text_of(node)
    if not 0 < len(text) <= _SHORT_LINE // 2:
        return False
    for link in node.iter("a"):
        if "author" in rels(link) or is_author_page(link.get("href") or "") or _is_for_readers(link, _PLACES):
            return True
    if (node.tag == "p" and not _is_called_so(node)) or len(text) >= _DATE_LINE:
        return False
    return dates.from_printed(text) is not None or dates.from_iso(node.get("title") or "") is not None


def _is_called_so(paragraph: HtmlElement) -> bool:
    """Whether a paragraph, or a part of it, is called a post's date or byline."""
    called = vocabulary.name_set("post", "date") | vocabulary.name_set("post", "meta") | {"date", "author", "info"}
    return any(not called.isdisjoint(tokens(e)) for e in (paragraph, *paragraph))


def _is_for_readers(link: HtmlElement, places: tuple[str, ...] = ("#respond",)) -> bool:
    """Whether a link leads to a category, a trackback, or such a place of the page, as those of authors do not."""
    return not {"category", "trackback"}.isdisjoint(rels(link)) or (link.get("href") or "").endswith(places)


def _is_title(node: HtmlElement, stated: str) -> bool:
    """Whether an element is the heading that the page's <title> repeats, or a small frame around that."""
    if not stated:
        return False
    while node.tag in _FRAMES and len(node) == 1 and node[0].tag not in _HEADINGS and not _has_words(node):
        node = node[0]
    heading = node
    if node.tag in _FRAMES:
        inner = next((e for e in node if e.tag in _HEADINGS), None)
        if inner is None or len(text_of(node)) > _SHORT_LINE // 2:
            return False
        others = [e for e in node if e is not inner and isinstance(e.tag, str)]
        if not all(is_theme_part(e) or _is_about_post(e) or _only_clears(e) for e in others):
            return False  # a short post with its title
        heading = inner
    if heading.tag not in _HEADINGS and (heading.tag not in _LABELS or "title" not in (heading.get("class") or "")):
        return False
    link = next(heading.iter("a"), None)
    said = [normal_name(text_of(e)) for e in (heading, link) if e is not None]
    return any(len(one) > 1 and one in stated for one in said)


def _has_words(shell: HtmlElement) -> bool:
    return bool((shell.text or "").strip()) or any((node.tail or "").strip() for node in shell)


_META_NAME = re.compile(
    r"^(?:the[-_]*)?(?:post|entry|author|article|story)[-_]*"
    r"(?:meta(?:data)?|info|details|data|foot(?:er)?|by|author|date|time|tags|cats?|categor(?:y|ies))$"
    r"|^meta[-_]*(?:foot(?:er)?|head(?:er)?|line|bar)$"
)


def _shares(node: HtmlElement) -> bool:
    """Whether all that an element says are links to hand the page on."""
    links = list(node.iter("a")) if node.tag in {"div", "p", "ul", "span"} else []
    said = sum(len(text_of(link)) for link in links)
    return bool(links) and all(map(is_sharing, links)) and len(text_of(node)) <= said + len(links)


def _holds_paragraph(node: HtmlElement) -> bool:
    """Whether there is a paragraph without a link in an element that makes up most of it: a short post's words."""
    plain = (p for p in node.iter("p") if p is not node and next(p.iter("a"), None) is None)
    longest = max(map(len, map(text_of, plain)), default=0)
    return 2 * longest > len(text_of(node))


def _is_worked(node: HtmlElement) -> bool:
    """Whether a short frame without words of its own holds what readers press: votes, a sign-up, a switch."""
    if node.tag not in _WORKED or len(text_of(node)) > _SHORT_LINE // 2 or next(node.iter(*_SAYING), None) is not None:
        return False
    if any(_UPLOADED.search(image.get("src") or "") for image in node.iter("img")):
        return False  # an author's pictures, between the buttons that turn them
    if node.tag == "ul" and not all(any(map(_is_pressed, item.iter("*"))) for item in node.iterchildren("li")):
        return False  # a list in which some items have a button
    return any(_is_pressed(e) for e in node.iter("*"))


def sign_ups(element: HtmlElement) -> list[HtmlElement]:
    """Forms among the words that ask readers for their address: to subscribe, to give, to be written to."""
    return [form for form in element.iter("form") if any(map(_asks_for_address, form.iter("input")))]


def _asks_for_address(control: HtmlElement) -> bool:
    name = (control.get("name") or "").lower()
    return control.get("type") == "email" or not _ADDRESSES.isdisjoint((name, *_NAME_PARTS.split(name)))


def _is_pressed(element: HtmlElement) -> bool:
    """A control, but for the boxes of a list of things to do."""
    if element.tag == "a":
        return _VOID.match(element.get("href") or "") is not None or any(map(_PRESSED.search, element.keys()))
    if element.tag in _CONTROLS:
        return element.get("type") not in {"checkbox", "radio"}
    return any(map(_PRESSED.search, element.keys()))


def is_theme_part(node: HtmlElement) -> bool:
    """Whether an element around the words is the theme's, by its name or by what it holds."""
    names = [*tokens(node), (node.get("id") or "").lower()]
    if any(PLAIN_CLASS.match(name) for name in names if name):
        return False
    around = vocabulary.name_set("post", "around")
    if not (vocabulary.name_set("post", "meta") | vocabulary.name_set("post", "added")).isdisjoint(names):
        return True
    if any(not around.isdisjoint(_NAME_PARTS.split(name)) or _META_NAME.match(name) for name in names if name):
        return True
    for_readers = node.tag in {"p", "div", "small", "span", "footer"} and any(map(_is_for_readers, node.iter("a")))
    if for_readers and len(text_of(node)) < _SHORT_LINE and not _holds_paragraph(node):
        return True
    if node.tag in {"h1", "h2"} and not vocabulary.name_set("post", "title").isdisjoint(tokens(node)):
        return True
    if (
        _is_worked(node)
        or _shares(node)
        or (
            node.tag in {"div", "nav", "ul"}
            and re.fullmatch(r"[\d\s]+", text_of(node))
            and next(node.iter("a"), None) is not None
        )
    ):
        return True  # the numbers of a post's parts
    if node.tag not in {"div", "header", "footer"} or next(node.iter("p", "blockquote", "img"), None) is not None:
        return False
    signed = node.tag == "header" and any("author" in rels(link) for link in node.iter("a"))
    return signed or any(name in _OWN_MARKS for inner in node.iter("*") for name in tokens(inner))
