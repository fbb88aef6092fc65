"""Threads of unseen themes: the same tree comes back; where nothing shows one, none is made up."""

from __future__ import annotations

import pytest
from hypothesis import given

from archiver.engines import threads
from archiver.model import ParentSource
from archiver.text import clean, squeeze
from tests.unit.test_threads import A_SHAPE, as_meant, as_read, assert_same, read, trees
from tests.unit.theme_shapes import FLAT, WITH_DEPTH, WITHOUT_DEPTH, answering
from tests.unit.thread_shapes import Said, Shape, page, walk

UNDATED = {WITH_DEPTH["dumped"], WITH_DEPTH["replaced"]}  # no date, or "5 years ago"


def assert_dated(thread: threads.Thread, roots: list[Said]) -> None:
    for comment, (one, _, _) in zip(thread.comments, walk(roots), strict=True):
        assert comment.published is not None
        assert comment.published.at[:16] == one.when[:16]


@pytest.mark.parametrize("shape", WITH_DEPTH.values(), ids=WITH_DEPTH)
@A_SHAPE
@given(roots=trees())
def test_a_tree_comes_back(shape: Shape, roots: list[Said]) -> None:
    thread = read(page(shape(roots)))
    assert_same(thread, roots)
    if shape not in UNDATED:
        assert_dated(thread, roots)


@pytest.mark.parametrize("shape", WITHOUT_DEPTH.values(), ids=WITHOUT_DEPTH)
@A_SHAPE
@given(roots=trees())
def test_nesting_alone_tells(shape: Shape, roots: list[Said]) -> None:
    thread = read(page(shape(roots)))
    if any(one.replies for one in roots) or len(roots) == 1:
        assert_same(thread, roots)
        assert_dated(thread, roots)
    else:
        assert {(c.parent, c.parent_source) for c in thread.comments} == {(None, ParentSource.UNKNOWN)}


@pytest.mark.parametrize("shape", FLAT.values(), ids=FLAT)
@A_SHAPE
@given(roots=trees())
def test_flat_threads_have_no_parents(shape: Shape, roots: list[Said]) -> None:
    thread = read(page(shape(roots)))
    meant = [one for one, _, _ in walk(roots)]
    assert [c.native_id for c in thread.comments] == [str(one.id) for one in meant]
    assert {c.parent for c in thread.comments} == {None}
    assert len(meant) == 1 or {c.parent_source for c in thread.comments} == {ParentSource.UNKNOWN}
    for comment, one in zip(thread.comments, meant, strict=True):
        assert comment.author is not None
        assert comment.author.url == one.url
        assert comment.content is not None
        assert squeeze(comment.content.text) == squeeze(clean(" ".join(one.paragraphs)))
    assert_dated(thread, roots)


@pytest.mark.parametrize("name", ["Bob on May 7, 2018", "on May 7, 2018 at 9:00 am says:", "#1 by X on May 5, 2020"])
def test_who_is_named_like_a_line_about_a_comment_is_called_so_where_that_is_stated(name: str) -> None:
    """By microdata. Where a mere frame says it, name and date cannot be told apart."""
    roots = [Said(11, name, ["Words."], None), Said(12, "Ann", ["Other words."], None)]
    thread = read(page(WITH_DEPTH["microdata"](roots)))
    assert_same(thread, roots)
    assert_dated(thread, roots)


@pytest.mark.parametrize("shape", WITH_DEPTH.values(), ids=WITH_DEPTH)
@pytest.mark.parametrize("name", ["0 0000 -", "- 12345", "by 1 2012", "Route 66 2012"])
def test_five_digits_are_no_date(shape: Shape, name: str) -> None:
    assert_same(read(page(shape([Said(11, name, ["Words."], None)]))), [Said(11, name, ["Words."], None)])


@given(roots=trees())
def test_links_to_what_is_answered_tell(roots: list[Said]) -> None:
    thread = read(page(answering(roots)))
    assert [(id_, parent) for id_, parent, _ in as_read(thread.comments)] == [row[:2] for row in as_meant(roots)]
    replied = any(comment.parent for comment in thread.comments)
    of_roots = ParentSource.INFERRED if replied else ParentSource.UNKNOWN
    for comment in thread.comments:
        assert comment.parent_source is (ParentSource.FEED if comment.parent else of_roots) or len(thread.comments) == 1
