"""How several readings of one thing become one row.

A row's columns are grouped in *facets*: columns that are known together, from one reading (a body, a
date, a place in the thread). For each facet the reading with the greatest *stamp* wins, as a whole:

    (rank, fetched_at, extractor version, digest of the values)

The stamps are kept in the row's `provenance`. Because every facet is the maximum of a total order,
merging is idempotent, commutative and associative: two runs, two machines or a re-reading of the
WARC end with the same row in whatever order they come. `first_seen_at` takes the least,
`last_seen_at` the greatest, `sources` the union.

The design merged whole rows; facets keep what only one source knows (the excerpt of the API, the
place of a comment on the page) when another source wins the rest.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

Row = dict[str, Any]

Stamp = tuple[int, str, int, str, str]
"""rank, fetched_at, extractor version, digest of the values, fetch_id."""


@dataclass(slots=True)
class Reading:
    """What one fetch says of one row: facet -> (stamp, column -> value)."""

    id: str
    fixed: Row
    seen_at: str
    source: str | None = None
    facets: dict[str, tuple[Stamp, Row]] = field(default_factory=dict)


@dataclass(slots=True)
class Merged:
    """The row after merging, the columns that changed, and the facets that this reading won."""

    row: Row
    changed: Row
    won: frozenset[str]
    new: bool


def _sources(old: str, new: str | None) -> str:
    names = set(old.split())
    return old if new is None or new in names else " ".join(sorted(names | {new}))


def stamps(row: Mapping[str, Any]) -> dict[str, Stamp]:
    """The winning stamp of every facet of a stored row."""
    return {name: tuple(stamp) for name, stamp in json.loads(row["provenance"]).items()}  # type: ignore[misc]


def merge(old: Row | None, reading: Reading, *, lead: str) -> Merged:
    """Merge a reading into a stored row (None: there is none yet).

    lead names the facet whose fetch is the row's `fetch_id`.
    """
    row: Row = dict(old) if old else {**reading.fixed, "id": reading.id, "first_seen_at": reading.seen_at}
    held: dict[str, Stamp] = stamps(old) if old else {}
    won = []
    for name, (stamp, values) in reading.facets.items():
        if name not in held or stamp > held[name]:
            held[name] = stamp
            row.update(values)
            won.append(name)
    row["first_seen_at"] = min(row["first_seen_at"], reading.seen_at)
    row["last_seen_at"] = max(row.get("last_seen_at", reading.seen_at), reading.seen_at)
    if "sources" in row or reading.source is not None:
        row["sources"] = _sources(row.get("sources", ""), reading.source)
    if lead in held:
        row["fetch_id"] = held[lead][4]
    row["provenance"] = json.dumps(held, separators=(",", ":"), sort_keys=True)
    changed = row if old is None else {name: value for name, value in row.items() if old.get(name) != value}
    return Merged(row=row, changed=changed, won=frozenset(won), new=old is None)


def insert_sql(table: str, columns: Sequence[str], docid: bool) -> str:
    """INSERT of a merged row; docid is numbered on from the greatest in the table."""
    names = ", ".join([*columns, "docid"] if docid else columns)
    values = ", ".join(f":{name}" for name in columns)
    number = f", (SELECT coalesce(max(docid), 0) + 1 FROM {table})" if docid else ""
    return f"INSERT INTO {table} ({names}) VALUES ({values}{number})"  # noqa: S608 - names are ours


def update_sql(table: str, columns: Sequence[str]) -> str:
    """UPDATE of the changed columns only, so that the search index is left alone when it may be."""
    return f"UPDATE {table} SET {', '.join(f'{name} = :{name}' for name in columns)} WHERE id = :id"  # noqa: S608
