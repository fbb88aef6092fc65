"""XLSX: one workbook for people, with posts, comments and what goes with them, names in place of keys.

Excel holds 1,048,576 rows a sheet and 32,767 characters a cell: further rows go to a second sheet, and a longer text
is cut and ends in an ellipsis. Nothing in it is a formula or a link.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from archiver.exports.base import Format, Progress
from archiver.exports.escapes import held, plain
from db import codebook
from db.codebook import TableDoc
from db.source import Result, Row, Source

MOST_ROWS = 1_048_576
MOST_CHARACTERS = 32_767
_BIG = 2**53  # beyond it Excel's numbers are rounded

# Sheet, view or table behind it, columns (all when empty), whether its rows are chosen by post, comment or table.
_SHEETS: tuple[tuple[str, str, str], ...] = (
    ("posts", "post_list", "posts"),
    ("comments", "comment_list", "comments"),
    ("authors", "authors", "authors"),
    ("categories and tags", "terms", "terms"),
    ("links", "links", "links"),
    ("cited works", "works", "works"),
    ("citations", "citations", "citations"),
)


def write(source: Source, path: Path, progress: Progress) -> None:
    """What people look at; the other tables are left to formats for programs."""
    progress.begin(sum(source.count(table) for _, _, table in _SHEETS))
    docs = {doc.name: doc for doc in codebook.tables(source.connection)}
    with _workbook(path) as book:
        _write_about(book, docs)
        for sheet, view, table in _SHEETS:
            names = [column.name for column in docs[view].columns if column.name not in {"docid", "provenance"}]
            condition = source.conditions[table] or "1"
            if view != table:
                condition = f"id IN (SELECT id FROM main.{table} WHERE {condition})"
            sql = f"SELECT {', '.join(names)} FROM main.{view} AS {table} WHERE {condition}"
            _write_sheets(book, sheet, names, source.stream(sql), progress)


def write_result(result: Result, path: Path, progress: Progress) -> None:
    """The result of a query."""
    with _workbook(path) as book:
        _write_sheets(book, "rows", result.columns, result.batches(), progress)


@contextmanager
def _workbook(path: Path) -> Iterator[Any]:
    """A workbook to be filled. Raises OSError as it is, which xlsxwriter puts into an error of its own.

    Its temporary files lie beside the target, which has room for them, and go whatever happens: it leaves them there
    when it fails.
    """
    import xlsxwriter
    from xlsxwriter.exceptions import FileCreateError

    with TemporaryDirectory(prefix=f".{path.name}.", dir=path.parent) as scratch:
        try:
            with xlsxwriter.Workbook(path, {"constant_memory": True, "tmpdir": scratch}) as book:
                yield book
        except FileCreateError as error:
            if error.args and isinstance(error.args[0], OSError):
                raise error.args[0] from error
            raise


def _write_sheets(
    book: Any, name: str, columns: Sequence[str], batches: Iterable[list[Row]], progress: Progress
) -> None:
    """As many sheets as it takes, each with a line of names."""
    sheet, line, number, cut = _sheet(book, name, columns), 1, 1, 0
    for batch in batches:
        for row in batch:
            if line == MOST_ROWS:
                number += 1
                sheet, line = _sheet(book, f"{name} {number}", columns), 1
            cut += _write_row(sheet, line, row)
            line += 1
        progress.advance(len(batch))
    if cut:
        progress.note(f"{name}: {cut} texts are longer than a cell of Excel holds and were cut")


def _sheet(book: Any, name: str, columns: Sequence[str]) -> Any:
    sheet = book.add_worksheet(name)
    sheet.freeze_panes(1, 0)
    bold = book.add_format({"bold": True})
    for number, column in enumerate(columns):
        sheet.write_string(0, number, column, bold)
    return sheet


def _write_row(sheet: Any, line: int, row: Row) -> int:
    """Write cells as texts and numbers, whatever they look like; how many texts were cut."""
    cut = 0
    for number, value in enumerate(map(plain, row)):
        if isinstance(value, int | float) and abs(value) < _BIG:
            sheet.write_number(line, number, value)
        elif value is not None:
            text = held(str(value))
            # Excel counts in UTF-16.
            if len(text) > MOST_CHARACTERS // 2 and len(text.encode("utf-16-le")) // 2 > MOST_CHARACTERS:
                octets = text.encode("utf-16-le")[: 2 * (MOST_CHARACTERS - 1)]
                text, cut = octets.decode("utf-16-le", "ignore") + "…", cut + 1
            sheet.write_string(line, number, text)
    return cut


def _write_about(book: Any, docs: dict[str, TableDoc]) -> None:
    """What the columns mean."""
    sheet = _sheet(book, "about", ("sheet", "column", "meaning"))
    line = 1
    for name, view, _ in _SHEETS:
        for column in docs[view].columns:
            for number, text in enumerate((name, column.name, column.description)):
                sheet.write_string(line, number, text)
            line += 1


FORMAT = Format(
    name="xlsx",
    description="one workbook with posts, comments, people, links and cited works",
    opens="Excel, LibreOffice, NVivo, MAXQDA",
    write=write,
    write_result=write_result,
    suffix=".xlsx",
    result_suffix=".xlsx",
    extra="xlsx",
    needs=("xlsxwriter",),
)
