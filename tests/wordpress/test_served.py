"""A crawl of the real WordPress, as it is served: read in a real browser, from the front page to its longest thread."""

from __future__ import annotations

import pytest

from db import open_archive
from tests.browser.conftest import browser, served  # noqa: F401 - a fixture
from tests.browser.pictures import LOOKS, taken
from tests.browser.test_pages import opened  # noqa: F401 - a fixture
from tests.exports.writing import rows

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture(scope="module")
def archive(data_alone):
    return open_archive(data_alone)


@pytest.fixture(scope="module")
def origin(archive):
    with served(archive.directory / "archive.db") as origin:
        yield origin


PAGES = (
    "/-/network",
    "/-/plots",
    "/-/ledger",
    "/-/crawls",
    "/archive",
    "/archive/comment_list",
    "/archive?sql=select+1",
)


def kinds(archive):
    """A page of each kind, of what there is most of."""
    for kind, table, by in (
        ("author", "comments", "author_id"),
        ("term", "post_terms", "term_id"),
        ("cited", "citations", "work_id"),
        ("comment", "comments", "parent_id"),
        ("month", "posts", "substr(published_at, 1, 7)"),
    ):
        sql = f"SELECT {by} FROM {table} WHERE {by} IS NOT NULL GROUP BY 1 ORDER BY count(*) DESC LIMIT 1"
        yield f"/-/{kind}/{rows(archive, sql)[0][0]}"


@pytest.mark.parametrize("look", LOOKS)
def test_it_is_read_from_its_front_page(opened, archive, origin, tmp_path, look):  # noqa: F811
    sql = "SELECT post_id, count(*) FROM comments WHERE gone_at IS NULL GROUP BY 1 ORDER BY 2 DESC LIMIT 1"
    ((post, count),) = rows(archive, sql)
    wide = LOOKS[look]["viewport"]["width"]
    page = opened(origin + "/", **LOOKS[look])
    assert page.locator("h1").inner_text() == "The Test Bed MS-Blog & Friends"
    taken(page, f"wordpress-front-{look}", tmp_path)
    page.click(f"section a[href*='/-/post/{post}']")
    page.wait_for_url(f"**/-/post/{post}")
    assert page.locator(".ba-comment").count() == count > 100
    assert page.evaluate("document.documentElement.scrollWidth") <= wide
    taken(page, f"wordpress-post-{look}", tmp_path)
    page.goto(f"{origin}/-/search?q=registry")
    assert page.locator(".ba-hits mark").count() > 10
    taken(page, f"wordpress-search-{look}", tmp_path)
    for way in (*PAGES, *kinds(archive), f"/-/network?post={post}"):
        assert page.goto(origin + way).ok, way
        assert page.evaluate("document.documentElement.scrollWidth") <= wide, way
    taken(page, f"wordpress-network-{look}", tmp_path)
    assert page.locator("#network a.ba-node").count() > 2
    assert [words for words in page.said if words.startswith(("error", "dialog"))] == []
    assert [url for url in page.asked if not url.startswith(origin + "/")] == []
