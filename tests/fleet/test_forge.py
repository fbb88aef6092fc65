"""Units as forks of a process that has everything imported: as good as the command, and gone with their worker."""

from __future__ import annotations

import os
import pickle
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import pytest

from archiver.demo import DemoBlog
from archiver.fleet.ended import Ended, from_lines
from archiver.fleet.sent import Completed, Hand, sendable
from archiver.fleet.shards import of_blog
from tests.crawl.faults import FaultServer
from tests.crawl.running import ROOT, differences, environment, sound, until_gone
from tests.crawl.test_kills import ALWAYS, OPEN
from tests.fleet.running import at_work, go_on, parent_of, until_sent

BLOG = {"posts": 6, "thread": 2}


@pytest.fixture(scope="module")
def hand() -> Iterator[Hand]:
    """A worker's, with the environment that other tests give to a command."""
    with pytest.MonkeyPatch.context() as patch:
        for name in {*os.environ} - {*environment()}:
            patch.delenv(name)
        hand = Hand()
        yield hand
        hand.terminate()
        hand.close()


@pytest.fixture
def pool() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(1) as pool:
        yield pool


def unit(shards: Path, target: str, *options: str) -> list[str]:
    own = ("--shards", str(shards), "--delay", "0", "--wait", "60", "--json", *options)
    return [sys.executable, "-P", "-m", "archiver", "run-one", target, *own]


def begun(pool: ThreadPoolExecutor, hand: Hand, words: list[str], server: FaultServer) -> tuple[Future[Completed], int]:
    """A unit that is at work, and its process, which is stopped: all that it has asked for is in the server's log."""
    asked, shards = len(server.log) + 5, Path(words[words.index("--shards") + 1])
    with server.holding(asked):
        future = pool.submit(hand.run, words)
        pid, _ = at_work(shards, [server], lambda: future.result() if future.done() else None, asked)
    return future, pid


def forge_of(hand: Hand) -> int:
    (forge,) = hand._forges.values()
    assert forge is not None
    return forge._process.pid


def told(done: Completed) -> Ended:
    found = from_lines(done.stdout)
    assert found is not None, done
    return found


def test_a_fork_does_what_the_command_does(tmp_path: Path, hand: Hand) -> None:
    server, missing = FaultServer(DemoBlog(**BLOG)), str(tmp_path / "missing.warc.gz")
    with server.running() as home:
        forked = hand.run(unit(tmp_path / "forked", home))
        words, pipe = unit(tmp_path / "plain", home), subprocess.PIPE
        plain = subprocess.run(words, check=False, stdout=pipe, stderr=pipe, text=True, env=environment())
    here, there = (of_blog(tmp_path / name, home).final for name in ("forked", "plain"))
    assert (forked.returncode, forked.stderr, told(forked).posts) == (plain.returncode, plain.stderr, 6) == (0, "", 6)
    assert sound(here)
    assert differences(here, there) == {}
    assert server.most_at_once == 1
    wrong = hand.run(unit(tmp_path, missing))
    assert (wrong.returncode, wrong.stdout) == (2, "")
    assert wrong.stderr == f"archiver: {missing}: there is no such file. Check the path\n"
    threads = list(Path(f"/proc/{forge_of(hand)}/task").iterdir())
    assert len(threads) == 1, "a fork copies one thread alone"


