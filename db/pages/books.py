"""The books of an archive: its runs, and what is missing."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

from db.pages.rows import Row, number, row, rows


@dataclass(frozen=True, slots=True, kw_only=True)
class CrawlPage:
    """A run. answers: requests by kind and status, with bytes. troubles: the first hundred that failed."""

    crawl: Row
    answers: list[Row]
    troubles: list[Row]
    failed: int


def crawls(connection: sqlite3.Connection, *, limit: int, skip: int) -> tuple[list[Row], int]:
    """Runs, newest first, with the blog's name; and how many there are in all."""
    found = rows(
        connection,
        "SELECT k.*, coalesce(b.title, b.site_key) AS blog FROM crawls k JOIN blogs b ON b.id = k.blog_id"
        " ORDER BY k.started_at DESC, k.id LIMIT ? OFFSET ?",
        (limit, skip),
    )
    return found, number(connection, "SELECT count(*) FROM crawls")


def crawl_page(connection: sqlite3.Connection, crawl_id: str) -> CrawlPage | None:
    """The run with this id; None where there is none."""
    crawl = row(
        connection,
        "SELECT k.*, coalesce(b.title, b.site_key) AS blog FROM crawls k JOIN blogs b ON b.id = k.blog_id"
        " WHERE k.id = ?",
        (crawl_id,),
    )
    if crawl is None:
        return None
    bad = "FROM fetches WHERE crawl_id = ? AND (error IS NOT NULL OR status IS NULL OR status >= 400)"
    return CrawlPage(
        crawl=crawl,
        answers=rows(
            connection,
            "SELECT kind, status, count(*) AS requests, sum(size) AS bytes FROM fetches WHERE crawl_id = ?"
            " GROUP BY kind, status ORDER BY kind, status",
            (crawl_id,),
        ),
        troubles=rows(
            connection,
            f"SELECT id, url, status, error, fetched_at {bad} ORDER BY fetched_at, id LIMIT 100",
            (crawl_id,),
        ),
        failed=number(connection, f"SELECT count(*) {bad}", (crawl_id,)),
    )


def gaps(connection: sqlite3.Connection, *, limit: int, skip: int) -> list[Row]:
    """Posts that lack something, gravest gaps first: lines of `coverage`."""
    return rows(
        connection,
        "SELECT * FROM coverage WHERE state IN ('missing', 'unread') ORDER BY missing DESC, published_at DESC, post_id"
        " LIMIT ? OFFSET ?",
        (limit, skip),
    )


def months(connection: sqlite3.Connection) -> list[Row]:
    """All lines of `month_coverage`, gravest gaps first."""
    return rows(connection, "SELECT * FROM month_coverage ORDER BY missing DESC, period DESC, blog")


def terms(connection: sqlite3.Connection) -> list[Row]:
    """All lines of `category_coverage`, gravest gaps first."""
    return rows(connection, "SELECT * FROM category_coverage ORDER BY missing DESC, name, term_id")


def waiting(connection: sqlite3.Connection) -> list[Row]:
    """URLs that were given up or left out, or wait: how many, by state and reason."""
    return rows(
        connection,
        "SELECT state, coalesce(last_error, '') AS reason, count(*) AS pages FROM frontier"
        " WHERE state IN ('given_up', 'excluded', 'pending') GROUP BY 1, 2 ORDER BY 1, pages DESC LIMIT 50",
    )
