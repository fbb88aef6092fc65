"""One line of a list in a sidebar: its words, and the number that stands in it, beside it or behind it."""

from __future__ import annotations

import re
from typing import NamedTuple

from lxml.html import HtmlElement

from archiver.engines.dom import ancestors, near, text_of, text_without
from archiver.printed.counts import count_in, leading_number
from archiver.text import squeeze

_NUMBERED = re.compile(r"^[\W_]*\d[\d.,'\u2019\u066c\s]*(?:[^\W\d_]+\W*){0,2}$")
_BADGES = frozenset({"span", "small", "em", "sup", "sub", "b", "strong", "i", "div", "mark"})
_LONGEST = 40


class Line(NamedTuple):
    """number: of posts; None where the line states none."""

    label: str
    number: int | None


def line_of(link: HtmlElement) -> Line:
    """A link with what stands around it: `<a>June 2026</a> (3)`, `<a>June 2026 <span>3</span></a>`, `34 posts`."""
    beside = _beside(link)
    if beside is not None:
        return Line(text_of(link), beside)
    badge = next((e for e in reversed(link) if e.tag in _BADGES and count_of(text_of(e)) is not None), None)
    if badge is not None:
        label = text_without(link, [badge])
        if label:
            return Line(label, count_of(text_of(badge)))
    return labelled(text_of(link))


def labelled(text: str) -> Line:
    """A text that may end with a number in brackets, as the options of a dropdown do."""
    count = count_in(text)
    head, bracket, _ = text.replace("（", "(").replace("[", "(").rpartition("(")
    if count is None or not bracket or not head.strip():
        return Line(squeeze(text), None)
    return Line(squeeze(text[: len(head)]), count)


def count_of(text: str) -> int | None:
    """The number that a text is: `34`, `(34)`, `34 posts`, in any digits."""
    if not text or len(text) > _LONGEST:
        return None
    count = count_in(text)
    return leading_number(text) if count is None and _NUMBERED.match(text) else count


def _beside(link: HtmlElement) -> int | None:
    """The number behind a link, or elsewhere on its line."""
    tail = squeeze(link.tail or "")
    if tail:
        return count_of(tail)
    after = link.getnext()
    if after is not None and after.tag in _BADGES and not any(True for _ in after.iter("a")):
        return count_of(text_of(after))
    item = item_of(link)
    if item is None or any(True for _ in item.iter("ul", "ol")) or sum(1 for _ in item.iter("a")) != 1:
        return None
    return count_of(text_without(item, [link]))


def item_of(link: HtmlElement) -> HtmlElement | None:
    """The item of a list that a link stands in."""
    return next((up for up in near(link, 4)[1:] if up.tag in {"li", "dd", "tr", "p"}), None)


def detail_of(link: HtmlElement) -> str | None:
    """What stands beside a link on its line: a date, a count, who commented."""
    item = item_of(link)
    if item is None or any(True for _ in item.iter("ul", "ol")):
        return squeeze(link.tail or "") or None
    return text_without(item, [link]) or None


def outer_item(item: HtmlElement) -> HtmlElement | None:
    """The item of the outer list, where lists are nested."""
    return next((up for up in ancestors(item) if up.tag == "li"), None)
