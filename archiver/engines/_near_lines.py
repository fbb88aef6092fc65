"""Short lines near a post's words that nothing names: "Posted by Ann on May 5, 2020", above the words or below them."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
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
_PARAGRAPHS = 2
_LEVELS = 4


def near_lines(dom: Dom, words: tuple[int, int], outside: Region, *, within: bool = True) -> Iterator[HtmlElement]:
    """Elements with text of their own near the words, those above first.

    words: the places of the first and last node of what holds the words; outside: what is not about the post. within:
    whether also those among the words, that is between paragraphs and behind the second at least, sentences in lists,
    and lines of code: few days are told there, and many people.
    """
    start, end = words
    text = None if within else _Text(dom)
    for place in range(max(0, start - _NEAR), min(len(dom.nodes), end + _NEAR)):
        element = dom.nodes[place]
        if not isinstance(element.tag, str) or element.tag in _NOT_LINES or element in outside:
            continue
        if not _has_text(element) or not 0 < len(text_of(element)) <= _LONGEST or is_in_foot(element):
            continue
        if text is None or element not in text:
            yield element


class _Text:
    """What is no line about a post, but one of its words."""

    def __init__(self, dom: Dom) -> None:
        self._order, self._code = dom.order, dom.region(*dom.tags("pre"))
        self._prose: dict[HtmlElement, list[int]] = {}

    def __contains__(self, element: HtmlElement) -> bool:
        line = [element, *(up for _, up in zip(range(_LEVELS), ancestors(element), strict=False))]
        return element in self._code or any(self._is_between(up) for up in line)

    def _is_between(self, element: HtmlElement) -> bool:
        """Whether there are two paragraphs before an element, and one behind it, in what holds it."""
        holder = element.getparent()
        if holder is None or (element.tag == "li" and _is_prose(element)):
            return holder is not None
        if holder not in self._prose:
            self._prose[holder] = [self._order[e] for e in holder.iterchildren(*_PROSE) if _is_prose(e)]
        places, place = self._prose[holder], self._order[element]
        return bisect_left(places, place) >= _PARAGRAPHS and bisect_right(places, place) < len(places)


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
