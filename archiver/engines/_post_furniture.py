"""What a theme prints around a post's words: the title, a byline, buttons to share, the author's box."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

from lxml.html import HtmlElement

from archiver import dates
from archiver.engines import _vocabulary as vocabulary
from archiver.engines.dom import SKIPPED, rels, text_of, tokens
from archiver.engines.wordpress_urls import is_author_page
from archiver.text import normal_name

BLOCKS = frozenset(
    {"p", "h2", "h3", "h4", "ul", "ol", "blockquote", "pre", "table", "figure", "dl", "img", "hr", "div"}
)
_WORDY = BLOCKS - {"div"}
_OWN_MARKS = ("entry-title", "vcard", "updated", "byline", "posted-on")
_NAME_PARTS = re.compile(r"[-_\s]+")
PLAIN_CLASS = re.compile(r"^(?:wp-|align|gallery|caption|has-|size-|is-)")
_SHORT_LINE = 600  # characters
_DATE_LINE = 60  # characters
_FIRST = 3  # elements, among which the title is
_HEADINGS = frozenset({"h1", "h2", "h3", "h4"})
_LINE_TAGS = frozenset({"p", "div", "small", "span", "em", "ul", "h2", "h3", "h4", "h5", "h6", "time"})
_TALK = ("#comments", "#respond")
_SHELLS = frozenset({"div", "section", "article"})


def furniture(element: HtmlElement, swallowed: list[HtmlElement], stated: str) -> list[HtmlElement]:
    """The first children and the last ones that are the theme's: a byline, buttons to share, the author's box.

    stated: the page's <title>, normalised; a heading that it repeats is the post's.
    """
    found: list[HtmlElement] = []
    shell: HtmlElement | None = element
    while shell is not None:
        children = [e for e in shell if isinstance(e.tag, str) and e.tag not in SKIPPED and e not in swallowed]
        found += [*_head(shell, children, stated)] or [*_run(shell, children, stated=stated)]
        found += _run(shell, children[::-1], last=True)
        left = [node for node in children if node not in found]
        # Around what is left there may be another shell.
        shell = left[0] if len(left) == 1 and left[0].tag in _SHELLS and not _has_words(shell) else None
    return list(dict.fromkeys(found))


def _head(shell: HtmlElement, children: list[HtmlElement], stated: str) -> Iterator[HtmlElement]:
    """Where a shell begins with the post's title: the date above it, the title, and the short lines about the post."""
    place = next((n for n, node in enumerate(children[:_FIRST]) if _is_title(node, stated)), None)
    if place is None or (shell.text or "").strip():
        return
    above = children[:place]
    if any((node.tail or "").strip() or node.tag in BLOCKS - _HEADINGS for node in above):
        return
    yield from above
    for node in children[place:]:
        about = is_theme_part(node) or (node is not children[-1] and _is_about_post(node))
        if node is not children[place] and not about:
            return
        yield node
        if (node.tail or "").strip():
            return


def _is_about_post(node: HtmlElement) -> bool:
    """Whether a short line below a title says who wrote the post, when, or about what."""
    blocks = (e for e in node.iter(*_WORDY) if e is not node)
    if node.tag not in _LINE_TAGS or len(list(islice(blocks, 2))) > 1:
        return False
    text = text_of(node)
    if not text:
        return node.tag == "div" and not len(node)
    if len(text) > _SHORT_LINE // 2:
        return False
    for link in node.iter("a"):
        href = link.get("href") or ""
        if not {"author", "category"}.isdisjoint(rels(link)) or is_author_page(href) or href.endswith(_TALK):
            return True
    return node.tag != "p" and len(text) < _DATE_LINE and dates.from_printed(text) is not None


def _run(
    shell: HtmlElement, children: list[HtmlElement], *, last: bool = False, stated: str = ""
) -> Iterator[HtmlElement]:
    """Children from an end of their shell on, as long as they are the theme's and no words stand between."""
    if not last and (shell.text or "").strip():
        return
    for node in children:
        before = node.getprevious()
        text = (before.tail if before is not None else shell.text) if last else node.tail
        if last and (node.tail or "").strip():
            return
        if is_theme_part(node) or _is_title(node, stated):
            yield node
        elif node.tag != "div" or len(node) or text_of(node):  # not one that only clears
            return
        if (text or "").strip():
            return


def _links_for_readers(node: HtmlElement) -> bool:
    """Whether a short line links to the post's categories, its form or its trackback, as authors do not."""
    for link in node.iter("a"):
        marked = not {"category", "trackback"}.isdisjoint(rels(link)) or (link.get("href") or "").endswith("#respond")
        if marked:
            return len(text_of(node)) < _SHORT_LINE
    return False


def _is_title(node: HtmlElement, stated: str) -> bool:
    """Whether an element is the heading that the page's <title> repeats, or a small frame around that."""
    if not stated:
        return False
    heading = node
    if node.tag in {"div", "header", "hgroup"}:
        inner = next((e for e in node if e.tag in _HEADINGS), None)
        if inner is None or len(text_of(node)) > _SHORT_LINE // 2:
            return False
        others = [e for e in node if e is not inner and isinstance(e.tag, str)]
        if not all(is_theme_part(e) or _is_about_post(e) for e in others):
            return False  # a short post with its title
        heading = inner
    if heading.tag not in _HEADINGS:
        return False
    link = next(heading.iter("a"), None)
    said = [normal_name(text_of(e)) for e in (heading, link) if e is not None]
    return any(len(one) > 1 and one in stated for one in said)


def _has_words(shell: HtmlElement) -> bool:
    return bool((shell.text or "").strip()) or any((node.tail or "").strip() for node in shell)


def is_theme_part(node: HtmlElement) -> bool:
    names = [*tokens(node), (node.get("id") or "").lower()]
    if any(PLAIN_CLASS.match(name) for name in names if name):
        return False
    around = vocabulary.name_set("post", "around")
    if not (vocabulary.name_set("post", "meta") | vocabulary.name_set("post", "added")).isdisjoint(names):
        return True
    if any(not around.isdisjoint(_NAME_PARTS.split(name)) for name in names if name):
        return True
    if node.tag in {"p", "div", "small", "span"} and _links_for_readers(node):
        return True
    if node.tag in {"h1", "h2"} and not vocabulary.name_set("post", "title").isdisjoint(tokens(node)):
        return True
    if (
        node.tag in {"div", "nav", "ul"}
        and re.fullmatch(r"[\d\s]+", text_of(node))
        and next(node.iter("a"), None) is not None
    ):
        return True  # the numbers of a post's parts
    if node.tag not in {"div", "header", "footer"} or next(node.iter("p", "blockquote", "img"), None) is not None:
        return False
    signed = node.tag == "header" and any("author" in rels(link) for link in node.iter("a"))
    return signed or any(name in _OWN_MARKS for inner in node.iter("*") for name in tokens(inner))
