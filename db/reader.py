"""Named ways out of an archive. Read-only."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from typing import Any

from db.keys import blog_key


@dataclass(frozen=True, slots=True)
class Totals:
    """What an archive holds of a blog, and what the blog claims to have."""

    posts: int
    pages: int
    comments: int
    pings: int
    authors: int
    posts_with_gaps: int
    missing_comments: int
    months_with_gaps: int
    missing_posts: int


class Reader:
    """Reads over a connection of its own."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.connection = connection

    def close(self) -> None:
        """Close the connection."""
        self.connection.close()

    def blog(self, site_key: str) -> dict[str, Any] | None:
        """The row of a blog."""
        row = self.connection.execute("SELECT * FROM blogs WHERE id = ?", (blog_key(site_key),)).fetchone()
        return dict(row) if row else None

    def totals(self, site_key: str) -> Totals:
        """What is held of a blog, against its own claims (views coverage and month_coverage)."""
        blog = blog_key(site_key)
        one = self.connection.execute
        kinds = dict(one("SELECT kind, count(*) FROM posts WHERE blog_id = ? GROUP BY kind", (blog,)).fetchall())
        said = dict(one("SELECT kind, count(*) FROM comments WHERE blog_id = ? GROUP BY kind", (blog,)).fetchall())
        (authors,) = one("SELECT count(*) FROM authors WHERE blog_id = ?", (blog,)).fetchone()
        gaps = one(
            "SELECT count(*), coalesce(sum(missing), 0) FROM coverage WHERE blog_id = ? AND missing > 0", (blog,)
        ).fetchone()
        months = one(
            "SELECT count(*), coalesce(sum(missing), 0) FROM month_coverage WHERE blog_id = ? AND missing > 0", (blog,)
        ).fetchone()
        return Totals(
            posts=kinds.get("post", 0),
            pages=kinds.get("page", 0),
            comments=said.get("comment", 0),
            pings=said.get("pingback", 0) + said.get("trackback", 0),
            authors=authors,
            posts_with_gaps=gaps[0],
            missing_comments=gaps[1],
            months_with_gaps=months[0],
            missing_posts=months[1],
        )

    def given_up(self, site_key: str, limit: int = 20) -> list[tuple[str, str]]:
        """URLs that were given up in the latest round, with the reason."""
        rows = self.connection.execute(
            "SELECT url, coalesce(last_error, '') FROM frontier WHERE blog_id = ?1 AND state = 'given_up'"
            " AND round = (SELECT max(round) FROM frontier WHERE blog_id = ?1) ORDER BY priority, url LIMIT ?2",
            (blog_key(site_key), limit),
        ).fetchall()
        return [(row[0], row[1]) for row in rows]
