"""How the demo looks: every kind of page, in the light, in the dark and on a phone."""

from __future__ import annotations

import pytest

from tests.browser.pictures import LOOKS, taken
from tests.browser.test_pages import opened  # noqa: F401 - a fixture

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("look", LOOKS)
def test_every_page_has_its_looks(opened, demo, tmp_path, look):  # noqa: F811
    page = opened(demo + "/", **LOOKS[look])
    front = page.locator("main a[href*='/-/post/']").first.get_attribute("href")
    page.goto(demo + "/-/search?q=EBB-2")
    thread = page.locator(".ba-hits h3 a").first.get_attribute("href")
    page.goto(demo + thread)
    person = page.locator("a[href*='/-/author/']").first.get_attribute("href")
    month, term, work = (page.locator(f"a[href*='/-/{kind}/']").first.get_attribute("href")
                         for kind in ("month", "term", "cited"))  # fmt: skip
    ways = {
        "front": "/", "post": front, "thread": thread, "search": "/-/search?q=trial", "person": person, "month": month,
        "term": term, "work": work, "crawls": "/-/crawls", "network": "/-/network", "plots": "/-/plots",
        "ledger": "/-/ledger", "tables": "/archive", "table": "/archive/comment_list",
        "sql": "/archive?sql=select+id,+title+from+posts",
    }  # fmt: skip
    for name, way in ways.items():
        answer = page.goto(demo + way)
        # One that differs in its fragment alone is not fetched again.
        assert answer is None or answer.ok, way
        assert page.locator("h1").count() == 1
        assert page.evaluate("document.documentElement.scrollWidth") <= LOOKS[look]["viewport"]["width"], way
        assert taken(page, f"demo-{name}-{look}", tmp_path).stat().st_size > 10_000
    assert [words for words in page.said if words.startswith("error")] == []
    assert [url for url in page.asked if not url.startswith(demo + "/")] == []
