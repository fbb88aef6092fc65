"""The spider behind `archiver detect`: looks at the front page of each blog and at its ways in; stores nothing."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from typing import Any, Literal

import scrapy
from scrapy.http import Response

from archiver.config import BlogConfig
from archiver.crawl.explain import explain
from archiver.crawl.outcome import DetectResult
from archiver.crawl.robots import Robots
from archiver.engines import for_page
from archiver.engines.dom import Dom
from archiver.errors import ArchiverError, NotABlog, PageError, Refused, Unreachable
from archiver.model import Site, Target, TargetKind
from archiver.page import Page
from archiver.urls import absolute, site_key
from spiders.pages import REDIRECTS, page_of, user_agent

MOST_REDIRECTS = 10
ROUTES = ("posts", "comments")


class DetectSpider(scrapy.Spider):
    """Fills `results`, one for each blog, in their order."""

    name = "detect"

    def __init__(self, *, blogs: Sequence[BlogConfig] = (), **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._blogs = blogs
        self.results: list[DetectResult] = []

    async def start(self) -> AsyncIterator[Any]:
        """Look at the blogs, one after the other."""
        for blog in self._blogs:
            try:
                self.results.append(await self._look(blog))
            except ArchiverError as error:
                self.results.append(DetectResult(url=blog.url, error=error))
        for nothing in ():
            yield nothing

    async def _look(self, blog: BlogConfig) -> DetectResult:
        robots_url = absolute("/robots.txt", blog.url) or blog.url
        robots_page = await self._get(robots_url, blog)
        robots = Robots.from_answer(robots_page.status, robots_page.body)
        if not robots.allows(blog.url):
            raise Refused(blog.url, robots.why or "its robots.txt disallows it", "Ask the blog's owner, or leave it")
        page = await self._get(blog.url, blog)
        if not page.ok:
            raise NotABlog(page.url, f"its front page answers {page.status}", "Check the address")
        found = for_page(page)
        dom = page.once(Dom)
        title = next((e.text_content().strip() for e in dom.tags("title")), None)
        feeds = [absolute(e.get("href") or "", dom.base) for e in dom.head_links("alternate") if "xml" in (e.get("type") or "")]
        if found is None:
            return DetectResult(url=blog.url, final_url=page.url, title=title, feeds=tuple(f for f in feeds if f))
        engine, detection = found
        site = Site(key=site_key(page.url), home=page.url)
        targets = engine.discover(page, Target(url=page.url, kind=TargetKind.HOME), site).targets
        sitemap = next(iter(robots.sitemaps), None)
        if sitemap is None:
            sitemap = await self._first_that_answers([t.url for t in targets if t.kind is TargetKind.SITEMAP][:1], blog)
        return DetectResult(
            url=blog.url,
            final_url=page.url,
            engine=engine.name,
            confidence=detection.confidence,
            evidence=detection.evidence,
            version=detection.version,
            api=await self._api(targets, blog),
            feeds=tuple(f for f in feeds if f),
            sitemap=sitemap,
            title=title,
        )

    async def _first_that_answers(self, urls: Sequence[str], blog: BlogConfig) -> str | None:
        for url in urls:
            if (await self._get(url, blog)).ok:
                return url
        return None

    async def _api(self, targets: Sequence[Target], blog: BlogConfig) -> Literal["open", "closed", "partly"] | None:
        """Whether the API gives posts and comments; None for an engine without one."""
        roots = [target for target in targets if target.kind is TargetKind.API]
        if not roots:
            return None
        root = roots[0].hint.get("root", "")
        sep = "&" if "?" in root else "?"
        answered = 0
        for route in ROUTES:
            page = await self._get(f"{root}wp/v2/{route}{sep}per_page=1", blog)
            try:
                answered += int(page.ok and isinstance(page.json, list))
            except PageError:
                continue
        return "open" if answered == len(ROUTES) else "partly" if answered else "closed"

    async def _get(self, url: str, blog: BlogConfig) -> Page:
        """One page, redirects followed. Raises Unreachable."""
        assert self.crawler.engine is not None
        response: Response | None = None
        for _ in range(MOST_REDIRECTS + 1):
            request = scrapy.Request(
                url,
                headers={"User-Agent": user_agent(blog, self.settings["USER_AGENT"])},
                dont_filter=True,
                meta={"handle_httpstatus_all": True},
            )
            try:
                response = await self.crawler.engine.download_async(request)
            except Exception as error:  # whatever the network does
                raise Unreachable(url, explain(error), "Check the address and the network") from error
            page = page_of(response, url)
            location = absolute(page.headers.get("location", ""), page.url) if page.status in REDIRECTS else None
            if location is None:
                return page
            url = location
        raise Unreachable(url, f"more than {MOST_REDIRECTS} redirects", "Check the address")
