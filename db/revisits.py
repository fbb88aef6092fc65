"""What an update has to know of a blog before it begins, and what it keeps of itself: sensors and revisits."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from archiver.model import Rank
from db.keys import key
from db.merge import decode

# A post that a whole crawl has seen since was verified by it.
POSTS = """
WITH whole AS (
  SELECT max(started_at) AS began FROM crawls
  WHERE blog_id = ?1 AND command = 'crawl' AND outcome IN ('complete', 'incomplete')
), thread AS (
  SELECT post_id, max(published_at) AS latest,
    count(*) FILTER (WHERE instr(sources, 'api') AND kind = 'comment') AS listed,
    count(*) FILTER (WHERE instr(sources, 'page')) AS shown, count(*) AS held
  FROM comments WHERE blog_id = ?1 AND gone_at IS NULL GROUP BY post_id
)
SELECT p.id, p.native_id, p.url, p.kind, p.modified_at, coalesce(p.protected, 0) AS protected,
  instr(p.sources, 'api') > 0 AS by_api, p.published_at, p.parts,
  max(coalesce(p.published_at, ''), coalesce(t.latest, '')) AS active_at,
  coalesce(t.listed, 0) AS listed, coalesce(t.shown, 0) AS shown,
  coalesce(t.held, 0) AS held,
  (SELECT max(pages) FROM thread_pages WHERE post_id = p.id) AS pages,
  (SELECT number FROM claims WHERE post_id = p.id AND measure = 'comments' AND source = 'heading') AS heading,
  (SELECT number FROM claims WHERE post_id = p.id AND measure = 'comments' AND source IN ('feed', 'api')
    ORDER BY source = 'feed' DESC LIMIT 1) AS feed,
  CASE WHEN p.last_seen_at >= whole.began THEN max(coalesce(r.checked_at, ''), whole.began)
    ELSE coalesce(r.checked_at, p.last_seen_at) END AS checked_at,
  CASE WHEN r.checked_at >= coalesce(whole.began, '') OR p.last_seen_at < whole.began THEN r.due_at END AS due_at,
  EXISTS (
    SELECT 1 FROM fetches f JOIN crawls c ON c.id = f.crawl_id
    WHERE (f.url = p.url AND f.kind = 'post' OR f.id = p.fetch_id AND NOT instr(p.sources, 'page'))
      AND f.fetched_at > max(coalesce(r.checked_at, ''), coalesce(whole.began, ''))
      AND c.command = 'update' AND coalesce(c.outcome, 'interrupted') = 'interrupted'
  ) AS unsettled
FROM posts p JOIN whole LEFT JOIN thread t ON t.post_id = p.id LEFT JOIN revisits r ON r.post_id = p.id
WHERE p.blog_id = ?1 AND p.gone_at IS NULL AND p.sources <> ''
"""
# What only a feed has told is known once its post was verified after that.
COMMENTS = """
SELECT c.native_id, c.post_id, instr(c.sources, 'api') > 0 AND c.kind = 'comment' AS listed,
  instr(c.sources, 'api') OR instr(c.sources, 'page') OR c.first_seen_at < coalesce(r.checked_at, '') AS settled,
  c.published_at
FROM comments c LEFT JOIN revisits r ON r.post_id = c.post_id
WHERE c.blog_id = ? AND c.gone_at IS NULL AND c.native_id IS NOT NULL
"""
SENSORS = """
SELECT s.name, s.url, s.kind, s.hint, s.state, s.checked_at, s.due_at, s.news_at, s.shown, s.total,
  s.withheld, s.fetch_id, f.etag, f.last_modified
FROM sensors s LEFT JOIN fetches f ON f.id = s.fetch_id WHERE s.blog_id = ?
"""
SAVE_SENSOR = """
INSERT INTO sensors (id, blog_id, name, url, kind, hint, state, checked_at, due_at, news_at, shown, total,
  withheld, fetch_id)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (id) DO UPDATE SET url = excluded.url, kind = excluded.kind, hint = excluded.hint,
  state = excluded.state, checked_at = excluded.checked_at, due_at = excluded.due_at, news_at = excluded.news_at,
  shown = excluded.shown, total = excluded.total, withheld = excluded.withheld, fetch_id = excluded.fetch_id
