"""What stands among a post's words and is none of them, where nothing marks the words: told by names and by shape.

Sites put ways to share, teasers of other posts, notes about the author and advertisements between the paragraphs of
a post. What is named after such a thing, and is a small part of the post, is left out; so is a named box of labels
without a sentence, a link around whole blocks, what is hidden, and a heading behind which nothing follows.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import lru_cache

from lxml.html import HtmlElement

from archiver.engines import _vocabulary as vocabulary
from archiver.engines._prose import INLINE, Prose, is_titled
from archiver.engines.dom import SKIPPED, Dom, Region, ancestors, near, text_of, tokens
from archiver.urls import canonical, host_key, url_key

_SMALL = 0.25  # of the post's prose: what has more is no box beside it, whatever its name
_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_MUCH = 0.4  # of a body: names that fit as much of it are no names of what stands beside it
_SHOWN = frozenset({"img", "video", "audio", "iframe", "object", "embed", "table", "hr"})
_NAMED = ("span", "div", "section", "aside", "ul", "a")
_BOXES = frozenset({"div", "section", "header", "article", "span", "small", "center", "ul", "ol", "dl", "a", "main"})
_HELD = frozenset({"pre", "code", "blockquote", "table", "math", "audio", "video"})
_WORDED = frozenset({"li", "dd", "td", "p"})
_BLOCKS = frozenset({"p", "div", "ul", "h2", "h3", "h4", "h5", "h6", "section", "article"})
_PART = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_PICTURE = re.compile(r"\.(?:jpe?g|png|gif|webp|avif|svg)(?:$|\?)", re.IGNORECASE)
_ENDS = (".", "!", "?", "…", "。", "”", '"', "»")
_HEADS = frozenset({"entry-header", "post-header", "article-header"})
_ABOUT_TAGS = frozenset({"figure", "figcaption", "li", "td", "a", "time", "button", "select", "label", "address"})
_CAPTION = re.compile(r"caption|credit|legend", re.IGNORECASE)
_CREDIT = re.compile(
    r"[(\[]?\s*(?:©|\(c\)|(?:foto|photo|bild|abbildung|grafik|imagen?|imagem|picture|kuva|cr[ée]dit|quelle|source|fuente"
    r"|fonte)(?:s|quelle|nachweis| via| by| credits?)?\s*[:/|©])",
    re.IGNORECASE,
)
_CREDITS = 80  # characters
_SENTENCES = frozenset({"p", "li", "dd", "dt", "td", "th", "blockquote", "pre", "code", *_HEADINGS})
_HEADLINE = 120  # characters: what is marked as a heading and longer is a paragraph in large letters
_LINES = frozenset({"p", "div", "span", "small", "ul", "dl", "h3", "h4", "h5", "h6"})
_CALLED = re.compile(r"(?:^|[-_])(?:info|meta|date|byline|posted)(?:$|[-_])")
_DATELINE = 90  # characters
_SENTENCE = 20  # characters: with a full stop, as much is one


@dataclass(frozen=True, slots=True)
class Trim:
    """What is left out of an element that holds a post's words, and what is put before them.

    apart: elements that are none of the words. leads: blocks of words that stand before it. heads: headers with words.
    """

    apart: Collection[HtmlElement] = ()
    leads: Collection[HtmlElement] = ()
    heads: frozenset[HtmlElement] = frozenset()


def trim(
    dom: Dom, prose: Prose, trunk: HtmlElement, heading: HtmlElement | None, comments: Collection[HtmlElement] = ()
) -> Trim:
    """All of it for a trunk that was found by its prose. heading: the post's; comments: elements of those."""
    blocks = [block for block in prose.blocks(*dom.span(trunk)) if heading is None or not dom.inside(block, heading)]
    heads = frozenset(up for block in blocks for up in ancestors(block) if _is_head(up))
    return Trim(around(dom, prose, trunk, heading, comments), leads(dom, prose, trunk, heading), heads)


def _is_head(element: HtmlElement) -> bool:
    return element.tag == "header" or not _HEADS.isdisjoint(tokens(element))


