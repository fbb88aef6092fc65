"""The process that reads pages is a fork where that can be done, and has nothing of the one that fetches."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from archiver.crawl import reader_child
from archiver.crawl.lock import locked
from archiver.demo import DemoBlog
from tests.crawl.faults import SILENCE, FaultServer
from tests.crawl.running import ROOT, alive, crawl, environment, until_gone

PATIENCE = 60  # seconds


def children(pid: int) -> list[int]:
    return [int(number) for number in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def words(pid: int) -> list[str]:
    return Path(f"/proc/{pid}/cmdline").read_text().split("\0")[1:]


def files(pid: int) -> list[str]:
    return [str(file.readlink()) for file in Path(f"/proc/{pid}/fd").iterdir()]


def test_a_fork_has_no_file_of_the_archive_and_ends_with_the_run(tmp_path: Path) -> None:
    server = FaultServer(DemoBlog(posts=3, thread=3, api=False, feeds=False))
    with server.running() as home:
        path = server.blog.url(server.blog.published[1]).removeprefix(server.blog.home)
        server.fault(path, SILENCE)
        line = [sys.executable, "-m", "archiver", "crawl", "-a", str(tmp_path), "--delay", "0", f"{home}/"]
        output = subprocess.DEVNULL
        with subprocess.Popen(line, cwd=ROOT, env=environment(), stdout=output, stderr=output) as process:
            end = time.monotonic() + PATIENCE
            while path not in server.targets():
                assert process.poll() is None
                assert time.monotonic() < end
                time.sleep(0.01)
            (child,) = children(process.pid)
            assert words(child) == words(process.pid), "a fork, not a program begun anew"
            assert [file for file in files(process.pid) if file.startswith(str(tmp_path))]
            assert not [file for file in files(child) if file.startswith(str(tmp_path))]
            os.kill(process.pid, signal.SIGKILL)
        with locked(tmp_path, "crawl"):
            pass  # at once, whatever the child is doing
        until_gone(child)


def test_one_that_nobody_asks_for_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reader_child, "_is_alone", lambda: True)
    before = set(children(os.getpid()))
    with reader_child.ahead(signal.pause):
        (child,) = set(children(os.getpid())) - before
        assert alive(child)
        with reader_child.ahead(signal.pause):
            assert set(children(os.getpid())) - before == {child}, "one is enough"
        assert not alive(child), "the inner one was the last that could have asked"
    assert set(children(os.getpid())) == before


def test_as_many_are_there_as_can_be_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reader_child, "_is_alone", lambda: True)
    before = set(children(os.getpid()))
    with reader_child.ahead(signal.pause, 2):
        both = set(children(os.getpid())) - before
        with reader_child.ahead(signal.pause, 3):
            assert set(children(os.getpid())) - before > both
            assert len(set(children(os.getpid())) - before) == 3
    assert set(children(os.getpid())) == before


@pytest.mark.parametrize("command", ["extract", "import"])
def test_who_reads_again_begins_none_anew(tmp_path: Path, command: str) -> None:
    server = FaultServer(DemoBlog(posts=3, thread=3))
    with server.running() as home:
        crawl(tmp_path / "crawled", f"{home}/")
    archive, *files = tmp_path / "crawled", *(tmp_path / "crawled" / "warc").glob("*.warc.gz")
    words = (
        ["extract", "-j", "3", "-a", archive] if command == "extract" else ["import", "-a", tmp_path / "new", *files]
    )
    done = subprocess.run(
        [sys.executable, "-c", NONE_ANEW, *words],
        check=False,
        cwd=ROOT,
        env=environment(),
        capture_output=True,
        text=True,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert re.match(r"Read \d\d pages", done.stdout)


NONE_ANEW = """
import asyncio, os
asyncio.create_subprocess_exec = lambda *_, **__: os._exit(99)
from archiver.cli import main
main()
"""


def test_a_process_with_threads_is_not_forked() -> None:
    """They may hold locks that nobody would release in the fork."""
    done = subprocess.run(
        [sys.executable, "-c", ALONE], cwd=ROOT, env=environment(), capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == ["True", "False"]


ALONE = """
import threading
from archiver.crawl.reader_child import _is_alone
print(_is_alone())
end = threading.Event()
threading.Thread(target=end.wait).start()
print(_is_alone())
end.set()
"""
