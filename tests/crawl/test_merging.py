"""`archiver merge`: archives of crawls made one, with their WARC files; cut short, torn, redacted, in any order."""

from __future__ import annotations

import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner

from archiver.cli import main
from archiver.demo import DemoBlog, serve
from archiver.warc.reader import responses
from archiver.warc.withhold import body_of
from tests.crawl.running import ROOT, crawl, environment, rows
from tests.unit.readings import tables

ALL = ["blogs", "crawls", "fetches", "authors", "posts", "post_terms", "comments", "terms", "links", "claims"]
UNFIT = ("torn", "newer", "no-archive", "half.part", "busy", "left-open")


@pytest.fixture(scope="module")
def crawled(tmp_path_factory):
    """Three shards: two of one blog, of which the second was crawled again, and one of another blog."""
    home = tmp_path_factory.mktemp("shards")
    with serve(DemoBlog(posts=2, thread=5)) as url:
        assert crawl(home / "one", url).code == 0
        shutil.copytree(home / "one", home / "one-again")
        assert crawl(home / "one-again", url).code == 0
    with serve(DemoBlog(posts=1, thread=3)) as url:
        assert crawl(home / "other", url).code == 0
    return home


@pytest.fixture
def shards(crawled, tmp_path):
    """A copy of them."""
    return Path(shutil.copytree(crawled, tmp_path / "shards"))


@pytest.fixture(scope="module")
def whole(crawled, tmp_path_factory):
    """What they become."""
    archive = tmp_path_factory.mktemp("whole") / "archive"
    run("merge", crawled, "-o", archive, "--warc", "link")
    return held(archive)


def run(*arguments: str | Path, code: int = 0) -> str:
    done = CliRunner().invoke(main, [str(one) for one in arguments])
    assert done.exit_code == code, done.output
    return done.output


def held(archive: Path) -> dict[str, list[tuple[object, ...]]]:
    with closing(sqlite3.connect(archive / "archive.db")) as connection:
        connection.row_factory = sqlite3.Row
        return tables(connection, ALL)


def sound(archive: Path) -> bool:
    return run("verify", "-a", archive).startswith("Sound: ")


def number(archive: Path, table: str, where: str = "1") -> int:
    ((found,),) = rows(archive, f"SELECT count(*) FROM {table} WHERE {where}")
    return found


def test_shards_become_one_archive_that_is_sound_and_searched(shards, tmp_path):
    archive = tmp_path / "all"
    said = run("merge", shards, "-o", archive / "archive.db")
    latest = [shards / name for name in ("one-again", "other")]  # the first holds all that `one` does
    posts, comments = (sum(number(one, table) for one in latest) for table in ("posts", "comments"))
    assert said.startswith(f"Merged 3 shards: 2 blogs, {posts} posts, {comments} comments new.\n")
    recorded = [number(one, "fetches", "warc_file IS NOT NULL") for one in (archive, *latest)]
    assert recorded[0] == sum(recorded[1:])
    assert sound(archive)
    ((word,),) = rows(
        archive, "SELECT substr(text, 1, instr(text, ' ') - 1) FROM comments WHERE text LIKE '% %' LIMIT 1"
    )
    assert "comment" in run("search", word, "-a", archive)
    before = held(archive)
    assert run("merge", shards, "-o", archive).startswith("Merged 0 shards, 3 known already: ")
    (archive / "merged.jsonl").unlink()
    assert "Merged 3 shards: 0 blogs, 0 posts, 0 comments new.\n" in run("merge", shards, "-o", archive)
    assert held(archive) == before
    assert sound(archive)


def test_the_same_content_is_the_same_file(shards, tmp_path):
    one, again, other = (shards / name for name in ("one", "one-again", "other"))
    run("merge", one, again, other, "-o", tmp_path / "a", "--canonical")
    part = json.loads(run("merge", other, one, "-o", tmp_path / "part", "--json"))
    assert (part["shards"], part["merged"]["new"]["posts"]) == (2, number(tmp_path / "part", "posts"))
    run("merge", again, tmp_path / "part", "-o", tmp_path / "b", "--canonical", "--warc", "link")
    run("merge", tmp_path / "a", "-o", tmp_path / "c", "--canonical", "--warc", "reference")
    first, *more = ((tmp_path / name / "archive.db").read_bytes() for name in "abc")
    assert [len(one) for one in more] == [len(first)] * 2
    assert all(one == first for one in more)
    assert sound(tmp_path / "b")
    assert sound(tmp_path / "c")


