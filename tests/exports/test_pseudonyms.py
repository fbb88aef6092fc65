"""Nobody who is masked is named in any export, by whatever format; and what is masked is told in numbers only."""

from __future__ import annotations

import errno
import hashlib
import html
import io
import json
import os
import re
import sqlite3
from contextlib import closing
from pathlib import Path
from zipfile import ZipFile, is_zipfile

import pyarrow.parquet
import pytest
from click.testing import CliRunner

from archiver.cli import main
from archiver.exports import formats
from archiver.exports.publish import publish
from archiver.privacy.masking import Masking
from archiver.privacy.names import forms, is_ordinary
from archiver.privacy.pseudonyms import load
from tests.exports.writing import rows, write
from tests.unit import archive_sample
from tests.unit.archive_sample import BLOG, FETCH, LATER, SEEN, insert, key

HASH = hashlib.md5(b"zebulon@example.org").hexdigest()
ZEB, QUILL = key("a", "zeb"), key("a", "pro")
MENTIONS = (
    "Thank you, Zebulon! zebulon grünspan said so, @ZebulonGrünspan and ZEBULON GRUNSPAN too; Gru\u0308nspan's words.",
    "See https://www.zebulon-writes.example/about?x=1 or zebulon-writes.example, or /author/zeb-g/ here.",
    "Mail zebulon@example.org or ring +44 20 7946 0958, (555) 010-9999. DOI 10.1016/S1474-4422(21)00301-X.",
    "Ada Lind's point. Rose, you are right; a rose is a rose. דב לוי said it, and 田中さん as well.",
)
MARKUP = (
    f'<p class="comment-author-zeb-g">Z&#101;bulon Gr&uuml;nspan <img src="https://secure.gravatar.com/avatar/{HASH}?s=48"'
    ' alt="Zebulon Grünspan"> <a href="https://zebulon-writes.example/" title="Ada Lind">his site</a>'
    ' <a href="https://stemcells.example/author/zeb-g/">here</a> <a href="mailto:zebulon@example.org">write</a></p>'
)
MASKABLE = [form for form in formats() if not form.as_came]


@pytest.fixture(scope="module")
def named(tmp_path_factory):
    """An archive in which people name each other."""
    return archive_sample.archive(tmp_path_factory.mktemp("named") / "named", add_people)


def add_people(connection):
    seen = {"blog_id": BLOG, "first_seen_at": SEEN, "last_seen_at": SEEN, "fetch_id": FETCH}
    post = key("p", "walk")
    with connection:
        insert(connection, "authors", [
            {"id": ZEB, "name": "Zebulon Grünspan", "member": 1, "slug": "zeb-g", "native_id": "77",
             "url": "https://stemcells.example/author/zeb-g/", "website": "https://zebulon-writes.example",
             "bio": "Zebulon keeps bees in Lower Fernley.", **seen},
            {"id": key("a", "rose"), "name": "Rose", "member": 0, **seen},
            {"id": key("a", "han"), "name": "田中", "member": 0, "url": "https://shared.example/~tanaka", **seen},
        ])  # fmt: skip
        insert(connection, "comments", [
            {"id": key("c", f"m{number}"), "docid": 700 + number, "post_id": post, "author_id": ZEB, "text": text,
             "html": f"<p>{html.escape(text)}</p>{MARKUP}", "position": 20 + number, "native_id": f"90{number}",
             "url": f"https://stemcells.example/walk/#comment-90{number}", "digest": "d" * 26,
             "published_at": "2021-09-13T14:15:16Z", "published_precision": "second", "published_text": "13 Sept 14:15",
             **seen}
            for number, text in enumerate(MENTIONS)
        ])  # fmt: skip
        connection.execute("UPDATE posts SET title = 'A walk with Zebulon Grünspan', slug = 'walk-with-zeb-g',"
                           " url = 'https://stemcells.example/walk-with-zeb-g/' WHERE id = ?", (post,))  # fmt: skip
        insert(connection, "revisions", [
            {"id": f"{key('c', 'm1')}-{'e' * 26}", "post_id": post, "comment_id": key("c", "m1"), "digest": "e" * 26,
             "html": MARKUP, "text": "Zebulon Grünspan was here", "seen_from": SEEN, "seen_until": LATER},
        ])  # fmt: skip
        insert(connection, "links", [
            {"id": f"{key('c', 'm1')}-0", "post_id": post, "comment_id": key("c", "m1"), "position": 0,
             "url": "https://zebulon-writes.example/about", "host": "zebulon-writes.example", "text": "Zebulon's"},
        ])  # fmt: skip
        insert(connection, "widgets", [
            {"id": key("s", "recent"), "blog_id": BLOG, "kind": "recent_comments", "seen_at": SEEN},
        ])  # fmt: skip
        insert(connection, "widget_links", [
            {"widget_id": key("s", "recent"), "position": 0, "url": "https://stemcells.example/walk/#comment-901",
             "text": "A walk", "detail": "Zebulon Grünspan"},
        ])  # fmt: skip


