"""`archiver serve`: an archive in the browser, read-only, while a crawl may be writing to it."""

from __future__ import annotations

import asyncio
import errno
import resource
import socket
import webbrowser
from collections.abc import Callable, Coroutine, Mapping
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

import uvicorn
from datasette.app import Datasette, DatasetteClient
from datasette.database import Database
from datasette.plugins import pm

from archiver import web
from archiver.errors import ArchiveMissing, UsageError
from archiver.web import front_page
from archiver.web.safety import PLUGIN
from db import reading
from db.codebook import is_archive
from db.failures import explained

HOST, PORT = "127.0.0.1", 8001
TIME_LIMIT = 1.0  # seconds that one query may take; those of our own that go through everything are kept (see `kept`)
FILES_EACH = 3 * 4
"""Files that an archive may need open: the database, its log and the index of that, by each thread and by us."""

SETTINGS = {
    "facet_time_limit_ms": 1000,
    "suggest_facets": False,  # each table has its own; trying every column takes longer than all the rest
    "max_returned_rows": 5000,
}
PUBLIC_SETTINGS = {
    "facet_time_limit_ms": 300,
    "max_returned_rows": 1000,
    "default_allow_sql": False,
    "allow_download": False,
    "allow_csv_stream": False,
}


def address(host: str = HOST, port: int = PORT) -> str:
    """The URL to type on this machine for a server that listens there."""
    host = {"0.0.0.0": "127.0.0.1", "::": "::1", "": "127.0.0.1"}.get(host, host)  # noqa: S104 - named, not bound
    return f"http://[{host}]:{port}/" if ":" in host else f"http://{host}:{port}/"


def application(archive_db: Path | Mapping[str, Path], *, public: bool = False, time_limit: float = TIME_LIMIT) -> Any:
    """Datasette with one archive in it, or with several by their names. time_limit: seconds that one query may take.

    Raises ArchiveMissing, ArchiveDamaged or UsageError.
    """
    if not isinstance(archive_db, Path):
        return _several(archive_db, public=public, time_limit=time_limit)
    immutable = _check(archive_db)
    path = str(archive_db)
    files, immutables = ([], [path]) if immutable else ([path], [])
    return _datasette(files, immutables, public=public, time_limit=time_limit)


def _several(archives: Mapping[str, Path], *, public: bool, time_limit: float) -> Any:
    checked = {name: _check(path) for name, path in archives.items()}
    _allow_files(len(archives))
    datasette = _datasette([], [], public=public, time_limit=time_limit)
    for name, immutable in checked.items():
        datasette.add_database(Database(datasette, path=str(archives[name]), is_mutable=not immutable), name=name)
    datasette.remove_database("_memory")  # which stands in where no file is named
    datasette.client = DatasetteClient(datasette)  # it keeps the addresses that it found
    return datasette


def _allow_files(archives: int) -> None:
    """Each thread opens each archive, with its log and index: more files than a process may usually have open."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    needed = 256 + archives * FILES_EACH
    if soft != resource.RLIM_INFINITY and soft < needed:
        most = needed if hard == resource.RLIM_INFINITY else min(needed, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))


def _datasette(files: list[str], immutables: list[str], *, public: bool, time_limit: float) -> Any:
    if not pm.is_registered(web):  # run from a checkout that is not installed
        pm.register(web, name=web.__name__)
    _quiet()
    return Datasette(
        files=files,
        immutables=immutables,
        settings={
            **SETTINGS,
            **(PUBLIC_SETTINGS if public else {}),
            "sql_time_limit_ms": round(time_limit * 1000),
        },
        metadata={"plugins": {PLUGIN: {"public": True}}} if public else {},
    )


def serve(
    archive_db: Path | Mapping[str, Path],
    *,
    host: str = HOST,
    port: int = PORT,
    open_browser: bool = False,
    public: bool = False,
    time_limit: float = TIME_LIMIT,
    announce: Callable[[str], None] = print,
) -> None:
    """Serve an archive, or several, until Ctrl-C.

    public: no SQL of one's own, no downloads. time_limit: seconds of one query.

    port: 0 for any that is free. announce: is given the address once the server listens there.
    Raises ArchiveMissing, ArchiveDamaged, and UsageError where the address cannot be had.
    """
    datasette = application(archive_db, public=public, time_limit=time_limit)
    with _listen(host, port) as listener:
        url = address(host, listener.getsockname()[1])

        def ready() -> None:
            announce(url)
            if open_browser:
                webbrowser.open(url)

        config = uvicorn.Config(datasette.app(), host=host, log_level="warning", lifespan="on", access_log=False)
        with suppress(KeyboardInterrupt):  # the way to end it
            warm = _nothing if len(datasette.databases) > 1 else lambda: front_page.warm(datasette)
            _Server(config, ready, warm).run(sockets=[listener])


async def _nothing() -> None:
    """Of many archives it is not known which will be visited."""


def _quiet() -> None:
    """Where rich is installed, Datasette prints pages of variables for every address that is not found."""
    from datasette import handle_exception  # late: must not be the first of Datasette's modules

    handle_exception.rich = None


class _Server(uvicorn.Server):
    """Tells when it listens; then does what visitors should not wait for."""

    def __init__(
        self, config: uvicorn.Config, ready: Callable[[], None], warm: Callable[[], Coroutine[Any, Any, None]]
    ) -> None:
        super().__init__(config)
        self._ready, self._warm = ready, warm

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            self._warming = asyncio.create_task(self._warm())  # kept, since the loop does not
            self._ready()


def _check(path: Path) -> bool:
    """Whether to open the file as immutable. Raises an error when there is no archive in it.

    An archive on read-only media has nobody who writes to it, so there it is opened as it stands.
    """
    if not path.is_file():
        todo = "Run `archiver crawl URL` first, or name the archive with -a"
        raise ArchiveMissing(str(path), "there is no such archive", todo)
    with explained(path):
        immutable: bool = reading.how(path) == reading.FROZEN
        with closing(reading.connect(path)) as connection:
            ours = is_archive(connection)
    if not ours:
        raise UsageError(
            str(path), "it is not an archive of blog-archiver", "To look at any database, run `datasette FILE`"
        )
    return immutable


def _listen(host: str, port: int) -> socket.socket:
    """A listening socket, made before the server so that a port that is taken is said in a line."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family)
    except socket.gaierror as error:
        raise UsageError(host, "this host name has no address", "Use --host 127.0.0.1, or 0.0.0.0 for all") from error
    except OSError as error:
        what = f"{host} port {port}"
        if error.errno == errno.EADDRINUSE:
            todo = f"Choose another one, such as --port {port + 1}, or 0 for any that is free"
            raise UsageError(what, "another program is listening there", todo) from error
        if error.errno == errno.EACCES:
            raise UsageError(what, "it needs more rights", "Choose a port from 1024 on, such as --port 8001") from error
        raise UsageError(what, error.strerror or str(error), "Choose another --host or --port") from error
