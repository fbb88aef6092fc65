"""Somebody else's SQL: one SELECT, that reads and does nothing else."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

_READS = {sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ, sqlite3.SQLITE_RECURSIVE}
# No stored value comes near it; without it one printf() takes a gigabyte.
LONGEST_VALUE = 64 * 2**20  # bytes


class NotASelect(Exception):
    """The statement does something else than reading."""


@contextmanager
def reading_only(connection: sqlite3.Connection) -> Iterator[None]:
    """Statements begun within may read the archive and call functions, and that is all.

    Raises NotASelect for one that would do more, sqlite3.Error for one that SQLite does not understand.
    """
    refused: list[int] = []

    def decide(action: int, first: str | None, second: str | None, *_: str | None) -> int:
        allowed = action in _READS or (
            # FTS5 asks for this pragma by itself; load_extension is off in any case.
            (action == sqlite3.SQLITE_PRAGMA and first == "data_version")
            or (action == sqlite3.SQLITE_FUNCTION and second not in {"load_extension", "fts3_tokenizer"})
        )
        if not allowed:
            refused.append(action)
        return sqlite3.SQLITE_OK if allowed else sqlite3.SQLITE_DENY

    before = connection.getlimit(sqlite3.SQLITE_LIMIT_LENGTH)
    connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, LONGEST_VALUE)
    connection.set_authorizer(decide)
    try:
        yield
    except sqlite3.DatabaseError as error:
        if refused:
            raise NotASelect(str(error)) from error
        raise
    finally:
        connection.set_authorizer(None)
        connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, before)
