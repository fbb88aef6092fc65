"""Lists of posts that nothing names: rows of a link and the day beside it, in whatever elements they stand.

A home page of the author's own making says no more of a post than its title and its day. What repeats tells such a
list: the smallest element around a link that prints a day holds no link to another page but those of the post's terms,
and several links have one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator

from lxml.html import HtmlElement

from archiver import dates
from archiver.engines.dom import Dom, ancestors, text_of, tokens
from archiver.model import Precision
from archiver.urls import url_key

LEAST = 3
"""Rows that make a list."""
_HIGHEST = 4  # elements around a link
_LABEL = 40  # letters: a longer text that holds a day says more than the day
_ROW = 1500  # letters: more is the text of a post
_DAYS = frozenset({Precision.SECOND, Precision.MINUTE, Precision.HOUR, Precision.DAY})


def dated_rows(dom: Dom, may_be_post: Callable[[str], bool]) -> Iterator[str]:
    """The URLs that rows of a link and a day lead to, in the order of the page."""
    html = dom.tags("html")
    language = (html[0].get("lang") or None) if html else None
    links = [(link, url) for link, url in dom.links if may_be_post(url)]
    around: defaultdict[HtmlElement, set[str]] = defaultdict(set)
    for link, url in links:
        for _, up in zip(range(_HIGHEST), ancestors(link), strict=False):
            around[up].add(url_key(url))
    found: defaultdict[tuple[str, ...], list[str]] = defaultdict(list)
    for link, url in links:
        row = _row(link, around, language) if text_of(link) else None
        if row is not None:
            found[(str(row.tag), *sorted(tokens(row)))].append(url)
    rows = max(found.values(), key=len, default=[])
    if len({*map(url_key, rows)}) >= LEAST:
        yield from dict.fromkeys(rows)


def _row(link: HtmlElement, around: dict[HtmlElement, set[str]], language: str | None) -> HtmlElement | None:
    """The element around a link that prints a day beside it, and leads to no other post."""
    for _, up in zip(range(_HIGHEST), ancestors(link), strict=False):
        if len(around[up]) > 1 or up.tag == "body":
            return None
        if _prints_day(up, link, language):
            return up
    return None


def _prints_day(element: HtmlElement, link: HtmlElement, language: str | None) -> bool:
    if len(text_of(element)) > _ROW:
        return False
    for node in element.iter("*"):
        texts = [node.text, *(child.tail for child in node)] if node is not link else []
        for text in texts:
            if text and any(map(str.isdigit, text)) and len(text) <= _LABEL:
                moment = dates.from_printed(text, language=language)
                if moment is not None and moment.precision in _DAYS:
                    return True
    return False
