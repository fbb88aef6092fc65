"""Blogger: what is told apart, and what is made of answers that are cut, empty or something else."""

from __future__ import annotations

import json
from typing import Any

import pytest

from archiver.engines import for_page
from archiver.engines.blogger import Blogger
from archiver.errors import PageError
from archiver.model import Extract, ParentSource, Site, Target, TargetKind
from archiver.page import Page

HOME = "https://quaynotes.blogspot.com/"
SITE = Site(key="quaynotes.blogspot.com", home=HOME)
ENGINE = Blogger()


def feed(*entries: dict[str, Any], total: int | None = None, following: bool = False) -> bytes:
    made: dict[str, Any] = {"entry": list(entries)}
    if total is not None:
        made["openSearch$totalResults"] = {"$t": str(total)}
    if following:
        made["link"] = [{"rel": "next", "href": "https://www.blogger.com/feeds/1/posts/default?start-index=2"}]
    return json.dumps({"feed": made}).encode()


def entry(number: int, **more: Any) -> dict[str, Any]:
    link = {"rel": "alternate", "href": f"{HOME}2021/03/p{number}.html"}
    return {"id": {"$t": f"tag:blogger.com,1999:blog-1.post-{number}"}, "link": [link], **more}


def asked(route: str, start: int = 1) -> Target:
    hint = {"route": route, "start": str(start)}
    return Target(url=f"{HOME}feeds/{route}/default?alt=json", kind=TargetKind.API, hint=hint)


def answer(body: bytes, status: int = 200) -> Page:
    return Page(f"{HOME}feeds/posts/default", body, status=status, headers={"content-type": "application/json"})


@pytest.mark.parametrize(
    "body",
    [b"", b'{"feed": {"entry": [', b"<html>moved</html>", b"[]", b'{"error": {"message": "no"}}', b'{"feed": []}'],
)
def test_what_is_no_feed_is_a_page_error_in_a_line(body: bytes) -> None:
    with pytest.raises(PageError) as caught:
        ENGINE.extract(answer(body), asked("posts"), SITE)
    assert "\n" not in str(caught.value)
    assert not ENGINE.discover(answer(body), asked("posts"), SITE).targets if body[:1] == b"{" else True


@pytest.mark.parametrize(
    ("entries", "total", "following", "start", "expected"),
    [
        (2, 7, False, 1, 3),  # fewer than asked for, and the feed says that there are more
        (2, 7, False, 6, None),
        (2, None, True, 1, 3),
        (2, None, False, 1, None),
        (0, 7, True, 1, None),  # nothing, in spite of all promises: no endless loop
    ],
)
def test_the_next_page_begins_where_this_one_ended(
    entries: int, total: int | None, following: bool, start: int, expected: int | None
) -> None:
    page = answer(feed(*map(entry, range(1, entries + 1)), total=total, following=following))
    found = ENGINE.discover(page, asked("posts", start), SITE).targets
    starts = [t.hint["start"] for t in found if t.kind is TargetKind.API]
    assert starts == ([str(expected)] if expected else [])


@pytest.mark.parametrize(
    "odd",
    [
        {"title": None, "author": "nobody", "category": {"term": "x"}, "thr$total": {"$t": "many"}},
        {"published": {"$t": "yesterday"}, "content": {"$t": 7}, "author": [None, {"name": {"$t": ""}}]},
        {"thr$total": {"$t": -1}, "category": [1, {"term": None}]},
    ],
)
def test_values_of_the_wrong_shape_are_left_out(odd: dict[str, Any]) -> None:
    extract = ENGINE.extract(answer(feed(entry(1) | odd)), asked("posts"), SITE)
    assert [post.native_id for post in extract.posts] == ["1"]
    assert extract.posts[0].authors is None
    assert extract.claims == ()


def test_without_links_to_parents_nothing_is_said_of_them() -> None:
    reply = {"thr$in-reply-to": {"ref": "tag:blogger.com,1999:blog-1.post-5", "href": f"{HOME}2021/03/p5.html"}}
    comments = ENGINE.extract(answer(feed(entry(1) | reply)), asked("newest_comments"), SITE).comments
    assert [(c.native_id, c.post.native_id, c.parent_source) for c in comments] == [("1", "5", ParentSource.UNKNOWN)]


def test_a_comment_that_names_no_post_is_left_out() -> None:
    lost = {"id": {"$t": "tag:blogger.com,1999:blog-1.post-9"}, "content": {"$t": "Lost"}}
    assert ENGINE.extract(answer(feed(lost)), asked("newest_comments"), SITE) == Extract()


@pytest.mark.parametrize(
    ("hint", "body", "expected"),
    [
        ({"post": "5", "comments": "1"}, "<div id='c1234567'><p class='comment-content'>Yes</p></div>", 0),
        ({"post": "5", "comments": "2"}, "<div id='c1234567'><p class='comment-content'>Yes</p></div>", 1),
        ({"post": "5", "comments": "0"}, "", 0),
        ({"post": "5"}, "", 1),  # found without the feed: nothing says how many there are
        ({}, "", 0),
    ],
)
def test_the_comment_feed_of_a_post_is_read_where_its_page_shows_too_few(
    hint: dict[str, str], body: str, expected: int
) -> None:
    url = f"{HOME}2021/03/p5.html"
    page = Page(url, f"<html><body>{body}</body></html>".encode())
    found = ENGINE.discover(page, Target(url=url, kind=TargetKind.POST, hint=hint), SITE).targets
    assert len(found) == expected


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        ("<meta name='generator' content='blogger'>", "blogger"),
        ("<link rel='alternate' href='/feeds/posts/default'>", "wordpress"),  # a path is less than three images
        # A WordPress blog that was imported from Blogger, and one with a page that speaks of it.
        (
            (
                "<meta name='generator' content='WordPress 6.4'><link rel='https://api.w.org/' href='/wp-json/'>"
                "<link rel='alternate' href='/feeds/posts/default'><script src='/wp-includes/a.js'></script>"
            ),
            "wordpress",
        ),
        (
            (
                "<meta name='generator' content='WordPress 6.4'><meta name='generator' content='blogger'>"
                "<link rel='https://api.w.org/' href='/wp-json/'><script src='/wp-content/a.js'></script>"
            ),
            "wordpress",
        ),
        # A Blogger blog with images that are still on its WordPress of old.
        (
            (
                "<meta name='generator' content='blogger'><link rel='service.post' "
                "href='https://www.blogger.com/feeds/1/posts/default'>"
            ),
            "blogger",
        ),
    ],
)
def test_the_surest_engine_reads_a_page_with_the_signs_of_two(head: str, expected: str) -> None:
    images = "<img src='/wp-content/uploads/a.jpg'>" * 3
    page = Page("https://notes.example/", f"<html><head>{head}</head><body>{images}</body></html>".encode())
    found = for_page(page)
    assert found is not None
    assert found[0].name == expected
