"""A blog as web archives have it: from pywb, which answers as the Wayback Machine does, and from files as Common Crawl
keeps them, behind a server that gives ranges."""

from __future__ import annotations

import dataclasses
import json
import os
import re
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit
from urllib.request import urlopen

import pytest

from archiver.demo import DemoBlog
from archiver.errors import PageError
from archiver.page import Page
from archiver.reread.captures import Capture, CommonCrawl, Wayback, captures, rows
from archiver.warc.reader import Record, responses
from tests.crawl import running
from tests.crawl.faults import FaultServer
from tests.crawl.running import archiver, crawl
from tests.crawl.test_import import foreign, recorded

BIN = Path(os.environ.get("PYWB", Path(sys.prefix) / "pywb")) / "bin"
OLD, LATER, LATEST = "2015-06-07T08:09:10Z", "2017-01-02T03:04:05Z", "2019-09-09T09:09:09Z"
EDITED = b"An earlier wording, which the harbour took back."


@dataclasses.dataclass
class Blog:
    """A blog that is gone, and what is left of it in a WARC file. post: the one that was edited."""

    home: str
    warc: Path
    post: str
    crawled: Path


@pytest.fixture(scope="module")
def gone(tmp_path_factory: pytest.TempPathFactory) -> Blog:
    """Its pages at one time, one of them earlier with other words, and once more unchanged later."""
    folder = tmp_path_factory.mktemp("gone")
    server = FaultServer(DemoBlog(posts=4, thread=8, api=False))
    with server.running() as home:
        crawl(folder / "crawled", f"{home}/")
    records = [record for record in recorded(folder / "crawled") if record.status == 200]
    sql = "SELECT url FROM posts WHERE sources LIKE '%page%' AND kind = 'post' ORDER BY published_at LIMIT 1"
    ((post,),) = running.rows(folder / "crawled", sql)
    page = next(record for record in records if record.url == post)
    body, times = re.subn(
        rb"(<div class=\"entry-content\">)\s*<p>.*?</p>",
        rb"\1<p>" + EDITED + b"</p>",
        page.body,
        count=1,
        flags=re.DOTALL,
    )
    assert times == 1, page.body
    made = [dataclasses.replace(record, date=LATER) for record in records]
    fields = tuple((name, value) for name, value in page.headers if name.lower() != "content-length")
    made.append(dataclasses.replace(page, date=OLD, body=body, headers=fields))
    made.append(dataclasses.replace(page, date=LATEST))
    return Blog(f"{home}/", foreign(folder / "gone.warc.gz", made), post, folder / "crawled")


def held(archive: Path) -> dict[str, list[tuple]]:
    return {
        "posts": running.rows(archive, "SELECT id, title, text FROM posts WHERE sources LIKE '%page%' ORDER BY id"),
        "comments": running.rows(archive, "SELECT id, parent_id, text FROM comments ORDER BY id"),
    }


def assert_the_blog_is_there(archive: Path, blog: Blog) -> None:
    """As a crawl would have found it, with an earlier wording of one post and the dates of the captures."""
    assert held(archive) == held(blog.crawled)
    wording = "SELECT p.url, r.text, r.seen_from FROM revisions r JOIN posts p ON p.id = r.post_id"
    ((url, text, since),) = running.rows(archive, wording)
    assert (url, text.split("\n\n")[0], since[:19]) == (blog.post, EDITED.decode(), OLD[:19])
    assert {at for (at,) in running.rows(archive, "SELECT substr(fetched_at, 1, 19) || 'Z' FROM fetches")} <= {
        *(OLD, LATER, LATEST)
    }
    ((first, last),) = running.rows(archive, f"SELECT first_seen_at, last_seen_at FROM posts WHERE url = '{blog.post}'")
    assert (first[:19], last[:19]) in {(OLD[:19], LATER[:19]), (OLD[:19], LATEST[:19])}
    assert archiver(archive, "verify").code == 0


# ── pywb ─────────────────────────────────────────────────────────────────────────────────────────


