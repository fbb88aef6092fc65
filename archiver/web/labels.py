"""Foreign keys on the page of a single row, where Datasette shows the bare keys."""

from __future__ import annotations

from collections.abc import Awaitable
from dataclasses import replace
from typing import Any

from markupsafe import Markup

from archiver.web.cells import Cell, render
from archiver.web.metadata import TABLES


async def _render(cell: Cell, database: Any, table: str, column: str, label: str) -> Markup | None:
    sql = f'SELECT "{label}" FROM "{table}" WHERE "{column}" = ?'  # noqa: S608 - names of our own schema
    found = (await database.execute(sql, [cell.value])).first()
    return render(replace(cell, value={"value": cell.value, "label": found[0]}) if found else cell)


def looked_up(cell: Cell, database: Any) -> Awaitable[Markup | None]:
    """The cell with the words that stand for the row it refers to. The cell must hold a foreign key."""
    table, _, column = cell.holding.references[cell.table or "", cell.column].partition(".")
    label = cell.holding.blog_label if table == "blogs" else TABLES.get(table, {}).get("label_column", column)
    return _render(cell, database, table, column, label)