KILLING = """
import os, signal, sys
from pkgutil import resolve_name
place, name, number = resolve_name(sys.argv[1]), sys.argv[2], int(sys.argv[3])
before, calls = getattr(place, name), []

def killing(*arguments, **more):
    calls.append(arguments)
    if len(calls) == number:
        os.kill(os.getpid(), signal.SIGKILL)
    return before(*arguments, **more)

setattr(place, name, killing)
from archiver.cli import main
main(sys.argv[4:])
"""


@pytest.mark.parametrize(
    ("place", "name", "call"),
    [
        ("db.merging:Merger", "_settle", 1),
        ("archiver.merging.files", "bring_notes", 2),
        ("archiver.merging.files:Path", "replace", 3),
        ("archiver.merging.files", "take_away", 2),
    ],
    ids=["in a transaction", "before a shard is noted as done", "with a file half brought", "before files are removed"],
)
def test_a_killed_merge_goes_on(shards, whole, tmp_path, place, name, call):
    merge = ["merge", str(shards), "-o", str(tmp_path / "all"), "--warc", "move"]
    command = [sys.executable, "-c", KILLING, place, name, str(call), *merge]
    killed = subprocess.run(
        command, cwd=ROOT, env=environment(), capture_output=True, text=True, timeout=300, check=False
    )
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    run(*merge)
    assert held(tmp_path / "all") == whole
    assert sound(tmp_path / "all")
    assert list(shards.glob("*/warc/*.gz")) == []


def test_what_cannot_be_taken_in_is_named_and_the_rest_is_done(shards, tmp_path):
    for name in UNFIT:
        shutil.copytree(shards / "other", shards / name)
    torn = shards / "torn" / "archive.db"
    run_sql(torn, "PRAGMA journal_mode = DELETE")
    torn.write_bytes(torn.read_bytes()[:60_000])
    run_sql(
        shards / "newer" / "archive.db",
        "INSERT INTO _sqlite_migrations (migration_set, name, applied_at) VALUES ('archive', '9999_later', '')",
    )
    (shards / "no-archive" / "archive.db").write_text("No database at all. " * 300)
    (shards / "busy" / "lock").write_text(json.dumps({"pid": os.getpid(), "host": os.uname().nodename}))
    (shards / "left-open" / "warc" / "x.warc.gz.open").touch()
    said = run("merge", shards, "-o", tmp_path / "all", code=4)
    assert said.startswith("Merged 3 shards: ")
    told = sorted(line for line in said.splitlines() if line.startswith("archiver: "))
    assert [str(shards / name) in line for name, line in zip(sorted(UNFIT), told, strict=True)] == [True] * len(UNFIT)
    assert sound(tmp_path / "all")
    assert run("merge", shards / "torn", "-o", tmp_path / "none", code=3).startswith("Merged 0 shards: ")


def run_sql(path: Path, sql: str) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute(sql)


def test_older_shards_are_brought_up_to_date_in_a_copy(shards, tmp_path):
    older = shards / "other" / "archive.db"
    for sql in ("DROP TABLE lessons", "DELETE FROM _sqlite_migrations WHERE name = '0006_lessons'"):
        run_sql(older, sql)
    before = older.read_bytes()
    run("merge", shards / "other", "-o", tmp_path / "all")
    assert older.read_bytes() == before
    assert sound(tmp_path / "all")
    assert number(tmp_path / "all", "posts") == number(shards / "other", "posts")


def test_what_is_taken_down_in_one_shard_is_taken_down_in_the_archive(shards, tmp_path):
    query = "SELECT name FROM authors JOIN comments ON author_id = authors.id WHERE name LIKE '% %' ORDER BY name"
    name = rows(shards / "one", query)[0][0]
    run("redact", name, "--why", "asked by herself", "-a", shards / "one")
    assert number(shards / "one-again", "authors", f"name = '{name}'") == 1
    for order in (("one", "one-again"), ("one-again", "one")):
        archive = tmp_path / "-".join(order)
        run("merge", *(shards / one for one in order), "-o", archive)
        assert sound(archive)
        assert number(archive, "authors", f"name = '{name}'") == 0
        assert number(archive, "comments", "text IS NULL") == number(shards / "one", "comments", "text IS NULL") > 0
        for record in (one for path in (archive / "warc").glob("*.gz") for one in responses(path)):
            assert name not in body_of(record)
    one, other = (held(tmp_path / name) for name in ("one-one-again", "one-again-one"))
    assert one | {"fetches": other["fetches"]} == other  # whose records lie elsewhere in files that were swept
