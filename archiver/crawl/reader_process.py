"""The process that reads pages for another: questions on standard input, readings on standard output."""

from __future__ import annotations

import os
import sys
from contextlib import AbstractContextManager, suppress
from typing import BinaryIO

from archiver.crawl import reader_child
from archiver.crawl.collecting import prepare_reading
from archiver.crawl.parcels import LENGTH, packed, unpacked
from archiver.crawl.reading import Question, Reading, read
from archiver.engines import engines

MOST_MEMORY = 2 << 30
"""Bytes of address space. A page of 16 MiB is read in a quarter of it; a page made to fill the memory is not."""


def main() -> None:
    """Answer until the input ends."""
    source = os.fdopen(os.dup(0), "rb")
    sink = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a library prints must not come between the readings
    limit_memory()
    prepare_reading()
    with suppress(ConnectionError, KeyboardInterrupt):  # of a socket whose other end has gone, too
        while frame := _frame(source):
            question: Question = unpacked(frame)
            sink.write(packed(answer(question)))
            sink.flush()


def ahead(many: int = 1) -> AbstractContextManager[None]:
    """Processes that read, for the first who ask for one, where they can be forked. To be called before a thread is."""
    engines()  # loaded once for all
    return reader_child.ahead(main, many)


def _frame(source: BinaryIO) -> bytes:
    """The next question; nothing where the input ends, be it in the middle of one: the parent was killed."""
    length = int.from_bytes(source.read(LENGTH), "big")
    frame = source.read(length)
    return frame if len(frame) == length else b""


def answer(question: Question) -> Reading:
    """The reading, or that the page needs too much memory."""
    try:
        return read(question)
    except MemoryError:
        return Reading(engine=question.engine, error="reading it was given up: it takes too much memory")


def limit_memory() -> None:
    """Where the system can do that."""
    try:
        import resource
    except ImportError:  # not on Windows
        return
    with suppress(ValueError, OSError):  # a lower limit holds already
        resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))


if __name__ == "__main__":
    main()
    sys.exit(0)
