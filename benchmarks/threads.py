"""Time and memory to read a page of 3,000 comments, against lxml alone parsing the same bytes.

\b
    python -m benchmarks.threads                        all shapes, 7 rounds
    python -m benchmarks.threads --shapes walker --profile 30

\b
What is timed, in CPU seconds and by turns:
- ours     bytes -> Page -> tree -> Dom -> the thread, with every name, date, body, link and place
- lxml     lxml.html.document_fromstring of the same bytes
Peak memory is that of a fresh process each, less what it held before it began. Wanted: both ratios under 6 in every
shape, and the very tree that was rendered. Exit code 1 when something is missed.
"""

from __future__ import annotations

import cProfile
import gc
import json
import pstats
import re
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median

import click
import lxml.html
from rich.console import Console

from archiver.crawl.collecting import prepare_reading
from archiver.engines import threads
from archiver.engines.dom import Dom
from archiver.model import PostRef, Site
from archiver.page import Page
from benchmarks.crawling import environment
from benchmarks.thread_page import SHAPES, render, thread
from tests.unit.thread_shapes import walk

MOST = 6.0
_SITE = Site(key="blog.example.org", home="https://blog.example.org/", utc_offset=0, language="en-GB")
_URL = "https://blog.example.org/post/"
_POST = PostRef(native_id="9", url=_URL)
_PEAK = re.compile(r"VmHWM:\s+(\d+) kB")


@dataclass(frozen=True, slots=True)
class Measured:
    """Seconds of CPU, medians; peak in bytes above the start. right: the tree came back.

    time_ratio: our time over lxml's, the median of the rounds: what slows the machine down falls on both of a round.
    """

    shape: str
    size: int
    ours: float
    lxml: float
    time_ratio: float
    our_peak: int
    lxml_peak: int
    right: bool

    @property
    def memory_ratio(self) -> float:
        """Our peak over lxml's."""
        return self.our_peak / self.lxml_peak

    @property
    def ok(self) -> bool:
        """Whether all is as wanted."""
        return self.right and max(self.time_ratio, self.memory_ratio) < MOST


def read(body: bytes) -> threads.Thread:
    """Everything that reading the thread of a page takes."""
    page = Page(_URL, body, headers={"content-type": "text/html; charset=utf-8"})
    dom = Dom(page)
    return threads.read(dom, _POST, _SITE, outside=dom.classed("entry-content", "widget-area"))


def parse(body: bytes) -> object:
    """What lxml alone does."""
    return lxml.html.document_fromstring(body)


WAYS: dict[str, Callable[[bytes], object]] = {"ours": read, "lxml": parse}


def measure(shape: str, count: int, rounds: int) -> Measured:
    """Measure one shape."""
    roots = thread(count)
    body = render(shape, roots)
    times: dict[str, list[float]] = {way: [] for way in WAYS}
    read(body)  # what is made at the first use is made now
    for _ in range(rounds):
        for way, work in WAYS.items():
            gc.collect()
            began = time.process_time()
            kept = work(body)
            times[way].append(time.process_time() - began)
            del kept
    meant = [(str(one.id), str(parent.id) if parent else None, depth) for one, depth, parent in walk(roots)]
    came = [(comment.native_id, comment.parent, comment.depth) for comment in read(body).comments]
    return Measured(
        shape,
        len(body),
        median(times["ours"]),
        median(times["lxml"]),
        median(ours / alone for ours, alone in zip(times["ours"], times["lxml"], strict=True)),
        _peak_apart(shape, body, "ours"),
        _peak_apart(shape, body, "lxml"),
        came == meant,
    )


def _peak_apart(shape: str, body: bytes, way: str) -> int:
    words = [sys.executable, "-m", "benchmarks.threads", "--shapes", shape, "--peak", way]
    return int(subprocess.run(words, input=body, check=True, stdout=subprocess.PIPE, env=environment()).stdout)


def _peak(shape: str, way: str) -> int:
    """Bytes by which the work raises the peak of this process, which must have done nothing else.

    The page comes from standard input: making it takes memory, too.
    """
    body = sys.stdin.buffer.read()
    WAYS[way](render(shape, thread(20)))  # what is loaded once is no part of it
    gc.collect()
    before = _high_water()
    kept = WAYS[way](body)
    grown = _high_water() - before
    del kept
    return grown


def _high_water() -> int:
    found = _PEAK.search(Path("/proc/self/status").read_text("utf-8"))
    assert found, "the kernel does not tell the peak"
    return int(found[1]) * 1024


def _profile(shape: str, count: int, lines: int) -> None:
    body = render(shape, thread(count))
    read(body)
    with cProfile.Profile() as profile:
        read(body)
    pstats.Stats(profile).sort_stats("tottime").print_stats(lines)


def _tell(console: Console, found: Measured) -> None:
    colour, word = ("green", "ok") if found.ok else ("bold red", "missed")
    tree = "" if found.right else "; not the tree that was rendered"
    console.print(
        f"{found.shape:<7} [{colour}]{word:<6}[/] {found.size / 1024**2:.1f} MB: {found.ours * 1000:.0f} ms, lxml"
        f" {found.lxml * 1000:.0f}: ratio {found.time_ratio:.1f}; {found.our_peak / 1024**2:.0f} MB, lxml"
        f" {found.lxml_peak / 1024**2:.0f}: ratio {found.memory_ratio:.1f} (wanted under {MOST:.0f}){tree}",
        highlight=False,
    )


@click.command(help=__doc__)
@click.option("--shapes", default=",".join(SHAPES), help="Which shapes of markup.")
@click.option("--comments", default=3000, help="Comments on the page.")
@click.option("--rounds", default=7, help="Rounds of each.")
@click.option("--profile", default=0, help="Print so many lines of a profile of the first shape instead.")
@click.option("--peak", type=click.Choice(list(WAYS)), help="Print the peak of one way with the page on stdin.")
@click.option("--json", "json_file", type=click.Path(path_type=Path), help="Write the results there.")
def main(shapes: str, comments: int, rounds: int, profile: int, peak: str | None, json_file: Path | None) -> None:
    """The command line; see the module."""
    names = shapes.split(",")
    prepare_reading()  # as the process does that reads pages
    if profile:
        _profile(names[0], comments, profile)
        return
    if peak:
        print(_peak(names[0], peak))
        return
    console = Console(width=None if sys.stdout.isatty() else 200)
    results = []
    for name in names:
        results.append(measure(name, comments, rounds))
        _tell(console, results[-1])
    if json_file:
        values = [asdict(found) | {"ok": found.ok} for found in results]
        json_file.write_text(json.dumps(values, indent=2), "utf-8")
    sys.exit(0 if all(found.ok for found in results) else 1)


if __name__ == "__main__":
    main()
