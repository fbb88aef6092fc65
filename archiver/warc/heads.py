"""Heads of HTTP messages, as bytes."""

from __future__ import annotations

from collections.abc import Iterable

_TRANSFER = b"transfer-encoding"
_SECRET = b"authorization"
KEPT_AS = b"X-Archive-Orig-"
"""Put before the name of a header that no longer holds for the stored body; replay tools use the same."""


def joined(first: str, fields: Iterable[tuple[bytes, bytes]]) -> bytes:
    """A head from its first line and its fields, for where the bytes themselves are not at hand."""
    lines = [first.encode("latin-1", "replace"), *(name + b": " + value for name, value in fields)]
    return b"\r\n".join(lines) + b"\r\n\r\n"


def without_transfer_coding(head: bytes) -> bytes:
    """A response's head for a body that has been taken out of its transfer coding.

    Chunks are how a body travelled, not what it is; a head that went on declaring them would make
    readers look for chunks that are not there.
    """
    lines = head.split(b"\n")
    for number, line in enumerate(lines):
        if line.partition(b":")[0].strip().lower() == _TRANSFER:
            lines[number] = KEPT_AS + line
    return b"\n".join(lines)


def without_secrets(head: bytes) -> bytes:
    """A request's head without the line that holds a token: WARC files are handed on."""
    if _SECRET not in head.lower():
        return head
    return b"\n".join(line for line in head.split(b"\n") if line.partition(b":")[0].strip().lower() != _SECRET)
