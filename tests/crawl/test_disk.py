"""A disk that is full in the middle of a crawl, by every means that there is here, and at its very beginning."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest

from archiver.demo import DemoBlog
from tests.crawl.faults import FaultServer
from tests.crawl.running import Ran, crawl, differences, rows, sound


@contextmanager
def small_disk(path: Path, kib: int) -> Iterator[Path]:
    """A file system of its own in memory."""
    path.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={kib}k", "tmpfs", str(path)], check=True, capture_output=True)
    try:
        yield path
    finally:
        subprocess.run(["umount", str(path)], check=True, capture_output=True)


def _mounts(where: Path) -> bool:
    """Whether this user may mount."""
    try:
        with small_disk(where / "probe", 64):
            return True
    except (OSError, subprocess.CalledProcessError):
        return False


def told(ran: Ran) -> None:
    """One line, at the end, that names the file, the cause and what to do; the run is a failed one."""
    assert ran.code == 3
    (line,) = [line for line in ran.said if line.startswith("archiver:")]
    assert ran.said[-1] == line
    assert str(ran.archive) in line
    assert "Free some space and run the same command again" in line


def pages_done(archive: Path) -> int:
    return int(rows(archive, "SELECT count(*) FROM frontier WHERE kind = 'post' AND state = 'done'")[0][0])


# Tables and indexes alone are more than half of so small a file.
MEANS: list[Callable[[int], dict[str, Any]]] = [
    lambda size: {"max_pages": size * 7 // 10 // 4096},
    lambda size: {"max_pages": size * 8 // 10 // 4096},
    lambda size: {"max_file": size * 3},  # the write-ahead log holds each page of the file several times
    lambda size: {"max_file": size * 4},
]


@pytest.mark.parametrize("means", MEANS)
def test_full_in_the_middle(tmp_path: Path, means: Callable[[int], dict[str, Any]]) -> None:
    server = FaultServer(DemoBlog(posts=40, thread=40, api=False, feeds=False))
    archive = tmp_path / "full"
    with server.running() as home:
        undisturbed = crawl(tmp_path / "undisturbed", f"{home}/")
        size = (undisturbed.archive / "archive.db").stat().st_size
        told(crawl(archive, f"{home}/", arranged=means(size)))
        stored = pages_done(archive)
        assert sound(archive)
        before = len(server.log)
        again = crawl(archive, f"{home}/")
    assert 0 < stored < 40
    assert again.code == undisturbed.code == 0
    assert len(server.log) - before < before
    assert differences(archive, undisturbed.archive) == {}
    assert sound(archive)


def test_a_disk_that_is_full(tmp_path: Path) -> None:
    """For users who may mount a small one; the tests around this one need no rights."""
    if not _mounts(tmp_path):
        assert os.geteuid() != 0
        return
    server = FaultServer(DemoBlog(posts=40, thread=40, api=False, feeds=False))
    with ExitStack() as stack:
        home = stack.enter_context(server.running())
        undisturbed = crawl(tmp_path / "undisturbed", f"{home}/")
        disk = stack.enter_context(small_disk(tmp_path / "disk", 3000))
        ballast = disk / "ballast"
        ballast.write_bytes(b"x" * (300 << 10))
        told(crawl(disk / "archive", f"{home}/"))
        subprocess.run(["mount", "-o", "remount,size=64m", str(disk)], check=True)
        assert 0 < pages_done(disk / "archive") < 40
        assert sound(disk / "archive")
        again = crawl(disk / "archive", f"{home}/")
        assert again.code == 0
        assert differences(disk / "archive", undisturbed.archive) == {}


@pytest.mark.parametrize("most", [0, 4096, 100_000])
def test_full_from_the_beginning(tmp_path: Path, most: int) -> None:
    server = FaultServer(DemoBlog(posts=3, thread=3))
    with server.running() as home:
        told(crawl(tmp_path, f"{home}/", arranged={"max_file": most}))
        assert server.log == []
        assert crawl(tmp_path, f"{home}/").code == 0
    assert sound(tmp_path)
