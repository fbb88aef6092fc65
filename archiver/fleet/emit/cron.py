"""Lines for a crontab: one a blog, at times spread by its name; blogs of one group wait for each other."""

from __future__ import annotations

import shlex
from pathlib import Path

from archiver.errors import UsageError
from archiver.fleet.emit import Plan
from archiver.fleet.shards import LOCKS
from archiver.schedule import LONGEST_LINE, QUIET, escaped, every


def lines(plan: Plan, rhythm: str) -> str:
    """The lines. rhythm: see `schedule.every`. Raises UsageError for one that cron could not read.

    cron mails what is said: of ends that nobody need hear of, nothing is.
    """
    note = f"# {plan.blogs:,} blogs, every {rhythm}; made by archiver emit. Put it into the crontab of one machine."
    found, folder = [note], f"{plan.shards}/{LOCKS}"
    quiet = "|".join(map(str, QUIET))
    for number, blogs in enumerate(plan.indices):
        lock = shlex.quote(f"{folder}/group-{number}.flock")
        for url, slug in blogs:
            unit = shlex.join([*plan.words(url), "--max-time", str(plan.slice)])
            command = (
                f"mkdir -p {shlex.quote(folder)} && flock {lock} {unit} || case $? in {quiet}) ;; *) exit 1;; esac"
            )
            when = every(rhythm, Path(plan.shards), slug)
            line = f"{when.as_cron()} {escaped(command)}"
            if "\\" in command or len(line.encode()) > LONGEST_LINE:
                raise UsageError(url, "its line is longer than cron reads, or holds a backslash", "Take a shorter path")
            found.append(line)
    return "\n".join(found) + "\n"
