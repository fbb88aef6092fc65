"""An archive of as many comments as wanted, made by plain SQL within minutes, and a server in front of it."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from itertools import accumulate
from pathlib import Path
from random import Random
from typing import Any

from benchmarks.exporting import insert
from db import open_archive
from db.archive import DATABASE

LONG = 3000  # comments of the first post's thread
TERMS = 60
COMMON, FREQUENT, RARE = "trial", "remission", "ocrelizumab"
"""Words in about a fifth, a hundredth and a thousandth of the comments."""

_ROOT = Path(__file__).parents[1]
_SEEN = "2026-01-01T10:00:00Z"
_FIRST = datetime(2009, 5, 3, 8, tzinfo=UTC)
_SPAN = timedelta(days=6000)
_SERVE = """
import sys
from pathlib import Path
from archiver.web import serve
serve.serve(Path(sys.argv[1]), port=0, announce=lambda url: print(url, flush=True))
"""


class _Words:
    """Twenty thousand made-up words, as unevenly frequent as those of a language, and the three that are looked for."""

    def __init__(self, chance: Random) -> None:
        syllables = [first + vowel for first in "bdfghklmnprstvw" for vowel in "aeiou"]
        self.words = ["".join(chance.choices(syllables, k=chance.randint(1, 4))) for _ in range(20_000)]
        self.weights = list(accumulate(1 / (place + 3) for place in range(len(self.words))))
        self.chance = chance

    def text(self, least: int, most: int) -> str:
        words = self.chance.choices(self.words, cum_weights=self.weights, k=self.chance.randint(least, most))
        for word, share in ((COMMON, 0.2), (FREQUENT, 0.01), (RARE, 0.001)):
            if self.chance.random() < share:
                words[self.chance.randrange(len(words))] = word
        return " ".join(words).capitalize() + "."


def make(directory: Path, comments: int, posts: int) -> Path:
    """The database of a blog with threads, claims, terms and a run; the same each time. One that is there is taken."""
    path = directory / DATABASE
    if path.exists():
        return path
    unfinished = directory / "unfinished"
    open_archive(unfinished, create=True)
    with closing(sqlite3.connect(unfinished / DATABASE, isolation_level=None)) as db:
        db.execute("PRAGMA synchronous = OFF")
        db.execute("BEGIN")
        triggers = db.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
        for name, _ in triggers:
            db.execute(f"DROP TRIGGER {name}")
        for table, rows in _tables(comments, posts):
            insert(db, table, rows)
        for table in ("posts_fts", "comments_fts"):
            db.execute(f"INSERT INTO {table} ({table}) VALUES ('rebuild')")
        for _, sql in triggers:
            db.execute(sql)
        db.execute("COMMIT")
        db.execute("PRAGMA journal_mode = DELETE")
    (unfinished / DATABASE).rename(path)
    unfinished.rmdir()
    return path


@contextmanager
def served(path: Path) -> Iterator[tuple[str, Callable[[], float]]]:
    """`archiver serve` for an archive, in a process of its own: its origin, and how many seconds it was at work.

    The latter is counted in hundredths, and on Linux alone; elsewhere it is 0.
    """
    command = [sys.executable, "-c", _SERVE, str(path)]
    with subprocess.Popen(command, cwd=_ROOT, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout
            yield process.stdout.readline().strip().rstrip("/"), lambda: _busy(process.pid)
        finally:
            process.terminate()


def _busy(pid: int) -> float:
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def key(kind: str, number: int) -> str:
    """The key of a generated row."""
    return f"{kind}{number:019}"


def _tables(comments: int, posts: int) -> Iterator[tuple[str, Iterator[dict[str, Any]]]]:
    chance = Random(1)
    words = _Words(chance)
    seen = {"first_seen_at": _SEEN, "last_seen_at": _SEEN}
    people = max(comments // 20, 10)
    counts = _threads(chance, comments, posts)
    blog = {"id": "b", "site_key": "big.example", "url": "https://big.example/", "title": "Big", "engine": "wordpress"}
    yield "blogs", iter([{**blog, **seen}])
    run = {"id": "run", "blog_id": "b", "command": "crawl", "version": "1", "started_at": _SEEN, "outcome": "complete"}
    yield "crawls", iter([run])
    yield "authors", (
        {"id": key("a", n), "blog_id": "b", "name": f"Person {n}", "member": int(n < 5), **seen} for n in range(people)
    )  # fmt: skip
    yield (
        "terms",
        (
            {"id": key("t", n), "blog_id": "b", "taxonomy": "category" if n % 3 else "tag", "name": f"Term {n}", **seen}
            for n in range(TERMS)
        ),
    )
    yield "posts", (_post(words, n, posts, seen) for n in range(posts))
    yield "post_authors", ({"post_id": key("p", n), "position": 0, "author_id": key("a", n % 5)} for n in range(posts))
    yield (
        "post_terms",
        (
            {"post_id": key("p", n), "term_id": key("t", (n + 7 * turn) % TERMS)}
            for n in range(posts)
            for turn in range(3)
        ),
    )
    yield "comments", _comments(words, counts, posts, people, seen)
    yield "claims", (
        {"id": key("k", n), "blog_id": "b", "subject_kind": "post", "subject": key("p", n), "post_id": key("p", n),
         "measure": "comments", "number": count + (n % 50 == 0), "source": "heading", "said_at": _SEEN}
        for n, count in enumerate(counts)
    )  # fmt: skip


def _threads(chance: Random, comments: int, posts: int) -> list[int]:
    """Comments of each post: a long thread, and the others as uneven as threads are."""
    first = min(LONG, comments // 2)
    sizes = [chance.expovariate(1) ** 2 for _ in range(posts - 1)]
    counts = [int(size * (comments - first) / sum(sizes)) for size in sizes]
    for place in range(comments - first - sum(counts)):
        counts[place % len(counts)] += 1
    return [first, *counts]


def _when(number: float, posts: int) -> datetime:
    return _FIRST + _SPAN * number / posts


def _post(words: _Words, number: int, posts: int, seen: dict[str, str]) -> dict[str, Any]:
    text = "\n\n".join(words.text(40, 80) for _ in range(4))
    return {
        "id": key("p", number), "docid": number + 1, "blog_id": "b", "native_id": str(number), "kind": "post",
        "url": f"https://big.example/{number}/", "title": words.text(4, 9), "slug": str(number),
        "published_at": f"{_when(number, posts):%Y-%m-%dT%H:%M:%SZ}", "published_precision": "second",
        "html": "".join(f"<p>{part}</p>" for part in text.split("\n\n")), "text": text, "word_count": 240,
        "sources": "api page", **seen,
    }  # fmt: skip


def _comments(
    words: _Words, counts: list[int], posts: int, people: int, seen: dict[str, str]
) -> Iterator[dict[str, Any]]:
    """Threads of up to five levels, each comment below an earlier one or the post."""
    chance, number = words.chance, 0
    for post, count in enumerate(counts):
        path: list[int] = []
        for place in range(count):
            path = path[: chance.randint(0, min(len(path), 4))]
            text = words.text(5, 80)
            yield {
                "id": key("c", number), "docid": number + 1, "blog_id": "b", "post_id": key("p", post),
                "parent_id": key("c", path[-1]) if path else None, "parent_source": "api", "position": place,
                "author_id": key("a", int(people * chance.random() ** 3)), "native_id": str(number),
                "depth": len(path) + 1, "url": f"https://big.example/{post}/#comment-{number}",
                "published_at": f"{_when(post + place / 500, posts):%Y-%m-%dT%H:%M:%SZ}",
                "published_precision": "second", "html": f"<p>{text}</p>", "text": text,
                "word_count": len(text.split()), "by_post_author": 0, "sources": "api page", **seen,
            }  # fmt: skip
            path.append(number)
            number += 1
