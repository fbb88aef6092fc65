"""A round of `update` over many shards: cut short and gone on with, nobody is asked a second time."""

from __future__ import annotations

import os
import signal
import time
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from archiver.fleet import rounds
from archiver.fleet.driver import Row
from archiver.fleet.places import Elsewhere, Folder, Place
from archiver.fleet.shards import LOCKS, Mark, Shard, whole
from archiver.storage.manifest import Manifest, key_of
from tests.crawl.running import ended
from tests.fleet.bucket_server import KINDS
from tests.fleet.conftest import Buckets
from tests.fleet.running import begin_command, blogs, command

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


@pytest.fixture(params=["folder", *KINDS])
def place(request: pytest.FixtureRequest, buckets: Buckets, tmp_path: Path) -> Place:
    """The places that shards can have here."""
    if request.param != "folder":
        return Elsewhere(buckets(request.param).url, tmp_path)
    (tmp_path / LOCKS).mkdir()
    return Folder(tmp_path)


def begun(place: Place, *options: str, after: timedelta = timedelta(), again: bool = False) -> rounds.Round:
    return rounds.begin(place, options, again=again, now=NOW + after)


def marked(place: Place, slug: str, verb: str, done: timedelta) -> None:
    """A whole shard, marked so long after the round began."""
    at = f"{NOW + done:%Y-%m-%dT%H:%M:%S.%fZ}"
    told = Mark(
        target=slug,
        verb=verb,
        version="0",
        outcome="complete",
        exit_code=0,
        reason=None,
        posts=3,
        comments=5,
        done_at=at,
    )
    if isinstance(place, Elsewhere):
        place.store.put(key_of(slug, 1), Manifest(1, {}, asdict(told)).text())
        return
    shard = Shard(place.folder, slug)
    shard.final.mkdir(parents=True)
    shard.finish(told)


def test_a_round_goes_on_until_it_is_over(place: Place) -> None:
    hour, day = timedelta(hours=1), timedelta(days=1)
    first = begun(place, "--full")
    assert not first.resumed
    assert begun(place, "--full", after=hour) == rounds.Round(place, first.began_at, resumed=True)
    assert begun(place, "--full", after=day).resumed
    assert not begun(place, "--full", after=hour, again=True).resumed
    assert begun(place, "--full", after=2 * hour).began_at > first.began_at
    assert not begun(place, after=2 * hour).resumed, "with other options it is another one"
    assert not begun(place, after=2 * hour + day + hour).resumed, "what it had asked is old by now"
    assert not begun(place, after=hour).resumed, "the clock was set back"
    begun(place, after=hour).over()
    assert not begun(place, after=hour).resumed
    place.write(rounds.FILE, '{"began')
    assert not begun(place, after=hour).resumed


def test_who_had_a_turn_is_passed_over(place: Place) -> None:
    before, since = timedelta(seconds=-1), timedelta(seconds=1)
    for slug, verb, done in (
        ("before", "update", before),
        ("crawled-before", "crawl", before),
        ("updated", "update", since),
        ("crawled", "crawl", since),
        ("read-again", "extract", since),
    ):
        marked(place, slug, verb, done)
    rows = [Row(slug, slug) for slug in ("before", "crawled-before", "updated", "crawled", "read-again", "none")]
    begun(place).pass_over(rows)
    assert {row.exit_code for row in rows} == {None}
    begun(place).pass_over(rows)
    assert [row.slug for row in rows if row.exit_code == 0] == ["updated", "crawled"]
    assert rows[2].ended is not None
    assert rows[2].ended.idle


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_an_update_whose_driver_was_killed_does_not_ask_again(tmp_path: Path) -> None:
    """The blog that had its turn gets no request from the next driver; that of the next round asks everybody."""
    shards, driven = tmp_path / "shards", ("--executor", "local", "--delay", "0", "--shards", str(tmp_path / "shards"))
    with blogs(2, posts=2, first=60) as servers:
        assert command("crawl", *driven, *servers).code == 0

        def updated() -> set[str]:
            marks = {shard: shard.mark() for shard in whole(shards)}
            return {mark.target for mark in marks.values() if mark and mark.verb == "update"}

        def forget() -> None:
            for server in servers.values():
                server.log.clear()

        driver = begin_command("update", *driven, "--jobs", "1")
        while not updated() and driver.poll() is None:
            time.sleep(0.01)
        os.kill(driver.pid, signal.SIGKILL)
        ended(shards, driver)  # its unit, too
        had = updated()
        assert had
        forget()
        again = command("update", *driven)
        assert again.code == 0
        assert f"{len(had)} of 2 are done already" in again.err
        assert {url for url, server in servers.items() if server.log} == set(servers) - had
        forget()
        assert command("update", *driven).code == 0
        assert all(server.log for server in servers.values())
