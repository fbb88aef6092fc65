"""Full-text search over posts and comments. Whatever is typed finds something or nothing; it never fails.

The words are first taken as FTS5 syntax ("stem cell" OR transplant*, title:trial), and where they are
none, as the search of the pages understands them: with a minus for NOT, and whatever makes no sense passed over.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from archiver import asking
from archiver.errors import UsageError
from archiver.text import clean
from db.pages.rows import BYLINE

# They surround what was found in `Hit.snippet`. No stored text can hold these noncharacters: text.clean
# takes them out.
OPEN, CLOSE = "\ufdd0", "\ufdd1"
SNIPPET_WORDS = 30
_MOST_SYNTAX = 2000
"""Characters; beyond these FTS5 answers "expression tree is too large", and nobody remembers more of a text."""

Scope = Literal["all", "posts", "comments"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """A post or comment that was found.

    title: of the post, or of the post that the comment stands under. snippet: the words around what
    was found, which stands between OPEN and CLOSE. score: the greater the better; of posts and of
    comments only roughly comparable, since each index weighs words by its own frequencies.
    """

    kind: Literal["post", "comment"]
    id: str
    blog: str
    url: str | None
    title: str | None
    authors: str | None
    published_at: str | None
    gone_at: str | None
    snippet: str
    score: float


# A word in a title weighs as much as five in the text. The rows are ranked alone, and only those that
# are shown are looked up and cut to snippets: on a common word that is all the work there is.
_RANK = {
    "posts": "SELECT f.rowid, bm25(posts_fts, 5.0, 1.0) AS rank FROM posts_fts f",
    "comments": "SELECT f.rowid, bm25(comments_fts) AS rank FROM comments_fts f",
}
_LOOK_UP = {
    "posts": f"""
        SELECT p.id, b.site_key, p.url, p.title, p.published_at, p.gone_at,
          {BYLINE} AS authors,
          snippet(posts_fts, 1, :open, :close, '…', :words) AS snippet
        FROM posts_fts f JOIN posts p ON p.docid = f.rowid JOIN blogs b ON b.id = p.blog_id
        WHERE posts_fts MATCH :query AND f.rowid = :docid""",  # noqa: S608 - our words
    "comments": """
        SELECT c.id, b.site_key, c.url, p.title, c.published_at, c.gone_at, a.name AS authors,
          snippet(comments_fts, 0, :open, :close, '…', :words) AS snippet
        FROM comments_fts f JOIN comments c ON c.docid = f.rowid JOIN posts p ON p.id = c.post_id
          JOIN blogs b ON b.id = c.blog_id LEFT JOIN authors a ON a.id = c.author_id
        WHERE comments_fts MATCH :query AND f.rowid = :docid""",
}


def search(
    connection: sqlite3.Connection,
    words: str,
    *,
    scope: Scope = "all",
    blog_ids: Sequence[str] = (),
    limit: int = 20,
) -> list[Hit]:
    """The best hits, best first. blog_ids: only in these blogs. Raises UsageError when there is no word."""
    tables = ["posts", "comments"] if scope == "all" else [scope]
    typed, plain = _words(words)
    ranked = _ranked(connection, tables, typed, blog_ids, limit) if len(typed) <= _MOST_SYNTAX else None
    query = typed
    if ranked is None:
        query = plain
        ranked = [_rank(connection, table, plain, blog_ids, limit) for table in tables]
    best = sorted((rank, table, docid) for table, rows in zip(tables, ranked, strict=True) for docid, rank in rows)
    return [_hit(connection, table, query, docid, rank) for rank, table, docid in best[:limit]]


def expressions(connection: sqlite3.Connection, words: str) -> tuple[str | None, str | None]:
    """What finds the words among posts, and among comments, in FTS5 syntax; None: nothing there can.

    Understood as by `search`. Raises UsageError when there is no word.
    """
    typed, plain = _words(words)
    found = [_understood(connection, table, typed) for table in ("posts", "comments")]
    return (plain, plain) if found == [None, None] else (found[0], found[1])


def _words(words: str) -> tuple[str, str]:
    """What was typed, and how it is understood where it is no FTS5 syntax."""
    typed = clean(words).strip()
    understood = asking.understand(typed).expression or asking.plain(typed)  # the latter of NOT alone
    if not understood:
        raise UsageError(repr(words[:40]), "there is no word in it to search for", "Give one or more words")
    return typed, understood


def _understood(connection: sqlite3.Connection, table: str, typed: str) -> str | None:
    if len(typed) > _MOST_SYNTAX:
        return None
    try:
        connection.execute(f"{_RANK[table]} WHERE {table}_fts MATCH ? LIMIT 1", (typed,)).fetchall()
    except sqlite3.OperationalError:
        return None
    return typed


def marked(snippet: str, mark: Callable[[str], str]) -> str:
    """A snippet with `mark` applied to what was found."""
    return re.sub(f"{OPEN}([^{CLOSE}]*){CLOSE}", lambda found: mark(found[1]), snippet)


def _ranked(
    connection: sqlite3.Connection, tables: Sequence[str], query: str, blog_ids: Sequence[str], limit: int
) -> list[list[tuple[int, float]]] | None:
    """Hits of each table for a query in FTS5 syntax; None when it is no such thing for any of them.

    `title:trial` is a query on posts, and none on comments, which have no title: there it finds nothing.
    """
    results: list[list[tuple[int, float]]] = []
    understood = 0
    for table in tables:
        try:
            results.append(_rank(connection, table, query, blog_ids, limit))
            understood += 1
        except sqlite3.OperationalError:  # a true trouble of the database shows again with the plain words
            results.append([])
    return results if understood else None


def _rank(
    connection: sqlite3.Connection, table: str, query: str, blog_ids: Sequence[str], limit: int
) -> list[tuple[int, float]]:
    sql = _RANK[table]
    if blog_ids:
        sql += f" JOIN {table} t ON t.docid = f.rowid AND t.blog_id IN ({', '.join('?' * len(blog_ids))})"
    sql += f" WHERE {table}_fts MATCH ? ORDER BY rank LIMIT ?"
    return [(row[0], row[1]) for row in connection.execute(sql, (*blog_ids, query, limit))]


def _hit(connection: sqlite3.Connection, table: str, query: str, docid: int, rank: float) -> Hit:
    values = {"open": OPEN, "close": CLOSE, "words": SNIPPET_WORDS, "query": query, "docid": docid}
    row = connection.execute(_LOOK_UP[table], values).fetchone()
    return Hit(
        kind="post" if table == "posts" else "comment",
        id=row["id"],
        blog=row["site_key"],
        url=row["url"],
        title=row["title"],
        authors=row["authors"],
        published_at=row["published_at"],
        gone_at=row["gone_at"],
        snippet=row["snippet"] or "",
        score=-rank,
    )
