"""Buckets on loopback, for all tests of shards that stand in one."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import cache

import pytest

from tests.fleet.bucket_server import KINDS, Bucket, bucket_server

Buckets = Callable[[str], Bucket]


@pytest.fixture(scope="session")
def servers() -> Iterator[Buckets]:
    """A server of a kind, begun when it is first asked for."""
    with ExitStack() as running:
        yield cache(lambda kind: running.enter_context(bucket_server(kind)))


@pytest.fixture
def buckets(servers: Buckets, monkeypatch: pytest.MonkeyPatch) -> Buckets:
    """The server of a kind with an empty bucket, and an environment that leads there."""

    def of(kind: str) -> Bucket:
        bucket = servers(kind)
        bucket.empty()
        for name, value in bucket.variables.items():
            monkeypatch.setenv(name, value)
        return bucket

    for name in list(os.environ):
        if name.startswith(("AWS_", "GOOGLE_")) or name.lower().endswith("_proxy"):
            monkeypatch.delenv(name)
    return of


@pytest.fixture(params=KINDS)
def bucket(request: pytest.FixtureRequest, buckets: Buckets) -> Bucket:
    """A bucket of each kind that can be had here."""
    return buckets(request.param)
