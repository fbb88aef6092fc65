"""XML written as it comes: elements are closed in the order in which they were opened, text is escaped."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import IO

from archiver.exports.escapes import held

_TEXT = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", "\r": "&#13;"})
_ATTRIBUTE = str.maketrans({"&": "&amp;", "<": "&lt;", '"': "&quot;", "\t": "&#9;", "\n": "&#10;", "\r": "&#13;"})

Attributes = Mapping[str, str | int | None]
_NONE: Attributes = {}


class Xml:
    """A document on its way to a file. Attributes that are None are left out."""

    def __init__(self, file: IO[str]) -> None:
        self._file = file
        self._depth = 0
        file.write('<?xml version="1.0" encoding="UTF-8"?>\n')

    @contextmanager
    def inside(self, tag: str, attributes: Attributes = _NONE) -> Iterator[None]:
        """What is written within stands in this element."""
        self._line(f"<{tag}{_attributes(attributes)}>")
        self._depth += 1
        yield
        self._depth -= 1
        self._line(f"</{tag}>")

    def element(self, tag: str, text: str | int | None = None, attributes: Attributes = _NONE) -> None:
        """An element with text alone, which may be empty."""
        if text is None or text == "":
            self._line(f"<{tag}{_attributes(attributes)}/>")
        else:
            self._line(f"<{tag}{_attributes(attributes)}>{held(str(text)).translate(_TEXT)}</{tag}>")

    def cdata(self, tag: str, text: str | None) -> None:
        """An element with its text as CDATA, for readers that look for it."""
        inner = held(text or "").replace("]]>", "]]]]><![CDATA[>").replace("\r", "]]>&#13;<![CDATA[")
        self._line(f"<{tag}><![CDATA[{inner}]]></{tag}>")

    def _line(self, text: str) -> None:
        self._file.write(f"{'  ' * min(self._depth, 8)}{text}\n")


def _attributes(attributes: Attributes) -> str:
    return "".join(
        f' {name}="{held(str(value)).translate(_ATTRIBUTE)}"' for name, value in attributes.items() if value is not None
    )
