"""WARC files: written, torn, mended, read; and what others' tools say of them."""

import gzip
import io
import json
import subprocess
import sys
import zlib
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from warcio.archiveiterator import ArchiveIterator
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from archiver.crawl.recorder import run_name
from archiver.errors import ArchiveDamaged
from archiver.warc import cdxj
from archiver.warc.heads import joined, without_transfer_coding
from archiver.warc.reader import read_at, responses
from archiver.warc.records import Exchange, Original, digest
from archiver.warc.repair import close_left_open, scan
from archiver.warc.writer import Writer

SENT = b"GET /a HTTP/1.1\r\nHost: blog.example.org\r\nuser-AGENT: blog-archiver\r\n\r\n"
HEAD = b"HTTP/1.1 200 Fine\r\ncontent-TYPE: text/html\r\nX-Odd:  caf\xe9 \r\nSet-Thing: a\r\nSet-Thing: b\r\n\r\n"
NOTE = {"target": {"kind": "post", "url": "https://blog.example.org/ä"}}


def exchange(number: int = 0, body: bytes = b"<p>A body</p>", **values: object) -> Exchange:
    given = {
        "url": f"https://blog.example.org/{number}",
        "at": f"2026-01-02T03:04:{number % 60:02}.000005Z",
        "sent": SENT,
        "received": HEAD,
        "body": body,
        "digest": digest(body),
        "ip": "192.0.2.7",
        "note": {**NOTE, "number": number},
    }
    return Exchange(**{**given, **values})


def writer(archive: Path, **options: int) -> Writer:
    return Writer(archive, "run", {"software": "blog-archiver"}, **options)


