"""How sites are set up and hosted: ways in that are closed to robots, lead elsewhere, or give less than all."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from archiver.demo import DemoBlog, Response
from archiver.engines import wordpress_api
from tests.crawl.faults import FaultServer, page
from tests.crawl.running import SOON, Ran, crawl, update

JSON = (("Content-Type", "application/json; charset=UTF-8"),)
ELSEWHERE = page(302, Location="http://127.0.0.2:9/blog")
HTML = (("Content-Type", "text/html; charset=UTF-8"),)
RULES = "User-agent: *\nDisallow: /wp-json/\nDisallow: /feed/\nDisallow: /comments/feed/\nDisallow: /*?\n"
DOOR = "<html><head><title>Just a moment...</title></head><body><p>Checking your browser.</p></body></html>"
WARNING = "<br />\n<b>Warning</b>:  Undefined array key 1 in <b>/srv/old.php</b> on line <b>12</b><br />\n"


def api(server: FaultServer, route: str, number: int = 1, size: int = 100) -> str:
    """The path and query by which a page of the API is asked for."""
    url = wordpress_api.page_target(f"{server.blog.home}/wp-json/", route, number, size=size).url
    return url.removeprefix(server.blog.home)


def posts(ran: Ran) -> set[str]:
    """The paths of the posts whose pages or data were read."""
    found = ran.rows("SELECT url FROM posts WHERE kind = 'post' AND title IS NOT NULL")
    return {"/" + url.split("/", 3)[3] for (url,) in found}


def published(blog: DemoBlog) -> set[str]:
    return {blog.url(post).removeprefix(blog.home) for post in blog.published}


def comments(ran: Ran) -> int:
    number: int = ran.one("SELECT count(*) FROM comments WHERE kind = 'comment'")
    return number


def shown(blog: DemoBlog) -> int:
    """Comments that a visitor can see."""
    return sum(comment.kind == "comment" for post in blog.published for comment in blog.shown(post))


def test_robots_txt_leaves_the_lists_for_readers(tmp_path: Path) -> None:
    """API, feeds and queries are closed to robots, as many a robots.txt has it; and some pages are guarded at first."""
    server = FaultServer(DemoBlog(posts=30, thread=8, sitemaps=False))
    with server.running() as home:
        server.always("/robots.txt", page(200, RULES, Content_Type="text/plain"))
        for path in sorted(published(server.blog))[::14]:
            server.fault(path, page(200, DOOR), page(403, DOOR))
        ran = crawl(tmp_path, f"{home}/", arranged=SOON)
    assert posts(ran) == published(server.blog)
    assert comments(ran) == shown(server.blog)
    assert ran.code == 0
    assert not [target for target in server.targets() if "wp-json" in target or "feed" in target or "?" in target]


@pytest.mark.parametrize("named", [True, False], ids=["the page names it", "it redirects there"])
def test_feeds_at_another_host_and_a_list_page_that_fails(tmp_path: Path, named: bool) -> None:
    server = FaultServer(DemoBlog(posts=30, thread=8, api=False, sitemaps=False))
    with server.running() as home:
        front = server.blog.respond("/").body
        for path in ("/feed/", "/comments/feed/"):
            server.always(path, ELSEWHERE)
            if named:
                front = front.replace(f'href="{home}{path}"'.encode(), b'href="http://127.0.0.2:9/blog"')
        server.always("/", Response(200, front, (("Content-Type", "text/html; charset=UTF-8"),)))
        server.always("/page/2/", page(500))
        server.always("/?paged=2", page(500))
        lost = set(published(server.blog)) - listed(server, 2)
        ran = crawl(tmp_path, f"{home}/", arranged=SOON)
    assert (posts(ran) >= lost, ran.code) == (True, 4)
    assert "another host" not in ran.out


def listed(server: FaultServer, number: int) -> set[str]:
    """The posts of a page of the front list."""
    body = server.blog.respond(f"/page/{number}/").body.decode()
    return {path for path in published(server.blog) if f'{server.blog.home}{path}"' in body}


def test_a_feed_of_the_newest_posts_only(tmp_path: Path) -> None:
    server = FaultServer(DemoBlog(posts=30, thread=8, api=False, sitemaps=False))
    server.always("/feed/?paged=2", page(404))
    with server.running() as home:
        ran = crawl(tmp_path, f"{home}/")
    assert (posts(ran), ran.code) == (published(server.blog), 0)


def test_one_broken_post_loses_no_other(tmp_path: Path) -> None:
    """The API fails on each page that holds it, and on each page of a hundred comments."""
    server = FaultServer(DemoBlog(posts=34, thread=30))
    with server.running() as home:
        for number, size in ((1, 100), (2, 10), (14, 1)):
            server.always(api(server, "posts", number, size), page(500))
        server.always(api(server, "comments"), Response(200, b'[{"id": 5, "content"', JSON))
        ran = crawl(tmp_path, f"{home}/", arranged=SOON)
    assert (posts(ran), ran.code) == (published(server.blog), 4)
    assert "1 URL given up" in ran.out
    by_api = ran.one("SELECT count(*) FROM posts WHERE kind = 'post' AND sources LIKE '%api%'")
    assert by_api == len(server.blog.published) - 1
    assert comments(ran) == ran.one("SELECT count(*) FROM comments WHERE kind = 'comment' AND sources LIKE '%api%'")


def test_an_api_that_bounds_its_pages_and_prints_warnings(tmp_path: Path) -> None:
    server = FaultServer(DemoBlog(posts=34, thread=8))
    refusal = {"per_page": "per_page muss zwischen 1 (inklusive) und 20 (inklusive) liegen"}
    body = {"code": "rest_invalid_param", "data": {"status": 400, "params": refusal}}
    with server.running() as home:
        for route in ("posts", "comments", "tags"):
            server.always(api(server, route), Response(400, json.dumps(body).encode(), JSON))
        target = api(server, "posts", 2, 20)
        answer = server.blog.respond(target)
        server.always(target, Response(200, WARNING.encode() + answer.body + b"\n<!-- cached -->", answer.headers))
        ran = crawl(tmp_path, f"{home}/", "--no-pages")
    assert (posts(ran), ran.code) == (published(server.blog), 0)
    assert comments(ran) == shown(server.blog)


def test_an_api_that_gives_its_first_page_for_all(tmp_path: Path) -> None:
    """A cache that takes no note of queries, in front of the API alone: what it withholds is found in the lists."""
    server = FaultServer(DemoBlog(posts=34, thread=8))
    with server.running() as home:
        first = server.blog.respond(api(server, "posts", 1, 10))
        for number in (1, 2, 3, 4):
            server.always(api(server, "posts", number), first)
        ran = crawl(tmp_path, f"{home}/")
    assert (posts(ran), ran.code) == (published(server.blog), 0)


def test_a_door_that_stays_shut_is_told(tmp_path: Path) -> None:
    server = FaultServer(DemoBlog(posts=8, thread=8, api=False))
    with server.running() as home:
        path = sorted(published(server.blog))[3]
        server.always(path, page(200, DOOR))
        ran = crawl(tmp_path / "post", f"{home}/", arranged=SOON)
        server.always("/", page(200, DOOR))
        refused = crawl(tmp_path / "front", f"{home}/", arranged=SOON)
    assert ran.code == 4
    assert "something else stands in its place" in ran.out
    assert refused.code == 7
    assert "a check of the browser" in refused.err + refused.out


SITE = "<html><head><title>Lakes</title></head><body><h1>Lakes</h1><p>We study them.</p>{}</body></html>"


def test_a_blog_in_a_folder_beside_a_front_page_of_another_make(tmp_path: Path) -> None:
    server = FaultServer(DemoBlog(posts=6, thread=6))
    with server.running() as home:
        front = server.blog.respond("/")
        server.always("/blog/", front)
        server.always("/", page(200, SITE.format("<a href='/about/'>About</a> <a href='/blog/'>Our blog</a>")))
        ran = crawl(tmp_path / "linked", f"{home}/")
        server.always("/", page(200, SITE.format("<a href='/about/'>About</a>")))
        none = crawl(tmp_path / "none", f"{home}/")
    assert "links to this one" in ran.err + ran.out
    assert ran.rows("SELECT url, engine FROM blogs") == [(f"{home}/blog/", "wordpress")]
    assert none.code == 7


def test_words_that_stand_on_a_page_alone_are_read_from_it_even_without_pages(tmp_path: Path) -> None:
    """A page builder's post has none in the API; no other page is asked for."""
    server = FaultServer(DemoBlog(posts=12, thread=2))
    with server.running() as home:
        target = api(server, "posts")
        answer = server.blog.respond(target)
        rows = json.loads(answer.body)
        wordless = next(row for row in rows if row["content"]["rendered"] and not row["content"]["protected"])
        wordless["content"]["rendered"] = ""
        server.always(target, Response(200, json.dumps(rows).encode(), answer.headers))
        ran = crawl(tmp_path, f"{home}/", "--no-pages")
    assert (posts(ran), ran.code) == (published(server.blog), 0)
    assert ran.rows("SELECT url FROM posts WHERE sources = 'api page'") == [(wordless["link"],)]
    assert ran.one("SELECT count(*) FROM posts WHERE html IS NULL AND NOT protected") == 0


