"""A person: what they wrote, in its place, and when."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

from db.pages.rows import Row, number, row, rows

# A comment with what stands around it; completed by a condition.
IN_CONTEXT = """
SELECT c.id, c.post_id, c.parent_id, c.kind, c.published_at, c.published_precision, c.gone_at, c.text, c.author_id,
  c.by_post_author, p.title,
  (SELECT name FROM authors a WHERE a.id = c.author_id) AS author,
  (SELECT name FROM authors a WHERE a.id = parent.author_id) AS in_reply_to, substr(parent.text, 1, 160) AS answered
FROM comments c JOIN posts p ON p.id = c.post_id LEFT JOIN comments parent ON parent.id = c.parent_id """
# A post as a line of a list.
AS_LINE = """
SELECT p.id, p.title, p.published_at, p.published_precision, p.gone_at, p.kind, substr(p.text, 1, 300) AS text,
  (SELECT count(*) FROM comments c WHERE c.post_id = p.id) AS comments
FROM posts p """


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthorPage:
    """A person. posts: the newest hundred; written: how many in all. comments: those of one page, newest first; total:
    of all of them.

    activity: posts and comments by year. namesakes: others of the same name.
    """

    author: Row
    posts: list[Row]
    written: int
    comments: list[Row]
    total: int
    activity: list[Row]
    namesakes: list[Row]


_ACTIVITY = """
SELECT year, sum(post) AS posts, sum(1 - post) AS comments FROM (
  SELECT substr(p.published_at, 1, 4) AS year, 1 AS post
  FROM post_authors pa JOIN posts p ON p.id = pa.post_id WHERE pa.author_id = :id
  UNION ALL
  SELECT substr(published_at, 1, 4), 0 FROM comments WHERE author_id = :id
) WHERE year IS NOT NULL GROUP BY year ORDER BY year"""
_PARTNERS = """
SELECT a.id, a.name, sum(way) AS answered, count(*) - sum(way) AS answering FROM (
  SELECT parent.author_id AS other, 1 AS way FROM comments c JOIN comments parent ON parent.id = c.parent_id
  WHERE c.author_id = :id
  UNION ALL
  SELECT reply.author_id, 0 FROM comments c JOIN comments reply ON reply.parent_id = c.id WHERE c.author_id = :id
) JOIN authors a ON a.id = other WHERE other <> :id GROUP BY other ORDER BY count(*) DESC, a.name LIMIT 12"""


def author_page(connection: sqlite3.Connection, author_id: str, *, limit: int, skip: int) -> AuthorPage | None:
    """The person with this id; None where there is none."""
    author = row(
        connection,
        "SELECT a.*, b.title AS blog, b.site_key FROM authors a JOIN blogs b ON b.id = a.blog_id WHERE a.id = ?",
        (author_id,),
    )
    if author is None:
        return None
    # The keys are sorted first, so that only what is shown is looked up.
    by_them = """WHERE p.id IN (
      SELECT q.id FROM post_authors pa JOIN posts q ON q.id = pa.post_id WHERE pa.author_id = ?
      ORDER BY q.published_at DESC, q.id LIMIT 100
    ) ORDER BY p.published_at DESC, p.id"""
    their = """WHERE c.id IN (
      SELECT id FROM comments WHERE author_id = ? ORDER BY published_at DESC, id LIMIT ? OFFSET ?
    ) ORDER BY c.published_at DESC, c.id"""
    return AuthorPage(
        author=author,
        posts=rows(connection, AS_LINE + by_them, (author_id,)),
        written=number(connection, "SELECT count(*) FROM post_authors WHERE author_id = ?", (author_id,)),
        comments=rows(connection, IN_CONTEXT + their, (author_id, limit, skip)),
        total=number(connection, "SELECT count(*) FROM comments WHERE author_id = ?", (author_id,)),
        activity=rows(connection, _ACTIVITY, {"id": author_id}),
        namesakes=rows(
            connection,
            "SELECT a.id, a.name, a.url, a.member, b.title AS blog FROM authors a JOIN blogs b ON b.id = a.blog_id"
            " WHERE a.name = ? AND a.id <> ? ORDER BY b.title, a.id LIMIT 20",
            (author["name"], author_id),
        ),
    )


def partners(connection: sqlite3.Connection, author_id: str) -> list[Row]:
    """Whom this person answered most and who answered them: id, name, answered, answering."""
    return rows(connection, _PARTNERS, {"id": author_id})
