"""A small filled archive, made by plain SQL: what the views, the queries and the web pages are tested on.

Two fictional blogs. The first holds every case that the ledger must tell apart, one post each:

    trial       claim met only with its pings               walk     claims more than its threads shows
    diet        comment page 2 failed                       locked   behind a password
    lost        its own page failed, never read             hidden   reply to a comment that is not public
    quiet       nothing claimed                             extra    more captured than claimed
    plain       claim met by its comments, ping aside       feedonly known from the API and feed alone
    deleted     vanished post                               untitled neither title nor claim
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Mapping
from contextlib import closing
from importlib.resources import files
from pathlib import Path
from typing import Any

from db import Archive, open_archive

SEEN = "2024-05-01T10:00:00Z"
LATER = "2024-05-02T10:00:00Z"
BLOG, OTHER = "blog0000000000000001", "blog0000000000000002"
FETCH = "fetch000000000000001"
HOSTILE = '<script>alert("x")</script><img src="https://tracker.example/p.gif" alt="a dot" onerror="alert(1)">'
HOSTILE_NAME = '"><script>alert(2)</script>'
DOI = "10.1234/trial.2021(05)7"
LONG = "The study was long and so is this comment. " * 40

# key: post, month and day, claims by source, more columns. Ids are p- and the key, padded.
POSTS: tuple[tuple[str, str, dict[str, int], dict[str, Any]], ...] = (
    ("trial", "2021-09-01T08:00:00Z", {"heading": 6, "feed": 6}, {}),
    ("walk", "2021-09-12T08:30:00Z", {"heading": 4}, {}),
    ("diet", "2021-09-30T23:30:00Z", {"heading": 5}, {}),
    ("locked", "2021-10-02T09:00:00Z", {"feed": 3}, {"html": None, "text": None, "protected": 1}),
    ("lost", "2021-10-04T09:00:00Z", {"feed": 2}, {"sources": "list", "html": None, "text": None, "title": None}),
    ("hidden", "2021-10-06T09:00:00Z", {"heading": 3}, {}),
    ("quiet", "2021-10-08T09:00:00Z", {}, {}),
    ("extra", "2021-10-10T09:00:00Z", {"heading": 1}, {}),
    ("plain", "2021-10-12T09:00:00Z", {"heading": 1}, {}),
    ("feedonly", "2021-11-01T00:30:00Z", {"feed": 3}, {}),
    ("deleted", "2021-11-05T09:00:00Z", {"heading": 1}, {"gone_at": LATER}),
    ("untitled", "2021-11-07T00:00:00Z", {}, {"title": "", "published_precision": "day"}),
)
AUTHORS = {
    "ada": "Ada Lind",
    "ben": "Ben Okoro",
    "cyd": "Čyd Ørsted 🙂",
    "dov": "דב לוי",
    "eve": HOSTILE_NAME,
    "pro": "Prof. Quill",
}
# key, post, parent, position, depth, author, text, more columns
COMMENTS: tuple[tuple[str, str, str | None, int, int, str | None, str, dict[str, Any]], ...] = (
    ("t1", "trial", None, 0, 1, "ada", f"Has anybody read doi:{DOI}? Stem cells gave me hope.", {}),
    ("t2", "trial", "t1", 1, 2, "pro", "I have. The relapse rate fell by half.", {"by_post_author": 1}),
    ("t3", "trial", "t2", 2, 3, "ada", "Thank you, that helps.", {"parent_source": "inferred"}),
    ("t4", "trial", "t1", 3, 2, "ben", "Relapsing again since the spring; tired of waiting.", {}),
    ("t5", "trial", None, 4, 1, None, "Another blog links here", {"kind": "pingback", "author_id": None}),
    ("t6", "trial", None, 5, 1, "cyd", LONG, {}),
    ("t7", "trial", None, 6, 1, "ben", "I take that back.", {"gone_at": LATER}),
    ("w1", "walk", None, 0, 1, "ben", "I walk with two sticks.", {}),
    ("w2", "walk", "w1", 1, 2, "ada", "So do I.", {}),
    ("d1", "diet", None, 0, 1, "dov", "ויטמין D?", {}),
    ("d2", "diet", None, 1, 1, "eve", HOSTILE, {"url": "javascript:alert(3)"}),
    ("h1", "hidden", None, 0, 1, "ada", "What you say is not so.", {"answers": "c-spam"}),
    ("h2", "hidden", None, 1, 1, "ben", "Agreed.", {}),
    ("q1", "quiet", None, 0, 1, "cyd", "First!", {"published_at": None, "published_precision": None}),
    ("x1", "extra", None, 0, 1, "ada", "One.", {}),
    ("x2", "extra", None, 1, 1, "ada", "Two.", {}),
    ("y1", "plain", None, 0, 1, "ada", "Only this.", {}),
    ("y2", "plain", None, 1, 1, None, "A trackback", {"kind": "trackback", "author_id": None}),
    ("f1", "feedonly", None, 0, 1, "ben", "Read through the API.", {}),
    ("f2", "feedonly", None, 1, 1, "pro", "So was this.", {"by_post_author": 1}),
)
THREAD_PAGES = [("trial", 1, 1, 6), ("walk", 0, None, 2), ("diet", 1, 2, 2), ("plain", 1, 1, 2), ("extra", 1, 1, 2)]


def key(prefix: str, name: str) -> str:
    """A readable key of the usual length."""
    return f"{prefix}-{name}".ljust(20, "0")


def insert(connection: sqlite3.Connection, table: str, rows: Iterable[Mapping[str, Any]]) -> None:
    """Insert rows by column name."""
    for row in rows:
        marks = ", ".join("?" * len(row))
        connection.execute(f"INSERT INTO {table} ({', '.join(row)}) VALUES ({marks})", tuple(row.values()))


def empty(path: Path | str) -> sqlite3.Connection:
    """A new archive without a row, open for writing. `:memory:` will do."""
    connection = sqlite3.connect(path)
    connection.executescript("PRAGMA journal_mode = WAL; PRAGMA foreign_keys = ON;")
    for file in sorted(files("db.migrations").iterdir(), key=lambda file: file.name):
        if file.name.endswith(".sql"):
            connection.executescript(file.read_text(encoding="utf-8"))
    connection.executescript(files("db").joinpath("views.sql").read_text(encoding="utf-8"))
    return connection


def filled(path: Path | str) -> sqlite3.Connection:
    """A new archive with the sample in it, open for writing."""
    connection = empty(path)
    fill(connection)
    return connection


def archive(directory: Path, *more: Callable[[sqlite3.Connection], None]) -> Archive:
    """A new archive as the application makes it, with the sample in it. more: put in what else it is to hold."""
    made = open_archive(directory, create=True)
    with closing(sqlite3.connect(made.path)) as connection:
        connection.execute("PRAGMA foreign_keys = ON")
        for put_in in (fill, *more):
            put_in(connection)
    return made


def fill(connection: sqlite3.Connection) -> None:
    """Put the sample into an archive that has no rows yet."""
    with connection:
        _site(connection)
        _people(connection)
        _posts(connection)
        _comments(connection)
        _around(connection)
        _ledger(connection)
        _works(connection)


def _site(connection: sqlite3.Connection) -> None:
    seen = {"first_seen_at": SEEN, "last_seen_at": SEEN}
    insert(connection, "blogs", [
        {"id": BLOG, "site_key": "stemcells.example", "url": "https://stemcells.example/", "title": "Stem & Cell",
         "tagline": "News for patients", "language": "en-GB", "engine": "wordpress", "utc_offset": 60, **seen},
        {"id": OTHER, "site_key": "host.example/garden", "url": "https://host.example/garden/", "title": "Garden notes",
         "engine": "generic", "best_effort": 1, **seen},
    ])  # fmt: skip
    insert(connection, "crawls", [
        {"id": "run-1", "blog_id": BLOG, "command": "crawl", "version": "0.1.0", "started_at": SEEN,
         "finished_at": LATER, "outcome": "incomplete", "reason": "2 pages could not be had"},
    ])  # fmt: skip
    insert(connection, "fetches", [
        {"id": FETCH, "blog_id": BLOG, "crawl_id": "run-1", "url": "https://stemcells.example/trial/", "kind": "post",
         "fetched_at": "2024-05-01T10:00:00.123456Z", "status": 200, "content_type": "text/html", "size": 20480,
         "warc_file": "warc/run-1.warc.gz", "warc_offset": 512, "warc_length": 4096},
    ])  # fmt: skip
    insert(connection, "oddities", [
        {"id": f"{FETCH}-0", "fetch_id": FETCH, "kind": "repeated_comment", "detail": "comment-12"},
    ])  # fmt: skip


def _people(connection: sqlite3.Connection) -> None:
    urls = {"ada": "https://ada.example/", "eve": "javascript:alert(4)"}
    insert(connection, "authors", [
        {"id": key("a", short), "blog_id": BLOG, "name": name, "member": int(short == "pro"), "url": urls.get(short),
         "first_seen_at": SEEN, "last_seen_at": SEEN, "fetch_id": FETCH}
        for short, name in AUTHORS.items()
    ])  # fmt: skip


def _posts(connection: sqlite3.Connection) -> None:
    rows = []
    for number, (name, published, _, more) in enumerate(POSTS):
        text = f"About the {name}. Stem cells and relapses, week {number}."
        rows.append({
            "id": key("p", name), "docid": 100 - number, "blog_id": BLOG, "native_id": str(number), "kind": "post",
            "url": f"https://stemcells.example/{name}/", "title": f"The {name} post", "slug": name,
            "published_at": published, "published_precision": "second", "html": f"<p>{text}</p>", "text": text,
            "word_count": 9, "sources": "api page", "first_seen_at": SEEN, "last_seen_at": SEEN, "fetch_id": FETCH,
            "provenance": '{"core":[6,"2024-05-01T10:00:00Z","wordpress/1","x","y"]}', **more,
        })  # fmt: skip
    rows.append({
        "id": key("p", "garden"), "docid": 7, "blog_id": OTHER, "kind": "post",
        "url": "https://host.example/garden/beans", "title": "Beans", "published_at": "2020-03-01T00:00:00Z",
        "published_precision": "day", "html": "<p>Beans</p>", "text": "Beans", "first_seen_at": SEEN,
        "last_seen_at": SEEN,
    })  # fmt: skip
    insert(connection, "posts", rows)
    byline = [("trial", 0, "pro"), ("trial", 1, "ada"), ("walk", 0, "pro"), ("feedonly", 0, "pro")]
    insert(connection, "post_authors", [
        {"post_id": key("p", post), "position": position, "author_id": key("a", author)}
        for post, position, author in byline
    ])  # fmt: skip


def _comments(connection: sqlite3.Connection) -> None:
    days = {name: published[:10] for name, published, _, _ in POSTS}
    rows = []
    for number, (name, post, parent, position, depth, author, text, more) in enumerate(COMMENTS):
        above = key("c", parent) if parent else None
        rows.append({
            "id": key("c", name), "docid": 500 - number, "blog_id": BLOG, "post_id": key("p", post), "parent_id": above,
            "parent_source": "dom", "author_id": key("a", author) if author else None, "native_id": str(number),
            "url": f"https://stemcells.example/{post}/#comment-{number}", "kind": "comment",
            "published_at": f"{days[post]}T{10 + position:02d}:00:00Z", "published_precision": "second",
            "position": position, "depth": depth, "html": f"<p>{text}</p>", "text": text,
            "word_count": len(text.split()), "sources": "page", "first_seen_at": SEEN, "last_seen_at": SEEN,
            "answers": above, "fetch_id": FETCH, **more,
        })  # fmt: skip
    # Not in reading order, so that a view without an order of its own would show.
    insert(connection, "comments", rows[::-1])
    insert(connection, "revisions", [
        {"id": "r1", "post_id": key("p", "trial"), "comment_id": key("c", "t4"), "digest": "d",
         "html": "<p>Relapsing.</p>", "text": "Relapsing.", "seen_from": SEEN, "seen_until": LATER, "fetch_id": FETCH},
    ])  # fmt: skip


def _around(connection: sqlite3.Connection) -> None:
    seen = {"blog_id": BLOG, "first_seen_at": SEEN, "last_seen_at": SEEN}
    insert(connection, "terms", [
        {"id": key("t", "research"), "taxonomy": "category", "name": "Research",
         "url": "https://stemcells.example/c/research/", **seen},
        {"id": key("t", "cells"), "taxonomy": "category", "name": "Cells", "parent_id": key("t", "research"), **seen},
        {"id": key("t", "hope"), "taxonomy": "tag", "name": "hope", **seen},
    ])  # fmt: skip
    filed = [("trial", "cells"), ("walk", "research"), ("trial", "hope")]
    insert(connection, "post_terms", [{"post_id": key("p", post), "term_id": key("t", term)} for post, term in filed])
    insert(connection, "widgets", [
        {"id": key("s", "links"), "blog_id": BLOG, "kind": "blogroll", "title": "Friends", "seen_at": SEEN},
    ])  # fmt: skip
    insert(connection, "widget_links", [
        {"widget_id": key("s", "links"), "position": 0, "url": "https://ada.example/", "text": "Ada"},
    ])  # fmt: skip
    insert(connection, "links", [
        {"id": "l1", "post_id": key("p", "trial"), "comment_id": key("c", "t1"), "position": 0,
         "url": f"https://doi.org/{DOI}", "host": "doi.org", "text": "the paper"},
        {"id": "l2", "post_id": key("p", "trial"), "position": 0, "url": "https://stemcells.example/walk/",
         "host": "stemcells.example", "text": "see also"},
    ])  # fmt: skip
    insert(connection, "media", [
        {"id": "m1", "post_id": key("p", "trial"), "position": 0, "kind": "image",
         "url": "https://stemcells.example/cell.jpg", "alt": "A cell"},
    ])  # fmt: skip


def _ledger(connection: sqlite3.Connection) -> None:
    claims = [
        (f"{name}-{source}", "post", key("p", name), key("p", name), None, "comments", number, source)
        for name, _, said, _ in POSTS
        for source, number in said.items()
    ]
    claims += [
        ("research", "category", key("t", "research"), None, key("t", "research"), "posts", 2, "category_list"),
        ("hope", "tag", key("t", "hope"), None, key("t", "hope"), "posts", 5, "tag_cloud"),
        ("all", "blog", "", None, None, "posts", 12, "api"),
        ("july", "month", "2021-07", None, None, "posts", 1, "archive_list"),
        ("september", "month", "2021-09", None, None, "posts", 2, "archive_list"),
    ]
    names = ("id", "subject_kind", "subject", "post_id", "term_id", "measure", "number", "source")
    insert(connection, "claims", [
        {**dict(zip(names, claim, strict=True)), "blog_id": BLOG, "said_at": SEEN, "fetch_id": FETCH}
        for claim in claims
    ])  # fmt: skip
    insert(connection, "archives", [
        {"id": f"m{month}", "blog_id": BLOG, "label": label, "year": 2021, "month": month, "claimed_posts": claimed,
         "url": f"https://stemcells.example/2021/{month:02d}/", "first_seen_at": SEEN, "last_seen_at": SEEN}
        # By the blog's clock the post of 30 September, 23:30 UTC is of October.
        for month, label, claimed in [(9, "September 2021", 2), (10, "October 2021", 9), (11, "November 2021", None)]
    ])  # fmt: skip
    insert(connection, "thread_pages", [
        {"post_id": key("p", post), "page": page, "pages": pages, "shown": shown, "seen_at": SEEN, "fetch_id": FETCH}
        for post, page, pages, shown in THREAD_PAGES
    ])  # fmt: skip
    home = "https://stemcells.example"
    frontier = [
        (f"{home}/diet/comment-page-2/", "comment_page", "given_up", "503 Service Unavailable"),
        (f"{home}/lost/", "post", "given_up", "the answer was cut off"),
        (f"{home}/private/", "post", "excluded", "robots.txt forbids it"),
        (f"{home}/trial/", "post", "done", None),
    ]
    insert(connection, "frontier", [
        {"id": f"f{number}", "blog_id": BLOG, "url": url, "kind": kind, "priority": 1, "state": state,
         "last_error": error}
        for number, (url, kind, state, error) in enumerate(frontier)
    ])  # fmt: skip


def _works(connection: sqlite3.Connection) -> None:
    insert(connection, "works", [
        {"id": key("w", "doi"), "scheme": "doi", "identifier": DOI, "url": f"https://doi.org/{DOI}"},
        {"id": key("w", "nct"), "scheme": "nct", "identifier": "NCT01234567",
         "url": "https://clinicaltrials.gov/study/NCT01234567"},
    ])  # fmt: skip
    cited = [("doi", "trial", None), ("doi", "trial", "t1"), ("nct", "walk", "w2")]
    insert(connection, "citations", [
        {"id": f"k{number}", "work_id": key("w", work), "post_id": key("p", post),
         "comment_id": key("c", comment) if comment else None}
        for number, (work, post, comment) in enumerate(cited)
    ])  # fmt: skip
