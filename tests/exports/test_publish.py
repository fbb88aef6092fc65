"""A published folder: one file that Datasette serves as immutable, with what concerns only its maker left out."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
from contextlib import closing
from html import unescape

import pytest
from click.testing import CliRunner

from archiver.cli import main
from archiver.errors import UsageError
from archiver.exports.publish import PLUGIN, publish
from archiver.privacy.masking import Masking
from archiver.web import safety, serve
from db import checks, open_archive
from tests.exports.writing import dump, rows
from tests.unit.web_client import get


def test_the_folder(crawled, tmp_path):
    done = publish(crawled, tmp_path / "public")
    made = {file.name for file in done.path.iterdir()}
    assert made == {"README.md", "archive.db", "export.json", "metadata.json"}
    file = done.path / "archive.db"
    for table in ("posts", "comments", "authors", "fetches"):
        assert dump(file, f"SELECT * FROM {table} ORDER BY 1") == rows(crawled, f"SELECT * FROM {table} ORDER BY 1")
    assert dump(file, "PRAGMA journal_mode") == [("delete",)]
    assert dump(file, "PRAGMA integrity_check") == [("ok",)]
    assert dump(file, "SELECT DISTINCT settings FROM crawls") == [("{}",)]
    word = "SELECT count(*) FROM comments_fts WHERE comments_fts MATCH 'leaflets'"
    assert dump(file, word) == rows(crawled, word) != [(0,)]
    with closing(sqlite3.connect(file)) as connection:
        assert checks.broken_indexes(connection) == []


def test_datasette_serves_it(crawled, tmp_path):
    done = publish(crawled, tmp_path / "public")
    (post,) = rows(crawled, "SELECT id FROM posts WHERE text IS NOT NULL LIMIT 1")[0]

    def get(path):
        command = [sys.executable, "-m", "datasette", "-i", "archive.db", "--metadata", "metadata.json", "--get", path]
        return subprocess.run(command, cwd=done.path, capture_output=True, text=True, check=False).stdout

    assert get("/-/databases.json") == "Not shown in public.\n"  # as the settings in metadata.json want it
    assert json.loads(get(f"/archive/posts/{post}.json?_shape=objects"))["rows"][0]["id"] == post
    assert PLUGIN == safety.PLUGIN


def test_masked(crawled, tmp_path):
    done = publish(crawled, tmp_path / "public", masking=Masking())
    published = {name for (name,) in dump(done.path / "archive.db", "SELECT name FROM authors")}
    assert published
    assert all(name.startswith("Person-") for name in published)
    assert json.loads((done.path / "export.json").read_text())["pseudonymised"]["people"] > 0
    assert "replaced" in (done.path / "README.md").read_text()
    assert not list(done.path.glob("*.key"))


def test_in_public_nobody_who_is_masked_is_named(crawled, tmp_path):
    """A masked copy behind `archiver serve --public`: every page that tells of people, and the files beside them."""
    done = publish(crawled, tmp_path / "public", masking=Masking())
    site = serve.application(done.path / "archive.db", public=True)
    names = {name for (name,) in rows(crawled, "SELECT name FROM authors WHERE name LIKE '% %' OR length(name) > 8")}
    (post,) = rows(crawled, "SELECT post_id, count(*) FROM comments GROUP BY 1 ORDER BY 2 DESC LIMIT 1")[0][:1]
    (docid,) = rows(crawled, "SELECT docid FROM posts WHERE id = ?", post)[0]
    (key,) = dump(done.path / "archive.db", f"SELECT id FROM posts WHERE docid = {docid}")[0]
    (person,) = dump(
        done.path / "archive.db",
        "SELECT author_id FROM comments WHERE author_id <> '' GROUP BY 1 ORDER BY count(*) DESC",
    )[0]
    paths = ["/", f"/-/post/{key}", f"/-/author/{person}", "/-/network", "/-/plots", "/-/search?q=the", "/-/feed.atom",
             f"/-/post/{key}.bib", "/-/search.csv?q=the", "/archive/authors",
             "/archive/comment_list", "/archive/reply_network"]  # fmt: skip
    pages = {path: get(site, path) for path in paths}
    assert {path: page.status_code for path, page in pages.items() if page.status_code != 200} == {}
    assert "Person-" in pages[f"/-/post/{key}"].text
    said = {path: unescape(page.text) for path, page in pages.items()}
    assert len(names) > 20
    assert {(path, name) for path, text in said.items() for name in names if name in text} == set()
    whole = unescape(get(serve.application(crawled.directory / "archive.db", public=True), f"/-/post/{post}").text)
    assert len([name for name in names if name in whole]) > 10


def test_reasons_of_redactions_stay_at_home(nasty, tmp_path):
    made = publish(nasty, tmp_path / "copy").path
    with closing(sqlite3.connect(made / "archive.db")) as connection:
        (blog,) = connection.execute("SELECT id FROM blogs LIMIT 1").fetchone()
        connection.execute(
            "INSERT INTO redactions (id, blog_id, kind, subject, why, redacted_at) VALUES"
            " ('r1', ?, 'comment', 'x', 'asked by Someone Real', '2026')", (blog,))  # fmt: skip
        connection.commit()
    done = publish(open_archive(made), tmp_path / "public")
    assert b"Someone Real" in (made / "archive.db").read_bytes()
    assert b"Someone Real" not in (done.path / "archive.db").read_bytes()


def test_it_is_replaced_only_when_asked(nasty, tmp_path):
    publish(nasty, tmp_path / "public")
    with pytest.raises(UsageError, match=r"it exists already\. Add --force to replace it, or name another folder$"):
        publish(nasty, tmp_path / "public")
    done = CliRunner().invoke(main, ["publish", str(tmp_path / "public"), "--force", "-a", str(nasty.directory)])
    assert done.exit_code == 0
    assert "posts" in done.stdout
    with pytest.raises(UsageError, match="the archive itself is there"):
        publish(nasty, nasty.directory, force=True)