# -- the leak test ----------------------------------------------------------------------------------


def pieces(path: Path):
    """All that can be read in an export: names of files, and what is in them, packed or not."""
    for file in sorted(path.rglob("*")) if path.is_dir() else [path]:
        yield file.relative_to(path.parent).as_posix() if path.is_dir() else ""
        if file.is_file():
            yield from contents(file.name, file.read_bytes())


def contents(name: str, data: bytes):
    """What is packed is unpacked; its octets as they are would hold short names by chance."""
    if name.endswith(".parquet"):
        for row in pyarrow.parquet.read_table(io.BytesIO(data)).to_pylist():
            yield " \n".join(str(value) for value in row.values())
    elif is_zipfile(io.BytesIO(data)):
        with ZipFile(io.BytesIO(data)) as packed:
            for inner in packed.namelist():
                yield inner
                yield from contents(inner, packed.read(inner))
    else:
        if name.endswith(".db"):
            yield from stored(data)
        yield data.decode("utf-8", "replace")


def stored(data: bytes):
    """The rows of a database and the words of its search index."""
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.deserialize(data)
        connection.text_factory = lambda octets: octets.decode("utf-8", "replace")
        for index in ("posts_fts", "comments_fts"):
            connection.execute(f"CREATE VIRTUAL TABLE temp.v_{index} USING fts5vocab('main', '{index}', 'row')")
            yield " ".join(row[0] for row in connection.execute(f"SELECT term FROM temp.v_{index}"))
        tables = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE '%fts%'")
        for (table,) in tables.fetchall():
            for row in connection.execute(f'SELECT * FROM "{table}"'):
                yield " \n".join(str(value) for value in row)


def found_in(path: Path, needles: set[str]) -> set[str]:
    """Which of these are named anywhere: as words one after the other, whatever the case and what stands between."""
    found: set[str] = set()
    for piece in pieces(path):
        said = f" {' '.join(forms(html.unescape(piece)))} "
        found |= {needle for needle in needles if f" {' '.join(forms(needle))} " in said}
    return found


def identities(archive) -> set[str]:
    """The names that are nothing else, slugs, addresses and keys of everybody in an archive."""
    needles: set[str] = set()
    blogs = {site for (site,) in rows(archive, "SELECT site_key FROM blogs")}
    for name, slug, url, website, author in rows(archive, "SELECT name, slug, url, website, id FROM authors"):
        needles |= {author, *(value for value in (slug, url, website) if value)}
        if forms(name) and not is_ordinary(forms(name)):
            needles.add(name)
    needles = {needle.removeprefix("https://").removeprefix("http://").rstrip("/") for needle in needles}
    return {needle for needle in needles if needle not in blogs and forms(needle) and not is_ordinary(forms(needle))}


@pytest.mark.parametrize("form", MASKABLE, ids=lambda form: form.name)
def test_nobody_is_named(form, named, tmp_path):
    needles = identities(named) | {HASH, "zebulon@example.org", "7946 0958", "010-9999", "Grünspan", "Lower Fernley"}
    blogs = {"blog_ids": (BLOG,)} if form.one_blog else {}
    path = write(named, form.name, tmp_path, masking=Masking(), **blogs)
    assert found_in(path, needles) == set()


