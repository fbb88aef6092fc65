"""Reading the archive's own WARC again gives what the live crawl gave."""

from __future__ import annotations

import json
import shutil
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner

from archiver.cli import main
from archiver.demo import DemoBlog
from archiver.warc.repair import scan
from tests.crawl.faults import HTML, FaultServer, Response, compressed, page
from tests.crawl.running import SOON, crawl, differences, rows, run


def extract(archive: Path, *options: str) -> subprocess.CompletedProcess[str]:
    """Run it with a proxy that nobody serves: it asks the network for nothing."""
    nobody = "http://127.0.0.1:9"
    return run("extract", "-a", archive, *options, http_proxy=nobody, https_proxy=nobody)


def report(archive: Path, *options: str) -> dict[str, object]:
    ran = extract(archive, "--json", *options)
    assert ran.returncode == 0, ran.stderr
    found = json.loads(ran.stdout)
    found["changes"] = {
        table: change
        for table, change in found["changes"].items()
        if any(change[k] for k in ("added", "lost", "changed"))
    }
    return found


def change(archive: Path, sql: str) -> None:
    with closing(sqlite3.connect(archive / "archive.db")) as connection:
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute(sql)
        connection.commit()


def lose_database(archive: Path) -> None:
    for name in ("archive.db", "archive.db-wal", "archive.db-shm"):
        (archive / name).unlink(missing_ok=True)


