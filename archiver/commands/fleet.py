"""What `crawl`, `update` and `extract` do with --executor: many shards, by many workers."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from archiver.commands.blog_options import as_words
from archiver.commands.session import Verb as Command
from archiver.commands.session import default_scratch, scratch_option, shards_option
from archiver.config import BlogConfig, ConfigFile
from archiver.config_runs import Keep
from archiver.errors import UsageError
from archiver.fleet.ended import Verb
from archiver.fleet.executors import NAMES, Cluster
from archiver.terminal import safe

if TYPE_CHECKING:
    from archiver.fleet.places import Place

_FILE = click.Path(dir_okay=False, path_type=Path)
_OPTIONS = (
    click.option("--executor", type=click.Choice(NAMES), help="One worker a blog, each with a shard of its own."),
    shards_option(),
    scratch_option(lambda: None),  # each worker has its own, unless it is said
    click.option("--again", is_flag=True, help="With --executor: also what is done already."),
    click.option("--parsl-config", type=_FILE, metavar="FILE", help="Of Parsl: the file of the site."),
    click.option("--dask", metavar="URL", help="Of Dask: the scheduler, such as tcp://host:8786."),
    click.option("--python", metavar="PATH", help="The workers' Python, where that is another one."),
    click.option(
        "--retries", type=click.IntRange(0), metavar="N", help="Further tries of what may pass.  [default: 3]"
    ),
    click.option(
        "--per-group", type=click.IntRange(1), metavar="N", help="Workers at one provider or address.  [default: 1]"
    ),
    click.option("--resolve/--no-resolve", default=None, help="Ask DNS which blogs share an address, or not."),
)


def fleet_options(command: Command) -> Command:
    """All of them, in this order; the number of workers is -j/--jobs."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def jobs_option(command: Command) -> Command:
    """-j/--jobs, where that is not there for something else already."""
    kind = click.IntRange(1)
    return click.option("-j", "--jobs", type=kind, metavar="N", help="With --executor: workers at a time.")(command)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fleet:
    """These options, as they were given."""

    executor: str | None = None
    shards: Path | str | None = None
    scratch: Path | None = None
    again: bool = False
    parsl_config: Path | None = None
    dask: str | None = None
    python: str | None = None
    retries: int | None = None
    per_group: int | None = None
    resolve: bool | None = None
    jobs: int | None = None

    @property
    def place(self) -> Place:
        """Where the shards are. Raises UsageError."""
        from archiver.fleet.places import Elsewhere, Folder

        if self.shards is None:
            why, todo = "each blog gets a folder of its own, and it is not said where", "Add --shards DIR"
            raise UsageError(f"--executor {self.executor}", why, todo)
        if isinstance(self.shards, str):
            return Elsewhere(self.shards, self.scratch or default_scratch())
        return Folder(self.shards.absolute())

    @property
    def settings(self) -> Path:
        """Where archiver.toml is looked for first."""
        return self.shards if isinstance(self.shards, Path) else Path()


def taken(flags: dict[str, Any], *, jobs_alone: bool = False) -> Fleet:
    """Take these options out of the flags of a verb. Raises UsageError where some are given and --executor is not.

    jobs_alone: whether --jobs means something to the verb without it.
    """
    found = Fleet(**{field.name: flags.pop(field.name) for field in fields(Fleet)})
    own = (
        name for name in Fleet.__slots__ if name not in {"shards", "scratch"} and not (jobs_alone and name == "jobs")
    )
    given = [name for name in own if getattr(found, name) not in {None, False}]
    if given and found.executor is None:
        option = f"--{given[0].replace('_', '-')}"
        raise UsageError(option, "it says how workers are started, and none are", "Add --executor local")
    return found


def crawl_fleet(
    verb: Verb, fleet: Fleet, blogs: Sequence[BlogConfig], file: ConfigFile, flags: Mapping[str, Any], *, quiet: bool
) -> int:
    """Blogs, a unit each."""
    from archiver.fleet.plan import of_blogs  # late: with the public suffix list

    resolve = fleet.resolve is not False
    work = _work(verb, fleet, file, flags)
    units, rows = of_blogs(work, blogs, resolve=resolve)
    return _driven(work, fleet, units, rows, file.runs.keep, quiet=quiet)


def extract_fleet(fleet: Fleet, files: Sequence[Path | str], *, quiet: bool) -> int:
    """WARC files, a unit each; without any, the shards that are there."""
    from archiver.fleet.plan import blogs_there, of_blogs, of_files

    work = _work("extract", fleet, ConfigFile(), {})
    units, rows = (
        of_files(work, files)
        if files
        else of_blogs(work, [BlogConfig(url=url) for url in blogs_there(work.place)], resolve=False)
    )
    return _driven(work, fleet, units, rows, Keep(), quiet=quiet)


def _work(verb: Verb, fleet: Fleet, file: ConfigFile, flags: Mapping[str, Any]) -> Any:
    from archiver.fleet.plan import Work

    config = (f"--config={file.path.absolute()}",) if file.path else ()
    scratch = (f"--scratch={fleet.scratch.absolute()}",) if fleet.scratch else ()
    return Work(
        verb=verb,
        place=fleet.place,
        python=fleet.python or sys.executable,
        again=fleet.again,
        options=(*config, *scratch, *as_words(flags)),
    )


def _driven(work: Any, fleet: Fleet, units: Any, rows: Any, keep: Keep, *, quiet: bool) -> int:
    from archiver.crawl.outcome import worst_exit_code
    from archiver.fleet.driver import codes
    from archiver.fleet.running import drive, keep_report
    from archiver.fleet.watch import Bar, table, watch_for

    assert fleet.executor is not None
    began, watch = datetime.now(UTC), watch_for(sys.stderr, quiet=quiet)
    retries = 3 if fleet.retries is None else fleet.retries
    try:
        drive(
            work=work,
            units=units,
            rows=rows,
            cluster=Cluster(
                name=fleet.executor,
                jobs=fleet.jobs,
                parsl_config=fleet.parsl_config,
                dask=fleet.dask,
                folder=work.place.folder,
            ),
            retries=retries,
            per_group=fleet.per_group or 1,
            watch=watch,
        )
    finally:
        if isinstance(watch, Bar):
            watch.close()
        where = keep_report(work.place, work.verb, began, rows, keep)
    if not quiet:
        click.echo("\n".join(table(rows)))
        click.echo(f"Report: {safe(where)}")
    return worst_exit_code(codes(rows))
