"""One request at a time to a host over all processes that share a folder: the workers of a cluster.

A lock file for each host; its time of change is that of the last request, so that the delay counts over all of them as
well. It matters where workers meet whose blogs are on different hosts: at a comment system that serves many blogs, or
where blogs have moved to. Locks reach as far as the file system lets them: to all machines on most NFS, else to one.
"""

from __future__ import annotations

import fcntl
import os
import re
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from hashlib import blake2b
from pathlib import Path

STEP = 0.1
"""Seconds between two tries."""

Sleep = Callable[[float], Awaitable[None]]


class Turnstile:
    """Lets one process at a time ask a host. folder: shared by all; None when there are no others."""

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder
        if folder:
            folder.mkdir(parents=True, exist_ok=True)

    @asynccontextmanager
    async def passed(self, host: str, delay: float, sleep: Sleep) -> AsyncIterator[None]:
        """Wait until nobody else asks the host, and nobody has for `delay` seconds; keep others out meanwhile."""
        if self._folder is None:
            yield
            return
        with (self._folder / _name(host)).open("ab") as file:
            while not _locked(file.fileno()):
                await sleep(STEP)
            stat = os.fstat(file.fileno())
            if stat.st_size:  # somebody has asked before; clocks of machines may differ, but not by more than all of it
                left = min(delay, stat.st_mtime + delay - time.time())
                if left > 0:
                    await sleep(left)
            try:
                yield
            finally:
                if not stat.st_size:
                    file.write(b".")
                    file.flush()
                os.utime(file.fileno())


def _locked(handle: int) -> bool:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _name(host: str) -> str:
    readable = re.sub("[^a-z0-9.]+", "-", host)[:80]
    return f"{readable}-{blake2b(host.encode(), digest_size=4).hexdigest()}"
