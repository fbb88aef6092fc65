"""How fast every format is written, and in how much memory.

\b
    python -m benchmarks.exports                        an archive of 100,000 comments, some minutes
    python -m benchmarks.exports --comments 20000 --only csv --only parquet
    python -m benchmarks.exports --comments 1000000 --scratch DIR    keeps both archives there for the next time

\b
Wanted:
- memory   less than 300 MB whatever the format, and flat: at most a fifth more than with a quarter of the comments
- csv      a query written in at most 5 times what `sqlite3 -csv` takes for the same, medians of the same run
           in seconds of the processor
- parquet  likewise, against `sqlite3 -csv` and DuckDB after it
Exit code 1 when something is missed. Needs sqlite3 on the path, DuckDB and the extras.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from statistics import median
from typing import Any

import click
from rich.console import Console

from archiver.exports import formats
from archiver.exports.target import remove
from benchmarks.exporting import PER_POST, QUERY, Measured, make, measure, record

MOST_MEMORY, MOST_GROWTH, MOST_TIME = 300 * 1024**2, 0.2, 5.0


def by_sqlite(archive: Path, target: Path) -> None:
    """The query as CSV by SQLite's own shell."""
    with target.open("wb") as file:
        subprocess.run(["sqlite3", "-csv", "-header", str(archive / "archive.db"), QUERY], stdout=file, check=True)


def by_duckdb(archive: Path, target: Path) -> None:
    """The query as Parquet by DuckDB, which reads what SQLite's shell gives."""
    import duckdb

    rows = target.with_suffix(".csv")
    by_sqlite(archive, rows)
    duckdb.connect().execute(f"COPY (FROM read_csv('{rows}')) TO '{target}' (FORMAT parquet, COMPRESSION zstd)")
    rows.unlink()


def _ratio(archive: Path, name: str, other: Callable[[Path, Path], None], rounds: int) -> tuple[float, float]:
    """Median seconds of the processor of ours and of the other's, by turns."""
    ours, theirs = [], []
    for _ in range(rounds):
        ours.append(_measured(archive, name, QUERY).cpu)
        target = archive / f"other.{name}"
        began = _busy()
        other(archive, target)
        theirs.append(_busy() - began)
        target.unlink()
    return median(ours), median(theirs)


def _busy() -> float:
    """Seconds of the processor that this process and those that it has begun have taken."""
    return sum(sum(resource.getrusage(who)[:2]) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))


def _measured(archive: Path, name: str, query: str | None = None) -> Measured:
    target = archive / "out"
    try:
        return measure(archive, name, target, query)
    finally:
        remove(target)


def _tell(console: Console, name: str, ok: bool, text: str) -> None:
    verdict = f"[{'green' if ok else 'bold red'}]{'ok' if ok else 'missed':<6}[/]"
    console.print(f"{name:<12} {verdict} {text}", highlight=False)
    sys.stdout.flush()  # a run over millions takes long, and is looked at meanwhile


@click.command(help=__doc__)
@click.option("--comments", default=100_000, help="Comments of the archive.")
@click.option("--only", multiple=True, help="This format (repeatable).")
@click.option("--rounds", default=3, help="Rounds for the ratios.")
@click.option("--scratch", type=click.Path(path_type=Path, file_okay=False), help="Keep the archives there.")
@click.option("--json", "json_file", type=click.Path(path_type=Path), help="Write the results there.")
def main(comments: int, only: tuple[str, ...], rounds: int, scratch: Path | None, json_file: Path | None) -> None:
    """The command line; see the module."""
    console = Console(width=None if sys.stdout.isatty() else 200)
    results: dict[str, Any] = {}
    fine = True
    with tempfile.TemporaryDirectory() as temporary:
        small, large = (make((scratch or Path(temporary)) / f"exports-{n}", n) for n in (comments // 4, comments))
        for name in only or [form.name for form in formats()]:
            if name == "wacz":  # a record for each post, of which there are a 25th as many
                record(small, comments // 4 // PER_POST)
                record(large, comments // PER_POST)
            before, found = _measured(small, name), _measured(large, name)
            growth = found.peak / before.peak - 1
            ok = found.peak < MOST_MEMORY and growth <= MOST_GROWTH
            fine &= ok
            results[name] = asdict(found) | {"growth": growth}
            busy = f"{found.rows / found.cpu:,.0f} by CPU time"
            speed = f"{found.rows / found.seconds:9,.0f} rows a second, {busy}"
            _tell(console, name, ok, f"{speed}; peak {found.peak / 1024**2:.0f} MB ({growth:+.0%})")
        for name, other in (("csv", by_sqlite), ("parquet", by_duckdb)):
            if only and name not in only:
                continue
            ours, theirs = _ratio(large, name, other, rounds)
            ok = ours <= MOST_TIME * theirs
            fine &= ok
            results[f"{name} query"] = {"ours": ours, "theirs": theirs, "ratio": ours / theirs, "wanted": MOST_TIME}
            ratio = f"{other.__name__} {theirs:.2f} s: ratio {ours / theirs:.2f} (wanted {MOST_TIME})"
            _tell(console, name, ok, f"{ours:.2f} s of CPU for a query of {comments} rows, {ratio}")
    if json_file:
        json_file.write_text(json.dumps(results, indent=2), "utf-8")
    sys.exit(0 if fine else 1)


if __name__ == "__main__":
    main()
