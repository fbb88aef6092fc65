"""The command line: `archiver` and a verb.

Every verb returns its exit code, or None for 0, and raises what goes wrong; the line that a user then
sees, and the code, are made in one place, `Archiver.main`. The codes are listed in `archiver --help`.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from difflib import get_close_matches
from importlib import import_module
from io import TextIOWrapper
from typing import Any, NoReturn

import click

from archiver import __version__
from archiver.commands.failures import crash, explained
from archiver.commands.session import Session, variable_warnings
from archiver.errors import UsageError
from archiver.terminal import complete_streams, safe

INTERRUPTED = 130
PIPE_CLOSED = 141  # 128 + SIGPIPE, as other programs end when `head` has seen enough

VERBS = {
    "crawl": "crawl.crawl",
    "update": "update.update",
    "add": "blogs.add",
    "remove": "blogs.remove",
    "detect": "detect.detect",
    "try": "try_.try_",
    "schedule": "schedule.schedule",
    "status": "status.status",
    "search": "search.search",
    "history": "history.history",
    "serve": "serve.serve",
    "export": "export.export",
    "publish": "publish.publish",
    "codebook": "codebook.codebook",
    "extract": "extract.extract",
    "import": "import_.import_",
    "merge": "merge.merge",
    "redact": "redact.redact",
    "verify": "verify.verify",
    "run-one": "run_one.run_one",
    "emit": "emit.emit",
    "new-engine": "new_engine.new_engine",
    "demo": "demo.demo",
}
"""Where each verb is, in the order of their use: the file in archiver/commands, and its function."""


class Archiver(click.Group):
    """A group that turns every failure into one line on stderr and an exit code."""

    def main(self, args: Sequence[str] | None = None, prog_name: str | None = None, **extra: Any) -> NoReturn:  # type: ignore[override]
        """Run the command line and exit; `standalone_mode` and the rest of click's arguments have no effect."""
        session = Session()
        complete_streams()
        for stream in (sys.stdout, sys.stderr):
            if isinstance(stream, TextIOWrapper):
                stream.reconfigure(errors="replace")  # a terminal that does not speak UTF-8
        try:
            extra = {**extra, "standalone_mode": False, "obj": session}
            code = super().main(args=args, prog_name=prog_name or "archiver", **extra)
        except click.Abort:  # what click makes of Ctrl-C
            code = _say("interrupted", INTERRUPTED)
        except Exception as error:  # noqa: BLE001 (the last place where it can be put into words)
            known = explained(error, session)
            failure = known or crash(error, session)
            code = _say(str(failure), failure.exit_code)
            if known:  # what falls to pieces after it (a half-written zip on a full disk) adds nothing to the line
                sys.unraisablehook = lambda _: None
        sys.exit(code or 0)

    def invoke(self, ctx: click.Context) -> Any:
        """Run the verb; a reader of our output that has gone ends it quietly."""
        try:
            return super().invoke(ctx)
        except BrokenPipeError:
            # Python would complain when it flushes stdout at the end.
            with suppress(OSError, ValueError):
                os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            return PIPE_CLOSED

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The verb that is called; of a misspelt one the error names what was meant."""
        near = () if args[0] in VERBS else get_close_matches(args[0], VERBS, 1)
        if near and not ctx.resilient_parsing:
            raise UsageError(f"No such command {args[0]!r}", "", f"Did you mean {near[0]}?")
        return super().resolve_command(ctx, args)

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 (as click calls it)
        """The verbs in the order of their use, not of the alphabet."""
        return list(VERBS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """A verb. Its module is imported when it is asked for: one is quicker than all of them."""
        if cmd_name not in VERBS:
            return None
        module, _, name = VERBS[cmd_name].rpartition(".")
        verb: click.Command = getattr(import_module(f"archiver.commands.{module}"), name)
        return verb


@click.group(
    "archiver",
    cls=Archiver,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110},
)
@click.version_option(__version__, prog_name="archiver")
@click.option("--debug", is_flag=True, help="Show where an internal error comes from.")
@click.pass_context
def main(ctx: click.Context, debug: bool) -> None:
    """Archive blogs with every comment in its place.

    \b
      archiver demo                               try it on a small blog that is built in
      archiver crawl https://blog.example.org     archive a blog into ./archive
      archiver update                             fetch what has changed since
      archiver status                             what is there, what is missing
      archiver search stem cell                   search posts and comments
      archiver history URL                        what has changed in a post or comment
      archiver serve                              look at it in the browser
      archiver export csv                         hand it out in another format

    \b
    Exit codes: 0 done and complete   1 error            2 wrong usage
                3 disk or database    4 done with gaps   5 stopped by a limit
                6 another run is at work                 7 the site cannot be read
                130, 143 interrupted
    Of several blogs the worst counts, in the order 3 7 1 143 130 5 4 0.
    """
    ctx.ensure_object(Session).debug = debug
    for line in variable_warnings(os.environ):
        click.echo(f"archiver: warning: {safe(line)}", err=True)
    if ctx.invoked_subcommand is None:
        click.echo(ctx.get_help())


def _say(line: str, code: int) -> int:
    with suppress(OSError):
        click.echo(f"archiver: {safe(line)}", err=True)
    return code
