"""The spider of whole blogs: asks each blog's session what to fetch, and hands it what came.

`archiver crawl URL…` runs it with its sessions made; `scrapy crawl blog -a url=https://…` makes them
itself (-a archive=DIR, ./archive by default; several URLs apart by commas).
"""

from __future__ import annotations

import asyncio
import hashlib
import sqlite3
from base64 import b32encode
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import scrapy
from scrapy.crawler import Crawler
from scrapy.http import Response
from twisted.python.failure import Failure

from archiver.config import BlogConfig, blog_configs, find_config, read_config
from archiver.crawl.explain import explain
from archiver.crawl.progress import Progress
from archiver.crawl.session import Answer, Job, Session
from archiver.urls import host_key
from db import Archive, Writer, open_archive
from spiders.pages import page_of, user_agent


class BlogSpider(scrapy.Spider):
    """Crawls blogs, each by its session."""

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
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        directory = Path(archive)
        self._blogs = list(blogs) or blog_configs([part for part in url.split(",") if part.strip()], read_config(find_config(directory)))
        self._archive: Archive = open_archive(directory, create=True)
        self._writer: Writer = self._archive.writer()
        self.progress = progress or Progress()
        self.sessions = [
            Session(blog, self._archive, self._writer, self.progress, command=command, restart=bool(restart))
            for blog in self._blogs
        ]
        self.failure: Exception | None = None
        self._something_came = asyncio.Event()
        self._stopping = False

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> BlogSpider:
        """Make the spider and listen for the end, so that the archive is closed however it comes."""
        spider = super().from_crawler(crawler, *args, **kwargs)
        crawler.signals.connect(spider.on_closed, signal=scrapy.signals.spider_closed)
        return spider

    async def start(self) -> AsyncIterator[Any]:
        """Give out requests as the sessions ask for them, until all have ended."""
        self.progress.start(self._blogs)
        try:
            async for request in self._requests():
                yield request
        except Exception as error:  # Scrapy would log it and call the crawl finished
            self.failure = self.failure or error

    async def _requests(self) -> AsyncIterator[scrapy.Request]:
        while not self._stopping and not all(session.finished for session in self.sessions):
            self._something_came.clear()
            gave = False
            for session in self.sessions:
                for job in session.jobs():
                    gave = True
                    yield self._request(session, job)
            if not gave and not all(session.finished for session in self.sessions):
                wait = min((session.wait() for session in self.sessions if not session.finished), default=0.05)
                try:
                    await asyncio.wait_for(self._something_came.wait(), timeout=min(wait, 1.0))
                except TimeoutError:
                    continue

    def _request(self, session: Session, job: Job) -> scrapy.Request:
        self._be_polite(job.url, session)
        headers = {"User-Agent": user_agent(session.config, self.settings["USER_AGENT"])}
        return scrapy.Request(
            job.url,
            headers=headers,
            callback=self.parse,
            errback=self.on_error,
            dont_filter=True,
            meta={"session": session, "job": job, "handle_httpstatus_all": True},
        )

    def _be_polite(self, url: str, session: Session) -> None:
        """Give the host's download slot its delay: the longest that any blog on it asks for."""
        assert self.crawler.engine is not None
        downloader = self.crawler.engine.downloader
        host = host_key(url).partition(":")[0] if "[" not in url else host_key(url)
        slots = downloader.per_slot_settings
        for key in (host, f"www.{host}"):
            delay = max(session.delay, slots.get(key, {}).get("delay", 0.0))
            slots[key] = {"concurrency": 1, "delay": delay, "jitter": 0}
            if key in downloader.slots:
                downloader.slots[key].delay = delay

    def parse(self, response: Response) -> Iterator[Any]:
        """Hand a response to its session."""
        session, job = response.meta["session"], response.meta["job"]
        answer = Answer(
            fetched_at=datetime.now(UTC),
            elapsed=response.meta.get("download_latency"),
            page=page_of(response, job.target.url),
            digest="sha1:" + b32encode(hashlib.sha1(response.body, usedforsecurity=False).digest()).decode(),
            size=len(response.body),
        )
        self._hand(lambda: session.received(job, answer))
        yield from ()

    def _hand(self, over: Callable[[], None]) -> None:
        """Hand something to a session. What it raises is the archive's trouble: everything stops, cleanly."""
        try:
            over()
        except Exception as error:  # whatever it is, nothing more can be stored
            self.failure = self.failure or error
            self._stopping = True
        self._something_came.set()

    def on_error(self, failure: Failure) -> None:
        """Tell a session that no response came."""
        request = failure.request  # type: ignore[attr-defined]  # Scrapy puts it there
        session, job = request.meta["session"], request.meta["job"]
        answer = Answer(fetched_at=datetime.now(UTC), error=explain(failure.value))
        self._hand(lambda: session.failed(job, answer))

    def on_closed(self, reason: str) -> None:
        """End what has not ended, and close the archive."""
        self._stopping = True
        del reason
        with suppress(sqlite3.Error):  # the failure that stopped it is told instead
            for session in self.sessions:
                session.stop("interrupted", "stopped before it was done; the same command goes on from here", 130)
        self._writer.close()
        self.progress.finish([session.outcome for session in self.sessions if session.outcome])

