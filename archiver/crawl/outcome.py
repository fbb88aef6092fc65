"""What a crawl tells of itself: counters while it runs, an outcome when it has ended. No Scrapy here."""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal

from archiver.errors import ArchiverError
from archiver.model import Learned

# `limit`: stopped by --limit or --max-requests. The same words stand in crawls.outcome.
OutcomeKind = Literal["complete", "incomplete", "limit", "interrupted", "failed"]

# The exit code of several blogs is the first of these that one of them has: what needs a person comes
# before what passes by itself, and the disk, which stops every blog, before all. 2 and 6 end a run
# before its first blog and are here only so that every code has its place.
_WORST_FIRST = (3, 6, 2, 7, 1, 143, 130, 5, 4, 0)


@dataclass(slots=True)
class Stats:
    """Counters of one blog in one run; the crawl counts up, the display reads.

    bytes: of response bodies as they came over the wire. pages: post pages captured. pending: URLs of
    this blog that are still to be fetched. given_up: URLs that failed for good. oddities: how often
    each kind of `model.Note` was seen. left_alone: links that are never followed, by what they lead to.
    gone_…: known when the run has ended; returned_…: marked as gone before, and there again. unchanged:
    requests that were answered with 304. phase: `detecting`, `data`, `pages` …, in words for people.
    started, finished: readings of the monotonic clock.
    """

    phase: str = "starting"
    requests: int = 0
    unchanged: int = 0
    bytes: int = 0
    posts: int = 0
    comments: int = 0
    pages: int = 0
    new_posts: int = 0
    new_comments: int = 0
    changed_posts: int = 0
    changed_comments: int = 0
    gone_posts: int = 0
    gone_comments: int = 0
    returned_posts: int = 0
    returned_comments: int = 0
    errors: int = 0
    pending: int = 0
    given_up: int = 0
    oddities: dict[str, int] = field(default_factory=dict)
    left_alone: dict[str, int] = field(default_factory=dict)
    started: float = field(default_factory=time.monotonic)
    finished: float | None = None

    def elapsed(self, now: float | None = None) -> float:
        """Seconds from start to end, or to `now` while it runs."""
        end = self.finished if self.finished is not None else time.monotonic() if now is None else now
        return max(0.0, end - self.started)

    def rate(self, now: float | None = None) -> float:
        """Requests a second so far."""
        elapsed = self.elapsed(now)
        return self.requests / elapsed if elapsed > 0 else 0.0

    def remaining(self, now: float | None = None) -> float | None:
        """Seconds that the known URLs will take at the present rate; None while that cannot be told."""
        rate = self.rate(now)
        return self.pending / rate if self.pending and rate else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """What the blog claims beside what the archive holds of it; a claim is None where it makes none.

    posts_with_gaps: posts whose thread claims more comments than were captured, of which a crawl might
    bring some. out_of_reach: comments claimed that no crawl can bring, for a reason that is known.
    months_with_gaps, categories_with_gaps: with fewer posts than the sidebar claims.
    """

    claimed_posts: int | None = None
    captured_posts: int = 0
    claimed_comments: int | None = None
    captured_comments: int = 0
    posts_with_gaps: int = 0
    out_of_reach: int = 0
    months_with_gaps: int = 0
    categories_with_gaps: int = 0

    @property
    def missing_posts(self) -> int:
        """Posts claimed beyond those captured."""
        return max(0, (self.claimed_posts or 0) - self.captured_posts)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """How the run over one blog ended.

    reason: why it did not end `complete`, in a line. engine: None when no page was ever read.
    shortfalls: the posts that lack the most comments, each in a line. errors: the first few failed URLs,
    each with its reason.
    """

    site_key: str
    url: str
    crawl_id: str
    outcome: OutcomeKind
    exit_code: int
    stats: Stats
    reason: str | None = None
    engine: str | None = None
    best_effort: bool = False
    coverage: Coverage | None = None
    shortfalls: tuple[str, ...] = ()
    errors: tuple[str, ...] = ()

    @property
    def line(self) -> str:
        """How it ended, and why: `blog.example.org: failed: …`."""
        return f"{self.site_key}: {self.outcome}" + (f": {self.reason}" if self.reason else "")


@dataclass(frozen=True, slots=True, kw_only=True)
class DetectResult:
    """What a look at the front page of one URL told, without storing anything.

    final_url: after redirects. engine: None when no engine knows the page. confidence: 0 to 1.
    api: whether the engine's open API answers; `partly` when it gives some kinds of record only; None
    for an engine without one. layout: where an unknown blog was found to have its fields, by the posts of its feed that
    were looked at. error: why nothing could be told; the other fields are then empty.
    """

    url: str
    final_url: str | None = None
    engine: str | None = None
    confidence: float = 0.0
    evidence: tuple[str, ...] = ()
    version: str | None = None
    api: Literal["open", "closed", "partly"] | None = None
    feeds: tuple[str, ...] = ()
    sitemap: str | None = None
    title: str | None = None
    layout: tuple[Learned, ...] = ()
    error: ArchiverError | None = None


def worst_exit_code(codes: Iterable[int]) -> int:
    """The exit code that stands for several blogs, by the order of `_WORST_FIRST`; 1 for one unknown to it."""
    found = set(codes)
    if found - set(_WORST_FIRST):
        found.add(1)
    return next((code for code in _WORST_FIRST if code in found), 0)
