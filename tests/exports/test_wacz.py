"""WACZ: the WARC files of an archive, packed."""

from __future__ import annotations

import gzip
import hashlib
import json
import mmap
from zipfile import ZIP_STORED, ZipFile

import pytest

from archiver.errors import ArchiveMissing, UsageError
from archiver.warc import reader, wacz
from tests.exports.writing import rows, write


def test_all_of_the_crawl_is_in_it(crawled, tmp_path):
    with ZipFile(write(crawled, "wacz", tmp_path)) as packed:
        names = set(packed.namelist())
        pages = [json.loads(line) for line in packed.read("pages/pages.jsonl").splitlines()[1:]]
        assert packed.testzip() is None
    files = {path.name for path in (crawled.directory / "warc").glob("*.warc.gz")}
    assert files
    assert {f"archive/{name}" for name in files} <= names
    assert {"datapackage.json", "datapackage-digest.json", "indexes/index.cdx.gz"} <= names
    posts = {url for (url,) in rows(crawled, "SELECT url FROM fetches WHERE kind = 'post' AND status = 200")}
    assert posts <= {page["url"] for page in pages}


def test_it_is_what_the_specification_wants(crawled, tmp_path):
    """Stored files that can be read in place, each listed with its size and digest, and the list with its own."""
    with ZipFile(write(crawled, "wacz", tmp_path)) as packed:
        stated = json.loads(packed.read("datapackage.json"))
        signed = json.loads(packed.read("datapackage-digest.json"))
        assert (stated["profile"], stated["wacz_version"]) == ("data-package", "1.1.1")
        assert signed["path"] == "datapackage.json"
        assert signed["hash"] == f"sha256:{hashlib.sha256(packed.read('datapackage.json')).hexdigest()}"
        resources = {one["path"]: (one["bytes"], one["hash"]) for one in stated["resources"]}
        kept = {name for name in packed.namelist() if not name.startswith("datapackage")}
        assert set(resources) == kept
        for name, told in resources.items():
            data = packed.read(name)
            assert told == (len(data), f"sha256:{hashlib.sha256(data).hexdigest()}"), name
            assert not name.endswith(".gz") or packed.getinfo(name).compress_type == ZIP_STORED, name
        header, *pages = map(json.loads, packed.read("pages/pages.jsonl").splitlines())
        assert header["format"] == "json-pages-1.0"
        assert all({"url", "ts"} <= page.keys() for page in pages)


def test_a_long_index_is_sorted_in_runs(crawled, tmp_path, monkeypatch):
    """Whatever was sorted at a time: the same lines in the same order."""

    def index():
        with ZipFile(write(crawled, "wacz", tmp_path)) as packed:
            return gzip.decompress(packed.read("indexes/index.cdx.gz"))

    whole = index()
    monkeypatch.setattr(wacz, "RUN", 7)
    monkeypatch.setattr(reader, "_BEHIND", mmap.PAGESIZE)  # of a WARC file what was read is let go at once
    (made,) = tmp_path.iterdir()
    made.unlink()
    assert index() == whole
    lines = whole.splitlines()
    assert len(lines) > 7 * 3
    assert lines == sorted(lines)
    assert [path.name for path in tmp_path.iterdir()] == [made.name], "nothing else is left behind"


def test_an_archive_without_warc_files(nasty, tmp_path):
    with pytest.raises(ArchiveMissing, match="no WARC files"):
        write(nasty, "wacz", tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_part_cannot_be_chosen(crawled, tmp_path):
    with pytest.raises(UsageError, match="WARC files as they are"):
        write(crawled, "wacz", tmp_path, since="2022")
    ((blog,),) = rows(crawled, "SELECT id FROM blogs")
    with pytest.raises(UsageError, match="Leave out --blog"):
        write(crawled, "wacz", tmp_path, blog_ids=(blog,))
