"""Short lines near a post's words that nothing names: "Posted by Ann on May 5, 2020", above the words or below them."""

from __future__ import annotations

from collections.abc import Iterator

from lxml.html import HtmlElement

from archiver.engines.dom import Dom, Region, ancestors, text_of, tokens

_NEAR = 60  # nodes of the page
_LONGEST = 200  # characters
_NOT_LINES = frozenset(
    {"a", "body", "button", "form", "head", "html", "label", "main", "nav", "option", "script", "style", "title"}
)
_OF_POST = ("post-", "entry-", "article-")
_FEET = frozenset({"footer", "nav", "form"})


def near_lines(dom: Dom, words: tuple[int, int], outside: Region) -> Iterator[HtmlElement]:
    """Elements with text of their own near the words, those above first.

    words: the places of the first and last node of what holds the words; outside: what is not about the post.
    """
    start, end = words
    places = [*range(max(0, start - _NEAR), end + 1), *range(end + 1, min(len(dom.nodes), end + _NEAR))]
    for place in places:
        element = dom.nodes[place]
        if not isinstance(element.tag, str) or element.tag in _NOT_LINES or element in outside:
            continue
        if _has_text(element) and 0 < len(text_of(element)) <= _LONGEST and not is_in_foot(element):
            yield element


def _has_text(element: HtmlElement) -> bool:
    texts = (element.text, *(child.tail for child in element))
    return any(text and any(map(str.isalnum, text)) for text in texts)


def is_in_foot(element: HtmlElement) -> bool:
    """Whether an element stands in what ends a page; a post's own <footer> stands in its article, or is called so."""
    line = [element, *ancestors(element)]
    feet = next(
        (number for number, up in enumerate(line) if up.tag in _FEET or up.get("id") in {"footer", "colophon"}), None
    )
    if feet is None or any(up.tag == "article" for up in line[feet:]):
        return False
    return not any(name.startswith(_OF_POST) for name in tokens(line[feet]))
