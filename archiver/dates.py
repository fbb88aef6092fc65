"""Dates as machines and as themes write them, each with the precision that it states.

Themes print dates in any language, with or without an hour, or as `6 years ago`. What can be read two
ways (10/02/2021) and is not settled by the caller is not read at all.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta, tzinfo
from email.utils import parsedate_to_datetime
from functools import lru_cache

from archiver.model import Moment, Precision
from archiver.printed.ago import ago
from archiver.printed.days import Clock, Day, find_clock, find_day, find_month, is_ambiguous
from archiver.printed.months import may_be_of
from archiver.printed.spelling import base_language, folded
from archiver.text import squeeze

_ISO = re.compile(
    r"(?P<year>\d{4})-?(?:(?P<month>\d\d)(?:-?(?P<day>\d\d)"
    r"(?:[Tt ]\s*(?P<hour>\d\d):?(?P<minute>\d\d)(?::?(?P<second>\d\d)(?:[.,]\d+)?)?"
    r"\s*(?P<zone>[Zz]|UTC|GMT|(?P<sign>[+-])(?P<hours>\d\d):?(?P<minutes>\d\d)?)?)?)?)?",
    re.ASCII,
)
_IN_PASSING = re.compile(
    r"(?<![\d-])\d{4}-\d\d-\d\d[Tt]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:[Zz]|[+-]\d\d:?\d\d)?", re.ASCII
)
_LONGEST = 200  # a date line is short; a paragraph that holds a date is not one
_FINER = {"month": 1, "day": 1, "hour": 0, "minute": 0, "second": 0}
_UNITS = ("year", *_FINER)

BlogClock = int | tzinfo | None
"""A blog's clock: minutes east of UTC, or a time zone; None where it is not known, and UTC is taken."""


def from_iso(text: str, clock: BlogClock = None) -> Moment | None:
    """RFC 3339 and its relatives, from a year to a fraction of a second.

    clock: for times without a zone (0 for WordPress's GMT fields). None for anything else, the zero dates
    of databases included.
    """
    text = text.strip()
    match = _ISO.fullmatch(text)
    if match is None:
        return None
    parts = [None if match[unit] is None else int(match[unit]) for unit in _UNITS]
    offset = clock
    if match["zone"]:
        east = int(match["hours"] or 0) * 60 + int(match["minutes"] or 0)
        offset = -east if match["sign"] == "-" else east
    return _moment(parts, offset, text)


def from_rfc822(text: str) -> Moment | None:
    """The dates of RSS feeds; also those that a feed writes in another format by mistake."""
    if ":" not in text:  # a day, which the parser would give an hour
        return from_iso(text) or from_printed(text)
    try:
        when = parsedate_to_datetime(text.strip())
        when = (when if when.tzinfo else when.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, TypeError, IndexError, OverflowError):
        return from_iso(text) or from_printed(text)
    precision = Precision.SECOND if text.count(":", 0, text.rfind(":") + 3) > 1 else Precision.MINUTE
    return _at(when, precision, text) if 1900 <= when.year <= 2200 else None


def from_printed(
    text: str,
    *,
    language: str | None = None,
    clock: BlogClock = None,
    day_first: bool | None = None,
    now: datetime | None = None,
) -> Moment | None:
    """A date as a theme prints it, words around it included.

    language: the page's tag. clock: the blog's. day_first: whether 10/02/2021 is in February,
    where the blog's other dates have settled it. now: when the page was
    fetched, for `6 years ago`. None when no date is found, or when it may be either of two.
    """
    printed = squeeze(text)
    if not printed or len(printed) > _LONGEST:
        return None
    exact = _IN_PASSING.search(printed)
    moment = from_iso(exact[0], clock) if exact else None
    if moment is None:
        line = folded(printed)
        day = find_day(line, language, day_first)
        if day:
            moment = _on_clock(day, find_clock(day.rest), clock, printed)
        elif not is_ambiguous(line):
            moment = _relative(line, clock, now, printed) or _of_month(line, language, printed)
    if moment is None:
        return None
    return replace(moment, printed=printed)


