"""What the blog no longer shows. Judged at the end of a run, and only on complete evidence.

A comment has vanished when a thread that was read whole in this run did not hold it, and no other
reading of this run did either:

- by pages: all comment pages of its post were read, and their headings agree. They may claim more than
  was shown only as far as they did when the thread was read whole the last time, and by the answers to
  what has vanished: blogs go on counting those. Judged so are comments that a page has shown before;
  replies to what is not public are not.
- by a comment system, or by the platform's data of one post: all parts of the thread were read, and nothing was held
  back. Judged so are comments that the same source has given before.
- by the API: all pages of its list of comments, or of that of a post, were read and stated one and the same
  total. Judged so are comments that the API has listed before; pings, which it leaves out, are not.

A post has vanished when it is absent from a complete list of the API, is not given when the API is asked for it by its
number, or when its URL answers 404 or 410. What
stood under it has vanished with it.

What a password hides now has not vanished. And a run that would mark more than half of a blog's comments
(or posts) marks none: then it is the reading that is wrong. Whatever is read again later is unmarked when
that reading is merged.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass

from archiver.model import Claim
from archiver.urls import url_key
from db.keys import key
from db.surpluses import READ_WHOLE

ENDED = frozenset({"complete", "incomplete"})
"""Outcomes of runs that were not cut short."""

# The front page is fetched before the run is registered.
CRAWL = """
SELECT b.id, b.site_key, c.command,
  min(c.started_at, coalesce((SELECT min(fetched_at) FROM fetches WHERE crawl_id = c.id), c.started_at))
FROM crawls c JOIN blogs b ON b.id = c.blog_id WHERE c.id = ?
"""
# A pass over a blog that was interrupted goes on in this run.
BEGUN = """
SELECT min(f.fetched_at) FROM frontier q JOIN fetches f ON f.id = q.done_in
WHERE q.blog_id = ?1 AND q.round = (SELECT max(round) FROM frontier WHERE blog_id = ?1)
"""
WHOLE_THREADS = f"""
SELECT t.post_id, max(t.seen_at), sum(t.shown), max(t.claimed),
  (SELECT max(coalesce(w.claimed, 0) - w.shown, 0) FROM whole_threads w WHERE w.post_id = t.post_id)
{READ_WHOLE}
"""  # noqa: S608 - a constant of ours
SAVE_WHOLE_THREAD = """
INSERT INTO whole_threads (post_id, seen_at, shown, claimed) VALUES (?, ?, ?, ?)
ON CONFLICT (post_id) DO UPDATE SET seen_at = excluded.seen_at, shown = excluded.shown, claimed = excluded.claimed
"""
GONE_FROM_PAGE = """
SELECT id, parent_id FROM comments
WHERE post_id = ? AND gone_at IS NULL AND last_seen_at < ? AND instr(sources, 'page')
  AND (answers IS NULL OR parent_id IS NOT NULL) AND NOT (SELECT coalesce(protected, 0) FROM posts WHERE id = post_id)
"""
WHOLE_ANSWERS = """
SELECT t.post_id, t.source, max(t.seen_at) FROM thread_answers t JOIN fetches f ON f.id = t.fetch_id
WHERE f.crawl_id = ?
GROUP BY t.post_id, t.source
HAVING max(t.part) = count(*) AND max(t.part) = max(t.part) FILTER (WHERE t.last)
"""
GONE_FROM_ANSWERS = """
SELECT id FROM comments
WHERE post_id = ?1 AND gone_at IS NULL AND last_seen_at < ?2 AND instr(sources, 'api')
  AND CASE ?3 WHEN 'api' THEN instr(native_id, ':') = 0 ELSE native_id GLOB ?3 || ':*' END
"""
GONE_FROM_API = """
SELECT id FROM comments
WHERE blog_id = ? AND gone_at IS NULL AND last_seen_at < ? AND instr(sources, 'api') AND kind = 'comment'
  AND NOT (SELECT coalesce(protected, 0) FROM posts WHERE id = post_id)
