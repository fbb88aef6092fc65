"""The spider of whole blogs: asks each blog's session what to fetch, and hands it what came.

`archiver crawl URL…` runs it; so does `scrapy crawl blog -a url=https://…` from a checkout
(-a archive=DIR, ./archive by default; several URLs apart by commas).
"""

from __future__ import annotations

import asyncio
import sqlite3
import sys
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import scrapy
from scrapy.crawler import Crawler

from archiver.config import BlogConfig, blog_configs, find_config, read_config
from archiver.crawl.collecting import AMONG_RESPONSES, collect_seldom
from archiver.crawl.fetch import Fetcher, NotAsked
from archiver.crawl.jobs import Answer, Job, utc_now
from archiver.crawl.progress import PlainProgress, Progress
from archiver.crawl.reader import InlineReader, ProcessReader, Reader
from archiver.crawl.reading import Question
from archiver.crawl.recorder import Recorder
from archiver.crawl.render import NotRendered, Renderer, is_wanting
from archiver.crawl.session import Session
from archiver.crawl.shared import Shared
from archiver.crawl.signals import Signals
from archiver.crawl.turnstile import Turnstile
from archiver.engines import engines
from archiver.errors import ArchiveError
from db import open_archive

UNREAD = 4
"""Pages of a blog that may wait to be read; beyond, nothing more is fetched from it."""
PATIENCE = 100
"""Pages until it is written when people and terms that are known were seen last."""
NO_ITEMS: tuple[Any, ...] = ()  # everything goes into the archive by way of the sessions
LONGEST_NAP = 1.0  # seconds; what is put off may become due by other ways than time


