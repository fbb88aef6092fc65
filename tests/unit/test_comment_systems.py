"""Hosted comment systems: what a page declares, what their answers hold, and what is made of wrong ones."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from archiver import comments
from archiver.errors import PageError
from archiver.model import Extract, Post, PostRef, Rank, Target, TargetKind, ThreadAnswer
from archiver.page import Page

URL = "https://quay.example/2023/oil/"
READ = Extract(posts=(Post(url=URL, rank=Rank.PAGE, native_id="7"),))
ASKED = Target(url=URL, kind=TargetKind.POST)
QUOTED = "https%3A%2F%2Fquay.example%2F2023%2Foil%2F"
ARTALK = "&limit=50&offset=0&sort_by=date_asc&flat_mode=false"


def declared(html: str) -> tuple[list[str], list[str]]:
    read, targets = comments.declared(Page(URL, f"<html><body>{html}</body></html>".encode()), ASKED, READ)
    return [note.kind.removeprefix("comments_at_") for note in read.notes], [target.url for target in targets]


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
        (
            "<script>Artalk.init({ el: '#c', server: 'https://a.example/', site: 'Quay' })</script>",
            "artalk",
            f"https://a.example/api/v2/comments?page_key=%2F2023%2Foil%2F&site_name=Quay{ARTALK}",
        ),
        (
            "<script>new Artalk({ pageKey: 'oil', server: '/talk' })</script>",
            "artalk",
            f"https://quay.example/talk/api/v2/comments?page_key=oil&site_name={ARTALK}",
        ),
        ("<div id='Artalk'></div>", "artalk", None),
        ("<p>I met Artalk.init once.</p>", None, None),
        (
            "<div id='cusdis_thread' data-app-id='7-a' data-page-id='oil'></div>",
            "cusdis",
            "https://cusdis.com/api/open/comments?appId=7-a&pageId=oil&page=1",
        ),
        (
            "<script src='https://giscus.app/client.js' data-repo='quay/blog' data-category='Talk'></script>",
            "giscus",
            "https://giscus.app/api/discussions?repo=quay%2Fblog&term=2023%2Foil%2F&category=Talk&number=0&strict=false&first=50",
        ),
        (
            "<script src='/giscus/client.js' data-repo='quay/blog' data-mapping='number' data-term='4'></script>",
            "giscus",
            "https://quay.example/api/discussions?repo=quay%2Fblog&term=&category=&number=4&strict=false&first=50",
        ),
        (
            "<script src='https://giscus.app/client.js' data-repo='quay/blog' data-mapping='og:title'></script>",
            "giscus",
            None,
        ),
        (
            "<script src='https://utteranc.es/client.js' repo='quay/blog' issue-number='12'></script>",
            "utterances",
            "https://api.github.com/repos/quay/blog/issues/12/comments?per_page=100&page=1",
        ),
        (
            "<script src='https://utteranc.es/client.js' repo='quay/blog' issue-term='On oil'></script>",
            "utterances",
            "https://api.github.com/search/issues?q=%22On+oil%22+type%3Aissue+in%3Atitle+repo%3Aquay%2Fblog&sort=created&order=asc",
        ),
        ("<script src='https://utteranc.es/client.js'></script>", "utterances", None),
        (
            "<div id='coral_thread'></div><script>Coral.createStreamEmbed({rootURL: 'https://coral.example'})</script>",
            "coral",
            f"https://coral.example/api/story/count.js?callback=CoralCount.setCount&url={QUOTED}&notext=true&ref=archiver",
        ),
        ("<div id='coral_thread'></div>", "coral", None),
        (
            "<iframe id='jetpack_remote_comment' src='https://jetpack.wordpress.com/jetpack-comment/'></iframe>",
            "jetpack",
            None,
        ),
        ("<script src='https://c.example/js/commento.js'></script>", "commento", None),
        ("<script src='https://c.example/comentario.js'></script>", "comentario", None),
        ("<div id='cusdis_thread' data-app-id='1'></div>", "cusdis", None),
        ("<div id='wpdcom'><div class='wpd-thread-list'></div></div>", "wpdiscuz", None),
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
    assert comments.declared(page, Target(url=URL, kind=TargetKind.HOME), READ) == (READ, ())
    assert comments.declared(page, ASKED, Extract()) == (Extract(), ())


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

ARTALK_THREAD = {
    "count": 3,
    "roots_count": 51,
    "comments": [
        {
            "id": 1,
            "rid": 0,
            "nick": "Bo",
            "link": "https://bo.example/",
            "content": "Dear *indeed*.",
            "content_marked": "<p>Dear <em>indeed</em>.</p>",
            "date": "2023-03-02 08:00:00",
        },
        {"id": 2, "rid": 1, "nick": "", "content": "", "date": "2023-03-02 08:01:00"},
    ],
}
CUSDIS = {
    "data": {
        "commentCount": 1,
        "pageCount": 1,
        "data": [
            {
                "id": "c-1",
                "by_nickname": "Bo",
                "content": "Dear *indeed*.",
                "parsedContent": "<p>Dear <em>indeed</em>.</p>",
                "createdAt": "2023-03-02T08:00:00.000Z",
                "replies": {
                    "commentCount": 2,
                    "data": [{"id": "c-2", "content": "", "createdAt": "2023-03-02T08:01:00.000Z"}],
                },
            }
        ],
    }
}
GISCUS = {
    "discussion": {
        "totalCommentCount": 1,
        "totalReplyCount": 2,
        "pageInfo": {"hasNextPage": True, "endCursor": "Y3="},
        "comments": [
            {
                "id": "DC_1",
                "author": {"login": "Bo", "url": "https://github.com/bo"},
                "bodyHTML": "<p>Dear <em>indeed</em>.</p>",
                "createdAt": "2023-03-02T08:00:00Z",
                "url": "https://github.com/quay/blog/discussions/4#discussioncomment-1",
                "replies": [
                    {
                        "id": "DC_2",
                        "replyToId": "DC_1",
                        "author": None,
                        "bodyHTML": "",
                        "deletedAt": "2023-03-03T08:00:00Z",
                        "createdAt": "2023-03-02T08:01:00Z",
                    }
                ],
            }
        ],
    }
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


ONWARD = {
    "waline": ["path=%2Fa&pageSize=50&page=2&lang=en&sortBy=insertedAt_asc"],
    "artalk": ["page_key=%2F&site_name=&limit=50&offset=50&sort_by=date_asc&flat_mode=false"],
    "giscus": ["path=%2Fa&page=1&after=Y3%3D"],
}
EVERY = ["isso", "remark42", "waline", "disqus", "artalk", "cusdis", "giscus", "utterances", "coral"]


@pytest.mark.parametrize(
    ("name", "data", "ids"),
    [
        ("isso", ISSO, ("isso:1", "isso:2")),
        ("remark42", REMARK, ("remark42:a1", "remark42:a2")),
        ("waline", WALINE, ("waline:w1", "waline:w2")),
        ("disqus", DISQUS, ("disqus:11", "disqus:12")),
        ("artalk", ARTALK_THREAD, ("artalk:1", "artalk:2")),
        ("cusdis", CUSDIS, ("cusdis:c-1", "cusdis:c-2")),
        ("giscus", GISCUS, ("giscus:DC_1", "giscus:DC_2")),
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
    assert [note.kind for note in extract.notes] == ([f"more_at_{name}"] if name in {"disqus", "cusdis"} else [])
    assert [t.url.partition("?")[2] for t in onward.targets] == ONWARD.get(name, [])
    assert all(comments.is_thread(target) for target in onward.targets)


@pytest.mark.parametrize("name", EVERY)
@pytest.mark.parametrize(
    "body", [b"", b'{"replies": [', b"<html></html>", b'"x"', b"null", b"f(1);", b'{"error": "no"}']
)
def test_what_is_no_thread_is_a_page_error_in_a_line(name: str, body: bytes) -> None:
    with pytest.raises(PageError) as caught:
        comments.extract(*answer(name, body))
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("name", EVERY)
def test_nobody_has_commented_yet(name: str) -> None:
    page, target = answer(name, b"{}")
    assert comments.extract(Page(page.url, b"{}", status=404), target)[0] == Extract()


@pytest.mark.parametrize("created", ["soon", -1, 1e300, None, True, float("inf")])
def test_a_time_that_is_none_is_left_out(created: object) -> None:
    page, target = answer("isso", b"{}")
    page.__dict__["json"] = {"replies": [{"id": 1, "text": "<p>Yes</p>", "created": created}]}
    (comment,) = comments.extract(page, target)[0].comments
    assert comment.published is None


def asked(url: str, name: str, body: Any, **hint: str) -> tuple[Extract, list[str]]:
    target = Target(url=url, kind=TargetKind.API, hint={"comments": name, "post": "7", "post_url": URL, **hint})
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    extract, onward = comments.extract(Page(url, data), target)
    return extract, [one.url for one in onward.targets]


def test_utterances_finds_the_issue_and_then_its_comments() -> None:
    issue = "https://api.github.com/repos/quay/blog/issues/12"
    found = {
        "items": [
            {"title": "2023/oil/ again", "comments": 9, "url": "https://api.github.com/repos/quay/blog/issues/3"},
            {"title": "2023/Oil/", "comments": 2, "url": issue},
        ]
    }
    extract, onward = asked("https://api.github.com/search/issues?q=x", "utterances", found, title="2023/oil/")
    assert [(claim.number, claim.subject) for claim in extract.claims] == [(2, "#7")]
    assert onward == [f"{issue}/comments?per_page=100&page=1"]
    rows = [
        {
            "id": 5,
            "user": {"login": "bo", "html_url": "https://github.com/bo"},
            "body": "Dear *indeed*.",
            "body_html": "<p>Dear <em>indeed</em>.</p>",
            "created_at": "2023-03-02T08:00:00Z",
            "html_url": "https://github.com/quay/blog/issues/12#issuecomment-5",
        },
        {"id": 6, "user": None, "body": "Two\n\nparagraphs", "created_at": "2023-03-02T08:01:00Z"},
    ]
    extract, onward = asked(onward[0], "utterances", rows)
    assert onward == []
    assert [(c.native_id, c.position, c.parent) for c in extract.comments] == [
        ("utterances:5", 0, None),
        ("utterances:6", 1, None),
    ]
    assert [c.content.text for c in extract.comments if c.content] == ["Dear indeed.", "Two\n\nparagraphs"]
    assert extract.comments[0].url == "https://github.com/quay/blog/issues/12#issuecomment-5"
    _, onward = asked(f"{issue}/comments?per_page=100&page=1", "utterances", [{"id": n} for n in range(100)])
    assert onward == [f"{issue}/comments?per_page=100&page=2"]


@pytest.mark.parametrize("url", ["https://elsewhere.example/repos/a/b/issues/1", None, "http://127.0.0.1/"])
def test_a_search_leads_to_no_other_host(url: str | None) -> None:
    found = {"items": [{"title": "oil", "comments": 9, "url": url}]}
    assert asked("https://api.github.com/search/issues?q=x", "utterances", found, title="oil")[1] == []


def test_the_number_of_comments_at_coral_is_a_claim() -> None:
    body = b'/**/ CoralCount.setCount({"ref": "archiver", "html": "<span>31</span>", "count": 31});'
    extract, _ = asked("https://coral.example/api/story/count.js", "coral", body)
    assert extract.comments == ()
    assert [(claim.number, claim.where) for claim in extract.claims] == [(31, "coral")]


def test_wpdiscuz_states_its_number_and_leads_to_the_feed_for_what_it_keeps_back() -> None:
    thread = "<div class='wpd-thread-info' data-comments-count='31'></div><div class='wpd-thread-list'></div>"
    more = "<div class='wpd-load-more-submit-wrap'><button class='wpd-load-more-submit'>More</button></div>"
    page = Page(URL, f"<div id='wpdcom'>{thread}{more}</div>".encode())
    read, targets = comments.declared(page, ASKED, READ)
    assert [(claim.number, claim.where) for claim in read.claims] == [(31, "wpdiscuz")]
    assert [(one.url, one.kind) for one in targets] == [(f"{URL}feed/", TargetKind.COMMENT_FEED)]
    assert not comments.is_thread(targets[0])  # the blog's own: its engine reads it
    read, targets = comments.declared(Page(URL, f"<div id='wpdcom'>{thread}</div>".encode()), ASKED, READ)
    assert (len(read.claims), targets) == (1, ())


def test_wpdiscuz_of_2015_states_its_number_in_words() -> None:
    bar = "<script src='/wp-content/plugins/wpdiscuz/files/wc.js'></script><span class='wc_header_text_count'>31</span>"
    more = "<button class='wc-load-more-submit button'>More</button>"
    read, targets = comments.declared(Page(URL, f"<div id='wpcomm'>{bar}{more}</div>".encode()), ASKED, READ)
    assert [(claim.number, claim.where) for claim in read.claims] == [(31, "wpdiscuz")]
    assert [one.url for one in targets] == [f"{URL}feed/"]


@pytest.mark.parametrize("status", [401, 403, 429, 500])
def test_a_thread_that_is_refused_is_told(status: int) -> None:
    page, target = answer("giscus", b"{}")
    (note,) = comments.extract(Page(page.url, b"{}", status=status), target)[0].notes
    assert note.kind == "thread_refused"
    assert str(status) in note.detail
    assert URL in note.detail


def test_a_post_whose_comments_are_counted_is_no_thread_of_a_system():
    post = Target(url="https://blog.example/p/", kind=TargetKind.POST, hint={"comments": "12"})
    assert not comments.is_thread(post)
    assert all(comments.is_thread(replace(post, hint={"comments": one.name})) for one in comments.systems())


def test_a_part_of_a_thread_is_evidence_only_with_all_others() -> None:
    row = {"id": 1, "text": "<p>So.</p>", "replies": []}
    assert not answered("disqus", DISQUS).last  # its frame says that there is more
    assert answered("isso", {"total_replies": 1, "replies": [row]}).last
    assert not answered("isso", {"total_replies": 2, "replies": [row]}).last


def answered(name: str, data: object) -> ThreadAnswer:
    body = json.dumps(data).encode()
    if name == "disqus":
        body = b'<html><script type="text/json" id="disqus-threadData">' + body + b"</script></html>"
    hint = {"comments": name, "post_url": "https://quay.example/oil/"}
    target = Target(url="https://comments.example/", kind=TargetKind.API, hint=hint)
    read, _ = comments.extract(Page(target.url, body), target)
    (found,) = read.answers
    assert (found.source, found.part) == (name, 1)
    return found
