"""Squarespace, Tumblr and Medium: who knows a page, and what is made of data that are cut, odd or withheld."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from archiver.content import to_text
from archiver.engines import Engine, for_page
from archiver.engines._medium_state import _marked
from archiver.engines.medium import Medium
from archiver.engines.squarespace import Squarespace
from archiver.engines.tumblr import Tumblr
from archiver.errors import PageError
from archiver.model import Rank, Site, Target, TargetKind
from archiver.page import Page
from archiver.text import clean, squeeze

HOME = "https://quay.example/"
SITE = Site(key="quay.example", home=HOME)


def asked(**hint: str) -> Target:
    return Target(url=f"{HOME}api", kind=TargetKind.API, hint=hint)


def answer(data: Any) -> Page:
    return Page(f"{HOME}api", data.encode() if isinstance(data, str) else json.dumps(data).encode())


@pytest.mark.parametrize(
    "body", ["", "<html>moved</html>", "[]", "{}", '{"posts": 7}', 'var tumblr_api_read = {"posts": [']
)
@pytest.mark.parametrize(
    ("engine", "route"),
    [(Squarespace(), "posts"), (Squarespace(), "thread"), (Tumblr(), "posts")],
    ids=["squarespace-posts", "squarespace-thread", "tumblr-posts"],
)
def test_what_is_no_answer_is_a_page_error_in_a_line(engine: Engine, route: str, body: str) -> None:
    target = asked(route=route, post="1", url=HOME)
    with pytest.raises(PageError) as caught:
        engine.extract(answer(body), target, SITE)
    assert "\n" not in str(caught.value)
    assert engine.discover(answer(body), target, SITE).targets == ()


def thread(rows: int, **hint: str) -> list[str]:
    data = {"comments": [{"id": f"c{n}", "body": "x"} for n in range(rows)]}
    target = asked(route="thread", post="p1", url=HOME, **hint)
    found = Squarespace().discover(answer(data), target, SITE).targets
    return [f"{one.hint['page']}:{one.hint['seen']}" for one in found]


@pytest.mark.parametrize(
    ("rows", "hint", "expected"),
    [
        (20, {"page": "1", "seen": "0", "count": "45"}, ["2:20"]),
        (5, {"page": "3", "seen": "40", "count": "45"}, []),
        (0, {"page": "2", "seen": "20", "count": "45"}, []),  # fewer than it says
        (20, {"page": "1", "seen": "0"}, ["2:20"]),
        (20, {"page": "200", "seen": "4000"}, []),  # a server that gives the same page for ever
    ],
)
def test_the_pages_of_a_thread_of_squarespace_end(rows: int, hint: dict[str, str], expected: list[str]) -> None:
    assert thread(rows, **hint) == expected


def test_odd_values_of_squarespace_are_left_out() -> None:
    item = {
        "id": "5a",
        "fullUrl": "/a",
        "author": "Moll",
        "tags": "mud",
        "categories": [None, " "],
        "publishOn": "soon",
    }
    data = {"website": None, "items": [item, {"id": "6"}, None, {"fullUrl": "/x"}]}
    (post,) = Squarespace().extract(answer(data), asked(route="posts"), SITE).posts
    assert (post.authors, post.terms, post.published, post.rank) == (None, (), None, Rank.EXCERPT)


@pytest.mark.parametrize(
    ("total", "start", "rows", "expected"),
    [("9", 0, 3, ["3"]), ("3", 0, 3, []), ("900", 3, 0, []), ("many", 0, 3, []), (None, 0, 3, [])],
)
def test_the_posts_of_tumblr_end(total: str | None, start: int, rows: int, expected: list[str]) -> None:
    posts = [{"id": str(n), "url": f"{HOME}post/8000000{n}", "type": "regular"} for n in range(rows)]
    found = Tumblr().discover(answer({"posts-total": total, "posts": posts}), asked(start=str(start)), SITE).targets
    assert [one.hint["start"] for one in found if one.kind is TargetKind.API] == expected
    assert len([one for one in found if one.kind is TargetKind.POST]) == rows


def test_the_same_note_is_read_once() -> None:
    note = "<li class='note reply'><a href='/x'>bo</a> said: <span class='answer_content'>Yes</span></li>"
    page = Page(f"{HOME}notes/81000000012/Ab?from_c=1", f"<ol>{note * 3}</ol>".encode())
    target = Target(url=page.url, kind=TargetKind.COMMENT_PAGE, hint={"post": "81000000012", "url": HOME})
    assert len(Tumblr().extract(page, target, SITE).comments) == 1


@example(text="00\U00010000", marks=[{"type": "EM", "start": 0, "end": 3}])  # ends within a character
@given(
    text=st.text(max_size=40),
    marks=st.lists(
        st.fixed_dictionaries(
            {
                "type": st.sampled_from(["A", "EM", "STRONG", "CODE", "?"]),
                "start": st.integers(-2, 45),
                "end": st.integers(-2, 45),
                "href": st.sampled_from(['https://x.example/?a=1&b="', "", None]),
            }
        ),
        max_size=6,
    ),
)
def test_marks_of_medium_never_change_the_words(text: str, marks: list[dict[str, Any]]) -> None:
    plain = squeeze(clean(text))
    assert squeeze(to_text(f"<pre>{_marked(clean(text), marks)}</pre>")) == plain


@pytest.mark.parametrize("data", ["{", "[]", "null", '{"Post:0a1b2c3d4e5f": 7}', '{"Post:1": {"id": "1"}}'])
def test_data_of_medium_that_say_nothing_leave_what_the_page_shows(data: str) -> None:
    words = "The tide went out, and with it all the boats of the harbour that were not tied up at night."
    html = f"<article><h1>Ebb</h1><p>{words}</p></article><script>window.__APOLLO_STATE__ = {data}</script>"
    url = f"{HOME}ebb-0a1b2c3d4e5f"
    page = Page(url, f"<html><body>{html}</body></html>".encode())
    (post,) = Medium().extract(page, Target(url=url, kind=TargetKind.POST), SITE).posts
    assert post.content is not None
    assert (post.native_id, post.content.text) == ("0a1b2c3d4e5f", words)


@pytest.mark.parametrize(
    ("head", "headers", "expected"),
    [
        ("<!-- This is Squarespace. -->", {}, "squarespace"),
        ("<p>x</p>", {"server": "Squarespace"}, "squarespace"),
        ("<p>x</p>", {"x-tumblr-user": "quay"}, "tumblr"),
        ("<link href='android-app://com.tumblr/tumblr/x'>", {}, "tumblr"),
        ("<meta property='al:android:package' content='com.medium.reader'>", {}, "medium"),
        # Blogs of other platforms with a button, a frame or a font of these.
        (
            "<meta name='generator' content='Ghost 5.2'><script src='https://assets.tumblr.com/share-button.js'></script>",
            {},
            "ghost",
        ),
        (
            "<link rel='https://api.w.org/' href='/wp-json/'><img src='https://static1.squarespace.com/a.png'>",
            {},
            "wordpress",
        ),
    ],
)
def test_who_knows_a_page(head: str, headers: dict[str, str], expected: str) -> None:
    found = for_page(Page(HOME, f"<html><head>{head}</head><body></body></html>".encode(), headers=headers))
    assert found is not None
    assert found[0].name == expected