"""
SAVE_CHECK = """
INSERT INTO revisits (post_id, checked_at, due_at, listed_in, unlisted_in) SELECT ?1, ?2, ?3, ?4, ?5
WHERE EXISTS (SELECT 1 FROM posts WHERE id = ?1)
ON CONFLICT (post_id) DO UPDATE SET checked_at = excluded.checked_at, due_at = excluded.due_at,
  listed_in = coalesce(excluded.listed_in, listed_in), unlisted_in = coalesce(excluded.unlisted_in, unlisted_in)
"""
VALIDATORS = """
SELECT f.etag, f.last_modified, c.outcome IS 'complete' AND (
  SELECT coalesce(max(t.pages), 1) <= 1 OR count(*) FILTER (WHERE t.page > 0) >= max(t.pages)
  FROM thread_pages t JOIN fetches x ON x.id = t.fetch_id WHERE t.post_id = ?2 AND x.crawl_id = f.crawl_id
) AND NOT EXISTS (SELECT 1 FROM surpluses WHERE post_id = ?2 AND readings = 1) AS is_followed_up
FROM fetches f JOIN crawls c ON c.id = f.crawl_id
WHERE f.url = ?1 AND f.kind = 'post' AND f.status = 200
ORDER BY f.fetched_at DESC LIMIT 1
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownPost:
    """A post that is held and has not vanished.

    active_at: the later of its own date and that of its latest comment. listed, shown: comments of it that the API,
    and its pages, have shown. held: all comments of it. pages: of its thread; parts: of the post itself. heading, feed:
    comments that they claim. checked_at: when it was last verified; due_at: when it is to be verified again, None while
    that has not been settled. unsettled: an update has read its page since, or a feed that told of it, and was killed
    or stopped before it had followed that up.
    """

    id: str
    native_id: str | None
    url: str
    kind: str
    modified_at: str | None
    protected: bool
    by_api: bool
    published_at: str | None
    active_at: str
    listed: int
    shown: int
    held: int
    pages: int | None
    heading: int | None
    feed: int | None
    checked_at: str
    due_at: str | None
    unsettled: bool = False
    parts: int | None = None


class KnownComment(NamedTuple):
    """listed: the API has listed it. settled: more than a feed's word on it is held, or can be had."""

    native_id: str
    post_id: str
    listed: bool
    settled: bool
    published_at: str | None


class WordsOfFeed(NamedTuple):
    """What is held of a post that a feed has brought; None where something else has, or nothing."""

    title: str | None
    text: str | None


@dataclass(slots=True, kw_only=True)
class SensorState:
    """What is kept of a sensor between two runs; see the table. etag, last_modified: those of `fetch_id`."""

    name: str
    url: str
    kind: str
    hint: str = "{}"
    state: str = "open"
    checked_at: str = ""
    due_at: str = ""
    news_at: str | None = None
    shown: int | None = None
    total: int | None = None
    withheld: int | None = None
    fetch_id: str | None = None
    etag: str | None = None
    last_modified: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """A post that was verified. listed: the API listed its whole thread; unlisted: it did not list the post itself."""

    post_id: str
    checked_at: str
    due_at: str
    listed: bool = False
    unlisted: bool = False


def known_posts(connection: sqlite3.Connection, blog_id: str) -> list[KnownPost]:
    """The posts and pages of a blog that have been read and are there."""
    return [
        KnownPost(**{**row, **{name: bool(row[name]) for name in ("protected", "by_api", "unsettled")}})
        for row in map(dict[str, Any], connection.execute(POSTS, (blog_id,)))
    ]


def known_comments(connection: sqlite3.Connection, blog_id: str) -> list[KnownComment]:
    """The comments of a blog that are there, with the platform's own ids."""
    return [
        KnownComment(row[0], row[1], bool(row[2]), bool(row[3]), row[4])
        for row in connection.execute(COMMENTS, (blog_id,))
    ]


def known_addresses(connection: sqlite3.Connection, blog_id: str) -> dict[str, str]:
    """Whose address it is, by `url_key`: the post's id."""
    query = "SELECT u.address, u.post_id FROM post_urls u JOIN posts p ON p.id = u.post_id WHERE p.blog_id = ?"
    return dict(connection.execute(query + " AND p.gone_at IS NULL AND p.sources <> ''", (blog_id,)).fetchall())


def fetched_posts(connection: sqlite3.Connection, blog_id: str) -> list[str]:
    """The URLs that were read as posts, whatever they turned out to be, redirects followed."""
    query = "SELECT DISTINCT url FROM fetches WHERE blog_id = ? AND kind = 'post' AND status BETWEEN 200 AND 299"
    return [row[0] for row in connection.execute(query, (blog_id,))]


