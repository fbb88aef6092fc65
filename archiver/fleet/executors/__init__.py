"""Who runs the units: each way gives a `concurrent.futures.Executor`, and what it is to call with the words of a unit.

A unit is a command. What a worker is to do with it is sent along as source, which asks for nothing but Python's own
library. So the worker's Python may be another one than that which has this package.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

from archiver.errors import ArchiverError, UsageError
from archiver.fleet import sent

NAMES = ("local", "parsl", "dask")

Completed = sent.Completed


class Gone(ArchiverError):
    """The cluster cannot be had, or is there no more. What is done is done; the same command goes on."""


@dataclass(frozen=True, slots=True)
class Way:
    """How units are run. at_once: how many may be handed over at a time. run: called by a worker. name: for people."""

    executor: Executor
    at_once: int
    run: Callable[[Sequence[str]], Completed]
    name: str = "the executor"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cluster:
    """What was asked for. jobs: how many at a time, None for as many as there is room for; folder: for logs."""

    name: str
    jobs: int | None = None
    parsl_config: Path | None = None
    dask: str | None = None
    folder: Path


@contextmanager
def opened(cluster: Cluster) -> Iterator[Way]:
    """Have a way for as long as the block lasts. Raises UsageError for what is missing or wrong with it, and Gone."""
    try:
        module = import_module(f"archiver.fleet.executors.{cluster.name}")
    except ModuleNotFoundError as error:
        if (error.name or "").startswith("archiver"):
            raise
        todo = f'pip install "blog-archiver[{cluster.name}]"'
        raise UsageError(f"--executor {cluster.name}", f"{error.name} is not installed", todo) from error
    with module.way(cluster) as way:
        yield way
