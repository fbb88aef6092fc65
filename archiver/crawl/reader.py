"""Who reads pages: another process, so that the network never waits for a parser, or this one.

The other process can be ended while it reads: a page made to choke a parser costs its time limit and
nothing else. It is a plain child with two pipes rather than a `ProcessPoolExecutor`, whose workers
outlive a killed parent, cannot be ended for one task, and do not tell which task has killed them. This
one ends when its input does, which the kernel sees to however this process ends.
"""

from __future__ import annotations

import asyncio
from collections import deque
from contextlib import suppress
from dataclasses import dataclass
from typing import Protocol

from archiver.crawl.parcels import LENGTH, packed, unpacked
from archiver.crawl.reader_child import Child, begun
from archiver.crawl.reading import Question, Reading, read

SECONDS = 60.0
"""A page that takes longer is given up."""


class Reader(Protocol):
    """Answers questions in the order in which they are asked."""

    async def read(self, question: Question) -> Reading:
        """What the page says; a page that cannot be read is a reading with an error."""

    async def close(self) -> None:
        """Let go of what is held. Questions that are open stay unanswered."""


class InlineReader:
    """Reads in this process, which waits meanwhile. A page may take as long as it does."""

    async def read(self, question: Question) -> Reading:
        """See Reader."""
        return read(question)

    async def close(self) -> None:
        """See Reader."""


@dataclass(slots=True)
class _Asked:
    frame: bytes
    question: Question
    reading: asyncio.Future[Reading]


class ProcessReader:
    """Reads in a child process, which is started anew when a page has taken it down."""

    def __init__(self, seconds: float = SECONDS) -> None:
        self._seconds = seconds
        self._asked: deque[_Asked] = deque()  # the child works on the first
        self._child: Child | None = None
        self._listening: asyncio.Task[None] | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._overdue = False
        self._wanted = asyncio.Event()

    async def read(self, question: Question) -> Reading:
        """See Reader."""
        asked = _Asked(packed(question), question, asyncio.get_running_loop().create_future())
        self._asked.append(asked)
        self.start()
        if self._child is not None:
            self._send(asked)
        if len(self._asked) == 1:
            self._watch_first()
        return await asked.reading

    def start(self) -> None:
        """Start the child, so that it is ready when the first page is there."""
        self._wanted.set()
        if self._listening is None:
            self._listening = asyncio.create_task(self._listen())

    async def close(self) -> None:
        """See Reader."""
        if self._timer:
            self._timer.cancel()
        if self._listening:
            self._listening.cancel()
            with suppress(asyncio.CancelledError):
                await self._listening
        if self._child and self._child.returncode is None:
            with suppress(ProcessLookupError):
                self._child.kill()
            await self._child.wait()

    async def _listen(self) -> None:
        """Keep a child while one is wanted, and hand on what it says."""
        while await self._wanted.wait():
            child = await begun()
            self._child = child
            for asked in self._asked:
                self._send(asked)
            self._watch_first()
            await self._hear(child)
            self._child = None
            self._lose_first(await child.wait())
            if not self._asked:
                self._wanted.clear()  # a child that cannot even start is not tried again and again

    async def _hear(self, child: Child) -> None:
        """Take readings from a child until it ends."""
        assert child.stdout is not None
        with suppress(asyncio.IncompleteReadError, ConnectionError):
            while True:
                length = int.from_bytes(await child.stdout.readexactly(LENGTH), "big")
                self._answer(unpacked(await child.stdout.readexactly(length)))

    def _send(self, asked: _Asked) -> None:
        assert self._child is not None
        assert self._child.stdin is not None
        with suppress(ConnectionError):  # it is just ending, which _hear() sees; the next one gets the question
            self._child.stdin.write(asked.frame)

    def _answer(self, reading: Reading) -> None:
        asked = self._asked.popleft()
        if not asked.reading.done():  # cancelled by whoever waited
            asked.reading.set_result(reading)
        self._watch_first()

    def _watch_first(self) -> None:
        """Give the page that is being read its time."""
        if self._timer:
            self._timer.cancel()
        self._timer = None
        if self._asked and self._child:
            self._timer = asyncio.get_running_loop().call_later(self._seconds, self._end_child, self._child)

    def _end_child(self, child: Child) -> None:
        self._overdue = True
        with suppress(ProcessLookupError):
            child.kill()

    def _lose_first(self, code: int) -> None:
        """The child has ended by itself or was ended: the page that it was reading is to blame, if there is one."""
        overdue, self._overdue = self._overdue, False
        if self._asked:
            why = f"it takes longer than {self._seconds:g} s" if overdue else f"the reading process died of it ({code})"
            self._answer(Reading(engine=self._asked[0].question.engine, error=f"reading it was given up: {why}"))
