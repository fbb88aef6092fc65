"""A thread made into a sequence of steps that a template can follow without recursion.

Comments nest by the comment that they answer, in reading order. Nesting in the page ends at a level that
browsers and narrow screens can bear; what is deeper stands below it, and says whom it answers.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

DEEPEST = 12  # levels of nesting in the page


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One comment.

    level: from 1, as deep as the thread truly is. replies: all below it. answered: the comment it answers,
    where that one is here.
    """

    comment: Mapping[str, Any]
    level: int
    replies: int
    answered: Mapping[str, Any] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Laid:
    """A step on a page. opens: its replies follow in a list of their own. closes: lists that end behind it."""

    step: Step
    nested: int
    opens: bool
    closes: int


def arrange(comments: Sequence[Mapping[str, Any]]) -> list[Step]:
    """Steps in reading order, each comment exactly once, whatever the parents say."""
    known = {comment["id"]: comment for comment in comments}
    children: dict[str | None, list[str]] = defaultdict(list)
    for comment in comments:
        parent = comment["parent_id"]
        children[parent if parent in known and parent != comment["id"] else None].append(comment["id"])
    order = list(_walk(children, known))
    below = _below(order, known)
    return [
        Step(
            comment=known[key],
            level=level,
            replies=below[key],
            answered=known.get(known[key]["parent_id"] or ""),
        )
        for key, level in order
    ]


def pages(steps: Sequence[Step], most: int) -> list[Sequence[Step]]:
    """A thread in pages of at most so many comments, cut before a comment on the post itself where possible."""
    cut: list[Sequence[Step]] = []
    start = 0
    while start < len(steps):
        end = start + most
        if end < len(steps):
            end = next((place for place in range(end, start, -1) if steps[place].level == 1), end)
        cut.append(steps[start:end])
        start = end
    return cut


def lay_out(steps: Sequence[Step]) -> list[Laid]:
    """The steps of a page, with where its lists begin and end; they balance, wherever the page was cut."""
    levels: list[int] = []
    for step in steps:
        levels.append(min(step.level, DEEPEST, levels[-1] + 1 if levels else 1))
    return [
        Laid(step=step, nested=here, opens=after > here, closes=max(here - after, 0))
        for step, here, after in zip(steps, levels, [*levels[1:], 1], strict=True)
    ]


def _walk(children: Mapping[str | None, list[str]], known: Mapping[str, Any]) -> Iterator[tuple[str, int]]:
    """Keys with their levels, depth first. Rings of parents, which must not be, are entered at some comment."""
    seen: set[str] = set()
    starts = [*children.get(None, ()), *known]  # all of them again, for those that no root leads to
    for start in starts:
        stack = [(start, 1)]
        while stack:
            key, level = stack.pop()
            if key in seen:
                continue
            seen.add(key)
            yield key, level
            stack.extend((child, level + 1) for child in reversed(children.get(key, ())))


def _below(order: Sequence[tuple[str, int]], known: Mapping[str, Any]) -> dict[str, int]:
    """How many comments stand below each one: from the last to the first, every comment adds to its parent."""
    below = dict.fromkeys(known, 0)
    levels = dict(order)
    for key, level in reversed(order):
        parent = known[key]["parent_id"]
        if level > 1 and levels.get(parent, level) == level - 1:
            below[parent] += below[key] + 1
    return below
