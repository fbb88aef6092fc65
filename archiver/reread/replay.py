"""What a live crawl would have made of a response, decided again by the same rules. Pure."""

from __future__ import annotations

from dataclasses import replace

from archiver.config import BlogConfig
from archiver.crawl import opening, retry
from archiver.crawl.clock import Clock
from archiver.crawl.jobs import Answer
from archiver.crawl.names import STRANGER
from archiver.crawl.policy import Policy
from archiver.crawl.reading import Question, Reading, engine_named
from archiver.crawl.recorded import Asked
from archiver.crawl.render import is_wanting
from archiver.crawl.robots import Robots
from archiver.crawl.saving import is_torn, learned, visit_of
from archiver.model import TargetKind, Visit
from archiver.urls import url_key

_NO_ROBOTS = Robots.from_answer(404, b"")


def question_of(asked: Asked, answer: Answer) -> Question | None:
    """What is to be read of an answer; None where the crawl read nothing: redirects, failures, robots.txt."""
    target, site = asked.job.target, asked.site
    most = opening.MOST_ATTEMPTS if asked.opening else retry.MOST_ATTEMPTS
    decision = retry.decide(asked.job, answer, delay=0, now=answer.at, most_attempts=most)
    if not isinstance(decision, retry.Read) or target.kind is TargetKind.ROBOTS or STRANGER in target.hint:
        return None
    page = answer.page
    assert page is not None
    if asked.opening:
        if not page.ok:
            return None
        if url_key(page.url) == url_key(site.home):  # with https, or www.
            site = replace(site, home=page.url)
    return Question(page=page, target=target, site=site, engine=asked.engine, named=asked.named)


def visit_again(asked: Asked, answer: Answer, question: Question, reading: Reading, clock: Clock) -> Visit | None:
    """What a reading brings; None where the crawl stored nothing of it. clock: of its blog."""
    target, page = question.target, question.page
    if reading.engine is None:
        return None
    if is_torn(target, page, reading) and asked.job.attempts + 1 < retry.MOST_ATTEMPTS:
        return None  # it was asked for again
    if asked.render and is_wanting(target, page, reading):
        return None  # a browser showed it, and that was read
    choice = BlogConfig(url=question.site.home, include=asked.include, exclude=asked.exclude)
    kept = Policy(choice, _NO_ROBOTS, engine_named(reading.engine)).kept(reading.extract)
    site = question.site
    reading = replace(reading, extract=clock.told(site, target, kept))
    if page.ok and reading.error is None:
        site = learned(site, target, reading.extract)
    return visit_of(asked.job, answer, reading, site)
