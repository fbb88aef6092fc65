"""An archive on disk: made, opened, refused, read while it is written, and what SQLite's errors become."""

import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from importlib.resources import files
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

import db.archive
import db.reading
from archiver.errors import ArchiveDamaged, ArchiveError, ArchiveMissing, ArchiveTooNew, DiskFull
from archiver.model import Extract
from db import open_archive
from db.archive import is_lost
from db.failures import explain, explain_os, explained
from db.schema import schema
from tests.unit.readings import STARTED, begin, visit
from tests.unit.sample import GAPPY_EXTRACT

WHEN = "2026-01-02T03:04:05.000000Z"


@pytest.fixture
def archive(tmp_path):
    return open_archive(tmp_path / "a" / "b", create=True)


def names(connection, kind="table"):
    return {row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = ?", (kind,))}


def test_a_new_archive_has_its_tables_views_and_search(archive):
    with closing(archive.connect()) as connection:
        assert {"blogs", "posts", "comments", "frontier", "posts_fts", "comments_fts"} <= names(connection)
        assert {"post_list", "coverage", "threads"} <= names(connection, "view")
        assert connection.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
        strict = {
            row["name"]: row["strict"] for row in connection.execute("PRAGMA table_list") if row["schema"] == "main"
        }
        ours = {name for name in names(connection) if not name.startswith(("_", "sqlite")) and "_fts" not in name}
        assert {name for name in ours if not strict[name]} == set()


def test_opening_again_changes_nothing(archive):
    before = archive.path.read_bytes()
    open_archive(archive.directory, create=True)
    open_archive(archive.directory)
    assert archive.path.read_bytes() == before


def test_what_views_sql_says_takes_the_place_of_older_views(archive):
    with closing(archive.writer()) as writer:
        writer.connection.executescript("DROP VIEW threads; CREATE VIEW post_list2 AS SELECT 1; ")
    open_archive(archive.directory, create=True)
    with closing(archive.connect()) as connection:
        assert "threads" in names(connection, "view")
        assert "post_list2" not in names(connection, "view")


def test_a_migration_that_fails_leaves_no_half_of_it(tmp_path, monkeypatch):
    whole = db.archive._run

    def broken(connection, script):
        whole(connection, script + "\nCREATE TABLE broken (;\n")

    monkeypatch.setattr(db.archive, "_run", broken)
    with pytest.raises(ArchiveError):
        open_archive(tmp_path, create=True)
    with closing(sqlite3.connect(tmp_path / "archive.db")) as connection:
        assert names(connection) == set()
    monkeypatch.undo()
    open_archive(tmp_path, create=True)


def test_two_processes_may_make_one_archive(tmp_path):
    code = "import sys, pathlib, db; db.open_archive(pathlib.Path(sys.argv[1]), create=True)"
    root = Path(__file__).parents[2]
    both = [subprocess.Popen([sys.executable, "-c", code, str(tmp_path)], cwd=root) for _ in range(2)]
    assert [process.wait(timeout=120) for process in both] == [0, 0]
    with closing(open_archive(tmp_path).connect()) as connection:
        count = connection.execute("SELECT count(*) FROM _sqlite_migrations").fetchone()[0]
    assert count == len([file for file in files("db.migrations").iterdir() if file.name.endswith(".sql")])


def test_migrations_are_numbered_without_gaps():
    numbers = sorted(file.name[:4] for file in files("db.migrations").iterdir() if file.name.endswith(".sql"))
    assert numbers == [f"{n:04}" for n in range(1, len(numbers) + 1)]


def test_the_schema_file_is_that_of_a_fresh_archive():
    """Make it anew with `python -m db.schema > db/schema.sql`."""
    assert files("db").joinpath("schema.sql").read_text("utf-8") == schema()


def test_the_schema_file_makes_the_tables(archive):
    with closing(sqlite3.connect(":memory:")) as scratch, closing(archive.connect()) as connection:
        scratch.executescript(schema())
        assert {name for name in names(connection) - names(scratch) if "sqlite" not in name} == set()


# -- refused --------------------------------------------------------------------------------------


def test_no_archive_there(tmp_path):
    with pytest.raises(ArchiveMissing, match=r"archive\.db"):
        open_archive(tmp_path)
    with pytest.raises(ArchiveMissing):
        open_archive(tmp_path / "nowhere")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("create", [True, False])
def test_made_by_a_newer_version(archive, create):
    with closing(archive.writer()) as writer:
        writer.connection.execute(
            "INSERT INTO _sqlite_migrations (migration_set, name, applied_at) VALUES ('archive', '9999_later', 'now')"
        )
    with pytest.raises(ArchiveTooNew, match="9999_later"):
        open_archive(archive.directory, create=create)


def damage_header(path):
    path.write_bytes(b"This is no database, but it is long enough to be taken for one. " * 100)


def damage_first_page(path):
    data = bytearray(path.read_bytes())
    data[100:4096] = os.urandom(3996)
    path.write_bytes(data)


def damage_torn(path):
    path.write_bytes(path.read_bytes()[:5000])


@pytest.mark.parametrize("create", [True, False])
@pytest.mark.parametrize("damage", [damage_header, damage_first_page, damage_torn])
def test_a_damaged_file(archive, damage, create):
    damage(archive.path)
    before = archive.path.read_bytes()
    with pytest.raises(ArchiveDamaged) as caught:
        open_archive(archive.directory, create=create)
    assert str(archive.path) in str(caught.value)
    assert "copy" in str(caught.value)
    assert "extract" not in str(caught.value)
    assert archive.path.read_bytes() == before


@pytest.mark.parametrize("damage", [damage_torn, Path.unlink, lambda path: os.truncate(path, 0)])
def test_where_warc_files_are_the_tables_can_be_had_from_them(archive, damage):
    assert not is_lost(archive.directory)
    (archive.directory / "warc").mkdir()
    (archive.directory / "warc" / "a.warc.gz").touch()
    damage(archive.path)
    with pytest.raises(ArchiveError, match="run `archiver extract`, which makes the tables anew"):
        open_archive(archive.directory)
    assert is_lost(archive.directory) is (damage is not damage_torn)


@pytest.mark.parametrize("create", [True, False])
def test_a_database_that_is_not_ours_stays_as_it_is(tmp_path, create):
    path = tmp_path / "archive.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE recipes (name TEXT)")
        connection.commit()
    before = path.read_bytes()
    with pytest.raises(ArchiveDamaged, match="not an archive"):
        open_archive(tmp_path, create=create)
    assert path.read_bytes() == before


