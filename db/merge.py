"""How several readings of one thing become one row. Pure: no database here.

A row's columns are grouped in *facets*: columns that are known together, from one reading (a body, a
date, a place in the thread); `db.facets` lists them. For each facet the reading with the greatest
*stamp* wins, as a whole:

    (rank, fetched_at, extractor version, digest of the values, fetch)

The stamps are kept in the row's `provenance`, together for all facets that one fetch has won:

    [[fetched_at, extractor version, fetch, {facet: [rank, digest], …}], …]

Because every facet is the maximum of a total order, merging is idempotent, commutative and
associative: two runs, two machines or a re-reading of the WARC end with the same row in whatever
order they come. `first_seen_at` takes the least, `last_seen_at` the greatest, `sources` the union.

The design merged whole rows; facets keep what only one source knows (the excerpt of the API, the
place of a comment on the page) when another source wins the rest.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from db.keys import digest

Row = dict[str, Any]
Values = Mapping[str, Any]
Stamp = tuple[int, str, int, str, str]

UNSTAMPED: Stamp = (-1 << 62, "", 0, "", "")
"""Less than any stamp: values that nothing tells the origin of, such as those of an archive with masked people."""

HEARSAY = ""
"""The source of a reading that only speaks of a post (a comment under it, a claim on it)."""

_dump = json.JSONEncoder(separators=(",", ":"), sort_keys=True).encode


@dataclass(slots=True)
class Reading:
    """What one fetch says of one row.

    fixed: columns that follow from the id. facets: name -> (stamp, column -> value). renewed: facets
    that were worked out anew from all that is stored, so that they take the place of an earlier
    result of the same rank whatever its time.
    """

    id: str
    seen_at: str
    fixed: Values
    source: str | None = None
    facets: dict[str, tuple[Stamp, Values]] = field(default_factory=dict)
    renewed: frozenset[str] = frozenset()


@dataclass(slots=True)
class Held:
    """A row and the stamps of its facets."""

    row: Row
    stamps: dict[str, Stamp]

    @classmethod
    def begin(cls, reading: Reading, blank: Values) -> Held:
        """A row that nothing is known of yet. blank: its columns with their defaults."""
        row = {**blank, **reading.fixed, "id": reading.id}
        row["first_seen_at"] = row["last_seen_at"] = reading.seen_at
        return cls(row, {})

    @classmethod
    def stored(cls, row: Row) -> Held:
        """A row as its table has it."""
        return cls(row, decode(row["provenance"]))

    def copy(self) -> Held:
        """One that further readings do not change."""
        return Held(dict(self.row), dict(self.stamps))

    def take(self, reading: Reading, leads: tuple[str, ...]) -> frozenset[str]:
        """Merge a reading in. Returns the facets that it won.

        leads: the facets whose fetch is the row's `fetch_id`, the first that is known.
        """
        if reading.source == HEARSAY and self.row.get("sources", HEARSAY) != HEARSAY:
            return frozenset()
        won = []
        for name, (stamp, values) in reading.facets.items():
            held = self.stamps.get(name)
            if held is None or stamp > held or (stamp[0] == held[0] and name in reading.renewed):
                self.stamps[name] = stamp
                self.row.update(values)
                won.append(name)
        self._see(reading.seen_at, reading.seen_at, reading.source)
        self._settle(leads)
        return frozenset(won)

    def absorb(self, other: Held, facets: Mapping[str, tuple[str, ...]], leads: tuple[str, ...]) -> frozenset[str]:
        """Merge another row of the same thing in. Returns the facets that it won."""
        gone = _gone(self.row, other.row)
        won = [name for name, columns in facets.items() if other.order(name, columns) > self.order(name, columns)]
        for name in won:
            if name in other.stamps:
                self.stamps[name] = other.stamps[name]
            self.row.update({column: other.row[column] for column in facets[name]})
        if not (other.row.get("sources") == HEARSAY and self.row.get("sources") != HEARSAY):
            self._see(other.row["first_seen_at"], other.row["last_seen_at"], other.row.get("sources"))
        if gone is not None:
            self.row["gone_at"] = gone if gone > self.row["last_seen_at"] else None
        self._settle(leads)
        return frozenset(won)

    def order(self, facet: str, columns: Iterable[str]) -> tuple[Any, ...]:
        """What decides between two rows: the stamp of a facet, and among equals, or where there is none, its values."""
        values = tuple((self.row[name] is not None, self.row[name]) for name in columns)
        return self.stamps.get(facet, UNSTAMPED), values

    def _see(self, first: str, last: str, sources: str | None) -> None:
        row = self.row
        if sources and row.get("sources") == HEARSAY:  # what was only spoken of has been read
            row["first_seen_at"], row["last_seen_at"], row["sources"] = first, last, sources
        else:
            row["first_seen_at"] = min(row["first_seen_at"], first)
            row["last_seen_at"] = max(row["last_seen_at"], last)
            if sources and sources != row["sources"]:
                row["sources"] = " ".join(sorted({*row["sources"].split(), *sources.split()}))
        if row.get("gone_at") is not None and last > row["gone_at"]:
            row["gone_at"] = None  # it has come back

    def _settle(self, leads: tuple[str, ...]) -> None:
        for lead in leads:
            if lead in self.stamps:
                self.row["fetch_id"] = self.stamps[lead][4]
                return


def _gone(one: Row, other: Row) -> str | None:
    """The last time that either row was found to have vanished: the one a later reading must be held against."""
    return max((row["gone_at"] for row in (one, other) if row.get("gone_at") is not None), default=None)


def encode(stamps: Mapping[str, Stamp]) -> str:
    """Stamps as `provenance` keeps them: the same stamps always give the same text."""
    fetches: dict[tuple[str, int, str], dict[str, tuple[int, str]]] = {}
    for name, (rank, fetched_at, extractor, values, fetch) in stamps.items():
        fetches.setdefault((fetched_at, extractor, fetch), {})[name] = (rank, values)
    return _dump([[*fetch, won] for fetch, won in sorted(fetches.items())])


def decode(provenance: str) -> dict[str, Stamp]:
    """The winning stamp of every facet of a stored row."""
    return {
        name: (rank, fetched_at, extractor, values, fetch)
        for fetched_at, extractor, fetch, won in json.loads(provenance)
        for name, (rank, values) in won.items()
    }


def wording_digest(row: Row) -> str | None:
    """The digest of a row's wording: of title and text for posts, of the text for comments; None without a text."""
    if row["text"] is None:
        return None
    return digest(row["title"], row["text"]) if "title" in row else digest(row["text"])
