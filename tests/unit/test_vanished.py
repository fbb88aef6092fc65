"""What has vanished is marked on complete evidence only, and unmarked when it is there again."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from unittest.mock import patch

import pytest

from archiver.model import (
    Claim,
    Comment,
    Content,
    Extract,
    Fetch,
    Moment,
    ParentSource,
    Post,
    PostRef,
    Precision,
    Rank,
    Target,
    TargetKind,
    ThreadPage,
    Visit,
)
from db import Writer, vanished
from db.changes import touched
from db.vanished import Gone
from tests.unit.readings import SITE, fresh_writer

POST = PostRef(native_id="1", url="https://blog.example.org/post/")
OTHERS = range(100, 120)
"""Comments of another post, which every run sees: half of a blog never vanishes at once."""
ALL = (1, 2, 3, 4, 5)
PARENTS = {3: 2, 4: 2}
API = "https://blog.example.org/wp-json/wp/v2/comments?page="


@dataclass
class Blog:
    """A writer, and the day: every run has one of its own."""

    writer: Writer
    day: int = 0

    def run(self, visits: Sequence[Visit], outcome: str = "complete", command: str = "crawl") -> Gone:
        """One run over the blog: everything that it fetches, one URL after the other."""
        self.day += 1
        began = f"2026-01-{self.day:02}T00:00:00.000000Z"
        with patch("db.writer.now", lambda: began):
            crawl = self.writer.begin_crawl(SITE, command=command, version="0", settings={})
        quiet = page(2, [*OTHERS], "https://blog.example.org/other/", claimed=len(OTHERS))
        for number, visit in enumerate([quiet, *visits], 1):
            self.writer.add_targets(SITE, [visit.target])
            at = f"2026-01-{self.day:02}T01:00:{number:02}.000000Z"
            failed = "given up" if (visit.fetch.status or 0) >= 500 else None
            self.writer.save(stamped(visit, at), crawl, failed=failed)
        with patch("db.writer.now", lambda: began):
            return self.writer.end_crawl(crawl, outcome=outcome, reason=None, counts={})

    def gone(self) -> dict[int, str]:
        query = "SELECT native_id, gone_at FROM comments WHERE gone_at IS NOT NULL ORDER BY native_id"
        return {int(number): at for number, at in self.writer.connection.execute(query)}

    def gone_posts(self) -> list[str]:
        return [row[0] for row in self.writer.connection.execute("SELECT url FROM posts WHERE gone_at IS NOT NULL")]


def stamped(visit: Visit, at: str) -> Visit:
    fetch = Fetch(url=visit.fetch.url, fetched_at=at, status=visit.fetch.status)
    return Visit(site=SITE, target=visit.target, fetch=fetch, extract=visit.extract, engine="test", engine_version=1)


def comment(post: PostRef, number: int, rank: Rank) -> Comment:
    parent = PARENTS.get(number)
    return Comment(
        post=post,
        native_id=str(number),
        rank=rank,
        parent=str(parent) if parent else None,
        parent_source=ParentSource.API if rank is Rank.API else ParentSource.DOM,
        content=Content(html=f"<p>{number}</p>", text=str(number)),
        published=Moment(at="2025-01-01T00:00:00Z", precision=Precision.SECOND),
        position=None if rank is Rank.API else number,
        source="api" if rank is Rank.API else "page",
    )


def page(
    post: int,
    numbers: Iterable[int],
    url: str = POST.url or "",
    *,
    claimed: int | None = None,
    number: int | None = None,
    pages: int = 1,
    status: int = 200,
    protected: bool = False,
) -> Visit:
    """A page of a post with these comments on it, or the failure to get it."""
    kind = TargetKind.COMMENT_PAGE if number and number > 1 else TargetKind.POST
    target = Target(url=f"{url}comment-page-{number}/" if kind is TargetKind.COMMENT_PAGE else url, kind=kind)
    ref = PostRef(native_id=str(post), url=url)
    shown = [comment(ref, n, Rank.PAGE) for n in numbers]
    said = Claim(subject_kind="post", subject=f"#{post}", measure="comments", number=claimed or 0, where="heading")
    extract = Extract(
        posts=(
            Post(
                url=url,
                native_id=str(post),
                rank=Rank.PAGE,
                title="T",
                content=Content(html="x", text="x"),
                protected=protected,
            ),
        ),
        comments=tuple(shown),
        threads=(ThreadPage(post=ref, page=number, pages=pages, shown=len(shown)),),
        claims=(said,) if claimed is not None else (),
    )
    ok = status == 200
    return Visit(
        site=SITE,
        target=target,
        fetch=Fetch(url=target.url, fetched_at="", status=status),
        extract=extract if ok else Extract(),
    )


def listed(numbers: Iterable[int], total: int, *, number: int = 1, status: int = 200) -> Visit:
    """A page of the API's list of comments."""
    hint = {"route": "comments", "page": str(number)}
    target = Target(url=f"{API}{number}", kind=TargetKind.API, hint=hint)
    said = Claim(subject_kind="blog", subject="", measure="comments", number=total, where="api")
    extract = Extract(comments=tuple(comment(POST, n, Rank.API) for n in numbers), claims=(said,))
    fetch = Fetch(url=target.url, fetched_at="", status=status)
    return Visit(site=SITE, target=target, fetch=fetch, extract=extract if status == 200 else Extract())


