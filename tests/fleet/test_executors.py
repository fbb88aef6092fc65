"""The same blogs by one process and by workers of three kinds, some of them killed: the same content, asked once."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from archiver.fleet.shards import REPORTS, of_blog, whole
from tests.crawl.faults import FaultServer
from tests.crawl.running import Ran, content, ended
from tests.crawl.test_kills import ALWAYS, OPEN
from tests.fleet.running import LONGEST, at_work, begin_command, blogs, command, go_on, parent_of

pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(1500),
]  # a minute, but many processes: a busy machine takes its time

MANY = 40
Servers = Mapping[str, FaultServer]
Rows = dict[str, set[tuple[Any, ...]]]


@pytest.fixture(scope="module")
def served() -> Iterator[Servers]:
    with blogs(MANY) as servers:
        yield servers


@pytest.fixture(scope="module")
def alone(served: Servers, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """All blogs in one archive, by one process."""
    archive = tmp_path_factory.mktemp("alone")
    ran = command("crawl", "-a", str(archive), "--delay", "0", "-q", *served)
    assert (ran.code, ran.err) == (0, "")
    return archive


def listed(folder: Path, urls: list[str]) -> str:
    path = folder / "blogs.txt"
    path.write_text("\n".join(urls))
    return str(path)


def begin(folder: Path, urls: list[str], executor: str, *options: str) -> subprocess.Popen[str]:
    given = ("--executor", executor, "--jobs", "2", "--shards", str(folder / "shards"), "--delay", "0", *options)
    return begin_command("crawl", "-i", listed(folder, urls), *given)


def held(archives: list[Path]) -> Rows:
    """What several archives hold together."""
    found: defaultdict[str, set[tuple[Any, ...]]] = defaultdict(set)
    for archive in archives:
        for table, rows in content(archive).items():
            found[table].update(rows)
    return dict(found)


def twice(server: FaultServer) -> int:
    """Requests for what was asked for before; what every attempt begins with aside."""
    return sum(number - 1 for target, number in Counter(server.targets()).items() if target not in ALWAYS)


def check(folder: Path, urls: list[str], servers: Servers, ran: Ran, killed: set[str], alone: Path) -> None:
    """All are whole, hold what one process brings, and were asked once, one request at a time."""
    shards = folder / "shards"
    assert (ran.code, len(list(whole(shards)))) == (0, len(urls)), ran.out + ran.err
    for url in urls:
        server, slug = servers[url], of_blog(shards, url).slug
        assert server.most_at_once == 1
        assert twice(server) <= (OPEN if slug in killed else 0), url
        if slug not in killed:
            assert len(server.log) == len(set(server.targets()))
    assert held([shard.final for shard in whole(shards)]) == held([alone])
    report = json.loads(max(shards.joinpath(REPORTS).glob("*.json")).read_text())
    assert Counter(blog["state"] for blog in report["blogs"]) == {"done": len(urls)}


def forget(servers: list[FaultServer]) -> None:
    for server in servers:
        server.log.clear()
        server.most_at_once = 0


def test_local_workers_and_their_driver_killed(tmp_path: Path, served: Servers, alone: Path) -> None:
    """A worker is killed at once, the driver later on; who is called again hands out what is left."""
    forget([*served.values()])
    shards, urls, killed = tmp_path / "shards", [*served], set()
    driver = begin(tmp_path, urls, "local")
    pid, slug = at_work(shards, [*served.values()], driver.poll, 5)
    killed.add(slug)
    os.kill(pid, signal.SIGKILL)
    while driver.poll() is None and len(list(whole(shards))) < 10:
        time.sleep(0.05)
    before = {shard.slug for shard in whole(shards)}
    busy = {path.name.removesuffix(".part") for path in shards.glob("*.part")}
    os.kill(driver.pid, signal.SIGKILL)
    killed |= busy | {path.name for path in shards.glob("[!.]*")} - before
    ended(shards, driver)  # its units, too: they share its standard error
    killed |= {path.name.removesuffix(".part") for path in shards.glob("*.part")}
    whole_by_then = {shard.slug for shard in whole(shards)}
    ran = ended(shards, begin(tmp_path, urls, "local"), LONGEST)
    assert f"{len(whole_by_then)} of {MANY} are done already" in ran.err
    assert len(killed) <= 5
    check(tmp_path, urls, served, ran, killed, alone)


@pytest.mark.parametrize("executor", ["parsl", "dask"])
def test_workers_of_a_cluster_killed(executor: str, tmp_path: Path, served: Servers, alone: Path) -> None:
    """kill -9 of the worker that has a unit at work: the unit ends, and is handed out once more."""
    urls, servers = [*served], [*served.values()]
    forget(servers)
    driver = begin(tmp_path, urls, executor)
    pid, slug = at_work(tmp_path / "shards", servers, driver.poll, 100)
    os.kill(parent_of(parent_of(pid)), signal.SIGKILL)  # between them is the forge, which ends as well
    go_on(pid)
    check(tmp_path, urls, served, ended(tmp_path, driver, LONGEST), {slug}, alone)


def test_what_is_wrong_with_a_cluster_is_said_in_a_line(tmp_path: Path) -> None:
    site = tmp_path / "site.py"
    urls = ["http://127.0.0.1:9/"]

    def told(process: subprocess.Popen[str]) -> tuple[int, str]:
        ran = ended(tmp_path, process)
        (line,) = ran.said[-1:]
        return ran.code, line

    def said(executor: str, *options: str) -> tuple[int, str]:
        return told(begin(tmp_path, urls, executor, *options))

    (tmp_path / "dask").mkdir()
    patient = begin(tmp_path / "dask", urls, "dask", "--dask", "tcp://127.0.0.1:9")  # it tries for ten seconds

    site.write_text("from parsl import Config\n\nconfig = Config(executor=[])\n")
    code, line = said("parsl", "--parsl-config", str(site))
    assert (code, line.startswith(f"archiver: {site}, line 3: TypeError: ")) == (2, True)
    site.write_text("x = 1\n")
    assert said("parsl", "--parsl-config", str(site)) == (
        2,
        f"archiver: {site}: it has no `config` that is a parsl.Config. Write config = Config(…) into it",
    )
    code, line = said("local", "--python", str(tmp_path / "none"), "--retries", "0")
    why = f"a worker has no {tmp_path / 'none'}. Install blog-archiver there, or name its Python with --python"
    assert (code, line) == (1, f"[1/1] {urls[0]}: failed ({why})")
    bare = tmp_path / "bare"
    bare.write_text(f'#!/bin/sh\nexec {sys.executable} -ES "$@"\n')  # without what is installed
    bare.chmod(0o755)
    why = f"a worker's {bare} has no blog-archiver. Install it there, or name another one with --python"
    assert said("local", "--python", str(bare)) == (2, f"[1/1] {urls[0]}: failed ({why})")
    code, line = told(patient)
    assert (code, line.startswith("archiver: --dask tcp://127.0.0.1:9: ")) == (1, True)
    assert line.endswith(". Start the scheduler, or name another one")
