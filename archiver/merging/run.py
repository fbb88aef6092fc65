"""`archiver merge`: one shard after the other, each in one transaction, so that what is there is whole at any moment.

A shard's files come first, then its rows, then the note that it is done; so a run that was killed leaves at most files
that no row names yet, and the next one goes on behind the last shard that was done.
"""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import Callable, Iterable
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

from archiver.crawl.lock import locked
from archiver.crawl.recorder import recover
from archiver.errors import ArchiveDamaged, ArchiverError, DiskFull, StoreAway
from archiver.merging import files
from archiver.merging.canonical import put_in_order
from archiver.merging.distant import FETCHED, find_all
from archiver.merging.files import How
from archiver.merging.shards import Shard, readable, ready
from archiver.privacy.marks import marks_text
from archiver.privacy.redact import settle
from db import Writer, open_archive
from db.archive import DATABASE
from db.merging import Merged, Merger

JOURNAL = "merged.jsonl"
"""Which shards were taken in, in which state: a line each, `{"shard": …, "state": …}`."""
SCRATCH = "merge.tmp"


@dataclass(slots=True)
class Report:
    """What a merge has come to. failed: a line for each shard that could not be taken in; known: shards that had been
    taken in before; lost: WARC files that rows name and that are not with their shards."""

    shards: int = 0
    known: int = 0
    merged: Merged = field(default_factory=Merged)
    lost: int = 0
    failed: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Output:
    directory: Path
    writer: Writer
    merger: Merger
    index: files.Index
    how: How


def merge(
    names: Iterable[Path | str],
    output: Path,
    *,
    how: How = "copy",
    canonical: bool = False,
    advance: Callable[[int], object] = bool,
) -> Report:
    """Merge shards into an archive, which is made where there is none. advance: told the bytes of databases done.

    names: folders and databases; URLs of places behind a store, as strings. canonical: put the database in order then.
    Raises UsageError, Locked, DiskFull, StoreAway, or what is wrong with the output.
    A shard that cannot be taken in is left out and told of in the report.
    """
    shards, report = find_all(names, output), Report()
    is_new = not (output / DATABASE).exists()
    open_archive(output, create=True)
    with locked(output, "merge"):
        opened = open_archive(output, create=True)
        recover(opened)
        settle(opened)
        done = {} if is_new else _journal(output)
        with closing(opened.writer()) as writer:
            state = _Output(output, writer, Merger(writer.connection, marks_text), files.Index(output), how)
            for shard in shards:
                try:
                    _take(shard, state, done, report)
                except (DiskFull, StoreAway):
                    raise
                except ArchiverError as error:
                    report.failed.append(str(error))
                advance(shard.size)
            state.index.finish()
        for folder in (SCRATCH, FETCHED):
            shutil.rmtree(output / folder, ignore_errors=True)
        settle(opened)  # what was taken down in one shard may stand in the WARC files of another
        if canonical:
            put_in_order(opened)
    return report


def _take(shard: Shard, output: _Output, done: dict[str, str], report: Report) -> None:
    state = shard.state  # before it is read: what comes meanwhile makes it another one
    if shard.is_distant and done.get(shard.key) == state:
        report.known += 1  # it is not brought here to be looked at
        return
    with shard.here():
        _take_here(shard, state, output, done, report)


def _take_here(shard: Shard, state: str, output: _Output, done: dict[str, str], report: Report) -> None:
    merger, name = output.merger, shard.key
    how: How = "move" if shard.is_distant else output.how  # what was brought here is ours
    with readable(shard):
        database = ready(shard, output.directory / SCRATCH)
    with readable(shard), merger.attached(database):
        if done.get(name) == state and merger.has_all():
            report.known += 1
            if how == "move":
                files.take_away(shard.directory, output.directory)
            return
        needed = merger.warc_files()
        placed = files.bring_warc(shard.directory, output.directory, how, needed)
        try:
            with output.writer.transaction():
                report.merged.add(merger.take(placed))
        except sqlite3.DatabaseError as error:
            raise ArchiveDamaged(shard.name, f"its rows contradict themselves ({error})", "It was left out") from error
        except ArchiveDamaged as error:
            raise ArchiveDamaged(shard.name, error.why, "Restore it from a copy, or crawl that blog again") from error
    report.shards += 1
    report.lost += sum(place is None for name, place in placed.items() if name in needed)
    files.bring_notes(shard.directory, output.directory)
    files.bring_blogs(shard.directory, output.directory)
    output.index.add(shard.directory, placed)
    with (output.directory / JOURNAL).open("a", encoding="utf-8") as journal:
        journal.write(json.dumps({"shard": name, "state": state}, ensure_ascii=False) + "\n")
    if how == "move":
        files.take_away(shard.directory, output.directory)


def _journal(output: Path) -> dict[str, str]:
    """The state in which each shard was taken in last. A line that was cut short by a kill is passed over."""
    found: dict[str, str] = {}
    path = output / JOURNAL
    if not path.exists():
        return found
    for line in path.read_text("utf-8").splitlines():
        try:
            one = json.loads(line)
            found[one["shard"]] = one["state"]
        except (ValueError, KeyError, TypeError):
            continue
    return found
