"""The page of a comment, the stored captures, and what is kept between visits."""

from __future__ import annotations

import asyncio
import gzip
import sqlite3
import threading
from contextlib import closing
from pathlib import Path

import pytest

from archiver.warc.records import Exchange, Original, digest
from archiver.warc.writer import Writer
from archiver.web import capture_page, front_page, kept, ledgers, metadata, place, serve
from db.pages import front
from tests.unit.archive_sample import FETCH, filled, insert, key
from tests.unit.web_client import get

PAGE = (
    "<!DOCTYPE html><html><head><title>Head</title><script>run()</script></head><body onload='run()'><h1>Wörter</h1>"
    "<p style='color:red'>Read <a href='/more'>more</a><img src='http://x.example/avatar/0123.png' alt='Ada'></p>"
    "<form action='/x'><input name='y'></form></body></html>"
)
URL = "https://stemcells.example/trial/"


@pytest.fixture(scope="module")
def archive(tmp_path_factory) -> Path:
    """The sample, with some captures in a WARC file beside it."""
    folder = tmp_path_factory.mktemp("captured")
    writer = Writer(folder, "run-1", {"software": "test"})

    def kept_as(name, body, headers, same_as=None):
        head = "".join(f"{field}: {value}\r\n" for field, value in headers.items())
        received = f"HTTP/1.1 200 OK\r\n{head}\r\n".encode()
        at = "2024-05-01T10:00:00.123456Z"
        exchange = Exchange(url=URL, at=at, sent=b"", received=received, body=body, digest=digest(body))
        spot = writer.write(exchange, same_as)
        return {"id": name, "warc_file": spot.file, "warc_offset": spot.offset, "digest": digest(body)}

    body, html = gzip.compress(PAGE.encode()), {"Content-Type": "text/html", "Content-Encoding": "gzip"}
    rows = [
        kept_as("html", body, html),
        kept_as("again", body, html, Original(URL, "2024-05-01T10:00:00.123456Z", "<urn:uuid:x>")),
        kept_as("json", b'{"a": "<script>run()</script>"}', {"Content-Type": "application/json"}),
        kept_as("image", b"\x89PNG\x00\x00", {"Content-Type": "image/png"}),
        kept_as("torn", body[:40], html),
        kept_as("brotli", b"x", {**html, "Content-Encoding": "br"}),
    ]
    writer.close()
    rows += [
        {"id": "away", "warc_file": "../../etc/passwd", "warc_offset": 0, "digest": None},
        {"id": "past", "warc_file": rows[0]["warc_file"], "warc_offset": 7, "digest": None},
        {"id": "none", "warc_file": None, "warc_offset": None, "digest": None},
    ]
    with closing(filled(folder / "archive.db")) as connection, connection:
        blog, crawl = connection.execute("SELECT blog_id, crawl_id FROM fetches WHERE id = ?", (FETCH,)).fetchone()
        same = {"blog_id": blog, "crawl_id": crawl, "url": URL, "kind": "post", "status": 200}
        insert(connection, "fetches", [
            {**row, **same, "fetched_at": f"2024-05-0{number + 1}T10:00:00.000000Z"} for number, row in enumerate(rows)
        ])  # fmt: skip
    return folder / "archive.db"


def test_a_comment_stands_by_itself(site):
    page = get(site, f"/-/comment/{key('c', 't3')}").text
    for part in (
        "<h1>Comment by <bdi>", f'href="/-/comment/{key("c", "t3")}/thread"', "<h2>In answer to</h2>", "Cite this",
        f'href="/-/comment/{key("c", "t3")}.bib"', f'href="/-/post/{key("p", "trial")}"',
    ):  # fmt: skip
        assert part in page
    assert '<h2 id="replies">' in get(site, f"/-/comment/{key('c', 't1')}").text


def test_a_comment_can_be_cited(site):
    bib, ris = (get(site, f"/-/comment/{key('c', 't1')}.{suffix}") for suffix in ("bib", "ris"))
    assert bib.headers["content-type"] == "application/x-bibtex; charset=utf-8"
    assert "title = {{Comment on “The trial post”}}" in bib.text
    assert "entrysubtype = {comment}" in bib.text
    assert "M3  - comment\r\n" in ris.text
    assert get(site, "/-/comment/nobody.bib").status_code == 404


def test_the_page_as_readers_saw_it_is_linked(site):
    page = get(site, f"/-/post/{key('p', 'trial')}").text
    assert "Archived page" in page
    assert 'href="/-/capture/' in page


@pytest.mark.parametrize(
    ("name", "there", "absent"),
    [
        ("html", ["<h1>Wörter</h1>", 'href="https://stemcells.example/more"', "agrees with the body"],
         ["run()", "<title>Head", "<form action=\"/x", "avatar", "color:red"]),
        ("again", ["<h1>Wörter</h1>", "the same as once before"], ["run()"]),
        ("json", ["&lt;script&gt;run()"], ["<script>run"]),
        ("image", ["image/png, which is no text"], ["PNG"]),
        ("torn", ["Archived capture"], ["run()"]),
        ("brotli", ["Its body is "], []),
    ],
)  # fmt: skip
def test_a_capture_is_shown_harmless(site, name, there, absent):
    answer = get(site, f"/-/capture/{name}")
    assert answer.status_code == 200
    assert answer.headers["content-security-policy"].startswith("default-src 'none'")
    assert [part for part in there if part not in answer.text] == []
    assert [part for part in absent if part in answer.text] == []


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("away", "is not beside the database"),
        ("past", "no whole record begins at byte 7"),
        ("none", "The response itself was not kept"),
        ("unknown", "Nothing in this archive has that address"),
    ],
)
def test_what_cannot_be_shown_is_said(site, name, why):
    answer = get(site, f"/-/capture/{name}")
    assert (answer.status_code, why in answer.text) == (404, True)
    assert get(site, f"/-/capture/{name}/raw").status_code == 404


