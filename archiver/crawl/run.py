"""Running a crawl: one process, one reactor, one spider, any number of blogs."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import scrapy.core.downloader.contextfactory  # noqa: F401 (first, since it asks for the whole stack)
from scrapy.crawler import AsyncCrawlerProcess, Crawler
from scrapy.settings import Settings

import archiver.settings
from archiver.config import BlogConfig
from archiver.config_runs import Keep
from archiver.crawl import reader_process
from archiver.crawl.lock import locked
from archiver.crawl.logs import Noted, log_begin, log_end, logged
from archiver.crawl.outcome import DetectResult, Outcome
from archiver.crawl.progress import Progress
from archiver.crawl.recorder import recover
from archiver.crawl.render import check_installed
from archiver.crawl.signals import Signals
from archiver.engines import check
from archiver.page import Page
from archiver.privacy.redact import settle
from archiver.reports.keeping import keep_report
from archiver.reports.run_report import Report, Run, report_of
from db import open_archive


def settings() -> Settings:
    """Our settings over Scrapy's."""
    found = Settings()
    found.setmodule("archiver.settings", priority="project")
    return found


def run(
    archive_dir: Path,
    blogs: Sequence[BlogConfig],
    *,
    progress: Progress,
    command: str = "crawl",
    restart: bool = False,
    keep: Keep | None = None,
    ended: Callable[[Report], None] = lambda _: None,
    **arguments: Any,
) -> list[Outcome]:
    """Crawl blogs into an archive, or update them, and return how each ended. Ctrl-C ends what is in flight first.

    command: crawl or update. arguments: more for the spider, which is the one of that name.

    keep: of how many runs reports and logs are kept. ended: is given the report when the archive is free
    again, also of a run that was ended by an error; one that never began has none.

    Raises UsageError for an engine that does not exist, ArchiveError before anything is fetched when the
    archive cannot be written, and Locked when another run is writing to it.
    """
    for blog in blogs:
        check(blog.engine)
    if any(blog.render for blog in blogs):
        check_installed()
    with _reader_ahead():
        return _run(archive_dir, blogs, progress, command, keep or Keep(), ended, {"restart": restart, **arguments})


def _reader_ahead() -> AbstractContextManager[None]:
    """The process that reads, before there are threads."""
    return reader_process.ahead() if archiver.settings.ARCHIVER_READER_PROCESS else nullcontext()


def _run(
    archive_dir: Path,
    blogs: Sequence[BlogConfig],
    progress: Progress,
    command: str,
    keep: Keep,
    ended: Callable[[Report], None],
    arguments: dict[str, Any],
) -> list[Outcome]:
    """See run."""
    archive = open_archive(archive_dir, create=True)  # what is wrong with it is said before the reactor starts
    called = f"{command} {' '.join(blog.url for blog in blogs)}"
    with locked(archive_dir, called), logged(archive_dir, command, keep.logs):
        began = datetime.now(UTC)
        log_begin(command, blogs, restart=arguments["restart"])
        noted = Noted(progress)
        recovered = recover(archive)
        if recovered:
            noted.note("archive", str(recovered))
        settle(archive)
        signals, about = Signals(), {"progress": noted, "command": command, **arguments}
        name = "blog" if command == "crawl" else command
        spider = run_spider(name, signals, archive=archive_dir, blogs=blogs, signals=signals, **about)
        # Ctrl-C twice leaves the reactor before the spider has been closed.
        spider.end()
        if not spider.failure:
            settle(archive)  # the blog may show what was taken down here
        outcomes = [session.outcome for session in spider.sessions if session.outcome]
        told = Run(command=command, began=began, ended=datetime.now(UTC), outcomes=outcomes, failure=spider.failure)
        log_end(outcomes, told.exit_code, spider.failure)
        report = report_of(told, archive)
        keep_report(report, archive_dir, began, keep.reports)
    ended(report)
    if spider.failure:
        raise spider.failure
    return outcomes


def detect(blogs: Sequence[BlogConfig]) -> list[DetectResult]:
    """Look at the front page of each blog; nothing is stored."""
    with logged(None):
        signals = Signals()
        results: list[DetectResult] = run_spider("detect", signals, blogs=blogs).results
    if signals.last:
        signals.leave()
    return results


def look_at(blog: BlogConfig) -> Page:
    """Fetch one page, robots.txt obeyed; nothing is stored. Raises SiteError."""
    with logged(None):
        signals = Signals()
        spider = run_spider("look", signals, blogs=[blog])
    if signals.last:
        signals.leave()
    if spider.page is None:
        raise spider.results[0].error
    page: Page = spider.page
    return page


def run_spider(name: str, watched: Signals, **arguments: Any) -> Any:
    """Run a spider to its end, and return it. By name: the spiders stand above this module."""
    process = AsyncCrawlerProcess(settings())
    # Scrapy sets its handlers just before the loop begins; a spider begins only some time after that.
    asyncio.get_event_loop().call_soon(watched.watch)
    crawler: Crawler = process.create_crawler(name)
    crawl: asyncio.Task[None] = process.crawl(crawler, **arguments)
    process.start()
    failure = crawl.exception() if crawl.done() and not crawl.cancelled() else None
    if failure:
        raise failure
    if crawler.spider is None:
        watched.leave()
    return crawler.spider
