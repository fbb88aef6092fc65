"""The newest posts and comments, with all that a feed tells of each."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence

from db.pages.rows import Row, row, rows

Key = tuple[str, str]  # post or comment, and its id

# By the index on the date of publication; what has none is as new as its first reading.
_DATED = "{letter}.published_at IS NOT NULL AND {which} ORDER BY {letter}.published_at DESC, {letter}.id LIMIT :limit"
_UNDATED = "{letter}.published_at IS NULL AND {which} ORDER BY {letter}.first_seen_at DESC, {letter}.id LIMIT :limit"
_PUBLIC = {
    "post": ("posts p", "p.kind IN ('post', 'page') AND p.gone_at IS NULL"),
    "comment": ("comments c", "c.kind = 'comment' AND c.gone_at IS NULL"),
}
_POST = """
SELECT 'post' AS found, p.id, p.id AS post_id, p.kind, p.title, p.html, p.text, p.excerpt, p.url, p.url AS post_url,
  p.published_at, p.modified_at, p.first_seen_at, p.gone_at, NULL AS parent_id, coalesce(b.title, b.site_key) AS blog,
  b.url AS blog_url, p.language,
  (SELECT max(replaced_at) FROM revisions r WHERE r.post_id = p.id AND r.comment_id IS NULL) AS edited_at
FROM posts p JOIN blogs b ON b.id = p.blog_id WHERE p.id = ?"""
_COMMENT = """
SELECT 'comment' AS found, c.id, c.post_id, c.kind, p.title, c.html, c.text, NULL AS excerpt, c.url, p.url AS post_url,
  c.published_at, NULL AS modified_at, c.first_seen_at, c.gone_at, c.parent_id, coalesce(b.title, b.site_key) AS blog,
  b.url AS blog_url, NULL AS language,
  (SELECT max(replaced_at) FROM revisions r WHERE r.comment_id = c.id) AS edited_at
FROM comments c JOIN posts p ON p.id = c.post_id JOIN blogs b ON b.id = c.blog_id WHERE c.id = ?"""
_NAMES = {
    "post": "SELECT a.name, a.url FROM post_authors pa JOIN authors a ON a.id = pa.author_id WHERE pa.post_id = ?"
    " ORDER BY pa.position",
    "comment": "SELECT a.name, a.url FROM comments c JOIN authors a ON a.id = c.author_id WHERE c.id = ?",
}


def newest(connection: sqlite3.Connection, *, blog: str, only: str, limit: int) -> list[Key]:
    """The newest posts and comments. blog: only of this one; only: `post` or `comment`; empty: no condition."""
    found: list[tuple[str, Key]] = []
    for kind, (table, public) in _PUBLIC.items():
        if only and kind != only:
            continue
        letter = table[-1]
        which = f"{public} AND {letter}.blog_id = :blog" if blog else public
        for template in (_DATED, _UNDATED):
            condition = template.format(letter=letter, which=which)
            at = f"coalesce({letter}.published_at, {letter}.first_seen_at)"
            sql = f"SELECT {letter}.id, {at} AS at FROM {table} WHERE {condition}"  # noqa: S608 - our words
            values = {"blog": blog, "limit": limit}
            found += [(line["at"], (kind, line["id"])) for line in rows(connection, sql, values)]
    found.sort(reverse=True)
    return [key for _, key in found[:limit]]


def entries(connection: sqlite3.Connection, keys: Iterable[Key]) -> list[Row]:
    """What is told of each, in the order of the keys; `names`: who wrote it, each with name and url."""
    found = []
    for kind, key in keys:
        entry = row(connection, _POST if kind == "post" else _COMMENT, (key,))
        if entry:
            found.append({**entry, "names": rows(connection, _NAMES[kind], (key,))})
    return found


def blogs(connection: sqlite3.Connection, named: str) -> Sequence[Row]:
    """The blog of this id or site key; all of them, the oldest of the archive first, where none is named."""
    return rows(
        connection,
        "SELECT id, site_key, url, coalesce(title, site_key) AS title, last_seen_at FROM blogs"
        " WHERE ?1 = '' OR id = ?1 OR site_key = ?1 ORDER BY first_seen_at, id",
        (named,),
    )
