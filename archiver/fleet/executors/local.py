"""On this machine: a thread for each worker, which waits for the process that does the work.

Not a pool of processes: that breaks as a whole when one of them is killed.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

from archiver.fleet.executors import Cluster, Way
from archiver.fleet.sent import Hand


@contextmanager
def way(cluster: Cluster) -> Iterator[Way]:
    """See `executors.opened`."""
    hand, jobs = Hand(), cluster.jobs or os.cpu_count() or 1
    pool = ThreadPoolExecutor(jobs, thread_name_prefix="worker")
    try:
        yield Way(pool, jobs, hand.run)
    finally:
        pool.shutdown(wait=False, cancel_futures=True)
        hand.terminate()
        pool.shutdown()
        hand.close()
