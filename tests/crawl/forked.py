"""Runs the command in a process that is forked off one in which everything has been imported.

It is a process as any other, with a number, a session, an environment and standard streams of its own, and so is the
one that reads its pages; only what Python and its imports cost, which is most of a small run, is paid once for all.
What is not so: the seed of hashes, and what Python reads of its environment when it starts, are those of the first
process, and some pages were read in it (`preloaded.py`). It is the way of `archiver.forge`, which can only be asked
for units of work.
"""

from __future__ import annotations

import atexit
import io
import multiprocessing
import os
import runpy
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from multiprocessing.connection import Connection
from pathlib import Path
from typing import NoReturn

import archiver.settings
from archiver.crawl import reader_child, reader_process

PRELOADED = ["tests.crawl.preloaded"]
"""Imports everything, and has read pages; a process has one server of forks, so the list is the same."""


class Forked:
    """What is used of subprocess.Popen. Leads a session of its own by the time that it is here.

    reads_itself: a crawl has no process that reads its pages.
    """

    def __init__(
        self, module: str, *arguments: str, cwd: Path, env: Mapping[str, str], reads_itself: bool = False
    ) -> None:
        context = multiprocessing.get_context("forkserver")
        context.set_forkserver_preload(PRELOADED)
        (out, out_), (err, err_), (begun, begun_) = (context.Pipe(duplex=False) for _ in range(3))
        given = (module, arguments, str(cwd), dict(env), reads_itself, out_, err_, begun_)
        self._process = context.Process(target=_child, args=given)
        self._process.start()
        for end in (out_, err_, begun_):
            end.close()
        begun.recv_bytes()  # raises EOFError when it could not even begin
        begun.close()
        assert self._process.pid
        self.args, self.pid = (module, *arguments), self._process.pid
        self._pool = ThreadPoolExecutor(2)  # a pipe that nobody empties would stop it
        self._out, self._err = self._pool.submit(_emptied, out), self._pool.submit(_emptied, err)

    @property
    def returncode(self) -> int | None:
        """Its exit code, minus the signal that ended it, or None while it runs."""
        return self._process.exitcode

    def poll(self) -> int | None:
        """See returncode."""
        return self._process.exitcode

    def send_signal(self, number: int) -> None:
        """To the process alone, unless it has ended."""
        if self.poll() is None:
            os.kill(self.pid, number)

    def communicate(self, timeout: float = 120) -> tuple[str, str]:
        """What it and all that it started have said, once they have ended. Raises TimeoutError."""
        end = time.monotonic() + timeout
        said = self._out.result(timeout), self._err.result(max(0, end - time.monotonic()))
        self._process.join(max(0, end - time.monotonic()))
        if self.poll() is None:
            raise TimeoutError(f"{self.args} does not end")
        self._pool.shutdown()
        return said

    def end(self) -> None:
        """Kill what is left of its session."""
        with suppress(ProcessLookupError):
            os.killpg(self.pid, signal.SIGKILL)


def run(module: str, *arguments: str, cwd: Path, env: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    """Run to the end, which comes within minutes."""
    process = Forked(module, *arguments, cwd=cwd, env=env)
    try:
        out, err = process.communicate(300)
    finally:
        process.end()
    assert process.returncode is not None
    return subprocess.CompletedProcess(process.args, process.returncode, out, err)


def _stream(number: int, errors: str) -> io.TextIOWrapper:
    """As Python makes it of a pipe when it starts."""
    raw = io.BufferedWriter(io.FileIO(number, "wb", closefd=False))
    return io.TextIOWrapper(raw, encoding="utf-8", errors=errors, line_buffering=number == 2)


def _emptied(end: Connection) -> str:
    with os.fdopen(os.dup(end.fileno()), encoding="utf-8") as file:
        end.close()
        return file.read()


def _child(
    module: str,
    arguments: tuple[str, ...],
    cwd: str,
    env: dict[str, str],
    reads_itself: bool,
    out: Connection,
    err: Connection,
    begun: Connection,
) -> NoReturn:
    os.setsid()
    begun.send_bytes(b"begun")
    begun.close()
    for number, end in ((1, out), (2, err)):
        os.dup2(end.fileno(), number)
        end.close()
    os.environ.clear()
    os.environ.update(env)
    time.tzset()
    os.chdir(cwd)
    sys.stdout, sys.stderr = _stream(1, "strict"), _stream(2, "backslashreplace")
    archiver.settings.ARCHIVER_READER_PROCESS = not reads_itself
    if not reads_itself and reader_child.forked():
        reader_process.main()
        os._exit(0)
    sys.argv = [module, *arguments]
    try:
        runpy.run_module(module, run_name="__main__", alter_sys=True)
    finally:
        atexit._run_exitfuncs()  # multiprocessing ends a process without
    sys.exit(0)
