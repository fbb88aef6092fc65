"""How true the floor reads strangers' pages, against trafilatura: a set of pages whose texts people have written down.

\b
    git clone …/article-extraction-benchmark /tmp/set
    python -m benchmarks.gold /tmp/set
    python -m benchmarks.gold /tmp/set --every 10 --worst 20

No such set is part of this repository. The folder of one is given, and its layout is told by what is in it
(`benchmarks/gold_sets.py`). Each page is read by the engine `generic`, which is told nothing of the platform and learns
nothing from a feed, and by trafilatura with its defaults, one after the other.

\b
- body      sets of whole texts: the mean over all pages of F1 by words. Sets of passages: F1 over those that must be in
            the body and those that must not.
- comments  sets that give passages of comments: how many are in the comments that were read, and how many passages of
            the body, and of what is neither, wrongly are.
Exit code 1 when the body is worse than trafilatura's by more than a thousandth, or the comments are.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

import click
import trafilatura
from rich.console import Console

from archiver.engines.generic import GenericEngine
from archiver.errors import ArchiverError
from archiver.model import Site, Target, TargetKind
from archiver.page import Page
from archiver.urls import host_key
from benchmarks.gold_sets import Sheet, sheets
from benchmarks.measures import plain, token_f1

LEAST = -0.001
"""How much worse than trafilatura may be called no worse."""
TOOLS = ("ours", "trafilatura")


@dataclass(frozen=True)
class Reading:
    """What a tool takes for the body, and for comments."""

    body: str
    comments: str


@dataclass
class Score:
    """likeness: F1 of each body by name, whole or by passages; counts: passages, by what they are and where they were
    found; records: comments and how many have what.
    """

    likeness: dict[str, float] = field(default_factory=dict)
    counts: Counter[str] = field(default_factory=Counter)
    records: Counter[str] = field(default_factory=Counter)

    def add(self, sheet: Sheet, found: Reading) -> None:
        """Count a page."""
        body, comments = plain(found.body), plain(found.comments)
        for kind, passages in (("within", sheet.within), ("outside", sheet.outside), ("comments", sheet.comments)):
            for passage in passages:
                self.counts[f"{kind} of"] += 1
                self.counts[f"{kind} in body"] += plain(passage) in body
                self.counts[f"{kind} in comments"] += plain(passage) in comments
        if sheet.body is not None:
            self.likeness[sheet.name] = token_f1(found.body, sheet.body)
        else:
            wrong = sum(plain(passage) in body for passage in (*sheet.outside, *sheet.comments))
            self.likeness[sheet.name] = _f1(sum(plain(p) in body for p in sheet.within), wrong, len(sheet.within))

    @property
    def body(self) -> float:
        """0 to 1: the mean of F1 of whole bodies, else F1 of passages."""
        if not self.counts["within of"]:
            return sum(self.likeness.values()) / len(self.likeness)
        wrong = self.counts["outside in body"] + self.counts["comments in body"]
        return _f1(self.counts["within in body"], wrong, self.counts["within of"])

    @property
    def comments(self) -> float:
        """F1 of passages of comments, 0 to 1."""
        return _f1(self.counts["comments in comments"], self.false, self.counts["comments of"])

    @property
    def false(self) -> int:
        """Passages that are no comment's, found in comments."""
        return self.counts["within in comments"] + self.counts["outside in comments"]


def _f1(right: int, wrong: int, wanted: int) -> float:
    return 2 * right / (right + wrong + wanted) if right + wrong + wanted else 1.0


def ours(sheet: Sheet) -> tuple[Reading, Counter[str]]:
    """By the floor; and of how many comments it has a text, an author, a date and a parent."""
    home = f"http://{host_key(sheet.url)}/"
    page = Page(sheet.url, sheet.html, headers={"content-type": "text/html"})
    asked = Target(url=sheet.url, kind=TargetKind.POST)
    try:
        found = GenericEngine().extract(page, asked, Site(key=host_key(home), home=home))
    except ArchiverError:
        return Reading("", ""), Counter()
    body = next((post.content.text for post in found.posts if post.content), "")
    told = [c for c in found.comments if c.content]
    have = Counter(comments=len(told), author=sum(c.author is not None for c in told))
    have += Counter(date=sum(c.published is not None for c in told), parent=sum(c.parent is not None for c in told))
    return Reading(body, "\n".join(c.content.text for c in told if c.content)), have


def theirs(sheet: Sheet) -> Reading:
    """By trafilatura: the body asked for as its own evaluation does it, and the comments."""
    body = trafilatura.extract(sheet.html, include_comments=False) or ""
    whole = trafilatura.bare_extraction(sheet.html, include_comments=True)
    comments = (whole.comments if whole is not None and not isinstance(whole, dict) else None) or ""
    return Reading(body, comments)


def compare(pages: list[Sheet]) -> dict[str, Score]:
    """The scores of both."""
    scores = {tool: Score() for tool in TOOLS}
    for sheet in pages:
        found, have = ours(sheet)
        scores["ours"].add(sheet, found)
        scores["ours"].records += have
        scores["trafilatura"].add(sheet, theirs(sheet))
    return scores


def show(console: Console, scores: dict[str, Score], pages: list[Sheet], worst: int) -> None:
    """Print the figures of both, and the pages where ours is behind by most."""
    console.print(f"{len(pages)} pages, trafilatura {trafilatura.__version__}", highlight=False)
    for tool, score in scores.items():
        line = f"{tool:<12} body {score.body:.4f}"
        if score.counts["comments of"]:
            found, wanted = score.counts["comments in comments"], score.counts["comments of"]
            line += f", comments {score.comments:.4f} ({found} of {wanted}, {score.false} false)"
        console.print(line, highlight=False)
    have = scores["ours"].records
    console.print(
        f"records: {have['comments']} comments, {have['author']} with author, {have['date']} with date,"
        f" {have['parent']} with parent",
        highlight=False,
    )
    one, other = scores["ours"].likeness, scores["trafilatura"].likeness
    for name in sorted(one, key=lambda name: one[name] - other[name])[:worst]:
        console.print(f"  {name:<20.60} {one[name]:.3f} {other[name]:.3f}", highlight=False)


@click.command(help=__doc__)
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--every", default=1, help="Take each Nth page only.")
@click.option("--worst", default=0, help="Name so many pages where ours is behind by most.")
@click.option("--json", "json_file", type=click.Path(path_type=Path), help="Write the results there.")
def main(folder: Path, every: int, worst: int, json_file: Path | None) -> None:
    """The command line; see the module."""
    console = Console(width=None if sys.stdout.isatty() else 200)
    try:
        pages = list(islice(sheets(folder), 0, None, every))
    except ArchiverError as error:
        raise click.UsageError(str(error)) from error
    scores = compare(pages)
    show(console, scores, pages, worst)
    if json_file:
        told = {
            tool: {"body": score.body, "comments": score.comments, **score.counts} for tool, score in scores.items()
        }
        json_file.write_text(json.dumps(told | {"pages": len(pages)}, indent=2), "utf-8")
    mine, other = scores["ours"], scores["trafilatura"]
    behind = mine.body - other.body < LEAST or (bool(other.counts["comments of"]) and mine.comments < other.comments)
    console.print("[bold red]missed[/]" if behind else "[green]ok[/]")
    sys.exit(1 if behind else 0)


if __name__ == "__main__":
    main()
