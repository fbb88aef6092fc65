"""What updates cost and find: a script of changes to a real WordPress, an update after each, and a table.

\b
    python -m benchmarks.updates                       a blog of 30 ordinary posts, API open, then closed
    python -m benchmarks.updates --posts 200 --big 1500

A row is a change, with what the next update found of it, by which sensors, and in how many requests. What no sensor
can show waits for the revisits: the line "--full" does all of them at once.
Exit code 1 when a new post or comment was not found by the next update.
"""

from __future__ import annotations

import json
import re
import sqlite3
import sys
import tempfile
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table

from benchmarks.crawling import SETTLED, Runner, alone, crawl
from tests.wordpress.testbed import Site, Testbed, start

MIRROR = "SELECT id FROM posts WHERE key = 'blocks'"  # shows the newest comments of the blog in its body
BY = "array( 'comment_author' => 'A reader', 'comment_author_email' => 'reader@example.org', 'comment_approved' => 1 )"
ALWAYS_NEW = ("new post", "comment on the newest post", "comment on the oldest post")


@dataclass(frozen=True, slots=True)
class Change:
    """Something done to the blog. expected: counts that an update has to come to in the end."""

    name: str
    code: str = ""
    options: tuple[str, ...] = ()
    expected: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Row:
    """What an update came to. requests, unchanged: by the server's own log. counts: those of the run, without zeros."""

    change: Change
    exit_code: int
    requests: int
    unchanged: int
    counts: dict[str, int]
    sensors: tuple[str, ...]
    said: str

    @property
    def found(self) -> bool:
        """Whether it found what was changed."""
        return all(self.counts.get(name, 0) >= number for name, number in self.change.expected.items())


