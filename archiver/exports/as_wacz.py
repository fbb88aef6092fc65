"""WACZ: the responses of a crawl as they came, in one file that replay tools open by themselves."""

from __future__ import annotations

from pathlib import Path

from archiver.errors import UsageError
from archiver.exports.base import Format, Progress
from archiver.warc import wacz
from db.source import Source


def write(source: Source, path: Path, progress: Progress) -> None:
    """All WARC files of the archive, with their index and a list of the pages in them."""
    if not source.selection.is_all:
        why = "it holds the archive's WARC files as they are"
        raise UsageError("export wacz", why, "Leave out --blog, --since, --search and --where")
    progress.begin(0)
    if not wacz.write(source, path):
        progress.note("no page is listed for replay")


FORMAT = Format(
    name="wacz",
    description="the responses as they came, ready for replay",
    opens="ReplayWeb.page, pywb, Browsertrix",
    write=write,
    suffix=".wacz",
    as_came=True,
)
