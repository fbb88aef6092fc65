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

    def same_payload(self, url: str, digest: str) -> list[tuple[str, int]]:
        """WARC file and offset of the responses to a URL with this payload, the earliest first; a few of them."""
        rows = self.connection.execute(
            "SELECT warc_file, warc_offset FROM fetches WHERE url = ? AND digest = ? AND warc_file IS NOT NULL"
            " ORDER BY fetched_at LIMIT 3",
            (url, digest),
        ).fetchall()
        return [(row[0], row[1]) for row in rows]

    def latest_payload(self, url: str) -> list[tuple[str, int]]:
        """WARC file and offset of the responses to a URL that brought a page, the latest first; a few of them."""
        rows = self.connection.execute(
            "SELECT warc_file, warc_offset FROM fetches WHERE url = ? AND status = 200 AND warc_file IS NOT NULL"
            " ORDER BY fetched_at DESC LIMIT 3",
            (url,),
        ).fetchall()
        return [(row[0], row[1]) for row in rows]

    def recorded_in(self, warc_file: str) -> set[int]:
        """The offsets in a WARC file that rows name."""
        query = "SELECT warc_offset FROM fetches WHERE warc_file = ?"
        return {row[0] for row in self.connection.execute(query, (warc_file,))}
