"""`archiver demo`."""

from __future__ import annotations

import os
import shlex
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import IO

import click

from archiver.commands.crawl import run_crawl, tell
from archiver.commands.serve import DEFAULT_PORT, LOOPBACK
from archiver.commands.session import archive_option, load_config
from archiver.config import blog_configs, contact_warning
from archiver.crawl.outcome import worst_exit_code
from archiver.errors import ArchiverError
from archiver.terminal import is_terminal

# The blog's address goes into the keys of its posts and comments: a second demo finds them again.
BLOG_PORT = 8087
START_SECONDS = 60.0


@click.command(short_help="Try it on a small blog that is built in.")
@click.argument("blogs", nargs=-1, metavar="[BLOG]...")
@archive_option(Path("demo-archive"), envvar=None)
@click.option(
    "--port", type=click.IntRange(1, 65535), default=DEFAULT_PORT, show_default=True, metavar="N", help="Port."
)
def demo(blogs: tuple[str, ...], archive: Path, port: int) -> int:
    """Crawl a small fictional blog that is built in, and look at it in the browser.

    It needs no network. With BLOG, that blog is crawled instead. On a terminal Datasette then stays open
    until Ctrl-C; in a pipe, or where CI is set, it is only tried, and its address is printed.

    \b
    Examples:
      archiver demo
      archiver demo https://blog.example.org
    """
    with ExitStack() as stack:
        urls = blogs or (stack.enter_context(_sample_blog()),)
        if blogs:
            configs = blog_configs(urls, load_config(archive, None))
        else:
            configs = blog_configs(urls, flags={"delay": 0.0}, environ={})
        warning = contact_warning(configs)
        if warning:
            click.echo(f"archiver: warning: {warning}", err=True)
        outcomes = run_crawl(archive, configs)
    tell(outcomes, archive, quiet=False)
    ends = {outcome.outcome for outcome in outcomes}
    if "interrupted" not in ends and ends != {"failed"}:
        _show(archive, _free(port))
    return worst_exit_code(outcome.exit_code for outcome in outcomes)


def _show(archive: Path, port: int) -> None:
    """Datasette on the archive: until Ctrl-C for a person, else just long enough to see that it answers."""
    address = f"http://{LOOPBACK}:{port}/"
    if is_terminal(sys.stdout) and os.environ.get("CI", "").lower() in {"", "0", "false"}:
        from archiver.web.serve import serve  # late: Datasette takes its time to import
        from db import open_archive

        click.echo(f"\nDatasette: {address}  (Ctrl-C ends it)")
        serve(open_archive(archive).path, host=LOOPBACK, port=port, open_browser=False, public=False)
        return
    options = ["serve", "-a", str(archive), *(["--port", str(port)] if port != DEFAULT_PORT else [])]
    try_out([sys.executable, "-m", "archiver", *options], address)
    click.echo(f"\nDatasette: {address}\nOpen it with: {shlex.join(['archiver', *options])}")


@contextmanager
def _sample_blog() -> Iterator[str]:
    """The blog on its own port, or on any free one where another program has that."""
    from archiver.demo import serve

    with serve(port=_free(BLOG_PORT)) as address:
        yield address


def _free(port: int) -> int:
    """The port if nothing listens there, else one that is free."""
    for wanted in (port, 0):
        with suppress(OSError), socket.create_server((LOOPBACK, wanted)) as probe:
            return int(probe.getsockname()[1])
    raise ArchiverError(LOOPBACK, "no port is free there", "Close some programs and try again")


def try_out(command: list[str], address: str) -> None:
    """Start a server, see that it answers at the address, and stop it. Raises ArchiverError when it does not."""
    with tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace") as log:
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log)  # noqa: S603 (our own program)
        try:
            _await_answer(process, address, log)
        finally:
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _await_answer(process: subprocess.Popen[bytes], address: str, log: IO[str]) -> None:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))  # a proxy cannot reach our loopback
    deadline = time.monotonic() + START_SECONDS
    why = f"nothing answers there within {START_SECONDS:g} s"
    while process.poll() is None and time.monotonic() < deadline:
        try:
            with opener.open(address, timeout=10):
                return
        except urllib.error.HTTPError as error:
            why = f"it answers {error.code} {error.reason}"
            break
        except OSError:  # it is not listening yet
            time.sleep(0.1)
    if process.poll() is not None:
        log.seek(0)
        why = f"the server has ended: {(log.read().strip().splitlines() or ['it did not say why'])[-1]}"
    raise ArchiverError(address, why, "The archive is there nevertheless; see more with archiver serve")
