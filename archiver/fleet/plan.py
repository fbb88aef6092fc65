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
from archiver.fleet.places import Place, slug_behind
from archiver.fleet.resolve import addresses
from archiver.fleet.shards import of_file, slug_of

WAIT = 120
"""Seconds that a unit waits for an earlier attempt to end: it may hold its blog for a minute after its worker died."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """What the units of a run have in common. place: of the shards; python: the workers' interpreter; options: of
    `run-one`, as words."""

    verb: Verb
    place: Place
    python: str
    again: bool = False
    options: tuple[str, ...] = ()

    def words(self, target: str) -> tuple[str, ...]:
        """The command of one unit. -P: what lies about in a directory is not taken for a module."""
        own = (
            f"--shards={self.place.name}",
            f"--verb={self.verb}",
            f"--wait={WAIT}",
            *(["--again"] if self.again else []),
        )
        return (self.python, "-P", "-m", "archiver", "run-one", target, *own, "--json", *self.options)


def of_blogs(work: Work, blogs: Iterable[BlogConfig], *, resolve: bool) -> tuple[list[Unit], list[Row]]:
    """A unit for each blog. resolve: whether DNS is asked, so that blogs at one address are known to be."""
    found = [(blog.url, slug_of(blog.url)) for blog in blogs]
    return _planned(work, found, keyed([target for target, _ in found], resolve=resolve))


def of_files(work: Work, files: Iterable[Path | str]) -> tuple[list[Unit], list[Row]]:
    """A unit for each WARC file, of which strings are URLs; they share nothing.

    Raises OSError or ArchiveError for one that cannot be read.
    """
    found = [
        (file, slug_behind(file)) if isinstance(file, str) else (str(file.absolute()), of_file(Path(), file).slug)
        for file in files
    ]
    return _planned(work, found, [()] * len(found))


def keyed(urls: Sequence[str], *, resolve: bool) -> list[tuple[Key, ...]]:
    """The keys of each URL."""
    known = addresses(host_of(url) for url in urls) if resolve else {}
    return [keys_of(url, known.get(host_of(url), ())) for url in urls]


def blogs_there(place: Place) -> Iterator[str]:
    """The URLs of the blogs whose shards are whole."""
    return (mark.target for mark in place.marks().values() if "://" in mark.target)


def _planned(
    work: Work, found: Sequence[tuple[str, str]], keys: Sequence[tuple[Key, ...]]
) -> tuple[list[Unit], list[Row]]:
    units, rows = [], []
    marks = {} if work.again or work.verb == "update" else work.place.marks([slug for _, slug in found])
    for (target, slug), own in zip(found, keys, strict=True):
        units.append(Unit(target, slug, work.words(target), own))
        row, mark = Row(target, slug), marks.get(slug)
        if mark and mark.settles(work.verb):
            row.exit_code, row.why, row.ended = mark.exit_code, mark.reason or "", mark.told(target, slug)
        rows.append(row)
    return units, rows
