"""Month names of many languages.

The names are data (`data/months.txt`): forms, cases and abbreviations as blogs print them.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from importlib.resources import files

from archiver.printed.spelling import base_language, read_words


def month_number(word: str, language: str | None = None) -> int | None:
    """1 to 12 for a folded month name; None for other words, and for names that languages disagree on."""
    word = re.sub("^(?:d['\u2019]|ב)|[.'\u2019]+$", "", word)  # d'abril, בפברואר, sept.
    readings = _vocabulary().get(word)
    if readings is None:
        return None
    base = base_language(language)
    if base in readings:
        return readings[base]
    if base is not None and len(word) < 4 and "en" not in readings and base in _languages():
        return None  # "out" is October on Portuguese blogs only
    numbers = set(readings.values())
    return numbers.pop() if len(numbers) == 1 else None


def joined_names(s: str) -> str:
    """Folded text in which the names of several words (`thang hai`) are one word each."""
    for name in _long_names():
        if name[0] in s:
            s = s.replace(name, name.replace(" ", "_"))
    return s


def may_be_of(text: str) -> tuple[str, ...]:
    """The languages of which a text may hold the name of a month, by letters and marks beyond ASCII; as `dateparser`
    calls them."""
    letters = {letter for letter in unicodedata.normalize("NFC", text).lower() if not letter.isascii()}
    return tuple(language for language, own in _letters().items() if not own.isdisjoint(letters)) if letters else ()


@cache
def _letters() -> dict[str, frozenset[str]]:
    lines = files("archiver").joinpath("data/month_letters.txt").read_text("utf-8").splitlines()
    pairs = (line.split(": ") for line in lines if not line.startswith("#"))
    return {language: frozenset(letters) for language, letters in pairs}


@cache
def _vocabulary() -> dict[str, dict[str, int]]:
    """Folded name -> language -> month."""
    found: dict[str, dict[str, int]] = {}
    for language, words in read_words("months.txt").items():
        month = 1
        for word in words:
            if word == "|":
                month += 1
            else:
                found.setdefault(word.replace(" ", "_"), {})[language] = month
    return found


@cache
def _languages() -> frozenset[str]:
    return frozenset(read_words("months.txt"))


@cache
def _long_names() -> tuple[str, ...]:
    names = (name.replace("_", " ") for name in _vocabulary() if "_" in name)
    return tuple(sorted(names, key=len, reverse=True))
