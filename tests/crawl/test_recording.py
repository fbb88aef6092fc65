"""Every response of a crawl is on record as WARC, as it was, whatever became of it."""

from __future__ import annotations

import gzip
import os
import signal
import subprocess
import sys
import time
import zlib
from pathlib import Path

import pytest
from warcio.archiveiterator import ArchiveIterator

from archiver.demo import DemoBlog
from archiver.reread.extract import extract
from archiver.verify import verify
from archiver.warc.reader import Record, read_at, responses
from archiver.warc.records import digest
from tests.crawl.faults import FaultServer, Raw, compressed, http, page
from tests.crawl.running import SOON, Ran, crawl, rows, start


def files(archive: Path) -> list[Path]:
    return sorted((archive / "warc").glob("*.warc.gz*"))


def recorded(archive: Path) -> list[Record]:
    return [record for path in files(archive) if path.name.endswith(".warc.gz") for record in responses(path)]


def places(ran: Ran) -> list[tuple[str, str, int, str, int, int]]:
    sql = "SELECT url, warc_file, warc_offset, digest, status, warc_length FROM fetches WHERE warc_file IS NOT NULL"
    return ran.rows(sql)


def check(archive: Path) -> None:
    warcs = [str(path) for path in (archive / "warc").glob("*.warc.gz")]
    command = [sys.executable, "-m", "warcio.cli", "check", *warcs]
    result = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert (result.returncode, result.stdout) == (0, "")


def target(record: Record) -> str:
    return "/" + record.url.split("/", 3)[3]


@pytest.mark.parametrize("api", [True, False], ids=["api", "no api"])
def test_every_response_is_on_record(tmp_path: Path, api: bool) -> None:
    server = FaultServer(DemoBlog(posts=8, thread=30, api=api))
    with server.running() as home:
        ran = crawl(tmp_path, f"{home}/")
    assert ran.code in {0, 4}  # a heading counts a comment that nobody sees
    assert [target(record) for record in recorded(tmp_path)] == server.targets()
    assert server.targets()[0] == "/robots.txt"
    assert [path.name for path in files(tmp_path) if path.name.endswith(".open")] == []
    found = {}
    for url, file, offset, wanted, status, length in places(ran):
        record = found[url] = read_at(tmp_path / file, offset)
        assert (record.status, record.digest, record.length) == (status, wanted, length)
        assert digest(record.body) == wanted
    assert len(found) == len(set(server.targets()))
    check(tmp_path)


def test_heads_and_bodies_are_as_they_went_over_the_wire(tmp_path: Path) -> None:
    server = FaultServer(DemoBlog(posts=3, thread=8))
    fields = (
        b"content-type: text/html\r\nx-ODD:   two  spaces \r\nX-Odd: again\r\nbad line\r\nContent-encoding: deflate\r\n"
    )
    head = b"HTTP/1.1 200 Quite Right\r\n" + fields + b"Transfer-Encoding: chunked\r\n\r\n"
    with server.running() as home:
        packed = zlib.compress(server.blog.respond("/about/").body)  # whose links know their host now
        chunks = b"".join(
            b"%x\r\n%s\r\n" % (len(packed[at : at + 99]), packed[at : at + 99]) for at in range(0, len(packed), 99)
        )
        early = b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n"
        server.always("/about/", Raw(early + head + chunks + b"0\r\n\r\n"))
        ran = crawl(tmp_path, "--contact", "me@example.org", f"{home}/")
    assert ran.code == 0
    (record,) = [record for record in recorded(tmp_path) if target(record) == "/about/"]
    assert record.body == packed
    raw = gzip.decompress((tmp_path / ran.one("SELECT warc_file FROM fetches")).read_bytes())
    assert head.replace(b"Transfer-Enc", b"X-Archive-Orig-Transfer-Enc") + packed in raw
    sent = raw[raw.index(b"GET /about/ HTTP/1.1\r\n") :].partition(b"\r\n\r\n")[0].decode()
    assert "me@example.org" in sent
    assert f"Host: {home.removeprefix('http://')}" in sent
    assert record.ip == "127.0.0.1"
    check(tmp_path)


