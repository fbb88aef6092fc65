"""`archiver schedule`."""

from __future__ import annotations

import socket
import sys
from contextlib import closing
from pathlib import Path

import click

from archiver.commands.session import archive_option, config_option
from archiver.config import find_config, read_config
from archiver.errors import UsageError
from archiver.schedule import Job, crontab_block, every, units
from archiver.terminal import safe


@click.command(short_help="Keep an archive up to date by cron or systemd.")
@archive_option()
@config_option()
@click.option("--every", "rhythm", metavar="TIME", default="day", show_default=True,
              help="hour, day, week or a number of minutes, such as '30 minutes'.")  # fmt: skip
@click.option("--cron", "with_cron", is_flag=True, help="A line for the crontab; this is the default.")
@click.option("--systemd", "with_systemd", is_flag=True, help="A service and a timer for systemd.")
@click.option("--install", "put_in", is_flag=True, help="Put it into your crontab, or your systemd units.")
@click.option("--remove", "take_out", is_flag=True, help="Take it out again.")
@click.option("--max-time", type=click.IntRange(60), metavar="SECONDS",
              help="Longest that a run may take.  [default: five sixths of the time between two runs]")  # fmt: skip
def schedule(
    archive: Path,
    config: Path | None,
    rhythm: str,
    with_cron: bool,
    with_systemd: bool,
    put_in: bool,
    take_out: bool,
    max_time: int | None,
) -> None:
    """Print what cron or systemd needs to keep an archive up to date, or put it where it belongs.

    Only this archive's own lines are ever changed. The minute comes of the archive's path and the machine's
    name, so that not all machines start on the hour. A run that finds another at work leaves it alone.

    \b
    Examples:
      archiver schedule -a ms-blogs                              print a crontab line
      archiver schedule -a ms-blogs --every hour --install       put it into your crontab
      archiver schedule -a ms-blogs --systemd --every '30 minutes' --install
      archiver schedule -a ms-blogs --remove
    """
    if with_cron and with_systemd:
        raise UsageError("schedule", "--cron and --systemd are two ways to do the same", "Take one of them")
    if put_in and take_out:
        raise UsageError("schedule", "--install and --remove undo each other", "Take one of them")
    where = archive.absolute()
    if take_out:
        _remove(where, with_systemd=with_systemd)
        return
    job = _job(where, config, rhythm, max_time)
    if put_in:
        _install(job, with_systemd=with_systemd)
        return
    if with_systemd:
        click.echo("\n".join(f"# ~/.config/systemd/user/{name}\n{text}" for name, text in units(job).items()), nl=False)
    else:
        click.echo("\n".join(crontab_block(job)))


def _job(archive: Path, config: Path | None, rhythm: str, max_time: int | None) -> Job:
    """What is to be run. Raises UsageError and ArchiveMissing, and ArchiverError when it could not run by itself."""
    from archiver.schedule_install import check_alone  # late: other verbs have no use for it
    from db import open_archive

    when = every(rhythm, archive, socket.gethostname())
    with closing(open_archive(archive).connect()) as connection:
        (blogs,) = connection.execute("SELECT count(*) FROM blogs").fetchone()
    if not blogs:
        raise UsageError(str(archive), "it has no blog yet", "Run `archiver crawl URL` first")
    file = find_config(archive, config)
    read_config(file)  # what is wrong with it is said now, not at night
    python = Path(sys.executable).absolute()
    check_alone(python)
    return Job(
        every=when,
        python=python,
        archive=archive,
        config=file.absolute() if file and file.absolute().parent != archive else None,
        max_time=max_time or when.period * 50,
    )


def _install(job: Job, *, with_systemd: bool) -> None:
    from archiver.schedule_install import install_cron, install_systemd

    changed = install_systemd(job) if with_systemd else install_cron(job)
    place = "systemd" if with_systemd else "the crontab"
    said = f"runs every {job.every} by {place}" if changed else f"is in {place} already, every {job.every}"
    click.echo(f"{safe(str(job.archive))} {said}")


def _remove(archive: Path, *, with_systemd: bool) -> None:
    from archiver.schedule_install import remove_cron, remove_systemd

    removed = remove_systemd(archive) if with_systemd else remove_cron(archive)
    place = "systemd" if with_systemd else "the crontab"
    click.echo(f"{safe(str(archive))} {'is taken out of' if removed else 'was not in'} {place}")
