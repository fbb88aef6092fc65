"""What runs have brought: the posts and comments that one has touched, its requests, and how the latest compare."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

Change = Literal["new", "changed", "gone"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Touched:
    """A post or comment that a run has touched. title: of the post, or of the one that the comment stands under.

    at: when it was published, as far as the blog states that. Who wrote it is left to the archive: what is told of
    a run is kept, and sent about.
    """

    found: Literal["post", "comment"]
    id: str
    url: str | None
    title: str | None
    at: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One exchange of a run. seconds: since its first one. failed: why it brought nothing."""

    seconds: float
    failed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Failed:
    """A URL that failed in a run. why: `given up: 404 Not Found`, `put off: it did not answer in time`."""

    url: str
    at: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PastRun:
    """A run over one blog as it stands in the books. seconds: None when it has no end.

    new_…: posts and comments that it brought; requests likewise. Those of a run that was killed are not known.
    """

    id: str
    command: str
    started_at: str
    finished_at: str | None
    outcome: str | None
    reason: str | None
    seconds: float | None
    new_posts: int | None
    new_comments: int | None
    changed: int | None
    gone: int | None
    requests: int | None


# The front page is fetched before a run is registered. Rows of older versions are stamped to the second: `…:05Z`
# comes after all times of that second as it is, and `last` is its own second, for those of the run's last one.
_SPAN = """
SELECT k.blog_id,
  min(k.started_at, coalesce((SELECT min(fetched_at) FROM fetches WHERE crawl_id = k.id), k.started_at)) AS begun,
  coalesce(k.finished_at, '9999') AS ended, coalesce(substr(k.finished_at, 1, 19) || 'Z', '9999') AS last
FROM crawls k WHERE k.id = ?"""
# Read from end to end: by way of an index, each row would be sought by itself, which takes ten times as long.
_POSTS = """
SELECT 'post' AS found, p.id, p.url, p.title, p.published_at AS at FROM posts p NOT INDEXED
WHERE p.blog_id = :blog_id AND {which} ORDER BY p.published_at DESC, p.id LIMIT :most"""
_COMMENTS = """
SELECT 'comment' AS found, c.id, coalesce(c.url, p.url) AS url, p.title, c.published_at AS at
FROM comments c NOT INDEXED JOIN posts p ON p.id = c.post_id
WHERE c.blog_id = :blog_id AND {which} ORDER BY c.published_at DESC, c.id LIMIT :most"""
_EDITED_POSTS = """
SELECT DISTINCT 'post' AS found, p.id, p.url, p.title, p.published_at AS at
FROM revisions r CROSS JOIN posts p ON p.id = r.post_id
WHERE r.comment_id IS NULL AND (r.replaced_at BETWEEN :begun AND :ended OR r.replaced_at = :last)
  AND p.blog_id = :blog_id
ORDER BY p.published_at DESC, p.id LIMIT :most"""
_EDITED_COMMENTS = """
SELECT DISTINCT 'comment' AS found, c.id, coalesce(c.url, p.url) AS url, p.title, c.published_at AS at
FROM revisions r CROSS JOIN comments c ON c.id = r.comment_id JOIN posts p ON p.id = c.post_id
WHERE (r.replaced_at BETWEEN :begun AND :ended OR r.replaced_at = :last) AND c.blog_id = :blog_id
ORDER BY c.published_at DESC, c.id LIMIT :most"""
_SEEN = "({0}.first_seen_at BETWEEN :begun AND :ended OR {0}.first_seen_at = :last)"
_GONE = "({0}.gone_at BETWEEN :begun AND :ended OR {0}.gone_at = :last)"
_QUERIES: dict[Change, tuple[str, str]] = {
    "new": (
        _POSTS.format(which=f"{_SEEN.format('p')} AND p.kind <> 'unknown'"),
        _COMMENTS.format(which=_SEEN.format("c")),
    ),
    "changed": (_EDITED_POSTS, _EDITED_COMMENTS),
    "gone": (_POSTS.format(which=_GONE.format("p")), _COMMENTS.format(which=_GONE.format("c"))),
}
_COLUMNS = """id, command, started_at, finished_at, outcome, reason, counts,
  (julianday(finished_at) - julianday(started_at)) * 86400 AS seconds"""


def touched(connection: sqlite3.Connection, crawl_id: str, change: Change, most: int) -> list[Touched]:
    """Posts, then comments, that a run has touched so, the newest first; `most` of each. None of an unknown run."""
    span = connection.execute(_SPAN, (crawl_id,)).fetchone()
    if span is None:
        return []
    values = {**dict(span), "most": most}
    found = []
    for query in _QUERIES[change]:
        found += [Touched(**dict(row)) for row in connection.execute(query, values)]
    return found


