"""Named ways out of an archive. Read-only."""

from __future__ import annotations

import sqlite3
from typing import Any

from db.keys import blog_key


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

    def coverage(self, site_key: str) -> dict[str, int | None]:
        """What is held of a blog against its own claims, by the names of `outcome.Coverage`."""
        blog = blog_key(site_key)
        one = self.connection.execute
        (posts,) = one("SELECT count(*) FROM posts WHERE blog_id = ? AND kind = 'post'", (blog,)).fetchone()
        (comments,) = one("SELECT count(*) FROM comments WHERE blog_id = ?", (blog,)).fetchone()
        claims = dict(
            one("SELECT measure, max(number) FROM claims WHERE blog_id = ? AND subject_kind = 'blog' GROUP BY 1", (blog,)).fetchall()
        )
        months = one("SELECT sum(claimed_posts) FROM archives WHERE blog_id = ? AND month IS NOT NULL", (blog,)).fetchone()[0]
        threads = one("SELECT count(*) FILTER (WHERE missing > 0), sum(claimed) FROM coverage WHERE blog_id = ?", (blog,)).fetchone()
        return {
            "claimed_posts": claims.get("posts", months),
            "captured_posts": posts,
            "claimed_comments": claims.get("comments", threads[1]),
            "captured_comments": comments,
            "posts_with_gaps": threads[0],
        }

    def months_with_gaps(self, site_key: str) -> list[str]:
        """The lists of the months that claim more posts than are held."""
        rows = self.connection.execute(
            "SELECT url FROM month_coverage WHERE blog_id = ? AND missing > 0 AND url IS NOT NULL ORDER BY period",
            (blog_key(site_key),),
        ).fetchall()
        return [row[0] for row in rows]

    def given_up(self, site_key: str, limit: int = 20) -> list[tuple[str, str]]:
        """URLs that were given up in the latest round, with the reason."""
        rows = self.connection.execute(
            "SELECT url, coalesce(last_error, '') FROM frontier WHERE blog_id = ?1 AND state = 'given_up'"
            " AND round = (SELECT max(round) FROM frontier WHERE blog_id = ?1) ORDER BY priority, url LIMIT ?2",
            (blog_key(site_key), limit),
        ).fetchall()
        return [(row[0], row[1]) for row in rows]
