"""On this machine: a thread for each worker, which waits for the process that does the work.

Not a pool of processes: that breaks as a whole when one of them is killed.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

from archiver.fleet.executors import Cluster, Completed, Way


class _Children:
    """The processes that are at work."""

    def __init__(self) -> None:
        self._alive: set[subprocess.Popen[str]] = set()

    def run(self, words: Sequence[str]) -> Completed:
        """See `executors.command`; --parent is the one option that only who starts a process can know."""
        pipe = subprocess.PIPE
        process = subprocess.Popen(  # noqa: S603 (our own program)
            [*words, f"--parent={os.getpid()}"],
            stdin=subprocess.DEVNULL,
            stdout=pipe,
            stderr=pipe,
            text=True,
            errors="replace",
        )
        self._alive.add(process)
        try:
            out, err = process.communicate()
        finally:
            self._alive.discard(process)
        return Completed(process.args, process.returncode, out, err)

    def terminate(self) -> None:
        """Have all of them end; what is in flight comes to its end first."""
        for process in list(self._alive):
            process.terminate()


@contextmanager
def way(cluster: Cluster) -> Iterator[Way]:
    """See `executors.opened`."""
    children, jobs = _Children(), cluster.jobs or os.cpu_count() or 1
    pool = ThreadPoolExecutor(jobs, thread_name_prefix="worker")
    try:
        yield Way(pool, jobs, children.run)
    finally:
        pool.shutdown(wait=False, cancel_futures=True)
        children.terminate()
        pool.shutdown()
