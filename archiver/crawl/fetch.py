"""Fetching over Scrapy's downloader, one request at a time to a host.

`engine.download_async` goes through Scrapy's downloader middlewares and signals like any request, but
not through its scheduler, which would hold requests that the frontier has to know of.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from datetime import datetime

import scrapy
from scrapy.crawler import Crawler
from scrapy.http import Response

from archiver.coding import BadBody, decoded
from archiver.config import BlogConfig
from archiver.crawl.addresses import addresses_of
from archiver.crawl.credentials import headers_for
from archiver.crawl.explain import explain
from archiver.crawl.hosts import Hosts, host_of
from archiver.crawl.jobs import Answer, Failure, stamp, utc_now
from archiver.crawl.retry import LONGEST_WAIT
from archiver.crawl.turnstile import Turnstile
from archiver.crawl.wire import META, Wire
from archiver.page import Page
from archiver.warc.heads import joined, without_secrets
from archiver.warc.records import Exchange, digest

STEP = 1.0  # seconds; a wait is looked at again so often, since a longer one may have come up meanwhile

PRIVATE = "If the blog is one of your own network, set private = true for it in archiver.toml"


class NotAsked(Exception):
    """The request was not made: the run ends, or the host is not to be asked for long."""


class Fetcher:
    """Fetches for all blogs of a process, each host in its own time.

    clock: by which answers are dated. turnstile: that other processes go through as well.
    """

    def __init__(
        self,
        crawler: Crawler,
        hosts: Hosts,
        clock: Callable[[], datetime] = utc_now,
        turnstile: Turnstile | None = None,
    ) -> None:
        self._crawler, self._hosts, self._clock = crawler, hosts, clock
        self._turnstile = turnstile or Turnstile()
        self._turns: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._all = asyncio.Semaphore(crawler.settings.getint("CONCURRENT_REQUESTS"))
        self._largest = crawler.settings.getint("DOWNLOAD_MAXSIZE")
        self._agent: str = crawler.settings["USER_AGENT"]
        self.stopping = asyncio.Event()

    async def get(
        self, url: str, asked: str, config: BlogConfig, conditions: Mapping[str, str] | None = None
    ) -> Answer:
        """Fetch a URL when its host's turn has come. asked: the URL before any redirect. Raises NotAsked.

        conditions: headers by which the server may answer that nothing has changed.
        """
        from twisted.internet import reactor  # not before Scrapy has chosen one

        own = headers_for(url, config)
        headers = {"User-Agent": user_agent(self._agent, config.contact), **own, **(conditions or {})}
        request = scrapy.Request(url, headers=headers, dont_filter=True)
        request.meta["download_slot"] = host_of(url)
        addresses = addresses_of(reactor)
        if config.private:
            addresses.trust(config.url)
        engine = self._crawler.engine
        assert engine is not None
        async with self._turn(url):
            if not engine.running:  # it waits for what has begun before, and cuts off what begins now
                self.stopping.set()
                raise NotAsked
            try:
                response = await engine.download_async(request)
            except asyncio.CancelledError:
                raise
            except Exception as error:  # noqa: BLE001 (whatever the network does)
                why_not = addresses.why_not(url)
                failure = Failure(why_not, todo=PRIVATE) if why_not else explain(error)
                return Answer(at=self._clock(), failure=failure)
            finally:
                self._hosts.asked(url)
        return self._answer(response, asked)

    @asynccontextmanager
    async def _turn(self, url: str) -> AsyncIterator[None]:
        """Wait until the host may be asked, and keep others from asking it meanwhile. First come, first served."""
        async with self._turns[host_of(url)]:
            while left := self._hosts.ready_in(url):
                if self._hosts.paused_for(url) > LONGEST_WAIT.total_seconds():
                    raise NotAsked
                await self._sleep(min(left, STEP))
            async with self._turnstile.passed(host_of(url), self._hosts.delay_of(url), self._sleep), self._all:
                if self.stopping.is_set():
                    raise NotAsked
                yield

    async def _sleep(self, seconds: float) -> None:
        try:
            await asyncio.wait_for(self.stopping.wait(), seconds)
        except TimeoutError:
            return
        raise NotAsked

    def _answer(self, response: Response, asked: str) -> Answer:
        body = response.body
        at = self._clock()
        page: Page | None = None
        failure: Failure | None = None
        try:
            page = page_of(response, asked, self._largest)
        except BadBody as error:
            failure = explain(error)
        exchange = exchange_of(response, stamp(at))
        return Answer(
            at=at,
            page=page,
            failure=failure,
            elapsed=response.meta.get("download_latency"),
            digest=exchange.digest,
            size=len(body),
            exchange=exchange,
        )


def page_of(response: Response, asked: str, largest: int) -> Page:
    """A response as engines see it, its body decoded to at most `largest` bytes. Raises BadBody."""
    headers = {
        name.decode("latin-1").lower(): b", ".join(values).decode("latin-1")
        for name, values in response.headers.items()
    }
    body = decoded(response.body, headers.get("content-encoding", ""), largest)
    return Page(response.url, body, status=response.status, headers=headers, asked=asked)


def exchange_of(response: Response, at: str) -> Exchange:
    """A response with its request as a WARC has them; heads are put together where they were not listened to."""
    request = response.request
    assert request is not None
    wire: Wire | None = request.meta.get(META)
    fields = [(name, value) for name, values in response.headers.items() for value in values]
    asked = [(name, value) for name, values in request.headers.items() for value in values]
    return Exchange(
        url=response.url,
        at=at,
        sent=without_secrets(wire.sent if wire else joined(f"{request.method} {request.url} HTTP/1.1", asked)),
        received=wire.received if wire else joined(f"{response.protocol} {response.status} ", fields),
        body=response.body,
        digest=digest(response.body),
        ip=str(response.ip_address) if response.ip_address else None,
    )


def user_agent(program: str, contact: str | None) -> str:
    """The User-Agent with the contact that the archivist gives."""
    return program.replace(")", f"; {contact})") if contact else program
