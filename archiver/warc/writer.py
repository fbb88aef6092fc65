"""Writing WARC files.

Each record is a gzip member of its own, so that it can be read by its offset alone. The records of one
exchange (request, metadata, response or revisit) are handed to the system in one piece before `write`
returns: after that they survive the death of the process at any moment. They are forced to the disk
(fsync) when a file is full and when it is closed; a power cut may cost the last ones, as it may cost the
last transactions of the database. A file carries the suffix `.open` until it is closed, and is locked
meanwhile (flock), so that nobody mends a file that is being written.
"""

from __future__ import annotations

import fcntl
import json
import os
import uuid
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

from archiver.warc.heads import without_transfer_coding
from archiver.warc.packing import packed
from archiver.warc.records import DIRECTORY, OPEN, SUFFIX, Exchange, Original, Place, digest

ROTATE_AT = 1 << 30
"""Bytes after which a file is closed and the next one begun."""
VERSION = "WARC/1.1"  # whose dates may have microseconds
FIELDS, REQUEST, RESPONSE = (
    "application/warc-fields",
    "application/http; msgtype=request",
    "application/http; msgtype=response",
)
SAME_PAYLOAD = "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest"
SERVER_NOT_MODIFIED = "http://netpreserve.org/warc/1.1/revisit/server-not-modified"
NOTE = "archiver"
"""The field of a metadata record that holds the exchange's note, as JSON."""


class Writer:
    """Appends exchanges to the WARC files of an archive; a file is begun when there is something to write.

    name: what the files of this run are called, before their number. info: fields of the `warcinfo`
    record. Raises OSError when the disk does not take it; the file then ends with its last whole record.
    """

    def __init__(self, archive: Path, name: str, info: Mapping[str, str], rotate_at: int = ROTATE_AT) -> None:
        self._directory = archive / DIRECTORY
        self._name, self._info, self._rotate_at = name, dict(info), rotate_at
        self._number = 0
        self._file: IO[bytes] | None = None
        self._path = Path()
        self._size = 0
        self._info_id = ""
        self.closed: list[Path] = []

    def write(self, exchange: Exchange, same_as: Original | None = None) -> Place:
        """Append an exchange; its response as a revisit when the payload is, or would be, that of an earlier record."""
        if self._file is None or self._size >= self._rotate_at:
            self.close()
            self._begin()
        record_id = _new_id()
        response = self._response(exchange, record_id, same_as)
        before = self._request(exchange, record_id) + self._metadata(exchange, record_id)
        offset = self._size + len(before)
        self._append(before + response)
        return Place(f"{DIRECTORY}/{self._path.name}", offset, len(response))

    def close(self) -> None:
        """Close the file that is being written, if there is one. It is known by its final name from then on."""
        if self._file is None:
            return
        with self._file as file:
            self._file = None
            os.fsync(file.fileno())
            Path(f"{self._path}{OPEN}").rename(self._path)
        self.closed.append(self._path)

    # -- files ------------------------------------------------------------------------------------

    def _begin(self) -> None:
        self._directory.mkdir(parents=True, exist_ok=True)
        self._path = self._directory / f"{self._name}-{self._number:05}{SUFFIX}"
        self._number += 1
        self._file = Path(f"{self._path}{OPEN}").open("xb", buffering=0)  # noqa: SIM115 (until close())
        fcntl.flock(self._file, fcntl.LOCK_EX)
        self._size = 0
        self._info_id = _new_id()
        fields = {
            "WARC-Filename": self._path.name,
            "WARC-Date": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
        }
        self._append(_record("warcinfo", self._info_id, fields, _lines(self._info), FIELDS))

    def _append(self, data: bytes) -> None:
        assert self._file is not None
        try:
            left = memoryview(data)
            while left:
                left = left[self._file.write(left) :]
        except OSError:
            with suppress(OSError):  # the first error is the one to tell
                self._file.truncate(self._size)
                self._file.seek(self._size)
            raise
        self._size += len(data)

    # -- records ----------------------------------------------------------------------------------

    def _response(self, exchange: Exchange, record_id: str, same_as: Original | None) -> bytes:
        fields = self._fields(exchange)
        if same_as:
            fields |= {
                "WARC-Profile": SERVER_NOT_MODIFIED if exchange.not_modified else SAME_PAYLOAD,
                "WARC-Refers-To": same_as.record_id,
                "WARC-Refers-To-Target-URI": same_as.url,
                "WARC-Refers-To-Date": same_as.date,
            }
        if exchange.ip:
            fields["WARC-IP-Address"] = exchange.ip
        if not (same_as and exchange.not_modified):  # there is none, and that of nothing would lead astray
            fields["WARC-Payload-Digest"] = exchange.digest
        block = without_transfer_coding(exchange.received) + (b"" if same_as else exchange.body)
        return _record("revisit" if same_as else "response", record_id, fields, block, RESPONSE)

    def _request(self, exchange: Exchange, response_id: str) -> bytes:
        if not exchange.sent:
            return b""
        fields = {**self._fields(exchange), "WARC-Concurrent-To": response_id}
        return _record("request", _new_id(), fields, exchange.sent, REQUEST)

    def _metadata(self, exchange: Exchange, response_id: str) -> bytes:
        if not exchange.note:
            return b""
        fields = {**self._fields(exchange), "WARC-Concurrent-To": response_id}
        return _record("metadata", _new_id(), fields, _lines({NOTE: json.dumps(exchange.note, sort_keys=True)}), FIELDS)

    def _fields(self, exchange: Exchange) -> dict[str, str]:
        return {"WARC-Target-URI": exchange.url, "WARC-Date": exchange.at, "WARC-Warcinfo-ID": self._info_id}


def _record(kind: str, record_id: str, fields: Mapping[str, str], block: bytes, content_type: str) -> bytes:
    """A record as a gzip member. Ours, since warcio copies and digests what it is given several times over."""
    fields = {
        "WARC-Type": kind,
        "WARC-Record-ID": record_id,
        **fields,
        "WARC-Block-Digest": digest(block),
        "Content-Type": content_type,
        "Content-Length": str(len(block)),
    }
    head = f"{VERSION}\r\n".encode("ascii") + _lines(fields) + b"\r\n"
    return packed(head, block, b"\r\n\r\n")


def _lines(fields: Mapping[str, str]) -> bytes:
    return "".join(f"{name}: {value}\r\n" for name, value in fields.items()).encode("utf-8")


def _new_id() -> str:
    return f"<urn:uuid:{uuid.uuid4()}>"
