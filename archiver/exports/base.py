"""What a format is, and what it is given."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from archiver.errors import ArchiverError, UsageError
from db.source import Result, Source


class Progress:
    """Is told how an export goes. This one shows nothing. No method raises."""

    def begin(self, total: int) -> None:
        """So many rows, or posts and comments, are to be written."""

    def advance(self, number: int = 1) -> None:
        """So many have been written since it was last called."""

    def note(self, line: str) -> None:
        """Something that a person should know of what was written."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Format:
    """One way to hand out an archive.

    write: writes what is chosen to a path that does not exist yet, a file or (suffix "") a folder; the path becomes
        the target once it has returned. It must take rows as they come, however many there are.
    write_result: likewise for the result of a query, always one file; None when the format holds no plain tables.
    write_partitioned: likewise what is chosen, in folders by blog and year; None for most formats.
    suffix, result_suffix: how their names end. opens: who reads it, for people.
    extra, needs: the extra of this distribution that brings what it needs, and the names of those modules.
    one_blog: whether it can hold no more than one.
    as_came: whether it hands out responses as they came, and not what was read from them.
    """

    name: str
    description: str
    opens: str
    write: Callable[[Source, Path, Progress], None]
    write_result: Callable[[Result, Path, Progress], None] | None = None
    write_partitioned: Callable[[Source, Path, Progress], None] | None = None
    suffix: str = ""
    result_suffix: str = ""
    extra: str | None = None
    needs: tuple[str, ...] = ()
    one_blog: bool = False
    as_came: bool = False

    @property
    def missing(self) -> str | None:
        """The first module that it needs and that is not installed."""
        return next((name for name in self.needs if find_spec(name) is None), None)

    def check(self) -> None:
        """Raise ArchiverError when it cannot be written here."""
        if self.missing:
            todo = f'Run pip install "blog-archiver[{self.extra}]"' if self.extra else f"Install {self.missing}"
            raise ArchiverError(f"export {self.name}", f"{self.missing} is not installed", todo)


def only_blog(source: Source, name: str) -> str:
    """The id of the one blog that is chosen. Raises UsageError when there are several."""
    ids = [row[0] for row in source.rows(f"SELECT id FROM blogs WHERE {source.conditions['blogs'] or 1}")]
    if len(ids) != 1:
        why = f"it holds one blog, and {len(ids)} are chosen"
        raise UsageError(f"export {name}", why, "Choose one with --blog")
    return str(ids[0])
