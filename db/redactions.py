"""What was taken down: the journal, what it keeps out, and the erasing from the tables.

The journal holds keys and digests, never what was said. From the moment that a row of it is there, nothing that it
names comes in any more, whoever reads it: crawl, update, extract, import.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import chain

from archiver.model import Author, Comment, Extract, Post, PostRef, Widget
from archiver.text import normal_name
from archiver.urls import url_key
from db.context import Context
from db.keys import key
from db.merge import decode, encode

_ACTIVE = "SELECT kind, subject, names FROM redactions WHERE blog_id = ? AND undone_at IS NULL"
_WRITTEN = {"posts": ("title", "body", "excerpt", "byline", "parts"), "comments": ("core", "author")}
"""The facets that go with what was said; the others keep a thread in its shape."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Redaction:
    """A row of the journal. names: keys of addresses, places or names. marks: see `archiver.privacy.marks`."""

    id: str
    blog_id: str
    kind: str
    subject: str
    why: str
    redacted_at: str
    part_of: str | None = None
    done_at: str | None = None
    swept_at: str | None = None
    undone_at: str | None = None
    names: str = "[]"
    marks: str = "[]"


def author_name(site_key: str, name: str) -> str:
    """The key of a name, whoever bears it."""
    return key("redacted name", site_key, normal_name(name))


def fragment_name(site_key: str, url: str) -> str:
    """The key of the place that the permalink of a comment names on its page."""
    return key("redacted place", site_key, url.partition("#")[2])


