"""Tags with more attributes than anybody writes: libxml2 compares each with all before it.

50,000 attributes of one tag take it seconds, 200,000 minutes (2.14).
"""

from __future__ import annotations

import re

MOST_ATTRIBUTES = 500
"""Of one tag."""

# Every quantifier is possessive and no match can fail once it has begun, so that nothing is looked at twice.
_ATTRIBUTE = r"""[\s/]*+[^\s/>][^\s/>=]*+(?:\s*+=\s*+(?:"[^"]*+"?|'[^']*+'?|[^\s>]*+))?"""
_ATTRIBUTES = re.compile(_ATTRIBUTE)
# Within these all is text up to their own end tag, whatever it looks like; libxml2 lets `<script/>` end there and then.
_RAW = "script|style|title|textarea|xmp|iframe|noembed|noframes"
_TAG = re.compile(
    r"<!--.*?(?:-->|\Z)"  # what looks like a tag in a comment, a script or a style is none
    rf"|<(?:(?P<raw>{_RAW})(?=[\s/>])|[a-z][^\s/>]*+)(?P<attributes>(?:{_ATTRIBUTE})*+)"
    r"(?(raw)(?:[\s/]*+(?<=/)>|.*?(?:</(?P=raw)(?=[\s/>])|\Z)))",
    re.IGNORECASE | re.DOTALL,
)
_SHORTEST = 2 * MOST_ATTRIBUTES  # characters
# A tag of so many attributes runs on for long before its first ">", or has others in its values.
_RUN = re.compile(rf"<[A-Za-z][^>]{{{_SHORTEST},}}+")
_APART = re.compile(r"[\s/\"']")  # one of these stands between any two attributes


def is_overloaded(markup: str) -> bool:
    """Whether a tag has more attributes than any that was written for a browser."""
    return _may_be_overloaded(markup) and any(map(_has_too_many, _TAG.finditer(markup)))


def without_overload(markup: str) -> str:
    """The markup, tags with too many attributes without any."""
    if not _may_be_overloaded(markup):
        return markup
    return _TAG.sub(lambda tag: _bare(tag) if _has_too_many(tag) else tag[0], markup)


def _may_be_overloaded(markup: str) -> bool:
    """False for nearly all pages, at a thirtieth of the price of looking at every tag.

    Looks at one ">" of each thousand characters: such a tag is longer, so that one of those stands in a value of it, or
    it runs on without any.
    """
    start = 0
    while start + _SHORTEST < len(markup):
        last = markup.rfind(">", start, start + _SHORTEST)
        if last < 0:
            last = markup.find(">", start + _SHORTEST)
            last = len(markup) if last < 0 else last
            if _runs_on(markup[start:last]):
                return True
        if _is_in_value(markup, start, last):
            return True
        start = last + 1
    return False


def _runs_on(stretch: str) -> bool:
    """Whether there may be a tag of so many attributes in text without any ">"."""
    run = _RUN.search(stretch)
    return run is not None and sum(1 for _ in _APART.finditer(run[0])) >= MOST_ATTRIBUTES


def _is_in_value(markup: str, start: int, end: int) -> bool:
    """Whether a place may stand in a value: the last quotation mark before it, of either kind, begins one.

    Marks before the start are not looked at again.
    """
    for mark in "\"'":
        place = markup.rfind(mark, start, end)
        before = markup[place - 1] if place > 0 else ""
        if before.isspace():
            before = markup[max(place - _SHORTEST, 0) : place].rstrip()[-1:] or "="  # or so much space that it may be
        if before == "=":
            return True
    return False


def _has_too_many(tag: re.Match[str]) -> bool:
    start, end = tag.span("attributes")
    return end - start > _SHORTEST and sum(1 for _ in _ATTRIBUTES.finditer(tag["attributes"])) > MOST_ATTRIBUTES


def _bare(tag: re.Match[str]) -> str:
    start, end = (place - tag.start() for place in tag.span("attributes"))
    return tag[0][:start] + tag[0][end:]
