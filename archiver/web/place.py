"""One archive as our pages see it: how to ask it, and the addresses of what is in it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, TypeVar
from urllib.parse import quote, urlencode

from datasette.utils import tilde_decode, tilde_encode

from archiver.web import holdings
from archiver.web.holdings import Holding

T = TypeVar("T")

PATIENCE = 5  # times as long as a question may be at work, it may take with waiting for disks and other programs
STEPS = 10_000  # of SQLite's machine between two looks at the clock, about a millisecond: each waits for other threads


@dataclass(frozen=True, slots=True)
class Place:
    """An archive that is open. alone: no other one is, so that addresses need not name it."""

    datasette: Any
    holding: Holding
    alone: bool

    @property
    def name(self) -> str:
        """The name of its database."""
        return self.holding.name

    async def ask(self, question: Callable[[Any], T], *, limit: int = 0) -> T:
        """The answer of a function of `db.pages` and its like, all of it read from one state of the archive.

        Raises sqlite3.OperationalError when it takes longer than `limit` milliseconds, or Datasette's time limit, of a
        processor. A machine that is busy with other things is no reason to refuse what takes little.
        """
        limit = limit or self.datasette.setting("sql_time_limit_ms")

        def asked(connection: Any) -> T:
            with _limited(connection, limit / 1000):
                connection.execute("BEGIN")  # a crawl may be writing
                try:
                    return question(connection)
                finally:
                    if connection.in_transaction:
                        connection.execute("ROLLBACK")

        answer: T = await self.datasette.get_database(self.name).execute_fn(asked)
        return answer

    def path(self, *parts: str, query: Mapping[str, str] | None = None, fragment: str = "") -> str:
        """The address of one of our pages: path("post", id), path("search", query={"q": "relapse"})."""
        # Most parts are keys and plain words, for which to call is to lose: a long thread has ten thousand of them.
        quoted = (part if part.isalnum() and part.isascii() else quote(part, safe="") for part in parts)
        address = "/".join([self._root(), *quoted])
        if query:
            address += f"?{urlencode(query)}"
        return f"{address}#{fragment}" if fragment else address

    def _root(self) -> str:
        """What all those addresses begin with; asked for thousands of times by a page of a long thread."""
        base = self.datasette.setting("base_url")
        return f"{base}-" if self.alone else f"{base}{tilde_encode(self.name)}/-"

    def blog(self, key: str, otherwise: str | None = None) -> str:
        """What a blog is called among those of the archive. otherwise: where it is newer than what is known of them."""
        return self.holding.blogs.get(key) or otherwise or key

    def front(self) -> str:
        """The address of the front page."""
        return self.path("front")

    def shelf(self) -> str:
        """The address of the search over all archives, where this is one of several."""
        return f"{self.datasette.setting('base_url')}-/search"

    def post(self, key: str, comment: str | None = None) -> str:
        """The address of a post, or of a comment below it."""
        return self.path("post", key, fragment=f"c-{comment}" if comment else "")

    def row(self, table: str, key: str) -> str:
        """The address of Datasette's page of a row."""
        return str(self.datasette.urls.row(self.name, table, tilde_encode(key)))

    def table(self, table: str, **query: str) -> str:
        """The address of Datasette's page of a table or view, filtered."""
        address = str(self.datasette.urls.table(self.name, table))
        return f"{address}?{urlencode(query)}" if query else address

    def query(self, name: str, suffix: str = "", **values: str) -> str:
        """The address of a named query, or with a suffix (csv, json) of its rows as a file."""
        address = f"{self.datasette.urls.query(self.name, name)}{'.' if suffix else ''}{suffix}"
        return f"{address}?{urlencode(values)}" if values else address

    def database(self) -> str:
        """The address of Datasette's page of all tables and questions."""
        return str(self.datasette.urls.database(self.name))


@contextmanager
def _limited(connection: Any, seconds: float) -> Iterator[None]:
    """Questions that are ended after so many seconds of a processor, or PATIENCE times as long by the clock."""
    busy, began = time.thread_time(), time.monotonic()

    def is_over() -> bool:
        taken = time.monotonic() - began
        # Who was not there for longer was not at work for longer, and the clock of the thread is the dearer one.
        return taken > seconds and (taken > seconds * PATIENCE or time.thread_time() - busy > seconds)

    connection.set_progress_handler(is_over, STEPS)
    try:
        yield
    finally:
        connection.set_progress_handler(None, STEPS)


def of(datasette: Any, holding: Holding) -> Place:
    """The archive that a holding tells of."""
    return Place(datasette, holding, len(holdings.all_of(datasette)) == 1)


def all_of(datasette: Any) -> list[Place]:
    """All archives that are open."""
    found = holdings.all_of(datasette)
    return [Place(datasette, holding, len(found) == 1) for holding in found]


def meant(datasette: Any, path: str) -> Place | None:
    """The archive to which an address of Datasette's leads: /archive, /archive.json, /archive/posts."""
    base = datasette.setting("base_url")
    name = path.removeprefix(base).lstrip("/").partition("/")[0]
    for known in (name, name.rpartition(".")[0]):
        holding = holdings.of(datasette, tilde_decode(known)) if known else None
        if holding:
            return of(datasette, holding)
    return None


def named(datasette: Any, database: str | None) -> list[Place]:
    """The archive that an address names, as a list of one or none; all of them where it names none."""
    places = all_of(datasette)
    return places if database is None else [place for place in places if place.name == tilde_decode(database)]
