"""Serves the fixed blog on loopback, as cheaply as Python can: one process, keep-alive, bytes from memory.

    python -m benchmarks.blog_server --posts 300            pages are rendered before the first request
    python -m benchmarks.blog_server --posts 6000 --fly     each page is rendered when it is asked for

Prints its URL on standard output, then ends with its standard input. `/-/stats` answers with what was served:
requests, pages (status 200), and the paths in order; `/-/reset` forgets that.
"""

from __future__ import annotations

import asyncio
import json
import re
import sys
import time
from dataclasses import dataclass

import click

from benchmarks.blog import FixedBlog
from benchmarks.markup import Markup

REASONS = {200: b"OK", 301: b"Moved Permanently", 404: b"Not Found"}


@dataclass(frozen=True, slots=True)
class Answer:
    """What is sent back. location: where to, for a redirect."""

    status: int
    body: bytes
    location: str = ""

    def wire(self) -> bytes:
        """The answer as HTTP/1.1."""
        location = f"Location: {self.location}\r\n" if self.location else ""
        return (
            b"HTTP/1.1 %d %s\r\n" % (self.status, REASONS[self.status])
            + f"Content-Type: text/html; charset=UTF-8\r\nContent-Length: {len(self.body)}\r\n{location}\r\n".encode()
            + self.body
        )


MISSING = Answer(404, b"<!doctype html><title>Not found</title><h1>Not found</h1>")


class Service:
    """Answers by path, and what was asked. first: clock of the first request, the same for all processes."""

    def __init__(self, posts: int, base: str, *, fly: bool) -> None:
        self.markup = Markup(FixedBlog(posts), base)
        paths = [] if fly else self.markup.paths()
        self.ready = {path: Answer(200, self.markup.render(path) or b"") for path in paths}
        self.reset()

    def reset(self) -> None:
        """Forget what was served."""
        self.first = 0.0
        self.asked: list[tuple[str, int]] = []

    def answer(self, path: str) -> Answer:
        """What is sent back for a path with its query."""
        if path == "/-/stats":
            pages = [path for path, status in self.asked if status == 200]
            stats = {"requests": len(self.asked), "pages": len(pages), "first": self.first, "paths": pages}
            return Answer(200, json.dumps(stats).encode())
        if path == "/-/count":
            return Answer(200, str(len(self.asked)).encode())
        if path == "/-/reset":
            self.reset()
            return Answer(200, b"{}")
        self.first = self.first or time.monotonic()
        answer = self.ready.get(path) or self._rendered(path)
        self.asked.append((path, answer.status))
        return answer

    def _rendered(self, path: str) -> Answer:
        page = re.fullmatch(r"/\?paged=(\d+)", path)
        if page:  # which any WordPress understands
            return Answer(301, b"", f"{self.markup.base}/page/{page[1]}/")
        body = self.markup.render(path)
        return Answer(200, body) if body is not None else MISSING


class Connection(asyncio.Protocol):
    """HTTP/1.1 for GET without bodies, which is all that is asked here."""

    def __init__(self, service: Service) -> None:
        self.service = service
        self.buffer = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Remember where to write."""
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        """Answer every request that is complete."""
        self.buffer += data
        while b"\r\n\r\n" in self.buffer:
            head, _, self.buffer = self.buffer.partition(b"\r\n\r\n")
            path = head.split(b" ", 2)[1].decode("ascii")
            self.transport.write(self.service.answer(path).wire())


async def _serve(posts: int, fly: bool) -> None:
    loop = asyncio.get_running_loop()
    service: list[Service] = []
    server = await loop.create_server(lambda: Connection(service[0]), "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    base = f"http://127.0.0.1:{port}"
    service.append(Service(posts, base, fly=fly))
    print(base, flush=True)
    # When the parent ends in whatever way, its end of the pipe closes.
    await loop.run_in_executor(None, sys.stdin.read)
    server.close()


@click.command(help=__doc__)
@click.option("--posts", default=300, help="Posts of the blog.")
@click.option("--fly", is_flag=True, help="Render pages when they are asked for.")
def main(posts: int, fly: bool) -> None:
    """The command line; see the module."""
    asyncio.run(_serve(posts, fly))


if __name__ == "__main__":
    main()