@contextmanager
def pywb(folder: Path, *warcs: Path) -> Iterator[str]:
    """A collection of pywb with these files, served on loopback."""
    subprocess.run([BIN / "wb-manager", "init", "held"], cwd=folder, check=True, capture_output=True)
    subprocess.run([BIN / "wb-manager", "add", "held", *warcs], cwd=folder, check=True, capture_output=True)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [BIN / "wayback", "-b", "127.0.0.1", "-p", str(port), "-d", "."]
    with (folder / "log").open("w") as log:
        process = subprocess.Popen(command, cwd=folder, stdout=log, stderr=log, env=running.environment())
    try:
        for _ in range(600):
            with socket.socket() as trial:
                if trial.connect_ex(("127.0.0.1", port)) == 0:
                    break
            assert process.poll() is None, (folder / "log").read_text()
            time.sleep(0.1)
        yield f"http://127.0.0.1:{port}/held"
    finally:
        process.kill()
        process.wait()


@pytest.mark.skipif(not (BIN / "wayback").exists(), reason="needs pywb in an environment of its own: make test")
def test_every_capture_at_pywb_with_its_date(gone: Blog, tmp_path: Path) -> None:
    """A run that a limit stops goes on where it was."""
    archive = tmp_path / "archive"
    (tmp_path / "pywb").mkdir()
    with pywb(tmp_path / "pywb", gone.warc) as base:
        words = ("--from", "wayback", "--from-url", base, "--delay", "0", gone.home)
        first = archiver(archive, "crawl", "--max-requests", "8", *words)
        assert first.code == 5, first.err
        assert "Stopped by --max-requests 8; the same command goes on from here." in first.out
        some = len(held(archive)["posts"])
        second = archiver(archive, "crawl", *words)
        assert (second.code, second.err) == (0, "")
        assert "known already" in second.out
    assert some < len(held(archive)["posts"])
    assert_the_blog_is_there(archive, gone)
    before = held(archive)
    assert "The tables are as they were." in archiver(archive, "extract", "-j", "1").out
    assert held(archive) == before


@pytest.mark.skipif(not (BIN / "wayback").exists(), reason="needs pywb in an environment of its own: make test")
def test_pywb_replays_what_a_crawl_has_recorded(gone: Blog, tmp_path: Path) -> None:
    """Every page of the blog's posts, byte for byte as it was sent."""
    pages = {one.url: one for one in recorded(gone.crawled) if one.status == 200}
    posts = [
        url for (url,) in running.rows(gone.crawled, "SELECT url FROM fetches WHERE kind = 'post' AND status = 200")
    ]
    assert posts
    with pywb(tmp_path, *(gone.crawled / "warc").glob("*.warc.gz")) as base:
        for url in posts:
            with urlopen(f"{base}/id_/{url}") as answer:
                assert answer.read() == pages[url].body, url


# ── Common Crawl ─────────────────────────────────────────────────────────────────────────────────


class Crawls(ThreadingHTTPServer):
    """Its index and its files. log: what was asked for, with the range; robots: the rules; lazy: gives no ranges."""

    daemon_threads = True

    def __init__(self, warc: Path) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.data = warc.read_bytes()
        self.records = list(responses(warc))
        self.log: list[tuple[str, str]] = []
        self.robots = b"User-agent: *\nDisallow: /secret/\n"
        self.busy = 1
        self.torn: set[str] = set()

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    @contextmanager
    def running(self) -> Iterator[str]:
        thread = threading.Thread(target=self.serve_forever, daemon=True)
        thread.start()
        try:
            yield self.base
        finally:
            self.shutdown()
            self.server_close()

    def lines(self, url: str, match: str) -> str:
        """The index, as it answers."""
        fitting = [
            record
            for record in self.records
            if (place := record.url.partition("://")[2]) == url or (match == "prefix" and place.startswith(url))
        ]
        return "".join(json.dumps(self.row(record)) + "\n" for record in fitting)

    def row(self, record: Record) -> dict[str, str]:
        kind = next(value for name, value in record.headers if name.lower() == "content-type")
        return {
            "url": record.url,
            "timestamp": re.sub(r"\D", "", record.date)[:14],
            "mime": kind.partition(";")[0],
            "status": str(record.status),
            "digest": (record.digest or "").removeprefix("sha1:"),
            "filename": "crawl-data/one.warc.gz",
            "offset": str(record.offset - (record.url in self.torn)),
            "length": str(record.length),
        }