class BlogSpider(scrapy.Spider):
    """Crawls blogs side by side, each by its session. failure: what ended all of them, such as a full disk.

    clock: the time of day, by which everything is dated and put off. turnstile: folder of the locks by which workers
    that have other blogs leave a host to each other.
    """

    name = "blog"

    def __init__(
        self,
        url: str = "",
        archive: str | Path = "archive",
        *,
        blogs: Sequence[BlogConfig] = (),
        progress: Progress | None = None,
        command: str = "crawl",
        restart: bool | str = False,
        signals: Signals | None = None,
        clock: Callable[[], datetime] = utc_now,
        **kwargs: Any,
    ) -> None:
        self._turnstile = Turnstile(kwargs.pop("turnstile", None))
        super().__init__(**kwargs)
        directory = Path(archive)
        urls = [part for part in url.split(",") if part.strip()]
        self._blogs = list(blogs) or blog_configs(urls, read_config(find_config(directory)))
        opened = open_archive(directory, create=True)
        recorder = Recorder(opened) if any(blog.warc for blog in self._blogs) else None
        self._shared = Shared(
            opened,
            opened.writer(PATIENCE, clock),
            progress or PlainProgress(sys.stderr),
            command=command,
            restart=str(restart).lower() in {"1", "true", "yes"},
            clock=clock,
            recorder=recorder,
        )
        self.sessions = [self.session(blog, self._shared) for blog in self._blogs]
        self.failure: Exception | None = None
        self._tasks: list[asyncio.Task[None]] = []
        self._signals = signals or Signals()
        self._ended = False

    def session(self, blog: BlogConfig, shared: Shared) -> Session:
        """What works a blog off."""
        return Session(blog, shared)

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> BlogSpider:
        """Make the spider and listen for the end, so that the archive is closed however it comes."""
        spider = super().from_crawler(crawler, *args, **kwargs)
        spider.equip(crawler)
        return spider

    def equip(self, crawler: Crawler) -> None:
        """Take what Scrapy has made: the downloader, the settings, the signals."""
        self._fetcher = Fetcher(crawler, self._shared.hosts, self._shared.clock, self._turnstile)
        self._renderer = Renderer(self._fetcher)
        in_process = crawler.settings.getbool("ARCHIVER_READER_PROCESS")
        self._reader: Reader = ProcessReader() if in_process else InlineReader()
        crawler.signals.connect(self.on_closed, signal=scrapy.signals.spider_closed)

    async def start(self) -> AsyncIterator[Any]:
        """Work until all sessions have ended, or until Scrapy is told to stop, which cancels this."""
        self._signals.watch()
        self._shared.progress.start(self._blogs)
        if isinstance(self._reader, ProcessReader):
            self._reader.start()
        await asyncio.sleep(0)  # it is on its way
        engines()  # loaded now, not when the host waits for the next request
        collect_seldom(AMONG_RESPONSES)
        self._tasks = [asyncio.create_task(self._work(session)) for session in self.sessions]
        try:
            await asyncio.wait(self._tasks)
        finally:
            self._fetcher.stopping.set()
        for item in NO_ITEMS:
            yield item

    async def _work(self, session: Session) -> None:
        """Work a blog off: fetch the next page while the last ones are being read."""
        reading: set[asyncio.Task[None]] = set()
        try:
            while not session.outcome and not self._fetcher.stopping.is_set():
                job = session.next() if len(reading) < UNREAD else None
                if job is None:
                    reading = await self._nap(session, reading)
                elif (answer := await self._fetched(session, job)) is not None:
                    question = session.received(job, answer)
                    if question:
                        reading.add(asyncio.create_task(self._read(session, job, answer, question)))
            await asyncio.gather(*reading)
        except Exception as error:  # noqa: BLE001 (the archive's trouble, or our own mistake: nothing more can be stored)
            self.failure = self.failure or error
            self._fetcher.stopping.set()
        finally:
            for task in reading:  # what is left after a failure
                task.cancel()
            await asyncio.gather(*reading, return_exceptions=True)

    async def _fetched(self, session: Session, job: Job) -> Answer | None:
        try:
            answer = await self._fetcher.get(job.url, job.target.url, session.config, job.conditions)
        except NotAsked:
            session.unasked(job)
            return None
        return session.recorded(job, answer)

    async def _read(self, session: Session, job: Job, answer: Answer, question: Question) -> None:
        reading = await self._reader.read(question)
        if session.config.render and is_wanting(question.target, question.page, reading):
            try:
                shown = await self._renderer.render(question.page, session.config, session.barred)
            except NotRendered as error:
                reading = replace(reading, error=f"it holds no post, and a browser could not show it ({error})")
            else:
                answer = session.rendered(job, answer, shown)
                assert answer.page is not None
                reading = await self._reader.read(replace(question, page=answer.page))
        session.read(job, answer, reading)

    async def _nap(self, session: Session, reading: set[asyncio.Task[None]]) -> set[asyncio.Task[None]]:
        """Wait for a page to be read, or for the time when there is work again. Returns what is still being read."""
        if session.outcome:
            return reading
        stop = asyncio.create_task(self._fetcher.stopping.wait())
        nap = LONGEST_NAP if reading else min(session.wait(), LONGEST_NAP)
        await asyncio.wait({stop, *reading}, timeout=nap, return_when=asyncio.FIRST_COMPLETED)
        stop.cancel()
        for task in reading:
            if task.done():
                task.result()  # raises what went wrong
        return {task for task in reading if not task.done()}

    async def on_closed(self) -> None:
        """Let what is in flight come to its end, then close."""
        self._fetcher.stopping.set()
        if self._tasks:
            await asyncio.wait(self._tasks)
        await self._renderer.close()
        await self._reader.close()
        self.end()

    def end(self) -> None:
        """End what has not ended, and close the archive. Only the first call does something."""
        if self._ended:
            return
        self._ended = True
        why = self.failure.why if isinstance(self.failure, ArchiveError) else "stopped before it was done"
        for session in self.sessions:
            try:
                session.stop("interrupted", f"{why}; the same command goes on from here", self._signals.exit_code)
            except (ArchiveError, sqlite3.Error) as error:  # the run has no end on record, like one that was killed
                self.failure = self.failure or error
        if self._shared.recorder:
            with suppress(ArchiveError):  # told already, or the next run closes the file
                self._shared.recorder.close()
        self._shared.writer.close()
        self._shared.progress.finish([session.outcome for session in self.sessions if session.outcome])