def test_an_empty_file_becomes_an_archive_only_when_one_is_to_be_made(tmp_path):
    (tmp_path / "archive.db").touch()
    with pytest.raises(ArchiveMissing, match="it is empty"):
        open_archive(tmp_path)
    open_archive(tmp_path, create=True)
    open_archive(tmp_path)


def test_a_directory_that_cannot_be_made(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(DiskFull, match=r"Not a directory|File exists"):
        open_archive(tmp_path / "file" / "archive", create=True)


def test_a_database_that_cannot_be_opened(tmp_path):
    (tmp_path / "archive.db").mkdir()
    for create in (True, False):
        with pytest.raises(DiskFull, match="Is a directory"):
            open_archive(tmp_path, create=create)


@pytest.mark.parametrize("below", ["", "archive"])
def test_a_directory_that_cannot_be_written(below):
    with TemporaryDirectory() as directory:
        Path(directory).chmod(0o555)
        user = os.geteuid()
        if user == 0:  # nothing is closed to root
            os.seteuid(65534)
        try:
            with pytest.raises(DiskFull, match=r"Permission denied|cannot be opened"):
                open_archive(Path(directory) / below, create=True)
        finally:
            os.seteuid(user)
            Path(directory).chmod(0o755)


def test_on_a_medium_that_cannot_be_written_it_is_read_as_it_stands(archive, freeze):
    with closing(archive.writer()) as writer:
        writer.save(visit(GAPPY_EXTRACT, 1, WHEN), begin(writer))
    assert archive.can_be_written()
    freeze(archive.path)
    assert not archive.can_be_written()
    with closing(open_archive(archive.directory).connect()) as connection:
        assert count(connection) == 2
    # What stands in a log is committed, and would not be seen.
    archive.path.with_name("archive.db-wal").write_bytes(b"x")
    with pytest.raises(DiskFull, match="cannot be opened"):
        archive.connect()


# -- readers beside a writer ----------------------------------------------------------------------


def count(connection, table="posts"):
    return connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0]