def test_months_that_claim_more_than_the_api_gives(tmp_path: Path) -> None:
    """An API may hide posts and not count them, such as those in another language."""
    server = FaultServer(DemoBlog(posts=34, thread=8))
    with server.running() as home:
        target = api(server, "posts")
        rows = json.loads(server.blog.respond(target).body)[:-20]
        totals = (("X-WP-Total", str(len(rows))), ("X-WP-TotalPages", "1"))
        server.always(target, Response(200, json.dumps(rows).encode(), (*JSON, *totals)))
        ran = crawl(tmp_path, f"{home}/")
    assert posts(ran) == published(server.blog)


@pytest.mark.parametrize("repeats", [False, True], ids=["ends with a 404", "shows the first page for ever"])
def test_lists_without_links_to_further_ones(tmp_path: Path, repeats: bool) -> None:
    """Further posts come by a script, when one scrolls; nor does a post link to its neighbours."""
    server = FaultServer(DemoBlog(posts=34, thread=4, api=False, feeds=False, sitemaps=False))
    with server.running() as home:
        size = server.blog.posts_per_page
        pages = {number: server.blog.respond(f"/page/{number}/").body for number in range(2, 34 // size + 2)}
        front = bare(server.blog.respond("/").body)
        server.always("/", Response(200, front, HTML))
        for number, body in pages.items():
            answer = Response(200, front if repeats else bare(body), HTML)
            server.always(f"/page/{number}/", answer)
            server.always(f"/?paged={number}", answer)
        for path in published(server.blog):
            server.always(path, Response(200, bare(server.blog.respond(path).body), HTML))
        ran = crawl(tmp_path, f"{home}/")
    if repeats:
        assert len(posts(ran)) >= size
        assert len([target for target in server.targets() if "page" in target]) <= 3
    else:
        assert posts(ran) == published(server.blog)


def bare(body: bytes) -> bytes:
    """A page without its sidebar, and without pagers."""
    text = re.sub(r"(?s)<(aside|nav)\b.*?</\1>", "", body.decode())
    return re.sub(r'rel="(?:prev|next)"', "", text).encode()


class OldName(DemoBlog):
    """A blog whose API has the address that the blog had before, while something corrects its pages."""

    def respond(self, target: str, *, method: str = "GET", headers: Mapping[str, str] | None = None) -> Response:
        answer = super().respond(target, method=method, headers=headers)
        if "/wp-json/" not in target:
            return answer
        return replace(answer, body=answer.body.replace(self.home.encode(), b"http://old-name.example"))


def test_an_api_that_names_another_host_than_the_pages(tmp_path: Path) -> None:
    """The pages prove that posts stand at the blog's own host; runs to come know it, too."""
    server = FaultServer(OldName(posts=8, thread=8))
    with server.running() as home:
        ran = crawl(tmp_path, f"{home}/")
        assert (posts(ran), ran.code) == (published(server.blog), 0)
        new = server.blog.add_post("High water", "It came at five.")
        again = update(tmp_path)
    assert posts(again) == published(server.blog)
    found = again.rows("SELECT url FROM posts UNION SELECT url FROM terms WHERE url IS NOT NULL")
    assert [url for (url,) in found if not url.startswith(f"{home}/")] == []
    assert server.blog.url(new).removeprefix(server.blog.home) in server.targets()


def test_a_blog_beside_another_takes_none_of_its_posts(tmp_path: Path) -> None:
    """As in a network of blogs in folders, whose front page shows what is new in others: their numbers are the same."""
    server = FaultServer(DemoBlog(posts=8, thread=6, api=False))
    with server.running() as home:
        path = sorted(published(server.blog))[2]
        beside = f"<article class='hentry'><h3 class='entry-title'><a href='{home}/two{path}'>Other</a></h3></article>"
        front = server.blog.respond("/").body.replace(b"</main>", beside.encode() + b"</main>", 1)
        server.always("/", Response(200, front, HTML))
        other = server.blog.respond(path).body.replace(home.encode(), f"{home}/two".encode())
        server.always(f"/two{path}", Response(200, other.replace(b"<p>", b"<p>Other: "), HTML))
        ran = crawl(tmp_path, f"{home}/")
    assert f"/two{path}" in server.targets()
    assert (posts(ran), ran.code) == (published(server.blog), 0)
    assert comments(ran) == shown(server.blog)
    assert ran.one("SELECT count(*) FROM posts WHERE text LIKE '%Other: %'") == 0
    assert "1 page of another blog" in ran.out
