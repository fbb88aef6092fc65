"""The sample that tests of the web pages and of the views look at, made once for all of them."""

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from archiver.web import serve
from tests.unit.archive_sample import empty, filled


@pytest.fixture(scope="session")
def archive(tmp_path_factory) -> Path:
    """The database of the sample, to be read only."""
    path = tmp_path_factory.mktemp("sample") / "archive.db"
    filled(path).close()
    return path


@pytest.fixture(scope="module")
def site(archive: Path):
    return serve.application(archive)


@pytest.fixture
def copy(archive: Path, tmp_path: Path) -> Path:
    """The same to change."""
    return Path(shutil.copy(archive, tmp_path))


@pytest.fixture(scope="module")
def sample() -> Iterator[sqlite3.Connection]:
    """A connection to the sample."""
    with closing(filled(":memory:")) as connection:
        connection.row_factory = sqlite3.Row
        yield connection


@pytest.fixture(scope="module")
def bare() -> Iterator[sqlite3.Connection]:
    """One to an archive that holds nothing."""
    with closing(empty(":memory:")) as connection:
        yield connection
