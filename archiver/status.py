"""What an archive holds of each blog, what the blog claims to have, and where the gaps are."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from archiver.crawl.ending import posts_lacking
from archiver.crawl.outcome import Coverage
from archiver.crawl.progress import coverage_line
from archiver.errors import UsageError
from archiver.terminal import count, duration, field, safe
from archiver.urls import site_key
from db.changes import PastRun, failing, last_success, past_runs

TREND = 5  # runs


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """The latest run over a blog. finished_at is None while it goes on, and after it was killed."""

    command: str
    started_at: str
    finished_at: str | None
    outcome: str | None
    reason: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class BlogStatus:
    """One blog. pending, given_up: URLs of the latest pass over it.

    last_success: when the latest run began that came to its end, with gaps or without. failures: runs since then
    that failed or were killed; failing_since: when the first of them began; last_error: what the latest of them
    said. runs: the latest, newest first. next_due: when the next is scheduled, where that is known.
    paused: updates leave it alone.
    """

    id: str
    site_key: str
    url: str
    title: str | None
    engine: str | None
    engine_version: str | None
    best_effort: bool
    posts: int
    pages: int
    comments: int
    pings: int
    gone: int
    coverage: Coverage
    pending: int
    given_up: int
    last_run: Run | None
    last_success: str | None
    failing_since: str | None
    failures: int
    last_error: str | None
    runs: tuple[PastRun, ...]
    next_due: str | None = None
    paused: bool = False

    @property
    def has_gaps(self) -> bool:
        """Whether something is known to be missing."""
        said = self.coverage
        known = (said.posts_with_gaps, said.missing_posts, said.months_with_gaps, said.categories_with_gaps)
        return bool(any(known) or self.pending or self.given_up)


@dataclass(frozen=True, slots=True, kw_only=True)
class PostGap:
    """A post that claims more comments than were captured.

    missing: those that a crawl might bring. out_of_reach: those that none can bring, for the reason given.
    reason: why, where the archive can tell. detail: more on that, such as the error of a page.
    """

    url: str
    title: str | None
    claimed: int
    captured: int
    missing: int
    out_of_reach: int = 0
    reason: str | None = None
    detail: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthGap:
    """A period of the sidebar's Archives that claims more posts than were captured.

    reason: why, where the archive can tell.
    """

    label: str
    claimed: int
    captured: int
    missing: int
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CategoryGap:
    """A category or tag that claims more posts than were captured in it."""

    taxonomy: str
    name: str
    claimed: int
    captured: int
    missing: int


def find_blogs(connection: sqlite3.Connection, names: Sequence[str]) -> list[str]:
    """The ids of the blogs meant by URL, host or site key; of all blogs when none is named. Raises UsageError."""
    known = {
        row["site_key"]: row["id"] for row in connection.execute("SELECT site_key, id FROM blogs ORDER BY site_key")
    }
    if not names:
        return list(known.values())
    found = []
    for name in names:
        key = site_key(name)
        if key not in known:
            todo = f"It has {', '.join(known)}" if known else "It is still empty"
            raise UsageError(safe(name), "there is no such blog in the archive", todo)
        found.append(known[key])
    return list(dict.fromkeys(found))


def blog_status(
    connection: sqlite3.Connection,
    blog_id: str,
    *,
    at_work: bool = False,
    next_due: str | None = None,
    paused: Collection[str] = (),
) -> BlogStatus:
    """Everything that `archiver status` tells of one blog. Raises LookupError for an unknown id.

    at_work: a run is going on; otherwise one without an end was killed. next_due: of the archive.
    paused: keys of the sites that updates leave alone.
    """
    row = connection.execute("SELECT * FROM blogs WHERE id = ?", (blog_id,)).fetchone()
    if row is None:
        raise LookupError(blog_id)
    run = connection.execute(
        "SELECT command, started_at, finished_at, outcome, reason FROM crawls WHERE blog_id = ?"
        " ORDER BY started_at DESC LIMIT 1",
        (blog_id,),
    ).fetchone()
    waiting = dict(
        connection.execute(
            "SELECT state, count(*) FROM frontier WHERE blog_id = ?1"
            " AND round = (SELECT max(round) FROM frontier WHERE blog_id = ?1) GROUP BY state",
            (blog_id,),
        ).fetchall()
    )
    runs = past_runs(connection, blog_id, TREND)
    failed = [one for one in failing(connection, blog_id) if one.finished_at or not (at_work and one == runs[0])]
    return BlogStatus(
        id=blog_id,
        site_key=row["site_key"],
        url=row["url"],
        title=row["title"],
        engine=row["engine"],
        engine_version=row["engine_version"],
        best_effort=bool(row["best_effort"]),
        **_holdings(connection, blog_id),
        coverage=blog_coverage(connection, blog_id),
        pending=waiting.get("pending", 0) + waiting.get("in_flight", 0),
        given_up=waiting.get("given_up", 0),
        last_run=Run(**dict(run)) if run else None,
        last_success=last_success(connection, blog_id),
        failing_since=failed[0].started_at if failed else None,
        failures=len(failed),
        last_error=(failed[-1].reason or "it was killed") if failed else None,
        runs=tuple(runs),
        next_due=None if row["site_key"] in paused else next_due,
        paused=row["site_key"] in paused,
    )


def blog_coverage(connection: sqlite3.Connection, blog_id: str) -> Coverage:
    """Claims against captures of one blog.

    Of comments, those count as captured that a claim speaks of; pings do where the claim includes them.
    Of the claims on the number of posts the latest counts, and where there is none, the months' sum.
    """
    # What is claimed of a post that has vanished is of the past.
    said, missing, out_of_reach, gaps = _one(
        connection,
        "SELECT sum(claimed), coalesce(sum(missing), 0), coalesce(sum(out_of_reach), 0),"
        " count(*) FILTER (WHERE missing > 0) FROM coverage WHERE blog_id = ?"
        " AND reason IS NOT 'the post has vanished'",
        blog_id,
    )
    (months,) = _one(connection, "SELECT count(*) FROM month_coverage WHERE blog_id = ? AND missing > 0", blog_id)
    (terms,) = _one(connection, "SELECT count(*) FROM category_coverage WHERE blog_id = ? AND missing > 0", blog_id)
    (held,) = _one(connection, "SELECT count(*) FROM comments WHERE blog_id = ? AND gone_at IS NULL", blog_id)
    (posts,) = _one(
        connection, "SELECT count(*) FROM posts WHERE blog_id = ? AND kind = 'post' AND gone_at IS NULL", blog_id
    )
    (claimed,) = _one(
        connection,
        "SELECT coalesce((SELECT number FROM claims WHERE blog_id = ?1 AND subject_kind = 'blog' AND measure = 'posts'"
        " ORDER BY said_at DESC, number DESC LIMIT 1),"
        " (SELECT coalesce(sum(claimed - gone) FILTER (WHERE length(period) = 7), sum(claimed - gone))"
        " FROM month_coverage WHERE blog_id = ?1))",
        blog_id,
    )
    return Coverage(
        claimed_posts=claimed,
        captured_posts=posts,
        claimed_comments=said,
        captured_comments=held if said is None else said - missing - out_of_reach,
        posts_with_gaps=gaps,
        out_of_reach=out_of_reach,
        months_with_gaps=months,
        categories_with_gaps=terms,
    )


def post_gaps(connection: sqlite3.Connection, blog_id: str, most: int = -1) -> list[PostGap]:
    """Posts of which comments are missing or out of reach, the greatest gap first; `most` of them, or all."""
    rows = connection.execute(
        "SELECT url, title, claimed, captured, missing, out_of_reach, reason, detail FROM coverage"
        " WHERE blog_id = ? AND (missing > 0 OR out_of_reach > 0)"
        " ORDER BY missing DESC, out_of_reach DESC, url LIMIT ?",
        (blog_id, most),
    )
    return [PostGap(**dict(row)) for row in rows]


def month_gaps(connection: sqlite3.Connection, blog_id: str) -> list[MonthGap]:
    """Periods of which posts are missing, in the order of time."""
    rows = connection.execute(
        "SELECT coalesce(label, period) AS label, claimed, captured, missing,"
        " CASE WHEN unread > 0 THEN unread || ' known, but not read' END AS reason FROM month_coverage"
        " WHERE blog_id = ? AND missing > 0 ORDER BY period",
        (blog_id,),
    )
    return [MonthGap(**dict(row)) for row in rows]


def category_gaps(connection: sqlite3.Connection, blog_id: str) -> list[CategoryGap]:
    """Categories and tags of which posts are missing, the greatest gap first."""
    rows = connection.execute(
        "SELECT taxonomy, name, claimed, captured, missing FROM category_coverage"
        " WHERE blog_id = ? AND missing > 0 ORDER BY missing DESC, taxonomy, name",
        (blog_id,),
    )
    return [CategoryGap(**dict(row)) for row in rows]


def shortfall(gap: PostGap) -> str:
    """A gap in a line: `13 of 15 comments: URL (page failed: 500 Internal Server Error)`."""
    return f"{gap.captured:,} of {count(gap.claimed, 'comment')}: {gap.url}{_because(gap.reason, gap.detail)}"


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
    yield field("success", _minute(status.last_success) if status.last_success else "none yet")
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


def _table(lacking: str, of: str, rows: Sequence[tuple[int, int, int, str]]) -> Iterator[str]:
    if rows:
        yield f"  claimed captured {lacking}  {of}"
    for claimed, captured, number, name in rows:
        yield f"  {claimed:>7,} {captured:>8,} {number:>7,}  {safe(name)}"


def _because(reason: str | None, detail: str | None = None) -> str:
    """A reason in brackets behind what it explains."""
    parts = [part for part in (reason, detail) if part]
    return f" ({': '.join(parts)})" if parts else ""


def _holdings(connection: sqlite3.Connection, blog_id: str) -> dict[str, int]:
    """Numbers of posts, pages, comments, pings, and of all these that are gone."""
    posts, pages, gone_posts = _one(
        connection,
        "SELECT count(*) FILTER (WHERE kind = 'post'), count(*) FILTER (WHERE kind = 'page'), count(gone_at)"
        " FROM posts WHERE blog_id = ?",
        blog_id,
    )
    comments, pings, gone_comments = _one(
        connection,
        "SELECT count(*) FILTER (WHERE kind = 'comment'), count(*) FILTER (WHERE kind <> 'comment'), count(gone_at)"
        " FROM comments WHERE blog_id = ?",
        blog_id,
    )
    gone = gone_posts + gone_comments
    return {"posts": posts, "pages": pages, "comments": comments, "pings": pings, "gone": gone}


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


def _one(connection: sqlite3.Connection, sql: str, blog_id: str) -> tuple[int, ...]:
    return tuple(connection.execute(sql, (blog_id,)).fetchone())
