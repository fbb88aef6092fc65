"""On a Dask cluster: that of a scheduler, or one of its own on this machine."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from tempfile import TemporaryDirectory

import distributed

from archiver.fleet.executors import Cluster, Gone, Way
from archiver.fleet.sent import sendable

PATIENCE = 10.0
"""Seconds in which a scheduler answers."""


@contextmanager
def way(cluster: Cluster) -> Iterator[Way]:
    """See `executors.opened`."""
    for name in [name for name in logging.root.manager.loggerDict if name.split(".")[0] == "distributed"]:
        logging.getLogger(name).setLevel(logging.CRITICAL)  # what goes wrong is told by the futures, in a line
    with _client(cluster) as client:
        # pure: the same command once more is another attempt, not the result that is known.
        jobs = cluster.jobs or sum(client.nthreads().values()) or 1
        yield Way(
            client.get_executor(pure=False), jobs, sendable(), f"the Dask scheduler {cluster.dask or 'of this run'}"
        )


@contextmanager
def _client(cluster: Cluster) -> Iterator[distributed.Client]:
    if cluster.dask is None:
        jobs = cluster.jobs or os.cpu_count() or 1
        with (
            TemporaryDirectory(prefix="archiver-dask-") as folder,
            distributed.LocalCluster(
                n_workers=jobs, threads_per_worker=1, host="127.0.0.1", dashboard_address=None, local_directory=folder
            ) as here,
            distributed.Client(here) as client,
        ):
            yield client
        return
    try:
        client = distributed.Client(cluster.dask, timeout=PATIENCE)
    except (OSError, ValueError) as error:
        raise Gone(f"--dask {cluster.dask}", _words(error), "Start the scheduler, or name another one") from error
    try:
        yield client
    finally:
        client.close(timeout=PATIENCE)


def _words(error: Exception) -> str:
    return " ".join(str(error).split())[:200] or type(error).__name__
