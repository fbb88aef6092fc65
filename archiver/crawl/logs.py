"""The log of a run: JSON Lines beside the archive, an event a line.

Each has `at` (UTC), `level`, `event` and `message`, and what belongs to the event. `begin` and `end` frame the
run; `blog` tells how one ended, `failed` and `put_off` name a URL, `note` is what a person was told meanwhile.
What Scrapy, Twisted and our own modules warn of is a `warning`, with its traceback where there is one. The
terminal belongs to the progress and the summary.
"""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

from archiver import __version__
from archiver.config import BlogConfig
from archiver.crawl.outcome import Outcome, Stats
from archiver.crawl.progress import Progress
from archiver.reports.files import free_name, rotate

FOLDER = "logs"
LARGEST = 1_000_000
"""Bytes of schedule.log, where a scheduled run leaves what it has to say, before it is begun anew."""
OURS = "archiver"

logger = logging.getLogger(__name__)


def event(name: str, **details: object) -> dict[str, object]:
    """The `extra` of a log call that makes its line an event of that name."""
    return {"event": name, "details": details}


class LogFile(logging.Handler):
    """A file that is made, with its directory, when there is something to say; a full disk is not fought over."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self._path = path

    def emit(self, record: logging.LogRecord) -> None:
        """See Handler. Of other libraries only the warnings."""
        if record.levelno < logging.WARNING and record.name.partition(".")[0] != OURS:
            return
        line = json.dumps(_line(record), ensure_ascii=False, default=str)
        # Nowhere to write to is no reason to end a crawl, or to write over its display.
        with suppress(OSError):
            self._path.parent.mkdir(exist_ok=True)
            with self._path.open("a", encoding="utf-8", errors="backslashreplace") as file:
                file.write(line + "\n")


def _line(record: logging.LogRecord) -> dict[str, object]:
    at = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    line: dict[str, object] = {
        "at": at,
        "level": record.levelname.lower(),
        "event": getattr(record, "event", "warning" if record.levelno >= logging.WARNING else "info"),
        "message": record.getMessage(),
    }
    if not hasattr(record, "event"):
        line["logger"] = record.name
    if record.exc_info:
        line["traceback"] = logging.Formatter().formatException(record.exc_info)
    return {**line, **getattr(record, "details", {})}


@contextmanager
def logged(archive: Path | None, command: str = "", keep: int = 1) -> Iterator[None]:
    """Write the log of a run, and leave those of `keep` runs; without an archive there is none."""
    handler: logging.Handler = logging.NullHandler()
    if archive:
        folder = archive / FOLDER
        handler = LogFile(free_name(folder, datetime.now(UTC), command, ".jsonl"))
        _shorten(folder / "schedule.log")
    root, ours = logging.getLogger(), logging.getLogger(OURS)
    level = ours.level
    root.addHandler(handler)
    ours.setLevel(logging.INFO)
    try:
        yield
    finally:
        ours.setLevel(level)
        root.removeHandler(handler)
        handler.close()
        if archive:
            rotate(archive / FOLDER, {".jsonl"}, keep)
            for crash in sorted((archive / FOLDER).glob("crash-*.txt"))[:-keep]:
                with suppress(OSError):
                    crash.unlink()


def _shorten(path: Path) -> None:
    """Put a long file aside, in the place of the one that was put aside before."""
    with suppress(OSError):
        if path.stat().st_size > LARGEST:
            path.replace(path.with_name(f"{path.name}.1"))


def log_begin(command: str, blogs: Sequence[BlogConfig], *, restart: bool) -> None:
    """The first line of a run."""
    urls = [blog.url for blog in blogs]
    details = {"command": command, "blogs": urls, "restart": restart, "version": __version__, "pid": os.getpid()}
    logger.info("%s of %s", command, ", ".join(urls), extra=event("begin", **details))


def log_end(outcomes: Sequence[Outcome], exit_code: int, failure: Exception | None) -> None:
    """The last lines of a run."""
    for outcome in outcomes:
        stats = outcome.stats
        details = {
            "blog": outcome.site_key,
            "crawl_id": outcome.crawl_id,
            "outcome": outcome.outcome,
            "exit_code": outcome.exit_code,
            "requests": stats.requests,
            "new_posts": stats.new_posts,
            "new_comments": stats.new_comments,
        }
        logger.info("%s", outcome.reason or outcome.outcome, extra=event("blog", **details))
    level = logging.ERROR if failure else logging.INFO
    logger.log(level, "%s", failure or "ended", extra=event("end", exit_code=exit_code))


class Noted(Progress):
    """Passes everything on, and logs what a person is told."""

    def __init__(self, shown: Progress) -> None:
        self._shown = shown

    def start(self, blogs: Sequence[BlogConfig]) -> None:
        """See Progress."""
        self._shown.start(blogs)

    def update(self, site_key: str, stats: Stats) -> None:
        """See Progress."""
        self._shown.update(site_key, stats)

    def note(self, site_key: str, line: str) -> None:
        """See Progress."""
        logger.info("%s", line, extra=event("note", blog=site_key))
        self._shown.note(site_key, line)

    def finish(self, outcomes: Sequence[Outcome]) -> None:
        """See Progress."""
        self._shown.finish(outcomes)
