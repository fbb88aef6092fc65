"""`archiver update`."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

import click

from archiver.commands.blog_options import update_options
from archiver.commands.fleet import Fleet, crawl_fleet, fleet_options, jobs_option, taken
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
)
from archiver.config import BlogConfig, ConfigFile, blog_configs
from archiver.errors import ArchiveMissing, UsageError
from archiver.terminal import count, duration, is_terminal, safe
from archiver.urls import site_key

if TYPE_CHECKING:
    from archiver.crawl.outcome import Outcome


@click.command(short_help="Bring archived blogs up to date, with few requests.")
@click.argument("urls", nargs=-1, metavar="[URL...]")
@archive_option()
@config_option()
@input_option()
@click.option(
    "--budget", type=click.IntRange(0), default=100, show_default=True, metavar="N", help="Requests for looking again."
)
@click.option("--full", is_flag=True, help="Look at all posts again, whatever that takes.")
@update_options
@jobs_option
@fleet_options
@quiet_option()
def update(
    urls: tuple[str, ...],
    archive: Path,
    config: Path | None,
    source: TextIO | None,
    budget: int,
    full: bool,
    quiet: bool,
    **flags: Any,
) -> int:
    """Bring the blogs of the archive up to date, or those named: made to run every hour.

    First it reads what tells of changes at little cost (the API's lists, feeds, the sidebar), then what that points
    at, however far back. Then it looks again at the posts whose turn it is, for comments that were edited or
    deleted, in at most --budget requests.

    \b
    Examples:
      archiver update
      archiver update -q --max-time 600 blog.example.org      for cron: a line only when something goes wrong
      archiver update --full                                  once a month: everything
      archiver update --executor local --jobs 8 --shards shards      every shard that is there
    """
    fleet = taken(flags)
    if fleet.executor:
        return _fleet(fleet, urls, source, config, {**flags, "budget": budget}, full=full, quiet=quiet)
    with holding_interrupts():
        from archiver.crawl.outcome import worst_exit_code
        from archiver.crawl.progress import LiveProgress, Progress
        from archiver.crawl.revisits import Scope
        from archiver.crawl.run import run  # late: Scrapy takes its time to import

    file = load_config(archive, config)
    named = [*urls, *(read_urls(source) if source else ())]
    blogs, waiting = archived_blogs(archive, named, file, flags)
    for url in () if quiet else waiting:
        click.echo(safe(f"archiver: {url} is not archived yet: `archiver crawl {url}` does that"), err=True)
    shows = not quiet and is_terminal(sys.stderr)
    progress = LiveProgress(sys.stderr) if shows else Progress()

    def ended(report: dict[str, Any]) -> None:
        progress.finish(())
        notify(file.runs, report)

    scope, keep = Scope(budget, full), file.runs.keep
    try:
        outcomes = run(archive, blogs, progress=progress, command="update", keep=keep, ended=ended, scope=scope)
    finally:
        progress.finish(())
    _tell(outcomes, quiet=quiet)
    return worst_exit_code(outcome.exit_code for outcome in outcomes)


def _tell(outcomes: Sequence[Outcome], *, quiet: bool) -> None:
    """A line for each blog, and one more for each that is not complete."""
    for outcome in outcomes:
        if not quiet:
            click.echo(safe(f"{outcome.site_key}: {', '.join(line(outcome.stats))}"))
        if outcome.exit_code:
            click.echo(f"archiver: {safe(outcome.line)}", err=True)


def _fleet(
    fleet: Fleet,
    urls: Sequence[str],
    source: TextIO | None,
    config: Path | None,
    flags: dict[str, Any],
    *,
    full: bool,
    quiet: bool,
) -> int:
    """Shards: those of the blogs that are named, else all that are there."""
    from archiver.fleet.plan import blogs_there  # late: with the public suffix list

    file = load_config(fleet.settings, config)
    named = [*urls, *(read_urls(source) if source else ())] or [*blogs_there(fleet.place)]
    if not named:
        raise ArchiveMissing(fleet.place.name, "no shard there is whole", "Run `archiver crawl --executor local` first")
    more = {"full": True} if full else {}
    treated = {name: value for name, value in flags.items() if name != "budget"}
    blogs = blog_configs(named, file, flags=treated)
    return crawl_fleet("update", fleet, blogs, file, {**flags, **more}, quiet=quiet)


def archived_blogs(
    archive: Path, urls: Sequence[str], file: ConfigFile, flags: dict[str, Any]
) -> tuple[list[BlogConfig], list[str]]:
    """The blogs to update: those named, else all that the archive holds and that are not paused.

    And the addresses of those that archiver.toml names and the archive lacks. Raises UsageError for one that is
    named and that it lacks.
    """
    from db import open_archive  # late: with the database behind it

    reader = open_archive(archive).reader()
    try:
        held = [row["url"] for row in reader.connection.execute("SELECT url FROM blogs ORDER BY first_seen_at, id")]
    finally:
        reader.close()
    if not held:
        raise ArchiveMissing(str(archive), "it holds no blog yet", "Run `archiver crawl URL` first")
    homes = {site_key(url): url for url in held}
    blogs = blog_configs([*urls] or held, file, flags=flags)
    for blog in blogs:
        if site_key(blog.url) not in homes:
            raise UsageError(blog.url, "the archive does not hold it", f"Run `archiver crawl {blog.url}` first")
    chosen = [blog for blog in blogs if urls or not blog.paused]
    if not chosen:
        raise UsageError(str(archive), *ALL_PAUSED)
    named = () if urls else blog_configs([], file, flags=flags)
    return chosen, [blog.url for blog in named if site_key(blog.url) not in homes]


def line(stats: Any) -> Iterator[str]:
    """The closing line, part by part."""
    for what in ("new", "changed", "gone", "returned"):
        posts, comments = (getattr(stats, f"{what}_{of}") for of in ("posts", "comments"))
        if posts or comments or what != "returned":
            yield f"{what} {count(posts, 'post')} and {count(comments, 'comment')}"
    yield f"{count(stats.requests, 'request')} ({stats.unchanged:,} answered 304)"
    yield duration(stats.elapsed())
