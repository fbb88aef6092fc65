"""Two archives: the demo blog as it is crawled, and a hand-made one with rows that no format likes."""

from __future__ import annotations

import pytest

from archiver.demo import DemoBlog, serve
from db import open_archive
from tests.crawl.running import crawl
from tests.exports import nasty as rows
from tests.unit import archive_sample


@pytest.fixture(scope="session")
def crawled(tmp_path_factory):
    """The demo blog, crawled by the command."""
    directory = tmp_path_factory.mktemp("exports") / "crawled"
    with serve(DemoBlog()) as home:
        assert crawl(directory, home).code == 0
    return open_archive(directory)


@pytest.fixture(scope="session")
def nasty(tmp_path_factory):
    """Two blogs, and texts that break things."""
    return archive_sample.archive(tmp_path_factory.mktemp("exports") / "nasty", rows.add)


@pytest.fixture(params=["crawled", "nasty"])
def archive(request):
    """Either."""
    return request.getfixturevalue(request.param)
