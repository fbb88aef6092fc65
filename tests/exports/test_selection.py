"""What is chosen: posts bring their threads, comments what they answer, and every format means the same by it."""

from __future__ import annotations

import json
import sqlite3
import zipfile
from contextlib import closing

import networkx as nx
import pytest
from lxml import etree

from archiver.exports import formats
from db.selection import Selection
from db.source import Source
from tests.exports.writing import dump, rows, tables, write
from tests.unit.archive_sample import BLOG, OTHER, key

CHOICES = {
    "everything": Selection(),
    "one blog": Selection(blog_ids=(BLOG,)),
    "the other blog": Selection(blog_ids=(OTHER,)),
    "both blogs": Selection(blog_ids=(BLOG, OTHER)),
    "since": Selection(since="2021-10-08"),
    "since and blog": Selection(since="2021", blog_ids=(OTHER, BLOG)),
    "a word in a comment": Selection(searched=True, match_posts=None, match_comments="helps"),
    "a word in a title": Selection(searched=True, match_posts="title:walk", match_comments=None),
    "nothing found": Selection(searched=True),
    "where": Selection(where="comments > 3 AND authors LIKE '%Quill%'"),
    "where and since": Selection(where="kind = 'post'", since="2021-09-01T11:30"),
}


def chosen(archive, selection):
    """Keys of posts and comments without the padding."""
    with closing(Source(archive, selection)) as source:
        return tuple(
            {row[0][2:].rstrip("0") for batch in source.batches(table) for row in batch}
            for table in ("posts", "comments")
        )


@pytest.mark.parametrize(
    ("choice", "posts", "comments"),
    [
        ("the other blog", {"garden"}, set()),
        ("a word in a comment", {"trial"}, {"t1", "t2", "t3"}),  # with what it answers, up to the first
        ("a word in a title", {"walk"}, {"w1", "w2"}),  # with its thread
        ("nothing found", set(), set()),
        ("where", {"trial"}, {"t1", "t2", "t3", "t4", "t5", "t6", "t7"}),
    ],
)
def test_what_is_chosen(nasty, choice, posts, comments):
    assert chosen(nasty, CHOICES[choice]) == (posts, comments)


def test_since_means_posts_and_comments(nasty):
    posts, comments = chosen(nasty, Selection(since="2021-09-01T11:30"))
    assert "t2" not in comments or "t1" in comments
    # The post is older than that, and is there because of its later comments.
    assert {"trial", "walk", "quiet"} <= posts
    assert {"t3", "t4", "w1"} <= comments
    # t1 and t2 are older, and are there because t3 answers them.
    assert {"t1", "t2"} <= comments
    assert "garden" not in posts


@pytest.mark.parametrize("choice", CHOICES)
def test_nothing_points_outside(nasty, choice):
    with closing(Source(nasty, CHOICES[choice])) as source, closing(sqlite3.connect(":memory:")) as held:
        held.execute("PRAGMA foreign_keys = OFF")
        from db.portable import create_table

        for table in source.tables:
            held.execute(create_table(source.connection, table.name))
            for batch in source.batches(table.name):
                held.executemany(f"INSERT INTO {table.name} VALUES ({', '.join('?' * len(table.columns))})", batch)
            assert held.execute(f"SELECT count(*) FROM {table.name}").fetchone()[0] == source.count(table.name)
        assert held.execute("PRAGMA foreign_key_check").fetchall() == []


def test_whole_blogs_are_whole(nasty):
    with closing(Source(nasty, CHOICES["both blogs"])) as some, closing(Source(nasty)) as every:
        assert some.counts() == every.counts()
    with closing(Source(nasty, CHOICES["one blog"])) as source:
        counts = source.counts()
    assert counts["frontier"] == rows(nasty, "SELECT count(*) FROM frontier WHERE blog_id = ?", BLOG)[0][0] > 0
    assert counts["blogs"] == 1


def test_a_narrow_choice_brings_its_own_alone(nasty):
    with closing(Source(nasty, CHOICES["a word in a title"])) as source:
        counts = source.counts()
        people = {row[2] for batch in source.batches("authors") for row in batch}
    assert people == {"Prof. Quill", "Ben Okoro", "Ada Lind"}
    assert (counts["terms"], counts["works"], counts["archives"], counts["frontier"]) == (1, 1, 0, 0)
    assert counts["fetches"] == counts["crawls"] == 1


# ---- the same in every format


def first_fields(path):
    import csv

    with path.open(encoding="utf-8", newline="") as file:
        return [row[0] for row in list(csv.reader(file))[1:]]


def parquet_keys(path):
    import pyarrow.parquet as pq

    return pq.read_table(path).column("id").to_pylist()


def workbook_keys(path):
    import openpyxl

    book = openpyxl.load_workbook(path)
    found = []
    for name in ("posts", "comments"):
        head, *lines = book[name].iter_rows(values_only=True)
        found += [line[head.index("id")] for line in lines]
    return found


