"""An archive in Datasette: every page of it, and the search."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest
from datasette.app import Datasette
from hypothesis import example, given
from hypothesis import strategies as st

from archiver import asking
from archiver.web import holdings, serve
from db import codebook, named_queries
from tests.unit.archive_sample import BLOG, LONG, OTHER, SEEN, empty, insert, key
from tests.unit.web_client import found, get, rows

with closing(empty(":memory:")) as _bare:
    TABLES = [doc.name for doc in codebook.tables(_bare)]
QUERIES = list(named_queries.load())


# ── pages ────────────────────────────────────────────────────────────────────────────────────────


def test_the_first_page_says_what_there_is(site):
    page = get(site, "/archive").text
    assert "<h1>2 archived blogs</h1>" in page
    assert "13 posts and 20 comments, 2020 to 2021" in page
    assert "Stem &amp; Cell" in page
    for address in ("post_list", "comment_list", "coverage", "frontier", "thread"):
        assert f'href="/archive/{address}"' in page
    assert page.index('href="/archive/comments"') < page.index('href="/archive/frontier"'), "bookkeeping comes last"
    assert "_sqlite_migrations" not in page
    assert "comments_fts" not in page


@pytest.mark.parametrize("path", ["/", "/archive", "/archive.json", "/-/metadata.json", "/-/static/app.css"])
def test_pages_around_the_tables(site, path):
    assert get(site, path).status_code == 200


@pytest.mark.parametrize("table", TABLES)
def test_every_table_and_view_has_its_page(site, archive, table):
    page = get(site, f"/archive/{table}")
    assert page.status_code == 200
    with closing(sqlite3.connect(archive)) as connection:
        doc = next(doc for doc in codebook.tables(connection) if doc.name == table)
        (number,) = connection.execute(f"SELECT count(*) FROM {table}").fetchone()
    text = page.text.replace("&#39;", "'").replace("&#34;", '"')
    assert doc.description in text
    for column in doc.columns:
        assert f"<dt>{column.name}</dt><dd>{column.description}</dd>" in text.replace("&gt;", ">")
    assert len(rows(site, table)) == number


@pytest.mark.parametrize("query", QUERIES)
def test_every_named_query_has_its_page(site, query):
    page, answer = get(site, f"/archive/{query}"), get(site, f"/archive/{query}.json", _shape="array")
    assert (page.status_code, answer.status_code) == (200, 200)
    assert named_queries.load()[query].title in page.text.replace("&#39;", "'")


@pytest.mark.parametrize("path", ["/archive/nothing", "/archive/posts/nothing", "/nothing", "/archive/nothing.json"])
def test_what_is_not_there_is_said_quietly(site, path, capsys):
    assert get(site, path).status_code == 404
    assert capsys.readouterr().out == ""


def test_facets_are_offered(site):
    facets = get(site, "/archive/coverage.json").json()["facet_results"]
    assert {found["value"]: found["count"] for found in facets["state"]["results"]} == {
        "missing": 5, "explained": 2, "unclaimed": 3, "complete": 2, "more": 1,
    }  # fmt: skip
    assert "reason" in facets


@pytest.mark.parametrize(
    ("table", "column"),
    [("posts", "published_at"), ("comments", "published_at"), ("post_list", "published_at"), ("coverage", "missing")],
)
def test_tables_begin_with_what_matters(site, table, column):
    values = [row[column] for row in rows(site, table) if row[column] is not None]
    assert values == sorted(values, reverse=True)
    assert len(values) > 5


def test_an_empty_archive_can_be_looked_at(tmp_path):
    empty(tmp_path / "archive.db").close()
    site = serve.application(tmp_path / "archive.db")
    assert "An archive, still empty" in get(site, "/archive").text
    assert {get(site, f"/archive/{name}").status_code for name in [*TABLES, *QUERIES]} == {200}


def test_an_archive_of_one_blog_bears_its_name(copy):
    with closing(sqlite3.connect(copy)) as connection, connection:
        connection.execute("DELETE FROM posts WHERE blog_id = ?", (OTHER,))
        connection.execute("DELETE FROM blogs WHERE id = ?", (OTHER,))
    assert "<h1>Stem &amp; Cell</h1>" in get(serve.application(copy), "/archive").text


@pytest.mark.parametrize("mode", ["files", "immutables"])
def test_plain_datasette_is_enough(archive, mode):
    site = Datasette(**{mode: [str(archive)]})
    assert "13 posts and 20 comments" in get(site, "/archive").text
    assert get(site, "/archive/comments", _search="relapse").text.count("<tr>") == 3
    assert get(site, "/archive/thread").status_code == 200


def test_other_databases_are_left_alone(tmp_path, archive):
    other = tmp_path / "other.db"
    with closing(sqlite3.connect(other)) as connection, connection:
        connection.execute("CREATE TABLE posts (id TEXT PRIMARY KEY, text TEXT, html TEXT, url TEXT)")
        connection.execute("INSERT INTO posts VALUES ('1', ?, '<b>x</b>', 'https://other.example/')", (LONG,))
    site = Datasette([str(other), str(archive)])
    for path in ("/other", "/other/posts", "/other/posts/1"):
        page = get(site, path)
        assert page.status_code == 200
        assert "archiver.css" not in page.text
        assert "archive-" not in page.text
        assert "content-security-policy" not in page.headers
    metadata = site.metadata()
    assert "other" not in metadata["databases"]
    assert "title" not in metadata, "the list of databases is not ours alone"
    assert get(site, "/other/thread").status_code == 404
    assert get(site, "/other", sql="PRAGMA query_only").status_code in {200, 400}


def test_what_somebody_configures_comes_first(archive):
    own = {"databases": {"archive": {"title": "Mine", "tables": {"posts": {"sort": "title", "sort_desc": None}}}}}
    site = Datasette([str(archive)], metadata=own)
    assert "<h1>Mine</h1>" in get(site, "/archive").text
    assert "Stem &amp; Cell" in get(site, "/archive").text
    titles = [row["title"] for row in rows(site, "posts") if row["title"]]
    assert titles == sorted(titles)
    assert own["databases"]["archive"].keys() == {"title", "tables"}, "metadata is not written into"


def test_a_base_url_is_respected(archive):
    site = Datasette([str(archive)], settings={"base_url": "/a/"})
    page = get(site, "/archive/posts/" + key("p", "trial"))
    assert 'class="archive-row"' in page.text
    assert f'href="/a/archive/blogs/{BLOG}"' in page.text
    assert 'href="/a/archive/post_list"' in get(site, "/archive").text


# ── search ───────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("table", ["comments", "comment_list"])
@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("relapses", {"t2", "t4"}),
        ("TIRED waiting", {"t4"}),
        ('"tired of waiting"', {"t4"}),
        ('"waiting tired"', set()),
        ("relap*", {"t2", "t4"}),
        ("cell OR", {"t1"}),
        ("ויטמין", {"d1"}),
    ],
)
def test_search_finds_comments(site, table, typed, expected):
    assert found(site, table, typed) == expected


@pytest.mark.parametrize("table", ["posts", "post_list"])
def test_search_finds_posts_by_title_and_text(site, table):
    assert found(site, table, "beans") == {"garden"}
    assert found(site, table, "walks") == {"walk"}
    assert "trial" in found(site, table, "cell week")


@pytest.mark.parametrize("table", ["posts", "comments", "post_list", "comment_list"])
@pytest.mark.parametrize(
    "typed", ['"', '""', "*", "(", ")", "a AND", "NEAR(", "-x", "^", ":", "title:", "'", "\x00", '"a\nb" c"', "  "]
)
def test_nothing_that_is_typed_fails(site, table, typed):
    assert get(site, f"/archive/{table}", _search=typed).status_code == 200


@pytest.fixture(scope="module")
def index():
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.execute("CREATE VIRTUAL TABLE f USING fts5 (title, text, tokenize = 'porter unicode61')")
        connection.execute("INSERT INTO f VALUES ('A walk', 'Stem cells and hope, it''s 50% better')")
        yield connection


@given(st.text() | st.text(st.sampled_from("ab \"*()^-+:{}.,'\x00\n\\NEAROT"), max_size=30))
@example('"')
@example("a\x00b")
@example("word " * 5000)
def test_fts_understands_whatever_is_typed(index, typed):
    index.execute("SELECT count(*) FROM f WHERE f MATCH ?", (asking.plain(typed) or '""',)).fetchone()


@given(st.lists(st.sampled_from(["walk", "stem", "hope", "better"]), min_size=1))
def test_words_that_are_there_are_found(index, typed):
    expression = asking.plain(" ".join(typed))
    assert index.execute("SELECT count(*) FROM f WHERE f MATCH ?", (expression,)).fetchone() == (1,)


def test_search_survives_vacuum(copy):
    with closing(sqlite3.connect(copy)) as connection:
        connection.execute("DELETE FROM comments WHERE id = ?", (key("c", "y2"),))
        connection.commit()
        connection.execute("VACUUM")
        renumbered = connection.execute("SELECT count(*) FROM comments WHERE rowid <> docid").fetchone()
    assert renumbered[0] > 10
    site = serve.application(copy)
    assert found(site, "comments", "tired") == {"t4"}
    assert found(site, "comment_list", "sticks") == {"w1"}
    assert found(site, "posts", "beans") == {"garden"}


def test_a_crawl_may_go_on_writing(copy):
    site = serve.application(copy)
    assert found(site, "comments", "zebra") == set()
    with closing(sqlite3.connect(copy)) as writer:
        insert(writer, "comments", [
            {"id": "c-zebra", "docid": 9000, "blog_id": BLOG, "post_id": key("p", "walk"), "text": "A zebra walks.",
             "first_seen_at": SEEN, "last_seen_at": SEEN},
        ])  # fmt: skip
        writer.commit()
        assert found(site, "comments", "zebra") == {"zebra"}
        assert "20 comments" in get(site, "/archive").text
        for entry in holdings._known.values():
            entry.looked_at -= holdings.FRESH_SECONDS  # as if so much time had passed
        assert "21 comments" in get(site, "/archive").text
