"""`python -m archiver.forge`: units of work as forks of a process that has everything imported.

Who asks is `archiver.fleet.sent`, by packets on a socket that is our standard input. Each is the words of a unit after
`archiver`, as JSON, and comes with three files: its standard output, its standard error, and a line, on which a byte
tells that it has begun, four more its exit code as `subprocess` has it, and a byte the other way that it is to end.

A fork copies one thread alone, so this process has but one. A unit ends with its parent, which this one is, and this
one with its worker: when its input ends. It also ends when nothing was asked of it for a while, since a worker may live
for weeks, and by then another version be installed. Linux only, for the sake of such packets.
"""

from __future__ import annotations

import gc
import json
import os
import pkgutil
import selectors
import signal
import socket
import time
from collections.abc import Callable
from contextlib import suppress
from importlib import import_module

import scrapy.core.downloader.handlers.http11
import scrapy.core.engine  # noqa: F401 (by name later on, like what stands in `load`)

import archiver.commands.crawl
import archiver.commands.run_one
import archiver.fleet.elsewhere
import archiver.settings
import spiders
from archiver import comments
from archiver.cli import main
from archiver.crawl import reader_child, reader_process
from archiver.engines import engines
from archiver.reports import as_html

IDLE = 60.0
"""Seconds without a unit after which it ends."""
MOST = 1 << 20
"""Bytes of a packet; a socket takes less."""
EVERY = 2.0
"""Seconds between two looks whether the parent is still there; something else may hold the other end of our input."""
_SIGNALS: dict[signal.Signals, signal._HANDLER] = {
    # What a terminal or a scheduler sends to a whole group is for the units; this process ends after its worker.
    signal.SIGINT: signal.SIG_IGN,
    signal.SIGTERM: signal.SIG_IGN,
    signal.SIGCHLD: lambda *_: None,  # it need but wake
}


def load() -> None:
    """What is imported by name while a unit runs, and what is made at the first use."""
    named = [*archiver.settings.DOWNLOADER_MIDDLEWARES_BASE]
    named += [f"scrapy.{name}." for name in ("dupefilters", "logformatter", "pqueues", "squeues", "statscollectors")]
    for name in named:
        import_module(name.rpartition(".")[0])
    for module in pkgutil.iter_modules(spiders.__path__, "spiders."):
        import_module(module.name)
    engines()
    comments.systems()
    as_html.template()


Part = Callable[[], object]
"""What a fork is to do."""


class Forge:
    """Begins units that are asked for by a socket, and tells how they end."""

    def __init__(self, source: socket.socket) -> None:
        self._source = source
        self._parent = os.getppid()
        self._lines: dict[int, socket.socket] = {}  # by the number of the process
        self._woken, self._wakes = socket.socketpair()
        self._ready = selectors.PollSelector()  # with epoll, all forks would have one and the same
        for end in (source, self._woken):
            self._ready.register(end, selectors.EVENT_READ)
        for end in (self._woken, self._wakes):
            end.setblocking(False)
        signal.set_wakeup_fd(self._wakes.fileno(), warn_on_full_buffer=False)
        self._handlers = {number: signal.signal(number, handler) for number, handler in _SIGNALS.items()}

    def serve(self) -> Part | None:
        """Returns in each fork, with its part; in this process at the end, with None."""
        asked = time.monotonic()
        while os.getppid() == self._parent and (self._lines or time.monotonic() - asked < IDLE):
            ready = {key.fileobj for key, _ in self._ready.select(EVERY)}
            if self._woken in ready:
                self._woken.recv(1 << 10)
                self._reap()
            for pid in [pid for pid, line in self._lines.items() if line in ready]:
                self._hear(pid)
            if self._source in ready:
                packet, files, _, _ = socket.recv_fds(self._source, MOST, 3)
                if not packet:
                    break
                if part := self._begin(packet, files):
                    return part
            if self._lines:
                asked = time.monotonic()
        return None

    def _begin(self, packet: bytes, files: list[int]) -> Part | None:
        """Fork. Returns in the fork, with what it is to do; in this process, with None."""
        *streams, number = files
        line, parent = socket.socket(fileno=number), os.getpid()
        mask = signal.pthread_sigmask(signal.SIG_BLOCK, _SIGNALS)  # until the fork minds them
        pid = os.fork()
        if pid == 0:
            line.close()
            self._let_go()
        signal.pthread_sigmask(signal.SIG_SETMASK, mask)
        if pid == 0:
            for stream, file in enumerate(streams, start=1):
                os.dup2(file, stream)
        for file in streams:
            os.close(file)
        if pid == 0:
            words = [*json.loads(packet), f"--parent={parent}"]
            return reader_process.main if reader_child.forked() else lambda: main(words)
        self._lines[pid] = line
        self._ready.register(line, selectors.EVENT_READ)
        with suppress(OSError):  # the worker has just gone
            line.send(b"b")
        return None

    def _let_go(self) -> None:
        """Of all that is not a fork's."""
        signal.set_wakeup_fd(-1)
        for number, handler in self._handlers.items():
            signal.signal(number, handler)
        for end in (self._source, self._woken, self._wakes, *self._lines.values()):
            end.close()

    def _hear(self, pid: int) -> None:
        """What the worker says of a unit."""
        line = self._lines[pid]
        if line.recv(1):
            os.kill(pid, signal.SIGTERM)  # it is not reaped yet, so the number is its own
        else:
            self._ready.unregister(line)

    def _reap(self) -> None:
        for pid, line in list(self._lines.items()):
            ended, status = os.waitpid(pid, os.WNOHANG)
            if ended:
                if line in self._ready.get_map():
                    self._ready.unregister(line)
                with suppress(OSError):
                    line.send(os.waitstatus_to_exitcode(status).to_bytes(4, "big", signed=True))
                self._lines.pop(pid).close()


def run() -> Part | None:
    """See Forge.serve; by standard input."""
    source = socket.socket(fileno=os.dup(0))
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    load()
    gc.collect()
    gc.freeze()  # the collector would write into what all forks share
    return Forge(source).serve()


if __name__ == "__main__" and (part := run()):
    part()