def test_one_that_is_killed_or_ended_takes_nobody_along(tmp_path: Path, hand: Hand, pool: ThreadPoolExecutor) -> None:
    """The forge goes on, whatever its units come to, and whatever a terminal or a scheduler sends to a whole group."""
    server, runs = FaultServer(DemoBlog(**BLOG)), []
    with server.running() as home:
        killed, pid = begun(pool, hand, unit(tmp_path, home), server)
        forge = forge_of(hand)
        assert parent_of(pid) == forge
        os.kill(pid, signal.SIGKILL)
        assert killed.result().returncode == -signal.SIGKILL
        runs.append(len(server.log))
        stopped, pid = begun(pool, hand, unit(tmp_path, home), server)
        hand.terminate()
        os.kill(forge, signal.SIGTERM)
        os.kill(forge, signal.SIGINT)
        until_sent(pid, signal.SIGTERM)
        go_on(pid)
        assert (stopped.result().returncode, told(stopped.result()).state) == (128 + signal.SIGTERM, "continued")
        runs.append(len(server.log))
        assert (done := hand.run(unit(tmp_path, home))).returncode == 0, done
    assert forge_of(hand) == forge
    assert told(done).posts == 6
    asked = [target for target in server.targets() if target not in ALWAYS]
    assert len(asked) - len(set(asked)) <= OPEN
    later = [target for target in server.targets()[runs[0] :] if target not in ALWAYS]
    assert len(later) == len(set(later)), "one that was told to end has let what was in flight come to its end"


def test_its_reader_that_is_lost_is_replaced(tmp_path: Path, hand: Hand, pool: ThreadPoolExecutor) -> None:
    with (server := FaultServer(DemoBlog(**BLOG))).running() as home:
        run, pid = begun(pool, hand, unit(tmp_path, home), server)
        (reader,) = map(int, Path(f"/proc/{pid}/task/{pid}/children").read_text().split())
        assert b"archiver.forge" in Path(f"/proc/{reader}/cmdline").read_bytes()
        os.kill(reader, signal.SIGKILL)
        go_on(pid)
        assert run.result().returncode in {0, 4}, "a page that was being read is given up"
    assert told(run.result()).posts >= 5
    until_gone(reader)


def test_a_forge_that_is_lost_is_replaced(tmp_path: Path, hand: Hand, pool: ThreadPoolExecutor) -> None:
    """At work, the unit ends with it and is lost; while nobody is at work, nobody notices."""
    with (server := FaultServer(DemoBlog(**BLOG))).running() as home:
        lost, pid = begun(pool, hand, unit(tmp_path, home), server)
        os.kill(first := forge_of(hand), signal.SIGKILL)
        until_gone(first)
        go_on(pid)
        with pytest.raises(ConnectionError, match="has ended"):
            lost.result()
        assert hand.run(unit(tmp_path, home)).returncode == 0
        until_gone(pid)
        second = forge_of(hand)
    asked = [target for target in server.targets() if target not in ALWAYS]
    assert len(asked) - len(set(asked)) <= OPEN
    os.kill(second, signal.SIGKILL)
    assert told(hand.run(unit(tmp_path, home))).idle
    assert len({first, second, forge_of(hand)}) == 3


def test_a_bare_worker_has_one_and_takes_it_along(tmp_path: Path) -> None:
    """What is sent needs nothing but Python; kill -9 of the worker ends its forge and its units."""
    calls = "import pickle, sys; pickle.loads(pickle.dumps(pickle.loads(bytes.fromhex(sys.argv[1]))))(sys.argv[2:])"
    sent = pickle.dumps(sendable()).hex()
    with (server := FaultServer(DemoBlog(**BLOG))).running() as home:
        words = unit(tmp_path, home)
        python = [sys.executable, "-I", "-S", "-c", calls, sent]
        with server.holding(5):
            worker = subprocess.Popen([*python, *words], env=environment(PYTHONPATH=str(ROOT)))
            pid, _ = at_work(tmp_path, [server], worker.poll)
        forge = parent_of(pid)
        assert parent_of(forge) == worker.pid
        worker.kill()
        worker.wait()
        until_gone(forge)
        go_on(pid)
        until_gone(pid)
        assert of_blog(tmp_path, home).part.is_dir(), "it was not done"


def test_one_of_whom_nothing_is_asked_ends() -> None:
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    ends = "import archiver.forge as forge; forge.IDLE = 0; forge.load = lambda: None; assert forge.run() is None"
    with ours, theirs:
        subprocess.run([sys.executable, "-c", ends], check=True, stdin=theirs, env=environment(), cwd=ROOT)
