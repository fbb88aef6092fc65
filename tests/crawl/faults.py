"""A server that misbehaves as told, byte for byte, in front of a demo blog that answers everything else.

server = FaultServer(DemoBlog())
server.fault("/feed/", RESET, SILENCE)      # the first two requests for it; then the blog answers
with server.running() as home: ...
server.log                                  # what was asked, when, and with which headers
"""

from __future__ import annotations

import gzip
import math
import socket
import socketserver
import ssl
import struct
import sys
import threading
import time
from collections import Counter, defaultdict, deque
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from ipaddress import ip_address
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from archiver.demo import DemoBlog, Response

HTML = "text/html; charset=UTF-8"


@dataclass(frozen=True)
class Reset:
    """The connection is torn down at once (RST)."""


@dataclass(frozen=True)
class Silence:
    """The connection stays open, and nothing comes, until the server stops."""


@dataclass(frozen=True)
class Raw:
    """These bytes, in the place of an HTTP answer; then the connection is closed. drip: seconds between two of them."""

    data: bytes
    drip: float = 0.0


@dataclass(frozen=True)
class Slow:
    """The blog's own answer, after some seconds."""

    seconds: float


RESET, SILENCE = Reset(), Silence()
Fault = Reset | Silence | Raw | Slow | Response


def http(
    status: int = 200,
    body: bytes = b"",
    headers: Mapping[str, str] | None = None,
    *,
    length: int | None = None,
) -> Raw:
    """An answer written out; length: what it claims, when that is not the truth."""
    fields = {
        "Content-Type": HTML,
        "Content-Length": str(len(body) if length is None else length),
        "Connection": "close",
        **(headers or {}),
    }
    lines = [f"HTTP/1.1 {status} {HTTPStatus(status).phrase}", *(f"{name}: {value}" for name, value in fields.items())]
    return Raw("\r\n".join([*lines, "", ""]).encode("latin-1") + body)


def page(status: int = 200, text: str = "", **headers: str) -> Response:
    """A whole answer; headers by name, `_` for `-`."""
    fields = {"Content-Type": HTML} | {name.replace("_", "-"): value for name, value in headers.items()}
    return Response(status, text.encode(), tuple(fields.items()))


def compressed(text: str, cut: int = 0, garble: bool = False) -> Raw:
    """A gzip answer; cut: bytes missing at its end although its length is right; garble: not gzip at all."""
    data = b"this is not gzip" * 20 if garble else gzip.compress(text.encode())
    return http(body=data[: len(data) - cut], headers={"Content-Encoding": "gzip"})


@dataclass
class Asked:
    """One request. began, ended: on the monotonic clock, which is the same for all processes of a machine."""

    target: str
    headers: Mapping[str, str]
    began: float
    ended: float = math.inf


