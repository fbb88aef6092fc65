"""Every fault that a post's page may meet, what is expected then, and what was seen: the table of docs/faults.md.

`python -m tests.crawl.fault_table` crawls once for each fault and writes the page; test_transfers.py checks it.
"""

from __future__ import annotations

import gzip
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import brotli

from archiver.demo import DemoBlog, Response
from tests.crawl.faults import HTML, RESET, SILENCE, Fault, FaultServer, Raw, compressed, http, page
from tests.crawl.running import ROOT, SOON, Ran, crawl

PAGE = ROOT / "docs" / "faults.md"
BOMB = http(body=gzip.compress(b"<p>" * (20 << 20), compresslevel=1), headers={"Content-Encoding": "gzip"})
CHUNK = Raw(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1000\r\n<html>")
NOT_FOUND = "<html><head><title>Page not found – Blog</title></head><body class='error404'><h1>Oops</h1></body></html>"
ATTRIBUTES = " ".join(f"a{number}=1" for number in range(50_000))
DEEP = 20_000
"""libxml2 reads 2,048 elements deep."""


@dataclass(frozen=True)
class Case:
    """A fault, or what makes one of the page's own text. times: tries until it is given up; words: of the reason."""

    name: str
    fault: Fault | Callable[[str], Fault]
    times: int = 2
    words: str = ""

    def __str__(self) -> str:
        return self.name

    def made(self, server: FaultServer, path: str) -> Fault:
        """The fault for the page at that path."""
        return self.fault(server.blog.respond(path).body.decode()) if callable(self.fault) else self.fault


def deep(text: str, depth: int = DEEP) -> Fault:
    return page(200, text.replace("<p>", "<div>" * depth + "</div>" * depth + "<p>", 1))


def wide(text: str) -> Fault:
    return page(200, text.replace("</article>", "<b></b>" * DEEP + "</article>", 1))


def latin(text: str) -> Fault:
    return Response(200, text.encode("latin-1", "replace"), (("Content-Type", HTML),))


def brotlied(text: str) -> Fault:
    return Response(200, brotli.compress(text.encode()), (("Content-Type", HTML), ("Content-Encoding", "br")))


PASSING = [
    Case("reset", RESET),
    Case("silence", SILENCE),
    Case("closed without an answer", Raw(b"")),
    Case("closed within the headers", Raw(b"HTTP/1.1 200 OK\r\nContent-Ty")),
    Case("body shorter than declared", http(body=b"<html>" * 10, length=5000)),
    Case("body cut in a chunk", CHUNK),
    Case("drips too slowly", Raw(http(body=b"<html>" * 10).data, drip=0.05)),
    Case("not HTTP", Raw(b"\x00\x01\x02 this is not HTTP\r\n\r\n")),
    Case("gzip cut short", compressed("<html>" * 500, cut=10)),
    Case("gzip declared, none sent", compressed("", garble=True)),
    Case("500", page(500)),
    Case("502", page(502)),
    Case("503", page(503)),
    Case("503, Retry-After in seconds", page(503, Retry_After="1")),
    Case("503, Retry-After as a date", page(503, Retry_After="Sun, 01 Mar 2020 12:00:00 GMT")),
    Case("429", page(429)),
    Case("429, Retry-After in seconds", page(429, Retry_After="0")),
    Case("408", page(408)),
]
"""Once; then the page comes."""

LASTING = [
    Case("always reset", RESET, 5, "the connection broke off"),
    Case("always silence", SILENCE, 5, "it did not answer in time"),
    Case(
        "always shorter than declared",
        http(body=b"<html>" * 10, length=5000),
        5,
        "the answer broke off before its end",
    ),
    Case("always cut gzip", compressed("<html>" * 500, cut=10), 5, "its body is not whole"),
    Case("always 500", page(500), 5, "500 Internal Server Error"),
    Case("always 503", page(503), 5, "503 Service Unavailable"),
    Case("404", page(404), 1, "404 Not Found"),
    Case("403", page(403), 1, "403 Forbidden"),
    Case('"Page not found" with status 200', page(200, NOT_FOUND), 1, "it says that there is no such page"),
    Case("20 MiB declared", http(body=b"x", length=20 << 20), 1, "larger than what is read of a page (16 MiB)"),
    Case(
        "17 MiB sent, no length",
        Raw(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n" + b"<p>text</p>\n" * ((17 << 20) // 12)),
        1,
        "larger than what is read of a page (16 MiB)",
    ),
    Case("gzip bomb, 60 MiB", BOMB, 1, "larger than 16 MiB when decompressed"),
    Case("a coding that nobody knows", page(200, "?", Content_Encoding="x-odd"), 1, "not asked for (x-odd)"),
    Case("50,000 attributes on a tag", page(200, f"<html><body {ATTRIBUTES}>"), 1, "more than 500 attributes"),
    Case("20,000 nested elements", deep, 1, "nested so deep that the parser leaves out the rest"),
    Case("redirect to itself", page(302, Location="?"), 11, "redirects without end"),
    Case("redirect to nowhere", page(302, Location="javascript:alert(1)"), 1, "no web address"),
    Case(
        "redirect to another host",
        page(302, Location="http://127.0.0.9:9/x"),
        1,
        "redirects to another host: http://127.0.0.9:9/x",
    ),
    Case("redirect inwards", page(302, Location="http://169.254.169.254/latest"), 1, "redirects to another host"),
    Case("redirect to another port", page(302, Location="http://127.0.0.1:9/"), 1, "redirects to another host"),
]
"""Always."""

READ = [
    Case("1,000 nested elements", partial(deep, depth=1000)),
    Case("20,000 empty elements", wide),
    Case("a charset that is not the body's", latin),
    Case("brotli, not asked for", brotlied),
]
"""No fault of the transfer; the page is read."""

HEAD = """# Faults

What a crawl makes of servers that fail, lie or mean harm. Each line is a crawl of a sample blog of eight posts
whose API is closed and of which one post's page has that fault; all else is well. The other seven posts are
complete in every case. `python -m tests.crawl.fault_table` writes this page, and the tests check every line of it.

What passes is asked again after a pause that grows; five tries in all. What is given up is told in the summary and
kept on the frontier with its reason, the crawl ends with exit code 4, and a later run asks again. A connection that
ends before any answer is tried once more by the HTTP client itself, which the archive does not see.

| fault | expected | seen |
|---|---|---|
"""
EXPECTED = ((PASSING, "asked again and read"), (LASTING, "given up, with the reason"), (READ, "read"))


def seen(ran: Ran, home: str, path: str) -> str:
    """What the archive and the exit code say of it."""
    tries = ran.one("SELECT count(*) FROM fetches WHERE url = ?", home + path)
    ((state, why),) = ran.rows("SELECT state, last_error FROM frontier WHERE url = ?", home + path)
    reason = f": {why}" if why else ""
    answers = "1 exchange" if tries == 1 else f"{tries} exchanges"
    end = {"done": "read", "given_up": "given up"}[state]
    return f"{answers} on record; {end}{reason}".replace(home, "https://blog.example.org").replace("|", "\\|")


def row(case: Case, expected: str, what: str) -> str:
    return f"| {case} | {expected} | {what} |\n"


def documented(case: Case, ran: Ran, home: str, path: str) -> bool:
    """Whether the page has just that line."""
    expected = next(words for cases, words in EXPECTED if case in cases)
    return row(case, expected, seen(ran, home, path)) in PAGE.read_text("utf-8").splitlines(keepends=True)


def listed() -> list[str]:
    """The faults that the page names."""
    lines = PAGE.read_text("utf-8").splitlines()
    return [line.split(" | ")[0].removeprefix("| ") for line in lines if line.startswith("| ")][1:]


def look(case: Case, cases: Sequence[Case], archive: Path) -> str:
    """Crawl into one fault."""
    server = FaultServer(DemoBlog(posts=8, thread=6, api=False, feeds=False))
    with server.running() as home:
        path = server.blog.url(server.blog.published[-2]).removeprefix(home)
        fault = case.made(server, path)
        if cases is PASSING:
            server.fault(path, fault)
        else:
            server.always(path, fault)
            server.always(f"{path}?", fault)
        arranged = {**SOON, "settings": {"DOWNLOAD_TIMEOUT": 0.4}}
        return seen(crawl(archive, f"{home}/", arranged=arranged), home, path)


def main() -> None:
    """Write the page."""
    text = HEAD
    with tempfile.TemporaryDirectory() as directory:
        for cases, expected in EXPECTED:
            for number, case in enumerate(cases):
                text += row(case, expected, look(case, cases, Path(directory, f"{expected[:5]}{number}")))
    PAGE.write_text(text, "utf-8")


if __name__ == "__main__":
    main()
