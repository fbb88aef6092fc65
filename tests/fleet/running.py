"""Units of work as a worker runs them: the command, in a process of its own."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from archiver.demo import DemoBlog
from archiver.fleet.ended import Ended, from_lines
from archiver.fleet.shards import LOCKS
from tests.crawl.faults import FaultServer
from tests.crawl.forked import Forked
from tests.crawl.running import ROOT, Ran, ended, environment, stat, words

LONGEST = 500.0
"""Seconds that many blogs may take on a machine that has much else to do."""


def begin(shards: Path, target: str, *options: str) -> Forked:
    """Begin a unit of work without waits between requests; in a group of its own."""
    asked = ("run-one", target, "--shards", str(shards), "--delay", "0", "--json", *options)
    return Forked("archiver", *asked, cwd=ROOT, env=environment())


def begin_command(*arguments: str) -> subprocess.Popen[str]:
    """Begin any command, in a group of its own."""
    pipe, env = subprocess.PIPE, environment()
    command = words(*arguments)
    return subprocess.Popen(command, stdout=pipe, stderr=pipe, text=True, cwd=ROOT, env=env, start_new_session=True)


def command(*arguments: str) -> Ran:
    """Any command, to its end."""
    return ended(Path(), begin_command(*arguments), LONGEST)


def run_one(shards: Path, target: str, *options: str) -> Ran:
    """A unit of work, to its end."""
    return ended(shards, begin(shards, target, *options))


def told(ran: Ran) -> Ended:
    """What it said of itself."""
    found = from_lines(ran.out)
    assert found is not None, ran.out + ran.err
    return found


def shard_of(shards: Path) -> Path:
    """The only shard."""
    (found,) = (path for path in shards.iterdir() if not path.name.startswith("."))
    return found


def at_work(
    shards: Path, servers: Iterable[FaultServer], ended: Callable[[], object], asked: int = 5
) -> tuple[int, str]:
    """The process of a unit that is at work, and its shard, once so many requests were made. It is stopped.

    ended: what is not None once all is over, which is too early.
    """
    while ended() is None:
        if sum(len(server.log) for server in servers) >= asked:
            for lock in shards.joinpath(LOCKS).glob("*.lock"):
                with suppress(ValueError, OSError, KeyError, TypeError):
                    said = json.loads(lock.read_text())
                    if "run-one" in said["command"] and (shards / f"{lock.stem}.part" / "archive.db").exists():
                        os.kill(pid := int(said["pid"]), signal.SIGSTOP)
                        while stat(pid)[0] not in "TZ":  # until it has come to run, and so to stop
                            time.sleep(0.01)
                        if json.loads(lock.read_text()) == said and (shards / f"{lock.stem}.part").exists():
                            return pid, lock.stem
                        os.kill(pid, signal.SIGCONT)  # it had just come to its end
        time.sleep(0.01)
    raise AssertionError(ended())


def until_sent(pid: int, number: int) -> None:
    """Wait until one that is stopped has been sent a signal, which it gets when it goes on."""
    waiting = 0
    while not waiting >> (number - 1) & 1:
        waiting = int(Path(f"/proc/{pid}/status").read_text().partition("ShdPnd:")[2].split()[0], 16)
        time.sleep(0.01)


def go_on(pid: int) -> None:
    """Let one go on that was stopped; what it was sent meanwhile comes first."""
    os.kill(pid, signal.SIGCONT)


def parent_of(pid: int) -> int:
    """The process that has started it. Raises OSError when it is over."""
    return int(stat(pid)[1])


@contextmanager
def blogs(number: int, posts: int = 3, first: int = 2) -> Iterator[dict[str, FaultServer]]:
    """Small blogs, each on an address of its own: their servers by URL."""
    with ExitStack() as running:
        servers = {}
        for n in range(number):
            server = FaultServer(DemoBlog(seed=n, posts=posts, thread=2))
            home = running.enter_context(server.running(host=f"127.0.0.{first + n}"))
            servers[f"{home}/"] = server
        yield servers
