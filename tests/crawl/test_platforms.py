"""Blogs of other platforms crawled as a user does it: what is kept, which requests that took, what the ledger says."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.crawl.running import crawl, sound
from tests.crawl.scripted import serve

GOLDEN = Path(__file__).parents[1] / "golden"
HTML, JSON = "text/html; charset=utf-8", "application/json"


def page(name: str, home: str) -> str:
    (path,) = (GOLDEN / name).glob("page.*")
    return path.read_text("utf-8").replace(home, "{home}")


def blogger() -> dict[str, tuple[str, str]]:
    home = "https://quaynotes.blogspot.com"
    posts: dict[str, Any] = json.loads(page("blogger/posts-feed", home))
    del posts["feed"]["link"], posts["feed"]["entry"][2]
    posts["feed"]["openSearch$totalResults"]["$t"] = "2"
    thread: dict[str, Any] = json.loads(page("blogger/thread-feed", home))
    thread["feed"]["openSearch$totalResults"]["$t"] = "3"
    return {
        "/": (HTML, page("blogger/front", home)),
        "/feeds/posts/default": (JSON, json.dumps(posts)),
        "/feeds/8000000001/comments/default": (JSON, json.dumps(thread)),
        "/2021/03/ebb-flow.html": (HTML, page("blogger/threaded-page", home)),
    }


def substack() -> dict[str, tuple[str, str]]:
    home = "https://quay.substack.com"
    return {
        "/": (HTML, page("substack/front", home)),
        "/api/v1/archive?offset=0": (JSON, page("substack/archive", home)),
        "/api/v1/post/140001/comments": (JSON, page("substack/thread", home)),
        "/api/v1/posts/the-price-of-oil": (JSON, page("substack/paid-post", home)),
        "/p/ebb-and-flow": (HTML, page("substack/post-page", home)),
    }


@pytest.mark.parametrize("pages", [True, False])
def test_blogger(tmp_path: Path, pages: bool) -> None:
    with serve(blogger()) as blog:
        ran = crawl(tmp_path / "a", blog.home, *(() if pages else ("--no-pages",)))
    assert ran.code == 4, ran.err  # one comment of four is nowhere
    assert ran.one("SELECT engine FROM blogs") == "blogger"
    assert ran.rows("SELECT native_id, title FROM posts ORDER BY 1") == [
        ("8000000001", "Ebb & flow"),
        ("8000000002", ""),
    ]
    assert ran.rows("SELECT in_reply_to, depth, parent_source FROM comment_list ORDER BY published_at") == [
        (None, 1, "api"),
        ("Ned Skerry", 2, "api"),
        (None, 1, "api"),
    ]
    assert ran.rows("SELECT claimed, captured, missing FROM coverage WHERE claimed > 0") == [(4, 3, 1)]
    assert ran.one("SELECT sum(by_post_author) FROM comments") == 1
    assert len(blog.asked) == len(set(blog.asked))
    assert any("/2021/03/ebb-flow.html" in path for path in blog.asked) == pages
    assert not any("sitemap" in path or path.startswith("/2021/02/?") for path in blog.asked)
    assert sound(ran.archive)


def test_substack(tmp_path: Path) -> None:
    with serve(substack()) as blog:
        ran = crawl(tmp_path / "a", blog.home)
    assert ran.one("SELECT engine FROM blogs") == "substack"
    assert ran.one("SELECT text FROM posts WHERE native_id = '140001'").startswith("The tide went out.")
    depths = (
        "SELECT depth FROM comments c JOIN posts p ON p.id = c.post_id WHERE p.native_id = '140001' ORDER BY position"
    )
    assert [row[0] for row in ran.rows(depths)] == [1, 2, 3, 1]
    ledger = "SELECT claimed, captured, state FROM coverage ORDER BY claimed DESC"
    assert ran.rows(ledger)[0] == (4, 4, "complete")
    assert ran.code == 4  # the paid post's page and thread are not there
    assert len(blog.asked) == len(set(blog.asked))
    assert not any("sitemap" in path or path == "/feed" for path in blog.asked)


def test_a_paid_post_is_explained_and_no_gap(tmp_path: Path) -> None:
    with serve(substack()) as blog:
        ran = crawl(tmp_path / "a", blog.home, "--no-pages")
    assert ran.rows("SELECT state, reason FROM coverage WHERE claimed = 2") == [
        ("explained", "protected by a password")
    ]
    assert ran.one("SELECT protected FROM posts WHERE native_id = '140002'") == 1


def test_a_platform_whose_data_are_closed_is_read_from_its_pages(tmp_path: Path) -> None:
    answers = substack()
    answers = {path: answer for path, answer in answers.items() if "/api/" not in path}
    answers["/robots.txt"] = ("text/plain", "User-agent: *\nDisallow: /api/\n")
    answers["/sitemap.xml"] = (
        "application/xml",
        (
            '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"><url><loc>{home}/p/ebb-and-flow</loc></url>'
            "<url><loc>{home}/about</loc></url></urlset>"
        ),
    )
    with serve(answers) as blog:
        ran = crawl(tmp_path / "a", blog.home)
    assert ran.rows("SELECT claimed, captured, missing FROM coverage") == [(4, 0, 4)]
    assert ran.code == 4
    assert not any("/api/" in path for path in blog.asked)


def test_an_engine_that_cannot_be_right_is_told_in_a_line(tmp_path: Path) -> None:
    with serve(substack()) as blog:
        ran = crawl(tmp_path / "a", blog.home, "--engine", "blogger")
    assert ran.code == 7
    line = next(line for line in ran.out.splitlines() if "speaks for" in line)
    assert "nothing on it speaks for blogger, but for substack" in line
    assert "Leave --engine out" in line
    assert len(blog.asked) == 2  # robots.txt and the front page


def test_a_crawl_that_finds_no_post_is_not_complete(tmp_path: Path) -> None:
    bare = {"/": (HTML, "<html><head><link rel='alternate' type='application/rss+xml' href='/feed'></head></html>")}
    with serve(bare) as blog:
        ran = crawl(tmp_path / "a", blog.home)
    assert ran.code == 4
    assert "no post was found" in ran.out
