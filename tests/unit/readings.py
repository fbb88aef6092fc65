"""Visits to a small fictional blog, drawn at random: what the tests of merging are fed with."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest.mock import patch

from hypothesis import strategies as st

from archiver.model import (
    ArchivePeriod,
    Author,
    Citation,
    Claim,
    Comment,
    CommentKind,
    Content,
    Extract,
    Fetch,
    Link,
    Media,
    Moment,
    ParentSource,
    Post,
    PostKind,
    PostRef,
    Precision,
    Rank,
    Site,
    Target,
    TargetKind,
    Term,
    ThreadPage,
    Visit,
)
from db import Archive, Writer, open_archive

SITE = Site(key="blog.example.org", home="https://blog.example.org/", engine="wordpress")
STARTED = "2026-01-01T00:00:00.000000Z"

NAMES = st.sampled_from(["Anna Berg", "Owen Reed", "anna berg", "Mia", "Čyd Ørsted"])
WORDS = st.sampled_from(["One.", "Two words.", "Three words here.", "Stem cells, see below."])
TIMES = st.sampled_from(
    [
        "2026-01-02T03:04:05.000001Z",
        "2026-01-02T03:04:05.000002Z",
        "2026-01-02T03:04:06.500000Z",
        "2026-02-01T00:00:00.000000Z",
    ]
)
NUMBERS = st.sampled_from(["1", "2", "3"])


def url_of(number: str, spelling: str = "") -> str:
    return f"https://blog.example.org/2021/02/post-{number}{spelling}/"


@st.composite
def refs(draw, number: str) -> PostRef:
    """Any way to speak of a post; the second spelling is an earlier permalink of it."""
    url = url_of(number, draw(st.sampled_from(["", "", "-old"])))
    return draw(st.sampled_from([PostRef(native_id=number, url=url), PostRef(native_id=number), PostRef(url=url)]))


@st.composite
def contents(draw) -> Content:
    words = draw(WORDS)
    links = draw(
        st.lists(st.builds(Link, url=st.sampled_from(["https://a.example/", "https://b.example/x"])), max_size=2)
    )
    cited = draw(
        st.sampled_from([(), (Citation("doi", "10.1/x"),), (Citation("pmid", "7"), Citation("doi", "10.1/x"))])
    )
    media = draw(st.sampled_from([(), (Media(url="https://blog.example.org/a.png", alt="A"),)]))
    return Content(html=f"<p>{words}</p>", text=words, links=tuple(links), media=media, citations=cited)


def moments() -> st.SearchStrategy[Moment | None]:
    days = st.integers(1, 3).map(lambda day: f"2021-02-{day:02}T00:00:00Z")
    return st.none() | st.builds(Moment, at=days, precision=st.sampled_from(list(Precision)), printed=st.none() | WORDS)


def authors() -> st.SearchStrategy[Author]:
    return st.builds(
        Author,
        name=NAMES,
        member=st.booleans(),
        native_id=st.none(),
        slug=st.none() | st.just("anna"),
        url=st.none() | st.sampled_from(["https://anna.example/", "https://mia.example"]),
        bio=st.none() | WORDS,
    )


@st.composite
def terms(draw) -> Term:
    """A term: of the API with its id, of a page with its URL, or of a feed with its name alone."""
    taxonomy, name = draw(st.sampled_from(["category", "tag"])), draw(st.sampled_from(["Research", "Stem Cells", "MS"]))
    slug = name.lower().replace(" ", "-")
    parent = draw(st.sampled_from(["research", "stem-cells", "ms"]))
    base = f"https://blog.example.org/{taxonomy}/"
    number = {"research": "1", "stem-cells": "2", "ms": "3"}
    match draw(st.sampled_from(["api", "page", "feed"])):
        case "api":
            above = draw(st.sampled_from([None, number[parent]]))
            url, native = f"{base}{slug}/", number[slug]
            return Term(taxonomy=taxonomy, name=name, url=url, native_id=native, parent_native_id=above)
        case "page":
            return Term(
                taxonomy=taxonomy,
                name=name,
                url=f"{base}{slug}",
                parent_url=draw(st.sampled_from([None, base + parent])),
            )
        case _:
            return Term(taxonomy=taxonomy, name=draw(st.sampled_from([name, name.upper()])))


RANKS = {"api": [Rank.API], "feed": [Rank.FEED, Rank.EXCERPT], "page": [Rank.PAGE], "list": [Rank.STUB]}


@st.composite
def posts(draw) -> Post:
    source = draw(st.sampled_from(list(RANKS)))
    number = draw(NUMBERS)
    ref = draw(refs(number))
    native = number if source == "api" else ref.native_id
    part = draw(st.sampled_from([None, None, 1, 2, 3])) if source == "page" else None
    return Post(
        url=ref.url or url_of(number),
        native_id=native,
        rank=draw(st.sampled_from(RANKS[source])),
        source=source,
        kind=draw(st.sampled_from([PostKind.POST, PostKind.PAGE])),
        title=draw(st.none() | WORDS),
        content=draw(contents()) if part else draw(st.none() | contents()),
        excerpt=draw(st.none() | WORDS),
        published=draw(moments()),
        modified=draw(moments()),
        authors=draw(st.none() | st.lists(authors(), max_size=2).map(tuple)),
        terms=draw(st.none() | st.lists(terms(), max_size=3).map(tuple)),
        comments_open=draw(st.none() | st.booleans()),
        protected=draw(st.none() | st.booleans()),
        part=part,
        parts=draw(st.sampled_from([2, 3])) if part else None,
        weak=draw(st.sampled_from([frozenset(), frozenset({"authors"}), frozenset({"terms"})])),
    )


@st.composite
def comments(draw) -> Comment:
    """A comment of the API, a page or a feed. Comment N stands under post N modulo 3, plus 1."""
    source = draw(st.sampled_from(["api", "page", "feed"]))
    number = draw(st.integers(1, 9))
    native = draw(st.booleans()) or source == "api"
    parent_source = ParentSource.API if source == "api" else draw(st.sampled_from(list(ParentSource)))
    on_page = source == "page"
    return Comment(
        post=draw(refs(str(number % 3 + 1))),
        native_id=str(number) if native else None,
        key=None if native else f"key {number}",
        rank={"api": Rank.API, "page": Rank.PAGE, "feed": Rank.EXCERPT}[source],
        source=source,
        kind=draw(st.sampled_from(list(CommentKind))),
        url=draw(st.none() | st.just(f"https://blog.example.org/#comment-{number}")),
        author=draw(st.none() | authors()),
        content=draw(st.none() | contents()),
        published=draw(moments()),
        parent=draw(st.none() | st.integers(1, 9).map(str)),
        parent_source=parent_source,
        depth=draw(st.none() | st.integers(1, 4)) if on_page else None,
        page=draw(st.none() | st.integers(1, 2)) if on_page else None,
        position=draw(st.integers(0, 3)) if on_page else None,
        by_post_author=draw(st.none() | st.booleans()) if on_page else None,
    )


@st.composite
def claims(draw) -> Claim:
    number = draw(NUMBERS)
    subject = draw(st.sampled_from([f"#{number}", url_of(number), url_of(number, "-old")]))
    return Claim(
        subject_kind="post",
        subject=subject,
        measure="comments",
        number=draw(st.integers(0, 5)),
        where="feed",
    )


def periods() -> st.SearchStrategy[ArchivePeriod]:
    return st.builds(
        ArchivePeriod,
        label=st.sampled_from(["February 2021", "Feb 2021"]),
        year=st.just(2021),
        month=st.sampled_from([1, 2]),
        url=st.none() | st.just("https://blog.example.org/2021/02/"),
        claimed_posts=st.none() | st.integers(0, 3),
    )


@st.composite
def extracts(draw) -> Extract:
    def some(strategy, most):
        return tuple(draw(st.lists(strategy, max_size=most)))

    ref = draw(NUMBERS.flatmap(refs))
    thread = ThreadPage(post=ref, page=draw(st.sampled_from([None, 1, 2])), pages=2, shown=3)
    subject = f"#{ref.native_id}" if ref.native_id else ref.url
    heading = Claim(
        subject_kind="post", subject=subject, measure="comments", number=draw(st.integers(0, 5)), where="heading"
    )
    threads, headings = draw(st.sampled_from([((), ()), ((thread,), ()), ((thread,), (heading,))]))
    return Extract(
        posts=some(posts(), 2),
        authors=some(authors(), 1),
        terms=some(terms(), 2),
        comments=some(comments(), 4),
        archives=some(periods(), 1),
        claims=(*some(claims(), 2), *headings),
        threads=threads,
    )


@st.composite
def visits(draw, most: int = 6) -> list[Visit]:
    """Visits to different URLs, some of them at the same moment, some read by a newer engine."""
    count = draw(st.integers(2, most))
    return [
        visit(draw(extracts()), number, draw(TIMES), version=draw(st.sampled_from([1, 1, 2])))
        for number in range(count)
    ]


def visit(
    extract: Extract,
    number: int,
    fetched_at: str,
    *,
    kind: TargetKind = TargetKind.POST,
    version: int = 1,
    status: int = 200,
) -> Visit:
    url = f"https://blog.example.org/fetched/{number}/"
    return Visit(
        site=SITE,
        target=Target(url=url, kind=kind),
        fetch=Fetch(url=url, fetched_at=fetched_at, status=status),
        extract=extract,
        engine="test",
        engine_version=version,
    )


# -- archives -------------------------------------------------------------------------------------

_FRESH: list[TemporaryDirectory[str]] = []


def fresh() -> Path:
    """A fresh archive, made once: copying it is much quicker than making another one."""
    if not _FRESH:
        _FRESH.append(TemporaryDirectory())
        open_archive(Path(_FRESH[0].name), create=True)
    return Path(_FRESH[0].name) / "archive.db"


@contextmanager
def fresh_writer(patience: int = 0) -> Iterator[Writer]:
    """The writer of a fresh archive."""
    with TemporaryDirectory() as directory:
        shutil.copy(fresh(), directory)
        with closing(Archive(Path(directory)).writer(patience)) as writer:
            yield writer


def begin(writer: Writer, started: str = STARTED) -> str:
    """Begin a crawl whose id is the same in every archive."""
    with patch("db.writer.now", lambda: started):
        return writer.begin_crawl(SITE, command="crawl", version="0", settings={})


def saved(visits: Iterable[Visit], *, end: bool = True, patience: int = 0) -> dict[str, list[tuple[object, ...]]]:
    """The tables of an archive that has saved these visits."""
    with fresh_writer(patience) as writer:
        crawl = begin(writer)
        for one in visits:
            writer.save(one, crawl)
        if end:
            with patch("db.writer.now", lambda: STARTED):
                writer.end_crawl(crawl, outcome="complete", reason=None, counts={})
        assert writer.connection.execute("PRAGMA foreign_key_check").fetchall() == []
        # Works that nothing cites any more go in the end.
        return tables(writer.connection, TABLES if end else [name for name in TABLES if name != "works"])


TABLES = [
    "blogs",
    "authors",
    "terms",
    "posts",
    "post_urls",
    "post_parts",
    "post_authors",
    "post_terms",
    "comments",
    "thread_pages",
    "archives",
    "links",
    "media",
    "works",
    "citations",
    "claims",
]
"""What does not depend on the order of readings: everything but revisions, frontier and widgets' lines."""


def tables(connection: sqlite3.Connection, names: Iterable[str] = TABLES) -> dict[str, list[tuple[object, ...]]]:
    """The rows of tables, sorted, without docid, which is local to a file."""
    found = {}
    for name in names:
        columns = [row[1] for row in connection.execute(f"PRAGMA table_info({name})") if row[1] != "docid"]
        rows = connection.execute(f"SELECT {', '.join(columns)} FROM {name} ORDER BY 1, 2")
        found[name] = [tuple(row) for row in rows]
    return found
