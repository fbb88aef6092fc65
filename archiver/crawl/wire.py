"""The heads of requests and responses as they went over the wire.

Scrapy hands out headers with their names respelt, in another order, and without those that concern the
connection. A WARC wants what was sent and what was received, so each connection is listened to until
the empty line behind the response's head. Scrapy and Twisted go on as if nobody did.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urldefrag

from scrapy import Request
from scrapy.core.downloader.handlers.http11 import HTTP11DownloadHandler
from scrapy.crawler import Crawler
from scrapy.http import Response
from twisted.web.client import _HTTP11ClientFactory

META = "archiver_wire"
"""The key of a request's meta under which its `Wire` is found."""
MOST = 1 << 18
"""Bytes of a head that are kept at most; Twisted gives up before."""
_EMPTY_LINE = re.compile(rb"\n\r?\n")


@dataclass(slots=True)
class Wire:
    """The head of a request and that of its response, each up to and with its empty line."""

    sent: bytes = b""
    received: bytes = b""
    _whole: bool = False

    def write(self, data: bytes) -> None:
        """Take a piece of what is sent; named as a transport names it."""
        self.sent += data

    def writeSequence(self, pieces: Iterable[bytes]) -> None:  # noqa: N802 (as a transport names it)
        """Take pieces of what is sent."""
        self.sent += b"".join(pieces)

    def hear(self, data: bytes) -> None:
        """Take a piece of what is received; what follows the head is passed over."""
        if self._whole or len(self.received) > MOST:
            return
        self.received += data
        while (end := _end(self.received)) >= 0:
            if not _is_interim(self.received):
                self.received, self._whole = self.received[:end], True
                return
            self.received = self.received[end:]

    @property
    def is_whole(self) -> bool:
        """Whether both heads are there."""
        return self._whole and bool(self.sent)


def _end(data: bytes) -> int:
    """Where the head ends, its empty line included; -1 when it goes on. Bare line feeds count, as for Twisted."""
    found = _EMPTY_LINE.search(data)  # nothing is looked at behind it: a piece may hold most of a page
    return found.end() if found else -1


def _is_interim(head: bytes) -> bool:
    """Whether it is one of the responses (100 Continue, 103 Early Hints) that come before the real one."""
    return head.split(b" ", 2)[1:2] != [] and head.split(b" ", 2)[1].startswith(b"1")


class WireHandler(HTTP11DownloadHandler):
    """Scrapy's own handler of http and https, which also puts the `Wire` into the request's meta."""

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._wires: dict[bytes, Wire] = {}
        # Neither Twisted nor Scrapy has a public way to what makes the connections; Scrapy sets its own factory just
        # so. Should that change, this fails at once, or test_recording.py finds heads that are not as they were sent.
        self._pool._factory = _listening(self._pool._factory, self._wires)  # noqa: SLF001

    async def download_request(self, request: Request) -> Response:
        """Download as Scrapy does. A URL is not asked for twice at the same time, so that it names its wire."""
        uri = urldefrag(request.url).url.encode("ascii")
        try:
            response = await super().download_request(request)
            wire = self._wires.get(uri)
            if wire and wire.is_whole:
                request.meta[META] = wire
            return response
        finally:
            self._wires.pop(uri, None)


def _listening(factory: type[_HTTP11ClientFactory], wires: dict[bytes, Wire]) -> type[_HTTP11ClientFactory]:
    class Listening(factory):  # type: ignore[valid-type, misc]
        noisy = False

        def buildProtocol(self, addr: Any) -> Any:  # noqa: N802 (named by Twisted)
            protocol = super().buildProtocol(addr)
            _listen(protocol, wires)
            return protocol

    return Listening


def _listen(protocol: Any, wires: dict[bytes, Wire]) -> None:
    """Stand between a protocol and its callers. A connection serves one request after the other."""
    asked, heard = protocol.request, protocol.dataReceived
    current = Wire()

    def request(asking: Any) -> Any:
        nonlocal current
        current = wires[asking.absoluteURI] = Wire()
        if asking.bodyProducer is None:  # it would be read twice
            asking.writeTo(current)
        return asked(asking)

    def data_received(data: bytes) -> None:
        current.hear(data)
        heard(data)

    protocol.request, protocol.dataReceived = request, data_received
