"""A blog of any platform on loopback: paths with what they answer, `{home}` standing for its own address."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit

Answers = Mapping[str, tuple[str, str]]
"""Path, or `path?name=value` for one parameter that must be there, to media type and body."""


class Scripted:
    """asked: every path that was asked for, with its query."""

    def __init__(self, answers: Answers) -> None:
        self.answers, self.home = answers, ""
        self.asked: list[str] = []

    def answer(self, path: str) -> tuple[int, str, bytes]:
        """Status, media type and body."""
        self.asked.append(path)
        parts = urlsplit(path)
        given = [f"{parts.path}?{name}={value}" for name, all_ in parse_qs(parts.query).items() for value in all_]
        for name in (*given, parts.path):
            if name in self.answers:
                kind, body = self.answers[name]
                return 200, kind, body.replace("{home}", self.home).encode()
        return 404, "text/plain", b"Not here"


@contextmanager
def serve(answers: Answers) -> Iterator[Scripted]:
    """Serve the answers on a free port until the block is left."""
    script = Scripted(answers)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status, kind, body = script.answer(self.path)
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 (named by http.server)
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    script.home = f"http://127.0.0.1:{server.server_port}"
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield script
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
