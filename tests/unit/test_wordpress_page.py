"""Posts out of their pages, theme by theme."""

from __future__ import annotations

import pytest

from tests.unit.golden_wordpress import CASES, SETUP, Case


@pytest.mark.parametrize("name", CASES)
def test_golden_page(name: str) -> None:
    case = Case(name)
    asked = [key for key in case.expected if key not in SETUP]
    assert asked
    assert {key: case.found(key) for key in asked} == {key: case.expected[key] for key in asked}
