"""The index of an archive's WARC files as CDXJ, as replay tools read it: a line a response, sorted by address and time.

org,example,blog)/about 20260102030405 {"url": …, "mime": …, "status": …, "digest": …, "length": …, …}
"""

from __future__ import annotations

import heapq
import json
import re
import string
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from urllib.parse import quote, urlsplit

from archiver.errors import ArchiveDamaged
from archiver.warc.reader import Record, responses
from archiver.warc.records import DIRECTORY, SUFFIX

FILE = f"{DIRECTORY}/index.cdxj"
_WWW = re.compile(r"^www\d*\.")
_DEFAULT_PORTS = {"http": 80, "https": 443}


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
    values = {
        "url": record.url,
        "mime": "warc/revisit" if record.is_revisit else _mime(record),
        "status": str(record.status or ""),
        "digest": record.digest or "",
        "length": str(record.length),
        "offset": str(record.offset),
        "filename": filename,
    }
    timestamp = re.sub(r"\D", "", record.date)[:14]
    return f"{surt(record.url)} {timestamp} {json.dumps({name: value for name, value in values.items() if value})}\n"


def lines(path: Path) -> list[str]:
    """The lines of a file, sorted. What cannot be read of it is left out; `archiver verify` tells."""
    found = []
    with suppress(ArchiveDamaged):
        found += [line(record, path.name) for record in responses(path)]
    return sorted(found)


def add(archive: Path, closed: Iterable[Path]) -> None:
    """Put files that have been closed into the index of an archive."""
    paths = list(closed)
    index = archive / FILE
    if not paths:
        return
    if not index.exists():
        write(archive)
        return
    with index.open(encoding="utf-8") as old:
        _replace(index, heapq.merge(_without(old, {path.name for path in paths}), *map(lines, paths)))


def unlisted(archive: Path) -> list[Path]:
    """Closed files that the index does not name: those of runs that were killed before they came to that."""
    files, index = _files(archive), archive / FILE
    if not files or not index.exists():
        return files
    if index.stat().st_mtime_ns >= max(path.stat().st_mtime_ns for path in files):
        return []  # a run makes the index when its files are closed
    named = _named(index)
    return [path for path in files if path.name not in named]


def write(archive: Path) -> None:
    """Make the index of an archive anew."""
    _replace(archive / FILE, heapq.merge(*map(lines, _files(archive))))


def is_current(archive: Path) -> bool:
    """Whether the index is there, as young as the newest file, and names the files that are there."""
    files, index = _files(archive), archive / FILE
    if not files or not index.exists():
        return not files and not index.exists()
    newest = max(path.stat().st_mtime_ns for path in files)
    return index.stat().st_mtime_ns >= newest and _named(index) <= {path.name for path in files}


def _files(archive: Path) -> list[Path]:
    return sorted((archive / DIRECTORY).glob(f"*{SUFFIX}"))


def _named(index: Path) -> set[str]:
    with index.open(encoding="utf-8") as found:
        return {json.loads(one.split(" ", 2)[2])["filename"] for one in found}


def _without(old: Iterable[str], names: set[str]) -> Iterator[str]:
    return (one for one in old if json.loads(one.split(" ", 2)[2])["filename"] not in names)


def _replace(index: Path, made: Iterable[str]) -> None:
    new = index.with_name(f"{index.name}.new")
    with new.open("w", encoding="utf-8") as file:
        file.writelines(made)
    new.replace(index)


def _mime(record: Record) -> str:
    declared = next((value for name, value in record.headers if name.lower() == "content-type"), "")
    return declared.partition(";")[0].strip().lower() or "unk"
