"""Tags with more attributes than anybody writes: libxml2 compares each with all before it.

50,000 attributes of one tag take it seconds, 200,000 minutes (2.14).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

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
_INNER_END = re.compile(r"""=\s*+(?:"[^">]*+>|'[^'>]*+>)""")


def is_overloaded(markup: str) -> bool:
    """Whether a tag has more attributes than any that was written for a browser."""
    return _may_be_overloaded(markup) and any(map(_has_too_many, _TAG.finditer(markup)))


def without_overload(markup: str) -> str:
    """The markup, tags with too many attributes without any."""
    if not _may_be_overloaded(markup):
        return markup
    return _TAG.sub(lambda tag: _bare(tag) if _has_too_many(tag) else tag[0], markup)


def _may_be_overloaded(markup: str) -> bool:
    """False for nearly all pages, at a tenth of the price of looking at every tag."""
    if _INNER_END.search(markup) is not None:
        return True
    runs = (run for stretch in _stretches(markup) if (run := _RUN.search(stretch)))
    return any(sum(1 for _ in _APART.finditer(run[0])) >= MOST_ATTRIBUTES for run in runs)


def _stretches(markup: str) -> Iterator[str]:
    """What is longer than the shortest run and has no ">" in it. Looks at a few characters of each thousand."""
    start = 0
    while start + _SHORTEST < len(markup):
        last = markup.rfind(">", start, start + _SHORTEST)
        if last < 0:
            last = markup.find(">", start + _SHORTEST)
            last = len(markup) if last < 0 else last
            yield markup[start:last]
        start = last + 1


def _has_too_many(tag: re.Match[str]) -> bool:
    start, end = tag.span("attributes")
    return end - start > _SHORTEST and sum(1 for _ in _ATTRIBUTES.finditer(tag["attributes"])) > MOST_ATTRIBUTES


def _bare(tag: re.Match[str]) -> str:
    start, end = (place - tag.start() for place in tag.span("attributes"))
    return tag[0][:start] + tag[0][end:]
