"""Several archives with one search page, in a browser: harmless, to be read and reached by everybody, in every look."""

from __future__ import annotations

import pytest

from tests.browser.pictures import LOOKS, taken
from tests.browser.test_accessible import axe, grave  # noqa: F401 - a fixture
from tests.browser.test_pages import opened  # noqa: F401 - a fixture
from tests.unit.archive_sample import key

pytestmark = pytest.mark.browser

PAGES = {"first": "/", "search": "/-/search?q=week OR the OR a&sort=newest", "nothing": "/-/search?q=nowhere&year=20x1"}


@pytest.mark.parametrize("look", LOOKS)
def test_pages_of_several_archives(opened, axe, shelf, tmp_path, look):  # noqa: F811
    """Of which one is hostile: nothing of it runs or loads."""
    for name, path in PAGES.items():
        page = opened(shelf + path, **LOOKS[look])
        taken(page, f"together-{name}-{look}", tmp_path)
        assert page.evaluate("document.documentElement.scrollWidth") == LOOKS[look]["viewport"]["width"], path
        assert page.evaluate("window.pwned") is None
        assert page.locator("script, iframe, a[href^='javascript' i], main b b").count() == 0
        assert page.locator("h1").count() == page.locator("body > footer.ba-footer").count() == 1
        assert grave(axe, page) == [], path
        assert [url for url in page.asked if not url.startswith(shelf + "/")] == []
        assert [words for words in page.said if words.startswith(("dialog", "error"))] == []


def test_what_is_found_is_read_in_its_archive(opened, shelf):  # noqa: F811
    page = opened(shelf + "/", java_script_enabled=False)
    assert page.locator(".ba-list li").count() == 2
    page.fill("main input[name=q]", "sticks")
    page.press("main input[name=q]", "Enter")
    page.wait_for_url("**/-/search*")
    assert page.locator(".ba-hits mark").count() == page.locator(".ba-hits li", has_text="garden").count() == 1
    page.click(".ba-hits h3 a")
    page.wait_for_url(f"{shelf}/garden/-/post/{key('p', 'walk')}#c-{key('c', 'w1')}")
    page.click(".ba-name a")
    page.wait_for_url(f"{shelf}/garden/-/front")
    page.click("text=All archives")
    page.wait_for_url(f"{shelf}/-/search")


def test_the_archive_of_an_odd_name_is_reached_by_keyboard(opened, shelf):  # noqa: F811
    page = opened(shelf + "/")
    page.locator(".ba-list a", has_text="<b>bad</b>").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/-/front")
    assert page.locator("h2", has_text="How complete is it?").count() == 1
