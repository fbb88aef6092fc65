"""A week of hourly updates, with the clock handed in: what they find, what they cost, what the archive is in the end.

\b
    python -m benchmarks.week                     168 hours, API open, then closed
    python -m benchmarks.week --hours 24 --seed 7

The sample blog gets new posts and comments, edits, deletions and restorations at random, the same for the same seed.
After each hour it is updated. In the end everything is looked at again, and the tables are held against those of a
fresh crawl. Exit code 1 when they differ, or when a new post or comment was not found by the next run.
"""

from __future__ import annotations

import multiprocessing
import re
import sqlite3
import sys
import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table

from archiver.config import BlogConfig
from archiver.demo import DemoBlog
from archiver.demo.server import serve
from benchmarks.living import NEW, Change, Life

POSTS = 60
HANDFUL = 8  # requests that an hour without news may cost
LOADED = ("archiver.commands.update", "archiver.crawl.run", "archiver.crawl.update", "spiders.update", "db")
OF_POSTS = "JOIN posts p ON p.id = t.post_id WHERE p.gone_at IS NULL"
SAME = (
    "SELECT id, url, title, text, published_at, modified_at, protected, parts FROM posts WHERE gone_at IS NULL",
    (
        "SELECT id, post_id, parent_id, kind, text, depth, author_id, row_number() OVER thread FROM comments"
        # What has gone keeps its place in a thread.
        " WHERE gone_at IS NULL WINDOW thread AS (PARTITION BY post_id ORDER BY position)"
    ),
    f"SELECT t.post_id, t.author_id, t.position FROM post_authors t {OF_POSTS}",
    f"SELECT t.post_id, t.term_id FROM post_terms t {OF_POSTS}",
    f"SELECT t.post_id, t.page, t.pages, t.shown, t.claimed FROM thread_pages t {OF_POSTS}",
)


class Clock:
    """The time of day, moved on by whoever holds it; within an hour it goes on as it does. Can be sent to a process."""

    def __init__(self, now: datetime) -> None:
        self._ahead = now - datetime.now(UTC)

    def __call__(self) -> datetime:
        """What time it is there."""
        return datetime.now(UTC) + self._ahead


@dataclass(frozen=True, slots=True)
class Hour:
    """One update. requests, unchanged: by its own count, held against the server's. changed: things done before."""

    number: int
    changed: int
    requests: int
    unchanged: int
    exit_code: int
    counts: dict[str, int]


@dataclass(slots=True)
class Week:
    """What came of it. crawl: requests of a crawl of the same blog. differing: rows, before and after --full."""

    api: bool
    hours: list[Hour] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    crawl: int = 0
    full: int = 0
    before_full: int = 0
    differing: dict[str, list[tuple[object, ...]]] = field(default_factory=dict)

    @property
    def requests(self) -> int:
        """Of all updates of the week."""
        return sum(hour.requests for hour in self.hours)

    @property
    def missed(self) -> list[Change]:
        """New posts and comments that the next run did not find."""
        return [change for change in self.changes if change.kind in NEW and change.found_after != 1]


def one_run(archive: Path, home: str, command: str, clock: Clock, full: bool) -> tuple[int, int, int, dict[str, int]]:
    """A crawl or an update, in a process of its own. Returns exit code, requests, those answered 304, and counts."""
    import archiver.settings
    from archiver.crawl.progress import Progress
    from archiver.crawl.revisits import Scope
    from archiver.crawl.run import run

    archiver.settings.ARCHIVER_READER_PROCESS = False
    more = {"scope": Scope(full=full)} if command == "update" else {}
    blog = BlogConfig(url=f"{home}/", delay=0.0, warc=False)
    (outcome,) = run(archive, [blog], progress=Progress(), command=command, clock=clock, **more)
    stats = outcome.stats
    names = [f"{what}_{of}" for what in ("new", "changed", "gone", "returned") for of in ("posts", "comments")]
    counts = {name: number for name in names if (number := getattr(stats, name))}
    return outcome.exit_code, stats.requests, stats.unchanged, counts


