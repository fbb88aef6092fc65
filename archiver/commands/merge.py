"""`archiver merge`."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from archiver.commands.extract import bar
from archiver.commands.session import Session, Shards, quiet_option
from archiver.errors import ArchiveError, Incomplete, UsageError
from archiver.terminal import count, safe

if TYPE_CHECKING:
    from archiver.merging.run import Report

DATABASE = "archive.db"


def _output(ctx: click.Context, param: click.Parameter, value: Path) -> Path:  # noqa: ARG001 (as click calls it)
    """The folder that is meant: an archive is one, and its database may be named instead."""
    if value.suffix == ".db" and value.name != DATABASE:
        raise click.BadParameter(f"an archive is a folder with {DATABASE} in it; name the folder")
    archive = value.parent if value.name == DATABASE else value
    ctx.ensure_object(Session).archive = archive
    return archive


@click.command(short_help="Make one archive of several.")
@click.argument("shards", nargs=-1, required=True, metavar="SHARDS...", type=Shards(file_okay=True))
@click.option(
    "-o",
    "--output",
    metavar="DIR",
    required=True,
    type=click.Path(path_type=Path),
    callback=_output,
    help="The archive that they become, or that they are put into: its folder, or the archive.db in it.",
)
@click.option(
    "--warc",
    "how",
    type=click.Choice(["copy", "link", "move", "reference"]),
    default="copy",
    show_default=True,
    help="What becomes of their WARC files; see below.",
)
@click.option("--canonical", is_flag=True, help="Put the database in order: the same content is the same file.")
@click.option("--json", "as_json", is_flag=True, help="What was done as JSON.")
@quiet_option()
def merge(shards: tuple[Path | str, ...], output: Path, how: str, canonical: bool, as_json: bool, quiet: bool) -> int:
    """Make one archive of several: those of many machines, of many blogs, of several runs over one blog.

    SHARDS are archives, their databases, or folders in which archives stand side by side. Of two readings of one thing
    the better one stays, whatever the order; merging again changes nothing. What was taken down in one of them is taken
    down in all. A run that was cut short goes on where it stopped when the same command is given again.

    URLs (s3://, gs://, file://) name shards in buckets, as archiver run-one has put them there; they are brought here
    one at a time, and stay as they are.

    Their WARC files are copied; with --warc link they are the same files under two names, on one file system; with move
    the shards lose them; with reference the archive points at them where they are.

    A shard that cannot be read is named and left out; the exit code is 4 then, and 3 when none could be read.

    \b
    Examples:
      archiver merge shards -o archive
      archiver merge ms-blogs letters -o all-blogs --warc link
      archiver merge shards -o archive --canonical
      archiver merge s3://bucket/shards -o archive
    """
    from archiver.merging.distant import find_all
    from archiver.merging.files import How
    from archiver.merging.run import merge as run  # late: with the database behind it
    from archiver.merging.shards import total

    if how in {"move", "reference"} and any(isinstance(name, str) for name in shards):
        raise UsageError(f"--warc {how}", "shards in a bucket are copied", "Leave it out")
    ways: dict[str, How] = {"copy": "copy", "link": "link", "move": "move", "reference": "reference"}
    with bar("Merging", total(find_all(shards, output)), hidden=quiet or as_json) as advance:
        report = run(shards, output, how=ways[how], canonical=canonical, advance=advance)
    if as_json:
        merged = {
            "new": dict(report.merged.new),
            "disagreed": dict(report.merged.disagreed),
        }  # asdict() counts the pairs
        click.echo(json.dumps({**asdict(report), "merged": merged}, indent=2, ensure_ascii=False))
    elif not quiet:
        click.echo("\n".join(lines(report)))
    for line in report.failed:
        click.echo(f"archiver: {safe(line)}", err=True)
    if not report.failed:
        return 0
    return Incomplete.exit_code if report.shards or report.known else ArchiveError.exit_code


def lines(report: Report) -> Iterator[str]:
    """What was done, for people."""
    new = report.merged.new
    known = f", {report.known:,} known already" if report.known else ""
    brought = ", ".join(count(new[table], table[:-1]) for table in ("blogs", "posts", "comments"))
    yield f"Merged {count(report.shards, 'shard')}{known}: {brought} new."
    told = {table: number for table, number in report.merged.disagreed.items() if number}
    if told:
        yield f"Different in two of them, settled by the rule: {_by_table(told)}."
    if report.lost:
        yield f"{count(report.lost, 'WARC file')} not with the shards that name them: those rows name none now."
    if report.failed:
        yield f"{count(len(report.failed), 'shard')} left out."


def _by_table(numbers: dict[str, int]) -> str:
    return ", ".join(f"{number:,} {table}" for table, number in numbers.items())
