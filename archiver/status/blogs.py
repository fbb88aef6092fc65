"""Each blog of an archive: what is held of it, and how its runs went."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from archiver.crawl.outcome import Coverage
from archiver.errors import UsageError
from archiver.status.gaps import blog_coverage
from archiver.terminal import safe
from archiver.urls import site_key
from db.changes import PastRun, failing, last_success, limit_met, past_runs

TREND = 5  # runs


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """The latest run over a blog. finished_at is None while it goes on, and after it was killed."""

    command: str
    started_at: str
    finished_at: str | None
    outcome: str | None
    reason: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class BlogStatus:
    """One blog. pending, given_up: URLs of the latest pass over it.

    last_success: when the latest run began that came to its end, with gaps or without; limited: what has stopped
    it. failures: runs since then that failed or were killed; failing_since: when the first of them began; last_error:
    what the latest of them said. runs: the latest, newest first. next_due: when the next is scheduled, where that is
    known. paused: updates leave it alone.
    """

    id: str
    site_key: str
    url: str
    title: str | None
    engine: str | None
    engine_version: str | None
    best_effort: bool
    posts: int
    pages: int
    comments: int
    pings: int
    gone: int
    coverage: Coverage
    pending: int
    given_up: int
    last_run: Run | None
    last_success: str | None
    limited: str | None
    failing_since: str | None
    failures: int
    last_error: str | None
    runs: tuple[PastRun, ...]
    next_due: str | None = None
    paused: bool = False

    @property
    def has_gaps(self) -> bool:
        """Whether something is known to be missing."""
        said = self.coverage
        known = (said.posts_with_gaps, said.missing_posts, said.months_with_gaps, said.categories_with_gaps)
        return bool(any(known) or self.pending or self.given_up)


def find_blogs(connection: sqlite3.Connection, names: Sequence[str]) -> list[str]:
    """The ids of the blogs meant by URL, host or site key; of all blogs when none is named. Raises UsageError."""
    known = {
        row["site_key"]: row["id"] for row in connection.execute("SELECT site_key, id FROM blogs ORDER BY site_key")
    }
    if not names:
        return list(known.values())
    found = []
    for name in names:
        key = site_key(name)
        if key not in known:
            todo = f"It has {', '.join(known)}" if known else "It is still empty"
            raise UsageError(safe(name), "there is no such blog in the archive", todo)
        found.append(known[key])
    return list(dict.fromkeys(found))


def blog_status(
    connection: sqlite3.Connection,
    blog_id: str,
    *,
    at_work: bool = False,
    next_due: str | None = None,
    paused: Collection[str] = (),
) -> BlogStatus:
    """Everything that `archiver status` tells of one blog. Raises LookupError for an unknown id.

    at_work: a run is going on; otherwise one without an end was killed. next_due: of the archive.
    paused: keys of the sites that updates leave alone.
    """
    row = connection.execute("SELECT * FROM blogs WHERE id = ?", (blog_id,)).fetchone()
    if row is None:
        raise LookupError(blog_id)
    waiting = _waiting(connection, blog_id)
    runs = past_runs(connection, blog_id, TREND)
    failed = [one for one in failing(connection, blog_id) if one.finished_at or not (at_work and one == runs[0])]
    return BlogStatus(
        id=blog_id,
        site_key=row["site_key"],
        url=row["url"],
        title=row["title"],
        engine=row["engine"],
        engine_version=row["engine_version"],
        best_effort=bool(row["best_effort"]),
        **_holdings(connection, blog_id),
        coverage=blog_coverage(connection, blog_id),
        pending=waiting.get("pending", 0) + waiting.get("in_flight", 0),
        given_up=waiting.get("given_up", 0),
        last_run=_last_run(connection, blog_id),
        last_success=last_success(connection, blog_id),
        limited=limit_met(connection, blog_id),
        failing_since=failed[0].started_at if failed else None,
        failures=len(failed),
        last_error=(failed[-1].reason or "it was killed") if failed else None,
        runs=tuple(runs),
        next_due=None if row["site_key"] in paused else next_due,
        paused=row["site_key"] in paused,
    )


def _holdings(connection: sqlite3.Connection, blog_id: str) -> dict[str, int]:
    """Numbers of posts, pages, comments, pings, and of all these that are gone."""
    posts, pages, gone_posts = connection.execute(
        "SELECT count(*) FILTER (WHERE kind = 'post'), count(*) FILTER (WHERE kind = 'page'), count(gone_at)"
        " FROM posts WHERE blog_id = ?",
        (blog_id,),
    ).fetchone()
    comments, pings, gone_comments = connection.execute(
        "SELECT count(*) FILTER (WHERE kind = 'comment'), count(*) FILTER (WHERE kind <> 'comment'), count(gone_at)"
        " FROM comments WHERE blog_id = ?",
        (blog_id,),
    ).fetchone()
    gone = gone_posts + gone_comments
    return {"posts": posts, "pages": pages, "comments": comments, "pings": pings, "gone": gone}


def _last_run(connection: sqlite3.Connection, blog_id: str) -> Run | None:
    run = connection.execute(
        "SELECT command, started_at, finished_at, outcome, reason FROM crawls WHERE blog_id = ?"
        " ORDER BY started_at DESC LIMIT 1",
        (blog_id,),
    ).fetchone()
    return Run(**dict(run)) if run else None


def _waiting(connection: sqlite3.Connection, blog_id: str) -> dict[str, int]:
    """URLs of the latest pass by their state."""
    rows = connection.execute(
        "SELECT state, count(*) FROM frontier WHERE blog_id = ?1"
        " AND round = (SELECT max(round) FROM frontier WHERE blog_id = ?1) GROUP BY state",
        (blog_id,),
    )
    return dict(rows.fetchall())
