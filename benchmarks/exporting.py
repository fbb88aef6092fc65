"""An archive of as many comments as wanted, and one export of it, measured in a process of its own."""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import asdict, dataclass
from pathlib import Path
from random import Random
from typing import Any

from archiver.warc.reader import responses
from archiver.warc.records import DIRECTORY, Exchange, digest, warc_files
from archiver.warc.writer import Writer
from db import open_archive

PER_POST = 25  # comments
ROTATE_AT = 64 << 20  # bytes of a WARC file
QUERY = "SELECT * FROM comments"
_SEEN = "2024-05-01T10:00:00Z"
_WORDS = [
    "the",
    "trial",
    "was",
    "long",
    "and",
    "we",
    "read",
    "of",
    "cells",
    "relapse",
    "fatigue",
    "hope",
    "walking",
    "again",
    "since",
    "spring",
    "doctor",
    "asked",
]
_HERE = Path(__file__).parents[1]


@dataclass(frozen=True, slots=True)
class Measured:
    """rows: of all tables, or of the query; of responses as they came, their number. seconds, cpu: without the start of
    Python. peak: bytes of the process.

    cpu: seconds of the processor, which mean something where other programs keep it busy.
    """

    rows: int
    seconds: float
    cpu: float
    peak: int


def make(directory: Path, comments: int) -> Path:
    """A blog of posts with threads, four levels deep, by plain SQL, the same each time. One that is there is taken."""
    if directory.exists():
        return directory
    unfinished = directory.with_name(f"{directory.name}-unfinished")
    open_archive(unfinished, create=True)
    with closing(open_archive(unfinished).writer()) as writer:
        db = writer.connection
        db.execute("BEGIN")
        db.execute(
            "INSERT INTO blogs (id, site_key, url, title, engine, first_seen_at, last_seen_at)"
            " VALUES ('b', 'big.example', 'https://big.example/', 'Big', 'wordpress', ?1, ?1)",
            (_SEEN,),
        )
        for table, rows in _tables(comments):
            insert(db, table, rows)
        db.execute("COMMIT")
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    unfinished.rename(directory)
    return directory


def record(archive: Path, records: int) -> None:
    """WARC files of as many pages of posts, in a folder that is taken if it is there."""
    if (archive / DIRECTORY).exists():
        return
    chance, writer = Random(1), Writer(archive, "benchmark", {"software": "benchmark"}, ROTATE_AT)
    head = b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n\r\n"
    for number in range(records):
        post = _post(chance, number, {})
        body = f"<!DOCTYPE html><html><head><title>{post['title']}</title></head><body>{post['html'] * 4}</body></html>"
        writer.write(
            Exchange(
                url=post["url"], at=f"2024-05-01T10:00:00.{number % 10**6:06}Z", received=head, body=body.encode(),
                sent=f"GET /{number}/ HTTP/1.1\r\nHost: big.example\r\n\r\n".encode(), digest=digest(body.encode()),
            )
        )  # fmt: skip
    writer.close()


def measure(archive: Path, name: str, target: Path, query: str | None = None) -> Measured:
    """One export by our code in a new process."""
    command = [
        sys.executable,
        "-m",
        "benchmarks.exporting",
        str(archive),
        name,
        str(target),
        *([query] if query else []),
    ]
    done = subprocess.run(command, cwd=_HERE, capture_output=True, text=True, check=True)
    return Measured(**json.loads(done.stdout))


def _tables(comments: int) -> Iterator[tuple[str, Iterator[dict[str, Any]]]]:
    chance, posts = Random(1), -(-comments // PER_POST)
    seen = {"first_seen_at": _SEEN, "last_seen_at": _SEEN}
    yield (
        "authors",
        (
            {"id": f"a{number:019}", "blog_id": "b", "name": f"Person {number}", "member": int(number < 5), **seen}
            for number in range(max(posts // 2, 5))
        ),
    )
    yield "posts", (_post(chance, number, seen) for number in range(posts))
    yield (
        "post_authors",
        ({"post_id": f"p{number:019}", "position": 0, "author_id": f"a{number % 5:019}"} for number in range(posts)),
    )
    yield "comments", (_comment(chance, number, max(posts // 2, 5), seen) for number in range(comments))


def _post(chance: Random, number: int, seen: dict[str, str]) -> dict[str, Any]:
    text = "\n\n".join(_text(chance, 120) for _ in range(4))
    return {
        "id": f"p{number:019}", "docid": number, "blog_id": "b", "native_id": str(number), "kind": "post",
        "url": f"https://big.example/{number}/", "title": f"Post {number}, on {_text(chance, 4)}", "slug": str(number),
        "published_at": f"2021-{number % 12 + 1:02}-{number % 28 + 1:02}T08:00:00Z", "published_precision": "second",
        "html": "".join(f"<p>{part}</p>" for part in text.split("\n\n")), "text": text, "word_count": 480, **seen,
    }  # fmt: skip


def _comment(chance: Random, number: int, people: int, seen: dict[str, str]) -> dict[str, Any]:
    place, text = number % PER_POST, _text(chance, chance.randint(5, 90))
    depth = place % 4 + 1
    return {
        "id": f"c{number:019}", "docid": number, "blog_id": "b", "post_id": f"p{number // PER_POST:019}",
        "parent_id": f"c{number - 1:019}" if depth > 1 else None, "parent_source": "api", "position": place,
        "author_id": f"a{chance.randrange(people):019}", "native_id": str(number), "depth": depth,
        "url": f"https://big.example/{number // PER_POST}/#comment-{number}",
        "published_at": f"2022-{number % 12 + 1:02}-{number % 28 + 1:02}T{place:02}:30:00Z",
        "published_precision": "second", "html": f"<p>{text}</p>", "text": text, "word_count": len(text.split()),
        "sources": "api page", "provenance": '{"core":[6,"2024-05-01T10:00:00Z","wordpress/1","x","y"]}', **seen,
    }  # fmt: skip


def _text(chance: Random, words: int) -> str:
    return " ".join(chance.choices(_WORDS, k=words)).capitalize() + "."


def insert(db: Any, table: str, rows: Iterator[dict[str, Any]]) -> None:
    """Put rows, of which there is at least one, into a table."""
    first = next(rows)
    sql = f"INSERT INTO {table} ({', '.join(first)}) VALUES ({', '.join('?' * len(first))})"
    db.execute(sql, tuple(first.values()))
    db.executemany(sql, (tuple(row.values()) for row in rows))


def _one(archive: Path, name: str, target: Path, query: str | None) -> Measured:
    """In this process."""
    from archiver.exports import Wanted, export, find_format

    form, opened = find_format(name), open_archive(archive)
    began, busy = time.perf_counter(), time.process_time()
    done = export(opened, form, target, Wanted(query=query))
    seconds, cpu = time.perf_counter() - began, time.process_time() - busy
    rows = _records(archive) if form.as_came else sum(done.rows.values())
    return Measured(rows, seconds, cpu, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024)


def _records(archive: Path) -> int:
    return sum(1 for path in warc_files(archive) for _ in responses(path))


if __name__ == "__main__":
    found = _one(Path(sys.argv[1]), sys.argv[2], Path(sys.argv[3]), sys.argv[4] if len(sys.argv) > 4 else None)
    print(json.dumps(asdict(found)))
