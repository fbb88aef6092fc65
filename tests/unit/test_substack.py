"""Substack: answers that are cut, empty or something else, paywalls, threads beyond measure."""

from __future__ import annotations

import json
from typing import Any

import pytest

from archiver.engines.substack import Substack
from archiver.errors import PageError
from archiver.model import Rank, Site, Target, TargetKind
from archiver.page import Page

HOME = "https://quay.substack.com/"
SITE = Site(key="quay.substack.com", home=HOME)
ENGINE = Substack()
POSTS = Target(url=f"{HOME}api/v1/archive?offset=0", kind=TargetKind.API, hint={"route": "posts", "offset": "0"})
THREAD = Target(
    url=f"{HOME}api/v1/post/1/comments", kind=TargetKind.API, hint={"route": "thread", "post": "1", "url": f"{HOME}p/a"}
)


def answer(data: Any, url: str = POSTS.url) -> Page:
    body = data if isinstance(data, bytes) else json.dumps(data).encode()
    return Page(url, body, headers={"content-type": "application/json"})


@pytest.mark.parametrize("asked", [POSTS, THREAD])
@pytest.mark.parametrize(
    "body", [b"", b"[{", b"<html>", b'{"error": "Not found"}', b'{"errors": [{"msg": "no"}]}', b'"words"', b"null"]
)
def test_what_is_no_answer_is_a_page_error_in_a_line(asked: Target, body: bytes) -> None:
    with pytest.raises(PageError) as caught:
        ENGINE.extract(answer(body), asked, SITE)
    assert "\n" not in str(caught.value)
    assert ENGINE.discover(answer(body), asked, SITE).targets == ()


@pytest.mark.parametrize(("rows", "expected"), [(0, None), (11, None), (12, "12"), (50, "50")])
def test_the_list_goes_on_where_this_page_of_it_ended(rows: int, expected: str | None) -> None:
    page = answer([{"id": n, "slug": f"p{n}"} for n in range(1, rows + 1)])
    found = [t.hint["offset"] for t in ENGINE.discover(page, POSTS, SITE).targets if t.hint.get("route") == "posts"]
    assert found == ([expected] if expected else [])


@pytest.mark.parametrize(
    ("row", "protected", "rank"),
    [
        ({"audience": "everyone", "body_html": "<p>one two</p>", "wordcount": 500}, None, Rank.API),
        ({"audience": "only_paid", "body_html": "<p>one two</p>", "wordcount": 500}, True, Rank.EXCERPT),
        ({"audience": "founding", "body_html": None, "wordcount": 500}, True, Rank.EXCERPT),
        ({"audience": "only_paid", "body_html": "<p>one two</p>", "wordcount": 2}, None, Rank.API),  # shown to all
        ({"audience": 7, "body_html": ["<p>"], "publishedBylines": "Moll", "comment_count": -1}, None, Rank.EXCERPT),
    ],
)
def test_a_post_that_is_paid_for_is_a_beginning(row: dict[str, Any], protected: bool | None, rank: Rank) -> None:
    extract = ENGINE.extract(answer({"id": 1, "slug": "a", **row}), Target(url=HOME, kind=TargetKind.API), SITE)
    (post,) = extract.posts
    assert (post.protected, post.rank) == (protected, rank)


def test_a_thread_may_be_deep_and_repeat_itself() -> None:
    deepest: dict[str, Any] = {"id": 3000, "body": "Last"}
    for number in range(2999, 0, -1):
        deepest = {"id": number, "body": "Words", "children": [deepest]}
    data = {"comments": [deepest, {"id": 1, "body": "Again"}, {"body": "No number"}]}
    page = answer(b"{}", THREAD.url)
    page.__dict__["json"] = data  # Python's own parser stops at fewer levels
    comments = ENGINE.extract(page, THREAD, SITE).comments
    assert len(comments) == 3000
    assert (comments[-1].parent, comments[-1].depth) == ("2999", 3000)


def test_replies_that_did_not_come_are_told() -> None:
    extract = ENGINE.extract(answer({"comments": [{"id": 1, "body": "a", "children_count": 3}]}), THREAD, SITE)
    assert [note.kind for note in extract.notes] == ["replies_left_out"]


@pytest.mark.parametrize(
    "script", ['JSON.parse("{\\"post\\": ")', 'JSON.parse("', 'JSON.parse("[]")', 'JSON.parse("{\\"post\\": 1}")', ""]
)
def test_a_page_without_its_data_is_read_as_it_shows(script: str) -> None:
    words = "The lamps of the quay burn an hour less, since oil is dear this year and the keeper is poor. " * 2
    html = (
        f"<html><body><article><h1>Oil</h1><p>{words}</p></article><script>window._preloads = {script}</script></body>"
    )
    url = f"{HOME}p/oil"
    target = Target(url=url, kind=TargetKind.POST)
    (post,) = ENGINE.extract(Page(url, html.encode()), target, SITE).posts
    assert post.title == "Oil"
    assert post.content is not None
    assert post.content.text == words.strip()