@pytest.fixture
def blog():
    with fresh_writer() as writer:
        yield Blog(writer)


# ── by pages ─────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("first", "second", "gone"),
    [
        # What the heading claims, then and now; what is shown now.
        (5, (4, (1, 2, 3, 4)), {5}),
        (5, (5, (1, 2, 3, 4)), set()),  # it counts one that was not found: it may be the fifth
        (7, (6, (1, 2, 3, 4)), {5}),  # it always counted two that it does not show
        (7, (7, (1, 2, 3, 4)), set()),
        (None, (None, (1, 2, 3, 4)), {5}),
        (5, (4, (1, 5)), {2, 3, 4}),  # a comment was deleted; its two answers are hidden, and counted still
        (5, (5, (1, 5)), set()),
        (5, (2, (1, 5)), {2, 3, 4}),  # the answers were deleted as well
        (5, (5, ALL), set()),
    ],
)
def test_a_whole_thread_tells_what_has_vanished(blog, first, second, gone):
    blog.run([page(1, ALL, claimed=first)])
    claimed, shown = second
    assert blog.run([page(1, shown, claimed=claimed)]) == Gone(comments=len(gone))
    assert blog.gone() == dict.fromkeys(gone, "2026-01-02T01:00:02.000000Z")


def test_what_is_hidden_once_is_expected_from_then_on(blog):
    """An answer to a deleted comment is counted for ever; that must not stand in the way of the next finding."""
    blog.run([page(1, ALL, claimed=5)])
    blog.run([page(1, (1, 5), claimed=4)])
    blog.run([page(1, (1,), claimed=3)])
    assert blog.gone() == {
        2: "2026-01-02T01:00:02.000000Z",
        3: "2026-01-02T01:00:02.000000Z",
        4: "2026-01-02T01:00:02.000000Z",
        5: "2026-01-03T01:00:02.000000Z",
    }


def test_runs_within_one_second_see_what_vanishes_and_returns_between_them(blog):
    """Where a run begins in the second in which the one before it ended, times to the second cannot tell them apart."""
    seen = (ALL, (1, 2, 3, 4), ALL, (2, 3, 4, 5))
    found = []
    for number, numbers in enumerate(seen):
        began, read, ended = (f"2026-01-01T00:00:00.{number}{tick}0000Z" for tick in (0, 5, 9))
        with patch("db.writer.now", lambda at=began: at):
            crawl = blog.writer.begin_crawl(SITE, command="crawl", version="0", settings={})
        for visit in (page(2, [*OTHERS], "https://blog.example.org/other/"), page(1, numbers, claimed=len(numbers))):
            blog.writer.add_targets(SITE, [visit.target])
            blog.writer.save(stamped(visit, read), crawl)
        with patch("db.writer.now", lambda at=ended: at):
            blog.writer.end_crawl(crawl, outcome="complete", reason=None, counts={})
        new = {one.id for one in touched(blog.writer.connection, crawl, "new", 99)}
        lost = {one.id for one in touched(blog.writer.connection, crawl, "gone", 99)}
        found.append((len(new) > 0, len(lost), blog.gone()))
    once, again = "2026-01-01T00:00:00.150000Z", "2026-01-01T00:00:00.350000Z"
    assert found == [(True, 0, {}), (False, 1, {5: once}), (False, 0, {}), (False, 1, {1: again})]


def test_a_surplus_that_is_not_explained_is_not_taken_for_granted(blog):
    """A page that was not understood is not evidence the next time either."""
    blog.run([page(1, ALL, claimed=5)])
    for _ in range(3):
        assert blog.run([page(1, (1, 2), claimed=5)]) == Gone()
    assert blog.gone() == {}


PAGED = [page(1, (1, 2, 3), claimed=5, number=1, pages=2), page(1, (4, 5), claimed=5, number=2, pages=2)]


