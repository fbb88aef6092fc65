"""What a blog counts of itself as a whole, as its API does: beside what was captured, on the pages that tell of it."""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from archiver.web import serve
from db.pages import front
from db.pages.front import totals
from tests.unit.archive_sample import BLOG, FETCH, LATER, SEEN, empty, filled, insert, key
from tests.unit.web_client import get

WHOLE = (
    "not claimed of this post alone The blog as a whole has 3 comments by its API, of which 3 are here; its list of"
    " them was read to the end. How complete the archive is ."
)
BEFORE = "2024-04-30T10:00:00Z"
POST = key("p", "one")


def claim(measure: str, number: int, source: str = "api", said_at: str = SEEN) -> dict[str, object]:
    return {
        "id": f"{measure} {source}", "blog_id": BLOG, "subject_kind": "blog", "subject": "", "measure": measure,
        "number": number, "source": source, "said_at": said_at,
    }  # fmt: skip


def read_by_api(path: Path | str, *claims: dict[str, object], pages: int = 1, failed: int = 0):
    """A post, a page and three comments with a ping, as the API gives them: no post says how many comments it has."""
    connection = empty(path)
    seen = {"blog_id": BLOG, "first_seen_at": SEEN, "last_seen_at": SEEN, "sources": "api"}
    with connection:
        insert(connection, "blogs", [{"id": BLOG, "site_key": "api.example", "url": "https://api.example/",
                                      "title": "By data", "first_seen_at": SEEN, "last_seen_at": SEEN}])  # fmt: skip
        insert(connection, "crawls", [{"id": "run", "blog_id": BLOG, "command": "crawl", "version": "1",
                                       "started_at": SEEN}])  # fmt: skip
        insert(connection, "fetches", [{"id": FETCH, "blog_id": BLOG, "crawl_id": "run", "url": "https://api.example/a",
                                        "kind": "api", "fetched_at": SEEN, "status": 200}])  # fmt: skip
        insert(connection, "posts", [
            {"id": key("p", name), "docid": place, "kind": kind, "url": f"https://api.example/{name}/", "title": name,
             "published_at": "2021-09-01T08:00:00Z", "published_precision": "second", "html": "<p>Words</p>",
             "text": "Words", **seen}
            for place, (name, kind) in enumerate([("one", "post"), ("about", "page")])
        ])  # fmt: skip
        insert(connection, "comments", [
            {"id": key("c", name), "docid": place, "post_id": POST, "kind": kind, "html": "<p>Yes</p>", "text": "Yes",
             "gone_at": gone_at, **seen}
            for place, (name, kind, gone_at) in enumerate([
                ("a", "comment", None), ("b", "comment", None), ("c", "comment", LATER), ("d", "pingback", None),
            ])
        ])  # fmt: skip
        insert(connection, "frontier", [
            {"id": f"f{page}", "blog_id": BLOG, "url": f"https://api.example/a?page={page}", "kind": "api",
             "priority": 1, "hint": '{"route":"comments"}', "state": "given_up" if page < failed else "done",
             "done_in": None if page < failed else FETCH}
            for page in range(pages)
        ])  # fmt: skip
        insert(connection, "claims", claims)
    return connection


def counted(*claims: dict[str, object], **how: int) -> dict[str, tuple[object, ...]]:
    with closing(read_by_api(":memory:", *claims, **how)) as connection:
        connection.row_factory = sqlite3.Row
        return {
            line["measure"]: (line["claimed"], line["captured"], line["missing"], line["state"])
            for line in totals(connection)
        }


def test_what_vanished_after_the_claim_is_in_it_and_pings_are_not():
    said = counted(claim("posts", 1), claim("pages", 1), claim("comments", 3), claim("users", 7))
    assert said == {measure: (number, number, 0, "complete") for measure, number in
                    [("posts", 1), ("pages", 1), ("comments", 3)]}  # fmt: skip


def test_what_had_vanished_before_the_claim_is_not_in_it():
    assert counted(claim("comments", 2, said_at="2024-06-01T00:00:00Z"))["comments"] == (2, 2, 0, "complete")


def test_the_latest_claim_counts_and_of_two_at_once_the_greatest():
    later = claim("posts", 4, source="feed", said_at=LATER)
    assert counted(claim("posts", 9, said_at=BEFORE), claim("posts", 3, "page"), later)["posts"][0] == 4
    assert counted(claim("posts", 2, "feed"), claim("posts", 5))["posts"] == (5, 1, 4, "missing")


@pytest.mark.parametrize(
    ("how", "expected"),
    [
        ({"pages": 2}, (5, 3, 0, "explained")),
        ({"pages": 2, "failed": 1}, (5, 3, 2, "missing")),
        ({"pages": 0}, (5, 3, 2, "missing")),
    ],
)
def test_what_is_not_in_the_whole_list_of_the_api_is_not_missing(how, expected):
    assert counted(claim("comments", 5), **how)["comments"] == expected


def test_the_sample_lacks_the_post_that_was_not_read():
    with closing(filled(":memory:")) as connection:
        connection.row_factory = sqlite3.Row
        (line,) = front.overview(connection).totals
    assert (line["blog"], line["measure"], line["claimed"], line["captured"], line["missing"]) == (
        "Stem & Cell", "posts", 12, 11, 1,
    )  # fmt: skip


@pytest.fixture
def pages(tmp_path):
    """The text of a page of a blog that was read by its API alone."""

    def text_of(path: str, *claims: dict[str, object], **how: int) -> str:
        read_by_api(tmp_path / "archive.db", *claims, **how).close()
        answer = get(serve.application(tmp_path / "archive.db"), path)
        assert answer.status_code == 200
        return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", answer.text))

    return text_of


@pytest.mark.parametrize("path", ["/", "/-/ledger"])
def test_the_front_page_and_the_ledger_show_totals(pages, path):
    text = pages(path, claim("posts", 1), claim("comments", 7), pages=0)
    assert "In all Claimed Captured State Counted by posts 1 1 complete its API, 1 May 2024" in text
    assert "comments 7 3 incomplete its API, 1 May 2024" in text


@pytest.mark.parametrize(
    ("claims", "words"),
    [
        (
            [claim("posts", 1), claim("comments", 3)],
            "complete How many comments there should be is claimed of the blog",
        ),
        ([claim("posts", 1), claim("comments", 4)], "incomplete How many comments"),
        ([claim("posts", 1)], "complete as far as claimed Nothing says how many comments there should be."),
        ([], "nothing claimed Nothing says how many comments there should be."),
    ],
)
def test_the_front_page_says_how_complete_a_blog_read_by_its_api_is(pages, claims, words):
    assert f"How complete is it? {words}" in pages("/", *claims, pages=0)


@pytest.mark.parametrize(
    ("claims", "words"),
    [
        ([claim("comments", 3)], WHOLE),
        ([claim("posts", 1)], "nothing claimed"),
    ],
)  # fmt: skip
def test_a_post_says_that_its_comments_are_counted_in_the_whole(pages, claims, words):
    assert f"3 comments {words}" in pages(f"/-/post/{POST}", *claims)
