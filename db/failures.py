"""What SQLite and the file system say, as errors that name cause and next step."""

from __future__ import annotations

import errno
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from archiver.errors import ArchiveDamaged, ArchiveError, DiskFull

CODES = {
    sqlite3.SQLITE_FULL: "full",
    sqlite3.SQLITE_IOERR: "full",
    sqlite3.SQLITE_READONLY: "readonly",
    sqlite3.SQLITE_PERM: "readonly",
    sqlite3.SQLITE_CANTOPEN: "readonly",
    sqlite3.SQLITE_NOTADB: "damaged",
    sqlite3.SQLITE_CORRUPT: "damaged",
    sqlite3.SQLITE_BUSY: "locked",
    sqlite3.SQLITE_LOCKED: "locked",
}
WORDS = {
    "full": "full",
    "disk I/O": "full",
    "readonly": "readonly",
    "unable to open": "readonly",
    "not a database": "damaged",
    "malformed": "damaged",
    "locked": "locked",
}
"""For errors that come without SQLite's code: those that other modules make."""


def explain(error: sqlite3.DatabaseError, path: Path) -> ArchiveError:
    """The archive's error for what SQLite says."""
    text, code = str(error), getattr(error, "sqlite_errorcode", None)
    cause = CODES.get(code & 0xFF) if code else next((WORDS[word] for word in WORDS if word in text), None)
    match cause:
        case "full":
            todo = "Free some space and run the same command again; what was stored stays"
            return DiskFull(str(path), text, todo)
        case "readonly":
            return DiskFull(str(path), f"it cannot be written ({text})", "Check the rights of the directory")
        case "damaged":
            return ArchiveDamaged(str(path), text, "Restore it from a copy, or name another directory with -a")
        case "locked":
            return ArchiveError(str(path), "another program is writing to it", "Wait for it to end and try again")
        case _:
            return ArchiveError(str(path), text)


def explain_os(error: OSError, path: Path) -> ArchiveError:
    """The archive's error for what the file system says."""
    if error.errno in {errno.ENOSPC, errno.EDQUOT}:
        return DiskFull(str(path), "no space is left", "Free some space and run the same command again")
    return DiskFull(str(path), error.strerror or str(error), "Name a directory that can be written with -a")


@contextmanager
def explained(path: Path) -> Iterator[None]:
    """Raise what SQLite and the file system say of the archive at `path` as its own errors.

    Broken constraints and misuse are faults of this program and pass as they are.
    """
    try:
        yield
    except sqlite3.DatabaseError as error:
        if isinstance(error, sqlite3.IntegrityError | sqlite3.ProgrammingError | sqlite3.DataError):
            raise
        raise explain(error, path) from error
    except OSError as error:
        raise explain_os(error, path) from error
