"""Ctrl-C and termination: once, and what is in flight comes to its end; twice, and the run stops at once."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from archiver.demo import DemoBlog
from tests.crawl.faults import SILENCE, FaultServer, Slow
from tests.crawl.forked import Forked
from tests.crawl.running import ROOT, Ran, crawl, differences, ended, environment, rows, sound, start, stat, words
from tests.crawl.test_kills import ALWAYS

CODES = [(signal.SIGINT, 130), (signal.SIGTERM, 143)]


def wait(process: Forked, until: Callable[[], bool]) -> None:
    while not until():
        assert process.poll() is None, process.communicate()
        time.sleep(0.01)


def a_server() -> FaultServer:
    return FaultServer(DemoBlog(posts=30, thread=30, api=False, feeds=False))


def one_path(server: FaultServer) -> str:
    """Of a post's page in the middle."""
    return server.blog.url(server.blog.published[15]).removeprefix(server.blog.home)


@pytest.mark.parametrize(("number", "code"), CODES)
def test_once(tmp_path: Path, number: signal.Signals, code: int) -> None:
    server = a_server()
    with server.running() as home:
        undisturbed = crawl(tmp_path / "undisturbed", f"{home}/")
        path, archive = one_path(server), tmp_path / "stopped"
        server.log.clear()
        server.fault(path, Slow(1.0))
        process = start(archive, f"{home}/")
        wait(process, lambda: path in server.targets())
        os.killpg(process.pid, number)  # as a terminal does: to all of the group
        ran = ended(archive, process)
        asked = server.targets()
        assert ran.code == code
        assert asked[-1] == path, "nothing is begun after the signal"
        assert ran.one("SELECT state FROM frontier WHERE url = ?", home + path) == "done"
        assert rows(archive, "SELECT outcome FROM crawls") == [("interrupted",)]
        assert ran.one("SELECT count(*) FROM frontier WHERE state = 'in_flight'") == 0
        assert_summary(ran, home)
        assert sound(archive)
        again = crawl(archive, f"{home}/")
    assert again.code == 0
    assert server.repeated() <= {"/", "/robots.txt"}
    assert differences(archive, undisturbed.archive) == {}


def test_an_answer_that_comes_with_the_signal(tmp_path: Path) -> None:
    """Nothing is begun that would be cut off: what was asked for is stored, and not asked for again."""
    server = FaultServer(DemoBlog(posts=6, thread=2))
    with server.running() as home:
        with server.holding(9):
            process = start(tmp_path, f"{home}/")
            wait(process, lambda: len(server.log) == 9)
            process.send_signal(signal.SIGSTOP)
            wait(process, lambda: stat(process.pid)[0] == "T")
        wait(process, lambda: server.log[-1].ended < float("inf"))
        process.send_signal(signal.SIGTERM)
        process.send_signal(signal.SIGCONT)
        ran = ended(tmp_path, process)
        assert ran.one("SELECT count(*) FROM fetches WHERE error IS NOT NULL") == 0
        again = crawl(tmp_path, f"{home}/")
    assert (ran.code, again.code) == (143, 0)
    assert server.repeated() <= ALWAYS


def assert_summary(ran: Ran, home: str) -> None:
    """What was done, what is left, and the command that goes on."""
    (left,) = ran.rows("SELECT count(*) FROM frontier WHERE state = 'pending'")[0]
    assert "interrupted: stopped before it was done; the same command goes on from here" in ran.out
    assert f"{left} URLs still to fetch" in ran.out
    assert f"Go on:     archiver crawl -a {ran.archive} {home}/" in ran.out
    assert not [line for line in ran.said if line.startswith("archiver:")]


