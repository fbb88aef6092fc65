"""The spider behind `archiver try`: fetches one page by the rules of a crawl; stores nothing."""

from __future__ import annotations

from archiver.config import BlogConfig
from archiver.crawl.outcome import DetectResult
from archiver.page import Page
from archiver.urls import same_host
from spiders.detect import DetectSpider


class LookSpider(DetectSpider):
    """Fills `page`, or tells in its one result why there is none."""

    name = "look"
    page: Page | None = None

    async def _look(self, blog: BlogConfig) -> DetectResult:
        await self._robots(blog, blog.url)
        page = await self._get(blog.url, blog)
        if not same_host(page.url, blog.url):
            await self._robots(blog, page.url)
        self.page = page
        return DetectResult(url=blog.url, final_url=page.url)
