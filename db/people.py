"""People as the blog shows them: members, told apart by name, and visitors, by name and URL."""

from __future__ import annotations

from archiver.model import Author
from archiver.text import normal_name
from archiver.urls import url_key
from db.context import Context
from db.merge import Reading
from db.store import Store


class People:
    """The authors of one visit, gathered first and saved together: most are named many times."""

    def __init__(self, store: Store, context: Context) -> None:
        self._store, self._context = store, context
        self._readings: dict[tuple[Author, int], Reading] = {}

    def note(self, author: Author, rank: int) -> str:
        """Take note of a person. Returns the row's id. rank: how much the source is trusted."""
        reading = self._readings.get((author, rank))
        if reading is None:
            reading = self._readings[author, rank] = self._reading(author, rank)
        return reading.id

    def save(self) -> None:
        """Merge everybody that was noted into the table."""
        self._store.merge("authors", list(self._readings.values()))
        self._store.flush("authors")

    def _reading(self, author: Author, rank: int) -> Reading:
        context, name = self._context, normal_name(author.name)
        if author.member:
            id_ = context.key("author", "member", name)
        else:
            id_ = context.key("author", "visitor", name, url_key(author.url) if author.url else "")
        reading = Reading(id_, context.seen_at, {"blog_id": context.blog_id, "member": int(author.member)})
        account = {"name": author.name, "native_id": author.native_id, "slug": author.slug, "url": author.url}
        # The fuller account wins, then the better source: a byline without a link must not blank a profile.
        known = sum(value is not None for value in account.values())
        reading.facets["account"] = context.facet(known * 10 + rank, account)
        for column in ("website", "bio"):
            value = getattr(author, column)
            if value is not None:
                reading.facets[column] = context.facet(rank, {column: value})
        return reading