@pytest.mark.parametrize(
    ("second", "gone"),
    [
        ([page(1, (1, 2), claimed=4, number=1, pages=2), page(1, (4, 5), claimed=4, number=2, pages=2)], {3}),
        ([page(1, (1, 2), claimed=4, number=1, pages=2), page(1, (), number=2, pages=2, status=500)], set()),
        ([page(1, (1, 2), claimed=2, number=1, pages=2)], set()),  # the second page was not asked for
        ([page(1, (1, 2), claimed=2, number=1, pages=1)], {3, 4, 5}),  # there is no second page any more
        # Somebody commented while the pages were read, so that a comment may have slipped from one to the other.
        ([page(1, (1, 2), claimed=4, number=1, pages=2), page(1, (4, 5), claimed=5, number=2, pages=2)], set()),
    ],
)
def test_all_comment_pages_are_needed(blog, second, gone):
    blog.run(PAGED)
    blog.run(second)
    assert set(blog.gone()) == gone


def test_what_returns_is_unmarked(blog):
    blog.run([page(1, ALL, claimed=5)])
    blog.run([page(1, (1, 2, 3, 4), claimed=4)])
    assert set(blog.gone()) == {5}
    blog.run([page(1, ALL, claimed=5)])
    assert blog.gone() == {}


def test_a_return_is_counted(blog):
    blog.run([page(1, ALL, claimed=5)])
    blog.run([page(1, (1, 2, 3, 4), claimed=4)])
    blog.writer.add_targets(SITE, [page(1, ALL).target])
    crawl = blog.writer.begin_crawl(SITE, command="crawl", version="0", settings={})
    saved = blog.writer.save(stamped(page(1, ALL, claimed=5), "2026-01-09T00:00:00.000000Z"), crawl)
    assert (saved.returned_comments, saved.new_comments, saved.changed_comments) == (1, 0, 0)


@pytest.mark.parametrize("outcome", ["limit", "interrupted", "failed"])
def test_a_run_that_was_cut_short_marks_nothing(blog, outcome):
    blog.run([page(1, ALL, claimed=5)])
    assert blog.run([page(1, (1, 2, 3, 4), claimed=4)], outcome=outcome) == Gone()


def test_what_a_password_hides_has_not_vanished(blog):
    blog.run([page(1, ALL, claimed=5)])
    assert blog.run([page(1, (), claimed=0, protected=True)]) == Gone()


def test_half_of_a_blog_does_not_vanish_at_once(blog):
    numbers = range(200, 230)
    blog.run([page(1, numbers, claimed=30)])
    assert blog.run([page(1, (), claimed=0)]) == Gone()
    query = "SELECT kind, detail FROM oddities"
    assert blog.writer.connection.execute(query).fetchone()[:] == ("vanished_comments_not_believed", "30 of 50")


# ── by the API, and posts ────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("second", "gone"),
    [
        ([listed((1, 2), 4), listed((3, 4), 4, number=2)], {5}),
        ([listed((1, 2), 4), listed((), 4, number=2, status=500)], set()),
        ([listed((1, 2), 5), listed((3, 4), 4, number=2)], set()),  # the list grew shorter while it was read
        ([listed((1, 2), 4), listed((3, 4), 4, number=2), page(1, ALL, claimed=5)], set()),  # the page shows it
    ],
)
def test_the_whole_list_is_needed(blog, second, gone):
    blog.run([listed((1, 2), 5), listed((3, 4, 5), 5, number=2)])
    blog.run(second)
    assert set(blog.gone()) == gone


@pytest.mark.parametrize(("status", "gone"), [(404, True), (410, True), (403, False), (500, False)])
def test_what_stood_under_a_post_vanishes_with_it(blog, status, gone):
    blog.run([page(1, ALL, claimed=5)])
    assert blog.run([page(1, (), status=status)]) == (Gone(posts=1, comments=5) if gone else Gone())
    assert blog.gone_posts() == ([POST.url] if gone else [])
    blog.run([page(1, ALL, claimed=5)])
    assert (blog.gone(), blog.gone_posts()) == ({}, [])


def test_what_is_asked_of_each_thread_looks_through_no_table_of_words() -> None:
    """Such a question for each of 6,000 posts took a minute at the end of a run."""
    questions = {name: value for name, value in vars(vanished).items() if name.isupper() and isinstance(value, str)}
    assert {"GONE_FROM_PAGE", "GONE_FROM_ANSWERS", "GONE_FROM_LISTED_THREADS", "UNLISTED_POSTS"} <= set(questions)
    with fresh_writer() as writer:
        for name, question in questions.items():
            if question.lstrip().startswith(("SELECT", "INSERT")):  # the others are parts
                plan = writer.connection.execute(f"EXPLAIN QUERY PLAN {question}", [None] * sqlite_marks(question))
                scanned = {row["detail"].split()[1] for row in plan if row["detail"].startswith("SCAN")}
                assert not scanned & {"posts", "comments", "p", "c"}, name


def sqlite_marks(question: str) -> int:
    """How many values a question is given, be they numbered or not."""
    numbered = {int(number) for number in re.findall(r"\?(\d+)", question)}
    return max(numbered) if numbered else question.count("?")
