"""Every engine but WordPress on its golden pages, in the form that `golden_wordpress` documents."""

from __future__ import annotations

import pytest

from archiver.engines import by_name, engines, for_page
from archiver.model import TargetKind
from tests.unit.golden_wordpress import SETUP, Case, cases_of

NAMES = [engine.name for engine in engines() if engine.name != "wordpress" and cases_of(engine.name)]
HTML = {TargetKind.HOME, TargetKind.LIST, TargetKind.POST, TargetKind.COMMENT_PAGE}
EVERY = [(engine, case) for engine in NAMES for case in cases_of(engine)]


@pytest.mark.parametrize(("engine", "name"), EVERY)
def test_golden_page(engine: str, name: str) -> None:
    known = by_name(engine)
    assert known is not None
    case = Case(name, known)
    asked = [key for key in case.expected if key not in SETUP]
    assert asked
    assert {key: case.found(key) for key in asked} == {key: case.expected[key] for key in asked}


@pytest.mark.parametrize(("engine", "name"), EVERY)
def test_an_engine_knows_its_own_pages_and_wordpress_keeps_its(engine: str, name: str) -> None:
    known = by_name(engine)
    assert known is not None
    case = Case(name, known)
    found = for_page(case.page)
    if case.target.kind in HTML:
        assert found is not None
        assert found[0].name == engine
        assert found[1].evidence
    else:
        assert found is None or found[0].name == "generic"  # an answer of an API is no front page


@pytest.mark.parametrize("name", cases_of("wordpress"))
def test_wordpress_keeps_its_pages(name: str) -> None:
    found = for_page(Case(name).page)
    assert found is None or found[0].name in {"wordpress", "generic"}