class Refused:
    """Keeps out what was taken down. Runs inside the writer's transaction."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def without(self, extract: Extract, context: Context) -> Extract:
        """What a page holds, without what was taken down; a page that held some of it is noted in `withheld`."""
        rows = self._connection.execute(_ACTIVE, (context.blog_id,)).fetchall()
        if not rows:
            return extract
        left = _Left(rows, context)
        kept = left.of(extract)
        if left.held:
            note_withheld(self._connection, [context.fetch_id])
        return kept


class _Left:
    """What is left of one page. held: whether something of it was refused that its response tells."""

    def __init__(self, rows: Iterable[Sequence[str]], context: Context) -> None:
        self.held = False
        self._context = context
        self._subjects: dict[str, set[str]] = {"post": set(), "comment": set(), "author": set()}
        self._names: dict[str, set[str]] = {"post": set(), "comment": set(), "author": set()}
        for kind, subject, names in rows:
            self._subjects[kind].add(subject)
            self._names[kind].update(json.loads(names))

    def of(self, extract: Extract) -> Extract:
        return replace(
            extract,
            posts=tuple(map(self._post, extract.posts)),
            comments=tuple(map(self._comment, extract.comments)),
            authors=self._people(extract.authors),
            widgets=tuple(map(self._widget, extract.widgets)),
        )

    def _post(self, post: Post) -> Post:
        authors = None if post.authors is None else self._people(post.authors)
        gone = bool(post.authors) and not authors
        if not (gone or self._is_post(post.ref)):
            return post if authors == post.authors else replace(post, authors=authors)
        self.held |= post.content is not None or post.title is not None
        nothing = {"title": None, "content": None, "excerpt": None, "slug": None, "part": None, "parts": None}
        return replace(post, **nothing, authors=None)  # type: ignore[arg-type]  # all of them may be None

    def _is_post(self, ref: PostRef) -> bool:
        keys = set()
        if ref.native_id:
            keys.add(self._context.key("post", "native", ref.native_id))
        if ref.url:
            keys.add(self._context.key("post", "url", url_key(ref.url)))
        return not keys.isdisjoint(self._subjects["post"] | self._names["post"])

    def _comment(self, comment: Comment) -> Comment:
        named, native = ("native", comment.native_id) if comment.native_id else ("key", comment.key or "")
        is_gone = self._context.key("comment", named, native) in self._subjects["comment"]
        if not is_gone and not (comment.author and self._is_person(comment.author)):
            return comment
        self.held |= comment.content is not None or comment.author is not None
        return replace(comment, content=None, author=None)

    def _people(self, authors: Iterable[Author]) -> tuple[Author, ...]:
        every = tuple(authors)
        kept = tuple(author for author in every if not self._is_person(author))
        self.held |= len(kept) < len(every)
        return kept

    def _is_person(self, author: Author) -> bool:
        return author_name(self._context.site_key, author.name) in self._names["author"]

    def _widget(self, widget: Widget) -> Widget:
        """Lines that lead to what is gone, and those that name who is."""
        site, links = self._context.site_key, []
        for link in widget.links:
            named = {author_name(site, words) for words in (link.text, link.detail) if words}
            is_person = not named.isdisjoint(self._names["author"])
            self.held |= is_person
            place = "#" in link.url and fragment_name(site, link.url) in self._names["comment"]
            if not (is_person or place or self._is_post(PostRef(url=link.url))):
                links.append(link)
        return widget if len(links) == len(widget.links) else replace(widget, links=tuple(links))


# -- the journal ------------------------------------------------------------------------------------


def journal(connection: sqlite3.Connection) -> list[Redaction]:
    """All of it, in the order in which it was written; empty for an archive that is older than the journal."""
    if not connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'redactions'").fetchone():
        return []
    names = ", ".join(Redaction.__slots__)
    rows = connection.execute(f"SELECT {names} FROM redactions ORDER BY CAST(substr(id, 2) AS INTEGER)")  # noqa: S608
    return [Redaction(**dict(zip(Redaction.__slots__, row, strict=True))) for row in rows]


def enter(connection: sqlite3.Connection, redactions: Iterable[Redaction]) -> None:
    """Write rows into the journal, and down which exchanges brought what they name. Inside a transaction."""
    names = Redaction.__slots__
    for redaction in redactions:
        values = [getattr(redaction, name) for name in names]
        marks = ", ".join("?" * len(names))
        connection.execute(f"INSERT INTO redactions ({', '.join(names)}) VALUES ({marks})", values)  # noqa: S608
        note_withheld(connection, brought_by(connection, redaction))


def brought_by(connection: sqlite3.Connection, redaction: Redaction) -> list[str]:
    """The exchanges that a body of what is taken down was read from."""
    where, table = {
        "comment": ("comment_id = ?1", "comments"),
        "post": ("post_id = ?1 AND comment_id IS NULL", "posts"),
        "author": ("0", "authors"),
    }[redaction.kind]
    sql = f"SELECT fetch_id FROM {table} WHERE id = ?1 UNION SELECT fetch_id FROM revisions WHERE {where}"  # noqa: S608
    if redaction.kind == "post":
        sql += " UNION SELECT fetch_id FROM post_parts WHERE post_id = ?1"
    return [row[0] for row in connection.execute(sql, (redaction.subject,)) if row[0]]


def note_withheld(connection: sqlite3.Connection, fetch_ids: Iterable[str]) -> None:
    """Note exchanges whose records must be replaced."""
    connection.executemany(
        "INSERT INTO withheld (fetch_id) VALUES (?) ON CONFLICT DO NOTHING", [(id_,) for id_ in fetch_ids]
    )


def later_marks(connection: sqlite3.Connection, redactions: Iterable[Redaction]) -> list[str]:
    """The marks of what merges have met of these, beside their own."""
    subjects = json.dumps([one.subject for one in redactions])
    query = "SELECT marks FROM last_readings WHERE comment_id IN (SELECT value FROM json_each(?))"
    return [row[0] for row in connection.execute(query, (subjects,))]


def settle(connection: sqlite3.Connection, column: str, redactions: Iterable[Redaction], at: str) -> None:
    """Note when something was reached: done_at, swept_at, undone_at."""
    connection.executemany(
        f"UPDATE redactions SET {column} = ? WHERE id = ?",  # noqa: S608 - a column of ours
        [(at, redaction.id) for redaction in redactions],
    )


# -- the tables -------------------------------------------------------------------------------------


def erase(connection: sqlite3.Connection, redactions: Iterable[Redaction]) -> None:
    """Take the words out of the tables; what stands around them keeps its place. Inside a transaction."""
    for redaction in redactions:
        match redaction.kind:
            case "comment":
                _erase_comment(connection, redaction)
            case "post":
                _erase_post(connection, redaction)
            case _:
                connection.execute("DELETE FROM post_authors WHERE author_id = ?", (redaction.subject,))
                connection.execute("UPDATE comments SET author_id = NULL WHERE author_id = ?", (redaction.subject,))
                connection.execute("DELETE FROM authors WHERE id = ?", (redaction.subject,))
        _erase_lines(connection, redaction)
    connection.execute("DELETE FROM works WHERE NOT EXISTS (SELECT 1 FROM citations WHERE work_id = works.id)")


def _erase_comment(connection: sqlite3.Connection, redaction: Redaction) -> None:
    _forget(connection, "comments", redaction.subject)
    author = connection.execute("SELECT author_id FROM comments WHERE id = ?", (redaction.subject,)).fetchone()
    connection.execute(
        "UPDATE comments SET html = NULL, text = NULL, word_count = NULL, digest = NULL, author_id = NULL,"
        " fetch_id = NULL WHERE id = ?",
        (redaction.subject,),
    )
    for table in ("links", "media", "citations", "revisions"):
        connection.execute(f"DELETE FROM {table} WHERE comment_id = ?", (redaction.subject,))  # noqa: S608
    _drop_people(connection, [author[0]] if author and author[0] else [])


def _erase_post(connection: sqlite3.Connection, redaction: Redaction) -> None:
    _forget(connection, "posts", redaction.subject)
    query = "SELECT author_id FROM post_authors WHERE post_id = ?"
    authors = [row[0] for row in connection.execute(query, (redaction.subject,))]
    connection.execute(
        "UPDATE posts SET title = NULL, slug = NULL, html = NULL, text = NULL, excerpt = NULL, word_count = NULL,"
        " digest = NULL, parts = NULL, fetch_id = NULL WHERE id = ?",
        (redaction.subject,),
    )
    for table in ("links", "media", "citations", "revisions"):
        sql = f"DELETE FROM {table} WHERE post_id = ? AND comment_id IS NULL"  # noqa: S608
        connection.execute(sql, (redaction.subject,))
    for table in ("post_parts", "post_authors"):
        connection.execute(f"DELETE FROM {table} WHERE post_id = ?", (redaction.subject,))  # noqa: S608
    _drop_people(connection, authors)


def _forget(connection: sqlite3.Connection, table: str, id_: str) -> None:
    """Let the facets that are gone be won anew, should they be allowed again."""
    row = connection.execute(f"SELECT provenance FROM {table} WHERE id = ?", (id_,)).fetchone()  # noqa: S608
    if row:
        kept = {name: stamp for name, stamp in decode(row[0]).items() if name not in _WRITTEN[table]}
        connection.execute(f"UPDATE {table} SET provenance = ? WHERE id = ?", (encode(kept), id_))  # noqa: S608


def _drop_people(connection: sqlite3.Connection, authors: Iterable[str]) -> None:
    """Those of whom nothing else is left."""
    connection.executemany(
        "DELETE FROM authors WHERE id = ?1 AND NOT EXISTS (SELECT 1 FROM comments WHERE author_id = ?1)"
        " AND NOT EXISTS (SELECT 1 FROM post_authors WHERE author_id = ?1)",
        [(id_,) for id_ in authors],
    )


def _erase_lines(connection: sqlite3.Connection, redaction: Redaction) -> None:
    """Lines of the sidebar that lead to it or name the person."""
    (site,) = connection.execute("SELECT site_key FROM blogs WHERE id = ?", (redaction.blog_id,)).fetchone()
    names = set(json.loads(redaction.names))
    lines = connection.execute(
        "SELECT l.rowid, l.url, l.text, l.detail FROM widget_links l JOIN widgets w ON w.id = l.widget_id"
        " WHERE w.blog_id = ?",
        (redaction.blog_id,),
    ).fetchall()
    for rowid, url, *said in lines:
        told = chain(
            (author_name(site, words) for words in said if words),
            [key("post", site, "url", url_key(url))],
            [fragment_name(site, url)] if "#" in url else [],
        )
        if not names.isdisjoint(told):
            connection.execute("DELETE FROM widget_links WHERE rowid = ?", (rowid,))
