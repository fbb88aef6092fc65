"""The truth of the test bed as tests/wordpress/testbed/truth.php wrote it, and which of it a URL names."""

from __future__ import annotations

import html
import json
import sqlite3
from collections import defaultdict
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from benchmarks import measures
from benchmarks.measures import address, plain, query_id

Row = dict[str, Any]
TAXONOMIES = {"category": "category", "post_tag": "tag"}


def rows(connection: sqlite3.Connection, query: str) -> list[Row]:
    """What a query yields, by column name."""
    cursor = connection.execute(query)
    names = [column[0] for column in cursor.description]
    return [dict(zip(names, row, strict=True)) for row in cursor]


class Truth:
    """posts, terms, comments: by id, as in the database, with what belongs to them."""

    def __init__(self, path: Path) -> None:
        self.path = path
        with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as db:
            self.site = dict(db.execute("SELECT key, value FROM site").fetchall())
            self.authors = rows(db, "SELECT * FROM authors")
            terms = rows(db, "SELECT * FROM terms")
            self.posts = {row["id"]: row for row in rows(db, "SELECT * FROM posts")}
            self.comments = {row["id"]: row for row in rows(db, "SELECT * FROM comments")}
            self.months = {row["month"]: row["posts"] for row in rows(db, "SELECT * FROM archives")}
            self.hidden = rows(db, "SELECT * FROM hidden")
            filed = rows(db, "SELECT * FROM post_terms")
            bylines = rows(db, "SELECT * FROM post_authors ORDER BY post_id, position")
        db.close()
        self.terms: dict[int, Row] = {row["id"]: row for row in terms if row["taxonomy"] in TAXONOMIES}
        for post in self.posts.values():
            post |= {"terms": set(), "names": []}
        for row in filed:
            if row["term_id"] in self.terms:
                self.posts[row["post_id"]]["terms"].add(row["term_id"])
        for row in bylines:
            self.posts[row["post_id"]]["names"].append(measures.name(html.unescape(row["name"])))
        for author in self.authors:
            author["name"] = measures.name(html.unescape(author["display_name"]))

    @cached_property
    def zone(self) -> ZoneInfo:
        """The blog's clock."""
        return ZoneInfo(self.site["timezone"])

    @cached_property
    def deepest(self) -> int:
        """Level at which threads are flattened."""
        return int(self.site["thread_comments_depth"]) if int(self.site["thread_comments"] or 0) else 1

    @cached_property
    def account_names(self) -> dict[int, str]:
        """User id -> name of the account, as displayed."""
        return {row["id"]: row["name"] for row in self.authors}

    @cached_property
    def _paths(self) -> dict[tuple[str, str], int]:
        named = {("post", address(row["path"])): row["id"] for row in self.posts.values()}
        return named | {("term", address(row["path"])): row["id"] for row in self.terms.values()}

    def post_of(self, url: str, native_id: str | None) -> int | None:
        """The post that a captured row stands for: by its native id, else by its URL, pretty or plain."""
        key = native_id or query_id(url, "p", "page_id")
        if key and key.isdigit():
            return int(key) if int(key) in self.posts else None
        return self._paths.get(("post", address(url)))

    def post_urls(self, post: Row) -> set[str]:
        """Spellings of its permalink without a host: as the site has it, and plain."""
        name = "p" if post["type"] == "post" else "page_id"
        return {address(post["path"]), f"/?{name}={post['id']}"}

    def comment_of(self, url: str | None, native_id: str | None) -> int | None:
        """The comment that a captured row stands for: by its native id, else by the fragment of its URL."""
        key = native_id or urlsplit(url or "").fragment.removeprefix("comment-")
        return int(key) if key.isdigit() and int(key) in self.comments else None

    def term_of(self, taxonomy: str, url: str | None, name: str) -> int | None:
        """The term that a captured row stands for: by its URL, else by its name."""
        found = self._paths.get(("term", address(url))) if url else None
        slug = query_id(url or "", "tag")
        cat = query_id(url or "", "cat")
        for key, row in self.terms.items():
            if TAXONOMIES[row["taxonomy"]] != taxonomy:
                continue
            plain_url = cat == str(key) if taxonomy == "category" else slug == row["slug"]
            if key == found or plain_url or (not url and plain(row["name"]) == plain(name)):
                return key
        return None

    def identifiers(self, post: Row) -> set[tuple[str, str]]:
        """Planted (scheme, value) pairs, DOIs in lower case."""
        pairs = (text.partition(":") for text in json.loads(post["identifiers"]))
        return {(scheme, value.lower() if scheme == "doi" else value) for scheme, _, value in pairs}

    @cached_property
    def threads(self) -> dict[int, list[Row]]:
        """Post id -> its comments that pages show."""
        threads: dict[int, list[Row]] = defaultdict(list)
        for row in self.comments.values():
            if row["in_thread"]:
                threads[row["post_id"]].append(row)
        return threads

    def reading_orders(self, post_id: int) -> list[list[int]]:
        """Orders in which a thread may be read: depth first, siblings by date or by id.

        Where the newest root stands first, replies stay oldest first; comment pages may then be read either way.
        """
        thread = self.threads[post_id]
        if not int(self.site["thread_comments"] or 0):
            thread = [row | {"parent_id": 0} for row in thread]
        desc = self.site.get("comment_order") == "desc"
        orders = []
        for keys in (("published_gmt", "id"), ("id",)):
            children = _children(thread, keys)
            roots = children[0]
            if not desc:
                orders.append(_walk(roots, children))
                continue
            orders.append(_walk(roots[::-1], children))
            pages: dict[int, list[Row]] = defaultdict(list)
            for root in roots[::-1]:
                pages[root["cpage"] or 0].append(root)
            orders.append(_walk([root for page in sorted(pages) for root in pages[page]], children))
        return orders


def _children(thread: list[Row], keys: tuple[str, ...]) -> dict[int, list[Row]]:
    """Parent -> its replies, 0 -> the roots."""
    children: dict[int, list[Row]] = defaultdict(list)
    for row in sorted(thread, key=lambda row: tuple(row[key] for key in keys)):
        children[row["parent_id"]].append(row)
    return children


def _walk(roots: list[Row], children: dict[int, list[Row]]) -> list[int]:
    order, stack = [], roots[::-1]
    while stack:
        row = stack.pop()
        order.append(int(row["id"]))
        stack += children.get(row["id"], [])[::-1]
    return order
