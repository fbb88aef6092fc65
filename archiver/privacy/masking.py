"""An archive with its people masked: a copy, so that what is made of it can tell no more than it does."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from archiver.privacy import pseudonyms
from archiver.privacy.people import people
from archiver.privacy.rows import Rows, Unit
from db.archive import Archive
from db.copies import copy
from db.source import Source

WARNING = "who is quoted word for word can be found by searching the web for the words"


@dataclass(frozen=True, slots=True, kw_only=True)
class Masking:
    """How people are masked. key: the file of the key, by default that of the archive."""

    key: Path | None = None
    keep_authors: bool = False
    coarsen: Unit | None = None


@dataclass(frozen=True, slots=True)
class Masked:
    """What was masked: how many people, and what of them in texts. Never who."""

    people: int
    names: int
    addresses: int
    e_mails: int
    telephones: int

    def lines(self) -> Iterator[str]:
        """For people."""
        yield (
            f"masked: {self.people:,} people; in texts {self.names:,} names, {self.addresses:,} addresses of theirs,"
            f" {self.e_mails:,} e-mail addresses, {self.telephones:,} telephone numbers"
        )
        yield f"pseudonyms hide names and nothing else: {WARNING}"


def mask(
    source: Source, directory: Path, masking: Masking, *, advance: Callable[[int], object] = bool
) -> tuple[Archive, Masked]:
    """Fill a new archive with the chosen rows of another, its people masked.

    Raises UsageError for a key that is none, DiskFull.
    """
    key = pseudonyms.load(masking.key or source.directory / pseudonyms.KEY_FILE)
    known = people(source.connection, key, keep_authors=masking.keep_authors)
    made = copy(source, directory, change=Rows(known, key, masking.coarsen).of, advance=advance)
    counts = known.masker.counts
    found = (counts[name] for name in ("names", "addresses", "e-mails", "telephones"))
    return made, Masked(known.masked, *found)
