"""A real Slurm of two nodes on loopback runs what `archiver emit slurm` prints: `make test-slurm`, as root on Debian.

Not part of every run: it needs slurmctld, slurmd and munge, and three minutes' worth of queueing.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from archiver.fleet.shards import of_blog, whole
from tests.crawl.running import environment
from tests.crawl.test_kills import ALWAYS, OPEN
from tests.fleet.running import blogs, command

CONF = """
ClusterName=loopback
SlurmctldHost={host}(127.0.0.1)
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
AuthInfo=socket={folder}/munge.socket,cred_expire=5
SlurmctldPort={ports[0]}
SlurmctldPidFile={folder}/slurmctld.pid
SlurmdPidFile={folder}/slurmd-%n.pid
StateSaveLocation={folder}/state
SlurmdSpoolDir={folder}/spool-%n
SlurmctldLogFile={folder}/slurmctld.log
SlurmdLogFile={folder}/slurmd-%n.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/linear
MpiDefault=none
ReturnToService=2
SchedulerParameters=batch_sched_delay=0,sched_interval=1
NodeName=one NodeHostname={host} NodeAddr=127.0.0.1 Port={ports[1]} CPUs=1
NodeName=two NodeHostname={host} NodeAddr=127.0.0.1 Port={ports[2]} CPUs=1
PartitionName=all Nodes=one,two Default=YES MaxTime=60 State=UP
"""
PROGRAMS = ("munged", "slurmctld", "slurmd", "sbatch", "squeue", "scontrol", "sinfo")
MINUTES = 8


def free_ports(number: int) -> list[int]:
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(number)]
    ports = [one.getsockname()[1] for one in sockets]
    for one in sockets:
        one.close()
    return ports


@pytest.fixture(scope="module")
def slurm(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """The environment by which Slurm's commands find the cluster."""
    missing = [name for name in PROGRAMS if shutil.which(name) is None]
    if missing or os.geteuid():
        pytest.skip(f"needs root and {', '.join(missing) or 'nothing more'}: make test-slurm installs it")
    folder = tmp_path_factory.mktemp("slurm")
    (folder / "state").mkdir()
    key = folder / "munge.key"
    key.write_bytes(os.urandom(1024))
    key.chmod(0o400)
    conf = folder / "slurm.conf"
    host = socket.gethostname().partition(".")[0]
    conf.write_text(CONF.format(host=host, folder=folder, ports=free_ports(3)))
    env = environment(SLURM_CONF=str(conf), PATH=f"{os.environ['PATH']}:/usr/sbin:/sbin")
    places = {"key-file": "key", "socket": "socket", "pid-file": "pid", "log-file": "log", "seed-file": "seed"}
    own = [f"--{option}={folder}/munge.{ending}" for option, ending in places.items()]
    daemons = [["munged", "--foreground", "--force", *own], ["slurmctld", "-D"]]
    daemons += [["slurmd", "-D", "-N", node] for node in ("one", "two")]
    running = []
    try:
        for number, words in enumerate(daemons):
            with (folder / f"{number}-{words[0]}.out").open("w") as out:
                running.append(
                    subprocess.Popen(words, env=env, stdout=out, stderr=out, start_new_session=True, cwd=folder)
                )
            time.sleep(0.5)
        until(lambda: said(env, "sinfo", "-h", "-o", "%D %t") == "2 idle", f"two idle nodes ({folder})")
        yield env
    finally:
        for process in reversed(running):
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGTERM)
            process.wait(30)


def said(env: dict[str, str], *words: str) -> str:
    return subprocess.run(words, env=env, capture_output=True, text=True, check=False, timeout=60).stdout.strip()


def until(is_so: Callable[[], bool], what: str) -> None:
    end = time.monotonic() + 60 * MINUTES
    while not is_so():
        assert time.monotonic() < end, what
        time.sleep(0.3)


def test_an_emitted_array_job_brings_all_blogs_to_their_end(tmp_path: Path, slurm: dict[str, str]) -> None:
    """One unit is killed, one array index with all that it runs; slices end early; Slurm runs on to the end."""
    shards = tmp_path / "shards"
    with blogs(8) as servers:
        urls = [*servers]
        # So slow that slices of 61 s, of which nothing is begun in the last 60, hold few blogs of an index.
        emitted = command(
            "emit", "slurm", *urls, "--shards", str(shards), "--indices", "2", "--max-time", "66", "--delay", "0.05"
        )
        assert emitted.code == 0, emitted.err
        submitted = subprocess.run(
            ["sbatch"], input=emitted.out, env=slurm, cwd=tmp_path, capture_output=True, text=True, check=True
        )
        assert submitted.stdout.startswith("Submitted batch job")
        job = submitted.stdout.split()[-1]
        until(lambda: any(len(server.log) > 4 for server in servers.values()), "a blog is begun")
        slug = kill_one(shards)
        until(lambda: said(slurm, "squeue", "-h", "-j", job) == "", "the queue is empty")
        logs = "".join(path.read_text() for path in tmp_path.glob("archiver-*.log"))
        assert {shard.slug for shard in whole(shards)} == {of_blog(shards, url).slug for url in urls}, logs
        for url, server in servers.items():
            again = sum(n - 1 for target, n in Counter(server.targets()).items() if target not in ALWAYS)
            assert again <= (OPEN if of_blog(shards, url).slug == slug else 0)
            assert server.most_at_once == 1


def kill_one(shards: Path) -> str:
    """End a unit that is at work with kill -9. Returns its shard."""
    while True:
        for lock in shards.joinpath(".locks").glob("*.lock"):
            with suppress(ValueError, OSError, KeyError):
                os.kill(json.loads(lock.read_text())["pid"], signal.SIGKILL)
                return lock.stem
        time.sleep(0.02)
