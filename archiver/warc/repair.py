"""What a killed process leaves: a file that was never closed, perhaps torn in its last record.

A file is looked through member by member. What cannot be read at its end is cut off. What cannot be
read in its middle, with whole records behind it, is no torn tail: that is never cut.
"""

from __future__ import annotations

import fcntl
import mmap
import os
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from archiver.warc.records import DIRECTORY, OPEN

_MAGIC = b"\x1f\x8b\x08"
_STEP = 1 << 20
_FIRST_STEP = 1 << 14  # most records are small


@dataclass(frozen=True, slots=True)
class Damage:
    """Bytes that hold no whole record."""

    offset: int
    length: int


@dataclass(frozen=True, slots=True)
class Scan:
    """What a file holds. whole: bytes up to the end of its last whole record."""

    records: int
    whole: int
    size: int
    damages: tuple[Damage, ...]

    @property
    def torn(self) -> int:
        """Bytes behind the last whole record."""
        return self.size - self.whole


@dataclass(frozen=True, slots=True)
class Closed:
    """A file that was found open. cut: bytes of its torn tail. path: None when nothing whole was in it."""

    path: Path | None
    name: str
    records: int
    cut: int


def scan(path: Path) -> Scan:
    """Look through a file of gzip members; those that are not whole WARC records are damage."""
    size = path.stat().st_size
    if not size:
        return Scan(0, 0, 0, ())
    records, end, damages = 0, 0, []
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        for offset, length in members(data):
            if offset > end:
                damages.append(Damage(end, offset - end))
            records, end = records + 1, offset + length
    if end < size:
        damages.append(Damage(end, size - end))
    return Scan(records, end, size, tuple(damages))


def close_left_open(archive: Path) -> list[Closed]:
    """Close what killed runs have left open, their torn tails cut off. Files that are being written are left alone."""
    return [closed for path in sorted((archive / DIRECTORY).glob(f"*{OPEN}")) if (closed := _close(path))]


def _close(path: Path) -> Closed | None:
    with path.open("r+b") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return None
        found = scan(path)
        file.truncate(found.whole)
        os.fsync(file.fileno())
        final = path.with_name(path.name.removesuffix(OPEN))
        if found.records:
            path.rename(final)
        else:
            path.unlink()
    return Closed(final if found.records else None, final.name, found.records, found.torn)


def members(data: mmap.mmap) -> Iterator[tuple[int, int]]:
    """Offset and length of every whole record."""
    offset = 0
    while 0 <= offset < len(data):
        length = whole(data, offset)
        if length:
            yield offset, length
            offset += length
        else:
            offset = data.find(_MAGIC, offset + 1)


def whole(data: mmap.mmap, offset: int) -> int:
    """The length of the record that begins here; 0 when none does, or not a whole one."""
    if data[offset : offset + len(_MAGIC)] != _MAGIC:
        return 0
    inflater = zlib.decompressobj(16 + zlib.MAX_WBITS)
    head, size, position, step = b"", 0, offset, _FIRST_STEP
    try:
        while not inflater.eof:
            piece = data[position : position + step]
            step = min(step * 2, _STEP)
            if not piece:
                return 0
            position += len(piece)
            while piece and not inflater.eof:  # in steps, since a small piece may hold a large body
                part = inflater.decompress(piece, _STEP)
                piece = inflater.unconsumed_tail
                size += len(part)
                head += part[: max(0, _STEP - len(head))]
    except zlib.error:
        return 0
    return position - offset - len(inflater.unused_data) if size == _length(head) else 0


def _length(head: bytes) -> int:
    """How long a record that begins so must be, uncompressed; -1 when that is no record."""
    fields, blank, _ = head.partition(b"\r\n\r\n")
    if not fields.startswith(b"WARC/") or not blank:
        return -1
    for line in fields.split(b"\r\n"):
        name, _, value = line.partition(b":")
        if name.strip().lower() == b"content-length" and value.strip().isdigit():
            return len(fields) + len(blank) + int(value) + 4
    return -1
