"""The named queries: each answers, with and without something to answer."""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing

import pytest

from db import named_queries
from tests.unit.archive_sample import DOI, filled, key

QUERIES = named_queries.load()


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


def answer(connection, name, *columns, **values):
    """The rows of a query, cut to some of its columns."""
    query = QUERIES[name]
    return [tuple(row[column] for column in columns) for row in connection.execute(query.sql, query.bind(values))]


def test_a_thread_is_indented_by_level(sample):
    outlines = [outline for (outline,) in answer(sample, "thread", "outline", post=key("p", "trial"))]
    assert [len(outline) - len(outline.lstrip()) for outline in outlines] == [0, 4, 8, 4, 0, 0, 0]


@pytest.mark.parametrize(
    ("person", "expected"),
    [
        ("", ["w2", "t4", "t3", "t2"]),
        (" Prof. Quill", ["t3", "t2"]),
        ("Ben Okoro", ["w2", "t4"]),
        ("Nobody", []),
    ],
)
def test_replies_are_dated(sample, person, expected):
    rows = answer(sample, "replies", "comment_id", "author", "answered", "published_at", "hours", person=person)
    assert [row[0] for row in rows] == [key("c", name) for name in expected]
    assert not person or all(person.strip() in row[1:3] for row in rows)
    told = {row[0]: row[1:] for row in rows}
    if "t4" in expected:  # written at 13:00, in answer to one of 10:00
        assert told[key("c", "t4")] == ("Ben Okoro", "Ada Lind", "2021-09-01T13:00:00Z", 3.0)


def test_threads_by_size_and_depth(sample):
    columns = ("title", "comments", "deepest", "roots", "replies", "unanswered", "people", "by_author", "days")
    rows = answer(sample, "threads_by_size", *columns)
    assert rows[0] == ("The trial post", 6, 3, 3, 3, 2, 4, 1, 0.3)
    # Of equal size: the deeper, then the later.
    assert [row[0] for row in rows[1:6]] == [
        "The walk post",
        "The feedonly post",
        "The extra post",
        "The hidden post",
        "The diet post",
    ]
    assert ("The quiet post", 1, 1, 1, 0, 1, 1, 0, None) in rows
    assert len(rows) == 8


def test_authors_who_answer_their_readers(sample):
    columns = ("name", "posts", "discussed_posts", "took_part_in", "comments", "replies_to_readers")
    rows = answer(sample, "authors_who_answer", *columns, "readers_answered", "median_hours")
    assert rows == [("Prof. Quill", 3, 3, 2, 2, 1, 1, 1.0), ("Ada Lind", 1, 1, 0, 0, 0, 0, None)]


def test_the_median_is_between_the_two_in_the_middle():
    with closing(filled(":memory:")) as connection:
        connection.row_factory = sqlite3.Row
        for name, hour in (("t3", 14), ("t4", 12)):  # after 3 h, on a comment of the author's own; and after 2 h
            connection.execute(
                "UPDATE comments SET author_id = ?, by_post_author = 1, published_at = ? WHERE id = ?",
                (key("a", "pro"), f"2021-09-01T{hour}:00:00Z", key("c", name)),
            )
        rows = answer(connection, "authors_who_answer", "comments", "replies_to_readers", "median_hours")
        assert rows[0] == (4, 2, 1.5)


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        # 1, 1, 1, 1.5, 2 and 9.5 hours; what is dated before its post, or not at all, does not count.
        ("first comment", {"2021": 1.2}),
        ("reply", {"2021": 1.0}),  # 1, 1, 1 and 3 hours
    ],
)
def test_response_times(sample, kind, expected):
    rows = answer(sample, "response_times", "kind", "year", "median_hours")
    assert {year: hours for of, year, hours in rows if of == kind} == expected


def test_new_commenters_are_counted_once(sample):
    rows = answer(sample, "new_commenters", "month", "new_commenters", "came_back")
    # All six wrote in September, three of them again in a later month.
    assert rows == [("2021-09", 6, 3)]


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
