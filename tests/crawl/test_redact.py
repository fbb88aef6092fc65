"""Redaction lasts: nothing of it is left in any file, no crawl brings it back, and a kill changes nothing of that."""

from __future__ import annotations

import re
import shutil
import signal
import sqlite3
import subprocess
import sys
from collections import Counter
from contextlib import closing
from pathlib import Path
from zipfile import ZipFile, is_zipfile

import pytest
from click.testing import CliRunner

import db.reading
from archiver.cli import main
from archiver.demo import DemoBlog, serve
from archiver.exports import formats
from archiver.privacy.marks import words
from archiver.warc.reader import responses
from archiver.warc.withhold import body_of
from tests.crawl.running import ROOT, crawl, environment, rows

WHY = "asked by who wrote it"


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    """A crawled demo blog, still served: its address and its archive, to be copied."""
    directory = tmp_path_factory.mktemp("redact") / "archive"
    with serve(DemoBlog(posts=14, thread=30)) as home:
        assert crawl(directory, home).code == 0
        with closing(sqlite3.connect(directory / "archive.db")) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        (directory / "logs").mkdir(exist_ok=True)
        yield home, directory


@pytest.fixture
def archive(demo, tmp_path):
    """A copy of it."""
    return Path(shutil.copytree(demo[1], tmp_path / "archive"))


def run(*arguments: str, archive: Path) -> str:
    done = CliRunner().invoke(main, [*arguments, "-a", str(archive)])
    assert done.exit_code == 0, done.output
    return done.output


def left(archive: Path, word: str) -> list[str]:
    """The files in which a word stands, however packed: as octets, as SQLite's pages, in the bodies of WARC records."""
    found = []
    for file in sorted(file for file in archive.rglob("*") if file.is_file()):
        data = file.read_bytes()
        if file.name.endswith(".warc.gz"):
            data += "\n".join(body_of(record) for record in responses(file)).encode()
        if word in data.decode("utf-8", "replace").casefold():
            found.append(file.relative_to(archive).as_posix())
    return found


def own_word(archive: Path, table: str = "comments") -> tuple[str, str]:
    """The key of a comment or post that is long, and a word of eight letters or more that nothing else holds."""
    texts = [
        *rows(archive, "SELECT 'comments', id, text FROM comments WHERE kind = 'comment' AND text IS NOT NULL"),
        *rows(archive, "SELECT 'posts', id, coalesce(title, '') || ' ' || text FROM posts WHERE text IS NOT NULL"),
    ]
    counts = Counter(word for _, _, text in texts for word in set(words(text)))
    urls = " ".join(url for (url,) in rows(archive, "SELECT url FROM fetches")).casefold()
    for kind, id_, text in texts:
        for word in words(text):
            alone = sum(other[:6] == word[:6] for other in counts) == counts[word] == 1
            if kind == table and len(word) >= 8 and word.isascii() and alone and word not in urls:
                return id_, word
    raise AssertionError


def is_gone(archive: Path, word: str) -> None:
    assert left(archive, word) == []
    for index in ("posts_fts", "comments_fts"):
        assert rows(archive, f"SELECT count(*) FROM {index} WHERE {index} MATCH '{word}'") == [(0,)]
    run("verify", archive=archive)  # is sound, or it would not end with 0


@pytest.mark.parametrize("table", ["comments", "posts"])
def test_nothing_is_left_and_no_crawl_brings_it_back(demo, archive, table):
    id_, word = own_word(archive, table)
    (archive / "logs" / "crawl.log").write_text(f"a line\nodd: {' '.join(words(text_of(archive, table, id_))[:12])}\n")
    (archive / "extract.tmp").mkdir()
    shutil.copy(archive / "archive.db", archive / "extract.tmp")
    assert {"archive.db", "extract.tmp/archive.db"} < set(left(archive, word))
    shape = thread(archive)
    out = run("redact", id_, "--why", WHY, archive=archive)
    assert re.match(
        rf"r1: 1 {table[:-1]} taken down, [1-9]\d* WARC records and [1-9]\d* lines? of logs replaced\.", out
    )
    is_gone(archive, word)
    assert (archive / "logs" / "crawl.log").read_text() == "a line\n(taken down)\n"
    assert thread(archive) == shape
    assert crawl(archive, demo[0], "--restart").code in {0, 4}
    is_gone(archive, word)
    run("extract", "-q", archive=archive)
    is_gone(archive, word)
    assert rows(archive, f"SELECT text FROM {table} WHERE id = ?", id_) == [(None,)]
    assert run("redact", "--list", archive=archive).split()[:5] == ["r1", *run(
        "redact", "--list", archive=archive).split()[1:2], "done", table[:-1], id_]  # fmt: skip


