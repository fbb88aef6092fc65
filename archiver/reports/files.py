"""Files that are written once a run and kept for some: named after when it began, the oldest go first."""

from __future__ import annotations

import os
import re
from collections.abc import Collection
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

_NAME = re.compile(r"([0-9]{8}T[0-9]{6}Z)-([a-z]+)(?:-([0-9]{1,9}))?(\.[a-z]+)")


def free_name(directory: Path, began: datetime, command: str, suffix: str) -> Path:
    """A name that is not taken, such as `20261122T221500Z-crawl.json`; another run may have begun in that second."""
    stem = f"{began.astimezone(UTC):%Y%m%dT%H%M%SZ}-{command}"
    path, number = directory / f"{stem}{suffix}", 1
    while path.exists():
        number += 1
        path = directory / f"{stem}-{number}{suffix}"
    return path


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
    runs: dict[tuple[str, int, str], list[Path]] = {}
    for path in directory.iterdir() if directory.is_dir() else ():
        match = _NAME.fullmatch(path.name)
        if match and match[4] in suffixes:
            runs.setdefault((match[1], int(match[3] or 1), match[2]), []).append(path)
    for run in sorted(runs)[:-keep]:
        for path in runs[run]:
            with suppress(OSError):  # it stays, then, until the next run
                path.unlink()
