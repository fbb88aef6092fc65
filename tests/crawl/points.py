"""kill -9 at a chosen point: any commit, fsync, rename or removal, and the middle of what is written to a WARC file.

The product knows nothing of it. Here a process is forked off one in which everything has been imported, so that a
run costs little; in it, what the product calls of SQLite and the system is wrapped, counted by the place that
calls, and at the chosen point the process kills itself.
"""

from __future__ import annotations

import functools
import io
import multiprocessing
import os
import pathlib
import signal
import sqlite3
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import archiver.crawl.run
import archiver.reread.extract
import archiver.reread.importing
import archiver.reread.platform_exports
import archiver.settings
import spiders.blog
from archiver import forge, notify
from archiver.cli import main
from archiver.commands import crawl, extract, import_
from archiver.crawl import retry
from archiver.crawl.reader import InlineReader
from archiver.warc import writer as warc_writer
from archiver.warc.records import OPEN
from tests.crawl.forked import PRELOADED
from tests.crawl.running import ROOT, environment

LOADED = (archiver.crawl.run, notify, crawl, extract, import_)
"""Imported here, so that no run has to."""
forge.load()

Moment = Literal["before", "half", "after"]
ROOMS = tuple(f"{ROOT}/{room}/" for room in ("archiver", "db", "spiders"))
PASSED = {"transaction", "explained", "_append"}
"""Functions through which everything goes: who calls them is of interest."""
CHANGES = ("INSERT", "UPDATE", "DELETE", "REPLACE", "CREATE", "DROP", "PRAGMA JOURNAL_MODE")


@dataclass(frozen=True, order=True)
class Point:
    """The nth time (from 0) that a kind of thing is done at a place of the product: `db/writer.py Writer.save`."""

    kind: str
    place: str
    nth: int = 0

    def __str__(self) -> str:
        return f"{self.kind} {self.nth} in {self.place}"


class Points:
    """Counts the points that a process passes, writes them down, and kills it at one of them."""

    def __init__(self, log: Path, at: Point | None, moment: Moment) -> None:
        self._log = log.open("a", buffering=1)
        self._at, self._moment = at, moment
        self._counts: Counter[tuple[str, str]] = Counter()

    def passing(self, kind: str, do: Callable[[], Any], half: Callable[[], Any] | None = None) -> Any:
        """Do it, unless the process is to die before, or having done half of it, or after."""
        place = _place()
        if place is None:
            return do()
        point = Point(kind, place, self._counts[kind, place])
        self._counts[kind, place] += 1
        self._log.write(f"{point.kind}\t{point.place}\t{point.nth}\n")
        if point != self._at:
            return do()
        if self._moment == "half":
            (half or do)()
        elif self._moment == "after":
            do()
        os.kill(os.getpid(), signal.SIGKILL)
        raise AssertionError("it lives on")


def _place() -> str | None:
    """File and function of the product that does it; None when the product has nothing to do with it."""
    frame = sys._getframe(2)
    while frame:
        code = frame.f_code
        if code.co_filename.startswith(ROOMS) and code.co_name not in PASSED:
            return f"{code.co_filename.removeprefix(f'{ROOT}/')} {code.co_qualname}"
        frame = frame.f_back  # type: ignore[assignment]
    return None


def watch(points: Points) -> None:
    """Wrap what changes anything on the disk."""
    for name in ("fsync", "rename", "replace", "unlink"):
        setattr(os, name, _wrapped(points, name, getattr(os, name)))
    original = Path.open

    def opened(self: Path, mode: str = "r", buffering: int = -1, *rest: Any, **named: Any) -> Any:
        if self.name.endswith(OPEN) and mode in {"xb", "r+b"}:
            raw = _file(points)(self, mode)
            return raw if buffering == 0 else io.BufferedRandom(raw)  # type: ignore[type-var]
        return original(self, mode, buffering, *rest, **named)

    pathlib.Path.open = opened  # type: ignore[assignment, method-assign]
    connect = functools.partial(sqlite3.connect, factory=_connection(points))
    sqlite3.connect = connect  # type: ignore[assignment]


