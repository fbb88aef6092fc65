"""Comments that stand at another host: asked for as politely as the blog itself, by the same rules."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.crawl.running import SOON, Ran, content, crawl, run, sound, update
from tests.crawl.scripted import Scripted, serve

WORDS = "The lamps of the quay burn an hour less, since oil is dear this year and the keeper is poor. " * 2
THREAD = {
    "total_replies": 2,
    "replies": [
        {
            "id": 1,
            "parent": None,
            "text": "<p>Dear <em>indeed</em>.</p>",
            "author": "Bo Wharf",
            "website": "https://wharf.example/",
            "created": 1677744000.25,
            "replies": [{"id": 2, "parent": 1, "text": "<p>Quite.</p>", "author": None, "created": 1677744060}],
        }
    ],
}
COUNTED = '<script type=\'application/ld+json\'>{"@type": "BlogPosting", "commentCount": 2}</script>'
ISSO = {"/?uri=/oil/": ("application/json", json.dumps(THREAD))}


def blog(comments: str) -> dict[str, tuple[str, str]]:
    head = "<link rel='alternate' type='application/rss+xml' href='/feed.xml'>"
    post = (
        f"<html><head><title>Oil</title>{head}</head><body><article class='h-entry'><h1 class='p-name'>Oil</h1>"
        f"<time class='dt-published' datetime='2023-03-01T10:00:00Z'>1 March</time>"
        f"<div class='e-content'><p>{WORDS}</p></div></article>{comments}</body></html>"
    )
    rss = (
        "<rss version='2.0'><channel><title>Quay</title>"
        "<item><title>Oil</title><link>{home}/oil/</link></item></channel></rss>"
    )
    return {
        "/": ("text/html", f"<html><head>{head}</head><body><h2><a href='/oil/'>Oil</a></h2></body></html>"),
        "/feed.xml": ("application/rss+xml", rss),
        "/oil/": ("text/html", post),
    }


def crawled(folder: Path, server: Scripted, comments: str = "") -> Ran:
    widget = comments or f"<script data-isso='{server.home}/' src='{server.home}/js/embed.min.js'></script>"
    with serve(blog(widget + "<section id='isso-thread'></section>")) as site:
        return crawl(folder / "a", site.home)


def test_a_thread_of_isso_is_read_after_its_robots_txt(tmp_path: Path) -> None:
    with serve(ISSO) as server:
        ran = crawled(tmp_path, server)
    assert server.asked == ["/robots.txt", "/?uri=%2Foil%2F"]
    assert ran.code == 0, ran.out
    assert ran.rows("SELECT author, in_reply_to, text, depth, published_at FROM comment_list ORDER BY depth") == [
        ("Bo Wharf", None, "Dear indeed.", 1, "2023-03-02T08:00:00Z"),
        ("Anonymous", "Bo Wharf", "Quite.", 2, "2023-03-02T08:01:00Z"),
    ]
    assert ran.one("SELECT count(*) FROM posts") == 1
    assert ran.rows("SELECT kind FROM oddities") == [("comments_at_isso",)]
    assert sound(ran.archive)
    before = content(ran.archive)
    done = run("extract", "-a", ran.archive)
    assert done.returncode == 0
    assert content(ran.archive) == before, done.stdout  # read again from the WARC files, and the same


@pytest.mark.parametrize(
    ("robots", "asked"),
    [("User-agent: *\nDisallow: /\n", ["/robots.txt"]), ("User-agent: *\nDisallow: /?uri\n", ["/robots.txt"])],
)
def test_what_its_robots_txt_forbids_is_left_alone(tmp_path: Path, robots: str, asked: list[str]) -> None:
    with serve({**ISSO, "/robots.txt": ("text/plain", robots)}) as server:
        ran = crawled(tmp_path, server)
    assert server.asked == asked
    assert ran.one("SELECT count(*) FROM comments") == 0
    assert ran.one("SELECT last_error FROM frontier WHERE state = 'excluded'") == "robots.txt disallows it"


def test_an_answer_that_is_no_thread_is_told(tmp_path: Path) -> None:
    with serve({"/?uri=/oil/": ("text/html", "<html>Hello</html>")}) as server:
        ran = crawled(tmp_path, server)
    assert ("unreadable_api",) in ran.rows("SELECT kind FROM oddities")
    assert ran.one("SELECT count(*) FROM posts") == 1


def test_systems_that_cannot_be_read_are_told_and_not_asked(tmp_path: Path) -> None:
    with serve({}) as server:
        ran = crawled(tmp_path, server, f"{COUNTED}<script src='{server.home}/js/commento.js'></script>")
    assert server.asked == []
    (detail,) = [row[0] for row in ran.rows("SELECT detail FROM oddities WHERE kind = 'comments_at_commento'")]
    assert "POST" in detail
    assert ran.rows("SELECT state, claimed, captured, missing, out_of_reach, reason FROM coverage") == [
        ("explained", 2, 0, 0, 2, "at a comment system that cannot be read")
    ]
    assert ran.code == 0, ran.out


def test_a_second_run_goes_on_where_the_first_one_stopped(tmp_path: Path) -> None:
    with serve(ISSO) as server, serve(blog(f"<script data-isso='{server.home}/'></script>")) as site:
        first = crawl(tmp_path / "a", site.home, "--max-requests", "4")
        assert first.code == 5
        assert server.asked == []
        assert crawl(tmp_path / "a", site.home).code == 0
        assert server.asked == ["/robots.txt", "/?uri=%2Foil%2F"]


def test_a_server_that_is_down_costs_its_threads_alone_and_is_told(tmp_path: Path) -> None:
    with serve({}) as server:
        home = server.home
    with serve(blog(f"{COUNTED}<script data-isso='{home}/'></script>")) as site:
        ran = crawl(tmp_path / "a", site.home, arranged=SOON)
    assert ran.code == 4
    host = home.removeprefix("http://")
    assert f"its comments are at {host}, which cannot be read: " in ran.out
    assert ran.one("SELECT count(*) FROM posts") == 1
    assert ran.one("SELECT state FROM frontier WHERE url LIKE ?", f"{home}/%") == "given_up"
    ledger = ran.rows("SELECT state, claimed, captured, missing, reason, detail FROM coverage")
    assert [row[:5] for row in ledger] == [("missing", 2, 0, 2, "comment server failed")]
    assert ledger[0][5].startswith(f"its comments are at {host}, which cannot be read: ")
    assert "(comment server failed: its comments are at" in run("status", "--coverage", "-a", ran.archive).stdout


def isso_thread(texts: list[str], claimed: int) -> tuple[str, str]:
    rows = [
        {"id": n, "text": f"<p>{said}</p>", "author": "Bo", "created": 1677744000.0 + n} for n, said in texts_of(texts)
    ]
    return "application/json", json.dumps(
        {"total_replies": claimed, "replies": [{**row, "replies": []} for row in rows]}
    )


def texts_of(texts: list[str]) -> list[tuple[int, str]]:
    return [(n, said) for n, said in enumerate(texts, 1) if said]


def test_a_comment_has_vanished_when_its_whole_thread_lacks_it(tmp_path: Path) -> None:
    said = [f"Said {n}." for n in range(1, 7)]
    there = "SELECT text FROM comments WHERE gone_at IS NULL ORDER BY text"
    with serve({"/?uri=/oil/": isso_thread(said, 6)}) as server, serve(blog("")) as site:
        site.answers = blog(f"<script data-isso='{server.home}/'></script>")
        assert crawl(tmp_path / "a", site.home).code == 0
        server.answers = {"/?uri=/oil/": isso_thread(["", *said[1:]], 6)}  # says that there are more than it gives
        assert len(crawl(tmp_path / "a", site.home).rows(there)) == 6
        server.answers = {"/?uri=/oil/": isso_thread(["", *said[1:]], 5)}
        ran = crawl(tmp_path / "a", site.home)
        assert [text for (text,) in ran.rows(there)] == said[1:]
        server.answers = {}  # no thread at all says nothing
        assert len(update(tmp_path / "a", "--full").rows(there)) == 5
        server.answers = {"/?uri=/oil/": isso_thread(said, 6)}
        assert len(update(tmp_path / "a", "--full").rows(there)) == 6  # it is back
