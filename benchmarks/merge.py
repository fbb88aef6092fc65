"""How much more a merge costs than the bare copying of the same rows.

    python -m benchmarks.merge                                  # 1,000,000 comments in 200 shards
    python -m benchmarks.merge --comments 100000 --shards 40

Each shard is the archive of a blog of its own, made by plain SQL. They are merged by `archiver merge`, and in the same
run copied by ATTACH and INSERT alone: into the same schema, with the same indexes and triggers, one transaction a
shard, nothing checked. Both are processes of their own; measured are CPU seconds (of user and system, the start of
Python included) and the greatest memory that the kernel saw. Wanted: less than 3 times the CPU seconds, under 500 MB.
"""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import closing
from dataclasses import asdict, dataclass
from pathlib import Path

import click

from benchmarks.serving import make
from db import open_archive
from db.archive import DATABASE
from db.checks import INDEXES, rebuild_index

MOST_RATIO, MOST_MEMORY = 3.0, 500e6
TABLES = ("blogs", "crawls", "authors", "terms", "posts", "post_authors", "post_terms", "comments", "claims")
"""Those that have rows, each after those that it refers to."""
_ROOT = Path(__file__).parents[1]
_SHORT = {"blog_id", "crawl_id"}
_BARE = """
import sys
from pathlib import Path
from benchmarks.merge import copy
copy(Path(sys.argv[1]), [Path(one) for one in sys.argv[2:]])
"""


@dataclass(frozen=True, slots=True)
class Measured:
    """One process. seconds: of CPU; wall: by the clock; memory: bytes at most."""

    seconds: float
    wall: float
    memory: float


