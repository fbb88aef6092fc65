"""`archiver serve`."""

from __future__ import annotations

from pathlib import Path

import click

from archiver.commands.session import archive_option
from archiver.config import is_loopback

DEFAULT_PORT = 8001
LOOPBACK = "127.0.0.1"
TIME_LIMIT = 1.0


@click.command(short_help="Look at the archive in the browser.")
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
def serve(archive: Path, host: str, port: int, public: bool, time_limit: float, open_browser: bool) -> None:
    """Look at the archive in the browser: Datasette, read-only, until Ctrl-C.

    It may run while a crawl writes.

    \b
    Examples:
      archiver serve --open
      archiver serve -a ms-blogs --port 8080 --time-limit 30
      archiver serve --host 0.0.0.0 --public
    """
    from archiver.web.serve import serve as run  # late: Datasette takes its time to import
    from db import open_archive

    path = open_archive(archive).path
    if not public and not is_loopback(f"http://{host}"):
        click.echo(
            "archiver: warning: others can reach this address and may run any SQL query on the archive."
            " --public takes free queries away",
            err=True,
        )
    run(path, host=host, port=port, open_browser=open_browser, public=public, time_limit=time_limit)
