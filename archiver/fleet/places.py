"""Where the shards of a run stand, as its driver sees them: in a folder, or behind a store.

What the driver keeps stands beside them: that it is the only one, the round that is under way, its reports. So it may
be killed, and called again on any machine that sees that place.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from hashlib import blake2b
from pathlib import Path
from typing import Protocol
from urllib.parse import urlsplit

from archiver.crawl.lock import locked
from archiver.errors import DiskFull, Locked
from archiver.fleet.ended import Verb
from archiver.fleet.shards import HEAD, LOCKS, REPORTS, Mark, Shard, slug_of_file, whole
from archiver.reports.files import free_name, names, rotate, surplus, write_whole
from archiver.storage.lease import leased
from archiver.storage.manifest import newest
from archiver.storage.stores import Store, open_store

DRIVER = "driver"
"""What the driver holds instead of a shard; the name of a shard ends in a digest."""
AT_ONCE = 16
"""Marks that a store is asked for at a time."""


class Place(Protocol):
    """What a driver asks of it. name: as units are told; folder: of this machine, for what a cluster writes."""

    @property
    def name(self) -> str: ...  # noqa: D102 (see above)

    @property
    def folder(self) -> Path: ...  # noqa: D102

    def marks(self, slugs: Iterable[str] | None = None) -> dict[str, Mark]:
        """Those of the shards that are whole, of these or of all, by name. Raises ArchiveDamaged for a torn one."""
        ...

    def alone(self, command: str) -> AbstractContextManager[None]:
        """Be the only driver for as long as the block lasts. Raises Locked."""
        ...

    def read(self, name: str) -> str | None:
        """A small text that the driver has kept; None where there is none."""
        ...

    def write(self, name: str, text: str) -> None:
        """Keep one, whole or not at all."""
        ...

    def remove(self, name: str) -> None:
        """Keep it no longer."""
        ...

    def keep_report(self, began: datetime, verb: Verb, text: str, keep: int) -> str:
        """Keep a report beside those of the newest runs, so many. Returns where it is."""
        ...


@dataclass(frozen=True, slots=True)
class Folder:
    """A folder that all workers see."""

    folder: Path

    @property
    def name(self) -> str:
        """Its path."""
        return str(self.folder)

    def marks(self, slugs: Iterable[str] | None = None) -> dict[str, Mark]:
        """See Place."""
        shards = whole(self.folder) if slugs is None else (Shard(self.folder, slug) for slug in slugs)
        found = ((shard.slug, shard.mark()) for shard in shards)
        return {slug: mark for slug, mark in found if mark}

    @contextmanager
    def alone(self, command: str) -> Iterator[None]:
        """See Place."""
        locks = self.folder / LOCKS
        locks.mkdir(parents=True, exist_ok=True)
        with locked(locks, command, name=f"{DRIVER}.lock"):
            yield

    def read(self, name: str) -> str | None:
        """See Place."""
        try:
            return (self.folder / name).read_text("utf-8")
        except FileNotFoundError:
            return None

    def write(self, name: str, text: str) -> None:
        """See Place."""
        write_whole(self.folder / name, text)

    def remove(self, name: str) -> None:
        """See Place."""
        (self.folder / name).unlink(missing_ok=True)

    def keep_report(self, began: datetime, verb: Verb, text: str, keep: int) -> str:
        """See Place."""
        reports = self.folder / REPORTS
        reports.mkdir(parents=True, exist_ok=True)
        path = free_name(reports, began, verb, ".json")
        write_whole(path, text)
        rotate(reports, {".json"}, keep)
        return str(path)


@dataclass(frozen=True)
class Elsewhere:
    """A place behind a store. url: as it was given; scratch: where this machine works on what stands behind stores."""

    url: str
    scratch: Path

    @cached_property
    def store(self) -> Store:
        """What is there. Raises UsageError, ArchiveError."""
        return open_store(self.url, create=True)

    @property
    def name(self) -> str:
        """Its URL."""
        return self.url

    @property
    def folder(self) -> Path:
        """That of its units on this machine."""
        return folder_of(self.scratch, self.url)

    def marks(self, slugs: Iterable[str] | None = None) -> dict[str, Mark]:
        """See Place. A list, and of each shard that is there a list and its manifest."""
        there = {slug for slug in self.store.folders() if not slug.startswith(".")}
        with ThreadPoolExecutor(AT_ONCE) as pool:
            asked = sorted(there if slugs is None else there.intersection(slugs))
            found = zip(asked, pool.map(self._mark, asked), strict=True)
            return {slug: mark for slug, mark in found if mark}

    def _mark(self, slug: str) -> Mark | None:
        manifest = newest(self.store, slug)
        return Mark.of(manifest.mark, f"{self.url}/{slug}: its manifest") if manifest and manifest.mark else None

    @contextmanager
    def alone(self, command: str) -> Iterator[None]:
        """See Place. By a lease, as units have them; one whose driver died on this machine is not waited for."""
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise DiskFull(str(self.folder), error.strerror or str(error), "Name another --scratch") from error
        with ExitStack() as held:
            try:
                held.enter_context(leased(self.store, DRIVER, command, 0, lambda _: None))
            except Locked as error:
                raise Locked(self.url, error.why, "Wait for it to end, or leave it to that run") from error
            yield

    def read(self, name: str) -> str | None:
        """See Place."""
        found = self.store.get(name)
        return None if found is None else found.decode("utf-8", "replace")

    def write(self, name: str, text: str) -> None:
        """See Place."""
        self.store.put(name, text.encode())

    def remove(self, name: str) -> None:
        """See Place."""
        self.store.delete([name])

    def keep_report(self, began: datetime, verb: Verb, text: str, keep: int) -> str:
        """See Place."""
        data = text.encode("utf-8", "backslashreplace")
        keys = (f"{REPORTS}/{name}" for name in names(began, verb, ".json"))
        key = next(key for key in keys if self.store.create(key, data))
        kept = [one.key.rpartition("/")[2] for one in self.store.listed(REPORTS)]
        self.store.delete(f"{REPORTS}/{name}" for name in surplus(kept, {".json"}, keep))
        return f"{self.store.url}/{key}"


def slug_behind(url: str) -> str:
    """The name of the shard of a WARC file behind a store; of its content no more is asked for than tells it.

    Raises ArchiveError.
    """
    parent, _, name = url.rpartition("/")
    return slug_of_file(name, *open_store(parent).head(name, HEAD))


def folder_of(scratch: Path, url: str) -> Path:
    """Where the shards of a place are worked on: its name is readable, and no other place's."""
    parts = urlsplit(url.rstrip("/"))
    readable = re.sub("[^a-z0-9]+", "-", f"{parts.netloc}{parts.path}".lower()).strip("-")[:60]
    return scratch / f"{readable or 'shards'}-{blake2b(url.rstrip('/').encode(), digest_size=4).hexdigest()}"
