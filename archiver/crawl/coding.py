"""The body behind its content coding, strictly: a body that is cut, torn or a bomb is an error, not a page.

Scrapy's own middleware hands out what it could decode of a torn body, and a WARC wants the body as it came.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator

GZIP, ZLIB, RAW = 16 + zlib.MAX_WBITS, zlib.MAX_WBITS, -zlib.MAX_WBITS
_STEP = 1 << 16


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
        if name in {"gzip", "x-gzip"}:
            body = _inflated(body, GZIP, most)
        elif name == "deflate":
            # RFC 9110 means zlib; some servers send bare deflate.
            body = _inflated(body, ZLIB if _is_zlib(body) else RAW, most)
        else:
            raise BadBody(f"is in a coding that was not asked for ({name[:20]})", lasting=True)
    return body


def _is_zlib(body: bytes) -> bool:
    return body[0] & 0x0F == 8 and int.from_bytes(body[:2], "big") % 31 == 0


def _inflated(body: bytes, window: int, most: int) -> bytes:
    parts, size = [], 0
    try:
        for part in _parts(body, window):
            size += len(part)
            if size > most:
                raise BadBody(f"is larger than {most >> 20} MiB when decompressed", lasting=True)
            parts.append(part)
    except zlib.error as error:
        raise BadBody(f"is not whole: it cannot be decompressed ({error})") from error
    return b"".join(parts)


def _parts(body: bytes, window: int) -> Iterator[bytes]:
    """The decompressed data in steps; gzip may have several members. What follows the last one is padding."""
    while body:
        inflater = zlib.decompressobj(window)
        while not inflater.eof:
            part = inflater.decompress(body, _STEP)
            body = inflater.unconsumed_tail
            yield part
            if not part and not body and not inflater.eof:
                raise BadBody("is not whole: its compressed data end early")
        body = inflater.unused_data
        if window != GZIP or not body.startswith(b"\x1f\x8b"):
            return
