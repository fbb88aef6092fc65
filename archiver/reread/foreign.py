"""WARC files made by others: which blogs are in them, and the records that are to be read.

A blog is a host one of whose pages an engine knows. Its responses are copied into the archive's own WARC
files, so that `archiver extract` reads them again like all others.
"""

from __future__ import annotations

import shutil
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from archiver.coding import BadBody
from archiver.crawl.jobs import stamp
from archiver.crawl.recorded import page_of
from archiver.engines import by_name, for_page
from archiver.errors import ArchiveDamaged, PageError, UsageError
from archiver.model import Site
from archiver.page import Page
from archiver.urls import canonical, host_key, site_key, url_key
from archiver.warc.heads import KEPT_AS, joined
from archiver.warc.reader import Record, responses
from archiver.warc.records import Exchange, digest

READ = ("html", "json", "xml", "rss", "atom")
"""Words in the media types of what engines read."""
LOOKED_AT = 30
"""Pages of a host that are looked at, its front page first."""


@dataclass(frozen=True, slots=True)
class Blog:
    """A blog that is in the files. engine: who knows it. named: a person has named that one."""

    site: Site
    engine: str
    named: bool = False


@contextmanager
def opened(files: Sequence[Path], scratch: Path) -> Iterator[list[Path]]:
    """The WARC files behind what was named: themselves, and those inside WACZ files. Raises UsageError."""
    found = []
    try:
        for number, file in enumerate(files):
            if file.suffix.lower() != ".wacz" and not zipfile.is_zipfile(file):  # whatever it is called
                found.append(file)
                continue
            place = scratch / str(number)
            try:
                with zipfile.ZipFile(file) as package:
                    names = [name for name in package.namelist() if name.startswith("archive/") and ".warc" in name]
                    for count, name in enumerate(sorted(names)):
                        place.mkdir(parents=True, exist_ok=True)
                        inside = place / f"{count}-{Path(name).name}"  # no path of a stranger's making
                        with package.open(name) as source, inside.open("wb") as sink:
                            shutil.copyfileobj(source, sink)
                        found.append(inside)
            except zipfile.BadZipFile as error:
                raise UsageError(
                    str(file), f"it is no WACZ file ({error})", "Give a .warc, .warc.gz or .wacz"
                ) from error
        yield found
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def records(path: Path, damaged: list[str]) -> Iterator[Record]:
    """The responses of a file that an engine may read. What is damaged is noted."""
    try:
        for record in responses(path):
            if record.status and not record.url.endswith("/robots.txt") and _is_wanted(record):
                yield _mended(record)
    except ArchiveDamaged as error:
        if "no WARC file" in error.why:
            raise
        damaged.append(str(error))


def blogs(pages: Iterator[Record], home: str | None, engine: str | None) -> list[Blog]:
    """The blogs that these pages are of; home: only this one, whatever its pages look like."""
    best: dict[str, tuple[float, Blog]] = {}
    looked: dict[str, int] = {}
    for record in pages:
        host = host_key(record.url)
        is_front = url_key(record.url) == host
        looked[host] = looked.get(host, 0) + 1
        if record.status != 200 or record.is_revisit or (looked[host] > LOOKED_AT and not is_front):
            continue
        address = (
            canonical(home)
            if home
            else record.url[: record.url.index("/", 8) + 1]
            if "/" in record.url[8:]
            else record.url
        )
        if home and host_key(home) != host:
            continue
        found = _known(record, engine)
        if found:
            confidence, name = found
            site = Site(key=site_key(address), home=address)
            score = confidence + is_front
            if score > best.get(site.key, (0.0,))[0]:
                best[site.key] = (score, Blog(site, name, named=bool(engine)))
    return [blog for _, blog in best.values()]


def page(record: Record) -> Page | None:
    """The page of a record; None when its body cannot be decoded."""
    try:
        return page_of(record, record.body, record.url)
    except BadBody:
        return None


def exchange(record: Record) -> Exchange:
    """A record as one of our own. There is no request where only the response was kept."""
    fields = [(name.encode("latin-1", "replace"), value.encode("latin-1", "replace")) for name, value in record.headers]
    return Exchange(
        url=record.url,
        at=moment(record.date),
        sent=b"",
        received=joined(f"HTTP/1.1 {record.status} ", fields),
        body=record.body,
        digest=digest(record.body),
        ip=record.ip,
    )


def moment(date: str) -> str:
    """A record's date, of whatever precision, as fetches are stamped; ARC has bare digits. Raises ValueError."""
    if date.isdigit():
        return stamp(datetime.strptime(date[:14].ljust(14, "0"), "%Y%m%d%H%M%S").replace(tzinfo=UTC))
    found = datetime.fromisoformat(date)
    return stamp(found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC))


def _is_wanted(record: Record) -> bool:
    kind = next((value for name, value in record.headers if name.lower() == "content-type"), "").lower()
    return any(word in kind for word in READ)


def _mended(record: Record) -> Record:
    """Some tools store bodies decoded and leave the header that declares the coding."""
    if page(record) is not None or record.body.lstrip()[:1] not in {b"<", b"{", b"["}:
        return record
    kept = KEPT_AS.decode()
    headers = tuple(
        (kept + name if name.lower() == "content-encoding" else name, value) for name, value in record.headers
    )
    return replace(record, headers=headers)


def _known(record: Record, engine: str | None) -> tuple[float, str] | None:
    if engine and by_name(engine):
        return 1.0, engine
    found = page(record)
    try:
        known = for_page(found) if found else None
    except PageError:
        return None
    return (known[1].confidence, known[0].name) if known else None
