"""Who was said to have written a comment, by the keys of names: what is kept of it where archives are merged.

Of two archives that name different writers one wins, as for all columns. Whoever is taken down is taken down with all
that *any* archive says is theirs, so both names are kept. The order of merging does not matter: a comment that was
given two writers, or was taken down, has all names here that it was ever given. Of all others their row tells.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable

from db.redactions import author_name

_NAMES = """
INSERT INTO main.attributions (comment_id, name)
SELECT {}, written_by(b.site_key, a.name) FROM {} JOIN main.blogs b ON b.id = a.blog_id WHERE {} ON CONFLICT DO NOTHING
"""
_BOTH = _NAMES.format("?", "main.authors a", "a.id IN (?, ?)")
_PRESENT = _NAMES.format(
    "c.id", "main.comments c JOIN main.authors a ON a.id = c.author_id", "c.id IN (SELECT value FROM json_each(?))"
)
_WRITTEN = """
SELECT t.comment_id, t.name FROM main.attributions t JOIN main.comments c ON c.id = t.comment_id
  WHERE c.blog_id = ?1 AND t.name IN (SELECT value FROM json_each(?3))
UNION
SELECT c.id, written_by(?2, a.name) FROM main.authors a JOIN main.comments c ON c.author_id = a.id
  WHERE a.blog_id = ?1 AND written_by(?2, a.name) IN (SELECT value FROM json_each(?3))
ORDER BY 1, 2
"""


def prepare(connection: sqlite3.Connection) -> None:
    """Let a connection make the keys of names; what is below needs it."""
    connection.create_function("written_by", 2, author_name, deterministic=True)


def note_both(connection: sqlite3.Connection, comment_id: str, one: str | None, other: str | None) -> None:
    """Note whom two archives that meet give as the writer of a comment (keys of `authors`), where these are two."""
    if one is not None and other is not None and one != other:
        connection.execute(_BOTH, (comment_id, one, other))


def note_present(connection: sqlite3.Connection, comment_ids: Iterable[str]) -> None:
    """Note the writers of comments that are about to lose them."""
    connection.execute(_PRESENT, (json.dumps(list(comment_ids)),))


def written(connection: sqlite3.Connection, blog_id: str, site_key: str, names: Iterable[str]) -> list[tuple[str, str]]:
    """The comments of a blog that people of these names (keys) wrote, or were said to have: each with the name."""
    values = (blog_id, site_key, json.dumps(sorted(names)))
    return [(row[0], row[1]) for row in connection.execute(_WRITTEN, values)]
