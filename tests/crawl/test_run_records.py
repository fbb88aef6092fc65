"""What a run leaves of itself: its log, its report, its row; and who is told."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest

from archiver.demo import DemoBlog, serve
from tests.crawl.faults import FaultServer, page
from tests.crawl.running import SOON, crawl

TELL = "import sys, pathlib; pathlib.Path(sys.argv[1]).write_text(sys.stdin.read())"


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    """A place for an archive whose archiver.toml wants others to be told."""
    path = tmp_path / "archive"
    path.mkdir()
    command = json.dumps([sys.executable, "-c", TELL, str(tmp_path / "told")])
    (path / "archiver.toml").write_text(
        f'[keep]\nreports = 2\nlogs = 1\n[notify]\ncommand = {command}\nwhen = "always"\n'
    )
    return path


def told(archive: Path) -> dict[str, Any]:
    """The report that the command was given, once."""
    path = archive.parent / "told"
    text = path.read_text("utf-8")
    path.unlink()
    found: dict[str, Any] = json.loads(text)
    return found


def reports(archive: Path) -> list[dict[str, Any]]:
    return [json.loads(path.read_text("utf-8")) for path in sorted((archive / "reports").glob("*.json"))]


def log(archive: Path) -> list[dict[str, Any]]:
    """The lines of the newest log."""
    path = max((archive / "logs").glob("*.jsonl"))
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def test_each_run_is_on_record(archive):
    with serve(DemoBlog(posts=6, thread=5)) as home:
        first = crawl(archive, home)
        report = told(archive)
        assert (first.code, report["exit_code"]) == (0, 0)
        assert report["totals"]["new_comments"] == first.one("SELECT count(*) FROM comments") > 0
        (blog,) = report["blogs"]
        assert blog["new"]["posts"] + blog["new"]["comments"] == len(blog["new"]["listed"])
        assert report["totals"]["requests"] == sum(report["timeline"]["answered"])
        assert crawl(archive, home).code == 0
        assert told(archive)["totals"]["new_comments"] == 0
        last = crawl(archive, "--max-requests", "3", home)
    assert (last.code, told(archive)["meaning"]) == (5, "stopped by a limit")
    assert sorted(kept["exit_code"] for kept in reports(archive)) == [0, 5]  # names of one second sort by chance
    assert len([*(archive / "reports").glob("*.html")]) == 2
    events = [(line["event"], line.get("exit_code")) for line in log(archive)]
    assert events == [("begin", None), ("blog", 5), ("end", 5)]
    assert len([*(archive / "logs").iterdir()]) == 1
    assert last.rows("SELECT json_extract(counts, '$.exit_code') FROM crawls ORDER BY started_at") == [(0,), (0,), (5,)]


def test_what_fails_is_named(archive):
    server = FaultServer(DemoBlog(posts=8, thread=6, api=False, feeds=False))
    with server.running() as home:
        path = server.blog.url(server.blog.published[-2]).removeprefix(home)
        server.fault(path, *[page(500)] * 9)
        ran = crawl(archive, home, arranged=SOON)
    assert ran.code == 4
    (failed,) = told(archive)["blogs"][0]["failures"]["listed"]
    assert (failed["url"], failed["why"]) == (f"{home}{path}", "given up: 500 Internal Server Error")
    named = {(line["event"], line["message"]) for line in log(archive) if line.get("url") == f"{home}{path}"}
    assert ("failed", "500 Internal Server Error") in named
    assert "put_off" in {event for event, _ in named}


def test_a_blog_that_is_away_is_told_of(archive):
    with serve(DemoBlog(posts=2, thread=1)) as home:
        pass
    ran = crawl(archive, home, arranged=SOON)
    assert (ran.code, told(archive)["exit_code"]) == (7, 7)
    assert log(archive)[-1]["exit_code"] == 7


def test_nobody_home_to_be_told_does_not_change_the_outcome(archive):
    (archive / "archiver.toml").write_text('[notify]\ncommand = ["/nowhere/tell"]\nwhen = "always"\n')
    with serve(DemoBlog(posts=2, thread=1)) as home:
        ran = crawl(archive, "-q", home)
    assert ran.code == 0
    line = "archiver: warning: notify, command /nowhere/tell: it cannot be run (No such file or directory)"
    assert line in ran.said