def month_claims(connection: sqlite3.Connection, blog_id: str) -> dict[str, int]:
    """How many posts the sidebar claims, by month (`2021-02`)."""
    query = "SELECT subject, number FROM claims WHERE blog_id = ? AND subject_kind = 'month' AND measure = 'posts'"
    return dict(connection.execute(query, (blog_id,)).fetchall())


def api_claims(connection: sqlite3.Connection, blog_id: str) -> dict[str, int]:
    """How many posts, pages and comments the API has stated."""
    query = "SELECT measure, number FROM claims WHERE blog_id = ? AND subject_kind = 'blog' AND source = 'api'"
    return dict(connection.execute(query, (blog_id,)).fetchall())


def latest_fetch(connection: sqlite3.Connection, blog_id: str) -> str | None:
    """When the blog last answered, by the clock of then."""
    (at,) = connection.execute("SELECT max(fetched_at) FROM fetches WHERE blog_id = ?", (blog_id,)).fetchone()
    return None if at is None else str(at)


def unfinished(connection: sqlite3.Connection, blog_id: str) -> int:
    """How many URLs the latest pass of `crawl` over the blog has left."""
    query = (
        "SELECT count(*) FROM frontier WHERE blog_id = ?1 AND state IN ('pending', 'in_flight')"
        " AND round = (SELECT max(round) FROM frontier WHERE blog_id = ?1)"
    )
    return int(connection.execute(query, (blog_id,)).fetchone()[0])


def is_followed_up(connection: sqlite3.Connection, blog_id: str, crawl_id: str) -> bool:
    """Whether the run before this one (`crawl_id`) came to its end."""
    row = connection.execute(
        "SELECT outcome FROM crawls WHERE blog_id = ? AND id <> ? ORDER BY started_at DESC LIMIT 1", (blog_id, crawl_id)
    ).fetchone()
    return row is not None and row[0] in {"complete", "incomplete"}


def sensors(connection: sqlite3.Connection, blog_id: str) -> dict[str, SensorState]:
    """What earlier runs have kept of the sensors, by name."""
    rows = connection.execute(SENSORS, (blog_id,))
    return {row["name"]: SensorState(**{name: row[name] for name in row.keys()}) for row in rows}  # noqa: SIM118


def validators(connection: sqlite3.Connection, url: str, post_id: str) -> tuple[str | None, str | None]:
    """ETag and Last-Modified of the latest whole answer of a post's URL; none where not all of it was followed up.

    That is so where its run was killed, stopped or failed before it had judged what the thread no longer holds, and
    where another page of the thread was read in another run: "not modified" would then hide that for good. And where
    the thread is to be read a second time to tell whether it shows all that it counts (db/surpluses.py).
    """
    row = connection.execute(VALIDATORS, (url, post_id)).fetchone()
    return (row["etag"], row["last_modified"]) if row and row["is_followed_up"] else (None, None)


def words_of_feed(connection: sqlite3.Connection, post_id: str) -> WordsOfFeed:
    """The title and the text of a post as far as a feed has brought them."""
    row = connection.execute("SELECT title, text, provenance FROM posts WHERE id = ?", (post_id,)).fetchone()
    if row is None:
        return WordsOfFeed(None, None)
    stamps = decode(row["provenance"])
    held = {"title": row["title"], "body": row["text"]}
    told = {facet: words for facet, words in held.items() if facet in stamps and stamps[facet][0] == Rank.FEED}
    return WordsOfFeed(told.get("title"), told.get("body"))


def save_sensors(connection: sqlite3.Connection, site_key: str, blog_id: str, found: Iterable[SensorState]) -> None:
    """Keep what a run has learned of the sensors. Inside the writer's transaction."""
    connection.executemany(
        SAVE_SENSOR,
        [
            (
                *(key("sensor", site_key, one.name), blog_id, one.name, one.url, one.kind, one.hint, one.state),
                *(one.checked_at, one.due_at, one.news_at, one.shown, one.total, one.withheld, one.fetch_id),
            )
            for one in found
        ],
    )


def save_checks(connection: sqlite3.Connection, crawl_id: str, checks: Sequence[Check]) -> None:
    """Keep which posts a run has verified. Inside the writer's transaction, before the run is judged."""
    connection.executemany(
        SAVE_CHECK,
        [
            (
                *(check.post_id, check.checked_at, check.due_at),
                *(crawl_id if check.listed else None, crawl_id if check.unlisted else None),
            )
            for check in checks
        ],
    )
