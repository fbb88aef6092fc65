"""axe-core finds nothing serious on any page, in the light and in the dark, on a screen and on a phone."""

from __future__ import annotations

import pytest

from tests.browser.test_pages import DATASETTES, NETWORK, OURS, opened, shown  # noqa: F401 - fixtures

pytestmark = pytest.mark.browser

GRAVE = {"serious", "critical"}


@pytest.fixture(scope="module")
def axe():
    return pytest.importorskip("axe_playwright_python.sync_playwright").Axe()


def grave(axe, page) -> list[str]:
    """The rules that are broken, each with the elements that do so."""
    found = axe.run(page, options={"resultTypes": ["violations"]}).response["violations"]
    return [
        f"{rule['id']}: {node['html'][:200]} ({node['failureSummary'].splitlines()[-1].strip()[:200]})"
        for rule in found
        if rule["impact"] in GRAVE
        for node in rule["nodes"][:3]
    ]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", [*OURS, NETWORK, "/-/nothing/", *DATASETTES])
def test_nothing_serious_is_found(shown, axe, sample, path, scheme):  # noqa: F811
    assert grave(axe, shown(sample + path, color_scheme=scheme)) == []


@pytest.mark.parametrize("path", [*OURS, NETWORK])
def test_nothing_serious_is_found_on_a_phone(shown, axe, sample, path):  # noqa: F811
    assert grave(axe, shown(sample + path, viewport={"width": 390, "height": 844})) == []


def test_what_is_wrong_is_found(opened, axe, sample):  # noqa: F811
    page = opened(sample + "/-/crawls")
    page.evaluate("document.querySelector('main').innerHTML = '<input><p>Hardly to be read</p>'")
    page.evaluate("Object.assign(document.querySelector('main p').style, {color: '#777', background: '#888'})")
    assert {words.partition(":")[0] for words in grave(axe, page)} == {"label", "color-contrast"}
