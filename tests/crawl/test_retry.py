"""What is made of an answer: tables of answer and decision."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archiver.crawl import retry
from archiver.crawl.jobs import Answer, Failure, Job
from archiver.crawl.retry import Follow, Later, Lost, Read, decide, pause, retry_after
from archiver.model import Target, TargetKind
from archiver.page import Page

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
URL = "https://blog.example.org/a/"
JOB = Job(Target(url=URL, kind=TargetKind.POST), URL)
LAST = Job(JOB.target, URL, attempts=retry.MOST_ATTEMPTS - 1)


def answer(status: int, **headers: str) -> Answer:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Answer(at=NOW, page=Page(URL, b"", status=status, headers=named))


def failed(why: str, *, lasting: bool = False) -> Answer:
    return Answer(at=NOW, failure=Failure(why, lasting))


def decision(given: Answer, job: Job = JOB, delay: float = 1.0) -> retry.Decision:
    return decide(job, given, delay=delay, now=NOW)


@pytest.mark.parametrize("status", [200, 204, 304, 400, 401, 403, 404, 410, 451, 501, 505])
def test_read(status: int) -> None:
    assert decision(answer(status)) == Read()


@pytest.mark.parametrize("status", sorted(retry.PASSING))
def test_later_and_in_the_end_read(status: int) -> None:
    found = decision(answer(status))
    assert isinstance(found, Later)
    assert str(status) in found.why
    assert found.host_wide is (status in {420, 429, 503})
    assert decision(answer(status), LAST) == Read()


def test_no_answer_is_tried_again_unless_that_is_pointless() -> None:
    assert decision(failed("silence")) == Later("silence", timedelta(seconds=1), host_wide=True)
    assert decision(failed("silence"), LAST) == Lost("silence")
    assert decision(failed("too large", lasting=True)) == Lost("too large")


@pytest.mark.parametrize(
    ("location", "url"),
    [
        ("/b/", "https://blog.example.org/b/"),
        ("https://other.example.org/", "https://other.example.org/"),
        ("../c/#comment-3", "https://blog.example.org/c/"),
        ("//cdn.example.org/x", "https://cdn.example.org/x"),
    ],
)
@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_follow(status: int, location: str, url: str) -> None:
    assert decision(answer(status, location=location)) == Follow(Job(JOB.target, url, hops=1))


@pytest.mark.parametrize("location", ["javascript:void(0)", "ftp://x.example.org/", "http://[::1", ""])
def test_a_redirect_to_nowhere(location: str) -> None:
    found = decision(answer(302, location=location))
    assert isinstance(found, Lost) or (location == "" and isinstance(found, Follow))


@pytest.mark.parametrize(
    ("feed", "location", "off"),
    [
        ("https://blog.example.org/feed/", "/", True),
        ("https://blog.example.org/comments/feed/", "/comments/", True),
        ("https://blog.example.org/a/feed/", "https://www.blog.example.org/a/", True),
        ("https://blog.example.org/?feed=rss2", "https://blog.example.org", True),
        ("https://blog.example.org/?p=7&feed=rss2", "/?p=7", True),
        ("https://blog.example.org/feed", "/feed/", False),
        ("https://blog.example.org/feed/", "/rss.xml", False),
        ("http://blog.example.org/feed/", "https://blog.example.org/feed/", False),
        ("https://blog.example.org/feed/?paged=2", "/feed/", True),
    ],
)
def test_a_feed_that_leads_to_its_page_is_off(feed: str, location: str, off: bool) -> None:
    found = decision(
        Answer(at=NOW, page=Page(feed, b"", status=301, headers={"location": location})),
        Job(Target(url=feed, kind=TargetKind.FEED), feed),
    )
    assert isinstance(found, Read if off else Follow)


def test_a_redirect_without_location_is_a_page() -> None:
    assert decision(answer(302)) == Read()


def test_redirects_end() -> None:
    job = Job(JOB.target, URL, hops=retry.MOST_REDIRECTS)
    found = decision(answer(302, location="/again/"), job)
    assert isinstance(found, Lost)
    assert "without end" in found.why


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("0", 0),
        ("120", 120),
        ("99999999999999999", 86400),
        ("Sun, 01 Mar 2026 12:02:00 GMT", 120),
        ("Sun, 01 Mar 2026 11:00:00 GMT", 0),
        ("Sun, 01 Mar 2026 14:02:00 +0200", 120),
        ("Sunday, 01-Mar-26 12:02:00 GMT", 120),
        ("Sun, 01 Mar 2099 12:02:00 GMT", 86400),
        ("soon", None),
        ("-5", None),
        ("1.5", None),
        ("", None),
    ],
)
def test_retry_after(value: str, seconds: int | None) -> None:
    expected = None if seconds is None else timedelta(seconds=seconds)
    assert retry_after({"retry-after": value}, NOW) == expected


@given(st.text(max_size=40))
def test_no_retry_after_is_too_strange(value: str) -> None:
    found = retry_after({"retry-after": value}, NOW)
    assert found is None or timedelta(0) <= found <= retry.LONGEST_PAUSE


@given(st.integers(0, 100), st.floats(0, 3600), st.none() | st.timedeltas(timedelta(0), timedelta(days=1)))
def test_pauses_grow_and_are_never_shorter_than_asked(attempts: int, delay: float, asked: timedelta | None) -> None:
    found = pause(attempts, delay, asked)
    assert found >= (asked or timedelta(0))
    assert pause(attempts + 1, delay, asked) >= found
    assert found <= max(asked or timedelta(0), timedelta(seconds=300))
    assert found >= timedelta(seconds=0.5)


def test_the_wait_that_a_host_asks_for_holds_for_all_of_it() -> None:
    assert decision(answer(503, retry_after="90")) == Later(
        "503 Service Unavailable", timedelta(seconds=90), host_wide=True
    )
