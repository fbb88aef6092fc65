"""Which units a run has, by which command each is done, and what they share with others."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from archiver.config import BlogConfig
from archiver.crawl.hosts import host_of
from archiver.fleet.driver import Row, Unit
from archiver.fleet.ended import Verb
from archiver.fleet.groups import Key, keys_of
from archiver.fleet.resolve import addresses
from archiver.fleet.shards import Shard, of_blog, of_file, whole

WAIT = 120
"""Seconds that a unit waits for an earlier attempt to end: it may hold its blog for a minute after its worker died."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """What the units of a run have in common. python: the workers' interpreter; options: of `run-one`, as words."""

    verb: Verb
    shards: Path
    python: str
    again: bool = False
    options: tuple[str, ...] = ()

    def words(self, target: str) -> tuple[str, ...]:
        """The command of one unit. -P: what lies about in a directory is not taken for a module."""
        own = (f"--shards={self.shards}", f"--verb={self.verb}", f"--wait={WAIT}", *(["--again"] if self.again else []))
        return (self.python, "-P", "-m", "archiver", "run-one", target, *own, "--json", *self.options)


def of_blogs(work: Work, blogs: Iterable[BlogConfig], *, resolve: bool) -> tuple[list[Unit], list[Row]]:
    """A unit for each blog. resolve: whether DNS is asked, so that blogs at one address are known to be."""
    found = [(blog.url, of_blog(work.shards, blog.url)) for blog in blogs]
    return _planned(work, found, keyed([target for target, _ in found], resolve=resolve))


def of_files(work: Work, files: Iterable[Path]) -> tuple[list[Unit], list[Row]]:
    """A unit for each WARC file; they share nothing. Raises OSError for one that cannot be read."""
    found = [(str(file.absolute()), of_file(work.shards, file)) for file in files]
    return _planned(work, found, [()] * len(found))


def keyed(urls: Sequence[str], *, resolve: bool) -> list[tuple[Key, ...]]:
    """The keys of each URL."""
    known = addresses(host_of(url) for url in urls) if resolve else {}
    return [keys_of(url, known.get(host_of(url), ())) for url in urls]


def blogs_there(shards: Path) -> Iterator[str]:
    """The URLs of the blogs whose shards are whole."""
    for shard in whole(shards):
        mark = shard.mark()
        if mark and "://" in mark.target:
            yield mark.target


def _planned(
    work: Work, found: Sequence[tuple[str, Shard]], keys: Sequence[tuple[Key, ...]]
) -> tuple[list[Unit], list[Row]]:
    units, rows = [], []
    for (target, shard), own in zip(found, keys, strict=True):
        units.append(Unit(target, shard.slug, work.words(target), own))
        row = Row(target, shard.slug)
        mark = shard.mark()
        if mark and not work.again and mark.settles(work.verb):
            row.exit_code, row.why, row.ended = mark.exit_code, mark.reason or "", mark.told(target, shard.slug)
        rows.append(row)
    return units, rows
