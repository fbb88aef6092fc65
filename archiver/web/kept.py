"""Answers that take long to find are kept, and found anew only when the archive has changed.

What is out of date is still given, while its successor is being found, unless finding it takes no time worth
speaking of. So the front page of a million comments comes as quickly as that of a hundred.
"""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Generic, TypeVar
from weakref import WeakKeyDictionary

from archiver.web.holdings import FRESH_SECONDS
from archiver.web.place import Place

T = TypeVar("T")

QUICK = 0.3  # seconds: what is found within them is waited for
REST = 20  # times as long as the search for an answer took, the next one for it begins at the earliest
LONGEST = 120_000  # milliseconds; these questions are ours, so the limit for those of strangers does not hold
MOST = 64  # answers of one archive


@dataclass(frozen=True, slots=True)
class Answer(Generic[T]):
    """value: what was found. took: seconds. state: of the file when it was asked; asked_at: when, by two clocks."""

    value: T
    took: float
    found_at: float
    asked_at: datetime
    state: object

    def is_of(self, at: Place) -> bool:
        """Whether the archive is still as it was when it was asked."""
        return self.state == _state(at.datasette.get_database(at.name))


@dataclass(frozen=True, slots=True)
class _Kept:
    answers: dict[str, Answer[Any]]
    sought: dict[str, asyncio.Task[Answer[Any]]]


_known: WeakKeyDictionary[Any, _Kept] = WeakKeyDictionary()


async def answer(at: Place, name: str, question: Callable[[Any], T]) -> T:
    """The answer to a question that is always the same under this name, of this archive."""
    found = await soon(at, name, question, None)
    assert found  # it was waited for
    return found.value


async def soon(at: Place, name: str, question: Callable[[Any], T], patience: float | None) -> Answer[T] | None:
    """The same with its circumstances; None where it was never found and cannot be within so many seconds.

    It is sought on then, and there for the next visitor.
    """
    database = at.datasette.get_database(at.name)
    kept = _known.setdefault(database, _Kept({}, {}))
    known = kept.answers.get(name)
    if known and (_is_fresh(known) or known.state == _state(database)):
        return known
    task = kept.sought.get(name)
    if task is None or task.done() or task.get_loop() is not asyncio.get_running_loop():
        task = kept.sought[name] = asyncio.create_task(_seek(at, kept, name, question))
        task.add_done_callback(lambda done: done.cancelled() or done.exception())  # nobody may be waiting for it
    if known and known.took > QUICK:
        return known
    await asyncio.wait({task}, timeout=patience)  # which does not end the search when it ends
    return task.result() if task.done() else None


async def _seek(at: Place, kept: _Kept, name: str, question: Callable[[Any], T]) -> Answer[T]:
    state, asked_at = _state(at.datasette.get_database(at.name)), datetime.now(UTC)
    began = time.monotonic()
    value = await at.ask(question, limit=LONGEST)
    now = time.monotonic()
    found = Answer(value, now - began, now, asked_at, state)
    kept.answers.pop(name, None)
    kept.answers[name] = found
    while len(kept.answers) > MOST:
        del kept.answers[next(iter(kept.answers))]
    kept.sought.pop(name, None)
    return found


def _is_fresh(known: Answer[Any]) -> bool:
    return time.monotonic() - known.found_at < max(FRESH_SECONDS, REST * known.took)


def _state(database: Any) -> object:
    """Something that is the same as long as nobody has written to the file."""
    found = []
    for path in (database.path, f"{database.path}-wal"):
        with suppress(OSError):
            status = os.stat(path)  # noqa: PTH116 - of a string that is no path of ours
            if status.st_size:  # an empty log comes and goes with its readers
                found.append((path, status.st_mtime_ns, status.st_size))
    return tuple(found)
