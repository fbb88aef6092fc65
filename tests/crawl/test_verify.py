"""What `archiver verify` finds wrong, and what it mends; the index of the WARC files, and their package."""

from __future__ import annotations

import fcntl
import gzip
import hashlib
import json
import re
import shutil
import sqlite3
import subprocess
import zipfile
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner

from archiver.cli import main
from archiver.demo import DemoBlog
from archiver.errors import ArchiveMissing
from archiver.warc import cdxj, wacz
from archiver.warc.reader import read_at, responses
from db import open_archive
from tests.crawl.faults import FaultServer
from tests.crawl.running import crawl, rows, run


def verify(archive: Path, *options: str) -> subprocess.CompletedProcess[str]:
    return run("verify", "-a", archive, *options)


@pytest.fixture(scope="module")
def crawled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("crawled")
    server = FaultServer(DemoBlog(posts=4, thread=8))
    with server.running() as home:
        crawl(directory, f"{home}/")
        crawl(directory, f"{home}/")
    return directory


@pytest.fixture
def archive(crawled: Path, tmp_path: Path) -> Path:
    shutil.copytree(crawled, tmp_path / "archive")
    return tmp_path / "archive"


def warcs(archive: Path) -> list[Path]:
    return sorted((archive / "warc").glob("*.warc.gz"))


def change(archive: Path, *statements: str) -> None:
    with closing(sqlite3.connect(archive / "archive.db")) as connection:
        for sql in statements:
            connection.execute(sql)
        connection.commit()


def test_a_crawled_archive_is_sound(archive: Path) -> None:
    ran = verify(archive)
    number = rows(archive, "SELECT count(*) FROM fetches")[0][0]
    assert (ran.returncode, ran.stderr) == (0, "")
    assert ran.stdout == f"Sound: {number} responses on record, {number} rows that name them.\n"


def test_an_archive_that_cannot_be_written_to_is_looked_at_all_the_same(archive: Path, freeze) -> None:
    lock = json.dumps({"pid": 1, "host": "elsewhere", "command": "crawl", "since": "today"})
    (archive / "lock").write_text(lock)
    freeze(archive / "archive.db")
    ran = CliRunner().invoke(main, ["verify", "-a", str(archive)])
    assert (ran.exit_code, ran.stdout[:6]) == (0, "Sound:")
    assert ran.stderr == (
        "Not looked at: posts_fts, comments_fts. For that the archive must be one that can be written to.\n"
    )
    assert CliRunner().invoke(main, ["redact", "--list", "-a", str(archive)]).stdout == "Nothing was taken down.\n"
    assert (archive / "lock").read_text() == lock
    with (archive / "lock").open() as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        ran = CliRunner().invoke(main, ["verify", "-a", str(archive)])
    assert (ran.exit_code, "crawl, process 1 on elsewhere" in ran.stderr) == (6, True)
    warcs(archive)[0].unlink()
    assert CliRunner().invoke(main, ["verify", "-a", str(archive)]).exit_code == 3


def search_index(archive: Path) -> None:
    change(archive, "INSERT INTO posts_fts (posts_fts, rowid, title, text) VALUES ('delete', 1, 'a', 'b')")


def renamed_file(archive: Path) -> None:
    path = warcs(archive)[0]
    path.rename(path.with_name("0-renamed.warc.gz"))


def wrong_offsets(archive: Path) -> None:
    change(archive, "UPDATE fetches SET warc_offset = warc_offset + 1 WHERE kind = 'post'")


def forgotten_records(archive: Path) -> None:
    change(archive, "UPDATE fetches SET warc_file = NULL, warc_offset = NULL, warc_length = NULL WHERE kind = 'post'")


def left_open(archive: Path) -> None:
    path = warcs(archive)[-1]
    with path.open("ab") as file:
        file.write(b"\x1f\x8b\x08torn")
    path.rename(f"{path}.open")


def no_index(archive: Path) -> None:
    (archive / cdxj.FILE).unlink()


MENDABLE: list[tuple[Callable[[Path], None], str]] = [
    (search_index, "posts_fts: the search index does not agree with its table"),
    (renamed_file, "rows is not there but elsewhere"),
    (wrong_offsets, "rows is not there but elsewhere"),
    (forgotten_records, "rows is not there but elsewhere"),
    (left_open, "it was left open by a run that was killed"),
    (no_index, "warc/index.cdxj: it does not list the WARC files as they are"),
]


@pytest.mark.parametrize(("spoil", "words"), MENDABLE, ids=[spoil.__name__ for spoil, _ in MENDABLE])
def test_what_can_be_mended_is_mended(archive: Path, spoil: Callable[[Path], None], words: str) -> None:
    spoil(archive)
    before = verify(archive)
    assert before.returncode == 3
    assert words in before.stderr
    assert "`archiver verify --repair`" in before.stderr
    assert verify(archive).stderr == before.stderr, "looking changes nothing"
    mended = verify(archive, "--repair")
    assert (mended.returncode, mended.stderr) == (0, "")
    assert "Mended" in mended.stdout
    after = verify(archive)
    assert (after.returncode, after.stderr) == (0, "")


