"""Several readings of one comment, by API, page and feed, are one row, whichever comes first."""

from __future__ import annotations

from dataclasses import replace
from itertools import permutations

import pytest

from archiver.model import Author, Comment, Content, Extract, ParentSource, Post, PostRef, Rank, ThreadPage, Visit
from tests.unit.readings import begin, fresh_writer, visit

REF = PostRef(native_id="9", url="https://blog.example.org/post/")
ANNA = Author(name="Anna Berg", member=True)


def said(id_: str, rank: Rank, source: str, **known: object) -> Comment:
    return Comment(
        post=REF,
        native_id=id_,
        rank=rank,
        source=source,
        author=ANNA if id_ == "3" else Author(name="Owen", member=False),
        content=Content(html=f"<p>Words {id_}.</p>", text=f"Words {id_}."),
        **known,  # type: ignore[arg-type]
    )


# On the page 3 stands beside 2, since the blog nests two levels only; it answers 2.
PAGE = [
    said("1", Rank.PAGE, "page", parent_source=ParentSource.DOM, depth=1, page=2, position=0),
    said("2", Rank.PAGE, "page", parent="1", parent_source=ParentSource.DOM, depth=2, page=2, position=1),
    said("3", Rank.PAGE, "page", parent="1", parent_source=ParentSource.INFERRED, depth=2, page=2, position=2),
]
API = [
    said("3", Rank.API, "api", parent="2", parent_source=ParentSource.API),
    said("2", Rank.API, "api", parent="1", parent_source=ParentSource.API),
    said("1", Rank.API, "api", parent_source=ParentSource.API),
]
FEED = [said("3", Rank.FEED, "feed", parent="2", parent_source=ParentSource.FEED), said("1", Rank.FEED, "feed")]
POST = Post(url=REF.url, native_id="9", rank=Rank.API, title="A post", authors=(ANNA,))


def readings() -> dict[str, Visit]:
    shown = ThreadPage(post=REF, page=2, pages=2, shown=3)
    extracts = {
        "page": Extract(comments=tuple(PAGE), threads=(shown,)),
        "api": Extract(comments=tuple(API)),
        "feed": Extract(comments=tuple(FEED)),
        "post": Extract(posts=(POST,)),
    }
    return {
        name: visit(extract, number, f"2026-01-02T03:04:0{number}.000000Z")
        for number, (name, extract) in enumerate(extracts.items())
    }


def rows(*names: str) -> dict[str, tuple[object, ...]]:
    """Native id -> parent's native id, how that is known, depth, position, by the post's author, sources."""
    with fresh_writer() as writer:
        crawl = begin(writer)
        for name in names:
            writer.save(readings()[name], crawl)
        found = writer.connection.execute(
            "SELECT one.native_id, up.native_id, one.parent_source, one.depth, one.position, one.by_post_author,"
            " one.sources FROM comments AS one LEFT JOIN comments AS up ON up.id = one.parent_id"
        )
        return {row[0]: tuple(row[1:]) for row in found}


@pytest.mark.parametrize("order", list(permutations(["page", "api", "feed", "post"])), ids="-".join)
def test_the_true_parent_and_the_place_on_the_page(order: tuple[str, ...]) -> None:
    assert rows(*order) == {
        "1": (None, "api", 1, 0, 0, "api feed page"),
        "2": ("1", "api", 2, 1, 0, "api page"),
        "3": ("2", "api", 2, 2, 1, "api feed page"),
    }


@pytest.mark.parametrize("order", list(permutations(["page", "feed"])), ids="-".join)
def test_a_feed_knows_better_than_a_flattened_page(order: tuple[str, ...]) -> None:
    assert rows(*order)["3"][:4] == ("2", "feed", 2, 2)


@pytest.mark.parametrize("order", list(permutations(["api", "post"])), ids="-".join)
def test_whose_comment_it_is_without_pages(order: tuple[str, ...]) -> None:
    assert [row[4] for _, row in sorted(rows(*order).items())] == [0, 0, 1]


def test_a_parent_that_is_not_archived_is_kept_in_mind() -> None:
    with fresh_writer() as writer:
        crawl = begin(writer)
        orphan = said("8", Rank.FEED, "feed", parent="7", parent_source=ParentSource.FEED)
        writer.save(visit(Extract(comments=(orphan,)), 0, "2026-01-02T03:04:00.000000Z"), crawl)
        ask = "SELECT parent_id, answers IS NOT NULL, parent_source FROM comments WHERE native_id = '8'"
        assert tuple(writer.connection.execute(ask).fetchone()) == (None, 1, "feed")
        parent = said("7", Rank.PAGE, "page", parent_source=ParentSource.DOM, depth=1, page=None, position=0)
        writer.save(visit(Extract(comments=(parent,)), 1, "2026-01-02T03:04:01.000000Z"), crawl)
        assert writer.connection.execute(ask).fetchone()[0] is not None


@pytest.mark.parametrize("order", list(permutations(["page", "post"])), ids="-".join)
@pytest.mark.parametrize(("name", "own"), [("Anna Berg", None), ("Owen", 0)])
def test_a_visitor_of_the_authors_name_may_be_the_author(order: tuple[str, ...], name: str, own: int | None) -> None:
    """Where pages do not tell members from visitors."""
    visitor = Author(name=name, member=False, url="https://anna.example.org/")
    comment = replace(said("1", Rank.PAGE, "page"), author=visitor)
    visits = {
        "page": visit(Extract(comments=(comment,)), 0, "2026-01-02T03:04:00.000000Z"),
        "post": visit(Extract(posts=(POST,)), 1, "2026-01-02T03:05:00.000000Z"),
    }
    with fresh_writer() as writer:
        crawl = begin(writer)
        for one in order:
            writer.save(visits[one], crawl)
        ask = "SELECT by_post_author FROM comments"
        assert writer.connection.execute(ask).fetchone()[0] == own
        listed = replace(comment, rank=Rank.API, source="api")  # which tells members from visitors
        writer.save(visit(Extract(comments=(listed,)), 2, "2026-01-02T03:06:00.000000Z"), crawl)
        assert writer.connection.execute(ask).fetchone()[0] == 0
