"""An archive as a stream of rows: one snapshot, what is chosen of it, in constant memory.

A crawl may write meanwhile; what it adds is not seen.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from db import codebook
from db.archive import Archive
from db.codebook import TableDoc
from db.guarded import NotASelect, reading_only
from db.selection import Selection, choose

Row = tuple[Any, ...]
BATCH = 200  # rows; a body may have 100 kB


@dataclass(frozen=True, slots=True)
class Result:
    """What a query gives. columns: their names, each once. rows: can be gone through again and again."""

    columns: tuple[str, ...]
    source: Source = field(repr=False)
    sql: str = field(repr=False)
    values: Mapping[str, str] = field(repr=False)

    def batches(self) -> Iterator[list[Row]]:
        """The rows, some at a time."""
        return self.source.stream(self.sql, self.values, guarded=True)


class Source:
    """One snapshot of an archive. Not for use by two threads."""

    def __init__(self, archive: Archive, selection: Selection = Selection()) -> None:  # noqa: B008 (it is frozen)
        self.selection = selection
        self.directory = archive.directory
        self.connection = archive.connect()
        self.connection.row_factory = None
        self.connection.isolation_level = None
        # The file itself is open read-only; the keys of what is chosen go into temporary tables beside it.
        self.connection.execute("PRAGMA query_only = OFF")
        try:
            self.connection.execute("BEGIN")
            self.tables = [table for table in codebook.tables(self.connection) if table.kind == "table"]
            self.conditions = choose(self.connection, selection, self.tables)
            self.connection.execute("PRAGMA query_only = ON")
        except BaseException:
            self.connection.close()
            raise

    def close(self) -> None:
        """Let go of the snapshot."""
        self.connection.close()

    def table(self, name: str) -> TableDoc:
        """The description of a table."""
        return next(table for table in self.tables if table.name == name)

    def count(self, table: str) -> int:
        """How many rows of a table are chosen."""
        row = self.connection.execute(f'SELECT count(*) FROM main."{table}"{self._where(table)}').fetchone()
        return int(row[0])

    def counts(self) -> dict[str, int]:
        """The same for all tables."""
        return {table.name: self.count(table.name) for table in self.tables}

    def batches(self, table: str, size: int = BATCH) -> Iterator[list[Row]]:
        """The chosen rows of a table with all columns, some at a time, in the order in which they were stored."""
        names = ", ".join(f'"{column.name}"' for column in self.table(table).columns)
        return self.stream(f'SELECT {names} FROM main."{table}"{self._where(table)}', size=size)

    def rows(self, sql: str, values: Mapping[str, Any] | Sequence[Any] = ()) -> Iterator[Row]:
        """The rows of a query of ours, one by one."""
        for batch in self.stream(sql, values):
            yield from batch

    def chosen(self, table: str, alias: str = "") -> str:
        """The condition that a row of a table is chosen, to be used in a query of ours."""
        name = f"{alias or table}.id" if table in {"posts", "comments"} else ""
        if not name:
            raise ValueError(table)
        return f"{name} IN (SELECT id FROM temp.chosen_{table})" if self.conditions[table] else "1"

    def query(self, sql: str, values: Mapping[str, str] | None = None) -> Result:
        """The result of one SELECT. Raises NotASelect, or sqlite3.Error where SQLite does not understand it."""
        with reading_only(self.connection):
            try:
                cursor = self.connection.execute(sql, dict(values or {}))
            except sqlite3.ProgrammingError as error:  # several statements, or a parameter without a value
                raise NotASelect(str(error)) from error
        if cursor.description is None:
            raise NotASelect("it gives no rows")
        names = [column[0] for column in cursor.description]
        cursor.close()
        return Result(_each_once(names), self, sql, dict(values or {}))

    def stream(
        self, sql: str, values: Mapping[str, Any] | Sequence[Any] = (), *, size: int = BATCH, guarded: bool = False
    ) -> Iterator[list[Row]]:
        """The rows of a query, some at a time.

        Text that is no valid UTF-8 has U+FFFD in place of what is wrong. SQLite is asked for it only once some was
        met, as it costs time: then the query is begun again, and what was handed out is passed over.
        """
        done = 0
        while True:
            cursor = self._begin(sql, values, guarded)
            skipped = 0
            while skipped < done:
                skipped += len(cursor.fetchmany(min(size, done - skipped)))
            try:
                while batch := cursor.fetchmany(size):
                    yield batch
                    done += len(batch)
            except sqlite3.OperationalError as error:
                if "decode to UTF-8" not in str(error) or self.connection.text_factory is not str:
                    raise
                self.connection.text_factory = _tolerant
                continue
            finally:
                cursor.close()
            return

    def _begin(self, sql: str, values: Mapping[str, Any] | Sequence[Any], guarded: bool) -> sqlite3.Cursor:
        if not guarded:
            return self.connection.execute(sql, values)
        with reading_only(self.connection):
            return self.connection.execute(sql, values)

    def _where(self, table: str) -> str:
        condition = self.conditions[table]
        return f" WHERE {condition}" if condition else ""


def _tolerant(octets: bytes) -> str:
    return octets.decode("utf-8", "replace")


def _each_once(names: list[str]) -> tuple[str, ...]:
    """Column names, the second of a kind with a number."""
    seen: dict[str, int] = {}
    found = []
    for name in names:
        seen[name] = seen.get(name, 0) + 1
        found.append(name if seen[name] == 1 else f"{name}_{seen[name]}")
    return tuple(found)
