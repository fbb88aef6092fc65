"""What a comparison found: counts of things, shares of fields that are right, and examples of the rest."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass(slots=True)
class Count:
    """How many of a kind of thing were expected, found, and captured beyond that.

    apart: captured, true, but not asked for (an empty category, a comment that only the API lists).
    strict: whether a missing or extra one fails the comparison.
    """

    subject: str
    expected: int
    found: int
    extra: int = 0
    apart: int = 0
    strict: bool = True
    examples: list[str] = field(default_factory=list)

    @property
    def missing(self) -> int:
        """Expected, but not found."""
        return self.expected - self.found

    @property
    def ok(self) -> bool:
        """Whether none is missing or extra."""
        return not self.strict or (self.missing == 0 and self.extra == 0)

    def __str__(self) -> str:
        text = f"{self.found}/{self.expected}"
        if self.extra:
            text += f" +{self.extra} extra"
        return f"{text} ({self.apart} apart)" if self.apart else text


@dataclass(slots=True)
class Share:
    """In how many cases one field is right.

    unknown: not right, but not claimed either; allowed: unknown ones that count as right when judged.
    mean and least: of the likeness, where it is a number. wanted: least share, None when only told.
    never_wrong: not one may be wrong, whatever the share (a wrong parent is worse than none).
    """

    subject: str
    measure: str
    wanted: float | None
    never_wrong: bool = False
    right: int = 0
    unknown: int = 0
    allowed: int = 0
    of: int = 0
    likeness: list[float] = field(default_factory=list)
    examples: list[str] = field(default_factory=list)

    def add(self, right: bool, example: str = "", *, likeness: float | None = None) -> None:
        """Judge one case; the example is kept when it is not right."""
        self.of += 1
        self.right += right
        if likeness is not None:
            self.likeness.append(likeness)
        if not right:
            self.examples.append(example)

    def add_unknown(self, example: str, *, allowed: bool) -> None:
        """Count a case in which the archive says that it does not know."""
        self.of += 1
        self.unknown += 1
        self.allowed += allowed
        if not allowed:
            self.examples.append(example)

    @property
    def wrong(self) -> int:
        """Claimed, but not right."""
        return self.of - self.right - self.unknown

    @property
    def share(self) -> float:
        """What is judged: right or allowed to be unknown, 0 to 1."""
        return (self.right + self.allowed) / self.of if self.of else 1.0

    @property
    def mean(self) -> float | None:
        """Mean likeness."""
        return sum(self.likeness) / len(self.likeness) if self.likeness else None

    @property
    def least(self) -> float | None:
        """Likeness of the worst case."""
        return min(self.likeness, default=None)

    @property
    def ok(self) -> bool:
        """Whether the share is as wanted."""
        if self.never_wrong and self.wrong:
            return False
        return self.wanted is None or self.share >= self.wanted

    def __str__(self) -> str:
        if not self.of:
            return "-"
        text = f"{_percent(self.right / self.of)} of {self.of}"
        if self.unknown:
            text += f", {self.unknown} unknown, {self.wrong} wrong"
        if self.likeness:
            text += f", F1 {self.mean:.4f}, least {self.least:.2f}"
        return text


def _percent(share: float) -> str:
    """Rounded down, so that 100 % means all of them."""
    return "100 %" if share == 1 else f"{int(share * 1000) / 10} %"


@dataclass(slots=True)
class Report:
    """All rows of one comparison, by names such as `posts` for a count and `posts.title` for a share."""

    counts: list[Count] = field(default_factory=list)
    shares: list[Share] = field(default_factory=list)

    def count(self, subject: str) -> Count:
        """The row that counts `subject`."""
        return next(row for row in self.counts if row.subject == subject)

    def share(self, subject: str, measure: str) -> Share:
        """The row of one field."""
        return next(row for row in self.shares if (row.subject, row.measure) == (subject, measure))

    @property
    def ok(self) -> bool:
        """Whether every row is as wanted."""
        return not self.failures()

    def failures(self) -> list[str]:
        """A line for each row that misses what is wanted."""
        return [f"{name}: {row}" for name, row in self.rows() if not row.ok]

    def rows(self) -> list[tuple[str, Count | Share]]:
        """Counts and shares by name, those of one subject together."""
        rows: list[tuple[str, Count | Share]] = []
        for count in self.counts:
            shares = [share for share in self.shares if share.subject == count.subject]
            rows.append((count.subject, count))
            rows.extend((f"{share.subject}.{share.measure}", share) for share in shares)
        return rows

    def as_dict(self) -> dict[str, Any]:
        """For JSON: every row with what was derived from it."""
        derived: dict[str, Any] = {}
        for name, row in self.rows():
            values = asdict(row)
            if isinstance(row, Share):
                values.pop("likeness")
                values |= {"share": row.share, "wrong": row.wrong, "mean": row.mean, "least": row.least}
            else:
                values["missing"] = row.missing
            derived[name] = values | {"ok": row.ok}
        return derived
