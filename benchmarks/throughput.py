"""How fast, and in how much memory.

\b
    python -m benchmarks.throughput                     everything, some five minutes
    python -m benchmarks.throughput --only writer       pages, memory or writer alone

\b
Wanted:
- pages    pages a second with no delay against a loopback server of fixed pages: at least half of what a bare Scrapy
           spider makes that only downloads the same pages, by turns in the same run, medians
- memory   6,000 posts in less than 300 MB, and flat: at the end at most a fifth more than after a third
- writer   rows a second: at least a quarter of raw executemany of the same rows, same schema, same triggers
Exit code 1 when something is missed.
"""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from pathlib import Path
from statistics import median
from typing import Any

import click
from rich.console import Console

from benchmarks.speed import measure_memory, measure_speed
from benchmarks.writing import measure as measure_writing

LEAST_SPEED, LEAST_WRITING = 0.5, 0.25
MOST_MEMORY, MOST_GROWTH = 300 * 1024**2, 0.2


def _verdict(console: Console, name: str, ok: bool, text: str) -> bool:
    console.print(
        f"{name:<7} [{'green' if ok else 'bold red'}]{'ok' if ok else 'missed':<6}[/] {text}", highlight=False
    )
    return ok


def _pages(console: Console, results: dict[str, Any], posts: int, rounds: int) -> bool:
    speed = measure_speed(posts, rounds)
    results["pages"] = asdict(speed) | {"ratio": speed.ratio, "wanted": LEAST_SPEED}
    text = (
        f"{median(speed.ours):.0f} pages a second, a bare spider {median(speed.bare):.0f}: ratio {speed.ratio:.2f}"
        f" (wanted {LEAST_SPEED}); {speed.pages} pages, {rounds} rounds"
    )
    return _verdict(console, "pages", speed.ratio >= LEAST_SPEED, text)


def _memory(console: Console, results: dict[str, Any], posts: int) -> bool:
    memory = measure_memory(posts)
    results["memory"] = asdict(memory) | {"growth": memory.growth, "wanted": MOST_MEMORY}
    third, two_thirds, end, peak = (
        f"{size / 1024**2:.0f}" for size in (memory.third, memory.two_thirds, memory.end, memory.peak)
    )
    text = (
        f"{third}, {two_thirds}, {end} MB at a third, two thirds and the end ({memory.growth:+.0%}); peak {peak} MB"
        f" (wanted under {MOST_MEMORY // 1024**2}); {posts} posts, {memory.requests} requests in {memory.seconds:.0f} s"
    )
    return _verdict(console, "memory", memory.peak < MOST_MEMORY and memory.growth <= MOST_GROWTH, text)


def _writer(console: Console, results: dict[str, Any], posts: int, rounds: int) -> bool:
    writing = measure_writing(posts, rounds)
    results["writer"] = asdict(writing) | {"ratio": writing.ratio, "wanted": LEAST_WRITING}
    text = (
        f"{writing.writer:,.0f} rows a second, raw {writing.raw:,.0f}: ratio {writing.ratio:.2f}"
        f" (wanted {LEAST_WRITING}); {writing.rows} rows of {writing.visits} pages, {rounds} rounds"
    )
    return _verdict(console, "writer", writing.ratio >= LEAST_WRITING, text)


@click.command(help=__doc__)
@click.option("--only", type=click.Choice(["pages", "memory", "writer"]), help="One of the three.")
@click.option("--posts", default=300, help="Posts of the blog for pages and writer.")
@click.option("--memory-posts", default=6000, help="Posts of the blog for memory.")
@click.option("--rounds", default=5, help="Rounds for pages and writer.")
@click.option("--json", "json_file", type=click.Path(path_type=Path), help="Write the results there.")
def main(only: str | None, posts: int, memory_posts: int, rounds: int, json_file: Path | None) -> None:
    """The command line; see the module."""
    console = Console(width=None if sys.stdout.isatty() else 200)
    results: dict[str, Any] = {}
    fine = True
    if only in {None, "writer"}:
        fine &= _writer(console, results, posts, rounds)
    if only in {None, "pages"}:
        fine &= _pages(console, results, posts, rounds)
    if only in {None, "memory"}:
        fine &= _memory(console, results, memory_posts)
    if json_file:
        json_file.write_text(json.dumps(results, indent=2), "utf-8")
    sys.exit(0 if fine else 1)


if __name__ == "__main__":
    main()
