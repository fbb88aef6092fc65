"""The responses of an archive's own WARC files, each with the circumstances in which it was asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from archiver.crawl.jobs import Answer
from archiver.crawl.recorded import Asked, answer_of, asked_of
from archiver.errors import ArchiveDamaged
from archiver.model import TargetKind
from archiver.warc.reader import Record, read_at, responses
from archiver.warc.records import DIRECTORY, warc_files

NOT_MODIFIED = 304
"""Of this the crawl was told no payload; it went by what it held."""


@dataclass(frozen=True, slots=True)
class Source:
    """One response. asked.crawl_id is that of the run, also for what was asked before the blog was known."""

    asked: Asked
    answer: Answer


@dataclass(slots=True)
class Tally:
    """What was met on the way. strange: records without a note of ours; unread: why something could not be read;
    orphans: of openings that came to nothing."""

    responses: int = 0
    strange: int = 0
    orphans: int = 0
    unread: list[str] = field(default_factory=list)


class Sources:
    """Iterates over the responses in the order in which they came.

    advance: told how many bytes of WARC have been gone through.
    """

    def __init__(self, archive: Path, advance: Callable[[int], object] = bool) -> None:
        self.tally = Tally()
        self._archive, self._advance = archive, advance
        self._payloads: dict[str, tuple[Path, int]] = {}  # record id -> place of a response that a revisit may name
        self._opening: dict[str, list[Source]] = {}  # site key -> what awaits the id of its run

    def __iter__(self) -> Iterator[Source]:
        for path in warc_files(self._archive):
            at = 0
            for record in self._records(path):
                yield from self._settled(path, record)
                self._advance(record.offset - at)
                at = record.offset
            self._advance(path.stat().st_size - at)
        self.tally.orphans += sum(map(len, self._opening.values()))

    def _records(self, path: Path) -> Iterator[Record]:
        try:
            yield from responses(path)
        except ArchiveDamaged as error:
            self.tally.unread.append(f"{path.name}: {error.why}")

    def _settled(self, path: Path, record: Record) -> Iterator[Source]:
        """The source of a record, unless the id of its run is still to come; then with the next one that has it."""
        self.tally.responses += 1
        self._payloads[record.record_id] = (path, record.offset)
        source = self._source(path, record)
        if source is None:
            return
        asked, waiting = source.asked, self._opening.setdefault(source.asked.site.key, [])
        if asked.crawl_id:
            yield from (replace(one, asked=replace(one.asked, crawl_id=asked.crawl_id)) for one in waiting)
            waiting.clear()
            yield source
            return
        if asked.job.target.kind is TargetKind.ROBOTS and not (asked.job.attempts or asked.job.hops):
            self.tally.orphans += len(waiting)  # an opening begins: the one before it came to nothing
            waiting.clear()
        waiting.append(source)

    def _source(self, path: Path, record: Record) -> Source | None:
        try:
            asked = asked_of(record.note or {}, record.url)
        except ValueError:
            self.tally.strange += 1
            return None
        body = record.body
        if record.is_revisit and record.status != NOT_MODIFIED:
            payload = self._payload(record)
            if payload is None:
                self.tally.unread.append(f"{path.name}: the payload of the revisit at byte {record.offset} is missing")
                return None
            body = payload
        return Source(asked, answer_of(record, f"{DIRECTORY}/{path.name}", body, asked.job.target.url))

    def _payload(self, record: Record) -> bytes | None:
        place = self._payloads.get(record.refers_to.record_id) if record.refers_to else None
        if place is None:
            return None
        try:
            original = read_at(*place)
        except ArchiveDamaged:
            return None
        return original.body if original.digest == record.digest else None
