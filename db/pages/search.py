"""Posts and comments found together: ranked, filtered, sorted, counted by year."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from typing import Any

from db.pages.posts import blogs
from db.pages.rows import BYLINE, Row, number, rows

ORDERS = {
    "relevance": "rank, at DESC, id",
    "newest": "at IS NULL, at DESC, id",
    "oldest": "at IS NULL, at, id",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What is looked for. Everything that is empty is no condition.

    expression: for FTS5. blog: its key. author, term: a key or a name. kind: of the post or comment. only: post
    or comment. cites: only what cites a work. order: one of ORDERS.
    """

    expression: str = ""
    blog: str = ""
    year: str = ""
    author: str = ""
    term: str = ""
    kind: str = ""
    only: str = ""
    cites: bool = False
    order: str = "relevance"


_CONDITIONS = {
    "posts": {
        "blog": "p.blog_id = :blog",
        "year": "p.published_at >= :year AND p.published_at < :after",
        "author": """EXISTS (SELECT 1 FROM post_authors pa JOIN authors a ON a.id = pa.author_id
          WHERE pa.post_id = p.id AND (a.id = :author OR a.name = :author COLLATE NOCASE))""",
        "term": """p.id IN (SELECT pt.post_id FROM post_terms pt JOIN terms t ON t.id = pt.term_id
          WHERE t.id = :term OR t.name = :term COLLATE NOCASE)""",
        "kind": "p.kind = :kind",
        "cites": "EXISTS (SELECT 1 FROM citations k WHERE k.post_id = p.id AND k.comment_id IS NULL)",
    },
    "comments": {
        "blog": "c.blog_id = :blog",
        "year": "c.published_at >= :year AND c.published_at < :after",
        "author": "c.author_id IN (SELECT id FROM authors WHERE id = :author OR name = :author COLLATE NOCASE)",
        "term": """c.post_id IN (SELECT pt.post_id FROM post_terms pt JOIN terms t ON t.id = pt.term_id
          WHERE t.id = :term OR t.name = :term COLLATE NOCASE)""",
        "kind": "c.kind = :kind",
        "cites": "EXISTS (SELECT 1 FROM citations k WHERE k.comment_id = c.id)",
    },
}
# A word in a title weighs as much as five in the text.
_FOUND = {
    "posts": (
        "SELECT 'post' AS found, p.id, p.docid, p.published_at AS at, {rank} AS rank FROM {source}",
        "posts_fts f JOIN posts p ON p.docid = f.rowid",
        "posts p",
        "bm25(posts_fts, 5.0, 1.0)",
    ),
    "comments": (
        "SELECT 'comment' AS found, c.id, c.docid, c.published_at AS at, {rank} AS rank FROM {source}",
        "comments_fts f JOIN comments c ON c.docid = f.rowid",
        "comments c",
        "bm25(comments_fts)",
    ),
}
_POST = f"""
SELECT 'post' AS found, p.id, p.id AS post_id, p.title, p.kind, p.published_at, p.published_precision, p.gone_at, p.url,
  b.title AS blog, NULL AS author_id, NULL AS parent_id, NULL AS in_reply_to, NULL AS answered,
  {BYLINE} AS author, {{snippet}} AS snippet
FROM {{source}} JOIN blogs b ON b.id = p.blog_id WHERE {{where}}"""  # noqa: S608 - our words
_COMMENT = """
SELECT 'comment' AS found, c.id, c.post_id, p.title, c.kind, c.published_at, c.published_precision, c.gone_at, c.url,
  b.title AS blog, c.author_id, c.parent_id, pa.name AS in_reply_to, substr(parent.text, 1, 160) AS answered,
  a.name AS author, {snippet} AS snippet
FROM {source} JOIN posts p ON p.id = c.post_id JOIN blogs b ON b.id = c.blog_id
  LEFT JOIN authors a ON a.id = c.author_id LEFT JOIN comments parent ON parent.id = c.parent_id
  LEFT JOIN authors pa ON pa.id = parent.author_id
WHERE {where}"""
_SNIPPETS = {
    "post": (_POST, "snippet(posts_fts, 1, :open, :close, '…', 40)", "posts_fts f JOIN posts p ON p.docid = f.rowid",
             "posts_fts MATCH :expression AND f.rowid = :docid", "p"),
    "comment": (_COMMENT, "snippet(comments_fts, 0, :open, :close, '…', 40)",
                "comments_fts f JOIN comments c ON c.docid = f.rowid",
                "comments_fts MATCH :expression AND f.rowid = :docid", "c"),
}  # fmt: skip


