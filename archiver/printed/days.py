"""Day, month, year and time of day found in a printed date.

All functions take text as `spelling.folded` makes it, so that one pattern serves all scripts.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

from archiver.printed import jalali
from archiver.printed.months import joined_names, month_number
from archiver.printed.spelling import base_language

# Ordinal endings (1st, 1er, 2e, 1o), and the small words between the parts of a date.
_DAY = r"(?<![\d.,/'\u2019-])(?<!\d:)(?P<day>\d{1,2})(?:-?[^\W\d_]{1,2}(?![^\W\d_]))?"
_JOIN = r"[\s.,/\-\u2013'\u2019]*(?:(?:de|del|di|da|do|den|der|of|the|ta|i|ng)[\s.,'\u2019]+){0,2}"
_NAME = r"(?<![^\W\d_])(?P<name>[^\W\d_][^\s\d.,;:!?()\[\]/|\"\u201c\u201d\u00ab\u00bb\u2013\u2014\u2026-]{1,20})"
_YEAR = r"(?P<year>\d{4})(?!\d)"
_NAMED = (
    # 10 February 2021, 10. Februar 2021, 10 de febrero de 2021, 10-Feb-2021, 10 Feb '21
    re.compile(rf"{_DAY}{_JOIN}{_NAME}{_JOIN}(?P<year>\d{{4}}|(?<=['\u2019-])\d\d)(?!\d)"),
    # February 10, 2021
    re.compile(
        rf"{_NAME}{_JOIN}(?P<day>\d{{1,2}})(?:-?[^\W\d_]{{1,2}}(?![^\W\d_]))?(?:\s*,\s*|\.?\s+(?:(?:de|del|of)\s)?|[.\-/])"
        rf"(?P<year>\d{{4}}|(?<=['\u2019-])\d\d|['\u2019]\d\d)(?!\d)"
    ),
    # 2021. február 10., 2021 m. vasario 10 d., 2021(e)ko otsailaren 10a
    re.compile(rf"{_YEAR}(?:\s?m\.|\s?\(?e?\)?ko|\.)?{_JOIN}{_NAME}{_JOIN}(?P<day>\d{{1,2}})(?!\d)"),
    # 2021. gada 10. februāris
    re.compile(rf"{_YEAR}\.?\s*(?:gada\s*)?(?P<day>\d{{1,2}})\.\s*{_NAME}"),
)
# May 3, 09; 3 May 09; and nothing else but a time of day, since "May 3, 20 comments" is of no year.
_WORDS_BEFORE = r"\A(?:[^\W\d_]{1,12}[.:,]?\s+){0,3}"
_YEAR_ALONE = r"['\u2019]?(?P<year>\d\d)(?![\d:h]|\.\d)"
_NAMED_SHORT = (
    re.compile(rf"{_WORDS_BEFORE}(?P<day>\d{{1,2}})(?:st|nd|rd|th)?\.?\s+{_NAME}[.,]?\s+{_YEAR_ALONE}"),
    re.compile(rf"{_WORDS_BEFORE}{_NAME}\.?\s+(?P<day>\d{{1,2}})(?:st|nd|rd|th)?(?:,\s*|\s+){_YEAR_ALONE}"),
)
_NAMED_MONTH = (
    re.compile(rf"(?<!\d )(?<!\d\. ){_NAME}{_JOIN}{_YEAR}"),  # of 31 February, nothing is left
    re.compile(rf"{_YEAR}(?:\s?m\.|\s?\(?e?\)?ko|\.|\.?\s*gada)?{_JOIN}{_NAME}"),
)
_COUNTED = (
    re.compile(rf"{_YEAR}\s*[年년]\s*(?P<month>\d{{1,2}})\s*[月월]\s*(?P<day>\d{{1,2}})\s*[日일號号]?"),
    re.compile(rf"{_DAY}\s*,?\s*thang\s*(?P<month>\d{{1,2}})(?:\s*,?\s*(?:nam\s*)?|\s*/\s*){_YEAR}"),
)
# 24年5月3日, and by the years of an emperor
_ERAS = {"": 2000, "令和": 2018, "平成": 1988, "昭和": 1925}
_COUNTED_SHORT = re.compile(
    r"(?<!\d)(?P<era>令和|平成|昭和)?\s?(?P<short>\d{1,2}|元)年\s?(?P<month>\d{1,2})月\s?(?P<day>\d{1,2})日"
)
_COUNTED_MIXED = (  # a format of another language's, with the month as East Asian ones print it
    re.compile(rf"{_DAY}\s*[.,]?\s*(?P<month>\d{{1,2}})\s*[月월]\s*,?\s*{_YEAR}"),
    re.compile(
        rf"(?<!\d)(?P<month>\d{{1,2}})\s*[月월]\s*(?P<day>\d{{1,2}})(?:st|nd|rd|th|\s*[日일號号])?\s*,\s*{_YEAR}"
    ),
)
_COUNTED_MONTH = (
    re.compile(rf"{_YEAR}\s*[年년]\s*(?P<month>\d{{1,2}})\s*[月월]"),
    re.compile(rf"(?<!\d)(?P<month>\d{{1,2}})\s*[月월]\s*,?\s*{_YEAR}"),
    re.compile(rf"thang\s*(?P<month>\d{{1,2}})(?:\s*,?\s*(?:nam\s*)?|\s*/\s*){_YEAR}"),
)
_CHINESE = ("一", "二", "三", "四", "五", "六", "七", "八", "九", "十", "十一", "十二")
_CHINESE_MONTH = re.compile("(十[一二]|[一二三四五六七八九十])月")
_YEAR_FIRST = re.compile(rf"(?<!\d){_YEAR}(?P<dot>\s?[./-]\s?)(?P<month>\d{{1,2}})\s?[./-]\s?(?P<day>\d{{1,2}})(?!\d)")
_YEAR_LAST = re.compile(
    r"(?<![\d.,/-])(?P<a>\d{1,2})\s?(?P<dot>[./-])\s?(?P<b>\d{1,2})\s?(?:[./-]\s?|,\s(?=\d{4}))(?P<year>\d{4}|\d\d)(?!\.?\d)"
)
_BESIDE = " ,/|@()\u00b7\u2013\u2014-"  # around a date that stands alone
_NUMBER_MONTH = (
    re.compile(rf"(?<![\d./-]){_YEAR}\s?[./-]\s?(?P<month>\d{{1,2}})\.?(?![\d./-])"),
    re.compile(rf"(?<![\d./-])(?P<month>\d{{1,2}})\s?[./-]\s?{_YEAR}(?![\d./-])"),
)


def _half(place: str) -> str:
    """Before or after noon, in groups of their own for either side of the time."""
    return (
        rf"(?:(?P<am_{place}>a\.?\s?m\b\.?|π\.?μ\b\.?|ص|صباحا|ق\.?\s?ظ|上午|午前|凌晨|早上|오전|sang\b"
        r"|de la manana|da manha)"
        rf"|(?P<pm_{place}>p\.?\s?m\b\.?|(?<=\d )pm|μ\.?μ\b\.?|م\b|مساء|ب\.?\s?ظ|下午|午後|午后|晚上|오후|chieu\b|toi\b"
        r"|de la (?:tarde|noche)|da (?:tarde|noite)))"
    )


_TIMES = (
    re.compile(
        rf"(?:{_half('before')}\s*)?(?<![\d.:])(?P<hour>\d{{1,2}}):(?P<minute>\d\d)(?::(?P<second>\d\d))?(?![\d:])"
        rf"(?:\s*{_half('after')})?"
    ),
    re.compile(
        rf"(?:{_half('before')}\s*)?(?<!\d)(?P<hour>\d{{1,2}})\s?(?:[时時시]|[點点](?![^\W\d_钟鐘半整多左前后後许許]))"
        r"(?:\s?(?P<minute>\d\d?)\s?[分분])?"  # 点 is a point as well: "1点热度", "3点赞"
    ),
    re.compile(rf"(?<![\d.:])(?P<hour>\d{{1,2}})(?:[.](?P<minute>\d\d))?\s*{_half('after')}"),
    re.compile(r"(?<![\d.:])(?P<hour>\d{1,2})\s?h(?:\s?(?P<minute>\d\d)(?!\d))?(?![^\W\d_])"),
    re.compile(r"(?:\bklo?|\bpukul|\bore|\balle|\bkell|\bum|\bom|\bu)\.?\s*(?P<hour>\d{1,2})[.](?P<minute>\d\d)(?!\d)"),
    re.compile(r"(?<![\d.:])(?P<hour>\d{1,2})(?:\.(?P<minute>\d\d))?\s?uhr"),
    # Behind its date: "v 8.08", "at 08.08".
    re.compile(r"\A\s*,?\s*(?:[^\W\d_]{1,8}\.?\s+){0,2}(?P<hour>\d{1,2})\.(?P<minute>\d\d)(?=\s|\Z)(?!\s?[\d%€$£])"),
)
_ZONE = re.compile(r"\s*\(?(?:(?:utc|gmt)?(?P<sign>[+-])(?P<hours>\d\d):?(?P<minutes>\d\d)(?!\d)|utc|gmt|z(?!\w))")
_MONTH_FIRST = frozenset(("en-us", "en-ph", "es-us", "tl", "fil", "fil-ph", "tl-ph"))
_MIXED = frozenset(("en", "en-ca", "ja", "ko", "zh"))


class Day(NamedTuple):
    """A date as printed. day is None for a month; rest: the text without it, for the time of day."""

    year: int
    month: int
    day: int | None
    rest: str


class Clock(NamedTuple):
    """A time of day. offset: minutes east of UTC when the text says so."""

    hour: int
    minute: int | None
    second: int | None
    offset: int | None


def find_day(text: str, language: str | None, day_first: bool | None) -> Day | None:
    """The first whole date in `text`; None when there is none, or when day and month may be either."""
    text = _with_numbers(joined_names(text))
    found = [*_named(text, language, _NAMED), *_counted(text, _COUNTED), *_counted(text, (_YEAR_FIRST,))]
    found += [*_counted(text, _COUNTED_MIXED), *_jalali(text)]
    numeric = _year_last(text, language, day_first)
    if numeric:
        found.append(numeric)
    if not found:
        found += [*_short_named(text, language), *_short_counted(text)]
    return min(found, key=lambda pair: pair[0])[1] if found else None


def find_month(text: str, language: str | None) -> Day | None:
    """The first month with its year in `text`."""
    text = _with_numbers(joined_names(text))
    found = [*_named(text, language, _NAMED_MONTH), *_counted(text, (*_COUNTED_MONTH, *_NUMBER_MONTH))]
    return min(found, key=lambda pair: pair[0])[1] if found else None


def _jalali(text: str) -> Iterator[tuple[int, Day]]:
    for start, end, day in jalali.days(text):
        yield start, Day(day.year, day.month, day.day, f"{text[end:]} {text[:start]}")


def _with_numbers(text: str) -> str:
    """Text with the months of Chinese dates as numbers: `二月`, `十一月`."""
    return _CHINESE_MONTH.sub(lambda m: f"{_CHINESE.index(m[1]) + 1}月", text) if "月" in text else text


def find_clock(text: str) -> Clock | None:
    """The first time of day in `text`."""
    for pattern in _TIMES:
        for match in pattern.finditer(text):
            clock = _clock(match)
            if clock:
                return clock
    return None


def is_ambiguous(text: str) -> bool:
    """Whether `text` holds a date in numbers that only the caller's knowledge of the blog can settle."""
    return _YEAR_LAST.search(text) is not None


