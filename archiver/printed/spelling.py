"""The one spelling in which printed words are compared, whatever their script, and the vocabularies in it."""

from __future__ import annotations

import re
import unicodedata
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


def read_words(name: str) -> dict[str, tuple[str, ...]]:
    """A vocabulary file: `key: words`, folded, an underscore for a space within a word."""
    lines = files("archiver").joinpath("data", name).read_text("utf-8").split("\n")
    pairs = (line.split(":", 1) for line in lines if line and not line.startswith("#"))
    return {key: tuple(folded(word.replace("_", " ")) for word in words.split()) for key, words in pairs}
