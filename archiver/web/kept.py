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
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

from archiver.web.holdings import FRESH_SECONDS
from archiver.web.place import Place

T = TypeVar("T")

QUICK = 0.3  # seconds: what is found within them is waited for
REST = 20  # times as long as the search for an answer took, the next one for it begins at the earliest
LONGEST = 120_000  # milliseconds; these questions are ours, so the limit for those of strangers does not hold
MOST = 64  # answers of one archive


@dataclass(frozen=True, slots=True)
class _Answer:
    value: Any
    took: float
    found_at: float
    state: object


@dataclass(frozen=True, slots=True)
class _Kept:
    answers: dict[str, _Answer]
    sought: dict[str, asyncio.Task[_Answer]]


_known: WeakKeyDictionary[Any, _Kept] = WeakKeyDictionary()


async def answer(at: Place, name: str, question: Callable[[Any], T]) -> T:
    """The answer to a question that is always the same under this name, of this archive."""
    database = at.datasette.get_database(at.name)
    kept = _known.setdefault(database, _Kept({}, {}))
    known = kept.answers.get(name)
    if known and (_is_fresh(known) or known.state == _state(database)):
        return known.value  # type: ignore[no-any-return]
    task = kept.sought.get(name)
    if task is None or task.done() or task.get_loop() is not asyncio.get_running_loop():
        task = kept.sought[name] = asyncio.create_task(_seek(at, kept, name, question))
        task.add_done_callback(lambda done: done.cancelled() or done.exception())  # nobody may be waiting for it
    if known and known.took > QUICK:
        return known.value  # type: ignore[no-any-return]
    return (await asyncio.shield(task)).value  # type: ignore[no-any-return]


async def _seek(at: Place, kept: _Kept, name: str, question: Callable[[Any], Any]) -> _Answer:
    state = _state(at.datasette.get_database(at.name))
    began = time.monotonic()
    value = await at.ask(question, limit=LONGEST)
    now = time.monotonic()
    found = _Answer(value, now - began, now, state)
    kept.answers.pop(name, None)
    kept.answers[name] = found
    while len(kept.answers) > MOST:
        del kept.answers[next(iter(kept.answers))]
    kept.sought.pop(name, None)
    return found


def _is_fresh(known: _Answer) -> bool:
    return time.monotonic() - known.found_at < max(FRESH_SECONDS, REST * known.took)


def _state(database: Any) -> object:
    """Something that is the same as long as nobody has written to the file."""
    found = []
    for path in (database.path, f"{database.path}-wal"):
        with suppress(OSError):
            status = os.stat(path)  # noqa: PTH116 - of a string that is no path of ours
            found.append((status.st_mtime_ns, status.st_size))
    return tuple(found)
