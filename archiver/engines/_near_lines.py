"""Short lines near a post's words that nothing names: "Posted by Ann on May 5, 2020", above the words or below them."""

from __future__ import annotations

from collections.abc import Iterator

from lxml.html import HtmlElement

from archiver.engines.dom import Dom, Region, ancestors, text_of, tokens
from archiver.text import letters

_NEAR = 60  # nodes of the page
_LONGEST = 200  # characters
_NOT_LINES = frozenset(
    {"a", "body", "button", "form", "head", "html", "label", "main", "nav", "option", "script", "style", "title"}
)
_OF_POST = ("post-", "entry-", "article-")
_FEET = frozenset({"footer", "nav", "form"})
_PROSE = frozenset({"p", "li", "dd", "blockquote"})
_SENTENCE = 80  # letters that are no link


def near_lines(dom: Dom, words: tuple[int, int], outside: Region) -> Iterator[HtmlElement]:
    """Elements with text of their own near the words, those above first.

    words: the places of the first and last node of what holds the words; outside: what is not about the post. What
    stands between their second paragraph and their last is text, and so are lines of code.
    """
    start, end = words
    first, last = _running(dom, start, end)
    code = dom.region(*dom.tags("pre"))
    for place in range(max(0, start - _NEAR), min(len(dom.nodes), end + _NEAR)):
        element = dom.nodes[place]
        if not isinstance(element.tag, str) or element.tag in _NOT_LINES or element in outside:
            continue
        if first < place < last or element in code:
            continue
        if _has_text(element) and 0 < len(text_of(element)) <= _LONGEST and not is_in_foot(element):
            yield element


def _running(dom: Dom, start: int, end: int) -> tuple[int, int]:
    """The places of the end of the second paragraph of prose and of the last, which may be a line at the post's foot.

    An item of a list is none.
    """
    prose = [e for e in dom.nodes[start : end + 1] if e.tag in _PROSE and _is_prose(e)]
    if len(prose) < 2:
        return end, end
    last = prose[-1]
    return dom.last(prose[1]), dom.last(last) + 1 if _in_list(last) else dom.order[last]


def _in_list(element: HtmlElement) -> bool:
    return element.tag == "li" or any(up.tag == "li" for up in ancestors(element))


def _is_prose(element: HtmlElement) -> bool:
    text = text_of(element)
    return len(text) > _SENTENCE and letters(text) - sum(letters(text_of(a)) for a in element.iter("a")) > _SENTENCE


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
