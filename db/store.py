"""Merging readings into a table: read the row, merge, write what changed."""

from __future__ import annotations

import sqlite3
from functools import lru_cache
from typing import Any

from archiver.text import squeeze
from db.keys import digest
from db.merge import Merged, Reading, Row, Stamp, insert_sql, merge, update_sql

LEADS = {"posts": "core", "comments": "core", "authors": "account", "terms": "core", "blogs": "named"}
"""The facet of each table whose fetch is the row's fetch_id."""

_insert = lru_cache(maxsize=64)(insert_sql)
_update = lru_cache(maxsize=1024)(update_sql)


def facet(rank: int, fetched_at: str, extractor: int, fetch_id: str, values: Row) -> tuple[Stamp, Row]:
    """A facet of a reading with its stamp."""
    wording = digest(*(None if value is None else str(value) for value in values.values()))
    return (rank, fetched_at, extractor, wording, fetch_id), values


class Store:
    """Rows by id, merged on the way in."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.connection = connection

    def get(self, table: str, id_: str) -> Row | None:
        """The row with this id, if there is one."""
        row = self.connection.execute(f"SELECT * FROM {table} WHERE id = ?", (id_,)).fetchone()  # noqa: S608
        return dict(row) if row else None

    def merge(self, table: str, reading: Reading) -> tuple[Merged, Row | None]:
        """Merge a reading into its table. Returns what came out, and the row as it was before."""
        old = self.get(table, reading.id)
        merged = merge(old, reading, lead=LEADS[table])
        if table == "blogs":  # has no fetch_id: what is said of a blog comes from several places
            merged.row.pop("fetch_id", None)
            merged.changed.pop("fetch_id", None)
        if merged.new:
            columns = tuple(merged.row)
            self.connection.execute(_insert(table, columns, table in {"posts", "comments"}), merged.row)
        elif merged.changed:
            self.connection.execute(_update(table, tuple(merged.changed)), {**merged.changed, "id": reading.id})
        return merged, old

    def replace_list(self, table: str, owner: dict[str, Any] | None, rows: list[Row]) -> None:
        """Replace all rows of an owner (column -> value) by these; with owner None only add them."""
        if owner is not None:
            where = " AND ".join(f"{name} IS :{name}" for name in owner)
            self.connection.execute(f"DELETE FROM {table} WHERE {where}", owner)  # noqa: S608
        if rows:
            names = tuple(rows[0])
            marks = ", ".join(f":{name}" for name in names)
            self.connection.executemany(
                f"INSERT OR IGNORE INTO {table} ({', '.join(names)}) VALUES ({marks})", rows  # noqa: S608
            )


def one_line(text: str | None) -> str | None:
    """White space squeezed; None stays None."""
    return None if text is None else squeeze(text)
