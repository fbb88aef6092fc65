"""Our own WXR, imported into an empty archive: the same posts, people and threads."""

from __future__ import annotations

import pytest

from archiver.reread.platform_exports import take
from db import open_archive
from tests.exports.writing import rows, write

POSTS = """SELECT id, native_id, kind, url, slug, title, text, excerpt, published_at, comments_open FROM posts
WHERE html IS NOT NULL ORDER BY id"""
COMMENTS = "SELECT id, native_id, post_id, parent_id, kind, text, published_at FROM comments ORDER BY id"
NAMES = "SELECT c.id, a.name, c.by_post_author FROM comments c JOIN authors a ON a.id = c.author_id ORDER BY c.id"
BYLINES = """SELECT p.post_id, a.name FROM post_authors p JOIN authors a ON a.id = p.author_id
JOIN posts o ON o.id = p.post_id AND o.html IS NOT NULL WHERE position = 0 ORDER BY p.post_id"""
FILED = """SELECT p.post_id, t.taxonomy, t.name, t.slug FROM post_terms p JOIN terms t ON t.id = p.term_id
JOIN posts o ON o.id = p.post_id AND o.html IS NOT NULL ORDER BY 1, 2, 3"""


@pytest.fixture(scope="module")
def returned(crawled, tmp_path_factory):
    folder = tmp_path_factory.mktemp("returned")
    done = take(folder / "archive", [write(crawled, "wxr", folder)])
    assert (done.failed, done.odd) == ([], [])
    return open_archive(folder / "archive")


@pytest.mark.parametrize("sql", [POSTS, COMMENTS, BYLINES, FILED])
def test_what_was_handed_out_comes_back(crawled, returned, sql):
    assert len(rows(returned, sql)) > 30
    assert rows(returned, sql) == rows(crawled, sql)


def test_commenters_come_back_by_name(crawled, returned):
    """By name alone: WXR tells a member by the number of an account, which blogs do not show."""
    ours = [row[:2] for row in rows(crawled, NAMES)]
    assert [row[:2] for row in rows(returned, NAMES)] == ours
