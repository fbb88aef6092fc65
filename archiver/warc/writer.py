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
import io
import json
import os
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import IO

from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from archiver.warc.heads import without_transfer_coding
from archiver.warc.records import DIRECTORY, OPEN, SUFFIX, Exchange, Original, Place, digest

ROTATE_AT = 1 << 30
"""Bytes after which a file is closed and the next one begun."""
VERSION = "1.1"  # whose dates may have microseconds
SAME_PAYLOAD = "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest"
SERVER_NOT_MODIFIED = "http://netpreserve.org/warc/1.1/revisit/server-not-modified"
NOTE = "archiver"
"""The field of a metadata record that holds the exchange's note, as JSON."""


class _Head(StatusAndHeaders):  # type: ignore[misc]  # ships no types
    """A head that is written as it came: warcio would put its own spelling in its place."""

    def __init__(self, head: bytes) -> None:
        super().__init__("", [])
        self._head = head

    def __bool__(self) -> bool:
        return True  # warcio takes a head without fields for none, and looks for one in the payload

    def compute_headers_buffer(self, header_filter: object = None) -> None:  # noqa: ARG002 (as warcio calls it)
        self.headers_buff = self._head


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
        response, record_id = self._response(exchange, same_as)
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
        record = _warcio().create_warcinfo_record(self._path.name, self._info)
        self._info_id = record.rec_headers.get_header("WARC-Record-ID")
        self._append(_bytes_of(record))

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

    def _response(self, exchange: Exchange, same_as: Original | None) -> tuple[bytes, str]:
        fields = self._fields(exchange)
        payload = b"" if same_as else exchange.body
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
            fields["WARC-Payload-Digest"] = digest(exchange.body)
        head = without_transfer_coding(exchange.received)
        fields["WARC-Block-Digest"] = digest(head + payload)
        kind = "revisit" if same_as else "response"
        return self._record(exchange.url, kind, fields, payload, head)

    def _request(self, exchange: Exchange, response_id: str) -> bytes:
        if not exchange.sent:
            return b""
        fields = {**self._fields(exchange), "WARC-Concurrent-To": response_id}
        fields["WARC-Block-Digest"] = digest(exchange.sent)
        return self._record(exchange.url, "request", fields, b"", exchange.sent)[0]

    def _metadata(self, exchange: Exchange, response_id: str) -> bytes:
        if not exchange.note:
            return b""
        fields = {**self._fields(exchange), "WARC-Concurrent-To": response_id}
        payload = f"{NOTE}: {json.dumps(exchange.note, sort_keys=True)}\r\n".encode("ascii")
        return self._record(exchange.url, "metadata", fields, payload)[0]

    def _fields(self, exchange: Exchange) -> dict[str, str]:
        return {"WARC-Date": exchange.at, "WARC-Warcinfo-ID": self._info_id}

    @staticmethod
    def _record(
        url: str, kind: str, fields: dict[str, str], payload: bytes, head: bytes | None = None
    ) -> tuple[bytes, str]:
        record = _warcio().create_warc_record(
            url,
            kind,
            payload=io.BytesIO(payload),
            length=len(payload),
            warc_headers_dict=fields,
            http_headers=_Head(head) if head else None,
        )
        return _bytes_of(record), record.rec_headers.get_header("WARC-Record-ID")


def _warcio(out: IO[bytes] | None = None) -> WARCWriter:
    return WARCWriter(out or io.BytesIO(), gzip=True, warc_version=VERSION)


def _bytes_of(record: object) -> bytes:
    out = io.BytesIO()
    _warcio(out).write_record(record)
    return out.getvalue()
