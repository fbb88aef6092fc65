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
