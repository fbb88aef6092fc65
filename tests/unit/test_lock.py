from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from archiver.crawl.lock import FILE_NAME, at_work, locked
from archiver.errors import Locked

HOLD = """
import sys, time
from pathlib import Path
from archiver.crawl.lock import locked
with locked(Path(sys.argv[1]), "crawl https://blog.example.org/"):
    print("held", flush=True)
    time.sleep(60)
"""


def _hold(directory: Path) -> subprocess.Popen[str]:
    process = subprocess.Popen([sys.executable, "-c", HOLD, str(directory)], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    return process


def test_second_run_is_told_who_holds_the_lock(tmp_path: Path) -> None:
    process = _hold(tmp_path)
    try:
        with pytest.raises(Locked) as caught, locked(tmp_path, "crawl"):
            pass
        assert caught.value.exit_code == 6
        assert f"process {process.pid}" in str(caught.value)
        assert "crawl https://blog.example.org/" in str(caught.value)
    finally:
        process.kill()
        process.wait()


def test_kill_9_frees_the_lock(tmp_path: Path) -> None:
    process = _hold(tmp_path)
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    with locked(tmp_path, "crawl"):
        assert str(os.getpid()) in (tmp_path / FILE_NAME).read_text()


def test_lock_is_freed_at_the_end_and_after_an_error(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="in between"), locked(tmp_path, "crawl"):
        raise ValueError("in between")
    with locked(tmp_path, "crawl"):
        pass
    assert (tmp_path / FILE_NAME).read_text() == ""


def test_an_unreadable_lock_file_still_locks(tmp_path: Path) -> None:
    process = _hold(tmp_path)
    try:
        (tmp_path / FILE_NAME).write_text("{torn")
        with pytest.raises(Locked, match="does not say which"), locked(tmp_path, "crawl"):
            pass
    finally:
        process.kill()
        process.wait()


def test_whether_a_run_is_at_work_can_be_asked_without_disturbing_it(tmp_path: Path) -> None:
    assert not at_work(tmp_path)
    process = _hold(tmp_path)
    assert at_work(tmp_path)
    process.kill()
    process.wait()
    assert (tmp_path / FILE_NAME).read_text()
    assert not at_work(tmp_path)
    with locked(tmp_path, "crawl"):
        assert at_work(tmp_path)
    assert not at_work(tmp_path)
    (tmp_path / FILE_NAME).write_text('{"host": "elsewhere", "pid": 1}')
    assert at_work(tmp_path)
