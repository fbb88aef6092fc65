"""The four sites, crawled with the real command, are captured whole and right, and with few requests."""

from __future__ import annotations

import shutil
import sqlite3
from collections import Counter
from pathlib import Path

import pytest

from benchmarks.requests import allowance
from benchmarks.truth import Truth
from tests.crawl.test_extract import everything, report
from tests.wordpress.crawled import Crawled, crawl_and_compare
from tests.wordpress.testbed import Testbed

RUNS = {
    "classic": ("classic", ()),
    "block": ("block", ()),
    "closed": ("closed", ()),
    "plain": ("plain", ()),
    "data alone": ("classic", ("--no-pages",)),
}


@pytest.fixture(scope="module")
def asked() -> dict[str, Counter[str]]:
    """Directory of the crawl -> how often each URI was asked for, by the server's own log."""
    return {}


@pytest.fixture(scope="module", params=RUNS, ids=str)
def crawled(
    request: pytest.FixtureRequest,
    wordpress: Testbed,
    tmp_path_factory: pytest.TempPathFactory,
    asked: dict[str, Counter[str]],
) -> Crawled:
    name, options = RUNS[request.param]
    site = wordpress[name]
    before = len(wordpress.requests(site))
    done = crawl_and_compare(wordpress, site, tmp_path_factory.mktemp("crawl"), *options)
    asked[str(done.run.directory)] = Counter(answer.uri for answer in wordpress.requests(site, before))
    return done


def test_everything_is_captured_and_right(crawled: Crawled) -> None:
    assert not crawled.failures()


def test_no_url_is_asked_for_twice(crawled: Crawled, asked: dict[str, Counter[str]]) -> None:
    counted = asked[str(crawled.run.directory)]
    assert counted.total() > 10
    assert [uri for uri, times in counted.items() if times > 1] == []


# What is asked once of any blog (robots.txt, front page, API, sitemaps) is more than 3 % of one so small.
ONCE = 10


def test_requests_are_few(crawled: Crawled, asked: dict[str, Counter[str]]) -> None:
    truth = Truth(crawled.run.directory.parent / "truth.db")
    allowed, formula = allowance(truth, api_open=crawled.site.spec.api_open, pages=crawled.pages)
    if allowed is not None:
        assert asked[str(crawled.run.directory)].total() <= allowed + ONCE, formula


# With plain permalinks WordPress redirects robots.txt to a path of its own; the redirect is on record.
REDIRECTED = {"/robots.txt/"}


def test_every_request_is_on_record(crawled: Crawled, asked: dict[str, Counter[str]]) -> None:
    base = crawled.site.url.rstrip("/")
    with sqlite3.connect(crawled.run.database) as db:
        recorded = {url.removeprefix(base) for (url,) in db.execute("SELECT url FROM fetches")}
    db.close()
    assert set(asked[str(crawled.run.directory)]) - recorded - REDIRECTED == set()


def test_rows_point_at_the_fetch_they_were_read_from(crawled: Crawled) -> None:
    with sqlite3.connect(crawled.run.database) as db:
        for table in ("posts", "comments", "terms", "authors", "archives"):
            orphans = f"SELECT count(*) FROM {table} WHERE fetch_id IS NULL"
            assert db.execute(orphans).fetchone()[0] == 0, table
        assert db.execute("PRAGMA foreign_key_check").fetchall() == []
        assert db.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
    db.close()


def test_what_is_read_again_from_warc_is_the_same(crawled: Crawled, tmp_path: Path) -> None:
    again = tmp_path / "again"
    shutil.copytree(crawled.run.directory, again)
    found = report(again, "--jobs", "2")
    assert (found["changes"], found["merged"], found["failed"]) == ({}, False, [])
    live, read = everything(crawled.run.directory), everything(again)
    assert sum(map(len, live.values())) > 1000
    for table, rows in live.items():
        assert read[table] == rows, table