@contextmanager
def runner() -> Iterator[Callable[..., tuple[int, int, int, dict[str, int]]]]:
    """Runs in processes that are forked from one that has everything imported: a reactor runs but once."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([*LOADED])
    with ProcessPoolExecutor(1, mp_context=context, max_tasks_per_child=1) as pool:
        yield lambda *arguments: pool.submit(one_run, *arguments).result()


def simulate(directory: Path, *, hours: int, seed: int, api: bool, posts: int = POSTS) -> Week:
    """Let a blog live for so many hours, with an update after each."""
    blog, week, archive = DemoBlog(seed=seed, posts=posts, api=api), Week(api), directory / "kept"
    life = Life(blog, seed)
    with serve(blog) as home, runner() as run:
        run(archive, home, "crawl", Clock(life.at(0) - timedelta(minutes=55)), False)
        for number in range(hours):
            changed = life.pass_hour(number)
            blog.requests.clear()
            code, requests, unchanged, counts = run(archive, home, "update", Clock(life.at(number)), False)
            assert requests == len(blog.requests), "the archive's count is that of the server"
            week.hours.append(Hour(number, len(changed), requests, unchanged, code, counts))
            note_found(archive, life.changes, number)
        week.changes = life.changes
        _, week.crawl, _, _ = run(directory / "before", home, "crawl", Clock(life.at(hours)), False)
        week.before_full = sum(map(len, differing(archive, directory / "before").values()))
        _, week.full, _, _ = run(archive, home, "update", Clock(life.at(hours)), True)
        week.differing = differing(archive, directory / "before")
    return week


def note_found(archive: Path, changes: list[Change], hour: int) -> None:
    """Take note of the changes that an archive shows by now."""
    with closing(sqlite3.connect(archive / "archive.db")) as db:
        for change in changes:
            if change.found_after is None and db.execute(change.query, change.values).fetchone():
                change.found_after = hour - change.hour + 1


def differing(archive: Path, fresh: Path) -> dict[str, list[tuple[object, ...]]]:
    """Rows that only one of two archives has, by query, what has vanished left out."""
    found = {}
    with closing(sqlite3.connect(archive / "archive.db")) as one, closing(sqlite3.connect(fresh / "archive.db")) as two:
        for query in SAME:
            rows = set(one.execute(query)) ^ set(two.execute(query))
            if rows:
                found[query] = sorted(rows, key=repr)
    return found


def tables(week: Week) -> list[Table]:
    """What people read of it."""
    state = "API open" if week.api else "API closed"
    found = Table(title=f"{len(week.hours)} hours, {state}: what was found")
    for heading in ("change", "number", "by the next run", "later", "latest, in runs", "by --full only"):
        found.add_column(heading, justify="left" if heading == "change" else "right")
    kinds: defaultdict[str, list[Change]] = defaultdict(list)
    for change in week.changes:
        kinds[change.kind].append(change)
    for kind, changes in sorted(kinds.items()):
        runs = [change.found_after for change in changes if change.found_after is not None]
        figures = (
            len(changes),
            runs.count(1),
            len(runs) - runs.count(1),
            max(runs, default=0),
            len(changes) - len(runs),
        )
        found.add_row(kind, *(f"{figure:,}" for figure in figures))
    quiet = [hour.requests for hour in week.hours if not hour.changed]
    cost = Table(title=f"{len(week.hours)} hours, {state}: what it took")
    cost.add_column("")
    cost.add_column("requests", justify="right")
    for name, number in (
        ("all updates", week.requests),
        ("an hour with changes, at most", max((hour.requests for hour in week.hours if hour.changed), default=0)),
        ("an hour without, revisits included, at most", max(quiet, default=0)),
        ("a crawl", week.crawl),
        (f"{len(week.hours)} crawls", week.crawl * len(week.hours)),
        ("--full at the end", week.full),
        ("rows that differ from a fresh crawl before that", week.before_full),
        ("rows that differ after it", sum(map(len, week.differing.values()))),
    ):
        cost.add_row(name, f"{number:,}")
    return [found, cost]


@click.command(help=re.sub(r"\n(?=\S)", " ", __doc__ or ""))
@click.option("--hours", default=168, show_default=True)
@click.option("--posts", default=POSTS, show_default=True)
@click.option("--seed", default=1, show_default=True)
@click.option("--api", "ways", type=click.Choice(["open", "closed", "both"]), default="both", show_default=True)
def main(hours: int, posts: int, seed: int, ways: str) -> None:
    """See the module."""
    console, wrong = Console(width=130), False
    for api in {"open": [True], "closed": [False]}.get(ways, [True, False]):
        with tempfile.TemporaryDirectory() as directory:
            week = simulate(Path(directory), hours=hours, seed=seed, api=api, posts=posts)
        for table in tables(week):
            console.print(table)
        for query, rows in week.differing.items():
            console.print(query, *rows[:10], sep="\n  ")
        for change in week.missed:
            console.print(f"not found by the next run: {change}")
        wrong |= bool(week.differing or (api and week.missed))
    sys.exit(wrong)


if __name__ == "__main__":
    main()
