"""Comments into rows, and threads into order."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from archiver.model import Comment, ParentSource, PostRef
from archiver.text import word_count
from db.bodies import Bodies, wording
from db.context import Context, moment, when_rank
from db.keys import digest
from db.merge import Held, Reading, Row
from db.people import People
from db.revisions import Owner, Revisions
from db.store import Merged, Store
from db.threads import arrange

PARENTS = {source: rank for rank, source in enumerate(ParentSource)}
SKELETON = "id, native_id, author_id, answers, published_at, page, place, shown_depth, parent_id, depth, position"
PLACES = ("parent_id", "depth", "position")
# A visitor of the author's name may be the author, where no API tells members from visitors: not all pages do.
OWN = """(CASE WHEN author_id IS NOT NULL AND EXISTS (SELECT 1 FROM post_authors WHERE post_id = ?1) THEN CASE
    WHEN author_id IN (SELECT author_id FROM post_authors WHERE post_id = ?1) THEN 1
    WHEN instr(sources, 'api') = 0 AND (SELECT name FROM authors WHERE id = author_id)
      IN (SELECT a.name FROM post_authors b JOIN authors a ON a.id = b.author_id WHERE b.post_id = ?1) THEN NULL
    ELSE 0 END END)"""


@dataclass(slots=True)
class _Read:
    comment: Comment
    post_id: str
    reading: Reading


class Comments:
    """The comments of one visit."""

    def __init__(self, store: Store, bodies: Bodies, people: People, context: Context) -> None:
        self._store, self._bodies, self._people, self._context = store, bodies, people, context
        self._revisions = Revisions(store)

    def read(self, comments: Iterable[Comment], ids: Mapping[PostRef, str]) -> list[_Read]:
        """Take note of comments and of the people who wrote them. One whose post nothing tells is left out."""
        return [_Read(one, ids[one.post], self._read(one, ids[one.post])) for one in comments if one.post in ids]

    def save(self, comments: list[_Read], joined: Iterable[str]) -> Counter[str]:
        """Merge comments and arrange their threads. Returns counts for `Saved`.

        joined: further posts whose threads have changed.
        """
        counts: Counter[str] = Counter(comments=len(comments))
        touched = dict.fromkeys(joined)
        for read, outcome in zip(comments, self._store.merge("comments", [c.reading for c in comments]), strict=True):
            counts["new_comments"] += outcome.before is None
            counts["returned_comments"] += outcome.has_returned
            touched |= dict.fromkeys((outcome.now.row["post_id"],))
            if outcome.before and outcome.before.row["post_id"] != outcome.now.row["post_id"]:
                touched |= dict.fromkeys((outcome.before.row["post_id"],))
                self._follow(outcome)
            self._save_body(read, outcome)
            owner = Owner(outcome.now.row["post_id"], read.reading.id)
            counts["changed_comments"] += self._revisions.keep(outcome, owner)
        for post_id in touched:
            self._arrange(post_id)
        self._store.flush("comments")
        return counts

    def _save_body(self, read: _Read, outcome: Merged) -> None:
        content = read.comment.content
        if content is None or "core" not in outcome.won:
            return
        was = outcome.before.stamps.get("core") if outcome.before else None
        if was is None or was[2:4] != outcome.now.stamps["core"][2:4]:
            self._bodies.replace(read.post_id, read.reading.id, content, fresh=outcome.before is None)

    def _follow(self, outcome: Merged) -> None:
        """A comment that stands under another post now takes along what hangs on it."""
        values = (outcome.now.row["post_id"], outcome.now.row["id"])
        for table in ("links", "media", "citations", "revisions"):
            self._store.connection.execute(f"UPDATE {table} SET post_id = ? WHERE comment_id = ?", values)  # noqa: S608

    # -- readings ---------------------------------------------------------------------------------

    def _read(self, comment: Comment, post_id: str) -> Reading:
        context, native = self._context, comment.native_id or comment.key
        assert native is not None, "an engine must give a comment its native id or a key"
        named = "native" if comment.native_id else "key"
        id_ = context.key("comment", named, native)
        fixed: Row = {"blog_id": context.blog_id, "native_id": comment.native_id}
        reading = Reading(id_, context.seen_at, fixed, comment.source)
        facets = reading.facets
        facets["core"] = self._core(comment, post_id)
        if comment.author:
            author = self._people.note(comment.author, comment.rank)
            facets["author"] = context.facet(comment.rank, {"author_id": author})
        if comment.published:
            rank = when_rank(comment.published, comment.rank)
            facets["published"] = context.facet(rank, moment("published", comment.published))
        if comment.parent_source is not ParentSource.UNKNOWN:
            answers = context.key("comment", named, comment.parent) if comment.parent else None
            values = {"answers": answers, "parent_source": comment.parent_source.value}
            facets["parent"] = context.facet(PARENTS[comment.parent_source], values)
        if comment.position is not None:
            place = {"page": comment.page, "place": comment.position, "shown_depth": comment.depth}
            facets["place"] = context.facet(0, place)
        if comment.by_post_author is not None:
            facets["own"] = context.facet(0, {"by_post_author": int(comment.by_post_author)})
        return reading

    def _core(self, comment: Comment, post_id: str) -> tuple[tuple[int, str, int, str, str], Row]:
        """Body and permalink. The digest leaves the post out: it may be known by its URL now and by its id later."""
        content = comment.content
        row: Row = {"post_id": post_id, "kind": comment.kind.value, "url": comment.url}
        if content is None:
            row |= {"html": None, "text": None, "word_count": None, "digest": None}
            return self._context.facet(0, row, comment.kind.value, comment.url)
        text = content.text
        row |= {"html": content.html, "text": text, "word_count": word_count(text), "digest": digest(text)}
        return self._context.facet(comment.rank, row, comment.kind.value, comment.url, *wording(content))

    # -- threads ----------------------------------------------------------------------------------

    def _arrange(self, post_id: str) -> None:
        """Work out parents, depths, reading order and whose comments are the author's own; write what changed."""
        execute = self._store.connection.execute
        held = self._store.load("comments", ())
        rows = {row["id"]: row for row in execute(f"SELECT {SKELETON} FROM comments WHERE post_id = ?", (post_id,))}  # noqa: S608
        here = {id_: one.row for id_, one in held.items() if one.row["post_id"] == post_id}
        byline = {row[0] for row in execute("SELECT author_id FROM post_authors WHERE post_id = ?", (post_id,))}
        writers = {one.row["author_id"] for one in held.values() if one.row["post_id"] == post_id} - {None}
        people = self._store.load("authors", byline | writers)
        named = {people[id_].row["name"] for id_ in byline}
        moved = []
        for placed in arrange({**{id_: row for id_, row in rows.items() if id_ not in held}, **here}.values()):
            place = (placed.parent_id, placed.depth, placed.position)
            if placed.id in here:
                here[placed.id].update(zip(PLACES, place, strict=True))
                _own(held[placed.id], byline, people, named)
            elif tuple(rows[placed.id][name] for name in PLACES) != place:
                moved.append((*place, placed.id))
        self._store.connection.executemany(
            "UPDATE comments SET parent_id = ?, depth = ?, position = ? WHERE id = ?", moved
        )

    def recognise(self, posts: Iterable[str]) -> None:
        """Work out anew which comments of these posts are by their authors: their bylines have changed."""
        self._store.connection.executemany(
            f"UPDATE comments SET by_post_author = {OWN} WHERE post_id = ?1 AND by_post_author IS NOT {OWN}"  # noqa: S608
            " AND instr(provenance, '\"own\"') = 0",
            [(post_id,) for post_id in posts],
        )


def _own(held: Held, byline: set[str], people: Mapping[str, Held], named: set[str]) -> None:
    """Where no page says whether the post's author wrote a comment, the byline does; see OWN.

    byline: the post's authors; named: what they are called; people: they, and whom this visit has met.
    """
    if "own" in held.stamps:
        return
    author = held.row["author_id"]
    own = int(author in byline) if byline and author else None
    unsure = own == 0 and "api" not in held.row["sources"]
    namesake = unsure and author in people and people[author].row["name"] in named
    held.row["by_post_author"] = None if namesake else own
