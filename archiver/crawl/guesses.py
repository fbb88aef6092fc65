"""What nothing links to, and is asked for since it may be there: further pages of lists, which a theme may fetch by
a script, and the feeds of threads that a page does not show. Most are not there."""

from __future__ import annotations

import re

from archiver.engines.base import Guess
from archiver.model import Discovery, Target, TargetKind
from archiver.page import Page

MOST_FAILED = 5
"""So many threads' feeds in a row that cannot be had: then nobody's can."""
_NUMBER = re.compile(r"\d+")


class Guesses:
    """Which of them may be there, by the lists that were read: a blog's months hold the same number of posts each,
    but for their last pages."""

    def __init__(self) -> None:
        self._fullest: dict[str, int] = {}
        self._failed: set[str] = set()  # feeds of threads since the last that was had

    def answered(self, target: Target, page: Page) -> None:
        """Take note of a final answer: one that is asked for again, or leads on, says nothing of the others."""
        if not _is_feed_of_thread(target):
            return
        if page.ok:
            self._failed.clear()
        else:
            self._failed.add(target.url)

    def saw(self, target: Target, discovery: Discovery) -> None:
        """Take note of how much a list holds."""
        if target.kind is TargetKind.LIST:
            posts = len({one.url for one in discovery.targets if one.kind is TargetKind.POST})
            like = _alike(target.url)
            self._fullest[like] = max(posts, self._fullest.get(like, 0))

    def vain(self, target: Target) -> str | None:
        """Why there is no such page; None when there may be one."""
        if _is_feed_of_thread(target) and len(self._failed) >= MOST_FAILED:
            return f"guessed: {len(self._failed)} feeds of threads in a row could not be had"
        guess = Guess.of(target) if target.kind is TargetKind.LIST else None
        is_vain = guess is not None and guess.posts < self._fullest.get(_alike(guess.after), 0)
        return "not there: the list before it has room for more" if is_vain else None


def _is_feed_of_thread(target: Target) -> bool:
    """Whether a target is the feed of one post's comments, on the blog's own platform."""
    return target.kind is TargetKind.COMMENT_FEED and "of" not in target.hint and "sensor" not in target.hint


def _alike(url: str) -> str:
    """What lists of one kind have in common: the months of a blog, the pages of its front."""
    return _NUMBER.sub("0", url)
