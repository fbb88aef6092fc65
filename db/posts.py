"""Posts into rows: which facets a reading of a post has, and what follows from the ones that it wins."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from archiver.model import Content, Post, PostKind, PostRef, Rank
from archiver.text import word_count
from archiver.urls import last_segment
from db.bodies import Bodies, wording
from db.context import Context, moment, one_line, when_rank
from db.merge import HEARSAY, Reading, Row
from db.parts import Parts
from db.people import People
from db.revisions import Owner, Revisions
from db.store import Merged, Store
from db.terms import Terms

BYLINE_RANKS = {"api": 1, "list": 2, "page": 3, "feed": 4}
"""What readers see is the byline: feed and page name guests and co-authors, the API only accounts."""
TERMS_RANKS = {"list": 1, "feed": 2, "page": 3, "api": 4}


@dataclass(slots=True)
class _Read:
    """A post with its reading, and what the reading holds beyond columns."""

    post_id: str
    reading: Reading
    content: Content | None = None
    edited: bool = True
    authors: tuple[str, ...] = ()
    terms: tuple[str, ...] = ()


class Posts:
    """The posts of one visit.

    bylines: the posts whose authors have changed.
    """

    def __init__(
        self, store: Store, parts: Parts, bodies: Bodies, people: People, terms: Terms, context: Context
    ) -> None:
        self._store, self._parts, self._bodies = store, parts, bodies
        self._people, self._terms, self._context = people, terms, context
        self._revisions = Revisions(store)
        self._natives: dict[str, str] = {}
        self.bylines: set[str] = set()

    def read(self, posts: Iterable[Post], ids: Mapping[PostRef, str]) -> list[_Read]:
        """Take note of posts and of the people and terms that they name."""
        self._natives |= {id_: ref.native_id for ref, id_ in ids.items() if ref.native_id}
        return [self._read(ids[post.ref], post) for post in posts]

    def save(self, posts: list[_Read], hearsay: list[Reading]) -> Counter[str]:
        """Merge posts, and the bare rows of those that were only spoken of. Returns counts for `Saved`."""
        counts: Counter[str] = Counter(posts=len(posts))
        merged = self._store.merge("posts", [*hearsay, *(read.reading for read in posts)])[len(hearsay) :]
        for read, outcome in zip(posts, merged, strict=True):
            known = outcome.before is not None and outcome.before.row["kind"] != PostKind.UNKNOWN.value
            counts["new_posts"] += not known
            counts["returned_posts"] += outcome.has_returned
            self._save_lists(read, outcome)
            edited = self._revisions.keep(outcome, Owner(read.post_id, None), edited=read.edited)
            counts["changed_posts"] += known and edited
        self._store.flush("posts")
        self._parts.flush()
        return counts

    def _save_lists(self, read: _Read, outcome: Merged) -> None:
        post_id, fresh = read.post_id, outcome.before is None
        if "byline" in outcome.won and not _same(outcome, "byline"):
            byline: list[Row] = [
                {"post_id": post_id, "position": n, "author_id": author} for n, author in enumerate(read.authors)
            ]
            self._store.replace("post_authors", "post_id = ?", post_id, byline, fresh=fresh)
            self.bylines.add(post_id)
        if "terms" in outcome.won and not _same(outcome, "terms"):
            filed: list[Row] = [{"post_id": post_id, "term_id": term} for term in read.terms]
            self._store.replace("post_terms", "post_id = ?", post_id, filed, fresh=fresh)
        if "body" in outcome.won and read.content and not _same(outcome, "body"):
            self._bodies.replace(post_id, None, read.content, fresh=fresh)

    # -- readings ---------------------------------------------------------------------------------

    def hearsay(self, post_id: str, ref: PostRef) -> Reading:
        """What a comment or claim tells of the post that it belongs to; any reading of the post itself is better."""
        context = self._context
        fixed: Row = {"blog_id": context.blog_id, "native_id": self._natives.get(post_id)}
        reading = Reading(post_id, context.seen_at, fixed, HEARSAY)
        url = ref.url or f"{context.home}?p={ref.native_id}"
        core = {"kind": PostKind.UNKNOWN.value, "url": url, "slug": None}
        reading.facets["core"] = context.facet(0 if ref.url else -1, core)
        return reading

    def _read(self, post_id: str, post: Post) -> _Read:
        context = self._context
        fixed: Row = {"blog_id": context.blog_id, "native_id": self._natives.get(post_id)}
        read = _Read(post_id, Reading(post_id, context.seen_at, fixed, post.source))
        facets = read.reading.facets
        core = {"kind": post.kind.value, "url": post.url, "slug": post.slug or last_segment(post.url) or None}
        facets["core"] = context.facet(post.rank, core)
        self._read_body(post, read)
        for name, when in (("published", post.published), ("modified", post.modified)):
            if when:
                facets[name] = context.facet(when_rank(when, post.rank), moment(name, when))
        for name, column, value in (
            ("title", "title", one_line(post.title)),
            ("excerpt", "excerpt", post.excerpt),
            ("language", "language", post.language),
            ("open", "comments_open", None if post.comments_open is None else int(post.comments_open)),
            ("protected", "protected", None if post.protected is None else int(post.protected)),
        ):
            if value is not None:
                facets[name] = context.facet(post.rank, {column: value})
        if post.parts is not None:  # a page may link to the next one only: the greatest number is the best
            facets["parts"] = context.facet(post.parts, {"parts": post.parts})
        self._read_lists(post, read)
        return read

    def _read_body(self, post: Post, read: _Read) -> None:
        content, facets = post.content, read.reading.facets
        if content is None:
            return
        if post.part is None:
            stamp, _ = self._context.facet(post.rank, {}, *wording(content))
        else:
            edited = self._parts.take(read.post_id, post.part, content, self._context, post.parts)
            joined = self._parts.join(read.post_id, post.rank)
            assert joined is not None, "the page was taken just now"
            content, stamp, read.edited = joined.content, joined.stamp, edited
            read.reading.renewed = frozenset({"body"} if stamp[0] == Rank.PARTS else ())
        read.content = content
        facets["body"] = (
            stamp,
            {"html": content.html, "text": content.text, "word_count": word_count(content.text)},
        )

    def _read_lists(self, post: Post, read: _Read) -> None:
        """Byline and terms: their rows are other tables', so that the facets have a stamp and no columns."""
        facets, context = read.reading.facets, self._context
        if post.authors:
            rank = 0 if "authors" in post.weak else BYLINE_RANKS[post.source]
            read.authors = tuple(dict.fromkeys(self._people.note(author, post.rank) for author in post.authors))
            facets["byline"] = context.facet(rank, {}, *read.authors)
        if post.terms is not None:
            rank = 0 if "terms" in post.weak else TERMS_RANKS[post.source]
            read.terms = tuple(sorted({self._terms.note(term) for term in post.terms}))
            facets["terms"] = context.facet(rank, {}, *(read.terms or ("",)))


def _same(outcome: Merged, facet: str) -> bool:
    """Whether the reading has won a facet with what was there already, read by the same extractor."""
    was = outcome.before.stamps.get(facet) if outcome.before else None
    return was is not None and was[2:4] == outcome.now.stamps[facet][2:4]
