"""A shard brought here and back: what has changed, whole, and so that any state of it can be told from any other."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

from archiver.errors import ArchiveDamaged, ArchiveMissing, DiskFull, Locked
from archiver.storage.lease import Lease
from archiver.storage.manifest import FOLDER, Entry, Manifest, key_of, place_of
from archiver.storage.stores import AGAIN, LOST, PIECE, Store
from db.archive import DATABASE, Archive
from db.failures import explained

LOCAL = {"lock", f"{DATABASE}-wal", f"{DATABASE}-shm"}
"""What tells of a run on this machine, or goes into the copy of the database."""
PART = ".fetched"


def fetch(store: Store, slug: str, manifest: Manifest, folder: Path) -> None:
    """Make a folder that which a manifest names. What is there already and the same is left; what is not named goes.

    May be cut short anywhere and called again. Raises ArchiveDamaged for an object that is missing or another one,
    DiskFull.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for path in _files(folder):
            if path.relative_to(folder).as_posix() not in manifest.files:
                path.unlink()
    except OSError as error:
        raise DiskFull(str(folder), error.strerror or str(error), f"Free some space there. {AGAIN}") from error
    for name, entry in manifest.files.items():
        path = folder / name
        if not (path.is_file() and (path.stat().st_size, digest(path)) == (entry.size, entry.sha256)):
            fetch_file(store, place_of(slug, name, entry.generation), entry, path)


def fetch_file(store: Store, key: str, entry: Entry, path: Path) -> None:
    """Put an object into a file, which is there when it is whole. Raises ArchiveDamaged, DiskFull."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}{PART}")
    try:
        came = store.get_file(key, part)
        if came != (entry.size, entry.sha256):
            why = f"it is not what its manifest names ({came[0]} bytes of {entry.size}, or others)"
            raise ArchiveDamaged(f"{store.url}/{key}", why, LOST)
        part.replace(path)
    except ArchiveMissing as error:
        raise ArchiveDamaged(error.what, "a manifest names it, and it is not there", LOST) from error
    finally:
        part.unlink(missing_ok=True)


def send(folder: Path, lease: Lease, base: Manifest | None, mark: Mapping[str, Any] | None, scratch: Path) -> Manifest:
    """Bring a shard to its store, in the name of a lease: what has changed since `base`, then the manifest.

    scratch: a file for the copy of the database. Nobody may write to the shard meanwhile. May be cut short anywhere:
    until the manifest is there the state before counts. Raises Locked when the lease was lost, ArchiveError.
    """
    store, slug, generation = lease.store, lease.slug, lease.generation
    entries: dict[str, Entry] = {}
    sources: dict[str, Path] = {}
    for name, path in _sources(folder, scratch):
        entry = Entry(generation, path.stat().st_size, digest(path))
        before = base.files.get(name) if base else None
        same = before is not None and (before.size, before.sha256) == (entry.size, entry.sha256)
        entries[name], sources[name] = (before if same and before else entry), path
    manifest = Manifest(generation, entries, mark)
    if base and (base.files, base.mark) == (manifest.files, manifest.mark):
        return base
    lease.check()
    _put_missing(store, slug, manifest, sources)
    lease.check()
    key = key_of(slug, generation)
    if not store.create(key, manifest.text()) and store.get(key) != manifest.text():
        raise Locked(f"{store.url}/{key}", "another run has written it", AGAIN)
    _clean(store, slug, manifest)
    return manifest


def _put_missing(store: Store, slug: str, manifest: Manifest, sources: Mapping[str, Path]) -> None:
    """Put what the store does not have: what is new, and what somebody has removed meanwhile."""
    there = {one.key: one.size for one in store.listed(slug)}
    for name, entry in manifest.files.items():
        key = place_of(slug, name, entry.generation)
        if entry.generation == manifest.generation or there.get(key) != entry.size:
            store.put_file(key, sources[name])


def _clean(store: Store, slug: str, manifest: Manifest) -> None:
    """Remove what no state names that counts from now on. What a later lease has written is none of our business."""
    named = {place_of(slug, name, entry.generation) for name, entry in manifest.files.items()}
    named.add(key_of(slug, manifest.generation))
    after, folder = place_of(slug, "", manifest.generation + 1), f"{slug}/{FOLDER}/"
    old = [one.key for one in store.listed(slug) if one.key not in named]
    store.delete(
        key for key in old if (key < key_of(slug, manifest.generation) if key.startswith(folder) else key < after)
    )


def _sources(folder: Path, scratch: Path) -> Iterator[tuple[str, Path]]:
    """The files of a shard by name, the database first, and as a copy: it is one state, without its log."""
    if (folder / DATABASE).is_file():
        scratch.parent.mkdir(parents=True, exist_ok=True)
        scratch.unlink(missing_ok=True)
        with (
            explained(folder / DATABASE),
            closing(Archive(folder).connect()) as source,
            closing(sqlite3.connect(scratch)) as copy,
        ):
            source.backup(copy)
        yield DATABASE, scratch
    for path in sorted(_files(folder)):
        name = path.relative_to(folder).as_posix()
        if name != DATABASE and name not in LOCAL and not path.name.startswith("."):
            yield name, path


def _files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file() and not path.is_symlink()]


def digest(path: Path) -> str:
    """SHA-256 of a file."""
    hashed = hashlib.sha256()
    with path.open("rb") as file:
        while piece := file.read(PIECE):
            hashed.update(piece)
    return hashed.hexdigest()