@pytest.fixture(scope="module", params=[True, False], ids=["api", "no api"])
def crawled(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A blog that was crawled twice; meanwhile wordings changed, a comment vanished and another came."""
    directory = tmp_path_factory.mktemp("crawled")
    server = FaultServer(DemoBlog(posts=10, thread=30, api=request.param))
    blog = server.blog
    with server.running() as home:
        crawl(directory, f"{home}/")
        comments = [c for c in blog.comments if c.status == "approved" and c.kind == "comment"]
        blog.edit_comment(comments[0], "I have thought better of it.")
        blog.remove_comment(comments[-1])
        blog.add_comment(comments[1].post_id, "Something new.", name="A Visitor")
        blog.edit_post(blog.published[0], title="Another title", body="Another body altogether.")
        server.fault("/about/", page(503), compressed("<html>", cut=9))
        crawl(directory, f"{home}/", arranged=SOON)
    assert rows(directory, "SELECT count(*) FROM revisions")[0][0] >= 2
    assert rows(directory, "SELECT count(*) FROM comments WHERE gone_at IS NOT NULL") == [(1,)]
    assert rows(directory, "SELECT count(*) FROM fetches WHERE warc_file IS NULL") == [(0,)]
    return directory


@pytest.fixture
def archive(crawled: Path, tmp_path: Path) -> Path:
    shutil.copytree(crawled, tmp_path / "archive")
    return tmp_path / "archive"


def everything(archive: Path) -> dict[str, list[tuple[object, ...]]]:
    """All tables whole, without what the search index needs."""
    names = [
        row[0]
        for row in rows(archive, "SELECT name FROM sqlite_master WHERE type = 'table'")
        if "_fts" not in row[0] and "sqlite_" not in row[0]
    ]
    found = {}
    for table in names:
        columns = [row[1] for row in rows(archive, f"PRAGMA table_info({table})") if row[1] != "docid"]
        found[table] = sorted(rows(archive, f"SELECT {', '.join(columns)} FROM {table}"), key=repr)
    return found


@pytest.mark.parametrize("jobs", ["1", "3"])
def test_live_and_read_again_are_identical(crawled: Path, archive: Path, jobs: str) -> None:
    found = report(archive, "--jobs", jobs)
    assert (found["changes"], found["merged"], found["failed"]) == ({}, False, [])
    assert everything(archive) == everything(crawled)
    assert rows(archive, "PRAGMA integrity_check") == [("ok",)]
    assert rows(archive, "PRAGMA foreign_key_check") == []
    assert [path.name for path in archive.iterdir() if "tmp" in path.name] == []


def test_search_finds_what_was_read_again(archive: Path) -> None:
    extract(archive)
    sql = "SELECT count(*) FROM comments_fts WHERE comments_fts MATCH ?"
    assert rows(archive, sql, "thought better") == [(1,)]
    change(archive, "INSERT INTO comments_fts (comments_fts, rank) VALUES ('integrity-check', 1)")


def test_a_lost_database_is_made_from_warc_alone(crawled: Path, archive: Path) -> None:
    lose_database(archive)
    assert extract(archive).returncode == 0
    differing = differences(crawled, archive)
    # Whether something has vanished is judged at the end of a run, which WARC does not tell.
    assert set(differing) <= {"comments"}
    old, new = differing["comments"]
    assert len(old) == len(new) == 1
    assert [len(row) - sum(a == b for a, b in zip(old[0], row, strict=True)) for row in new] == [1]
    assert [row[0] for row in rows(archive, "SELECT count(*) FROM revisions")] == [
        row[0] for row in rows(crawled, "SELECT count(*) FROM revisions")
    ]
    assert rows(archive, "SELECT id, url, status, warc_file, warc_offset FROM fetches ORDER BY id") == rows(
        crawled, "SELECT id, url, status, warc_file, warc_offset FROM fetches ORDER BY id"
    )
    told = run("status", "-a", archive).stdout
    assert "extract: how it ended is not on record" in told
    assert "trouble" not in told


def test_what_changes_is_told_by_table_and_field(crawled: Path, archive: Path) -> None:
    change(archive, "UPDATE posts SET title = 'Spoilt' WHERE title = 'Another title'")
    change(archive, "DELETE FROM post_terms WHERE rowid = (SELECT min(rowid) FROM post_terms)")
    change(archive, "INSERT INTO works (id, scheme, identifier, url) VALUES ('w', 'doi', '10.1/x', 'x')")
    ran = extract(archive, "--dry-run")
    assert ran.stdout.splitlines()[1:] == [
        "  posts          1 changed (title 1)",
        "  post_terms     1 added",
        "  works          1 lost",
        "Nothing was changed (--dry-run).",
    ]
    assert rows(archive, "SELECT count(*) FROM works WHERE id = 'w'") == [(1,)]
    extract(archive)
    assert everything(archive) == everything(crawled)


def test_what_speaks_of_lost_rows_goes_with_them(crawled: Path, archive: Path) -> None:
    insert = "INSERT INTO posts SELECT 'lost', (SELECT max(docid) + 1 FROM posts), {} FROM posts LIMIT 1"
    columns = [row[1] for row in rows(archive, "PRAGMA table_info(posts)")]
    assert columns[:2] == ["id", "docid"]
    change(archive, insert.format(", ".join(columns[2:])))
    change(archive, "INSERT INTO whole_threads (post_id, seen_at, shown) VALUES ('lost', '2026-01-01T00:00:00Z', 1)")
    assert extract(archive).returncode == 0
    assert rows(archive, "PRAGMA foreign_key_check") == []
    assert everything(archive) == everything(crawled)


def test_those_who_read_meanwhile_see_the_old_or_the_new(archive: Path) -> None:
    change(archive, "UPDATE posts SET title = 'Spoilt'")
    with closing(sqlite3.connect(f"{(archive / 'archive.db').as_uri()}?mode=ro", uri=True)) as reader:
        reader.execute("BEGIN")
        spoilt = "SELECT count(*) FROM posts WHERE title = 'Spoilt'"
        (before,) = reader.execute(spoilt).fetchone()
        assert before > 5
        assert extract(archive).returncode == 0
        assert reader.execute(spoilt).fetchone() == (before,)
        reader.execute("COMMIT")
        assert reader.execute(spoilt).fetchone() == (0,)


def test_pages_without_warc_are_never_lost(tmp_path: Path) -> None:
    server = FaultServer(DemoBlog(posts=5, thread=8))
    with server.running() as home:
        crawl(tmp_path, "--no-warc", f"{home}/")
        server.blog.edit_post(server.blog.published[0], title="Another title")
        crawl(tmp_path, f"{home}/")
    before = everything(tmp_path)
    found = report(tmp_path)
    assert found["merged"]
    assert "not on record as WARC" in str(found["why"])
    assert everything(tmp_path) == before


def test_a_damaged_file_costs_nothing(crawled: Path, archive: Path) -> None:
    (first, *_) = sorted((archive / "warc").glob("*.warc.gz"))
    data = bytearray(first.read_bytes())
    middle = len(data) // 2
    data[middle : middle + 40] = bytes(40)
    first.write_bytes(data)
    assert scan(first).damages
    found = report(archive)
    assert found["merged"]
    assert first.name in str(found["why"])
    assert everything(archive) == everything(crawled)
    first.unlink()
    found = report(archive)
    assert f"warc/{first.name} is missing" in str(found["why"])
    assert everything(archive) == everything(crawled)


def test_choices_hold_when_read_again(tmp_path: Path) -> None:
    server = FaultServer(DemoBlog(posts=8, thread=8))
    with server.running() as home:
        crawl(tmp_path, "--exclude", "stem|trial|fatigue", "--include", "[aeiou]", f"{home}/")
    before = everything(tmp_path)
    assert report(tmp_path)["changes"] == {}
    assert everything(tmp_path) == before


def test_a_crawl_goes_on_after_it(crawled: Path, archive: Path) -> None:
    (home,) = rows(archive, "SELECT url FROM blogs")[0]
    port = int(home.rstrip("/").rpartition(":")[2])
    extract(archive)
    server = FaultServer(DemoBlog(posts=10, thread=30))
    with server.running(port=port):
        ran = crawl(archive, home)
    assert ran.code in {0, 4}
    assert report(archive, "--dry-run")["changes"] == {}


def test_no_warc_files(tmp_path: Path) -> None:
    ran = extract(tmp_path)
    assert ran.returncode == 3
    assert ran.stderr.strip() == f"archiver: {tmp_path}: it has no WARC files to read. Name the archive with -a"


def test_openings_that_came_to_nothing_are_passed_over(tmp_path: Path) -> None:
    server = FaultServer(DemoBlog(posts=3, thread=8))
    with server.running() as home:
        server.fault("/", Response(200, b"<p>A shop.</p>", (("Content-Type", HTML),)))
        assert crawl(tmp_path, f"{home}/").code == 7
        crawl(tmp_path, f"{home}/")
    shutil.copytree(tmp_path, tmp_path / "copy")
    lose_database(tmp_path / "copy")
    found = report(tmp_path / "copy")
    assert found["tally"]["orphans"] == 2
    assert differences(tmp_path, tmp_path / "copy") == {}


def stamps(archive: Path) -> dict[str, int]:
    """Of what lies in an archive, but for SQLite's own two files, which it tries to make."""
    return {path.name: path.stat().st_mtime_ns for path in archive.iterdir() if "archive.db-" not in path.name}


def test_where_nothing_can_be_written_a_dry_run_tells_all_the_same(tmp_path: Path, freeze) -> None:
    server, archive = FaultServer(DemoBlog(posts=4, thread=8)), tmp_path / "archive"
    with server.running() as home:
        assert crawl(archive, f"{home}/", arranged=SOON).code == 0
    change(archive, "UPDATE posts SET title = 'Another one' WHERE kind = 'post'")
    expected = report(archive, "--dry-run")
    freeze(archive / "archive.db")
    before = stamps(archive)
    ran = CliRunner().invoke(main, ["extract", "--dry-run", "--json", "-j", "1", "-a", str(archive)])
    assert ran.exit_code == 0, ran.output
    told = json.loads(ran.stdout)["changes"]
    assert expected["changes"] == {table: told[table] for table in ("posts",)}
    assert expected["changes"]["posts"]["fields"] == {"title": 4}
    assert stamps(archive) == before
