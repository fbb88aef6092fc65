"""`archiver serve`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

import click

from archiver.commands.session import archive_option
from archiver.config import is_loopback
from archiver.errors import ArchiverError
from archiver.terminal import safe

DEFAULT_PORT = 8001
LOOPBACK = "127.0.0.1"
TIME_LIMIT = 1.0


@click.command(short_help="Look at the archive in the browser.")
@click.argument("shards", nargs=-1, metavar="[SHARDS...]", type=click.Path(path_type=Path))
@archive_option()
@click.option("--host", default=LOOPBACK, show_default=True, metavar="ADDRESS", help="Address to listen on.")
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=DEFAULT_PORT,
    show_default=True,
    metavar="N",
    help="Port; 0 for any that is free.",
)
@click.option("--public", is_flag=True, help="For strangers: without free SQL queries.")
@click.option(
    "--time-limit",
    type=click.FloatRange(0.1, 3600),
    default=TIME_LIMIT,
    show_default=True,
    metavar="SECONDS",
    help="The longest that one query may take.",
)
@click.option("--open", "open_browser", is_flag=True, help="Open the browser.")
def serve(
    shards: tuple[Path, ...], archive: Path, host: str, port: int, public: bool, time_limit: float, open_browser: bool
) -> None:
    """Look at the archive in the browser: Datasette, read-only, until Ctrl-C.

    It may run while a crawl writes. With SHARDS (archives, or folders in which archives stand side by side) all of them
    are served, with one search over all.

    \b
    Examples:
      archiver serve --open
      archiver serve -a ms-blogs --port 8080 --time-limit 30
      archiver serve --host 0.0.0.0 --public
      archiver serve shards
    """
    from archiver.web.serve import serve as run  # late: Datasette takes its time to import
    from db import open_archive

    path = several(shards) if shards else open_archive(archive).path
    if not public and not is_loopback(f"http://{host}"):
        click.echo(
            "archiver: warning: others can reach this address and may run any SQL query on the archive."
            " --public takes free queries away",
            err=True,
        )
    run(path, host=host, port=port, open_browser=open_browser, public=public, time_limit=time_limit)


def several(shards: Sequence[Path]) -> dict[str, Path]:
    """Archives by the names that they get. One that cannot be read is named and left out.

    Raises UsageError, or what is wrong with the last when none can be read.
    """
    from archiver.merging.shards import find  # late: with the database behind it
    from db.archive import DATABASE, readable

    found: dict[str, Path] = {}
    failed: ArchiverError | None = None
    for shard in find(shards):
        try:
            readable(shard.database)
        except ArchiverError as error:
            click.echo(f"archiver: warning: {safe(str(error))}", err=True)
            failed = error
            continue
        name = shard.directory.resolve().name if shard.database.name == DATABASE else shard.database.stem
        taken = sum(re.fullmatch(rf"{re.escape(name)}(-\d+)?", other) is not None for other in found)
        found[f"{name}-{taken + 1}" if taken else name] = shard.database
    if failed and not found:
        raise failed
    return found
