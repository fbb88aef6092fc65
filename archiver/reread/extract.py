"""The tables made anew from the archive's own WARC files, in several processes.

Pages are read by the same processes, with the same limits of time and memory, as in a live crawl; this one
goes through the WARC files, hands the pages out, and stores what comes back in the order of the records.
"""

from __future__ import annotations

import asyncio
import os
from collections import defaultdict, deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

from archiver import __version__
from archiver.crawl.clock import Clock
from archiver.crawl.jobs import fetch_of
from archiver.crawl.lock import locked, standing_still
from archiver.crawl.reader import ProcessReader
from archiver.crawl.reading import Question, Reading
from archiver.crawl.recorder import recover
from archiver.errors import ArchiveMissing
from archiver.privacy.redact import settle
from archiver.reread.platform_exports import SCHEME
from archiver.reread.replay import question_of, visit_again
from archiver.reread.sources import Source, Sources, Tally
from archiver.terminal import count
from archiver.warc.records import warc_files
from db import open_archive
from db.archive import DATABASE, Archive
from db.rebuild import Change, Rebuild

SCRATCH = "extract.tmp"
"""The folder, inside the archive if that can be written, in which the new database is made."""
AHEAD = 4
"""Pages that wait for each process."""
_UNCOVERED = "SELECT count(*) FROM fetches WHERE status BETWEEN 200 AND 299 AND warc_file IS NULL"
_FROM_EXPORTS = "SELECT 1 FROM fetches WHERE url GLOB ? LIMIT 1"


@dataclass(frozen=True, slots=True)
class Report:
    """What came of it. pages: how many were read; merged: whether the old rows were kept beside what was read again;
    why: the reason for that. changes: by table."""

    pages: int
    tally: Tally
    changes: Mapping[str, Change]
    merged: bool = False
    why: str = ""
    failed: list[str] = field(default_factory=list)


def extract(archive: Path, *, jobs: int, dry_run: bool = False, advance: Callable[[int], object] = bool) -> Report:
    """Rebuild the tables of an archive. dry_run: only say what would change.

    Where the WARC files do not hold everything (pages were fetched with --no-warc, or a file is damaged), nothing
    is dropped: what is read again is merged into the tables as they are. Raises Locked, ArchiveMissing,
    ArchiveError; the archive is then as it was.
    """
    if not warc_files(archive) and not any((archive / "warc").glob("*.open")):
        raise ArchiveMissing(str(archive), "it has no WARC files to read", "Name the archive with -a")
    opened, is_there = Archive(archive), (archive / DATABASE).exists()
    if dry_run and not (opened.can_be_written() if is_there else os.access(archive, os.W_OK)):
        # What a killed run has left open stays as it is, and is not read.
        with standing_still(archive), TemporaryDirectory() as scratch:
            return _reported(archive, Path(scratch) / SCRATCH, jobs, True, advance)
    with locked(archive, "extract"):
        if is_there:
            opened = open_archive(archive, create=True)  # also brings it up to date
            recover(opened)
            settle(opened)
        return _reported(archive, archive / SCRATCH, jobs, dry_run, advance)


def _reported(archive: Path, scratch: Path, jobs: int, dry_run: bool, advance: Callable[[int], object]) -> Report:
    why = _uncovered(archive)
    report = _rebuilt(archive, scratch, jobs, dry_run, advance, why)
    if report.tally.unread and not why:
        report = _rebuilt(archive, scratch, jobs, dry_run, bool, report.tally.unread[0])
    return report


def _uncovered(archive: Path) -> str:
    """Why the WARC files cannot stand for all that the archive has; empty when they can."""
    if not (archive / DATABASE).exists():
        return ""
    connection = open_archive(archive).connect()
    try:
        (without,) = connection.execute(_UNCOVERED).fetchone()
        exports = connection.execute(_FROM_EXPORTS, (f"{SCHEME}*",)).fetchone()
        named = {
            row[0] for row in connection.execute("SELECT DISTINCT warc_file FROM fetches WHERE warc_file IS NOT NULL")
        }
    finally:
        connection.close()
    missing = sorted(file for file in named if not (archive / file).exists())
    if missing:
        return f"{missing[0]} is missing"
    if exports:
        return "part of it was imported from exports, of which there is no WARC"
    return f"{count(without, 'response')} {'is' if without == 1 else 'are'} not on record as WARC" if without else ""


def _rebuilt(
    archive: Path, scratch: Path, jobs: int, dry_run: bool, advance: Callable[[int], object], keep: str
) -> Report:
    with Rebuild(archive, scratch, keep=bool(keep)) as rebuild:
        sources = Sources(archive, advance)
        again = _Again(rebuild)
        asyncio.run(_read(sources, jobs, again))
        changes = rebuild.finish()
        if not dry_run and not (sources.tally.unread and not keep):
            rebuild.replace()
    return Report(again.pages, sources.tally, changes, merged=bool(keep), why=keep, failed=again.failed)


class _Again:
    """Stores what is read again."""

    def __init__(self, rebuild: Rebuild) -> None:
        self.pages = 0
        self.failed: list[str] = []
        self._rebuild = rebuild
        self._clocks: dict[str, Clock] = defaultdict(Clock)
        query = "SELECT warc_file, warc_offset, crawl_id FROM fetches WHERE warc_file IS NOT NULL"
        self._runs = {(row[0], row[1]): row[2] for row in rebuild.connection.execute(query)}

    def take(self, source: Source, question: Question | None, reading: Reading | None) -> None:
        """Take the reading of a response, or that there was nothing to read."""
        asked, answer = source.asked, source.answer
        assert answer.place is not None
        crawl_id = self._runs.get((answer.place.file, answer.place.offset))
        if crawl_id is None:
            crawl_id = asked.crawl_id
            fetch = fetch_of(asked.job, answer)
            self._rebuild.know(asked.site, crawl_id, fetch.fetched_at, "extract", __version__)
            self._rebuild.note(asked.site, asked.job.target, fetch, crawl_id)
        if question is None or reading is None:
            return
        self.pages += 1
        if reading.error:
            self.failed.append(f"{question.page.url}: {reading.error}")
        visit = visit_again(asked, answer, question, reading, self._clocks[asked.site.key])
        if visit:
            self._rebuild.save(visit, crawl_id)


async def _read(sources: Sources, jobs: int, again: _Again) -> None:
    """Read all sources, `jobs` at a time, and store them in their order."""
    readers = [ProcessReader() for _ in range(jobs)]
    loads = [0] * jobs
    waiting: deque[tuple[Source, Question | None, asyncio.Task[Reading] | None]] = deque()

    async def ask(number: int, question: Question) -> Reading:
        try:
            return await readers[number].read(question)
        finally:
            loads[number] -= 1

    async def take() -> None:
        source, question, task = waiting.popleft()
        again.take(source, question, await task if task else None)

    try:
        for source in sources:
            question = question_of(source.asked, source.answer)
            task = None
            if question:
                number = loads.index(min(loads))
                loads[number] += 1
                task = asyncio.create_task(ask(number, question))
                await asyncio.sleep(0)
            waiting.append((source, question, task))
            while len(waiting) > AHEAD * jobs or (waiting and (waiting[0][2] is None or waiting[0][2].done())):
                await take()
        while waiting:
            await take()
    finally:
        for reader in readers:
            await reader.close()
