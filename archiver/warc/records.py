"""What goes into a WARC file and where it then lies, as plain values."""

from __future__ import annotations

import hashlib
from base64 import b32encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

DIRECTORY = "warc"
"""The folder of an archive that holds its WARC files."""
SUFFIX = ".warc.gz"
NOT_MODIFIED = b"304"
OPEN = ".open"
"""Added to the name of a file that is being written."""


def warc_files(archive: Path) -> list[Path]:
    """The WARC files of an archive, the oldest first; not those that are being written."""
    return sorted((archive / DIRECTORY).glob(f"*{SUFFIX}"))


@dataclass(frozen=True, slots=True)
class Place:
    """Where a record lies. file: relative to the archive, with `/`; offset and length: in bytes, compressed."""

    file: str
    offset: int
    length: int


@dataclass(frozen=True, slots=True)
class Original:
    """An earlier record with the same payload, that a revisit refers to."""

    url: str
    date: str
    record_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """One request and the response to it.

    at: when the body was complete, UTC with microseconds. sent, received: both heads as they went over
    the wire, from the first line to the empty one;
    sent is empty where it is not known. body: behind its transfer coding, in its content coding.
    digest: of the body. note: what the crawl knew when it asked, kept as a `metadata` record; plain JSON.
    """

    url: str
    at: str
    sent: bytes
    received: bytes
    body: bytes
    digest: str
    ip: str | None = None
    note: Mapping[str, Any] = field(default_factory=dict)

    @property
    def not_modified(self) -> bool:
        """Whether the server says that what is held already still holds."""
        return self.received.split(None, 2)[1:2] == [NOT_MODIFIED]


def digest(data: bytes) -> str:
    """`sha1:` and base32, as WARC has it."""
    return "sha1:" + b32encode(hashlib.sha1(data, usedforsecurity=False).digest()).decode()
