"""What blogs are called where they stand side by side."""

from __future__ import annotations

import sqlite3

from db.pages.rows import Row, rows

# Of those that are called alike, each with its site.
_NAMES = """
SELECT id, CASE
    WHEN title IS NULL THEN site_key
    WHEN count(*) OVER (PARTITION BY title) > 1 THEN title || ' (' || site_key || ')'
    ELSE title
  END AS name, count(*) OVER (PARTITION BY coalesce(title, site_key)) > 1 AS is_shared
FROM blogs ORDER BY name, id"""


def blogs(connection: sqlite3.Connection) -> list[Row]:
    """The id and name of every blog, by name. is_shared: whether its title alone would not tell which it is."""
    return rows(connection, _NAMES)
