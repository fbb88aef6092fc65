"""`archiver history`."""

from __future__ import annotations

import json
import sys
from contextlib import closing
from dataclasses import asdict
from pathlib import Path

import click

from archiver.commands.session import archive_option
from archiver.differences import Kind
from archiver.terminal import has_colour


@click.command(short_help="Show what has changed in a post or comment.")
@click.argument("name", metavar="URL")
@archive_option()
@click.option("--json", "as_json", is_flag=True, help="As JSON, with all wordings whole.")
def history(name: str, archive: Path, as_json: bool) -> None:
    """Show the history of a post or comment: when it was seen, how it was worded, whether it is gone.

    URL is the address of a post or comment, or its id. Of a post, its comments are shown too, as far as they
    were changed or have vanished.

    \b
    Examples:
      archiver history https://blog.example.org/2021/02/a-post/
      archiver history https://blog.example.org/2021/02/a-post/#comment-12
      archiver history --json https://blog.example.org/2021/02/a-post/
    """
    from archiver.history import describe  # late: with the database behind it
    from archiver.history import history as look_up
    from db import open_archive

    with closing(open_archive(archive).connect()) as connection:
        found = look_up(connection, name)
    if as_json:
        click.echo(json.dumps(asdict(found), ensure_ascii=False, indent=2))
    else:
        click.echo("\n".join(describe(found, _coloured if has_colour(sys.stdout) else None)))


def _coloured(kind: Kind, words: str) -> str:
    match kind:
        case "gone":
            return click.style(words, fg="red", strikethrough=True)
        case "new":
            return click.style(words, fg="green", bold=True)
        case _:
            return words
