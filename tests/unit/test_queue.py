"""The work of an update: what leads to what is asked for anyway is left to that."""

from __future__ import annotations

from archiver.crawl.jobs import Job, utc_now
from archiver.crawl.queue import Queue
from archiver.model import Target, TargetKind

ONE, OTHER = (Target(url=f"https://blog.example.org/{name}", kind=TargetKind.POST) for name in ("?p=7", "a-post/"))


def queue(*targets: Target) -> Queue:
    made = Queue(utc_now)
    made.push([Job(target, target.url) for target in targets])
    return made


def test_a_redirect_to_what_waits_is_not_followed() -> None:
    made = queue(ONE, OTHER)
    assert made.next() is not None
    assert made.has_read(OTHER.url, ONE)
    made.settled(ONE)
    assert not made.has_read("https://blog.example.org/elsewhere/", ONE)


def test_a_redirect_to_another_spelling_of_itself_is_followed() -> None:
    made = queue(ONE)
    assert made.next() is not None
    assert not made.has_read("http://www.blog.example.org/?p=7", ONE)


def test_of_two_that_lead_to_each_other_one_is_followed() -> None:
    made = queue(ONE, OTHER)
    made.next()
    assert made.has_read(OTHER.url, ONE)
    made.settled(ONE)
    made.next()
    assert not made.has_read(ONE.url, OTHER)
