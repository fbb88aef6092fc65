"""Small blogs of several platforms that can change: what each answers, made from posts and their comments."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.crawl.scripted import Answers

HTML, JSON, XML = "text/html; charset=utf-8", "application/json", "application/xml"
WORDS = "The lamps of the quay burn an hour less, since oil is dear this year and the keeper is poor. " * 2


@dataclass(slots=True)
class Written:
    """A post. comments: their texts, the first of them the oldest."""

    number: int
    title: str
    comments: list[str] = field(default_factory=list)

    @property
    def at(self) -> str:
        return f"2023-03-{self.number:02d}T07:30:00.000Z"

    def ids(self) -> list[tuple[int, str, str]]:
        """Number, text and time of each comment."""
        return [
            (1000 * self.number + n, text, f"2023-04-{n + 1:02d}T08:00:00.000Z") for n, text in enumerate(self.comments)
        ]


def article(post: Written, more: str = "") -> str:
    return (
        f"<html><head><title>{post.title}</title></head><body><article class='h-entry'>"
        f"<h1 class='p-name'>{post.title}</h1><time class='dt-published' datetime='{post.at}'>then</time>"
        f"<div class='e-content'><p>{WORDS}{post.title}.</p></div>{more}</article></body></html>"
    )


def blogger(posts: list[Written]) -> Answers:
    def said(post: Written, number: int, text: str, at: str) -> dict[str, Any]:
        page = f"{{home}}/2023/03/{post.number}.html"
        return {
            "id": {"$t": f"tag:blogger.com,1999:blog-7.post-{number}"},
            "published": {"$t": at},
            "content": {"type": "html", "$t": text},
            "link": [{"rel": "alternate", "href": f"{page}?showComment=1#c{number}"}],
            "author": [{"name": {"$t": "Ned Skerry"}}],
            "thr$in-reply-to": {"href": page, "ref": f"tag:blogger.com,1999:blog-7.post-{800 + post.number}"},
        }

    def feed(entries: list[dict[str, Any]]) -> tuple[str, str]:
        return JSON, json.dumps({"feed": {"openSearch$totalResults": {"$t": str(len(entries))}, "entry": entries}})

    listed = [
        {
            "id": {"$t": f"tag:blogger.com,1999:blog-7.post-{800 + post.number}"},
            "published": {"$t": post.at},
            "updated": {"$t": post.at},
            "title": {"$t": post.title},
            "content": {"type": "html", "$t": f"<p>{WORDS}{post.title}.</p>"},
            "link": [{"rel": "alternate", "href": f"{{home}}/2023/03/{post.number}.html"}],
            "author": [{"name": {"$t": "Moll Quay"}}],
            "thr$total": {"$t": str(len(post.comments))},
        }
        for post in reversed(posts)
    ]
    threads = {post.number: [said(post, *one) for one in post.ids()] for post in posts}
    newest = sorted((one for thread in threads.values() for one in thread), key=lambda one: one["published"]["$t"])
    head = "<meta name='generator' content='blogger'><link rel='alternate' href='{home}/feeds/posts/default'>"
    return {
        "/": (HTML, f"<html><head><title>Harbour Lights</title>{head}</head><body></body></html>"),
        "/feeds/posts/default": feed(listed),
        "/feeds/pages/default": feed([]),
        "/feeds/comments/default": feed(newest[::-1]),
        **{f"/feeds/{800 + number}/comments/default": feed(thread) for number, thread in threads.items()},
        **{f"/2023/03/{post.number}.html": (HTML, article(post)) for post in posts},
    }


def substack(posts: list[Written]) -> Answers:
    def row(post: Written) -> dict[str, Any]:
        return {
            "id": 140000 + post.number,
            "slug": f"post-{post.number}",
            "title": post.title,
            "audience": "everyone",
            "post_date": post.at,
            "canonical_url": f"{{home}}/p/post-{post.number}",
            "comment_count": len(post.comments),
            "publishedBylines": [{"id": 5, "name": "Moll Quay", "handle": "moll"}],
        }

    def thread(post: Written) -> dict[str, Any]:
        common = {"post_id": 140000 + post.number, "name": "Ned Skerry", "handle": "ned", "children": []}
        return {"comments": [{"id": id_, "body": text, "date": at, **common} for id_, text, at in post.ids()]}

    def page(post: Written) -> str:
        data = json.dumps(json.dumps({"post": {**row(post), "body_html": f"<p>{WORDS}{post.title}.</p>"}}))
        return f"<html><head><script>window._preloads = JSON.parse({data})</script></head><body></body></html>"

    script = "<script src='https://substackcdn.com/a.js'></script><script src='https://substackcdn.com/b.js'></script>"
    return {
        "/": (HTML, f"<html><head>{script}<script>window._preloads = JSON.parse('{{}}')</script></head></html>"),
        "/api/v1/archive?offset=0": (JSON, json.dumps([row(post) for post in reversed(posts)])),
        **{f"/api/v1/post/{140000 + post.number}/comments": (JSON, json.dumps(thread(post))) for post in posts},
        **{f"/p/post-{post.number}": (HTML, page(post)) for post in posts},
    }


def ghost(posts: list[Written]) -> Answers:
    def thread(post: Written) -> dict[str, Any]:
        comments = [
            {"id": f"c{id_}", "status": "published", "html": f"<p>{text}</p>", "created_at": at, "replies": []}
            for id_, text, at in post.ids()
        ]
        pages = {"page": 1, "pages": 1, "total": len(comments), "limit": 100, "next": None, "prev": None}
        return {"comments": comments, "meta": {"pagination": pages}}

    script = "<script data-ghost-comments='{{home}}/' data-post-id='6f{}'></script>"
    return {
        **feed_of(posts, "/rss/", "<meta name='generator' content='Ghost 5.80'>"),
        **{f"/post-{post.number}/": (HTML, article(post, script.format(post.number))) for post in posts},
        **{f"/members/api/comments/post/6f{post.number}/": (JSON, json.dumps(thread(post))) for post in posts},
    }


def static(posts: list[Written]) -> Answers:
    def comment(id_: int, text: str, at: str) -> str:
        return (
            f"<div class='u-comment h-cite' id='comment-{id_}'><a class='p-author h-card'>Ned Skerry</a>"
            f"<time class='dt-published' datetime='{at}'>then</time><p class='p-content'>{text}</p></div>"
        )

    pages = {post.number: article(post, "".join(comment(*one) for one in post.ids())) for post in posts}
    return {
        **feed_of(posts, "/feed.xml", ""),
        **{f"/post-{number}/": (HTML, page) for number, page in pages.items()},
    }


def feed_of(posts: list[Written], path: str, head: str) -> dict[str, tuple[str, str]]:
    """A front page that links its posts, and their feed."""
    links = "".join(f"<article><h2><a href='/post-{one.number}/'>{one.title}</a></h2></article>" for one in posts[::-1])
    link = f"<link rel='alternate' type='application/rss+xml' href='{path}'>"
    items = "".join(
        f"<item><title>{post.title}</title><link>{{home}}/post-{post.number}/</link>"
        f"<description>{WORDS}</description></item>"
        for post in posts[::-1]
    )
    return {
        "/": (HTML, f"<html><head><title>Quay</title>{head}{link}</head><body>{links}</body></html>"),
        path: (XML, f"<rss version='2.0'><channel><title>Quay</title><link>{{home}}/</link>{items}</channel></rss>"),
    }


def squarespace(posts: list[Written]) -> Answers:
    def row(post: Written) -> dict[str, Any]:
        return {
            "id": f"5f{post.number}",
            "recordType": 1,
            "title": post.title,
            "fullUrl": f"/post-{post.number}",
            "body": f"<p>{WORDS}{post.title}.</p>",
            "publishOn": 1678000000000 + post.number,
            "publicCommentCount": len(post.comments),
        }

    def thread(post: Written) -> dict[str, Any]:
        return {"comments": [{"id": f"c{id_}", "body": text, "memberName": "Ned"} for id_, text, _ in post.ids()]}

    data = {"website": {"siteTitle": "Quay"}, "items": [row(post) for post in reversed(posts)]}
    head = "<!-- This is Squarespace. --><script>Static.SQUARESPACE_CONTEXT = {}</script>"
    links = "".join(f"<article><h2><a href='/post-{one.number}'>{one.title}</a></h2></article>" for one in posts)
    return {
        "/": (HTML, f"<html><head>{head}</head><body>{links}</body></html>"),
        "/?format=json": (JSON, json.dumps(data)),
        **{f"/post-{post.number}": (HTML, article(post)) for post in posts},
        **{f"/api/comment/GetComments?targetId=5f{post.number}": (JSON, json.dumps(thread(post))) for post in posts},
    }


PLATFORMS: dict[str, tuple[Callable[[list[Written]], Answers], str, bool]] = {
    "blogger": (blogger, "blogger", True),
    "substack": (substack, "substack", True),
    "ghost": (ghost, "ghost", False),
    "static": (static, "generic", False),
}
"""Name -> what it answers; its engine; whether a sensor tells of new comments."""
