"""Reading WARC files: our own, and those that others have made, compressed or not."""

from __future__ import annotations

import io
import json
import mmap
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from warcio.archiveiterator import ArchiveIterator
from warcio.bufferedreaders import ChunkedDataReader
from warcio.exceptions import ArchiveLoadFailed

from archiver.errors import ArchiveDamaged
from archiver.warc.records import Original
from archiver.warc.repair import members, whole
from archiver.warc.writer import NOTE

LARGEST = 64 << 20
"""Bytes of a body that are read at most; foreign files hold films and disk images."""
_GZIP = b"\x1f\x8b"
_BEGINNINGS = (b"WARC/", _GZIP, b"filedesc://")
"""Of WARC, compressed or not, and of the older ARC; warcio takes any six words for a record of the latter."""
_RECORD = re.compile(rb"WARC/|[a-z][a-z0-9+.-]*://?\S")
"""How a record begins that is not compressed: in WARC with its version, in ARC with its address."""
_TODO = "See what `archiver verify` says"
_BEHIND = 4 << 20  # bytes of a file that may stay in memory once they have been read
_NOTES = 1000  # notes that may wait for their response; ours stand just before it


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One record that holds an HTTP response, or refers to one.

    date: as the record has it. headers: of the response, as received, in order; None where there are
    none. body: behind its transfer coding, in its content coding; empty for a revisit. digest: of the
    payload, as declared. refers_to: of a revisit. note: what its crawl knew; None in foreign files.
    """

    kind: str
    url: str
    date: str
    record_id: str
    offset: int
    length: int
    status: int | None = None
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""
    digest: str | None = None
    ip: str | None = None
    refers_to: Original | None = None
    note: dict[str, Any] | None = field(default=None, hash=False)

    @property
    def is_revisit(self) -> bool:
        """Whether the payload lies in another record."""
        return self.kind == "revisit"


def responses(path: Path) -> Iterator[Record]:
    """The responses, resources and revisits of a file, in their order.

    Raises ArchiveDamaged when the file is no WARC file at all; when a part of it cannot be read, after all
    that can be.
    """
    with path.open("rb") as file:
        beginning = file.read(16)
        file.seek(0)
        if not beginning.startswith(_BEGINNINGS):
            raise ArchiveDamaged(str(path), "it is no WARC file", "Give a .warc, .warc.gz or .wacz file")
        if beginning.startswith(_GZIP):
            with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
                if whole(data, 0):
                    yield from _members(path, data)
                    return
        yield from _streamed(path, file)


def read_at(path: Path, offset: int) -> Record:
    """The record that begins at an offset, without its note. Raises ArchiveDamaged when there is none."""
    with path.open("rb") as file:
        file.seek(offset)
        beginning = file.read(64)
        if beginning.startswith(_GZIP):
            with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
                length = whole(data, offset)
                if length:
                    return _record(data[offset : offset + length], offset, length)
        elif _RECORD.match(beginning):  # warcio takes other things for records as well
            file.seek(offset)
            records = ArchiveIterator(file)
            try:
                values = _values(next(records))
                return Record(offset=offset, length=records.get_record_length(), **values)
            except (ArchiveLoadFailed, EOFError, StopIteration):
                pass  # told below
    raise ArchiveDamaged(str(path), f"no whole record begins at byte {offset}", _TODO)


def _members(path: Path, data: mmap.mmap) -> Iterator[Record]:
    """Of a file that has each record in a gzip member of its own. warcio would pass over what is damaged."""
    notes: dict[str, dict[str, Any]] = {}
    end, kept, damaged = 0, 0, []
    for offset, length in members(data):
        kept = _let_go(data, kept, offset)
        if offset > end:
            damaged.append(end)
        end = offset + length
        try:
            found = next(ArchiveIterator(io.BytesIO(data[offset:end])))
        except (ArchiveLoadFailed, EOFError, StopIteration):
            damaged.append(offset)
            continue
        if (values := _taken(found, notes)) is not None:
            yield Record(offset=offset, length=length, **values)
    if end < len(data):
        damaged.append(end)
    if damaged:
        places = ", ".join(map(str, damaged[:3])) + (" …" if len(damaged) > 3 else "")
        raise ArchiveDamaged(str(path), f"it cannot be read from byte {places} on", _TODO)


def _let_go(data: mmap.mmap, kept: int, offset: int) -> int:
    """Give back what lies before an offset: it counts as memory of this process. Returns where what is kept begins."""
    size = (offset - kept) // mmap.PAGESIZE * mmap.PAGESIZE
    if size < _BEHIND or not hasattr(mmap, "MADV_DONTNEED"):
        return kept
    data.madvise(mmap.MADV_DONTNEED, kept, size)
    return kept + size


def _streamed(path: Path, file: IO[bytes]) -> Iterator[Record]:
    """Of a file without compression, or compressed as a whole."""
    notes: dict[str, dict[str, Any]] = {}
    records = ArchiveIterator(file)
    try:
        for found in records:
            if (values := _taken(found, notes)) is not None:
                found.raw_stream.read()  # what is beyond the largest body, so that the length is known
                offset = records.get_record_offset()
                yield Record(offset=offset, length=records.get_record_length(), **values)
    except (ArchiveLoadFailed, EOFError) as error:
        why = " ".join(str(error).split())[:200] or "it ends in mid-record"
        raise ArchiveDamaged(str(path), f"it cannot be read beyond byte {records.offset} ({why})", _TODO) from error


def _record(data: bytes, offset: int, length: int) -> Record:
    return Record(offset=offset, length=length, **_values(next(ArchiveIterator(io.BytesIO(data)))))


def _taken(found: Any, notes: dict[str, dict[str, Any]]) -> dict[str, Any] | None:
    """What a record holds, when it is one of those that are wanted; a note is kept for its response."""
    if found.rec_type == "metadata":
        _take_note(found, notes)
    elif found.rec_type in {"response", "revisit", "resource"} and _is_web(found):
        values = _values(found)
        return {**values, "note": notes.pop(values["record_id"], None)}
    return None


def _is_web(found: Any) -> bool:
    url = found.rec_headers.get_header("WARC-Target-URI") or found.rec_headers.get_header("uri") or ""
    return url.startswith(("http:", "https:"))


def _values(found: Any) -> dict[str, Any]:
    fields, http = found.rec_headers, found.http_headers
    is_revisit = found.rec_type == "revisit"
    referred = fields.get_header("WARC-Refers-To-Target-URI")
    status, headers = _status(http), tuple(http.headers) if http else ()
    if found.rec_type == "resource":  # a file without HTTP around it
        status, headers = 200, (("Content-Type", found.content_type or ""),)
    return {
        "kind": found.rec_type,
        "url": fields.get_header("WARC-Target-URI") or fields.get_header("uri") or "",
        "date": fields.get_header("WARC-Date") or fields.get_header("archive-date") or "",
        "record_id": fields.get_header("WARC-Record-ID") or "",
        "status": status,
        "headers": headers,
        "body": b"" if is_revisit else _body(found),
        "digest": fields.get_header("WARC-Payload-Digest"),
        "ip": fields.get_header("WARC-IP-Address"),
        "refers_to": Original(
            referred, fields.get_header("WARC-Refers-To-Date") or "", fields.get_header("WARC-Refers-To") or ""
        )
        if is_revisit and referred
        else None,
    }


def _status(http: Any) -> int | None:
    if http is None:
        return None
    code = http.statusline.partition(" ")[0]
    return int(code) if code.isdigit() else None


def _body(found: Any) -> bytes:
    http = found.http_headers
    chunked = http is not None and "chunked" in (http.get_header("transfer-encoding") or "").lower()
    # Some tools store chunks, others store the body and leave the header: the reader takes both.
    stream = ChunkedDataReader(found.raw_stream, decomp_type=None) if chunked else found.raw_stream
    parts, left = [], LARGEST
    while left > 0 and (part := stream.read(min(left, 1 << 20))):
        parts.append(part)
        left -= len(part)
    return b"".join(parts)


def _take_note(found: Any, notes: dict[str, dict[str, Any]]) -> None:
    response = found.rec_headers.get_header("WARC-Concurrent-To")
    line = found.raw_stream.read()
    if response and line.startswith(NOTE.encode() + b":"):
        try:
            notes[response] = json.loads(line.partition(b":")[2])
        except ValueError:
            return  # somebody else's field of that name
        if len(notes) > _NOTES:
            del notes[next(iter(notes))]
