"""SQLite: what is chosen as an archive of its own, with search and views, that every command works on."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from archiver.errors import ArchiverError
from archiver.exports.base import Format, Progress
from db.archive import open_archive
from db.source import Source


def write(source: Source, path: Path, progress: Progress) -> None:
    """A directory with an archive.db of the present version, whatever the version of the source."""
    progress.begin(sum(source.counts().values()))
    made = open_archive(path, create=True)
    with closing(sqlite3.connect(made.path, isolation_level=None)) as connection:
        connection.execute("BEGIN IMMEDIATE")
        for table in source.tables:
            names = [column.name for column in table.columns]
            columns = ", ".join(f'"{name}"' for name in names)
            # Views for people and the search index follow from the rows, by the definition and its triggers.
            sql = f'INSERT INTO "{table.name}" ({columns}) VALUES ({", ".join("?" * len(names))})'
            for batch in source.batches(table.name):
                connection.executemany(sql, batch)
                progress.advance(len(batch))
        broken = connection.execute("PRAGMA foreign_key_check").fetchone()
        if broken:
            raise ArchiverError(str(path), f"a row of {broken[0]} points at no row of {broken[2]}", "Please report it")
        connection.execute("COMMIT")
        connection.execute("PRAGMA optimize")
        # One file, that a read-only medium can hold as well.
        connection.execute("PRAGMA journal_mode = DELETE")


FORMAT = Format(
    name="sqlite",
    description="a smaller archive, in a directory of its own",
    opens="archiver, Datasette, sqlite3, DB Browser for SQLite",
    write=write,
)
