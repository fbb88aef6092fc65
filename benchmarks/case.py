"""One comparison under way: the two sides, what may be expected of them, and the report that is filled."""

from __future__ import annotations

from dataclasses import dataclass, field

from benchmarks.captured import Captured
from benchmarks.measures import same_moment
from benchmarks.report import Count, Report, Share
from benchmarks.truth import Row, Truth

FROM_API, FROM_PAGES = 1.0, 0.99  # wanted shares of fields


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """base_url: front page. api_open: the API answered. pages: pages were fetched, too. shows_byline: they
    print guest and co-authors."""

    truth: Truth
    captured: Captured
    base_url: str
    api_open: bool
    pages: bool
    shows_byline: bool
    report: Report = field(default_factory=Report)

    def count(self, subject: str, expected: dict[str, bool], extra: list[str], *, apart: int = 0) -> None:
        """Add a row of counts. expected: name -> whether it was found."""
        examples = [f"missing {name}" for name, found in expected.items() if not found]
        examples += [f"extra {name}" for name in extra]
        row = Count(subject, len(expected), sum(expected.values()), len(extra), apart, examples=examples)
        self.report.counts.append(row)

    def share(
        self, subject: str, measure: str, *, told: bool = False, never_wrong: bool = False, whole: bool = False
    ) -> Share:
        """Add a row for one field. told: it is printed, but nothing is wanted of it; whole: pages must tell it, too."""
        wanted = FROM_API if self.api_open or whole else FROM_PAGES
        share = Share(subject, measure, None if told else wanted, never_wrong)
        self.report.shares.append(share)
        return share

    def right_moment(self, found: Row, true: Row, name: str, *, exact: bool) -> bool:
        """Whether a date is right at its precision; exact: that must be the second."""
        at, precision = found[f"{name}_at"], found[f"{name}_precision"]
        right = same_moment(at, precision, true[f"{name}_gmt"], true[name], self.truth.zone)
        return right and (precision == "second" or not exact)


def unlike(where: str, found: object, true: object) -> str:
    """An example of something that is wrong, on one line."""
    return f"{where}: {found!r:.120}, not {true!r:.120}"


def date_of(row: Row, name: str) -> str:
    """A captured date with its precision."""
    return f"{row[f'{name}_at']} to the {row[f'{name}_precision']}"
