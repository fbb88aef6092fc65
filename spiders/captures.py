"""The spider behind `archiver crawl --from wayback`: asks a web archive for what it holds of a blog, and takes that in.

A web archive is a host like any other: its robots.txt, one request at a time, its pauses. What is in the archive
already is not asked for again, so that a run which was stopped goes on.
"""

from __future__ import annotations

import re
import time
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import scrapy
from scrapy.crawler import Crawler

from archiver.config import BlogConfig
from archiver.crawl import retry
from archiver.crawl.fetch import Fetcher, NotAsked
from archiver.crawl.hosts import Hosts
from archiver.crawl.jobs import Job, said, utc_now
from archiver.crawl.reader import ProcessReader
from archiver.crawl.recorder import Recorder
from archiver.crawl.robots import Robots
from archiver.engines import engines
from archiver.errors import NotABlog, PageError, Refused, SiteError, Unreachable
from archiver.model import Target, TargetKind
from archiver.page import Page
from archiver.reread import foreign
from archiver.reread.captures import Capture, Holder
from archiver.reread.importing import Import, Imported
from archiver.urls import canonical, host_key, url_key
from archiver.warc.reader import Record
from db import Archive

NO_ITEMS: tuple[Any, ...] = ()  # everything goes into the archive
AGAIN = "Run the same command again later: it goes on from here"
_KNOWN = "SELECT 1 FROM fetches WHERE url = ? AND fetched_at = ? AND error IS NULL"


class Spent(Exception):
    """A limit is met: the run ends."""


