"""An archive made anew beside the old one: its tables are filled again from the responses, then take their place.

What was read from responses is rebuilt; what the archive knows of its own doing (runs, fetches, the
frontier and all tables that are not named here) is copied. The new database takes the old one's
place through SQLite's own backup, which those who are reading live through.
"""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Self

from archiver.model import Fetch, Site, Target, Visit
from db.archive import Archive, open_archive
from db.failures import explained
from db.keys import blog_key
from db.reading import how, uri
from db.writer import Writer

REBUILT = (
    *("authors", "posts", "post_parts", "post_urls", "post_authors", "comments", "thread_pages", "terms"),
    *("post_terms", "archives", "widgets", "widget_links", "links", "media", "works", "citations", "revisions"),
    *("claims", "oddities", "lessons", "thread_answers"),
)
"""Tables whose rows are read from responses; `blogs` is one as well, but for the columns in _BLOG."""
UNTOLD = frozenset({"docid", "provenance"})
"""Columns that may differ between two archives that hold the same."""
_BLOG = ("id", "site_key", "url", "first_seen_at", "last_seen_at")
_NOT_COPIED = ("sqlite_", "_sqlite_", "posts_fts", "comments_fts")


@dataclass(slots=True)
class Change:
    """How the rows of a table differ from before. fields: column -> rows in which it has another value."""

    added: int = 0
    lost: int = 0
    changed: int = 0
    fields: dict[str, int] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.added or self.lost or self.changed)


