"""robots.txt: what it allows, and what is made of one that is not as it should be."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archiver.crawl.robots import LARGEST, Robots
from archiver.demo import DemoBlog
from archiver.verify import verify
from archiver.warc.reader import responses
from tests.crawl.faults import RESET, SILENCE, Fault, FaultServer, page
from tests.crawl.points import run
from tests.crawl.running import SOON, crawl, rows

HOME = "https://blog.example.org"
IMPATIENT = {**SOON, "settings": {"DOWNLOAD_TIMEOUT": 0.4}}


def rules(text: str, status: int = 200) -> Robots:
    return Robots.from_answer(status, text.encode())


@pytest.mark.parametrize(
    ("text", "path", "allowed"),
    [
        ("User-agent: *\nDisallow: /", "/", False),
        ("User-agent: *\nDisallow:", "/", True),
        ("User-agent: *\nDisallow: /private/\nAllow: /private/open", "/private/open/1", True),
        ("User-agent: *\nDisallow: /private/\nAllow: /private/open", "/private/1", False),
        ("User-agent: *\nAllow: /page\nDisallow: /*.htm", "/page.htm", False),
        ("User-agent: *\nDisallow: /*?replytocom", "/post/?replytocom=3", False),
        ("User-agent: *\nDisallow: /fish$", "/fish.html", True),
        ("User-agent: *\nDisallow: /\n\nUser-agent: blog-archiver\nDisallow: /tag/", "/post/", True),
        ("User-agent: *\nDisallow:\n\nUser-agent: Blog-Archiver\nDisallow: /", "/post/", False),
        ("User-agent: otherbot\nDisallow: /", "/", True),
        ("<!DOCTYPE html><html><body>Disallow: /</body></html>", "/", True),
        ("\ufeffUser-agent: *\r\nDisallow: /a\r\n", "/a", False),
        ("", "/", True),
    ],
)
def test_rules(text: str, path: str, allowed: bool) -> None:
    assert rules(text).allows(HOME + path) is allowed


@pytest.mark.parametrize(
    ("status", "allowed"),
    [
        (200, True),
        (301, True),
        (401, True),
        (403, True),
        (404, True),
        (410, True),
        (429, False),
        (500, False),
        (503, False),
    ],
)
def test_a_missing_file_allows_all_a_failing_server_nothing(status: int, allowed: bool) -> None:
    robots = rules("", status)
    assert robots.allows(f"{HOME}/post/") is allowed
    assert bool(robots.why) is not allowed


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("Crawl-delay: 5", 5.0),
        ("Crawl-delay: 0.5", 0.5),
        ("Crawl-delay: 86400", 300.0),
        ("Crawl-delay: nan", 0.0),
        ("Crawl-delay: -3", 0.0),
        ("Crawl-delay: often", 0.0),
        ("Disallow: /x", 0.0),
    ],
)
def test_crawl_delay(text: str, seconds: float) -> None:
    assert rules(f"User-agent: *\n{text}").delay == seconds


def test_what_lies_beyond_500_kib_is_ignored() -> None:
    text = "User-agent: *\nDisallow: /a\n" + "# padding\n" * (LARGEST // 10) + "Disallow: /b\n"
    assert not rules(text).allows(f"{HOME}/a")
    assert rules(text).allows(f"{HOME}/b")


@given(st.binary(max_size=400))
def test_no_file_is_too_strange(body: bytes) -> None:
    robots = Robots.from_answer(200, body)
    assert robots.allows(f"{HOME}/post/") in {True, False}
    assert 0 <= robots.delay <= 300
    assert all(isinstance(url, str) for url in robots.sitemaps)


# ---- on a server


@pytest.mark.parametrize(
    ("fault", "code", "words"),
    [
        (page(200, "User-agent: *\nDisallow: /"), 7, "robots.txt disallows it"),
        (page(503), 7, "robots.txt answers 503"),
        (page(500), 7, "robots.txt answers 500"),
        (RESET, 7, "/robots.txt: the connection broke off"),
        (SILENCE, 7, "/robots.txt: it did not answer in time"),
        (page(200, "<html>Disallow: /</html>"), 0, ""),
        (page(403), 0, ""),
        (page(302, Location="/robots.txt"), 0, ""),
        (page(200, "# " + "x" * 2_000_000), 0, ""),
    ],
    ids=lambda value: str(value)[:40] if isinstance(value, Fault) else None,
)
def test_on_a_server(tmp_path: Path, fault: Fault, code: int, words: str) -> None:
    server = FaultServer(DemoBlog(posts=2, thread=3))
    server.always("/robots.txt", fault)
    with server.running() as home:
        ran = crawl(tmp_path, "--quiet", f"{home}/", arranged=IMPATIENT)
    assert ran.code == code
    assert words in ran.err
    assert len(ran.said) == (code != 0)
    if code:
        assert set(server.targets()) == {"/robots.txt"}


def test_a_passing_failure_is_waited_for(tmp_path: Path) -> None:
    server = FaultServer(DemoBlog(posts=2, thread=3))
    server.fault("/robots.txt", page(503), RESET)
    with server.running() as home:
        assert crawl(tmp_path, f"{home}/", arranged=IMPATIENT).code == 0
    assert server.targets()[:4] == ["/robots.txt", "/robots.txt", "/robots.txt", "/"]


def test_what_is_disallowed_is_left_out_and_said(tmp_path: Path) -> None:
    blog = DemoBlog(posts=6, thread=5)
    server = FaultServer(blog)
    with server.running() as home:
        closed = blog.url(blog.published[0]).removeprefix(home)
        server.always("/robots.txt", page(200, f"User-agent: *\nDisallow: {closed}\nDisallow: /wp-json/"))
        ran = crawl(tmp_path, f"{home}/")
    assert not [target for target in server.targets() if target.startswith((closed, "/wp-json/"))]
    assert "robots disallowed" in ran.out
    assert ran.rows("SELECT state, last_error FROM frontier WHERE url = ?", home + closed) == [
        ("excluded", "robots.txt disallows it")
    ]
    assert ran.one("SELECT count(*) FROM posts WHERE kind = 'post'") >= 5


def test_a_page_that_asks_not_to_be_archived_is_noted_or_obeyed(tmp_path: Path) -> None:
    """As a person has configured it: with `honour` neither tables nor WARC files have it, without they have both."""
    blog = DemoBlog(posts=6, thread=5, api=False, feeds=False)
    server = FaultServer(blog)
    settings = tmp_path / "archiver.toml"

    def on_record() -> set[str]:
        return {record.url for path in (tmp_path / "warc").glob("*.warc.gz") for record in responses(path)}

    settings.write_text("honour = ['noarchive', 'nofollow']\n")
    with server.running() as home:
        shy = blog.url(blog.published[2])
        text = blog.respond(shy.removeprefix(home)).body.decode()
        said = '<head><meta name="robots" content="noarchive, nofollow">'
        server.always(shy.removeprefix(home), page(200, text.replace("<head>", said)))
        command = ["crawl", "-a", str(tmp_path), "--delay", "0", f"{home}/"]
        obeyed = run(tmp_path, command)
        read = "SELECT count(*) FROM posts WHERE url = ? AND html IS NOT NULL"
        assert rows(tmp_path, read, shy) == [(0,)], obeyed.said
        why = "SELECT state, last_error FROM frontier WHERE url = ?"
        assert rows(tmp_path, why, shy) == [("excluded", "the page says noarchive")]
        assert shy not in on_record()
        assert verify(tmp_path).problems == []
        settings.unlink()
        noted = run(tmp_path, command)
    assert rows(tmp_path, read, shy) == [(1,)]
    assert "1 page says noarchive, 1 page says nofollow" in noted.said
    assert shy in on_record()


def test_sixteen_blogs_wait_for_one_robots_txt(tmp_path: Path) -> None:
    server = FaultServer()
    server.always("/robots.txt", page(200, "User-agent: *\nDisallow: /"))
    with server.running() as home:
        ran = crawl(tmp_path, *(f"{home}/blog{number}/" for number in range(16)))
    assert ran.code == 7
    assert set(server.targets()) == {"/robots.txt"}
    assert ran.out.count("robots.txt disallows it") == 16


def test_crawl_delay_holds_between_any_two_requests(tmp_path: Path) -> None:
    server = FaultServer(DemoBlog(posts=3, thread=3))
    server.always("/robots.txt", page(200, "User-agent: *\nCrawl-delay: 0.2"))
    with server.running() as home:
        assert crawl(tmp_path, "--no-pages", f"{home}/").code == 0
    assert len(server.log) > 5
    assert all(after.began - before.began >= 0.2 for before, after in pairwise(server.log))