def test_nobody_is_named_in_public(named, tmp_path):
    """Nor in a folder that is published, its database octet by octet included."""
    needles = identities(named) | {HASH, "zebulon@example.org", "7946 0958", "010-9999", "Grünspan", "Lower Fernley"}
    path = publish(named, tmp_path / "public", masking=Masking()).path
    assert found_in(path, needles) == set()
    assert [needle for needle in needles if needle.encode() in (path / "archive.db").read_bytes()] == []
    (tmp_path / "open").mkdir()
    assert needles - found_in(publish(named, tmp_path / "open" / "public").path, needles) == set()


def test_the_search_for_leaks_finds_them(named, tmp_path):
    """The same search, where nobody is masked: it must find everything, or it proves nothing."""
    needles = identities(named) | {HASH, "zebulon@example.org", "7946 0958", "010-9999", "Grünspan", "Lower Fernley"}
    for form in ("sqlite", "xlsx", "parquet"):
        folder = tmp_path / form
        folder.mkdir()
        missed = needles - found_in(write(named, form, folder), needles)
        assert {needle for needle in missed if form != "xlsx"} == set(), form
        assert "Zebulon Grünspan" not in missed


@pytest.mark.parametrize("form", ["sqlite", "epub", "wxr"])
def test_nobody_of_the_demo_is_named(form, crawled, tmp_path):
    needles = identities(crawled)
    assert len(needles) > 100
    assert found_in(write(crawled, form, tmp_path, masking=Masking()), needles) == set()


# -- what stays, what is stable ---------------------------------------------------------------------


def dumped(archive, folder, *, masking=None, query=None):
    folder.mkdir()
    wanted = {"query": query} if query else {}
    path = write(archive, "jsonl", folder, masking=masking or Masking(), **wanted)
    files = path.glob("*.jsonl") if path.is_dir() else [path]
    return {file.stem: [json.loads(line) for line in file.read_text().splitlines()] for file in files}


def test_pseudonyms_are_the_same_every_time(named, tmp_path):
    once, again = dumped(named, tmp_path / "1"), dumped(named, tmp_path / "2")
    assert once["authors"] == again["authors"]
    assert once["comments"] == again["comments"]
    other = dumped(named, tmp_path / "3", masking=Masking(key=tmp_path / "other.key"))
    assert not {row["name"] for row in once["authors"]} & {row["name"] for row in other["authors"]}
    assert (tmp_path / "other.key").stat().st_mode & 0o777 == 0o600


def test_one_name_is_one_pseudonym(named, tmp_path):
    tables = dumped(named, tmp_path / "out")
    names = {row["id"]: row["name"] for row in tables["authors"]}
    assert len(set(names.values())) == len(names)  # nobody here shares a name
    zeb = next(row for row in tables["authors"] if row["slug"])
    assert zeb["slug"] == zeb["name"].lower()
    mention = next(row for row in tables["comments"] if "Thank you, Person" in (row["text"] or ""))
    assert mention["text"].count(zeb["name"]) == 5
    assert mention["author_id"] == zeb["id"]


def test_threads_stay_as_they_are(named, tmp_path):
    tables = dumped(named, tmp_path / "out")
    before = rows(named, "SELECT c.docid, p.docid FROM comments c LEFT JOIN comments p ON p.id = c.parent_id")
    numbers = {row["id"]: row["docid"] for row in tables["comments"]}
    after = [(row["docid"], numbers[row["parent_id"]] if row["parent_id"] else None) for row in tables["comments"]]
    assert sorted(before, key=str) == sorted(after, key=str)


def test_identifiers_are_no_telephone_numbers(named, tmp_path):
    texts = [row["text"] or "" for row in dumped(named, tmp_path / "out")["comments"]]
    masked = next(text for text in texts if text.startswith("Mail"))
    assert masked == "Mail [e-mail] or ring [telephone], [telephone]. DOI 10.1016/S1474-4422(21)00301-X."
    assert "a rose is a rose" in next(text for text in texts if "rose is" in text)


