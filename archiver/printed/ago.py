"""`6 years ago` in many languages: dates that are told by their distance from now."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from functools import cache
from itertools import pairwise

from archiver.model import Precision
from archiver.printed.spelling import read_words

# A week is no precision of its own; its month is the finest unit that is surely meant.
_PRECISIONS = {
    "second": Precision.SECOND,
    "minute": Precision.MINUTE,
    "hour": Precision.HOUR,
    "day": Precision.DAY,
    "week": Precision.MONTH,
    "month": Precision.MONTH,
    "year": Precision.YEAR,
}
_AMOUNT = re.compile(r"(?<![\d.,:/-])(\d{1,3})\s*\+?\s*(?!\d)")
_WORD = re.compile(r"[^\W\d_][^\s\d.,;:()]*")
_SEMITIC = re.compile("[\u0590-\u06ff]")
_UNSPACED = re.compile("[\u0e00-\u0e7f\u3040-\u9fff\uac00-\ud7af]")


def ago(text: str, now: datetime) -> tuple[datetime, Precision] | None:
    """When folded `text` says that it was, seen from `now`; None when it says nothing of the kind.

    Units finer than the precision are left as they come out.
    """
    words = _words()
    unit = _unit(text)
    if unit is not None and _says(text, words["past"]):
        name, amount = unit
        return _before(now, name, amount), _PRECISIONS[name]
    for name, days in (("now", 0), ("today", 0), ("yesterday", 1)):
        if any(text == word or text.startswith(word + " ") for word in words[name]):
            return now - timedelta(days=days), Precision.MINUTE if name == "now" else Precision.DAY
    return None


def _unit(text: str) -> tuple[str, int] | None:
    """The first amount and its unit."""
    for match in _AMOUNT.finditer(text):
        word = _WORD.match(text, match.end())
        name = _named(word[0]) if word else None
        if name:
            return name, int(match[1])
    words = _WORD.findall(text)
    for one, unit in pairwise(words):
        name = _named(unit)
        if name and one in _words()["one"]:
            return name, 1
    return _unit_alone(text, words)


def _unit_alone(text: str, words: list[str]) -> tuple[str, int] | None:
    """A unit without an amount before it: `ordu 1`, the dual of Semitic languages, and their singular."""
    for match in _AMOUNT.finditer(text):
        before = text[: match.start()].split()[-1:]
        if before and (name := _named(before[0])):
            return name, int(match[1])
    for name in _PRECISIONS:
        if any(word in _words().get(f"two_{name}", ()) for word in words):
            return name, 2
    units = [name for word in words if _SEMITIC.match(word) and (name := _named(word))]
    return (units[0], 1) if units else None


def _named(word: str) -> str | None:
    """The unit that a word is, or, where words are not spaced, begins with; the longest wins (`か月前`)."""
    spaced, unspaced = _units()
    return spaced.get(word) or next((name for unit, name in unspaced if word.startswith(unit)), None)


def _says(text: str, words: tuple[str, ...]) -> bool:
    return any(
        word in text if not word.isascii() and len(word) == 1 else re.search(rf"(?<!\w){re.escape(word)}(?!\w)", text)
        for word in words
    )


def _before(now: datetime, unit: str, amount: int) -> datetime:
    if unit in {"month", "year"}:
        months = now.year * 12 + now.month - 1 - amount * (12 if unit == "year" else 1)
        return now.replace(year=max(months // 12, 1), month=months % 12 + 1, day=1)
    return now - timedelta(**{f"{unit}s": amount})


@cache
def _words() -> dict[str, tuple[str, ...]]:
    return read_words("ago.txt")


@cache
def _units() -> tuple[dict[str, str], tuple[tuple[str, str], ...]]:
    """Unit by word, and those of scripts without spaces, longest first."""
    units = {word: name for name in _PRECISIONS for word in _words()[name]}
    unspaced = [pair for pair in units.items() if _UNSPACED.search(pair[0])]
    return units, tuple(sorted(unspaced, key=lambda pair: -len(pair[0])))
