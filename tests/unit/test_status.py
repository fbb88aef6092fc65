"""Status: what is held, what is claimed, where the gaps are."""

from __future__ import annotations

from contextlib import closing

import pytest

from archiver.crawl.outcome import Coverage
from archiver.errors import UsageError
from archiver.status.blogs import blog_status, find_blogs
from archiver.status.gaps import CategoryGap, MonthGap, PostGap, month_gaps, post_gaps
from archiver.status.lines import describe, describe_gaps
from db import open_archive
from tests.unit import sample


@pytest.fixture(scope="module")
def connection(tmp_path_factory):
    with closing(open_archive(sample.make(tmp_path_factory.mktemp("status"))).connect()) as connection:
        yield connection


@pytest.fixture
def gappy(connection):
    return find_blogs(connection, [sample.GAPPY.key])[0]


@pytest.fixture
def whole(connection):
    return find_blogs(connection, [sample.WHOLE.key])[0]


@pytest.mark.parametrize("name", ["blog.example.org", "https://www.blog.example.org/", "http://blog.example.org"])
def test_a_blog_is_found_however_it_is_named(connection, gappy, name):
    assert find_blogs(connection, [name, "blog.example.org"]) == [gappy]


def test_all_blogs_when_none_is_named(connection, gappy, whole):
    assert find_blogs(connection, []) == [gappy, whole]


def test_a_blog_that_is_not_there(connection):
    with pytest.raises(UsageError, match=r"third\.example: .* It has blog\.example\.org, other\.example\.net"):
        find_blogs(connection, ["third.example"])
    with pytest.raises(LookupError):
        blog_status(connection, "nothing")


def test_a_blog_with_gaps(connection, gappy):
    status = blog_status(connection, gappy)
    assert (status.posts, status.pages, status.comments, status.pings, status.gone) == (2, 0, 2, 1, 0)
    assert (status.pending, status.given_up) == (1, 1)
    assert status.coverage == Coverage(
        claimed_posts=3,
        captured_posts=2,
        claimed_comments=5,
        captured_comments=3,
        posts_with_gaps=1,
        months_with_gaps=1,
    )
    assert status.has_gaps
    assert status.last_run is not None
    assert (status.last_run.outcome, status.last_run.reason) == ("incomplete", "2 comments are missing")


def test_a_whole_blog(connection, whole):
    status = blog_status(connection, whole)
    assert status.coverage == Coverage(captured_posts=1, claimed_comments=0)
    assert (status.engine, status.best_effort, status.has_gaps) == ("generic", True, False)


def test_the_gaps(connection, gappy, whole):
    (post,) = post_gaps(connection, gappy)
    assert (post.url, post.claimed, post.captured, post.missing) == (
        "https://blog.example.org/2021/02/post-1/",
        4,
        2,
        2,
    )
    assert month_gaps(connection, gappy) == [MonthGap(label="February 2021", claimed=3, captured=2, missing=1)]
    assert post_gaps(connection, whole) == []
    assert month_gaps(connection, whole) == []


def test_the_latest_claim_on_the_number_of_posts_counts(tmp_path):
    archive = open_archive(sample.make(tmp_path))
    with closing(archive.writer()) as writer:
        blog_id = find_blogs(writer.connection, [sample.GAPPY.key])[0]
        for source, number, when in (("api", 9, "2026-01-01"), ("feed", 2, "2026-02-01")):
            writer.connection.execute(
                "INSERT INTO claims (id, blog_id, subject_kind, subject, measure, number, source, said_at)"
                " VALUES (?, ?, 'blog', '', 'posts', ?, ?, ?)",
                (source, blog_id, number, source, when),
            )
        assert blog_status(writer.connection, blog_id).coverage.claimed_posts == 2


def test_a_blog_of_which_nothing_is_known_yet(tmp_path):
    archive = open_archive(tmp_path, create=True)
    with closing(archive.writer()) as writer:
        writer.begin_crawl(sample.GAPPY, command="crawl", version="0.1.0", settings={})
    with closing(archive.connect()) as connection:
        (blog_id,) = find_blogs(connection, [])
        status = blog_status(connection, blog_id)
    assert (status.posts, status.coverage, status.has_gaps) == (0, Coverage(), False)
    lines = list(describe(status))
    assert lines[:2] == ["blog.example.org", "  engine    not known yet"]
    assert lines[4].endswith("UTC, crawl: not ended (it is at work, or was killed)")
    assert lines[-1].endswith("(1 run): it was killed")


def test_the_words(connection, gappy, whole):
    lines = list(describe(blog_status(connection, gappy)))
    assert lines[:6] == [
        "Notes on Nerves (blog.example.org)",
        "  engine    wordpress 6.7",
        "  holds     2 posts, 0 pages, 2 comments, 1 ping",
        "  coverage  2 of 3 posts that the blog claims; 3 of 5 comments that the blog claims; gaps in 1 post",
        "            posts are missing in 1 month",
        "  open      1 URL still to fetch, 1 given up",
    ]
    assert lines[6].endswith("UTC, crawl: incomplete: 2 comments are missing")
    assert "  engine    generic (best effort: completeness is not promised)" in describe(blog_status(connection, whole))


