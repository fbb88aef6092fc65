"""What the blogs of one run have in common."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from archiver import __version__
from archiver.config import BlogConfig
from archiver.crawl.hosts import Hosts
from archiver.crawl.jobs import utc_now
from archiver.crawl.progress import Progress
from archiver.crawl.recorder import Recorder
from archiver.model import Site
from db import Archive, Writer


@dataclass(slots=True)
class Shared:
    """sites: keys of the blogs that are being crawled. recorder: writes the WARC files; None: there are none."""

    archive: Archive
    writer: Writer
    progress: Progress
    hosts: Hosts = field(default_factory=Hosts)
    command: str = "crawl"
    restart: bool = False
    clock: Callable[[], datetime] = utc_now
    sites: set[str] = field(default_factory=set)
    recorder: Recorder | None = None

    def begin_crawl(self, site: Site, config: BlogConfig, *, restart: bool = False) -> str:
        """Enter a run over a blog. Returns the crawl's id."""
        settings = {"delay": config.delay, "pages": config.pages, "limit": config.limit, "engine": config.engine}
        return self.writer.begin_crawl(
            site, command=self.command, version=__version__, settings=settings, restart=restart
        )
