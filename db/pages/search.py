"""Posts and comments found together: ranked, filtered, sorted, counted by year."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from typing import Any

from db.pages.blogs import blogs
from db.pages.rows import BYLINE, Row, number, rows

ORDERS = {"relevance": "rank", "newest": "at DESC NULLS LAST", "oldest": "at ASC NULLS LAST"}
MANY = 20_000
"""Hits of words that are looked at one by one."""


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


_FILED = """(SELECT pt.post_id FROM post_terms pt
          WHERE pt.term_id IN (SELECT id FROM terms WHERE id = :term OR name = :term COLLATE NOCASE))"""
_CONDITIONS = {
    "posts": {
        "blog": "p.blog_id = :blog",
        "year": "p.published_at >= :year AND p.published_at < :after",
        "author": """EXISTS (SELECT 1 FROM post_authors pa JOIN authors a ON a.id = pa.author_id
          WHERE pa.post_id = p.id AND (a.id = :author OR a.name = :author COLLATE NOCASE))""",
        "term": f"p.id IN {_FILED}",
        "kind": "p.kind = :kind",
        "cites": "p.id IN (SELECT k.post_id FROM citations k WHERE k.comment_id IS NULL)",
    },
    "comments": {
        "blog": "c.blog_id = :blog",
        "year": "c.published_at >= :year AND c.published_at < :after",
        "author": "c.author_id IN (SELECT id FROM authors WHERE id = :author OR name = :author COLLATE NOCASE)",
        "term": f"c.post_id IN {_FILED}",
        "kind": "c.kind = :kind",
        "cites": "c.id IN (SELECT k.comment_id FROM citations k WHERE k.comment_id IS NOT NULL)",
    },
}
# Of each table: the letter of its rows, and how words are ranked: one in a title weighs as much as five in the text.
_FOUND = {"posts": ("post", "p", "bm25(5.0, 1.0)"), "comments": ("comment", "c", "bm25()")}
_POST = f"""
SELECT 'post' AS found, p.id, p.id AS post_id, p.title, p.kind, p.published_at, p.published_precision, p.gone_at, p.url,
  b.id AS blog_id, b.title AS blog, NULL AS author_id, NULL AS parent_id, NULL AS in_reply_to, NULL AS answered,
  {BYLINE} AS author, {{snippet}} AS snippet
FROM {{source}} JOIN blogs b ON b.id = p.blog_id WHERE {{where}}"""  # noqa: S608 - our words
_COMMENT = """
SELECT 'comment' AS found, c.id, c.post_id, p.title, c.kind, c.published_at, c.published_precision, c.gone_at, c.url,
  b.id AS blog_id, b.title AS blog, c.author_id, c.parent_id, pa.name AS in_reply_to,
  substr(parent.text, 1, 160) AS answered, a.name AS author, {snippet} AS snippet
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


def find(
    connection: sqlite3.Connection,
    wanted: Wanted,
    marks: tuple[str, str],
    *,
    limit: int,
    skip: int,
    words: int | None = None,
) -> list[Row]:
    """Hits from the one numbered `skip` on, each with its place: title, author, and what a comment answered.

    marks: stand around what was found in `snippet`. words: see `keys`. Raises sqlite3.OperationalError for a bad
    expression.
    """
    hits = keys(connection, wanted, limit=limit, skip=skip, words=words)
    return [shown(connection, wanted.expression, hit, marks) for hit in hits]


def keys(
    connection: sqlite3.Connection, wanted: Wanted, *, limit: int, skip: int = 0, words: int | None = None
) -> list[Row]:
    """The same hits as no more than what they are sorted by and looked up with: found, docid, rank, at.

    at is NULL where they are sorted by the index alone. words: how many hits those have without filters, if counted.
    """
    order = wanted.order if wanted.expression or wanted.order != "relevance" else "newest"
    many = (matches(connection, wanted) if words is None else words) > MANY
    parts = [_part(table, wanted, order, many=many) for table in _tables(wanted)]
    # Only the keys are sorted; what is shown is looked up for the hits of this page.
    sql = f"{' UNION ALL '.join(parts)} ORDER BY {ORDERS[order]}, found DESC, place LIMIT :limit OFFSET :skip"
    return rows(connection, sql, {**_values(wanted), "most": limit + skip, "limit": limit, "skip": skip})


def shown(connection: sqlite3.Connection, expression: str, hit: Row, marks: tuple[str, str]) -> Row:
    """What `keys` gave, with all that is shown of it."""
    return {**_look_up(connection, expression, hit, marks), "score": -hit["rank"]}


