"""One worker at a shard: a lock file in SHARDS/.locks, and what holds where locks do not reach another machine.

On one machine the kernel's lock decides, and goes with its holder. Some network file systems keep locks to each
machine. So the holder also touches the file, and who gets the lock although the file names a holder on another machine
waits until it is plain that nobody touches it any more. And before a shard is put in its place its worker looks
whether the file still names it.
"""

from __future__ import annotations

import json
import os
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from archiver.crawl.lock import holder, locked
from archiver.errors import Locked
from archiver.fleet.shards import LOCKS, Shard

BEAT = 15.0
"""Seconds between two touches."""
SILENT = 90.0
"""Seconds without one after which a holder on another machine has gone; network file systems may tell it 60 s late."""
LONG_AGO = 600.0
"""Seconds after which that need not be waited for. Clocks of machines differ by less."""
STEP = 0.2
"""Seconds between two tries."""


@dataclass(frozen=True, slots=True)
class Fence:
    """A lock that is held."""

    path: Path

    def check(self) -> None:
        """Raises Locked when another has taken the lock over meanwhile."""
        if _named(self.path) != (socket.gethostname(), os.getpid()):
            raise Locked(str(self.path), f"it was taken over ({holder(self.path)})", "That run brings it to its end")


@contextmanager
def fenced(
    shard: Shard, command: str, wait: float, told: Callable[[str], None], clock: Callable[[], float] = time.monotonic
) -> Iterator[Fence]:
    """Hold a shard. wait: seconds to wait for another to end. told: who is waited for. Raises Locked."""
    folder, name = shard.shards / LOCKS, f"{shard.slug}.lock"
    folder.mkdir(parents=True, exist_ok=True)
    path, until, said = folder / name, clock() + wait, False
    with ExitStack() as held:
        while True:
            try:
                _check_elsewhere(path, until, clock)
                held.enter_context(locked(folder, command, name=name))
                break
            except Locked as error:
                if clock() >= until:
                    todo = "Wait for it to end (--wait), or leave it to that run"
                    raise Locked(shard.slug, f"another worker is at it ({holder(path)})", todo) from error
                if not said:
                    told(f"waiting for another worker ({holder(path)})")
                    said = True
                time.sleep(STEP)
        held.enter_context(_beating(path))
        yield Fence(path)


def _check_elsewhere(path: Path, until: float, clock: Callable[[], float]) -> None:
    """Raises Locked while a holder on another machine may be at work, of which the lock itself might not tell."""
    named = _named(path)
    if named is None or named[0] == socket.gethostname():
        return
    first, since = _touched(path), clock()
    while time.time() - first / 1e9 < LONG_AGO and clock() - since < SILENT:
        if clock() >= until or _touched(path) != first or _named(path) != named:
            raise Locked(str(path))
        time.sleep(STEP)


@contextmanager
def _beating(path: Path) -> Iterator[None]:
    """Touch the file for as long as the block lasts."""
    ended = threading.Event()

    def beat() -> None:
        while not ended.wait(BEAT):
            with suppress(OSError):  # the file system is away for a moment: `check` tells when it was for long
                os.utime(path)

    thread = threading.Thread(target=beat, daemon=True, name="fence")
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


def _touched(path: Path) -> int:
    """When, in nanoseconds. The file is opened for it: network file systems then ask the server."""
    with path.open("rb") as file:
        return os.fstat(file.fileno()).st_mtime_ns


def _named(path: Path) -> tuple[str, int] | None:
    """Machine and process of whom the file names; None when it is nobody."""
    try:
        said = json.loads(path.read_text("utf-8"))
        return str(said["host"]), int(said["pid"])
    except (OSError, ValueError, KeyError, TypeError):
        return None
