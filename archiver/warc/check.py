"""Whether WARC files are whole: every byte in a record, every digest right, every revisit with its payload."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from archiver.errors import ArchiveDamaged
from archiver.warc.reader import Record, responses
from archiver.warc.records import DIRECTORY, OPEN, SUFFIX, digest


@dataclass(frozen=True, slots=True)
class Seen:
    """A response on record: as much as it takes to hold a row against it."""

    url: str
    date: str
    digest: str | None
    length: int


@dataclass(slots=True)
class Found:
    """What the files of an archive hold.

    records: by file, relative to the archive, and offset. problems: file and what is wrong with it.
    """

    records: dict[tuple[str, int], Seen] = field(default_factory=dict)
    problems: list[tuple[str, str]] = field(default_factory=list)
    open: list[str] = field(default_factory=list)


def check(archive: Path, advance: Callable[[int], object] = bool) -> Found:
    """Read all WARC files of an archive. advance: told how many bytes have been gone through."""
    found = Found()
    payloads: set[str] = set()
    revisits: list[tuple[str, Record]] = []
    for path in sorted((archive / DIRECTORY).glob(f"*{SUFFIX}*")):
        name = f"{DIRECTORY}/{path.name}"
        if path.name.endswith(OPEN):
            found.open.append(name)
            continue
        at = 0
        for record in _records(path, name, found):
            found.records[name, record.offset] = _seen(record)
            if record.is_revisit:
                revisits.append((name, record))
            elif record.digest and record.digest.startswith("sha1:") and digest(record.body) != record.digest:
                found.problems.append((name, f"the payload at byte {record.offset} is not what its digest says"))
            else:
                payloads.add(record.record_id)
            advance(record.offset - at)
            at = record.offset
        advance(path.stat().st_size - at)
    for name, record in revisits:
        if not record.refers_to or (record.refers_to.record_id and record.refers_to.record_id not in payloads):
            found.problems.append((name, f"the payload of the revisit at byte {record.offset} is missing"))
    return found


def _seen(record: Record) -> Seen:
    """A server's "not modified" has no digest of its own; rows have that of nothing."""
    return Seen(record.url, record.date, record.digest or digest(record.body), record.length)


def _records(path: Path, name: str, found: Found) -> Iterator[Record]:
    try:
        yield from responses(path)
    except ArchiveDamaged as error:
        found.problems.append((name, error.why))
