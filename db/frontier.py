"""The frontier: every URL that a blog has, and how far it has come. It lives in the archive itself, so
that a page's effect and "this URL is done" are one transaction and an interrupted run simply goes on."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from archiver.model import Target, TargetKind
from archiver.urls import canonical, url_key
from db.keys import key

ADD = """
INSERT INTO frontier (id, blog_id, url, kind, priority, hint, round, found_in) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (id) DO UPDATE SET url = excluded.url, kind = excluded.kind, hint = excluded.hint,
  priority = excluded.priority, state = 'pending', attempts = 0, not_before = NULL, last_error = NULL,
  round = excluded.round, found_in = excluded.found_in, done_in = NULL
WHERE frontier.round < excluded.round
"""
# A hint that saves requests, whoever has found the URL: a feed tells of posts that a sitemap has named before.
TELL_NONE = """
UPDATE frontier SET hint = json_set(hint, '$.claimed', '0')
WHERE id = ? AND state = 'pending' AND json_type(hint, '$.claimed') IS NULL
"""
ADD_ALIAS = """
INSERT INTO frontier (id, blog_id, url, kind, priority, state, round, done_in) VALUES (?, ?, ?, ?, ?, 'alias', ?, ?)
ON CONFLICT (id) DO UPDATE SET state = 'alias', round = excluded.round, done_in = excluded.done_in
WHERE frontier.state = 'pending' OR frontier.round < excluded.round
"""
# Whether the run before the one that begins was killed or interrupted, and was of the same kind.
CUT_SHORT = """
SELECT 1 FROM (SELECT command, outcome, lag(command) OVER runs AS before, lag(outcome) OVER runs AS ended,
    row_number() OVER runs AS number, max(started_at) OVER () AS latest, started_at
  FROM crawls WHERE blog_id = ? WINDOW runs AS (ORDER BY started_at, rowid))
