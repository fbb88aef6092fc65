"""What a hosted comment system is: something that a page of any blog declares, and that may answer from elsewhere."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass

from archiver.engines.dom import Dom
from archiver.model import Comment, Extract, PostRef, Target, TargetKind, ThreadPage

PRIORITY = 60
"""After the pages, which tell what to ask for."""


class NoThread(Exception):
    """An answer is something else than a thread of the system."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Declared:
    """What a page says of its comments.

    where: for people: the account or server. url: what can be asked for the thread, None for nothing. why: what cannot
    be read, and the reason. hint: what the reader of the answer must know. count: of the comments, where the page
    states it. feed: of the blog itself, that has comments which the page does not show.
    """

    where: str
    url: str | None = None
    why: str = ""
    hint: tuple[tuple[str, str], ...] = ()
    count: int | None = None
    feed: str | None = None


class System(ABC):
    """One comment system. Pure, as engines are.

    sign: without it in the names of a page's elements and in its scripts, no closer look is taken; nearly all pages
    have none.
    """

    name: str
    sign: str

    @abstractmethod
    def declared(self, dom: Dom, post: PostRef) -> Declared | None:
        """What the page of a post says of this system; None where it says nothing."""

    def read(self, data: object, target: Target, post: PostRef) -> Extract:
        """The records of an answer, parsed as JSON. Raises NoThread for something else."""
        del data, target, post
        raise NoThread("nothing of it is read")

    def following(self, data: object, target: Target) -> str | None:
        """The URL of the thread's next page; None where it is whole."""
        del data, target
        return None

    def is_thread(self, data: object) -> bool:
        """Whether an answer that was read holds a part of the thread, not only where it is."""
        del data
        return True


def thread_target(name: str, url: str, post: PostRef, hint: dict[str, str]) -> Target:
    """The target of a thread; it is read by the system of this name."""
    known = {"comments": name, **hint}
    if post.native_id:
        known["post"] = post.native_id
    if post.url:
        known["post_url"] = post.url
    return Target(url=url, kind=TargetKind.API, priority=PRIORITY, hint=known)


def feed_target(url: str, post: PostRef) -> Target:
    """The target of a feed of the blog's own, with the comments of a post; its engine reads it."""
    hint = {"post": post.native_id} if post.native_id else {}
    return Target(url=url, kind=TargetKind.COMMENT_FEED, priority=PRIORITY, hint=hint)


def thread(post: PostRef, comments: tuple[Comment, ...]) -> Extract:
    """The records of a thread that came whole."""
    shown = ThreadPage(post=post, page=None, pages=None, shown=len(comments))
    return Extract(comments=comments, threads=(shown,) if comments else ())
