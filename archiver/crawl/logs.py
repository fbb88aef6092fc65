"""Where the warnings of Scrapy, Twisted and our own go while a crawl runs: to a file beside the archive.

The terminal belongs to the progress and the summary; what went wrong with a blog is told there, in a line.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

FILE = Path("logs", "crawl.log")


class LogFile(logging.FileHandler):
    """A file that is made, with its directory, when there is something to say; a full disk is not fought over."""

    def __init__(self, path: Path) -> None:
        super().__init__(path, encoding="utf-8", delay=True, errors="backslashreplace")
        self.setLevel(logging.WARNING)
        self.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))

    def emit(self, record: logging.LogRecord) -> None:
        """See FileHandler."""
        try:
            Path(self.baseFilename).parent.mkdir(exist_ok=True)
            super().emit(record)
        except OSError:
            self.handleError(record)

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 (named by logging)
        """Nowhere to write to is no reason to end a crawl, or to write over its display."""


@contextmanager
def logged(archive: Path | None) -> Iterator[None]:
    """Write warnings to the archive's log; without an archive nowhere."""
    handler = LogFile(archive / FILE) if archive else logging.NullHandler()
    root = logging.getLogger()
    root.addHandler(handler)
    try:
        yield
    finally:
        root.removeHandler(handler)
        handler.close()
