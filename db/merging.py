"""Archives made one: the rows of a shard taken into an archive, in one transaction.

What no row is known of yet is copied as it is, by one statement a table. Rows that both know are merged by the rule of
`db.merge`; the rest follows the rules of `db.merge_tables`. What is worked out from rows (threads, who is a post's
author, broader terms, bodies of several pages) is worked out anew where something has come together, and what was taken
down in either is taken down in both. The result does not depend on the order or the grouping of merges.

Left to the next run over a blog: terms and people that nothing refers to any more (`Writer.prune`). Dropping them here
would make it matter when they were dropped.
"""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from db import attributions, lost_wordings, merge_tables, merged_redactions, reading
from db.bodies import Bodies
from db.comments import Comments
from db.context import Context
from db.facets import FACETS, LEADS
from db.joiner import Joiner
from db.keys import fingerprint
from db.merge import Held, wording_digest
from db.parts import Parts
from db.people import People
from db.revisions import Owner
from db.store import NUMBERED, Store
from db.terms import find_parents

ORDER = ("blogs", "crawls", "fetches", "authors", "terms", "posts", "comments", "archives")
DERIVED = {
    "posts": ("docid",),
    "comments": ("docid", "parent_id", "depth", "position", "by_post_author"),
    "terms": ("parent_id",),
}
"""Columns that are worked out, or local to a file: no disagreement."""
BATCH = 500
SCRATCH = """
CREATE TEMP TABLE IF NOT EXISTS files (old TEXT PRIMARY KEY, new TEXT) WITHOUT ROWID;
CREATE TEMP TABLE IF NOT EXISTS met (kind TEXT, id TEXT, PRIMARY KEY (kind, id)) WITHOUT ROWID;
CREATE TEMP TABLE IF NOT EXISTS differing (kind TEXT, id TEXT, PRIMARY KEY (kind, id)) WITHOUT ROWID;
CREATE TEMP TABLE IF NOT EXISTS won (facet TEXT, id TEXT, PRIMARY KEY (facet, id)) WITHOUT ROWID;
CREATE TEMP TABLE IF NOT EXISTS lost (facet TEXT, id TEXT, PRIMARY KEY (facet, id)) WITHOUT ROWID;
CREATE TEMP TABLE IF NOT EXISTS touched (id TEXT PRIMARY KEY) WITHOUT ROWID;
CREATE TEMP TABLE IF NOT EXISTS bylines (id TEXT PRIMARY KEY) WITHOUT ROWID;
CREATE TEMP TABLE IF NOT EXISTS moved (id TEXT PRIMARY KEY) WITHOUT ROWID;
"""
SCRATCHED = ("files", "met", "differing", "won", "lost", "touched", "bylines", "moved")
HANGING = {"posts": ("body", "byline", "terms"), "comments": ("core",)}
"""Facets that rows of other tables go with."""


@dataclass(slots=True)
class Merged:
    """What a shard has brought: new rows by table, and by table the rows in which the two said different things."""

    new: Counter[str] = field(default_factory=Counter)
    disagreed: Counter[str] = field(default_factory=Counter)

    def add(self, other: Merged) -> None:
        """Add what another shard has brought."""
        self.new += other.new
        self.disagreed += other.disagreed


