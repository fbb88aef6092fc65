"""How quickly an archive is served, and whether it stays so as it grows.

\b
    python -m benchmarks.serve                          1,000,000 comments, and 100,000 beside them
    python -m benchmarks.serve --scratch DIR            keeps both archives there for the next time
    python -m benchmarks.serve --comments 100000 --rounds 5

\b
Wanted:
- search   the 95th percentile of the first page of hits under 4 times that of the bare SQL in sqlite3, in the same run
- pages    the 95th percentile of every other page under 500 ms
- front    on the larger archive at most half as much again as on the smaller one
Beside each stands what the server took of a processor for one page, on the average, which means something on a machine
that is busy with other things. Exit code 1 when something is missed. Generating takes some minutes.
"""

from __future__ import annotations

import json
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from statistics import median, quantiles
from typing import Any
from urllib.parse import quote
from urllib.request import urlopen

import click
from rich.console import Console

from benchmarks.serving import COMMON, FREQUENT, RARE, key, make, served

Row = dict[str, float]
"""Milliseconds: median, p95 and cpu."""

PER_POST = 20  # comments, on the average
MOST_RATIO, MOST_MS, MOST_GROWTH = 4.0, 500.0, 1.5
QUESTIONS = {"rare": RARE, "frequent": FREQUENT, "common": COMMON, "two": f"{COMMON} {FREQUENT}"}
PAGES = {
    "front": "/",
    "thread of 3,000": f"/-/post/{key('p', 0)}",
    "post": f"/-/post/{key('p', 40)}",
    "comment": f"/-/comment/{key('c', 2999)}",
    "author": f"/-/author/{key('a', 0)}",
    "month": "/-/month/2015-10",
    "term": f"/-/term/{key('t', 1)}",
    "facet: year": f"/-/search?q={FREQUENT}&year=2015",
    "facet: term": f"/-/search?q={FREQUENT}&term={quote('Term 1')}",
    "facet: newest": f"/-/search?q={FREQUENT}&sort=newest",
    "filter alone": "/-/search?only=post&term=" + quote("Term 1"),
    "plots": "/-/plots",
    "network": "/-/network",
    "ledger": "/-/ledger",
}
COUNTED = ("/-/ledger", "/-/plots", "/-/network")  # of what is counted once after the start
# The least that a search for the first page must do: rank posts and comments together, cut twenty snippets.
BARE = """
WITH best AS (
  SELECT * FROM (
    SELECT 'p' AS found, rowid AS docid, bm25(posts_fts, 5.0, 1.0) AS score FROM posts_fts WHERE posts_fts MATCH :words
    UNION ALL
    SELECT 'c', rowid, bm25(comments_fts) FROM comments_fts WHERE comments_fts MATCH :words
  ) ORDER BY score LIMIT 20
)
SELECT score, (SELECT snippet(posts_fts, 1, '[', ']', '…', 40) FROM posts_fts
    WHERE found = 'p' AND posts_fts MATCH :words AND posts_fts.rowid = docid),
  (SELECT snippet(comments_fts, 0, '[', ']', '…', 40) FROM comments_fts
    WHERE found = 'c' AND comments_fts MATCH :words AND comments_fts.rowid = docid)
FROM best ORDER BY score
"""


Act = tuple[Callable[[], object], Callable[[], float]]
"""What is timed, and how many seconds who does it was at work so far."""


def times(rounds: int, *acts: Act) -> list[Row]:
    """Milliseconds of the rounds of each, by turns, so that what else the machine does falls on all alike.

    The first round is not counted.
    """
    found: list[list[float]] = [[] for _ in acts]
    spent = [0.0 for _ in acts]
    for turn in range(rounds + 1):
        for place, (act, busy) in enumerate(acts):
            before, began = busy(), time.perf_counter()
            act()
            took, work = time.perf_counter() - began, busy() - before
            if turn:
                found[place].append(took * 1000)
                spent[place] += work * 1000
    return [
        {"median": median(one), "p95": p95(one), "cpu": work / rounds} for one, work in zip(found, spent, strict=True)
    ]


def p95(values: list[float]) -> float:
    """The 95th percentile; of a few values the greatest."""
    return quantiles(values, n=20, method="inclusive")[-1] if len(values) > 1 else values[0]