def test_keeping_authors(named, tmp_path):
    tables = dumped(named, tmp_path / "out", masking=Masking(keep_authors=True))
    by_line = {row["author_id"] for row in tables["post_authors"]}
    names = {row["name"] for row in tables["authors"] if row["id"] in by_line}
    assert names == {"Prof. Quill", "Ada Lind"}  # both wrote posts
    assert QUILL in by_line
    others = [row["name"] for row in tables["authors"] if row["id"] not in by_line]
    assert others
    assert all(re.fullmatch(r"Person-[a-z2-7]{10}", name) for name in others)


@pytest.mark.parametrize(
    ("unit", "at"),
    [("day", "2021-09-13T00:00:00Z"), ("month", "2021-09-01T00:00:00Z"), ("year", "2021-01-01T00:00:00Z")],
)
def test_coarser_dates(named, tmp_path, unit, at):
    tables = dumped(named, tmp_path / "out", masking=Masking(coarsen=unit))
    comment = next(row for row in tables["comments"] if "Thank you, Person" in (row["text"] or ""))
    assert (comment["published_at"], comment["published_precision"], comment["published_text"]) == (at, unit, None)
    times = [value for table in tables.values() for row in table for name, value in row.items() if name.endswith("_at")]
    assert len([time for time in times if time]) > 50
    assert all(time is None or time.endswith("T00:00:00Z") for time in times)


def test_queries_see_masked_people_only(named, tmp_path):
    sql = "SELECT name, hex(name) AS octets FROM authors UNION ALL SELECT text, hex(text) FROM comments_fts"
    out = dumped(named, tmp_path / "out", query=sql)["out"]
    assert out
    assert not any("Zebulon" in str(row) or "5A6562756C6F6E" in str(row) for row in out)


def test_words_that_chose_are_not_told(named, tmp_path):
    path = write(named, "csv", tmp_path, masking=Masking(), search="Grünspan")
    manifest = json.loads((path / "export.json").read_text())
    assert manifest["chosen"] == {}
    assert manifest["pseudonymised"]["people"] == 9
    assert found_in(path, {"Grünspan"}) == set()


# -- the command ------------------------------------------------------------------------------------


def test_the_command_tells_numbers_and_warns(named, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    done = CliRunner().invoke(main, ["export", "csv", "--pseudonymise", "-a", str(named.directory)])
    assert done.exit_code == 0
    assert re.search(r"masked: 9 people; in texts [1-9]\d* names, [1-9]\d* addresses of theirs, [1-9]", done.stderr)
    assert "can be found by searching the web" in done.stderr
    assert not identities(named) & set(re.split(r"[\s,;]+", done.output))
    key_file = named.directory / "pseudonym.key"
    assert key_file.stat().st_mode & 0o777 == 0o600
    assert key_file.read_text().strip().encode() not in b"".join(
        file.read_bytes() for file in (tmp_path / "named-csv").iterdir()
    )


def test_a_key_that_finds_no_room_leaves_no_empty_one(tmp_path, monkeypatch):
    def full(handle):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        load(tmp_path / "new.key")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (["csv", "--keep-authors"], "--keep-authors: it belongs to --pseudonymise"),
        (["csv", "--coarsen-dates", "day"], "--coarsen-dates: it belongs to --pseudonymise"),
        (["wacz", "--pseudonymise"], "export wacz: it holds the responses as they came"),
        (["csv", "--pseudonymise", "--pseudonym-key", "open.key"], "open.key: others may read this key"),
        (["csv", "--pseudonymise", "--pseudonym-key", "short.key"], "short.key: a key has 16 bytes or more"),
        (["csv", "--pseudonymise", "--pseudonym-key", "no.key"], "no.key: it is empty. Delete it"),
    ],
)
def test_what_cannot_be(named, tmp_path, monkeypatch, arguments, line):
    monkeypatch.chdir(tmp_path)
    for name, content, mode in (("open.key", "k" * 64, 0o644), ("short.key", "k", 0o600), ("no.key", "", 0o600)):
        Path(name).write_text(content)
        Path(name).chmod(mode)
    done = CliRunner().invoke(main, ["export", *arguments, "-a", str(named.directory)])
    assert done.exit_code == 2
    assert line in done.stderr
    assert sorted(path.name for path in tmp_path.iterdir()) == ["no.key", "open.key", "short.key"]
