"""Putting a schedule into the user's crontab or systemd, taking it out, and finding what is there.

Of a crontab only the lines between our own marks are ever changed; of unit files only those that say that they
are ours.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from archiver.errors import ArchiverError, UsageError
from archiver.schedule import Job, begin_mark, crontab_block, end_mark, unit_name, units

SECONDS = 30.0
_EVERY = re.compile(r"\(every ([a-z0-9 ]+)")


def with_block(crontab: str, archive: Path, block: Sequence[str]) -> str:
    """A crontab with this archive's lines replaced by `block`, or put at its end; an empty block takes them out.

    Raises UsageError when a mark has lost its counterpart, so that it is not known which lines are whose.
    """
    lines = crontab.split("\n")
    starts = [number for number, line in enumerate(lines) if _begins(line, archive)]
    ends = [number for number, line in enumerate(lines) if line.strip() == end_mark(archive)]
    if not starts and not ends:
        if not block:
            return crontab
        gap = "" if not crontab or crontab.endswith("\n") else "\n"
        return crontab + gap + "\n".join(block) + "\n"
    if len(starts) != 1 or len(ends) != 1 or ends[0] < starts[0]:
        raise UsageError(
            "crontab",
            f"the marks {begin_mark(archive)!r} and {end_mark(archive)!r} do not stand there once each, in this order",
            "Mend it with `crontab -e`",
        )
    return "\n".join([*lines[: starts[0]], *block, *lines[ends[0] + 1 :]])


def _begins(line: str, archive: Path) -> bool:
    mark = begin_mark(archive)
    return line.strip() == mark or line.startswith(f"{mark} (every ")


def read_crontab() -> str:
    """The user's crontab; empty where there is none. Raises ArchiverError where there is no cron."""
    done = _crontab("-l")
    if done.returncode == 0:
        return done.stdout
    if "no crontab for" in done.stderr:
        return ""
    raise ArchiverError("crontab", _said(done), "Ask whoever looks after this machine, or take --systemd")


def write_crontab(text: str) -> None:
    """Put it in the place of the old one; an empty one is taken away."""
    done = _crontab("-", given=text) if text else _crontab("-r")
    if done.returncode != 0:
        raise ArchiverError("crontab", _said(done), "It is as it was before")


def install_cron(job: Job) -> bool:
    """Put a job into the user's crontab. Returns whether that changed anything."""
    return _change_crontab(job.archive, crontab_block(job))


def remove_cron(archive: Path) -> bool:
    """Take it out. Returns whether there was anything."""
    return _change_crontab(archive, [])


def _change_crontab(archive: Path, block: Sequence[str]) -> bool:
    before = read_crontab()
    after = with_block(before, archive, block)
    if after == before:
        return False
    write_crontab(after)
    return True


def _crontab(option: str, given: str | None = None) -> subprocess.CompletedProcess[str]:
    program = shutil.which("crontab")
    if program is None:
        todo = "Install one (on Debian: apt-get install cron), or take --systemd"
        raise ArchiverError("crontab", "there is no cron on this machine", todo)
    return _run([program, option], given)


def _run(command: Sequence[str], given: str | None = None) -> subprocess.CompletedProcess[str]:
    """Run a program of the system. Its messages are wanted in English, so that they are understood."""
    environ = {**os.environ, "LC_ALL": "C.UTF-8"}
    try:
        return subprocess.run(  # noqa: S603 - fixed programs, no shell
            command, input=given or "", capture_output=True, encoding="utf-8", errors="surrogateescape",
            timeout=SECONDS, check=False, env=environ,
        )  # fmt: skip
    except subprocess.TimeoutExpired as error:
        raise ArchiverError(Path(command[0]).name, f"it did not end within {SECONDS:g} s", "Try it again") from error


def _said(done: subprocess.CompletedProcess[str]) -> str:
    lines = (done.stderr or done.stdout).strip().splitlines()
    return " ".join(lines[0].split()).rstrip(".") if lines else f"it ended with exit code {done.returncode}"


