"""What hangs on a body of text: its links, media and citations."""

from __future__ import annotations

from archiver.model import Citation, Content
from archiver.urls import host_key
from db.keys import work_key
from db.merge import Row
from db.store import Store

RESOLVERS = {
    "doi": "https://doi.org/{}",
    "pmid": "https://pubmed.ncbi.nlm.nih.gov/{}/",
    "pmcid": "https://www.ncbi.nlm.nih.gov/pmc/articles/{}/",
    "arxiv": "https://arxiv.org/abs/{}",
    "nct": "https://clinicaltrials.gov/study/{}",
    "isrctn": "https://www.isrctn.com/{}",
    "isbn": "https://openlibrary.org/isbn/{}",
}
OF_POST = "post_id = ? AND +comment_id IS NULL"  # the plus: an index of all that hangs on posts is no help
OF_COMMENT = "comment_id = ?"
HANGING = ("links", "media", "citations")
"""Their ids begin or, for citations, end with that of the post or comment."""


class Bodies:
    """Replaces what hangs on the bodies of one visit."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._works: dict[Citation, str] = {}

    def replace(self, post_id: str, comment_id: str | None, content: Content, *, fresh: bool) -> None:
        """Let the links, media and citations of this body take the place of those of an earlier one.

        fresh: there is no earlier one.
        """
        owner = comment_id or post_id
        where = OF_COMMENT if comment_id else OF_POST
        place: Row = {"post_id": post_id, "comment_id": comment_id}
        links: list[Row] = [
            {**_numbered(owner, n, place), "url": link.url, "host": host_key(link.url), "text": link.text}
            for n, link in enumerate(content.links)
        ]
        media: list[Row] = [
            {**_numbered(owner, n, place), "kind": item.kind, "url": item.url, "alt": item.alt, "caption": item.caption}
            for n, item in enumerate(content.media)
        ]
        works = [self._work(cited) for cited in content.citations]
        citations: list[Row] = [{"id": f"{work}-{owner}", "work_id": work, **place} for work in works]
        for table, rows in zip(HANGING, (links, media, citations), strict=True):
            if rows or not fresh:
                self._store.replace(table, where, owner, rows, fresh=fresh)

    def flush(self) -> None:
        """Write the works that are cited; the lists that name them are flushed by the store, later."""
        works: list[Row] = [
            {"id": id_, "scheme": cited.scheme, "identifier": cited.value, "url": _resolved(cited)}
            for cited, id_ in self._works.items()
        ]
        self._store.add("works", works)
        self._works.clear()

    def _work(self, cited: Citation) -> str:
        return self._works.setdefault(cited, work_key(cited.scheme, cited.value))


def _numbered(owner: str, number: int, place: Row) -> Row:
    return {"id": f"{owner}-{number}", **place, "position": number}


def _resolved(cited: Citation) -> str:
    return RESOLVERS[cited.scheme].format(cited.value)


def wording(content: Content) -> tuple[str, ...]:
    """What a reading of a body is told apart by: its HTML, and what was found in it."""
    return (
        content.html,
        content.text,
        *(link.url for link in content.links),
        *(item.url for item in content.media),
        *(cited.value for cited in content.citations),
    )
