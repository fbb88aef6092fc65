"""When an archive is brought up to date, and by which words: a crontab line, a systemd service and timer.

Everything here is decided without touching the machine; `schedule_install` does that.
"""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import blake2b
from pathlib import Path

from archiver.errors import UsageError

HOUR, DAY, WEEK = 60, 24 * 60, 7 * 24 * 60  # minutes
LEAST = 5
"""Minutes between two runs; oftener is a burden on a stranger's server, and brings nothing."""
GRACE = 300
"""Seconds for a run to come to its end by itself after its time is over."""
LONGEST_LINE = 990
"""Bytes of a line that cron reads, near enough."""
QUIET = (4, 5, 6)
"""Exit codes that nobody need hear of: done with gaps, stopped by a limit, another run at work."""

_NAMED = {"hour": HOUR, "day": DAY, "week": WEEK}
_MINUTES = re.compile(r"(?:every )?([0-9]{1,5}) ?(?:m|min|minutes?)?")
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


@dataclass(frozen=True, slots=True)
class Every:
    """A rhythm. period: minutes; divides an hour, a day, or is a day or a week. offset: minutes from Monday 00:00."""

    period: int
    offset: int

    def __str__(self) -> str:
        names = {length: name for name, length in _NAMED.items()}
        return names.get(self.period, f"{self.period} minutes")

    @property
    def clock(self) -> tuple[int, int, int]:
        """Day of the week (0 is Monday), hour and minute of the first time in a week."""
        return self.offset // DAY, self.offset % DAY // HOUR, self.offset % HOUR

    def next_after(self, now: datetime) -> datetime:
        """The first time after `now` (local), to the minute."""
        minute = now.replace(second=0, microsecond=0)
        since_monday = (now.weekday() * 24 + now.hour) * 60 + now.minute
        return minute + timedelta(minutes=self.period - (since_monday - self.offset) % self.period)

    def as_cron(self) -> str:
        """The five fields of a crontab line."""
        day, hour, minute = self.clock
        if self.period < HOUR:
            return f"{minute % self.period}-59/{self.period} * * * *"
        if self.period < DAY:
            hours = "*" if self.period == HOUR else f"{hour % (self.period // HOUR)}-23/{self.period // HOUR}"
            return f"{minute} {hours} * * *"
        return f"{minute} {hour} * * {'*' if self.period == DAY else (day + 1) % 7}"

    def as_calendar(self) -> str:
        """The same as systemd's OnCalendar."""
        day, hour, minute = self.clock
        if self.period < HOUR:
            return f"*-*-* *:{minute % self.period:02}/{self.period}:00"
        if self.period < DAY:
            hours = "*" if self.period == HOUR else f"{hour % (self.period // HOUR):02}/{self.period // HOUR}"
            return f"*-*-* {hours}:{minute:02}:00"
        return f"{'' if self.period == DAY else _DAYS[day] + ' '}*-*-* {hour:02}:{minute:02}:00"


def every(words: str, archive: Path, host: str) -> Every:
    """The rhythm that was asked for: `hour`, `day`, `week`, `30 minutes`. Raises UsageError.

    The minute (of a day also the hour, of a week the day) comes of the machine's name and the archive's path, so
    that not all machines start on the hour, and stays the same.
    """
    period = _period(words)
    spread = blake2b(f"{host}\0{archive}".encode("utf-8", "surrogateescape"), digest_size=8).digest()
    return Every(period, int.from_bytes(spread) % period)


def _period(words: str) -> int:
    text = words.strip().lower().removeprefix("every ")
    if text in _NAMED:
        return _NAMED[text]
    match = _MINUTES.fullmatch(text)
    number = int(match[1]) if match else 0
    even = [n for n in range(LEAST, DAY + 1) if HOUR % n == 0 or (n % HOUR == 0 and DAY % n == 0)]
    if number in even:
        return number
    why, todo = "it is neither hour, day, week nor a number of minutes", "Write it such as '30 minutes'"
    if number and number < LEAST:
        why, todo = f"that is too often; {LEAST} minutes are the least", "Once an hour is enough for most blogs"
    elif number:
        near = sorted(even, key=lambda n: abs(n - number))[:2]
        why, todo = (
            "such runs cannot be spread evenly over a day",
            f"Take {' or '.join(map(str, sorted(near)))} minutes",
        )
    raise UsageError(f"--every {words!r}", why, todo)


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """What is run, and when.

    python: the interpreter; archive: its directory; both absolute. config: an archiver.toml elsewhere than in the
    archive. max_time: seconds that a run may take.
    """

    every: Every
    python: Path
    archive: Path
    config: Path | None = None
    max_time: int

    def __post_init__(self) -> None:
        for path in (self.python, self.archive, self.config):
            if path and re.search("[\x00-\x1f\x7f]", str(path)):
                raise UsageError(repr(str(path)), "its name holds a line end or its like", "Give it another name")

    @property
    def words(self) -> list[str]:
        """The command and its arguments. -P: what lies about in a directory is not taken for a module."""
        config = ["-c", str(self.config)] if self.config else []
        limit = ["--max-time", str(self.max_time)]
        return [str(self.python), "-P", "-m", "archiver", "update", "-q", "-a", str(self.archive), *config, *limit]


