"""The gate: what each engine reads right of its golden pages, and whether the documents say so."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from archiver.engines.blogger import Blogger
from archiver.model import Extract
from benchmarks import quality


@pytest.fixture(scope="module")
def scores() -> dict[str, quality.Score]:
    return quality.measure()


def test_no_engine_is_below_its_thresholds(scores: dict[str, quality.Score]) -> None:
    assert list(quality.below(scores)) == []


def test_the_table_in_the_documents_is_current(scores: dict[str, quality.Score]) -> None:
    text = quality.PAGE.read_text("utf-8")
    assert quality.written(text, scores) == text, "run: python -m benchmarks.quality --write"


@pytest.mark.parametrize(
    ("worse", "complaint"),
    [
        (lambda e: replace(e, comments=e.comments[1:]), "blogger: comment.id is right in"),
        (lambda e: replace(e, comments=tuple(replace(c, parent=None) for c in e.comments)), "blogger: comment.parent"),
        (lambda e: replace(e, comments=(*e.comments, *e.comments[:1])), "blogger: comment_urls"),
        (lambda e: replace(e, posts=tuple(replace(p, title="?") for p in e.posts)), "blogger: post.title"),
        (lambda e: replace(e, posts=()), "blogger: post.text"),
        (lambda e: replace(e, claims=()), "blogger: claims is right in"),
    ],
)
def test_the_gate_closes(monkeypatch: pytest.MonkeyPatch, worse: Callable[[Extract], Extract], complaint: str) -> None:
    read = Blogger.extract
    monkeypatch.setattr(Blogger, "extract", lambda *asked: worse(read(*asked)))
    found = list(quality.below(quality.measure()))
    assert any(line.startswith(complaint) for line in found)


def test_pages_that_are_taken_away_are_missed(
    monkeypatch: pytest.MonkeyPatch, scores: dict[str, quality.Score]
) -> None:
    fewer = {name: score for name, score in scores.items() if name != "ghost"}
    assert any(line.startswith("ghost: post.title is checked on 0 values") for line in quality.below(fewer))
    more = {**scores, "newcomer": quality.Score()}
    assert list(quality.below(more)) == ["newcomer: it has golden pages and no threshold in quality.toml"]
