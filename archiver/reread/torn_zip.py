"""What a zip still holds whose end is lost: its members, from its beginning on, as far as they go.

A zip lists its members at its end; before each stands a smaller header of its own, by which they are found here. The
form is that of PKWARE's APPNOTE, 4.3.7 and 4.3.9.
"""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import BinaryIO, cast

from archiver.imports.base import UNREADABLE

_HEADER = struct.Struct("<4s5H3I2H")
_SIGNATURE, _DESCRIPTOR = b"PK\x03\x04", b"PK\x07\x08"
_ENCRYPTED, _STREAMED, _UTF_8 = 1, 8, 1 << 11
_STORED, _DEFLATED = 0, 8
_ELSEWHERE = 0xFFFFFFFF  # a size that stands among the extra fields
_PIECE = 1 << 16


@dataclass(frozen=True, slots=True)
class _Member:
    """start: of its data; size: packed, None where only its end tells."""

    name: str
    start: int
    size: int | None
    method: int


def members(file: Path) -> dict[str, Callable[[], BinaryIO]]:
    """The members that begin in what is left. The last one may end too early: reading it raises EOFError then."""
    return {one.name: partial(_open, file, one) for one in _walk(file) if not one.name.endswith("/")}


def _open(file: Path, member: _Member) -> BinaryIO:
    return cast("BinaryIO", _Data(file.open("rb"), member))


def _walk(file: Path) -> Iterator[_Member]:
    """One after the other, to the first that is encrypted, packed in an unknown way, or of which the end is lost."""
    position: int | None = 0
    while position is not None:
        member = _at(file, position)
        if member is None:
            return
        yield member
        position = member.start + member.size if member.size is not None else _end(file, member)


def _at(file: Path, position: int) -> _Member | None:
    """The member whose header stands here."""
    with file.open("rb") as stream:
        stream.seek(position)
        head = stream.read(_HEADER.size)
        if len(head) < _HEADER.size or head[:4] != _SIGNATURE:
            return None
        _, _, flags, method, _, _, _, size, _, name_length, extra_length = _HEADER.unpack(head)
        called, extra = stream.read(name_length), stream.read(extra_length)
        if len(called) + len(extra) < name_length + extra_length:
            return None  # the file ends within its name
        name = called.decode("utf-8" if flags & _UTF_8 else "cp437", "replace")
        known = None if flags & _STREAMED else _stated(size, extra)
        is_endless = known is None and method == _STORED
        if is_endless or flags & _ENCRYPTED or method not in {_STORED, _DEFLATED}:
            return None
        return _Member(name, stream.tell(), known, method)


def _stated(size: int, extra: bytes) -> int | None:
    """A packed size as a header says it, or the field for large files does."""
    if size != _ELSEWHERE:
        return size
    while len(extra) >= 4:
        kind, length = struct.unpack_from("<2H", extra)
        if kind == 1 and length >= 16:
            return int(struct.unpack_from("<Q", extra, 12)[0])
        extra = extra[4 + length :]
    return None


def _end(file: Path, member: _Member) -> int | None:
    """Where the next header begins, behind a member that only its own end tells; None where that is lost."""
    with file.open("rb") as stream, _Data(file.open("rb"), member) as data:
        try:
            while data.read(_PIECE):
                pass
        except UNREADABLE:
            return None
        stream.seek(data.end)
        behind = stream.read(28)
    first = 4 if behind.startswith(_DESCRIPTOR) else 0
    lengths = (first + 12, first + 20)  # checksum and two sizes, of a large file in eight bytes each
    return next((data.end + length for length in lengths if behind[length : length + 2] in {b"PK", b""}), None)


class _Data(io.RawIOBase):
    """What a member holds, unpacked. Raises EOFError, or zlib.error, after the last byte that could be read."""

    def __init__(self, stream: BinaryIO, member: _Member) -> None:
        self._stream, self._left = stream, member.size
        self._inflate = zlib.decompressobj(-zlib.MAX_WBITS) if member.method == _DEFLATED else None
        self._made = bytearray()
        self._is_whole = False
        self.end = member.start  # of its packed data, as far as it was read

    def readable(self) -> bool:
        """Always."""
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        """Fill it, to the end of the member."""
        while len(self._made) < len(buffer) and not self._is_whole:
            try:
                self._made += self._more()
            except UNREADABLE:
                if self._made:
                    break
                raise
        given = bytes(self._made[: len(buffer)])
        del self._made[: len(given)]
        buffer[: len(given)] = given
        return len(given)

    read1 = io.RawIOBase.read

    def _more(self) -> bytes:
        """The next piece; whole: there is no other."""
        self._stream.seek(self.end)
        packed = self._stream.read(_PIECE if self._left is None else min(_PIECE, self._left))
        if not packed and self._left != 0:
            raise EOFError
        made = self._inflate.decompress(packed) if self._inflate else packed
        unused = len(self._inflate.unused_data) if self._inflate else 0
        self.end += len(packed) - unused
        if self._left is not None:
            self._left -= len(packed)
        self._is_whole = self._inflate.eof if self._inflate else not self._left
        if self._left == 0 and not self._is_whole:
            raise EOFError
        return made

    def close(self) -> None:
        """With the file."""
        if not self.closed:
            self._stream.close()
        super().close()