def around(
    dom: Dom, prose: Prose, trunk: HtmlElement, heading: HtmlElement | None, comments: Collection[HtmlElement] = ()
) -> list[HtmlElement]:
    """The elements within what holds a post's words that are none of them, the outermost each."""
    own = [] if heading is None else [heading]
    kept = frozenset((*own, *(up for e in own for up in ancestors(e))))
    found: list[HtmlElement] = []
    place, last = dom.order[trunk] + 1, dom.last(trunk)
    alike = _prosaic(dom, prose, trunk)
    hidden = _hidden(prose, trunk, alike)
    while place <= last:
        node = dom.nodes[place]
        if node.tag == "pre":
            place = dom.last(node)
        elif (
            isinstance(node.tag, str)
            and node not in kept
            and (node in prose.beside or node in hidden or _is_apart(dom, prose, trunk, node, alike))
        ):
            found.append(node)
            place = dom.last(node)
        place += 1
    found += _above(dom, prose, trunk, dom.region(*found, *own))
    found += _datelines(dom, prose, trunk, dom.region(*found, *own))
    found += _again(dom, prose, trunk, dom.region(*found))
    found += _onward(dom, prose, trunk, dom.region(*found))
    found += [h for h in trunk.iter("h1", "h2") if h not in kept and names_site(h, dom)]
    return [*found, *_empty(dom, trunk, frozenset((*found, *comments)), kept)]


def _is_apart(
    dom: Dom, prose: Prose, trunk: HtmlElement, node: HtmlElement, alike: frozenset[tuple[HtmlElement, str]]
) -> bool:
    """Whether an element within the trunk is none of the words. alike: what boxes of words are called, and where."""
    words, labels = prose.weight(node)
    if not words and node.tag not in SKIPPED and _in_head(node, trunk):
        return bool(labels)
    if words >= _SMALL * max(prose.weight(trunk)[0], 1):
        return False
    if is_named(node):
        return True
    if node.tag == "a":
        return _is_block_link(dom, node)
    if node.tag == "figcaption" or _CAPTION.search(node.get("class") or ""):
        return _is_credit(text_of(node))
    return not words and labels > 0 and node.tag in _BOXES and _is_box(node, alike)


@lru_cache(maxsize=4096)
def parts(name: str) -> frozenset[str]:
    """The words of a class attribute or id: RelatedTags-wrapper is related, tags, wrapper.

    What a builder of pages calls all its boxes says nothing.
    """
    return frozenset(part.lower() for part in _PART.findall(name.replace("elementor-widget", "")))


def named(body: HtmlElement) -> list[HtmlElement]:
    """The boxes in a marked body that are called something beside it; none where they hold much of it."""
    length = max(len(text_of(body)), 1)
    boxes = [(e, len(text_of(e))) for e in body.iter(*_NAMED) if e is not body and is_named(e)]
    small = {e: size for e, size in boxes if size < _SMALL * length}
    return [*small] if sum(small[e] for e in _outermost(small)) < _MUCH * length else []


def _outermost(elements: Collection[HtmlElement]) -> Iterator[HtmlElement]:
    """Those of them that stand in no other."""
    every = frozenset(elements)
    return (e for e in elements if every.isdisjoint(ancestors(e)))


def is_named(node: HtmlElement) -> bool:
    """Whether an element is called something that is none of a post's words; a teaser without a link is a lead."""
    if node.tag in INLINE and _is_in_sentence(node):
        return False
    names = parts(node.get("class") or "")
    id_ = node.get("id") or ""
    furniture = vocabulary.name_set("post", "furniture")
    if not names.isdisjoint(furniture) or (not parts(id_).isdisjoint(furniture) and not is_titled(node, id_)):
        return True
    if (names | parts(id_)).isdisjoint(vocabulary.name_set("post", "teasing")):
        return False
    return any(True for _ in node.iter("a")) or any(up.tag == "a" for up in ancestors(node))


def _is_in_sentence(node: HtmlElement) -> bool:
    """Whether an element stands among the words of a block, or in code, whose colours have names, too."""
    for up in ancestors(node):
        if up.tag not in INLINE or up.tag == "code":
            return up.tag in _SENTENCES
    return False


def _in_head(node: HtmlElement, trunk: HtmlElement) -> bool:
    for up in ancestors(node):
        if up is trunk:
            return False
        if _is_head(up):
            return True
    return False


def leads(dom: Dom, prose: Prose, trunk: HtmlElement, heading: HtmlElement | None) -> list[HtmlElement]:
    """The blocks of prose between the post's heading and its body: a standfirst."""
    if heading is None or dom.inside(heading, trunk):
        return []
    found = prose.blocks(dom.last(heading) + 1, dom.order[trunk] - 1)
    holders = frozenset(ancestors(trunk))
    standing = [block for block in found if block not in holders and not _is_dateline(block)]
    return [block for block in standing if not _is_about(prose, block, holders)]


