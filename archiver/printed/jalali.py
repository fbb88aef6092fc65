"""Dates of the Solar Hijri calendar, as blogs of Iran and Afghanistan print them: `۲۲ بهمن ۱۳۹۹`, `1399/11/22`.

The arithmetic is that of the 33-year cycle, which agrees with the calendar for the years of blogs.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta
from functools import cache

from archiver.printed.spelling import folded

_MONTHS = (
    ("فروردین", "حمل"),
    ("اردیبهشت", "ثور"),
    ("خرداد", "جوزا"),
    ("تیر", "سرطان"),
    ("مرداد", "اسد"),
    ("شهریور", "سنبله"),
    ("مهر", "میزان"),
    ("آبان", "عقرب"),
    ("آذر", "قوس"),
    ("دی", "جدی"),
    ("بهمن", "دلو"),
    ("اسفند", "حوت"),
)
_YEAR = r"(?P<year>1[34]\d\d)(?!\d)"
_NUMBERS = re.compile(rf"(?<![\d./-]){_YEAR}[./-](?P<month>\d{{1,2}})[./-](?P<day>\d{{1,2}})(?![\d./-])")
_EPOCH = date(2021, 3, 21)  # 1 Farvardin 1400


def days(text: str) -> Iterator[tuple[int, int, date]]:
    """The dates in folded text: where each begins and ends, and the day by the common calendar."""
    for pattern in (_names_pattern(), _NUMBERS):
        for match in pattern.finditer(text):
            month = _months()[match["name"]] if "name" in pattern.groupindex else int(match["month"])
            found = _to_date(int(match["year"]), month, int(match["day"]))
            if found:
                yield match.start(), match.end(), found
                break


def _to_date(year: int, month: int, day: int) -> date | None:
    longest = 31 if month < 7 else 30 if month < 12 else 29 + _is_leap(year)
    if not (1 <= month <= 12 and 1 <= day <= longest):
        return None
    years = range(1400, year) if year >= 1400 else range(year, 1400)
    length = sum(365 + _is_leap(one) for one in years)
    start = _EPOCH + timedelta(days=length if year >= 1400 else -length)
    return start + timedelta(days=(month - 1) * 31 - max(0, month - 7) + day - 1)


def _is_leap(year: int) -> bool:
    return year % 33 in {1, 5, 9, 13, 17, 22, 26, 30}


@cache
def _months() -> dict[str, int]:
    return {folded(name): number for number, names in enumerate(_MONTHS, 1) for name in names}


@cache
def _names_pattern() -> re.Pattern[str]:
    names = "|".join(sorted(map(re.escape, _months()), key=len, reverse=True))
    return re.compile(rf"(?<!\d)(?P<day>\d{{1,2}})\s*(?P<name>{names})\s*(?:ماه\s*)?,?\s*{_YEAR}")
