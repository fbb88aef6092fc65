"""SQL: one dump that SQLite and PostgreSQL load as it is, with keys, checks and indexes.

sqlite3 new.db < archive.sql            psql -v ON_ERROR_STOP=1 -f archive.sql DATABASE
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import IO, Any

from archiver import __version__
from archiver.exports.base import Format, Progress
from archiver.exports.escapes import held
from db.codebook import TableDoc
from db.portable import create_indexes, create_table
from db.source import Row, Source

_HEAD = f"""-- Made by blog-archiver {__version__}. For SQLite and PostgreSQL (psql).
BEGIN;
"""


def write(source: Source, path: Path, progress: Progress) -> None:
    """Tables in the order of their foreign keys and all rows in one transaction, then the indexes."""
    progress.begin(sum(source.counts().values()))
    with path.open("w", encoding="utf-8", newline="\n") as file:
        file.write(_HEAD)
        for table in source.tables:
            file.write(f"\n{create_table(source.connection, table.name)};\n")
        for table in source.tables:
            _write_rows(file, table, source.batches(table.name), progress)
        # PostgreSQL makes no index while keys are still to be checked, which is when a transaction ends.
        file.write("COMMIT;\n\nBEGIN;\n")
        for table in source.tables:
            for index in create_indexes(source.connection, table.name):
                file.write(f"{index};\n")
        file.write("COMMIT;\n")


def _write_rows(file: IO[str], table: TableDoc, batches: Iterable[list[Row]], progress: Progress) -> None:
    columns = ", ".join(f'"{column.name}"' for column in table.columns)
    for batch in batches:
        file.write(f'INSERT INTO "{table.name}" ({columns}) VALUES\n')
        file.write(",\n".join(f"({', '.join(map(_literal, row))})" for row in batch))
        file.write(";\n")
        progress.advance(len(batch))


def _literal(value: Any) -> str:
    """A value in SQL. A backslash is a character like others, to SQLite always and to PostgreSQL by default."""
    if value is None:
        return "NULL"
    if value.__class__ is str:
        return "'" + held(value).replace("'", "''") + "'"
    return repr(value)


FORMAT = Format(
    name="sql",
    description="one dump, with keys and checks",
    opens="SQLite, PostgreSQL",
    write=write,
    suffix=".sql",
)