def epub_keys(path):
    with zipfile.ZipFile(path) as book:
        names = [name for name in book.namelist() if name.endswith(".xhtml") and "nav" not in name]
        return [node[1:] for name in names for node in etree.fromstring(book.read(name)).xpath("//@id")]


def lines(path):
    return [json.loads(line)["id"] for line in path.read_text().split("\n")[:-1]]


def page_keys(path):
    return [path.stem, *(node[1:] for node in etree.HTML(path.read_text()).xpath("//article/@id"))]


BOTH = ("posts", "comments")
READERS = {
    "csv": lambda out: [found for name in BOTH for found in first_fields(out / f"{name}.csv")],
    "jsonl": lambda out: [found for name in BOTH for found in lines(out / f"{name}.jsonl")],
    "parquet": lambda out: [found for name in BOTH for found in parquet_keys(out / f"{name}.parquet")],
    "sqlite": lambda out: [row[0] for name in BOTH for row in dump(out / "archive.db", f"SELECT id FROM {name}")],
    "xlsx": workbook_keys,
    "datapackage": lambda out: READERS["csv"](out / "data"),
    "html": lambda out: [found for path in (out / "posts").iterdir() for found in page_keys(path)],
    "epub": epub_keys,
    "tei": lambda out: [value[1:] for value in etree.parse(out).xpath("//*[local-name()='post']/@xml:id")],
    "convokit": lambda out: lines(out / "utterances.jsonl"),
}


@pytest.mark.parametrize("name", READERS)
def test_every_format_means_the_same(nasty, tmp_path, name):
    wanted = [key("p", "trial"), *(key("c", f"t{number}") for number in (1, 2, 3))]
    out = write(nasty, name, tmp_path, search="helps")
    assert sorted(READERS[name](out)) == sorted(wanted)


@pytest.mark.parametrize("name", ["graphml", "gexf", "wxr", "markdown", "sql", "bibtex", "ris"])
def test_and_so_do_those_without_keys(nasty, tmp_path, name):
    out = write(nasty, name, tmp_path, search="helps")
    match name:
        case "graphml" | "gexf":
            graph = getattr(nx, f"read_{name}")(out)
            assert set(graph) == {key("p", "trial"), key("a", "ada"), key("a", "pro")}
        case "wxr":
            tags = [etree.QName(node).localname for node in etree.parse(out).iter("{*}item", "{*}comment")]
            assert tags == ["item", "comment", "comment", "comment"]
        case "markdown":
            (path,) = out.glob("*/*.md")
            assert path.read_text().count("[2021-09-01") == 3
        case "sql":
            made = tmp_path / "made.db"
            with closing(sqlite3.connect(made)) as connection:
                connection.executescript(out.read_text())
            assert {table: dump(made, f"SELECT count(*) FROM {table}")[0][0] for table in ("posts", "comments")} == {
                "posts": 1, "comments": 3}  # fmt: skip
        case _:
            text = out.read_text()
            assert "10.1234" in text
            assert "NCT" not in text


def test_every_format_is_tried_here():
    tried = {*READERS, "graphml", "gexf", "wxr", "markdown", "sql", "bibtex", "ris"}
    assert {form.name for form in formats()} == {*tried, "wacz"}  # of which nothing can be chosen


def test_a_new_table_is_left_out_or_chosen_by_its_columns(tmp_path, nasty):
    with closing(Source(nasty)) as source, closing(sqlite3.connect(tmp_path / "archive.db")) as copy:
        source.connection.backup(copy)
        copy.execute("CREATE TABLE notes (id TEXT PRIMARY KEY, post_id TEXT REFERENCES posts (id))")
        copy.execute("CREATE TABLE apart (id TEXT PRIMARY KEY)")
        copy.executemany("INSERT INTO notes VALUES (?, ?)", [("1", key("p", "walk")), ("2", key("p", "diet"))])
        copy.execute("INSERT INTO apart VALUES ('x')")
        copy.commit()
    from db import Archive

    with closing(Source(Archive(tmp_path), CHOICES["a word in a title"])) as source:
        assert (source.count("notes"), source.count("apart")) == (1, 0)


def test_a_crawl_may_write_meanwhile(tmp_path, nasty):
    """The export sees the archive as it was when it began."""
    from db import open_archive

    out = write(nasty, "sqlite", tmp_path)
    archive = open_archive(out)
    archive.writer().close()  # from now on it is in the journal mode of one that is crawled
    with closing(Source(archive)) as source, closing(archive.writer()) as writer:
        before = source.count("comments")
        writer.connection.execute("DELETE FROM citations")
        writer.connection.execute("UPDATE comments SET text = 'other'")
        assert source.count("citations") == rows(nasty, "SELECT count(*) FROM citations")[0][0]
        assert sum(len(batch) for batch in source.batches("comments")) == before
        texts = {row[0] for row in source.rows("SELECT text FROM comments")}
        assert "other" not in texts
    assert rows(archive, "SELECT DISTINCT text FROM comments") == [("other",)]
    assert set(tables(archive)) == set(tables(nasty))
