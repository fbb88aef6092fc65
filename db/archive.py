"""Opening an archive: the directory, its database, its migrations and views."""

from __future__ import annotations

import errno
import os
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import datetime
from functools import cache
from importlib.resources import files
from pathlib import Path

from sqlite_utils import Database, Migrations

from archiver.errors import ArchiveDamaged, ArchiveMissing, ArchiveTooNew
from db import reading
from db.failures import ANEW, explain, explain_os, explained, has_warc
from db.reader import Reader
from db.writer import Writer

__all__ = ["Archive", "explain", "explain_os", "open_archive"]

DATABASE = "archive.db"


@cache
def _migrations() -> Migrations:
    """One migration a file of db/migrations, in the order of their numbers."""
    migrations = Migrations("archive")
    for file in sorted(files("db.migrations").iterdir(), key=lambda file: file.name):
        if file.name.endswith(".sql"):
            ddl = file.read_text(encoding="utf-8")
            # Each statement by itself: executescript() would end the migration's transaction.
            migrations(name=file.name.removesuffix(".sql"))(lambda db, ddl=ddl: _run(db.conn, ddl))
    return migrations


def _run(connection: sqlite3.Connection, script: str) -> None:
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            connection.execute(statement)
            statement = ""


VIEWS = "SELECT name, sql FROM sqlite_master WHERE type = 'view'"


@cache
def _views() -> dict[str, str]:
    """The views of views.sql by name, each as SQLite words it."""
    wanted = files("db").joinpath("views.sql").read_text(encoding="utf-8")
    with closing(sqlite3.connect(":memory:")) as scratch:
        scratch.executescript(wanted)
        return dict(scratch.execute(VIEWS))


def _refresh_views(connection: sqlite3.Connection) -> None:
    """Bring the views to the wording of views.sql. Views hold no data, so they need no migration."""
    ours, theirs = _views(), dict(connection.execute(VIEWS))
    if ours == theirs:
        return
    for name in theirs:
        connection.execute(f'DROP VIEW IF EXISTS "{name}"')
    for sql in ours.values():
        connection.execute(sql)


BEGIN = "Run `archiver crawl URL` first, or name the archive with -a"


class Archive:
    """An archive on disk. One `writer()` at a time; any number of readers beside it."""

    def __init__(self, directory: Path, name: str = DATABASE) -> None:
        self.directory = directory
        self.path = directory / name

    def connect(self) -> sqlite3.Connection:
        """A read-only connection that sees commits while a crawl writes; rows by name."""
        with explained(self.path):
            connection = reading.connect(self.path)
            connection.row_factory = sqlite3.Row
            connection.execute("PRAGMA query_only = ON")
        return connection

    def can_be_written(self) -> bool:
        """Whether anything in it can be changed."""
        return reading.can_be_written(self.path)

    def reader(self) -> Reader:
        """Named ways out, on a connection of their own."""
        return Reader(self.connect())

    def writer(self, patience: int = 0, clock: Callable[[], datetime] | None = None) -> Writer:
        """The one way in, on a connection of its own, usable from the thread that uses it first."""
        with explained(self.path):
            return Writer(_connect_for_writing(self.path), self.path, patience, clock)


def _connect_for_writing(path: Path) -> sqlite3.Connection:
    # isolation_level None: transactions begin and end where the writer says, never behind its back.
    connection = sqlite3.connect(
        path.absolute().as_uri(),
        uri=True,  # so that a shard may be attached read-only
        timeout=reading.PATIENCE,
        isolation_level=None,
        check_same_thread=False,
        cached_statements=512,
    )
    connection.row_factory = sqlite3.Row
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("PRAGMA journal_mode = WAL")
    # NORMAL with WAL survives kill -9; only a power cut can lose the last commits, never the file.
    connection.execute("PRAGMA synchronous = NORMAL")
    # A page touches many leaves of the indexes, some 190 kB of WAL: folding 64 MB of it back at once writes each leaf
    # but once. The crawl waits meanwhile for the disk (two fsyncs), so this should be seldom. What a power cut may cost
    # is no more by that: the system writes on its own what is half a minute old.
    connection.execute("PRAGMA wal_autocheckpoint = 16000")
    return connection


def open_archive(directory: Path, *, create: bool = False) -> Archive:
    """Open the archive in a directory; with create, make what is missing and bring it up to date.

    Raises ArchiveMissing, ArchiveTooNew, ArchiveDamaged or DiskFull. A database that is not an archive
    is left as it is, whatever its name.
    """
    archive = Archive(Path(directory))
    with explained(archive.path):
        there = archive.path.exists()
        if not there and not create:
            raise _missing(archive, str(directory), f"there is no {DATABASE} in it")
        if there:
            _check(archive, create=create)
        if create:
            archive.directory.mkdir(parents=True, exist_ok=True)
            _bring_up_to_date(archive.path)
    return archive


def is_lost(directory: Path) -> bool:
    """Whether WARC files lie in a directory without the database that was read from them."""
    path = directory / DATABASE
    return has_warc(directory) and not (path.exists() and path.stat().st_size)


def _missing(archive: Archive, what: str, why: str) -> ArchiveMissing:
    """The error that says so, and where its rows can be had from."""
    if has_warc(archive.directory):
        return ArchiveMissing(what, f"{why}, but there are WARC files", f"Restore it from a copy, or {ANEW}")
    return ArchiveMissing(what, why, BEGIN)


def _check(archive: Archive, *, create: bool) -> None:
    """Whether the file is an archive that this version can read or, with create, an empty one that can become it."""
    if archive.path.is_dir():
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
    migrations = _migrations()
    with closing(archive.connect()) as connection:
        applied = [done.name for done in migrations.applied(Database(connection))]
        (tables,) = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    known = {migration.name for migration in migrations.pending(Database(memory=True))}
    newer = [name for name in applied if name not in known]
    if newer:
        why = f"it was made by a newer version (it has {newer[-1]})"
        raise ArchiveTooNew(str(archive.path), why, "Update blog-archiver")
    if not applied and tables:
        why = "it is not an archive of blog-archiver"
        raise ArchiveDamaged(str(archive.path), why, "Name another directory with -a")
    if not applied and not create:  # who was making it was killed
        raise _missing(archive, str(archive.path), "it is empty")


def readable(path: Path) -> None:
    """Raise ArchiveMissing, ArchiveTooNew or ArchiveDamaged for a database, of any name, that cannot be read."""
    archive = Archive(path.parent, path.name)
    with explained(path):
        if not path.exists():
            raise ArchiveMissing(str(path), "there is no such file")
        _check(archive, create=False)


def is_current(path: Path) -> bool:
    """Whether a database has the schema of this version. Raises ArchiveTooNew, ArchiveDamaged."""
    archive = Archive(path.parent, path.name)
    _check(archive, create=False)
    with closing(archive.connect()) as connection:
        return not _migrations().pending(Database(connection))


def _bring_up_to_date(path: Path) -> None:
    """Apply what is missing of migrations and views, all or nothing; another process may be at it too."""
    with closing(_connect_for_writing(path)) as connection:
        connection.execute("BEGIN IMMEDIATE")
        _migrations().apply(Database(connection))
        _refresh_views(connection)
        connection.execute("COMMIT")
