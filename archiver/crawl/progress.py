"""What a person sees of a crawl: a live table on a terminal, plain lines in a log, a summary at the end."""

from __future__ import annotations

import shlex
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO, TYPE_CHECKING

from archiver.config import BlogConfig
from archiver.crawl.ending import posts_lacking
from archiver.crawl.outcome import Coverage, Outcome, Stats
from archiver.terminal import count, duration, field, is_terminal, safe, size

if TYPE_CHECKING:
    from rich.console import RenderableType

EVERY_SECONDS = 10.0
EVERY_REQUESTS = 100
_HEADINGS = {
    "complete": "complete",
    "incomplete": "incomplete",
    "limit": "stopped by a limit",
    "interrupted": "interrupted",
    "failed": "failed",
}


class Progress:
    """Is told how a crawl goes. This one shows nothing; the others show it. No method raises."""

    def start(self, blogs: Sequence[BlogConfig]) -> None:
        """The crawl begins."""

    def update(self, site_key: str, stats: Stats) -> None:
        """Something was counted, or the phase changed. Cheap enough to be called for every response."""

    def note(self, site_key: str, line: str) -> None:
        """Something that a person may want to know at once, such as a host that asks to wait."""

    def finish(self, outcomes: Sequence[Outcome]) -> None:
        """The crawl has ended, however it did."""


class PlainProgress(Progress):
    """Lines for a log or a pipe: after 10 s or 100 requests of a blog, and whenever its phase changes.

    ends: tell how each blog ended; not where a summary follows.
    """

    def __init__(self, stream: IO[str], clock: Callable[[], float] = time.monotonic, *, ends: bool = True) -> None:
        self._stream = stream
        self._clock = clock
        self._ends = ends
        self._shown: dict[str, tuple[str, float, int]] = {}  # phase, time and requests of the latest line

    def start(self, blogs: Sequence[BlogConfig]) -> None:
        """See Progress."""
        self._write(f"Crawling {', '.join(blog.url for blog in blogs)}")

    def update(self, site_key: str, stats: Stats) -> None:
        """See Progress."""
        now = self._clock()
        phase, when, requests = self._shown.get(site_key, ("", now, 0))
        if stats.phase == phase and now - when < EVERY_SECONDS and stats.requests - requests < EVERY_REQUESTS:
            return
        self._shown[site_key] = (stats.phase, now, stats.requests)
        self._write(f"{site_key}: {stats.phase}: {', '.join(_figures(stats, now))}")

    def note(self, site_key: str, line: str) -> None:
        """See Progress."""
        self._write(f"{site_key}: {line}")

    def finish(self, outcomes: Sequence[Outcome]) -> None:
        """See Progress."""
        for outcome in outcomes if self._ends else ():
            self._write(f"{outcome.site_key}: {_heading(outcome)}")

    def _write(self, line: str) -> None:
        with suppress(OSError, ValueError):  # the reader of the pipe has gone; that must not end a crawl
            self._stream.write(safe(line) + "\n")
            self._stream.flush()


class LiveProgress(Progress):
    """A table that is redrawn in place, a row a blog; notes scroll by above it.

    A terminal that is closed meanwhile (OSError) does not end the crawl.
    """

    def __init__(self, stream: IO[str], clock: Callable[[], float] = time.monotonic) -> None:
        # rich takes a while to import, and most commands do without.
        from rich.console import Console
        from rich.live import Live

        self._clock = clock
        self._rows: dict[str, Stats] = {}
        self._console = Console(file=stream, highlight=False, markup=False)
        self._live = Live(console=self._console, get_renderable=self._table, refresh_per_second=4, transient=True)

    def start(self, blogs: Sequence[BlogConfig]) -> None:
        """See Progress."""
        named = blogs[0].url if len(blogs) == 1 else count(len(blogs), "blog")
        with suppress(OSError):
            self._console.print(f"Crawling {safe(named)} (Ctrl-C stops it; the next run goes on from there)")
            self._live.start()

    def update(self, site_key: str, stats: Stats) -> None:
        """See Progress."""
        self._rows[site_key] = stats

    def note(self, site_key: str, line: str) -> None:
        """See Progress."""
        with suppress(OSError):
            self._console.print(safe(f"{site_key}: {line}"))

    def finish(self, outcomes: Sequence[Outcome]) -> None:  # noqa: ARG002 (the summary that follows tells them)
        """See Progress."""
        with suppress(OSError):
            self._live.stop()

    def _table(self) -> RenderableType:
        from rich.table import Table

        now = self._clock()
        table = Table(box=None, pad_edge=False, header_style="bold")
        table.add_column("Blog", overflow="ellipsis", no_wrap=True)
        table.add_column("Phase", no_wrap=True)
        for heading in ("Posts", "Comments", "Pages", "Requests", "a second", "Remaining"):
            table.add_column(heading, justify="right", no_wrap=True)
        # Blogs at work first: with many of them the table is cut at the height of the terminal.
        rows = sorted(self._rows.copy().items(), key=lambda row: row[1].finished is not None)
        for site_key, stats in rows[: max(1, self._console.height - 4)]:
            table.add_row(safe(site_key), safe(stats.phase), *_cells(stats, now))
        return table


def make_progress(quiet: bool, stream: IO[str]) -> Progress:
    """The display that suits the stream, before a summary: none, live on a terminal, lines elsewhere."""
    if quiet:
        return Progress()
    return LiveProgress(stream) if is_terminal(stream) else PlainProgress(stream, ends=False)


