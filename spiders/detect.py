"""The spider behind `archiver detect`: looks at the front page of each blog and at its ways in; stores nothing."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from typing import Any, Literal

import scrapy
from scrapy.crawler import Crawler

from archiver.config import BlogConfig
from archiver.crawl.fetch import Fetcher
from archiver.crawl.hosts import Hosts
from archiver.crawl.jobs import REDIRECTS, said
from archiver.crawl.lessons import Lessons
from archiver.crawl.outcome import DetectResult
from archiver.crawl.retry import MOST_REDIRECTS
from archiver.crawl.robots import Robots
from archiver.engines import Engine, for_page
from archiver.engines.dom import Dom
from archiver.errors import ArchiverError, NotABlog, PageError, Refused, Unreachable
from archiver.model import Extract, Learned, Site, Target, TargetKind
from archiver.page import Page
from archiver.urls import absolute, site_key

NO_ITEMS: tuple[Any, ...] = ()  # the results are taken from the spider
ROUTES = ("posts", "comments")
LOOKED_AT = 5
"""Posts of the feed of an unknown blog whose pages are looked at: three must agree."""


class DetectSpider(scrapy.Spider):
    """Fills `results`, one for each blog, in their order."""

    name = "detect"

    def __init__(self, *, blogs: Sequence[BlogConfig] = (), **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._blogs = blogs
        self._hosts = Hosts()
        self.results: list[DetectResult] = []

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> DetectSpider:
        """Make the spider with what it fetches by."""
        spider = super().from_crawler(crawler, *args, **kwargs)
        spider.equip(crawler)
        return spider

    def equip(self, crawler: Crawler) -> None:
        """Take what Scrapy has made."""
        self._fetcher = Fetcher(crawler, self._hosts)

    async def start(self) -> AsyncIterator[Any]:
        """Look at the blogs, one after the other."""
        try:
            for blog in self._blogs:
                try:
                    self._hosts.slow_down(blog.url, blog.delay)
                    self.results.append(await self._look(blog))
                except ArchiverError as error:
                    self.results.append(DetectResult(url=blog.url, error=error))
        finally:
            self._fetcher.stopping.set()
        for item in NO_ITEMS:
            yield item

    async def _look(self, blog: BlogConfig) -> DetectResult:
        robots = await self._robots(blog, blog.url)
        page = await self._get(blog.url, blog)
        if site_key(page.url) != site_key(blog.url):
            robots = await self._robots(blog, page.url)
        if page.status in {401, 403, 429, 451}:
            raise Refused(page.url, f"it answers {said(page.status)}", "The site lets no robot in; ask its owner")
        if page.status >= 500:
            raise Unreachable(page.url, f"it answers {said(page.status)}", "Try again later")
        if not page.ok:
            raise NotABlog(page.url, f"its front page answers {said(page.status)}", "Check the address")
        try:
            return await self._describe(page, robots, blog)
        except PageError as error:
            raise NotABlog(page.url, error.why, "Check the address") from error

    async def _describe(self, page: Page, robots: Robots, blog: BlogConfig) -> DetectResult:
        found, dom = for_page(page), page.once(Dom)
        title = next((element.text_content().strip() for element in dom.tags("title")), None)
        feeds = _feeds(dom)
        if found is None:
            return DetectResult(url=blog.url, final_url=page.url, title=title, feeds=feeds)
        engine, detection = found
        targets = _targets(engine, page)
        sitemap = next(iter(robots.sitemaps), None)
        if sitemap is None:
            urls = [target.url for target in targets if target.kind is TargetKind.SITEMAP][:1]
            sitemap = next(iter([url for url in urls if (await self._get(url, blog)).ok]), None)
        layout = await _Pupil(self._get, robots, engine, page.url).learn(targets, blog) if engine.learns else ()
        return DetectResult(
            url=blog.url,
            final_url=page.url,
            engine=engine.name,
            confidence=detection.confidence,
            evidence=detection.evidence,
            version=detection.version,
            api=await self._api(targets, blog),
            feeds=feeds,
            sitemap=sitemap,
            title=title,
            layout=layout,
        )

    async def _robots(self, blog: BlogConfig, home: str) -> Robots:
        """The rules of a host. Raises Refused when they keep us from its front page."""
        page = await self._get(absolute("/robots.txt", home) or home, blog)
        robots = Robots.from_answer(page.status, page.body)
        if not robots.allows(home):
            raise Refused(home, robots.why or "its robots.txt disallows it", "Ask the blog's owner, or leave it")
        self._hosts.slow_down(home, max(blog.delay, robots.delay))
        return robots

    async def _api(self, targets: Sequence[Target], blog: BlogConfig) -> Literal["open", "closed", "partly"] | None:
        """Whether the API gives posts and comments; None for an engine without one."""
        roots = [target.hint["root"] for target in targets if target.kind is TargetKind.API and "root" in target.hint]
        if not roots:
            return None
        joint = "&" if "?" in roots[0] else "?"
        answered = 0
        for route in ROUTES:
            page = await self._get(f"{roots[0]}wp/v2/{route}{joint}per_page=1", blog)
            try:
                answered += int(page.ok and isinstance(page.json, list))
            except PageError:
                continue
        return "open" if answered == len(ROUTES) else "partly" if answered else "closed"

    async def _get(self, url: str, blog: BlogConfig) -> Page:
        """One page, redirects followed. Raises Unreachable."""
        for _ in range(MOST_REDIRECTS + 1):
            answer = await self._fetcher.get(url, url, blog)
            page = answer.page
            if page is None:
                why = answer.failure.why if answer.failure else "no answer"
                raise Unreachable(url, why, "Check the address and the network")
            location = absolute(page.headers.get("location", ""), page.url) if page.status in REDIRECTS else None
            if location is None:
                return page
            url = location
        raise Unreachable(url, f"more than {MOST_REDIRECTS} redirects", "Check the address")


class _Pupil:
    """Learns from the feed of an unknown blog where the pages of its first posts say what the feed says."""

    def __init__(
        self, get: Callable[[str, BlogConfig], Awaitable[Page]], robots: Robots, engine: Engine, home: str
    ) -> None:
        self._get, self._robots, self._engine = get, robots, engine
        self._site = Site(key=site_key(home), home=home)
        self._lessons = Lessons()

    async def learn(self, targets: Sequence[Target], blog: BlogConfig) -> tuple[Learned, ...]:
        """Where enough of the posts agree; nothing without a feed, or where it cannot be had."""
        feed = next((target for target in targets if target.kind is TargetKind.FEED), None)
        heard = await self._heard(feed, blog) if feed else None
        for post in heard.posts[:LOOKED_AT] if heard else ():
            if await self._heard(Target(url=post.url, kind=TargetKind.POST), blog) is None:
                break
        return self._lessons.agreed()

    async def _heard(self, target: Target, blog: BlogConfig) -> Extract | None:
        """What an answer says; None where its host does not answer."""
        if not self._robots.allows(target.url):
            return Extract()
        try:
            page = await self._get(target.url, blog)
            extract = self._engine.extract(page, target, self._lessons.for_page(self._site, target))
        except Unreachable:
            return None
        except PageError:
            return Extract()
        self._lessons.heard(target, extract)
        return extract


def _feeds(dom: Dom) -> tuple[str, ...]:
    """The feeds that the head of a page names."""
    links = [link for link in dom.head_links("alternate") if "xml" in (link.get("type") or "")]
    return tuple(url for link in links if (url := absolute(link.get("href") or "", dom.base)))


def _targets(engine: Engine, page: Page) -> Sequence[Target]:
    """Where the front page leads."""
    site = Site(key=site_key(page.url), home=page.url)
    return engine.discover(page, Target(url=page.url, kind=TargetKind.HOME), site).targets
