"""The dates of one page: its language, its clock, and which of two numbers is the day.

`10/02/2021` alone can be read two ways. Other dates of the page settle it (`23/02/2021`), or the permalink
does (`/2021/02/`), or the day that the page states for machines: most comments come within the month.
"6 years ago" counts from when the page was fetched.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, tzinfo
from email.utils import parsedate_to_datetime
from functools import cached_property

from archiver import dates
from archiver.engines.dom import Dom
from archiver.model import Moment, Precision, Site
from archiver.printed.days import full_year
from archiver.zones import clock_of

_NUMBERS = re.compile(r"(?<![\d./-])(\d{1,2})\s?([./-])\s?(\d{1,2})\s?\2\s?((?:19|20)\d\d|\d\d)(?![\d./-])")
# In a page's source, years of two digits count only where words can stand: versions of scripts look like them.
_SHOWN_NUMBERS = re.compile(
    r"(?<![\d./-])(\d{1,2}) ?([./-]) ?(\d{1,2}) ?\2 ?((?:19|20)\d\d)(?![\d./-])"
    r"|(?<=[>\s(;\"])(\d{1,2})([./-])(\d{1,2})\6(\d\d)(?=[\s<,)\"])"
)
_SIGN = re.compile(r"\d\s?([./-])\s?\d{1,2}\s?(?:[./-]|, )")
_MOST = 0.75  # of the dates of a page: that share settles which number is the day
_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_WEEKDAY = re.compile(rf"\b(?:{'|'.join(_WEEKDAYS)})(?=[a-z]*\b)", re.IGNORECASE)
_PLAIN_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d", re.ASCII)  # not a week's number, nor a fraction
_UNZONED = re.compile(r"\d{4}-\d\d-\d\d[ T]\d\d:\d\d(?::\d\d)?", re.ASCII)
_NOTHING = "1970-01-01T00:00:00"  # what themes state whose date PHP could not read
_FURTHEST = timedelta(hours=14)  # from Greenwich
_DATED_PATH = re.compile(r"/((?:19|20)\d\d)/(\d\d)/(?:(\d\d)/)?[^/]")


class Dating:
    """Reads the dates of a page of a blog."""

    def __init__(self, dom: Dom, site: Site) -> None:
        self._dom = dom
        self._site = site
        self._told: dict[str, bool | None] = {}  # by the sign between the numbers

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
    def _numbers(self) -> list[tuple[int, str, int, int]]:
        """The dates in numbers on this page: the first number, the sign between, the second number, the year."""
        found = (match.groups() for match in _SHOWN_NUMBERS.finditer(self._dom.page.text))
        return [(int(a or e), b or f, int(c or g), full_year(int(d or h))) for a, b, c, d, e, f, g, h in found]

    def day_first(self, sign: str) -> bool | None:
        """Whether days stand before months on this page in dates with this sign between; None when none tells."""
        if sign not in self._told:
            self._told[sign] = self._settled(sign)
        return self._told[sign]

    def _settled(self, sign: str) -> bool | None:
        alike = [(first, second, year) for first, between, second, year in self._numbers if between == sign]
        told = {first > 12 for first, second, _ in alike if (first > 12) != (second > 12)}
        if told:
            return told.pop() if len(told) == 1 else None
        post = self._stated
        near = [pair[:2] for pair in alike if post and pair[2] == post.year and post.month in pair[:2]]
        days = [second == post.month for first, second in near if post and first != second]
        share = sum(days) / len(days) if days else 0.5
        return share > 0.5 if abs(share - 0.5) >= _MOST - 0.5 else None

    @cached_property
    def _stated(self) -> date | None:
        """The day of the page's post as its URL or its markup states it, to the month at least."""
        path = _DATED_PATH.search(self._dom.canonical() or self._dom.page.url)
        if path:
            return _day_of(f"{path[1]}-{path[2]}-01")
        times = (time.get("datetime") or "" for time in self._dom.tags("time"))
        stated = (self._dom.meta("article:published_time") or "", *times)
        return next(filter(None, map(_day_of, stated)), None)

    @cached_property
    def clock(self) -> int | tzinfo | None:
        """The blog's clock, for times that are printed without a zone."""
        stated = (time.get("datetime") or "" for time in self._dom.tags("time"))
        return clock_of(self._site, stated, self.language or self._site.language)

    def iso(self, text: str | None, shown: str = "") -> Moment | None:
        """A date as machines write it. shown: what is printed instead of it."""
        if text and len(text) == 25 and text[10] == "T" and (moment := _usual(text, shown or text)):
            return moment if text[:19] != _NOTHING else None
        if text and text[:19].replace(" ", "T") == _NOTHING:
            return None
        found = dates.from_iso(text, self.clock) if text else None
        if text and found is not None and shown and self._is_greenwich(text, found, shown):
            found = dates.from_iso(text, 0)
            if found is not None and text[16:] == ":00":  # made of what is printed, which has no seconds
                found = replace(found, precision=Precision.MINUTE)
        return replace(found, printed=shown) if found is not None and shown else found

    def _is_greenwich(self, text: str, found: Moment, shown: str) -> bool:
        """Whether a time without a zone is not the blog's but Greenwich's: the hour that is printed is another one.

        WordPress keeps both for posts and comments, and no others; what it prints is the blog's.
        """
        if _UNZONED.fullmatch(text) is None or ":" not in shown:
            return False
        printed = self.printed(shown)
        if printed is None or printed.precision not in {Precision.SECOND, Precision.MINUTE}:
            return False
        away = abs(datetime.fromisoformat(printed.at[:16]) - datetime.fromisoformat(found.at[:16]))
        return timedelta() < away <= _FURTHEST and not away % timedelta(minutes=15)

    def printed(self, text: str, url: str | None = None) -> Moment | None:
        """A date as the theme prints it. url: the permalink of the post that it is of."""
        if not any(char.isdigit() for char in text) and len(text) > 40:
            return None
        return self._read(text, _day_first_by_url(text, url) if url else None)

    def any(self, text: str, url: str | None = None) -> Moment | None:
        """A date in whatever form."""
        return self.iso(text) or self.printed(text, url)

    def _read(self, text: str, day_first: bool | None) -> Moment | None:
        numbers = _SIGN.search(text) if day_first is None else None
        if numbers:
            day_first = self.day_first(numbers[1])
            day_first = _day_first_by_weekday(text) if day_first is None else day_first
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
    wanted = _WEEKDAYS.index(named[0].lower())
    first, second, year = int(found[1]), int(found[3]), full_year(int(found[4]))
    fits = [_weekday(year, second, first) == wanted, _weekday(year, first, second) == wanted]
    return fits[0] if fits[0] != fits[1] else None


def _day_of(stated: str) -> date | None:
    try:
        return date.fromisoformat(stated[:10])
    except ValueError:
        return None


def _weekday(year: int, month: int, day: int) -> int | None:
    try:
        return date(year, month, day).weekday()
    except ValueError:
        return None


def _day_first_by_url(text: str, url: str) -> bool | None:
    """Which number of a date is the day, by the date in the permalink."""
    path, date = _DATED_PATH.search(url), _NUMBERS.search(text)
    if not path or not date or full_year(int(date[4])) != int(path[1]) or date[1] == date[3]:
        return None
    month = int(path[2])
    if month == int(date[3]) and month != int(date[1]):
        return True
    return False if month == int(date[1]) and month != int(date[3]) else None
