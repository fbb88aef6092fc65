"""A Scrapy spider that does nothing but download: what ours is measured against.

    python -m benchmarks.bare_spider URLS.txt

One request at a time and no delay, as in our own run; everything else is as Scrapy has it. Nothing is parsed or kept.
"""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import scrapy
from scrapy.crawler import CrawlerProcess
from scrapy.http import Response

SETTINGS = {
    "CONCURRENT_REQUESTS": 1,
    "CONCURRENT_REQUESTS_PER_DOMAIN": 1,
    "DOWNLOAD_DELAY": 0,
    "ROBOTSTXT_OBEY": False,
    "TELNETCONSOLE_ENABLED": False,
    "LOG_LEVEL": "WARNING",
}


class BareSpider(scrapy.Spider):
    """Asks for each URL once and forgets the answer."""

    name = "bare"
    urls: tuple[str, ...] = ()

    async def start(self) -> AsyncIterator[Any]:
        """The URLs, as Scrapy takes them."""
        for url in self.urls:
            yield scrapy.Request(url, callback=self.parse)

    def parse(self, response: Response, **_: Any) -> None:
        """Nothing."""


def main() -> None:
    """Crawl the URLs of the file that the command line names."""
    process = CrawlerProcess(SETTINGS)
    process.crawl(BareSpider, urls=tuple(Path(sys.argv[1]).read_text("utf-8").split()))
    process.start()


if __name__ == "__main__":
    main()
