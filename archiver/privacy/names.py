"""How names are found in a text: as sequences of words, in whatever case, with or without accents.

Phrase(("jane", "doe"), into="Person-…")   matches  Jane Doe, JANE DOE, jane_doe, Jane  Döe
"""

from __future__ import annotations

import re
import sys
import tomllib
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import pairwise
from typing import Literal, NamedTuple

from archiver.text import normal_name

NEUTRAL = "[name]"
"""Stands for a name that could be several people's, or an ordinary word."""
_GAP = 4
"""Characters that are no letters, at most, between the words of one name."""
SHORTEST = 3
"""Letters of a name that is looked for anywhere; shorter ones are too often something else."""
_UNSPACED = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af]")

Care = Literal["anywhere", "capital", "as a name"]


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words that are masked. into: None leaves them as they are. care: where they must stand for that."""

    words: tuple[str, ...]
    into: str | None
    care: Care = "anywhere"


class Word(NamedTuple):
    """A word of a text: where it stands, and the form in which it is compared."""

    start: int
    end: int
    form: str


@cache
def _word() -> re.Pattern[str]:
    """A letter or digit, with those that follow and all that combines with them; Python's \\w has no marks."""
    marks, first = [], -1
    for code in range(0x300, sys.maxunicode + 2):
        is_mark = code <= sys.maxunicode and unicodedata.category(chr(code)) in {"Mn", "Mc", "Me", "Cf"}
        if is_mark and first < 0:
            first = code
        elif not is_mark and first >= 0:
            marks.append(f"{re.escape(chr(first))}-{re.escape(chr(code - 1))}")
            first = -1
    return re.compile(f"[^\\W_](?:[^\\W_]|[\xad{''.join(marks)}])*")


def _form(word: str) -> str:
    if word.isascii():
        return word.lower()
    for _ in range(2):  # what one step makes may be work for the other
        word = unicodedata.normalize("NFKD", word.casefold())
        word = "".join(char for char in word if unicodedata.category(char)[0] != "M" and char.isalnum())
    return word


def words(text: str) -> list[Word]:
    """The words of a text."""
    return [Word(found.start(), found.end(), _form(found[0])) for found in _word().finditer(text)]


def forms(text: str) -> tuple[str, ...]:
    """The words as they are compared."""
    return tuple(word.form for word in words(text))


def folded(name: str) -> str:
    """A name as people are told apart by it."""
    return " ".join(forms(name)) or normal_name(name)


@cache
def vocabulary() -> dict[str, frozenset[str]]:
    """Lists of words, by what they are."""
    lists = tomllib.loads(files("archiver").joinpath("data", "words_not_names.toml").read_text("utf-8"))
    return {name: frozenset(words.split()) for name, words in lists.items()}


@cache
def ordinary() -> frozenset[str]:
    """Ordinary words."""
    return frozenset().union(*(words for name, words in vocabulary().items() if name != "calls"))


def is_ordinary(name: tuple[str, ...]) -> bool:
    """Whether a name may well be something else in a text."""
    return all(word in ordinary() or len(word) < SHORTEST or word.isdigit() for word in name)


def is_unspaced(name: str) -> bool:
    """Whether a name must be looked for without regard to words: its script sets none apart, or it has none."""
    return bool(_UNSPACED.search(name)) or (not forms(name) and not name.isascii() and bool(name.strip()))


class Phrases:
    """Looks for many phrases at once, in one walk over the words of a text."""

    def __init__(self, phrases: Iterable[Phrase]) -> None:
        self._by_first: dict[str, list[Phrase]] = {}
        for phrase in phrases:
            if phrase.words:
                self._by_first.setdefault(phrase.words[0], []).append(phrase)
        for found in self._by_first.values():
            found.sort(key=lambda phrase: -len(phrase.words))

    def find(self, text: str) -> list[tuple[int, int, str]]:
        """Where something is masked, and into what, from the left; of two that overlap the longer one."""
        if not self._by_first:
            return []
        found, every, number = [], words(text), 0
        while number < len(every):
            phrase = self._at(text, every, number)
            if phrase is None:
                number += 1
                continue
            last = number + len(phrase.words) - 1
            if phrase.into is not None:
                found.append((every[number].start, every[last].end, phrase.into))
            number = last + 1
        return found

    def _at(self, text: str, every: list[Word], number: int) -> Phrase | None:
        for phrase in self._by_first.get(every[number].form, ()):
            here = every[number : number + len(phrase.words)]
            if tuple(word.form for word in here) != phrase.words:
                continue
            if any(after.start - before.end > _GAP for before, after in pairwise(here)):
                continue
            if phrase.care == "anywhere" or _stands_as_name(text, every, number, phrase):
                return phrase
        return None


def _stands_as_name(text: str, every: list[Word], number: int, phrase: Phrase) -> bool:
    """Whether a word that may be something else is somebody's name here."""
    start, end = every[number].start, every[number + len(phrase.words) - 1].end
    if text[start - 1 : start] == "@":
        return True
    before = every[number - 1] if number else None
    between = text[before.end : start] if before else ""
    if before and before.form in vocabulary()["addresses"] and between and between in "/-_=":
        return True
    if text[start].islower():  # scripts that have no case are as good as upper case
        return False
    if before and before.form in vocabulary()["calls"] and len(between.strip()) <= 1:
        return True
    if phrase.care == "capital" or text[end : end + 1] == ",":
        return True
    if any(word in vocabulary()["calendar"] or len(word) < SHORTEST for word in phrase.words):
        return False
    return before is not None and between.strip(" ") in {"", ","} and "\n" not in between
