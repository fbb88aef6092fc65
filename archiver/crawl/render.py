"""`--render`: a page that holds no post until its scripts have run, as a browser shows it.

The browser has no network: names do not resolve for it, and each request of a page is answered here, by the fetcher of
the crawl, if it leads to the blog's own host and robots.txt allows it. So politeness and guards hold for what scripts
ask for as for everything else. Pictures, fonts and films are not fetched, nothing is downloaded, no page is left.
"""

from __future__ import annotations

import asyncio
import os
import shutil
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from archiver.config import BlogConfig
from archiver.crawl.fetch import Fetcher, NotAsked
from archiver.crawl.jobs import REDIRECTS, Answer, stamp, utc_now
from archiver.crawl.reading import Reading
from archiver.errors import UsageError
from archiver.model import Target, TargetKind
from archiver.page import Page
from archiver.urls import absolute, without_fragment
from archiver.warc.heads import joined
from archiver.warc.records import Exchange, digest

if TYPE_CHECKING:
    from playwright.async_api import Browser, BrowserContext, Playwright, Request, Route

MARK = "x-archiver-rendered"
"""A header that says of a record that its body is what a browser made of the page, and which one."""
LONGEST = 90.0  # seconds for a page, the waits between its requests included
CLOSING = 5.0  # seconds
MOST_REQUESTS = 40
LARGEST = 16 << 20  # bytes
REMEMBERED = 8 << 20  # bytes of scripts and the like, which pages of a blog have in common
FETCHED = frozenset({"script", "xhr", "fetch", "stylesheet", "document"})
_SHOWN = frozenset({TargetKind.HOME, TargetKind.LIST, TargetKind.POST})
_WAYS = frozenset({TargetKind.POST, TargetKind.FEED, TargetKind.API, TargetKind.SITEMAP})
_FLAGS = ("--disable-gpu", "--disable-dev-shm-usage", "--host-resolver-rules=MAP * ~NOTFOUND")
_NAMES = ("chromium", "chromium-browser", "google-chrome")


class NotRendered(Exception):
    """A browser could not show a page; str() says why."""


@dataclass(frozen=True, slots=True)
class Rendered:
    """What a browser made of a page. by: its name and version."""

    html: bytes
    by: str


def is_rendered(page: Page) -> bool:
    """Whether a page is what a browser made of one."""
    return MARK in page.headers


def is_wanting(target: Target, page: Page, reading: Reading) -> bool:
    """Whether a page has scripts, and nothing that it should have: no post, and no way to any. Pure."""
    if target.kind not in _SHOWN or not page.ok or "html" not in page.media_type or is_rendered(page):
        return False
    if b"<script" not in page.body.lower():
        return False
    extract, found = reading.extract, reading.discovery.targets
    if any(post.content and post.content.text for post in extract.posts):
        return False
    return target.kind is TargetKind.POST or not (extract.posts or any(one.kind in _WAYS for one in found))


def answer_of(page: Page, rendered: Rendered) -> Answer:
    """What a browser made of a page, as an answer to be put on record and read."""
    at, kind = utc_now(), "text/html; charset=utf-8"
    fields = [(b"Content-Type", kind.encode()), (MARK.title().encode(), rendered.by.encode("latin-1", "replace"))]
    found = digest(rendered.html)
    exchange = Exchange(
        url=page.url,
        at=stamp(at),
        sent=b"",
        received=joined("HTTP/1.1 200 OK", fields),
        body=rendered.html,
        digest=found,
    )
    headers = {"content-type": kind, MARK: rendered.by}
    shown = Page(page.url, rendered.html, headers=headers, asked=page.asked)
    return Answer(at=at, page=shown, digest=found, size=len(rendered.html), exchange=exchange)


def check_installed() -> None:
    """Raises UsageError where Playwright is not there."""
    try:
        import playwright.async_api  # noqa: F401 (an extra; most do without)
    except ImportError as error:
        raise UsageError(
            "--render", "it needs Playwright, which is not installed", "Run `pip install 'blog-archiver[render]'`"
        ) from error


