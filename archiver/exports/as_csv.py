"""CSV: a folder with one file a table, UTF-8, RFC 4180.

NULL is an empty field, empty text a quoted one (""). Text that a spreadsheet would take for a formula has an
apostrophe before it.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from archiver.exports.base import Format, Progress
from archiver.exports.escapes import cell, plain
from db.source import Result, Row, Source


class _Null(float):
    """What csv takes for a number, which it does not quote, and writes as nothing: it would quote None."""

    def __str__(self) -> str:
        return ""

    __repr__ = __str__


_NULL = _Null()


def write(source: Source, path: Path, progress: Progress) -> None:
    """Every table that there is, those without rows as well."""
    progress.begin(sum(source.counts().values()))
    for table in source.tables:
        write_table(path / f"{table.name}.csv", [column.name for column in table.columns],
                    source.batches(table.name), progress)  # fmt: skip


def write_result(result: Result, path: Path, progress: Progress) -> None:
    """The result of a query."""
    write_table(path, result.columns, result.batches(), progress)


def write_table(path: Path, columns: Sequence[str], batches: Iterable[list[Row]], progress: Progress) -> None:
    """One file with a line of names."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, quoting=csv.QUOTE_NONNUMERIC, lineterminator="\r\n")
        csv.writer(file).writerow(columns)
        for batch in batches:
            writer.writerows([_fields(row) for row in batch])
            progress.advance(len(batch))


def _fields(row: Row) -> list[Any]:
    return [cell(value) if value.__class__ is str else _NULL if value is None else plain(value) for value in row]


FORMAT = Format(
    name="csv",
    description="a folder of tables, one CSV file each, safe to open in a spreadsheet",
    opens="R, pandas, Stata, SPSS, LibreOffice, Excel",
    write=write,
    write_result=write_result,
    result_suffix=".csv",
)