BAD = [
    ("torn gzip", compressed("<html>", cut=9)),
    ("not gzip", compressed("<html>", garble=True)),
    ("404", page(404, "nothing here")),
    ("500", http(500, b"oops")),
    ("redirect", page(301, Location="/elsewhere/?x=1")),
    ("redirect away", page(302, Location="http://127.0.0.9:9/x")),
    ("empty", page(200)),
]


@pytest.mark.parametrize("fault", [fault for _, fault in BAD], ids=[name for name, _ in BAD])
def test_what_went_wrong_is_on_record_too(tmp_path: Path, fault: Raw) -> None:
    server = FaultServer(DemoBlog(posts=4, thread=8))
    server.always("/about/", fault)
    with server.running() as home:
        ran = crawl(tmp_path, f"{home}/", arranged=SOON)
    assert [target(record) for record in recorded(tmp_path)] == server.targets()
    with_rows = {(file, offset) for _, file, offset, *_ in places(ran)}
    assert {(f"warc/{p.name}", r.offset) for p in files(tmp_path) for r in responses(p)} == with_rows
    check(tmp_path)


def test_redirects_before_the_blog_is_known_have_rows(tmp_path: Path) -> None:
    server = FaultServer(DemoBlog(posts=3, thread=8))
    server.fault("/", page(503, Retry_After="0"), page(301, Location="/?here"))
    with server.running() as home:
        server.always("/?here", server.blog.respond("/"))
        ran = crawl(tmp_path, f"{home}/", arranged=SOON)
    assert ran.rows("SELECT status, location FROM fetches WHERE kind = 'home' ORDER BY fetched_at") == [
        (503, None),
        (301, f"{home}/?here"),
        (200, f"{home}/?here"),
    ]
    assert len(recorded(tmp_path)) == ran.one("SELECT count(*) FROM fetches")


def test_what_has_not_changed_is_a_revisit(tmp_path: Path) -> None:
    server = FaultServer(DemoBlog(posts=3, thread=8))
    with server.running() as home:
        crawl(tmp_path, f"{home}/")
        first = recorded(tmp_path)
        ran = crawl(tmp_path, f"{home}/")
        again = recorded(tmp_path)[len(first) :]
        crawl(tmp_path, f"{home}/")
        third = recorded(tmp_path)[len(first) + len(again) :]
    assert {record.kind for record in first} == {"response"}
    originals = {record.record_id: record for record in first}
    assert [target(record) for record in again] == [target(record) for record in first]
    for record in (*again, *third):
        if record.is_revisit:
            assert record.refers_to is not None
            original = originals[record.refers_to.record_id]
            assert (original.url, original.digest, original.date) == (record.url, record.digest, record.refers_to.date)
    assert sum(record.is_revisit for record in again) > len(again) / 2
    assert ran.one("SELECT count(*) FROM fetches WHERE warc_file IS NULL") == 0
    check(tmp_path)


def test_a_server_that_says_not_modified(tmp_path: Path) -> None:
    server = FaultServer(DemoBlog(posts=3, thread=8, api=False))
    with server.running() as home:
        crawl(tmp_path, f"{home}/")
        crawl(tmp_path, f"{home}/")  # all of it revisits
        server.always("/about/", page(304))
        ran = crawl(tmp_path, f"{home}/")
    originals = {record.record_id: record for record in recorded(tmp_path) if not record.is_revisit}
    (said,) = [record for record in recorded(tmp_path) if record.status == 304]
    assert (said.kind, said.digest, said.body) == ("revisit", None, b"")
    assert said.refers_to is not None
    original = originals[said.refers_to.record_id]
    assert (original.url, original.status, original.date) == (f"{home}/about/", 200, said.refers_to.date)
    raw = gzip.decompress(files(tmp_path)[-1].read_bytes())
    assert raw.count(b"http://netpreserve.org/warc/1.1/revisit/server-not-modified") == 1
    assert ran.rows("SELECT status, size FROM fetches WHERE status = 304") == [(304, 0)]
    assert verify(tmp_path).problems == []
    check(tmp_path)
    report = extract(tmp_path, jobs=1, dry_run=True)
    assert {table: change for table, change in report.changes.items() if change} == {}
    assert report.tally.unread == []


