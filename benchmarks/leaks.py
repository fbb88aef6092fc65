"""What an archive must never hold: words of drafts, private and protected posts, spam and unapproved
comments, and digests of e-mail addresses as avatar URLs carry them."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from pathlib import Path

from benchmarks.truth import Truth

_DIGEST = re.compile(r"(?<![0-9a-f])(?:[0-9a-f]{32}|[0-9a-f]{64})(?![0-9a-f])")


def leaks(archive: Path, truth: Truth) -> list[str]:
    """A line for each hidden word or digest that any text column of any table holds, once a column."""
    words = {line.strip(): f"{row['kind']} {row['id']}" for row in truth.hidden for line in row["words"].splitlines()}
    words.pop("", None)
    digests = {row[name] for row in truth.comments.values() for name in ("author_email_md5", "author_email_sha256")}
    found = []
    with sqlite3.connect(f"file:{archive}?mode=ro", uri=True) as db:
        for table, column in _text_columns(db):
            pending, mail = dict(words), False
            for (text,) in db.execute(f'SELECT "{column}" FROM "{table}" WHERE typeof("{column}") = \'text\''):
                seen = [word for word in pending if word in text]
                found += [f"{table}.{column} holds {word!r} of {pending.pop(word)}" for word in seen]
                if mail or len(text) < 32:
                    continue
                if any(digest in digests for digest in _DIGEST.findall(text.lower())):
                    mail = True
                    found.append(f"{table}.{column} holds the digest of an e-mail address")
    db.close()
    return found


def _text_columns(db: sqlite3.Connection) -> Iterator[tuple[str, str]]:
    # The tables of the search index repeat what stands in the others.
    query = "SELECT name FROM sqlite_master WHERE type = 'table' AND instr(name, '_fts') = 0"
    for (table,) in db.execute(query).fetchall():
        for column in db.execute(f'PRAGMA table_info("{table}")').fetchall():
            yield table, column[1]
