"""What a worker does with the words of a unit: it has them done by a process that need not start Python for it.

Most of what a small unit costs is Python and its imports. So each worker keeps one process that has everything
imported, `archiver.forge`, and asks it for a fork of itself for each unit. Where there is none (not Linux, or a Python
whose blog-archiver knows of none), the command is run as it stands; what comes of it is the same.

This file is sent to workers as source (see `Sent`), since the worker's own Python may be another one than
that which has this package: it may import nothing but Python's own library.
"""

from __future__ import annotations

import inspect
import json
import os
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from hashlib import blake2b
from typing import IO

COMMAND = ("-P", "-m", "archiver")
"""What the command of a unit begins with, after the interpreter; a forge has done that much."""
TRIES = 3
_CODE = 4  # bytes

Completed = subprocess.CompletedProcess[str]


class NotBegunError(Exception):
    """A forge has not begun what it was asked for."""


class Forge:
    """The process of one interpreter that has everything imported. begun: whether it ever began anything."""

    def __init__(self, python: str) -> None:
        self._socket, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self.begun = False
        self._lines: set[socket.socket] = set()
        with theirs:
            self._process = subprocess.Popen(  # noqa: S603 (our own program)
                [python, *COMMAND[:-1], "archiver.forge"],
                stdin=theirs.fileno(),
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )

    def run(self, words: Sequence[str]) -> Completed:
        """A unit to its end. Raises NotBegunError, and ConnectionError when the forge is lost meanwhile."""
        line, theirs = socket.socketpair()
        self._lines.add(line)  # before it has begun, so that it can be told to end at any time
        try:
            with line, theirs, tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
                self._ask(words, [out.fileno(), err.fileno(), theirs.fileno()])
                theirs.close()
                if not line.recv(1):
                    raise NotBegunError
                self.begun = True
                code = line.recv(_CODE, socket.MSG_WAITALL)
                if len(code) < _CODE:
                    raise ConnectionError("the process that had begun it has ended")
                return Completed([*words], int.from_bytes(code, "big", signed=True), _text(out), _text(err))
        finally:
            self._lines.discard(line)

    def _ask(self, words: Sequence[str], files: list[int]) -> None:
        asked = json.dumps(words[1 + len(COMMAND) :]).encode()
        try:
            socket.send_fds(self._socket, [asked], files)
        except OSError as error:
            raise NotBegunError from error

    def terminate(self) -> None:
        """Have all that is at work end, after what is in flight."""
        for line in list(self._lines):
            with suppress(OSError):  # it has just ended
                line.send(b"t")

    def close(self) -> None:
        """End it. Units that are at work end with it."""
        self._socket.close()
        self._process.wait()


class Hand:
    """Runs units for one worker, several at a time if that has threads."""

    def __init__(self) -> None:
        self._forges: dict[str, Forge | None] = {}  # None: a Python that has none
        self._alive: set[subprocess.Popen[str]] = set()
        self._lock = threading.Lock()

    def run(self, words: Sequence[str]) -> Completed:
        """A command to its end. Raises OSError when there is no such program."""
        if sys.platform == "linux" and tuple(words[1 : 1 + len(COMMAND)]) == COMMAND:
            for _ in range(TRIES):
                forge = self._forge(words[0])
                if forge is None:
                    break
                try:
                    return forge.run(words)
                except NotBegunError:
                    self._drop(words[0], forge)
        return self._plainly(words)

    def _forge(self, python: str) -> Forge | None:
        with self._lock:
            if python not in self._forges:
                self._forges[python] = Forge(python)
            return self._forges[python]

    def _drop(self, python: str, forge: Forge) -> None:
        """Forget one that has gone, as it does when nothing was asked of it for a while."""
        with self._lock:
            if self._forges.get(python) is not forge:
                return  # another thread was quicker
            if forge.begun:
                del self._forges[python]
            else:
                self._forges[python] = None
        forge.close()

    def _plainly(self, words: Sequence[str]) -> Completed:
        """By starting it. --parent is the one option that only who starts a process can know."""
        pipe = subprocess.PIPE
        process = subprocess.Popen(  # noqa: S603 (our own program)
            [*words, f"--parent={os.getpid()}"],
            stdin=subprocess.DEVNULL,
            stdout=pipe,
            stderr=pipe,
            text=True,
            errors="replace",
        )
        self._alive.add(process)
        try:
            out, err = process.communicate()
        finally:
            self._alive.discard(process)
        return Completed(process.args, process.returncode, out, err)

    def terminate(self) -> None:
        """Have all units end; what is in flight comes to its end first."""
        for process in list(self._alive):
            process.terminate()
        for forge in list(self._forges.values()):
            if forge:
                forge.terminate()

    def close(self) -> None:
        """Let go of the forges, once no unit is at work."""
        for forge in self._forges.values():
            if forge:
                forge.close()
        self._forges.clear()


def _text(file: IO[bytes]) -> str:
    file.seek(0)
    with open(file.fileno(), errors="replace", closefd=False) as text:
        return text.read()


_HAND = Hand()
"""That of this process, if it is a worker."""
_LOADED = """
import sys, types
found = sys.modules.get(name)
if found is None:
    found = types.ModuleType(name)
    exec(source, found.__dict__)
    found = sys.modules.setdefault(name, found)
"""


class Sent:
    """Runs a unit where it is sent to. It is pickled as the source of this file, which each process loads but once."""

    __name__ = "run"

    def __init__(self, source: str) -> None:
        self._source = source

    def __call__(self, words: Sequence[str]) -> Completed:
        """See Hand.run."""
        return _HAND.run(words)

    def __reduce__(self) -> tuple[Callable[[str], object], tuple[str]]:
        name = f"archiver_sent_{blake2b(self._source.encode(), digest_size=8).hexdigest()}"
        scope = f"dict(name={name!r}, source={self._source!r})"
        return eval, (f"(exec({_LOADED!r}, scope := {scope}), scope['found'].Sent(scope['source']))[1]",)


def sendable() -> Sent:
    """What workers are to call."""
    return Sent(inspect.getsource(sys.modules[__name__]))
