"""Redaction that lasts: out of the tables, the search index, the WARC files, the logs, and never in again.

The journal comes first. Then every step may be cut short and begun again, so that a killed redaction is finished by the
next run, whichever that is.
"""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from archiver.errors import ArchiverError, UsageError
from archiver.history import find
from archiver.privacy import sweep
from archiver.privacy.marks import Mark, mark_of_name, marks_of, to_json
from archiver.privacy.names import forms, is_ordinary
from archiver.text import normal_name
from archiver.urls import url_key
from db import Archive, Writer, redactions
from db.redactions import Redaction

_SKEW = 2.0  # seconds by which the clock of a file system may be coarser than ours


@dataclass(slots=True)
class Done:
    """What a redaction, or the finishing of earlier ones, has come to. quoted: others that hold some of the words.
    unread: WARC files that cannot be read to their end, and were left as they are."""

    posts: int = 0
    comments: int = 0
    people: int = 0
    records: int = 0
    lines: int = 0
    quoted: tuple[str, ...] = ()
    unread: tuple[str, ...] = ()


def redact(archive: Archive, name: str, why: str) -> tuple[Redaction, Done]:
    """Take down a post or comment, by URL or key, or a person with all that they wrote, by name, URL or key.

    The archive's lock must be held. Raises UsageError when nothing is called that; ArchiverError when somebody who is
    reading keeps the database from being purged, which the next run does then.
    """
    with closing(archive.writer()) as writer:
        entered = _entries(writer.connection, name, why)
        with writer.transaction():
            redactions.enter(writer.connection, entered)
        done = _carry_out(writer, archive.directory, entered)
    return entered[0], done


def settle(archive: Archive) -> Done | None:
    """Finish what was begun, and go through the WARC files that have been written since. None: there was nothing.

    The archive's lock must be held.
    """
    with closing(archive.writer()) as writer:
        active = [one for one in redactions.journal(writer.connection) if one.undone_at is None]
        if not active:
            return None
        begun = [one for one in active if one.done_at is None]
        if begun:
            return _carry_out(writer, archive.directory, begun)
        since = min(_moment(one.swept_at or one.redacted_at) for one in active) - _SKEW
        done = Done()
        done.records, done.unread = sweep.sweep_warc(writer, archive.directory, active, since)
        with writer.transaction():
            redactions.settle(writer.connection, "swept_at", active, _now())
    return done if done.records else None


def undo(archive: Archive, id_: str) -> Redaction:
    """Allow what was taken down to be collected again. Raises UsageError when there is no such redaction."""
    with closing(archive.writer()) as writer:
        journal = redactions.journal(writer.connection)
        one = next((one for one in journal if one.id == id_ and one.undone_at is None), None)
        if one is None:
            raise UsageError(f"redaction {id_}", "there is no such redaction", "See archiver redact --list")
        with writer.transaction():
            parts = [part for part in journal if part.part_of == id_]
            redactions.settle(writer.connection, "undone_at", [one, *parts], _now())
    return one


def _carry_out(writer: Writer, archive: Path, begun: list[Redaction]) -> Done:
    """All steps; each may have been done already, wholly or in part."""
    done = Done()
    sweep.sweep_left_behind(archive)
    done.records, done.unread = sweep.sweep_warc(writer, archive, begun)
    done.lines = sweep.sweep_words(writer.connection, archive, begun)
    writer.connection.execute("PRAGMA secure_delete = ON")
    with writer.transaction():
        redactions.erase(writer.connection, begun)
    if not sweep.purge(writer.connection):
        why = "another program is reading it, so that what was deleted is still in its files"
        raise ArchiverError(str(archive), why, "Stop archiver serve and the like, and run `archiver redact --list`")
    with writer.transaction():
        redactions.settle(writer.connection, "swept_at", begun, _now())
        redactions.settle(writer.connection, "done_at", begun, _now())
    kinds = [one.kind for one in begun]
    done.posts, done.comments, done.people = (kinds.count(kind) for kind in ("post", "comment", "author"))
    done.quoted = tuple(_quoting(writer.connection, begun))
    return done


def _quoting(connection: sqlite3.Connection, begun: list[Redaction]) -> Iterator[str]:
    """The keys of posts and comments that still hold some of the words."""
    search = sweep.search_for(connection, begun)
    for table in ("posts", "comments"):
        for id_, text in connection.execute(f"SELECT id, text FROM {table} WHERE text IS NOT NULL"):  # noqa: S608
            if search.finds(text):
                yield id_


# -- what is meant ----------------------------------------------------------------------------------


