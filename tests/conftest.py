"""For every test: hypothesis profiles, and no silent skips where it counts.

CI=true (continuous integration) runs more examples, repeatably, and turns any skip into a failure:
a suite that quietly leaves out what it cannot set up proves nothing. To look for what examples have not shown so far:
`pytest tests/unit/test_threads.py --hypothesis-profile search --hypothesis-seed 7`.
"""

import gc
import os
import signal
import sqlite3
import sys
from collections.abc import Callable, Generator
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

CI = os.environ.get("CI", "").lower() in {"1", "true", "yes"}

# Most tests start processes. Where no bytecode may be kept, each of them would compile all our modules anew.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False

# What a shell starts in the background ignores Ctrl-C, and so would all that tests start and interrupt.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

# Nothing is timed: a shared machine may be slow, and speed is measured in benchmarks/.
UNTIMED = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("dev", UNTIMED, max_examples=50)
settings.register_profile("ci", UNTIMED, max_examples=200, derandomize=True, print_blob=True)
settings.register_profile("search", UNTIMED, max_examples=500, print_blob=True)
settings.load_profile("ci" if CI else "dev")


# Nothing of what is imported and collected is ever let go, and it is a million objects: the collector need not look
# through them again and again, which was a seventh of the time of the unit tests.
gc.disable()


def pytest_collection_finish(session: pytest.Session) -> None:
    """From here on collect what tests leave behind, and that less often."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 20, 20)
    gc.enable()


@pytest.fixture
def freeze(monkeypatch: pytest.MonkeyPatch) -> Callable[[Path], None]:
    """Let a database lie on a medium that cannot be written, for this process: root may write anywhere."""

    def frozen(database: Path) -> None:
        with closing(sqlite3.connect(database)) as connection:
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        for suffix in ("-wal", "-shm"):
            database.with_name(f"{database.name}{suffix}").unlink(missing_ok=True)
        # Where SQLite cannot make its own.
        database.with_name(f"{database.name}-shm").symlink_to(database.parent / "nowhere" / "shm")
        may = os.access
        closed = {database, database.parent}
        monkeypatch.setattr(
            os, "access", lambda path, mode: may(path, mode) and not (mode & os.W_OK and Path(path) in closed)
        )

    return frozen


def pytest_addoption(parser: pytest.Parser) -> None:
    """Options of single rooms: how often tests/crawl/test_kills.py ends a crawl with kill -9, and more generators."""
    parser.addoption("--generators", metavar="FOLDER", help="Where `make generators` has set up more generators.")
    parser.addoption("--kills", type=int, default=24, metavar="N", help="Crawls to kill in all (default: 24).")


SLOW_FIRST = ("wordpress", "crawl", "fleet", "browser", "exports")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The slow rooms first: of two processes that take file by file, none is left alone with them at the end."""
    places = {name: number for number, name in enumerate(SLOW_FIRST)}
    items.sort(key=lambda item: places.get(item.path.parent.name, len(places)))


def _forbid_skip(report: pytest.TestReport | pytest.CollectReport) -> None:
    """Turn a skip into a failure when CI=true; an expected failure (xfail) is no skip."""
    if not (CI and report.outcome == "skipped") or hasattr(report, "wasxfail"):
        return
    reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
    report.outcome = "failed"
    report.longrepr = f"{report.nodeid}: skipped, which CI=true forbids ({reason})"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    _forbid_skip(report)
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    report = yield
    _forbid_skip(report)
    return report
