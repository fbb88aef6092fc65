"""The files handed to `archiver import`: which are web archives, and what those that are not have in them."""

from __future__ import annotations

import mimetypes
import zipfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from typing import IO, BinaryIO, cast

from archiver.errors import ArchiveDamaged, UsageError
from archiver.imports import Source
from archiver.imports.base import HEAD, UNREADABLE, unreadable
from archiver.reread import torn_zip

_WARC = (b"WARC/", b"filedesc:")
_GZIP = b"\x1f\x8b"
_NESTED = 3
"""Zips within a zip that are opened: Tumblr packs its posts twice."""
_NO_TEXT = ("image/", "video/", "audio/", "font/")

Members = Iterator[tuple[str, Callable[[], BinaryIO]]]


def checked(files: Sequence[Path]) -> tuple[list[Path], list[Path]]:
    """The files apart: web archives, exports. Raises UsageError for one that cannot be read."""
    apart: tuple[list[Path], list[Path]] = ([], [])
    for file in files:
        try:
            apart[not is_web_archive(file)].append(file)
        except OSError as error:
            raise UsageError(str(file), f"it cannot be read ({error.strerror})", "Check its rights") from error
        except zipfile.BadZipFile as error:
            raise ArchiveDamaged(str(file), f"the zip is broken ({error})", "Get it again") from error
    return apart


def is_web_archive(file: Path) -> bool:
    """Whether a file is WARC, ARC or WACZ, by its content; what is nothing known counts by its name."""
    with file.open("rb") as stream:
        head = stream.read(HEAD)
    if head.startswith(b"PK") and zipfile.is_zipfile(file):
        with zipfile.ZipFile(file) as package:
            return any(name.startswith("archive/") and ".warc" in name for name in package.namelist())
    is_named = any(end in {".warc", ".arc", ".wacz"} for end in file.suffixes)
    return is_named or head.startswith(_WARC) or (head.startswith(_GZIP) and _holds_records(head))


def _holds_records(head: bytes) -> bool:
    """Whether what is packed here may be records; a beginning that is broken may."""
    try:
        begin = zlib.decompressobj(zlib.MAX_WBITS | 16).decompress(head, 64)
    except zlib.error:
        return True
    return not begin or begin.startswith(_WARC)


@contextmanager
def opened(file: Path) -> Iterator[Source]:
    """A file as its members, those of a zip, and of zips in it. Raises UsageError for a zip that has nothing left."""
    with file.open("rb") as stream:
        is_zip = stream.read(2) == b"PK"
    if not is_zip:
        yield Source(file.name, {file.name: lambda: file.open("rb")})
        return
    with ExitStack() as stack:
        unread: list[str] = []
        try:
            found = dict(_members(stack, file, unread))
        except UNREADABLE as error:
            found = torn_zip.members(file)
            if not found:
                raise UsageError(str(file), f"the zip is broken ({error})", "Download the export again") from error
            unread = ["the zip is cut short or broken, and only its beginning can be read"]
        yield Source(file.name, dict(_readable(found, unread)), tuple(unread))


def _members(stack: ExitStack, file: Path | IO[bytes], unread: list[str], depth: int = 1) -> Members:
    """What a zip lists. unread: is given a line for what is locked, and for a zip in it that is broken."""
    package = stack.enter_context(zipfile.ZipFile(file))
    inner = 0
    for member in package.infolist():
        if member.is_dir():
            continue
        if member.flag_bits & 1:
            unread.append(f"{member.filename} is locked with a password")
        elif member.filename.endswith(".zip") and depth and inner < _NESTED:
            inner += 1
            try:
                yield from _members(stack, stack.enter_context(package.open(member)), unread, depth - 1)
            except UNREADABLE as error:
                unread.append(unreadable(member.filename, error))
        else:
            yield member.filename, partial(cast("Callable[[zipfile.ZipInfo], BinaryIO]", package.open), member)


def _readable(found: dict[str, Callable[[], BinaryIO]], unread: list[str]) -> Members:
    """Those that may hold text, and that can be opened."""
    for name, open_ in found.items():
        if (mimetypes.guess_type(name)[0] or "").startswith(_NO_TEXT):
            continue
        try:
            with open_() as stream:
                stream.read(HEAD)
        except UNREADABLE as error:
            unread.append(unreadable(name, error))
        else:
            yield name, open_
