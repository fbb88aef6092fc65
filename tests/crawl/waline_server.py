"""Comments at a real Waline. Not part of the suite, since it takes 270 MB of npm packages: `make test-waline`."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from urllib.error import URLError
from urllib.request import Request, urlopen

import pytest

from tests.crawl.running import ROOT, crawl, sound
from tests.crawl.scripted import serve
from tests.crawl.test_comment_hosts import blog
from tests.crawl.test_comment_servers import SAID, URI, free_port

SERVER = ROOT / ".venv" / "waline" / "node_modules" / "@waline" / "vercel" / "vanilla.js"
COLUMNS = {
    "Comment": (
        "user_id INTEGER, insertedAt, createdAt, updatedAt, comment TEXT, ip TEXT, link TEXT, mail TEXT, nick TEXT,"
        ' rid INTEGER, pid INTEGER, sticky NUMERIC, status TEXT, "like" INTEGER, ua TEXT, url TEXT'
    ),
    "Counter": "time INTEGER, url TEXT, reaction0 INTEGER, createdAt, updatedAt",
    "Users": (
        "display_name TEXT, email TEXT, password TEXT, type TEXT, label TEXT, url TEXT, avatar TEXT, github TEXT,"
        ' twitter TEXT, facebook TEXT, google TEXT, weibo TEXT, qq TEXT, "2fa" TEXT, createdAt, updatedAt'
    ),
}
"""The tables that its documentation asks for."""


@contextmanager
def waline(folder: Path, services: str) -> Iterator[str]:
    """A running server. services: where it asks at each request which log-ins there are."""
    with closing(sqlite3.connect(folder / "waline.sqlite")) as database:
        for table, columns in COLUMNS.items():
            database.execute(f"CREATE TABLE wl_{table} (id INTEGER PRIMARY KEY AUTOINCREMENT, {columns})")
    port = free_port()
    settings = {"SQLITE_PATH": str(folder), "JWT_TOKEN": "quay", "AKISMET_KEY": "false", "IPQPS": "0"}
    environment = {**os.environ, **settings, "OAUTH_URL": services, "SITE_NAME": "Quay", "SITE_URL": services}
    with (folder / "waline.log").open("wb") as log:
        process = subprocess.Popen(["node", str(SERVER), str(port)], env=environment, stdout=log, stderr=log)
    home = f"http://127.0.0.1:{port}"
    try:
        for _ in range(600):
            try:
                urlopen(f"{home}/api/comment?path={URI}", timeout=30).close()
                break
            except URLError:
                assert process.poll() is None, (folder / "waline.log").read_text()
                time.sleep(0.2)
        else:
            pytest.fail((folder / "waline.log").read_text())
        yield home
    finally:
        process.terminate()
        process.wait(timeout=60)


def write(home: str, number: int, ids: list[int]) -> int:
    said = SAID[number]
    root = number
    while SAID[root].answers is not None:
        root = SAID[root].answers or 0
    sent = {
        "comment": said.text,
        "nick": said.name or "Anonymous",
        "link": said.website,
        "mail": "",
        "url": URI,
        "ua": "",
    }
    if said.answers is not None:
        sent |= {"pid": ids[said.answers], "rid": ids[root]}
    headers = {"Content-Type": "application/json"}
    with urlopen(Request(f"{home}/api/comment?lang=en", json.dumps(sent).encode(), headers), timeout=60) as answer:
        return int(json.loads(answer.read())["data"]["objectId"])


def test_a_thread_at_a_real_waline(tmp_path: Path) -> None:
    with serve({"/services": ("application/json", '{"services": []}')}) as site:
        with waline(tmp_path, f"{site.home}/services") as home:
            ids: list[int] = []
            for number in range(len(SAID)):
                ids.append(write(home, number, ids))
            widget = f"<div id='waline'></div><script>Waline.init({{ el: '#waline', serverURL: '{home}' }})</script>"
            site.answers = {**blog(widget), **site.answers}
            ran = crawl(tmp_path / "a", site.home)
        assert ran.code == 0, ran.out
    found = ran.rows(
        "SELECT c.native_id, p.native_id, a.name, a.url, c.depth, c.parent_source FROM comments c"
        " LEFT JOIN comments p ON p.id = c.parent_id LEFT JOIN authors a ON a.id = c.author_id"
    )
    one, two, three, four, five = (f"waline:{number}" for number in ids)
    assert sorted(found) == [
        (one, None, "Bo Wharf", "https://wharf.example/", 1, "api"),
        (two, one, "Anonymous", None, 2, "api"),
        (three, None, "Moll Quay", None, 1, "api"),
        (four, three, "Öl", None, 2, "api"),
        (five, four, "Bo Wharf", "https://wharf.example/", 3, "api"),
    ]
    texts = [text for (text,) in ran.rows("SELECT text FROM comments ORDER BY native_id")]
    assert texts[:2] == ["Dear indeed, says the keeper.", "Quite."]
    assert texts[3:] == ["To Moll.", "To Öl."]
    assert ran.rows("SELECT number FROM claims WHERE source = 'waline'") == [(5,)]
    assert sound(ran.archive)
