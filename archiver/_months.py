"""Month names of many languages, and the one spelling in which printed dates are compared.

The names are data (`data/months.txt`): forms, cases and abbreviations as blogs print them.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from importlib.resources import files

from archiver.text import normal_name

_ACCENTS = re.compile("[\u0300-\u036f]")
_DIGITS = re.compile(r"\d+")
_ALIASES = {"nb": "no", "nn": "no", "bs": "sr", "me": "sr", "sh": "sr", "iw": "he", "in": "id", "fil": "tl"}


def folded(s: str) -> str:
    """Lower case, without accents, ASCII digits, single spaces: how dates and counts are compared."""
    s = normal_name(s)
    if s.isascii():
        return s
    s = s.replace("\u060c", ",").replace("\u3001", ",")  # the Arabic and the ideographic comma
    s = _DIGITS.sub(lambda m: "".join(str(unicodedata.decimal(c)) for c in m[0]), s)
    return unicodedata.normalize("NFC", _ACCENTS.sub("", unicodedata.normalize("NFKD", s)))


def base_language(language: str | None) -> str | None:
    """`pt` of `pt-BR` or `pt_BR`; None when there is none."""
    base = re.split(r"[-_.]", language.strip().lower(), maxsplit=1)[0] if language else ""
    return _ALIASES.get(base, base) or None


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


def read_words(name: str) -> dict[str, tuple[str, ...]]:
    """A vocabulary file: `key: words`, folded, an underscore for a space within a word."""
    lines = files("archiver").joinpath("data", name).read_text("utf-8").split("\n")
    pairs = (line.split(":", 1) for line in lines if line and not line.startswith("#"))
    return {key: tuple(folded(word.replace("_", " ")) for word in words.split()) for key, words in pairs}


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
