"""Files that are written once a run and kept for some: named after when it began, the oldest go first."""

from __future__ import annotations

import os
import re
from collections.abc import Collection, Iterable, Iterator
from contextlib import suppress
from datetime import UTC, datetime
from itertools import count, islice
from pathlib import Path

_NAME = re.compile(r"([0-9]{8}T[0-9]{6}Z)-([a-z]+)(?:-([0-9]{1,9}))?(\.[a-z]+)")


def free_name(directory: Path, began: datetime, command: str, suffix: str) -> Path:
    """A name behind those that other runs of that second have, whatever they did, or the newest could not be told.

    A name before them may be free: that of a run which is not kept any more.
    """
    matches = map(_NAME.fullmatch, (path.name for path in directory.glob(f"{_second(began)}-*{suffix}")))
    last = max((int(match[3] or 1) for match in matches if match), default=0)
    return directory / next(islice(names(began, command, suffix), last, None))


def names(began: datetime, command: str, suffix: str) -> Iterator[str]:
    """What a run's file may be called, such as `20261122T221500Z-crawl.json`; without end."""
    stem = f"{_second(began)}-{command}"
    yield f"{stem}{suffix}"
    yield from (f"{stem}-{number}{suffix}" for number in count(2))


def _second(began: datetime) -> str:
    return f"{began.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def write_whole(path: Path, text: str) -> None:
    """Write a file so that nobody ever sees half of it. Raises OSError."""
    part = path.with_name(f".{path.name}.part")
    try:
        part.write_text(text, "utf-8", "backslashreplace")
        os.replace(part, path)  # noqa: PTH105 (the word of the trade)
    except OSError:
        with suppress(OSError):
            part.unlink()
        raise


def rotate(directory: Path, suffixes: Collection[str], keep: int) -> None:
    """Leave the files of the newest `keep` runs. Files of other names or endings are nobody's business here."""
    there = [path.name for path in directory.iterdir()] if directory.is_dir() else []
    for name in surplus(there, suffixes, keep):
        with suppress(OSError):  # it stays, then, until the next run
            (directory / name).unlink()


def surplus(there: Iterable[str], suffixes: Collection[str], keep: int) -> list[str]:
    """Which files of runs are not of the newest `keep` ones."""
    runs: dict[tuple[str, int, str], list[str]] = {}
    for name in there:
        match = _NAME.fullmatch(name)
        if match and match[4] in suffixes:
            runs.setdefault((match[1], int(match[3] or 1), match[2]), []).append(name)
    return [name for run in sorted(runs)[:-keep] for name in runs[run]]
