"""Hosted comment systems: what a page declares, what their answers hold, and what is made of wrong ones."""

from __future__ import annotations

import json
from typing import Any

import pytest

from archiver import comments
from archiver.errors import PageError
from archiver.model import Extract, Post, PostRef, Rank, Target, TargetKind
from archiver.page import Page

URL = "https://quay.example/2023/oil/"
READ = Extract(posts=(Post(url=URL, rank=Rank.PAGE, native_id="7"),))
ASKED = Target(url=URL, kind=TargetKind.POST)


def declared(html: str) -> tuple[list[str], list[str]]:
    notes, targets = comments.declared(Page(URL, f"<html><body>{html}</body></html>".encode()), ASKED, READ)
    return [note.kind.removeprefix("comments_at_") for note in notes], [target.url for target in targets]


@pytest.mark.parametrize(
    ("html", "name", "url"),
    [
        ("<script data-isso='//talk.example/'></script>", "isso", "https://talk.example/?uri=%2F2023%2Foil%2F"),
        (
            "<script data-isso='https://t.example/isso'></script><p id='isso-thread' data-isso-id='x y'></p>",
            "isso",
            "https://t.example/isso/?uri=x+y",
        ),
        ("<section id='isso-thread'></section>", "isso", None),
        ("<script data-isso='javascript:1'></script>", None, None),
        (
            "<script>var remark_config = {host: 'https://r.example', site_id: 'quay'};</script>",
            "remark42",
            "https://r.example/api/v1/find?site=quay&url=https%3A%2F%2Fquay.example%2F2023%2Foil%2F&sort=%2Btime&format=tree",
        ),
        ("<div id='remark42'></div>", "remark42", None),
        (
            "<script>Waline.init({ el: '#waline', serverURL: 'https://w.example' });</script>",
            "waline",
            "https://w.example/api/comment?path=%2F2023%2Foil%2F&pageSize=50&page=1&lang=en&sortBy=insertedAt_asc",
        ),
        ("<div id='waline'></div>", "waline", None),
        (
            "<div id='disqus_thread'></div><script>this.page.identifier = 'oil-7'; s.src = 'https://quay.disqus.com/embed.js';</script>",
            "disqus",
            "https://disqus.com/embed/comments/?base=default&f=quay&t_u=https%3A%2F%2Fquay.example%2F2023%2Foil%2F&t_i=oil-7",
        ),
        ("<div id='disqus_thread'></div>", "disqus", None),
        ("<script src='https://giscus.app/client.js' data-repo='quay/blog'></script>", "giscus", None),
        ("<script src='https://utteranc.es/client.js' repo='quay/blog'></script>", "utterances", None),
        ("<script src='https://c.example/js/commento.js'></script>", "commento", None),
        ("<script src='https://c.example/comentario.js'></script>", "comentario", None),
        ("<div id='cusdis_thread' data-host='https://cusdis.com' data-app-id='1'></div>", "cusdis", None),
        ("<div id='twikoo'></div>", "twikoo", None),
        ("<hyvor-talk-comments website-id='1'></hyvor-talk-comments>", "hyvor", None),
        ("<div class='fb-comments' data-href='/oil/'></div>", "facebook", None),
        ("<p>I once wrote about Disqus, Isso and Waline.</p>", None, None),
        ("", None, None),
    ],
)
def test_what_a_page_declares(html: str, name: str | None, url: str | None) -> None:
    assert declared(html) == ([name] if name else [], [url] if url else [])


def test_only_posts_declare_threads() -> None:
    page = Page(URL, b"<script data-isso='//talk.example/'></script>")
    assert comments.declared(page, Target(url=URL, kind=TargetKind.HOME), READ) == ((), ())
    assert comments.declared(page, ASKED, Extract()) == ((), ())


