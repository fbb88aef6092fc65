"""What the export of a platform is: a file, or several in a zip, that a format knows and reads."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import BinaryIO, ClassVar

from archiver.model import Comment, Extract

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
    """A format whose files are XML. stated: where the head of a file says of which version it is; versions: those that
    are known."""

    stated: ClassVar[re.Pattern[bytes] | None] = None
    versions: ClassVar[tuple[str, ...]] = ("1.0",)

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

    def oddities(self, source: Source) -> tuple[str, ...]:
        """That it is of another version than those that are known."""
        heads = (source.head(name) for name in self.files(source))
        found = (self.stated.search(head) for head in heads) if self.stated else ()
        version = next((match[1].decode("ascii", "replace") for match in found if match), None)
        return another_version(self.of, version, self.versions) if version else ()


def another_version(of: str, version: str, known: Collection[str]) -> tuple[str, ...]:
    """A line where a version is none of those that are known, which are given in their order."""
    if version in known:
        return ()
    first, *_, last = (*known, *known)
    span = first if first == last else f"{first} to {last}"
    verb = "is" if first == last else "are"
    return (f"it is {of} {version}, and {span} {verb} known: it is read as far as it is alike",)


def together(comments: Iterable[Comment | None]) -> Iterator[Extract]:
    """Comments as they are handed on, many at a time; those that came before a file is torn as well."""
    waiting: list[Comment] = []
    torn: Torn | None = None
    try:
        for comment in comments:
            waiting += [comment] if comment else []
            if len(waiting) >= MOST_AT_ONCE:
                yield Extract(comments=tuple(waiting))
                waiting = []
    except Torn as error:
        torn = error
    yield Extract(comments=tuple(waiting))
    if torn is not None:
        raise torn