def unit_folder() -> Path:
    """Where a user's own units lie."""
    base = os.environ.get("XDG_CONFIG_HOME", "")
    return (Path(base) if base.startswith("/") else Path.home() / ".config") / "systemd" / "user"


def install_systemd(job: Job) -> bool:
    """Write the units, and start the timer. Returns whether any file changed. Raises ArchiverError."""
    _systemctl("show-environment")  # whether there is a session at all, before anything is written
    folder, changed = unit_folder(), False
    for name, text in units(job).items():
        path = folder / name
        if path.exists() and not _is_ours(path):
            raise UsageError(str(path), "it was not made by archiver schedule", "Move it away first")
        if not path.exists() or path.read_text("utf-8", "surrogateescape") != text:
            folder.mkdir(parents=True, exist_ok=True)
            path.write_text(text, "utf-8", "surrogateescape")
            changed = True
    _systemctl("daemon-reload")
    _systemctl("enable", "--now", f"{unit_name(job.archive)}.timer")
    return changed


def remove_systemd(archive: Path) -> bool:
    """Stop the timer and take the units away. Returns whether there were any."""
    name = unit_name(archive)
    there = [path for suffix in ("timer", "service") if (path := unit_folder() / f"{name}.{suffix}").exists()]
    for path in there:
        if not _is_ours(path):
            raise UsageError(str(path), "it was not made by archiver schedule", "Take it away yourself")
    if not there:
        return False
    _systemctl("disable", "--now", f"{name}.timer")
    for path in there:
        path.unlink()
    _systemctl("daemon-reload")
    return True


def _is_ours(path: Path) -> bool:
    return path.read_text("utf-8", "surrogateescape").startswith("# Made by archiver schedule for ")


def _systemctl(*words: str) -> None:
    program = shutil.which("systemctl")
    if program is None:
        todo = "Take --cron, or print the units and put them where they belong"
        raise ArchiverError("systemctl", "there is no systemd on this machine", todo)
    done = _run([program, "--user", *words])
    if done.returncode == 0:
        return
    if words[0] == "show-environment":
        todo = "Log in as this user (`loginctl enable-linger` keeps a session without one), or take --cron"
        raise ArchiverError("systemd", f"there is no session of this user ({_said(done)})", todo)
    raise ArchiverError(f"systemctl {words[0]}", _said(done), "See `systemctl --user status`")


def installed(archive: Path) -> str | None:
    """The rhythm that is installed for an archive, in the words of --every; None where there is none to be found."""
    said = []
    with suppress(ArchiverError):  # no cron, or none for this user
        said += [line for line in read_crontab().splitlines() if _begins(line, archive)]
    with suppress(OSError):  # no timer
        timer = unit_folder() / f"{unit_name(archive)}.timer"
        said += timer.read_text("utf-8", "surrogateescape").splitlines()[:1]
    found = [words for line in said for words in _EVERY.findall(line)[-1:]]  # a path may hold such words, too
    return found[0] if found else None


def check_alone(python: Path) -> None:
    """See that the program runs with nothing of this session: no variables, another directory. Raises ArchiverError."""
    environ = {"HOME": str(Path.home()), "PATH": "/usr/bin:/bin"}
    try:
        done = subprocess.run(  # noqa: S603 - ourselves
            [str(python), "-P", "-m", "archiver", "--version"],
            env=environ, cwd="/", capture_output=True, text=True, errors="replace", timeout=SECONDS, check=False,
        )  # fmt: skip
        said = _said(done) if done.returncode else None
    except (OSError, subprocess.TimeoutExpired) as error:
        said = str(error)
    if said:
        todo = "Install blog-archiver (`pipx install .`), and run the command of that installation"
        raise ArchiverError(str(python), f"it does not find blog-archiver outside of this directory ({said})", todo)