def fetch(address: str) -> int:
    """The size of a page. Raises HTTPError for anything but a good one."""
    with urlopen(address) as answer:
        return len(answer.read())


def measured(path: Path, rounds: int) -> dict[str, Row]:
    """Every page, every search, and the bare SQL beside it."""
    found: dict[str, Row] = {}
    with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)) as bare, served(path) as (origin, busy):
        before, began = busy(), time.perf_counter()
        fetch(f"{origin}/")
        first = (time.perf_counter() - began) * 1000
        found["first visit"] = {"median": first, "p95": first, "cpu": (busy() - before) * 1000}
        for address in COUNTED:  # which wait for it; it is not to be measured together with the pages
            fetch(origin + address)
        for name, address in PAGES.items():
            (found[name],) = times(rounds, (lambda address=address: fetch(origin + address), busy))
        for name, words in QUESTIONS.items():
            address = f"{origin}/-/search?q={quote(words)}"
            quoted = " ".join(f'"{word}"' for word in words.split())
            found[f"search: {name}"], found[f"sql: {name}"] = times(
                rounds,
                (lambda address=address: fetch(address), busy),
                (lambda quoted=quoted: bare.execute(BARE, {"words": quoted}).fetchall(), time.process_time),
            )
    return found


def judged(results: dict[str, Row], smaller: dict[str, Row]) -> dict[str, tuple[bool, str]]:
    """Whether each row is as wanted, and what to say beside it."""
    told = {}
    for name, row in results.items():
        ok, words = row["p95"] < MOST_MS, ""
        if name.startswith("sql:"):
            ok = True
        elif name == "first visit":
            ok, words = True, "just after the start"
        elif name.startswith("search:"):
            bare = results[f"sql:{name.removeprefix('search:')}"]
            ratio = row["p95"] / bare["p95"]
            ok, words = ratio < MOST_RATIO, f"{ratio:.1f} times its SQL, {row['cpu'] / bare['cpu']:.1f} in CPU time"
        elif name == "front":
            growth = row["median"] / smaller[name]["median"]
            busy = row["cpu"] / smaller[name]["cpu"] if smaller[name]["cpu"] else growth
            ok = ok and min(growth, busy) < MOST_GROWTH
            words = f"{growth:.2f} times the smaller archive's, {busy:.2f} in CPU time"
        told[name] = ok, words
    return told


@click.command(help=__doc__)
@click.option("--comments", default=1_000_000, help="Comments of the larger archive; the smaller one has a tenth.")
@click.option("--rounds", default=20, help="Rounds of each page.")
@click.option("--scratch", type=click.Path(path_type=Path, file_okay=False), help="Keep the archives there.")
@click.option("--json", "json_file", type=click.Path(path_type=Path), help="Write the results there.")
def main(comments: int, rounds: int, scratch: Path | None, json_file: Path | None) -> None:
    """The command line; see the module."""
    console = Console(width=None if sys.stdout.isatty() else 160)
    with tempfile.TemporaryDirectory() as temporary:
        both: list[dict[str, Row]] = []
        for count in (comments // 10, comments):
            began = time.perf_counter()
            path = make((scratch or Path(temporary)) / f"serve-{count}", count, max(count // PER_POST, 60))
            console.print(
                f"{count:,} comments: {path.stat().st_size / 1e6:,.0f} MB in {time.perf_counter() - began:.0f} s"
            )
            both.append(measured(path.absolute(), rounds))
    verdicts = judged(both[1], both[0])
    for name, (ok, words) in verdicts.items():
        row = both[1][name]
        verdict = f"[{'green' if ok else 'bold red'}]{'ok' if ok else 'missed':<6}[/]"
        figures = f"median {row['median']:7.1f} ms, p95 {row['p95']:7.1f} ms, CPU {row['cpu']:7.1f} ms"
        console.print(f"{name:<18} {verdict} {figures}  {words}", highlight=False)
    if json_file:
        summary: dict[str, Any] = {"comments": comments, "larger": both[1], "smaller": both[0]}
        json_file.write_text(json.dumps(summary, indent=2), "utf-8")
    sys.exit(0 if all(ok for ok, _ in verdicts.values()) else 1)


if __name__ == "__main__":
    main()
