"""A line of `archiver schedule` in a real crontab, run by a real cron, which gives it next to no environment."""

from __future__ import annotations

import fcntl
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from archiver.demo import DemoBlog, serve
from tests.crawl.running import ROOT, crawl, environment, rows

TICK = 130  # seconds: cron looks once a minute, and a new crontab may just have been missed
OWN = f"# A line of somebody's own\nPYTHONPATH={ROOT}\n"


def crontab(given: str | None = None) -> str:
    """Read the crontab of this user, or set it."""
    option = "-l" if given is None else "-" if given else "-r"
    done = subprocess.run(["crontab", option], input=given, capture_output=True, text=True, check=False)
    assert done.returncode == 0 or "no crontab for" in done.stderr, done.stderr
    return done.stdout


@pytest.fixture
def table() -> Iterator[None]:
    """The user's crontab, for this test alone; as it was, afterwards."""
    with Path(tempfile.gettempdir(), f"blog-archiver-crontab-{os.getuid()}").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # another suite may run on this machine
        before = crontab()
        try:
            yield
        finally:
            if crontab() != before:
                crontab(before)


@contextmanager
def cron() -> Iterator[subprocess.Popen[bytes]]:
    """A daemon of our own. Where one runs already, which takes a lock, this one ends at once; that does as well."""
    with subprocess.Popen(["cron", "-f"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            yield process
        finally:
            process.terminate()


def schedule(archive: Path, *words: str) -> None:
    command = [sys.executable, "-m", "archiver", "schedule", "-a", str(archive), *words]
    subprocess.run(command, cwd=ROOT, env=environment(), check=True, capture_output=True)


@pytest.mark.slow
@pytest.mark.skipif(os.getuid() != 0, reason="only root can start cron")
def test_cron_brings_an_archive_up_to_date(table, tmp_path):
    archive = tmp_path / "100% of it's blogs"
    archive.mkdir()
    blog = DemoBlog(posts=4, thread=3)
    with serve(blog) as home:
        (archive / "archiver.toml").write_text(f'[[blogs]]\nurl = "{home}/"\ndelay = 0\n')
        assert crawl(archive, f"{home}/").code == 0
        crontab(OWN)
        schedule(archive, "--every", "hour", "--install")
        assert crontab().startswith(OWN)
        # The hour may be long in coming.
        crontab(re.sub(r"^\d+ \* \* \* \* cd ", "* * * * * cd ", crontab(), flags=re.MULTILINE))
        with cron():
            wait_for(archive, "logs/*.jsonl")  # it has begun: it is not to begin again
            schedule(archive, "--remove")
            assert crontab() == OWN
            wait_for(archive, "reports/*.html")
    ended = rows(
        archive, "SELECT command, outcome, json_extract(counts, '$.exit_code') FROM crawls ORDER BY started_at"
    )
    assert ended == [("crawl", "complete", 0), ("update", "complete", 0)]
    assert (archive / "logs" / "schedule.log").read_text() == ""
    report = json.loads(max((archive / "reports").glob("*.json")).read_text("utf-8"))
    assert report["exit_code"] == 0
    assert report["totals"]["requests"] > 0


def wait_for(archive: Path, pattern: str) -> None:
    """Wait until a second run has left such a file."""
    deadline = time.monotonic() + TICK
    while len([*archive.glob(pattern)]) < 2:
        assert time.monotonic() < deadline, f"no {pattern} within {TICK} s; {crontab()}"
        time.sleep(0.2)