def _is_about(prose: Prose, block: HtmlElement, holders: frozenset[HtmlElement]) -> bool:
    for node in (block, *ancestors(block)):
        if node in holders:
            return False
        if (
            node in prose.beside
            or is_named(node)
            or _is_hidden(node)
            or node.tag in _ABOUT_TAGS
            or _CAPTION.search(node.get("class") or "")
        ):
            return True
    return False


def _called(node: HtmlElement) -> str:
    return f"{node.tag}.{node.get('class') or ''}"


def _is_hidden(node: HtmlElement) -> bool:
    return "hidden" in node.attrib or bool(_HIDDEN.search(node.get("style") or ""))


def _is_credit(caption: str) -> bool:
    """Whether a caption only says whose the picture is."""
    return len(caption) < _CREDITS and bool(_CREDIT.match(caption))


def _hidden(prose: Prose, trunk: HtmlElement, alike: frozenset[tuple[HtmlElement, str]]) -> frozenset[HtmlElement]:
    """What is hidden in the trunk and no part of the post; nothing where scripts show most of its words in turn."""
    inside = [e for e in trunk.iterdescendants() if isinstance(e.tag, str) and _is_hidden(e)]
    total = prose.weight(trunk)[0]
    if sum(prose.weight(e)[0] for e in _outermost(inside)) > total / 2:
        return frozenset()
    small = [e for e in inside if prose.weight(e)[0] < _SMALL * max(total, 1)]
    return frozenset(e for e in small if (e.getparent(), _called(e)) not in alike)


def _is_block_link(dom: Dom, link: HtmlElement) -> bool:
    """Whether a link is a whole teaser: around a heading or paragraph of its own, and not around a picture."""
    if not any(isinstance(e.tag, str) and e.tag in _BLOCKS and text_of(e) for e in link.iterdescendants()):
        return False
    return not _PICTURE.search(link.get("href") or "") and bool(dom.link_url(link))


def _is_box(node: HtmlElement, alike: frozenset[tuple[HtmlElement, str]]) -> bool:
    """Whether an element of labels alone is the site's: it has a name that none of its neighbours with prose has."""
    name, parent = node.get("class") or "", node.getparent()
    linked = sum(len(text_of(a)) for a in node.iter("a"))
    length = max(len(text_of(node)), 1)
    if linked < length * 0.7:
        if not (name or node.get("id")) or (parent is not None and (parent, _called(node)) in alike):
            return False
        if node.tag in {"span", "small"} and parent is not None and parent.tag not in {"div", "section", "article"}:
            return False
        return not any(_is_worded(e) for e in node.iterdescendants() if isinstance(e.tag, str))
    return node.tag not in {"span", "small", "a", "ul", "ol", "dl"}


def _is_worded(element: HtmlElement) -> bool:
    if element.tag in _HELD or (element.tag == "img" and element.getparent() is not None):
        return True
    if element.tag not in _WORDED:
        return False
    text = text_of(element)
    if element.tag != "p":
        return bool(text) and not any(True for _ in element.iter("a"))
    return len(text) >= _SENTENCE and text.endswith(_ENDS)


def _onward(dom: Dom, prose: Prose, trunk: HtmlElement, apart: Region) -> Iterator[HtmlElement]:
    """Lines before the first words and behind the last that only lead to other pages of the site: "Back", "Next"."""
    start, last = dom.span(trunk)
    blocks = [block for block in prose.blocks(start, last) if block not in apart]
    if not blocks:
        return
    first, end = dom.order[blocks[0]], dom.last(blocks[-1])
    home = host_key(dom.page.url)
    for line in dom.tags("p", "div", "a"):
        place = dom.order[line]
        if not start < place <= last or first <= place <= end or line in apart or dom.inside(blocks[0], line):
            continue
        links = [line] if line.tag == "a" else list(line.iter("a"))
        said = text_of(line)
        if said and links and all(host_key(dom.link_url(a) or "") == home for a in links):
            parent = line.getparent()
            alone = line.tag != "a" or (parent is not None and parent.tag in _BOXES)
            if alone and len(said) - sum(len(text_of(a)) for a in links) < 4 * len(links):
                yield line


