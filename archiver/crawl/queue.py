"""The work of an update: in memory, first come, first served.

Nothing of it needs to outlive the run. What was not followed up is told by the same sensors again, since what is
known is what the archive holds.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable
from datetime import datetime

from archiver.crawl.jobs import Job, stamp
from archiver.model import Target, TargetKind
from archiver.urls import url_key
from db.frontier import Waiting


class Queue:
    """Stands where `work.Work` stands in a whole crawl. in_flight: what is being fetched or read, by URL."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self._ready: deque[Job] = deque()
        self._later: list[tuple[datetime, Job]] = []
        self._settled: set[str] = set()
        self._left: set[str] = set()  # keys of URLs that were left to where they redirect to
        self.in_flight: dict[str, Job] = {}

    def push(self, jobs: Iterable[Job]) -> None:
        """Put jobs at the end."""
        self._ready.extend(jobs)

    def put_off(self, job: Job, until: datetime) -> None:
        """Have a job done at a later time."""
        self.in_flight.pop(job.target.url, None)
        self._later.append((until, job))

    def next(self) -> Job | None:
        """The next job; those that were put off come first once they are due."""
        now = self._clock()
        for due in sorted(self._later, key=lambda pair: pair[0])[:1]:
            if due[0] <= now:
                self._later.remove(due)
                self._ready.appendleft(due[1])
        if not self._ready:
            return None
        job = self._ready.popleft()
        self.in_flight[job.target.url] = job
        return job

    def settled(self, target: Target, new: int = 0) -> None:
        """A target is done with."""
        del new
        self.in_flight.pop(target.url, None)
        self._settled.add(url_key(target.url))

    def has_read(self, url: str, asked: Target) -> bool:
        """Whether a URL was asked for in this run, or is about to be as a post; see Work.

        What an earlier run has read may have changed since.
        """
        key, own = url_key(url), url_key(asked.url)
        jobs = (*self._ready, *(job for _, job in self._later), *self.in_flight.values())
        if key != own and any(job.target.kind is TargetKind.POST and url_key(job.target.url) == key for job in jobs):
            self._left.add(own)
            return True
        return key in self._settled and key not in self._left

    def named(self, aliases: Iterable[str], fetch_id: str) -> None:
        """Other names of a page that has been read: nothing here goes by them."""
        del aliases, fetch_id

    def exclude(self, target: Target, reason: str) -> None:
        """Leave a target out."""
        del reason
        self.settled(target)

    def hold(self, target: Target) -> None:
        """Leave a target for a later run."""
        self.settled(target)

    @property
    def pending(self) -> int:
        """How much is to be done."""
        return len(self._ready) + len(self._later) + len(self.in_flight)

    @property
    def taken(self) -> int:
        """How much is to be done now."""
        return len(self._ready) + len(self.in_flight)

    @property
    def held(self) -> int:
        """How much is held back: nothing, there is no limit on posts here."""
        return 0

    def waiting(self) -> Waiting:
        """What is left to do, and when the first of what was put off is due."""
        first = min((until for until, _ in self._later), default=None)
        return Waiting(len(self._ready), len(self._later), stamp(first) if first else None)

    def give_back(self) -> int:
        """Forget what was not done. Returns how much that is."""
        left = self.pending
        self._ready.clear()
        self._later.clear()
        self.in_flight.clear()
        return left