def test_no_file_that_is_brought_brings_it_back(demo, archive, tmp_path):
    """WARC files from before, of which somebody has kept a copy."""
    id_, word = own_word(archive)
    kept = [shutil.copy(file, tmp_path) for file in (archive / "warc").glob("*.warc.gz")]
    assert kept
    run("redact", id_, "--why", WHY, archive=archive)
    run("import", *kept, archive=archive)
    is_gone(archive, word)
    assert rows(archive, "SELECT text FROM comments WHERE id = ?", id_) == [(None,)]


def test_no_export_has_it(archive, tmp_path):
    """Of a post named by its address, with its revisions; not even those of the files as they came."""
    id_, word = own_word(archive, "posts")
    with closing(sqlite3.connect(archive / "archive.db")) as connection, connection:
        connection.execute(
            "INSERT INTO revisions (id, post_id, digest, text, html, seen_from, seen_until)"
            " SELECT id || '-' || hex(zeroblob(13)), id, hex(zeroblob(13)), 'once: ' || text, html, first_seen_at,"
            " last_seen_at FROM posts WHERE id = ?", (id_,))  # fmt: skip
    (url,) = rows(archive, "SELECT url FROM posts WHERE id = ?", id_)[0]
    out = tmp_path / "out"
    out.mkdir()
    for name in ("csv", "wacz"):
        run("export", name, "-o", str(out / name), archive=archive)
    unpack(out)
    assert left(out, word)
    shutil.rmtree(out)
    out.mkdir()
    run("redact", url, "--why", WHY, archive=archive)
    is_gone(archive, word)
    for form in formats():
        assert form.missing is None, form.name
        run("export", form.name, "-o", str(out / form.name), archive=archive)
    run("publish", str(out / "public"), archive=archive)
    unpack(out)
    assert left(out, word) == []


def unpack(out: Path) -> None:
    """What is a ZIP archive is read as the files in it."""
    for file in [file for file in out.rglob("*") if file.is_file() and is_zipfile(file)]:
        with ZipFile(file) as packed:
            packed.extractall(file.with_name(f"{file.name} unpacked"))


def text_of(archive: Path, table: str, id_: str) -> str:
    return str(rows(archive, f"SELECT text FROM {table} WHERE id = ?", id_)[0][0])


def thread(archive: Path) -> list[tuple[object, ...]]:
    return rows(archive, "SELECT id, post_id, parent_id, depth, position, published_at FROM comments ORDER BY id")


def test_undone_it_may_come_again(demo, archive):
    id_, word = own_word(archive)
    run("redact", id_, "--why", WHY, archive=archive)
    run("redact", "--undo", "r1", archive=archive)
    assert left(archive, word) == []
    crawl(archive, demo[0], "--restart")
    assert word in words(text_of(archive, "comments", id_))
    assert left(archive, word)
    assert "undone" in run("redact", "--list", archive=archive)


def test_a_person_with_all_that_they_wrote(demo, archive):
    name, number = rows(
        archive, "SELECT a.name, count(*) FROM authors a JOIN comments c ON c.author_id = a.id WHERE a.member = 0"
        " AND a.name LIKE '% %' GROUP BY a.name ORDER BY 2 DESC LIMIT 1")[0]  # fmt: skip
    out = run("redact", name.upper(), "--why", WHY, archive=archive)
    assert f"r1: {number} comments, " in out
    assert rows(archive, "SELECT count(*) FROM authors WHERE name = ?", name) == [(0,)]
    crawl(archive, demo[0], "--restart")
    assert rows(archive, "SELECT count(*) FROM authors WHERE name = ?", name) == [(0,)]
    assert rows(archive, "SELECT count(*) FROM widget_links WHERE text = ?1 OR detail = ?1", name) == [(0,)]
    assert not [file for file in left(archive, name.casefold()) if file.endswith(".warc.gz")]
    listed = run("redact", "--list", archive=archive).splitlines()
    assert len(listed) == 1
    run("redact", "--undo", "r1", archive=archive)
    assert rows(archive, "SELECT count(*) FROM redactions WHERE undone_at IS NULL") == [(0,)]


