"""`archiver codebook`."""

from __future__ import annotations

import json
from contextlib import closing
from pathlib import Path

import click

from archiver.commands.session import archive_option


@click.command(short_help="Tell what every table and column means.")
@archive_option()
@click.option("--json", "as_json", is_flag=True, help="As JSON, one object a table.")
def codebook(archive: Path, as_json: bool) -> None:
    """Tell what every table, view and column means, where it comes from, and how much of it is filled.

    \b
    Examples:
      archiver codebook
      archiver codebook --json -a ms-blogs
    """
    from archiver.exports.codebook import describe, markdown, plain  # late: with the database behind it
    from db import open_archive
    from db.source import Source

    with closing(Source(open_archive(archive))) as source:
        pages = describe(source)
    if as_json:
        click.echo(json.dumps(plain(pages), ensure_ascii=False, indent=2))
    else:
        click.echo("\n".join(markdown(pages)))
