"""The definition of an archive in SQL that SQLite and PostgreSQL both understand."""

from __future__ import annotations

import sqlite3

from db.codebook import tokens

# SQLite counts in 64 bits and PostgreSQL's INTEGER in 32; what has DOUB in it is a REAL to SQLite.
_TYPES = {"INTEGER": "BIGINT", "REAL": "DOUBLE PRECISION"}


def create_table(connection: sqlite3.Connection, table: str) -> str:
    """The CREATE TABLE of a table, with its comments, keys and checks, without the final semicolon."""
    query = "SELECT sql FROM main.sqlite_master WHERE type = 'table' AND name = ?"
    (ddl,) = connection.execute(query, (table,)).fetchone()
    end = ddl.rindex(")") + 1  # STRICT follows
    return _portable(ddl[:end])


def create_indexes(connection: sqlite3.Connection, table: str) -> list[str]:
    """The CREATE INDEX of every index of a table that is not part of its definition."""
    query = (
        "SELECT sql FROM main.sqlite_master WHERE type = 'index' AND tbl_name = ? AND sql IS NOT NULL ORDER BY rowid"
    )
    return [row[0] for row in connection.execute(query, (table,))]


def _portable(ddl: str) -> str:
    """`ddl` with other types; strings and comments stay as they are."""
    found, end = [], 0
    lines = ddl.splitlines(keepends=True)
    starts = [0]
    for line in lines:
        starts.append(starts[-1] + len(line))
    for kind, text, line_number, offset in tokens(ddl):
        if kind == "name" and text in _TYPES:
            start = starts[line_number] + offset
            found += [ddl[end:start], _TYPES[text]]
            end = start + len(text)
    return "".join([*found, ddl[end:]])
