"""Hands units of work to an executor: submit, wait, once more where that helps. No scheduler: that is the executor's.

It holds nothing that is not in the shards, so it may be killed and called again: what is whole is not handed out.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, CancelledError, Future, wait
from dataclasses import dataclass, field
from typing import Literal

from archiver.fleet.ended import Ended, from_lines, state_of
from archiver.fleet.executors import Completed, Gone, Way
from archiver.fleet.groups import Key, Lanes

Next = Literal["settled", "on", "again"]

MISSING = "No module named archiver"
LOST = -1
"""The exit code of an attempt of which nothing is known but that its worker is lost."""
_PASSING = frozenset({1, 6, 130, 143})
"""Exit codes that pass by themselves: an error of its own, another worker, terminated. A site's refusal does not."""


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit of work. words: its command; keys: what it shares with others."""

    target: str
    slug: str
    words: tuple[str, ...]
    keys: tuple[Key, ...] = ()


@dataclass(slots=True)
class Row:
    """How it stands with a unit. attempts: how often it was handed out; failures: how often in vain, in a row.

    ended: what the last attempt came to, where that is known; exit_code, why: also where it is not. seconds, requests:
    of all attempts.
    """

    target: str
    slug: str
    exit_code: int | None = None
    why: str = ""
    attempts: int = 0
    failures: int = 0
    seconds: float = 0.0
    requests: int = 0
    ended: Ended | None = None

    @property
    def state(self) -> str:
        """In a word."""
        if self.exit_code is None:
            return "not begun"
        return {"continued": "to be continued", "busy": "another worker is at it"}.get(
            state_of(self.exit_code), state_of(self.exit_code)
        )


class Watch:
    """Is told how a run goes. This one shows nothing."""

    def begin(self, total: int, whole: int) -> None:
        """So many units, of which so many were whole before."""

    def at_work(self) -> None:
        """A unit is handed out."""

    def ended(self, row: Row, next_: Next) -> None:
        """An attempt has ended."""


@dataclass(slots=True)
class Driver:
    """One run. retries: how often a unit is tried once more when that may help."""

    way: Way
    retries: int = 3
    per_group: int = 1
    watch: Watch = field(default_factory=Watch)

    def run(self, units: Sequence[Unit], rows: Sequence[Row]) -> None:
        """Have all units done, as far as that can be; what comes of them is noted in their rows.

        Raises Gone when the executor takes no more work. All that is done is then done, and in its row.
        """
        if not units:
            return
        lanes = Lanes([unit.keys for unit in units], self.per_group)
        flying: dict[Future[Completed], int] = {}
        while True:
            while len(flying) < self.way.at_once and (number := lanes.take()) is not None:
                flying[self._submit(units[lanes.piece(number)])] = number
                self.watch.at_work()
            if not flying:
                return
            for future in wait(flying, return_when=FIRST_COMPLETED).done:
                number = flying.pop(future)
                row = rows[lanes.piece(number)]
                next_ = self._settle(row, future)
                lanes.ended(number, again=next_ != "settled")
                self.watch.ended(row, next_)

    def _submit(self, unit: Unit) -> Future[Completed]:
        try:
            return self.way.executor.submit(self.way.run, unit.words)
        except Exception as error:  # whatever an executor says that works no more
            raise self._gone(error) from error

    def _gone(self, error: BaseException) -> Gone:
        words = " ".join(str(error).split())[:200]
        why = f"it takes no more work ({type(error).__name__}{': ' if words else ''}{words})"
        return Gone(self.way.name, why, "What is done is done: start it, and run the same command again to go on")

    def _settle(self, row: Row, future: Future[Completed]) -> Next:
        """Note what an attempt has come to, and decide what follows."""
        row.attempts += 1
        try:
            took_in(row, future.result())
        except CancelledError as error:  # nobody here cancels
            raise self._gone(error) from error
        except Exception as error:  # noqa: BLE001 (the worker's end, as its executor puts it, or no such program)
            row.exit_code, row.why, row.ended = LOST, lost(error), None
        next_ = follows(row, self.retries)
        row.failures = row.failures + 1 if next_ == "again" else 0
        return next_


def took_in(row: Row, done: Completed) -> None:
    """Note what a command has said and how it ended."""
    row.ended = from_lines(done.stdout)
    row.exit_code = done.returncode
    if row.ended:
        row.why = row.ended.reason or ""
        row.seconds += row.ended.seconds
        row.requests += row.ended.requests
    elif MISSING in done.stderr:
        python = str(done.args[0]) if isinstance(done.args, list | tuple) else ""
        row.why = f"a worker's {python} has no blog-archiver. Install it there, or name another one with --python"
        row.exit_code = 2
    elif done.returncode < 0:
        row.why = f"it was ended by signal {-done.returncode}"
    else:
        lines = done.stderr.strip().splitlines()
        row.why = lines[-1].removeprefix("archiver: ") if lines else f"it ended with {done.returncode}"


def follows(row: Row, retries: int) -> Next:
    """What follows an attempt: nothing; the next slice of time; or the same once more, `retries` times at most."""
    assert row.exit_code is not None
    passes = row.exit_code in _PASSING or row.exit_code < 0
    if row.exit_code == 5 and row.ended and row.ended.requests:
        return "on"
    if (passes or row.exit_code == 5) and row.failures < retries:
        return "again"
    return "settled"


def lost(error: Exception) -> str:
    """What an executor says of a worker that is lost, or of a program that is not there, in a line."""
    if isinstance(error, FileNotFoundError):
        return f"a worker has no {error.filename}. Install blog-archiver there, or name its Python with --python"
    return f"the worker was lost ({type(error).__name__}: {' '.join(str(error).split())[:200]})".replace(": )", ")")


def codes(rows: Sequence[Row]) -> Iterator[int]:
    """Exit codes for the run as a whole; what is not known counts as an error."""
    for row in rows:
        code = 5 if row.exit_code is None else row.exit_code
        yield 1 if code < 0 else code
