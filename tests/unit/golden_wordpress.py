"""Pages of themes and plugins, each a folder in the form that `archiver.engines.golden` documents.

Class names, ids and nesting are those of the theme, the words are ours.
"""

from __future__ import annotations

from pathlib import Path

from archiver.engines import golden
from archiver.engines.base import Engine
from archiver.engines.golden import SETUP, TYPES
from archiver.engines.wordpress import WordPress

__all__ = ["CASES", "ENGINE", "GOLDEN", "SETUP", "TYPES", "Case", "cases_of"]

GOLDEN = Path(__file__).parents[1] / "golden"


def cases_of(engine: str) -> list[str]:
    """The folders of an engine's golden pages."""
    return sorted(path.parent.name for path in (GOLDEN / engine).glob("*/expected.json"))


CASES = cases_of("wordpress")
ENGINE = WordPress()


class Case(golden.Case):
    """One of our own."""

    def __init__(self, name: str, engine: Engine = ENGINE) -> None:
        super().__init__(GOLDEN / engine.name / name, engine)
