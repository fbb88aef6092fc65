"""`archiver extract`."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

import click

from archiver.commands.fleet import extract_fleet, fleet_options, taken
from archiver.commands.session import Shards, archive_option, quiet_option
from archiver.errors import UsageError
from archiver.storage.stores import is_elsewhere
from archiver.terminal import count, is_terminal, safe

if TYPE_CHECKING:
    from archiver.reread.extract import Report
    from db.rebuild import Change

MOST_SHOWN = 5


@click.command(short_help="Rebuild the tables from the archive's own WARC files.")
@click.argument("files", nargs=-1, metavar="[FILE...]", type=Shards(file_okay=True, dir_okay=False))
@archive_option()
@click.option(
    "-i",
    "--input",
    "source",
    type=click.File(encoding="utf-8"),
    metavar="FILE",
    help="With --executor: file of WARC files, one a line.",
)
@click.option(
    "-j", "--jobs", type=click.IntRange(1, 256), metavar="N", help="Processes that read.  [default: one a processor]"
)
@fleet_options
@click.option("--dry-run", is_flag=True, help="Say what would change, and change nothing.")
@click.option("--json", "as_json", is_flag=True, help="The report as JSON.")
@quiet_option()
def extract(
    files: tuple[Path | str, ...],
    archive: Path,
    source: TextIO | None,
    dry_run: bool,
    as_json: bool,
    quiet: bool,
    **flags: Any,
) -> int:
    """Rebuild the tables from the archive's own WARC files, without the network.

    For after an update of blog-archiver that reads pages better, or when the database is lost. Every page
    is read again as the crawl read it; the rows keep their keys, and the archive can be read meanwhile. What
    no WARC file holds is kept as it is.

    \b
    Examples:
      archiver extract --dry-run
      archiver extract -a ms-blogs --jobs 8
      archiver extract --executor local --jobs 8 --shards read-again *.warc.gz      WARC files, a shard each
    """
    fleet = taken(flags, jobs_alone=True)
    named = [*files, *(read_paths(source) if source else ())]
    if fleet.executor:
        if dry_run or as_json:
            raise UsageError("--dry-run" if dry_run else "--json", "workers have no such option", "Leave it out")
        return extract_fleet(fleet, named, quiet=quiet)
    if named:
        todo = "Add --executor local, or run `archiver import FILE`"
        raise UsageError(str(named[0]), "single files are read by workers, a shard each", todo)
    _extract(archive, fleet.jobs, dry_run=dry_run, as_json=as_json, quiet=quiet)
    return 0


def read_paths(source: TextIO) -> list[Path | str]:
    """The files that a list names, one a line, URLs as strings; empty lines and those that begin with # are passed
    over."""
    lines = (line.strip() for line in source)
    return [line if is_elsewhere(line) else Path(line) for line in lines if line and not line.startswith("#")]


def _extract(archive: Path, jobs: int | None, *, dry_run: bool, as_json: bool, quiet: bool) -> None:
    from archiver.crawl import reader_process  # late: it takes its time to import
    from archiver.reread.extract import extract as run
    from archiver.warc.records import warc_files

    jobs = jobs or os.cpu_count() or 1
    total = sum(path.stat().st_size for path in warc_files(archive))
    with reader_process.ahead(jobs), bar("Reading", total, hidden=quiet) as advance:  # the bar has a thread
        report = run(archive, jobs=jobs, dry_run=dry_run, advance=advance)
    if as_json:
        click.echo(json.dumps(asdict(report), indent=2, ensure_ascii=False))
    elif not quiet:
        click.echo("\n".join(lines(report, dry_run=dry_run)))


@contextmanager
def bar(what: str, total: int, *, hidden: bool) -> Iterator[Callable[[int], object]]:
    """A progress bar over bytes on stderr, where that is a terminal. Yields what is to be told of each step."""
    if hidden or not is_terminal(sys.stderr):
        yield bool
        return
    from rich.console import Console  # late: most commands do without
    from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn(what), BarColumn(), DownloadColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(file=sys.stderr), transient=True) as progress:
        task = progress.add_task(what, total=total)
        yield lambda octets: progress.advance(task, octets)


def lines(report: Report, *, dry_run: bool) -> Iterator[str]:
    """The report for people."""
    tally = report.tally
    yield f"Read {count(report.pages, 'page')} again from {count(tally.responses, 'response')} on record."
    if report.merged:
        yield f"The old rows were kept, since {safe(report.why)}."
    yield from changes(report.changes)
    if dry_run:
        yield "Nothing was changed (--dry-run)."
    if tally.strange:
        yield f"{count(tally.strange, 'response')} of other programs passed over; `archiver import` reads those."
    for heading, found in (("could not be read", report.failed), ("not found on record", tally.unread)):
        if found:
            yield f"{len(found)} {heading}:"
            yield from (f"  {safe(line)}" for line in found[:MOST_SHOWN])


def changes(by_table: Mapping[str, Change]) -> Iterator[str]:
    """A line for each table that has changed."""
    changed = {table: change for table, change in by_table.items() if change}
    if not changed:
        yield "The tables are as they were."
    for table, change in changed.items():
        parts = [f"{number:,} {word}" for word in ("added", "changed", "lost") if (number := getattr(change, word))]
        fields = ", ".join(f"{name} {number:,}" for name, number in change.fields.items())
        yield f"  {table:<14} {', '.join(parts)}" + (f" ({fields})" if fields else "")
