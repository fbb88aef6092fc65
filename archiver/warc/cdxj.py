"""The index of an archive's WARC files as CDXJ, as replay tools read it: a line a response, sorted by address and time.

org,example,blog)/about 20260102030405 {"url": …, "mime": …, "status": …, "digest": …, "length": …, …}
"""

from __future__ import annotations

import heapq
import json
import re
import string
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from urllib.parse import quote, urlsplit

from archiver.errors import ArchiveDamaged
from archiver.warc.reader import Record, responses
from archiver.warc.records import DIRECTORY, Exchange, Place, warc_files

FILE = f"{DIRECTORY}/index.cdxj"
_WWW = re.compile(r"^www\d*\.")
_DEFAULT_PORTS = {"http": 80, "https": 443}
_STATUS = re.compile(rb"\S+ +(\d+)")
_TYPE = re.compile(rb"^content-type[ \t]*:([^\r\n]*)", re.IGNORECASE | re.MULTILINE)
_REVISIT = "warc/revisit"


def surt(url: str) -> str:
    """The address in the order in which indexes are sorted: host reversed, without scheme and `www.`, lower case."""
    parts = urlsplit(quote(url.strip(), safe=string.punctuation).lower())
    host = _WWW.sub("", parts.hostname or "")
    port = "" if parts.port in {None, _DEFAULT_PORTS.get(parts.scheme)} else f":{parts.port}"
    name = host if ":" in host else ",".join(reversed(host.split(".")))  # also of IPv4, as other indexes have it
    path = re.sub("/+", "/", parts.path).rstrip("/") or "/"
    query = "&".join(sorted(parts.query.split("&"))) if parts.query else ""
    return f"{name}{port}){path}" + (f"?{query}" if query else "")


def line(record: Record, filename: str) -> str:
    """The line of a record."""
    declared = next((value for name, value in record.headers if name.lower() == "content-type"), "")
    mime, place = _REVISIT if record.is_revisit else _mime(declared), Place(filename, record.offset, record.length)
    return _line(record.url, record.date, mime, str(record.status or ""), record.digest or "", place)


def line_of(exchange: Exchange, place: Place, *, is_revisit: bool) -> str:
    """The line of an exchange that has just been written; the same as its record's."""
    status, declared = _STATUS.match(exchange.received), _TYPE.search(exchange.received)
    mime = _REVISIT if is_revisit else _mime(declared[1].decode("latin-1") if declared else "")
    return _line(exchange.url, exchange.at, mime, status[1].decode() if status else "", exchange.digest, place)


def _line(url: str, date: str, mime: str, status: str, digest: str, place: Place) -> str:
    values = {
        "url": url,
        "mime": mime,
        "status": status,
        "digest": digest,
        "length": str(place.length),
        "offset": str(place.offset),
        "filename": place.file.rpartition("/")[2],
    }
    timestamp = re.sub(r"\D", "", date)[:14]
    return f"{surt(url)} {timestamp} {json.dumps({name: value for name, value in values.items() if value})}\n"


def lines(path: Path) -> list[str]:
    """The lines of a file, sorted. What cannot be read of it is left out; `archiver verify` tells."""
    found = []
    with suppress(ArchiveDamaged):
        found += [line(record, path.name) for record in responses(path)]
    return sorted(found)


def filename(line: str) -> str:
    """The file that a line of an index names."""
    return str(json.loads(line.split(" ", 2)[2])["filename"])


def add(archive: Path, closed: Iterable[Path], known: Mapping[str, list[str]] | None = None) -> None:
    """Put files that have been closed into the index of an archive.

    known: the lines of files, by their names, that need not be read for that.
    """
    paths, known = list(closed), known or {}
    index = archive / FILE
    if not paths:
        return
    if not index.exists():
        _replace(index, heapq.merge(*(_lines(path, known) for path in warc_files(archive))))
        return
    with index.open(encoding="utf-8") as old:
        others = _without(old, {path.name for path in paths})
        _replace(index, heapq.merge(others, *(_lines(path, known) for path in paths)))


def unlisted(archive: Path) -> list[Path]:
    """Closed files that the index does not name: those of runs that were killed before they came to that."""
    files, index = warc_files(archive), archive / FILE
    if not files or not index.exists():
        return files
    if index.stat().st_mtime_ns >= max(path.stat().st_mtime_ns for path in files):
        return []  # a run makes the index when its files are closed
    named = _named(index)
    return [path for path in files if path.name not in named]


def write(archive: Path) -> None:
    """Make the index of an archive anew."""
    _replace(archive / FILE, heapq.merge(*map(lines, warc_files(archive))))


def is_current(archive: Path) -> bool:
    """Whether the index is there, as young as the newest file, and names the files that are there."""
    files, index = warc_files(archive), archive / FILE
    if not files or not index.exists():
        return not files and not index.exists()
    newest = max(path.stat().st_mtime_ns for path in files)
    return index.stat().st_mtime_ns >= newest and _named(index) <= {path.name for path in files}


def _lines(path: Path, known: Mapping[str, list[str]]) -> list[str]:
    return sorted(known[path.name]) if path.name in known else lines(path)


def _named(index: Path) -> set[str]:
    with index.open(encoding="utf-8") as found:
        return {filename(one) for one in found}


def _without(old: Iterable[str], names: set[str]) -> Iterator[str]:
    return (one for one in old if filename(one) not in names)


def _replace(index: Path, made: Iterable[str]) -> None:
    new = index.with_name(f"{index.name}.new")
    with new.open("w", encoding="utf-8") as file:
        file.writelines(made)
    new.replace(index)


def _mime(declared: str) -> str:
    return declared.partition(";")[0].strip().lower() or "unk"