def test_the_lists_of_gaps():
    post = PostGap(
        url="https://b.example/\x1b[2J",
        title="T",
        claimed=1234,
        captured=4,
        missing=1230,
        reason="page failed",
        detail="503",
    )
    locked = PostGap(
        url="https://b.example/locked/",
        title="L",
        claimed=3,
        captured=0,
        missing=0,
        out_of_reach=3,
        reason="a password",
    )
    months = [
        MonthGap(label="May 2020", claimed=3, captured=1, missing=2),
        MonthGap(label="June 2020", claimed=2, captured=1, missing=1, reason="1 known, but not read"),
    ]
    categories = [CategoryGap(taxonomy="tag", name="hope\x07", claimed=5, captured=1, missing=4)]
    assert list(describe_gaps([post, locked], months, categories)) == [
        "  claimed captured missing  comments of",
        "    1,234        4   1,230  https://b.example/ [2J (page failed: 503)",
        "  claimed captured lacking  comments that no crawl can bring, of",
        "        3        0       3  https://b.example/locked/ (a password)",
        "  claimed captured missing  posts of",
        "        3        1       2  May 2020",
        "        2        1       1  June 2020 (1 known, but not read)",
        "  claimed captured missing  posts in",
        "        5        1       4  hope (tag)",
    ]
    assert list(describe_gaps([], [])) == []


def runs(path, *ended):
    """The status of a blog after runs of (outcome, reason, counts); None is one that never ended."""
    archive = open_archive(path, create=True)
    with closing(archive.writer()) as writer:
        for number, end in enumerate(ended):
            crawl = writer.begin_crawl(sample.GAPPY, command="update", version="0.1.0", settings={})
            if end:
                writer.end_crawl(crawl, outcome=end[0], reason=end[1], counts=end[2])
            at = f"2026-01-{number + 1:02}T10:00:"
            writer.connection.execute(
                "UPDATE crawls SET started_at = ?, finished_at = iif(finished_at IS NULL, NULL, ?) WHERE id = ?",
                (f"{at}00.000000Z", f"{at}12.400000Z", crawl),
            )
    return archive


COUNTED = {"requests": 9, "new_posts": 1, "new_comments": 12, "exit_code": 0}


@pytest.mark.parametrize(
    ("ended", "success", "since", "failures", "said"),
    [
        ([("complete", None, COUNTED)], 1, None, 0, None),
        ([("failed", "away", {})], None, 1, 1, "away"),
        ([("incomplete", "gaps", COUNTED), ("failed", "away", {}), None], 1, 2, 2, "it was killed"),
        ([("failed", "away", {}), ("limit", "enough", COUNTED)], 2, None, 0, None),
        ([("limit", "enough", COUNTED), ("interrupted", "stopped", {"exit_code": 130})], 1, None, 0, None),
        ([("interrupted", "no room", {"exit_code": 3})], None, 1, 1, "no room"),
        (
            [("complete", None, COUNTED), ("failed", "a", {}), ("interrupted", "b", {}), ("failed", "c", {})],
            1,
            2,
            2,
            "c",
        ),
    ],
)
def test_success_and_trouble(tmp_path, ended, success, since, failures, said):
    with closing(runs(tmp_path, *ended).connect()) as connection:
        (blog_id,) = find_blogs(connection, [])
        status = blog_status(connection, blog_id)

    def day(at):
        return at and int(at[8:10])

    assert (day(status.last_success), day(status.failing_since), status.failures) == (success, since, failures)
    assert status.last_error == said
    assert any(line.startswith("  trouble ") for line in describe(status)) is bool(failures)


@pytest.mark.parametrize(
    ("ended", "limited"),
    [
        ([("limit", "stopped by --max-requests 5", COUNTED)], "stopped by --max-requests 5"),
        ([("limit", None, COUNTED), ("failed", "away", {})], "stopped by a limit"),
        ([("limit", "stopped by --limit 3", COUNTED), ("incomplete", "gaps", COUNTED)], None),
    ],
)
def test_a_success_that_a_limit_has_stopped_says_so(tmp_path, ended, limited):
    with closing(runs(tmp_path, *ended).connect()) as connection:
        (blog_id,) = find_blogs(connection, [])
        status = blog_status(connection, blog_id)
    (line,) = [line for line in describe(status) if line.startswith("  success ")]
    assert status.limited == limited
    assert line.endswith(f"UTC, but {limited}" if limited else "UTC")


def test_a_run_that_is_at_work_is_no_trouble(tmp_path):
    archive = runs(tmp_path, ("complete", None, COUNTED), None, None)
    with closing(archive.connect()) as connection:
        (blog_id,) = find_blogs(connection, [])
        assert blog_status(connection, blog_id).failures == 2
        assert blog_status(connection, blog_id, at_work=True).failures == 1


def test_runs_are_compared(tmp_path):
    first, second = ("complete", None, {**COUNTED, "new_comments": 1234}), ("complete", None, COUNTED)
    with closing(runs(tmp_path, first, ("failed", "away", {}), second).connect()) as connection:
        (blog_id,) = find_blogs(connection, [])
        status = blog_status(connection, blog_id, next_due="2026-01-05T10:17:00Z")
    lines = list(describe(status))
    assert lines[-6:-3] == [
        "  success   2026-01-03 10:00 UTC",
        "  next due  2026-01-05 10:17 UTC",
        "  trend     new posts 1 · 1 (latest first)",
    ]
    assert lines[-3:] == [
        f"{' ' * 12}new comments 12 · 1,234",
        f"{' ' * 12}requests 9 · 9",
        f"{' ' * 12}time 12 s · 12 s",
    ]
    assert [(run.outcome, run.new_comments) for run in status.runs] == [
        ("complete", 12),
        ("failed", None),
        ("complete", 1234),
    ]
