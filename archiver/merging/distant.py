"""Shards behind a store, brought here one at a time for as long as they are read."""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from archiver.errors import ArchiveDamaged, ArchiveError, StoreAway, UsageError
from archiver.merging.shards import AGAIN, Shard, find
from archiver.storage.manifest import FOLDER, Manifest, newest
from archiver.storage.stores import Store, open_store
from archiver.storage.transfer import fetch
from db.archive import DATABASE

FETCHED = "fetched.tmp"
"""The folder of the output into which they are brought."""
TRIES = 5
"""Times that one is brought anew which a worker brings up to date meanwhile."""
NOMINAL = 1_000_000
"""Bytes that count for one of them before it is here: asking for each of many would take long."""


@dataclass(frozen=True, slots=True)
class Distant(Shard):
    """A shard behind a store. directory: where it is brought."""

    store: Store
    slug: str

    @property
    def name(self) -> str:
        """Its URL."""
        return f"{self.store.url}/{self.slug}"

    @property
    def key(self) -> str:
        """Its URL: where it is brought does not matter."""
        return self.name

    @property
    def size(self) -> int:
        """See `NOMINAL`."""
        return NOMINAL

    @property
    def state(self) -> str:
        """Changes whenever its database does. Raises ArchiveError: it is not whole yet."""
        return self._manifest().files[DATABASE].sha256

    @property
    def is_distant(self) -> bool:
        """It is."""
        return True

    @contextmanager
    def here(self) -> Iterator[None]:
        """Bring it here, or what of it is not here already, and remove it at the end. Raises ArchiveError."""
        try:
            self._bring()
            yield
        except StoreAway:
            raise  # the next run goes on with what is here
        except BaseException:
            shutil.rmtree(self.directory, ignore_errors=True)
            raise
        shutil.rmtree(self.directory, ignore_errors=True)

    def _bring(self) -> None:
        for _ in range(TRIES):
            manifest = self._manifest()
            try:
                fetch(self.store, self.slug, manifest, self.directory)
            except ArchiveDamaged:
                if self._manifest() == manifest:
                    raise
                continue  # a worker has sent a newer state meanwhile
            return
        raise ArchiveError(self.name, "workers send one state of it after the other", AGAIN)

    def _manifest(self) -> Manifest:
        manifest = newest(self.store, self.slug)
        if manifest is None or manifest.mark is None or DATABASE not in manifest.files:
            raise ArchiveError(self.name, "it is not whole yet", AGAIN)
        return manifest


def find_all(names: Iterable[Path | str], output: Path) -> list[Shard]:
    """The shards that are meant, each once; strings are URLs. Raises UsageError, and ArchiveError for a store."""
    found: dict[str, Shard] = {}
    for name in names:
        shards = _behind(name, output) if isinstance(name, str) else find([name], output)
        found |= {shard.key: shard for shard in shards if shard.key not in found}
    return list(found.values())


def _behind(url: str, output: Path) -> Iterator[Distant]:
    store = open_store(url)
    slugs = [slug for slug in store.folders() if not slug.startswith(".")]
    if FOLDER in slugs:  # one shard is meant
        above, _, slug = store.url.rpartition("/")
        store, slugs = open_store(above), [slug]
    if not slugs:
        raise UsageError(url, "there is no shard there", "Name the place of shards, or one of them")
    for slug in slugs:
        folder = output / FETCHED / slug
        yield Distant(folder, folder / DATABASE, store, slug)
