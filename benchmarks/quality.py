"""How much of what the golden pages hold each engine reads right, field by field; fails below the thresholds.

    python -m benchmarks.quality            prints the table, and fails where it is below benchmarks/quality.toml
    python -m benchmarks.quality --write    also writes the table into docs/engines/README.md

A value counts as right when it is the expected one; of lists, rows that are missing or too many count as wrong. The
thresholds state the share, and how many values there are at least: pages that are taken away lower the gate as well.
"""

from __future__ import annotations

import sys
import tomllib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from archiver.engines import engines
from tests.unit.golden_wordpress import SETUP, Case, cases_of

ROOT = Path(__file__).parents[1]
THRESHOLDS = ROOT / "benchmarks" / "quality.toml"
PAGE = ROOT / "docs" / "engines" / "README.md"
BEGIN, END = "<!-- quality -->\n", "<!-- /quality -->"
COMMENT = ("id", "parent", "depth", "author", "author_url", "published", "text", "kind", "parent_source")
NAMES = {"categories": "terms", "tags": "terms", "count": "claims", "archives": "archives"}
COLUMNS = (
    *("post.title", "post.text", "post.published", "post.authors", "post.terms", "post.url", "post.native_id"),
    *("comment.id", "comment.text", "comment.author", "comment.published", "comment.parent", "comment.depth"),
    *("claims", "archives", "terms", "targets"),
)
"""What the table shows; the gate holds for all."""


@dataclass
class Score:
    """right, of: how many values, by field."""

    right: Counter[str] = field(default_factory=Counter)
    of: Counter[str] = field(default_factory=Counter)

    def add(self, name: str, expected: Any, found: Any) -> None:
        """Count one value."""
        self.of[name] += 1
        self.right[name] += expected == found

    def share(self, name: str) -> float:
        """The part of the values that is right; 1 where there are none."""
        return self.right[name] / self.of[name] if self.of[name] else 1.0


def measure() -> dict[str, Score]:
    """The scores of all engines that have golden pages."""
    scores: dict[str, Score] = {}
    for engine in engines():
        for name in cases_of(engine.name):
            case = Case(name, engine)
            for asked in (key for key in case.expected if key not in SETUP):
                _compare(scores.setdefault(engine.name, Score()), case, asked)
    return scores


def _compare(score: Score, case: Case, asked: str) -> None:
    expected = case.expected[asked]
    try:
        found = case.found(asked)
    except (AssertionError, ValueError, KeyError):  # not as many posts as there should be
        found = None
    if asked == "post":
        _fields(score, expected, found)
    elif asked == "posts":
        for number, one in enumerate(expected):
            _fields(score, one, found[number] if found else None)
    elif asked == "comments":
        rows = {row[0] or n: row for n, row in enumerate(found or [])}
        for number, row in enumerate(expected):
            other = rows.pop(row[0] or number, [None] * len(COMMENT))
            for name, one, two in zip(COMMENT, row, other, strict=True):
                score.add(f"comment.{name}", one, two)
        for _ in rows:  # comments that are none
            score.add("comment.id", True, False)
    elif isinstance(expected, list):
        name, ours = NAMES.get(asked, asked), list(found or [])
        for row in expected:
            score.add(name, True, row in ours)
        for _ in range(len(ours) - len(expected)):
            score.add(name, True, False)
    else:
        score.add(NAMES.get(asked, asked), expected, found)


def _fields(score: Score, expected: dict[str, Any], found: dict[str, Any] | None) -> None:
    for name, value in expected.items():
        score.add(f"post.{name}", value, found.get(name) if found else object())


def thresholds() -> dict[str, dict[str, float]]:
    """Of each engine: `share`, the least part of any field, and by field the least number of values."""
    return tomllib.loads(THRESHOLDS.read_text("utf-8"))


def below(scores: dict[str, Score]) -> Iterator[str]:
    """What is below the thresholds, a line each."""
    for engine, least in thresholds().items():
        score, share = scores.get(engine, Score()), least["share"]
        for name in sorted(score.of):
            if score.share(name) < share:
                yield f"{engine}: {name} is right in {score.right[name]} of {score.of[name]}, below {share:.0%}"
        for name, count in least.items():
            if name != "share" and score.of[name] < count:
                yield f"{engine}: {name} is checked on {score.of[name]} values, fewer than {count:.0f}"
    for engine in sorted(set(scores) - set(thresholds())):
        yield f"{engine}: it has golden pages and no threshold in {THRESHOLDS.name}"


def table(scores: dict[str, Score]) -> str:
    """The share of right values, and of how many: engines in rows, as they grow more, by field."""
    heads = [name.replace(".", ": ").replace("_", " ") for name in COLUMNS]
    lines = ["| engine | " + " | ".join(heads) + " |", "|---|" + "---|" * len(heads)]
    for engine, score in scores.items():
        cells = [f"{score.share(name):.0%} of {score.of[name]}" if score.of[name] else "" for name in COLUMNS]
        lines.append(f"| {engine} | " + " | ".join(cells) + " |")
    return "\n".join(lines) + "\n"


def written(text: str, scores: dict[str, Score]) -> str:
    """The page with the table in its place."""
    before, _, rest = text.partition(BEGIN)
    return before + BEGIN + table(scores) + END + rest.partition(END)[2]


def main() -> int:
    """Print, perhaps write, and judge."""
    scores = measure()
    print(table(scores))
    if "--write" in sys.argv:
        PAGE.write_text(written(PAGE.read_text("utf-8"), scores), "utf-8")
    lines = list(below(scores))
    print("\n".join(lines) or "Nothing is below the thresholds.")
    return 1 if lines else 0


if __name__ == "__main__":
    sys.exit(main())