def checked(path: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "warcio.cli", "check", "-v", str(path)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def written(archive: Path, *exchanges: Exchange) -> Path:
    made = writer(archive)
    for one in exchanges:
        made.write(one)
    made.close()
    (path,) = made.closed
    return path


def test_a_record_is_found_at_its_place(tmp_path):
    made = writer(tmp_path)
    places = [made.write(exchange(n, bytes([n]) * n)) for n in range(5)]
    made.close()
    for n, place in enumerate(places):
        record = read_at(tmp_path / place.file, place.offset)
        assert (record.url, record.body, record.length) == (
            f"https://blog.example.org/{n}",
            bytes([n]) * n,
            place.length,
        )
        assert record.digest == digest(record.body)
    assert [record.offset for record in responses(tmp_path / places[0].file)] == [place.offset for place in places]


def test_what_was_received_is_kept_byte_for_byte(tmp_path):
    path = written(tmp_path, exchange())
    plain = gzip.decompress(path.read_bytes())
    assert HEAD + b"<p>A body</p>\r\n\r\n" in plain
    assert SENT + b"\r\n\r\n" in plain
    (record,) = responses(path)
    assert record.headers[0] == ("content-TYPE", "text/html")
    assert record.note == {**NOTE, "number": 0}
    assert (record.ip, record.status, record.kind) == ("192.0.2.7", 200, "response")
    assert record.date == "2026-01-02T03:04:00.000005Z"


def test_records_of_an_exchange_name_each_other(tmp_path):
    path = written(tmp_path, exchange())
    with path.open("rb") as file:
        records = [(r.rec_type, dict(r.rec_headers.headers)) for r in ArchiveIterator(file)]
    kinds = [kind for kind, _ in records]
    assert kinds == ["warcinfo", "request", "metadata", "response"]
    response_id = records[3][1]["WARC-Record-ID"]
    assert records[1][1]["WARC-Concurrent-To"] == records[2][1]["WARC-Concurrent-To"] == response_id
    assert {fields["WARC-Warcinfo-ID"] for _, fields in records[1:]} == {records[0][1]["WARC-Record-ID"]}


@pytest.mark.parametrize(
    ("head", "again"),
    [
        (HEAD, False),
        (HEAD, True),
        (b"HTTP/1.1 404 Not Found\r\nX-A: content-type: x\r\n\r\n", False),
        (b"HTTP/1.0 301\r\nCONTENT-TYPE:\tText/HTML ; charset=utf-8\r\nLocation: /b\r\n\r\n", False),
        (b"HTTP/1.1 200 OK\r\nContent-Type:\r\n\r\n", False),
    ],
)
def test_the_index_is_the_same_made_from_what_is_written_or_from_the_file(tmp_path, head, again):
    made, one = writer(tmp_path), exchange(received=head, body=b"some" * 30)
    same_as = Original("https://blog.example.org/0", "2026-01-01T00:00:00Z", "<urn:uuid:0>") if again else None
    place = made.write(one, same_as)
    made.close()
    (path,) = made.closed
    assert [cdxj.line_of(one, place, is_revisit=again)] == cdxj.lines(path)


def test_warcio_finds_nothing_wrong(tmp_path):
    made = writer(tmp_path)
    first = made.write(exchange(1, b"same" * 500))
    original = read_at(tmp_path / f"{first.file}.open", first.offset)
    made.write(exchange(2, b"same" * 500), Original(original.url, original.date, original.record_id))
    made.write(exchange(3, b""))
    made.write(
        exchange(
            4, gzip.compress(b"x" * 9999, mtime=0), received=HEAD.replace(b"X-Odd", b"Content-Encoding: gzip\r\nX")
        )
    )
    made.close()
    result = checked(made.closed[0])
    assert result.returncode == 0, result.stdout
    assert "digest pass" in result.stdout
    assert "failed" not in result.stdout


def test_a_revisit_holds_no_payload_and_says_where_it_is(tmp_path):
    made = writer(tmp_path)
    first = made.write(exchange(1, b"same" * 5000))
    original = read_at(tmp_path / f"{first.file}.open", first.offset)
    refers_to = Original(original.url, original.date, original.record_id)
    place = made.write(exchange(2, b"same" * 5000, received=HEAD.replace(b"Fine", b"Still fine")), refers_to)
    made.close()
    record = read_at(tmp_path / place.file, place.offset)
    assert (record.kind, record.body, record.refers_to) == ("revisit", b"", refers_to)
    assert record.digest == original.digest
    assert record.is_revisit
    assert not original.is_revisit


@pytest.mark.parametrize(
    ("coding", "encode"),
    [
        ("identity", lambda body: body),
        ("gzip", lambda body: gzip.compress(body, mtime=0)),
        ("deflate", zlib.compress),
    ],
)
@pytest.mark.parametrize("chunked", [False, True])
def test_payloads_are_as_sent_and_warcio_decodes_them(tmp_path, coding, encode, chunked):
    body = b"<p>words</p>" * 300
    transfer = b"transfer-Encoding: chunked\r\n" if chunked else b""
    head = b"HTTP/1.1 200 OK\r\n" + transfer + b"Content-Encoding: " + coding.encode() + b"\r\n\r\n"
    path = written(tmp_path, exchange(1, encode(body), received=head))
    (record,) = responses(path)
    assert record.body == encode(body)
    assert record.headers[0][0] == ("X-Archive-Orig-transfer-Encoding" if chunked else "Content-Encoding")
    with path.open("rb") as file:
        (theirs,) = [r.content_stream().read() for r in ArchiveIterator(file) if r.rec_type == "response"]
    assert theirs == body
    assert checked(path).returncode == 0


def test_files_rotate_and_are_open_only_while_written(tmp_path):
    made = writer(tmp_path, rotate_at=2000)
    files = []
    for n in range(12):
        place = made.write(exchange(n))
        files.append(place.file)
        assert (tmp_path / f"{place.file}.open").exists()
    made.close()
    made.close()
    assert len(set(files)) > 2
    assert [path.name for path in made.closed] == [f"run-{n:05}.warc.gz" for n in range(len(made.closed))]
    assert list(tmp_path.glob("warc/*.open")) == []
    assert all(path.stat().st_size < 2000 + 2000 for path in made.closed)
    urls = [record.url for path in made.closed for record in responses(path)]
    assert urls == [f"https://blog.example.org/{n}" for n in range(12)]


def test_a_run_that_writes_nothing_leaves_nothing(tmp_path):
    writer(tmp_path).close()
    assert list(tmp_path.iterdir()) == []


def test_a_full_disk_leaves_whole_records(tmp_path, monkeypatch):
    made = writer(tmp_path)
    made.write(exchange(1))
    path = tmp_path / "warc" / "run-00000.warc.gz.open"
    before = path.read_bytes()

    class Full(io.FileIO):
        def write(self, data):
            super().write(bytes(data)[:40])
            raise OSError(28, "No space left on device")

    with Full(path, "r+b") as full:
        full.seek(len(before))
        monkeypatch.setattr(made, "_file", full)
        with pytest.raises(OSError, match="No space"):
            made.write(exchange(2))
    assert path.read_bytes() == before


# ---- torn tails


MADE = [exchange(n, b"words %d " % n * n) for n in range(6)]


def members(data: bytes) -> list[tuple[int, int]]:
    """Start and end of every gzip member, found with zlib alone."""
    found, start = [], 0
    while start < len(data):
        inflater = zlib.decompressobj(31)
        inflater.decompress(data[start:])
        end = len(data) - len(inflater.unused_data)
        found.append((start, end))
        start = end
    return found


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    return written(tmp_path_factory.mktemp("whole"), *MADE).read_bytes()


def left_open(directory: Path, data: bytes) -> Path:
    path = directory / "warc" / "run-00000.warc.gz.open"
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(data)
    return path


@given(data=st.data())
def test_a_torn_tail_costs_the_torn_record_alone(whole, tmp_path_factory, data):
    cut = data.draw(st.integers(0, len(whole)))
    garbage = data.draw(st.binary(max_size=30))
    directory = tmp_path_factory.mktemp("torn")
    left_open(directory, whole[:cut] + garbage)
    kept = [end for _, end in members(whole) if end <= cut]
    (closed,) = close_left_open(directory)
    assert closed.records == len(kept)
    assert closed.cut == cut - (kept[-1] if kept else 0) + len(garbage)
    if kept:
        assert closed.path is not None
        assert closed.path.read_bytes() == whole[: kept[-1]]
        assert all(record.body == MADE[n].body for n, record in enumerate(responses(closed.path)))
    assert close_left_open(directory) == []
    assert list(directory.glob("warc/*.open")) == []


@given(data=st.data())
def test_damage_in_the_middle_is_told_and_never_cut(whole, tmp_path_factory, data):
    place = data.draw(st.sampled_from(members(whole)[:-1]))
    at = data.draw(st.integers(place[0] + 10, place[1] - 9))  # not in gzip's own header, where a bit may mean nothing
    spoilt = whole[:at] + bytes([whole[at] ^ 0xFF]) + whole[at + 1 :]
    path = left_open(tmp_path_factory.mktemp("spoilt"), spoilt)
    found = scan(path)
    assert [(damage.offset, damage.offset + damage.length) for damage in found.damages] == [place]
    assert found.torn == 0
    assert found.records == len(members(whole)) - 1


def test_a_file_that_is_being_written_is_left_alone(tmp_path):
    made = writer(tmp_path)
    made.write(exchange(1))
    assert close_left_open(tmp_path) == []
    made.write(exchange(2))
    made.close()
    assert len(list(responses(made.closed[0]))) == 2


def test_scanning_nothing(tmp_path):
    path = tmp_path / "empty.warc.gz"
    path.write_bytes(b"")
    assert (scan(path).records, scan(path).damages) == (0, ())


# ---- reading what others have made


def foreign(path: Path, *, zipped: bool, head: list[tuple[str, str]], payload: bytes) -> Path:
    with path.open("wb") as file:
        made = WARCWriter(file, gzip=zipped)
        http = StatusAndHeaders("200 OK", head, protocol="HTTP/1.1")
        made.write_record(made.create_warcinfo_record(path.name, {"software": "another"}))
        made.write_record(
            made.create_warc_record(
                "http://blog.example.org/", "response", payload=io.BytesIO(payload), http_headers=http
            )
        )
        dns = made.create_warc_record("dns:blog.example.org", "resource", payload=io.BytesIO(b"x"), length=1)
        made.write_record(dns)
    return path


CHUNKS = b"4\r\nWiki\r\n5\r\npedia\r\n0\r\n\r\n"


@pytest.mark.parametrize("zipped", [True, False])
@pytest.mark.parametrize(
    ("head", "payload", "body"),
    [
        ([("Content-Type", "text/html")], b"<p>", b"<p>"),
        ([("Transfer-Encoding", "chunked")], CHUNKS, b"Wikipedia"),
        ([("Transfer-Encoding", "chunked")], b"no chunks at all", b"no chunks at all"),
        ([("Content-Encoding", "gzip")], gzip.compress(b"x", mtime=0), gzip.compress(b"x", mtime=0)),
    ],
)
def test_others_files_are_read(tmp_path, zipped, head, payload, body):
    path = foreign(tmp_path / "other.warc", zipped=zipped, head=head, payload=payload)
    (record,) = responses(path)
    assert (record.body, record.status, record.note) == (body, 200, None)
    assert read_at(path, record.offset).body == body


@pytest.mark.parametrize(
    "data", [b"not a WARC file at all\n" * 20, gzip.compress(b"<html>" * 9, mtime=0)], ids=["text", "zipped"]
)
def test_what_is_no_warc_is_said(tmp_path, data):
    path = tmp_path / "other.warc.gz"
    path.write_bytes(data)
    with pytest.raises(ArchiveDamaged, match=r"other\.warc\.gz"):
        list(responses(path))


def test_reading_where_no_record_begins(tmp_path):
    path = written(tmp_path, exchange(1))
    for offset in (3, path.stat().st_size, path.stat().st_size + 9):
        with pytest.raises(ArchiveDamaged):
            read_at(path, offset)


def test_no_six_words_are_a_record(tmp_path):
    path = tmp_path / "other.warc"
    path.write_bytes(b"six words that warcio takes 3\n" * 9)
    with pytest.raises(ArchiveDamaged):
        read_at(path, 0)


def test_somebody_elses_notes_are_no_notes_of_ours(tmp_path):
    plain = gzip.decompress(written(tmp_path, exchange(1)).read_bytes())
    path = tmp_path / "other.warc"
    start = plain.index(b"archiver: {")
    path.write_bytes(plain[:start] + plain[start:].replace(b"archiver: {", b"archiver: x", 1))
    assert [record.note for record in responses(path)] == [None]


# ---- heads


def test_heads():
    assert joined("HTTP/1.1 200 OK", [(b"A", b"b"), (b"A", b"c")]) == b"HTTP/1.1 200 OK\r\nA: b\r\nA: c\r\n\r\n"
    assert without_transfer_coding(HEAD) == HEAD
    assert b"\nX-Archive-Orig-TRANSFER-ENCODING : x" in without_transfer_coding(b"H\nTRANSFER-ENCODING : x\n\n")


def test_notes_are_plain_ascii(tmp_path):
    plain = gzip.decompress(written(tmp_path, exchange(1)).read_bytes())
    line = next(line for line in plain.split(b"\r\n") if line.startswith(b"archiver: "))
    assert json.loads(line.decode("ascii").partition(" ")[2])["target"]["url"].endswith("ä")


def test_runs_of_one_second_are_named_in_their_order() -> None:
    """A revisit of the later one names a payload of the earlier one, and files are read in the order of their names."""
    began = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
    names = [run_name(began + timedelta(microseconds=number)) for number in range(0, 2_000_000, 99_991)]
    assert names == sorted(names)
    assert len(set(names)) == len(names)
