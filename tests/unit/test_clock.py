"""The clock of a blog, from the same comments in its feed and on its pages."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archiver import dates
from archiver.crawl.clock import Clock
from archiver.model import Comment, Extract, Moment, ParentSource, Post, PostRef, Rank, Site, Target, TargetKind

SITE = Site(key="blog.example.org", home="https://blog.example.org/", language="en-US")
PAGE = Target(url="https://blog.example.org/2021/02/tides/", kind=TargetKind.POST)
POST = PostRef(native_id="7", url=None)


def extract(number: str, published: Moment | None) -> Extract:
    comment = Comment(
        post=POST, rank=Rank.PAGE, native_id=number, published=published, parent_source=ParentSource.UNKNOWN
    )
    return Extract(comments=(comment,))


def in_feed(when: datetime) -> Moment | None:
    return dates.from_rfc822(f"{when.astimezone(UTC):%a, %d %b %Y %H:%M:%S} +0000")


def on_page(when: datetime) -> Moment | None:
    return dates.from_printed(f"{when:%B} {when.day}, {when.year} at {when:%I:%M %p}", language="en")


@pytest.mark.parametrize(
    ("zone", "month", "timezone", "offset"),
    [
        ("Europe/London", 7, "Europe/London", None),
        ("Europe/London", 1, None, None),  # as good as none, and it may be Reykjavík
        ("Europe/Berlin", 1, "Europe/Berlin", None),
        ("America/New_York", 7, "America/New_York", None),
        ("Asia/Kathmandu", 7, None, 345),
    ],
)
def test_the_two_times_of_a_comment_tell(zone: str, month: int, timezone: str | None, offset: int | None) -> None:
    when = datetime(2021, month, 5, 9, 30, 41, tzinfo=ZoneInfo(zone))
    clock = Clock()
    assert clock.told(SITE, PAGE, extract("5", in_feed(when))).blog is None
    facts = clock.told(SITE, PAGE, extract("5", on_page(when))).blog
    found = (facts.timezone, facts.utc_offset) if facts else (None, None)
    assert found == (timezone, offset)


def test_the_page_that_tells_the_clock_is_read_by_it() -> None:
    when = datetime(2021, 7, 5, 9, 30, 41, tzinfo=ZoneInfo("Europe/London"))
    clock = Clock()
    clock.told(SITE, PAGE, extract("5", in_feed(when)))
    post = Post(url=PAGE.url, rank=Rank.PAGE, published=dates.from_iso("2021-01-02T08:00"))
    told = clock.told(SITE, PAGE, replace(extract("5", on_page(when)), posts=(post,)))
    moments = [told.comments[0].published, told.posts[0].published]
    assert [moment and (moment.at, moment.floating) for moment in moments] == [
        ("2021-07-05T08:30:00Z", False),
        ("2021-01-02T08:00:00Z", False),
    ]


@given(seconds=st.integers(1_100_000_000, 1_900_000_000), east=st.integers(-48, 56))
def test_the_time_that_is_read_next_is_right(seconds: int, east: int) -> None:
    """Whatever zone is taken for it, the same printed time is then read as the moment that the feed states."""
    exact = datetime.fromtimestamp(seconds, UTC)
    printed = exact + timedelta(minutes=15 * east)
    clock = Clock()
    clock.told(SITE, PAGE, extract("5", in_feed(exact)))
    facts = clock.told(SITE, PAGE, extract("5", on_page(printed))).blog
    assert (facts is None) == (east == 0)
    if facts:
        known = ZoneInfo(facts.timezone) if facts.timezone else facts.utc_offset
        again = dates.from_printed(f"{printed:%Y-%m-%d %H:%M}", clock=known)
        assert again
        near = abs(datetime.fromisoformat(again.at) - exact)
        # In the hour that a zone has twice a printed time means either.
        assert near < timedelta(minutes=1) or near // timedelta(hours=1) == 1


def test_a_stated_zone_and_a_known_clock_are_left_alone() -> None:
    stated = dates.from_iso("2021-07-05T09:30:41+01:00")
    clock = Clock()
    clock.told(SITE, PAGE, extract("5", dates.from_iso("2021-07-05T06:30:41Z")))
    assert clock.told(SITE, PAGE, extract("5", stated)).blog is None
    floating = dates.from_iso("2021-07-05T09:30:41")
    assert floating
    assert floating.floating
    known = Site(key=SITE.key, home=SITE.home, timezone="Europe/Madrid")
    assert clock.told(known, PAGE, extract("5", floating)).blog is None


def test_another_comment_tells_nothing() -> None:
    clock = Clock()
    clock.told(SITE, PAGE, extract("5", dates.from_iso("2021-07-05T06:30:41Z")))
    assert clock.told(SITE, PAGE, extract("6", dates.from_iso("2021-07-05T09:30:41"))).blog is None
    assert clock.told(SITE, PAGE, extract("5", dates.from_iso("2021-07-09T09:30:41"))).blog is None


def test_of_the_feed_of_the_whole_blog_only_the_times_are_taken() -> None:
    feed = Target(url="https://blog.example.org/comments/feed/", kind=TargetKind.COMMENT_FEED, hint={"of": "all"})
    clock = Clock()
    when = datetime(2021, 7, 5, 9, 30, 41, tzinfo=ZoneInfo("Europe/London"))
    assert clock.told(SITE, feed, extract("5", in_feed(when))).comments == ()
    facts = clock.told(SITE, PAGE, extract("5", on_page(when))).blog
    assert facts
    assert facts.timezone == "Europe/London"


LONDON = ZoneInfo("Europe/London")
LINKED = PostRef(native_id="7", url="https://blog.example.org/2021/07/tides/")


def afloat(number: str, month: int) -> Extract:
    when = datetime(2021, month, 5, 9, 30, 41, tzinfo=LONDON)
    (comment,) = extract(number, on_page(when)).comments
    return Extract(comments=(replace(comment, post=LINKED),))


def test_in_winter_the_feed_of_a_summer_post_is_asked_for_and_what_was_read_is_dated_again() -> None:
    winter = datetime(2021, 1, 5, 9, 30, 41, tzinfo=LONDON)
    clock = Clock()
    clock.told(SITE, PAGE, extract("5", in_feed(winter)))
    cold = extract("5", on_page(winter))
    assert clock.asks(SITE, clock.told(SITE, PAGE, cold)) is None
    warm, other = afloat("6", 7), afloat("8", 6)
    assert clock.asks(SITE, clock.told(SITE, PAGE, warm)) == LINKED
    clock.told(SITE, PAGE, other)
    told = clock.told(SITE, PAGE, extract("6", in_feed(datetime(2021, 7, 5, 9, 30, 41, tzinfo=LONDON))))
    assert told.blog is not None
    assert told.blog.timezone == "Europe/London"
    dated = {comment.native_id: comment.published and comment.published.at for comment in told.comments}
    assert dated == {"5": "2021-01-05T09:30:00Z", "6": "2021-07-05T08:30:41Z", "8": "2021-06-05T08:30:00Z"}


def test_where_the_summer_is_greenwichs_nothing_is_asked_for() -> None:
    when = datetime(2021, 7, 5, 9, 30, 41, tzinfo=UTC)
    clock = Clock()
    clock.told(SITE, PAGE, extract("6", in_feed(when)))
    told = clock.told(SITE, PAGE, replace(extract("6", on_page(when)), comments=afloat("6", 7).comments))
    assert told.blog is None
    assert clock.asks(SITE, afloat("9", 8)) is None


def test_no_feed_is_asked_for_without_end_or_without_feeds() -> None:
    clock = Clock()
    assert clock.asks(SITE, afloat("9", 8)) is None
    clock.told(SITE, PAGE, extract("5", in_feed(datetime(2021, 1, 5, 9, 30, 41, tzinfo=UTC))))
    feed = Target(url=f"{LINKED.url}feed/", kind=TargetKind.COMMENT_FEED)
    asked = []
    for number in range(9):
        asked += [clock.asks(SITE, afloat(str(number), 8)) for _ in range(2)]
        clock.told(SITE, feed, Extract())
    assert asked == [LINKED, None] * 3 + [None] * 12
    assert clock.asks(replace(SITE, timezone="Europe/London"), afloat("9", 8)) is None
