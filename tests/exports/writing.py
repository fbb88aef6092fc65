"""Writes an export and gives back where it is."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

from archiver.exports import Wanted, export, find_format
from archiver.exports.progress import Noting
from db import Archive


def write(archive: Archive, name: str, folder: Path, **wanted: Any) -> Path:
    """Into a folder that is empty, under a usual name."""
    form = find_format(name)
    suffix = form.result_suffix if "query" in wanted else form.suffix
    noting = Noting()
    done = export(archive, form, folder / f"out{suffix}", Wanted(**wanted), progress=noting)
    # Nothing of the way there is left.
    assert [path.name for path in folder.iterdir()] == [done.path.name]
    return done.path


def rows(archive: Archive, sql: str, *values: Any) -> list[tuple[Any, ...]]:
    """What the archive itself holds; what is no UTF-8 with U+FFFD."""
    with closing(archive.connect()) as connection:
        connection.row_factory = None
        connection.text_factory = lambda octets: octets.decode("utf-8", "replace")
        return connection.execute(sql, values).fetchall()


def tables(archive: Archive) -> list[str]:
    """The names of its tables."""
    from db import codebook

    with closing(archive.connect()) as connection:
        return [table.name for table in codebook.tables(connection) if table.kind == "table"]


def dump(path: Path, sql: str) -> list[tuple[Any, ...]]:
    """What another SQLite file holds."""
    with closing(sqlite3.connect(path)) as connection:
        connection.text_factory = lambda octets: octets.decode("utf-8", "replace")
        return connection.execute(sql).fetchall()