"""
GONE_WITH_POST = """
SELECT id FROM comments WHERE post_id = ? AND gone_at IS NULL AND last_seen_at < ?
"""
GONE_FROM_LISTED_THREADS = """
SELECT c.id, r.checked_at FROM revisits r CROSS JOIN comments c ON c.post_id = r.post_id
WHERE r.listed_in = ? AND c.gone_at IS NULL AND c.last_seen_at < ? AND instr(c.sources, 'api') AND c.kind = 'comment'
  AND NOT (SELECT coalesce(p.protected, 0) FROM posts p WHERE p.id = c.post_id)
"""
UNLISTED_POSTS = """
SELECT p.id, r.checked_at FROM revisits r JOIN posts p ON p.id = r.post_id
WHERE r.unlisted_in = ? AND p.gone_at IS NULL AND p.last_seen_at < ?
"""
POSTS_GONE_FROM_API = """
SELECT id FROM posts
WHERE blog_id = ? AND gone_at IS NULL AND last_seen_at < ? AND instr(sources, 'api') AND kind = ?
"""
ROUTE = """
SELECT count(*), count(*) FILTER (WHERE q.state = 'done' AND f.status = 200 AND f.crawl_id = ?1), max(f.fetched_at)
FROM frontier q LEFT JOIN fetches f ON f.id = q.done_in
WHERE q.blog_id = ?2 AND q.kind = 'api' AND json_extract(q.hint, '$.route') = ?3
  AND q.round = (SELECT max(round) FROM frontier WHERE blog_id = ?2)
