"""Lists of posts in the forms that permalinks take: what they name, and where they go on."""

from __future__ import annotations

import pytest

from archiver.engines._wordpress_lists import listed_posts, next_lists
from archiver.engines.dom import Dom
from archiver.engines.wordpress import WordPress
from archiver.model import PostKind, Site, Target, TargetKind
from archiver.page import Page

HOME = "https://blog.example.org/"
SITE = Site(key="blog.example.org", home=HOME)


def teaser(path: str, number: int | None = None, rel: str = "") -> str:
    own = f" id='post-{number}'" if number else ""
    return f"<article class='hentry'{own}><h2><a href='{path}'{rel}>A post</a></h2><p>Words.</p></article>"


@pytest.mark.parametrize(
    ("path", "number", "listed"),
    [
        ("/archives/2015", 2015, True),  # the post of that number
        ("/archives/2015", None, False),  # a year, for all that is known
        ("/2021/12/", 12, True),
        ("/2021/12/", 7, False),
        ("/author/comment-page-2/", None, False),
        ("/2016/comment-page-2/", None, True),
        ("/index.php/2024/05/tides/", None, True),
        ("/%d0%bf%d0%be%d1%81%d1%82/", None, True),
        ("/category/news/", 3, False),
    ],
)
def test_a_heading_names_a_post(path: str, number: int | None, listed: bool) -> None:
    dom = Dom(Page(HOME, teaser(path, number).encode()))
    found = listed_posts(dom, SITE)
    assert (HOME.rstrip("/") + path in found) is listed


@pytest.mark.parametrize(
    ("here", "links", "onward"),
    [
        ("?paged=2", ("seite/3/", "seite/7/"), ["seite/3/"]),
        ("seite/3/", ("seite/2/", "seite/4/"), ["seite/4/"]),
        ("seite/7/", ("seite/6/",), []),
        ("?paged=2", ("page/3/",), ["page/3/"]),
        ("page/7/", ("page/6/",), []),
    ],
)
def test_where_a_list_goes_on(here: str, links: tuple[str, ...], onward: list[str]) -> None:
    pager = "".join(f"<a class='page-numbers' href='/{link}'>on</a>" for link in links)
    dom = Dom(Page(HOME + here, f"{teaser('/a/')}<div class='nav-links pagination'>{pager}</div>".encode()))
    found, guess = next_lists(dom, HOME + here, SITE)
    assert (found, guess) == ([HOME + link for link in onward], None)


@pytest.mark.parametrize("path", ["", "comment-page-2/"])
def test_a_page_in_front_of_the_blog_is_a_page(path: str) -> None:
    body = (
        "<html><head><title>The blog - its tagline</title></head><body class='home page page-id-9'><h1>The blog</h1>"
        "<article class='page hentry' id='post-9'><div class='entry-content'><p>Welcome to all of it.</p></div>"
    )
    target = Target(url=HOME + path, kind=TargetKind.POST if path else TargetKind.HOME)
    (post,) = WordPress().extract(Page(target.url, body.encode()), target, SITE).posts
    assert (post.url, post.kind, post.native_id, post.title) == (HOME, PostKind.PAGE, "9", None)
    assert post.content is not None
    assert post.content.text == "Welcome to all of it."


def test_a_front_page_that_lists_posts_is_none() -> None:
    body = f"<body class='home blog'>{teaser('/a/', 7)}"
    extract = WordPress().extract(Page(HOME, body.encode()), Target(url=HOME, kind=TargetKind.HOME), SITE)
    assert extract.posts == ()
