"""Posts out of their pages, theme by theme."""

from __future__ import annotations

import pytest

from archiver.engines.wordpress_page import post_page
from archiver.engines.wordpress_urls import never
from archiver.model import Site
from archiver.page import Page
from tests.unit.golden_wordpress import CASES, SETUP, Case


@pytest.mark.parametrize("name", CASES)
def test_golden_page(name: str) -> None:
    case = Case(name)
    asked = [key for key in case.expected if key not in SETUP]
    assert asked
    assert {key: case.found(key) for key in asked} == {key: case.expected[key] for key in asked}


@pytest.mark.parametrize(
    ("url", "listed", "expected"),
    [
        ("/2022/02/84/", "/2022/02/", "/2022/02/84/"),  # a post called 84, beside its month in the sidebar
        ("/2022/02/14/84/", "/2022/02/14/", "/2022/02/14/84/"),
        ("/2022/84/", "/2022/", "/2022/84/"),
        ("/2022/02/tides/3/", "/2022/02/tides/", "/2022/02/tides/"),
        ("/tides/3/", "/tides/", "/tides/"),
        ("/tides.html/3/", "/tides.html", "/tides.html"),
        ("/tides/3/", "/ebb/", "/tides/3/"),
    ],
)
def test_a_number_at_the_end_is_a_part_or_a_name(url: str, listed: str, expected: str) -> None:
    html = (
        f"<head><link rel='canonical' href='{url}'></head><body class='single postid-84'>"
        f"<div class='entry-content'><p>Words.</p></div><a href='{listed}'>there</a></body>"
    )
    page = Page(f"https://blog.example.org{url}", html.encode())
    site = Site(key="blog.example.org", home="https://blog.example.org/")
    assert post_page(page, site).url == f"https://blog.example.org{expected}"


def test_a_part_of_a_post_whose_number_looks_like_a_year() -> None:
    html = (
        "<head><link rel='canonical' href='/archives/1977/4'><link rel='alternate' type='application/rss+xml'"
        " href='/archives/1977/feed'></head><body class='single postid-1977'>"
        "<div class='entry-content'><p>Words.</p></div><a href='/archives/1977'>1</a></body>"
    )
    page = Page("https://blog.example.org/archives/1977/4", html.encode())
    site = Site(key="blog.example.org", home="https://blog.example.org/")
    assert post_page(page, site).url == "https://blog.example.org/archives/1977"


@pytest.mark.parametrize(
    ("path", "wanted"),
    [
        *(("/post/?replytocom=7", True), ("/post/?share=twitter&nb=1", True), ("/post/?PHPSESSID=a1", True)),
        *(("/wp-login.php?action=logout&_wpnonce=1", True), ("/wp-admin/post.php?post=1", True)),
        *(("/wp-comments-post.php", True), ("/xmlrpc.php", True), ("/post/trackback/", True), ("/post/embed/", True)),
        *(("/post/?like_comment=3", True), ("/shop/?add-to-cart=3", True), ("/post/?print=1", True)),
        *(("/post/", False), ("/?p=7", False), ("/post/comment-page-2/", False), ("/post/?cpage=2", False)),
        *(("/2021/02/", False), ("/tag/share/", False), ("/the-action-plan/", False)),
    ],
)
def test_traps_and_what_changes_something_are_never_asked_for(path: str, wanted: bool) -> None:
    """Replies, sessions, shares, forms, scripts: links that lead round in rings, or do something."""
    assert never(f"https://blog.example.org{path}") is wanted