def spoilt_file(archive: Path) -> None:
    path = warcs(archive)[0]
    data = bytearray(path.read_bytes())
    data[len(data) // 2 : len(data) // 2 + 20] = bytes(20)
    path.write_bytes(data)
    cdxj.write(archive)


def dangling_reference(archive: Path) -> None:
    change(archive, "UPDATE posts SET fetch_id = 'nowhere' WHERE rowid = (SELECT min(rowid) FROM posts)")


def test_a_damaged_file_is_told(archive: Path) -> None:
    spoilt_file(archive)
    ran = verify(archive)
    assert ran.returncode == 3
    assert f"warc/{warcs(archive)[0].name}: it cannot be read from byte" in ran.stderr
    assert "Restore it from a copy" in ran.stderr


def test_a_dangling_reference_is_told_and_extract_mends_it(archive: Path) -> None:
    dangling_reference(archive)
    ran = verify(archive)
    assert ran.returncode == 3
    assert "1 rows of posts refer to rows of fetches that are not there" in ran.stderr
    assert "`archiver extract`" in ran.stderr
    run("extract", "-q", "-a", archive).check_returncode()
    assert verify(archive).returncode == 0


def test_a_lost_file_costs_its_rows_their_place_and_its_return_gives_it_back(archive: Path, tmp_path: Path) -> None:
    lost = warcs(archive)[0]
    moved = lost.rename(tmp_path / lost.name)
    cdxj.write(archive)
    ran = verify(archive)
    assert "is not there. Restore it from a copy" in ran.stderr
    assert "the payload of the revisit" in ran.stderr
    verify(archive, "--repair")
    assert rows(archive, "SELECT count(*) FROM fetches WHERE warc_file LIKE ?", f"%{lost.name}") == [(0,)]
    moved.rename(lost)
    assert verify(archive, "--repair").returncode == 0
    assert rows(archive, "SELECT count(*) FROM fetches WHERE warc_file IS NULL") == [(0,)]


def test_json(archive: Path) -> None:
    no_index(archive)
    ran = verify(archive, "--json")
    assert [problem["where"] for problem in json.loads(ran.stdout)["problems"]] == [cdxj.FILE]


def test_no_archive(tmp_path: Path) -> None:
    assert verify(tmp_path).returncode == 3


# ---- CDXJ


def test_the_index_names_every_response(archive: Path) -> None:
    lines = (archive / cdxj.FILE).read_text().splitlines()
    assert lines == sorted(lines)
    assert len(lines) == rows(archive, "SELECT count(*) FROM fetches")[0][0]
    for line in lines:
        _, timestamp, values = line.split(" ", 2)
        found = json.loads(values)
        record = read_at(archive / "warc" / found["filename"], int(found["offset"]))
        assert (record.url, record.digest, str(record.length)) == (found["url"], found["digest"], found["length"])
        assert len(timestamp) == 14
        assert found["mime"] == "warc/revisit" if record.is_revisit else "/" in found["mime"]
    made = (archive / cdxj.FILE).read_bytes()
    cdxj.write(archive)
    assert (archive / cdxj.FILE).read_bytes() == made


@pytest.mark.parametrize(
    ("url", "wanted"),
    [
        ("https://Blog.Example.org/About/", "org,example,blog)/about"),
        ("http://www.example.org", "org,example)/"),
        ("http://www2.example.org:80/?b=2&a=1", "org,example)/?a=1&b=2"),
        ("https://example.org/a//ä/", "org,example)/a/%c3%a4"),
        ("https://example.org:8443/x?", "org,example:8443)/x"),
        ("http://127.0.0.1:8000/a", "1,0,0,127:8000)/a"),
    ],
)
def test_addresses_are_sorted_by_host(url: str, wanted: str) -> None:
    assert cdxj.surt(url) == wanted


# ---- WACZ


def test_a_package_holds_all_and_proves_it(archive: Path, tmp_path: Path) -> None:
    made = tmp_path / "blog.wacz"
    pages = wacz.write(open_archive(archive), made)
    with zipfile.ZipFile(made) as package:
        assert package.testzip() is None
        described = json.loads(package.read("datapackage.json"))
        assert all(re.fullmatch(r"[-a-z0-9._/]+", resource["name"]) for resource in described["resources"])
        resources = {resource["path"]: resource for resource in described["resources"]}
        names = set(package.namelist())
        assert names == {*resources, "datapackage.json", "datapackage-digest.json"}
        for name, resource in resources.items():
            data = package.read(name)
            assert resource["bytes"] == len(data)
            assert resource["hash"] == f"sha256:{hashlib.sha256(data).hexdigest()}"
        digest = json.loads(package.read("datapackage-digest.json"))
        assert digest["hash"] == f"sha256:{hashlib.sha256(package.read('datapackage.json')).hexdigest()}"
        for path in warcs(archive):
            assert package.read(f"archive/{path.name}") == path.read_bytes()
            assert package.getinfo(f"archive/{path.name}").compress_type == zipfile.ZIP_STORED
        assert gzip.decompress(package.read("indexes/index.cdx.gz")) == (archive / cdxj.FILE).read_bytes()
        head, *listed = [json.loads(line) for line in package.read("pages/pages.jsonl").decode().splitlines()]
    assert head["format"] == "json-pages-1.0"
    assert len(listed) == pages > 4
    assert all(page["title"] and page["ts"] for page in listed)
    urls = {record.url for path in warcs(archive) for record in responses(path)}
    assert {page["url"] for page in listed} <= urls
    assert described["wacz_version"] == "1.1.1"


def test_a_package_of_nothing(tmp_path: Path) -> None:
    open_archive(tmp_path, create=True)
    with pytest.raises(ArchiveMissing, match="no WARC files"):
        wacz.write(open_archive(tmp_path), tmp_path / "x.wacz")
    assert not list(tmp_path.glob("x.wacz*"))
