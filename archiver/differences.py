"""What has changed between two wordings: paragraph by paragraph, and word by word within those that changed."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import groupby
from typing import Literal, TypeVar

# Comparing takes the product of both lengths. What is longer is told as replaced, without looking inside.
MOST_WORDS = 2_000
MOST_LINES = 4_000

_TOKEN = re.compile(r"\s+|\w+|[^\w\s]")

Kind = Literal["same", "gone", "new"]
Item = TypeVar("Item", bound=str)


@dataclass(frozen=True, slots=True)
class Piece:
    """Some words: `same` stand in both wordings, `gone` in the earlier one only, `new` in the later one only."""

    kind: Kind
    text: str


@dataclass(frozen=True, slots=True)
class Change:
    """Paragraphs that were replaced. before or after is empty where something was only added or left out.

    Putting all pieces but the new ones together gives `before`, all but those that are gone gives `after`.
    """

    before: str
    after: str
    pieces: tuple[Piece, ...]


def changes(before: str, after: str) -> list[Change]:
    """What was replaced, in the order of the text; nothing where both are the same."""
    old, new = before.split("\n"), after.split("\n")
    found = []
    for tag, i, j, k, l in _opcodes(old, new, MOST_LINES):  # noqa: E741 (as difflib names them)
        if tag != "equal":
            was, is_ = "\n".join(old[i:j]), "\n".join(new[k:l])
            if was or is_:  # else a blank line came or went
                found.append(Change(was, is_, tuple(word_diff(was, is_))))
    return found


def word_diff(before: str, after: str) -> Iterator[Piece]:
    """Both texts as one sequence of pieces; neighbours differ in kind."""
    old, new = _TOKEN.findall(before), _TOKEN.findall(after)
    pieces: list[Piece] = []
    for tag, i, j, k, l in _opcodes(old, new, MOST_WORDS):  # noqa: E741
        if tag == "equal":
            pieces.append(Piece("same", "".join(old[i:j])))
        else:
            pieces += [Piece("gone", "".join(old[i:j])), Piece("new", "".join(new[k:l]))]
    for kind, group in groupby((piece for piece in pieces if piece.text), key=lambda piece: piece.kind):
        yield Piece(kind, "".join(piece.text for piece in group))


def _opcodes(old: Sequence[Item], new: Sequence[Item], most: int) -> Iterator[tuple[str, int, int, int, int]]:
    """As of difflib, the ends that both have in common taken off first: an edit rarely touches all of a text."""
    head = 0
    while head < min(len(old), len(new)) and old[head] == new[head]:
        head += 1
    tail = 0
    while tail < min(len(old), len(new)) - head and old[-1 - tail] == new[-1 - tail]:
        tail += 1
    i, k = len(old) - tail, len(new) - tail
    if head:
        yield "equal", 0, head, 0, head
    if max(i, k) - head > most:
        yield "replace", head, i, head, k
    else:
        matcher = SequenceMatcher(None, old[head:i], new[head:k], autojunk=False)
        for tag, a, b, c, d in matcher.get_opcodes():
            yield tag, a + head, b + head, c + head, d + head
    if tail:
        yield "equal", i, len(old), k, len(new)
