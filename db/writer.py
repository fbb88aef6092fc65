"""The one way in. A visit is saved in one transaction: records, claims, targets and "this URL is done"."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from operator import attrgetter
from pathlib import Path
from typing import Any

from archiver.model import Fetch, Site, Target, Visit
from db import surpluses
from db.context import Context
from db.failures import explained
from db.frontier import Frontier
from db.keys import blog_key, key
from db.records import Records
from db.vanished import Gone, Vanished

EXCHANGE = tuple(field.name for field in fields(Fetch) if field.name != "url")
"""What a fetch tells beyond its URL: the columns of the table are named after the fields."""
_exchange = attrgetter(*EXCHANGE)

# Read again, a fetch keeps its row; another engine may have read it.
SAVE_FETCH = f"""
INSERT INTO fetches (id, blog_id, crawl_id, url, kind, engine, {", ".join(EXCHANGE)})
VALUES (?, ?, ?, ?, ?, ?, {", ".join("?" * len(EXCHANGE))})
ON CONFLICT (id) DO UPDATE SET engine = excluded.engine, {", ".join(f"{name} = excluded.{name}" for name in EXCHANGE)}
"""  # noqa: S608 - names are ours


@dataclass(frozen=True, slots=True)
class Saved:
    """What saving a visit changed; changes are those of wording, not of bookkeeping."""

    fetch_id: str
    posts: int = 0
    comments: int = 0
    new_posts: int = 0
    new_comments: int = 0
    changed_posts: int = 0
    changed_comments: int = 0
    returned_posts: int = 0
    returned_comments: int = 0
    new_targets: int = 0


def now() -> str:
    """UTC to the microsecond, as fetches and crawls are stamped."""
    return stamp(datetime.now(UTC))


def stamp(moment: datetime) -> str:
    """A time in that form."""
    return moment.strftime("%Y-%m-%dT%H:%M:%S.%fZ")


class Writer:
    """Writes an archive over one connection that nothing else writes through.

    patience: over so many visits it may wait to write when known people and terms were seen last (db/store.py).
    clock: by which runs begin and end, where that is not the machine's own.
    """

    def __init__(
        self, connection: sqlite3.Connection, path: Path, patience: int = 0, clock: Callable[[], datetime] | None = None
    ) -> None:
        self.connection = connection
        self._clock = clock
        self._path = path
        self.frontier = Frontier(connection)
        self._records = Records(connection, patience)
        self._vanished = Vanished(connection)

    def _now(self) -> str:
        return stamp(self._clock()) if self._clock else now()

    def close(self) -> None:
        """Close the connection; the WAL is folded into the database."""
        self.connection.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing. Raises DiskFull, ArchiveDamaged or ArchiveError, with what was stored still there."""
        with explained(self._path):
            # IMMEDIATE, since a deferred upgrade fails at once when a reader is there.
            self.connection.execute("BEGIN IMMEDIATE")
            try:
                yield
                self.connection.execute("COMMIT")
            except BaseException:
                self._records.lose()
                # A full disk may have rolled back already.
                if self.connection.in_transaction:
                    self.connection.execute("ROLLBACK")
                raise

    def begin_crawl(
        self, site: Site, *, command: str, version: str, settings: dict[str, Any], restart: bool = False
    ) -> str:
        """Register a run over a blog and make its frontier ready. Returns the crawl's id."""
        started = self._now()
        blog_id = blog_key(site.key)
        crawl_id = f"{started[:19].replace('-', '').replace(':', '')}-{key('crawl', site.key, started)[-6:]}"
        with self.transaction():
            self.connection.execute(
                "INSERT INTO blogs (id, site_key, url, first_seen_at, last_seen_at) VALUES (?, ?, ?, ?, ?)"
                " ON CONFLICT (id) DO NOTHING",
                (blog_id, site.key, site.home, started, started),
            )
            self.connection.execute(
                "INSERT INTO crawls (id, blog_id, command, settings, version, started_at) VALUES (?, ?, ?, ?, ?, ?)",
                (crawl_id, blog_id, command, json.dumps(settings, sort_keys=True), version, started),
            )
            self.frontier.begin(blog_id, restart=restart)
        return crawl_id

    def end_crawl(self, crawl_id: str, *, outcome: str, reason: str | None, counts: dict[str, Any]) -> Gone:
        """Record how a run ended, mark what has vanished, drop what better readings have replaced.

        Returns how much has vanished; the run's counts hold it as `gone_posts` and `gone_comments`.
        """
        with self.transaction():
            gone = self._vanished.judge(crawl_id, outcome)
            if outcome in surpluses.JUDGED:
                surpluses.note(self.connection, crawl_id)
            counts = {**counts, "gone_posts": gone.posts, "gone_comments": gone.comments}
            self.connection.execute(
                "UPDATE crawls SET finished_at = ?, outcome = ?, reason = ?, counts = ? WHERE id = ?",
                (self._now(), outcome, reason, json.dumps(counts, sort_keys=True), crawl_id),
            )
            (blog_id,) = self.connection.execute("SELECT blog_id FROM crawls WHERE id = ?", (crawl_id,)).fetchone()
            self._records.prune(blog_id)
        return gone

    def weigh(self, crawl_id: str) -> None:
        """Take note of threads that claim more than they show: before its end a run tells by that what is missing."""
        with self.transaction():
            surpluses.note(self.connection, crawl_id)

    def add_targets(self, site: Site, targets: Sequence[Target]) -> int:
        """Put URLs on the frontier outside of a visit (the first one of a run). Returns how many were new."""
        with self.transaction():
            return self.frontier.add(blog_key(site.key), site.key, targets, None)

    def save(self, visit: Visit, crawl_id: str, *, failed: str | None = None) -> Saved:
        """Save all that a fetch has brought, and settle its URL, in one transaction.

        failed: why the URL is given up, where the answer was a failure for good.
        """
        blog_id = blog_key(visit.site.key)
        fetch_id = key("fetch", visit.site.key, crawl_id, visit.target.url, visit.fetch.fetched_at)
        with self.transaction():
            self._save_fetch(fetch_id, blog_id, crawl_id, visit)
            counts = self._records.save(visit.extract, _context(visit, crawl_id, fetch_id))
            if failed:
                self.frontier.fail(visit.site.key, visit.target, fetch_id, retry_at=None, reason=failed)
            else:
                self.frontier.settle(blog_id, visit.site.key, visit.target, visit.discovery.aliases, fetch_id)
            added = self.frontier.add(blog_id, visit.site.key, visit.discovery.targets, fetch_id)
        self._vanished.note(crawl_id, visit.extract.claims)
        return Saved(fetch_id=fetch_id, new_targets=added, **counts)

    def save_again(self, visit: Visit, crawl_id: str) -> Saved:
        """Save what was read again from the record of a fetch. The frontier is left as it is."""
        fetch_id = key("fetch", visit.site.key, crawl_id, visit.target.url, visit.fetch.fetched_at)
        with self.transaction():
            self._save_fetch(fetch_id, blog_key(visit.site.key), crawl_id, visit)
            counts = self._records.save(visit.extract, _context(visit, crawl_id, fetch_id))
        return Saved(fetch_id=fetch_id, **counts)

    def prune(self, blog_id: str) -> None:
        """Drop what better readings have replaced, as the end of a run does. Inside a transaction."""
        self._records.prune(blog_id)

    def put_off(self, site: Site, target: Target, fetch: Fetch, crawl_id: str, *, retry_at: str, reason: str) -> str:
        """Record a fetch that failed for now: the URL is tried again from `retry_at` on."""
        blog_id = blog_key(site.key)
        fetch_id = key("fetch", site.key, crawl_id, target.url, fetch.fetched_at)
        with self.transaction():
            self._save_fetch(fetch_id, blog_id, crawl_id, Visit(site=site, target=target, fetch=fetch))
            self.frontier.fail(site.key, target, fetch_id, retry_at=retry_at, reason=reason)
        return fetch_id

    def note(self, site: Site, target: Target, fetch: Fetch, crawl_id: str) -> str:
        """Record a fetch that settles nothing, such as a redirect."""
        blog_id = blog_key(site.key)
        fetch_id = key("fetch", site.key, crawl_id, target.url, fetch.fetched_at)
        with self.transaction():
            self._save_fetch(fetch_id, blog_id, crawl_id, Visit(site=site, target=target, fetch=fetch))
        return fetch_id

    def _save_fetch(self, fetch_id: str, blog_id: str, crawl_id: str, visit: Visit) -> None:
        engine = f"{visit.engine}/{visit.engine_version}" if visit.engine else None
        known = (fetch_id, blog_id, crawl_id, visit.target.url, visit.target.kind.value, engine)
        self.connection.execute(SAVE_FETCH, (*known, *_exchange(visit.fetch)))


def _context(visit: Visit, crawl_id: str, fetch_id: str) -> Context:
    return Context(
        site_key=visit.site.key,
        home=visit.site.home,
        blog_id=blog_key(visit.site.key),
        fetch_id=fetch_id,
        crawl_id=crawl_id,
        fetched_at=visit.fetch.fetched_at,
        extractor=visit.engine_version,
        kind=visit.target.kind.value,
    )
