"""What keeps a served archive harmless: to itself, to this machine, and to who reads it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, MutableMapping
from contextvars import ContextVar
from typing import Any
from weakref import WeakKeyDictionary, ref

from datasette.plugins import pm
from datasette.utils import tilde_decode
from datasette.utils.sqlite import sqlite3  # pysqlite3 where it is installed

from archiver import asking
from archiver.web import holdings, metadata, named, sheets
from db.guarded import LONGEST_VALUE

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Any]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

PLUGIN = "blog-archiver"  # as in `plugins` of Datasette's metadata
_LIMIT_LENGTH = 0  # SQLITE_LIMIT_LENGTH
MOST_RESULT = 64 * 2**20  # bytes of the rows that one query may give; many long values are as bad as one

CACHE = 16 * 2**10  # kB of a connection, of which there are three: hits of a search lie all over a large archive

# Datasette's own pages need inline scripts and styles. Nothing is loaded from elsewhere, whatever an
# archived page holds.
POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; img-src 'self' data:;"
    " object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'self'"
)
_HEADERS = [
    (b"content-security-policy", POLICY.encode()),
    (b"referrer-policy", b"no-referrer"),
    (b"x-content-type-options", b"nosniff"),
]
# They show paths of this machine and what runs on it, or are there for who tries out Datasette.
_PRIVATE = {
    "databases", "threads", "versions", "plugins", "settings", "config", "metadata", "permissions", "allow-debug",
    "patterns", "messages", "actor",
}  # fmt: skip

_public: WeakKeyDictionary[Any, bool] = WeakKeyDictionary()
_segments: ContextVar[tuple[str, ...]] = ContextVar("segments", default=())


def prepare(connection: Any) -> None:
    """Make a connection that Datasette has opened a read-only and bounded one.

    Datasette opens files with mode=ro or immutable=1. Other plugins may ask it for a connection that
    writes; an archive is written by `archiver` alone. Without the limits, one `printf` takes a gigabyte.
    """
    connection.execute("PRAGMA query_only = ON")
    connection.execute(f"PRAGMA cache_size = -{CACHE}")
    connection.create_function("escape_fts", 1, lambda typed: asking.plain(typed) or '""', deterministic=True)
    if hasattr(connection, "setlimit"):
        connection.setlimit(_LIMIT_LENGTH, LONGEST_VALUE)
    connection.row_factory = _Bounded(connection.row_factory)


class _Bounded:
    """Makes rows as another factory does, until those of one cursor are too many bytes: Datasette holds all of them."""

    def __init__(self, make: Callable[[Any, Any], Any]) -> None:
        self._make, self._size = make, 0
        self._cursor: Callable[[], Any] = lambda: None  # a weak reference: a cursor that lives on keeps the file read

    def __call__(self, cursor: Any, row: tuple[Any, ...]) -> Any:
        if cursor is not self._cursor():
            self._cursor, self._size = ref(cursor), 0
        self._size += sum(len(value) for value in row if isinstance(value, (str, bytes)))
        if self._size > MOST_RESULT:
            raise sqlite3.OperationalError(f"the result is larger than {MOST_RESULT >> 20} MB; ask for less of it")
        return self._make(cursor, row)


def is_public(datasette: Any) -> bool:
    """Whether strangers are expected: `archiver serve --public` says so in the plugin's configuration."""
    if datasette not in _public:  # asked for by every page, and not cheap: Datasette puts all its metadata together
        config = datasette.plugin_config(PLUGIN) or {}
        _public[datasette] = bool(config.get("public"))
    return _public[datasette]


def shows_one_row() -> bool:
    """Whether the page that is being made is that of a single row: /database/table/key.

    The hook that shows a cell is not told, so the address is remembered while the page is made.
    """
    return len(_segments.get()) >= 3


def static_url(datasette: Any, name: str) -> str:
    """The address of a file in static/."""
    module = "archiver.web"
    # Datasette mounts it under the name of the distribution, where it was found through an entry point.
    installed = any(plugin.__name__ == module for plugin, _ in pm.list_plugin_distinfo())
    return str(datasette.urls.static_plugins(PLUGIN if installed else module, name))


def guard(app: App, datasette: Any) -> App:
    """Wrap the application: remember which page is asked for, and send our headers with those of archives."""

    async def guarded(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await app(scope, receive, send)
            return
        segments = _split(scope, datasette.setting("base_url"))
        if _is_private(segments) and is_public(datasette):
            await _refuse(send)
            return
        holding = holdings.of(datasette, tilde_decode(segments[0].partition(".")[0])) if segments else None
        if holding and holding.comments > metadata.LARGE and len(segments) == 2:
            scope = _without_suggestions(scope)
        token = _segments.set(segments)
        try:
            await app(scope, receive, _harmless(send, segments, of_archive=holding is not None))
        finally:
            _segments.reset(token)

    return guarded


def _is_private(segments: tuple[str, ...]) -> bool:
    return len(segments) == 2 and segments[0] == "-" and segments[1].partition(".")[0] in _PRIVATE


def _harmless(send: Send, segments: tuple[str, ...], *, of_archive: bool) -> Send:
    """A way to send an answer by: with our headers, no formulas in CSV, and names for the fields of forms."""
    is_csv = False

    async def send_ours(message: MutableMapping[str, Any]) -> None:
        nonlocal is_csv
        if of_archive and message["type"] == "http.response.start":
            sent = list(message.get("headers", []))
            is_csv = sheets.are_rows(segments, message["status"])
            names = {name.lower() for name, _ in sent}
            message = {**message, "headers": sent + [header for header in _HEADERS if header[0] not in names]}
        elif is_csv:
            message = {**message, "body": sheets.row(message.get("body", b""))}
        elif (of_archive or segments[:1] == ("-",)) and message["type"] == "http.response.body":
            message = {**message, "body": named.fields(message.get("body", b""))}
        await send(message)

    return send_ours


def _without_suggestions(scope: Scope) -> Scope:
    """Ask for a table without suggested facets.

    To suggest some, Datasette tries every column of a table, each in vain where it is large, and answers
    with an error where the rows of a view cannot be counted in time.
    """
    query = scope.get("query_string", b"")
    if b"_nosuggest=" in query:
        return scope
    return {**scope, "query_string": query + (b"&" if query else b"") + b"_nosuggest=1"}


def _split(scope: Scope, base_url: str) -> tuple[str, ...]:
    raw = scope.get("raw_path")
    path = raw.decode("latin-1").partition("?")[0] if raw else scope["path"]
    if base_url != "/" and path.startswith(base_url):
        path = path[len(base_url) :]
    return tuple(part for part in path.split("/") if part)


async def _refuse(send: Send) -> None:
    headers = [(b"content-type", b"text/plain; charset=utf-8")]
    await send({"type": "http.response.start", "status": 403, "headers": headers})
    await send({"type": "http.response.body", "body": b"Not shown in public."})
