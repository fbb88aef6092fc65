"""A real WordPress that changes, and is updated after each change; `python -m benchmarks.updates` prints the table."""

from __future__ import annotations

import pytest

from benchmarks.updates import ALWAYS_NEW, Row, changes, play, site_of
from tests.wordpress.crawled import quickly
from tests.wordpress.testbed import Testbed

pytestmark = pytest.mark.slow

LATER = ("comment on the newest post edited", "comment on the oldest post edited")


@pytest.fixture(scope="module", params=[None, 401], ids=["API open", "API closed"])
def rows(
    request: pytest.FixtureRequest, wordpress: Testbed, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, Row]:
    site = site_of(wordpress, f"updates{request.param or ''}", request.param)
    try:
        archive = tmp_path_factory.mktemp("update") / "archive"
        played = play(wordpress, site, archive, changes(wordpress.truth(site)), run=quickly)
        named = {row.change.name: row for row in played}
        return named if request.param else {**named, "open": played[0]}
    finally:
        wordpress.stop_site(site)


@pytest.mark.parametrize("name", ["nothing", "nothing again", "nothing at the end"])
def test_nothing_new_costs_at_most_eight_requests(rows: dict[str, Row], name: str) -> None:
    assert (rows[name].counts, rows[name].requests <= 8) == ({}, True), rows[name]


def test_both_feeds_answer_that_nothing_has_changed(rows: dict[str, Row]) -> None:
    """WordPress offers that for its feeds, and for nothing else."""
    assert rows["nothing again"].unchanged == 2


@pytest.mark.parametrize("name", ALWAYS_NEW)
def test_what_is_new_is_found_by_the_next_run(rows: dict[str, Row], name: str) -> None:
    assert rows[name].counts == rows[name].change.expected
    assert rows[name].requests <= 15


def test_a_burst_over_old_posts_is_found_whole(rows: dict[str, Row]) -> None:
    assert rows["30 comments on old posts"].counts == {"new_comments": 30}


def test_what_no_sensor_shows_is_found_by_looking_again(rows: dict[str, Row]) -> None:
    assert [rows[name].counts for name in LATER] == [{}, {}]
    assert rows["--full"].counts["changed_comments"] == 2


def test_all_that_was_done_is_known_in_the_end(rows: dict[str, Row]) -> None:
    wanted: dict[str, int] = {}
    found: dict[str, int] = {}
    for name in [name for name in rows if name != "open"]:
        for counts, sums in ((rows[name].change.expected, wanted), (rows[name].counts, found)):
            for key, number in counts.items():
                sums[key] = sums.get(key, 0) + number
    assert found == wanted


def test_with_the_api_open_deletions_are_found_at_once(rows: dict[str, Row]) -> None:
    if "open" in rows:
        for name in ("comment on the newest post deleted", "comment on the oldest post deleted", "post deleted"):
            assert rows[name].counts == rows[name].change.expected


def test_each_run_ends_well(rows: dict[str, Row]) -> None:
    assert {row.exit_code for row in rows.values()} == {0}