class Rebuild:
    """The making of a new database in `scratch`; a context that leaves nothing of it behind.

    keep: begin with all that the old one has, so that nothing can be lost.
    """

    def __init__(self, directory: Path, scratch: Path, *, keep: bool = False) -> None:
        self._old = Archive(directory)
        self._scratch = scratch
        shutil.rmtree(scratch, ignore_errors=True)
        self._new = open_archive(scratch, create=True)
        self.writer: Writer = self._new.writer()
        self._had_old = self._old.path.exists()
        with explained(self._new.path):
            self.writer.connection.execute("PRAGMA synchronous = OFF")  # made in one go, or thrown away
            if self._had_old:
                self._copy(keep=keep)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.writer.close()
        shutil.rmtree(self._scratch, ignore_errors=True)

    @property
    def connection(self) -> sqlite3.Connection:
        """The connection to the new database; the old one is attached as `old`."""
        return self.writer.connection

    def save(self, visit: Visit, crawl_id: str) -> None:
        """Save what was read again."""
        self.writer.save_again(visit, crawl_id)

    def note(self, site: Site, target: Target, fetch: Fetch, crawl_id: str) -> None:
        """Put a fetch on record that has no row yet."""
        self.writer.note(site, target, fetch, crawl_id)

    def know(self, site: Site, crawl_id: str, started_at: str, command: str, version: str) -> None:
        """Make sure that there are rows for a blog and a run: a lost database is made from WARC alone."""
        with self.writer.transaction():
            self.connection.execute(
                "INSERT INTO blogs (id, site_key, url, first_seen_at, last_seen_at) VALUES (?, ?, ?, ?, ?)"
                " ON CONFLICT (id) DO NOTHING",
                (blog_key(site.key), site.key, site.home, started_at, started_at),
            )
            self.connection.execute(
                "INSERT INTO crawls (id, blog_id, command, version, started_at) VALUES (?, ?, ?, ?, ?)"
                " ON CONFLICT (id) DO NOTHING",
                (crawl_id, blog_key(site.key), command, version, started_at),
            )

    def finish(self) -> dict[str, Change]:
        """Settle what is settled at the end of a run, and say what has changed."""
        with self.writer.transaction():
            for (blog_id,) in self.connection.execute("SELECT id FROM blogs").fetchall():
                self.writer.prune(blog_id)
            if self._had_old:
                self._carry_over()
                self._drop_dangling()
        return {table: self._change(table) for table in ("blogs", *REBUILT)} if self._had_old else self._all_new()

    def replace(self) -> None:
        """Let the new database take the old one's place, at once and whole."""
        with explained(self._old.path):
            if self._had_old:
                self.connection.execute("DETACH old")
            with closing(sqlite3.connect(self._old.path, timeout=30)) as target:
                target.execute("PRAGMA journal_mode = WAL")
                self.connection.backup(target)

    # -- what is taken from the old one -----------------------------------------------------------

    def _copy(self, *, keep: bool) -> None:
        execute = self.connection.execute
        live = self._old.can_be_written()
        execute("ATTACH ? AS old", (str(self._old.path) if live else uri(self._old.path, how(self._old.path)),))
        execute("PRAGMA foreign_keys = OFF")  # tables come in any order
        execute("BEGIN IMMEDIATE")
        for table, all_columns in self._tables():
            if table in REBUILT and not keep:
                continue
            columns = _BLOG if table == "blogs" and not keep else all_columns
            names = ", ".join(f'"{name}"' for name in columns)
            execute(f'INSERT INTO main."{table}" ({names}) SELECT {names} FROM old."{table}"')  # noqa: S608
        execute("COMMIT")
        execute("PRAGMA foreign_keys = ON")

    def _tables(self) -> Iterator[tuple[str, list[str]]]:
        """The tables that both have, with their columns in common."""
        query = "SELECT name FROM {}.sqlite_master WHERE type = 'table'"
        old = {row[0] for row in self.connection.execute(query.format("old"))}
        for (table,) in self.connection.execute(query.format("main")).fetchall():
            if table in old and not table.startswith(_NOT_COPIED):
                yield table, self._columns(table)

    def _columns(self, table: str) -> list[str]:
        old = {row["name"] for row in self.connection.execute(f'PRAGMA old.table_info("{table}")')}
        return [
            row["name"] for row in self.connection.execute(f'PRAGMA main.table_info("{table}")') if row["name"] in old
        ]

    def _carry_over(self) -> None:
        """What has vanished was judged at the end of each run, by evidence that a later run has replaced."""
        for table in ("posts", "comments"):
            self.connection.execute(
                f"UPDATE main.{table} SET gone_at = (SELECT o.gone_at FROM old.{table} o WHERE o.id = {table}.id)"  # noqa: S608
                f" WHERE gone_at IS NULL AND id IN (SELECT o.id FROM old.{table} o WHERE o.gone_at >= last_seen_at)"
            )
        self.connection.execute(
            "INSERT INTO main.oddities SELECT * FROM old.oddities WHERE kind LIKE 'vanished%' ON CONFLICT DO NOTHING"
        )

    def _drop_dangling(self) -> None:
        """What was copied and speaks of rows that no longer come out of the responses, such as evidence on a post."""
        for table, rowid, *_ in self.connection.execute("PRAGMA main.foreign_key_check").fetchall():
            if table not in REBUILT:
                self.connection.execute(f'DELETE FROM main."{table}" WHERE rowid = ?', (rowid,))  # noqa: S608

    # -- what has changed -------------------------------------------------------------------------

    def _change(self, table: str) -> Change:
        execute = self.connection.execute
        info = execute(f"PRAGMA main.table_info({table})").fetchall()
        keys = [row["name"] for row in info if row["pk"]]
        others = [name for name in self._columns(table) if name not in UNTOLD and name not in keys]
        same = " AND ".join(f"n.{name} = o.{name}" for name in keys)
        only = f"SELECT count(*) FROM {{}}.{table} n WHERE NOT EXISTS (SELECT 1 FROM {{}}.{table} o WHERE {same})"  # noqa: S608
        change = Change(
            added=execute(only.format("main", "old")).fetchone()[0],
            lost=execute(only.format("old", "main")).fetchone()[0],
        )
        if others:
            differs = [f"n.{name} IS NOT o.{name}" for name in others]
            counts = ", ".join(f"count(*) FILTER (WHERE {one})" for one in (*differs, " OR ".join(differs)))
            query = f"SELECT {counts} FROM main.{table} n JOIN old.{table} o ON {same}"  # noqa: S608
            *fields, change.changed = execute(query).fetchone()
            change.fields = {name: number for name, number in zip(others, fields, strict=True) if number}
        return change

    def _all_new(self) -> dict[str, Change]:
        query = "SELECT count(*) FROM {}"
        return {
            table: Change(added=self.connection.execute(query.format(table)).fetchone()[0])
            for table in ("blogs", *REBUILT)
        }