ISSO = {
    "total_replies": 3,
    "replies": [
        {
            "id": 1,
            "parent": None,
            "text": "<p>Dear <em>indeed</em>.</p>",
            "author": "Bo",
            "website": "https://bo.example/",
            "created": 1677744000.25,
            "replies": [{"id": 2, "parent": 1, "text": "", "author": None, "created": 1677744060, "mode": 4}],
        }
    ],
}
REMARK = {
    "comments": [
        {
            "comment": {
                "id": "a1",
                "pid": "",
                "text": "<p>Dear <em>indeed</em>.</p>",
                "user": {"name": "Bo", "id": "g_1"},
                "time": "2023-03-02T08:00:00.25Z",
            },
            "replies": [
                {
                    "comment": {
                        "id": "a2",
                        "pid": "a1",
                        "text": "Hidden",
                        "delete": True,
                        "user": {"name": "deleted", "id": "deleted"},
                        "time": "2023-03-02T08:01:00Z",
                    }
                }
            ],
        }
    ],
    "info": {"count": 3},
}
WALINE = {
    "errno": 0,
    "data": {
        "page": 1,
        "totalPages": 2,
        "count": 3,
        "data": [
            {
                "objectId": "w1",
                "nick": "Bo",
                "comment": "<p>Dear <em>indeed</em>.</p>",
                "link": "https://bo.example/",
                "time": 1677744000250,
                "children": [{"objectId": "w2", "pid": "w1", "nick": "", "comment": "", "time": 1677744060000}],
            }
        ],
    },
}
DISQUS = {
    "cursor": {"hasNext": True},
    "response": {
        "thread": {"id": "9", "posts": 3},
        "posts": [
            {
                "id": "11",
                "parent": None,
                "depth": 0,
                "message": "<p>Dear <em>indeed</em>.</p>",
                "createdAt": "2023-03-02T08:00:00",
                "author": {"name": "Bo", "username": "bo", "profileUrl": "https://disqus.com/by/bo/", "id": "5"},
            },
            {
                "id": "12",
                "parent": 11,
                "depth": 1,
                "message": "",
                "createdAt": "2023-03-02T08:01:00",
                "isDeleted": True,
            },
        ],
    },
}


def answer(name: str, data: Any) -> tuple[Page, Target]:
    target = Target(
        url="https://talk.example/api/comment?path=%2Fa&page=1",
        kind=TargetKind.API,
        hint={"comments": name, "post": "7", "post_url": URL},
    )
    body = data if isinstance(data, bytes) else json.dumps(data).encode()
    if name == "disqus" and not isinstance(data, bytes):
        body = b'<html><script type="text/json" id="disqus-threadData">' + body + b"</script></html>"
    return Page(target.url, body), target


@pytest.mark.parametrize(
    ("name", "data", "ids"),
    [
        ("isso", ISSO, ("isso:1", "isso:2")),
        ("remark42", REMARK, ("remark42:a1", "remark42:a2")),
        ("waline", WALINE, ("waline:w1", "waline:w2")),
        ("disqus", DISQUS, ("disqus:11", "disqus:12")),
    ],
)
def test_a_thread_is_read(name: str, data: Any, ids: tuple[str, str]) -> None:
    extract, onward = comments.extract(*answer(name, data))
    first, second = extract.comments
    assert (first.native_id, second.native_id) == ids
    assert (first.parent, second.parent) == (None, ids[0])
    assert [c.depth for c in extract.comments] == [1, 2]
    assert first.post == PostRef(native_id="7", url=URL)
    assert first.author is not None
    assert first.author.name == "Bo"
    assert first.content is not None
    assert first.content.text == "Dear indeed."
    assert [c.published.at for c in extract.comments if c.published] == ["2023-03-02T08:00:00Z", "2023-03-02T08:01:00Z"]
    assert second.content is None  # deleted: the place stays
    assert [(claim.subject, claim.number, claim.where) for claim in extract.claims] == [("#7", 3, name)]
    assert [note.kind for note in extract.notes] == (["more_at_disqus"] if name == "disqus" else [])
    assert [t.url for t in onward.targets] == (
        ["https://talk.example/api/comment?path=%2Fa&pageSize=50&page=2&lang=en&sortBy=insertedAt_asc"]
        if name == "waline"
        else []
    )


@pytest.mark.parametrize("name", ["isso", "remark42", "waline", "disqus"])
@pytest.mark.parametrize("body", [b"", b'{"replies": [', b"<html></html>", b"[]", b"null", b'{"error": "no"}'])
def test_what_is_no_thread_is_a_page_error_in_a_line(name: str, body: bytes) -> None:
    with pytest.raises(PageError) as caught:
        comments.extract(*answer(name, body))
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("name", ["isso", "remark42", "waline", "disqus"])
def test_nobody_has_commented_yet(name: str) -> None:
    page, target = answer(name, b"{}")
    assert comments.extract(Page(page.url, b"{}", status=404), target)[0] == Extract()


@pytest.mark.parametrize("created", ["soon", -1, 1e300, None, True, float("inf")])
def test_a_time_that_is_none_is_left_out(created: object) -> None:
    page, target = answer("isso", b"{}")
    page.__dict__["json"] = {"replies": [{"id": 1, "text": "<p>Yes</p>", "created": created}]}
    (comment,) = comments.extract(page, target)[0].comments
    assert comment.published is None
