"""The chosen rows of an archive as an archive of their own, as they are or changed on the way."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from archiver.errors import ArchiverError
from db import checks
from db.archive import Archive, open_archive
from db.codebook import TableDoc
from db.source import Row, Source

Change = Callable[[Row], Row | None]
"""What becomes of a row; None leaves it out."""
_MAKING = (
    # It is made in one go or thrown away, and nobody else reads it: there is nothing to undo, and nothing to survive.
    "PRAGMA journal_mode = OFF",
    "PRAGMA synchronous = OFF",
    # Keys come in no order. 32 MB of memory keep the pages of their index from being written over and over.
    "PRAGMA cache_size = -32768",
)

_SORTING = "PRAGMA cache_size = -16384"  # what an index is sorted in is as large as the cache, and stands beside it


def copy(
    source: Source,
    directory: Path,
    *,
    change: Callable[[TableDoc], Change | None] = lambda _: None,
    advance: Callable[[int], object] = bool,
) -> Archive:
    """Fill a new archive of the present version, whatever the version of the source.

    change: for each table, what becomes of its rows; None keeps them as they are. advance: told how many rows are done.
    Raises ArchiverError when a row that was kept points at one that was not.
    """
    made = open_archive(directory, create=True)
    with closing(sqlite3.connect(made.path, isolation_level=None)) as connection:
        for pragma in _MAKING:
            connection.execute(pragma)
        connection.execute("BEGIN IMMEDIATE")
        later = _strip(connection)
        for table in source.tables:
            changed = change(table)
            names = [column.name for column in table.columns]
            columns = ", ".join(f'"{name}"' for name in names)
            # Views for people and the search index follow from the rows.
            sql = f'INSERT INTO "{table.name}" ({columns}) VALUES ({", ".join("?" * len(names))})'
            for batch in source.batches(table.name):
                rows = batch if changed is None else [row for row in map(changed, batch) if row is not None]
                connection.executemany(sql, rows)
                advance(len(batch))
        broken = connection.execute("PRAGMA foreign_key_check").fetchone()
        if broken:
            why = f"a row of {broken[0]} points at no row of {broken[2]}"
            raise ArchiverError(str(directory), why, "Please report it")
        connection.execute(_SORTING)
        for statement in later:
            connection.execute(statement)
        for index in checks.INDEXES:
            checks.rebuild_index(connection, index)
        connection.execute("COMMIT")
        connection.execute("PRAGMA optimize")
        # One file, that a read-only medium can hold as well.
        connection.execute("PRAGMA journal_mode = DELETE")
    return made


def _strip(connection: sqlite3.Connection) -> list[str]:
    """Take away the indexes and triggers of an empty archive; gives what makes them again.

    Made when all rows are there, they take a third of the time.
    """
    sql = "SELECT type, name, sql FROM sqlite_master WHERE type IN ('index', 'trigger') AND sql IS NOT NULL"
    found = connection.execute(sql).fetchall()
    for kind, name, _ in found:
        connection.execute(f'DROP {kind} "{name}"')
    return [statement for _, _, statement in found]
