"""What hangs on a body of text: its links, media and citations, its earlier wordings, its parts."""

from __future__ import annotations

from archiver.model import Content, Media, Post
from archiver.urls import host_key
from db.keys import work_key
from db.merge import Merged, Row, stamps
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

PART_STRIDE = 100_000
"""Room for the links of one page of a multi-page post, so that those of another page keep their numbers."""


class Bodies:
    """Writes what hangs on the body of a post (comment_id None) or comment."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._connection = store.connection

    def save(
        self, post_id: str, comment_id: str | None, content: Content, old: Row | None, *, part: int | None = None
    ) -> None:
        """Replace links, media and citations by those of this body. old: the row before, None when new.

        part: the page of a multi-page post that the body is; what hangs on its other pages stays.
        """
        owner = {"comment_id": comment_id} if comment_id else {"post_id": post_id, "comment_id": None}
        owner_id = comment_id or post_id
        first = ((part or 1) - 1) * PART_STRIDE
        place: Row = {"post_id": post_id, "comment_id": comment_id}
        links = [
            {"id": f"{owner_id}-{n}", **place, "position": n, "url": link.url, "host": host_key(link.url), "text": link.text}
            for n, link in enumerate(content.links, first)
        ]
        media = [self._media(owner_id, place, n, item) for n, item in enumerate(content.media, first)]
        cited = [(work_key(cite.scheme, cite.value), cite) for cite in content.citations]
        self._connection.executemany(
            "INSERT OR IGNORE INTO works (id, scheme, identifier, url) VALUES (?, ?, ?, ?)",
            [(id_, cite.scheme, cite.value, RESOLVERS[cite.scheme].format(cite.value)) for id_, cite in cited],
        )
        citations: list[Row] = [{"id": f"{id_}-{owner_id}", "work_id": id_, **place} for id_, _ in cited]
        for table, rows in (("links", links), ("media", media), ("citations", citations)):
            if rows or old is not None:
                self._store.replace_list(table, None if part else owner, rows)

    @staticmethod
    def _media(owner_id: str, place: Row, number: int, item: Media) -> Row:
        return {
            "id": f"{owner_id}-{number}",
            **place,
            "position": number,
            "kind": item.kind,
            "url": item.url,
            "alt": item.alt,
            "caption": item.caption,
        }

    def keep_revision(self, post_id: str, comment_id: str | None, merged: Merged, old: Row | None) -> bool:
        """Keep the wording that a new one has replaced. Returns whether the wording changed.

        Only a reading of the same rank tells an edit: the same text looks a little different in the
        API, in a feed and on a page.
        """
        if old is None or old["digest"] is None or old["digest"] == merged.row["digest"]:
            return False
        before, after = stamps(old).get("core"), stamps(merged.row)["core"]
        if before is None or before[0] != after[0] or before[1] > after[1]:
            return False
        owner_id = comment_id or post_id
        (since,) = self._connection.execute(
            "SELECT coalesce(max(seen_until), ?) FROM revisions WHERE post_id = ? AND comment_id IS ?",
            (old["first_seen_at"], post_id, comment_id),
        ).fetchone()
        self._connection.execute(
            "INSERT OR IGNORE INTO revisions (id, post_id, comment_id, digest, title, html, text, seen_from, seen_until,"
            " fetch_id) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                f"{owner_id}-{old['digest']}",
                post_id,
                comment_id,
                old["digest"],
                old.get("title"),
                old["html"],
                old["text"],
                since,
                before[1][:19] + "Z",
                old["fetch_id"],
            ),
        )
        return True

    def join_part(self, post_id: str, post: Post, fetched_at: str, fetch_id: str) -> tuple[str, str, str, int]:
        """Save one page of a multi-page post and join all that are known.

        Returns html, text, the time of the latest page, and how many pages there are so far.
        """
        assert post.part is not None
        assert post.content is not None
        self._connection.execute(
            "INSERT INTO post_parts (post_id, part, html, text, fetched_at, fetch_id) VALUES (?, ?, ?, ?, ?, ?)"
            " ON CONFLICT (post_id, part) DO UPDATE SET html = excluded.html, text = excluded.text,"
            " fetched_at = excluded.fetched_at, fetch_id = excluded.fetch_id WHERE excluded.fetched_at > fetched_at",
            (post_id, post.part, post.content.html, post.content.text, fetched_at, fetch_id),
        )
        rows = self._connection.execute(
            "SELECT html, text, fetched_at FROM post_parts WHERE post_id = ? ORDER BY part", (post_id,)
        ).fetchall()
        latest = max(row["fetched_at"] for row in rows)
        return "\n".join(row["html"] for row in rows), "\n\n".join(row["text"] for row in rows), latest, len(rows)
