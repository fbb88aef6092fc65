"""Posts looked at again: batch by batch through the API, or page by page. Pure.

A batch is first asked for by the numbers of its posts: which are there, and when were they changed? Then all comments
of those that are there. Only a list that was read whole, stating one total, is evidence of what has vanished.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from math import ceil

from archiver.crawl.jobs import stamp
from archiver.crawl.known import ROUTES, Known, Wanted
from archiver.crawl.revisits import AGAIN, BATCH, Batch, interval, moment
from archiver.engines.base import Lists
from archiver.model import Listing, Target, TargetKind
from db.revisits import Check, KnownPost

BUDGETED = "revisit"
"""The hint of a request that counts against the budget."""


@dataclass(slots=True)
class _Thread:
    """The list of the comments of a batch, as far as it was read."""

    totals: set[int | None] = field(default_factory=set)
    numbers: set[str] = field(default_factory=set)
    read: int = 0
    pages: int = 1

    @property
    def is_whole(self) -> bool:
        """Whether all of it was read, while nothing came or went."""
        return self.read == self.pages and self.totals == {len(self.numbers)}


@dataclass(slots=True)
class Verifier:
    """The revisits of one run. verified: ids of posts that were looked at, and whether the API listed their threads.

    unlisted: posts that the API does not list. failed: posts that could not be looked at.
    """

    known: Known
    wanted: Wanted
    lists: Lists | None
    verified: dict[str, bool] = field(default_factory=dict)
    unlisted: set[str] = field(default_factory=set)
    failed: set[str] = field(default_factory=set)
    _whole: set[str] = field(default_factory=set)  # native ids of posts whose threads are to be listed
    _threads: dict[str, _Thread] = field(default_factory=dict)
    _held: dict[str, set[str]] = field(default_factory=dict)

    def by_lists(self, batches: Iterable[Batch], *, budgeted: bool) -> list[Target]:
        """What the API is asked for."""
        assert self.lists is not None
        found = []
        for batch in batches:
            numbers = [post.native_id for post in batch.posts if post.native_id]
            self._whole.update(numbers if batch.threads else ())
            found.append(self._marked(self.lists.check(ROUTES[batch.kind], numbers), budgeted=budgeted))
        return found

    def by_pages(self, posts: Iterable[KnownPost], *, budgeted: bool) -> list[Target]:
        """The pages of posts."""
        hint = {BUDGETED: "1"} if budgeted else {}
        return [page for post in posts for page in self.wanted.page(post.url, post.native_id, **hint)]

    def read(self, target: Target, listing: Listing) -> list[Target]:
        """What follows from an answer of the API."""
        if target.hint["mode"] == "check":
            return self._checked(target, listing)
        return self._listed(target, listing)

    def lost(self, target: Target) -> list[Target]:
        """A request was refused: one post that is not public is enough for that, so the rest is asked for by halves."""
        numbers = target.hint["ids"].split(",")
        if target.hint["mode"] == "threads" and target.hint["page"] == "1" and len(numbers) > 1:
            middle = len(numbers) // 2
            return [self._thread(half, target) for half in (numbers[:middle], numbers[middle:])]
        self.dropped(target)
        return []

    def dropped(self, target: Target) -> None:
        """A request was not made, or failed for good."""
        for number in target.hint.get("ids", "").split(","):
            if post := self.known.post(number, None):
                self.failed.add(post.id)

    def page_read(self, post: KnownPost) -> None:
        """The page of a post, and its thread with it, was read or found unchanged."""
        self.verified.setdefault(post.id, False)

    def checks(self, now: datetime, grown: Collection[str]) -> list[Check]:
        """When each post is looked at again. grown: ids of posts whose threads have grown in this run."""
        found = []
        for id_ in self.verified | dict.fromkeys(self.failed):
            post = self.known.posts[id_]
            if id_ in self.failed:
                found.append(Check(post_id=id_, checked_at=post.checked_at, due_at=stamp(now + AGAIN)))
                continue
            active = now if id_ in grown else moment(post.active_at)
            check = Check(post_id=id_, checked_at=stamp(now), due_at=stamp(now + interval(active, now)))
            found.append(replace(check, listed=self.verified[id_], unlisted=id_ in self.unlisted))
        # From now on the post has a date of its own: feeds and lists go on to see it, which verifies nothing.
        for post in self.known.posts.values():
            when = moment(post.checked_at)
            if post.due_at is None and when and post.id not in self.verified and post.id not in self.failed:
                due_at = stamp(when + interval(moment(post.active_at), when))
                found.append(Check(post_id=post.id, checked_at=post.checked_at, due_at=due_at))
        return found

    # -- batches -------------------------------------------------------------------------------------

    def _checked(self, target: Target, listing: Listing) -> list[Target]:
        route, asked = target.hint["route"], target.hint["ids"].split(",")
        listed = {one.native_id: one for one in listing.entries}
        found = self.wanted.posts(route, [one for one in listed.values() if self.known.lacks(one)])
        threads = []
        for number in asked:
            post = self.known.post(number, None)
            if post is None:
                continue
            if number not in listed:
                self.unlisted.add(post.id)
                self.verified.setdefault(post.id, False)
                found += self.wanted.page(post.url, number)
            elif number in self._whole and not listed[number].protected:
                threads.append(number)
            else:
                self.verified.setdefault(post.id, False)
        return [*found, *([self._thread(threads, target)] if threads else ())]

    def _thread(self, numbers: Sequence[str], like: Target, page: int = 1) -> Target:
        assert self.lists is not None
        return self._marked(self.lists.threads(numbers, page), budgeted=BUDGETED in like.hint)

    def _listed(self, target: Target, listing: Listing) -> list[Target]:
        numbers = target.hint["ids"].split(",")
        thread = self._threads.setdefault(target.hint["ids"], _Thread())
        thread.totals.add(listing.total)
        thread.numbers.update(one.native_id for one in listing.entries)
        thread.read += 1
        onward: list[Target] = []
        if target.hint["page"] == "1":
            thread.pages = max(1, ceil((listing.total or 0) / BATCH))
            onward = [self._thread(numbers, target, page) for page in range(2, thread.pages + 1)]
        new = [one for one in listing.entries if one.native_id not in self.known.comments]
        changed = dict.fromkeys(one.post for one in new)
        if thread.is_whole:
            posts = [post for number in numbers if (post := self.known.post(number, None))]
            self.verified.update(dict.fromkeys((post.id for post in posts), True))
            changed |= dict.fromkeys(self._short_of(posts, thread.numbers))
        pages = [
            page
            for number in (changed if self.wanted.pages else ())
            if (post := self.known.post(number, None))
            for page in self.wanted.page(post.url, number)
        ]
        return [*onward, *pages]

    def _short_of(self, posts: Iterable[KnownPost], listed: set[str]) -> list[str | None]:
        """Posts under which a comment is held that the API's list lacks."""
        if not self._held:
            for one in self.known.comments.values():
                if one.listed:
                    self._held.setdefault(one.post_id, set()).add(one.native_id)
        return [post.native_id for post in posts if self._held.get(post.id, set()) - listed]

    @staticmethod
    def _marked(target: Target, *, budgeted: bool) -> Target:
        return replace(target, hint={**target.hint, BUDGETED: "1"}) if budgeted else target


def is_revisit(target: Target) -> bool:
    """Whether a target is a question to the API about posts that are known."""
    return target.kind is TargetKind.API and target.hint.get("mode") in {"check", "threads"}
