"""Runs the command as a user does, in a process of its own, and looks at what it leaves."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.crawl import forked
from tests.crawl.forked import Forked

ROOT = Path(__file__).parents[2]
READS_ITSELF = False
"""Whether a crawl starts no process for its pages; see conftest.py."""
SOON = {"least_pause": 0.02}
"""Tries again without the waits that are due to a stranger's server."""

# Which run brought a row, and when; where it lies in the search index.
VOLATILE = {
    *("fetch_id", "crawl_id", "docid", "provenance", "first_seen_at", "last_seen_at", "seen_at", "said_at"),
    *("seen_from", "seen_until", "fetched_at"),
}
CONTENT = (
    *("blogs", "authors", "posts", "post_parts", "post_authors", "comments", "thread_pages", "terms", "post_terms"),
    *("archives", "widgets", "widget_links", "links", "media", "works", "citations", "claims"),
)


@dataclass(frozen=True)
class Ran:
    """A run that has ended. said: its lines on standard error."""

    archive: Path
    code: int
    out: str
    err: str

    @property
    def said(self) -> list[str]:
        return self.err.strip().splitlines()

    def rows(self, sql: str, *values: Any) -> list[tuple[Any, ...]]:
        """What the archive answers to a query."""
        return rows(self.archive, sql, *values)

    def one(self, sql: str, *values: Any) -> Any:
        """The first value of the first row."""
        return self.rows(sql, *values)[0][0]


def environment(**extra: str) -> dict[str, str]:
    """Without settings and proxies of a user's own."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("ARCHIVER_") and not name.lower().endswith("_proxy")
    }
    return {**kept, **extra}


def words(*arguments: str, arranged: dict[str, Any] | None = None) -> list[str]:
    """The command line, by way of the driver where something is to be arranged."""
    if arranged is None:
        return [sys.executable, "-m", "archiver", *arguments]
    return [sys.executable, "-m", "tests.crawl.driver", json.dumps(arranged), *arguments]


def run(
    *arguments: str | Path, arranged: dict[str, Any] | None = None, cwd: Path = ROOT, **extra: str
) -> subprocess.CompletedProcess[str]:
    """Run any command to its end. extra: variables. Nothing like a traceback may ever be seen."""
    module, *rest = words(*map(str, arguments), arranged=arranged)[2:]
    ran = forked.run(module, *rest, cwd=cwd, env=environment(**extra))
    assert "Traceback" not in ran.stderr + ran.stdout, ran.stderr
    return ran


def start(archive: Path, *arguments: str, arranged: dict[str, Any] | None = None, verb: str = "crawl") -> Forked:
    """Begin a crawl without waits between requests, unless the arguments say otherwise; in a group of its own."""
    delay = () if "--delay" in arguments else ("--delay", "0")
    module, *rest = words(verb, "-a", str(archive), *delay, *arguments, arranged=arranged)[2:]
    return Forked(module, *rest, cwd=ROOT, env=environment(), reads_itself=READS_ITSELF)


def crawl(archive: Path, *arguments: str, arranged: dict[str, Any] | None = None) -> Ran:
    """Crawl to the end. Nothing like a traceback may ever be seen."""
    return ended(archive, start(archive, *arguments, arranged=arranged))


def update(archive: Path, *arguments: str, arranged: dict[str, Any] | None = None) -> Ran:
    """Bring an archive up to date."""
    return ended(archive, start(archive, *arguments, arranged=arranged, verb="update"))


def ended(archive: Path, process: Forked | subprocess.Popen[str], timeout: float = 120) -> Ran:
    """What a crawl came to, once it and all that it started have ended: they share its standard error."""
    try:
        out, err = process.communicate(timeout=timeout)
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
    assert "Traceback" not in err + out, err
    assert process.returncode is not None
    return Ran(archive, process.returncode, out, err)


def archiver(archive: Path, verb: str, *arguments: str | Path) -> Ran:
    """Run any other verb on an archive."""
    ran = run(verb, "-a", archive, *arguments)
    return Ran(archive, ran.returncode, ran.stdout, ran.stderr)


def stat(pid: int) -> list[str]:
    """What the kernel says of a process: its state, its parent … Raises OSError when it is over."""
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()


def alive(pid: int) -> bool:
    """Whether it is there, and not only waits for somebody to take note of its end."""
    try:
        return stat(pid)[0] != "Z"
    except OSError:
        return False


def until_gone(*pids: int, seconds: float = 120) -> None:
    """Wait for the end of processes that are about to end: their files and pipes are closed a little before it."""
    end = time.monotonic() + seconds
    while any(map(alive, pids)):
        assert time.monotonic() < end
        time.sleep(0.01)


def rows(archive: Path, sql: str, *values: Any) -> list[tuple[Any, ...]]:
    """What an archive answers to a query."""
    with closing(sqlite3.connect(f"{(archive / 'archive.db').as_uri()}?mode=ro", uri=True)) as connection:
        return connection.execute(sql, values).fetchall()


def content(archive: Path) -> dict[str, list[tuple[Any, ...]]]:
    """All that an archive holds of its blogs, without what differs from run to run."""
    found = {}
    with closing(sqlite3.connect(f"{(archive / 'archive.db').as_uri()}?mode=ro", uri=True)) as connection:
        for table in CONTENT:
            columns = [row[1] for row in connection.execute(f"PRAGMA table_info({table})") if row[1] not in VOLATILE]
            names = ", ".join(columns)
            found[table] = sorted(connection.execute(f"SELECT {names} FROM {table}").fetchall(), key=repr)
    return found


def differences(archive: Path, other: Path) -> dict[str, tuple[Sequence[Any], Sequence[Any]]]:
    """Rows that only one of two archives has, by table."""
    ours, theirs = content(archive), content(other)
    return {
        table: (
            [row for row in ours[table] if row not in theirs[table]],
            [row for row in theirs[table] if row not in ours[table]],
        )
        for table in CONTENT
        if ours[table] != theirs[table]
    }


def sound(archive: Path) -> bool:
    """Whether the file is whole, every reference leads somewhere, and the search index fits its tables."""
    with closing(sqlite3.connect(archive / "archive.db")) as connection:
        whole = [row[0] for row in connection.execute("PRAGMA integrity_check")]
        dangling = connection.execute("PRAGMA foreign_key_check").fetchall()
        made = {row[0] for row in connection.execute("SELECT name FROM sqlite_master")}
        for table in made & {
            "posts_fts",
            "comments_fts",
        }:  # raises when it does not fit; a kill may come before it is made
            connection.execute(f"INSERT INTO {table} ({table}, rank) VALUES ('integrity-check', 1)")
        connection.rollback()
    return whole == ["ok"] and dangling == []
