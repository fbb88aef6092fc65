"""A blog that shows nothing without scripts, crawled with and without `--render`, in a real Chromium."""

from __future__ import annotations

import json
import shutil
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from archiver.crawl.reading import Reading
from archiver.crawl.render import is_wanting
from archiver.model import Discovery, Target, TargetKind
from archiver.page import Page
from tests.crawl.running import archiver, crawl, rows

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not shutil.which("chromium"), reason="needs Chromium"),
]
SHELL = b"""<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>Quay</title></head>
<body><div id="app">Please switch scripts on.</div><script src="/app.js"></script></body></html>"""
POSTS = [
    {"path": "/p/one/", "title": "Ebb", "at": "2024-01-02T03:04:05Z", "words": "The tide went out, and nobody minded."},
    {
        "path": "/p/two/",
        "title": "Flow",
        "at": "2024-02-03T04:05:06Z",
        "words": "It came back, as the keeper had said.",
    },
]
# What a hostile script might try, then the blog itself.
APP = """
const quiet = (promise) => promise.catch(() => 0);
quiet(fetch("http://%(other)s/inwards"));
quiet(fetch("/api/delete", {method: "POST"}));
quiet(fetch("/forbidden/data.json"));
new Image().src = "/picture.png";
try { new WebSocket("ws://%(other)s/socket"); } catch (error) {}
document.write('<iframe src="/frame/"></iframe>');
window.open("/opened/");
fetch("/data.json").then((answer) => answer.json()).then((posts) => {
  const app = document.getElementById("app"), here = location.pathname;
  const article = (post, inner) => `<article class="h-entry">
    <h1 class="p-name"><a class="u-url" rel="bookmark" href="${post.path}">${post.title}</a></h1>
    <time class="dt-published" datetime="${post.at}">${post.at}</time>
    <a class="p-author h-card" rel="author" href="/by/moll/">Moll</a>${inner}</article>`;
  if (here === "/") app.innerHTML = posts.map((post) => article(post, "")).join("");
  else app.innerHTML = posts.filter((post) => post.path === here)
    .map((post) => article(post, `<div class="e-content"><p>${post.words}</p></div>`)).join("");
});
"""


class Quay(ThreadingHTTPServer):
    """The blog. log: what it was asked for, and how."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.log: Counter[tuple[str, str]] = Counter()
        self.other = ""

    @contextmanager
    def running(self) -> Iterator[str]:
        threading.Thread(target=self.serve_forever, daemon=True).start()
        try:
            yield f"http://127.0.0.1:{self.server_address[1]}"
        finally:
            self.shutdown()
            self.server_close()


class _Handler(BaseHTTPRequestHandler):
    server: Quay

    def do_GET(self) -> None:
        self.server.log[self.command, self.path] += 1
        pages = {"/", *(post["path"] for post in POSTS)}
        if self.path == "/robots.txt":
            self._answer("text/plain", b"User-agent: *\nDisallow: /forbidden/\n")
        elif self.path == "/app.js":
            self._answer("text/javascript", (APP % {"other": self.server.other}).encode())
        elif self.path == "/data.json":
            self._answer("application/json", json.dumps(POSTS).encode())
        elif self.path in pages:
            self._answer("text/html; charset=utf-8", SHELL)
        else:
            self._answer("text/html", b"<h1>Not found</h1>", 404)

    def do_POST(self) -> None:
        self.do_GET()

    def _answer(self, kind: str, body: bytes, status: int = 200) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Nothing."""


def test_a_blog_of_scripts_is_read_in_a_browser_that_reaches_nothing_else(tmp_path) -> None:
    blog, elsewhere = Quay(), Quay()
    with blog.running() as home, elsewhere.running() as other:
        blog.other = other.partition("://")[2].replace("127.0.0.1", "localhost")
        without = crawl(tmp_path / "without", f"{home}/")
        ran = crawl(tmp_path / "with", "--render", f"{home}/")
    assert without.code == 7
    assert ran.code in {0, 4}, ran.err
    found = rows(
        ran.archive, "SELECT url, title, text, published_at FROM posts WHERE sources LIKE '%page%' ORDER BY url"
    )
    assert found == [(home + post["path"], post["title"], post["words"], post["at"]) for post in POSTS]
    assert elsewhere.log == Counter()
    asked = {path for method, path in blog.log if method == "GET"}
    assert not asked & {"/forbidden/data.json", "/picture.png", "/frame/", "/opened/", "/api/delete"}
    assert {method for method, _ in blog.log} == {"GET"}
    assert (blog.log["GET", "/app.js"], blog.log["GET", "/data.json"]) == (1, 1)  # three pages have them in common
    again = archiver(ran.archive, "extract", "-j", "1")
    assert "The tables are as they were." in again.out
    assert archiver(ran.archive, "verify").code == 0
    sql = "SELECT count(*), count(engine) FROM fetches WHERE kind = 'post'"
    assert rows(ran.archive, sql) == [(4, 2)]  # each page as it was served, and as it was shown


@pytest.mark.parametrize(
    ("kind", "body", "reading", "wanting"),
    [
        (TargetKind.POST, SHELL, Reading(engine="generic"), True),
        (TargetKind.HOME, SHELL, Reading(), True),
        (TargetKind.HOME, b"<p>no scripts</p>", Reading(), False),
        (TargetKind.FEED, SHELL, Reading(), False),
        (
            TargetKind.HOME,
            SHELL,
            Reading(discovery=Discovery(targets=(Target(url="http://a.example/feed/", kind=TargetKind.FEED),))),
            False,
        ),
    ],
)
def test_only_pages_that_hold_nothing_are_shown(kind: TargetKind, body: bytes, reading: Reading, wanting: bool) -> None:
    page = Page("http://a.example/", body, headers={"content-type": "text/html"})
    assert is_wanting(Target(url=page.url, kind=kind), page, reading) is wanting
    shown = Page(page.url, body, headers={"content-type": "text/html", "x-archiver-rendered": "Chromium/1"})
    assert not is_wanting(Target(url=page.url, kind=kind), shown, reading)
