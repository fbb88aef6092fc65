"""What to make of an answer before anyone reads it: go on, follow it, ask again later, or give it up.

Pure decisions; the session carries them out.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from archiver.crawl.jobs import REDIRECTS, Answer, Job, said
from archiver.crawl.reading import is_door
from archiver.crawl.wishes import PAGES
from archiver.engines.base import PART
from archiver.model import TargetKind
from archiver.page import Page
from archiver.urls import absolute, url_key, without_fragment

PASSING = frozenset({408, 420, 425, 429, 500, 502, 503, 504, 520, 521, 522, 523, 524})
"""Statuses that may be different the next time."""
HOST_WIDE = frozenset({420, 429, 503})
"""Statuses by which the host as a whole asks for patience."""
_FEEDS = frozenset({TargetKind.FEED, TargetKind.COMMENT_FEED})
MOST_ATTEMPTS = 5
FEW_ATTEMPTS = 2
MOST_REDIRECTS = 10
LONGEST_PAUSE = timedelta(hours=24)  # what a Retry-After may ask for; a greater one is taken for this
LONGEST_WAIT = timedelta(minutes=5)
"""What asks for a longer wait ends the run; the next one asks again."""
LEAST_PAUSE = 0.5  # seconds
LONGEST_OWN_PAUSE = 300.0  # seconds


@dataclass(frozen=True, slots=True)
class Read:
    """The answer is to be read, whatever its status."""


@dataclass(frozen=True, slots=True)
class Follow:
    """It leads elsewhere; whether that may be fetched is another question."""

    job: Job


@dataclass(frozen=True, slots=True)
class Later:
    """Ask again after a wait. host_wide: nothing else may be asked of the host meanwhile."""

    why: str
    wait: timedelta
    host_wide: bool


@dataclass(frozen=True, slots=True)
class Lost:
    """Nothing usable came, and another try would not help."""

    why: str


Decision = Read | Follow | Later | Lost


def decide(job: Job, answer: Answer, *, delay: float, now: datetime, most_attempts: int = MOST_ATTEMPTS) -> Decision:
    """What to make of an answer. delay: seconds between requests to the host, on which the back-off builds."""
    last = job.attempts + 1 >= most_attempts
    page = answer.page
    if page is None:
        failure = answer.failure
        assert failure is not None, "an answer has a page or a failure"
        if last or failure.lasting:
            return Lost(failure.why)
        return Later(failure.why, pause(job.attempts, delay, None), host_wide=True)
    if page.status in REDIRECTS and "location" in page.headers:
        return Read() if _is_off(job, page) else _redirect(job, page)
    if not last and is_door(page):
        why = "something else stands in its place"
        return Later(
            why, pause(job.attempts, delay, retry_after(page.headers, now)), host_wide=job.target.kind in PAGES
        )
    if PART in job.target.hint and job.attempts + 1 >= FEW_ATTEMPTS:
        return Read()  # the whole that it is a part of has failed as often as is fair
    if page.status in PASSING and not last:
        wait = pause(job.attempts, delay, retry_after(page.headers, now))
        return Later(said(page.status), wait, host_wide=page.status in HOST_WIDE)
    return Read()


def _is_off(job: Job, page: Page) -> bool:
    """Whether a feed leads to the page that it is of, or to the front page: so plugins close feeds."""
    if job.target.kind not in _FEEDS:
        return False
    to = absolute(page.headers["location"], page.url)
    own, there = url_key(page.url), url_key(to or page.url)
    return own != there and (own.startswith((f"{there}/", f"{there}?", f"{there}&")))


def _redirect(job: Job, page: Page) -> Follow | Lost:
    location = page.headers["location"]
    url = absolute(location, page.url)
    if url is None:
        return Lost(f"redirects to {location[:200]!r}, which is no web address")
    if job.hops >= MOST_REDIRECTS:
        return Lost(f"redirects without end ({MOST_REDIRECTS} times, then to {url[:200]})")
    return Follow(replace(job, url=without_fragment(url), hops=job.hops + 1))


def retry_after(headers: Mapping[str, str], now: datetime) -> timedelta | None:
    """How long the host asks to wait (RFC 9110: seconds, or a date); None when it does not say."""
    value = headers.get("retry-after", "").strip()
    if not value:
        return None
    if value.isdecimal():
        return min(timedelta(seconds=int(value[:9])), LONGEST_PAUSE)
    try:
        when = parsedate_to_datetime(value)
    except ValueError:
        return None
    when = when if when.tzinfo else when.replace(tzinfo=UTC)
    return max(timedelta(0), min(when - now, LONGEST_PAUSE))


def pause(attempts: int, delay: float, asked: timedelta | None) -> timedelta:
    """How long to wait before another try: what the host asks, and never less than a growing back-off.

    attempts: how often it has failed before, from 0. delay: the blog's own delay, in seconds.
    """
    own = timedelta(seconds=min(max(LEAST_PAUSE, delay) * 2 ** min(attempts, 20), LONGEST_OWN_PAUSE))
    return max(own, asked) if asked is not None else own
