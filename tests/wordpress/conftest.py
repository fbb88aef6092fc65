"""The test bed is started once for all tests of this folder, when the first of them asks for it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from benchmarks.crawling import SETTLED
from tests.wordpress.crawled import crawl
from tests.wordpress.testbed import Testbed, TestbedError, start


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if item.path.parent == here:
            item.add_marker(pytest.mark.wordpress)


@pytest.fixture(scope="session")
def wordpress() -> Iterator[Testbed]:
    """A small real WordPress: 30 ordinary posts, some 76 odd ones, 120 comments on the biggest thread."""
    try:
        bed = start(posts=30, seed=1, big=120)
    except TestbedError as error:
        if "packages" not in str(error):
            raise
        pytest.skip(str(error))  # which CI=true turns into a failure
    with bed:
        yield bed


@pytest.fixture(scope="session")
def data_alone(wordpress: Testbed, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The archive of the classic site, by its API alone; to be read only."""
    directory = tmp_path_factory.mktemp("data-alone") / "archive"
    assert crawl(directory, wordpress["classic"].url, "--no-pages").exit_code in SETTLED
    return directory
