"""The archives that are to be merged: found, and made ready to be read."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from archiver.crawl.lock import at_work
from archiver.errors import ArchiveDamaged, ArchiveError, DiskFull, UsageError
from archiver.warc.records import DIRECTORY, OPEN
from db.archive import DATABASE, Archive, is_current, open_archive
from db.checks import integrity
from db.failures import explained

UNFINISHED = ".part"
"""The end of the name of a shard that is still being made."""
AGAIN = "Merge again when it has ended"


@dataclass(frozen=True, slots=True)
class Shard:
    """One archive to take in. directory: where its WARC files and the rest are."""

    directory: Path
    database: Path

    @property
    def name(self) -> str:
        """As it was named on the command line, or found there."""
        return str(self.directory if self.database.name == DATABASE else self.database)

    @property
    def key(self) -> str:
        """What tells it from all others."""
        return str(self.database.resolve())

    @property
    def size(self) -> int:
        """Bytes of its database."""
        return self.database.stat().st_size

    @property
    def is_distant(self) -> bool:
        """Whether it has to be brought here."""
        return False

    @contextmanager
    def here(self) -> Iterator[None]:
        """Have it here for as long as the block lasts."""
        yield

    @property
    def state(self) -> str:
        """Changes whenever the database does."""
        files = [self.database, self.database.with_name(f"{self.database.name}-wal")]
        stats = [file.stat() for file in files if file.exists()]
        return " ".join(f"{stat.st_size}.{stat.st_mtime_ns}" for stat in stats)


def find(names: Iterable[Path], output: Path | None = None) -> list[Shard]:
    """The shards that are meant, each once: archives, databases, and folders of archives, these in their order.

    output: what they are to become, which cannot be one of them. Raises UsageError for a name that is none of these,
    or the output itself.
    """
    found: dict[Path, Shard] = {}
    own = (output / DATABASE).resolve() if output else None
    for name in names:
        if name.is_file():
            shards = [Shard(name.parent, name)]
        elif (name / DATABASE).is_file():
            shards = [Shard(name, name / DATABASE)]
        else:
            within = sorted(name.glob(f"*/{DATABASE}")) if name.is_dir() else []
            shards = [Shard(path.parent, path) for path in within if path.resolve() != own]
            if not shards:
                why = "there is no archive there" if name.exists() else "there is no such file or folder"
                raise UsageError(str(name), why, "Name archives, or a folder of archives")
        found |= {shard.database.resolve(): shard for shard in shards if shard.database.resolve() not in found}
    if own in found:
        raise UsageError(str(output), "it is the output and one of the shards", "Name another output with -o")
    return list(found.values())


def ready(shard: Shard, scratch: Path) -> Path:
    """A database of the present schema with all rows of the shard: its own, or a copy that was brought up to date.

    scratch: a folder that the copy may be put into. Raises ArchiveError: it is still written to, was left open by a
    killed run, was made by a newer version, is torn, or is no archive at all.
    """
    if shard.directory.name.endswith(UNFINISHED):
        raise ArchiveError(shard.name, "it is not whole yet", AGAIN)
    if at_work(shard.directory):
        raise ArchiveError(shard.name, "a run is writing to it", AGAIN)
    if any((shard.directory / DIRECTORY).glob(f"*{OPEN}")):
        todo = f"Run archiver verify --repair -a {shard.directory}, and merge again"
        raise ArchiveError(shard.name, "a killed run has left a WARC file open", todo)
    current = is_current(shard.database)
    with closing(Archive(shard.directory, shard.database.name).connect()) as connection:
        for line in integrity(connection, quick=True):
            raise ArchiveDamaged(shard.name, line, "Restore it from a copy, or crawl that blog again")
    return shard.database if current else _brought_up_to_date(shard, scratch)


@contextmanager
def readable(shard: Shard) -> Iterator[None]:
    """What SQLite and the file system say of a shard, as errors that name it. DiskFull is left to the output."""
    try:
        with explained(shard.database):
            yield
    except DiskFull as error:
        if error.what != str(shard.database):
            raise
        raise ArchiveError(shard.name, error.why, "Check that it can be read, and merge again") from error


def _brought_up_to_date(shard: Shard, scratch: Path) -> Path:
    shutil.rmtree(scratch, ignore_errors=True)
    scratch.mkdir(parents=True)
    with (
        closing(Archive(shard.directory, shard.database.name).connect()) as old,
        closing(sqlite3.connect(scratch / DATABASE)) as new,
    ):
        old.backup(new)
    return open_archive(scratch, create=True).path


def total(shards: Iterable[Shard]) -> int:
    """Bytes of their databases."""
    return sum(shard.size for shard in shards)
