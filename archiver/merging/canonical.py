"""The database of an archive put in order, so that the same content is the same file, byte by byte.

Rows stand in the order of their keys, in a file that is made by the same steps whatever came before: what the order of
merges, deleted rows and half-full pages leave behind is gone. What tells of the file and not of what it holds is
made alike: numbers in the search index follow the keys; when the schema was made, and when redactions were done here,
say nothing; statistics for the query planner are left out. SQLite writes its own version into a file, so equal bytes
need equal versions of SQLite.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

from db import Archive, merge_tables, open_archive
from db.checks import INDEXES, rebuild_index
from db.failures import explained
from db.store import NUMBERED

SCRATCH = "canonical.tmp"
NEVER = "2000-01-01T00:00:00+00:00"


def put_in_order(archive: Archive) -> None:
    """Make the database anew and let it take the old one's place. The archive's lock must be held.

    May be killed at any moment: the old file stays until the new one is whole. Who is reading the old one keeps it.
    """
    scratch = archive.directory / SCRATCH
    shutil.rmtree(scratch, ignore_errors=True)
    with explained(archive.path):
        with closing(archive.writer()) as writer:  # what stands in its log goes into the file
            writer.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        made = open_archive(scratch, create=True).path
        with closing(sqlite3.connect(made, isolation_level=None)) as connection:
            connection.execute("PRAGMA synchronous = OFF")  # thrown away unless it is finished
            connection.execute("PRAGMA journal_mode = DELETE")
            connection.execute("ATTACH ? AS old", (str(archive.path),))
            _fill(connection)
            connection.execute("DETACH old")
            whole = scratch / "whole.db"
            connection.execute("VACUUM INTO ?", (str(whole),))
        _synced(whole)
        for end in ("-wal", "-shm"):
            archive.path.with_name(archive.path.name + end).unlink(missing_ok=True)
        whole.replace(archive.path)
    shutil.rmtree(scratch)


def _fill(connection: sqlite3.Connection) -> None:
    """Copy all rows in the order of their keys, without triggers; then the search indexes at once."""
    triggers = connection.execute("SELECT name, sql FROM main.sqlite_master WHERE type = 'trigger' ORDER BY rowid")
    definitions = triggers.fetchall()
    connection.execute("BEGIN IMMEDIATE")
    for name, _ in definitions:
        connection.execute(f"DROP TRIGGER main.{name}")
    for table in sorted(merge_tables.tables(connection)):
        names, keys = merge_tables.columns(connection, table), merge_tables.keys(connection, table)
        order = ", ".join(keys)
        taken = [_value(table, name, order) for name in names]
        connection.execute(
            f"INSERT INTO main.{table} ({', '.join(names)}) SELECT {', '.join(taken)} FROM old.{table} ORDER BY {order}"
        )
    connection.execute("UPDATE main._sqlite_migrations SET applied_at = ?", (NEVER,))
    for index in INDEXES:
        rebuild_index(connection, index)
    for _, sql in definitions:
        connection.execute(sql)
    connection.execute("COMMIT")


def _value(table: str, name: str, order: str) -> str:
    if name == "docid" and table in NUMBERED:
        return f"row_number() OVER (ORDER BY {order})"
    if table == "redactions" and name in {"done_at", "swept_at"}:
        return f"CASE WHEN {name} IS NOT NULL THEN redacted_at END"
    return name


def _synced(path: Path) -> None:
    with path.open("rb") as file:
        os.fsync(file.fileno())
