"""The unit of work: one blog, or one WARC file, brought to its end in a shard of its own.

It may be killed at any moment, and called again anywhere: it goes on where the shard is, and does nothing when that is
whole. What is whole already is worked on where it stands, since an archive can be read while it is written.
"""

from __future__ import annotations

import os
import shutil
import socket
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from archiver import __version__
from archiver.config import BlogConfig
from archiver.config_runs import Keep
from archiver.crawl.jobs import stamp
from archiver.crawl.progress import Progress
from archiver.crawl.recorded import asked_of
from archiver.crawl.revisits import Scope
from archiver.crawl.run import run
from archiver.errors import ArchiveDamaged, ArchiveMissing, Incomplete, LimitReached
from archiver.fleet.ended import DONE, Ended, Verb
from archiver.fleet.fence import fenced
from archiver.fleet.shards import HOSTS, MARK, Mark, Shard, of_blog, of_file
from archiver.reread.extract import extract
from archiver.reread.importing import import_files
from archiver.warc.reader import responses
from archiver.warc.records import DIRECTORY, SUFFIX
from db import open_archive

LOOKED_AT = 20
"""Responses of a WARC file that are looked at to see whose it is."""
_HELD = "SELECT (SELECT count(*) FROM posts WHERE kind = 'post'), (SELECT count(*) FROM comments)"
_LAST = "SELECT outcome, reason FROM crawls ORDER BY started_at DESC, id DESC LIMIT 1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What is to be done. file: the WARC file to read again; blog: which blog, or which one of the file alone.

    again: also when it is whole. wait: seconds to wait for another worker. jobs: processes that read a WARC file.
    ended: is given the report of a run.
    """

    shards: Path
    target: str
    verb: Verb
    blog: BlogConfig | None = None
    file: Path | None = None
    again: bool = False
    wait: float = 0.0
    jobs: int = 1
    scope: Scope = field(default_factory=Scope)
    keep: Keep = field(default_factory=Keep)
    ended: Callable[[dict[str, Any]], None] = lambda _: None


@dataclass(frozen=True, slots=True)
class _Came:
    """What one attempt came to. whole: whether nothing is left to do."""

    outcome: str
    exit_code: int
    reason: str | None
    whole: bool
    requests: int = 0


def perform(order: Order, progress: Progress) -> Ended:
    """Do what is to be done, or go on with it. Raises Locked when another worker is at it, and what its verb raises."""
    began = time.monotonic()
    shard = shard_of(order)
    command = f"run-one --verb {order.verb} {order.target}"
    with fenced(shard, command, order.wait, lambda line: progress.note(shard.slug, line)) as fence:
        shard.settle()
        mark = shard.mark()
        if mark and not order.again and mark.settles(order.verb):
            return _told(order, shard, began, _Came(mark.outcome, 0, mark.reason, whole=True), idle=True)
        if mark and order.verb != "update":
            (shard.final / MARK).unlink()  # from here on it is not whole; whoever goes on need not know of --again
        came = _WAYS[order.verb](order, shard, progress)
        if came.whole:
            fence.check()
            shard.finish(_mark(order, shard, came))
        return _told(order, shard, began, came)


def shard_of(order: Order) -> Shard:
    """Where it is done. Raises OSError for a file that cannot be read."""
    if order.file:
        return of_file(order.shards, order.file)
    assert order.blog is not None
    return of_blog(order.shards, order.blog.url)


def _place(shard: Shard) -> Path:
    return shard.final if shard.final.is_dir() else shard.part


def _crawl(order: Order, shard: Shard, progress: Progress) -> _Came:
    assert order.blog is not None
    if not shard.final.is_dir() and (came := _ended_before(shard.part)):
        return came
    (outcome,) = run(
        _place(shard),
        [order.blog],
        progress=progress,
        keep=order.keep,
        ended=order.ended,
        turnstile=order.shards / HOSTS,
    )
    code = outcome.exit_code
    if code == LimitReached.exit_code and order.blog.max_time is None and order.blog.max_requests is None:
        code = 0  # a number of posts was asked for, and is there; of time and requests the next call has as many again
    return _Came(outcome.outcome, code, outcome.reason, code in DONE, outcome.stats.requests)


def _ended_before(where: Path) -> _Came | None:
    """What the crawl in a shard came to, where it ended and who ran it was killed before the shard was marked."""
    try:
        with closing(open_archive(where).connect()) as connection:
            row = connection.execute(_LAST).fetchone()
    except ArchiveMissing:
        return None
    codes = {"complete": 0, "incomplete": Incomplete.exit_code}
    return _Came(row[0], codes[row[0]], row[1], whole=True) if row and row[0] in codes else None


def _update(order: Order, shard: Shard, progress: Progress) -> _Came:
    if shard.mark() is None:
        return _crawl(order, shard, progress)
    assert order.blog is not None
    (outcome,) = run(
        shard.final,
        [order.blog],
        command="update",
        progress=progress,
        keep=order.keep,
        ended=order.ended,
        turnstile=order.shards / HOSTS,
        scope=order.scope,
    )
    code = outcome.exit_code
    return _Came(outcome.outcome, code, outcome.reason, code in DONE, outcome.stats.requests)


def _extract(order: Order, shard: Shard, progress: Progress) -> _Came:
    where = _place(shard)
    if order.file is None:
        return _read_again(where, order.jobs)
    progress.note(shard.slug, f"reading {order.file}")
    if not _is_ours(order.file):
        done = import_files(where, [order.file], home=order.blog.url if order.blog else None)
        return _read(done.pages, done.failed)
    (where / DIRECTORY).mkdir(parents=True, exist_ok=True)
    _linked(order.file, where / DIRECTORY / order.file.name)
    return _read_again(where, order.jobs)


def _read_again(where: Path, jobs: int) -> _Came:
    report = extract(where, jobs=jobs)
    return _read(report.pages, [*report.failed, *report.tally.unread])


def _read(pages: int, failed: list[str]) -> _Came:
    if not failed:
        return _Came("complete", 0, f"{pages} pages read", whole=True)
    return _Came("incomplete", Incomplete.exit_code, f"{len(failed)} could not be read: {failed[0]}", whole=True)


def _is_ours(file: Path) -> bool:
    """Whether a WARC file is of one of our crawls, which have noted what they knew. Raises ArchiveDamaged."""
    if not file.name.endswith(SUFFIX):
        return False
    try:
        for number, record in enumerate(responses(file)):
            if record.note:
                asked_of(record.note, record.url)
                return True
            if number == LOOKED_AT:
                break
    except ArchiveDamaged as error:
        if "no WARC file" in error.why:
            raise
    except ValueError:
        pass
    return False


def _linked(file: Path, place: Path) -> None:
    """Have a file in a second place: by a hard link where the file system can, else as a copy, whole or not at all."""
    if place.exists():
        return
    try:
        os.link(file, place)
    except OSError:
        copy = place.with_name(f".{place.name}.copy")
        shutil.copyfile(file, copy)
        copy.rename(place)


def _mark(order: Order, shard: Shard, came: _Came) -> Mark:
    posts, comments = _held(_place(shard))
    return Mark(
        target=order.file.name if order.file else order.target,
        verb=order.verb,
        version=__version__,
        outcome=came.outcome,
        exit_code=came.exit_code,
        reason=came.reason,
        posts=posts,
        comments=comments,
        done_at=stamp(datetime.now(UTC)),
    )


def _told(order: Order, shard: Shard, began: float, came: _Came, *, idle: bool = False) -> Ended:
    posts, comments = _held(_place(shard))
    return Ended(
        target=order.target,
        slug=shard.slug,
        exit_code=came.exit_code,
        outcome=came.outcome,
        reason=came.reason,
        idle=idle,
        posts=posts,
        comments=comments,
        requests=came.requests,
        seconds=round(time.monotonic() - began, 2),
        host=socket.gethostname(),
    )


def _held(where: Path) -> tuple[int, int]:
    """Posts and comments; none when it never came to a database."""
    try:
        with closing(open_archive(where).connect()) as connection:
            posts, comments = connection.execute(_HELD).fetchone()
    except ArchiveMissing:
        return 0, 0
    return int(posts), int(comments)


_WAYS: dict[Verb, Callable[[Order, Shard, Progress], _Came]] = {
    "crawl": _crawl,
    "update": _update,
    "extract": _extract,
}
