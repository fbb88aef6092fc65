"""The edge: a DemoBlog behind a real socket on loopback."""

from __future__ import annotations

import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

from archiver.demo.blog import DemoBlog


class Handler(BaseHTTPRequestHandler):
    """Speaks HTTP/1.1 for the blog of its server: connections stay open, nothing is written to the terminal."""

    server: Server
    protocol_version = "HTTP/1.1"
    # Head and body leave in one packet; else each answer waits 40 ms for the other side's delayed ACK.
    disable_nagle_algorithm = True
    wbufsize = -1

    def answer(self) -> None:
        """Hand the request to the blog and send back what it says."""
        length = self.headers.get("Content-Length", "0")
        if length.isdecimal():
            self.rfile.read(int(length))  # else a body would be taken for the next request
        response = self.server.blog.respond(self.path, method=self.command, headers=dict(self.headers.items()))
        self.send_response(response.status)
        for name, value in response.headers:
            self.send_header(name, value)
        if response.status not in {204, 304}:
            self.send_header("Content-Length", str(len(response.body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(response.body)

    do_GET = do_HEAD = do_POST = do_PUT = do_DELETE = do_OPTIONS = answer  # noqa: N815 - named by http.server

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - named by http.server
        """Say nothing: the blog keeps its own list of requests."""


class Server(ThreadingHTTPServer):
    """Closes the connections that are still open when it stops, so that no thread outlives it."""

    daemon_threads = False
    request_queue_size = 128

    def __init__(self, address: tuple[str, int], blog: DemoBlog) -> None:
        self.blog = blog
        self.open: set[socket.socket] = set()
        super().__init__(address, Handler)

    def process_request(self, request: Any, client_address: Any) -> None:
        """Remember the connection while it is open."""
        self.open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        """Forget it."""
        self.open.discard(request)
        super().shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that hangs up is no news; anything else is a bug of the demo, shown as usual."""
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)

    def server_close(self) -> None:
        """Close the port and every connection, and wait for their threads."""
        for connection in list(self.open):
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                continue  # it closed by itself just now
        super().server_close()


@contextmanager
def serve(blog: DemoBlog | None = None, *, host: str = "127.0.0.1", port: int = 0) -> Iterator[str]:
    """Serve the blog in a thread of its own and yield its address (no slash at the end); port 0 takes a free one.

    Sets `blog.home` to that address. When the block is left, the port is closed and every thread has ended.
    """
    blog = DemoBlog() if blog is None else blog
    server = Server((host, port), blog)
    with blog.lock:
        blog.home = f"http://{f'[{host}]' if ':' in host else host}:{server.server_port}"
        blog.cache.clear()
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, name="demo-blog", daemon=True)
    thread.start()
    try:
        yield blog.home
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
