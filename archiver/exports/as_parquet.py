"""Parquet: a folder with one file a table; times are timestamps in UTC, flags booleans, the rest text and numbers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from archiver.exports import partitioned
from archiver.exports.base import Format, Progress
from archiver.exports.escapes import plain
from db.codebook import TableDoc
from db.source import Result, Row, Source

GROUP_BYTES = 16 * 2**20  # of a row group in memory; the wider a row, the fewer of them
_BATCH = 1000


def write(source: Source, path: Path, progress: Progress) -> None:
    """Every table that there is, those without rows as well."""
    progress.begin(sum(source.counts().values()))
    for table in source.tables:
        batches = source.batches(table.name, _size(table))
        _write(path / f"{table.name}.parquet", _schema(table), batches, progress)


def write_partitioned(source: Source, path: Path, progress: Progress) -> None:
    """The same in folders by blog and year; see `archiver.exports.partitioned`."""

    def put(file: Path, table: TableDoc, batches: Iterable[list[Row]]) -> None:
        _write(file, _schema(table), batches, progress)

    partitioned.write(source, path, progress, put, _size)


def _size(table: TableDoc) -> int:
    return 100 if any(column.name == "html" for column in table.columns) else _BATCH


def write_result(result: Result, path: Path, progress: Progress) -> None:
    """The result of a query. What types its columns have is told by going through it once before."""
    import pyarrow as pa

    kinds: list[set[type]] = [set() for _ in result.columns]
    for batch in result.batches():
        for seen, values in zip(kinds, zip(*batch, strict=True), strict=True):
            seen.update(map(type, values))
    schema = pa.schema([pa.field(name, _told(seen)) for name, seen in zip(result.columns, kinds, strict=True)])
    _write(path, schema, result.batches(), progress)


def _write(path: Path, schema: Any, batches: Iterable[list[Row]], progress: Progress) -> None:
    import pyarrow.parquet as pq

    unread = _Unread()
    with pq.ParquetWriter(path, schema, compression="zstd") as writer:
        for group in _groups(schema, _counted(batches, progress), unread):
            writer.write_table(group)
    for name, number in unread.items():
        progress.note(f"{path.name}: {number} of {name} are no times and were left empty")


class _Unread(dict[str, int]):
    """How many values of a column could not be read as what it holds."""


def _counted(batches: Iterable[list[Row]], progress: Progress) -> Iterator[list[Row]]:
    for batch in batches:
        yield batch
        progress.advance(len(batch))


def _groups(schema: Any, batches: Iterable[list[Row]], unread: _Unread) -> Iterator[Any]:
    """Tables of some size each."""
    import pyarrow as pa

    held: list[Any] = []
    size = 0
    for batch in batches:
        columns = [
            _column(field, values, unread) for field, values in zip(schema, zip(*batch, strict=True), strict=True)
        ]
        held.append(pa.RecordBatch.from_arrays(columns, schema=schema))
        size += held[-1].nbytes
        if size >= GROUP_BYTES:
            yield pa.Table.from_batches(held, schema)
            held, size = [], 0
    if held:
        yield pa.Table.from_batches(held, schema)


def _column(field: Any, values: Sequence[Any], unread: _Unread) -> Any:
    import pyarrow as pa

    if pa.types.is_timestamp(field.type):
        texts = pa.array(values, pa.string())
        try:
            return texts.cast(field.type)
        except pa.ArrowInvalid:  # one of them is no time: the others are kept
            return pa.array([_time(value, field, unread) for value in values], field.type)
    if pa.types.is_string(field.type):
        values = [value if value is None or value.__class__ is str else str(plain(value)) for value in values]
    elif pa.types.is_boolean(field.type):
        values = [None if value is None else bool(value) for value in values]
    return pa.array(values, field.type)


def _time(value: str | None, field: Any, unread: _Unread) -> Any:
    import pyarrow as pa

    try:
        return pa.scalar(value, pa.string()).cast(field.type)
    except pa.ArrowInvalid:
        unread[field.name] = unread.get(field.name, 0) + 1
        return None


def _schema(table: TableDoc) -> Any:
    """Types from what the columns hold; what they mean goes with them."""
    import pyarrow as pa

    fields = [
        pa.field(
            column.name,
            _typed(column.holds),
            metadata={"description": column.description},
        )
        for column in table.columns
    ]
    return pa.schema(fields, metadata={"description": table.description})


def _typed(holds: str) -> Any:
    import pyarrow as pa

    kinds = {
        "integer": pa.int64(),
        "number": pa.float64(),
        "boolean": pa.bool_(),
        "time": pa.timestamp("us", tz="UTC"),
    }
    return kinds.get(holds, pa.string())


def _told(seen: set[type]) -> Any:
    import pyarrow as pa

    match seen - {type(None)}:
        case kinds if kinds == {int}:
            return pa.int64()
        case kinds if kinds and kinds <= {int, float}:
            return pa.float64()
        case _:
            return pa.string()


FORMAT = Format(
    name="parquet",
    description="a folder of tables, one typed Parquet file each",
    opens="pandas, Polars, R (arrow), DuckDB, Spark",
    write=write,
    write_result=write_result,
    write_partitioned=write_partitioned,
    result_suffix=".parquet",
    extra="parquet",
    needs=("pyarrow",),
)