def _above(dom: Dom, prose: Prose, trunk: HtmlElement, apart: Region) -> Iterator[HtmlElement]:
    """The captions before the first words: of the picture that a theme sets above a post."""
    captions: list[HtmlElement] = []
    start, last = dom.span(trunk)
    for block in prose.blocks(start + 1, last):
        if block in apart:
            continue
        caption = next(
            (up for up in near(block, 3) if up.tag == "figcaption" or _CAPTION.search(up.get("class") or "")), None
        )
        if caption is None:
            yield from captions
            return
        captions.append(caption)


def _datelines(dom: Dom, prose: Prose, trunk: HtmlElement, apart: Region) -> Iterator[HtmlElement]:
    """The lines before the first words that say when, and by whom: marked as a time, or named after that."""
    start, last = dom.span(trunk)
    blocks = (block for block in prose.blocks(start + 1, last) if block not in apart and not _is_dateline(block))
    first = next((dom.order[block] for block in blocks), start)
    end = -1
    for node in dom.nodes[start + 1 : first]:
        is_free = node.tag in _LINES and node not in apart and end < dom.order[node] and dom.last(node) < first
        if is_free and _is_dateline(node):
            end = dom.last(node)
            yield node


def _is_dateline(node: HtmlElement) -> bool:
    is_called = any(_CALLED.search(name) for name in tokens(node)) or next(node.iter("time"), None) is not None
    text = text_of(node) if is_called else ""
    return 0 < len(text) <= _DATELINE and any(map(str.isdigit, text)) and not text.endswith(_ENDS)


def names_site(heading: HtmlElement, dom: Dom) -> bool:
    """Whether a heading is the name of the blog: all that it says is a link to another page's root."""
    link = next(heading.iter("a"), None)
    url = dom.link_url(link) if link is not None and text_of(link) == text_of(heading) else None
    path = canonical(url).partition("://")[2].partition("/")[2] if url else None
    return path == "" and url_key(url or "") != url_key(dom.page.url)


def _again(dom: Dom, prose: Prose, trunk: HtmlElement, apart: Region) -> Iterator[HtmlElement]:
    """Captions that say what one before them has said: galleries print them several times."""
    said: set[str] = set()
    for block in prose.blocks(dom.order[trunk] + 1, dom.last(trunk)):
        if block in apart or not any(_CAPTION.search(up.get("class") or "") for up in near(block, 2)):
            continue
        text = text_of(block)
        if text in said:
            yield block
        said.add(text)


def _prosaic(dom: Dom, prose: Prose, trunk: HtmlElement) -> frozenset[tuple[HtmlElement, str]]:
    """Of each element in the trunk, what its children with prose are called."""
    start, last = dom.span(trunk)
    return frozenset(
        (parent, _called(node))
        for node in dom.nodes[start + 1 : last + 1]
        if isinstance(node.tag, str)
        and prose.weight(node)[0]
        and not _is_hidden(node)
        and (parent := node.getparent()) is not None
    )


def _empty(
    dom: Dom, trunk: HtmlElement, apart: frozenset[HtmlElement], kept: frozenset[HtmlElement]
) -> Iterator[HtmlElement]:
    """Headings over nothing: what stood below them is left out, or they are the last of all."""
    place, last = dom.order[trunk] + 1, dom.last(trunk)
    heading, is_cut = None, False
    while place <= last:
        node = dom.nodes[place]
        skipped = node in apart or not isinstance(node.tag, str) or node.tag in SKIPPED
        is_heading = not skipped and node.tag in _HEADINGS and node not in kept and len(text_of(node)) <= _HEADLINE
        if is_heading and heading is not None and is_cut and str(node.tag) <= str(heading.tag):
            yield heading
        if is_heading:
            heading, is_cut, place = node, False, dom.last(node)
        elif skipped:
            is_cut, place = is_cut or node in apart, dom.last(node)
        elif node.tag in _SHOWN or (node.text and not node.text.isspace()):
            heading = None
        if heading is not None and _says_behind(dom, node, place):
            heading = None
        place += 1
    if heading is not None:
        yield heading


def _says_behind(dom: Dom, node: HtmlElement, place: int) -> bool:
    """Whether text follows the node that ends at a place, or one around it that ends there, too."""
    while True:
        if node.tail and not node.tail.isspace():
            return True
        up = node.getparent()
        if up is None or dom.last(up) != place:
            return False
        node = up
