"""What was taken down, out of files: WARC files with their index and the rows that name their records, and logs."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Collection
from dataclasses import dataclass, field
from pathlib import Path

from archiver.errors import ArchiveDamaged
from archiver.privacy.marks import Search, from_json
from archiver.warc import cdxj
from archiver.warc.reader import Record, responses
from archiver.warc.records import DIRECTORY, warc_files
from archiver.warc.withhold import body_of, stand_ins, withhold
from db import Writer
from db.checks import move_record
from db.redactions import Redaction, later_marks, note_withheld

_ROWS = "SELECT id, fetched_at, digest, warc_offset, warc_length FROM fetches WHERE warc_file = ?"
_WITHHELD = "SELECT f.warc_offset FROM withheld w JOIN fetches f ON f.id = w.fetch_id WHERE f.warc_file = ?"
SAID = ("logs", "reports")
"""Folders of an archive in which words of a page may have been put down."""
LEFT_BEHIND = ("extract.tmp", "import.tmp")
"""Folders that a killed run may have left, with copies of what the archive holds."""
GONE = "(taken down)"


def search_for(connection: sqlite3.Connection, redactions: Collection[Redaction]) -> Search:
    """All marks of these, and of what merges have met of them."""
    kept = [*(redaction.marks for redaction in redactions), *later_marks(connection, redactions)]
    return Search(mark for marks in kept for mark in from_json(marks))


@dataclass(slots=True)
class _Held:
    """Which records must go. offsets: in the present file, of those known by their rows. removed: ids of those that
    went, of all files; what repeats them goes as well."""

    search: Search
    offsets: set[int] = field(default_factory=set)
    removed: set[str] = field(default_factory=set)

    def is_held(self, record: Record) -> bool:
        referred = record.refers_to.record_id if record.refers_to else None
        held = referred in self.removed or record.offset in self.offsets or self.search.finds(body_of(record))
        if held:
            self.removed.add(record.record_id)
        return held


def sweep_warc(
    writer: Writer, archive: Path, redactions: list[Redaction], since: float = 0.0
) -> tuple[int, tuple[str, ...]]:
    """Go through the WARC files that were changed since a time. Returns how many records were replaced, and which
    files could not be read to their end.

    May be stopped anywhere and begun again: what was replaced is known by what stands in its place, and rows are held
    against the records that are there.
    """
    held = _Held(search_for(writer.connection, redactions))
    total, unread = 0, []
    for path in warc_files(archive):
        if path.stat().st_mtime < since:
            continue
        name = f"{DIRECTORY}/{path.name}"
        earlier = stand_ins(path)
        held.removed |= earlier
        try:
            if earlier:  # a killed run may not have come to that
                _hold_against(writer, path, name)
            held.offsets = {row[0] for row in writer.connection.execute(_WITHHELD, (name,))}
            count = withhold(path, held.is_held)
        except ArchiveDamaged:
            unread.append(name)
            continue
        if count:
            _hold_against(writer, path, name)
        if count or earlier:
            cdxj.add(archive, [path])
        total += count
    if not cdxj.is_current(archive):
        cdxj.write(archive)
    return total, tuple(unread)


def _hold_against(writer: Writer, path: Path, name: str) -> None:
    """Let the rows of a file name their records where they are now, or none."""
    records = {record.offset: record for record in responses(path)}
    places = {(record.date, record.digest): record for record in records.values()}
    changed: dict[str, tuple[str, int, int] | None] = {}
    for id_, fetched_at, digest, offset, length in writer.connection.execute(_ROWS, (name,)).fetchall():
        there = records.get(offset)
        if there and (there.date, there.length) == (fetched_at, length):
            continue
        now = places.get((fetched_at, digest))
        changed[id_] = (name, now.offset, now.length) if now else None
    with writer.transaction():
        for id_, place in changed.items():
            move_record(writer.connection, id_, place)
        note_withheld(writer.connection, [id_ for id_, place in changed.items() if place is None])


def sweep_words(connection: sqlite3.Connection, archive: Path, redactions: list[Redaction]) -> int:
    """Blank the lines of logs and reports that hold what was taken down. Returns how many."""
    search, total = search_for(connection, redactions), 0
    for file in sorted(file for folder in SAID for file in (archive / folder).rglob("*") if file.is_file()):
        lines = file.read_text("utf-8", "surrogateescape").splitlines(keepends=True)
        kept = [f"{GONE}\n" if search.finds(line) else line for line in lines]
        number = sum(new != old for new, old in zip(kept, lines, strict=True))
        if number:
            new = file.with_name(f"{file.name}.new")
            new.write_text("".join(kept), "utf-8", "surrogateescape")
            new.replace(file)
            total += number
    return total


def sweep_left_behind(archive: Path) -> None:
    """Remove what a killed run has left of copies of the database."""
    for name in LEFT_BEHIND:
        shutil.rmtree(archive / name, ignore_errors=True)


def purge(connection: sqlite3.Connection) -> bool:
    """Leave nothing in the pages of the database, nor in its log, of what was deleted. Whether that was possible:
    somebody who is reading keeps what they see."""
    for index in ("posts_fts", "comments_fts"):  # a deleted word stays in the index until its segments are merged
        connection.execute(f"INSERT INTO {index} ({index}) VALUES ('rebuild')")  # noqa: S608 - names of ours
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.execute("VACUUM")
    busy, *_ = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    return not busy
