"""Comment pages under another name, as plugins that translate addresses make them."""

from __future__ import annotations

import pytest

from archiver.engines.wordpress_page import post_page
from archiver.engines.wordpress_urls import comment_page, post_url
from archiver.model import Site
from archiver.page import Page

SITE = Site(key="blog.example.org", home="https://blog.example.org/", utc_offset=0, language="de-DE")
HOME = "https://blog.example.org"


def html(own: str, *, head: str = "", links: str = "") -> str:
    return (
        f"<!DOCTYPE html><html><head><title>A post</title><link rel='canonical' href='{HOME}{own}'>{head}</head>"
        "<body class='single single-post postid-9'><article id='post-9' class='post'>"
        "<h1 class='entry-title'>A post</h1>"
        f"<div class='entry-content'><p>Words.</p></div></article><div id='comments'><ol class='comment-list'>"
        f"<li id='comment-7' class='comment even depth-1'><b class='fn'>Ann</b> <a href='{HOME}{own}#comment-7'>"
        f"<time datetime='2021-02-03T10:00:00+00:00'>Day</time></a><div class='comment-content'><p>Hi.</p></div>"
        f"{links}</li>"
        "</ol></div></body></html>"
    )


FEED = f"<link rel='alternate' type='application/rss+xml' href='{HOME}/post/feed/'>"
EMBED = (
    "<link rel='alternate' type='application/json+oembed'"
    " href='/wp-json/oembed/1.0/embed?url=https%3A%2F%2Fblog.example.org%2Fpost%2F'>"
)
REPLY = f"<a class='comment-reply-link' href='{HOME}/post/?replytocom=7#respond'>Antworten</a>"
CASES = {
    "its feed names the post": ("/post/diskussion-3/", FEED, "", "/post/"),
    "a reply is sent to the post": ("/post/diskussion-3/", "", REPLY, "/post/"),
    "its embedded form names the post": ("/post/diskussion-3/", EMBED, "", "/post/"),
    "a post that calls itself comments": ("/2012/part-2/#comments", "", "", "/2012/part-2/"),
    "nothing names another post": ("/series/part-3/", "", "", "/series/part-3/"),
    "a post with a feed of its own": (
        "/series/part-3/",
        f"<link rel='alternate' href='{HOME}/series/part-3/feed/'>",
        "",
        "/series/part-3/",
    ),
    "a post by that name, by its feed": (
        "/2016/comment-page-2/",
        f"<link rel='alternate' href='{HOME}/2016/comment-page-2/feed/'>",
        "",
        "/2016/comment-page-2/",
    ),
    "a post by that name, by its embedded form": (
        "/news/comment-page-2/",
        EMBED.replace("post", "news%2Fcomment-page-2"),
        "",
        "/news/comment-page-2/",
    ),
    "a comment page": (
        "/post/comment-page-2/",
        FEED + EMBED,
        REPLY.replace("/post/", "/post/comment-page-2/"),
        "/post/",
    ),
    "a comment page in several languages": (
        "/post/comment-page-2/",
        FEED + f"<link rel='alternate' hreflang='de' href='{HOME}/post/comment-page-2/'>",
        "",
        "/post/",
    ),
    "the blog's own feed": ("/part-3/", f"<link rel='alternate' href='{HOME}/feed/'>", "", "/part-3/"),
}


@pytest.mark.parametrize(("own", "head", "links", "wanted"), CASES.values(), ids=CASES)
def test_the_post_behind_a_renamed_comment_page(own: str, head: str, links: str, wanted: str) -> None:
    body = html(own, head=head, links=links).encode()
    page = Page(HOME + own, body, headers={"content-type": "text/html; charset=utf-8"})
    assert post_page(page, SITE).url == HOME + wanted


def test_a_post_of_that_name_is_no_comment_page() -> None:
    assert post_url(f"{HOME}/2016/07/comment-page-2/") == f"{HOME}/2016/07/comment-page-2/"
    assert comment_page(f"{HOME}/2016/07/comment-page-2/") is None
    assert post_url(f"{HOME}/2016/07/tides/comment-page-2/#comments") == f"{HOME}/2016/07/tides/"
    assert comment_page(f"{HOME}/archives/12/comment-page-2/") == 2


def test_its_neighbours_are_found_from_one_of_them() -> None:
    links = f"{REPLY}<a href='{HOME}/post/diskussion-2/#comments'>Ältere</a>"
    body = html("/post/diskussion-3/", head=FEED, links=links).encode()
    reading = post_page(Page(f"{HOME}/post/diskussion-3/", body, headers={"content-type": "text/html"}), SITE)
    assert reading.comment_page_number() == 3
    assert reading.comment_pages[2] == f"{HOME}/post/diskussion-2/"
