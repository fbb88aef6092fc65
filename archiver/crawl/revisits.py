"""When posts are looked at again, and which of those that are due fit into a budget of requests. Pure.

Sensors show what is new. What they cannot show, an edited comment or one that was deleted, is found by looking again:
the more often, the less time has passed since something happened under a post.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from math import ceil, inf

from db.revisits import KnownPost

SHORTEST = timedelta(days=1)
LONGEST = timedelta(days=45)
PART = 10
"""A post that was quiet for N days is looked at again after N / PART days."""
AGAIN = timedelta(days=1)
"""A post that could not be verified is left alone for so long, lest it keeps others from their turn."""
BATCH = 100
"""Posts, or comments, that an API gives at a time."""


@dataclass(frozen=True, slots=True)
class Scope:
    """How much is looked at again. budget: requests for that, beside those for what is new; full: everything."""

    budget: int = 100
    full: bool = False


@dataclass(slots=True)
class Batch:
    """Posts that are verified together. requests: what that takes, as far as is known. threads: with their threads."""

    kind: str
    posts: list[KnownPost] = field(default_factory=list)
    comments: int = 0
    requests: int = 0
    threads: bool = True


def interval(active: datetime | None, now: datetime) -> timedelta:
    """How long a post that was verified now is left alone. active: when something last happened under it."""
    quiet = now - active if active else LONGEST * PART
    return min(LONGEST, max(SHORTEST, quiet / PART))


def due(posts: Iterable[KnownPost], now: datetime, *, full: bool = False) -> list[KnownPost]:
    """The posts whose turn has come, those first that were verified the longest ago. full: all of them."""
    found = [post for post in posts if full or is_due(post, now)]
    return sorted(found, key=lambda post: (post.checked_at, post.id))


def is_due(post: KnownPost, now: datetime) -> bool:
    """Whether its time has come.

    Also when it was verified in what is the future now that the clock was set back, and when a run was killed before it
    had followed up what the page told.
    """
    checked = moment(post.checked_at)
    if checked is None or checked > now or post.unsettled:
        return True
    ends = moment(post.due_at) or checked + interval(moment(post.active_at), checked)
    return now >= min(ends, checked + LONGEST)


def by_lists(posts: Sequence[KnownPost], budget: float = inf) -> list[Batch]:
    """Batches for an API that gives posts by their ids, and the comments of a set of posts.

    A thread that is larger than the whole budget is left to a full run; its post is verified all the same.
    """
    batches: list[Batch] = []
    opened: dict[tuple[str, bool], Batch] = {}
    left = budget
    for post in posts:
        threads = not post.protected and _requests(post.listed) <= budget
        batch = opened.get((post.kind, threads))
        if batch is None or len(batch.posts) >= BATCH:
            batch = Batch(post.kind, threads=threads)
        comments = batch.comments + (post.listed if threads else 0)
        requests = _requests(comments) if threads else 1
        if requests - batch.requests > left:
            continue
        left -= requests - batch.requests
        if not batch.posts:
            batches.append(batch)
            opened[post.kind, threads] = batch
        batch.posts.append(post)
        batch.comments, batch.requests = comments, requests
    return batches


def by_pages(posts: Sequence[KnownPost], budget: float = inf) -> list[KnownPost]:
    """The posts whose pages fit into the budget; a thread of more pages than that is left to a full run."""
    chosen, left = [], budget
    for post in posts:
        requests = max(1, post.pages or 1)
        if requests <= left:
            left -= requests
            chosen.append(post)
    return chosen


def moment(text: str | None) -> datetime | None:
    """A time of the archive; None where there is none."""
    return datetime.fromisoformat(text) if text else None


def _requests(comments: int) -> int:
    """One for the posts of a batch, and those for their comments."""
    return 1 + max(1, ceil(comments / BATCH))
