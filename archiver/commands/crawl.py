"""`archiver crawl`."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, TextIO

import click

from archiver.commands.blog_options import blog_options
from archiver.commands.fleet import crawl_fleet, fleet_options, jobs_option
from archiver.commands.fleet import taken as taken_fleet
from archiver.commands.import_ import taken, unread
from archiver.commands.notices import notify
from archiver.commands.session import (
    ALL_PAUSED,
    archive_option,
    config_option,
    holding_interrupts,
    input_option,
    load_config,
    quiet_option,
    read_urls,
    shown,
)
from archiver.config import BlogConfig, blog_configs, contact_warning
from archiver.config_runs import RunSettings
from archiver.crawl.outcome import Outcome, worst_exit_code
from archiver.crawl.progress import make_progress, summary
from archiver.errors import Incomplete, LimitReached, UsageError
from archiver.terminal import safe

NO_SETTINGS = RunSettings()


@click.command(short_help="Archive whole blogs.")
@click.argument("urls", nargs=-1, metavar="URL...")
@archive_option()
@config_option()
@input_option()
@blog_options
@click.option(
    "--from",
    "holder",
    type=click.Choice(("wayback", "commoncrawl")),
    help="What a web archive holds of the blogs, in place of the blogs themselves.",
)
@click.option("--from-url", metavar="URL", help="Address of that web archive.  [default: the public one]")
@jobs_option
@fleet_options
@click.option("--restart", is_flag=True, help="Begin anew instead of going on where the last run stopped.")
@quiet_option()
def crawl(
    urls: tuple[str, ...],
    archive: Path,
    config: Path | None,
    source: TextIO | None,
    holder: str | None,
    from_url: str | None,
    restart: bool,
    quiet: bool,
    **flags: Any,
) -> int:
    """Archive whole blogs: posts, comments, sidebar, and the pages as readers see them.

    A run that was stopped goes on where it was when the same command is given again. Without URL, the
    blogs of archiver.toml are crawled. Every option but -a, -c, -i, -q, --from and --restart can stand there too,
    also for one blog alone, or in the environment as ARCHIVER_DELAY and so on.

    \b
    Examples:
      archiver crawl https://blog.example.org
      archiver crawl --contact me@example.org --delay 2 blog.example.org other.example.net
      archiver crawl --no-pages --limit 50 blog.example.org      the data of the newest posts, quickly
      archiver crawl --exclude '/tag/' blog.example.org
      archiver crawl -a ms-blogs -i urls.txt
      archiver crawl --from wayback https://gone.example.org      every capture, with its date
      archiver crawl -i urls.txt --executor local --jobs 8 --shards shards      a shard for each blog
    """
    fleet = taken_fleet(flags)
    named = [*urls, *(read_urls(source) if source else ())]
    file = load_config(fleet.settings if fleet.executor else archive, config)
    blogs = blog_configs(named, file, flags=flags)
    if not blogs and file.blogs:
        raise UsageError(str(file.path), *ALL_PAUSED)
    if not blogs:
        raise UsageError(
            "crawl",
            "no URL is given, and no archiver.toml names a blog",
            "Run `archiver crawl https://blog.example.org`",
        )
    warning = contact_warning(blogs)
    if warning and not quiet:
        click.echo(f"archiver: warning: {warning}", err=True)
    if fleet.executor:
        if holder or restart:
            why = "a worker has no such option"
            raise UsageError("--from" if holder else "--restart", why, "Leave it out, or --executor; see --again")
        return crawl_fleet("crawl", fleet, blogs, file, flags, quiet=quiet)
    if holder:
        return _held(archive, blogs, holder, from_url, quiet=quiet)
    if from_url:
        raise UsageError("--from-url", "it says where a web archive is, and none is named", "Add --from wayback")
    _warn_of_lost(archive)
    outcomes = run_crawl(archive, blogs, file.runs, restart=restart, quiet=quiet)
    tell(outcomes, archive, quiet=quiet)
    return worst_exit_code(outcome.exit_code for outcome in outcomes)


def _warn_of_lost(archive: Path) -> None:
    """Say that WARC files are there without their database: the crawl begins another, which lacks what they hold."""
    from db.archive import is_lost

    if is_lost(archive):
        why = f"{archive}: it has WARC files and no archive.db. `archiver extract` makes one of what they hold"
        click.echo(f"archiver: warning: {safe(why)}", err=True)


def run_crawl(
    archive: Path,
    blogs: Sequence[BlogConfig],
    runs: RunSettings = NO_SETTINGS,
    *,
    restart: bool = False,
    quiet: bool = False,
) -> list[Outcome]:
    """Crawl, with the display that suits stderr, and tell those who want to know of it."""
    with holding_interrupts():
        from archiver.crawl.run import run  # late: Scrapy takes its time to import

    progress = make_progress(quiet, sys.stderr)

    def ended(report: dict[str, Any]) -> None:
        progress.finish(())
        notify(runs, report)

    try:
        return run(archive, blogs, progress=progress, restart=restart, keep=runs.keep, ended=ended)
    finally:
        progress.finish(())  # nothing new after a run that ended well; else the terminal gets its cursor back


def _held(archive: Path, blogs: Sequence[BlogConfig], name: str, base: str | None, *, quiet: bool) -> int:
    """What a web archive holds."""
    with holding_interrupts():
        from archiver.reread.web_archives import crawl_from  # late: Scrapy takes its time to import

    def told(line: str) -> None:
        if not quiet:
            click.echo(safe(line), err=True)

    held = crawl_from(archive, blogs, name, base, told=told)
    done = held.done
    if not quiet:
        click.echo("\n".join((*taken(done), *unread(done.failed))))
        if held.limit:
            click.echo(f"Stopped by {held.limit}; the same command goes on from here.")
    if held.signal:
        return held.signal
    return LimitReached.exit_code if held.limit else Incomplete.exit_code if done.failed else 0


def tell(outcomes: Sequence[Outcome], archive: Path, *, quiet: bool) -> None:
    """The summary; when quiet, a line for each blog that is not complete."""
    if not quiet:
        click.echo(summary(outcomes, shown(archive)))
        return
    for outcome in outcomes:
        if outcome.exit_code:
            click.echo(f"archiver: {safe(outcome.line)}", err=True)
