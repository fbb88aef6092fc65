"""CSV: a folder with one file a table, UTF-8, RFC 4180.

NULL is an empty field, empty text a quoted one (""). Text that a spreadsheet would take for a formula has an
apostrophe before it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from archiver.exports.base import Format, Progress
from archiver.exports.escapes import cell, plain
from db.source import Result, Row, Source

_QUOTE = '"'


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
        names = (name if name.replace("_", "").isalnum() else _quoted(name) for name in columns)
        file.write(f"{','.join(names)}\r\n")
        for batch in batches:
            file.writelines(map(_line, batch))
            progress.advance(len(batch))


def _line(row: Sequence[Any]) -> str:
    """A record. The csv module would quote NULL like empty text, and takes twice as long."""
    fields = [_quoted(value) if value.__class__ is str else "" if value is None else str(plain(value)) for value in row]
    # A line without anything would be no record.
    return f"{','.join(fields)}\r\n" if fields != [""] else '""\r\n'


def _quoted(text: str) -> str:
    text = cell(text)
    return f'"{text.replace(_QUOTE, _QUOTE * 2)}"' if _QUOTE in text else f'"{text}"'


FORMAT = Format(
    name="csv",
    description="a folder of tables, one CSV file each, safe to open in a spreadsheet",
    opens="R, pandas, Stata, SPSS, LibreOffice, Excel",
    write=write,
    write_result=write_result,
    result_suffix=".csv",
)
