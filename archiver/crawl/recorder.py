"""Puts every response on record before anything is made of it, and takes up what a killed run has left.

The order is: the record, handed to the system; then the transaction that names it. So a row never
names a record that is not there, and what is there without a row is found at the next start.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from archiver import __version__
from archiver.crawl.jobs import fetch_of, utc_now
from archiver.crawl.recorded import answer_of, asked_of
from archiver.errors import ArchiveDamaged
from archiver.terminal import count
from archiver.warc import cdxj
from archiver.warc.reader import Record, read_at, responses
from archiver.warc.records import DIRECTORY, OPEN, Exchange, Original, Place
from archiver.warc.repair import close_left_open
from archiver.warc.writer import Writer as WarcWriter
from db import Archive
from db.failures import explained

_ROW = "SELECT 1 FROM fetches WHERE url = ? AND fetched_at = ? AND digest = ?"


@dataclass(frozen=True, slots=True)
class Recovered:
    """What was found of killed runs. cut: bytes of torn records; adopted, kept: whole records without a row,
    of which those adopted have been given one."""

    files: int = 0
    cut: int = 0
    adopted: int = 0
    kept: int = 0

    def __str__(self) -> str:
        told = {
            f"{count(self.files, 'WARC file')} of a killed run closed": self.files,
            f"{count(self.cut, 'torn byte')} cut off": self.cut,
            f"{count(self.adopted, 'response')} without a row adopted": self.adopted,
            f"{count(self.kept, 'response')} kept without a row": self.kept,
        }
        return ", ".join(line for line, number in told.items() if number) or "the index of the WARC files made anew"


def run_name(began: datetime) -> str:
    """What the WARC files of a run are called: they are read in the order of their names, those of one second, too."""
    return f"{began:%Y%m%dT%H%M%S%fZ}-{secrets.token_hex(3)}"


class Recorder:
    """Writes the WARC files of one run, all blogs together."""

    def __init__(self, archive: Archive) -> None:
        self._archive = archive
        self._reader = archive.reader()
        name = run_name(utc_now())
        info = {
            "software": f"blog-archiver/{__version__}",
            "format": "WARC File Format 1.1",
            "conformsTo": "https://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/",
            "robots": "obey",
        }
        self._writer = WarcWriter(archive.directory, name, info)
        self._lines: dict[str, list[str]] = {}  # of the index, for the file that is being written

    def record(self, exchange: Exchange, asked: str) -> Place:
        """Put an exchange on record. asked: the URL before redirects. Raises DiskFull."""
        with explained(self._archive.directory / DIRECTORY):
            original = self._original(exchange, asked)
            place = self._writer.write(exchange, original)
        name = place.file.rpartition("/")[2]
        if name not in self._lines:
            self._lines = {name: []}  # those before it are read again at the end: memory stays the same
        self._lines[name].append(cdxj.line_of(exchange, place, is_revisit=original is not None))
        return place

    def close(self) -> None:
        """Close what is open. Raises DiskFull."""
        self._reader.close()
        with explained(self._archive.directory / DIRECTORY):
            self._writer.close()
            cdxj.add(self._archive.directory, self._writer.closed, self._lines)

    def _original(self, exchange: Exchange, asked: str) -> Original | None:
        """An earlier record of this URL with the same payload, if there is one that can be read."""
        if exchange.not_modified:
            return self._latest(asked)
        if not exchange.body:
            return None
        for file, offset in self._reader.same_payload(asked, exchange.digest):
            record = self._read(file, offset)
            if record and not record.is_revisit and record.digest == exchange.digest and record.url == exchange.url:
                return Original(record.url, record.date, record.record_id)
        return None

    def _latest(self, asked: str) -> Original | None:
        """The record whose payload a server speaks of when it says that nothing has changed."""
        for file, offset in self._reader.latest_payload(asked):
            record = self._read(file, offset)
            if record:
                return record.refers_to if record.is_revisit else Original(record.url, record.date, record.record_id)
        return None

    def _read(self, file: str, offset: int) -> Record | None:
        path = self._archive.directory / file
        try:
            return read_at(path if path.exists() else path.with_name(path.name + OPEN), offset)
        except (ArchiveDamaged, OSError):
            return None  # `archiver verify` tells; the payload is stored again


def recover(archive: Archive) -> Recovered | None:
    """Close what killed runs have left open, and give rows to the responses that have none. None: there was nothing.

    A file is put into the index only when its responses have their rows: so that recovering may be killed as well, and
    so that files which a killed run had closed by itself are looked through. A response whose crawl is not known
    (its blog was still being opened) is kept without a row.
    """
    with explained(archive.directory / DIRECTORY):
        closed = close_left_open(archive.directory)
    files = sorted({one.path for one in closed if one.path} | set(cdxj.unlisted(archive.directory)))
    if not closed and not files:
        return None
    adopted = kept = 0
    with closing(archive.writer()) as writer:
        known = {row[0] for row in writer.connection.execute("SELECT id FROM crawls")}
        for file, record in _without_row(archive, files):
            try:
                asked = asked_of(record.note or {}, record.url)
            except ValueError:
                asked = None
            if asked is None or asked.crawl_id not in known:
                kept += 1
                continue
            answer = answer_of(record, file, record.body, asked.job.target.url)
            fetch = fetch_of(asked.job, answer, error="the run was killed before it was read")
            if writer.connection.execute(_ROW, (fetch.url, fetch.fetched_at, fetch.digest)).fetchone():
                continue  # its file was away for a while; `archiver verify --repair` brings the two together
            writer.note(asked.site, asked.job.target, fetch, asked.crawl_id)
            adopted += 1
    cdxj.add(archive.directory, files)
    if not closed and not adopted:
        return None
    return Recovered(len(closed), sum(one.cut for one in closed), adopted, kept)


def _without_row(archive: Archive, files: list[Path]) -> Iterator[tuple[str, Record]]:
    with closing(archive.reader()) as reader:
        for path in files:
            file = f"{DIRECTORY}/{path.name}"
            offsets = reader.recorded_in(file)
            with suppress(ArchiveDamaged):  # what cannot be read is told by `archiver verify`
                yield from ((file, record) for record in responses(path) if record.offset not in offsets)
