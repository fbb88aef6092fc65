"""On what Parsl knows: Slurm, HTCondor, PBS, LSF, Kubernetes, by a file of the site; without one on this machine."""

from __future__ import annotations

import logging
import os
import runpy
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import parsl
from parsl.concurrent import ParslPoolExecutor
from parsl.executors import HighThroughputExecutor
from parsl.providers import LocalProvider

from archiver.errors import UsageError
from archiver.fleet.executors import Cluster, Gone, Way
from archiver.fleet.sent import sendable

IN_FLIGHT = 1000
"""Units that are handed over at a time unless --jobs says otherwise: by their number Parsl asks for machines."""


@contextmanager
def way(cluster: Cluster) -> Iterator[Way]:
    """See `executors.opened`."""
    logging.getLogger("parsl").setLevel(logging.CRITICAL)  # it keeps a log of its own in run_dir
    # It calls programs of its own, which stand beside Python, also where that environment is not activated.
    os.environ["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
    config = _config(cluster.parsl_config) if cluster.parsl_config else _here(cluster)
    what = f"--parsl-config {cluster.parsl_config}" if cluster.parsl_config else "parsl"
    try:
        pool = ParslPoolExecutor(config)
    except Exception as error:  # whatever a provider does that is told to start machines
        raise Gone(what, _words(error), "Mend it, and run the same command again") from error
    try:
        jobs = cluster.jobs or (IN_FLIGHT if cluster.parsl_config else os.cpu_count() or 1)
        yield Way(pool, jobs, sendable(), f"Parsl ({cluster.parsl_config or 'on this machine'})")
    finally:
        pool.shutdown(wait=False)
        parsl.clear()


def _here(cluster: Cluster) -> parsl.Config:
    jobs = cluster.jobs or os.cpu_count() or 1
    workers = HighThroughputExecutor(
        label="here",
        address="127.0.0.1",
        max_workers_per_node=jobs,
        cores_per_worker=0.01,
        provider=LocalProvider(init_blocks=1, max_blocks=1),
    )
    return parsl.Config(executors=[workers], run_dir=str(cluster.folder / ".parsl"), initialize_logging=False)


def _config(path: Path) -> parsl.Config:
    """What the file of a site calls `config`. Raises UsageError, naming the line that is wrong."""
    try:
        found = runpy.run_path(str(path)).get("config")
    except OSError as error:
        why = f"it cannot be read ({error.strerror})"
        raise UsageError(str(path), why, "Name another file with --parsl-config") from error
    except Exception as error:  # it is a program
        lines = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == str(path)]
        line = error.lineno if isinstance(error, SyntaxError) else lines[-1] if lines else None
        raise UsageError(f"{path}, line {line}" if line else str(path), _words(error), "Mend that place") from error
    if not isinstance(found, parsl.Config):
        raise UsageError(str(path), "it has no `config` that is a parsl.Config", "Write config = Config(…) into it")
    return found


def _words(error: Exception) -> str:
    return f"{type(error).__name__}: {' '.join(str(error).split())[:200]}"
