"""`archiver import`: the blog pages of WARC files that others have made, taken into an archive."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from pathlib import Path

from archiver import __version__
from archiver.crawl.clock import Clock
from archiver.crawl.jobs import Job, fetch_of
from archiver.crawl.lock import locked
from archiver.crawl.reader import ProcessReader
from archiver.crawl.reading import Question
from archiver.crawl.recorded import Asked, answer_of, note_of
from archiver.crawl.recorder import Recorder, recover
from archiver.engines import check
from archiver.errors import NotABlog
from archiver.model import Site, Target
from archiver.privacy.redact import settle
from archiver.reread import foreign
from archiver.reread.guess import target_of
from archiver.reread.replay import question_of, visit_again
from archiver.urls import url_key, within
from archiver.warc.reader import Record
from archiver.warc.records import Place, digest
from db import Writer, open_archive

SCRATCH = "import.tmp"
_HELD = """SELECT warc_file, warc_offset, warc_length, crawl_id, error FROM fetches
WHERE url = ? AND fetched_at = ? AND digest = ?"""
"""A response that is in the archive. error: it was put on record, and its run killed before it was read."""


@dataclass(slots=True)
class Imported:
    """What came of it. known: responses that the archive has already; blogs: engine by site key."""

    pages: int = 0
    known: int = 0
    posts: int = 0
    comments: int = 0
    blogs: dict[str, str] = field(default_factory=dict)
    failed: list[str] = field(default_factory=list)


def import_files(
    archive: Path,
    files: Sequence[Path],
    *,
    home: str | None = None,
    engine: str | None = None,
    advance: Callable[[int], object] = bool,
) -> Imported:
    """Take the blog pages of WARC and WACZ files into an archive, which is made where there is none.

    home: only this blog. engine: of all their pages, whatever they look like. Raises NotABlog when no engine knows any
    page, ArchiveDamaged for a file that is none, UsageError for an engine that does not exist.
    """
    check(engine)
    opened = open_archive(archive, create=True)
    done = Imported()
    with locked(archive, "import"), foreign.opened(files, archive / SCRATCH) as paths:
        recover(opened)
        settle(opened)

        def records() -> Iterator[Record]:
            for path in paths:
                yield from foreign.records(path, [])

        blogs = foreign.blogs(records(), home, engine)
        if not blogs:
            names = ", ".join(file.name for file in files)
            raise NotABlog(
                names, "no blog is known in it", "Name the blog with --url, and how to read it with --engine"
            )
        with closing(opened.writer()) as writer:
            recorder = Recorder(opened)
            try:
                asyncio.run(_read_files(Import(writer, recorder, blogs, done), paths, advance))
            finally:
                recorder.close()
        settle(opened)
    done.blogs = {blog.site.key: blog.engine for blog in blogs}
    return done


class Import:
    """Takes responses into the archive as those of runs of its own, one for each blog."""

    def __init__(
        self,
        writer: Writer,
        recorder: Recorder,
        blogs: Sequence[foreign.Blog],
        done: Imported,
        *,
        command: str = "import",
    ) -> None:
        self.done = done
        self._writer, self._recorder, self._blogs = writer, recorder, blogs
        self._targets: dict[str, Target] = {}  # what other pages say of a URL
        self._sites = {blog.site.key: blog.site for blog in blogs}
        self._clocks: dict[str, Clock] = defaultdict(Clock)
        self._runs = {
            blog.site.key: writer.begin_crawl(blog.site, command=command, version=__version__, settings={})
            for blog in blogs
        }

    def end(self, outcome: str, reason: str) -> None:
        """End the runs."""
        for crawl_id in self._runs.values():
            self._writer.end_crawl(crawl_id, outcome=outcome, reason=reason, counts={"pages": self.done.pages})

    def of_blogs(self, path: Path, damaged: list[str]) -> Iterator[tuple[Record, foreign.Blog]]:
        """The responses of a file that are of these blogs."""
        for record in foreign.records(path, damaged):
            blog = next((blog for blog in self._blogs if within(record.url, blog.site.home)), None)
            if blog and not record.is_revisit:  # what has not changed brings nothing
                yield record, blog

    async def look(self, reader: ProcessReader, record: Record, blog: foreign.Blog) -> None:
        """Take note of where a page leads."""
        page = foreign.page(record)
        target = target_of(page, blog.site) if page else None
        if page and target and page.ok:
            question = Question(page=page, target=target, site=blog.site, engine=blog.engine, named=blog.named)
            reading = await reader.read(question)
            for found in reading.discovery.targets:
                self._targets.setdefault(url_key(found.url), found)

    async def take(self, reader: ProcessReader, record: Record, blog: foreign.Blog) -> None:
        """Put a response on record, and read it."""
        page = foreign.page(record)
        target = target_of(page, blog.site) if page else None
        if page is None or target is None:
            return
        told = self._targets.get(url_key(record.url))
        target = replace(told, url=target.url) if told else target
        await self._read(reader, record, self._sites[blog.site.key], blog, target)

    async def _read(
        self, reader: ProcessReader, record: Record, site: Site, blog: foreign.Blog, target: Target
    ) -> None:
        """Put a response on record as ours, and read it as the re-reading of our own will."""
        at, wanted = foreign.moment(record.date), digest(record.body)
        held = self._writer.connection.execute(_HELD, (target.url, at, wanted)).fetchone()
        if held and held["error"] is None:
            self.done.known += 1
            return
        crawl_id = held["crawl_id"] if held else self._runs[site.key]
        job, engine = Job(target, record.url), blog.engine
        asked = Asked(job=job, site=site, engine=engine, crawl_id=crawl_id, named=blog.named)
        exchange = replace(foreign.exchange(record), note=note_of(asked, None))
        # What a killed run has put on record is read now.
        place = Place(*tuple(held)[:3]) if held else self._recorder.record(exchange, target.url)
        ours = replace(record, date=at, digest=wanted, offset=place.offset, length=place.length)
        answer = answer_of(ours, place.file, record.body, target.url)
        question = question_of(asked, answer)
        reading = await reader.read(question) if question else None
        clock = self._clocks[site.key]
        visit = visit_again(asked, answer, question, reading, clock) if question and reading else None
        if visit is None:
            self._writer.note(site, target, fetch_of(asked.job, answer), crawl_id)
            return
        self._sites[site.key] = replace(site, timezone=visit.site.timezone, utc_offset=visit.site.utc_offset)
        saved = self._writer.save_again(visit, crawl_id)
        for found in visit.discovery.targets:
            self._targets.setdefault(url_key(found.url), found)
        self.done.pages += 1
        self.done.posts += saved.new_posts
        self.done.comments += saved.new_comments
        if reading and reading.error:
            self.done.failed.append(f"{record.url}: {reading.error}")


async def _read_files(taking: Import, paths: Sequence[Path], advance: Callable[[int], object]) -> None:
    """Go through the files twice: what links say of a page is known before it is read."""
    reader = ProcessReader()
    try:
        for path in paths:
            for record, blog in taking.of_blogs(path, []):
                await taking.look(reader, record, blog)
        for path in paths:
            for record, blog in taking.of_blogs(path, taking.done.failed):
                await taking.take(reader, record, blog)
            advance(path.stat().st_size)
    finally:
        await reader.close()
    taking.end("limit", "imported from WARC files")
