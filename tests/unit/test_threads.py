"""Threads: whatever the markup, the same tree comes back."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archiver.engines import threads
from archiver.engines.dom import Dom
from archiver.model import Comment, ParentSource, PostRef, Site
from archiver.page import Page
from archiver.text import clean, squeeze
from tests.unit.thread_shapes import WITH_DEPTH, WITH_PINGS, WITHOUT_DEPTH, Said, Shape, page, walk

SITE = Site(key="blog.example.org", home="https://blog.example.org/", utc_offset=0, language="en-GB")
POST = PostRef(native_id="9", url="https://blog.example.org/post/")


def read(html: str, url: str = "https://blog.example.org/post/") -> threads.Thread:
    made = Page(url, html.encode(), headers={"content-type": "text/html; charset=utf-8"})
    dom = Dom(made)
    return threads.read(dom, POST, SITE, outside=dom.classed("entry-content", "widget-area"))


LETTERS = st.characters(codec="utf-8", exclude_categories=("Cs", "Cc", "Cn"))
# Themes print a colon or a comma behind a name, so that one at the end of it would be taken for theirs.
NAMES = st.one_of(
    st.text(LETTERS, min_size=1, max_size=20),
    st.sampled_from(
        [
            "Ann O’Hara",
            'Dr "Quotes" & Co',
            "<b>Bold</b>",
            "ダニエル",
            "أحمد العربي",
            "🧠 Brain",
            "admin",
            "Anonymous",
            "on May 7, 2018 at 9:00 am",
            "March 2020",
            "Reply",
        ]
    ),
).filter(
    lambda text: (
        squeeze(clean(text)) != "" and any(char.isalnum() for char in text) and text.rstrip()[-1:] not in ":：,"
    )
)
TEXTS = st.lists(st.text(LETTERS, min_size=1, max_size=60).filter(lambda t: squeeze(t) != ""), min_size=1, max_size=3)
URLS = st.sampled_from([None, None, "https://person.example.org/", "http://example.com/?p=1&x=2"])


@st.composite
def trees(draw: st.DrawFn, *, pings: bool = False, most: int = 9) -> list[Said]:
    """A tree of comments with ids in any order."""
    count = draw(st.integers(1, most))
    ids = draw(st.lists(st.integers(1, 99999), min_size=count, max_size=count, unique=True))
    made: list[Said] = []
    roots: list[Said] = []
    depths: dict[int, int] = {}
    for id_ in ids:
        kind = draw(st.sampled_from(["comment", "comment", "comment", "pingback", "trackback"])) if pings else "comment"
        one = Said(
            id_,
            draw(NAMES),
            draw(TEXTS),
            draw(URLS) or ("https://ping.example.org/" if kind != "comment" else None),
            kind,
        )
        above = [other for other in made if other.kind == "comment" and depths[other.id] < 8]
        parent = draw(st.sampled_from([None, *above])) if above and kind == "comment" else None
        (roots if parent is None else parent.replies).append(one)
        depths[id_] = 1 if parent is None else depths[parent.id] + 1
        made.append(one)
    return roots


A_SHAPE = settings(max_examples=settings.default.max_examples // 4)
"""For each of some forty shapes: they are read by the same code, so that their examples add up to thousands."""


def as_read(comments: tuple[Comment, ...]) -> list[tuple[str | None, str | None, int | None]]:
    return [(c.native_id, c.parent, c.depth) for c in comments]


def as_meant(roots: list[Said]) -> list[tuple[str, str | None, int]]:
    return [(str(one.id), str(parent.id) if parent else None, depth) for one, depth, parent in walk(roots)]


TYPED = re.compile(r"<(a|b|code|del|em|font|i|s|small|span|strong|sub|sup|u)>(.*?)</\1>", re.IGNORECASE)


def assert_same(thread: threads.Thread, roots: list[Said]) -> None:
    assert as_read(thread.comments) == as_meant(roots)
    for comment, (one, _, _) in zip(thread.comments, walk(roots), strict=True):
        assert comment.parent_source is not ParentSource.UNKNOWN
        assert comment.kind == one.kind
        assert comment.author is not None
        # Markup that people type into their names is none of them, even where a theme prints it.
        assert comment.author.name == (TYPED.sub(r"\2", squeeze(clean(one.name))).strip() or squeeze(clean(one.name)))
        assert comment.author.url == one.url
        if one.kind == "comment":
            assert comment.content is not None
            assert squeeze(comment.content.text) == squeeze(clean(" ".join(one.paragraphs)))
    assert [comment.position for comment in thread.comments] == list(range(len(thread.comments)))


@pytest.mark.parametrize("shape", WITH_DEPTH.values(), ids=WITH_DEPTH)
@A_SHAPE
@given(roots=trees())
def test_a_tree_comes_back_from_any_shape(shape: Shape, roots: list[Said]) -> None:
    assert_same(read(page(shape(roots))), roots)


@pytest.mark.parametrize("shape", WITHOUT_DEPTH.values(), ids=WITHOUT_DEPTH)
@A_SHAPE
@given(roots=trees())
def test_nesting_alone_tells_where_there_is_any(shape: Shape, roots: list[Said]) -> None:
    thread = read(page(shape(roots)))
    if any(one.replies for one in roots) or len(roots) == 1:
        assert_same(thread, roots)
    else:  # nothing shows whether this blog nests replies at all
        assert {(c.parent, c.parent_source) for c in thread.comments} == {(None, ParentSource.UNKNOWN)}
        assert [c.native_id for c in thread.comments] == [str(one.id) for one in roots]


@pytest.mark.parametrize("shape", WITH_PINGS.values(), ids=WITH_PINGS)
@A_SHAPE
@given(roots=trees(pings=True))
def test_pings_stand_among_comments(shape: Shape, roots: list[Said]) -> None:
    assert_same(read(page(shape(roots))), roots)


@given(
    roots=trees(most=14), size=st.integers(1, 6), shape=st.sampled_from(list(WITH_DEPTH.values())), newest=st.booleans()
)
def test_pages_of_any_size_and_order_add_up(roots: list[Said], size: int, shape: Shape, newest: bool) -> None:
    pages = [roots[start : start + size] for start in range(0, len(roots), size)]
    if newest:
        pages = [chunk[::-1] for chunk in reversed(pages)]
    found = [row for chunk in pages for row in as_read(read(page(shape(chunk))).comments)]
    assert sorted(found) == sorted(as_meant(roots))
