"""Taking single records out of WARC files: a metadata record that says so stands in the place of each."""

from __future__ import annotations

import io
import mmap
import os
import re
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from warcio.warcwriter import WARCWriter

from archiver.warc.reader import Record, responses
from archiver.warc.repair import members
from archiver.warc.writer import VERSION

_SAID = b"blog-archiver-withheld: taken down\r\n"
"""What the record says that stands for another one; a field as `application/warc-fields` has them."""
_MOST = 64 << 20
_STEP = 1 << 20
_HEAD = 4096  # bytes, more than such a record has
_REFERRED = re.compile(rb"^WARC-Refers-To: (\S+)\r\n", re.MULTILINE)


def body_of(record: Record) -> str:
    """The words of a response, behind its content coding, as far as it can be read."""
    body = record.body
    coding = next((value for name, value in record.headers if name.lower() == "content-encoding"), "").lower()
    if "gzip" in coding or "deflate" in coding:
        body = _inflated(body)
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError:
        return body.decode("cp1252", "replace")


def withhold(path: Path, is_held: Callable[[Record], bool]) -> int:
    """Replace the responses and revisits of a file for which it holds. Returns how many; the file is written anew
    only if there are any, and takes the place of the old one at once and whole.

    Raises OSError; ArchiveDamaged for a file that cannot be read to its end, which is left as it was.
    """
    held = {record.offset: record for record in responses(path) if is_held(record)}
    if not held:
        return 0
    new = path.with_name(f"{path.name}.new")
    try:
        with _mapped(path) as data, new.open("wb") as out:
            at = 0
            for offset, length in members(data):
                if offset in held:
                    _copy(data, at, offset, out)
                    out.write(_stand_in(held[offset]))
                    at = offset + length
            _copy(data, at, len(data), out)
            out.flush()
            os.fsync(out.fileno())
        new.replace(path)
    finally:
        new.unlink(missing_ok=True)
    return len(held)


def stand_ins(path: Path) -> set[str]:
    """The ids of the records of a file that were replaced."""
    found: set[str] = set()
    if not path.stat().st_size:
        return found
    with _mapped(path) as data:
        for offset, length in members(data):
            head = zlib.decompressobj(16 + zlib.MAX_WBITS).decompress(data[offset : offset + length], _HEAD)
            if _SAID in head and (referred := _REFERRED.search(head)):
                found.add(referred[1].decode())
    return found


@contextmanager
def _mapped(path: Path) -> Iterator[mmap.mmap]:
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        yield data


def _copy(data: mmap.mmap, start: int, end: int, out: io.BufferedWriter) -> None:
    out.writelines(data[at : min(at + _STEP, end)] for at in range(start, end, _STEP))


def _stand_in(record: Record) -> bytes:
    """A record that names the one which was there, and nothing of what it held."""
    payload = _SAID
    fields = {
        "WARC-Date": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
        "WARC-Refers-To": record.record_id,
        "Content-Type": "application/warc-fields",
    }
    out = io.BytesIO()
    writer = WARCWriter(out, gzip=True, warc_version=VERSION)
    writer.write_record(
        writer.create_warc_record(
            record.url, "metadata", payload=io.BytesIO(payload), length=len(payload), warc_headers_dict=fields
        )
    )
    return out.getvalue()


def _inflated(body: bytes) -> bytes:
    """What can be decompressed of it."""
    for window in (16 + zlib.MAX_WBITS, zlib.MAX_WBITS, -zlib.MAX_WBITS):
        inflater = zlib.decompressobj(window)
        try:
            return inflater.decompress(body, _MOST)
        except zlib.error:
            continue
    return body