@pytest.mark.parametrize(("number", "code"), CODES)
def test_twice(tmp_path: Path, number: signal.Signals, code: int) -> None:
    """The host is silent: without the second one the run would wait for half a minute."""
    server = a_server()
    with server.running() as home:
        path = one_path(server)
        server.fault(path, SILENCE)
        process = start(tmp_path, f"{home}/")
        wait(process, lambda: path in server.targets())
        process.send_signal(number)
        time.sleep(1.0)
        assert process.poll() is None, "it waits for the answer"
        process.send_signal(number)
        ran = ended(tmp_path, process)
        (silent,) = [asked for asked in server.log if asked.target == path]
        assert ran.code == code
        assert silent.ended == float("inf"), "nobody has answered"
        assert sound(tmp_path)
        assert rows(tmp_path, "SELECT outcome FROM crawls") == [("interrupted",)]
        again = crawl(tmp_path, f"{home}/")
    assert again.code == 0
    assert again.one("SELECT count(*) FROM posts WHERE kind = 'post' AND title IS NOT NULL") == 30


@pytest.mark.parametrize(("number", "code"), CODES)
def test_while_a_host_is_waited_for(tmp_path: Path, number: signal.Signals, code: int) -> None:
    """A pause of minutes is not waited for when the run is to end."""
    server = FaultServer(DemoBlog(posts=3, thread=3))
    with server.running() as home:
        process = start(tmp_path, "--delay", "200", f"{home}/")
        wait(process, lambda: len(server.log) == 1 and server.log[0].ended < float("inf"))
        time.sleep(0.5)
        process.send_signal(number)
        ran = ended(tmp_path, process)
    assert ran.code == code
    assert server.targets() == ["/robots.txt"]
    assert "interrupted" in ran.out


@pytest.mark.parametrize(("number", "code"), CODES)
def test_before_it_has_begun(tmp_path: Path, number: signal.Signals, code: int) -> None:
    """At any moment from the first: the code is right, and nothing is said that is not for users."""
    os.mkfifo(tmp_path / "urls")
    server = FaultServer(DemoBlog(posts=3, thread=3))
    with server.running() as home:
        for tenths in range(0, 16, 2):
            with begun(tmp_path, "-i", str(tmp_path / "urls"), "--delay", "20") as process:
                (tmp_path / "urls").write_text(f"{home}/")  # waits for the command to open it
                time.sleep(tenths / 10)
                process.send_signal(number)
                out, err = process.communicate(timeout=120)
            ran = Ran(tmp_path, process.returncode, out, err)
            assert "Traceback" not in out + err, err
            # The same to a shell: until Scrapy is there, a termination is left to the system, and Python ends
            # itself by SIGINT where Ctrl-C met an import that executes text, however it was handled.
            assert ran.code in {code, -number}, (tenths, ran)
        assert crawl(tmp_path, f"{home}/").code == 0


def begun(archive: Path, *arguments: str) -> subprocess.Popen[str]:
    """A crawl that has all of its imports before it."""
    command, pipe = words("crawl", "-a", str(archive), *arguments), subprocess.PIPE
    return subprocess.Popen(command, stdout=pipe, stderr=pipe, text=True, cwd=ROOT, env=environment())


@pytest.mark.parametrize(("number", "code"), CODES)
def test_a_look_that_is_stopped(number: signal.Signals, code: int) -> None:
    server = FaultServer()
    server.always("/robots.txt", SILENCE)
    with server.running() as home:
        pipe = subprocess.PIPE
        command = words("detect", f"{home}/")
        with subprocess.Popen(command, stdout=pipe, stderr=pipe, text=True, cwd=ROOT, env=environment()) as process:
            wait(process, lambda: server.targets() == ["/robots.txt"])
            process.send_signal(number)
            process.send_signal(number)
            out, err = process.communicate(timeout=60)
    assert process.returncode == code
    assert out == ""
    assert "Traceback" not in err


def test_interrupted_when_all_was_fetched_it_is_only_brought_to_its_end(tmp_path: Path) -> None:
    server = FaultServer(DemoBlog(posts=3, thread=3))
    with server.running() as home:
        crawl(tmp_path, f"{home}/")
        with closing(sqlite3.connect(tmp_path / "archive.db")) as connection, connection:
            connection.execute("UPDATE crawls SET outcome = 'interrupted', reason = 'SIGTERM'")
        before = len(server.log)
        assert crawl(tmp_path, f"{home}/").code == 0
    assert {target for target in server.targets()[before:] if target not in ALWAYS} == set()
