"""What the export of a platform is: a file, or several in a zip, that a format knows and reads."""

from __future__ import annotations

import re
import zipfile
import zlib
from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import BinaryIO, ClassVar

from archiver.model import Comment, Extract

HEAD = 4096
"""Bytes at the beginning of a file that tell what it is."""
MOST_AT_ONCE = 500
"""Comments that are handed on together."""
UNKNOWN = "entries_of_unknown_kind"
"""What is counted as this note is nothing that is known."""
UNREADABLE = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError)
"""What reading a member of a zip raises that is cut short, broken, or packed in a way that is not known."""


@dataclass(frozen=True, slots=True)
class Source:
    """What was handed over. name: of the file, without its folder; members: what is in it by name, a file that is no
    zip by its own; unread: of a zip, what cannot be read of it, as lines."""

    name: str
    members: Mapping[str, Callable[[], BinaryIO]]
    unread: tuple[str, ...] = ()

    def head(self, member: str) -> bytes:
        """How a member begins, white space and byte order mark taken off."""
        with self.members[member]() as stream:
            return stream.read(HEAD).removeprefix(b"\xef\xbb\xbf").lstrip()


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """What an export says of itself. home: the blog's front page; made: when it was made, in UTC, to the second;
    oddities: what a person should know, as lines; blogs: their names, where it holds several."""

    home: str | None = None
    made: str | None = None
    oddities: tuple[str, ...] = ()
    blogs: tuple[str, ...] = ()


class Torn(Exception):
    """A file that ends too early, or is broken somewhere: what came before stays. Its arguments, lines, say where and
    why; there are several where a zip has several such members."""

    @property
    def lines(self) -> tuple[str, ...]:
        """One a member."""
        return tuple(map(str, self.args))


def unreadable(member: str, error: Exception) -> str:
    """The line for a member of a zip that cannot be read to its end."""
    fault = str(error).partition(" for file ")[0] or "it ends too early"
    return f"{member} is cut short or broken ({fault})"


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
        """The records, a post with its comments at a time. home: the blog's front page. Raises Torn when all that can
        be read has been handed on."""


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


def each(members: Iterable[str], read: Callable[[str], Iterator[Extract]]) -> Iterator[Extract]:
    """What members hold, one after another: one that is torn keeps none of the others back. Raises Torn at the end."""
    torn: list[str] = []
    for member in members:
        try:
            yield from read(member)
        except Torn as error:
            torn += error.lines
    if torn:
        raise Torn(*torn)


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
