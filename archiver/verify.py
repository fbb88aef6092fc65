"""`archiver verify`: is everything that an archive promises there, and right? And the mending of what can be mended.

Only what follows from something that is there is mended: a search index from its table, the place of a record
from the record, the index of the WARC files from these. Nothing is made up, and nothing is deleted.
"""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Callable, Collection, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

from archiver.crawl.lock import locked, standing_still
from archiver.crawl.recorder import recover
from archiver.privacy.redact import settle
from archiver.warc import cdxj
from archiver.warc.check import Found, check
from db import Writer, checks, open_archive
from db.archive import Archive


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that is wrong. where: what it concerns; todo: how to mend it by hand; mended: it has been."""

    where: str
    what: str
    todo: str
    mended: bool = False


@dataclass(slots=True)
class Verdict:
    """What was looked at, and what is wrong with it. unchecked: search indexes that could not be looked at."""

    fetches: int = 0
    records: int = 0
    problems: list[Problem] = field(default_factory=list)
    unchecked: tuple[str, ...] = ()

    @property
    def is_sound(self) -> bool:
        """Whether nothing is wrong, or nothing any more."""
        return all(problem.mended for problem in self.problems)


REPAIR = "Run `archiver verify --repair`"
EXTRACT = "Run `archiver extract`, which makes the tables anew from the WARC files"
COPY = "Restore it from a copy"


def verify(archive: Path, *, repair: bool = False, advance: Callable[[int], object] = bool) -> Verdict:
    """Check an archive. Raises ArchiveMissing, ArchiveDamaged when it cannot be opened at all, and Locked.

    One that cannot be written to is looked at as it stands, but for what SQLite checks by way of writing.
    """
    opened = open_archive(archive)  # not created by looking for it
    if not repair and not opened.can_be_written():
        with standing_still(archive), closing(opened.connect()) as connection:
            return _looked_at(opened, connection, Verdict(unchecked=checks.INDEXES), None, advance)
    with locked(archive, "verify"):
        opened = open_archive(archive, create=True)
        if repair:
            settle(opened)
        with closing(opened.writer()) as writer:
            return _looked_at(opened, writer.connection, Verdict(), writer if repair else None, advance)


def _looked_at(
    archive: Archive,
    connection: sqlite3.Connection,
    verdict: Verdict,
    mender: Writer | None,
    advance: Callable[[int], object],
) -> Verdict:
    """The verdict, filled in. mender: by what is mended what can be; None: nothing is."""
    repair = mender is not None
    verdict.problems += _database(connection)
    verdict.problems += _search(connection, verdict.unchecked, repair=repair)
    was_current = cdxj.is_current(archive.directory)
    if repair:
        verdict.problems += _left_open(archive)
    found = check(archive.directory, advance)
    verdict.records = len(found.records)
    verdict.problems += _files(found)
    verdict.problems += _rows(connection, found, verdict, mender)
    verdict.problems += _index(archive.directory, was_current=was_current, repair=repair)
    return verdict


def _database(connection: sqlite3.Connection) -> Iterator[Problem]:
    for line in checks.integrity(connection):
        yield Problem("archive.db", line, f"Move it away. {EXTRACT}")
    for line in checks.references(connection):
        yield Problem("archive.db", line, EXTRACT)


def _search(connection: sqlite3.Connection, unchecked: Collection[str], *, repair: bool) -> Iterator[Problem]:
    for index in checks.broken_indexes(connection, [one for one in checks.INDEXES if one not in unchecked]):
        if repair:
            checks.rebuild_index(connection, index)
        yield Problem(index, "the search index does not agree with its table", REPAIR, mended=repair)


def _left_open(archive: Archive) -> Iterator[Problem]:
    recovered = recover(archive)
    if recovered:
        yield Problem("warc", str(recovered), "", mended=True)


def _files(found: Found) -> Iterator[Problem]:
    for name in found.open:
        yield Problem(name, "it was left open by a run that was killed", REPAIR)
    for name, what in found.problems:
        yield Problem(name, what, COPY)


def _rows(connection: sqlite3.Connection, found: Found, verdict: Verdict, mender: Writer | None) -> Iterator[Problem]:
    """Rows whose record is not where they say. One that lies elsewhere is found by URL, date and digest."""
    elsewhere = {(seen.date, seen.digest): place for place, seen in found.records.items()}
    moves: dict[str, tuple[str, int, int] | None] = {}
    counts: Counter[tuple[str, str, bool]] = Counter()
    for row in checks.recorded(connection):
        verdict.fetches += row["warc_file"] is not None
        place = (row["warc_file"], row["warc_offset"])
        if f"{place[0]}.open" in found.open:
            continue  # told already
        seen = found.records.get(place)
        if seen and seen.digest == row["digest"] and seen.length == row["warc_length"]:
            continue
        other = elsewhere.get((row["fetched_at"], row["digest"]))
        if row["warc_file"] is None and other is None:
            continue  # fetched with --no-warc
        moves[row["id"]] = (*other, found.records[other].length) if other else None
        what = "the record of {} is another one" if seen else "the record of {} is not there"
        counts[row["warc_file"] or "archive.db", what, other is not None] += 1
    for (file, what, is_there), number in counts.items():
        where = " but elsewhere" if is_there else ""
        count = f"{number} rows" if number > 1 else "a row"
        todo = REPAIR if is_there else f"{COPY}; `archiver verify --repair` makes the rows say that they have none"
        yield Problem(file, what.format(count) + where, todo, mended=mender is not None)
    if mender and moves:
        with mender.transaction():
            for fetch_id, to in moves.items():
                checks.move_record(connection, fetch_id, to)


def _index(archive: Path, *, was_current: bool, repair: bool) -> Iterator[Problem]:
    """was_current: before files that were left open were closed, which also brings the index up to date."""
    if not was_current or not cdxj.is_current(archive):
        if repair:
            cdxj.write(archive)
        yield Problem(cdxj.FILE, "it does not list the WARC files as they are", REPAIR, mended=repair)
