"""What a blog claims to have, beside what was captured of it."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

from archiver.crawl.outcome import Coverage


@dataclass(frozen=True, slots=True, kw_only=True)
class PostGap:
    """A post that claims more comments than were captured.

    missing: those that a crawl might bring. out_of_reach: those that none can bring, for the reason given.
    reason: why, where the archive can tell. detail: more on that, such as the error of a page.
    """

    url: str
    title: str | None
    claimed: int
    captured: int
    missing: int
    out_of_reach: int = 0
    reason: str | None = None
    detail: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthGap:
    """A period of the sidebar's Archives that claims more posts than were captured.

    reason: why, where the archive can tell.
    """

    label: str
    claimed: int
    captured: int
    missing: int
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CategoryGap:
    """A category or tag that claims more posts than were captured in it."""

    taxonomy: str
    name: str
    claimed: int
    captured: int
    missing: int


def blog_coverage(connection: sqlite3.Connection, blog_id: str) -> Coverage:
    """Claims against captures of one blog.

    Of comments, those count as captured that a claim speaks of; pings do where the claim includes them.
    Of the claims on the number of posts the latest counts, and where there is none, the months' sum.
    """
    # What is claimed of a post that has vanished is of the past.
    said, missing, out_of_reach, gaps = _one(
        connection,
        "SELECT sum(claimed), coalesce(sum(missing), 0), coalesce(sum(out_of_reach), 0),"
        " count(*) FILTER (WHERE missing > 0) FROM coverage WHERE blog_id = ?"
        " AND reason IS NOT 'the post has vanished'",
        blog_id,
    )
    (months,) = _one(connection, "SELECT count(*) FROM month_coverage WHERE blog_id = ? AND missing > 0", blog_id)
    (terms,) = _one(connection, "SELECT count(*) FROM category_coverage WHERE blog_id = ? AND missing > 0", blog_id)
    (held,) = _one(connection, "SELECT count(*) FROM comments WHERE blog_id = ? AND gone_at IS NULL", blog_id)
    (posts,) = _one(
        connection, "SELECT count(*) FROM posts WHERE blog_id = ? AND kind = 'post' AND gone_at IS NULL", blog_id
    )
    (claimed,) = _one(
        connection,
        "SELECT coalesce((SELECT number FROM claims WHERE blog_id = ?1 AND subject_kind = 'blog' AND measure = 'posts'"
        " ORDER BY said_at DESC, number DESC LIMIT 1),"
        " (SELECT coalesce(sum(claimed - gone) FILTER (WHERE length(period) = 7), sum(claimed - gone))"
        " FROM month_coverage WHERE blog_id = ?1))",
        blog_id,
    )
    return Coverage(
        claimed_posts=claimed,
        captured_posts=posts,
        claimed_comments=said,
        captured_comments=held if said is None else said - missing - out_of_reach,
        posts_with_gaps=gaps,
        out_of_reach=out_of_reach,
        months_with_gaps=months,
        categories_with_gaps=terms,
    )


def post_gaps(connection: sqlite3.Connection, blog_id: str, most: int = -1) -> list[PostGap]:
    """Posts of which comments are missing or out of reach, the greatest gap first; `most` of them, or all."""
    rows = connection.execute(
        "SELECT url, title, claimed, captured, missing, out_of_reach, reason, detail FROM coverage"
        " WHERE blog_id = ? AND (missing > 0 OR out_of_reach > 0)"
        " ORDER BY missing DESC, out_of_reach DESC, url LIMIT ?",
        (blog_id, most),
    )
    return [PostGap(**dict(row)) for row in rows]


def month_gaps(connection: sqlite3.Connection, blog_id: str) -> list[MonthGap]:
    """Periods of which posts are missing, in the order of time."""
    rows = connection.execute(
        "SELECT coalesce(label, period) AS label, claimed, captured, missing,"
        " CASE WHEN unread > 0 THEN unread || ' known, but not read' END AS reason FROM month_coverage"
        " WHERE blog_id = ? AND missing > 0 ORDER BY period",
        (blog_id,),
    )
    return [MonthGap(**dict(row)) for row in rows]


def category_gaps(connection: sqlite3.Connection, blog_id: str) -> list[CategoryGap]:
    """Categories and tags of which posts are missing, the greatest gap first."""
    rows = connection.execute(
        "SELECT taxonomy, name, claimed, captured, missing FROM category_coverage"
        " WHERE blog_id = ? AND missing > 0 ORDER BY missing DESC, taxonomy, name",
        (blog_id,),
    )
    return [CategoryGap(**dict(row)) for row in rows]


def _one(connection: sqlite3.Connection, sql: str, blog_id: str) -> tuple[int, ...]:
    return tuple(connection.execute(sql, (blog_id,)).fetchone())
