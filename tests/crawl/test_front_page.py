"""A blog that cannot be opened: one line that says what, why and what to do, and the exit code."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from archiver.demo import DemoBlog, Response
from tests.crawl.faults import RESET, SILENCE, Fault, FaultServer, compressed, http, page, self_signed
from tests.crawl.running import SOON, Ran, crawl

IMPATIENT = {**SOON, "settings": {"DOWNLOAD_TIMEOUT": 0.4}}
EMPTY = "<!DOCTYPE html><html><head><title>Parked</title></head><body><p>Nothing here yet.</p></body></html>"


def told(ran: Ran, *parts: str) -> None:
    """A run that ends with 7, and says why in one line, and nothing else."""
    assert ran.code == 7, ran.err
    (line,) = ran.said
    assert [part for part in parts if part not in line] == [], line
    assert ran.out == ""
    assert ran.rows("SELECT count(*) FROM blogs") == [(0,)]


def quietly(archive: Path, *arguments: str) -> Ran:
    return crawl(archive, "--quiet", *arguments, arranged=IMPATIENT)


@pytest.mark.parametrize(
    ("fault", "parts"),
    [
        (page(404), ("404 Not Found", "Check the address")),
        (page(410), ("410 Gone", "Check the address")),
        (page(401), ("401 Unauthorized", "lets no robot in")),
        (page(403), ("403 Forbidden", "lets no robot in")),
        (page(429), ("429 Too Many Requests", "lets no robot in")),
        (page(500), ("500 Internal Server Error", "Run the same command again later")),
        (page(503), ("503 Service Unavailable", "Run the same command again later")),
        (page(200, EMPTY), ("no posts, feed or known blog software", "--engine generic")),
        (page(200), ("no posts, feed or known blog software", "--engine generic")),
        (Response(200, b"%PDF-1.7 \x00\xff", (("Content-Type", "application/pdf"),)), ("no posts, feed",)),
        (Response(200, b'{"a": 1}', (("Content-Type", "application/json"),)), ("no posts, feed",)),
        (SILENCE, ("it did not answer in time", "Check the address and the network")),
        (RESET, ("the connection broke off", "Check the address and the network")),
        (http(body=b"<html>", length=2000), ("the answer broke off before its end",)),
        (http(body=b"x", length=20 << 20), ("larger than what is read of a page (16 MiB)",)),
        (compressed("<html>" * 200, cut=12), ("its body is not whole",)),
        (compressed("", garble=True), ("its body is not whole",)),
        (page(200, "?", Content_Encoding="pack200"), ("a coding that was not asked for (pack200)",)),
        (page(302, Location="mailto:me@example.org"), ("no web address",)),
        (page(302, Location="/"), ("redirects without end",)),
        (page(503, Retry_After="86400"), ("asks to wait until", "Run the same command again later")),
    ],
    ids=lambda value: None if isinstance(value, tuple) else str(value)[:50].replace("\n", " "),
)
def test_what_is_wrong_is_told(tmp_path: Path, fault: Fault, parts: tuple[str, ...]) -> None:
    server = FaultServer()
    server.always("/", fault)
    with server.running() as home:
        told(quietly(tmp_path / "archive", f"{home}/"), *parts)


def test_nothing_listens(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    told(quietly(tmp_path, f"http://127.0.0.1:{port}/"), "the connection was refused")


def test_no_such_name(tmp_path: Path) -> None:
    told(
        quietly(tmp_path, "--delay", "0.2", "http://blog.invalid/"),
        "http://blog.invalid/",
        "its name cannot be found (DNS)",
    )


def test_an_untrusted_certificate(tmp_path: Path) -> None:
    server = FaultServer(certificate=self_signed(tmp_path / "pem"))
    with server.running() as home:
        ran = quietly(tmp_path / "archive", f"{home}/")
    told(ran, "its certificate cannot be trusted (TLS")
    assert server.log == []


def test_https_where_http_is_spoken(tmp_path: Path) -> None:
    with FaultServer().running() as home:
        # Whether the refusal or the end of the connection is seen first is a race.
        told(
            quietly(tmp_path / "archive", f"https{home.removeprefix('http')}/"),
            "https://127.0.0.1",
            "Check the address",
        )


def test_a_front_page_that_recovers(tmp_path: Path) -> None:
    server = FaultServer(DemoBlog(posts=3, thread=5))
    server.fault("/", page(503, Retry_After="0"), RESET, http(body=b"<html>", length=2000))
    with server.running() as home:
        ran = crawl(tmp_path / "archive", f"{home}/", arranged=IMPATIENT)
    assert ran.code == 0
    assert server.targets()[:5] == ["/robots.txt", "/", "/", "/", "/"]


def test_a_blog_that_is_archived_already_remembers_the_failure(tmp_path: Path) -> None:
    server = FaultServer(DemoBlog(posts=3, thread=5))
    with server.running() as home:
        assert crawl(tmp_path, f"{home}/").code == 0
        server.always("/", page(404))
        before = crawl_rounds(tmp_path)
        ran = crawl(tmp_path, f"{home}/")
    assert ran.code == 7
    runs = ran.rows("SELECT outcome, reason FROM crawls ORDER BY started_at")
    assert [outcome for outcome, _ in runs] == ["complete", "failed"]
    assert "404 Not Found" in runs[1][1]
    assert crawl_rounds(tmp_path) == before


def crawl_rounds(archive: Path) -> list[tuple[int, str, int]]:
    from tests.crawl.running import rows

    return rows(archive, "SELECT round, state, count(*) FROM frontier GROUP BY round, state ORDER BY 1, 2")


# ---- a blog that has moved


def test_moved_to_another_host(tmp_path: Path) -> None:
    new, old = FaultServer(DemoBlog(posts=3, thread=5)), FaultServer()
    with new.running() as home, old.running(host="127.0.0.2") as old_home:
        old.always("/", page(301, Location=f"{home}/"))
        ran = crawl(tmp_path, f"{old_home}/")
    assert ran.code == 0
    assert any(f"has moved to {home}/" in line for line in ran.said)
    assert ran.rows("SELECT url FROM blogs") == [(f"{home}/",)]
    assert old.targets() == ["/robots.txt", "/"]
    assert new.targets()[0] == "/robots.txt"


def test_two_hosts_that_point_at_each_other(tmp_path: Path) -> None:
    one, two = FaultServer(), FaultServer()
    with one.running() as home, two.running(host="127.0.0.2") as other:
        one.always("/", page(302, Location=f"{other}/"))
        two.always("/", page(302, Location=f"{home}/"))
        told(quietly(tmp_path, f"{home}/"), "redirects without end")


def test_two_addresses_of_one_blog_are_crawled_once(tmp_path: Path) -> None:
    new, old = FaultServer(DemoBlog(posts=3, thread=5)), FaultServer()
    with new.running() as home, old.running(host="127.0.0.2") as old_home:
        old.always("/", page(301, Location=f"{home}/"))
        ran = crawl(tmp_path, f"{home}/", f"{old_home}/")
    assert ran.code == 0
    assert "one of the other blogs of this run" in ran.out
    assert ran.one("SELECT count(*) FROM crawls") == 1
    pages = [target for target in new.targets() if target not in {"/", "/robots.txt"}]
    assert len(pages) == len(set(pages))


def test_who_gives_the_page_of_a_post_is_told(tmp_path: Path) -> None:
    server = FaultServer(DemoBlog(posts=3, thread=8))
    with server.running() as home:
        astray = crawl(tmp_path / "astray", server.blog.url(server.blog.published[0]))
        right = crawl(tmp_path / "right", f"{home}/")
    assert f"no post stands below this address: if the blog has another front page, such as {home}/" in astray.err
    assert "no post stands below" not in right.err
