"""The chosen rows of an archive as an archive of their own, as they are or changed on the way."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from archiver.errors import ArchiverError
from db.archive import Archive, open_archive
from db.codebook import TableDoc
from db.source import Row, Source

Change = Callable[[Row], Row | None]
"""What becomes of a row; None leaves it out."""


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
        connection.execute("BEGIN IMMEDIATE")
        for table in source.tables:
            changed = change(table)
            names = [column.name for column in table.columns]
            columns = ", ".join(f'"{name}"' for name in names)
            # Views for people and the search index follow from the rows, by the definition and its triggers.
            sql = f'INSERT INTO "{table.name}" ({columns}) VALUES ({", ".join("?" * len(names))})'
            for batch in source.batches(table.name):
                rows = batch if changed is None else [row for row in map(changed, batch) if row is not None]
                connection.executemany(sql, rows)
                advance(len(batch))
        broken = connection.execute("PRAGMA foreign_key_check").fetchone()
        if broken:
            why = f"a row of {broken[0]} points at no row of {broken[2]}"
            raise ArchiverError(str(directory), why, "Please report it")
        connection.execute("COMMIT")
        connection.execute("PRAGMA optimize")
        # One file, that a read-only medium can hold as well.
        connection.execute("PRAGMA journal_mode = DELETE")
    return made