def _entries(connection: sqlite3.Connection, name: str, why: str) -> list[Redaction]:
    """The rows of the journal: of a person, first theirs, then those of all that they wrote."""
    number = max([0, *(int(one.id[1:]) for one in redactions.journal(connection))])
    entry = Redaction(id="", blog_id="", kind="", subject="", why=why, redacted_at=_now())
    found = set(find(connection, name))
    if len(found) > 1:
        raise UsageError(name, f"{len(found)} things are called that", "Give the URL, or the id of 20 characters")
    if found:
        kind, id_ = found.pop()
        rows = [_of_post(connection, entry, id_) if kind == "post" else _of_comment(connection, entry, id_)]
    else:
        rows = list(_of_person(connection, entry, name))
    if not rows:
        raise UsageError(name, "nothing and nobody is called that", "Give the URL, the id, or the exact name")
    first = f"r{number + 1}"
    return [
        replace(row, id=f"r{number + place}", part_of=None if place == 1 else first)
        for place, row in enumerate(rows, 1)
    ]


def _of_comment(connection: sqlite3.Connection, entry: Redaction, id_: str) -> Redaction:
    row = connection.execute(
        "SELECT c.blog_id, c.native_id, c.url, c.text, b.site_key FROM comments c JOIN blogs b ON b.id = c.blog_id"
        " WHERE c.id = ?", (id_,)).fetchone()  # fmt: skip
    names = [redactions.fragment_name(row["site_key"], row["url"])] if "#" in (row["url"] or "") else []
    marks = _marks(connection, "comment_id = ?", id_, [row["text"]], row["native_id"])
    return replace(
        entry, blog_id=row["blog_id"], kind="comment", subject=id_, names=json.dumps(names), marks=to_json(marks)
    )


def _of_post(connection: sqlite3.Connection, entry: Redaction, id_: str) -> Redaction:
    row = connection.execute("SELECT blog_id, title, text, excerpt FROM posts WHERE id = ?", (id_,)).fetchone()
    names = [one[0] for one in connection.execute("SELECT id FROM post_urls WHERE post_id = ?", (id_,))]
    parts = [one[0] for one in connection.execute("SELECT text FROM post_parts WHERE post_id = ?", (id_,))]
    texts = [row["title"], row["text"], row["excerpt"], *parts]
    marks = _marks(connection, "post_id = ? AND comment_id IS NULL", id_, texts)
    return replace(
        entry, blog_id=row["blog_id"], kind="post", subject=id_, names=json.dumps(names), marks=to_json(marks)
    )


def _marks(
    connection: sqlite3.Connection, where: str, id_: str, texts: list[str | None], native_id: str | None = None
) -> Iterable[Mark]:
    """Those of the present wording and of all earlier ones, each once."""
    earlier = connection.execute(f"SELECT title, text FROM revisions WHERE {where}", (id_,)).fetchall()  # noqa: S608
    said = dict.fromkeys([*texts, *(words for row in earlier for words in row)])
    return [mark for words in said if words for mark in marks_of(words, native_id)]


def _of_person(connection: sqlite3.Connection, entry: Redaction, name: str) -> Iterator[Redaction]:
    """Everybody of that name on the blogs, with their comments and the posts that they alone signed."""
    rows = connection.execute(
        "SELECT a.id, a.blog_id, a.name, a.url, b.site_key FROM authors a JOIN blogs b ON b.id = a.blog_id"
    ).fetchall()
    meant = {row["name"] for row in rows if _is_called(row, name)}
    people = [row for row in rows if normal_name(row["name"]) in set(map(normal_name, meant))]
    for row in people:
        # A name that is an ordinary word would take every page along.
        mark = None if is_ordinary(forms(row["name"])) else mark_of_name(row["name"])
        names = json.dumps([redactions.author_name(row["site_key"], row["name"])])
        yield replace(
            entry,
            blog_id=row["blog_id"],
            kind="author",
            subject=row["id"],
            names=names,
            marks=to_json([mark] if mark else []),
        )
    for row in people:
        alone = "SELECT post_id FROM post_authors GROUP BY post_id HAVING count(*) = 1 AND min(author_id) = ?"
        for (id_,) in connection.execute(alone, (row["id"],)).fetchall():
            yield _of_post(connection, entry, id_)
    for id_ in _comments_by(connection, people):
        yield _of_comment(connection, entry, id_)


def _comments_by(connection: sqlite3.Connection, people: list[sqlite3.Row]) -> Iterable[str]:
    """Theirs, and those that were said to be theirs by an archive that was merged into this one; each once."""
    query = "SELECT id FROM comments WHERE author_id = ? UNION SELECT comment_id FROM attributions WHERE name = ?"
    found: dict[str, None] = {}
    for row in people:
        name = redactions.author_name(row["site_key"], row["name"])
        found |= dict.fromkeys(id_ for (id_,) in connection.execute(query, (row["id"], name)))
    return found


def _is_called(row: sqlite3.Row, name: str) -> bool:
    if re.match(r"https?://", name):
        return bool(row["url"]) and url_key(row["url"]) == url_key(name)
    return name == row["id"] or normal_name(name) == normal_name(row["name"])


def _now() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _moment(at: str) -> float:
    return datetime.fromisoformat(at).timestamp()
