"""`scrapy crawl blog` in a checkout does what `archiver crawl` does."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from archiver.demo import DemoBlog
from tests.crawl.faults import FaultServer
from tests.crawl.running import ROOT, Ran, crawl, differences, environment, sound


def scrapy(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "scrapy", *arguments]
    return subprocess.run(
        command, cwd=ROOT, env=environment(ARCHIVER_DELAY="0"), capture_output=True, text=True, check=False, timeout=120
    )


def test_the_same_tables(tmp_path: Path) -> None:
    server = FaultServer(DemoBlog(posts=12, thread=30))
    with server.running() as home:
        ours = crawl(tmp_path / "ours", f"{home}/")
        mine = set(server.targets())
        server.log.clear()
        made = scrapy("crawl", "blog", "-a", f"url={home}/", "-a", f"archive={tmp_path / 'theirs'}")
    assert made.returncode == 0
    assert "Traceback" not in made.stderr
    theirs = Ran(tmp_path / "theirs", 0, made.stdout, made.stderr)
    assert theirs.rows("SELECT outcome FROM crawls") == [("complete",)]
    assert set(server.targets()) == mine
    assert differences(ours.archive, theirs.archive) == {}
    assert sound(theirs.archive)


def test_several_blogs_and_a_restart(tmp_path: Path) -> None:
    one, two = FaultServer(DemoBlog(posts=3, thread=3)), FaultServer(DemoBlog(posts=3, thread=3))
    with one.running() as home, two.running(host="127.0.0.2") as other:
        arguments = ("crawl", "blog", "-a", f"url={home}/, {other}/", "-a", f"archive={tmp_path}", "-a", "restart=1")
        assert [scrapy(*arguments).returncode for _ in range(2)] == [0, 0]
    ran = Ran(tmp_path, 0, "", "")
    assert sorted(ran.rows("SELECT url FROM blogs")) == sorted([(f"{home}/",), (f"{other}/",)])
    assert ran.rows("SELECT outcome, count(*) FROM crawls GROUP BY outcome") == [("complete", 4)]


def test_the_spiders_are_listed() -> None:
    listed = scrapy("list")
    assert listed.stdout.split() == ["blog", "captures", "detect", "look", "update"]
    assert listed.stderr == ""
