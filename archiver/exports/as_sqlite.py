"""SQLite: what is chosen as an archive of its own, with search and views, that every command works on."""

from __future__ import annotations

from pathlib import Path

from archiver.exports.base import Format, Progress
from db.copies import copy
from db.source import Source


def write(source: Source, path: Path, progress: Progress) -> None:
    """A directory with an archive.db."""
    progress.begin(sum(source.counts().values()))
    copy(source, path, advance=progress.advance)


FORMAT = Format(
    name="sqlite",
    description="a smaller archive, in a directory of its own",
    opens="archiver, Datasette, sqlite3, DB Browser for SQLite",
    write=write,
)
