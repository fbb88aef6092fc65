"""CSV that a spreadsheet may open: what it would take for a formula begins with an apostrophe."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from archiver.exports.escapes import cell

_NUMBER = re.compile(r"[-+]?[0-9]+(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?")


def table(columns: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> str:
    """A heading, and those columns of the rows."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(columns)
    writer.writerows([_harmless(row[name]) for name in columns] for row in rows)
    return out.getvalue()


def are_rows(segments: Sequence[str], status: int) -> bool:
    """Whether what Datasette sends from an address is a CSV file."""
    return status == 200 and "-" not in segments[:2] and bool(segments) and segments[-1].endswith(".csv")


def row(body: bytes) -> bytes:
    """A row as Datasette sends it, which it does one by one; numbers are left as they are, whatever their sign."""
    out = io.StringIO()
    writer = csv.writer(out)
    for values in csv.reader(io.StringIO(body.decode("utf-8", "replace"), newline="")):
        writer.writerow([value if _NUMBER.fullmatch(value) else cell(value) for value in values])
    return out.getvalue().encode()


def _harmless(value: Any) -> Any:
    return cell(value) if isinstance(value, str) else value