def unit_name(archive: Path) -> str:
    """A name for the units of systemd, different for each archive."""
    plain = re.sub("[^a-z0-9]+", "-", archive.name.lower()).strip("-")[:40]
    mark = blake2b(str(archive).encode("utf-8", "surrogateescape"), digest_size=3).hexdigest()
    return f"blog-archiver-{plain or 'archive'}-{mark}"


def crontab_line(job: Job) -> str:
    """The line, without line end. Raises UsageError when cron could not read it.

    What the run says goes to logs/schedule.log; only of an end that somebody should hear of comes something out,
    which cron sends as mail.
    """
    log = "logs/schedule.log"
    run = shlex.join(["timeout", "-k", str(GRACE), str(job.max_time + GRACE), *job.words])
    command = (
        f"cd {shlex.quote(str(job.archive))} && mkdir -p logs && {{ {run} >>{log} 2>&1"
        f" || case $? in {'|'.join(map(str, QUIET))}) ;; *) tail -n 3 {log};; esac; }}"
    )
    if "\\" in command:
        why, todo = "cron reads a backslash in ways of its own", "Take --systemd, or another path"
        raise UsageError(str(job.archive), why, todo)
    line = f"{job.every.as_cron()} {escaped(command)}"
    if len(line.encode("utf-8", "surrogateescape")) > LONGEST_LINE:
        raise UsageError(str(job.archive), "its path is too long for a crontab", "Take --systemd, or a shorter path")
    return line


def escaped(command: str) -> str:
    """A shell command as cron wants it: a bare % would end it."""
    return command.replace("%", "\\%")


def begin_mark(archive: Path) -> str:
    """The first line of an archive's part of a crontab, up to what it says of the rhythm."""
    return f"# BEGIN blog-archiver {archive}"


def end_mark(archive: Path) -> str:
    """The last line."""
    return f"# END blog-archiver {archive}"


def crontab_block(job: Job) -> list[str]:
    """The lines that stand in a crontab."""
    note = f"every {job.every}; made by archiver schedule, which also takes it out: --cron --remove"
    return [f"{begin_mark(job.archive)} ({note})", crontab_line(job), end_mark(job.archive)]


def units(job: Job) -> dict[str, str]:
    """The systemd units: file name to text."""
    about = f"# Made by archiver schedule for {job.archive} (every {job.every}); --systemd --remove takes it out."
    described = f"Description=Bring the blog archive {_unit_text(str(job.archive))} up to date"
    service = [
        *(about, "[Unit]", described, "", "[Service]", "Type=oneshot"),
        f"WorkingDirectory={_unit_text(str(job.archive))}",
        f"ExecStart={' '.join(map(_unit_word, job.words))}",
        f"TimeoutStartSec={job.max_time + GRACE}",
        f"TimeoutStopSec={GRACE}",
        f"SuccessExitStatus={' '.join(map(str, QUIET))}",
        *("Nice=10", "NoNewPrivileges=yes", ""),
    ]
    timer = [
        *(about, "[Unit]", described, "", "[Timer]"),
        f"OnCalendar={job.every.as_calendar()}",
        "# What was missed while the machine was off is made up for.",
        *("Persistent=true", "", "[Install]", "WantedBy=timers.target", ""),
    ]
    name = unit_name(job.archive)
    return {f"{name}.service": "\n".join(service), f"{name}.timer": "\n".join(timer)}


def _unit_text(text: str) -> str:
    return text.replace("%", "%%")


def _unit_word(word: str) -> str:
    """A word of a command line in a unit, in quotes where it needs them."""
    text = _unit_text(word).replace("$", "$$").replace("\\", "\\\\").replace('"', '\\"')
    return text if re.fullmatch(r"[\w@%+=:,./-]+", text, re.ASCII) else f'"{text}"'