WHERE started_at = latest AND number > 1 AND before = command AND coalesce(ended, 'interrupted') = 'interrupted'
"""


@dataclass(frozen=True, slots=True)
class Waiting:
    """How much is left to do for a blog: ready now, put off, and when the first of those is due."""

    ready: int
    put_off: int
    next_at: str | None


class Frontier:
    """The frontier table. Its methods run inside the writer's transaction, except `take` and counts."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._rounds: dict[str, int] = {}

    def begin(self, blog_id: str, *, restart: bool) -> None:
        """Sweep what an interrupted run left in flight; start a new round when nothing is left to do.

        A run that was killed or interrupted when all was fetched, before its end, is brought to it in the same round.
        """
        execute = self._connection.execute
        execute("UPDATE frontier SET state = 'pending' WHERE blog_id = ? AND state = 'in_flight'", (blog_id,))
        (last,) = execute("SELECT coalesce(max(round), 0) FROM frontier WHERE blog_id = ?", (blog_id,)).fetchone()
        left = execute(
            "SELECT 1 FROM frontier WHERE blog_id = ? AND state = 'pending' AND round = ?", (blog_id, last)
        ).fetchone()
        goes_on = left or (last and execute(CUT_SHORT, (blog_id,)).fetchone())
        self._rounds[blog_id] = last if goes_on and not restart else last + 1
        # Failures may be over by now: an interrupted run tries them again at once.
        execute(
            "UPDATE frontier SET attempts = 0, not_before = NULL WHERE blog_id = ? AND state = 'pending'", (blog_id,)
        )

    def add(self, blog_id: str, site_key: str, targets: Iterable[Target], found_in: str | None) -> int:
        """Add URLs that are not known in this round. Returns how many were added.

        A kind and hints found earlier stay, but that a post has no comments is added to those of a URL that waits.
        """
        targets = tuple(targets)
        rows = [
            (
                self._id(site_key, target.url),
                blog_id,
                canonical(target.url),
                target.kind.value,
                target.priority,
                json.dumps(target.hint, sort_keys=True),
                self._rounds[blog_id],
                found_in,
            )
            for target in targets
        ]
        added = self._connection.executemany(ADD, rows).rowcount if rows else 0
        bare = [(self._id(site_key, target.url),) for target in targets if target.hint.get("claimed") == "0"]
        if bare:
            self._connection.executemany(TELL_NONE, bare)
        return added

    def settle(self, blog_id: str, site_key: str, target: Target, aliases: Sequence[str], fetch_id: str) -> None:
        """Mark a URL as done, and the other names of the page that it gave."""
        self._connection.execute(
            "UPDATE frontier SET state = 'done', done_in = ?, last_error = NULL WHERE id = ?",
            (fetch_id, self._id(site_key, target.url)),
        )
        rows = [
            (id_, blog_id, canonical(url), target.kind.value, target.priority, self._rounds[blog_id], fetch_id)
            for url in aliases
            if (id_ := self._id(site_key, url)) != self._id(site_key, target.url)
        ]
        self._connection.executemany(ADD_ALIAS, rows)

    def fail(self, site_key: str, target: Target, fetch_id: str, *, retry_at: str | None, reason: str) -> None:
        """Put a URL off until `retry_at`, or give it up."""
        self._connection.execute(
            "UPDATE frontier SET state = ?, not_before = ?, last_error = ?, done_in = ?, attempts = attempts + 1"
            " WHERE id = ?",
            (
                "pending" if retry_at else "given_up",
                retry_at,
                reason,
                None if retry_at else fetch_id,
                self._id(site_key, target.url),
            ),
        )

    def exclude(self, site_key: str, target: Target, reason: str) -> None:
        """Leave a URL out: robots.txt, an exclude pattern, the guard. One statement, its own transaction."""
        self._connection.execute(
            "UPDATE frontier SET state = 'excluded', last_error = ? WHERE id = ?",
            (reason, self._id(site_key, target.url)),
        )

    def lowest(self, blog_id: str, soon: str) -> int | None:
        """The least priority that is pending in this round, put off until `soon` at most."""
        row = self._connection.execute(
            "SELECT min(priority) FROM frontier WHERE blog_id = ? AND state = 'pending' AND round = ?"
            " AND (not_before IS NULL OR not_before <= ?)",
            (blog_id, self._rounds[blog_id], soon),
        ).fetchone()
        return None if row[0] is None else int(row[0])

    def take(self, blog_id: str, count: int, now: str, *, below: int = 1 << 30) -> list[tuple[Target, int]]:
        """The next targets of this round with their attempts so far, marked as in flight.

        below: only those of a lesser priority number, so that a later phase waits for an earlier one.
        """
        rows = self._connection.execute(
            "UPDATE frontier SET state = 'in_flight' WHERE id IN (SELECT id FROM frontier"
            " WHERE blog_id = ? AND state = 'pending' AND round = ? AND (not_before IS NULL OR not_before <= ?)"
            " AND priority < ? ORDER BY priority, rowid LIMIT ?)"
            " RETURNING rowid AS number, url, kind, priority, hint, attempts",
            (blog_id, self._rounds[blog_id], now, below, count),
        ).fetchall()
        return [
            (
                Target(
                    url=row["url"], kind=TargetKind(row["kind"]), priority=row["priority"], hint=json.loads(row["hint"])
                ),
                row["attempts"],
            )
            for row in sorted(rows, key=lambda row: (row["priority"], row["number"]))
        ]

    def open_routes(self, blog_id: str) -> list[tuple[str, dict[str, str]]]:
        """URL and hint of the API requests that were answered in this round."""
        rows = self._connection.execute(
            "SELECT frontier.url, hint FROM frontier JOIN fetches ON fetches.id = done_in"
            " WHERE frontier.blog_id = ? AND round = ? AND frontier.kind = 'api' AND state = 'done' AND status = 200",
            (blog_id, self._rounds[blog_id]),
        ).fetchall()
        return [(row["url"], json.loads(row["hint"])) for row in rows]

    def is_done(self, blog_id: str, site_key: str, url: str, *, well: bool = False) -> bool:
        """Whether a URL, or another name of its page, was fetched in this round. well: and was there."""
        query = "SELECT 1 FROM frontier WHERE id = ? AND round = ? AND state IN ('done', 'alias')"
        if well:
            query += " AND done_in IN (SELECT id FROM fetches WHERE status BETWEEN 200 AND 299)"
        found = self._connection.execute(query, (self._id(site_key, url), self._rounds[blog_id])).fetchone()
        return found is not None

    def alias(self, site_key: str, target: Target, fetch_id: str) -> None:
        """Mark a URL that was taken as another name of a page that has come meanwhile. Its own transaction."""
        self._connection.execute(
            "UPDATE frontier SET state = 'alias', done_in = ? WHERE id = ?", (fetch_id, self._id(site_key, target.url))
        )

    def release(self, site_key: str, targets: Iterable[Target]) -> None:
        """Give back what was taken but not fetched."""
        self._connection.executemany(
            "UPDATE frontier SET state = 'pending' WHERE id = ? AND state = 'in_flight'",
            [(self._id(site_key, target.url),) for target in targets],
        )

    def waiting(self, blog_id: str, now: str) -> Waiting:
        """What is left to do in this round."""
        row = self._connection.execute(
            "SELECT count(*) FILTER (WHERE not_before IS NULL OR not_before <= ?) AS ready,"
            " count(*) FILTER (WHERE not_before > ?) AS put_off,"
            " min(not_before) FILTER (WHERE not_before > ?) AS next_at"
            " FROM frontier WHERE blog_id = ? AND state = 'pending' AND round = ?",
            (now, now, now, blog_id, self._rounds[blog_id]),
        ).fetchone()
        return Waiting(row["ready"], row["put_off"], row["next_at"])

    @staticmethod
    def _id(site_key: str, url: str) -> str:
        return key("url", site_key, url_key(url))