def _named(text: str, language: str | None, patterns: tuple[re.Pattern[str], ...]) -> Iterator[tuple[int, Day]]:
    for pattern in patterns:
        start = 0
        while match := pattern.search(text, start):
            month = month_number(match["name"], language)
            day = _day(match, int(match["year"].lstrip("'\u2019")), month) if month else None
            if day:
                yield match.start(), day
                break
            start = match.start() + 1


def _short_named(text: str, language: str | None) -> Iterator[tuple[int, Day]]:
    """A date with the month's name and a year of two digits, alone but for a time of day."""
    for at, day in _named(text, language, _NAMED_SHORT):
        if not day.rest.strip(_BESIDE) or find_clock(day.rest):  # the rest is what follows
            yield at, day


def _short_counted(text: str) -> Iterator[tuple[int, Day]]:
    """A date of East Asia with a year of two digits, or with that of an emperor."""
    for match in _COUNTED_SHORT.finditer(text):
        number = 1 if match["short"] == "元" else int(match["short"])
        if match["era"] or len(match["short"]) == 2:
            day = _day(match, _ERAS[match["era"] or ""] + number, int(match["month"]))
            if day:
                yield match.start(), day


def _counted(text: str, patterns: tuple[re.Pattern[str], ...]) -> Iterator[tuple[int, Day]]:
    for pattern in patterns:
        for match in pattern.finditer(text):
            day = _day(match, int(match["year"]), int(match["month"]))
            if day:
                yield match.start(), day
                break


