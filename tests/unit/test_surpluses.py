"""A heading that counts more than its thread shows: explained by two whole readings that agree, by nothing less."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pytest

from archiver.model import Visit
from db import surpluses
from tests.unit.readings import fresh_writer
from tests.unit.test_vanished import ALL, PAGED, Blog, page

EXPLAINED = "counted, and not shown in two whole readings"
Run = Sequence[Visit]


@pytest.fixture
def blog() -> Iterator[Blog]:
    with fresh_writer() as writer:
        yield Blog(writer)


def told(blog: Blog) -> tuple[str, int, int, str | None]:
    row = blog.writer.connection.execute(
        "SELECT state, missing, out_of_reach, reason FROM coverage WHERE url LIKE '%/post/'"
    ).fetchone()
    return tuple(row)


def whole(claimed: int, shown: Sequence[int] = ALL) -> Run:
    return [page(1, shown, claimed=claimed)]


def paged(claimed: int, *, second: int = 200, pages: int = 2) -> Run:
    first = page(1, (1, 2, 3), claimed=claimed, number=1, pages=pages)
    return [first, page(1, (4, 5), claimed=claimed if second == 200 else None, number=2, pages=pages, status=second)]


NOT_SHOWN, NOT_READ, FAILED = "counted but not shown", "comment pages not read", "page failed"
CASES: dict[str, tuple[list[Run], tuple[str, int, int, str | None]]] = {
    "one reading": ([whole(7)], ("missing", 2, 0, NOT_SHOWN)),
    "two that agree": ([whole(7), whole(7)], ("explained", 0, 2, EXPLAINED)),
    "a new comment, the same difference": ([whole(7), whole(8, (*ALL, 6))], ("explained", 0, 2, EXPLAINED)),
    "two of all pages": ([paged(7), paged(7)], ("explained", 0, 2, EXPLAINED)),
    "the difference has changed": ([whole(7), whole(8)], ("missing", 3, 0, NOT_SHOWN)),
    "it changed, and was the same again": ([whole(7), whole(8), whole(8)], ("explained", 0, 3, EXPLAINED)),
    "it changes all the time": ([whole(7), whole(8), whole(7)], ("missing", 2, 0, NOT_SHOWN)),
    "it was met in between": ([whole(6), whole(5), whole(6)], ("missing", 1, 0, NOT_SHOWN)),
    "a page failed the second time": ([paged(7), paged(7, second=500)], ("missing", 2, 0, FAILED)),
    "a page failed each time": ([paged(7, second=500)] * 3, ("missing", 4, 0, FAILED)),
    "there are more pages": ([paged(7, pages=3)] * 3, ("missing", 2, 0, NOT_READ)),
    "only its first page was read": ([paged(7)[:1]] * 3, ("missing", 4, 0, NOT_READ)),
    "a part was read after the two": ([paged(7), paged(7), paged(7)[:1]], ("missing", 2, 0, NOT_SHOWN)),
    "less than half is shown": ([whole(12)] * 3, ("missing", 7, 0, NOT_SHOWN)),
    "a page ends as a full one does": ([whole(12, range(1, 11))] * 3, ("missing", 2, 0, NOT_SHOWN)),
    "all is shown": ([whole(5), whole(5)], ("complete", 0, 0, None)),
}


@pytest.mark.parametrize(("runs", "wanted"), CASES.values(), ids=CASES)
def test_a_difference_is_explained_by_two_whole_readings(
    blog: Blog, runs: list[Run], wanted: tuple[str, int, int, str | None]
) -> None:
    for run in runs:
        blog.run(run)
    assert told(blog) == wanted


@pytest.mark.parametrize("outcome", ["failed", "interrupted"])
def test_a_run_that_did_not_end_well_explains_nothing(blog: Blog, outcome: str) -> None:
    blog.run(whole(7))
    blog.run(whole(7), outcome=outcome)
    assert told(blog) == ("missing", 2, 0, NOT_SHOWN)


def test_one_reading_counts_once_however_often_it_is_noted(blog: Blog) -> None:
    blog.run(PAGED)
    blog.run(whole(7))
    (crawl,) = blog.writer.connection.execute("SELECT max(id) FROM crawls").fetchone()
    for _ in range(3):
        surpluses.note(blog.writer.connection, crawl)
    assert told(blog) == ("missing", 2, 0, NOT_SHOWN)


def test_a_comment_that_only_a_feed_has_shown_speaks_against_it(blog: Blog) -> None:
    """It is held, and no page shows it: others may be hidden as well."""
    for _ in range(2):
        blog.run(whole(8))
    assert told(blog)[0] == "explained"
    blog.writer.connection.execute(
        "INSERT INTO comments (id, docid, blog_id, post_id, kind, sources, first_seen_at, last_seen_at)"
        " SELECT 'told-by-a-feed', 999, blog_id, post_id, 'comment', 'comment_feed', first_seen_at, last_seen_at"
        " FROM comments WHERE native_id = '1'"
    )
    assert told(blog) == ("missing", 2, 0, NOT_SHOWN)
