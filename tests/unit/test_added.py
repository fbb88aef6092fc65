"""What plugins add to the words of an API's or a feed's answer: their own markup there, and the words are ours."""

from __future__ import annotations

import json
from collections.abc import Sequence

import pytest

from archiver.content import from_html
from archiver.engines import feeds, wordpress_api
from archiver.model import Comment, Content, Post, Site, Target, TargetKind
from archiver.page import Page
from tests.unit.test_feeds import item, page, rss

HOME = "https://pier.example/"
ROWS = [
    "<p>The tide went out before the boats came home.</p><p>Nobody saw it turn.</p>",
    "<p>We counted the nets twice, since one was missing.</p>",
    "<h2>Ropes</h2><p>A rope that is wet weighs twice what it did.</p>",
    "<p>On Sunday the lamp was lit at noon.</p><ul><li>oil</li><li>wick</li></ul>",
    "<blockquote><p>No gull was ever late.</p></blockquote><p>So they say in the harbour.</p>",
]
WORDS = [from_html(row, HOME).text for row in ROWS]


def read(route: str, rows: Sequence[str]) -> list[Content | None]:
    data = [{"id": n, "post": 1, "link": f"{HOME}{n}/", "content": {"rendered": row}} for n, row in enumerate(rows, 1)]
    hint = {"route": route, "root": f"{HOME}wp-json/", "page": "1"}
    answer = Page(
        f"{HOME}wp-json/wp/v2/{route}", json.dumps(data).encode(), headers={"content-type": "application/json"}
    )
    found = wordpress_api.read(answer, Target(url=answer.url, kind=TargetKind.API, hint=hint))
    every: tuple[Post | Comment, ...] = (*found.posts, *found.comments)
    return [one.content for one in every]


def texts(route: str, rows: Sequence[str]) -> list[str]:
    return [content.text if content is not None else "" for content in read(route, rows)]


KNOWN = "<div class='rt-reading-time'><span>Reading Time:</span> 3 minutes</div>"


def test_what_is_known_to_be_added_is_none_of_the_words_of_an_api() -> None:
    assert texts("posts", [KNOWN + ROWS[0]]) == [WORDS[0]]


@pytest.mark.parametrize(
    "end",
    ["<p>Good night.</p>", "<p class='acme-time'>About 3 minutes to read</p>", "<div id='acme'>Tell a friend</div>"],
)
def test_a_row_says_the_same_alone_as_among_others_that_end_like_it(end: str) -> None:
    rows = [row + end for row in ROWS]
    assert [texts("posts", [row])[0] for row in rows] == texts("posts", rows)
    assert all(
        text.startswith(words) and text != words for text, words in zip(texts("posts", rows), WORDS, strict=True)
    )


def test_votes_are_none_of_the_words_of_a_comment() -> None:
    votes = "<div class='cld-like-dislike-wrap'><a href='javascript:void(0)'>Like</a> <span>4</span></div>"
    assert texts("comments", [ROWS[0] + votes]) == [WORDS[0]]


def test_what_is_known_to_be_added_is_none_of_the_words_of_a_feed() -> None:
    items = [
        item(f"<title>T{n}</title><content:encoded><![CDATA[{KNOWN}{row}]]></content:encoded>", f"{HOME}{n}/")
        for n, row in enumerate(ROWS)
    ]
    found = feeds.read_posts(page(rss("".join(items)), f"{HOME}feed/"), Site(key="pier.example", home=HOME)).items
    assert [post.content.text for post in found if post.content is not None] == WORDS


def test_other_markup_stays_as_it_was_given() -> None:
    (found,) = read("posts", [ROWS[0] + "<p class='own'>Mine.</p>" + KNOWN])
    assert found is not None
    assert found.html == from_html(ROWS[0] + "<p class='own'>Mine.</p>", HOME).html
