"""Ways in that are shut, torn or lie: what API, feeds and sitemaps answer, and what comes of it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from archiver.demo import DemoBlog, Response
from archiver.engines import wordpress_api
from tests.crawl.faults import Fault, FaultServer, http, page
from tests.crawl.running import SOON, Ran, crawl, differences

HTML_PAGE = page(200, "<!DOCTYPE html><html><head><title>Welcome</title></head><body><p>Hello.</p></body></html>")
CLOSED = Response(401, b'{"code":"rest_cannot_access"}', (("Content-Type", "application/json"),))


def api(server: FaultServer, route: str, number: int = 1) -> str:
    """The path and query by which a page of the API is asked for."""
    url = wordpress_api.page_target(f"{server.blog.home}/wp-json/", route, number).url
    return url.removeprefix(server.blog.home)


def root(server: FaultServer) -> str:
    return wordpress_api.root_target(f"{server.blog.home}/wp-json/").url.removeprefix(server.blog.home)


def torn(server: FaultServer, target: str) -> Fault:
    """The first half of what the blog would answer, as if that were all."""
    body = server.blog.respond(target).body
    return Response(200, body[: len(body) // 2], (("Content-Type", "application/json; charset=UTF-8"),))


def posts_and_comments(ran: Ran) -> tuple[int, int]:
    posts = ran.one("SELECT count(*) FROM posts WHERE kind = 'post' AND title IS NOT NULL")
    return posts, ran.one("SELECT count(*) FROM comments WHERE kind = 'comment'")


def shown(blog: DemoBlog) -> tuple[int, int]:
    """Posts and comments that a visitor can see."""
    comments = sum(comment.kind == "comment" for post in blog.published for comment in blog.shown(post))
    return len(blog.published), comments


# ---- the API


@pytest.mark.parametrize("fault", [HTML_PAGE, page(404), page(403), page(500), page(200)], ids=lambda f: str(f)[:30])
def test_an_api_that_is_none(tmp_path: Path, fault: Fault) -> None:
    server = FaultServer(DemoBlog(posts=8, thread=8))
    with server.running() as home:
        server.always(root(server), fault)
        server.always(root(server).replace("/wp-json/?", "/?rest_route=/&"), fault)
        ran = crawl(tmp_path, f"{home}/", arranged=SOON)
    assert posts_and_comments(ran) == shown(server.blog)
    assert ran.one("SELECT api_url FROM blogs") is None


def test_an_api_torn_on_its_second_page_is_tried_again_then_asked_by_parts(tmp_path: Path) -> None:
    server = FaultServer(DemoBlog(posts=130, thread=8))
    with server.running() as home:
        second = api(server, "posts", 2)
        server.always(second, torn(server, second))
        ran = crawl(tmp_path, "--no-pages", f"{home}/", arranged=SOON)
    assert ran.code == 0
    assert server.targets().count(second) == 5
    assert posts_and_comments(ran)[0] == 130
    assert ran.one("SELECT count(*) FROM posts WHERE kind = 'post' AND sources NOT LIKE '%api%'") == 0


def test_an_api_torn_once_is_whole_in_the_end(tmp_path: Path) -> None:
    server = FaultServer(DemoBlog(posts=130, thread=8))
    with server.running() as home:
        for route, number in (("posts", 1), ("posts", 2), ("comments", 1), ("users", 1)):
            target = api(server, route, number)
            server.fault(target, torn(server, target))
        ran = crawl(tmp_path, "--no-pages", f"{home}/", arranged=SOON)
    assert ran.code == 0
    assert posts_and_comments(ran)[0] == 130


@pytest.mark.parametrize("status", [401, 403, 404])
def test_a_partly_closed_api(tmp_path: Path, status: int) -> None:
    closed = Response(status, CLOSED.body, CLOSED.headers)
    server = FaultServer(DemoBlog(posts=8, thread=30))
    with server.running() as home:
        server.always(api(server, "comments"), closed)
        server.always(api(server, "users"), closed)
        ran = crawl(tmp_path, f"{home}/")
    assert posts_and_comments(ran) == shown(server.blog)
    assert ran.one("SELECT count(*) FROM frontier WHERE state = 'given_up'") == 0
    assert ran.one("SELECT count(*) FROM posts WHERE sources LIKE '%api%' AND kind = 'post'") == len(
        server.blog.published
    )


def test_an_api_that_does_not_state_its_totals(tmp_path: Path) -> None:
    server = FaultServer(DemoBlog(posts=130, thread=8))
    with server.running() as home:
        for number in (1, 2):
            target = api(server, "posts", number)
            body = server.blog.respond(target).body
            server.always(target, Response(200, body, (("Content-Type", "application/json"),)))
        ran = crawl(tmp_path, "--no-pages", f"{home}/")
    assert posts_and_comments(ran)[0] == 130


def test_an_api_that_is_shut_in_mid_crawl(tmp_path: Path) -> None:
    server = FaultServer(DemoBlog(posts=130, thread=8))
    with server.running() as home:
        server.always(api(server, "posts", 2), page(403))
        ran = crawl(tmp_path, "--no-pages", f"{home}/")
    assert ran.code == 4
    assert "403 Forbidden" in ran.out


def test_an_api_whose_rows_are_not_as_they_should_be(tmp_path: Path) -> None:
    server = FaultServer(DemoBlog(posts=8, thread=8))
    with server.running() as home:
        target = api(server, "posts")
        rows = json.loads(server.blog.respond(target).body)
        del rows[0]["id"]
        body = json.dumps([*rows, None, "text", 7]).encode()
        server.always(target, Response(200, body, (("Content-Type", "application/json"),)))
        ran = crawl(tmp_path, f"{home}/")
    assert ran.code in {0, 4}
    assert posts_and_comments(ran) == shown(server.blog)


# ---- feeds and sitemaps, with the API closed


NO_XML: list[tuple[str, Fault]] = [
    ("HTML", HTML_PAGE),
    ("404", page(404)),
    ("500", page(500)),
    ("nothing", page(200)),
    ("cut", Response(200, b"<?xml version='1.0'?><rss><channel><ti", (("Content-Type", "application/rss+xml"),))),
    (
        "entities",
        Response(200, b"<!DOCTYPE x [<!ENTITY a 'aaaaaaaaaa'>]><rss>&a;</rss>", (("Content-Type", "text/xml"),)),
    ),
    ("binary", Response(200, bytes(range(256)), (("Content-Type", "application/rss+xml"),))),
]


@pytest.mark.parametrize("fault", [fault for _, fault in NO_XML], ids=[name for name, _ in NO_XML])
def test_a_feed_that_is_no_xml(tmp_path: Path, fault: Fault) -> None:
    server = FaultServer(DemoBlog(posts=14, thread=8, api=False))
    server.always("/feed/", fault)
    with server.running() as home:
        ran = crawl(tmp_path, f"{home}/", arranged=SOON)
    assert posts_and_comments(ran) == shown(server.blog)


def test_a_feed_that_does_not_page(tmp_path: Path) -> None:
    server = FaultServer(DemoBlog(posts=40, thread=8, api=False, sitemaps=False))
    with server.running() as home:
        first = server.blog.respond("/feed/")
        for number in range(2, 9):
            server.always(f"/feed/?paged={number}", first)
        ran = crawl(tmp_path, f"{home}/")
    assert posts_and_comments(ran) == shown(server.blog)
    assert server.targets().count("/feed/?paged=3") == 0


@pytest.mark.parametrize("fault", [fault for _, fault in NO_XML], ids=[name for name, _ in NO_XML])
def test_a_sitemap_that_is_no_xml(tmp_path: Path, fault: Fault) -> None:
    server = FaultServer(DemoBlog(posts=14, thread=8, api=False, feeds=False))
    for path in ("/wp-sitemap.xml", "/sitemap_index.xml", "/sitemap.xml"):
        server.always(path, fault)
    with server.running() as home:
        ran = crawl(tmp_path, f"{home}/", arranged=SOON)
    assert posts_and_comments(ran) == shown(server.blog), (ran.code, ran.out, ran.err, server.targets())


# ---- bad weather


def test_faults_on_many_first_requests_change_nothing(tmp_path: Path) -> None:
    """Every other URL fails when it is first asked for; the archive is the same as without."""
    weather: list[Fault] = [
        page(429),
        page(500),
        page(503, Retry_After="0"),
        page(503, Retry_After="Sun, 01 Mar 2020 12:00:00 GMT"),
        page(429, Retry_After="1"),
        http(body=b"<html>", length=5000),
    ]
    for name, options in (("open", {"api": True}), ("closed", {"api": False})):
        server = FaultServer(DemoBlog(posts=12, thread=30, **options))
        with server.running() as home:
            fine = crawl(tmp_path / f"{name}-fine", f"{home}/")
            for number, target in enumerate(server.targets()[2::2]):
                server.fault(target, weather[number % len(weather)])
            rough = crawl(tmp_path / f"{name}-rough", f"{home}/", arranged=SOON)
        assert rough.code == fine.code
        assert differences(fine.archive, rough.archive) == {}