def test_the_journal_tells_nothing_of_it(archive):
    id_, _ = own_word(archive)
    said = set(words(text_of(archive, "comments", id_))) - set(words(WHY))
    run("redact", id_, "--why", WHY, archive=archive)
    told = set(words(" ".join(str(value) for row in rows(archive, "SELECT * FROM redactions") for value in row)))
    assert not {word for word in said & told if len(word) > 3}


KILLED = """
import os, signal, sys
from archiver.privacy import redact, sweep
from db import redactions

place, when = sys.argv[1:3]
module = {"enter": redactions, "erase": redactions, "settle": redactions}.get(place, sweep)
whole = getattr(module, place)

def killed(*arguments, **named):
    if when == "before":
        os.kill(os.getpid(), signal.SIGKILL)
    result = whole(*arguments, **named)
    os.kill(os.getpid(), signal.SIGKILL)

setattr(module, place, killed)
from archiver.cli import main
main(["redact", sys.argv[3], "--why", "killed", "-a", sys.argv[4]])
"""


@pytest.mark.parametrize(
    ("place", "when"),
    [
        ("sweep_left_behind", "before"),
        ("withhold", "after"),  # a WARC file is new, the rows name the old places
        ("_hold_against", "after"),
        ("sweep_words", "before"),
        ("erase", "after"),  # not committed
        ("purge", "before"),
        ("purge", "after"),
        ("settle", "after"),
    ],
)
def test_killed_at_any_step(archive, place, when):
    id_, word = own_word(archive)
    process = subprocess.run(
        [sys.executable, "-c", KILLED, place, when, id_, str(archive)],
        cwd=ROOT, env=environment(PYTHONPATH=str(ROOT)), check=False, capture_output=True, text=True)  # fmt: skip
    assert process.returncode == -signal.SIGKILL, process.stderr
    assert rows(archive, "SELECT done_at FROM redactions") == [(None,)]
    assert "Finished what was begun: 1 comment taken down" in run("redact", "--list", archive=archive)
    is_gone(archive, word)


def test_before_the_journal_nothing_has_happened(archive):
    id_, word = own_word(archive)
    process = subprocess.run(
        [sys.executable, "-c", KILLED, "enter", "after", id_, str(archive)],
        cwd=ROOT, env=environment(PYTHONPATH=str(ROOT)), check=False, capture_output=True, text=True)  # fmt: skip
    assert process.returncode == -signal.SIGKILL, process.stderr
    assert run("redact", "--list", archive=archive) == "Nothing was taken down.\n"
    assert word in words(text_of(archive, "comments", id_))


def test_while_somebody_reads(archive, monkeypatch):
    monkeypatch.setattr(db.reading, "PATIENCE", 0.05)
    id_, word = own_word(archive)
    with closing(sqlite3.connect(archive / "archive.db")) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM comments").fetchone()
        done = CliRunner().invoke(main, ["redact", id_, "--why", WHY, "-a", str(archive)])
    assert done.exit_code == 1
    assert "another program is reading it" in done.stderr
    assert "Finished what was begun" in run("redact", "--list", archive=archive)
    is_gone(archive, word)


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        ([], "redact: it needs one of NAME, --list and --undo ID"),
        (["x", "--list"], "redact: it needs one of NAME, --list and --undo ID"),
        (["x"], "redact: a reason is needed"),
        (["Nobody At All", "--why", "x"], "Nobody At All: nothing and nobody is called that"),
        (["--undo", "r9"], "redaction r9: there is no such redaction"),
    ],
)
def test_what_cannot_be(demo, arguments, line):
    done = CliRunner().invoke(main, ["redact", *arguments, "-a", str(demo[1])])
    assert done.exit_code == 2
    assert line in done.stderr
