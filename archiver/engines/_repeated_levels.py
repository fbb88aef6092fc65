"""Who answers whom in a repeated list: by nesting, by levels that are stated, by how far boxes are moved in."""

from __future__ import annotations

import re
from collections.abc import Iterator

from lxml.html import HtmlElement

from archiver.engines._repeated import Said, Unit
from archiver.engines.dom import ancestors, text_of, tokens
from archiver.model import ParentSource

_LEVEL = re.compile(r"^(?:comment[-_]?)?(?:level|depth|lvl|indent|nest|tier|ebene|niveau)[-_]?(\d{1,2})$")
_MARGIN = re.compile(r"(?:margin|padding)-left\s*:\s*(\d{1,4}(?:\.\d+)?)\s*(?:px|em|rem|%|pt)", re.IGNORECASE)
_MARGINS = re.compile(r"\bmargin\s*:\s*\S+\s+\S+\s+\S+\s+(\d{1,4}(?:\.\d+)?)(?:px|em|rem|%|pt)?", re.IGNORECASE)
# What is called an answer stands behind what it answers, though nothing moves it in but the style sheet.
_ANSWERS = frozenset(
    {"child", "reply", "is-reply", "isreply", "comment-reply", "comment--reply", "comment-child", "comment--child"}
)
_STATED = ("data-level", "data-depth", "data-indent", "indent", "aria-level")


def relate(said: dict[Unit, Said]) -> None:
    """Parents and depths: by nesting, by levels that classes or attributes state, by how far the boxes are moved in, by
    what is called an answer."""
    if any(unit.holder in said for unit in said):
        for unit, one in said.items():
            holder = said.get(unit.holder) if unit.holder else None
            one.answers, one.source = holder, ParentSource.DOM
            one.depth = (holder.depth or 1) + 1 if holder else 1
        return
    measures = ((_stated, ParentSource.DOM), (_moved_in, ParentSource.INFERRED), (_called, ParentSource.INFERRED))
    for measure, source in measures:
        levels = {unit: measure(unit) for unit in said}
        if len(set(levels.values())) > 1 and (measure is not _called or not next(iter(levels.values()))):
            _stack(said, levels, source)
            return


def _stack(said: dict[Unit, Said], levels: dict[Unit, float], source: ParentSource) -> None:
    """Each answers the last one before it that stands further out."""
    line: list[tuple[float, Said]] = []
    for unit, one in said.items():
        while line and line[-1][0] >= levels[unit]:
            line.pop()
        one.answers, one.source, one.depth = (line[-1][1] if line else None), source, len(line) + 1
        line.append((levels[unit], one))


def _boxes(unit: Unit) -> Iterator[HtmlElement]:
    """The unit's element and the two around it, then the first cells in it."""
    yield unit.element
    for _, up in zip(range(2), ancestors(unit.element), strict=False):
        yield up
    for _, inner in zip(range(3), unit.element.iterdescendants(), strict=False):
        if isinstance(inner.tag, str):
            yield inner


def _stated(unit: Unit) -> float:
    for box in _boxes(unit):
        for name in _STATED:
            value = box.get(name) or ""
            if value.isascii() and value.isdigit():
                return float(value[:3])
        for token in tokens(box):
            match = _LEVEL.match(token)
            if match:
                return float(match[1])
    return 0.0


def _called(unit: Unit) -> float:
    return float(not _ANSWERS.isdisjoint(tokens(unit.element)))


def _moved_in(unit: Unit) -> float:
    """How far a box is moved in, in whatever unit the page uses: margins, padding, or an empty picture before it."""
    for box in _boxes(unit):
        style = box.get("style") or ""
        match = _MARGIN.search(style) or _MARGINS.search(style)
        if match:
            return float(match[1])
        width = box.get("width") or ""
        spacer = box.tag == "img" or (box.tag == "td" and not text_of(box))
        if spacer and width.isascii() and width.isdigit():
            return float(width[:5])
    return 0.0
