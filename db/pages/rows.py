"""Rows as dictionaries."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from typing import Any

BYLINE = """(SELECT group_concat(name, ', ') FROM (
    SELECT a.name FROM post_authors pa JOIN authors a ON a.id = pa.author_id
    WHERE pa.post_id = p.id ORDER BY pa.position))"""
"""In a query on posts p: the names of who wrote one, in order."""

Row = dict[str, Any]
Values = Sequence[Any] | Mapping[str, Any]


def rows(connection: sqlite3.Connection, sql: str, values: Values = ()) -> list[Row]:
    """All rows of a query."""
    return [dict(row) for row in connection.execute(sql, values)]


def row(connection: sqlite3.Connection, sql: str, values: Values = ()) -> Row | None:
    """The first row of a query."""
    found = connection.execute(sql, values).fetchone()
    return dict(found) if found else None


def number(connection: sqlite3.Connection, sql: str, values: Values = ()) -> int:
    """The one number that a query gives."""
    return int(connection.execute(sql, values).fetchone()[0] or 0)
