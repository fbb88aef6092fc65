"""Reading WARC files: our own, and those that others have made, compressed or not."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from warcio.archiveiterator import ArchiveIterator
from warcio.bufferedreaders import ChunkedDataReader
from warcio.exceptions import ArchiveLoadFailed

from archiver.errors import ArchiveDamaged
from archiver.warc.records import Original
from archiver.warc.writer import NOTE

LARGEST = 64 << 20
"""Bytes of a body that are read at most; foreign files hold films and disk images."""
_BEGINNINGS = (b"WARC/", b"\x1f\x8b", b"filedesc://")
"""Of WARC, compressed or not, and of the older ARC; warcio takes any six words for a record of the latter."""
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
    """The responses, resources and revisits of a file, in their order. Raises ArchiveDamaged where it is torn."""
    notes: dict[str, dict[str, Any]] = {}
    with path.open("rb") as file:
        if not file.read(16).startswith(_BEGINNINGS):
            raise ArchiveDamaged(str(path), "it is no WARC file", "Give a .warc, .warc.gz or .wacz file")
        file.seek(0)
        records = ArchiveIterator(file)
        try:
            for found in records:
                if found.rec_type == "metadata":
                    _take_note(found, notes)
                elif found.rec_type in {"response", "revisit", "resource"} and _is_web(found):
                    values = _values(found)
                    values["note"] = notes.pop(values["record_id"], None)
                    found.raw_stream.read()  # what is beyond the largest body, so that the length is known
                    offset = records.get_record_offset()
                    yield Record(offset=offset, length=records.get_record_length(), **values)
        except (ArchiveLoadFailed, EOFError) as error:
            raise _damaged(path, records, error) from error


def read_at(path: Path, offset: int) -> Record:
    """The record that begins at an offset, without its note. Raises ArchiveDamaged when there is none."""
    with path.open("rb") as file:
        file.seek(offset)
        records = ArchiveIterator(file)
        try:
            found = next(records)
            values = _values(found)
            found.raw_stream.read()
            return Record(offset=offset, length=records.get_record_length(), **values)
        except (ArchiveLoadFailed, EOFError, StopIteration) as error:
            raise _damaged(path, records, error) from error


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


def _damaged(path: Path, records: Any, error: Exception) -> ArchiveDamaged:
    why = " ".join(str(error).split())[:200] or "it ends in mid-record"
    return ArchiveDamaged(
        str(path), f"the record near byte {records.offset} cannot be read: {why}", "See what `archiver verify` says"
    )
