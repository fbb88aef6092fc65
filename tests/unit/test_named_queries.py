"""The named queries: each answers, with and without something to answer."""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing

import pytest

from db import named_queries
from tests.unit.archive_sample import DOI, empty, filled, key

QUERIES = named_queries.load()


@pytest.fixture(scope="module")
def sample():
    with closing(filled(":memory:")) as connection:
        connection.row_factory = sqlite3.Row
        yield connection


@pytest.fixture(scope="module")
def bare():
    with closing(empty(":memory:")) as connection:
        yield connection


@pytest.mark.parametrize("query", QUERIES.values(), ids=QUERIES)
def test_a_named_query_answers(sample, bare, query):
    values = query.bind({"words": "relapse"} if "words" in query.bind() else {})
    assert sample.execute(query.sql, values).fetchall(), "the sample has something for every question"
    assert bare.execute(query.sql, values).fetchall() == []


@pytest.mark.parametrize("query", QUERIES.values(), ids=QUERIES)
def test_a_named_query_says_what_it_takes(query):
    plain = re.sub(r"'[^']*'", "''", query.sql)
    assert set(re.findall(r":(\w+)", plain)) == {param.name for param in query.params}
    assert query.description.endswith(".")
    assert ";" not in plain


def test_named_queries_are_not_named_like_tables(bare):
    names = {row[0] for row in bare.execute("SELECT name FROM sqlite_master")}
    assert not names & set(QUERIES)
    assert len({query.title for query in QUERIES.values()}) == len(QUERIES)


@pytest.mark.parametrize("name", [name for name, query in QUERIES.items() if "number" in query.bind()])
def test_a_number_limits_the_rows(sample, name):
    query = QUERIES[name]
    everything = sample.execute(query.sql, query.bind()).fetchall()
    default = query.params[0].default
    assert sample.execute(query.sql, query.bind({"number": default})).fetchall() == everything
    assert sample.execute(query.sql, query.bind({"number": "1"})).fetchall() == everything[:1]


@pytest.mark.parametrize("typed", [DOI, DOI.upper(), f"https://doi.org/{DOI}", f" doi:{DOI}", ""])
def test_who_discussed_a_work_takes_any_spelling(sample, typed):
    query = QUERIES["who_discussed_a_work"]
    rows = sample.execute(query.sql, query.bind({"identifier": typed})).fetchall()
    assert [(row["cited_in"], row["author"]) for row in rows] == [
        ("post", "Prof. Quill, Ada Lind"),
        ("comment", "Ada Lind"),
    ]


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        (key("p", "walk"), ["w1", "w2"]),
        ("https://stemcells.example/walk/", ["w1", "w2"]),
        ("https://stemcells.example/walk", ["w1", "w2"]),
        ("", ["t1", "t2", "t3", "t4", "t5", "t6", "t7"]),
        ("nothing like it", []),
    ],
)
def test_a_thread_is_found_by_id_or_url(sample, typed, expected):
    query = QUERIES["thread"]
    rows = sample.execute(query.sql, query.bind({"post": typed})).fetchall()
    assert [row["comment_id"] for row in rows] == [key("c", name) for name in expected]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("relapses", ["t4", "t2"]),
        ("tired  waiting", ["t4"]),
        ("tired hope", []),
        ('"', []),
        ("", []),
        ('NEAR( "tired', []),
        ("tired*", ["t4"]),
        ("tired\x00", ["t4"]),
    ],
)
def test_search_ranks_and_never_fails(sample, words, expected):
    query = QUERIES["search_comments"]
    rows = sample.execute(query.sql, query.bind({"words": words})).fetchall()
    assert {row["comment_id"] for row in rows} == {key("c", name) for name in expected}


def test_a_word_in_the_title_ranks_higher():
    with closing(filled(":memory:")) as connection:
        connection.execute("UPDATE posts SET text = 'A walk, a long walk, a walk.' WHERE id LIKE 'p-quiet%'")
        query = QUERIES["search_posts"]
        rows = connection.execute(query.sql, query.bind({"words": "walk"})).fetchall()
        assert [row[1] for row in rows] == ["The walk post", "The quiet post"]


def test_bind_refuses_what_a_query_does_not_take():
    with pytest.raises(ValueError, match=r"thread has no parameter author \(it has post\)"):
        QUERIES["thread"].bind({"author": "Ada"})


def test_a_query_file_is_read():
    text = "-- title: A\n-- description: One\n-- two.\n-- param: n | how many | 5\n-- param: x | which\n\nSELECT 1;\n"
    query = named_queries.parse("a", text)
    assert (query.title, query.description, query.sql) == ("A", "One two.", "SELECT 1")
    assert [(param.name, param.description, param.default) for param in query.params] == [
        ("n", "how many", "5"),
        ("x", "which", ""),
    ]


@pytest.mark.parametrize(
    "text", ["SELECT 1", "-- title: A\nSELECT 1", "-- title: A\n-- description: B\n-- param: x\nSELECT 1"]
)
def test_a_query_file_without_its_head_is_refused(text):
    with pytest.raises(ValueError, match=r"a\.sql"):
        named_queries.parse("a", text)
