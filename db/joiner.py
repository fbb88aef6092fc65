"""Two rows become one: what was known by its URL turns out to be a post whose native id is known."""

from __future__ import annotations

from collections.abc import Callable

from archiver.model import Rank
from archiver.text import word_count
from db.bodies import HANGING, OF_POST, Bodies
from db.context import Context
from db.facets import FACETS, LEADS
from db.merge import Held, wording_digest
from db.parts import Parts
from db.revisions import Owner, Revisions, move_revisions
from db.store import Store

Keep = Callable[[Owner, Held, Held], None]
LISTS = {"byline": "post_authors", "terms": "post_terms"}


class Joiner:
    """Hands all that hangs on one post over to another.

    joined: the posts that got something. Their threads must be arranged anew. keep: told of the two rows before they
    become one, where the wording that gives way is kept in another way than by `Revisions.keep_lesser`.
    """

    def __init__(
        self, store: Store, parts: Parts, bodies: Bodies, context: Context, *, keep: Keep | None = None
    ) -> None:
        self._store, self._parts, self._bodies, self._context = store, parts, bodies, context
        self._keep = keep
        self._execute = store.connection.execute
        self.joined: set[str] = set()

    def join(self, stray: str, post_id: str, native_id: str | None) -> None:
        """Join the row `stray` into `post_id`, which need not be there yet."""
        rows = self._store.load("posts", [stray, post_id])
        if stray not in rows:
            return
        old, kept = rows[stray], rows.get(post_id)
        if kept is None:
            won = frozenset(old.stamps)
            kept = Held({**old.row, "id": post_id, "native_id": native_id}, dict(old.stamps))
            self._store.put("posts", kept)
        else:
            before = kept.copy()
            if self._keep:
                self._keep(Owner(post_id, None), kept, old)
            won = kept.absorb(old, FACETS["posts"], LEADS["posts"])
            kept.row["digest"] = wording_digest(kept.row)
            if not self._keep:
                Revisions(self._store).keep_lesser(Owner(post_id, None), kept, before if "body" in won else old)
        self._store.flush("posts")
        self._move_lists(stray, post_id, won)
        self._move_thread(stray, post_id)
        self._move_claims(stray, post_id)
        self._move_parts(stray, post_id, kept)
        self._execute("DELETE FROM post_urls WHERE post_id = ?", (stray,))
        self._store.drop("posts", stray)
        self.joined.add(post_id)

    def _move_lists(self, stray: str, post_id: str, won: frozenset[str]) -> None:
        """Byline, terms, links, media and citations go with the facet that they belong to."""
        tables = [(LISTS[facet], "post_id = ?", facet in won) for facet in LISTS]
        tables += [(table, OF_POST, "body" in won) for table in HANGING]
        for table, where, moves in tables:
            self._execute(f"DELETE FROM {table} WHERE {where}", (post_id if moves else stray,))  # noqa: S608
        for table in LISTS.values():
            self._execute(f"UPDATE {table} SET post_id = ? WHERE post_id = ?", (post_id, stray))  # noqa: S608
        move_revisions(self._store.connection, stray, post_id)
        for table in HANGING:  # the ids of what hangs on the post itself hold its own
            self._execute(
                f"UPDATE OR REPLACE {table} SET id = replace(id, ?2, ?1), post_id = ?1 WHERE post_id = ?2",  # noqa: S608
                (post_id, stray),
            )

    def _move_thread(self, stray: str, post_id: str) -> None:
        self._execute("UPDATE comments SET post_id = ? WHERE post_id = ?", (post_id, stray))
        self._execute(
            "INSERT INTO thread_pages (post_id, page, pages, shown, claimed, seen_at, fetch_id)"
            " SELECT ?, page, pages, shown, claimed, seen_at, fetch_id FROM thread_pages WHERE post_id = ?"
            " ON CONFLICT (post_id, page) DO UPDATE SET pages = excluded.pages, shown = excluded.shown,"
            " claimed = excluded.claimed, seen_at = excluded.seen_at, fetch_id = excluded.fetch_id"
            " WHERE (excluded.seen_at, excluded.fetch_id, excluded.shown) > (seen_at, fetch_id, shown)",
            (post_id, stray),
        )
        self._execute("DELETE FROM thread_pages WHERE post_id = ?", (stray,))

    def _move_claims(self, stray: str, post_id: str) -> None:
        claims = self._execute("SELECT * FROM claims WHERE post_id = ?", (stray,)).fetchall()
        for claim in claims:
            id_ = self._context.key("claim", "post", post_id, claim["measure"], claim["source"])
            other = self._execute("SELECT said_at, fetch_id, number FROM claims WHERE id = ?", (id_,)).fetchone()
            if other and tuple(other) >= (claim["said_at"], claim["fetch_id"], claim["number"]):
                self._execute("DELETE FROM claims WHERE id = ?", (claim["id"],))
                continue
            self._execute("DELETE FROM claims WHERE id = ?", (id_,))
            self._execute(
                "UPDATE claims SET id = ?, subject = ?, post_id = ? WHERE id = ?", (id_, post_id, post_id, claim["id"])
            )

    def _move_parts(self, stray: str, post_id: str, kept: Held) -> None:
        """The pages of a multi-page post may have been known under either name: the body is joined anew."""
        self._parts.absorb(stray, post_id)
        self.rejoin(post_id, kept)

    def rejoin(self, post_id: str, kept: Held) -> None:
        """Let the body of a multi-page post be joined from all its pages that are known now."""
        joined = self._parts.join(post_id, Rank.PAGE)
        if joined and "body" in kept.stamps and joined.stamp[0] == Rank.PARTS >= kept.stamps["body"][0]:
            body = joined.content
            kept.stamps["body"] = joined.stamp
            kept.row |= {"html": body.html, "text": body.text, "word_count": word_count(body.text)}
            kept.row |= {"digest": wording_digest(kept.row), "fetch_id": joined.stamp[4]}
            self._bodies.replace(post_id, None, body, fresh=False)
