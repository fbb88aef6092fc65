"""Runs the real command in a process of its own, as a user would."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tests.wordpress.testbed import FOUR, Site, Testbed

SETTLED = {0, 4}  # complete, or done with gaps that the ledger tells


@dataclass(frozen=True, slots=True)
class Crawl:
    """One run of the command. output: standard output, then error."""

    directory: Path
    exit_code: int
    output: str
    seconds: float

    @property
    def database(self) -> Path:
        """The archive's database, whether it is there or not."""
        return self.directory / "archive.db"


def command(directory: Path, url: str, *options: str) -> list[str]:
    """The command line: no delay, since the host is our own."""
    return [sys.executable, "-m", "archiver", "crawl", "-a", str(directory), "--delay", "0", *options, url]


def environment() -> dict[str, str]:
    """The environment without settings of a user's own."""
    return {name: value for name, value in os.environ.items() if not name.startswith("ARCHIVER_")}


Runner = Callable[[list[str]], subprocess.CompletedProcess[str]]
"""Runs a command line to its end, in the environment."""


def alone(words: list[str]) -> subprocess.CompletedProcess[str]:
    """Run it as a user would."""
    return subprocess.run(
        words, capture_output=True, stdin=subprocess.DEVNULL, text=True, env=environment(), timeout=3600, check=False
    )


def crawl(directory: Path, url: str, *options: str, run: Runner = alone) -> Crawl:
    """Crawl `url` into `directory`, and wait for the end."""
    began = time.perf_counter()
    done = run(command(directory, url, *options))
    return Crawl(directory, done.returncode, done.stdout + done.stderr, time.perf_counter() - began)


def sites_of(bed: Testbed | None, url_base: str | None, names: str) -> list[Site]:
    """The sites of a test bed, or of one that was started by hand, at `url_base` and the three ports after it."""
    wanted = [name.strip() for name in names.split(",")]
    unknown = set(wanted) - set(FOUR)
    if unknown:
        raise ValueError(f"no such site: {', '.join(sorted(unknown))}; there are {', '.join(FOUR)}")
    if bed:
        return [bed[name] for name in wanted]
    host, _, port = (url_base or "").rstrip("/").rpartition(":")
    places = {name: f"{host}:{int(port) + number}/" for number, name in enumerate(FOUR)}
    return [Site(name, places[name], FOUR[name]) for name in wanted]
