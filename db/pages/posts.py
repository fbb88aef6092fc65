"""A post with everything around it, and its thread."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

from db.pages.captures import OF_ADDRESS
from db.pages.rows import Row, row, rows


@dataclass(frozen=True, slots=True, kw_only=True)
class PostPage:
    """A post.

    post: its row, with blog, blog_url, blog_language, the place of its capture (warc_file, warc_offset, fetched_at)
    and the key of the fetch that holds its page as readers saw it (page_fetch_id). authors: the byline. works: what it
    or its thread cites, with in_post and in_comments. ledger: its row of `coverage`. comments: the whole thread in
    reading order, each with author, warc_file and fetched_at. revisions: earlier wordings, newest first, of the post
    and of its comments. earlier, later: its neighbours in the blog.
    """

    post: Row
    authors: list[Row]
    terms: list[Row]
    works: list[Row]
    ledger: Row | None
    comments: list[Row]
    revisions: list[Row]
    earlier: Row | None
    later: Row | None


_POST = f"""
SELECT p.*, b.title AS blog, b.site_key, b.url AS blog_url, b.language AS blog_language,
  f.warc_file, f.warc_offset, f.fetched_at, ({OF_ADDRESS.format("p.url")}) AS page_fetch_id
FROM posts p JOIN blogs b ON b.id = p.blog_id LEFT JOIN fetches f ON f.id = p.fetch_id WHERE p.id = ?"""  # noqa: S608 - our words
_AUTHORS = """
SELECT a.id, a.name, a.bio, a.url FROM post_authors pa JOIN authors a ON a.id = pa.author_id
WHERE pa.post_id = ? ORDER BY pa.position"""
_TERMS = """
SELECT t.id, t.name, t.taxonomy FROM post_terms pt JOIN terms t ON t.id = pt.term_id
WHERE pt.post_id = ? ORDER BY t.taxonomy, t.name"""
_WORKS = """
SELECT w.id, w.scheme, w.identifier, w.url,
  count(*) - count(k.comment_id) > 0 AS in_post, count(k.comment_id) AS in_comments
FROM citations k JOIN works w ON w.id = k.work_id WHERE k.post_id = ?
GROUP BY w.id ORDER BY in_post DESC, w.scheme, w.identifier"""
_COMMENTS = """
SELECT c.id, c.parent_id, c.parent_source, c.kind, c.url, c.published_at, c.published_text, c.published_precision,
  c.position, c.depth, c.html, c.by_post_author, c.gone_at, c.last_seen_at, c.answers, c.author_id, c.fetch_id,
  a.name AS author, a.url AS author_url, f.warc_file, f.warc_offset, f.fetched_at
FROM comments c LEFT JOIN authors a ON a.id = c.author_id LEFT JOIN fetches f ON f.id = c.fetch_id
WHERE c.post_id = ? ORDER BY c.position IS NULL, c.position, c.published_at, c.id"""
_REVISIONS = """
SELECT r.*, f.warc_file, f.warc_offset FROM revisions r LEFT JOIN fetches f ON f.id = r.fetch_id
WHERE r.post_id = ? ORDER BY r.seen_until DESC, r.id"""
_EARLIER = """
SELECT id, title, published_at FROM posts
WHERE blog_id = :blog AND kind = :kind AND (published_at, id) < (:at, :id)
ORDER BY published_at DESC, id DESC LIMIT 1"""
_LATER = """
SELECT id, title, published_at FROM posts
WHERE blog_id = :blog AND kind = :kind AND (published_at, id) > (:at, :id)
ORDER BY published_at, id LIMIT 1"""


def post_page(connection: sqlite3.Connection, post_id: str) -> PostPage | None:
    """The post with this id; None where there is none."""
    post = row(connection, _POST, (post_id,))
    if post is None:
        return None
    place = {"blog": post["blog_id"], "kind": post["kind"], "at": post["published_at"], "id": post_id}
    return PostPage(
        post=post,
        authors=rows(connection, _AUTHORS, (post_id,)),
        terms=rows(connection, _TERMS, (post_id,)),
        works=rows(connection, _WORKS, (post_id,)),
        ledger=row(connection, "SELECT * FROM coverage WHERE post_id = ? AND blog_id = ?", (post_id, post["blog_id"])),
        comments=rows(connection, _COMMENTS, (post_id,)),
        revisions=rows(connection, _REVISIONS, (post_id,)),
        earlier=row(connection, _EARLIER, place),
        later=row(connection, _LATER, place),
    )


def citation(connection: sqlite3.Connection, post_id: str) -> tuple[Row, list[Row]] | None:
    """A post and its byline; None where there is none."""
    post = row(connection, _POST, (post_id,))
    return (post, rows(connection, _AUTHORS, (post_id,))) if post else None


def post_of_comment(connection: sqlite3.Connection, comment_id: str) -> str | None:
    """The id of the post under which a comment stands."""
    found = connection.execute("SELECT post_id FROM comments WHERE id = ?", (comment_id,)).fetchone()
    return found[0] if found else None


def title(connection: sqlite3.Connection, post_id: str) -> Row | None:
    """The id and title of a post; None where there is none."""
    return row(connection, "SELECT id, title FROM posts WHERE id = ?", (post_id,))
