"""Forms of permalinks, from pages alone: two of those that `python -m benchmarks.forms` crawls, the hardest."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks import forms
from tests.wordpress.testbed import Testbed

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def few(wordpress: Testbed) -> str:
    return forms.prepare(wordpress)


@pytest.mark.parametrize("name", ["numbers like years", "all bases renamed"])
def test_a_form_of_permalinks(wordpress: Testbed, few: str, tmp_path: Path, name: str) -> None:
    assert list(forms.missed(wordpress, name, tmp_path, few)) == []