@lru_cache(maxsize=4096)  # every page of a blog has the same list of months beside it
def month_label(text: str, language: str | None = None) -> tuple[int, int] | None:
    """(year, month) of a label in a list of archives: `June 2026  (3)`, `juin 2026`, `2026年6月`."""
    line = re.sub(r"[(\[][^)\]]*[)\]]\s*$", "", folded(text))
    if len(line) > 60 or find_day(line, language, day_first=True):
        return None
    month = find_month(line, language)
    return (month.year, month.month) if month else None


def _moment(parts: list[int | None], clock: BlogClock, printed: str) -> Moment | None:
    """A moment of year, month, day … as far as they go; a time of day is of the given clock."""
    known = [part for part in parts if part is not None]
    precision = list(Precision)[::-1][len(known) - 1]
    values = dict(zip(_UNITS, known, strict=False))
    values["second"] = min(values.get("second", 0), 59)  # a leap second
    try:
        when = datetime(**{**_FINER, **values}, tzinfo=UTC)
        when -= _offset(clock, when) if len(known) > 3 else timedelta()
    except (ValueError, OverflowError):
        return None
    if not 1900 <= when.year <= 2200:
        return None
    moment = _at(when, precision, printed)
    return replace(moment, floating=True) if clock is None and len(known) > 3 else moment


def _offset(clock: BlogClock, local: datetime) -> timedelta:
    """How far east of UTC a clock stands when it shows this."""
    if isinstance(clock, tzinfo):
        return local.replace(tzinfo=clock).utcoffset() or timedelta()
    return timedelta(minutes=clock or 0)


def _at(when: datetime, precision: Precision, printed: str) -> Moment:
    units = list(Precision)[::-1]
    finer = {unit.value: _FINER[unit.value] for unit in units[units.index(precision) + 1 :]}
    return Moment(at=f"{when.replace(**finer):%Y-%m-%dT%H:%M:%SZ}", precision=precision, printed=squeeze(printed))  # type: ignore[arg-type]


def _on_clock(day: Day, time: Clock | None, clock: BlogClock, printed: str) -> Moment | None:
    if time is None:
        return _moment([day.year, day.month, day.day], None, printed)
    own = clock if time.offset is None else time.offset
    return _moment([day.year, day.month, day.day, time.hour, time.minute, time.second], own, printed)


def _relative(line: str, clock: BlogClock, now: datetime | None, printed: str) -> Moment | None:
    now = now or datetime.now(UTC)
    now = now.astimezone(UTC) if now.tzinfo else now.replace(tzinfo=UTC)
    east = _offset(clock, now)
    told = ago(line, now + east)
    if told is None:
        return None
    when, precision = told
    if precision in {Precision.SECOND, Precision.MINUTE, Precision.HOUR}:
        when -= east
    return _at(when, precision, printed)


def _of_month(line: str, language: str | None, printed: str) -> Moment | None:
    month = find_month(line, language)
    if month:
        return _moment([month.year, month.month], None, printed)
    unknown = base_language(language) != "en" and any(map(str.isalpha, printed))  # "7, 2018" is of no month
    if unknown and re.search(r"(?<!\d)(?:19|20)\d\d(?!\d)", line):
        base = base_language(language)
        languages = (base,) if base else may_be_of(printed)
        return _by_dateparser(printed, languages) if languages else None
    return None


@lru_cache(maxsize=4096)
def _by_dateparser(printed: str, languages: tuple[str, ...]) -> Moment | None:
    """The remaining languages; slow, hence last and remembered: some 15 ms and, the first time, 10 more for each of the
    languages, of which it knows 200."""
    from dateparser.date import DateDataParser  # late: half a second, and rarely needed

    settings = {"REQUIRE_PARTS": ["year", "month"], "PREFER_DAY_OF_MONTH": "first", "PARSERS": ["absolute-time"]}
    try:
        found = DateDataParser(languages=list(languages), settings=settings).get_date_data(printed)
    except ValueError:  # a language that it does not know
        return None
    if found.date_obj is None:
        return None
    parts = [found.date_obj.year, found.date_obj.month, found.date_obj.day][: 3 if found.period == "day" else 2]
    return _moment([*parts], None, printed)
