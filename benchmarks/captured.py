"""The rows of an archive, each matched with the row of the truth that it stands for."""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from pathlib import Path

from benchmarks.truth import Row, Truth, rows

_POSTS = "SELECT * FROM posts WHERE gone_at IS NULL AND kind IN ('post', 'page') ORDER BY id"
_COMMENTS = """
SELECT comments.*, authors.name AS author, parents.native_id AS parent_native, parents.url AS parent_url,
  posts.native_id AS post_native, posts.url AS post_url
FROM comments
JOIN posts ON posts.id = comments.post_id
LEFT JOIN authors ON authors.id = comments.author_id
LEFT JOIN comments AS parents ON parents.id = comments.parent_id
WHERE comments.gone_at IS NULL ORDER BY comments.post_id, comments.position, comments.id"""
_BYLINES = """
SELECT post_id, name FROM post_authors JOIN authors ON authors.id = author_id ORDER BY post_id, position"""
_COMMENTERS = """
SELECT DISTINCT name FROM authors JOIN comments ON author_id = authors.id WHERE comments.kind = 'comment'"""
_CITED = """
SELECT post_id, scheme, identifier FROM citations JOIN works ON works.id = work_id WHERE comment_id IS NULL"""


class Captured:
    """posts, comments, terms: rows that stand for something, by its id in the truth.

    strangers: per table, what stands for nothing, or for something that another row stands for already.
    """

    def __init__(self, path: Path, truth: Truth) -> None:
        self.strangers: dict[str, list[Row]] = defaultdict(list)
        with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as db:
            self._read_terms(db, truth)
            self._read_posts(db, truth)
            self.comments: dict[int, Row] = {}
            for row in rows(db, _COMMENTS):
                row["parent"] = truth.comment_of(row["parent_url"], row["parent_native"])
                key = truth.comment_of(row["url"], row["native_id"])
                self._keep("comments", self.comments, key, row)
            self.authors = rows(db, "SELECT * FROM authors")
            self.commenters = [name for (name,) in db.execute(_COMMENTERS)]
            self.archives = rows(db, "SELECT * FROM archives")
            self.unread = db.execute("SELECT count(*) FROM posts WHERE kind = 'unknown'").fetchone()[0]
        db.close()

    def _read_terms(self, db: sqlite3.Connection, truth: Truth) -> None:
        self.terms: dict[int, Row] = {}
        self._stands_for: dict[str, int | str] = {}
        for row in rows(db, "SELECT * FROM terms WHERE taxonomy IN ('category', 'tag') ORDER BY id"):
            key = truth.term_of(row["taxonomy"], row["url"], row["name"])
            self._keep("terms", self.terms, key, row)
            # One that stands for nothing makes its posts wrong, too.
            self._stands_for[row["id"]] = row["id"] if key is None else key

    def _read_posts(self, db: sqlite3.Connection, truth: Truth) -> None:
        self.posts: dict[int, Row] = {}
        by_id: dict[str, Row] = {}
        for row in rows(db, _POSTS):
            by_id[row["id"]] = row | {"names": [], "terms": set(), "cited": set()}
            key = truth.post_of(row["url"], row["native_id"])
            if key is not None and truth.posts[key]["type"] != row["kind"]:
                key = None
            self._keep("posts", self.posts, key, by_id[row["id"]])
        for post_id, name in db.execute(_BYLINES):
            if post_id in by_id:
                by_id[post_id]["names"].append(name)
        for post_id, term_id in db.execute("SELECT post_id, term_id FROM post_terms"):
            if post_id in by_id and term_id in self._stands_for:
                by_id[post_id]["terms"].add(self._stands_for[term_id])
        for post_id, scheme, value in db.execute(_CITED):
            if post_id in by_id:
                by_id[post_id]["cited"].add((scheme, value))

    def _keep(self, table: str, kept: dict[int, Row], key: int | None, row: Row) -> None:
        if key is None or key in kept:
            self.strangers[table].append(row)
        else:
            kept[key] = row
