"""JSON Lines: a folder with one file a table, an object a line, every value exactly as it is stored."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

from archiver.exports.base import Format, Progress
from archiver.exports.escapes import plain
from db.source import Result, Row, Source

_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), default=plain).encode


def write(source: Source, path: Path, progress: Progress) -> None:
    """Every table that there is, those without rows as well."""
    progress.begin(sum(source.counts().values()))
    for table in source.tables:
        names = [column.name for column in table.columns]
        made = [(number, _MADE[column.holds]) for number, column in enumerate(table.columns) if column.holds in _MADE]
        batches = source.batches(table.name)
        _write(path / f"{table.name}.jsonl", names, _shaped(batches, made) if made else batches, progress)


def write_result(result: Result, path: Path, progress: Progress) -> None:
    """The result of a query."""
    _write(path, result.columns, result.batches(), progress)


def _write(path: Path, names: Sequence[str], batches: Iterable[list[Row]], progress: Progress) -> None:
    with path.open("w", encoding="utf-8", newline="\n") as file:
        for batch in batches:
            file.writelines(_encode(dict(zip(names, row, strict=True))) + "\n" for row in batch)
            progress.advance(len(batch))


def _shaped(batches: Iterable[list[Row]], made: Sequence[tuple[int, Callable[[Any], Any]]]) -> Iterable[list[Row]]:
    for batch in batches:
        rows = [list(row) for row in batch]
        for row in rows:
            for number, make in made:
                if row[number] is not None:
                    row[number] = make(row[number])
        yield [tuple(row) for row in rows]


def _parsed(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text


_MADE: dict[str, Callable[[Any], Any]] = {"boolean": bool, "json": _parsed}  # what makes values those of JSON

FORMAT = Format(
    name="jsonl",
    description="a folder of tables, one file each, one JSON object a line",
    opens="jq, pandas, R (jsonlite), DuckDB, any program",
    write=write,
    write_result=write_result,
    result_suffix=".jsonl",
)
