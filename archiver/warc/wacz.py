"""An archive's WARC files as one WACZ file (1.1.1), which replay tools open by itself.

archive/*.warc.gz    indexes/index.cdx.gz    pages/pages.jsonl    datapackage.json    datapackage-digest.json

The index is sorted and the pages are listed by way of temporary files, so that memory stays the same for many records.
"""

from __future__ import annotations

import gzip
import hashlib
import heapq
import json
import uuid
import zlib
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from itertools import chain
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, Protocol, Self
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

from lxml import etree, html

from archiver import __version__
from archiver.errors import ArchiveMissing
from archiver.text import clean, squeeze
from archiver.warc import cdxj
from archiver.warc.reader import Record, responses
from archiver.warc.records import warc_files

_STEP = 1 << 20
_GZIP = 16 + zlib.MAX_WBITS  # what tells zlib to write gzip
RUN = 20_000  # lines of the index that are sorted at a time, some 8 MB
_VERSION = "1.1.1"


class HasDirectory(Protocol):
    """An archive, as far as this matters."""

    @property
    def directory(self) -> Path:
        """Where it lies."""


def write(archive: HasDirectory, path: Path) -> int:
    """Pack an archive's WARC files. Returns how many pages are listed. Raises ArchiveMissing, ArchiveDamaged, OSError.

    The file appears under its name when it is complete.
    """
    files = warc_files(archive.directory)
    if not files:
        raise ArchiveMissing(str(archive.directory), "it has no WARC files to pack", "Crawl without --no-warc first")
    new = path.with_name(f"{path.name}.new")
    try:
        with ZipFile(new, "w", allowZip64=True) as made, _Sorted(path.parent) as index:
            pages = _Package(made).fill(files, index, path.parent)
        new.replace(path)
    finally:
        new.unlink(missing_ok=True)
    return pages


class _Package:
    def __init__(self, made: ZipFile) -> None:
        self._made = made
        self._resources: list[dict[str, object]] = []

    def fill(self, files: list[Path], index: _Sorted, scratch: Path) -> int:
        number, first = 0, None
        with TemporaryFile(dir=scratch) as pages:
            for path in files:
                for record in responses(path):
                    index.add(cdxj.line(record, path.name).encode())
                    if page := _page(record):
                        pages.write(_line(page))
                        number, first = number + 1, first or page
                with path.open("rb") as file:
                    # Stored: readers fetch single records by their offset.
                    self._add(f"archive/{path.name}", _pieces(file), ZIP_STORED)
            self._add("indexes/index.cdx.gz", _gzipped(index), ZIP_STORED)
            pages.seek(0)
            head = {"format": "json-pages-1.0", "id": "pages", "title": "All pages"}
            self._add("pages/pages.jsonl", chain([_line(head)], _pieces(pages)), ZIP_DEFLATED)
        self._describe(first)
        return number

    def _describe(self, first: dict[str, str] | None) -> None:
        package: dict[str, object] = {
            "profile": "data-package",
            "wacz_version": _VERSION,
            "software": f"blog-archiver {__version__}",
            "created": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "resources": list(self._resources),
        }
        if first:
            package |= {"mainPageUrl": first["url"], "mainPageDate": first["ts"]}
        data = json.dumps(package, indent=2, ensure_ascii=False).encode()
        self._add("datapackage.json", iter([data]), ZIP_DEFLATED)
        digest = {"path": "datapackage.json", "hash": self._resources[-1]["hash"]}
        self._add("datapackage-digest.json", iter([json.dumps(digest).encode()]), ZIP_DEFLATED)

    def _add(self, name: str, pieces: Iterator[bytes], compression: int) -> None:
        hashed, size = hashlib.sha256(), 0
        info = ZipInfo(name, datetime.now(UTC).timetuple()[:6])
        info.compress_type = compression
        info.external_attr = 0o644 << 16
        with self._made.open(info, "w", force_zip64=True) as out:
            for piece in pieces:
                out.write(piece)
                hashed.update(piece)
                size += len(piece)
        resource = {
            "name": name.rpartition("/")[2].lower(),
            "path": name,
            "hash": f"sha256:{hashed.hexdigest()}",
            "bytes": size,
        }
        self._resources.append(resource)


class _Sorted:
    """Lines in their order, however many: RUN of them are sorted at a time, and the runs are merged in the end."""

    def __init__(self, scratch: Path) -> None:
        self._scratch = scratch
        self._lines: list[bytes] = []
        self._runs: list[IO[bytes]] = []
        self._open = ExitStack()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._open.close()

    def add(self, line: bytes) -> None:
        self._lines.append(line)
        if len(self._lines) >= RUN:
            run = self._open.enter_context(TemporaryFile(dir=self._scratch))  # noqa: SIM115 (the stack closes it)
            run.writelines(sorted(self._lines))
            run.seek(0)
            self._runs.append(run)
            self._lines.clear()

    def __iter__(self) -> Iterator[bytes]:
        return heapq.merge(*self._runs, sorted(self._lines))


def _gzipped(lines: Iterable[bytes]) -> Iterator[bytes]:
    packer = zlib.compressobj(9, zlib.DEFLATED, _GZIP)
    for line in lines:
        if packed := packer.compress(line):
            yield packed
    yield packer.flush()


def _line(value: dict[str, str]) -> bytes:
    return f"{json.dumps(value, ensure_ascii=False)}\n".encode()


def _pieces(file: IO[bytes]) -> Iterator[bytes]:
    while piece := file.read(_STEP):
        yield piece


def _page(record: Record) -> dict[str, str] | None:
    """The line of a page that people read; None for feeds, data, errors and what has not changed."""
    kind = next((value for name, value in record.headers if name.lower() == "content-type"), "")
    if record.is_revisit or record.status != 200 or "html" not in kind.lower():
        return None
    page = {
        "id": uuid.uuid5(uuid.NAMESPACE_URL, f"{record.url} {record.date}").hex,
        "url": record.url,
        "ts": record.date,
    }
    title = _title(record)
    return {**page, "title": title} if title else page


def _title(record: Record) -> str:
    body = record.body
    if body.startswith(b"\x1f\x8b"):
        try:
            body = gzip.decompress(body)
        except (OSError, EOFError):
            return ""
    try:
        root = html.fromstring(body[: 1 << 18])
    except (etree.ParserError, etree.XMLSyntaxError, ValueError):
        return ""
    return squeeze(clean(root.findtext(".//title") or ""))
