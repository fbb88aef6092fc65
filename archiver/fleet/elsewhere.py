"""A unit of work whose shard stands behind a store: brought into a scratch folder, worked on there, and sent back.

    SCRATCH/bucket-prefix-0a1b2c3d/     a folder of shards as any other, for one place; empty when nothing is under way
      .bases/SLUG                       the state (the number of a manifest, 0: none) that a shard here has grown from

What stands here after a kill is gone on with as long as the store still has the state that it has grown from. When
another machine has gone on meanwhile, what it has left there counts.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, replace
from pathlib import Path

from archiver.crawl.progress import Progress
from archiver.errors import DiskFull
from archiver.fleet.ended import Ended
from archiver.fleet.places import folder_of
from archiver.fleet.shards import Mark, Shard
from archiver.fleet.unit import Order, perform, shard_of
from archiver.reports.files import write_whole
from archiver.storage.lease import leased
from archiver.storage.manifest import Manifest, newest
from archiver.storage.stores import Store, open_store
from archiver.storage.transfer import fetch, send

BASES, COPIES, FILES = ".bases", ".copies", ".files"


def perform_elsewhere(order: Order, url: str, progress: Progress) -> Ended:
    """Do what is to be done on a shard behind a store. order.shards: the folder to do it in, see `folder_of`.

    Raises Locked when another worker is at it, ArchiveError for the store, and what its verb raises.
    """
    store, shard = open_store(url, create=True), shard_of(order)
    base = newest(store, shard.slug)
    if ended := _idle(order, shard, base):
        return ended
    command, least = f"run-one --verb {order.verb} {order.target}", base.generation if base else 0

    def told(line: str) -> None:
        progress.note(shard.slug, line)

    with leased(store, shard.slug, command, order.wait, told, least=least) as lease:
        base = newest(store, shard.slug)  # of whom we have waited for
        if ended := _idle(order, shard, base):
            return ended
        _bring(store, shard, base)
        ended = perform(order, progress)
        place = shard.final if shard.final.is_dir() else shard.part
        if place.is_dir():
            told(f"sending it to {url}")
            mark = shard.mark()
            send(place, lease, base, asdict(mark) if mark else None, shard.shards / COPIES / shard.slug)
        _drop(shard)
    return ended


def _idle(order: Order, shard: Shard, base: Manifest | None) -> Ended | None:
    """What is said of a shard that is whole, when nothing is to be done: it need not be brought here for that."""
    mark = Mark.of(base.mark, f"{shard.slug}: its manifest") if base and base.mark else None
    if mark is None or order.again or not mark.settles(order.verb):
        return None
    return replace(mark.told(order.target, shard.slug), exit_code=0)


def _bring(store: Store, shard: Shard, base: Manifest | None) -> None:
    """Have the state that counts here, or what has grown from it. Raises ArchiveError."""
    grown, state = shard.shards / BASES / shard.slug, str(base.generation if base else 0)
    if grown.is_file() and grown.read_text("utf-8") == state:
        return
    try:
        grown.parent.mkdir(parents=True, exist_ok=True)
        grown.unlink(missing_ok=True)  # from here on it is neither, until it is whole
        place, other = (shard.final, shard.part) if base and base.mark else (shard.part, shard.final)
        shutil.rmtree(other, ignore_errors=True)
        if base:
            fetch(store, shard.slug, base, place)
        else:
            shutil.rmtree(place, ignore_errors=True)
        write_whole(grown, state)
    except OSError as error:
        raise DiskFull(str(grown), error.strerror or str(error), "Name another --scratch") from error


def _drop(shard: Shard) -> None:
    """Leave nothing of a shard that is back in its place."""
    (shard.shards / BASES / shard.slug).unlink(missing_ok=True)
    (shard.shards / COPIES / shard.slug).unlink(missing_ok=True)
    shutil.rmtree(shard.final, ignore_errors=True)
    shutil.rmtree(shard.part, ignore_errors=True)


@contextmanager
def fetched(url: str, scratch: Path) -> Iterator[Path]:
    """A WARC file from behind a store, as a file here for as long as the block lasts. Raises ArchiveError."""
    parent, _, name = url.rpartition("/")
    place = folder_of(scratch, parent) / FILES / str(os.getpid()) / name
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise DiskFull(str(place), error.strerror or str(error), "Name another --scratch") from error
    try:
        open_store(parent).get_file(name, place)
        yield place
    finally:
        shutil.rmtree(place.parent)
