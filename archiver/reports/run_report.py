"""The report of a run as plain data, ready for JSON: what it was, what it brought, what it cost, how it ended.

Lists are cut at `MOST` entries; beside each stands how many there are. No names of people are in it: it is kept,
and may be sent about, while the archive alone knows how to forget somebody.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

from archiver import __version__
from archiver.crawl.outcome import Outcome, worst_exit_code
from archiver.errors import ArchiverError
from archiver.terminal import count, duration, safe
from db import Archive
from db.changes import Change, failures, past_runs, requests, touched

MOST = 200
RUNS = 10  # earlier ones, told for comparison
SLICES = 48  # of the timeline
MEANINGS = {
    0: "done and complete",
    1: "an error",
    2: "wrong usage",
    3: "disk or database",
    4: "done with gaps",
    5: "stopped by a limit",
    6: "another run is at work",
    7: "the site cannot be read",
    130: "interrupted",
    143: "terminated",
}
_CHANGES: tuple[Change, ...] = ("new", "changed", "gone")
_COSTS = ("requests", "bytes", "posts", "comments", "pages", "errors", "given_up", "pending")

Report = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """A run that has ended. failure: what ended all of it, such as a full disk."""

    command: str
    began: datetime
    ended: datetime
    outcomes: Sequence[Outcome]
    failure: Exception | None = None

    @property
    def exit_code(self) -> int:
        """The code that the command ends with."""
        if self.failure:
            return self.failure.exit_code if isinstance(self.failure, ArchiverError) else 1
        return worst_exit_code(outcome.exit_code for outcome in self.outcomes)


def report_of(run: Run, archive: Archive) -> Report:
    """The report. What the archive cannot tell, since it is damaged or the disk full, is left out and said to be."""
    blogs = [_blog(outcome) for outcome in run.outcomes]
    timeline, trouble = None, None
    try:
        with closing(archive.connect()) as connection:
            for blog in blogs:
                _look_up(connection, blog)
            timeline = _timeline(connection, [blog["crawl_id"] for blog in blogs if blog["crawl_id"]])
    except (ArchiverError, sqlite3.Error) as error:
        trouble = str(error)
    report = {
        "report": "blog-archiver run",
        "version": __version__,
        "archive": archive.directory.absolute().name,
        "command": run.command,
        "began_at": _stamp(run.began),
        "ended_at": _stamp(run.ended),
        "seconds": round((run.ended - run.began).total_seconds(), 1),
        "exit_code": run.exit_code,
        "meaning": MEANINGS.get(run.exit_code, ""),
        "error": safe(str(run.failure)) if run.failure else None,
        "not_told": trouble,
        "totals": _totals(blogs),
        "blogs": blogs,
        "timeline": timeline,
    }
    return {"text": headline(report), **report}


def headline(report: Report) -> str:
    """The report in a line: `update of blog.example.org: done with gaps: 2 new posts, 14 new comments in 35 s`."""
    blogs, totals = report["blogs"], report["totals"]
    named = blogs[0]["site_key"] if len(blogs) == 1 else count(len(blogs), "blog")
    parts = [f"{count(totals['new_posts'], 'new post')}, {count(totals['new_comments'], 'new comment')}"]
    for change in ("changed", "gone"):
        number = totals[f"{change}_posts"] + totals[f"{change}_comments"]
        parts += [f"{number:,} {change}"] if number else []
    said = report["error"] or "; ".join(f"{b['site_key']}: {b['reason']}" for b in blogs if b["outcome"] == "failed")
    line = f"{report['command']} of {named}: {report['meaning']}: {', '.join(parts)} in {duration(report['seconds'])}"
    return safe(f"{line}. {said}" if said else line)


def has_changes(report: Report) -> bool:
    """Whether anything of the blogs was found new, changed, gone or back."""
    kinds = (*_CHANGES, "returned")
    return any(report["totals"][f"{kind}_{what}"] for kind in kinds for what in ("posts", "comments"))


def _blog(outcome: Outcome) -> Report:
    stats = outcome.stats
    blog: Report = {
        "site_key": outcome.site_key,
        "url": outcome.url,
        "crawl_id": outcome.crawl_id,
        "engine": outcome.engine,
        "best_effort": outcome.best_effort,
        "outcome": outcome.outcome,
        "reason": outcome.reason,
        "exit_code": outcome.exit_code,
        "meaning": MEANINGS.get(outcome.exit_code, ""),
        "seconds": round(stats.elapsed(), 1),
        "counts": {name: getattr(stats, name) for name in _COSTS},
        "oddities": dict(sorted(stats.oddities.items())),
        "left_alone": dict(sorted(stats.left_alone.items())),
        "coverage": asdict(outcome.coverage) if outcome.coverage else None,
        "shortfalls": list(outcome.shortfalls),
        "failures": {"number": stats.given_up, "listed": [], "said": list(outcome.errors)},
        "runs": [],
    }
    for change in (*_CHANGES, "returned"):
        posts, comments = getattr(stats, f"{change}_posts"), getattr(stats, f"{change}_comments")
        blog[change] = {"posts": posts, "comments": comments, "listed": []}
    return blog


def _look_up(connection: sqlite3.Connection, blog: Report) -> None:
    """Add what the archive knows of a blog's run."""
    crawl_id = blog["crawl_id"]
    row = connection.execute("SELECT blog_id FROM crawls WHERE id = ?", (crawl_id,)).fetchone()
    if row is None:
        return
    for change in _CHANGES:
        if blog[change]["posts"] or blog[change]["comments"]:
            blog[change]["listed"] = [asdict(found) for found in touched(connection, crawl_id, change, MOST)]
    blog["failures"]["listed"] = [asdict(failed) for failed in failures(connection, crawl_id, MOST)]
    blog["runs"] = [asdict(past) for past in past_runs(connection, row["blog_id"], RUNS)]


def _timeline(connection: sqlite3.Connection, crawl_ids: Sequence[str]) -> Report | None:
    """Requests by slices of the run, answered and failed ones."""
    made = requests(connection, crawl_ids)
    if not made:
        return None
    width = max(made[-1].seconds / SLICES, 1.0)
    number = min(int(made[-1].seconds / width), SLICES - 1) + 1
    counted: dict[bool, list[int]] = {False: [0] * number, True: [0] * number}
    for request in made:
        counted[request.failed][min(int(request.seconds / width), number - 1)] += 1
    return {"slice_seconds": round(width, 3), "answered": counted[False], "failed": counted[True]}


def _totals(blogs: Sequence[Report]) -> dict[str, int]:
    totals = {name: sum(blog["counts"][name] for blog in blogs) for name in _COSTS}
    for change in (*_CHANGES, "returned"):
        for what in ("posts", "comments"):
            totals[f"{change}_{what}"] = sum(blog[change][what] for blog in blogs)
    return totals


def _stamp(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