def changes(truth: sqlite3.Connection) -> list[Change]:
    """The script. Each change is one that a blog goes through every week."""
    posts = [
        row[0]
        for row in truth.execute(
            "SELECT id FROM posts WHERE key LIKE 'ordinary-%' AND comments_approved BETWEEN 1 AND 12"
            " ORDER BY published_gmt"
        )
    ]
    oldest, newest = posts[0], posts[-1]
    leaf = (
        "SELECT max(id) FROM comments WHERE post_id = ? AND type = 'comment' AND in_thread = 1"
        " AND id NOT IN (SELECT parent_id FROM comments WHERE parent_id IS NOT NULL)"
    )
    (old_leaf,), (new_leaf,) = (truth.execute(leaf, (post,)).fetchone() for post in (oldest, newest))
    insert = f"wp_insert_comment( {BY} + array( 'comment_post_ID' => %d, 'comment_content' => '%s' ) );"
    burst = " ".join(insert % (posts[number % (len(posts) // 2)], f"Burst {number}") for number in range(30))
    publish = (
        "wp_insert_post( array( 'post_title' => 'Fresh', 'post_content' => 'A fresh body.', 'post_status' => 'publish',"
        " 'post_author' => 1 ) );"
    )
    edit = "wp_update_post( array( 'ID' => %d, 'post_content' => 'Reworded %d.' ) );"
    reword = "wp_update_comment( array( 'comment_ID' => %d, 'comment_content' => 'Reworded.' ) );"
    fifth = posts[len(posts) // 2]
    beneath = truth.execute("SELECT count(*) FROM comments WHERE post_id = ? AND in_thread = 1", (fifth,)).fetchone()[0]
    return [
        Change("nothing"),
        Change("nothing again"),
        Change("new post", publish, expected={"new_posts": 1}),
        Change("comment on the newest post", insert % (newest, "On the newest."), expected={"new_comments": 1}),
        Change("comment on the oldest post", insert % (oldest, "On the oldest."), expected={"new_comments": 1}),
        Change("30 comments on old posts", burst, expected={"new_comments": 30}),
        Change("newest post edited", edit % (newest, newest), expected={"changed_posts": 1}),
        Change("oldest post edited", edit % (oldest, oldest), expected={"changed_posts": 1}),
        Change("comment on the newest post edited", reword % new_leaf, expected={"changed_comments": 1}),
        Change("comment on the oldest post edited", reword % old_leaf, expected={"changed_comments": 1}),
        Change("--full", "", ("--full",)),
        Change("comment on the newest post deleted", f"wp_trash_comment( {new_leaf} );", expected={"gone_comments": 1}),
        Change("comment on the oldest post deleted", f"wp_trash_comment( {old_leaf} );", expected={"gone_comments": 1}),
        Change("post deleted", f"wp_trash_post( {fifth} );", expected={"gone_posts": 1, "gone_comments": beneath}),
        Change("--full again", "", ("--full",)),
        Change("nothing at the end"),
    ]


def update(archive: Path, *options: str) -> list[str]:
    """The command line, as cron has it."""
    return [sys.executable, "-m", "archiver", "update", "-a", str(archive), "--delay", "0", *options]


def told(database: Path) -> tuple[dict[str, int], tuple[str, ...]]:
    """What the latest run found, and which sensors had news in it."""
    names = [f"{what}_{of}" for what in ("new", "changed", "gone", "returned") for of in ("posts", "comments")]
    with closing(sqlite3.connect(database)) as db:
        began, counts = db.execute("SELECT started_at, counts FROM crawls ORDER BY started_at DESC LIMIT 1").fetchone()
        rows = db.execute("SELECT name FROM sensors WHERE news_at >= ? ORDER BY name", (began[:19],)).fetchall()
    return {name: number for name in names if (number := json.loads(counts)[name])}, tuple(row[0] for row in rows)


def play(bed: Testbed, site: Site, archive: Path, script: list[Change], *, run: Runner = alone) -> list[Row]:
    """Crawl the site, then change it step by step with an update after each."""
    begun = crawl(archive, site.url, run=run)
    assert begun.exit_code in SETTLED, begun.output
    rows = []
    for change in script:
        if change.code:
            bed.php(change.code, site.spec.database)
        since = len(bed.requests(site))
        done = run(update(archive, *change.options))
        asked = bed.requests(site, since)
        counts, sensors = told(begun.database)
        unchanged = sum(one.status == 304 for one in asked)
        said = done.stdout + done.stderr
        rows.append(Row(change, done.returncode, len(asked), unchanged, counts, sensors, said))
    return rows


def table(rows: list[Row], title: str) -> Table:
    """The rows for people."""
    shown = Table(title=title)
    for heading in ("change", "found by the next update", "sensors with news", "requests", "304", "exit"):
        shown.add_column(heading, justify="right" if heading in {"requests", "304", "exit"} else "left")
    for row in rows:
        found = ", ".join(f"{number} {name.replace('_', ' ')}" for name, number in row.counts.items()) or "-"
        late = "" if row.found else " (not yet)"
        sensors = ", ".join(row.sensors) or "-"
        figures = (str(row.requests), str(row.unchanged), str(row.exit_code))
        shown.add_row(row.change.name, found + late, sensors, *figures)
    return shown


def site_of(bed: Testbed, name: str, rest: int | None) -> Site:
    """A site with a database of its own, that may be changed."""
    (mirror,) = bed.truth().execute(MIRROR).fetchone()
    database = bed.clone(name)
    bed.php(f"wp_delete_post( {mirror}, true );", database)
    return bed.site(database=database, rest=rest)


@click.command(help=re.sub(r"\n(?=\S)", " ", __doc__ or ""))
@click.option("--posts", default=30, show_default=True)
@click.option("--big", default=120, show_default=True, help="Comments on the biggest thread.")
def main(posts: int, big: int) -> None:
    """See the module."""
    console, missed = Console(width=170), False
    with start(posts=posts, seed=1, big=big) as bed, tempfile.TemporaryDirectory() as directory:
        for name, rest in (("open", None), ("closed", 401)):
            site = site_of(bed, f"updates{name}", rest)
            rows = play(bed, site, Path(directory) / name, changes(bed.truth(site)))
            console.print(table(rows, f"API {name}"))
            missed |= any(not row.found for row in rows if row.change.name in ALWAYS_NEW)
    sys.exit(missed)


if __name__ == "__main__":
    main()