def requests(connection: sqlite3.Connection, crawl_ids: Sequence[str]) -> list[Request]:
    """The requests of a run over one or several blogs, in the order of time."""
    marks = ", ".join("?" * len(crawl_ids))
    rows = connection.execute(
        "SELECT (julianday(fetched_at) - julianday(min(fetched_at) OVER ())) * 86400 AS seconds,"  # noqa: S608 - marks
        " error IS NOT NULL OR status IS NULL OR status >= 500 AS failed"
        f" FROM fetches WHERE crawl_id IN ({marks}) ORDER BY fetched_at",
        list(crawl_ids),
    )
    return [Request(seconds=max(0.0, row["seconds"]), failed=bool(row["failed"])) for row in rows]


def failures(connection: sqlite3.Connection, crawl_id: str, most: int) -> list[Failed]:
    """The URLs that a run has given up or put off, and not had later on; `most` of them."""
    rows = connection.execute(
        "SELECT q.url, max(f.fetched_at) AS at, CASE q.state WHEN 'given_up' THEN 'given up: ' ELSE 'put off: ' END"
        "   || coalesce(q.last_error, f.error, 'no answer') AS why"
        " FROM frontier q CROSS JOIN fetches f ON f.url = q.url"  # in this order: few rows of the frontier failed
        " WHERE q.blog_id = (SELECT blog_id FROM crawls WHERE id = ?1) AND f.crawl_id = ?1"
        " AND q.state IN ('given_up', 'pending') AND (q.state = 'given_up' OR q.last_error IS NOT NULL)"
        " GROUP BY q.url ORDER BY at, q.url LIMIT ?2",
        (crawl_id, most),
    )
    return [Failed(**dict(row)) for row in rows]


def past_runs(connection: sqlite3.Connection, blog_id: str, most: int) -> list[PastRun]:
    """The latest runs over a blog, newest first."""
    rows = connection.execute(
        f"SELECT {_COLUMNS} FROM crawls WHERE blog_id = ? ORDER BY started_at DESC, id DESC LIMIT ?",  # noqa: S608
        (blog_id, most),
    )
    return [_past_run(dict(row)) for row in rows]


def last_success(connection: sqlite3.Connection, blog_id: str) -> str | None:
    """When the latest run began that came to its end, with gaps or without; None if none did."""
    (at,) = connection.execute(
        "SELECT max(started_at) FROM crawls WHERE blog_id = ? AND outcome IN ('complete', 'incomplete', 'limit')",
        (blog_id,),
    ).fetchone()
    return None if at is None else str(at)


def limit_met(connection: sqlite3.Connection, blog_id: str) -> str | None:
    """What has stopped the run that `last_success` tells of, in a line; None if nothing did."""
    row = connection.execute(
        "SELECT outcome, coalesce(reason, 'stopped by a limit') FROM crawls WHERE blog_id = ?"
        " AND outcome IN ('complete', 'incomplete', 'limit') ORDER BY started_at DESC, id DESC LIMIT 1",
        (blog_id,),
    ).fetchone()
    return str(row[1]) if row and row[0] == "limit" else None


def failing(connection: sqlite3.Connection, blog_id: str) -> list[PastRun]:
    """The runs since the latest success that failed, could not store what they read, or were killed, the first first.

    A run that has no end may also be at work: only the newest can be. One that `archiver extract` has made out of WARC
    files has none either, since these do not tell how it ended.
    """
    rows = connection.execute(
        f"SELECT {_COLUMNS} FROM crawls WHERE blog_id = ? AND started_at > ?"  # noqa: S608 - our words
        " AND (outcome = 'failed' OR (outcome IS NULL AND command <> 'extract')"
        " OR (outcome = 'interrupted' AND json_extract(counts, '$.exit_code') = 3)) ORDER BY started_at, id",
        (blog_id, last_success(connection, blog_id) or ""),
    )
    return [_past_run(dict(row)) for row in rows]


def _past_run(row: dict[str, Any]) -> PastRun:
    counts: dict[str, int] = json.loads(row.pop("counts"))
    seconds = row.pop("seconds")

    def both(name: str) -> int | None:
        found = [counts[key] for key in (f"{name}_posts", f"{name}_comments") if key in counts]
        return sum(found) if found else None

    return PastRun(
        **row,
        seconds=None if seconds is None else round(seconds, 3),
        new_posts=counts.get("new_posts"),
        new_comments=counts.get("new_comments"),
        changed=both("changed"),
        gone=both("gone"),
        requests=counts.get("requests"),
    )
