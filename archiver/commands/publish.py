"""`archiver publish`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from archiver.commands.export import masking_options, masking_wanted, showing, told
from archiver.commands.session import archive_option
from archiver.terminal import safe


@click.command(short_help="Make a folder to serve to others: a read-only copy.")
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@archive_option()
@masking_options
@click.option("--force", is_flag=True, help="Replace an earlier one.")
def publish(folder: Path, archive: Path, force: bool, **masked: Any) -> None:
    """Make a folder for a server: one database file that never changes, with search, metadata and a README.

    It may run while a crawl writes. What concerns only you is left out: reasons of redactions, settings of runs.

    \b
    Examples:
      archiver publish public
      archiver publish public --pseudonymise --keep-authors --force
    """
    from archiver.exports.publish import publish as run  # late: with the database behind it
    from db import open_archive

    masking = masking_wanted(**masked)
    with showing(sys.stderr) as progress:
        done = run(open_archive(archive), folder, masking=masking, force=force, progress=progress)
    for line in progress.notes:
        click.echo(f"archiver: warning: {safe(line)}", err=True)
    click.echo(told(done))
