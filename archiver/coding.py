"""The body behind its content coding, strictly: a body that is cut, torn or a bomb is an error, not a page.

Scrapy's own middleware hands out what it could decode of a torn body, and a WARC wants the body as it came. Only gzip
and deflate are asked for; some servers send brotli or zstd all the same, and these are read where their libraries are
there, which Scrapy brings along from 2.19 on.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator
from importlib import import_module
from typing import Any

GZIP, ZLIB, RAW = 16 + zlib.MAX_WBITS, zlib.MAX_WBITS, -zlib.MAX_WBITS
_STEP = 1 << 16
_ENDS_EARLY = "is not whole: its compressed data end early"
_LIBRARIES = {"br": ("brotli",), "zstd": ("compression.zstd", "backports.zstd")}  # the former from Python 3.14 on
_ZSTD_MAGIC = b"\x28\xb5\x2f\xfd"


class BadBody(Exception):
    """A body that cannot be decoded; str() goes on after "its body". lasting: another try would bring the same."""

    def __init__(self, why: str, *, lasting: bool = False) -> None:
        super().__init__(why)
        self.lasting = lasting


def decoded(body: bytes, content_encoding: str, most: int) -> bytes:
    """The body without its content codings; at most `most` bytes of it. Raises BadBody."""
    names = [name.strip().lower() for name in content_encoding.split(",")]
    for name in reversed([name for name in names if name not in {"", "identity"}]):
        if not body:
            return body  # a coding is often declared where nothing follows
        body = _joined(_decoder(name)(body), most)
    return body


def _decoder(name: str) -> Callable[[bytes], Iterator[bytes]]:
    """What takes a body out of a coding, in steps. Raises BadBody for a coding that cannot be read."""
    if name in {"gzip", "x-gzip"}:
        return lambda body: _inflated(body, GZIP)
    if name == "deflate":
        # RFC 9110 means zlib; some servers send bare deflate.
        return lambda body: _inflated(body, ZLIB if _is_zlib(body) else RAW)
    library = _library(name)
    if name == "br" and hasattr(getattr(library, "Decompressor", None), "can_accept_more_data"):  # from 1.2 on
        return lambda body: _unbrotlied(body, library)
    if name == "zstd" and library:
        return lambda body: _unzstded(body, library)
    raise BadBody(f"is in a coding that was not asked for ({name[:20]})", lasting=True)


def _library(name: str) -> Any:
    for module in _LIBRARIES.get(name, ()):
        try:
            return import_module(module)
        except ImportError:
            continue
    return None


def _is_zlib(body: bytes) -> bool:
    return body[0] & 0x0F == 8 and int.from_bytes(body[:2], "big") % 31 == 0


def _joined(steps: Iterator[bytes], most: int) -> bytes:
    parts, size = [], 0
    for part in steps:
        size += len(part)
        if size > most:
            raise BadBody(f"is larger than {most >> 20} MiB when decompressed", lasting=True)
        parts.append(part)
    return b"".join(parts)


def _torn(error: Exception) -> BadBody:
    return BadBody(f"is not whole: it cannot be decompressed ({error})")


def _inflated(body: bytes, window: int) -> Iterator[bytes]:
    """Gzip may have several members. What follows the last one is padding."""
    while body:
        inflater = zlib.decompressobj(window)
        while not inflater.eof:
            try:
                part = inflater.decompress(body, _STEP)
            except zlib.error as error:
                raise _torn(error) from error
            body = inflater.unconsumed_tail
            yield part
            if not part and not body and not inflater.eof:
                raise BadBody(_ENDS_EARLY)
        body = inflater.unused_data
        if window != GZIP or not body.startswith(b"\x1f\x8b"):
            return


def _unbrotlied(body: bytes, library: Any) -> Iterator[bytes]:
    decompressor = library.Decompressor()
    while not decompressor.is_finished():
        try:
            part = decompressor.process(body, output_buffer_limit=_STEP)
        except library.error as error:
            raise _torn(error) from error
        body = b""
        yield part
        if not part and not decompressor.is_finished():
            raise BadBody(_ENDS_EARLY)


def _unzstded(body: bytes, library: Any) -> Iterator[bytes]:
    """There may be several frames. What follows the last one is padding."""
    while body:
        decompressor = library.ZstdDecompressor()
        while not decompressor.eof:
            try:
                part = decompressor.decompress(body, max_length=_STEP)
            except library.ZstdError as error:
                raise _torn(error) from error
            body = b""
            yield part
            if not part and not decompressor.eof:
                raise BadBody(_ENDS_EARLY)
        body = decompressor.unused_data
        if not body.startswith(_ZSTD_MAGIC):
            return
