"""Running a crawl: one process, one reactor, one spider, any number of blogs."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from scrapy.crawler import AsyncCrawlerProcess
from scrapy.settings import Settings

from archiver.config import BlogConfig
from archiver.crawl.lock import locked
from archiver.crawl.outcome import DetectResult, Outcome
from archiver.crawl.progress import Progress
from archiver.crawl.session import Session
from archiver.errors import ArchiverError
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
) -> list[Outcome]:
    """Crawl blogs into an archive and return how each ended. Ctrl-C ends what is in flight first.

    Raises ArchiveError before anything is fetched when the archive cannot be written, and Locked when
    another run is writing to it.
    """
    open_archive(archive_dir, create=True)  # what is wrong with it is said before the reactor starts
    with locked(archive_dir, f"{command} {' '.join(blog.url for blog in blogs)}"):
        process = AsyncCrawlerProcess(settings())
        crawler = process.create_crawler("blog")  # by name: the spiders stand above this module
        crawl = process.crawl(
            crawler, archive=archive_dir, blogs=blogs, progress=progress, command=command, restart=restart
        )
        process.start()
        failure = crawl.exception() if crawl.done() and not crawl.cancelled() else None
        if failure:
            raise failure
    sessions: list[Session] | None = getattr(crawler.spider, "sessions", None)
    if sessions is None:
        raise ArchiverError("crawl", "it could not be started", "See the messages above")
    trouble = getattr(crawler.spider, "failure", None)
    if trouble:
        raise trouble
    return [session.outcome for session in sessions if session.outcome]


def detect(blogs: Sequence[BlogConfig]) -> list[DetectResult]:
    """Look at the front page of each blog; nothing is stored."""
    process = AsyncCrawlerProcess(settings())
    crawler = process.create_crawler("detect")
    process.crawl(crawler, blogs=blogs)
    process.start()
    results: list[DetectResult] = getattr(crawler.spider, "results", [])
    return results
