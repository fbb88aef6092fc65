"""Pages of lists that nothing links to: guessed, since a theme may fetch them by a script. Most are not there."""

from __future__ import annotations

import re

from archiver.engines.base import Guess
from archiver.model import Discovery, Target, TargetKind

_NUMBER = re.compile(r"\d+")


class Guesses:
    """Which of them may be there, by the lists that were read: a blog's months hold the same number of posts each,
    but for their last pages."""

    def __init__(self) -> None:
        self._fullest: dict[str, int] = {}

    def saw(self, target: Target, discovery: Discovery) -> None:
        """Take note of how much a list holds."""
        if target.kind is TargetKind.LIST:
            posts = len({one.url for one in discovery.targets if one.kind is TargetKind.POST})
            like = _alike(target.url)
            self._fullest[like] = max(posts, self._fullest.get(like, 0))

    def vain(self, target: Target) -> str | None:
        """Why there is no such page; None when there may be one."""
        guess = Guess.of(target) if target.kind is TargetKind.LIST else None
        is_vain = guess is not None and guess.posts < self._fullest.get(_alike(guess.after), 0)
        return "not there: the list before it has room for more" if is_vain else None


def _alike(url: str) -> str:
    """What lists of one kind have in common: the months of a blog, the pages of its front."""
    return _NUMBER.sub("0", url)
