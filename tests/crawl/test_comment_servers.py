"""Comments at a real server: filled as its own readers fill it, crawled from a blog that declares it."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.cookies import SimpleCookie
from pathlib import Path
from urllib.error import URLError
from urllib.request import Request, urlopen

import pytest

from tests.crawl.running import crawl, sound
from tests.crawl.scripted import serve
from tests.crawl.test_comment_hosts import blog

URI = "/oil/"


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


@dataclass(frozen=True)
class Said:
    """A comment to be written. answers: the place of the one that it answers."""

    name: str
    text: str
    website: str = ""
    answers: int | None = None


SAID = (
    Said("Bo Wharf", "Dear *indeed*, says the [keeper](https://keeper.example/).", "https://wharf.example/"),
    Said("", "Quite.", answers=0),
    Said("Moll Quay", "Two\n\nparagraphs & <b>a tag</b>"),
    Said("Öl", "To Moll.", answers=2),
    Said("Bo Wharf", "To Öl.", "https://wharf.example/", answers=3),
)


class Isso:
    """A running Isso; written by the API that its own script uses."""

    def __init__(self, home: str) -> None:
        self.home = home

    def ask(self, path: str, method: str = "GET", cookie: str = "", **sent: object) -> tuple[dict[str, object], str]:
        body = json.dumps(sent).encode() if sent else None
        headers = {"Content-Type": "application/json"} | ({"Cookie": cookie} if cookie else {})
        with urlopen(Request(self.home + path, body, headers, method=method), timeout=30) as answer:
            set_ = SimpleCookie(answer.headers.get("Set-Cookie") or "")
            return json.loads(answer.read()), "; ".join(f"{name}={one.value}" for name, one in set_.items())

    def write(self, said: Said, ids: list[int]) -> tuple[int, str]:
        """Its id, and the cookie by which its writer may delete it."""
        parent = {} if said.answers is None else {"parent": ids[said.answers]}
        site = {"website": said.website} if said.website else {}
        row, cookie = self.ask(
            f"new?uri={URI}", "POST", title="Oil", author=said.name or None, text=said.text, **parent, **site
        )
        assert isinstance(row["id"], int)
        return row["id"], cookie


@contextmanager
def isso(folder: Path, site: str) -> Iterator[Isso]:
    home = f"http://127.0.0.1:{free_port()}/"
    parts = {
        "general": {"dbpath": folder / "isso.db", "host": site},
        "server": {"listen": home},
        "guard": {"enabled": "false"},
    }
    lines = [f"[{part}]\n" + "".join(f"{n} = {v}\n" for n, v in fields.items()) for part, fields in parts.items()]
    config = folder / "isso.cfg"
    config.write_text("\n".join(lines), "utf-8")
    command = [str(Path(sys.executable).parent / "isso"), "-c", str(config), "run"]
    with (folder / "isso.log").open("wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log)
    try:
        for _ in range(600):
            try:
                urlopen(f"{home}info", timeout=10).close()
                break
            except URLError:
                assert process.poll() is None, (folder / "isso.log").read_text()
                time.sleep(0.1)
        else:
            pytest.fail((folder / "isso.log").read_text())
        yield Isso(home)
    finally:
        process.terminate()
        process.wait(timeout=60)


def test_a_thread_at_a_real_isso(tmp_path: Path) -> None:
    with serve({}) as site:
        with isso(tmp_path, site.home) as server:
            site.answers = blog(f"<script data-isso='{server.home}'></script><section id='isso-thread'></section>")
            ids: list[int] = []
            for one in SAID:
                number, cookie = server.write(one, ids)
                ids.append(number)
                if one is SAID[2]:
                    moll = cookie
            server.ask(f"id/{ids[2]}", "DELETE", cookie=moll)
            ran = crawl(tmp_path / "a", site.home)
        assert ran.code == 0, ran.out
    found = ran.rows(
        "SELECT c.native_id, p.native_id, a.name, a.url, c.text, c.depth, c.parent_source FROM comments c"
        " LEFT JOIN comments p ON p.id = c.parent_id LEFT JOIN authors a ON a.id = c.author_id ORDER BY c.position"
    )
    one, two, three, four, five = (f"isso:{number}" for number in ids)
    assert found == [
        (one, None, "Bo Wharf", "https://wharf.example/", "Dear indeed, says the keeper.", 1, "api"),
        (two, one, "Anonymous", None, "Quite.", 2, "api"),
        (three, None, "Anonymous", None, "", 1, "api"),  # deleted: its place stays
        (four, three, "Öl", None, "To Moll.", 2, "api"),
        (five, three, "Bo Wharf", "https://wharf.example/", "To Öl.", 2, "api"),  # Isso itself keeps two levels
    ]
    assert ran.rows("SELECT number FROM claims WHERE source = 'isso'") == [(5,)]
    assert sound(ran.archive)
