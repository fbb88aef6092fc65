"""An archive's WARC files as one WACZ file (1.1.1), which replay tools open by itself.

archive/*.warc.gz    indexes/index.cdx.gz    pages/pages.jsonl    datapackage.json    datapackage-digest.json
"""

from __future__ import annotations

import gzip
import hashlib
import json
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Protocol
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

from lxml import etree, html

from archiver import __version__
from archiver.errors import ArchiveMissing
from archiver.text import clean, squeeze
from archiver.warc import cdxj
from archiver.warc.reader import Record, responses
from archiver.warc.records import DIRECTORY, SUFFIX

_STEP = 1 << 20
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
    files = sorted((archive.directory / DIRECTORY).glob(f"*{SUFFIX}"))
    if not files:
        raise ArchiveMissing(str(archive.directory), "it has no WARC files to pack", "Crawl without --no-warc first")
    new = path.with_name(f"{path.name}.new")
    try:
        with ZipFile(new, "w", allowZip64=True) as made:
            pages = _Package(made).fill(files)
        new.replace(path)
    finally:
        new.unlink(missing_ok=True)
    return pages


class _Package:
    def __init__(self, made: ZipFile) -> None:
        self._made = made
        self._resources: list[dict[str, object]] = []

    def fill(self, files: list[Path]) -> int:
        index: list[str] = []
        pages: list[dict[str, str]] = []
        for path in files:
            for record in responses(path):
                index.append(cdxj.line(record, path.name))
                if page := _page(record):
                    pages.append(page)
            with path.open("rb") as file:
                # Stored: readers fetch single records by their offset.
                self._add(f"archive/{path.name}", _pieces(file), ZIP_STORED)
        packed = gzip.compress("".join(sorted(index)).encode(), mtime=0)
        self._add("indexes/index.cdx.gz", iter([packed]), ZIP_STORED)
        head = {"format": "json-pages-1.0", "id": "pages", "title": "All pages"}
        lines = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in (head, *pages))
        self._add("pages/pages.jsonl", iter([lines.encode()]), ZIP_DEFLATED)
        self._describe(pages)
        return len(pages)

    def _describe(self, pages: list[dict[str, str]]) -> None:
        package: dict[str, object] = {
            "profile": "data-package",
            "wacz_version": _VERSION,
            "software": f"blog-archiver {__version__}",
            "created": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "resources": list(self._resources),
        }
        if pages:
            package |= {"mainPageUrl": pages[0]["url"], "mainPageDate": pages[0]["ts"]}
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
