"""Rows a second of the writer, against raw `executemany` of the same rows into the same schema with its triggers."""

from __future__ import annotations

import sqlite3
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from archiver.model import Visit
from benchmarks.visits import SITE, visits
from db import open_archive


@dataclass(frozen=True, slots=True)
class Writing:
    """Medians, rows a second. rows: how many were stored, the search index not counted."""

    rows: int
    visits: int
    writer: float
    raw: float

    @property
    def ratio(self) -> float:
        """The writer's rate as a share of the raw one."""
        return self.writer / self.raw


def measure(posts: int, rounds: int) -> Writing:
    """Write `posts` visits, then the rows that came of them, by turns. Only the writing is timed."""
    wanted = visits(posts)
    ours, raw, rows = [], [], 0
    for _ in range(rounds):
        with tempfile.TemporaryDirectory() as scratch:
            here = Path(scratch)
            seconds = _by_writer(here / "ours", wanted)
            tables = _rows(here / "ours" / "archive.db")
            rows = sum(len(values) for _, values in tables)
            ours.append(rows / seconds)
            raw.append(rows / _raw(here / "raw", tables))
    return Writing(rows, posts, median(ours), median(raw))


def _by_writer(directory: Path, wanted: list[Visit]) -> float:
    """Seconds to save the visits, each in a transaction of its own, as a crawl does."""
    writer = open_archive(directory, create=True).writer()
    crawl = writer.begin_crawl(SITE, command="crawl", version="benchmark", settings={})
    began = time.perf_counter()
    for visit in wanted:
        writer.save(visit, crawl)
    seconds = time.perf_counter() - began
    writer.close()
    return seconds


def _rows(path: Path) -> list[tuple[str, list[tuple[object, ...]]]]:
    """Every table with its rows, in the order of the DDL, so that foreign keys hold."""
    query = "SELECT name FROM sqlite_master WHERE type = 'table' AND instr(name, '_fts') = 0 ORDER BY rowid"
    with sqlite3.connect(path) as db:
        # What sqlite and sqlite-utils keep for themselves is there in a fresh archive already.
        names = [name for (name,) in db.execute(query) if not name.startswith(("_", "sqlite_"))]
        return [(name, db.execute(f'SELECT * FROM "{name}"').fetchall()) for name in names]


def _raw(directory: Path, tables: list[tuple[str, list[tuple[object, ...]]]]) -> float:
    """Seconds for one executemany a table, in one transaction, over a connection that is set up as the writer's."""
    writer = open_archive(directory, create=True).writer()
    db = writer.connection
    began = time.perf_counter()
    db.execute("BEGIN IMMEDIATE")
    for name, values in tables:
        if values:
            db.executemany(f'INSERT INTO "{name}" VALUES ({", ".join("?" * len(values[0]))})', values)
    db.execute("COMMIT")
    seconds = time.perf_counter() - began
    writer.close()
    return seconds
