"""What a person lets a run do at most: so many requests, so much time, so many posts.

Of `--limit N`: which of the URLs that a blog offers belong to its newest N posts. API and feeds tell the newest posts
in order, so theirs count first; then post pages in the order in which lists named them. What is held back stays on the
frontier, and a later run goes on with it.
"""

from __future__ import annotations

from collections.abc import Iterable

from archiver.config import BlogConfig
from archiver.crawl.outcome import Stats
from archiver.model import Discovery, Extract, PostKind, Target, TargetKind
from archiver.urls import url_key

_LISTS = frozenset({TargetKind.HOME, TargetKind.LIST})
_IN_ORDER = frozenset({TargetKind.API, TargetKind.FEED})


def stopped_by(config: BlogConfig, stats: Stats) -> str | None:
    """The option that keeps a run from another request; None while none does."""
    requests, seconds = config.max_requests, config.max_time
    if requests is not None and stats.requests >= requests:
        return f"--max-requests {requests}"
    return f"--max-time {seconds:g}" if seconds is not None and stats.elapsed() >= seconds else None


class Limit:
    """most: posts at most, None for all. done: URLs of posts that this pass over the blog has read already."""

    def __init__(self, most: int | None, done: Iterable[str] = ()) -> None:
        self.most = most
        self._posts = {url_key(url) for url in done} if most else set()
        self._offered: set[str] = set()

    def admits(self, target: Target) -> bool:
        """Whether a target may be fetched. A post that is admitted counts from then on."""
        if self.most is None:
            return True
        match target.kind:
            case TargetKind.POST if target.hint.get("kind") != "page":
                return self._count(target.url)
            case TargetKind.FEED | TargetKind.LIST:
                return len(self._posts | self._offered) < self.most
            case TargetKind.SITEMAP:  # names the oldest first
                return not (self._posts or self._offered)
            case TargetKind.API:
                return int(target.hint.get("offset", "0")) < self.most
            case _:
                return True

    def saw(self, target: Target, extract: Extract, discovery: Discovery) -> None:
        """Take note of the posts that a page names."""
        if self.most is None:
            return
        if target.kind in _IN_ORDER:
            for post in extract.posts:
                if post.kind is PostKind.POST:
                    self._count(post.url)
        if target.kind in _LISTS:
            self._offered.update(url_key(found.url) for found in discovery.targets if found.kind is TargetKind.POST)

    def _count(self, url: str) -> bool:
        assert self.most is not None
        key = url_key(url)
        if key not in self._posts and len(self._posts) < self.most:
            self._posts.add(key)
        return key in self._posts
