"""Blogs whose pages link by a former name of their host, which leads on to the one of now."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from archiver.demo import DemoBlog, Response
from tests.crawl.faults import FaultServer, page
from tests.crawl.running import SOON, Ran, archiver, crawl, update
from tests.crawl.test_setups import comments, posts, published, shown


class Moved(DemoBlog):
    """Its data is closed, and half of its pages are linked to by another name than its own."""

    former = ""

    def respond(self, target: str, *, method: str = "GET", headers: Mapping[str, str] | None = None) -> Response:
        if "feed" in target or "sitemap" in target:
            return page(404)
        said = super().respond(target, method=method, headers=headers)
        body = said.body
        for post in self.published[::2]:
            body = body.replace(self.url(post).encode(), self.url(post).replace(self.home, self.former).encode())
        return Response(said.status, body, said.headers)


class Former:
    """A host that leads each path on. asked: paths. leads: whether it does, or has pages of its own."""

    def __init__(self, to: FaultServer, *, leads: str) -> None:
        self.to, self.leads = to, leads
        self.asked: list[str] = []
        self.home = ""

    def answer(self, path: str) -> tuple[int, str, str]:
        self.asked.append(path)
        if self.leads == "nowhere":
            return (404, "", "") if path == "/robots.txt" else (200, "", "<h1>A post of somebody else</h1>")
        if self.leads == "shortened":
            return (404, "", "") if path == "/robots.txt" else (301, f"{self.to.blog.home}/about/", "")
        if self.leads == "not allowed" and path == "/robots.txt":
            return 200, "", "User-agent: *\nDisallow: /\n"
        return 301, f"{self.to.blog.home}{path}", ""


@contextmanager
def former(to: FaultServer, *, leads: str = "home") -> Iterator[Former]:
    told = Former(to, leads=leads)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status, location, body = told.answer(self.path)
            self.send_response(status)
            if location:
                self.send_header("Location", location)
            self.send_header("Content-Type", "text/html")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body.encode())

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 (named by http.server)
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    told.home = f"http://127.0.0.1:{server.server_port}"
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield told
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def moved() -> FaultServer:
    return FaultServer(Moved(posts=30, thread=8, api=False, sitemaps=False))


def in_archive(ran: Ran) -> list[str]:
    return [url for (url,) in ran.rows("SELECT url FROM posts WHERE url IS NOT NULL")]


def test_links_by_a_former_name_are_those_of_the_blog(tmp_path: Path) -> None:
    server = moved()
    with server.running() as home, former(server) as old:
        server.blog.former = old.home
        ran = crawl(tmp_path, f"{home}/", arranged=SOON)
        assert (posts(ran), ran.code) == (published(server.blog), 0)
        assert comments(ran) == shown(server.blog)
        # Its rules, and one link by which it is known; all others are asked for where they lead.
        assert len(old.asked) == 2
        assert not server.repeated() - {"/robots.txt", "/"}
        assert not [url for url in in_archive(ran) if url.startswith(old.home)]

        asked = len(old.asked)
        server.begin_anew()
        new = server.blog.add_post("A late post", "<p>It was written after the blog had been archived.</p>")
        updated = update(tmp_path, f"{home}/", arranged=SOON)
        again = crawl(tmp_path, f"{home}/", arranged=SOON)
    assert server.blog.url(new).removeprefix(home) in posts(updated)
    assert (posts(again), again.code) == (published(server.blog), 0)
    assert len(old.asked) == asked  # nothing more: the archive knows the name


def test_what_was_read_by_a_former_name_is_read_again_the_same_way(tmp_path: Path) -> None:
    server = moved()
    with server.running() as home, former(server) as old:
        server.blog.former = old.home
        ran = crawl(tmp_path, f"{home}/", arranged=SOON)
    before = ran.rows("SELECT id, url, title FROM posts ORDER BY id"), comments(ran)
    again = archiver(tmp_path, "extract")
    assert again.code == 0
    assert (again.rows("SELECT id, url, title FROM posts ORDER BY id"), comments(again)) == before


def test_the_front_page_leads_from_the_former_name(tmp_path: Path) -> None:
    server = moved()
    with server.running() as home, former(server) as old:
        server.blog.former = old.home
        ran = crawl(tmp_path, f"{old.home}/", arranged=SOON)
    assert (posts(ran), ran.code) == (published(server.blog), 0)
    assert ran.one("SELECT url FROM blogs") == f"{home}/"
    assert set(old.asked) == {"/robots.txt", "/"}


@pytest.mark.parametrize(("leads", "most"), [("nowhere", 3), ("shortened", 3), ("not allowed", 1)])
def test_another_site_is_no_former_name(tmp_path: Path, leads: str, most: int) -> None:
    server = moved()
    with server.running() as home, former(server, leads=leads) as other:
        server.blog.former = other.home
        ran = crawl(tmp_path, f"{home}/", arranged=SOON)
        missing = {server.blog.url(post).removeprefix(home) for post in server.blog.published[::2]}
    assert 0 < len(other.asked) <= most
    assert not [url for url in in_archive(ran) if url.startswith(other.home)]
    assert "somebody else" not in str(ran.rows("SELECT title, text FROM posts"))
    assert posts(ran) >= published(server.blog) - missing


def test_whom_a_blog_merely_links_to_is_not_asked(tmp_path: Path) -> None:
    """Its blogroll and what its teasers cite."""
    server = FaultServer(DemoBlog(posts=12, thread=8))
    with server.running() as home, former(server, leads="nowhere") as other:
        cited = "".join(f'<li><a href="{other.home}/2021/05/post-{n}/">Post {n}</a></li>' for n in range(9))
        body = server.blog.respond("/").body.decode()
        shown = body.replace("</main>", f"<p>See <a href='{other.home}/a/'>a</a></p></main><ul>{cited}</ul>")
        assert shown != body
        server.always("/", page(200, shown))
        ran = crawl(tmp_path, f"{home}/", arranged=SOON)
    assert (posts(ran), other.asked) == (published(server.blog), [])


def test_at_most_two_hosts_are_asked(tmp_path: Path) -> None:
    server = moved()
    nowhere = [former(server, leads="nowhere") for _ in range(3)]
    with server.running() as home, nowhere[0] as one, nowhere[1] as two, nowhere[2] as three:
        server.blog.former = home
        links = re.compile(rf'href="{re.escape(home)}(/20\d\d/[^"#]*)"')
        for number, other in enumerate((one, two, three), 1):
            path = f"/page/{number}/" if number > 1 else "/"
            body = links.sub(rf'href="{other.home}\1"', server.blog.respond(path).body.decode())
            for target in (path, f"/?paged={number}"):
                server.always(target, page(200, body))
        crawl(tmp_path, f"{home}/", arranged=SOON)
    assert sum(bool(other.asked) for other in (one, two, three)) == 2


def test_a_spelling_that_leads_on_is_asked_for_once(tmp_path: Path) -> None:
    """Links by `www.` to a blog that leads off it."""
    server = moved()
    with server.running() as home:
        port = home.rpartition(":")[2]
        server.blog.home = f"http://blog.localhost:{port}"
        server.blog.former = f"http://www.blog.localhost:{port}"
        server.leads = (f"www.blog.localhost:{port}", server.blog.home)
        names = {"blog.localhost": ["127.0.0.1"], "www.blog.localhost": ["127.0.0.1"]}
        ran = crawl(tmp_path, f"{server.blog.home}/", arranged={**SOON, "names": names})
        by_www = [asked.target for asked in server.log if asked.headers["host"].startswith("www.")]
    assert (posts(ran), ran.code) == (published(server.blog), 0)
    assert len(by_www) == 1