class Merger:
    """Takes shards into an archive, over the connection of its writer, which nothing else may use meanwhile.

    marks: by what the words of a comment, with its number, are known without keeping them; see `Redaction.marks`.
    """

    def __init__(self, connection: sqlite3.Connection, marks: Callable[[str, str | None], str]) -> None:
        self._connection, self._execute = connection, connection.execute
        self._store = Store(connection)
        connection.create_function("fingerprint", 2, fingerprint, deterministic=True)
        connection.create_function("rank_of", 2, lost_wordings.rank_of, deterministic=True)
        attributions.prepare(connection)
        connection.create_function("marks_of", 2, marks, deterministic=True)
        connection.executescript(SCRATCH)

    @contextmanager
    def attached(self, shard: Path) -> Iterator[None]:
        """Read the database of a shard beside the archive, within."""
        self._execute("ATTACH ? AS shard", (reading.uri(shard, reading.how(shard)),))
        try:
            yield
        finally:
            self._execute("DETACH shard")

    def has_all(self) -> bool:
        """Whether all runs and exchanges of the attached shard are known: it was taken in, as far as these tell."""
        return not any(
            self._execute(
                f"SELECT 1 FROM shard.{table} WHERE id NOT IN (SELECT id FROM main.{table}) LIMIT 1"
            ).fetchone()
            for table in ("blogs", "crawls", "fetches")
        )

    def warc_files(self) -> set[str]:
        """The WARC files that rows of the attached shard name, of exchanges that the archive has no record of."""
        query = (
            "SELECT DISTINCT s.warc_file FROM shard.fetches s WHERE s.warc_file IS NOT NULL AND NOT EXISTS"
            " (SELECT 1 FROM main.fetches m WHERE m.id = s.id AND m.warc_file IS NOT NULL)"
        )
        return {row[0] for row in self._execute(query)}

    def take(self, files: Mapping[str, str | None]) -> Merged:
        """Take in the attached shard. Inside a transaction.

        files: how its WARC files are called in the archive, None where one is not there. Raises sqlite3.DatabaseError
        for a shard that cannot be read, or whose rows contradict themselves.
        """
        try:
            return self._take(files)
        finally:
            self._store.forget()

    def _take(self, files: Mapping[str, str | None]) -> Merged:
        for table in SCRATCHED:
            self._execute(f"DELETE FROM temp.{table}")
        self._connection.executemany("INSERT INTO temp.files VALUES (?, ?)", files.items())
        merged = Merged()
        for table in ORDER:
            if table in FACETS:
                self._meet(table, merged)
            else:
                merge_tables.RULES[table](self._connection)
        self._note_lists()
        for table in merge_tables.AFTER:
            merge_tables.RULES[table](self._connection)
        self._follow()
        both = self._execute(
            "SELECT b.id, b.site_key FROM temp.met t JOIN main.blogs b ON b.id = t.id WHERE t.kind = 'blogs' ORDER BY 1"
        ).fetchall()
        for blog_id, site_key in both:
            self._settle(_context(blog_id, site_key))
        merged_redactions.unite(self._connection)
        for blog_id, site_key in both:
            self._recognise_left(_context(blog_id, site_key))
        return merged

    # -- rows with facets -------------------------------------------------------------------------

    def _meet(self, table: str, merged: Merged) -> None:
        """Copy the rows of a table that are new, and merge those that are known."""
        self._execute(
            f"INSERT INTO temp.met SELECT ?, s.id FROM shard.{table} s CROSS JOIN main.{table} m ON m.id = s.id",
            (table,),
        )
        names = merge_tables.columns(self._connection, table)
        compared = [name for name in names if name not in DERIVED.get(table, ())]
        self._execute(
            f"INSERT INTO temp.differing SELECT ?1, s.id FROM temp.met t CROSS JOIN shard.{table} s ON s.id = t.id"
            f" CROSS JOIN main.{table} m ON m.id = t.id"
            f" WHERE t.kind = ?1 AND ({' OR '.join(f's.{name} IS NOT m.{name}' for name in compared)})",
            (table,),
        )
        merged.new[table] += self._copy(table, names)
        for ids in self._batches(table):
            merged.disagreed[table] += self._absorb(table, ids)

    def _copy(self, table: str, names: list[str]) -> int:
        taken = [f"s.{name}" for name in names]
        if table in NUMBERED:
            taken[names.index("docid")] = self._numbering(table)
        new = "" if not self._has_met(table) else f" WHERE s.id NOT IN (SELECT id FROM temp.met WHERE kind = '{table}')"
        return self._execute(
            f"INSERT INTO main.{table} ({', '.join(names)}) SELECT {', '.join(taken)} FROM shard.{table} s{new}"
        ).rowcount

    def _has_met(self, table: str) -> bool:
        return self._execute("SELECT 1 FROM temp.met WHERE kind = ? LIMIT 1", (table,)).fetchone() is not None

    def _numbering(self, table: str) -> str:
        """The next numbers of the search index: those of the shard moved up or, where they are far apart, new ones."""
        last = self._execute(f"SELECT coalesce(max(docid), 0) FROM main.{table}").fetchone()[0]
        query = f"SELECT count(*), coalesce(min(docid), 0), coalesce(max(docid), 0) FROM shard.{table}"
        number, first, greatest = self._execute(query).fetchone()
        if greatest - first <= 2 * number:
            return f"s.docid + {last + 1 - first}"
        return f"{last} + row_number() OVER (ORDER BY s.docid)"

    def _batches(self, table: str) -> Iterator[list[str]]:
        last = ""
        while rows := self._execute(
            "SELECT id FROM temp.differing WHERE kind = ? AND id > ? ORDER BY id LIMIT ?", (table, last, BATCH)
        ).fetchall():
            yield [row[0] for row in rows]
            last = rows[-1][0]

    def _absorb(self, table: str, ids: list[str]) -> int:
        """Merge rows that both know and that differ. Returns in how many of them the two disagreed."""
        disagreed, facets = 0, FACETS[table]
        query = f"SELECT * FROM shard.{table} WHERE id IN (SELECT value FROM json_each(?))"
        theirs = [Held.stored(dict(row)) for row in self._execute(query, (json.dumps(ids),))]
        ours = self._store.load(table, ids)
        for other in theirs:
            held = ours[other.row["id"]]
            disagreed += any(held.row[name] != other.row[name] for columns in facets.values() for name in columns)
            self._judge(table, held, other)
            if table in lost_wordings.LEADS:
                self._keep_wording(table, held, other)
            if table == "blogs":  # its address is that of its first reading
                held.row["url"] = min((one.row["first_seen_at"], one.row["url"]) for one in (held, other))[1]
            held.absorb(other, facets, LEADS[table])
            if table == "posts":
                held.row["digest"] = wording_digest(held.row)
        self._store.flush(table)
        self._store.forget()
        return disagreed

    def _keep_wording(self, table: str, held: Held, other: Held) -> None:
        """Where a comment stands may be settled later: by then its wordings go along."""
        id_ = held.row["id"]
        owner = Owner(held.row["post_id"], id_) if table == "comments" else Owner(id_, None)
        lost_wordings.keep(self._connection, table, owner, held, other)

    def _judge(self, table: str, held: Held, other: Held) -> None:
        """Note which facets with lists win or lose, and which threads change."""
        id_ = held.row["id"]
        for facet in HANGING.get(table, ()):
            columns = FACETS[table][facet]
            ours, theirs = held.order(facet, columns), other.order(facet, columns)
            if ours != theirs:
                into = "won" if theirs > ours else "lost"
                self._execute(f"INSERT OR IGNORE INTO temp.{into} VALUES (?, ?)", (facet, id_))
        if table == "comments":
            attributions.note_both(self._connection, id_, held.row["author_id"], other.row["author_id"])
            posts = {held.row["post_id"], other.row["post_id"]}
            self._connection.executemany("INSERT OR IGNORE INTO temp.touched VALUES (?)", [(one,) for one in posts])
            if len(posts) > 1:
                self._execute("INSERT OR IGNORE INTO temp.moved VALUES (?)", (id_,))

    # -- what goes with them ----------------------------------------------------------------------

    def _note_lists(self) -> None:
        """Note posts that were known and get further comments, or another byline."""
        self._execute(
            "INSERT OR IGNORE INTO temp.touched SELECT s.post_id FROM temp.met t CROSS JOIN shard.comments s"
            " ON s.post_id = t.id WHERE t.kind = 'posts'"
            " AND s.id NOT IN (SELECT id FROM temp.met WHERE kind = 'comments')"
        )
        self._execute(
            "INSERT OR IGNORE INTO temp.bylines SELECT id FROM temp.won WHERE facet = 'byline'"
            " UNION SELECT s.post_id FROM temp.met t CROSS JOIN shard.post_authors s ON s.post_id = t.id"
            " WHERE t.kind = 'posts' AND NOT EXISTS (SELECT 1 FROM main.post_authors m"
            "   WHERE m.post_id = s.post_id AND m.position = s.position AND m.author_id = s.author_id)"
            " AND s.post_id NOT IN (SELECT id FROM temp.lost WHERE facet = 'byline')"
        )

    def _follow(self) -> None:
        """What hangs on a comment that stands under another post now goes with it."""
        for table in ("links", "media", "citations", "revisions"):
            self._execute(
                f"UPDATE main.{table} SET post_id = (SELECT c.post_id FROM main.comments c WHERE c.id = comment_id)"
                " WHERE comment_id IN (SELECT id FROM temp.moved)"
            )

    def _settle(self, context: Context) -> None:
        """Work out anew what depends on several rows of a blog that both know."""
        blog_id = context.blog_id
        find_parents(self._connection, blog_id)
        store, bodies, parts = self._store, Bodies(self._store), Parts(self._store)
        joiner = Joiner(store, parts, bodies, context, keep=partial(lost_wordings.keep, self._connection, "posts"))
        self._join(joiner, blog_id)
        self._rejoin(joiner, blog_id)
        store.flush("posts")
        parts.flush()
        bodies.flush()
        store.flush_lists()
        store.forget()
        lost_wordings.settle(self._connection, blog_id)
        comments = self._comments(context)
        touched = self._of_blog("touched", blog_id) | joiner.joined
        for post_id in sorted(touched):
            comments.save([], [post_id])
            store.forget()
        comments.recognise(touched | self._of_blog("bylines", blog_id))

    def _comments(self, context: Context) -> Comments:
        return Comments(self._store, Bodies(self._store), People(self._store, context), context)

    def _recognise_left(self, context: Context) -> None:
        """Where something was taken down, bylines have lost people: tell anew whose comments are the author's own."""
        query = "SELECT p.id FROM main.posts p WHERE p.blog_id = ? AND EXISTS (SELECT 1 FROM main.redactions r"
        posts = self._execute(f"{query} WHERE r.blog_id = p.blog_id AND r.undone_at IS NULL)", (context.blog_id,))
        self._comments(context).recognise([row[0] for row in posts.fetchall()])

    def _of_blog(self, table: str, blog_id: str) -> set[str]:
        """Posts of a blog that were noted, as far as they are there."""
        query = f"SELECT t.id FROM temp.{table} t JOIN main.posts p ON p.id = t.id WHERE p.blog_id = ?"
        return {row[0] for row in self._execute(query, (blog_id,))}

    def _join(self, joiner: Joiner, blog_id: str) -> None:
        """Join posts that one archive knew by their URLs only, and the other by their native ids."""
        strays = self._execute(
            "SELECT u.id, u.post_id, n.native_id FROM shard.post_urls s CROSS JOIN main.post_urls u ON u.id = s.id"
            " CROSS JOIN main.posts p ON p.id = u.id CROSS JOIN main.posts n ON n.id = u.post_id"
            " WHERE u.post_id <> u.id AND p.blog_id = ? ORDER BY u.id",
            (blog_id,),
        ).fetchall()
        for stray, post_id, native_id in strays:
            joiner.join(stray, post_id, native_id)

    def _rejoin(self, joiner: Joiner, blog_id: str) -> None:
        """Join the bodies of posts of several pages that both know."""
        posts = self._execute(
            "SELECT DISTINCT p.id FROM temp.met t JOIN main.post_parts ON post_id = t.id"
            " JOIN main.posts p ON p.id = t.id WHERE t.kind = 'posts' AND p.blog_id = ?",
            (blog_id,),
        )
        for (post_id,) in posts.fetchall():
            joiner.rejoin(post_id, self._store.load("posts", [post_id])[post_id])


def _context(blog_id: str, site_key: str) -> Context:
    """No fetch of its own: what keys of a blog are made with."""
    return Context(
        site_key=site_key, home="", blog_id=blog_id, crawl_id="", fetch_id="", fetched_at="", extractor=0, kind=""
    )
