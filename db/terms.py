"""Categories and tags. One with a URL is known by it; one that is only named stands in for it."""

from __future__ import annotations

import sqlite3

from archiver.model import Term
from archiver.text import normal_name, slug_of
from archiver.urls import last_segment, url_key
from db.context import Context
from db.merge import Held, Reading, decode, encode
from db.store import Store
from db.threads import without_cycles


class Terms:
    """The terms of one visit, gathered first and saved together."""

    def __init__(self, store: Store, context: Context) -> None:
        self._store, self._context = store, context
        self._readings: dict[Term, Reading] = {}

    def note(self, term: Term) -> str:
        """Take note of a term. Returns the row's id."""
        reading = self._readings.get(term)
        if reading is None:
            reading = self._readings[term] = self._reading(term)
        return reading.id

    def save(self) -> None:
        """Merge all terms that were noted into the table, and find the parents that have become known."""
        merged = self._store.merge("terms", list(self._readings.values()))
        self._store.flush("terms")
        if any(one.before is None or _kin(one.before) != _kin(one.now) for one in merged):
            find_parents(self._store.connection, self._context.blog_id)

    def _reading(self, term: Term) -> Reading:
        context = self._context
        native = ("url", url_key(term.url)) if term.url else ("name", normal_name(term.name))
        if not term.url and not term.native_id and term.slug:
            native = ("slug", term.slug)  # its name is a guess
        id_ = context.key("term", term.taxonomy, *native)
        reading = Reading(id_, context.seen_at, {"blog_id": context.blog_id, "taxonomy": term.taxonomy})
        slug = term.slug or (last_segment(term.url) if term.url else None) or None
        known = (term.native_id is not None) * 2 + (term.url is not None)
        core = {"name": term.name, "slug": slug, "url": term.url, "native_id": term.native_id}
        reading.facets["core"] = context.facet(known, core)
        if term.description:
            reading.facets["description"] = context.facet(0, {"description": term.description})
        broader = self._broader(term)
        if broader and broader != id_:
            reading.facets["parent"] = context.facet(int(term.parent_native_id is not None), {"broader": broader})
        return reading

    def _broader(self, term: Term) -> str | None:
        """What the reading says of the broader term: `#` and its native id, or its key."""
        if term.parent_native_id:
            return f"#{term.parent_native_id}"
        return self._context.key("term", term.taxonomy, "url", url_key(term.parent_url)) if term.parent_url else None


def find_parents(connection: sqlite3.Connection, blog_id: str) -> None:
    """Resolve `broader` for a whole blog: a narrower term may have come before its broader one."""
    execute = connection.execute
    said = execute("SELECT id, taxonomy, broader FROM terms WHERE blog_id = ? AND broader IS NOT NULL", (blog_id,))
    parents: dict[str, str | None] = {}
    for id_, taxonomy, broader in said.fetchall():
        query, value = ("id = ?", broader) if broader[0] != "#" else ("native_id = ?", broader[1:])
        found = execute(
            f"SELECT min(id) FROM terms WHERE {query} AND blog_id = ? AND taxonomy = ?",  # noqa: S608
            (value, blog_id, taxonomy),
        ).fetchone()
        parents[id_] = found[0]
    known = [(parent, id_, parent) for id_, parent in without_cycles(parents).items()]
    connection.executemany("UPDATE terms SET parent_id = ? WHERE id = ? AND parent_id IS NOT ?", known)


def _kin(term: Held) -> tuple[str | None, str | None]:
    """What a term tells of who is its parent, and of whose parent it is."""
    return term.row["broader"], term.row["native_id"]


def settle_names(connection: sqlite3.Connection, blog_id: str) -> None:
    """Put terms with URLs in the place of those that a feed only named, once all that will come has come.

    A name may fit several terms: one of the same taxonomy goes first, then the order of taxonomies.
    Names without a term stay; those that nothing refers to go.
    """
    execute = connection.execute
    _settle_slugs(connection, blog_id)
    terms = execute("SELECT id, taxonomy, name, url, native_id FROM terms WHERE blog_id = ?", (blog_id,)).fetchall()
    addressed: dict[str, list[tuple[str, str]]] = {}
    for id_, taxonomy, name, url, _ in terms:
        if url is not None:
            addressed.setdefault(normal_name(name), []).append((taxonomy, id_))
    for id_, taxonomy, name, url, native_id in terms:
        if url is None and native_id is None and (fitting := addressed.get(normal_name(name))):
            best = min((other != taxonomy, other, term) for other, term in fitting)[2]
            _give_way(connection, id_, best)
    execute(
        "DELETE FROM terms WHERE blog_id = ? AND url IS NULL AND native_id IS NULL"
        " AND NOT EXISTS (SELECT 1 FROM post_terms WHERE term_id = terms.id)",
        (blog_id,),
    )


def _settle_slugs(connection: sqlite3.Connection, blog_id: str) -> None:
    """Of terms known by their slugs alone: those with URLs take their places; a feed may tell their names."""
    query = "SELECT id, taxonomy, name, slug, url, native_id, provenance FROM terms WHERE blog_id = ? ORDER BY id"
    terms = connection.execute(query, (blog_id,)).fetchall()
    addressed = {(row["taxonomy"], (row["slug"] or "").lower()): row["id"] for row in terms if row["url"] is not None}
    bare = [row for row in terms if row["url"] is None and row["native_id"] is None]
    named = {slug_of(row["name"]): row for row in bare if row["slug"] is None}
    for row in bare:
        if row["slug"] is None:
            continue
        if (row["taxonomy"], row["slug"]) in addressed:
            _give_way(connection, row["id"], addressed[row["taxonomy"], row["slug"]])
        elif row["slug"] in named:
            _call(connection, row, named[row["slug"]])


def _call(connection: sqlite3.Connection, term: sqlite3.Row, named: sqlite3.Row) -> None:
    """Give a term the name that a feed has for it, with the feed's stamp, so that no guess takes it away again."""
    stamps = decode(term["provenance"])
    stamp = decode(named["provenance"])["core"]
    if stamps["core"][0] == 0:
        stamps["core"] = (1, *stamp[1:])
        values = (named["name"], encode(stamps), term["id"])
        connection.execute("UPDATE terms SET name = ?, provenance = ? WHERE id = ?", values)
    if named["taxonomy"] == term["taxonomy"]:
        _give_way(connection, named["id"], term["id"])


def _give_way(connection: sqlite3.Connection, stand_in: str, term: str) -> None:
    connection.execute(
        "INSERT INTO post_terms (post_id, term_id) SELECT post_id, ? FROM post_terms WHERE term_id = ?"
        " ON CONFLICT DO NOTHING",
        (term, stand_in),
    )
    connection.execute("DELETE FROM post_terms WHERE term_id = ?", (stand_in,))
