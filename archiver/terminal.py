"""How numbers, spans of time and other people's words are shown on a terminal or in a log."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Mapping
from typing import IO

from archiver.text import squeeze

# What could move the cursor, change colours or turn the direction of the line: titles come from strangers.
_UNSAFE = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


def complete_streams() -> None:
    """Open the standard streams that the process was started without (`<&- >&- 2>&-`), upon nothing.

    The next file that is opened would get the number of such a stream, and so what is printed, by us or by a
    process of ours, could end up in the database; and Python has None in the place of the stream.
    """
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            nothing = os.open(os.devnull, os.O_RDWR)
            if nothing == number:
                os.set_inheritable(number, True)
            else:
                os.dup2(nothing, number)
                os.close(nothing)
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, os.fdopen(os.open(os.devnull, os.O_RDWR), mode, encoding="utf-8"))


def safe(text: str) -> str:
    """`text` on one line, without anything that a terminal would obey."""
    return squeeze(_UNSAFE.sub(" ", text))


def field(label: str, text: str) -> str:
    """A line of a report: what it tells in the left column, the text beside it."""
    return f"  {label:<9} {safe(text)}"


def count(number: int, noun: str, plural: str | None = None) -> str:
    """`1 post`, `1,034 posts`."""
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"


def duration(seconds: float) -> str:
    """A span of time in its two greatest units: `0.4 s`, `42 s`, `3 min 5 s`, `2 h 10 min`, `3 d 4 h`."""
    if seconds < 9.95:
        return f"{seconds:.1f} s"
    rest = round(seconds)
    for unit, length, smaller, part in (("d", 86_400, "h", 3600), ("h", 3600, "min", 60), ("min", 60, "s", 1)):
        if rest >= length:
            over = rest % length // part
            return f"{rest // length} {unit}" + (f" {over} {smaller}" if over else "")
    return f"{rest} s"


def size(octets: int) -> str:
    """Bytes in decimal units: `812 bytes`, `45.2 kB`, `3.1 GB`."""
    if octets < 1000:
        return count(octets, "byte")
    number, units = octets / 1000, ["TB", "GB", "MB", "kB"]
    while number >= 999.95 and len(units) > 1:
        number /= 1000
        units.pop()
    return f"{number:.1f} {units[-1]}"


def is_terminal(stream: IO[str], environ: Mapping[str, str] = os.environ) -> bool:
    """Whether a person looks at the stream through a terminal that can move its cursor."""
    return stream.isatty() and environ.get("TERM", "") != "dumb"


def has_colour(stream: IO[str], environ: Mapping[str, str] = os.environ) -> bool:
    """Whether to colour what goes to the stream: only on a terminal, and never against NO_COLOR."""
    return is_terminal(stream, environ) and not environ.get("NO_COLOR")
