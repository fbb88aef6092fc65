"""How a run over a blog ends: the outcome, its reason in a line, and the exit code."""

from __future__ import annotations

from dataclasses import dataclass

from archiver.crawl.outcome import Coverage, OutcomeKind
from archiver.errors import Incomplete, LimitReached
from archiver.terminal import count


def posts_lacking(coverage: Coverage) -> list[str]:
    """In how many months and categories of the sidebar posts are missing, in words."""
    found = (
        (coverage.months_with_gaps, "month", None),
        (coverage.categories_with_gaps, "category", "categories"),
    )
    return [f"posts are missing in {count(number, one, more)}" for number, one, more in found if number]


@dataclass(frozen=True, slots=True)
class Ending:
    """What a run came to."""

    outcome: OutcomeKind
    reason: str | None = None
    exit_code: int = 0


def judged(coverage: Coverage, given_up: int, limited: str | None, *, chosen: bool) -> Ending:
    """The ending of a run that has nothing left to do.

    given_up: URLs that failed for good. limited: the limit that held something back. chosen: a person
    left posts out by pattern, so that the blog's own count of posts is no measure.
    """
    gaps = []
    if not limited and not chosen:
        if coverage.missing_posts:
            gaps.append(f"{count(coverage.missing_posts, 'post')} that the blog claims could not be found")
        gaps += posts_lacking(coverage)
    if coverage.posts_with_gaps:
        gaps.append(f"{count(coverage.posts_with_gaps, 'post')} with fewer comments than claimed")
    if given_up:
        gaps.append(f"{count(given_up, 'URL')} given up")
    if not (gaps or limited or coverage.captured_posts):
        if chosen and coverage.claimed_posts != 0:
            gaps.append("--include and --exclude leave no post")
        elif coverage.claimed_posts is None:
            gaps.append("no post was found")
    if limited:
        return Ending("limit", "; ".join([f"stopped by {limited}", *gaps]), LimitReached.exit_code)
    if gaps:
        return Ending("incomplete", "; ".join(gaps), Incomplete.exit_code)
    return Ending("complete")