class _Handler(BaseHTTPRequestHandler):
    server: Crawls

    def do_GET(self) -> None:
        parts, wanted = urlsplit(self.path), self.headers.get("Range", "")
        self.server.log.append((parts.path, wanted))
        asked = {name: values[0] for name, values in parse_qs(parts.query).items()}
        if parts.path == "/robots.txt":
            self._answer(200, self.server.robots)
        elif parts.path == "/collinfo.json":
            self._answer(200, json.dumps([{"id": "ONE", "cdx-api": f"{self.server.base}/ONE-index"}]).encode())
        elif "showNumPages" in asked:
            self._answer(200, b'{"pages": 1, "pageSize": 5, "blocks": 1}')
        elif parts.path == "/ONE-index":
            lines = self.server.lines(asked["url"], asked["matchType"]).encode()
            self._answer(200 if lines else 404, lines or b'{"message": "No Captures found"}')
        elif self.server.busy:
            self.server.busy -= 1
            self._answer(503, b"", ("Retry-After", "0"))
        else:
            begin, end = map(int, wanted.removeprefix("bytes=").split("-"))
            self._answer(206, self.server.data[begin : end + 1])

    def _answer(self, status: int, body: bytes, *headers: tuple[str, str]) -> None:
        self.send_response(status)
        for name, value in (("Content-Length", str(len(body))), *headers):
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Nothing."""


def test_records_out_of_the_files_of_common_crawl(gone: Blog, tmp_path: Path) -> None:
    """Only their ranges are asked for; a server that is busy is asked again, and a record that is torn told of."""
    server = Crawls(gone.warc)
    server.torn = {next(record.url for record in server.records if "/feed" in record.url)}
    with server.running() as base:
        words = ("--from", "commoncrawl", "--from-url", base, "--delay", "0", gone.home)
        ran = archiver(tmp_path / "archive", "crawl", *words)
    assert ran.code == 4, ran.err
    assert "1 could not be read:" in ran.out
    assert_the_blog_is_there(tmp_path / "archive", gone)
    assert server.log[0] == ("/robots.txt", "")
    ranges = [wanted for path, wanted in server.log if path.endswith(".warc.gz")]
    assert len(ranges) > 8
    assert all(re.fullmatch(r"bytes=\d+-\d+", wanted) for wanted in ranges)


def test_a_web_archive_that_wants_no_robots_is_left_alone(gone: Blog, tmp_path: Path) -> None:
    server = Crawls(gone.warc)
    server.robots = b"User-agent: *\nDisallow: /\n"
    with server.running() as base:
        ran = archiver(tmp_path, "crawl", "--from", "commoncrawl", "--from-url", base, gone.home)
    assert (ran.code, [path for path, _ in server.log]) == (7, ["/robots.txt"])
    assert "its robots.txt disallows it" in ran.err


def test_what_is_said_of_a_web_archive_that_is_not_there(tmp_path: Path) -> None:
    ran = archiver(tmp_path, "crawl", "--from-url", "http://127.0.0.1:9/", "https://gone.example.org")
    assert (ran.code, "Add --from wayback" in ran.err) == (2, True)


# ── the lists ────────────────────────────────────────────────────────────────────────────────────

TABLE = [
    ["urlkey", "timestamp", "original", "mimetype", "statuscode", "digest", "length"],
    ["org,example)/", "20150102030405", "http://example.org:80/", "text/html", "200", "AAA", "9"],
    ["org,example)/", "20160102030405", "http://example.org:80/", "text/html", "200", "AAA", "9"],
    ["org,example)/", "20170102030405", "http://example.org:80/", "warc/revisit", "-", "AAA", "9"],
    ["org,example)/a.png", "20150102030405", "http://example.org/a.png", "image/png", "200", "BBB", "9"],
    ["org,example)/gone", "20150102030405", "http://example.org/gone", "text/html", "404", "CCC", "9"],
    ["org,example)/x", "not a time", "http://example.org/x", "text/html", "200", "DDD", "9"],
    [],
    ["org,example)/ 20180101000000"],
]


def test_a_table_of_the_wayback_machine() -> None:
    found, key = rows(json.dumps(TABLE).encode(), "https://web.archive.org")
    assert key == "org,example)/ 20180101000000"
    assert captures(found) == [Capture(url="http://example.org:80/", at="20150102030405", digest="AAA", length=9)]
    assert rows(b"[]", "x") == rows(b"", "x") == ([], "")


def test_lists_go_on_with_their_key_and_without_one_ask_for_everything() -> None:
    lists = Wayback().lists("https://example.org/")
    first = lists.send(None)
    assert isinstance(first, str)
    assert first.startswith("https://web.archive.org/cdx/search/cdx?url=example.org%2F&matchType=exact")
    assert lists.send(json.dumps(TABLE).encode()) == [
        Capture(url="http://example.org:80/", at="20150102030405", digest="AAA", length=9)
    ]
    following = lists.send(None)
    assert isinstance(following, str)
    assert parse_qs(urlsplit(following).query)["resumeKey"] == ["org,example)/ 20180101000000"]
    assert lists.send(None) == []  # 404
    assert "matchType=prefix" in str(lists.send(None))
    many = b'{"url": "http://example.org/", "timestamp": "20150102030405"}\n' * 5000
    assert "limit" not in parse_qs(urlsplit(str(lists.send(many))).query)


@pytest.mark.parametrize("body", [b"<html>", b"{", b'[["a"], 1]'])
def test_what_is_no_list_is_said(body: bytes) -> None:
    with pytest.raises(PageError, match="a list of captures was expected"):
        rows(body, "https://web.archive.org")


def test_the_record_of_an_answer(tmp_path: Path) -> None:
    """The headers of the blog's own server, and the time of the capture that came."""
    headers = {
        "Content-Type": "text/html",
        "X-Archive-Orig-Content-Encoding": "gzip",
        "X-Archive-Orig-Last-Modified": "Thu, 01 Jan 2015 00:00:00 GMT",
        "Memento-Datetime": "Sat, 03 Jan 2015 00:00:00 GMT",
    }
    capture = Capture(url="http://example.org:80/a", at="20150102030405")
    record = Wayback().record(capture, Page("https://web.archive.org/…", b"<p>", headers=headers), tmp_path)
    assert (record.url, record.date, record.body) == ("http://example.org/a", "2015-01-03T00:00:00Z", b"<p>")
    assert dict(record.headers) == {"last-modified": "Thu, 01 Jan 2015 00:00:00 GMT", "content-type": "text/html"}
    with pytest.raises(PageError, match="the archive answers 404"):
        Wayback().record(capture, Page("https://web.archive.org/…", b"", status=404), tmp_path)


def test_a_server_without_ranges_has_sent_the_whole_file(gone: Blog, tmp_path: Path) -> None:
    records = list(responses(gone.warc))
    one = records[2]
    capture = Capture(url=one.url, at="20150102030405", file="x", offset=one.offset, length=one.length)
    page = Page("https://data.commoncrawl.org/x", gone.warc.read_bytes())
    found = CommonCrawl().record(capture, page, tmp_path / "record.warc.gz")
    assert (found.url, found.body) == (one.url, one.body)
    elsewhere = dataclasses.replace(capture, url="http://example.org/other")
    with pytest.raises(PageError, match="another record lies where the index says"):
        CommonCrawl().record(elsewhere, page, tmp_path / "record.warc.gz")
