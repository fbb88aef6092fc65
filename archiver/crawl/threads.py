"""Whether the pages of posts show the comments that they have shown before. Pure.

A theme that was changed, or a wall before the blog, makes threads look empty. That is told from comments that were
deleted by the heading, which then says so too, and by the threads of other posts.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from archiver.crawl.doubts import markedly_less
from archiver.crawl.known import Known, Wanted
from archiver.model import Extract, Target

CONTROLS = 3
"""So many well-commented posts are read beside one whose comments are not there any more."""


@dataclass(slots=True)
class Threads:
    """The threads that a run has read from pages. grown: posts under which comments were new."""

    known: Known
    grown: set[str] = field(default_factory=set)
    _shown: Counter[str] = field(default_factory=Counter)
    _claimed: dict[str, int] = field(default_factory=dict)

    def read(self, target: Target, extract: Extract) -> None:
        """Take note of a page of a post."""
        ref = extract.threads[0].post if extract.threads else None
        native, url = (ref.native_id, ref.url) if ref else (target.hint.get("post"), target.url)
        post = self.known.post(native, url)
        if post is None or post.protected:
            return
        self._shown[post.id] += len(extract.comments)
        for claim in extract.claims:
            if claim.measure == "comments" and claim.where == "heading":
                self._claimed[post.id] = claim.number
        if any(comment.native_id and comment.native_id not in self.known.comments for comment in extract.comments):
            self.grown.add(post.id)

    def controls(self, wanted: Wanted) -> list[Target]:
        """Other threads to read, where one shows next to nothing of what it has shown."""
        if not any(self._is_poor(id_) for id_ in self._shown):
            return []
        posts = sorted(self.known.posts.values(), key=lambda post: -post.shown)
        others = [post for post in posts if post.shown and not post.protected and post.id not in self._shown]
        return [page for post in others[:CONTROLS] for page in wanted.page(post.url, post.native_id)]

    def trouble(self) -> list[str]:
        """Why the pages cannot be believed."""
        doubtful = [id_ for id_ in self._shown if self._claimed.get(id_) != self._shown[id_]]
        before = sum(self.known.posts[id_].shown for id_ in doubtful)
        now = sum(min(self._shown[id_], self.known.posts[id_].shown) for id_ in doubtful)
        if not markedly_less(before, now):
            return []
        return [
            f"its pages show {now:,} of {before:,} comments that they showed before: a log-in page, or another theme"
        ]

    def _is_poor(self, id_: str) -> bool:
        shown = self._shown[id_]
        return shown * 2 < self.known.posts[id_].shown and self._claimed.get(id_) != shown
