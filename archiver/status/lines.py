"""The lines in which people are told of a blog and its gaps."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from archiver.crawl.ending import posts_lacking
from archiver.crawl.progress import coverage_line
from archiver.status.blogs import BlogStatus, Run
from archiver.status.gaps import CategoryGap, MonthGap, PostGap
from archiver.terminal import count, duration, field, safe
from db.changes import PastRun


def describe(status: BlogStatus) -> Iterator[str]:
    """The lines that a person reads on one blog."""
    yield safe(f"{status.title} ({status.site_key})" if status.title else status.site_key)
    engine = f"{status.engine or 'not known yet'} {status.engine_version or ''}"
    yield field("engine", engine + (" (best effort: completeness is not promised)" if status.best_effort else ""))
    held = [
        count(status.posts, "post"),
        count(status.pages, "page"),
        count(status.comments, "comment"),
        count(status.pings, "ping"),
    ]
    yield field("holds", ", ".join(held) + (f"; {status.gone:,} of them have vanished there" if status.gone else ""))
    yield field("coverage", coverage_line(status.coverage))
    yield from (field("", line) for line in posts_lacking(status.coverage))
    if status.pending or status.given_up:
        yield field("open", f"{count(status.pending, 'URL')} still to fetch, {status.given_up:,} given up")
    yield field("last run", _run_line(status.last_run))
    limited = f", but {safe(status.limited)}" if status.limited else ""
    yield field("success", _minute(status.last_success) + limited if status.last_success else "none yet")
    due = "not scheduled here" if not status.paused else f"paused; `archiver add {safe(status.url)}` takes it up again"
    yield field("next due", _minute(status.next_due) if status.next_due else due)
    yield from _trend(status.runs)
    if status.failing_since:
        said = f"failing since {_minute(status.failing_since)} ({count(status.failures, 'run')}): {status.last_error}"
        yield field("trouble", said)


def describe_gaps(
    posts: Sequence[PostGap], months: Sequence[MonthGap], categories: Sequence[CategoryGap] = ()
) -> Iterator[str]:
    """The lists of gaps as lines; none where there are no gaps."""
    lacking = [(p.claimed, p.captured, p.missing, p.url + _because(p.reason, p.detail)) for p in posts if p.missing]
    beyond = [(p.claimed, p.captured, p.out_of_reach, p.url + _because(p.reason)) for p in posts if p.out_of_reach]
    periods = [(m.claimed, m.captured, m.missing, m.label + _because(m.reason)) for m in months]
    terms = [(c.claimed, c.captured, c.missing, f"{c.name} ({c.taxonomy})") for c in categories]
    yield from _table("missing", "comments of", lacking)
    yield from _table("lacking", "comments that no crawl can bring, of", beyond)
    yield from _table("missing", "posts of", periods)
    yield from _table("missing", "posts in", terms)


def shortfall(gap: PostGap) -> str:
    """A gap in a line: `13 of 15 comments: URL (page failed: 500 Internal Server Error)`."""
    return f"{gap.captured:,} of {count(gap.claimed, 'comment')}: {gap.url}{_because(gap.reason, gap.detail)}"


def _table(lacking: str, of: str, rows: Sequence[tuple[int, int, int, str]]) -> Iterator[str]:
    if rows:
        yield f"  claimed captured {lacking}  {of}"
    for claimed, captured, number, name in rows:
        yield f"  {claimed:>7,} {captured:>8,} {number:>7,}  {safe(name)}"


def _because(reason: str | None, detail: str | None = None) -> str:
    """A reason in brackets behind what it explains."""
    parts = [part for part in (reason, detail) if part]
    return f" ({': '.join(parts)})" if parts else ""


def _trend(runs: Sequence[PastRun]) -> Iterator[str]:
    """How the latest runs compare; nothing where there is nothing to compare."""
    ended = [run for run in runs if run.requests is not None and run.seconds is not None]
    if len(ended) < 2:
        return
    series = (
        ("new posts", [f"{run.new_posts or 0:,}" for run in ended]),
        ("new comments", [f"{run.new_comments or 0:,}" for run in ended]),
        ("requests", [f"{run.requests:,}" for run in ended]),
        ("time", [duration(run.seconds or 0) for run in ended]),
    )
    for number, (name, figures) in enumerate(series):
        yield field(
            "" if number else "trend", f"{name:<12} {' · '.join(figures)}" + ("" if number else "  (latest first)")
        )


def _minute(stamp: str) -> str:
    return f"{stamp[:16].replace('T', ' ')} UTC"


def _run_line(run: Run | None) -> str:
    if run is None:
        return "none"
    unknown = (
        "how it ended is not on record" if run.command == "extract" else "not ended (it is at work, or was killed)"
    )
    ended = run.outcome or unknown
    return f"{_minute(run.started_at)}, {run.command}: {ended}" + (f": {run.reason}" if run.reason else "")