@pytest.mark.parametrize("how", ["option", "file"])
def test_it_can_be_switched_off(tmp_path: Path, how: str) -> None:
    server = FaultServer(DemoBlog(posts=3, thread=8))
    (tmp_path / "archiver.toml").write_text("warc = false\n" if how == "file" else "")
    with server.running() as home:
        ran = crawl(tmp_path, *(["--no-warc"] if how == "option" else []), f"{home}/")
    assert ran.code == 0
    assert not (tmp_path / "warc").exists()
    assert ran.one("SELECT count(warc_file) FROM fetches") == 0


def test_a_site_that_is_no_blog_leaves_its_records(tmp_path: Path) -> None:
    server = FaultServer(DemoBlog())
    server.always("/", page(200, "<html><p>A shop.</p>"))
    with server.running() as home:
        ran = crawl(tmp_path, f"{home}/", arranged=SOON)
    assert ran.code == 7
    assert [target(record) for record in recorded(tmp_path)] == server.targets()
    check(tmp_path)


def test_after_kill_9_the_records_are_whole_and_have_rows(tmp_path: Path) -> None:
    server = FaultServer(DemoBlog(posts=40, thread=8, api=False))
    with server.running() as home:
        process = start(tmp_path, f"{home}/")
        while len(server.log) < 12:
            time.sleep(0.01)
            assert process.poll() is None
        os.kill(process.pid, signal.SIGKILL)
        process.communicate()
        (left,) = files(tmp_path)
        assert left.name.endswith(".open")
        with left.open("ab") as file:
            file.write(b"\x1f\x8b\x08torn")
        ran = crawl(tmp_path, f"{home}/")
    assert ran.code in {0, 4}
    assert "1 WARC file of a killed run closed, 7 torn bytes cut off" in ran.err
    assert len(files(tmp_path)) == 2
    known = {tuple(row) for row in rows(tmp_path, "SELECT warc_file, warc_offset FROM fetches")}
    found = {(f"warc/{path.name}", record.offset) for path in files(tmp_path) for record in responses(path)}
    assert known == found
    check(tmp_path)


def test_records_of_a_killed_run_without_rows_are_adopted(tmp_path: Path) -> None:
    server = FaultServer(DemoBlog(posts=4, thread=8))
    with server.running() as home:
        crawl(tmp_path, f"{home}/")
        (path,) = files(tmp_path)
        path.rename(f"{path}.open")
        before = rows(tmp_path, "SELECT id, url, kind, status, digest, warc_offset FROM fetches ORDER BY fetched_at")
        subprocess.run(
            ["sqlite3", str(tmp_path / "archive.db"), f"DELETE FROM fetches WHERE id = '{before[-1][0]}'"], check=True
        )
        ran = crawl(tmp_path, f"{home}/")
    assert "1 response without a row adopted\n" in ran.err
    (after,) = rows(
        tmp_path, "SELECT id, url, kind, status, digest, warc_offset FROM fetches WHERE id = ?", before[-1][0]
    )
    assert after == before[-1]


def test_requests_are_on_record(tmp_path: Path) -> None:
    server = FaultServer(DemoBlog(posts=3, thread=8))
    with server.running() as home:
        crawl(tmp_path, f"{home}/")
    with files(tmp_path)[0].open("rb") as file:
        found = [(record.rec_type, record.http_headers) for record in ArchiveIterator(file)]
    assert [kind for kind, _ in found] == ["warcinfo", *["request", "metadata", "response"] * len(server.log)]
    assert {heads.protocol for kind, heads in found if kind == "request"} == {"GET"}, "nothing is ever sent but that"
