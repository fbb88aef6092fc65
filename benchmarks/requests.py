"""Counts the requests of a crawl, by the archive and by the server's own log, against the least possible.

\b
    python -m benchmarks.requests                       the four sites, 200 posts, 3,000 comments on one of them
    python -m benchmarks.requests --posts 676 --big 1500 --sites closed

\b
Wanted:
- API open, pages not captured: at most ceil(posts / 100) + ceil(comments / 100) + 20.
- API closed: at most 3 % over posts + pages + parts + comment pages + list pages, where
    parts          further pages of multi-page posts
    comment pages  those beyond the one that the post's own URL shows
    list pages     pages of the main list of posts, or of its feed if that has more
- Always: no URL asked for twice (but again after 429 or a server's error).
With the API open and pages captured, the requests for data come on top; that run is told, not judged.
Exit code 1 when something is missed.
"""

from __future__ import annotations

import json
import sqlite3
import sys
import tempfile
from collections import Counter
from dataclasses import asdict, dataclass, field
from math import ceil
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table

from benchmarks.crawling import SETTLED, crawl, sites_of
from benchmarks.truth import Truth
from tests.wordpress.testbed import FOUR, Site, Testbed, start

POSTS_PER_FEED = 10  # what populate.php sets


@dataclass(frozen=True, slots=True)
class Least:
    """What a blog takes at least when it is read page by page."""

    posts: int
    pages: int
    parts: int
    comment_pages: int
    list_pages: int

    @property
    def total(self) -> int:
        """All of them."""
        return self.posts + self.pages + self.parts + self.comment_pages + self.list_pages


@dataclass(slots=True)
class Measured:
    """One crawl: requests that the server saw, fetches that the archive tells, and what was allowed."""

    site: str
    mode: str
    exit_code: int
    seen: int
    recorded: int
    allowed: float | None
    formula: str
    kinds: dict[str, int] = field(default_factory=dict)
    twice: list[str] = field(default_factory=list)
    unrecorded: list[str] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        """Whether the run ended well, with no more requests than allowed and none of them twice."""
        few = self.allowed is None or self.seen <= self.allowed
        return self.exit_code in SETTLED and few and not self.twice


def least(truth: Truth) -> Least:
    """The least for this truth."""
    rows = list(truth.posts.values())
    posts = sum(row["type"] == "post" for row in rows)
    return Least(
        posts=posts,
        pages=len(rows) - posts,
        parts=sum(row["pages"] - 1 for row in rows if not row["protected"]),
        comment_pages=sum(max(0, row["comment_pages"] - 1) for row in rows),
        list_pages=ceil(posts / min(int(truth.site["posts_per_page"]), POSTS_PER_FEED)),
    )


def allowance(truth: Truth, *, api_open: bool, pages: bool) -> tuple[float | None, str]:
    """Most requests that are wanted, and how that number comes about."""
    if api_open and pages:
        return None, f"data + {least(truth).total} pages"
    if api_open:
        posts = sum(row["type"] == "post" for row in truth.posts.values())
        public = {key for key, row in truth.posts.items() if not row["protected"]}
        comments = sum(row["type"] == "comment" and row["post_id"] in public for row in truth.comments.values())
        return ceil(posts / 100) + ceil(comments / 100) + 20, f"⌈{posts}/100⌉ + ⌈{comments}/100⌉ + 20"
    few = least(truth)
    formula = (
        f"({few.posts} posts + {few.pages} pages + {few.parts} parts + {few.comment_pages} comment pages"
        f" + {few.list_pages} list pages) + 3 %"
    )
    return few.total * 1.03, formula


def measure(bed: Testbed, site: Site, truth: Truth, directory: Path, *, pages: bool) -> Measured:
    """Crawl a site and count."""
    before = len(bed.requests(site))
    done = crawl(directory, site.url, *([] if pages else ["--no-pages"]))
    answered = bed.requests(site, before)
    allowed, formula = allowance(truth, api_open=site.spec.api_open, pages=pages)
    mode = ("API open" if site.spec.api_open else "API closed") + ("" if pages else ", no pages")
    result = Measured(site.name, mode, done.exit_code, len(answered), 0, allowed, formula)
    settled = Counter(request.uri for request in answered if request.status < 500 and request.status != 429)
    result.twice = [uri for uri, times in settled.items() if times > 1]
    if done.database.exists():
        with sqlite3.connect(f"file:{done.database}?mode=ro", uri=True) as db:
            fetched = db.execute("SELECT url, kind FROM fetches").fetchall()
        db.close()
        result.recorded = len(fetched)
        result.kinds = dict(Counter(kind for _, kind in fetched).most_common())
        told = {url.removeprefix(site.url.rstrip("/")) for url, _ in fetched}
        result.unrecorded = sorted({request.uri for request in answered} - told)
    return result


def _tell(console: Console, results: list[Measured]) -> None:
    shown = Table(title="Requests")
    for column in ("site", "mode", "seen by the server", "in the archive", "allowed", "by kind"):
        shown.add_column(column)
    for row in results:
        seen = str(row.seen) if row.ok else f"[bold red]{row.seen}[/]"
        allowed = "-" if row.allowed is None else f"{row.allowed:.1f}"
        kinds = ", ".join(f"{kind} {number}" for kind, number in row.kinds.items())
        shown.add_row(row.site, row.mode, seen, str(row.recorded), f"{allowed} = {row.formula}", kinds)
    console.print(shown)
    for row in results:
        if row.exit_code not in SETTLED:
            console.print(f"[bold red]{row.site}, {row.mode}: the crawl ended with exit code {row.exit_code}[/]")
        for uri in row.twice:
            console.print(f"[bold red]{row.site}, {row.mode}: asked for twice:[/] {uri}", highlight=False)
        if row.unrecorded:
            some = ", ".join(row.unrecorded[:5])
            console.print(f"{row.site}, {row.mode}: not in the archive's fetches: {some}", highlight=False)


@click.command(help=__doc__)
@click.option("--posts", default=200, help="Ordinary posts, beside some 76 odd ones.")
@click.option("--big", default=3000, help="Comments on the biggest thread.")
@click.option("--sites", default=",".join(FOUR), help="Which of the sites.")
@click.option("--json", "json_file", type=click.Path(path_type=Path), help="Write the results there.")
def main(posts: int, big: int, sites: str, json_file: Path | None) -> None:
    """The command line; see the module."""
    results: list[Measured] = []
    with start(posts=posts, big=big) as bed, tempfile.TemporaryDirectory() as scratch:
        for site in sites_of(bed, None, sites):
            path = Path(scratch) / f"truth-{site.name}.db"
            bed.truth(site, path).close()
            truth = Truth(path)
            for pages in [False, True] if site.spec.api_open else [True]:
                directory = Path(scratch) / f"{site.name}-{pages}"
                results += [measure(bed, site, truth, directory, pages=pages)]
    _tell(Console(width=None if sys.stdout.isatty() else 160), results)
    if json_file:
        rows = [asdict(row) | {"ok": row.ok} for row in results]
        json_file.write_text(json.dumps(rows, indent=2, ensure_ascii=False), "utf-8")
    sys.exit(0 if all(row.ok for row in results) else 1)


if __name__ == "__main__":
    main()
