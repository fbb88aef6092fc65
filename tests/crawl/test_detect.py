"""`archiver detect`: a look at the front page tells what a crawl could have, and says in a line when it is nothing."""

from __future__ import annotations

import json
import socket
import subprocess
from pathlib import Path
from typing import Any

import pytest

from archiver.demo import DemoBlog, Response
from tests.crawl.faults import RESET, Fault, FaultServer, compressed, http, page
from tests.crawl.running import SOON, run

PLAIN = "<!DOCTYPE html><html><head><title>A shop</title></head><body><h1>Shoes</h1><p>Cheap.</p></body></html>"
PDF = Response(200, b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n", (("Content-Type", "application/pdf"),))
BOMB = "<html><body><p " + " ".join(f"a{number}=1" for number in range(50_000)) + ">"


def detect(tmp_path: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run it where there is nothing, and leave nothing behind."""
    ran = run("detect", *arguments, cwd=tmp_path, arranged=SOON, ARCHIVER_DELAY="0.2")
    assert list(tmp_path.iterdir()) == []
    return ran


def looked(tmp_path: Path, *urls: str) -> tuple[list[dict[str, Any]], int]:
    ran = detect(tmp_path, "--json", *urls)
    assert ran.stderr == ""
    return json.loads(ran.stdout), ran.returncode


@pytest.mark.parametrize("api", [True, False])
def test_a_wordpress_blog(tmp_path: Path, api: bool) -> None:
    server = FaultServer(DemoBlog(posts=5, thread=5, api=api))
    with server.running() as home:
        (found,), code = looked(tmp_path, f"{home}/")
    assert code == 0
    assert (found["engine"], found["api"]) == ("wordpress", "open" if api else "closed")
    assert found["confidence"] > 0.8
    assert found["title"].startswith(server.blog.title)
    assert f"{home}/feed/" in found["feeds"]
    assert found["sitemap"].startswith(home)
    assert found["error"] is None
    assert len(server.log) < 10
    assert server.most_at_once == 1


def test_a_plain_site(tmp_path: Path) -> None:
    server = FaultServer()
    server.always("/", page(200, PLAIN))
    with server.running() as home:
        (found,), code = looked(tmp_path, f"{home}/")
    assert (found["engine"], found["api"], found["title"], found["error"], code) == (None, None, "A shop", None, 0)


WRONG: list[tuple[str, Fault, str]] = [
    ("404", page(404), "its front page answers 404 Not Found"),
    ("403", page(403), "it answers 403 Forbidden"),
    ("500", page(500), "it answers 500 Internal Server Error"),
    ("reset", RESET, "the connection broke off"),
    ("cut", http(body=b"<html>", length=2000), "the answer broke off before its end"),
    ("not gzip", compressed("", garble=True), "its body is not whole"),
    ("to itself", page(302, Location="/"), "redirects"),
    ("50,000 attributes", page(200, BOMB), "more than 500 attributes"),
]


@pytest.mark.parametrize(("fault", "words"), [case[1:] for case in WRONG], ids=[case[0] for case in WRONG])
def test_what_is_wrong_is_told(tmp_path: Path, fault: Fault, words: str) -> None:
    server = FaultServer()
    server.always("/", fault)
    with server.running() as home:
        (found,), code = looked(tmp_path, f"{home}/")
    assert code == 7
    assert words in found["error"]
    assert "\n" not in found["error"]
    assert found["url"] == f"{home}/"
    assert found["engine"] is None


def test_a_pdf(tmp_path: Path) -> None:
    server = FaultServer()
    server.always("/", PDF)
    with server.running() as home:
        (found,), code = looked(tmp_path, f"{home}/")
    assert (found["engine"], found["api"], found["feeds"]) == (None, None, [])
    assert (found["error"], code) == (None, 0)


def test_what_robots_txt_forbids_is_not_looked_at(tmp_path: Path) -> None:
    server = FaultServer()
    server.always("/robots.txt", page(200, "User-agent: *\nDisallow: /"))
    with server.running() as home:
        (found,), code = looked(tmp_path, f"{home}/")
    assert code == 7
    assert "robots.txt disallows it" in found["error"]
    assert server.targets() == ["/robots.txt"]


def test_a_dead_host_beside_one_that_lives(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        dead = f"http://127.0.0.1:{probe.getsockname()[1]}/"
    with FaultServer(DemoBlog(posts=2, thread=2)).running() as home:
        found, code = looked(tmp_path, dead, f"{home}/", "http://blog.invalid/")
        told = detect(tmp_path, dead, f"{home}/")
    assert [one["engine"] for one in found] == [None, "wordpress", None]
    assert "the connection was refused" in found[0]["error"]
    assert "its name cannot be found (DNS)" in found[2]["error"]
    assert code == told.returncode == 7
    assert "the connection was refused" in told.stdout
    assert "wordpress" in told.stdout
