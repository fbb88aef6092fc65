"""Dates as people read them, no finer than the blog stated them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from markupsafe import Markup, escape

_MONTHS = [
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
]  # fmt: skip
_AT = re.compile(r"(\d{4})(?:-(\d\d)(?:-(\d\d)(?:T(\d\d):(\d\d)(?::(\d\d)(?:\.\d+)?)?)?)?)?")
MOST_YEARS = 100
"""In which a plot leaves none out."""
# How many of year, month, day, hour, minute, second are stated.
_STATED = {"year": 1, "month": 2, "day": 3, "hour": 4, "minute": 5, "second": 6}


def words(at: str | None, precision: str | None = None) -> str:
    """`7 October 2021, 14:03 UTC` of a stored time, or less where less was stated; '' of none."""
    found = _AT.match(at or "")
    if not found:
        return at or ""
    parts = [part for part in found.groups() if part is not None]
    parts = parts[: _STATED.get(precision or "second", 6)]
    month = int(parts[1]) if len(parts) > 1 else 0
    if len(parts) > 1 and not 1 <= month <= 12:
        return at or ""
    day = f"{int(parts[2])} " if len(parts) > 2 else ""
    text = f"{day}{_MONTHS[month - 1]} {parts[0]}" if month else parts[0]
    if len(parts) > 3:
        text += f", {parts[3]}:{parts[4] if len(parts) > 4 else '00'} UTC"
    return text


def shown(at: str | None, precision: str | None = None, printed: str | None = None) -> Markup:
    """A `time` element; on pointing at it, how fine the date is and how the blog printed it."""
    if not at:
        return Markup('<span class="undated">{}</span>').format(printed or "no date")
    hints = [f"to the {precision}" if precision else "", f"printed: {printed}" if printed else ""]
    hint = "; ".join(part for part in hints if part)
    machine = at[: {1: 4, 2: 7, 3: 10}.get(_STATED.get(precision or "second", 6), 40)]
    # Put together by hand: a page has thousands of them, and Markup.format takes five times as long.
    inner = f'datetime="{escape(machine)}" title="{escape(hint)}">{escape(words(at, precision))}'
    return Markup(f"<time {inner}</time>")  # noqa: S704 - escaped one by one


def month(period: str) -> str:
    """`October 2021` of `2021-10`."""
    return words(f"{period}-01", "month") if len(period) == 7 else period


def months(periods: Sequence[str], most: int) -> Iterator[str]:
    """Each month, YYYY-MM, from the first to the last one of those, the last `most` of them at most."""
    if not periods:
        return
    first, last = (int(period[:4]) * 12 + int(period[5:7]) - 1 for period in (periods[0], periods[-1]))
    for number in range(max(first, last - most + 1), last + 1):
        yield f"{number // 12:04d}-{number % 12 + 1:02d}"


def years(known: Sequence[str]) -> list[str]:
    """Each year, YYYY, from the first to the last one of those in order; they alone where that is longer ago than any
    blog, as with a post of 1850."""
    first, last = (int(known[0]), int(known[-1])) if known else (0, -1)
    return [f"{year:04d}" for year in range(first, last + 1)] if last - first < MOST_YEARS else list(known)
