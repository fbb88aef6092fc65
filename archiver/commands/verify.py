"""`archiver verify`."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import click

from archiver.commands.extract import bar
from archiver.commands.session import archive_option
from archiver.errors import ArchiveError
from archiver.terminal import count, safe


@click.command(short_help="Check that an archive is sound.")
@archive_option()
@click.option("--repair", is_flag=True, help="Mend what can be mended.")
@click.option("--json", "as_json", is_flag=True, help="The result as JSON.")
@click.option("-q", "--quiet", is_flag=True, help="Say nothing unless something is wrong.")
def verify(archive: Path, repair: bool, as_json: bool, quiet: bool) -> int:
    """Check that an archive is sound, and say how to mend what is not.

    Looked at are the database (its file, the references between its rows, the search index), the WARC files
    (whole, with the right digests), and that every row's record is where the row says. Exit code 3 when
    something is wrong. Of an archive that cannot be written to, the search index is not looked at.

    \b
    Examples:
      archiver verify
      archiver verify -a ms-blogs --repair
    """
    from archiver.verify import verify as run  # late: it takes its time to import

    total = sum(path.stat().st_size for path in (archive / "warc").glob("*.warc.gz"))
    with bar("Checking", total, hidden=quiet or as_json) as advance:
        verdict = run(archive, repair=repair, advance=advance)
    if as_json:
        click.echo(json.dumps(asdict(verdict), indent=2, ensure_ascii=False))
    else:
        for problem in verdict.problems:
            todo = "Mended" if problem.mended else problem.todo
            click.echo(f"{safe(problem.where)}: {safe(problem.what)}. {todo}", err=not problem.mended)
        if not quiet:
            checked = f"{count(verdict.records, 'response')} on record, {count(verdict.fetches, 'row')} that name them"
            click.echo(f"{'Sound' if verdict.is_sound else 'Not sound'}: {checked}.")
        if verdict.unchecked and not quiet:
            left = ", ".join(verdict.unchecked)
            click.echo(f"Not looked at: {left}. For that the archive must be one that can be written to.", err=True)
    return 0 if verdict.is_sound else ArchiveError.exit_code
