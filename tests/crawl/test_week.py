"""A living blog, updated every hour with the clock handed in; `python -m benchmarks.week` does a week of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from archiver.demo import DemoBlog
from benchmarks.living import START, Life
from benchmarks.week import HANDFUL, simulate

HOURS = 6


@pytest.mark.parametrize("api", [True, False], ids=["API open", "API closed"])
def test_an_archive_that_is_updated_every_hour_is_that_of_a_fresh_crawl(tmp_path: Path, api: bool) -> None:
    week = simulate(tmp_path, hours=HOURS, seed=5, api=api, posts=24)
    assert week.differing == {}
    assert week.missed == []
    assert {hour.exit_code for hour in week.hours} == {0}
    assert max(hour.requests for hour in week.hours if not hour.changed) <= HANDFUL
    assert week.requests < week.crawl * HOURS / 2
    assert len({change.kind for change in week.changes}) >= 4


def test_a_life_is_the_same_for_the_same_seed() -> None:
    told = []
    for _ in range(2):
        life = Life(DemoBlog(posts=24, thread=12), seed=3)
        told.append([[(one.kind, one.of) for one in life.pass_hour(hour)] for hour in range(200)])
        assert life.at(0) - START < life.blog.changed < life.at(200)
    assert told[0] == told[1]
    assert {kind for hour in told[0] for kind, _ in hour} >= {"post restored", "comment restored", "post deleted"}
