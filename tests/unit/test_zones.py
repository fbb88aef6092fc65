"""The clock of a blog, from what its pages state."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, tzinfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archiver.model import Site
from archiver.zones import clock_of

JANUARY = datetime(2021, 1, 15, 12, tzinfo=UTC)
JULY = datetime(2021, 7, 15, 12, tzinfo=UTC)
FIRST = datetime(1990, 1, 1)  # noqa: DTZ001 (hypothesis wants naive bounds)
LAST = datetime(2035, 1, 1)  # noqa: DTZ001
SITE = Site(key="blog.example", home="https://blog.example/")


def minutes(clock: int | tzinfo | None, day: datetime) -> int | None:
    if isinstance(clock, tzinfo):
        offset = day.replace(tzinfo=clock).utcoffset()
        assert offset is not None
        return int(offset / timedelta(minutes=1))
    return clock


@pytest.mark.parametrize(
    ("stated", "language", "in_january", "in_july"),
    [
        (["2020-04-01T06:00:00+01:00"], "en-GB", 0, 60),
        (["2020-04-01T06:00:00+01:00"], "en-US", 0, 60),
        (["2020-01-09T06:00:00+00:00"], "en-GB", 0, 60),
        (["2020-01-09T06:00:00+00:00"], "en-US", 0, 0),
        (["2020-01-09T06:00:00+00:00", "2020-07-09T06:00:00+00:00"], "en-GB", 0, 0),
        (["2020-01-09T06:00:00+01:00"], "de-DE", 60, 120),
        (["2020-07-09T06:00:00-04:00"], None, -300, -240),
        (["2020-07-09T06:00:00+05:30"], "hi-IN", 330, 330),
        (["2020-07-09T06:00:00+05:45"], "ne-NP", 345, 345),
        (["2020-07-09T06:00:00Z", "2020-07-09", "", "soon", "2020-07-09 06:00:00"], "en-GB", None, None),
        ([], "en-GB", None, None),
    ],
)
def test_the_zone_that_agrees(
    stated: list[str], language: str | None, in_january: int | None, in_july: int | None
) -> None:
    clock = clock_of(SITE, stated, language)
    assert minutes(clock, JANUARY) == in_january
    assert minutes(clock, JULY) == in_july


def test_settings_come_first() -> None:
    stated = ["2020-07-09T06:00:00+05:30"]
    known = Site(key="blog.example", home="https://blog.example/", timezone="Europe/London", utc_offset=0)
    assert minutes(clock_of(known, stated, "hi"), JULY) == 60
    fixed = Site(key="blog.example", home="https://blog.example/", utc_offset=120)
    assert clock_of(fixed, stated, "hi") == 120
    odd = Site(key="blog.example", home="https://blog.example/", timezone="Nowhere/At all", utc_offset=120)
    assert clock_of(odd, stated, "hi") == 120


@given(
    st.lists(st.datetimes(FIRST, LAST), min_size=1, max_size=3),
    st.integers(-14 * 4, 14 * 4),
    st.sampled_from(["en-GB", "de", "zh-CN", "", None]),
)
def test_the_clock_shows_what_was_stated(moments: list[datetime], quarters: int, language: str | None) -> None:
    east = timedelta(minutes=15 * quarters)
    stated = [(moment.replace(tzinfo=UTC) + east).isoformat()[:19] for moment in moments]
    sign, ahead = ("-", -east) if quarters < 0 else ("+", east)
    hours, rest = divmod(int(ahead / timedelta(minutes=1)), 60)
    clock = clock_of(SITE, [f"{text}{sign}{hours:02}:{rest:02}" for text in stated], language)
    assert isinstance(clock, tzinfo)
    for moment in moments:
        assert moment.replace(tzinfo=UTC).astimezone(clock).utcoffset() == east
