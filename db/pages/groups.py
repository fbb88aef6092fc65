"""What belongs together: a month, a category or tag, everything that cites one work."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

from db.pages.people import AS_LINE, IN_CONTEXT
from db.pages.rows import Row, number, row, rows


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthPage:
    """A month. comments: those of one page; total: all of them.

    earlier, later: the nearest months in which anything was written, YYYY-MM.
    """

    posts: list[Row]
    comments: list[Row]
    total: int
    earlier: str | None
    later: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TermPage:
    """A category or tag. years: posts of each year. posts: those of one page, newest first; total: all of them."""

    term: Row
    broader: Row | None
    narrower: list[Row]
    years: list[Row]
    posts: list[Row]
    total: int


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkPage:
    """A work. totals: its line of `cited_works`. threads: posts that cite it or below which a comment does.

    Each thread has in_post and the comments that cite it, with their texts, in the order of time.
    """

    work: Row
    totals: Row
    threads: list[Row]


# By UTC; the month that a blog's own clock makes of it may be the next one, which is reached from there.
_EARLIER = """
SELECT substr(max(at), 1, 7) FROM (
  SELECT max(published_at) AS at FROM posts WHERE published_at < :from
  UNION ALL SELECT max(published_at) FROM comments WHERE published_at < :from)"""
_LATER = """
SELECT substr(min(at), 1, 7) FROM (
  SELECT min(published_at) AS at FROM posts WHERE published_at >= :until
  UNION ALL SELECT min(published_at) FROM comments WHERE published_at >= :until)"""


def month_page(connection: sqlite3.Connection, period: str, *, limit: int, skip: int) -> MonthPage:
    """A month, YYYY-MM: posts by the blog's own clock, comments by UTC."""
    year, month = int(period[:4]), int(period[5:])
    following = f"{year + month // 12:04d}-{month % 12 + 1:02d}"
    span = {"period": period, "from": period, "until": following}
    of_it = "FROM comments c WHERE c.published_at >= :from AND c.published_at < :until"
    return MonthPage(
        # The turn of the month by the blog's clock lies within a day of that by UTC; `month` knows it exactly.
        posts=rows(
            connection,
            "SELECT * FROM post_list WHERE published_at >= date(:from || '-01', '-1 day')"
            " AND published_at < date(:until || '-01', '+2 days') AND month = :period ORDER BY published_at, id",
            span,
        ),
        comments=rows(
            connection,
            f"{IN_CONTEXT} WHERE c.published_at >= :from AND c.published_at < :until"
            " ORDER BY c.published_at, c.id LIMIT :limit OFFSET :skip",
            {**span, "limit": limit, "skip": skip},
        ),
        total=number(connection, f"SELECT count(*) {of_it}", span),
        earlier=connection.execute(_EARLIER, span).fetchone()[0],
        later=connection.execute(_LATER, span).fetchone()[0],
    )


def term_page(connection: sqlite3.Connection, term_id: str, *, limit: int, skip: int) -> TermPage | None:
    """The category or tag with this id; None where there is none."""
    term = row(
        connection,
        "SELECT t.*, b.title AS blog, b.site_key FROM terms t JOIN blogs b ON b.id = t.blog_id WHERE t.id = ?",
        (term_id,),
    )
    if term is None:
        return None
    filed = "JOIN post_terms pt ON pt.post_id = p.id WHERE pt.term_id = ?"
    return TermPage(
        term=term,
        broader=row(connection, "SELECT id, name FROM terms WHERE id = ?", (term["parent_id"],)),
        narrower=rows(connection, "SELECT id, name FROM terms WHERE parent_id = ? ORDER BY name", (term_id,)),
        years=rows(
            connection,
            f"SELECT substr(p.published_at, 1, 4) AS year, count(*) AS posts FROM posts p {filed}"  # noqa: S608
            " AND p.published_at IS NOT NULL GROUP BY 1 ORDER BY 1",
            (term_id,),
        ),
        posts=rows(
            connection,
            f"{AS_LINE} {filed} ORDER BY p.published_at DESC, p.id LIMIT ? OFFSET ?",
            (term_id, limit, skip),
        ),
        total=number(connection, "SELECT count(*) FROM post_terms WHERE term_id = ?", (term_id,)),
    )


def work_page(connection: sqlite3.Connection, work_id: str) -> WorkPage | None:
    """The work with this id, which may also be its identifier; None where there is none."""
    work = row(
        connection,
        "SELECT * FROM works WHERE id = :key OR identifier = :key COLLATE NOCASE ORDER BY id = :key DESC LIMIT 1",
        {"key": work_id},
    )
    if work is None:
        return None
    in_posts = "WHERE p.id IN (SELECT post_id FROM citations WHERE work_id = ?) ORDER BY p.published_at, p.id"
    threads = {
        line["id"]: {**line, "in_post": False, "citing": []}
        for line in rows(
            connection,
            AS_LINE + in_posts,
            (work["id"],),
        )
    }
    for line in rows(
        connection, "SELECT post_id FROM citations WHERE work_id = ? AND comment_id IS NULL", (work["id"],)
    ):
        threads[line["post_id"]]["in_post"] = True
    in_comments = "WHERE c.id IN (SELECT comment_id FROM citations WHERE work_id = ?) ORDER BY c.published_at, c.id"
    for line in rows(connection, IN_CONTEXT + in_comments, (work["id"],)):
        threads[line["post_id"]]["citing"].append(line)
    totals = row(connection, "SELECT * FROM cited_works WHERE work_id = ?", (work["id"],))
    return WorkPage(work=work, totals=totals or {}, threads=list(threads.values()))