def _year_last(text: str, language: str | None, day_first: bool | None) -> tuple[int, Day] | None:
    """A date such as 10/02/2021, when it can be told which number is the day."""
    match = _YEAR_LAST.search(text)
    if match is None:
        return None
    a, b = int(match["a"]), int(match["b"])
    if len(match["year"]) == 2 and match["dot"] == "." and len(match["a"] + match["b"]) < 4:
        beside = text[: match.start()] + text[match.end() :]
        if (day_first is None or beside.strip(_BESIDE)) and find_clock(beside) is None:
            return None  # a version number
    if a > 12 or b > 12 or a == b:
        day_first = a > 12
    elif day_first is None:
        day_first = True if match["dot"] == "." else _prints_day_first(language)
    if day_first is None:
        return None
    day = _day(match, int(match["year"]), b if day_first else a, a if day_first else b)
    return (match.start(), day) if day else None


def _prints_day_first(language: str | None) -> bool | None:
    tag = (language or "").strip().lower().replace("_", "-")
    base = base_language(tag)
    if not tag or tag in _MIXED or (base in _MIXED and base != "en"):
        return None
    return tag not in _MONTH_FIRST


def full_year(year: int) -> int:
    """A year that may be printed with two digits: 70 to 99 are of the last century."""
    return year if year > 99 else year + (2000 if year < 70 else 1900)


