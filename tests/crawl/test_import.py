"""WARC files of other programs are read as if we had crawled."""

from __future__ import annotations

import io
import shutil
import subprocess
from pathlib import Path

import pytest
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from archiver.demo import DemoBlog
from archiver.warc import wacz
from archiver.warc.reader import Record, responses
from db import open_archive
from tests.crawl.faults import FaultServer
from tests.crawl.running import archiver, crawl, environment, rows


def foreign(path: Path, records: list[Record], *, zipped: bool = True) -> Path:
    """The responses alone, as another program would have written them."""
    with path.open("wb") as file:
        made = WARCWriter(file, gzip=zipped)
        for record in records:
            head = StatusAndHeaders(f"{record.status} OK", list(record.headers), protocol="HTTP/1.1")
            date = {"WARC-Date": f"{record.date[:19]}Z"}
            body = io.BytesIO(record.body)
            made.write_record(
                made.create_warc_record(record.url, "response", payload=body, http_headers=head, warc_headers_dict=date)
            )
    return path


@pytest.fixture(scope="module", params=[True, False], ids=["api", "no api"])
def crawled(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("crawled")
    server = FaultServer(DemoBlog(posts=10, thread=30, api=request.param))
    with server.running() as home:
        crawl(directory, f"{home}/")
    return directory


def recorded(archive: Path) -> list[Record]:
    return [record for path in sorted((archive / "warc").glob("*.warc.gz")) for record in responses(path)]


def told(archive: Path) -> dict[str, object]:
    """What people would look for in an archive."""
    return {
        "posts": sorted(rows(archive, "SELECT id, title, published_at, text FROM posts WHERE sources <> ''")),
        "comments": sorted(rows(archive, "SELECT id, parent_id, text, published_at, depth FROM comments")),
        "terms": sorted(rows(archive, "SELECT post_id, term_id FROM post_terms")),
    }


@pytest.mark.parametrize("zipped", [True, False])
def test_what_others_have_crawled_is_read_as_if_by_us(crawled: Path, tmp_path: Path, zipped: bool) -> None:
    file = foreign(tmp_path / "theirs.warc", recorded(crawled), zipped=zipped)
    ran = archiver(tmp_path / "archive", "import", file)
    assert (ran.code, ran.err) == (0, "")
    assert "(wordpress)" in ran.out
    assert told(ran.archive) == told(crawled)
    assert rows(ran.archive, "SELECT outcome, reason FROM crawls") == [("limit", "imported from WARC files")]


def test_a_package_is_read_and_read_twice_changes_nothing(crawled: Path, tmp_path: Path) -> None:
    file = tmp_path / "theirs.wacz"
    wacz.write(open_archive(crawled), file)
    first = archiver(tmp_path / "archive", "import", file)
    assert told(first.archive) == told(crawled)
    again = archiver(tmp_path / "archive", "import", file.rename(tmp_path / "without a suffix"))
    assert "Read 0 pages" in again.out
    assert "known already" in again.out
    assert told(first.archive) == told(crawled)
    assert not list(first.archive.glob("*.tmp"))


def test_what_was_imported_is_on_record_and_can_be_read_again(crawled: Path, tmp_path: Path) -> None:
    file = foreign(tmp_path / "theirs.warc.gz", recorded(crawled))
    archive = tmp_path / "archive"
    archiver(archive, "import", file)
    file.unlink()
    assert archiver(archive, "verify").code == 0
    assert "The tables are as they were." in archiver(archive, "extract").out
    assert told(archive) == told(crawled)


def test_a_few_pages_without_a_front_page_are_enough(crawled: Path, tmp_path: Path) -> None:
    """As in a large crawl of the whole web."""
    (path,) = {row[0] for row in rows(crawled, "SELECT url FROM fetches WHERE kind = 'post' ORDER BY url LIMIT 1")}
    one = [record for record in recorded(crawled) if record.url == path]
    ran = archiver(tmp_path / "archive", "import", foreign(tmp_path / "theirs.warc.gz", one))
    assert ran.code == 0
    assert rows(ran.archive, "SELECT url FROM posts WHERE sources <> ''") == [(path,)]


def test_dates_are_those_of_the_capture(crawled: Path, tmp_path: Path) -> None:
    import dataclasses

    old = [dataclasses.replace(record, date="2015-06-07T08:09:10Z") for record in recorded(crawled)]
    ran = archiver(tmp_path / "archive", "import", foreign(tmp_path / "theirs.warc.gz", old))
    assert rows(ran.archive, "SELECT DISTINCT fetched_at FROM fetches") == [("2015-06-07T08:09:10.000000Z",)]
    assert rows(ran.archive, "SELECT DISTINCT last_seen_at FROM comments") == [("2015-06-07T08:09:10.000000Z",)]


def test_a_damaged_file_gives_what_is_left_of_it(crawled: Path, tmp_path: Path) -> None:
    file = foreign(tmp_path / "theirs.warc.gz", recorded(crawled))
    data = file.read_bytes()
    file.write_bytes(data[: len(data) - 7])
    ran = archiver(tmp_path / "archive", "import", file)
    assert ran.code == 0
    assert "could not be read" in ran.out
    assert "cannot be read from byte" in ran.out


@pytest.mark.parametrize(
    ("data", "name", "code", "words"),
    [
        (b"no archive", "x.warc.gz", 3, "it is no WARC file"),
        (b"no archive", "x.wacz", 2, "it is no WACZ file"),
    ],
)
def test_what_is_no_archive_is_said(tmp_path: Path, data: bytes, name: str, code: int, words: str) -> None:
    (tmp_path / name).write_bytes(data)
    ran = archiver(tmp_path / "archive", "import", tmp_path / name)
    assert ran.code == code
    assert words in ran.err


def test_an_engine_that_does_not_exist_is_said_before_anything_is_read(tmp_path: Path) -> None:
    (tmp_path / "x.warc").write_bytes(b"WARC/1.0\r\n")
    ran = archiver(tmp_path / "archive", "import", "--engine", "tumbler", tmp_path / "x.warc")
    assert (ran.code, len(ran.said), (tmp_path / "archive").exists()) == (2, 1, False)
    assert "engine tumbler: there is no such engine. Engines: wordpress, blogger," in ran.err


def test_a_file_that_is_not_there_makes_no_archive(tmp_path: Path) -> None:
    ran = archiver(tmp_path / "archive", "import", tmp_path / "nothing.warc")
    assert (ran.code, (tmp_path / "archive").exists()) == (2, False)
    assert "there is no such file" in ran.err


def test_a_file_without_a_blog(crawled: Path, tmp_path: Path) -> None:
    robots = [record for record in recorded(crawled) if record.url.endswith("robots.txt")]
    ran = archiver(tmp_path / "archive", "import", foreign(tmp_path / "theirs.warc.gz", robots))
    assert ran.code == 7
    assert "no blog is known in it" in ran.err


@pytest.mark.skipif(not shutil.which("wget"), reason="needs wget")
def test_wget_crawls_and_we_read(tmp_path: Path) -> None:
    server = FaultServer(DemoBlog(posts=6, thread=8))
    with server.running() as home:
        crawl(tmp_path / "ours", "--no-warc", f"{home}/")
        command = ["wget", "-q", "-r", "-l", "3", "--no-parent", "--delete-after", "--warc-file=theirs", f"{home}/"]
        subprocess.run(command, cwd=tmp_path, check=False, timeout=120, env=environment())
    ran = archiver(tmp_path / "theirs", "import", tmp_path / "theirs.warc.gz")
    assert ran.code == 0, ran.err
    sql = "SELECT id, text FROM comments WHERE kind = 'comment' ORDER BY id"
    assert rows(ran.archive, sql) == rows(tmp_path / "ours", sql)
