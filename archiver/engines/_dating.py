"""The dates of one page: its language, its clock, and which of two numbers is the day.

`10/02/2021` alone can be read two ways. Other dates of the page settle it (`23/02/2021`), or the permalink
does (`/2021/02/`). "6 years ago" counts from when the page was fetched.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, date, datetime, tzinfo
from email.utils import parsedate_to_datetime
from functools import cached_property

from archiver import dates
from archiver.engines.dom import Dom
from archiver.model import Moment, Precision, Site
from archiver.zones import clock_of

_NUMBERS = re.compile(r"(?<![\d./-])(\d{1,2})([./-])(\d{1,2})\2((?:19|20)\d\d)(?![\d./-])")
_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_WEEKDAY = re.compile(rf"\b(?:{'|'.join(_WEEKDAYS)})(?=[a-z]*\b)", re.IGNORECASE)
_PLAIN_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d", re.ASCII)  # not a week's number, nor a fraction
_DATED_PATH = re.compile(r"/((?:19|20)\d\d)/(\d\d)/(?:(\d\d)/)?[^/]")


class Dating:
    """Reads the dates of a page of a blog."""

    def __init__(self, dom: Dom, site: Site) -> None:
        self._dom = dom
        self._site = site

    @cached_property
    def language(self) -> str | None:
        """The language that the page declares."""
        html = self._dom.tags("html")
        return (html[0].get("lang") or html[0].get("xml:lang") or None) if html else None

    @cached_property
    def now(self) -> datetime | None:
        """When the page was answered, as its server says."""
        try:
            when = parsedate_to_datetime(self._dom.page.headers.get("date", ""))
        except (ValueError, TypeError, IndexError):
            return None
        return when if when.tzinfo else when.replace(tzinfo=UTC)

    @cached_property
    def day_first(self) -> bool | None:
        """Whether days stand before months on this page; None when no date of it tells."""
        told = set()
        for first, _, second, _ in _NUMBERS.findall(self._dom.page.text):
            if (int(first) > 12) != (int(second) > 12):
                told.add(int(first) > 12)
        return told.pop() if len(told) == 1 else None

    @cached_property
    def clock(self) -> int | tzinfo | None:
        """The blog's clock, for times that are printed without a zone."""
        stated = (time.get("datetime") or "" for time in self._dom.tags("time"))
        return clock_of(self._site, stated, self.language or self._site.language)

    def iso(self, text: str | None, shown: str = "") -> Moment | None:
        """A date as machines write it. shown: what is printed instead of it."""
        if text and len(text) == 25 and text[10] == "T" and (moment := _usual(text, shown or text)):
            return moment
        found = dates.from_iso(text, self.clock) if text else None
        return replace(found, printed=shown) if found is not None and shown else found

    def printed(self, text: str, url: str | None = None) -> Moment | None:
        """A date as the theme prints it. url: the permalink of the post that it is of."""
        if not any(char.isdigit() for char in text) and len(text) > 40:
            return None
        return self._read(text, _day_first_by_url(text, url) if url else None)

    def any(self, text: str, url: str | None = None) -> Moment | None:
        """A date in whatever form."""
        return self.iso(text) or self.printed(text, url)

    def _read(self, text: str, day_first: bool | None) -> Moment | None:
        if day_first is None:
            day_first = _day_first_by_weekday(text) if self.day_first is None else self.day_first
        return dates.from_printed(
            text,
            language=self.language or self._site.language,
            clock=self.clock,
            day_first=day_first,
            now=self.now,
        )


def _usual(text: str, printed: str) -> Moment | None:
    """`2021-02-10T08:30:00+01:00`, as nearly all themes write it; quick, since a page may hold thousands."""
    try:
        when = datetime.fromisoformat(text)
        if text[19:] == "+00:00" and _PLAIN_TIME.match(text) and 1900 <= when.year <= 2200:
            return Moment(at=f"{text[:19]}Z", precision=Precision.SECOND, printed=printed)
        when = when.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    if not 1900 <= when.year <= 2200:
        return None
    return Moment(at=f"{when.isoformat()[:19]}Z", precision=Precision.SECOND, printed=printed)


def _day_first_by_weekday(text: str) -> bool | None:
    """Which number of `Sun, 04/06/2014` is the day: only one of the two days is a Sunday."""
    found, named = _NUMBERS.search(text), _WEEKDAY.search(text)
    if not found or not named:
        return None
    wanted, (first, second, year) = _WEEKDAYS.index(named[0].lower()), (int(found[1]), int(found[3]), int(found[4]))
    fits = [_weekday(year, second, first) == wanted, _weekday(year, first, second) == wanted]
    return fits[0] if fits[0] != fits[1] else None


def _weekday(year: int, month: int, day: int) -> int | None:
    try:
        return date(year, month, day).weekday()
    except ValueError:
        return None


def _day_first_by_url(text: str, url: str) -> bool | None:
    """Which number of a date is the day, by the date in the permalink."""
    path, date = _DATED_PATH.search(url), _NUMBERS.search(text)
    if not path or not date or date[4] != path[1] or date[1] == date[3]:
        return None
    month = int(path[2])
    if month == int(date[3]) and month != int(date[1]):
        return True
    return False if month == int(date[1]) and month != int(date[3]) else None
