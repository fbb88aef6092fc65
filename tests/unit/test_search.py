"""Search: what people look for is found, and nothing that they type fails."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from archiver.errors import UsageError
from archiver.search import CLOSE, OPEN, marked, search
from archiver.status.blogs import find_blogs
from db import open_archive
from tests.unit import sample

WORDS = "stem cell trial NOT AND OR NEAR title: text: rank \" ' ( ) * ^ + - : { } , . / 疲労 é \x00".split(" ")  # noqa: SIM905 (one line)


@pytest.fixture(scope="module")
def connection(tmp_path_factory):
    archive = open_archive(sample.make(tmp_path_factory.mktemp("search")))
    with closing(archive.connect()) as connection:
        yield connection


def found(connection, words, **options):
    """The number of each post (p1) and comment (c1) found, and of which blog when it is the other one."""
    return [
        f"{hit.kind[0]}{hit.url.rstrip('/').rpartition('-')[2]}" + ("" if hit.blog == sample.GAPPY.key else "'")
        for hit in search(connection, words, **options)
    ]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("transplant", {"p1", "c1"}),
        ("TRANSPLANTED", {"p1", "c1"}),
        ("stem cell", {"p1"}),
        ("cell stem", {"p1"}),
        ('"cell stem"', set()),
        ("cell OR weather", {"p1", "p2", "c1"}),
        ("cell NOT stem", {"c1"}),
        ("transpl*", {"p1", "c1"}),
        ("NEAR(stem transplant, 2)", {"p1"}),
        ("title:trial", {"p1"}),
        ("text:rain", {"p2"}),
        ("疲労", {"p2"}),
        ("nothing-like-this", set()),
        ("10.1016/S1474-4422(21)00301-X", {"p1"}),
        ("10.1016/S1474-4422(21)00301-X.", {"p1"}),
        ("rain?", {"p2"}),
        ("weather & moods", {"p2"}),
        ("fatigue AND", {"p2"}),
        ("(fatigue", {"p2"}),
        ("fatigue: rain", {"p2"}),
        ('rain "fatigue', {"p2"}),
        ('the "trial of" rain!', {"p2"}),
        ('the "of trial" rain!', set()),
        ("\x00rain\x00", {"p2"}),
        ("rain \ud800", {"p2"}),
        ("-rain", {"p2"}),
        ("*rain", {"p2"}),
        ("rain; DROP TABLE posts", set()),
        ("rain' OR '1'='1", {"p2"}),
        ("weather -moods", set()),
        ("cell -stem", {"c1"}),
        ("(cell OR weather) stem!", {"p1"}),
    ],
)
def test_words(connection, words, expected):
    assert set(found(connection, words)) == expected


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({}, {"p1", "p2", "c2", "c3", "p1'"}),
        ({"scope": "posts"}, {"p1", "p2", "p1'"}),
        ({"scope": "comments"}, {"c2", "c3"}),
    ],
)
def test_where_to_look(connection, options, expected):
    assert set(found(connection, "trial", **options)) == expected


@pytest.mark.parametrize(
    ("blogs", "expected"),
    [
        ([sample.WHOLE.key], {"p1'"}),
        ([sample.GAPPY.key], {"p1", "p2", "c2", "c3"}),
        ([sample.GAPPY.key, sample.WHOLE.key], {"p1", "p2", "c2", "c3", "p1'"}),
    ],
)
def test_only_in_some_blogs(connection, blogs, expected):
    assert set(found(connection, "trial", blog_ids=find_blogs(connection, blogs))) == expected
    # Words that are no FTS5 syntax keep to the blogs as well.
    assert set(found(connection, "trial?", blog_ids=find_blogs(connection, blogs))) == expected


def test_the_best_come_first_and_no_more_than_asked_for(connection):
    whole = search(connection, "trial")
    assert [hit.score for hit in whole] == sorted((hit.score for hit in whole), reverse=True)
    assert search(connection, "trial", limit=2) == whole[:2]


def test_a_title_weighs_more_than_a_text(connection):
    assert found(connection, "trial", scope="posts", blog_ids=find_blogs(connection, [sample.GAPPY.key])) == [
        "p1",
        "p2",
    ]


def test_what_a_hit_tells(connection):
    (post,) = search(connection, "transplants", scope="posts")
    assert (post.kind, post.blog, post.title, post.authors, post.published_at) == (
        "post",
        "blog.example.org",
        "A stem cell trial",
        "Anna Berg, Owen Reed",
        "2021-02-01T12:00:00Z",
    )
    assert f"cell {OPEN}transplants{CLOSE} were tried" in post.snippet
    (comment,) = search(connection, "transplants", scope="comments")
    assert (comment.title, comment.authors, comment.url) == (
        "A stem cell trial",
        "Mia",
        "https://blog.example.org/2021/02/post-1/#comment-1",
    )
    assert marked(comment.snippet, str.upper) == "My TRANSPLANTED cells are doing well."


@pytest.mark.parametrize("words", ["", " ", "\x00", '"', "()", "* * *", "–", "\ud800"])
def test_without_a_word_there_is_nothing_to_look_for(connection, words):
    with pytest.raises(UsageError, match="no word in it"):
        search(connection, words)


@pytest.mark.parametrize(
    "words",
    [
        "trial " * 2000,
        "x" * 10_000,
        "trial OR " * 1100 + "trial",
        "(" * 5000 + "trial" + ")" * 5000,
        "NOT " * 2500,
        '"trial" ' * 1250,
        "NEAR(" * 2000,
        "title:" * 1600 + "x",
        "a* " * 3300,
        "疲" * 10_000,
    ],
)
def test_ten_thousand_characters(connection, words):
    assert isinstance(search(connection, words), list)


@given(
    words=st.text(st.characters(codec=None, exclude_categories=[]), max_size=200)
    | st.lists(st.sampled_from(WORDS), max_size=40).flatmap(
        lambda parts: st.sampled_from([" ".join(parts), "".join(parts)])
    )
)
@example(words="OR")
@example(words="^")
@example(words='trial "')
def test_anything_may_be_typed(connection, words):
    try:
        hits = search(connection, words)
    except UsageError:
        return
    assert all(hit.snippet.count(OPEN) == hit.snippet.count(CLOSE) for hit in hits)


def test_a_broken_database_is_not_taken_for_broken_syntax():
    with closing(sqlite3.connect(":memory:")) as empty, pytest.raises(sqlite3.OperationalError, match="no such table"):
        search(empty, "trial")
