"""Archives made of visits, and merged in this order or that, as files; what of them must not depend on it."""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path
from unittest.mock import patch

from archiver.model import Visit
from archiver.privacy import redact
from archiver.privacy.marks import marks_text
from db import Archive, Writer, redactions
from db.merging import Merger
from tests.unit.readings import TABLES, begin, fresh, tables

ALL = [
    *(*TABLES, "revisions", "widgets", "widget_links", "crawls", "fetches", "frontier", "oddities", "whole_threads"),
    *("attributions", "last_readings"),
]


def shard(
    directory: Path,
    visits: Iterable[Visit],
    started: str,
    gone: Iterable[tuple[str, int]] = (),
    redacted: Iterable[tuple[str, int]] = (),
) -> Path:
    """The archive of one run. gone: table and number of rows that are marked as vanished since; redacted: of such that
    are taken down."""
    directory.mkdir()
    shutil.copy(fresh(), directory)
    with closing(Archive(directory).writer()) as writer:
        writer.connection.execute("PRAGMA synchronous = OFF")
        crawl = begin(writer, started)
        for one in visits:
            writer.save(one, crawl)
        with patch("db.writer.now", lambda: started):
            writer.end_crawl(crawl, outcome="complete", reason=None, counts={})
        for table, number in gone:
            query = f"SELECT id FROM {table} ORDER BY id LIMIT 1 OFFSET ?"
            writer.connection.execute(
                f"UPDATE {table} SET gone_at = '2026-01-15T00:00:00Z' WHERE id = ({query})"
                " AND last_seen_at < '2026-01-15T00:00:00Z' AND sources <> ''",  # what was only spoken of cannot vanish
                (number,),
            )
        for table, number in redacted:
            query = f"SELECT id FROM {table} ORDER BY id LIMIT 1 OFFSET ?"
            for (id_,) in writer.connection.execute(query, (number,)).fetchall():
                take_down(writer, id_, started)
    return directory


def take_down(writer: Writer, id_: str, at: str) -> None:
    """What `archiver redact` does to the tables."""
    with patch("archiver.privacy.redact._now", lambda: at), writer.transaction():
        entered = redact._entries(writer.connection, id_, "asked")
        redactions.enter(writer.connection, entered)
        redactions.erase(writer.connection, entered)


def merged(directory: Path, shards: Iterable[Path]) -> Path:
    """A new archive of these, in this order."""
    directory.mkdir()
    shutil.copy(fresh(), directory)
    for one in shards:
        take(directory, one)
    return directory


def take(directory: Path, one: Path) -> None:
    """Merge an archive into another one, which must be sound then."""
    with closing(Archive(directory).writer()) as writer:
        writer.connection.execute("PRAGMA synchronous = OFF")
        merger = Merger(writer.connection, marks_text)
        with merger.attached(one / "archive.db"), writer.transaction():
            merger.take({})
        assert writer.connection.execute("PRAGMA foreign_key_check").fetchall() == []


def rows(directory: Path, names: Iterable[str] = ALL) -> dict[str, list[tuple[object, ...]]]:
    """The rows of an archive."""
    with closing(Archive(directory).connect()) as connection:
        return tables(connection, names)
