"""What a blog engine is.

An engine is pure: a `Page` goes in, records and targets come out. It never fetches, stores or
remembers; what it must know of the blog is handed to it as a `Site`, and what the finder of a URL
knew comes back in `Target.hint`. It gets failed pages too (status 404, 401 …), so that it can say
where else to look.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Protocol

from archiver.model import Discovery, Extract, PostRef, Site, Target, TargetKind
from archiver.page import Page
from archiver.urls import without_fragment

PART = "part"
"""Hint of a part of a list that is asked for since a longer one, which holds it, has failed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Detection:
    """How sure an engine is that a page is its own (0 to 1), and what it saw."""

    engine: str
    confidence: float
    evidence: tuple[str, ...] = ()
    version: str | None = None
    api_url: str | None = None


@dataclass(frozen=True, slots=True)
class Guess:
    """A page of a list that nothing links to. after: the list that it would go on; posts: how many that holds."""

    after: str
    posts: int

    @property
    def hint(self) -> dict[str, str]:
        """The guess as the hint of its target."""
        return {"after": self.after, "posts": str(self.posts)}

    @classmethod
    def of(cls, target: Target) -> Guess | None:
        """The guess that a target is; None for one that was linked to."""
        return cls(target.hint["after"], int(target.hint["posts"])) if "after" in target.hint else None


class Lists(Protocol):
    """An API that lists ids, and gives records by their ids. Routes: posts, pages, comments."""

    def newest(self, route: str, page: int = 1) -> Target:
        """The ids of a route: posts and pages by their latest change, comments by their number."""

    def by_id(self, route: str, page: int) -> Target:
        """The ids of a route, the greatest first."""

    def check(self, route: str, ids: Sequence[str]) -> Target:
        """Those of these ids that are there."""

    def whole(self, route: str, ids: Sequence[str]) -> Target:
        """The records of these ids."""

    def threads(self, posts: Sequence[str], page: int = 1) -> Target:
        """All comments of a set of posts."""


class Engine(ABC):
    """One blog platform. `version` goes up when its reading of a page changes."""

    name: ClassVar[str]
    version: ClassVar[int] = 1
    best_effort: ClassVar[bool] = False  # True: the report says that completeness is not promised
    learns: ClassVar[bool] = False  # True: it is told what the feed says of a post, and where the blog says the like

    @abstractmethod
    def detect(self, page: Page) -> Detection | None:
        """Whether the page, usually the front page, is of this engine."""

    @abstractmethod
    def extract(self, page: Page, target: Target, site: Site) -> Extract:
        """Everything that the page holds. Raises PageError when it is not what was asked for."""

    @abstractmethod
    def discover(self, page: Page, target: Target, site: Site) -> Discovery:
        """Where to go from this page, failed pages included."""

    def wanted(self, target: Target, site: Site) -> bool:
        """Whether a target is still worth its request, asked just before it is made.

        What an open API has brought already need not be fetched again from feeds and lists.
        """
        del target, site
        return True

    def sensors(self, found: Sequence[Target], site: Site) -> tuple[Target, ...]:
        """What tells at little cost of changes, given where the front page leads.

        Each target has the name of its sensor as the hint `sensor`. A platform's list of its posts, or of its newest
        comments, is read as a feed is.
        """
        del site
        kinds = {TargetKind.FEED: "posts_feed", TargetKind.COMMENT_FEED: "comments_feed", TargetKind.SITEMAP: "sitemap"}
        routes = {"posts": "posts_feed", "newest_comments": "comments_feed"}
        told: dict[str, Target] = {}
        for target in found:
            name = routes.get(target.hint.get("route", "")) if target.kind is TargetKind.API else kinds.get(target.kind)
            if name:
                hint = {**target.hint, "sensor": name}
                told.setdefault(name, Target(url=target.url, kind=target.kind, hint=hint))
        return tuple(told.values())

    def own_feed(self, post: PostRef, site: Site) -> Target | None:
        """A feed that holds this post alone, where the platform has one: its full text without the page around it."""
        del post, site
        return None

    def thread_feed(self, post: PostRef, site: Site) -> Target | None:
        """The feed of one post's newest comments, where the platform has one."""
        del post, site
        return None

    def lists(self, site: Site) -> Lists | None:
        """The API that lists ids, where the platform has one."""
        del site
        return None

    def post_of(self, url: str) -> str:
        """The address of the post that a link leads into: to a comment, or to a page of its thread."""
        return without_fragment(url)

    def comment_of(self, url: str) -> str | None:
        """The number of the comment that a link leads to, where its address tells."""
        del url
        return None