def summary(outcomes: Sequence[Outcome], archive: Path | None = None) -> str:
    """What was captured of each blog, what is missing, and what to do next. Plain text, no last line feed.

    archive: its directory, for the commands that are suggested; None for the default one.
    """
    blocks = [*("\n".join(_report(outcome)) for outcome in outcomes), "\n".join(_next(outcomes, archive))]
    return "\n\n".join(block for block in blocks if block)


def coverage_line(coverage: Coverage) -> str:
    """What is held beside what the blog claims, in a line."""
    parts = [
        _held("post", coverage.captured_posts, coverage.claimed_posts),
        _held("comment", coverage.captured_comments, coverage.claimed_comments),
    ]
    if coverage.posts_with_gaps:
        parts.append(f"gaps in {count(coverage.posts_with_gaps, 'post')}")
    if coverage.out_of_reach:
        parts.append(f"{count(coverage.out_of_reach, 'comment')} out of reach of any crawl")
    return "; ".join(parts)


def _held(noun: str, captured: int, claimed: int | None) -> str:
    if claimed is None:
        return f"{count(captured, noun)} (the blog does not say how many it has)"
    return f"{captured:,} of {count(claimed, noun)} that the blog claims"


def _figures(stats: Stats, now: float) -> Iterator[str]:
    yield from (count(stats.posts, "post"), count(stats.comments, "comment"), count(stats.pages, "page"))
    yield f"{count(stats.requests, 'request')} ({stats.rate(now):.1f} a second)"
    remaining = stats.remaining(now)
    if stats.pending:
        yield f"{stats.pending:,} to go" + (f", about {duration(remaining)}" if remaining else "")


def _cells(stats: Stats, now: float) -> Iterator[str]:
    yield from (f"{number:,}" for number in (stats.posts, stats.comments, stats.pages, stats.requests))
    yield f"{stats.rate(now):.1f}"
    remaining = stats.remaining(now)
    yield "done" if stats.finished is not None else f"about {duration(remaining)}" if remaining else ""


def _heading(outcome: Outcome) -> str:
    return _HEADINGS[outcome.outcome] + (f": {outcome.reason}" if outcome.reason else "")


def _report(outcome: Outcome) -> Iterator[str]:
    """The lines on one blog. What is zero and says nothing is left out."""
    stats = outcome.stats
    yield safe(f"{outcome.site_key}: {_heading(outcome)}")
    if stats.posts or stats.comments or stats.pages or outcome.outcome != "failed":
        yield field("read", f"{_things(stats.posts, stats.comments)}; {count(stats.pages, 'post page')} captured")
        yield field(
            "new",
            f"{_things(stats.new_posts, stats.new_comments)};"
            f" changed: {_things(stats.changed_posts, stats.changed_comments)}",
        )
    if stats.gone_posts or stats.gone_comments:
        yield field("gone", f"{_things(stats.gone_posts, stats.gone_comments)} that the blog no longer shows")
    if stats.returned_posts or stats.returned_comments:
        yield field("returned", f"{_things(stats.returned_posts, stats.returned_comments)} that had vanished")
    if outcome.coverage:
        yield field("coverage", coverage_line(outcome.coverage))
        yield from (field("", line) for line in posts_lacking(outcome.coverage))
        yield from (field("", line) for line in outcome.shortfalls)
    took = f"{count(stats.requests, 'request')}, {size(stats.bytes)} in {duration(stats.elapsed())}"
    yield field("network", took + (f", {stats.rate():.1f} requests a second" if stats.requests else ""))
    if stats.pending or stats.given_up:
        yield field("open", f"{count(stats.pending, 'URL')} still to fetch, {stats.given_up:,} given up")
    if stats.oddities:
        kinds = sorted(stats.oddities.items(), key=lambda item: (-item[1], item[0]))
        yield field("oddities", ", ".join(f"{number:,} {kind.replace('_', ' ')}" for kind, number in kinds))
    if stats.left_alone:
        kinds = sorted(stats.left_alone.items(), key=lambda item: (-item[1], item[0]))
        yield field("left out", "links to " + ", ".join(f"{number:,} {kind}" for kind, number in kinds))
    if stats.errors or outcome.errors:
        yield field(
            "errors", f"{max(stats.errors, len(outcome.errors)):,}" + (", the first:" if outcome.errors else "")
        )
        yield from (field("", error) for error in outcome.errors)
    if outcome.best_effort:
        yield field("caution", "best effort: no engine knows this site; completeness is not promised")


def _things(posts: int, comments: int) -> str:
    return f"{count(posts, 'post')}, {count(comments, 'comment')}"


def _next(outcomes: Sequence[Outcome], archive: Path | None) -> Iterator[str]:
    """Commands that suggest themselves, each with its purpose."""
    option = f" -a {shlex.quote(str(archive))}" if archive else ""
    stopped = [shlex.quote(o.url) for o in outcomes if o.stats.pending or o.outcome in {"limit", "interrupted"}]
    if stopped:
        yield f"Go on:     archiver crawl{option} {' '.join(stopped)}"
    if any(o.exit_code == 4 or (o.coverage and o.coverage.out_of_reach) for o in outcomes):
        yield f"The gaps:  archiver status{option} --coverage"
    if any(outcome.outcome != "failed" for outcome in outcomes):
        yield f"Look:      archiver serve{option}"
