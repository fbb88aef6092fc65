"""Submit, wait, once more where that helps: with a real pool, and commands that end as they are told."""

from __future__ import annotations

import threading
import time
from collections import Counter, defaultdict
from collections.abc import Sequence
from concurrent.futures import Executor, Future, ThreadPoolExecutor

import pytest

from archiver.fleet.driver import LOST, Driver, Row, Unit, codes
from archiver.fleet.ended import Ended, as_line
from archiver.fleet.executors import Completed, Gone, Way
from archiver.fleet.groups import Key, keys_of
from archiver.fleet.watch import table


class Cluster:
    """A pool whose workers end as scripted: exit codes by target, 0 after the last."""

    def __init__(self, **codes: Sequence[int | str]) -> None:
        self.scripted = {target: list(found) for target, found in codes.items()}
        self.asked: Counter[str] = Counter()
        self.most: defaultdict[str, int] = defaultdict(int)
        self._busy: Counter[str] = Counter()
        self._lock = threading.Lock()

    def run(self, words: Sequence[str]) -> Completed:
        target, *shared = words
        with self._lock:
            self.asked[target] += 1
            self._busy.update(shared)
            for name in shared:
                self.most[name] = max(self.most[name], self._busy[name])
        time.sleep(0)
        code = (self.scripted.get(target) or [0]).pop(0)
        with self._lock:
            self._busy.subtract(shared)
        if code == "lost":
            raise ConnectionError("worker went away")
        if isinstance(code, str):
            return Completed(list(words), 1, "", f"{code}\n")
        about = Ended(target=target, slug=target, exit_code=code, outcome="", requests=3, posts=2)
        return Completed(list(words), code, f"{as_line(about)}\n", "")

    def drive(self, *targets: str, retries: int = 2, keys: Sequence[tuple[Key, ...]] = ()) -> dict[str, Row]:
        own = keys or [()] * len(targets)
        units = [
            Unit(target, target, (target, *(key.name for key in key_of)), key_of)
            for target, key_of in zip(targets, own, strict=True)
        ]
        rows = [Row(target, target) for target in targets]
        with ThreadPoolExecutor(4) as pool:
            Driver(Way(pool, 4, self.run), retries).run(units, rows)
        return {row.target: row for row in rows}


def test_what_passes_is_tried_again_and_what_does_not_is_told() -> None:
    cluster = Cluster(
        well=[],
        lost=["lost", -9, "lost", 0],
        slices=[5, 5, 5, 5, 5, 5, 0],
        refuses=[7],
        disk=[3],
        hopeless=["lost"] * 9,
        bare=["/usr/bin/python3: No module named archiver"] * 9,
        crash=["archiver: internal error: KeyError: 'x'. Please report it"] * 9,
        gaps=[4],
    )
    rows = cluster.drive(*cluster.scripted, retries=3)
    assert {name: row.exit_code for name, row in rows.items()} == {
        **dict.fromkeys(("well", "lost", "slices"), 0),
        "refuses": 7,
        "disk": 3,
        "hopeless": LOST,
        "bare": 2,
        "crash": 1,
        "gaps": 4,
    }
    tried = {"lost": 4, "slices": 7, "hopeless": 4, "crash": 4}
    assert {name: row.attempts for name, row in rows.items()} == dict.fromkeys(rows, 1) | tried
    assert rows["slices"].requests == 21
    assert rows["hopeless"].why == "the worker was lost (ConnectionError: worker went away)"
    assert rows["bare"].why.startswith("a worker's bare has no blog-archiver. Install it there")
    assert rows["crash"].why == "internal error: KeyError: 'x'. Please report it"
    assert sorted(codes(list(rows.values()))) == [0, 0, 0, 1, 1, 2, 3, 4, 7]
    assert list(table(list(rows.values())))[-1] == "9 blogs: 5 failed, 4 done"


def test_no_two_at_one_host_and_one_at_a_provider() -> None:
    targets = [f"https://b{n % 7}.{'example.org' if n % 2 else 'blogspot.com'}/{n}" for n in range(40)]
    cluster = Cluster()
    rows = cluster.drive(*targets, keys=[keys_of(target) for target in targets])
    assert {row.exit_code for row in rows.values()} == {0}
    assert set(cluster.most.values()) == {1}


class Dies(ThreadPoolExecutor):
    """Takes so much work, and then none."""

    left = 3

    def submit(self, *arguments: object, **named: object) -> object:  # type: ignore[override]
        self.left -= 1
        if self.left < 0:
            raise RuntimeError("cannot schedule new futures after shutdown")
        return super().submit(*arguments, **named)  # type: ignore[arg-type]


def test_an_executor_that_dies_is_named_and_what_is_done_is_done() -> None:
    rows = [Row(str(n), str(n)) for n in range(6)]
    pool: Executor = Dies(1)
    with pool, pytest.raises(Gone, match=r"takes no more work \(RuntimeError.* run the same command again to go on"):
        Driver(Way(pool, 1, Cluster().run)).run([Unit(str(n), str(n), (str(n),)) for n in range(6)], rows)
    assert [row.exit_code for row in rows] == [0, 0, 0, None, None, None]
    assert list(codes(rows)) == [0, 0, 0, 5, 5, 5]


class Cancels(ThreadPoolExecutor):
    """Gives up what it was given, as a scheduler does whose connection is lost."""

    def submit(self, *arguments: object, **named: object) -> object:  # type: ignore[override]
        future: Future[object] = Future()
        future.cancel()
        future.set_running_or_notify_cancel()
        return future


def test_a_scheduler_that_dies_takes_its_futures_along() -> None:
    pool: Executor = Cancels(1)
    rows = [Row("a", "a")]
    way = Way(pool, 1, Cluster().run, "the Dask scheduler tcp://127.0.0.1:8786")
    with pool, pytest.raises(Gone, match=r"^the Dask scheduler tcp://127.0.0.1:8786: it takes no more work \(Canc"):
        Driver(way).run([Unit("a", "a", ("a",))], rows)
    assert rows[0].exit_code is None
