"""By what a response is known to hold certain words, without keeping the words: digests of runs of six of them.

A text of fewer words is known by all of them together. One or two words alone say nothing; they count only beside
the number of their comment.
"""

from __future__ import annotations

import html
import json
import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from hashlib import blake2b

RUN = 6
STRIDE = 3
ENOUGH = 2
"""Runs that must be found of a text that has more: a phrase of six words alone may be anybody's."""
FEW = 3
_WORD = re.compile(r"[^\W_]+")
_ESCAPE = re.compile(r"\\u([0-9a-fA-F]{4})")
_TAG = re.compile(r"<[^<>]*>")
_NUMBER = re.compile(r"comment-(\d+)")


@dataclass(frozen=True, slots=True)
class Mark:
    """Digests of runs of n words, of which `need` must be found; beside: the digest of a comment's number, or ''."""

    n: int
    need: int
    digests: tuple[str, ...]
    beside: str = ""


def marks_of(text: str, native_id: str | None = None) -> Iterator[Mark]:
    """The mark of a text, unless it has no words, or too few and no number to stand beside."""
    said = words(text)
    if len(said) >= RUN:
        starts = {*range(0, len(said) - RUN + 1, STRIDE), len(said) - RUN}
        runs = {_digest(said[start : start + RUN]) for start in starts}
        yield Mark(RUN, min(ENOUGH, len(runs)), tuple(sorted(runs)))
    elif len(said) >= FEW:
        yield Mark(len(said), 1, (_digest(said),))
    elif said and native_id:
        yield Mark(len(said), 1, (_digest(said),), _digest([f"comment-{native_id}"]))


def mark_of_name(name: str) -> Mark | None:
    """The mark of a name, however short."""
    said = words(name)
    return Mark(len(said), 1, (_digest(said),)) if said else None


def to_json(marks: Iterable[Mark]) -> str:
    """As the journal keeps them."""
    return json.dumps([asdict(mark) for mark in marks], separators=(",", ":"))


def marks_text(text: str, native_id: str | None) -> str:
    """The mark of a text, as the journal keeps it."""
    return to_json(marks_of(text, native_id))


def from_json(text: str) -> list[Mark]:
    """From the journal."""
    return [Mark(one["n"], one["need"], tuple(one["digests"]), one["beside"]) for one in json.loads(text)]


class Search:
    """Looks for many marks at once."""

    def __init__(self, marks: Iterable[Mark]) -> None:
        self._marks = tuple(marks)
        self._sizes = sorted({mark.n for mark in self._marks})

    def __bool__(self) -> bool:
        return bool(self._marks)

    def finds(self, text: str) -> bool:
        """Whether a text, HTML, JSON or a feed holds one of them: between tags, or in their attributes."""
        if not self._marks:
            return False
        plain = _unescaped(text)
        return any(self._is_in(words(reading), plain) for reading in (_TAG.sub(" ", plain), plain))

    def _is_in(self, said: list[str], plain: str) -> bool:
        found = {n: {_digest(said[at : at + n]) for at in range(len(said) - n + 1)} for n in self._sizes}
        numbers = {_digest([match[0]]) for match in _NUMBER.finditer(plain)}
        return any(
            len(found[mark.n].intersection(mark.digests)) >= mark.need and (not mark.beside or mark.beside in numbers)
            for mark in self._marks
        )


def words(text: str) -> list[str]:
    """The words of a text, as they are compared."""
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text)
    return _WORD.findall(text.casefold())


def _unescaped(text: str) -> str:
    """Without the escapes of JSON and HTML, nor those of HTML within a feed or JSON."""
    if "\\" in text:
        text = _ESCAPE.sub(lambda found: chr(int(found[1], 16)), text)
        text = re.sub(r"\\[nrt]", " ", text).replace("\\", "")
    for _ in range(2):
        text = html.unescape(text)
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _digest(said: Iterable[str]) -> str:
    return blake2b(" ".join(said).encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()
