"""Opening an archive: the directory, its database, its migrations and views."""

from __future__ import annotations

import errno
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.resources import files
from pathlib import Path

from sqlite_utils import Database, Migrations

from archiver.errors import ArchiveDamaged, ArchiveError, ArchiveMissing, ArchiveTooNew, DiskFull
from db.reader import Reader
from db.writer import Writer

DATABASE = "archive.db"
BUSY_SECONDS = 30


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


def _refresh_views(connection: sqlite3.Connection) -> None:
    """Bring the views to the wording of views.sql. Views hold no data, so they need no migration."""
    wanted = files("db").joinpath("views.sql").read_text(encoding="utf-8")
    scratch = sqlite3.connect(":memory:")
    with scratch:
        scratch.executescript(wanted)
    query = "SELECT name, sql FROM sqlite_master WHERE type = 'view'"
    ours, theirs = dict(scratch.execute(query)), dict(connection.execute(query))
    scratch.close()
    if ours == theirs:
        return
    connection.execute("BEGIN IMMEDIATE")
    for name in theirs:
        connection.execute(f'DROP VIEW IF EXISTS "{name}"')
    for sql in ours.values():
        connection.execute(sql)
    connection.execute("COMMIT")


@contextmanager
def _explained(path: Path) -> Iterator[None]:
    """Turn what SQLite and the file system say into errors that name cause and next step."""
    try:
        yield
    except sqlite3.DatabaseError as error:
        raise explain(error, path) from error
    except OSError as error:
        raise explain_os(error, path) from error


def explain(error: sqlite3.DatabaseError, path: Path) -> ArchiveError:
    """The archive's error for what SQLite says."""
    text = str(error)
    if "full" in text or "disk I/O" in text:
        return DiskFull(str(path), text, "Free some space and run the same command again; what was stored stays")
    if "readonly" in text or "unable to open" in text:
        return DiskFull(str(path), f"it cannot be written ({text})", "Check the rights of the directory")
    if "not a database" in text or "malformed" in text:
        return ArchiveDamaged(str(path), text, "Restore it from a copy, or name another directory with -a")
    if "locked" in text:
        return ArchiveError(str(path), "another program is writing to it", "Wait for it to end and try again")
    return ArchiveError(str(path), text)


def explain_os(error: OSError, path: Path) -> ArchiveError:
    """The archive's error for what the file system says."""
    if error.errno in {errno.ENOSPC, errno.EDQUOT}:
        return DiskFull(str(path), "no space is left", "Free some space and run the same command again")
    return DiskFull(str(path), error.strerror or str(error), "Name a directory that can be written with -a")


class Archive:
    """An archive on disk. One `writer()` at a time; any number of readers beside it."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.path = directory / DATABASE

    def connect(self) -> sqlite3.Connection:
        """A read-only connection that sees commits while a crawl writes; rows by name."""
        with _explained(self.path):
            connection = sqlite3.connect(f"{self.path.absolute().as_uri()}?mode=ro", uri=True, timeout=BUSY_SECONDS)
            connection.row_factory = sqlite3.Row
            connection.execute("PRAGMA query_only = ON")
        return connection

    def reader(self) -> Reader:
        """Named ways out, on a connection of their own."""
        return Reader(self.connect())

    def writer(self) -> Writer:
        """The one way in, on a connection of its own, usable from the thread that uses it first."""
        with _explained(self.path):
            return Writer(_connect_for_writing(self.path))


def _connect_for_writing(path: Path) -> sqlite3.Connection:
    # isolation_level None: transactions begin and end where the writer says, never behind its back.
    connection = sqlite3.connect(path, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False)
    connection.row_factory = sqlite3.Row
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("PRAGMA journal_mode = WAL")
    # NORMAL with WAL survives kill -9; only a power cut can lose the last commits, never the file.
    connection.execute("PRAGMA synchronous = NORMAL")
    return connection


def open_archive(directory: Path, *, create: bool = False) -> Archive:
    """Open the archive in a directory; with create, make what is missing and bring it up to date.

    Raises ArchiveMissing, ArchiveTooNew, ArchiveDamaged or DiskFull.
    """
    archive = Archive(Path(directory))
    if not archive.path.exists() and not create:
        raise ArchiveMissing(str(directory), f"there is no {DATABASE} in it", "Run `archiver crawl URL` first, or name the archive with -a")
    with _explained(archive.path):
        if create:
            archive.directory.mkdir(parents=True, exist_ok=True)
        migrations = _migrations()
        connection = _connect_for_writing(archive.path) if create else archive.connect()
        try:
            database = Database(connection)
            known = {migration.name for migration in migrations.pending(Database(memory=True))}
            newer = [done.name for done in migrations.applied(database) if done.name not in known]
            if newer:
                raise ArchiveTooNew(str(archive.path), f"it was made by a newer version (it has {newer[-1]})", "Update blog-archiver")
            if create:
                migrations.apply(database)
                _refresh_views(connection)
            elif not migrations.applied(database):
                raise ArchiveDamaged(str(archive.path), "it is not an archive of blog-archiver", "Name another directory with -a")
        finally:
            connection.close()
    return archive
