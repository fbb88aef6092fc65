"""Works that are cited, as reference managers take them.

The archive knows a work by its identifier; a reference manager looks up the rest by that.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from archiver.terminal import count
from db.source import Source

_NAMED = 10  # posts named in a note; there may be thousands
LABELS = {
    "doi": "DOI",
    "pmid": "PubMed",
    "pmcid": "PubMed Central",
    "arxiv": "arXiv",
    "nct": "ClinicalTrials.gov",
    "isrctn": "ISRCTN",
    "isbn": "ISBN",
}


@dataclass(frozen=True, slots=True)
class Cited:
    """A work, and where it is cited. posts, comments: how many do; urls: the first of them."""

    id: str
    scheme: str
    identifier: str
    url: str
    posts: int
    comments: int
    urls: tuple[str, ...]

    @property
    def title(self) -> str:
        """What stands for a title, since the archive has none."""
        return f"{LABELS.get(self.scheme, self.scheme)} {self.identifier}"

    @property
    def note(self) -> str:
        """Where it is cited, in words."""
        more = ", …" if self.posts + self.comments > len(self.urls) else ""
        said = f"{count(self.posts, 'post')} and {count(self.comments, 'comment')}"
        return f"Cited in {said}: {', '.join(self.urls)}{more}"


def works(source: Source) -> Iterator[Cited]:
    """The chosen works by scheme and identifier."""
    condition, citations = source.conditions["works"] or "1", source.conditions["citations"] or "1"
    chosen = f"(SELECT * FROM main.citations WHERE {citations})"
    sql = (
        f"SELECT id, scheme, identifier, url, (SELECT count(*) - count(k.comment_id) FROM {chosen} k"
        f" WHERE k.work_id = works.id), (SELECT count(k.comment_id) FROM {chosen} k WHERE k.work_id = works.id)"
        f" FROM main.works WHERE {condition} ORDER BY scheme, identifier"
    )
    where = (
        f"SELECT coalesce(c.url, p.url) FROM {chosen} k JOIN main.posts p ON p.id = k.post_id"
        f" LEFT JOIN main.comments c ON c.id = k.comment_id WHERE k.work_id = ? ORDER BY k.id LIMIT {_NAMED}"
    )
    for row in source.rows(sql):
        yield Cited(*(*row, tuple(found[0] for found in source.rows(where, (row[0],)))))