def test_the_bytes_are_saved_and_not_run(site):
    answer = get(site, "/-/capture/html/raw")
    assert gzip.decompress(answer.content).decode() == PAGE
    assert answer.headers["content-type"] == "text/plain"
    assert answer.headers["content-disposition"].startswith("attachment")
    assert answer.headers["content-security-policy"].endswith("; sandbox")
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_in_public_no_capture_is_shown(archive):
    site = serve.application(archive, public=True)
    for path in ("/-/capture/html", "/-/capture/html/raw"):
        answer = get(site, path)
        assert (answer.status_code, "Wörter" in answer.text) == (403, False)


def test_long_bodies_are_cut(site, monkeypatch):
    monkeypatch.setattr(capture_page, "MOST", 10)
    assert "It goes on" in get(site, "/-/capture/json").text


# ── what is kept ─────────────────────────────────────────────────────────────────────────────────


def test_an_answer_is_sought_once_and_again_after_a_change(tmp_path, monkeypatch):
    path = tmp_path / "archive.db"
    filled(path).close()
    (at,) = place.all_of(serve.application(path))
    asked = []

    def question(connection):
        asked.append(1)
        return connection.execute("SELECT count(*) FROM terms").fetchone()[0]

    async def answers():
        return await asyncio.gather(*(kept.answer(at, "terms", question) for _ in range(5)))

    before = asyncio.run(answers())
    assert (len(set(before)), len(asked)) == (1, 1)
    monkeypatch.setattr(kept, "FRESH_SECONDS", 0)
    monkeypatch.setattr(kept, "REST", 0)
    asyncio.run(answers())
    with closing(sqlite3.connect(path)) as reader:  # whose log is empty
        reader.execute("SELECT count(*) FROM terms").fetchone()
        asyncio.run(answers())
    assert len(asked) == 1, "nothing was written"
    with closing(sqlite3.connect(path)) as writer, writer:
        writer.execute("DELETE FROM post_terms")
        writer.execute("DELETE FROM terms WHERE parent_id IS NOT NULL")
    assert asyncio.run(answers())[0] < before[0]
    assert len(asked) == 2


def test_what_takes_long_is_given_as_it_was_while_it_is_sought_anew(tmp_path, monkeypatch):
    path = tmp_path / "archive.db"
    filled(path).close()
    (at,) = place.all_of(serve.application(path))
    monkeypatch.setattr(kept, "FRESH_SECONDS", 0)
    monkeypatch.setattr(kept, "REST", 0)
    monkeypatch.setattr(kept, "QUICK", -1)
    found = iter((1, 2))

    async def twice():
        first = await kept.answer(at, "number", lambda _: next(found))
        with closing(sqlite3.connect(path)) as writer, writer:
            writer.execute("DELETE FROM revisions")
        second = await kept.answer(at, "number", lambda _: next(found))
        await asyncio.sleep(0)
        while (third := await kept.answer(at, "number", lambda _: next(found))) == first:
            await asyncio.sleep(0.01)
        return first, second, third

    assert asyncio.run(twice()) == (1, 1, 2)


def test_the_first_visitor_of_a_large_archive_need_not_wait(tmp_path, monkeypatch):
    path = tmp_path / "archive.db"
    filled(path).close()
    site = serve.application(path)
    (at,) = place.all_of(site)
    may_count, whole = threading.Event(), front.overview
    monkeypatch.setattr(front, "overview", lambda connection: may_count.wait(60) and whole(connection))
    monkeypatch.setattr(front_page, "PATIENCE", 0.01)
    monkeypatch.setattr(metadata, "LARGE", 10)

    async def visits():
        first = await site.client.get("/")
        may_count.set()
        await ledgers.overview(at)
        second = await site.client.get("/")
        with closing(sqlite3.connect(path)) as writer, writer:
            writer.execute("DELETE FROM revisions")
        return [answer.text for answer in (first, second, await site.client.get("/"))]

    first, second, third = asyncio.run(visits())
    assert ("being counted for the first time" in first, "Newest posts" in first) == (True, True)
    assert "How complete is it?" not in first
    assert "How complete is it?" in second
    assert ("the archive has changed since" in second, "the archive has changed since" in third) == (False, True)


def test_at_most_so_many_answers_are_kept(tmp_path, monkeypatch):
    path = tmp_path / "archive.db"
    filled(path).close()
    (at,) = place.all_of(serve.application(path))
    monkeypatch.setattr(kept, "MOST", 3)

    async def many():
        return [await kept.answer(at, str(number), lambda _, number=number: number) for number in range(6)]

    assert asyncio.run(many()) == list(range(6))
    assert list(kept._known[at.datasette.get_database("archive")].answers) == ["3", "4", "5"]