@dataclass
class FaultServer:
    """blog: answers what no fault is scripted for. certificate: makes it speak TLS.

    leads: a name by which it leads every request on, and the address without a path to which.
    """

    blog: DemoBlog = field(default_factory=DemoBlog)
    certificate: Path | None = None
    leads: tuple[str, str] = ("", "")
    log: list[Asked] = field(default_factory=list)
    _faults: dict[str, deque[Fault]] = field(default_factory=lambda: defaultdict(deque))
    _always: dict[str, Fault] = field(default_factory=dict)
    _stop: threading.Event = field(default_factory=threading.Event)
    _held_from: float = math.inf
    _let_go: threading.Event = field(default_factory=threading.Event)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _active: int = 0
    most_at_once: int = 0

    def fault(self, target: str, *faults: Fault) -> None:
        """Script the next answers to a target (path and query)."""
        self._faults[target].extend(faults)

    def always(self, target: str, fault: Fault) -> None:
        """Answer a target so, whenever nothing else is scripted for it."""
        self._always[target] = fault

    def calm(self, *targets: str) -> None:
        """Let the blog itself answer again: for these targets, or for all."""
        for target in targets or tuple(self._always):
            self._always.pop(target, None)

    def begin_anew(self) -> None:
        """Forget what is scripted and what was asked."""
        self._faults.clear()
        self._always.clear()
        self.log.clear()

    @contextmanager
    def holding(self, asked: float) -> Iterator[None]:
        """Meanwhile leave requests without an answer once so many were made: who asks is then at work, and waits."""
        self._held_from = asked
        self._let_go.clear()
        try:
            yield
        finally:
            self._held_from = math.inf
            self._let_go.set()

    def hold(self) -> None:
        """Let a request wait, if that is called for."""
        if len(self.log) >= self._held_from:
            self._let_go.wait()

    def targets(self) -> list[str]:
        """What was asked for, in order."""
        return [asked.target for asked in self.log]

    def repeated(self) -> set[str]:
        """What was asked for more than once."""
        return {target for target, times in Counter(self.targets()).items() if times > 1}

    @contextmanager
    def running(self, host: str = "127.0.0.1", port: int = 0) -> Iterator[str]:
        """Serve in threads and yield the address, without a slash at its end."""
        self._stop.clear()
        server = _Server((host, port), self)
        scheme = "http"
        if self.certificate:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(self.certificate)
            server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
            scheme = "https"
        self.blog.home = f"{scheme}://{host}:{server.server_address[1]}"
        self.blog.cache.clear()
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield self.blog.home
        finally:
            self._stop.set()
            server.shutdown()
            server.server_close()
            thread.join()

    def next(self, target: str) -> Fault | None:
        """The fault that is due, if any."""
        with self._lock:
            queue = self._faults.get(target)
            return queue.popleft() if queue else self._always.get(target)

    @contextmanager
    def counting(self) -> Iterator[None]:
        """Count the requests that are being answered at the same time."""
        with self._lock:
            self._active += 1
            self.most_at_once = max(self.most_at_once, self._active)
        try:
            yield
        finally:
            with self._lock:
                self._active -= 1


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    request_queue_size = 64

    def __init__(self, address: tuple[str, int], owner: FaultServer) -> None:
        self.owner = owner
        super().__init__(address, _Handler)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that hangs up, or distrusts our certificate, is no news."""
        if not isinstance(sys.exc_info()[1], OSError):
            super().handle_error(request, client_address)


class _Handler(socketserver.StreamRequestHandler):
    server: _Server
    disable_nagle_algorithm = True
    timeout = 60

    def handle(self) -> None:
        while self._one():
            pass

    def _one(self) -> bool:
        """Answer one request; whether the connection stays open."""
        line = self.rfile.readline(65536).decode("latin-1").split()
        if len(line) < 2:
            return False
        headers = {}
        while field_line := self.rfile.readline(65536).strip():
            name, _, value = field_line.decode("latin-1").partition(":")
            headers[name.lower()] = value.strip()
        owner, asked = self.server.owner, Asked(line[1], headers, time.monotonic())
        owner.log.append(asked)
        owner.hold()
        with owner.counting():
            stays = self._answer(line[1], headers)
        asked.ended = time.monotonic()
        return stays

    def _answer(self, target: str, headers: dict[str, str]) -> bool:
        owner = self.server.owner
        if owner.leads[0] and headers.get("host") == owner.leads[0]:
            self._send(page(301, Location=owner.leads[1] + target))
            return True
        fault = owner.next(target)
        match fault:
            case Reset():
                self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                self.connection.close()
                return False
            case Silence():
                owner._stop.wait(60)
                return False
            case Raw(data, drip):
                for piece in [data[n : n + 1] for n in range(len(data))] if drip else [data]:
                    self.connection.sendall(piece)
                    if drip and owner._stop.wait(drip):
                        break
                return False
            case Slow(seconds):
                owner._stop.wait(seconds)
        self._send(fault if isinstance(fault, Response) else owner.blog.respond(target, headers=headers))
        return True

    def _send(self, response: Response) -> None:
        lines = [f"HTTP/1.1 {response.status} OK", *(f"{name}: {value}" for name, value in response.headers)]
        lines += [f"Content-Length: {len(response.body)}", "", ""]
        self.connection.sendall("\r\n".join(lines).encode("latin-1") + response.body)


def self_signed(path: Path, host: str = "127.0.0.1") -> Path:
    """A key and a certificate that nobody has vouched for, in one PEM file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host)])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address(host))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    path.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        + certificate.public_bytes(serialization.Encoding.PEM)
    )
    return path
