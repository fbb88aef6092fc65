"""The comparison itself: a flawless archive is found flawless, and each damage is found, and only that one."""

from __future__ import annotations

import shutil
import sqlite3
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from benchmarks.compare import compare
from benchmarks.measures import address, in_place, same_moment, token_f1
from benchmarks.report import Report, Share
from benchmarks.truth import Truth
from tests.wordpress.perfect import PerfectArchive
from tests.wordpress.testbed import Testbed

BASE = "http://blog.example"


@pytest.fixture(scope="module")
def truth(wordpress: Testbed, tmp_path_factory: pytest.TempPathFactory) -> Truth:
    path = tmp_path_factory.mktemp("truth") / "truth.db"
    wordpress.truth(path=path).close()
    return Truth(path)


@pytest.fixture(scope="module")
def perfect(truth: Truth, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("perfect") / "archive.db"
    PerfectArchive(path, truth, BASE)
    return path


def damaged(perfect: Path, truth: Truth, to: Path, sql: str, *, api_open: bool = True) -> Report:
    shutil.copy(perfect, to)
    with sqlite3.connect(to) as db:
        changed = db.execute(sql).rowcount
    db.close()
    assert changed, "the damage did nothing"
    return compare(to, truth.path, BASE, api_open=api_open)


def test_perfect(perfect: Path, truth: Truth) -> None:
    report = compare(perfect, truth.path, BASE + "/", api_open=True)
    assert report.failures() == []
    assert report.count("posts").expected > 80
    assert report.count("comments").expected > 800
    assert all(share.of and share.right == share.of for share in report.shares)


def damages() -> list[object]:
    """The statements of damages.sql, each with the rows that it must make fail."""
    blocks = Path(__file__).with_name("damages.sql").read_text("utf-8").split("\n\n")[1:]
    pairs = (block.removeprefix("-- ").partition("\n") for block in blocks)
    return [pytest.param(sql, set(rows.split(", ")), id=rows) for rows, _, sql in pairs]


@pytest.mark.parametrize(("sql", "rows"), damages())
def test_damage_is_found(perfect: Path, truth: Truth, tmp_path: Path, sql: str, rows: set[str]) -> None:
    report = damaged(perfect, truth, tmp_path / "archive.db", sql)
    assert {line.partition(": ")[0] for line in report.failures()} == rows


def test_digest_of_address_is_found(perfect: Path, truth: Truth, tmp_path: Path) -> None:
    digest = next(row["author_email_md5"] for row in truth.comments.values() if row["author_email_md5"])
    sql = f"UPDATE comments SET html = 'x/avatar/{digest}?s=60' WHERE id = (SELECT min(id) FROM comments)"
    report = damaged(perfect, truth, tmp_path / "archive.db", sql)
    assert report.count("hidden words").examples == ["extra comments.html holds the digest of an e-mail address"]


def test_comments_of_a_protected_post_are_extra(perfect: Path, truth: Truth, tmp_path: Path) -> None:
    post = next(key for key, row in truth.posts.items() if row["protected"])
    secret = next(key for key, row in truth.comments.items() if row["post_id"] == post)
    sql = (
        "INSERT INTO comments (id, docid, blog_id, post_id, native_id, first_seen_at, last_seen_at)"
        f" VALUES ('x', 99999, 'blog', 'p{post}', '{secret}', '', '')"
    )
    assert damaged(perfect, truth, tmp_path / "archive.db", sql).count("comments").extra == 1


def test_replies_to_hidden_parents_are_apart(perfect: Path, truth: Truth, tmp_path: Path) -> None:
    post = next(key for key, row in truth.posts.items() if row["key"] == "orphans")
    lost = next(key for key, row in truth.comments.items() if row["post_id"] == post and not row["in_thread"])
    sql = (
        "INSERT INTO comments (id, docid, blog_id, post_id, native_id, first_seen_at, last_seen_at)"
        f" VALUES ('x', 99999, 'blog', 'p{post}', '{lost}', '', '')"
    )
    report = damaged(perfect, truth, tmp_path / "archive.db", sql)
    assert report.failures() == []
    assert report.count("comments").apart == 1


FLATTENED = "SELECT id FROM comments WHERE depth = 5"
SHALLOW = "SELECT id FROM comments WHERE depth = 4"


@pytest.mark.parametrize(
    ("sql", "fails"),
    [
        (f"UPDATE comments SET parent_id = NULL, parent_source = 'unknown' WHERE id IN ({FLATTENED})", False),
        (f"UPDATE comments SET parent_id = NULL, parent_source = 'unknown' WHERE id IN ({SHALLOW})", True),
        (f"UPDATE comments SET parent_id = NULL, parent_source = 'dom' WHERE id IN ({FLATTENED} LIMIT 1)", True),
        (
            "UPDATE posts SET published_precision = 'day', published_at = substr(published_at, 1, 10) || 'T00:00:00Z'",
            False,
        ),
        ("UPDATE posts SET modified_at = NULL", False),
        ("UPDATE posts SET modified_at = '2021-02-10T00:00:00Z'", True),
        ("DELETE FROM post_authors WHERE post_id IN (SELECT id FROM posts WHERE kind = 'page')", False),
        ("DELETE FROM post_authors WHERE post_id IN (SELECT id FROM posts WHERE kind = 'post')", True),
    ],
)
def test_what_pages_cannot_tell_is_not_asked_of_them(
    perfect: Path, truth: Truth, tmp_path: Path, sql: str, fails: bool
) -> None:
    report = damaged(perfect, truth, tmp_path / "archive.db", sql, api_open=False)
    assert bool(report.failures()) is fails


def test_a_share_is_not_rounded_up_to_all() -> None:
    report = Report()
    assert report.ok
    share = Share("comments", "text", 1.0)
    for number in range(10_000):
        share.add(number != 0, "the one")
    assert str(share).startswith("99.9 %")
    assert not share.ok
    assert share.examples == ["the one"]


@pytest.mark.parametrize(
    ("found", "wanted", "score"),
    [
        ("The same words, here.", "the same\nwords – here", 1.0),
        (None, "", 1.0),
        ("", None, 1.0),
        ("", "word", 0.0),
        ("👍", "👍", 1.0),
        ("👍", "👎", 0.0),
        ("one two", "one three", 0.5),
        ("多発性硬化症", "多発性硬化", 10 / 11),
        ("one one", "one", 2 / 3),
    ],
)
def test_token_f1(found: str | None, wanted: str | None, score: float) -> None:
    assert token_f1(found, wanted) == pytest.approx(score)


@pytest.mark.parametrize(
    ("found", "precision", "right"),
    [
        ("2021-07-01T22:30:15Z", "second", True),
        ("2021-07-01T22:30:00Z", "minute", True),
        ("2021-07-01T23:30:15Z", "second", False),  # local time taken for UTC
        ("2021-07-01T00:00:00Z", "day", True),
        ("2021-06-30T00:00:00Z", "day", False),
        ("2021-01-01T00:00:00Z", "year", True),
        ("2021-07-01T22:30:15Z", None, False),
        (None, "second", False),
    ],
)
def test_same_moment(found: str | None, precision: str | None, right: bool) -> None:
    zone = ZoneInfo("Europe/London")
    assert same_moment(found, precision, "2021-07-01 22:30:15", "2021-07-01 23:30:15", zone) is right


def test_hours_that_come_twice_or_never() -> None:
    zone = ZoneInfo("Europe/London")
    assert same_moment("2015-10-25T01:30:00Z", "second", "2015-10-25 00:30:00", "2015-10-25 01:30:00", zone)
    assert same_moment("2016-03-27T01:30:00Z", "second", "2016-03-27 01:30:00", "2016-03-27 01:30:00", zone)
    assert same_moment("2016-03-27T02:30:00Z", "second", "2016-03-27 01:30:00", "2016-03-27 01:30:00", zone)
    assert not same_moment("2016-03-28T02:30:00Z", "second", "2016-03-28 01:30:00", "2016-03-28 02:30:00", zone)


def test_in_place() -> None:
    assert in_place("abcd", "abcd") == set("abcd")
    assert in_place("bacd", "abcd") == set("d")
    assert in_place("bcd", "abcd") == set("cd")


def test_address() -> None:
    assert address("http://a.example:81/2020/%c3%a9t%C3%A9/#x") == "/2020/%C3%A9t%C3%A9/"
    assert address("http://a.example?p=1") == "/?p=1"
