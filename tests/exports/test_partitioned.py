"""Parquet in folders by blog and year, as DuckDB reads it by the views that come with it."""

from __future__ import annotations

import re
from urllib.parse import unquote

import duckdb
import pytest

from archiver.errors import UsageError
from archiver.exports import Wanted, export, find_format
from db import Archive
from tests.exports.writing import rows, tables, write
from tests.unit import sample


@pytest.fixture(scope="module")
def two_blogs(tmp_path_factory) -> Archive:
    return Archive(sample.make(tmp_path_factory.mktemp("two") / "archive"))


def opened(folder, monkeypatch) -> duckdb.DuckDBPyConnection:
    """A DuckDB with the views of an export, as a user gets it."""
    monkeypatch.chdir(folder)
    connection = duckdb.connect()
    connection.execute((folder / "duckdb.sql").read_text("utf-8"))
    return connection


def test_duckdb_reads_every_table_by_the_views_that_come_with_it(two_blogs, tmp_path, monkeypatch):
    out = write(two_blogs, "parquet", tmp_path, partition=True)
    duck = opened(out, monkeypatch)
    for table in tables(two_blogs):
        number = f"SELECT count(*) FROM {table}"
        assert duck.sql(number).fetchall() == rows(two_blogs, number), table
    query = "SELECT id, text, depth FROM comments ORDER BY id"
    assert duck.sql(query).fetchall() == rows(two_blogs, query)
    assert duck.sql("SELECT DISTINCT blog, year FROM posts ORDER BY 1").fetchall() == [
        ("blog.example.org", 2021),
        ("other.example.net", 2021),
    ]
    for blog, *key in duck.sql("SELECT blog, id FROM links UNION ALL SELECT blog, id FROM claims").fetchall():
        assert key[0][:4] == rows(two_blogs, "SELECT substr(id, 1, 4) FROM blogs WHERE site_key = ?", blog)[0][0]


def test_what_has_no_date_or_an_odd_one_has_a_folder_too(nasty, tmp_path, monkeypatch):
    out = write(nasty, "parquet", tmp_path, partition=True)
    duck = opened(out, monkeypatch)
    year = "CASE WHEN published_at GLOB '[0-9][0-9][0-9][0-9]-*' THEN CAST(substr(published_at, 1, 4) AS INTEGER) END"
    for table in ("posts", "comments"):
        wanted = rows(nasty, f"SELECT id, {year} FROM {table} ORDER BY 1")
        assert duck.sql(f"SELECT id, year FROM {table} ORDER BY 1").fetchall() == wanted
    assert any(at is None for _, at in wanted)
    names = {unquote(re.sub("^blog=", "", path.name)) for path in (out / "posts").iterdir()}
    assert names == {
        row[0] for row in rows(nasty, "SELECT DISTINCT site_key FROM blogs JOIN posts ON blog_id = blogs.id")
    }


def test_a_query_for_one_blog_and_year_opens_its_file_only(two_blogs, tmp_path, monkeypatch):
    duck = opened(write(two_blogs, "parquet", tmp_path, partition=True), monkeypatch)
    plan = duck.sql("EXPLAIN ANALYZE SELECT * FROM posts WHERE blog = 'other.example.net' AND year = 2021")
    assert re.search(r"(?:Scanning Files|Total Files Read): 1(?:/2)?\b", str(plan.fetchall()[0][1]))


def test_exports_of_several_archives_are_read_as_one(two_blogs, tmp_path):
    for name, blog in (("a", sample.GAPPY), ("b", sample.WHOLE)):
        (blog_id,) = rows(two_blogs, "SELECT id FROM blogs WHERE site_key = ?", blog.key)[0]
        (tmp_path / name).mkdir()
        write(two_blogs, "parquet", tmp_path / name, partition=True, blog_ids=(blog_id,))
    read = f"read_parquet('{tmp_path}/*/out/posts/**/*.parquet', hive_partitioning = true)"
    assert duckdb.sql(f"SELECT id FROM {read} ORDER BY 1").fetchall() == rows(
        two_blogs, "SELECT id FROM posts ORDER BY 1"
    )


def test_other_formats_have_no_such_folders(two_blogs, tmp_path):
    with pytest.raises(UsageError, match="Use parquet"):
        export(two_blogs, find_format("csv"), tmp_path / "out", Wanted(partition=True))


def test_loaded_into_a_database_of_its_own(two_blogs, tmp_path):
    out = write(two_blogs, "parquet", tmp_path, partition=True)
    with duckdb.connect(str(tmp_path / "all.duckdb")) as made:
        read = f"read_parquet('{out}/comments/**/*.parquet', hive_partitioning = true)"
        made.execute(f"CREATE TABLE comments AS SELECT * FROM {read}")
    with duckdb.connect(str(tmp_path / "all.duckdb"), read_only=True) as made:
        query = "SELECT id, text FROM comments ORDER BY 1"
        assert made.sql(query).fetchall() == rows(two_blogs, query)
