"""Whether the database is sound: its pages, its references, its search index; and the mending of what can be."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator

INDEXES = ("posts_fts", "comments_fts")
MOST = 10
"""Lines of SQLite's own report that are shown."""


def integrity(connection: sqlite3.Connection, *, quick: bool = False) -> list[str]:
    """What SQLite finds wrong with its file; empty when it is sound. quick: indexes are not held against tables."""
    check = "quick_check" if quick else "integrity_check"
    try:
        rows = [row[0] for row in connection.execute(f"PRAGMA {check}({MOST})")]
    except sqlite3.DatabaseError as error:
        return [str(error)]
    return [] if rows == ["ok"] else rows


def references(connection: sqlite3.Connection) -> list[str]:
    """Rows that refer to rows that are not there, counted by table."""
    counts = Counter((row[0], row[2]) for row in connection.execute("PRAGMA foreign_key_check"))
    return [
        f"{number} rows of {table} refer to rows of {parent} that are not there"
        for (table, parent), number in counts.items()
    ]


def broken_indexes(connection: sqlite3.Connection, indexes: Iterable[str] = INDEXES) -> list[str]:
    """Those of the search indexes that do not agree with their tables.

    The connection must be able to write, and writes nothing.
    """
    return [index for index in indexes if not _agrees(connection, index)]


def _agrees(connection: sqlite3.Connection, index: str) -> bool:
    try:
        # rank 1: held against the contents of the table, not only against itself
        connection.execute(f"INSERT INTO {index} ({index}, rank) VALUES ('integrity-check', 1)")  # noqa: S608
    except sqlite3.DatabaseError:
        return False
    return True


def rebuild_index(connection: sqlite3.Connection, index: str) -> None:
    """Make a search index anew from its table."""
    connection.execute(f"INSERT INTO {index} ({index}) VALUES ('rebuild')")  # noqa: S608


def recorded(connection: sqlite3.Connection) -> Iterator[sqlite3.Row]:
    """The fetches that brought a payload: id, fetched_at, digest, warc_file, warc_offset, warc_length."""
    yield from connection.execute(
        "SELECT id, fetched_at, digest, warc_file, warc_offset, warc_length FROM fetches"
        " WHERE digest IS NOT NULL ORDER BY warc_file, warc_offset"
    )


def move_record(connection: sqlite3.Connection, fetch_id: str, place: tuple[str, int, int] | None) -> None:
    """Let a fetch name another WARC record; None: none."""
    file, offset, length = place or (None, None, None)
    connection.execute(
        "UPDATE fetches SET warc_file = ?, warc_offset = ?, warc_length = ? WHERE id = ?",
        (file, offset, length, fetch_id),
    )
