"""What was taken down in one of two archives is taken down where they meet.

The journals are united; their numbers, which are each archive's own, are given anew in the order of time. What a person
who was taken down wrote in the other archive, by what either says of it, is entered as well, so that it stays out when
a third brings it without a name. Then what the journal names is erased from the united tables, as if the redaction had
been asked for there.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import replace

from db import attributions, redactions
from db.merge import decode
from db.redactions import Redaction, author_name, fragment_name

Subject = tuple[str, str, str, str]
_LATEST = """
INSERT INTO main.last_readings (comment_id, rank, read_at, extractor, stamp, exchange, marks)
VALUES (?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (comment_id) DO UPDATE SET rank = excluded.rank, read_at = excluded.read_at,
  extractor = excluded.extractor, stamp = excluded.stamp, exchange = excluded.exchange, marks = excluded.marks
WHERE (excluded.rank, excluded.read_at, excluded.extractor, excluded.stamp, excluded.exchange)
  > (rank, read_at, extractor, stamp, exchange)
"""


def unite(connection: sqlite3.Connection) -> None:
    """Unite the journals of `main` and `shard`, and take down in `main` what they name. Inside a transaction."""
    theirs = _journal(connection, "shard")
    ours = _journal(connection, "main")
    if not theirs and not ours:
        return
    united = _with_comments(connection, _united([ours, theirs]))
    if united != ours:
        connection.execute("DELETE FROM main.redactions")
        names = Redaction.__slots__
        sql = f"INSERT INTO main.redactions ({', '.join(names)}) VALUES ({', '.join('?' * len(names))})"
        connection.executemany(sql, [[getattr(one, name) for name in names] for one in united])
    active = [one for one in united if one.undone_at is None]
    comments = [one.subject for one in active if one.kind == "comment"]
    attributions.note_present(connection, comments)
    _note_readings(connection, comments)
    _erase(connection, active)
    # The WARC files of one may hold what was taken down in the other: the next start goes on with that.
    connection.execute(
        "UPDATE main.redactions SET done_at = NULL WHERE undone_at IS NULL AND blog_id IN (SELECT id FROM shard.blogs)"
    )


def _note_readings(connection: sqlite3.Connection, comment_ids: list[str]) -> None:
    """Keep the marks of comments that came with words and are about to lose them: of each the latest reading."""
    query = (
        "SELECT id, provenance, marks_of(coalesce(text, ''), native_id) FROM main.comments"
        " WHERE id IN (SELECT value FROM json_each(?))"
    )
    for id_, provenance, marks in connection.execute(query, (json.dumps(comment_ids),)).fetchall():
        if stamp := decode(provenance).get("core"):
            connection.execute(_LATEST, (id_, *stamp, marks))


def _erase(connection: sqlite3.Connection, active: Iterable[Redaction]) -> None:
    """Erase what is taken down, and what else that means, from rows that came by another way."""
    for blog_id, entries in _by_blog(active).items():
        found = list(_spread(connection, blog_id, entries))
        for one in found:
            redactions.note_withheld(connection, redactions.brought_by(connection, one))
        redactions.erase(connection, found)


def _by_blog(journal: Iterable[Redaction]) -> dict[str, list[Redaction]]:
    by_blog: dict[str, list[Redaction]] = {}
    for one in journal:
        by_blog.setdefault(one.blog_id, []).append(one)
    return by_blog


def _with_comments(connection: sqlite3.Connection, journal: list[Redaction]) -> list[Redaction]:
    """The journal, with an entry for each comment that somebody wrote, or was said to have written, who is taken down.

    What such an entry holds follows from the tables alone, so that it is the same after any order of merges: the place
    of the comment, and no marks: these are kept apart, for all who took it down.
    """
    people = [one for one in journal if one.kind == "author" and one.undone_at is None]
    entries = {_subject(one): one for one in journal}
    for blog_id, here in _by_blog(people).items():
        site = _site(connection, blog_id)
        by_name: dict[str, list[Redaction]] = {}
        for one in here:
            for name in json.loads(one.names):
                by_name.setdefault(name, []).append(one)
        for id_, name in attributions.written(connection, blog_id, site, by_name):
            for one in by_name[name]:
                entry = _of_comment(connection, site, id_, one)
                there = entries.get(_subject(entry), entry)
                entries[_subject(entry)] = replace(there, names=entry.names) if there.marks == "[]" else there
    return _united([list(entries.values())])


def _of_comment(connection: sqlite3.Connection, site: str, id_: str, person: Redaction) -> Redaction:
    url = connection.execute("SELECT url FROM main.comments WHERE id = ?", (id_,)).fetchone()[0] or ""
    names = json.dumps([fragment_name(site, url)] if "#" in url else [])
    return Redaction(
        id=f"{person.id} {id_}",  # until all are numbered
        blog_id=person.blog_id,
        kind="comment",
        subject=id_,
        why=person.why,
        redacted_at=person.redacted_at,
        part_of=person.part_of or person.id,  # one who goes by several addresses is entered for each
        names=names,
    )


def _site(connection: sqlite3.Connection, blog_id: str) -> str:
    site: str = connection.execute("SELECT site_key FROM main.blogs WHERE id = ?", (blog_id,)).fetchone()[0]
    return site


def _journal(connection: sqlite3.Connection, schema: str) -> list[Redaction]:
    names = ", ".join(Redaction.__slots__)
    query = f"SELECT {names} FROM {schema}.redactions ORDER BY CAST(substr(id, 2) AS INTEGER), id"
    return [Redaction(**dict(zip(Redaction.__slots__, row, strict=True))) for row in connection.execute(query)]


def _subject(one: Redaction) -> Subject:
    """What makes two entries of different archives one."""
    return one.redacted_at, one.blog_id, one.kind, one.subject


def _united(journals: Iterable[list[Redaction]]) -> list[Redaction]:
    """The entries of several journals, numbered anew: by time, those of a person before what the person wrote."""
    entries: dict[Subject, Redaction] = {}
    parents: dict[Subject, Subject] = {}
    undone_with: set[Subject] = set()  # the person, and not by themselves
    for journal in journals:
        by_id = {one.id: one for one in journal}
        for one in journal:
            subject = _subject(one)
            entries[subject] = _joined(entries[subject], one) if subject in entries else one
            if one.part_of is not None:
                person = by_id[one.part_of]
                parents[subject] = min(_subject(person), parents.get(subject, _subject(person)))
                if one.undone_at is not None and one.undone_at == person.undone_at:
                    undone_with.add(subject)
    for subject in undone_with:
        if entries[parents[subject]].undone_at is None:
            entries[subject] = replace(entries[subject], undone_at=None)
    ordered = sorted(entries, key=lambda subject: (subject[0], subject in parents, subject))
    numbers = {subject: f"r{number}" for number, subject in enumerate(ordered, 1)}
    return [
        replace(
            entries[subject],
            id=numbers[subject],
            part_of=numbers[parents[subject]] if subject in parents else None,
        )
        for subject in ordered
    ]


def _joined(one: Redaction, other: Redaction) -> Redaction:
    """Two entries on one thing: it is undone, or done, where both say so."""

    def both(a: str | None, b: str | None) -> str | None:
        return None if a is None or b is None else max(a, b)

    def all_of(a: str, b: str) -> str:
        found = {json.dumps(item) for text in (a, b) for item in json.loads(text)}
        return json.dumps([json.loads(item) for item in sorted(found)])

    swept = None if one.swept_at is None or other.swept_at is None else min(one.swept_at, other.swept_at)
    return replace(
        one,
        why=max(one.why, other.why),
        done_at=both(one.done_at, other.done_at),
        swept_at=swept,
        undone_at=both(one.undone_at, other.undone_at),
        names=one.names if one.names == other.names else all_of(one.names, other.names),
        marks=one.marks if one.marks == other.marks else all_of(one.marks, other.marks),
    )


def _spread(connection: sqlite3.Connection, blog_id: str, active: list[Redaction]) -> Iterator[Redaction]:
    """The entries, and one more for whatever they mean that they do not name: other addresses, names and posts."""
    yield from active
    known = {(one.kind, one.subject) for one in active}
    site = _site(connection, blog_id)
    meant = [("post", id_, one) for one in active if one.kind == "post" for id_ in _posts(connection, one)]
    people = list(_people(connection, blog_id, site, [one for one in active if one.kind == "author"]))
    meant += [("author", person, one) for person, one in people]
    meant += [("post", id_, one) for id_, one in _signed(connection, dict(people))]
    # Writings before those who wrote them: these are forgotten with their last line.
    for kind, id_, one in sorted(meant, key=lambda found: (found[0] == "author", found[:2])):
        if (kind, id_) not in known:
            known.add((kind, id_))
            yield replace(one, kind=kind, subject=id_)


def _posts(connection: sqlite3.Connection, one: Redaction) -> Iterator[str]:
    """Posts at the addresses that an entry names."""
    query = (
        "SELECT post_id FROM main.post_urls WHERE id IN (SELECT value FROM json_each(?))"
        " UNION SELECT id FROM main.posts WHERE id IN (SELECT value FROM json_each(?))"
    )
    return (row[0] for row in connection.execute(query, (one.names, one.names)).fetchall())


def _people(
    connection: sqlite3.Connection, blog_id: str, site: str, active: list[Redaction]
) -> Iterator[tuple[str, Redaction]]:
    """Everybody who bears the name of a person who was taken down."""
    if not active:
        return
    names = {name: one for one in active for name in json.loads(one.names)}
    subjects = {one.subject: one for one in active}
    for id_, name in connection.execute("SELECT id, name FROM main.authors WHERE blog_id = ?", (blog_id,)).fetchall():
        one = subjects.get(id_) or names.get(author_name(site, name))
        if one:
            yield id_, one


def _signed(connection: sqlite3.Connection, people: dict[str, Redaction]) -> Iterator[tuple[str, Redaction]]:
    """Posts that nobody else has signed."""
    for person, one in people.items():
        for (post_id,) in connection.execute(
            "SELECT post_id FROM main.post_authors WHERE author_id = ?", (person,)
        ).fetchall():
            query = "SELECT author_id FROM main.post_authors WHERE post_id = ?"
            if all(row[0] in people for row in connection.execute(query, (post_id,))):
                yield post_id, one
