"""Runs that a limit stops: code 5, and run after run the archive becomes what one undisturbed run makes."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from archiver.demo import DemoBlog
from tests.crawl.faults import FaultServer
from tests.crawl.running import Ran, crawl, differences, rows, sound

pytestmark = pytest.mark.usefixtures("reads_itself")

ALWAYS = {"/", "/robots.txt"}


def served(api: bool, posts: int = 30) -> FaultServer:
    return FaultServer(DemoBlog(posts=posts, thread=40, api=api, feeds=api))


@pytest.mark.parametrize("api", [True, False])
@pytest.mark.parametrize(("most", "posts"), [(3, 2), (20, 30)])
def test_max_requests_again_and_again(tmp_path: Path, api: bool, most: int, posts: int) -> None:
    server = served(api, posts)
    with server.running() as home:
        undisturbed = crawl(tmp_path / "undisturbed", f"{home}/")
        server.log.clear()
        codes = []
        while not codes or codes[-1] == 5:
            before = len(server.log)
            ran = crawl(tmp_path / "limited", "--max-requests", str(most), f"{home}/")
            codes.append(ran.code)
            assert len(server.log) - before <= most
            assert len(codes) < 100, "it does not come to an end"
            if ran.code == 5:
                assert_told(ran, f"stopped by --max-requests {most}")
    assert codes[-1] == undisturbed.code == 0
    assert len(codes) > 2
    assert server.repeated() <= ALWAYS
    assert differences(ran.archive, undisturbed.archive) == {}
    assert sound(ran.archive)


@pytest.mark.parametrize("pages", ["--pages", "--no-pages"])
@pytest.mark.parametrize("api", [True, False])
def test_limit_then_all(tmp_path: Path, api: bool, pages: str) -> None:
    # The API brings a hundred at a time, and what came is kept: fewer would be complete in spite of the limit.
    server = served(api, posts=130 if pages == "--no-pages" and api else 30)
    with server.running() as home:
        undisturbed = crawl(tmp_path / "undisturbed", pages, f"{home}/")
        for most in (1, 17):
            server.log.clear()
            ran = crawl(tmp_path / str(most), pages, "--limit", str(most), f"{home}/")
            assert ran.code == 5
            assert_told(ran, f"stopped by --limit {most}")
            assert pages_asked(server) <= most
            ran = crawl(tmp_path / str(most), pages, f"{home}/")
            assert ran.code == undisturbed.code == 0
            assert server.repeated() <= ALWAYS
            assert differences(ran.archive, undisturbed.archive) == {}
            assert sound(ran.archive)


def test_the_newest_come_first(tmp_path: Path) -> None:
    """And what is published between two runs shifts the pages of the API without anything being passed over."""
    server = served(api=True, posts=130)
    with server.running() as home:
        newest = [server.blog.url(post) for post in server.blog.published[:3]]
        ran = crawl(tmp_path, "--limit", "3", f"{home}/")
        done = "SELECT url FROM frontier WHERE kind = 'post' AND state = 'done' AND hint NOT LIKE '%\"page\"%'"
        assert sorted(url for (url,) in ran.rows(done)) == sorted(newest)
        dated = "SELECT min(published_at) FROM posts WHERE kind = 'post' AND instr(sources, 'api')"
        assert ran.one(dated) == f"{server.blog.published[99].published:%Y-%m-%dT%H:%M:%SZ}"
        server.blog.add_post("Another one", "Meanwhile.")
        ran = crawl(tmp_path, "--no-pages", f"{home}/")
        now = {server.blog.url(post) for post in server.blog.published}
    assert ran.code == 0  # the new one stands on a page of the API that was read before it was there, but is listed
    read = {url for (url,) in ran.rows("SELECT url FROM posts WHERE text <> '' OR protected = 1")}
    assert now - read == set()


def pages_asked(server: FaultServer) -> int:
    """How many posts' own addresses were asked for."""
    paths = {server.blog.url(post).removeprefix(server.blog.home) for post in server.blog.published}
    return len(paths & set(server.targets()))


def assert_told(ran: Ran, why: str) -> None:
    (left,) = rows(ran.archive, "SELECT count(*) FROM frontier WHERE state = 'pending'")[0]
    assert f"stopped by a limit: {why}" in ran.out
    assert left > 0
    assert f"{left} URL" in ran.out
    assert "Go on:     archiver crawl" in ran.out
    assert rows(ran.archive, "SELECT outcome FROM crawls ORDER BY started_at DESC LIMIT 1") == [("limit",)]


def test_a_limit_that_nothing_reaches_is_none(tmp_path: Path) -> None:
    server = FaultServer(DemoBlog(posts=5, thread=5))
    with server.running() as home:
        assert crawl(tmp_path, "--limit", "500", "--max-requests", "5000", f"{home}/").code == 0


def test_a_limit_in_the_settings_file(tmp_path: Path) -> None:
    server = served(api=True)
    with server.running() as home:
        (tmp_path / "archiver.toml").write_text(f'max_requests = 4\ndelay = 0\n[[blogs]]\nurl = "{home}/"\n')
        assert crawl(tmp_path).code == 5
        assert len(server.log) == 4


# ---- an archive of a newer version


def test_an_archive_of_a_newer_version_is_left_alone(tmp_path: Path) -> None:
    server = FaultServer(DemoBlog(posts=3, thread=3))
    with server.running() as home:
        assert crawl(tmp_path, f"{home}/").code == 0
        file = tmp_path / "archive.db"
        with closing(sqlite3.connect(file)) as connection, connection:
            connection.execute(
                "INSERT INTO _sqlite_migrations (migration_set, name, applied_at) VALUES ('archive', '0999_later', 'x')"
            )
        before, asked = file.read_bytes(), len(server.log)
        ran = crawl(tmp_path, f"{home}/")
    assert ran.code == 3
    assert ran.said == [
        f"archiver: {file}: it was made by a newer version (it has 0999_later). Update blog-archiver",
    ]
    assert ran.out == ""
    assert len(server.log) == asked
    assert file.read_bytes() == before
    assert {path.name: path.stat().st_size for path in tmp_path.iterdir()}.get("archive.db-wal", 0) == 0