def test_a_reader_sees_what_is_committed_while_the_writer_writes(archive):
    with closing(archive.writer()) as writer, closing(archive.connect()) as reader:
        crawl = begin(writer)
        assert (count(reader), count(reader, "crawls")) == (0, 1)
        writer.save(visit(GAPPY_EXTRACT, 1, WHEN), crawl)
        assert count(reader) == 2
        with writer.transaction():
            writer.connection.execute("DELETE FROM oddities")
            writer.connection.execute("UPDATE posts SET title = 'changed'")
            assert reader.execute("SELECT count(*) FROM posts WHERE title = 'changed'").fetchone()[0] == 0
        assert reader.execute("SELECT count(*) FROM posts WHERE title = 'changed'").fetchone()[0] == 2


def test_a_reader_in_the_middle_of_reading_does_not_stop_the_writer(archive):
    with closing(archive.writer()) as writer, closing(archive.connect()) as reader:
        crawl = begin(writer)
        cursor = reader.execute(
            "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 9) SELECT * FROM n, crawls"
        )
        cursor.fetchone()
        writer.save(visit(GAPPY_EXTRACT, 1, WHEN), crawl)
        assert len(cursor.fetchall()) == 8
        assert count(reader) == 2


def test_a_reader_cannot_write(archive):
    with closing(archive.connect()) as reader, pytest.raises(sqlite3.OperationalError):
        reader.execute("DELETE FROM posts")


def test_a_second_writer_is_told_who_is_in_the_way(archive, monkeypatch):
    monkeypatch.setattr(db.reading, "PATIENCE", 0.05)
    with closing(archive.writer()) as one, closing(archive.writer()) as other:
        crawl = begin(one)
        with one.transaction():
            one.connection.execute("UPDATE crawls SET reason = 'first'")
            with pytest.raises(ArchiveError, match=r"another program is writing to it\. Wait"):
                other.save(visit(Extract(), 1, WHEN), crawl)
        other.frontier.begin(one.connection.execute("SELECT id FROM blogs").fetchone()[0], restart=False)
        other.save(visit(GAPPY_EXTRACT, 1, WHEN), crawl)
        assert count(one.connection) == 2


def test_keys_are_enforced_and_a_broken_one_is_a_fault_of_the_program(archive):
    with closing(archive.writer()) as writer, pytest.raises(sqlite3.IntegrityError), writer.transaction():
        writer.connection.execute(
            "INSERT INTO crawls (id, blog_id, command, version, started_at) VALUES ('1', 'nobody', '', '', ?)",
            (STARTED,),
        )


# -- errors ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "error", "said"),
    [
        ("database or disk is full", DiskFull, "Free some space"),
        ("disk I/O error", DiskFull, "Free some space"),
        ("attempt to write a readonly database", DiskFull, "it cannot be written"),
        ("unable to open database file", DiskFull, "it cannot be opened"),
        ("file is not a database", ArchiveDamaged, "Restore it"),
        ("database disk image is malformed", ArchiveDamaged, "Restore it"),
        ("database is locked", ArchiveError, "Wait for it to end"),
        ("no such table: posts", ArchiveError, "no such table: posts"),
    ],
)
def test_what_sqlite_says(text, error, said):
    made = explain(sqlite3.OperationalError(text), Path("here/archive.db"))
    assert type(made) is error
    assert made.exit_code == 3
    assert said in str(made)
    assert str(made).startswith("here/archive.db: ")
    assert "\n" not in str(made)


@pytest.mark.parametrize(
    ("number", "said"),
    [(28, "no space is left"), (122, "no space is left"), (13, "Permission denied"), (30, "Read-only")],
)
def test_what_the_file_system_says(number, said):
    made = explain_os(OSError(number, os.strerror(number)), Path("here"))
    assert isinstance(made, DiskFull)
    assert said in str(made)


def test_faults_of_the_program_pass_as_they_are():
    for fault in (sqlite3.IntegrityError, sqlite3.ProgrammingError, KeyError):
        with pytest.raises(fault), explained(Path("here")):
            raise fault("x")