def find(connection: sqlite3.Connection, wanted: Wanted, marks: tuple[str, str], *, limit: int, skip: int) -> list[Row]:
    """Hits from the one numbered `skip` on, each with its place: title, author, and what a comment answered.

    marks: stand around what was found in `snippet`. Raises sqlite3.OperationalError for a bad expression.
    """
    if wanted.expression and wanted.order == "relevance" and not _active(wanted):
        hits = _best(connection, wanted, limit + skip)[skip:]
        return [{**_look_up(connection, wanted.expression, hit, marks), "score": -hit["rank"]} for hit in hits]
    sql, values = _union(wanted, ranked=wanted.order == "relevance")
    order = ORDERS[wanted.order if wanted.expression or wanted.order != "relevance" else "newest"]
    # Only the keys are sorted; what is shown is looked up for the hits of this page.
    hits = rows(
        connection,
        f"SELECT found, docid, rank FROM ({sql}) ORDER BY {order} LIMIT :limit OFFSET :skip",  # noqa: S608 - our words
        {**values, "limit": limit, "skip": skip},
    )
    return [{**_look_up(connection, wanted.expression, hit, marks), "score": -hit["rank"]} for hit in hits]


def _best(connection: sqlite3.Connection, wanted: Wanted, most: int) -> list[Row]:
    """The best hits of a question without filters: found, docid, rank.

    They are ranked by the index alone; of those that weigh the same, the latest to be archived come first.
    """
    parts = [
        f"SELECT * FROM (SELECT '{table.removesuffix('s')}' AS found, f.rowid AS docid, {_FOUND[table][3]} AS rank"  # noqa: S608
        f" FROM {table}_fts f WHERE {table}_fts MATCH :expression ORDER BY rank, docid DESC LIMIT :most)"
        for table in _tables(wanted)
    ]
    sql = f"{' UNION ALL '.join(parts)} ORDER BY rank, found DESC, docid DESC LIMIT :most"
    return rows(connection, sql, {"expression": wanted.expression, "most": most})


def count(connection: sqlite3.Connection, wanted: Wanted) -> int | None:
    """How many hits there are, where the index alone can tell: for words without filters. Otherwise None."""
    if not wanted.expression or _active(wanted):
        return None
    return sum(
        number(connection, f"SELECT count(*) FROM {table}_fts WHERE {table}_fts MATCH ?", (wanted.expression,))  # noqa: S608
        for table in _tables(wanted)
    )


def years(connection: sqlite3.Connection, wanted: Wanted) -> list[Row]:
    """How many posts and comments of each year there are to be found: year ('' for undated), posts, comments."""
    sql, values = _union(wanted, ranked=False)
    return rows(
        connection,
        f"""SELECT coalesce(substr(at, 1, 4), '') AS year, count(*) FILTER (WHERE found = 'post') AS posts,
          count(*) FILTER (WHERE found = 'comment') AS comments FROM ({sql}) GROUP BY 1 ORDER BY 1""",  # noqa: S608
        values,
    )


def choices(connection: sqlite3.Connection) -> dict[str, list[Row]]:
    """What can be chosen as a filter: blogs, and the two hundred fullest categories and tags."""
    return {
        "blogs": blogs(connection),
        "terms": rows(
            connection,
            """SELECT t.id, t.name, t.taxonomy, count(*) AS posts FROM terms t JOIN post_terms pt ON pt.term_id = t.id
            GROUP BY t.id ORDER BY t.taxonomy = 'tag', posts DESC, t.name LIMIT 200""",
        ),
    }


def _tables(wanted: Wanted) -> list[str]:
    return {"post": ["posts"], "comment": ["comments"]}.get(wanted.only, ["posts", "comments"])


def _active(wanted: Wanted) -> list[str]:
    """The filters that are conditions on the rows, rather than on where to look."""
    return [name for name in ("blog", "year", "author", "term", "kind", "cites") if getattr(wanted, name)]


def _union(wanted: Wanted, *, ranked: bool) -> tuple[str, dict[str, Any]]:
    """A query for found, id, docid, at and rank of everything wanted."""
    active = _active(wanted)
    parts = []
    for table in _tables(wanted):
        select, indexed, plain, rank = _FOUND[table]
        conditions = [_CONDITIONS[table][name] for name in active]
        if wanted.expression:
            conditions.insert(0, f"{table}_fts MATCH :expression")
        part = select.format(
            rank=rank if ranked and wanted.expression else "0.0", source=indexed if wanted.expression else plain
        )
        parts.append(f"{part} WHERE {' AND '.join(conditions)}" if conditions else part)
    values: dict[str, Any] = {name: getattr(wanted, name) for name in active if name != "cites"}
    if wanted.expression:
        values["expression"] = wanted.expression
    if wanted.year:
        values["after"] = f"{int(wanted.year) + 1:04d}"
    return " UNION ALL ".join(parts), values


def _look_up(connection: sqlite3.Connection, expression: str, hit: Row, marks: tuple[str, str]) -> Row:
    template, snippet, source, where, letter = _SNIPPETS[hit["found"]]
    values = {"docid": hit["docid"]}
    if expression:
        values |= {"open": marks[0], "close": marks[1], "expression": expression}
    else:
        snippet, source, where = (
            f"substr({letter}.text, 1, 300)",
            source.partition(" JOIN ")[2],
            f"{letter}.docid = :docid",
        )
        source = source.partition(" ON ")[0]
    return rows(connection, template.format(snippet=snippet, source=source, where=where), values)[0]
