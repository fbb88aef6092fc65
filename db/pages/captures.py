"""Where the responses lie that an archive has kept."""

from __future__ import annotations

import sqlite3

from db.pages.rows import Row, row, rows

# The latest good response from an address that is kept; completed by what gives the address.
OF_ADDRESS = (
    "SELECT x.id FROM fetches x WHERE x.url = {} AND x.status = 200 AND x.warc_file IS NOT NULL"
    " ORDER BY x.fetched_at DESC LIMIT 1"
)


def capture(connection: sqlite3.Connection, fetch_id: str) -> Row | None:
    """A fetch, with the name of its blog; None where there is none."""
    return row(
        connection,
        "SELECT f.*, coalesce(b.title, b.site_key) AS blog FROM fetches f JOIN blogs b ON b.id = f.blog_id"
        " WHERE f.id = ?",
        (fetch_id,),
    )


def same_payload(connection: sqlite3.Connection, url: str, digest: str) -> list[Row]:
    """The places of responses from an address with that body, the earliest first: a revisit refers to one of them."""
    return rows(
        connection,
        "SELECT warc_file, warc_offset FROM fetches WHERE url = ? AND digest = ? AND warc_file IS NOT NULL"
        " ORDER BY fetched_at",
        (url, digest),
    )
