"""Discourse as the place of a blog's comments: what a page declares, the way to the topic, its pages."""

from __future__ import annotations

import json
from typing import Any

import pytest

from archiver import comments
from archiver.errors import PageError
from archiver.model import Discovery, Extract, Post, PostRef, Rank, Target, TargetKind
from archiver.page import Page

URL = "https://quay.example/2023/oil/"
READ = Extract(posts=(Post(url=URL, rank=Rank.PAGE, native_id="7"),))
FORUM = "https://talk.example/"
TOPIC = f"{FORUM}t/12.json?page=1"


def declared(html: str) -> tuple[list[str], list[Target]]:
    page = Page(URL, f"<html><body>{html}</body></html>".encode())
    read, targets = comments.declared(page, Target(url=URL, kind=TargetKind.POST), READ)
    return [note.detail for note in read.notes], list(targets)


def config(inside: str) -> str:
    return f"<div id='discourse-comments'></div><script>DiscourseEmbed = {{ {inside} }};</script>"


def answer(body: str | bytes | dict[str, Any], url: str = TOPIC) -> tuple[Extract, Discovery]:
    data = json.dumps(body).encode() if isinstance(body, dict) else body.encode() if isinstance(body, str) else body
    hint = {"comments": "discourse", "forum": FORUM, "post": "7", "post_url": URL}
    return comments.extract(Page(url, data), Target(url=url, kind=TargetKind.API, hint=hint))


def row(number: int, **more: Any) -> dict[str, Any]:
    base = {"id": 900 + number, "topic_id": 12, "topic_slug": "oil", "post_number": number, "post_type": 1}
    return (
        base
        | {"username": "ned", "name": "Ned Skerry", "created_at": "2023-02-15T08:00:00.123Z", "cooked": "<p>Dear</p>"}
        | more
    )


@pytest.mark.parametrize(
    ("inside", "url"),
    [
        ("discourseUrl: 'https://talk.example/', topicId: 12", TOPIC),
        ('discourseUrl: "https://talk.example", topicId: "12"', TOPIC),
        (
            "discourseUrl: 'https://talk.example/', discourseEmbedUrl: 'https://quay.example/2023/oil/'",
            f"{FORUM}embed/comments?embed_url=https%3A%2F%2Fquay.example%2F2023%2Foil%2F",
        ),
        (
            "discourseUrl: 'https://talk.example/forum/', discourseEmbedUrl: document.location",
            f"{FORUM}forum/embed/comments?embed_url=https%3A%2F%2Fquay.example%2F2023%2Foil%2F",
        ),
    ],
)
def test_a_page_declares_its_topic(inside: str, url: str) -> None:
    _, (target,) = declared(config(inside))
    assert target.url == url


def test_a_forum_that_is_not_named_is_noted() -> None:
    (note,), targets = declared("<div id='discourse-comments'></div>")
    assert "set by a script" in note
    assert targets == []


def test_a_page_that_speaks_of_discourse_declares_nothing() -> None:
    assert declared("<p>On discourse and DiscourseEmbed.</p>") == ([], [])


def test_the_frame_leads_to_the_topic_of_its_forum() -> None:
    links = "<a href='https://other.example/t/x/99'>no</a><a href='https://talk.example/t/oil/12/1'>Go on</a>"
    read, found = answer(f"<html><body>{links}</body></html>", f"{FORUM}embed/comments?embed_url=x")
    assert read == Extract()
    assert [target.url for target in found.targets] == [TOPIC]


def test_a_frame_without_a_topic_is_a_post_that_nobody_has_answered() -> None:
    assert answer("<html><body>Be the first</body></html>", f"{FORUM}embed/comments") == (Extract(), Discovery())


def test_a_topic() -> None:
    rows = [
        row(1, cooked="<p>The post itself</p>"),
        row(2),
        row(3, reply_to_post_number=2, username="moll", name="", cooked="<p>Dearer</p>"),
        row(4, post_type=3, cooked="<p>closed</p>"),
        row(5, reply_to_post_number=1, user_deleted=True),
        row(6, reply_to_post_number=8),
    ]
    read, found = answer({"post_stream": {"posts": rows}, "posts_count": 6, "chunk_size": 20})
    told = [(c.native_id, c.parent, c.author and c.author.name, c.content and c.content.text) for c in read.comments]
    assert told == [
        ("discourse:12:2", None, "Ned Skerry", "Dear"),
        ("discourse:12:3", "discourse:12:2", "moll", "Dearer"),
        ("discourse:12:5", None, "Ned Skerry", None),
        ("discourse:12:6", None, "Ned Skerry", "Dear"),
    ]
    assert read.comments[0].post == PostRef(native_id="7", url=URL)
    assert read.comments[0].url == f"{FORUM}t/oil/12/2"
    assert read.comments[0].published is not None
    assert read.comments[0].published.at == "2023-02-15T08:00:00Z"
    assert [(claim.subject, claim.number) for claim in read.claims] == [("#7", 5)]
    assert found.targets == ()


@pytest.mark.parametrize(
    ("page", "count", "rows", "expected"), [(1, 41, 20, 2), (2, 41, 20, 3), (3, 41, 1, None), (2, 999, 0, None)]
)
def test_the_pages_of_a_topic_end(page: int, count: int, rows: int, expected: int | None) -> None:
    url = f"{FORUM}t/12.json?page={page}"
    body = {"post_stream": {"posts": [row(n + 2) for n in range(rows)]}, "posts_count": count, "chunk_size": 20}
    _, found = answer(body, url)
    assert [target.url for target in found.targets] == ([f"{FORUM}t/12.json?page={expected}"] if expected else [])


@pytest.mark.parametrize("body", ["[]", "{}", '{"post_stream": 7}', '{"post_stream": {"posts": '])
def test_what_is_no_topic_is_an_error_in_a_line(body: str) -> None:
    with pytest.raises(PageError) as caught:
        answer(body)
    assert "\n" not in str(caught.value)
