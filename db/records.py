"""The records of a page into rows, in the order in which they need each other."""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

from archiver.model import BlogFacts, Extract, PostRef
from db.addresses import Addresses
from db.bodies import Bodies
from db.comments import Comments
from db.context import Context
from db.joiner import Joiner
from db.ledger import Ledger, claimed_post
from db.merge import Reading
from db.parts import Parts
from db.people import People
from db.posts import Posts
from db.redactions import Refused
from db.sidebar import Sidebar
from db.store import Store
from db.terms import Terms, settle_names


class Records:
    """Saves extracts. Runs inside the writer's transaction."""

    def __init__(self, connection: sqlite3.Connection, patience: int = 0) -> None:
        self._connection = connection
        self._store = Store(connection, patience)
        self._refused = Refused(connection)

    def save(self, extract: Extract, context: Context) -> Counter[str]:
        """Save everything that a page holds. Returns counts named as the fields of `Saved`."""
        try:
            counts = self._save(self._refused.without(extract, context), context)
            self._store.end_visit()
            return counts
        finally:
            self._store.forget()

    def catch_up(self) -> None:
        """Write the bookkeeping that was put off."""
        self._store.catch_up()
        self._store.forget()

    def lose(self) -> None:
        """The transaction was rolled back."""
        self._store.lose()

    def _save(self, extract: Extract, context: Context) -> Counter[str]:
        store, parts, bodies = self._store, Parts(self._store), Bodies(self._store)
        people, terms = People(store, context), Terms(store, context)
        joiner = Joiner(store, parts, bodies, context)
        ids = Addresses(store, joiner, context).resolve(_refs(extract))

        posts = Posts(store, parts, bodies, people, terms, context)
        comments = Comments(store, bodies, people, context)
        read_posts = posts.read(extract.posts, ids)
        read_comments = comments.read(extract.comments, ids)
        for author in extract.authors:
            people.note(author, context.rank)
        for term in extract.terms:
            terms.note(term)

        if extract.blog:
            self._save_blog(extract.blog, context)
        people.save()
        terms.save()
        hearsay = [posts.hearsay(ids[ref], ref) for ref in self._unread(extract, ids)]
        counts = posts.save(read_posts, hearsay)
        bodies.flush()
        store.flush_lists()
        counts += comments.save(read_comments, joiner.joined)
        bodies.flush()
        store.flush_lists()
        comments.recognise(posts.bylines | joiner.joined)

        ledger = Ledger(store, context)
        ledger.save_claims(extract.claims, ids)
        ledger.save_threads(extract.threads, extract.claims, ids)
        ledger.save_answers(extract.answers, ids)
        ledger.save_lessons(extract.lessons, ids)
        ledger.save_oddities(extract.notes)
        Sidebar(store, context).save(extract)
        store.flush_lists()
        return counts

    def _unread(self, extract: Extract, ids: Mapping[PostRef, str]) -> list[PostRef]:
        """The posts that are spoken of, but have not been read: a row of their own must stand in."""
        here = {ids[post.ref] for post in extract.posts}
        spoken_of = [ref for ref in dict.fromkeys(_spoken_of(extract)) if ref in ids and ids[ref] not in here]
        if not spoken_of:  # a post with its own comments
            return []
        query = "SELECT id FROM posts WHERE sources <> '' AND id IN (SELECT value FROM json_each(?))"
        read = {row[0] for row in self._connection.execute(query, (json.dumps([ids[ref] for ref in spoken_of]),))}
        return [ref for ref in spoken_of if ids[ref] not in read]

    def _save_blog(self, facts: BlogFacts, context: Context) -> None:
        reading = Reading(context.blog_id, context.seen_at, {})
        groups = {
            "named": ("title", "tagline"),
            "clock": ("timezone", "utc_offset"),
            "engine": ("engine", "engine_version", "theme", "language"),
            "api": ("api_url",),
        }
        for name, columns in groups.items():
            values = {column: getattr(facts, column) for column in columns}
            if any(value is not None for value in values.values()):
                reading.facets[name] = context.facet(context.rank, values)
        if facts.engine is not None:
            best_effort = int(facts.engine == "generic")
            reading.facets["best_effort"] = context.facet(context.rank, {"best_effort": best_effort})
        self._store.merge("blogs", [reading])
        self._store.flush("blogs")

    def prune(self, blog_id: str) -> None:
        """Drop what nothing refers to any more: names and terms that better readings have replaced, works."""
        self.catch_up()
        settle_names(self._connection, blog_id)
        self._connection.execute(
            "DELETE FROM authors WHERE blog_id = ? AND native_id IS NULL"
            " AND NOT EXISTS (SELECT 1 FROM comments WHERE author_id = authors.id)"
            " AND NOT EXISTS (SELECT 1 FROM post_authors WHERE author_id = authors.id)",
            (blog_id,),
        )
        self._connection.execute(
            "DELETE FROM works WHERE NOT EXISTS (SELECT 1 FROM citations WHERE work_id = works.id)"
        )


def _spoken_of(extract: Extract) -> Iterator[PostRef]:
    """Posts that are referred to by what belongs to them."""
    yield from (comment.post for comment in extract.comments)
    yield from (thread.post for thread in extract.threads)
    yield from (answer.post for answer in extract.answers)
    yield from filter(None, map(claimed_post, extract.claims))


def _refs(extract: Extract) -> Iterable[PostRef]:
    return [*(post.ref for post in extract.posts), *_spoken_of(extract)]
