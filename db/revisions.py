"""Earlier wordings. Only a reading of the same rank, made later, tells an edit: the same text looks a
little different in the API, in a feed and on a page."""

from __future__ import annotations

import re
import sqlite3
from dataclasses import dataclass

from db.merge import Held, Row, wording_digest
from db.store import Merged, Store

SAVE = """
INSERT INTO revisions (id, post_id, comment_id, digest, title, html, text, seen_from, seen_until, replaced_at, fetch_id)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (id) DO UPDATE SET
  seen_from = min(seen_from, excluded.seen_from),
  seen_until = max(seen_until, excluded.seen_until),
  replaced_at = max(coalesce(replaced_at, excluded.replaced_at), excluded.replaced_at)
"""
"""A wording that comes back and is replaced again is kept once, its times widened."""

# What was seen replaced (`db.lost_wordings`) is better known than what was not; the times of the others widen.
MEET = """
ON CONFLICT (id) DO UPDATE SET
  seen_from = CASE WHEN revisions.replaced_at IS NULL THEN excluded.seen_from
    ELSE min(revisions.seen_from, excluded.seen_from) END,
  seen_until = CASE WHEN revisions.replaced_at IS NULL THEN excluded.seen_until
    ELSE max(revisions.seen_until, excluded.seen_until) END,
  replaced_at = CASE WHEN revisions.replaced_at IS NULL THEN excluded.replaced_at
    ELSE max(revisions.replaced_at, excluded.replaced_at) END,
  title = CASE WHEN {0} THEN excluded.title ELSE revisions.title END,
  html = CASE WHEN {0} THEN excluded.html ELSE revisions.html END,
  text = CASE WHEN {0} THEN excluded.text ELSE revisions.text END,
  fetch_id = CASE WHEN {0} THEN excluded.fetch_id ELSE revisions.fetch_id END
WHERE excluded.replaced_at IS NOT NULL OR (revisions.replaced_at IS NULL AND {0})
""".format(
    "(excluded.replaced_at IS NOT NULL, CASE WHEN excluded.replaced_at IS NULL THEN excluded.seen_until ELSE '' END,"
    " coalesce(excluded.fetch_id, ''), coalesce(excluded.html, ''), coalesce(excluded.title, ''))"
    " > (revisions.replaced_at IS NOT NULL, CASE WHEN revisions.replaced_at IS NULL THEN revisions.seen_until"
    " ELSE '' END, coalesce(revisions.fetch_id, ''), coalesce(revisions.html, ''), coalesce(revisions.title, ''))"
)
MOVE = """
INSERT INTO revisions (id, post_id, comment_id, digest, title, html, text, seen_from, seen_until, replaced_at, fetch_id)
SELECT replace(id, ?2, ?1), ?1, NULL, digest, title, html, text, seen_from, seen_until, replaced_at, fetch_id
FROM revisions WHERE post_id = ?2 AND comment_id IS NULL
"""
MOVE += MEET

WORDED = {"posts": {"title": "title", "body": "text"}, "comments": {"core": "text"}}
"""The facets that make up the wording, each with the column that tells a change."""


@dataclass(frozen=True, slots=True)
class Owner:
    """The post (comment_id None) or comment whose wordings are kept."""

    post_id: str
    comment_id: str | None

    @property
    def id(self) -> str:
        """The id of the row."""
        return self.comment_id or self.post_id


class Revisions:
    """Keeps what new wordings replace."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def keep(self, merged: Merged, owner: Owner, *, edited: bool = True) -> bool:
        """Keep the wording that a reading has replaced, or its own where a later one is there already.

        edited: False where the body was joined anew though none of its pages has changed. Returns
        whether the row's wording is an edited one.
        """
        before, now = merged.before, merged.now
        if before is None or before.row["digest"] is None:
            return False
        if before.row["digest"] == now.row["digest"]:
            self._keep_late(merged, owner)
            return False
        worded = WORDED["comments" if owner.comment_id else "posts"]
        changed = [facet for facet, column in worded.items() if before.row[column] != now.row[column]]
        if not edited or any(_has_climbed(facet, before, now) for facet in changed):
            return False
        was, is_ = before.stamps[changed[-1]], now.stamps[changed[-1]]
        if was[1] >= is_[1] or (was[2] != is_[2] and _reads_alike(before.row, now.row)):
            return False  # another extractor's reading of the same words
        self._save(owner, before.row, self._since(owner, before.row), was[1], is_[1])
        return True

    def keep_lesser(self, owner: Owner, row: Held, lesser: Held) -> None:
        """Keep the wording of a row that has been joined into another one."""
        was, is_ = lesser.stamps.get("body"), row.stamps.get("body")
        if was is None or is_ is None or was[0] != is_[0] or lesser.row["digest"] == row.row["digest"]:
            return
        self._save(owner, lesser.row, lesser.row["first_seen_at"], was[1], is_[1])

    def _keep_late(self, merged: Merged, owner: Owner) -> None:
        """Readings may come in any order: one that is older than the row's own brings an earlier wording."""
        facets = merged.reading.facets
        worded = WORDED["comments" if owner.comment_id else "posts"]
        *_, last = worded
        if last not in facets or last in merged.won or facets[last][0][0] != merged.now.stamps[last][0]:
            return
        (_, fetched_at, extractor, _, fetch_id), held = facets[last][0], merged.now.stamps[last]
        row = dict(merged.now.row)
        for facet in worded:
            row.update(facets[facet][1] if facet in facets else {})
        row |= {"digest": wording_digest(row), "fetch_id": fetch_id}
        if fetched_at >= held[1] or extractor != held[2] or row["digest"] == merged.now.row["digest"]:
            return
        self._save(owner, row, fetched_at, fetched_at, held[1])

    def _since(self, owner: Owner, row: Row) -> str:
        """When the present wording was read first: when the one before it was found replaced."""
        since: str | None
        (since,) = self._store.connection.execute(
            "SELECT max(replaced_at) FROM revisions WHERE post_id = ? AND comment_id IS ?",
            (owner.post_id, owner.comment_id),
        ).fetchone()
        first: str = row["first_seen_at"]
        return max(since or "", first)

    def _save(self, owner: Owner, row: Row, seen_from: str, seen_until: str, replaced_at: str) -> None:
        id_ = f"{owner.id}-{row['digest']}"
        wording = (row["digest"], row.get("title"), row["html"], row["text"])
        times = (seen_from, max(seen_from, seen_until), replaced_at)
        values = (id_, owner.post_id, owner.comment_id, *wording, *times, row["fetch_id"])
        self._store.connection.execute(SAVE, values)


def move_revisions(connection: sqlite3.Connection, stray: str, post_id: str) -> None:
    """Hand the wordings under one post over to another; the ids of its own hold its key."""
    connection.execute(MOVE, (post_id, stray))
    connection.execute("DELETE FROM revisions WHERE post_id = ? AND comment_id IS NULL", (stray,))
    connection.execute("UPDATE revisions SET post_id = ? WHERE post_id = ?", (post_id, stray))


def _has_climbed(facet: str, before: Held, now: Held) -> bool:
    """Whether a reading of another rank, or the first one at all, has won the facet."""
    was, is_ = before.stamps.get(facet), now.stamps.get(facet)
    return was != is_ and (was is None or is_ is None or was[0] != is_[0])


def _reads_alike(one: Row, other: Row) -> bool:
    def words(row: Row) -> list[str]:
        return re.findall(r"\w+", f"{row.get('title') or ''} {row['text']}")

    return words(one) == words(other)
