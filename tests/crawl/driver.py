"""Runs the real command with something arranged beforehand: `python -m tests.crawl.driver '{"…": …}' crawl …`.

settings        Scrapy's settings, over ours
least_delay     seconds between requests to a stranger's server at least
least_pause     seconds of the shortest wait before another try
max_pages       of the database, as if the disk were full beyond
max_file        bytes of any file that is written
names           where names lead, one address for each time that they are asked for, the last for all further times
private         addresses that are taken for private ones; no others are
names_files     the generic engine keeps the name of a folder's file in addresses, as it once did (likewise)
engine_fails    the engine raises on URLs in which this is found (pages are then read in this process)
"""

from __future__ import annotations

import json
import resource
import sqlite3
import sys
from collections.abc import Callable
from typing import Any

from twisted.internet.address import IPv4Address

import archiver.settings
from archiver import config
from archiver.cli import main
from archiver.crawl import addresses, retry
from archiver.crawl.addresses import Addresses
from archiver.engines import _generic_post
from archiver.engines.wordpress import WordPress
from archiver.model import Extract, Site, Target
from archiver.page import Page
from db import Archive, Writer


def arrange(wanted: dict[str, Any]) -> None:
    for name, value in wanted.pop("settings", {}).items():
        setattr(archiver.settings, name, value)
    for name, value in wanted.items():
        ARRANGED[name](value)


def _least_delay(seconds: float) -> None:
    config.LEAST_DELAY = seconds


def _least_pause(seconds: float) -> None:
    retry.LEAST_PAUSE = seconds


def _max_pages(most: int) -> None:
    original = Archive.writer

    def writer(self: Archive, *arguments: Any) -> Writer:
        made = original(self, *arguments)
        made.connection.execute(f"PRAGMA max_page_count = {most}")
        return made

    Archive.writer = writer  # type: ignore[method-assign]


def _max_file(most: int) -> None:
    resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))


class Names:
    """Resolves as it is told, in the place of DNS."""

    def __init__(self, names: dict[str, list[str]]) -> None:
        self._names = names

    def resolveHostName(self, receiver: Any, name: str, port: int, *_: Any) -> Any:  # noqa: N802
        receiver.resolutionBegan(self)
        led = self._names[name]
        if led:  # else nobody knows the name
            receiver.addressResolved(IPv4Address("TCP", led.pop(0) if len(led) > 1 else led[0], port))
        receiver.resolutionComplete()
        return self

    def cancel(self) -> None:
        pass


def _names(names: dict[str, list[str]]) -> None:
    made = Names(names)
    original = Addresses.__init__
    Addresses.__init__ = lambda self, _: original(self, made)  # type: ignore[method-assign]


def _private(private: list[str]) -> None:
    addresses.leads_inwards = lambda _, address: address in private


def _engine_fails(part: str) -> None:
    archiver.settings.ARCHIVER_READER_PROCESS = False
    original = WordPress.extract

    def extract(self: WordPress, page: Page, target: Target, site: Site) -> Extract:
        if part in page.url:
            raise KeyError("a mistake of the engine")
        return original(self, page, target, site)

    WordPress.extract = extract  # type: ignore[method-assign]


def _names_files(does: bool) -> None:
    if does:
        archiver.settings.ARCHIVER_READER_PROCESS = False
        _generic_post.urls.without_index = lambda url: url  # type: ignore[attr-defined]


ARRANGED: dict[str, Callable[[Any], None]] = {
    "least_delay": _least_delay,
    "least_pause": _least_pause,
    "max_pages": _max_pages,
    "max_file": _max_file,
    "names": _names,
    "private": _private,
    "engine_fails": _engine_fails,
    "names_files": _names_files,
}

if __name__ == "__main__":
    sqlite3.enable_callback_tracebacks(True)
    arrange(json.loads(sys.argv.pop(1)))
    main()
