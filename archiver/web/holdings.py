"""Which of Datasette's databases are archives, and what must be known of them to show them."""

from __future__ import annotations

import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from weakref import WeakKeyDictionary

from datasette.utils.sqlite import sqlite3  # pysqlite3 where it is installed

from db.codebook import TableDoc, is_archive, tables
from db.pages.blogs import blogs

# A crawl may add posts, or a newer version change the views, while the archive is being served.
FRESH_SECONDS = 30.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Holding:
    """One archive.

    blogs: what they are called, by their keys. blog_label: the column that tells them apart, `title` or `site_key`.
    references: column by (table, column), as `table.column`.
    """

    name: str
    blogs: Mapping[str, str]
    blog_label: str
    posts: int
    comments: int
    first_at: str | None
    last_at: str | None
    docs: tuple[TableDoc, ...]
    references: dict[tuple[str, str], str]
    views: frozenset[str]


@dataclass(slots=True)
class _Entry:
    looked_at: float
    holding: Holding | None
    state: object


_known: WeakKeyDictionary[Any, _Entry] = WeakKeyDictionary()


def all_of(datasette: Any) -> list[Holding]:
    """The archives among the databases that are open."""
    found = (of(datasette, name) for name in datasette.databases)
    return [holding for holding in found if holding]


def of(datasette: Any, name: str) -> Holding | None:
    """What is known of an open database; None when it is no archive.

    Hooks that ask are not asynchronous, so this looks by itself, over a connection of its own; that
    takes milliseconds and happens twice a minute at most.
    """
    database = datasette.databases.get(name)
    if database is None or database.is_memory or not database.path:
        return None
    entry, now = _known.get(database), time.monotonic()
    if entry and (not database.is_mutable or now - entry.looked_at < FRESH_SECONDS):
        return entry.holding
    holding, state = entry.holding if entry else None, _state(database.path)
    if entry and state == entry.state:  # nobody has written to it
        entry.looked_at = now
        return entry.holding
    try:
        holding = _look(name, Path(database.path), mutable=database.is_mutable)
    except sqlite3.OperationalError:
        pass  # locked, or moved away for a moment: what was seen before still holds
    except sqlite3.DatabaseError:
        holding = None  # not a database at all; Datasette says so by itself
    _known[database] = _Entry(now, holding, state)
    return holding


def _state(path: str) -> object:
    """Something that is the same as long as nobody has written to the file."""
    found = []
    for file in (Path(path), Path(f"{path}-wal")):
        with suppress(OSError):
            status = file.stat()
            found.append((status.st_mtime_ns, status.st_size))
    return tuple(found)


def _look(name: str, path: Path, *, mutable: bool) -> Holding | None:
    options = "mode=ro" if mutable else "immutable=1"
    connection = sqlite3.connect(f"{path.absolute().as_uri()}?{options}", uri=True, timeout=1)
    connection.row_factory = sqlite3.Row
    try:
        return _describe(name, connection) if is_archive(connection) else None
    finally:
        connection.close()


def _describe(name: str, connection: Any) -> Holding:
    docs = tuple(tables(connection))

    def one(sql: str) -> Any:
        return connection.execute(sql).fetchone()

    named = blogs(connection)
    return Holding(
        name=name,
        blogs={blog["id"]: blog["name"] for blog in named},
        blog_label="site_key" if any(blog["is_shared"] for blog in named) else "title",
        posts=one("SELECT count(*) FROM posts")[0],
        comments=one("SELECT count(*) FROM comments")[0],
        # By blog, since that is how the index is ordered.
        first_at=one(
            "SELECT min(at) FROM (SELECT (SELECT min(published_at) FROM posts WHERE blog_id = b.id) AS at FROM blogs b)"
        )[0],
        last_at=one(
            "SELECT max(at) FROM (SELECT (SELECT max(published_at) FROM posts WHERE blog_id = b.id) AS at FROM blogs b)"
        )[0],
        docs=docs,
        references={
            (table.name, column.name): column.references
            for table in docs
            for column in table.columns
            if column.references
        },
        views=frozenset(table.name for table in docs if table.kind == "view"),
    )
