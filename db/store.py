"""The unit of work of one transaction: rows are read in batches, merged in memory, written in batches.

What a visit changes is gathered here and written by `flush`, each table by one `executemany` an
UPDATE or INSERT, so that a row is read and written once however many of its columns change.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from operator import itemgetter

from db.facets import FACETS, LEADS
from db.merge import Held, Reading, Row, encode, wording_digest

NUMBERED = frozenset({"posts", "comments"})
"""Tables with a docid, the row number in the search index."""
FAMILIAR = frozenset({"blogs", "authors", "terms"})
"""Tables whose rows are met again on page after page."""
BOOKKEEPING = frozenset({"last_seen_at", "fetch_id", "provenance"})
"""Columns that change although a row is read as it was before."""
MOST_FAMILIAR = 5000
"""Rows that are kept in memory at most."""


@dataclass(frozen=True, slots=True)
class Merged:
    """What became of a reading: the row now and before (None: it is new), and the facets that the reading won."""

    reading: Reading
    now: Held
    before: Held | None
    won: frozenset[str]

    @property
    def has_returned(self) -> bool:
        """Whether the row was marked as vanished, and is so no longer."""
        return bool(self.before and self.before.row["gone_at"] and not self.now.row["gone_at"])


@dataclass(frozen=True, slots=True)
class _Table:
    """What the database says of a table: its columns in their order, and a row of their defaults."""

    columns: tuple[str, ...]
    blank: Row


class Store:
    """Rows by id, merged on the way in; lists that belong to them, replaced as a whole.

    patience: over so many visits familiar rows are kept, and what is mere bookkeeping in them is not written: an
    author of ten thousand comments is read and written a hundred times as seldom. A killed process leaves that
    they were last seen a little earlier, nothing else.
    """

    def __init__(self, connection: sqlite3.Connection, patience: int = 0) -> None:
        self.connection = connection
        self._patience, self._visits = patience, 0
        self._familiar: dict[str, dict[str, tuple[Held, Row]]] = {name: {} for name in FAMILIAR}  # with the stored row
        self._tables = {name: self._describe(name) for name in FACETS}
        self._held: dict[str, dict[str, Held]] = {name: {} for name in FACETS}
        self._stored: dict[str, dict[str, Row]] = {name: {} for name in FACETS}
        self._lists: dict[tuple[str, str], dict[str, tuple[list[Row], bool]]] = {}

    def _describe(self, table: str) -> _Table:
        info = self.connection.execute(f"PRAGMA table_info({table})").fetchall()
        defaults = ", ".join(row["dflt_value"] or "NULL" for row in info)
        values = self.connection.execute(f"SELECT {defaults}").fetchone()
        columns = tuple(row["name"] for row in info)
        return _Table(columns, dict(zip(columns, values, strict=True)))

    def catch_up(self) -> None:
        """Write the bookkeeping that was put off. To be called before others write, and before the end."""
        for table, familiar in self._familiar.items():
            for id_, (held, stored) in familiar.items():
                self._held[table].setdefault(id_, held)
                self._stored[table].setdefault(id_, stored)
            familiar.clear()
            self._write(table, patient=False)
        self._visits = 0

    def end_visit(self) -> None:
        """All of a visit has been flushed; the bookkeeping is caught up with from time to time."""
        if not self._patience:
            return
        self._visits += 1
        for table, familiar in self._familiar.items():
            stored = self._stored[table]
            familiar.update({id_: (held, stored[id_]) for id_, held in self._held[table].items() if id_ in stored})
        if self._visits >= self._patience or sum(map(len, self._familiar.values())) > MOST_FAMILIAR:
            self.catch_up()

    def lose(self) -> None:
        """The transaction was rolled back: nothing that is remembered can be relied on."""
        self.forget()
        for familiar in self._familiar.values():
            familiar.clear()

    def forget(self) -> None:
        """Drop what was read and gathered: the transaction has ended, well or badly."""
        for held in self._held.values():
            held.clear()
        for stored in self._stored.values():
            stored.clear()
        self._lists.clear()

    # -- rows -------------------------------------------------------------------------------------

    def load(self, table: str, ids: Iterable[str]) -> dict[str, Held]:
        """The rows of a table that have been read or made so far, those with these ids among them."""
        held, stored = self._held[table], self._stored[table]
        wanted = [id_ for id_ in dict.fromkeys(ids) if id_ not in held]
        if familiar := self._familiar.get(table):
            for id_ in wanted:
                if id_ in familiar:
                    held[id_], stored[id_] = familiar[id_]
            wanted = [id_ for id_ in wanted if id_ not in held]
        if wanted:
            query = f"SELECT * FROM {table} WHERE id IN (SELECT value FROM json_each(?))"  # noqa: S608
            for row in self.connection.execute(query, (json.dumps(wanted),)):
                id_ = row["id"]
                stored[id_] = dict(row)
                held[id_] = Held.stored(dict(row))
        return held

    def merge(self, table: str, readings: Sequence[Reading]) -> list[Merged]:
        """Merge readings into their rows, in this order. Nothing is written before `flush`."""
        held = self.load(table, (reading.id for reading in readings))
        blank, leads = self._tables[table].blank, LEADS[table]
        merged = []
        for reading in readings:
            now = held.get(reading.id)
            before = now.copy() if now else None
            if now is None:
                now = held[reading.id] = Held.begin(reading, blank)
            won = now.take(reading, leads)
            if table == "posts" and won & {"title", "body"}:
                now.row["digest"] = wording_digest(now.row)
            merged.append(Merged(reading, now, before, won))
        return merged

    def put(self, table: str, held: Held) -> None:
        """Let a row that was made elsewhere take the place of the one with its id."""
        self.load(table, [held.row["id"]])[held.row["id"]] = held

    def drop(self, table: str, id_: str) -> None:
        """Delete a row, now."""
        self._held[table].pop(id_, None)
        self._stored[table].pop(id_, None)
        self._familiar.get(table, {}).pop(id_, None)
        self.connection.execute(f"DELETE FROM {table} WHERE id = ?", (id_,))  # noqa: S608

    def flush(self, *tables: str) -> None:
        """Write the rows of these tables that are new or have changed."""
        for table in tables:
            self._write(table, patient=self._patience > 0 and table in FAMILIAR)

    def _write(self, table: str, *, patient: bool) -> None:
        stored = self._stored[table]
        new: list[Row] = []
        changed: dict[tuple[str, ...], list[Row]] = {}
        for id_, held in self._held[table].items():
            row, old = held.row, stored.get(id_)
            if patient and old is not None and not _differ(row, old):
                continue
            row["provenance"] = encode(held.stamps)
            if old is None:
                new.append(row)
            elif row != old:
                names = tuple(name for name, value in row.items() if old[name] != value)
                changed.setdefault(names, []).append(row)
        self._update(table, changed)
        self._insert(table, new)
        for row in (*new, *(row for rows in changed.values() for row in rows)):
            stored[row["id"]] = dict(row)

    def _update(self, table: str, changed: dict[tuple[str, ...], list[Row]]) -> None:
        """Update the changed columns only, so that the search index is left alone when it may be."""
        for names, rows in changed.items():
            sets = ", ".join(f"{name} = ?" for name in names)
            values = map(itemgetter(*names, "id"), rows)
            self.connection.executemany(f"UPDATE {table} SET {sets} WHERE id = ?", values)  # noqa: S608

    def _insert(self, table: str, rows: list[Row]) -> None:
        if not rows:
            return
        columns = self._tables[table].columns
        if table in NUMBERED:
            (last,) = self.connection.execute(f"SELECT coalesce(max(docid), 0) FROM {table}").fetchone()  # noqa: S608
            for number, row in enumerate(rows, last + 1):
                row["docid"] = number
        marks = ", ".join("?" * len(columns))
        names = ", ".join(columns)
        values = map(itemgetter(*columns), rows)
        self.connection.executemany(f"INSERT INTO {table} ({names}) VALUES ({marks})", values)  # noqa: S608

    # -- lists ------------------------------------------------------------------------------------

    def replace(self, table: str, where: str, owner: str, rows: list[Row], *, fresh: bool = False) -> None:
        """Let these rows be all that an owner has in a table. where: the SQL that finds them, with one `?`.

        fresh: the owner is new, so that there is nothing to delete.
        """
        lists = self._lists.setdefault((table, where), {})
        lists[owner] = (rows, fresh and lists.get(owner, ((), True))[1])

    def flush_lists(self) -> None:
        """Write the lists, in the order in which their tables were named first."""
        for (table, where), lists in self._lists.items():
            stale = [(owner,) for owner, (_, fresh) in lists.items() if not fresh]
            self.connection.executemany(f"DELETE FROM {table} WHERE {where}", stale)  # noqa: S608
            self.add(table, [row for rows, _ in lists.values() for row in rows])
        self._lists.clear()

    def add(self, table: str, rows: Sequence[Row]) -> None:
        """Add rows, now; one with the key of another is left out."""
        if rows:
            names = tuple(rows[0])
            marks = ", ".join("?" * len(names))
            sql = f"INSERT INTO {table} ({', '.join(names)}) VALUES ({marks}) ON CONFLICT DO NOTHING"  # noqa: S608
            self.connection.executemany(sql, map(itemgetter(*names), rows))


def _differ(row: Row, old: Row) -> bool:
    """Whether two states of a row differ in more than bookkeeping."""
    return row != old and any(value != old[name] for name, value in row.items() if name not in BOOKKEEPING)
