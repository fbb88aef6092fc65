"""What the export of a platform is: a file, or several in a zip, that a format knows and reads."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import BinaryIO, ClassVar

from archiver.model import Extract

HEAD = 4096
"""Bytes at the beginning of a file that tell what it is."""
MOST_AT_ONCE = 500
"""Comments that are handed on together."""


@dataclass(frozen=True, slots=True)
class Source:
    """What was handed over. name: of the file, without its folder; members: what is in it by name, a file that is no
    zip by its own."""

    name: str
    members: Mapping[str, Callable[[], BinaryIO]]

    def head(self, member: str) -> bytes:
        """How a member begins, white space and byte order mark taken off."""
        with self.members[member]() as stream:
            return stream.read(HEAD).removeprefix(b"\xef\xbb\xbf").lstrip()


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """What an export says of itself. home: the blog's front page; made: when it was made, in UTC, to the second;
    oddities: what a person should know, as lines."""

    home: str | None = None
    made: str | None = None
    oddities: tuple[str, ...] = ()


class Torn(Exception):
    """A file that ends too early, or is broken somewhere: what came before stays. str() says where and why."""


class Format(ABC):
    """One kind of export. version: goes up when its reading changes."""

    name: ClassVar[str]
    of: ClassVar[str]  # for people: whose export it is
    version: ClassVar[int] = 1

    @abstractmethod
    def knows(self, source: Source) -> bool:
        """Whether it is of this format."""

    @abstractmethod
    def about(self, source: Source) -> About:
        """What it says of itself, before anything is read. Raises nothing for a broken file."""

    @abstractmethod
    def read(self, source: Source, home: str) -> Iterator[Extract]:
        """The records, a post with its comments at a time. home: the blog's front page. Raises Torn."""


class XmlFormat(Format):
    """A format whose files are XML."""

    @abstractmethod
    def is_mine(self, head: bytes) -> bool:
        """Whether an XML file that begins like this is of the format."""

    def knows(self, source: Source) -> bool:
        """Whether any member is of the format."""
        return next(self.files(source), None) is not None

    def files(self, source: Source) -> Iterator[str]:
        """The members of the format, by name."""
        for name in sorted(source.members):
            head = source.head(name)
            if head[:1] == b"<" and self.is_mine(head):
                yield name
