"""What a shard behind a store consists of: one object that names all others, written last.

    SLUG/manifests/00000007.json    the state that the holder of lease 7 has left
    SLUG/00000007/archive.db        a file that it has written
    SLUG/00000005/warc/….warc.gz    one that has not changed since lease 5

Nothing that a manifest names is ever written over, and the greatest number counts. So a reader sees one state or the
next, never a half, and whoever was taken for dead can write what he likes.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import PurePosixPath
from typing import Any

from archiver.errors import ArchiveDamaged, ArchiveTooNew
from archiver.storage.stores import Store

FORMAT = 1
FOLDER = "manifests"
_KEY = re.compile(rf"/{FOLDER}/([0-9]{{8}})\.json$")
_TRIES = 20


@dataclass(frozen=True, slots=True)
class Entry:
    """A file. generation: of the lease under which it was written; size: in bytes; sha256: of its content, in hex."""

    generation: int
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """A state of a shard. files: by their path in the shard.

    mark: what stands in `shard.json`; None: it is not whole.
    """

    generation: int
    files: Mapping[str, Entry]
    mark: Mapping[str, Any] | None

    def text(self) -> bytes:
        """As it is written."""
        files = {name: asdict(entry) for name, entry in self.files.items()}
        whole = {"format": FORMAT, "generation": self.generation, "mark": self.mark, "files": files}
        return json.dumps(whole, ensure_ascii=False, indent=1).encode() + b"\n"


def key_of(slug: str, generation: int) -> str:
    """Where a manifest stands."""
    return f"{slug}/{FOLDER}/{generation:08d}.json"


def place_of(slug: str, name: str, generation: int) -> str:
    """Where a file stands."""
    return f"{slug}/{generation:08d}/{name}"


def newest(store: Store, slug: str) -> Manifest | None:
    """The state that counts; None when there is none. Raises ArchiveDamaged, ArchiveTooNew."""
    for _ in range(_TRIES):
        keys = [one.key for one in store.listed(f"{slug}/{FOLDER}") if _KEY.search(one.key)]
        if not keys:
            return None
        text = store.get(keys[-1])
        if text is not None:
            return read(f"{store.url}/{keys[-1]}", text)
        # Removed since it was listed, so there is a newer one.
    raise ArchiveDamaged(f"{store.url}/{slug}", "its manifest is listed and not there", "Run the same command again")


def read(where: str, text: bytes) -> Manifest:
    """A manifest as it was written. Raises ArchiveDamaged, ArchiveTooNew."""
    try:
        said = json.loads(text)
        if said["format"] > FORMAT:
            raise ArchiveTooNew(where, "it was written by a newer version", "Update blog-archiver")
        files = {
            _inside(name): Entry(int(one["generation"]), int(one["size"]), str(one["sha256"]))
            for name, one in said["files"].items()
        }
        return Manifest(int(said["generation"]), files, said["mark"])
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        why, todo = "it is no manifest of a shard", "Delete that object, and crawl the blog again"
        raise ArchiveDamaged(where, why, todo) from error


def _inside(name: str) -> str:
    """A path that stays in its folder. Raises ValueError."""
    path = PurePosixPath(name)
    if not name or path.is_absolute() or ".." in path.parts or "\\" in name or str(path) != name:
        raise ValueError(name)
    return name


def shards(store: Store) -> Iterator[tuple[str, Manifest]]:
    """The shards behind a store, by name, those that are not whole as well. Raises what `newest` raises."""
    for slug in store.folders():
        if not slug.startswith(".") and (manifest := newest(store, slug)):
            yield slug, manifest
