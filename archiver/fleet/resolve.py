"""Which addresses names lead to, asked many at a time before a run: by them blogs are grouped."""

from __future__ import annotations

import socket
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor

AT_ONCE = 32
"""Names that are asked for at the same time."""


def addresses(hosts: Iterable[str]) -> Mapping[str, tuple[str, ...]]:
    """Addresses by host; none for a name that leads nowhere at present."""
    wanted = sorted(set(hosts))
    with ThreadPoolExecutor(AT_ONCE) as pool:
        return dict(zip(wanted, pool.map(_addresses, wanted), strict=True))


def _addresses(host: str) -> tuple[str, ...]:
    try:
        found = socket.getaddrinfo(host.strip("[]"), None, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return ()
    return tuple(sorted({str(address[4][0]) for address in found}))
