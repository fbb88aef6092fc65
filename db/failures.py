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
    sqlite3.SQLITE_CANTOPEN: "shut",
    sqlite3.SQLITE_NOTADB: "damaged",
    sqlite3.SQLITE_CORRUPT: "damaged",
    sqlite3.SQLITE_BUSY: "locked",
    sqlite3.SQLITE_LOCKED: "locked",
}
WORDS = {
    "full": "full",
    "disk I/O": "full",
    "readonly": "readonly",
    "unable to open": "shut",
    "not a database": "damaged",
    "malformed": "damaged",
    "locked": "locked",
}
"""For errors that come without SQLite's code: those that other modules make."""

RIGHTS = "Check the rights of the file and of its directory"
ANEW = "run `archiver extract`, which makes the tables anew from the WARC files"


def has_warc(archive: Path) -> bool:
    """Whether WARC files lie in an archive's directory, from which its database can be made."""
    return any((archive / "warc").glob("*.warc.gz*"))


def explain(error: sqlite3.DatabaseError, path: Path) -> ArchiveError:
    """The archive's error for what SQLite says."""
    text, code = str(error), getattr(error, "sqlite_errorcode", None)
    cause = CODES.get(code & 0xFF) if code else next((WORDS[word] for word in WORDS if word in text), None)
    match cause:
        case "full":
            todo = "Free some space and run the same command again; what was stored stays"
            return DiskFull(str(path), text, todo)
        case "readonly":
            return DiskFull(str(path), f"it cannot be written ({text})", RIGHTS)
        case "shut":
            return DiskFull(str(path), f"it cannot be opened ({text})", RIGHTS)
        case "damaged":
            folder = path if path.is_dir() else path.parent
            todo = f"move it away and {ANEW}" if has_warc(folder) else "name another directory with -a"
            return ArchiveDamaged(str(path), text, f"Restore it from a copy, or {todo}")
        case "locked":
            return ArchiveError(str(path), "another program is writing to it", "Wait for it to end and try again")
        case _:
            return ArchiveError(str(path), text)


def explain_os(error: OSError, path: Path) -> ArchiveError:
    """The archive's error for what the file system says."""
    if error.errno in {errno.ENOSPC, errno.EDQUOT}:
        return DiskFull(str(path), "no space is left", "Free some space and run the same command again")
    return DiskFull(str(path), error.strerror or str(error), "Check its rights, or name another place")


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
