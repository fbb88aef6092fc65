"""Runs the real command with something arranged beforehand: `python -m tests.crawl.driver '{"…": …}' crawl …`.

settings        Scrapy's settings, over ours
least_pause     seconds of the shortest wait before another try
max_pages       of the database, as if the disk were full beyond
max_file        bytes of any file that is written
engine_fails    the engine raises on URLs in which this is found (pages are then read in this process)
unread          how many pages may wait to be read
"""

from __future__ import annotations

import json
import resource
import sqlite3
import sys
from collections.abc import Callable
from typing import Any

import archiver.settings
from archiver.cli import main
from archiver.crawl import retry
from archiver.engines.wordpress import WordPress
from archiver.model import Extract, Site, Target
from archiver.page import Page
from db import Archive, Writer


def arrange(wanted: dict[str, Any]) -> None:
    for name, value in wanted.pop("settings", {}).items():
        setattr(archiver.settings, name, value)
    for name, value in wanted.items():
        ARRANGED[name](value)


def _least_pause(seconds: float) -> None:
    retry.LEAST_PAUSE = seconds


def _max_pages(most: int) -> None:
    original = Archive.writer

    def writer(self: Archive, patience: int = 0) -> Writer:
        made = original(self, patience)
        made.connection.execute(f"PRAGMA max_page_count = {most}")
        return made

    Archive.writer = writer  # type: ignore[method-assign]


def _max_file(most: int) -> None:
    resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))


def _engine_fails(part: str) -> None:
    archiver.settings.ARCHIVER_READER_PROCESS = False
    original = WordPress.extract

    def extract(self: WordPress, page: Page, target: Target, site: Site) -> Extract:
        if part in page.url:
            raise KeyError("a mistake of the engine")
        return original(self, page, target, site)

    WordPress.extract = extract  # type: ignore[method-assign]


ARRANGED: dict[str, Callable[[Any], None]] = {
    "least_pause": _least_pause,
    "max_pages": _max_pages,
    "max_file": _max_file,
    "engine_fails": _engine_fails,
}

if __name__ == "__main__":
    sqlite3.enable_callback_tracebacks(True)
    arrange(json.loads(sys.argv.pop(1)))
    main()