def make_shards(directory: Path, comments: int, shards: int) -> list[Path]:
    """The archives, side by side. Those that are there are taken."""
    template = make(directory / "template", comments // shards, max(comments // shards // 20, 5))
    made = []
    for number in range(shards):
        shard = directory / "shards" / f"blog-{number:04}"
        if not shard.exists():
            _make_shard(template, shard, f"{number:04}")
        made.append(shard)
    return made


def _make_shard(template: Path, shard: Path, prefix: str) -> None:
    """A copy of the template as another blog: the first four characters of every key are its own."""
    unfinished = shard.with_name(f"{shard.name}.part")
    open_archive(unfinished, create=True)
    with closing(sqlite3.connect(unfinished / DATABASE, isolation_level=None)) as db:
        db.execute("PRAGMA synchronous = OFF")
        db.execute("ATTACH ? AS template", (str(template),))
        db.execute("BEGIN")
        triggers = db.execute("SELECT name, sql FROM main.sqlite_master WHERE type = 'trigger'").fetchall()
        for name, _ in triggers:
            db.execute(f"DROP TRIGGER {name}")
        for table in TABLES:
            names = _columns(db, table)
            taken = ", ".join(_changed(table, name, prefix) for name in names)
            db.execute(f"INSERT INTO {table} ({', '.join(names)}) SELECT {taken} FROM template.{table}")
        for index in INDEXES:
            rebuild_index(db, index)
        for _, sql in triggers:
            db.execute(sql)
        db.execute("COMMIT")
        db.execute("DETACH template")
        db.execute("PRAGMA journal_mode = DELETE")
    unfinished.rename(shard)


def _changed(table: str, name: str, prefix: str) -> str:
    if name in _SHORT or (name == "id" and table in {"blogs", "crawls"}) or name == "site_key":
        return f"'{prefix}' || {name}"
    if name == "id" or (name.endswith("_id") and name != "native_id") or name == "subject":
        return f"'{prefix}' || substr({name}, 1, 1) || substr({name}, 6)"  # NULL stays NULL
    return name


def _columns(db: sqlite3.Connection, table: str) -> list[str]:
    return [row[1] for row in db.execute(f"PRAGMA main.table_info({table})")]


def copy(output: Path, shards: Sequence[Path]) -> None:
    """The bare way: every row as it is, but for its number in the search index."""
    open_archive(output, create=True)
    with closing(sqlite3.connect(output / DATABASE, isolation_level=None)) as db:
        db.execute("PRAGMA journal_mode = WAL")
        db.execute("PRAGMA synchronous = NORMAL")
        for shard in shards:
            db.execute("ATTACH ? AS shard", (str(shard / DATABASE),))
            db.execute("BEGIN IMMEDIATE")
            for table in TABLES:
                names = _columns(db, table)
                last = 0
                if "docid" in names:
                    (last,) = db.execute(f"SELECT coalesce(max(docid), 0) FROM main.{table}").fetchone()
                taken = ", ".join(f"docid + {last}" if name == "docid" else name for name in names)
                db.execute(f"INSERT INTO main.{table} ({', '.join(names)}) SELECT {taken} FROM shard.{table}")
            db.execute("COMMIT")
            db.execute("DETACH shard")


def measured(command: Sequence[str]) -> Measured:
    """A process run to its end."""
    began = time.perf_counter()
    with subprocess.Popen(command, cwd=_ROOT) as process:
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{command[1:4]} ended with {process.returncode}")
    return Measured(usage.ru_utime + usage.ru_stime, time.perf_counter() - began, usage.ru_maxrss * 1024)


def counts(archive: Path) -> dict[str, int]:
    """Rows by table, and hits of a word."""
    with closing(sqlite3.connect(archive / DATABASE)) as db:
        found = {table: db.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in TABLES}
        hits = db.execute("SELECT count(*) FROM comments_fts WHERE comments_fts MATCH 'remission'").fetchone()[0]
    return {**found, "hits": hits}


@click.command(help=__doc__)
@click.option("--comments", default=1_000_000, help="Comments of all shards.")
@click.option("--shards", default=200, help="How many shards.")
@click.option("--scratch", type=click.Path(path_type=Path, file_okay=False), help="Keep the shards there.")
@click.option("--json", "json_file", type=click.Path(path_type=Path), help="Write the results there.")
def main(comments: int, shards: int, scratch: Path | None, json_file: Path | None) -> None:
    """The command line; see the module."""
    with tempfile.TemporaryDirectory() as temporary:
        made = make_shards((scratch or Path(temporary)).absolute(), comments, shards)
        size = sum((shard / DATABASE).stat().st_size for shard in made)
        print(f"{comments:,} comments in {shards} shards, {size / 1e6:,.0f} MB")
        python, names = sys.executable, [str(shard) for shard in made]
        bare, merged = Path(temporary) / "bare", Path(temporary) / "merged"
        runs = {"bare": measured([python, "-c", _BARE, str(bare), *names])}
        merge = [python, "-m", "archiver", "merge", "-q", "-o", str(merged), *names]
        runs["merge"] = measured(merge)
        same = counts(bare) == counts(merged)
        (merged / "merged.jsonl").unlink()
        runs["merge again"] = measured(merge)
        same = same and counts(bare) == counts(merged)
    for name, run in runs.items():
        print(f"{name:<12} {run.seconds:7.1f} CPU-s {run.wall:7.1f} s {run.memory / 1e6:6.0f} MB")
    ratio = runs["merge"].seconds / runs["bare"].seconds
    memory = max(runs["merge"].memory, runs["merge again"].memory)
    ok = ratio < MOST_RATIO and memory < MOST_MEMORY and same
    print(f"{'ok' if ok else 'missed'}: {ratio:.2f} times the bare copy (wanted: under {MOST_RATIO:.0f}),", end=" ")
    print(f"{memory / 1e6:.0f} MB at most (under 500), {'the same' if same else 'OTHER'} rows")
    if json_file:
        told = {name: asdict(run) for name, run in runs.items()}
        json_file.write_text(json.dumps({"comments": comments, "shards": shards, "ratio": ratio, **told}, indent=2))
    sys.exit(0 if ok else 1)


if __name__ == "__main__":
    main()