def _wrapped(points: Points, kind: str, original: Callable[..., Any]) -> Callable[..., Any]:
    return lambda *arguments, **named: points.passing(kind, lambda: original(*arguments, **named))


def _file(points: Points) -> type[io.FileIO]:
    class File(io.FileIO):
        def write(self, data: Any) -> int:
            view = memoryview(data)
            plain = super().write
            written: int = points.passing("write", lambda: plain(view), lambda: plain(view[: len(view) // 2]))
            return written

        def truncate(self, size: int | None = None) -> int:
            plain = super().truncate
            return int(points.passing("truncate", lambda: plain(size)))

    return File


def _connection(points: Points) -> type[sqlite3.Connection]:
    class Connection(sqlite3.Connection):
        def __init__(self, database: Any, *rest: Any, **named: Any) -> None:
            self.is_watched = not any(part in str(database) for part in ("mode=ro", ":memory:"))
            super().__init__(database, *rest, **named)

        def execute(self, sql: str, *rest: Any) -> sqlite3.Cursor:
            plain = super().execute
            return self._passing(sql, lambda: plain(sql, *rest))

        def executemany(self, sql: str, rows: Any) -> sqlite3.Cursor:
            plain = super().executemany
            return self._passing(sql, lambda: plain(sql, rows))

        def backup(self, *rest: Any, **named: Any) -> None:
            plain = super().backup
            points.passing("commit", lambda: plain(*rest, **named))

        def close(self) -> None:  # folds the write-ahead log into the file
            plain = super().close
            points.passing("close", plain) if self.is_watched else plain()

        def _passing(self, sql: str, do: Callable[[], sqlite3.Cursor]) -> sqlite3.Cursor:
            words = " ".join(sql.split()[:2]).upper()
            commits = words == "COMMIT" or (not self.in_transaction and words.startswith(CHANGES))
            cursor: sqlite3.Cursor = points.passing("commit", do) if commits and self.is_watched else do()
            return cursor

    return Connection


@dataclass(frozen=True)
class Run:
    """A run that has ended. code: as of a subprocess. points: what it passed."""

    code: int
    said: str
    points: list[Point]


def run(
    work: Path, words: Sequence[str], at: Point | None = None, moment: Moment = "before", *, rotate_at: int = 1 << 30
) -> Run:
    """Run the command in a process of its own, which dies at a point.

    work: a folder for what it says. rotate_at: bytes of a WARC file after which the next one is begun.
    """
    log, said = work / "points", work / "said"
    log.unlink(missing_ok=True)
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(PRELOADED)
    process = context.Process(target=_child, args=(words, log, said, at, moment, rotate_at))
    process.start()
    process.join(120)
    assert process.exitcode is not None, "it does not end"
    rows = [line.split("\t") for line in log.read_text().splitlines()]
    return Run(process.exitcode, said.read_text(), [Point(row[0], row[1], int(row[2])) for row in rows])


def _child(words: Sequence[str], log: Path, said: Path, at: Point | None, moment: Moment, rotate_at: int) -> None:
    for variable in set(os.environ) - set(environment()):
        del os.environ[variable]
    with said.open("w") as out:
        os.dup2(out.fileno(), 1)
        os.dup2(out.fileno(), 2)
    archiver.settings.ARCHIVER_READER_PROCESS = False
    for module in (archiver.reread.extract, archiver.reread.importing):
        module.ProcessReader = InlineReader  # type: ignore[attr-defined]
    spiders.blog.UNREAD = 1  # one page at a time, so that one is in flight
    retry.LEAST_PAUSE = 0.02
    begin = warc_writer.Writer.__init__
    warc_writer.Writer.__init__ = functools.partialmethod(begin, rotate_at=rotate_at)  # type: ignore[assignment]
    sys.dont_write_bytecode = True
    watch(Points(log, at, moment))
    sys.argv = ["archiver", *words]
    main()