class CapturesSpider(scrapy.Spider):
    """Fills `done`, a blog after the other. failure: what ended it. limit: the option that did."""

    name = "captures"

    def __init__(
        self,
        *,
        blogs: Sequence[BlogConfig],
        archive: Archive,
        holder: Holder,
        scratch: Path,
        told: Callable[[str], object] = bool,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self._blogs, self._archive, self._holder, self._scratch, self._told = blogs, archive, holder, scratch, told
        self._hosts = Hosts()
        self._rules: dict[str, Robots] = {}
        self.done = Imported()
        self.failure: Exception | None = None
        self.limit = ""
        self.was_stopped = False
        self._requests, self._began = 0, time.monotonic()

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> CapturesSpider:
        """Make the spider with what it fetches by."""
        spider = super().from_crawler(crawler, *args, **kwargs)
        spider.equip(crawler)
        return spider

    def equip(self, crawler: Crawler) -> None:
        """Take what Scrapy has made, and listen for its end."""
        self._fetcher = Fetcher(crawler, self._hosts)
        crawler.signals.connect(self._fetcher.stopping.set, signal=scrapy.signals.spider_closed)

    async def start(self) -> AsyncIterator[Any]:
        """Work off the blogs."""
        engines()
        writer, recorder, reader = self._archive.writer(), Recorder(self._archive), ProcessReader()
        try:
            for blog in self._blogs:
                await _Blog(self, blog, Taking(writer, recorder, reader, self.done)).run()
        except Exception as error:  # noqa: BLE001 (told by the runner, when the archive has been closed)
            self.failure = error
        finally:
            self._fetcher.stopping.set()
            await reader.close()
            recorder.close()
            writer.close()
        for item in NO_ITEMS:
            yield item

    # -- asking -----------------------------------------------------------------------------------

    async def get(self, url: str, blog: BlogConfig, headers: dict[str, str] | None = None) -> Page:
        """One answer of the web archive, as patiently as a blog is asked. Raises SiteError, Spent."""
        rules = await self._rules_of(url, blog)
        job = Job(Target(url=url, kind=TargetKind.API), url)
        while True:
            if not rules.allows(job.url):
                raise Refused(job.url, rules.why or "its robots.txt disallows it", "Ask the web archive's staff")
            page = await self._asked(job, blog, headers)
            if isinstance(page, Page):
                return page
            job = page

    async def _rules_of(self, url: str, blog: BlogConfig) -> Robots:
        host = host_key(url)
        if host not in self._holder.hosts:
            raise Refused(url, "it is no address of the web archive", "Check --from-url")
        if host not in self._rules:
            self._hosts.slow_down(url, blog.delay)
            scheme = url.partition("://")[0]
            place = f"{scheme}://{url.split('/', 3)[2]}/robots.txt"
            answer: Page | Job = Job(Target(url=place, kind=TargetKind.ROBOTS), place)
            while isinstance(answer, Job):
                answer = await self._asked(answer, blog, None)
            self._rules[host] = Robots.from_answer(answer.status, answer.body)
            self._hosts.slow_down(url, max(blog.delay, self._rules[host].delay))
        return self._rules[host]

    async def _asked(self, job: Job, blog: BlogConfig, headers: dict[str, str] | None) -> Page | Job:
        """What came, or what is to be asked instead. Raises SiteError, Spent."""
        self._spend(blog)
        try:
            answer = await self._fetcher.get(job.url, job.target.url, blog, headers)
        except NotAsked as error:
            self.was_stopped = True
            raise Spent from error
        decision = retry.decide(job, answer, delay=blog.delay, now=utc_now())
        match decision:
            case retry.Follow(onward):
                if host_key(onward.url) not in self._holder.hosts:
                    raise Unreachable(job.url, f"it redirects to another host: {onward.url}", "Check --from-url")
                return onward
            case retry.Later(why, wait, _):
                self._hosts.failed(job.url)
                if wait > retry.LONGEST_WAIT or self._hosts.is_away(job.url):
                    raise Unreachable(job.url, why, AGAIN)
                self._hosts.pause(job.url, wait.total_seconds())
                return replace(job, attempts=job.attempts + 1)
            case retry.Lost(why):
                raise Unreachable(
                    job.url, why, answer.failure.todo if answer.failure and answer.failure.todo else AGAIN
                )
        assert answer.page is not None
        self._hosts.answered(job.url)
        return answer.page

    def _spend(self, blog: BlogConfig) -> None:
        self._requests += 1
        if blog.max_requests is not None and self._requests > blog.max_requests:
            self.limit = f"--max-requests {blog.max_requests}"
            raise Spent
        if blog.max_time is not None and time.monotonic() - self._began >= blog.max_time:
            self.limit = f"--max-time {blog.max_time:g}"
            raise Spent

    # -- what the spider's blogs need -------------------------------------------------------------

    @property
    def holder(self) -> Holder:
        """Who is asked."""
        return self._holder

    def record(self, capture: Capture, page: Page) -> Record:
        """The capture in an answer. Raises PageError."""
        return self._holder.record(capture, page, self._scratch)

    def is_away(self, url: str) -> bool:
        """Whether a host does not answer any more, whatever it is asked for."""
        return self._hosts.is_away(url)

    def note(self, line: str) -> None:
        """Tell a person how far it is."""
        self._told(line)


class Taking:
    """What takes captures in: the archive's writers, and the process that reads pages."""

    def __init__(self, writer: Any, recorder: Recorder, reader: ProcessReader, done: Imported) -> None:
        self.writer, self.recorder, self.reader, self.done = writer, recorder, reader, done

    def holds(self, capture: Capture) -> bool:
        """Whether a capture is in the archive."""
        query = (canonical(capture.url), foreign.moment(capture.date))
        return self.writer.connection.execute(_KNOWN, query).fetchone() is not None


class _Blog:
    """One blog. waiting: records that came before an engine knew the blog."""

    def __init__(self, spider: CapturesSpider, config: BlogConfig, taking: Taking) -> None:
        self._spider, self._config, self._taking = spider, config, taking
        self._waiting: list[Record] = []
        self._import: Import | None = None
        self._blogs: list[foreign.Blog] = []
        self._listed = 0
        self._seen: set[Capture] = set()  # those of the front page, which come in two lists
        self._data: list[Capture] = []  # feeds come last: their texts outrank pages, whose changes would not be seen
        self._patterns = [[re.compile(one) for one in group] for group in (config.include, config.exclude)]

    async def run(self) -> None:
        """List, fetch, take in. Raises SiteError; what was taken in stays."""
        outcome, reason = "limit", f"taken from {self._spider.holder.name}"
        try:
            await self._lists()
            await self._fetched(self._data)
            self._begin(at_last=True)
            await self._take_waiting()
        except Spent:
            outcome = "interrupted" if self._spider.was_stopped else "limit"
            reason = "stopped before it was done" if self._spider.was_stopped else self._spider.limit
        except SiteError as error:
            outcome, reason = "failed", str(error)
            raise
        finally:
            if self._import:
                self._import.end(outcome, reason)

    async def _lists(self) -> None:
        lists = self._spider.holder.lists(self._config.url)
        sent: bytes | None = None
        while True:
            try:
                given = lists.send(sent)
            except StopIteration:
                return
            except PageError as error:
                raise Unreachable(error.what, error.why, error.todo) from error
            sent = None
            if isinstance(given, str):
                page = await self._spider.get(given, self._config)
                if not page.ok and page.status != 404:
                    raise Unreachable(page.url, f"it answers {said(page.status)}", "Check --from-url")
                sent = page.body if page.ok else None
            else:
                wanted = sorted((one for one in given if self._is_wanted(one)), key=lambda one: (one.url, one.at))
                self._data += [one for one in wanted if not one.is_page]
                await self._fetched([one for one in wanted if one.is_page])

    def _is_wanted(self, capture: Capture) -> bool:
        include, exclude = self._patterns
        url = capture.url
        return (not include or any(one.search(url) for one in include)) and not any(one.search(url) for one in exclude)

    async def _fetched(self, captures: Sequence[Capture]) -> None:
        for capture in captures:
            if capture in self._seen:
                continue
            if url_key(capture.url) == url_key(self._config.url):
                self._seen.add(capture)
            self._listed += 1
            if self._listed % 50 == 0:
                self._spider.note(f"{self._config.url}: {self._listed} captures, {self._taking.done.pages} pages read")
            if self._taking.holds(capture):
                self._taking.done.known += 1
                continue
            url, headers = self._spider.holder.request(capture)
            try:
                record = self._spider.record(capture, await self._spider.get(url, self._config, headers))
            except (PageError, Unreachable) as error:
                if self._spider.is_away(url):
                    raise
                self._taking.done.failed.append(str(error))
                continue
            self._waiting.append(record)
            self._begin()
            await self._take_waiting()

    def _begin(self, *, at_last: bool = False) -> None:
        """Enter the blog, once an engine knows what came. Raises NotABlog when none does."""
        if self._import:
            return
        taking, config = self._taking, self._config
        self._blogs = foreign.blogs(iter(self._waiting), config.url, config.engine)
        if self._blogs:
            self._import = Import(taking.writer, taking.recorder, self._blogs, taking.done, command="crawl")
            taking.done.blogs |= {blog.site.key: blog.engine for blog in self._blogs}
        elif len(self._waiting) >= foreign.LOOKED_AT or (at_last and not self._taking.done.known):
            held = f"{self._spider.holder.name} holds {self._listed} captures of it, and no blog is known in them"
            raise NotABlog(config.url, held, "Give the blog's front page, or force an engine with --engine")

    async def _take_waiting(self) -> None:
        if self._import is None:
            return
        records, self._waiting = self._waiting, []
        for record in records:
            await self._import.take(self._taking.reader, record, self._blogs[0])
