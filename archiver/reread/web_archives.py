"""`archiver crawl --from wayback`: a blog as a web archive has it, every capture with its date."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from archiver.config import BlogConfig, blog_url
from archiver.crawl.lock import locked
from archiver.crawl.logs import logged
from archiver.crawl.recorder import recover
from archiver.crawl.run import run_spider
from archiver.crawl.signals import Signals
from archiver.engines import check
from archiver.errors import UsageError
from archiver.privacy.redact import settle
from archiver.reread.captures import HOLDERS
from archiver.reread.importing import Imported
from db import open_archive

SCRATCH = "captures.tmp"


@dataclass(frozen=True, slots=True)
class Held:
    """What came of it. limit: the option that ended the run; signal: the exit code of the signal that did."""

    done: Imported
    limit: str = ""
    signal: int | None = None


def crawl_from(
    archive: Path,
    blogs: Sequence[BlogConfig],
    name: str,
    base: str | None = None,
    *,
    told: Callable[[str], object] = bool,
) -> Held:
    """Take what a web archive holds of blogs into an archive, which is made where there is none.

    name: of the web archive; base: its address, if it is not the usual one. Raises SiteError, UsageError.
    """
    for blog in blogs:
        check(blog.engine)
        if not blog.warc:
            raise UsageError("--no-warc", "captures are kept as WARC, with their dates", "Leave it out")
    kind = HOLDERS[name]
    holder = kind(blog_url(base)) if base else kind()
    opened = open_archive(archive, create=True)
    scratch = archive / SCRATCH
    with locked(archive, f"crawl --from {name}"), logged(None):
        shutil.rmtree(scratch, ignore_errors=True)
        scratch.mkdir()
        recover(opened)
        settle(opened)
        signals = Signals()
        try:
            about = {"archive": opened, "holder": holder, "scratch": scratch / "record.warc.gz", "told": told}
            spider = run_spider("captures", signals, blogs=blogs, **about)
        finally:
            shutil.rmtree(scratch, ignore_errors=True)
        settle(opened)
    if spider.failure:
        raise spider.failure
    return Held(spider.done, spider.limit, signals.exit_code if signals.last else None)
