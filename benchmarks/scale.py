"""Blogs and WARC pages a second with one worker and with two, as a ratio in one run; and what a unit costs by itself.

\b
    python -m benchmarks.scale                 12 small blogs on loopback, 40 posts in WARC files read again
    python -m benchmarks.scale --blogs 40 --rounds 3

Blogs are crawled by `archiver crawl --executor local`, their WARC files read again by `archiver extract` likewise; with
one worker, then with two, by turns. Beside that stand all blogs in one process, which starts once and not for each.
"""

from __future__ import annotations

import resource
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

import click
from rich.console import Console
from rich.table import Table

from archiver.fleet.shards import whole
from archiver.warc.reader import responses
from benchmarks.crawling import environment
from db import open_archive
from tests.fleet.running import blogs

WORKERS = (1, 2)


@dataclass(slots=True)
class Rates:
    """Seconds and CPU seconds of each round by number of workers; 0 stands for one process for all."""

    seconds: defaultdict[int, list[float]] = field(default_factory=lambda: defaultdict(list))
    cpu: defaultdict[int, list[float]] = field(default_factory=lambda: defaultdict(list))

    @property
    def ratio(self) -> float:
        """How much quicker two workers are than one."""
        return median(self.seconds[1]) / median(self.seconds[2])


def run(rates: Rates, workers: int, *arguments: str) -> None:
    """One command, timed with all that it starts."""
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    command = [sys.executable, "-m", "archiver", *arguments, "-q"]
    done = subprocess.run(command, env=environment(), capture_output=True, text=True, check=False)
    if done.returncode:
        raise click.ClickException(done.stderr.strip() or f"{arguments[0]} ended with {done.returncode}")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    rates.seconds[workers].append(time.monotonic() - began)
    rates.cpu[workers].append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)


def workers_of(number: int, shards: Path) -> list[str]:
    """The options of a run with so many workers."""
    return ["--executor", "local", "--jobs", str(number), "--shards", str(shards)]


def crawled(scratch: Path, urls: Sequence[str], rounds: int) -> tuple[Rates, Path]:
    """All blogs, with one worker, with two, and in one process. Returns also the shards of the last round."""
    rates, shards = Rates(), scratch
    for number in range(rounds):
        for workers in WORKERS:
            shards = scratch / f"crawled-{number}-{workers}"
            run(rates, workers, "crawl", *urls, "--delay", "0", *workers_of(workers, shards))
        run(rates, 0, "crawl", *urls, "--delay", "0", "-a", str(scratch / f"alone-{number}"))
    return rates, shards


def read_again(scratch: Path, files: Sequence[Path], rounds: int) -> Rates:
    """All WARC files, with one worker and with two."""
    rates = Rates()
    for number in range(rounds):
        for workers in WORKERS:
            shards = scratch / f"read-{number}-{workers}"
            run(rates, workers, "extract", *map(str, files), *workers_of(workers, shards))
    return rates


def size_of(shard: Path) -> tuple[int, int]:
    """Bytes of the database and of the WARC files."""
    with closing(open_archive(shard).connect()) as connection:
        (pages,), (size,) = (connection.execute(f"PRAGMA {name}").fetchone() for name in ("page_count", "page_size"))
    return pages * size, sum(file.stat().st_size for file in (shard / "warc").glob("*.warc.gz"))


def table(title: str, what: str, number: int, rates: Rates) -> Table:
    """Rates by workers."""
    found = Table(title=title)
    for heading in ("workers", "seconds", f"{what} a second", f"CPU seconds a {what.rstrip('s')}"):
        found.add_column(heading, justify="right")
    for workers in sorted(rates.seconds, key=lambda n: (n == 0, n)):
        seconds, cpu = median(rates.seconds[workers]), median(rates.cpu[workers])
        name = str(workers) if workers else "one process for all"
        found.add_row(name, f"{seconds:.1f}", f"{number / seconds:.2f}", f"{cpu / number:.2f}")
    return found


@click.command(help=__doc__)
@click.option("--blogs", "number", default=12, help="Blogs.")
@click.option("--posts", default=40, help="Posts of each.")
@click.option("--rounds", default=1, help="Rounds; the median counts.")
def main(number: int, posts: int, rounds: int) -> None:
    """The command line; see the module."""
    console = Console()
    with tempfile.TemporaryDirectory() as folder:
        scratch = Path(folder)
        with blogs(number, posts=posts) as servers:
            crawling, shards = crawled(scratch, [*servers], rounds)
        files = [file for shard in whole(shards) for file in sorted((shard.final / "warc").glob("*.warc.gz"))]
        pages = sum(1 for file in files for _ in responses(file))
        reading = read_again(scratch, files, rounds)
        sizes = [size_of(shard.final) for shard in whole(shards)]
    console.print(table(f"{number} blogs of {posts} posts", "blogs", number, crawling))
    console.print(table(f"{len(files)} WARC files, {pages} responses", "responses", pages, reading))
    databases, warcs = (sum(part) / number / 1000 for part in zip(*sizes, strict=True))
    console.print(f"A shard: {databases:,.0f} kB of database, {warcs:,.0f} kB of WARC.")
    console.print(f"Two workers against one: crawling {crawling.ratio:.2f}, reading again {reading.ratio:.2f} times.")


if __name__ == "__main__":
    main()
