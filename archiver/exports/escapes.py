"""What a format cannot hold, put so that it can. Each is described in docs/exports.md."""

from __future__ import annotations

import re
from typing import Any

# What XML 1.0 cannot hold, and most programs stumble over in plain text as well.
_UNHELD = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")

# Excel, LibreOffice and Google Sheets take a cell that begins so for a formula, full-width signs included.
_FORMULA = re.compile("'*[=+\\-@\t\r\n\uff1d\uff0b\uff0d\uff20]")
_FIRST = frozenset("'=+-@\t\r\n\uff1d\uff0b\uff0d\uff20")


def held(text: str) -> str:
    """`text` with U+FFFD for control characters, lone surrogates and noncharacters."""
    # What is printable has none of them, and is told ten times as fast; most fields are.
    return text if text.isprintable() else _UNHELD.sub("\N{REPLACEMENT CHARACTER}", text)


def cell(text: str) -> str:
    """`text` as a spreadsheet shows it and does not reckon with it: an apostrophe before what begins as a formula.

    Apostrophes that stand there already are kept apart by one more, so that taking one away gives back the text.
    """
    if not text.isprintable():
        text = held(text)
    return f"'{text}" if text[:1] in _FIRST and _FORMULA.match(text) else text


def uncell(text: str) -> str:
    """What `cell` was given, up to U+FFFD."""
    return text[1:] if text[:1] == "'" and _FORMULA.match(text) else text


def plain(value: Any) -> Any:
    """A value of SQLite that JSON and XML can hold; a BLOB, which only a query can give, as hexadecimal digits."""
    return value.hex() if isinstance(value, bytes) else value
