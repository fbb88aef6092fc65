"""Where a reading comes from, and how its values are stamped."""

from __future__ import annotations

from dataclasses import dataclass

from archiver.model import Moment, Precision, Rank
from archiver.text import squeeze
from db.keys import fingerprint, key
from db.merge import Row, Stamp

PRECISIONS = {precision: rank for rank, precision in enumerate(reversed(Precision))}


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """One fetch of one crawl. kind: of its target, which decides what it may say of the blog and its people."""

    site_key: str
    home: str
    blog_id: str
    crawl_id: str
    fetch_id: str
    fetched_at: str
    extractor: int
    kind: str

    @property
    def seen_at(self) -> str:
        """The time of the reading, as exact as the fetch has it: runs may follow each other within a second."""
        return self.fetched_at

    @property
    def rank(self) -> Rank:
        """How much this source is trusted on the blog, its people and terms."""
        return Rank.API if self.kind == "api" else Rank.PAGE

    def facet(self, rank: int, values: Row, *wording: str | int | None) -> tuple[Stamp, Row]:
        """A facet stamped with this reading. wording: what its digest is made of, where the values are not it."""
        stamp = (rank, self.fetched_at, self.extractor, fingerprint(*(wording or values.values())), self.fetch_id)
        return stamp, values

    def key(self, kind: str, *native: str) -> str:
        """A key within this site."""
        return key(kind, self.site_key, *native)


def moment(name: str, when: Moment) -> Row:
    """The three columns of a time: `published_at`, `published_text`, `published_precision`."""
    return {f"{name}_at": when.at, f"{name}_text": when.printed, f"{name}_precision": when.precision.value}


def when_rank(when: Moment, rank: Rank) -> int:
    """Of two dates the finer wins, then the better source."""
    return PRECISIONS[when.precision] * 10 + rank


def one_line(text: str | None) -> str | None:
    """White space squeezed; None stays None."""
    return None if text is None else squeeze(text)
