"""The order of a thread: parents resolved, depth and reading order for every comment of a post.

Pure. What comes from readings (`answers`, `page`, `place`, `shown_depth`) is kept apart in the table
from what is worked out here (`parent_id`, `depth`, `position`), so the outcome depends on the set of
comments only, never on the order in which they were read.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Placed:
    """Where a comment stands: the parent's id, the level (root 1), the place in the thread (from 0)."""

    id: str
    parent_id: str | None
    depth: int
    position: int


def without_cycles(parents: Mapping[str, str | None]) -> dict[str, str | None]:
    """The same parents, with every ring of them cut open at its least id, whatever the order they came in."""
    kept = dict(parents)
    settled: set[str] = set()
    for start in sorted(kept):
        line: list[str] = []
        on_line: set[str] = set()
        node: str | None = start
        while node is not None and node not in settled and node not in on_line:
            line.append(node)
            on_line.add(node)
            node = kept.get(node)
        if node is not None and node in on_line:
            kept[min(line[line.index(node) :])] = None
        settled.update(line)
    return kept


def _order(row: Mapping[str, Any]) -> tuple[Any, ...]:
    """Siblings as the page showed them; those that no page showed follow by date."""
    native = row["native_id"] or ""
    number = int(native) if native.isdecimal() and len(native) < 20 else 0
    dated = (row["published_at"] or "9999", number, row["id"])
    if row["place"] is None:
        return (1, 0, 0, *dated)
    return (0, row["page"] or 0, row["place"], *dated)


def arrange(comments: Iterable[Mapping[str, Any]]) -> list[Placed]:
    """Place all comments of one post.

    Rows need id, native_id, answers, published_at, page, place and shown_depth.
    """
    rows = {row["id"]: row for row in comments}
    parents = without_cycles({id_: row["answers"] if row["answers"] in rows else None for id_, row in rows.items()})
    children: dict[str | None, list[str]] = {}
    for id_ in sorted(rows, key=lambda id_: _order(rows[id_])):
        children.setdefault(parents[id_], []).append(id_)
    placed: list[Placed] = []
    stack = [(id_, 1) for id_ in reversed(children.get(None, []))]
    while stack:  # no recursion: a thread may be thousands deep
        id_, level = stack.pop()
        depth = rows[id_]["shown_depth"] or level
        placed.append(Placed(id_, parents[id_], depth, len(placed)))
        stack.extend((child, depth + 1) for child in reversed(children.get(id_, [])))
    return placed
