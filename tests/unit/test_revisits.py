"""When posts are looked at again: within the budget, each in bounded time."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from math import ceil

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archiver.crawl.jobs import stamp
from archiver.crawl.revisits import BATCH, LONGEST, SHORTEST, by_lists, by_pages, due, interval, is_due, moment
from db.revisits import KnownPost

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


def post(number: int = 1, **other: object) -> KnownPost:
    made: dict[str, object] = {
        "id": f"post{number:04d}",
        "native_id": str(number),
        "url": f"https://blog.example.org/{number}/",
        "kind": "post",
        "modified_at": None,
        "protected": False,
        "by_api": True,
        "published_at": "2020-01-01T00:00:00Z",
        "active_at": "2020-01-01T00:00:00Z",
        "listed": 0,
        "shown": 0,
        "held": 0,
        "pages": 1,
        "heading": None,
        "feed": None,
        "checked_at": "2026-02-01T00:00:00Z",
        "due_at": None,
    }
    return KnownPost(**{**made, **other})  # type: ignore[arg-type]


posts = st.lists(
    st.builds(
        lambda listed, pages, kind, protected, days: (listed, pages, kind, protected, days),
        st.integers(0, 1500),
        st.one_of(st.none(), st.integers(0, 40)),
        st.sampled_from(["post", "page"]),
        st.booleans(),
        st.integers(0, 400),
    ),
    max_size=250,
).map(
    lambda rows: [
        post(n, listed=a, pages=b, kind=c, protected=d, checked_at=stamp(NOW - timedelta(days=e)))
        for n, (a, b, c, d, e) in enumerate(rows)
    ]
)


def cost(batches) -> int:
    """What the batches take by the rule of the API: a hundred a request."""
    listed = [sum(one.listed for one in batch.posts) for batch in batches if batch.threads]
    return len(batches) + sum(max(1, ceil(number / BATCH)) for number in listed)


@given(posts, st.integers(0, 120))
def test_the_budget_is_never_exceeded(found: list[KnownPost], budget: int) -> None:
    batches = by_lists(found, budget)
    assert cost(batches) == sum(batch.requests for batch in batches) <= budget
    assert all(0 < len(batch.posts) <= BATCH for batch in batches)
    assert sum(max(1, one.pages or 1) for one in by_pages(found, budget)) <= budget


@given(posts)
def test_without_a_budget_all_are_verified_once(found: list[KnownPost]) -> None:
    verified = [one.id for batch in by_lists(found) for one in batch.posts]
    assert sorted(verified) == [one.id for one in found]
    assert by_pages(found) == found


@given(posts.filter(bool), st.integers(2, 30))
def test_each_post_has_its_turn(found: list[KnownPost], budget: int) -> None:
    """Run after run, those first that waited longest: all were verified after as many runs as the arithmetic says."""
    waiting, runs = {one.id: one for one in due(found, NOW, full=True)}, 0
    while waiting:
        batches = by_lists(list(waiting.values()), budget)
        assert batches, "nothing fits into the budget"
        for batch in batches:
            for one in batch.posts:
                del waiting[one.id]
        runs += 1
    assert runs <= len(found)


@given(st.integers(0, 4000), st.integers(0, 90), st.one_of(st.none(), st.integers(-30, 400)))
def test_no_post_waits_for_ever(quiet: int, checked: int, planned: int | None) -> None:
    when = NOW - timedelta(days=checked)
    due_at = stamp(when + timedelta(days=planned)) if planned is not None else None
    one = post(active_at=stamp(NOW - timedelta(days=quiet)), checked_at=stamp(when), due_at=due_at)
    if checked >= LONGEST.days:
        assert is_due(one, NOW)
    assert is_due(one, when + LONGEST)


def test_a_clock_that_was_set_back_keeps_nobody_waiting() -> None:
    assert is_due(post(checked_at=stamp(NOW + timedelta(days=900)), due_at=stamp(NOW + timedelta(days=901))), NOW)


def test_what_a_killed_run_has_read_waits_for_no_date() -> None:
    verified = {"checked_at": stamp(NOW), "due_at": stamp(NOW + LONGEST)}
    assert not is_due(post(**verified), NOW)
    assert is_due(post(**verified, unsettled=True), NOW)


@pytest.mark.parametrize(
    ("days", "wanted"),
    [(0, SHORTEST), (10, timedelta(days=1)), (30, timedelta(days=3)), (365, timedelta(days=36.5)), (4000, LONGEST)],
)
def test_the_longer_it_was_quiet_the_longer_it_waits(days: int, wanted: timedelta) -> None:
    assert interval(NOW - timedelta(days=days), NOW) == wanted


def test_those_first_that_waited_longest() -> None:
    recent, old = post(1, checked_at="2026-01-20T00:00:00Z"), post(2, checked_at="2025-12-01T00:00:00Z")
    fresh = post(3, checked_at="2026-02-28T23:00:00Z")
    never = replace(recent, id="post0004", checked_at="")
    assert [one.id for one in due([recent, old, fresh], NOW)] == [old.id]
    assert [one.id for one in due([recent, old, fresh, never], NOW, full=True)] == [
        never.id,
        old.id,
        recent.id,
        fresh.id,
    ]


def test_a_thread_beyond_the_budget_keeps_its_post_from_nothing() -> None:
    (batch,) = by_lists([post(listed=5000)], 10)
    assert (batch.threads, batch.requests) == (False, 1)


def test_six_thousand_posts_fit_into_a_day() -> None:
    """The arithmetic of the docs: 6,000 posts with 90,000 comments, 100 requests an hour."""
    waiting = [post(n, listed=15) for n in range(6000)]
    runs = 0
    while waiting:
        done = {one.id for batch in by_lists(waiting, 100) for one in batch.posts}
        waiting = [one for one in waiting if one.id not in done]
        runs += 1
    assert runs == 10
    assert moment(None) is None
