"""The child process of a reader: begun by Python anew, or forked off this one while that had but one thread."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import sys
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn, Protocol

_BUFFER = 1 << 20


class Child(Protocol):
    """What is used of asyncio.subprocess.Process."""

    stdin: asyncio.StreamWriter | None
    stdout: asyncio.StreamReader | None

    @property
    def returncode(self) -> int | None:
        """None while it runs, as far as is known."""

    def kill(self) -> None:
        """End it."""

    async def wait(self) -> int:
        """Once it has been ended, or has closed its output: the code with which it ended."""


class _Fork:
    """A child that was forked. It has one socket for both directions."""

    def __init__(self, pid: int, ours: socket.socket) -> None:
        self._pid, self._socket = pid, ours
        self.returncode: int | None = None
        self.stdin: asyncio.StreamWriter | None = None
        self.stdout: asyncio.StreamReader | None = None

    async def opened(self) -> Child:
        self.stdout, self.stdin = await asyncio.open_connection(sock=self._socket, limit=_BUFFER)
        return self

    def kill(self) -> None:
        if self.returncode is None:
            os.kill(self._pid, signal.SIGKILL)

    async def wait(self) -> int:
        if self.returncode is None:
            _, status = os.waitpid(self._pid, 0)  # at once: see Child
            self.returncode = os.waitstatus_to_exitcode(status)
            if self.stdin:
                self.stdin.close()
        return self.returncode

    def let_go(self) -> None:
        """End it, when nobody has asked for it."""
        self._socket.close()
        self.kill()
        os.waitpid(self._pid, 0)


_forks: list[_Fork] = []


def forked() -> bool:
    """Fork a child for the first who asks for one. Returns True in the child, whose part is `reader_process.main`.

    Only before there are threads, of which a fork has none but finds what they have locked.
    """
    ours, theirs = socket.socketpair()
    pid = os.fork()
    if pid:
        theirs.close()
        _forks.append(_Fork(pid, ours))
        return False
    ours.close()
    os.setsid()
    os.dup2(theirs.fileno(), 0)
    os.dup2(theirs.fileno(), 1)
    theirs.close()
    return True


@contextmanager
def ahead(part: Callable[[], None], many: int = 1) -> Iterator[None]:
    """Fork children for the first who ask for one, if that can be done. part: `reader_process.main`, for a child.

    What a child needs is imported here already, and it would spend a second on that. It has no file of this process:
    a lock that it held as well would outlive this process by a page.
    """
    while len(_forks) < many and _is_alone():
        if forked():
            _read(part)
    try:
        yield
    finally:
        while _forks:
            _forks.pop().let_go()


def _read(part: Callable[[], None]) -> NoReturn:
    try:
        os.closerange(3, os.sysconf("SC_OPEN_MAX"))
        part()
    except BaseException:  # noqa: BLE001 (nothing of what this process was doing may go on here)
        traceback.print_exc()
        os._exit(1)
    os._exit(0)


def _is_alone() -> bool:
    """Whether this process is known to have but one thread, those of libraries counted."""
    tasks = Path("/proc/self/task")  # Linux's
    return tasks.is_dir() and len(list(tasks.iterdir())) == 1


async def begun() -> Child:
    """A child that answers questions."""
    if _forks:
        return await _forks.pop().opened()
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "archiver.crawl.reader_process"),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        limit=_BUFFER,
        start_new_session=True,  # Ctrl-C is for this process, which lets the child finish
    )
