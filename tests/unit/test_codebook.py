"""The codebook: every table, view and column says what it means, and any DDL can be read."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest
from hypothesis import given
from hypothesis import strategies as st

from db import codebook, open_archive


def test_every_table_view_and_column_is_described(bare):
    docs = codebook.tables(bare)
    assert len(docs) > 25
    assert [doc.name for doc in docs if not doc.description] == []
    assert [f"{doc.name}.{column.name}" for doc in docs for column in doc.columns if not column.description] == []


def test_the_codebook_knows_keys_and_types(bare):
    columns = {column.name: column for doc in codebook.tables(bare) if doc.name == "comments" for column in doc.columns}
    assert columns["id"].primary_key
    assert columns["post_id"].references == "posts.id"
    assert (columns["docid"].type, columns["docid"].not_null) == ("INTEGER", True)
    assert columns["parent_source"].description == "how the parent is known"


def test_the_codebook_leaves_out_what_serves_the_search(bare):
    names = {doc.name for doc in codebook.tables(bare)}
    assert not {name for name in names if "fts" in name}
    assert {"comments", "coverage", "frontier"} <= names


@pytest.mark.parametrize(
    ("ddl", "table", "columns"),
    [
        ("CREATE TABLE t (a, b)", "", {}),
        ("CREATE TABLE t (\n  -- A table.\n  a TEXT,  -- x\n  b  -- y\n)", "A table.", {"a": "x", "b": "y"}),
        ("CREATE TABLE t (\n  -- One.\n  -- Two.\n  a  -- x\n)", "One. Two.", {"a": "x"}),
        ("CREATE TABLE t (a, -- x\n   b)", "", {"a": "x"}),
        ("CREATE TABLE t (\n  a,  -- x\n      -- y\n  b\n)", "", {"a": "x y"}),
        ("CREATE TABLE t (\n  a,  -- x\n  -- of b\n  b  -- too\n)", "", {"a": "x", "b": "of b too"}),
        ("CREATE TABLE t (\n  a TEXT CHECK (a IN ('x, -- y', 'z')),  -- real\n  b)", "", {"a": "real"}),
        ("CREATE TABLE t (\n  a TEXT\n    NOT NULL,  -- late\n  b)", "", {"a": "late"}),
        ("CREATE TABLE t (\n  a /* here */,\n  b /* over\n  lines */)", "", {"a": "here", "b": "over lines"}),
        ('CREATE TABLE t (\n  "a b",  -- quoted\n  [c d],  -- bracket\n  `e``f`,  -- tick\n  "g""h"  -- q\n)', "",
         {"a b": "quoted", "c d": "bracket", "e`f": "tick", 'g"h': "q"}),
        ("CREATE TABLE t (\n  a,  -- x\n  PRIMARY KEY (a),  -- no\n  CHECK (a)  -- nor\n) -- end", "", {"a": "x"}),
        ("CREATE VIEW v (\n  -- View.\n  a,  -- x\n  b  -- y\n) AS SELECT 1, (2)  -- n", "View.", {"a": "x", "b": "y"}),
        ("CREATE VIEW v AS\n-- A view.\n-- More.\nSELECT 1 AS a  -- no", "A view. More.", {}),
        ("CREATE VIEW v AS SELECT (1) AS a", "", {}),
    ],
)  # fmt: skip
def test_comments_are_read_from_the_ddl(ddl, table, columns):
    described = codebook.describe(ddl)
    assert (described.table, described.columns) == (table, columns)
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.execute(ddl)  # all of these are SQL


@given(st.text(st.sampled_from("-/*()'\"`[], \nab;é"), max_size=40).map("CREATE TABLE t (".__add__))
def test_no_ddl_makes_the_codebook_fail(ddl):
    assert isinstance(codebook.describe(ddl), codebook.Described)


@pytest.mark.parametrize(
    ("script", "expected"),
    [
        ("", False),
        ("CREATE TABLE posts (id)", False),
        ("CREATE TABLE frontier (x); CREATE TABLE _sqlite_migrations (name)", False),
        ("CREATE TABLE frontier (x); CREATE TABLE _sqlite_migrations (migration_set)", False),
        ("""CREATE TABLE frontier (x); CREATE TABLE _sqlite_migrations (migration_set);
            INSERT INTO _sqlite_migrations VALUES ('archive')""", True),
        ("CREATE TABLE blogs (x); CREATE TABLE posts (x); CREATE TABLE comments (x); CREATE TABLE fetches (x)", True),
    ],
)  # fmt: skip
def test_an_archive_is_told_from_other_databases(script, expected):
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.executescript(script)
        assert codebook.is_archive(connection) is expected


def test_what_the_opener_makes_is_an_archive(tmp_path):
    with closing(open_archive(tmp_path, create=True).connect()) as connection:
        assert codebook.is_archive(connection)