class Renderer:
    """A browser, begun when it is first needed."""

    def __init__(self, fetcher: Fetcher) -> None:
        self._fetcher = fetcher
        self._lock = asyncio.Lock()
        self._playwright: Playwright | None = None
        self._browser: Browser | None = None
        self._kept: dict[str, Page] = {}
        self._room = REMEMBERED

    async def render(self, page: Page, config: BlogConfig, barred: Callable[[str], str | None]) -> Rendered:
        """Show a page, and give back what it has become. barred: why a URL may not be fetched. Raises NotRendered."""
        async with self._lock:
            try:
                async with asyncio.timeout(LONGEST):
                    browser = await self._begun()
                    context = await browser.new_context(
                        accept_downloads=False, service_workers="block", user_agent=f"blog-archiver ({browser.version})"
                    )
                    html = await _Visit(self, context, page, config, barred).run()
            except TimeoutError as error:
                await self._end()
                raise NotRendered(f"it took longer than {LONGEST:g} s") from error
            except NotRendered:
                raise
            except Exception as error:  # (whatever a browser does)
                await self._end()
                line = " ".join(str(error).split())[:200]
                raise NotRendered(f"{type(error).__name__}: {line}") from error
            with suppress(Exception):  # the page is there; what is left of it does not matter
                await asyncio.wait_for(context.close(), CLOSING)
            if len(html) > LARGEST:
                raise NotRendered(f"it has become larger than {LARGEST >> 20} MiB")
            return Rendered(html, f"Chromium/{browser.version}")

    async def close(self) -> None:
        """End the browser, if it was begun."""
        async with self._lock:
            await self._end()

    async def _begun(self) -> Browser:
        if self._browser is None or not self._browser.is_connected():
            from playwright.async_api import async_playwright  # late: an extra

            self._playwright = await async_playwright().start()
            own = next((path for name in _NAMES if (path := shutil.which(name))), None)
            root = ["--no-sandbox"] if os.geteuid() == 0 else []  # Chromium refuses root otherwise
            self._browser = await self._playwright.chromium.launch(executable_path=own, args=[*_FLAGS, *root])
        return self._browser

    async def _end(self) -> None:
        browser, playwright = self._browser, self._playwright
        self._browser = self._playwright = None
        for ending in (browser.close if browser else None, playwright.stop if playwright else None):
            if ending:
                with suppress(Exception):  # it is on its way out
                    await asyncio.wait_for(ending(), CLOSING)

    async def fetched(self, url: str, config: BlogConfig, barred: Callable[[str], str | None]) -> Page | None:
        """What a page asks for, by the rules of the crawl; None for what it may not have."""
        for _ in range(4):
            if barred(url) is not None:
                return None
            if url in self._kept:
                return self._kept[url]
            try:
                answer = await self._fetcher.get(url, url, config)
            except NotAsked:
                return None
            page = answer.page
            if page is None or page.status not in REDIRECTS:
                return self._remembered(url, page)
            url = absolute(page.headers.get("location", ""), page.url) or ""
        return None

    def _remembered(self, url: str, page: Page | None) -> Page | None:
        if page and page.ok and len(page.body) <= self._room:
            self._kept[url] = page
            self._room -= len(page.body)
        return page


class _Visit:
    """One page in the browser."""

    def __init__(
        self,
        renderer: Renderer,
        context: BrowserContext,
        page: Page,
        config: BlogConfig,
        barred: Callable[[str], str | None],
    ) -> None:
        self._renderer, self._context, self._page = renderer, context, page
        self._config, self._barred = config, barred
        self._requests = 0
        self._is_begun = False

    async def run(self) -> bytes:
        await self._context.route("**/*", self._answer)
        shown = await self._context.new_page()
        await shown.goto(self._page.url, wait_until="load", timeout=LONGEST * 1000)
        with suppress(Exception):  # a page that goes on asking is taken as it is then
            await shown.wait_for_load_state("networkidle", timeout=LONGEST * 500)
        html: str = await shown.content()
        return html.encode("utf-8", "replace")

    async def _answer(self, route: Route) -> None:
        """Answer a request of the page. What is not answered is refused."""
        with suppress(Exception):  # the page may be gone meanwhile
            found = await self._found(route.request)
            if found is None:
                await route.abort("blockedbyclient")
                return
            kind = found.headers.get("content-type", "application/octet-stream")
            await route.fulfill(status=found.status, headers={"content-type": kind}, body=found.body)

    async def _found(self, request: Request) -> Page | None:
        url: Any = without_fragment(request.url)
        if request.is_navigation_request():  # the page itself, once; no other page, and no frame
            first, self._is_begun = not self._is_begun, True
            return self._page if first else None
        self._requests += 1
        if request.method != "GET" or request.resource_type not in FETCHED or self._requests > MOST_REQUESTS:
            return None
        return await self._renderer.fetched(url, self._config, self._barred)
