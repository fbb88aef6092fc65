"""An archive filled straight from the truth: what a flawless crawl would leave."""

from __future__ import annotations

import html
import re
import sqlite3
from pathlib import Path
from typing import Any

from benchmarks.truth import TAXONOMIES, Truth

MIGRATIONS = Path(__file__).parents[2] / "db" / "migrations"
DAY = "2026-01-01T00:00:00Z"


class PerfectArchive:
    """Writes `path`. base: front page without its slash, put before the paths of the truth."""

    def __init__(self, path: Path, truth: Truth, base: str) -> None:
        self.truth, self.base = truth, base
        self.db = sqlite3.connect(path)
        for migration in sorted(MIGRATIONS.glob("*.sql")):
            self.db.executescript(migration.read_text("utf-8"))
        self._put("blogs", id="blog", site_key="blog", url=base, first_seen_at=DAY, last_seen_at=DAY)
        self._authors: dict[tuple[str, int], str] = {}
        with self.db:
            self._terms()
            self._posts()
            self._comments()
            for number, (month, posts) in enumerate(truth.months.items()):
                year, _, name = month.partition("-")
                self._put_seen("archives", id=f"a{number}", label=month, year=year, month=name, claimed_posts=posts)
        self.db.close()

    def _put(self, table: str, **row: Any) -> None:
        marks = ", ".join("?" * len(row))
        self.db.execute(f"INSERT INTO {table} ({', '.join(row)}) VALUES ({marks})", list(row.values()))

    def _put_seen(self, table: str, **row: Any) -> None:
        self._put(table, blog_id="blog", first_seen_at=DAY, last_seen_at=DAY, **row)

    def _author(self, name: str, member: int, bio: str | None = None) -> str:
        key = self._authors.setdefault((name, member), f"who{len(self._authors)}")
        if key == f"who{len(self._authors) - 1}":
            bio = re.sub(r"<[^>]+>", "", html.unescape(bio or "")) or None
            self.db.execute(
                "INSERT OR IGNORE INTO authors (id, blog_id, name, member, bio, first_seen_at, last_seen_at)"
                " VALUES (?, 'blog', ?, ?, ?, ?, ?)",
                (key, name, member, bio, DAY, DAY),
            )
        return key

    def _terms(self) -> None:
        for key, row in self.truth.terms.items():
            taxonomy = TAXONOMIES[row["taxonomy"]]
            self._put_seen("terms", id=f"t{key}", taxonomy=taxonomy, name=row["name"], url=self.base + row["path"])

    def _posts(self) -> None:
        bios = {row["name"]: row["bio_html"] for row in self.truth.authors}
        works: dict[tuple[str, str], str] = {}
        for key, row in self.truth.posts.items():
            self._put_seen(
                "posts",
                id=f"p{key}",
                docid=key,
                native_id=str(key),
                kind=row["type"],
                url=self.base + row["path"],
                title=row["title_text"],
                text=row["body_text"],
                protected=row["protected"],
                **_date("published", row["published_gmt"]),
                **_date("modified", row["modified_gmt"]),
            )
            for position, name in enumerate(row["names"]):
                author = self._author(name, 1, bios.get(name))
                self._put("post_authors", post_id=f"p{key}", position=position, author_id=author)
            for term in row["terms"]:
                self._put("post_terms", post_id=f"p{key}", term_id=f"t{term}")
            for scheme, value in self.truth.identifiers(row):
                work = works.setdefault((scheme, value), f"w{len(works)}")
                self.db.execute("INSERT OR IGNORE INTO works VALUES (?, ?, ?, '')", (work, scheme, value))
                self._put("citations", id=f"{work} {key}", work_id=work, post_id=f"p{key}")

    def _comments(self) -> None:
        for post_id in self.truth.threads:
            for position, key in enumerate(self.truth.reading_orders(post_id)[0]):
                row = self.truth.comments[key]
                author = self._author(row["author_shown"], 0)
                self._put_seen(
                    "comments",
                    id=f"c{key}",
                    docid=key,
                    post_id=f"p{post_id}",
                    native_id=str(key),
                    url=self.base + row["path"],
                    kind=row["type"],
                    author_id=author,
                    text=row["content_text"],
                    parent_id=f"c{row['parent_id']}" if row["parent_id"] else None,
                    parent_source="api",
                    position=position,
                    depth=row["shown_depth"],
                    by_post_author=row["by_post_author"],
                    sources="api page",
                    **_date("published", row["published_gmt"]),
                )


def _date(name: str, utc: str) -> dict[str, str]:
    return {f"{name}_at": utc.replace(" ", "T") + "Z", f"{name}_precision": "second"}
