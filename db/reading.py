"""Opening a database to read it, wherever it lies.

To see what others commit, SQLite keeps two files beside a database. On a medium that cannot be written these cannot be
made; nobody writes to it, then, and it is read as it stands.
"""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from pathlib import Path

LIVE, FROZEN = "mode=ro", "immutable=1"
"""How SQLite is told to open it."""
PATIENCE = 30.0
"""Seconds to wait for who is changing it at that moment."""


def connect(path: Path) -> sqlite3.Connection:
    """A connection that reads."""
    connection = _opened(path, LIVE)
    if not _is_frozen(connection, path):
        return connection
    connection.close()
    return _opened(path, FROZEN)


def how(path: Path) -> str:
    """LIVE or FROZEN, for who opens it otherwise than by `connect`."""
    with closing(_opened(path, LIVE)) as connection:
        return FROZEN if _is_frozen(connection, path) else LIVE


def can_be_written(path: Path) -> bool:
    """Whether the database, and what stands beside it, can be changed."""
    return os.access(path, os.W_OK) and os.access(path.parent, os.W_OK)


def uri(path: Path, mode: str) -> str:
    """The address by which SQLite opens it."""
    return f"{path.absolute().as_uri()}?{mode}"


def _opened(path: Path, mode: str) -> sqlite3.Connection:
    return sqlite3.connect(uri(path, mode), uri=True, timeout=PATIENCE)


def _is_frozen(connection: sqlite3.Connection, path: Path) -> bool:
    """Whether SQLite lacks the files beside it, and all that is committed is in the database itself."""
    try:
        connection.execute("PRAGMA schema_version")  # nothing is opened before
    except sqlite3.DatabaseError as error:
        log = path.with_name(f"{path.name}-wal")
        is_whole = path.is_file() and not (log.is_file() and log.stat().st_size)
        if error.sqlite_errorcode == sqlite3.SQLITE_CANTOPEN and is_whole and not os.access(path.parent, os.W_OK):
            return True
        connection.close()
        raise
    return False
