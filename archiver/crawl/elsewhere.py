"""Threads at other hosts, as comment systems keep them.

Each waits until the robots.txt of its host has come, and none is asked for at a host that is silent.
"""

from __future__ import annotations

from collections import deque

from archiver.crawl import retry
from archiver.crawl.hosts import Hosts
from archiver.crawl.jobs import Answer, Job
from archiver.crawl.names import STRANGER, Names
from archiver.crawl.policy import Policy, robots_target
from archiver.crawl.robots import Robots
from archiver.model import Site, TargetKind
from archiver.urls import host_key, same_host


def is_rules(job: Job) -> bool:
    """Whether a job is for the robots.txt of another host."""
    return job.target.kind is TargetKind.ROBOTS and "host" in job.target.hint


class Elsewhere:
    """The other hosts of one blog. delay: the blog's own, in seconds, which they are not asked faster than."""

    def __init__(self, policy: Policy, hosts: Hosts, delay: float, names: Names) -> None:
        self._policy, self._hosts, self._delay, self._names = policy, hosts, delay, names
        self._waiting: deque[Job] = deque()  # robots.txt is asked for, or has just come

    def next(self) -> Job | None:
        """A thread that has waited for the rules of its host."""
        return self._waiting.popleft() if self._waiting else None

    def rules_before(self, job: Job, site: Site) -> Job | None:
        """What is to be asked for before a job, which waits for it; None when there is nothing."""
        if STRANGER in job.target.hint:
            rules = None if self._names.has_rules(job.url) else robots_target(job.url, **{STRANGER: ""})
        else:
            rules = self._policy.rules_of(job.target, site)
        if rules is None:
            return None
        self._waiting.append(job)
        return Job(rules, rules.url)

    def is_silent(self, url: str, site: Site) -> bool:
        """Whether another host than the blog's is not to be asked any more in this run; for its own a session ends."""
        patience = retry.LONGEST_WAIT.total_seconds()
        return not same_host(url, site.home) and (self._hosts.is_away(url) or self._hosts.paused_for(url) > patience)

    def ruled(self, job: Job, answer: Answer, decision: retry.Decision) -> str | None:
        """Take the robots.txt of another host. Returns why it could not be had: then it allows nothing, as with the
        blog's own."""
        page = answer.page if isinstance(decision, retry.Read) else None
        rules = Robots.from_answer(page.status, page.body) if page else Robots.from_answer(503, b"")
        if STRANGER in job.target.hint:
            self._names.ruled(job.target.hint["host"], rules)
        else:
            self._policy.ruled(job.target, rules)
        self._hosts.slow_down(job.url, max(self._delay, rules.delay))
        return (answer.failure.why if answer.failure else rules.why) if rules.why else None

    def lost(self, host: str) -> list[Job]:
        """The threads that waited for a host that is down, taken out."""
        lost = [job for job in self._waiting if host_key(job.url) == host]
        for job in lost:
            self._waiting.remove(job)
        return lost