"""


@dataclass(frozen=True, slots=True)
class Gone:
    """How many posts and comments a run has found to have vanished."""

    posts: int = 0
    comments: int = 0


@dataclass(frozen=True, slots=True)
class _Crawl:
    id: str
    blog_id: str
    site_key: str
    command: str
    started_at: str  # to the microsecond, as rows are stamped: what was seen then or later, this run has seen


class Vanished:
    """Marks what has vanished. Runs inside the writer's transaction."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._totals: dict[tuple[str, str], set[int]] = {}

    def note(self, crawl_id: str, claims: Iterable[Claim]) -> None:
        """Take note of totals: lists that grow or shrink while they are read may skip a line."""
        for claim in claims:
            if claim.subject_kind == "blog" and claim.where == "api":
                self._totals.setdefault((crawl_id, claim.measure), set()).add(claim.number)

    def judge(self, crawl_id: str, outcome: str) -> Gone:
        """Mark what this run has found to have vanished."""
        blog_id, site_key, command, started_at = self._connection.execute(CRAWL, (crawl_id,)).fetchone()
        crawl = _Crawl(crawl_id, blog_id, site_key, command, started_at)
        gone = Gone()
        # What an update judges by is whole for each post, however far the run has come.
        if outcome in ENDED or (command == "update" and outcome == "limit"):
            posts = self._mark("posts", {**self._unlisted_posts(crawl), **self._missing_posts(crawl)}, crawl)
            beneath = self._beneath(posts, crawl)
            answers = self._not_answered(crawl)
            comments = {**beneath, **self._unlisted(crawl), **self._not_shown(crawl), **answers}
            gone = Gone(posts=len(posts), comments=len(self._mark("comments", comments, crawl)))
        for measure in ("posts", "pages", "comments"):
            self._totals.pop((crawl_id, measure), None)
        return gone

    def _mark(self, table: str, gone: dict[str, str], crawl: _Crawl) -> dict[str, str]:
        """Mark rows (id -> time) unless they are too many to be believed. Returns those that were marked."""
        (there,) = self._connection.execute(
            f"SELECT count(*) FROM {table} WHERE blog_id = ? AND gone_at IS NULL",  # noqa: S608
            (crawl.blog_id,),
        ).fetchone()
        if len(gone) * 2 > there:
            self._note_oddity(crawl, f"vanished_{table}_not_believed", f"{len(gone)} of {there}")
            return {}
        marks = [(at, id_) for id_, at in gone.items()]
        self._connection.executemany(f"UPDATE {table} SET gone_at = ? WHERE id = ?", marks)  # noqa: S608
        return gone

    def _note_oddity(self, crawl: _Crawl, kind: str, detail: str) -> None:
        self._connection.execute(
            "INSERT INTO oddities (id, fetch_id, kind, detail)"
            " SELECT id || '-' || ?1, id, ?1, ?2 FROM fetches WHERE crawl_id = ?3 ORDER BY fetched_at DESC LIMIT 1",
            (kind, detail, crawl.id),
        )

    # -- evidence: id -> time of the reading that lacks it ------------------------------------------

    def _not_shown(self, crawl: _Crawl) -> dict[str, str]:
        """Comments that are absent from all pages of their threads."""
        gone: dict[str, str] = {}
        for post_id, seen_at, shown, claimed, usual in self._connection.execute(WHOLE_THREADS, (crawl.id,)).fetchall():
            parents = dict(self._connection.execute(GONE_FROM_PAGE, (post_id, crawl.started_at)).fetchall())
            answers = sum(parent in parents for parent in parents.values())
            if parents and (claimed or 0) - shown > (usual or 0) + answers:
                continue  # the page counts comments that were not found on it: they may be these
            self._connection.execute(SAVE_WHOLE_THREAD, (post_id, seen_at, shown, claimed))
            gone.update(dict.fromkeys(parents, seen_at))
        return gone

    def _not_answered(self, crawl: _Crawl) -> dict[str, str]:
        """Comments that are absent from a thread that a comment system or the platform gave whole."""
        whole = self._connection.execute(WHOLE_ANSWERS, (crawl.id,)).fetchall()
        return {
            row[0]: seen_at
            for post_id, source, seen_at in whole
            for row in self._connection.execute(GONE_FROM_ANSWERS, (post_id, crawl.started_at, source))
        }

    def _beneath(self, posts: dict[str, str], crawl: _Crawl) -> dict[str, str]:
        """What stood under posts that have vanished."""
        return {
            row[0]: at
            for post_id, at in posts.items()
            for row in self._connection.execute(GONE_WITH_POST, (post_id, crawl.started_at))
        }

    def _unlisted(self, crawl: _Crawl) -> dict[str, str]:
        """Comments that are absent from the API's list, of the blog or of their post."""
        listed = self._connection.execute(GONE_FROM_LISTED_THREADS, (crawl.id, crawl.started_at))
        gone = dict(listed.fetchall())
        at = self._listed("comments", crawl)
        rows = self._connection.execute(GONE_FROM_API, (crawl.blog_id, crawl.started_at)) if at else ()
        return gone | {row[0]: at for row in rows if at}

    def _unlisted_posts(self, crawl: _Crawl) -> dict[str, str]:
        """Posts and pages that are absent from the API's lists, or that it does not give by their numbers."""
        unlisted = self._connection.execute(UNLISTED_POSTS, (crawl.id, crawl.started_at))
        gone = dict(unlisted.fetchall())
        for route, kind in (("posts", "post"), ("pages", "page")):
            at = self._listed(route, crawl)
            if at:
                rows = self._connection.execute(POSTS_GONE_FROM_API, (crawl.blog_id, crawl.started_at, kind))
                gone.update({row[0]: at for row in rows})
        return gone

    def _missing_posts(self, crawl: _Crawl) -> dict[str, str]:
        """Posts whose URL answers that there is nothing, or nothing any more, and of which nothing else speaks."""
        since = crawl.started_at
        if crawl.command != "update":  # which leaves the frontier, and the pass that stands in it, as they are
            (begun,) = self._connection.execute(BEGUN, (crawl.blog_id,)).fetchone()
            since = min(since, begun) if begun else since
        answers = self._connection.execute(
            "SELECT url, fetched_at FROM fetches WHERE crawl_id = ? AND kind = 'post' AND status IN (404, 410)",
            (crawl.id,),
        ).fetchall()
        gone = {}
        for url, fetched_at in answers:
            post = self._connection.execute(
                "SELECT p.id FROM post_urls u JOIN posts p ON p.id = u.post_id"
                " WHERE u.id = ? AND p.gone_at IS NULL AND p.sources <> '' AND p.last_seen_at < ?",
                (key("post", crawl.site_key, "url", url_key(url)), since),
            ).fetchone()
            if post:
                gone[post[0]] = fetched_at
        return gone

    def _listed(self, route: str, crawl: _Crawl) -> str | None:
        """When the API's list was read whole in this run; None when it was not.

        Only `crawl` asks for whole lists; other commands may ask for what is new.
        """
        pages, read, at = self._connection.execute(ROUTE, (crawl.id, crawl.blog_id, route)).fetchone()
        one_total = len(self._totals.get((crawl.id, route), ())) <= 1
        return at if crawl.command == "crawl" and one_total and pages and pages == read else None