def _part(table: str, wanted: Wanted, order: str, *, many: bool) -> str:
    """A query for found, docid, at, rank and place of the first hits of a table.

    CROSS JOIN holds SQLite to our order of looking. Of many hits not all are looked at: those of the best rank first,
    as the index gives them, or all rows by date, until there are enough that the filters, or the words, let through.
    """
    found, letter, rank = _FOUND[table]
    index, source = f"{table}_fts f", f"{table} {letter}"
    docid, at = f"{letter}.docid", f"{letter}.published_at"
    conditions = [_CONDITIONS[table][name] for name in _active(wanted)]
    by_rank = order == "relevance"
    if wanted.expression and by_rank and not conditions:
        source, docid, at = index, "f.rowid", "NULL"
    elif wanted.expression and many and not by_rank:
        source = f"{source} CROSS JOIN {index} ON {docid} = f.rowid"
    elif wanted.expression:
        source = _found_rows(table, wanted)
    if wanted.expression:
        conditions.insert(0, f"{table}_fts MATCH :expression")
    if by_rank:
        conditions.insert(1, f"f.rank MATCH '{rank}'")
    # Of those that weigh the same, the latest to be archived come first; to sort by that, all have to be looked at.
    first = ORDERS[order] if by_rank and many and at != "NULL" else f"{ORDERS[order]}, {docid} DESC"
    return (
        f"SELECT *, row_number() OVER () AS place FROM (SELECT '{found}' AS found, {docid} AS docid, {at} AS at,"  # noqa: S608
        f" {'f.rank' if by_rank else '0.0'} AS rank FROM {source}"
        f"{' WHERE ' if conditions else ''}{' AND '.join(conditions)} ORDER BY {first} LIMIT :most)"
    )


def _found_rows(table: str, wanted: Wanted) -> str:
    """The hits of words with their rows: dates alone from the index that holds them, the rest from the table."""
    letter = _FOUND[table][1]
    # SQLite takes a unique column's index before one that holds all that is asked for, but not for a span of values.
    same = "= f.rowid" if set(_active(wanted)) - {"year"} else "BETWEEN f.rowid AND f.rowid"
    return f"{table}_fts f CROSS JOIN {table} {letter} ON {letter}.docid {same}"


def count(connection: sqlite3.Connection, wanted: Wanted) -> int | None:
    """How many hits there are, where the index alone can tell: for words without filters. Otherwise None."""
    return matches(connection, wanted) if is_plain(wanted) else None


def is_plain(wanted: Wanted) -> bool:
    """Whether words are looked for, and nothing chooses among their hits."""
    return bool(wanted.expression) and not _active(wanted)


def matches(connection: sqlite3.Connection, wanted: Wanted) -> int:
    """How many hits the words have, whatever the filters; 0 without words."""
    if not wanted.expression:
        return 0
    counts = (f"SELECT count(*) FROM {table}_fts WHERE {table}_fts MATCH ?" for table in _tables(wanted))  # noqa: S608
    return sum(number(connection, sql, (wanted.expression,)) for sql in counts)


def years(connection: sqlite3.Connection, wanted: Wanted) -> list[Row]:
    """How many posts and comments of each year there are to be found: year ('' for undated), posts, comments."""
    parts = []
    for table in _tables(wanted):
        found, letter, _ = _FOUND[table]
        conditions = [_CONDITIONS[table][name] for name in _active(wanted)]
        source = f"{table} {letter}"
        if wanted.expression:
            conditions.insert(0, f"{table}_fts MATCH :expression")
            source = _found_rows(table, wanted)
        where = f" WHERE {' AND '.join(conditions)}" if conditions else ""
        parts.append(f"SELECT '{found}' AS found, {letter}.published_at AS at FROM {source}{where}")  # noqa: S608
    return rows(
        connection,
        f"""SELECT coalesce(substr(at, 1, 4), '') AS year, count(*) FILTER (WHERE found = 'post') AS posts,
          count(*) FILTER (WHERE found = 'comment') AS comments FROM ({" UNION ALL ".join(parts)})
        GROUP BY 1 ORDER BY 1""",  # noqa: S608 - our words
        _values(wanted),
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


def _values(wanted: Wanted) -> dict[str, Any]:
    values: dict[str, Any] = {name: getattr(wanted, name) for name in _active(wanted) if name != "cites"}
    if wanted.expression:
        values["expression"] = wanted.expression
    if wanted.year:
        values["after"] = f"{int(wanted.year) + 1:04d}"
    return values


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