def _day(match: re.Match[str], year: int, month: int, day: int | None = None) -> Day | None:
    """A plausible date; Buddhist years and years of two digits are put right."""
    if "day" in match.re.groupindex:
        day = int(match["day"])
    if year < 100:
        year = full_year(year)
    elif 2400 < year < 2700:
        year -= 543
    try:
        date(year, month, day or 1)
    except ValueError:
        return None
    if not 1970 <= year <= 2100:
        return None
    # Times follow their date more often than they precede it.
    return Day(year, month, day, f"{match.string[match.end() :]} {match.string[: match.start()]}")


def _clock(match: re.Match[str]) -> Clock | None:
    groups = match.groupdict()
    hour, minute, second = (None if groups.get(k) is None else int(groups[k]) for k in ("hour", "minute", "second"))
    if hour is None or hour > 23 or (minute or 0) > 59 or (second or 0) > 59:
        return None
    if (groups.get("pm_before") or groups.get("pm_after")) and hour < 12:
        hour += 12
    elif (groups.get("am_before") or groups.get("am_after")) and hour == 12:
        hour = 0
    return Clock(hour, minute, second, _offset(match))


def _offset(match: re.Match[str]) -> int | None:
    zone = _ZONE.match(match.string, match.end())
    if zone is None:
        return None
    minutes = int(zone["hours"] or 0) * 60 + int(zone["minutes"] or 0)
    return -minutes if zone["sign"] == "-" else minutes
