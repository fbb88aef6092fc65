"""`archiver run-one`."""

from __future__ import annotations

import sys
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

import click

from archiver.commands.blog_options import blog_options
from archiver.commands.notices import notify
from archiver.commands.session import (
    config_option,
    holding_interrupts,
    load_config,
    quiet_option,
    scratch_option,
    shards_option,
)
from archiver.config import ConfigFile, blog_configs
from archiver.errors import UsageError
from archiver.fleet.ended import Ended, Verb, as_line
from archiver.fleet.parent import die_with_parent
from archiver.storage.stores import is_elsewhere
from archiver.terminal import count, duration, safe

if TYPE_CHECKING:
    from archiver.fleet.unit import Order

WARC = (".warc", ".warc.gz", ".arc", ".arc.gz", ".wacz")
OWN = ("url", "again", "wait", "jobs", "budget", "full")


@click.command("run-one", short_help="One blog, or one WARC file, as a job of a cluster.")
@click.argument("target", metavar="URL|FILE")
@shards_option(required=True)
@scratch_option()
@click.option("--verb", type=click.Choice(get_args(Verb)), help="What is done.  [default: crawl; of a FILE: extract]")
@click.option("--url", metavar="URL", help="Of a WARC file made by others: only the blog with this front page.")
@click.option("--again", is_flag=True, help="Also when it is done already.")
@click.option("--wait", type=click.FloatRange(0), default=0, metavar="SECONDS", help="For another worker to end.")
@click.option("--parent", type=int, metavar="PID", help="Leave at once unless this process is the parent.")
@config_option()
@blog_options
@click.option("--budget", type=click.IntRange(0), default=100, metavar="N", help="Of an update: for looking again.")
@click.option("--full", is_flag=True, help="Of an update: look at all posts again.")
@click.option("-j", "--jobs", type=click.IntRange(1, 256), default=1, metavar="N", help="Processes that read a FILE.")
@click.option("--json", "as_json", is_flag=True, help="What came of it, as JSON.")
@quiet_option()
def run_one(
    target: str,
    shards: Path | str,
    scratch: Path,
    verb: Verb | None,
    config: Path | None,
    as_json: bool,
    quiet: bool,
    **flags: Any,
) -> int:
    """Bring one blog, or what one WARC file holds, to its end in a folder of its own: the unit of work of a cluster.

    It may be killed at any moment and called again on any machine: it goes on where it was, and does nothing when
    it is done. Only one worker is at a blog at a time. It ends with the process that has started it. The folder is
    an archive like any other; until it is whole its name ends in .part.

    With a URL for --shards it stands in a bucket (pip install "blog-archiver[storage]"): it is brought to --scratch,
    worked on there, and sent back when the run ends, all of it or nothing. Credentials come from the variables of the
    store (AWS_*, GOOGLE_*).

    \b
    Exit codes: 0 or 4 done   5 to be continued: call it again   6 another worker is at it   1, 3, 7 failed

    \b
    Examples:
      archiver run-one https://blog.example.org --shards shards --max-time 3000
      archiver run-one https://blog.example.org --shards shards --verb update
      archiver run-one crawl-0001.warc.gz --shards read-again
      archiver run-one https://blog.example.org --shards s3://bucket/shards --max-time 3000
    """
    die_with_parent(flags.pop("parent"))
    with holding_interrupts():
        from archiver.crawl.progress import Progress, make_progress
        from archiver.fleet.elsewhere import fetched, perform_elsewhere
        from archiver.fleet.places import folder_of
        from archiver.fleet.unit import perform  # late: Scrapy takes its time to import

    folder = folder_of(scratch, shards) if isinstance(shards, str) else shards
    settings, distant = load_config(folder, config), is_elsewhere(target) and target.lower().endswith(WARC)
    progress = Progress() if quiet or as_json else make_progress(quiet, sys.stderr)
    try:
        with fetched(target, scratch) if distant else nullcontext(target) as here:
            order = _order(str(here), folder, verb, settings, flags)
            order = replace(order, target=target) if distant else order
            ended = perform_elsewhere(order, shards, progress) if isinstance(shards, str) else perform(order, progress)
    finally:
        progress.finish(())
    _tell(ended, as_json=as_json, quiet=quiet)
    return ended.exit_code


def _order(target: str, shards: Path, verb: Verb | None, file: ConfigFile, flags: dict[str, Any]) -> Order:
    """What is to be done. Raises UsageError."""
    from archiver.crawl.revisits import Scope
    from archiver.fleet.unit import Order

    own = {name: flags.pop(name) for name in OWN}
    warc = Path(target) if target.lower().endswith(WARC) and "://" not in target else None
    if warc and not warc.is_file():
        raise UsageError(target, "there is no such file", "Check the path")
    if warc and verb not in {None, "extract"}:
        raise UsageError(f"--verb {verb}", "a WARC file can only be read again", "Leave it out")
    named = [target] if not warc else [own["url"]] if own["url"] else []
    blogs = blog_configs(named, file, flags=flags) if named else []
    return Order(
        shards=shards,
        target=target if warc else blogs[0].url,
        verb=verb or ("extract" if warc else "crawl"),
        blog=blogs[0] if blogs else None,
        file=warc,
        again=own["again"],
        wait=own["wait"],
        jobs=own["jobs"],
        scope=Scope(own["budget"], own["full"]),
        keep=file.runs.keep,
        ended=lambda report: notify(file.runs, report),
    )


def _tell(ended: Ended, *, as_json: bool, quiet: bool) -> None:
    if as_json:
        click.echo(as_line(ended))
    elif not quiet or ended.exit_code:
        click.echo(safe(line(ended)), err=quiet)


def line(ended: Ended) -> str:
    """What came of it, for people."""
    held = f"{count(ended.posts, 'post')}, {count(ended.comments, 'comment')}"
    if ended.idle:
        return f"{ended.target}: done already ({ended.outcome}; {held}); --again does it again"
    why = f" ({ended.reason})" if ended.reason else ""
    cost = f"{count(ended.requests, 'request')} in {duration(ended.seconds)}"
    return f"{ended.target}: {ended.outcome}{why}: {held}; {cost}"
