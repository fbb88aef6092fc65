"""The frontier of one blog as a session works it off: phase after phase, rows taken in batches."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

from archiver.crawl.jobs import Job, stamp
from archiver.model import Target, TargetKind
from archiver.urls import url_key
from db.frontier import Frontier, Waiting

BANDS = (5, 20, 50)
"""Priorities at which a phase begins: detection, API, feeds and lists, pages. A phase waits for the one before."""
BATCH = 25
SOON = timedelta(minutes=1)
"""A phase also waits for what an earlier one has put off for no longer than that."""


class Work:
    """What is to be fetched, what is being fetched, and what is held back until the run has ended.

    All three kinds of rows are `in flight` in the archive; those that are never settled are given back
    at the end, or by the next run when there was no end.
    """

    def __init__(self, frontier: Frontier, blog_id: str, site_key: str, clock: Callable[[], datetime]) -> None:
        self._frontier, self._blog_id, self._site_key, self._clock = frontier, blog_id, site_key, clock
        self._ready: dict[str, Job] = {}  # by the key of its URL
        self._held: list[Target] = []
        self._left: set[str] = set()  # keys of URLs that were left to where they redirect to
        self.in_flight: dict[str, Job] = {}
        self.pending = 0

    def next(self) -> Job | None:
        """The next job of the lowest phase that is not yet done; it counts as in flight until `settled`."""
        if not self._ready:
            self._take()
        if not self._ready:
            return None
        job = self._ready.pop(next(iter(self._ready)))
        self.in_flight[job.target.url] = job
        return job

    def settled(self, target: Target, new: int = 0) -> None:
        """A target is done with, for now or for good, and has brought that many new ones."""
        self.in_flight.pop(target.url, None)
        self.pending = max(0, self.pending - 1) + new

    def has_read(self, url: str, asked: Target) -> bool:
        """Whether where a target redirects to was fetched in this round, or is about to be, as a post.

        By another name of its page, too; but not by another spelling of the target's own URL, and not a target that was
        itself left to where it redirects to: two that lead to each other are a redirect without end. A sitemap that was
        not there leaves its other names to be tried.
        """
        if asked.kind is not TargetKind.POST:
            return self._frontier.is_done(self._blog_id, self._site_key, url, well=True)
        key, own = url_key(url), url_key(asked.url)
        taken = (*self.in_flight.values(), *filter(None, [self._ready.get(key)]))
        if key != own and any(job.target.kind is TargetKind.POST and url_key(job.target.url) == key for job in taken):
            self._left.add(own)
            return True
        return key not in self._left and self._frontier.is_done(self._blog_id, self._site_key, url)

    def named(self, aliases: Iterable[str], fetch_id: str) -> None:
        """Other names of a page that has been read: they are not to be fetched either."""
        for url in aliases:
            if job := self._ready.pop(url_key(url), None):
                self._frontier.alias(self._site_key, job.target, fetch_id)
                self.pending = max(0, self.pending - 1)

    def exclude(self, target: Target, reason: str) -> None:
        """Leave a target out for good."""
        self.settled(target)
        self._frontier.exclude(self._site_key, target, reason)

    def hold(self, target: Target) -> None:
        """Leave a target for a later run."""
        self.settled(target)
        self._held.append(target)

    @property
    def taken(self) -> int:
        """How many rows are out of the archive's reckoning, to be fetched in this run."""
        return len(self._ready) + len(self.in_flight)

    @property
    def held(self) -> int:
        """How many targets are held back."""
        return len(self._held)

    def waiting(self) -> Waiting:
        """What is left to do in the archive's words; what is held or in flight here does not count."""
        return self._frontier.waiting(self._blog_id, stamp(self._clock()))

    def give_back(self) -> int:
        """Release all that was taken and not done, at the end of a run. Returns how much is left to do then."""
        taken = [job.target for job in (*self.in_flight.values(), *self._ready.values())]
        self._frontier.release(self._site_key, [*taken, *self._held])
        self.in_flight.clear()
        self._ready.clear()
        left = self.waiting()
        return left.ready + left.put_off

    def _take(self) -> None:
        now = self._clock()
        priorities = [job.target.priority for job in self.in_flight.values()]
        lowest = self._frontier.lowest(self._blog_id, stamp(now + SOON))
        if lowest is None:
            return
        ceiling = next((band for band in BANDS if min([lowest, *priorities]) < band), 1 << 30)
        if lowest >= ceiling:
            return  # it belongs to a later phase than what is in flight
        taken = self._frontier.take(self._blog_id, BATCH, stamp(now), below=ceiling)
        self._ready |= {url_key(target.url): Job(target, target.url, attempts) for target, attempts in taken}
        left = self.waiting()
        self.pending = left.ready + left.put_off + len(self._ready) + len(self.in_flight)


def phase(target: Target) -> str:
    """The phase of a crawl that a target belongs to, in words for people."""
    if target.priority < BANDS[0]:
        return "detecting"
    return "data" if target.priority < BANDS[2] else "pages"
