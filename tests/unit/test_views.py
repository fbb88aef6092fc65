"""The views: the ledger tells every case apart, and a page of a view needs no reading of all."""

from __future__ import annotations

import re
from contextlib import closing
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from db import codebook, open_archive
from tests.unit.archive_sample import BLOG, DOI, SEEN, empty, filled, insert, key

VIEWS = [
    "post_list", "comment_list", "threads", "coverage", "month_coverage", "category_coverage", "reply_network",
    "cited_works",
]  # fmt: skip


# ── coverage ─────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("post", "state", "claimed", "captured", "missing", "reason"),
    [
        ("trial", "complete", 6, 6, 0, "pings counted"),
        ("plain", "complete", 1, 1, 0, None),
        ("walk", "missing", 4, 2, 2, "counted but not shown"),
        ("diet", "missing", 5, 2, 3, "page failed"),
        ("locked", "explained", 3, 0, 0, "protected by a password"),
        ("lost", "missing", 2, 0, 2, "page failed"),
        ("hidden", "missing", 3, 2, 1, "replies to hidden comments"),
        ("feedonly", "missing", 3, 2, 1, "pings may be counted"),
        ("deleted", "explained", 1, 0, 0, "the post has vanished"),
        ("extra", "more", 1, 2, 0, None),
        ("quiet", "unclaimed", None, 1, 0, None),
        ("untitled", "unclaimed", None, 0, 0, None),
    ],
)
def test_coverage_tells_the_cases_apart(sample, post, state, claimed, captured, missing, reason):
    row = sample.execute("SELECT * FROM coverage WHERE post_id = ?", (key("p", post),)).fetchone()
    names = ("state", "claimed", "captured", "missing", "reason")
    assert tuple(row[name] for name in names) == (state, claimed, captured, missing, reason)


LISTED = """
    INSERT INTO fetches (id, blog_id, crawl_id, url, kind, fetched_at, status)
      SELECT 'list', id, 'run-1', 'https://stemcells.example/api', 'api', '2024-05-01T10:00:00Z', {status}
      FROM blogs LIMIT 1;
    INSERT INTO frontier (id, blog_id, url, kind, priority, state, hint, done_in)
      SELECT 'list', id, 'https://stemcells.example/api', 'api', 1, '{state}', '{{"route":"comments"}}', 'list'
      FROM blogs LIMIT 1;
"""
ANSWER = """
    UPDATE comments SET gone_at = '2024-05-02T10:00:00Z' WHERE id LIKE 'c-w%';
    UPDATE claims SET number = {claimed} WHERE id = 'walk-heading';
"""


@pytest.mark.parametrize(
    ("change", "post", "state", "missing", "out_of_reach", "reason"),
    [
        # The API has listed all comments: what a heading counts beyond them is not a comment.
        (LISTED.format(state="done", status=200), "walk", "explained", 0, 2, "pings counted"),
        (LISTED.format(state="done", status=200), "feedonly", "explained", 0, 1, "pings counted"),
        (LISTED.format(state="done", status=200), "diet", "missing", 3, 0, "page failed"),
        (LISTED.format(state="done", status=200), "lost", "missing", 2, 0, "page failed"),
        (LISTED.format(state="done", status=404), "walk", "missing", 2, 0, "counted but not shown"),
        (LISTED.format(state="pending", status=200), "walk", "missing", 2, 0, "counted but not shown"),
        # A comment has vanished, and with it the answer below it, which the heading goes on counting.
        (ANSWER.format(claimed=1), "walk", "explained", 0, 1, "replies to hidden comments"),
        (ANSWER.format(claimed=2), "walk", "missing", 2, 0, "counted but not shown"),
        (ANSWER.format(claimed=0), "walk", "complete", 0, 0, None),
    ],
)
def test_coverage_tells_what_no_crawl_can_bring(change, post, state, missing, out_of_reach, reason):
    with closing(filled(":memory:")) as connection:
        connection.executescript(change)
        row = connection.execute(
            "SELECT state, missing, out_of_reach, reason FROM coverage WHERE post_id = ?", (key("p", post),)
        ).fetchone()
        assert row == (state, missing, out_of_reach, reason)


def test_coverage_counts_pings_and_the_vanished_apart(sample):
    row = sample.execute("SELECT * FROM coverage WHERE post_id = ?", (key("p", "trial"),)).fetchone()
    assert (row["comments"], row["pings"], row["gone"], row["orphans"]) == (5, 1, 1, 0)
    assert (row["claimed_heading"], row["claimed_feed"], row["claimed_api"], row["thread"]) == (6, 6, None, "whole")


def test_coverage_gives_the_error_of_the_page_that_failed(sample):
    (detail,) = sample.execute("SELECT detail FROM coverage WHERE post_id = ?", (key("p", "diet"),)).fetchone()
    assert detail == "503 Service Unavailable"


ELSEWHERE = """
    UPDATE frontier SET state = '{state}', url = 'https://talk.example/thread/3', kind = 'api',
      hint = (SELECT json_object('comments', 'isso', 'post_url', url) FROM posts WHERE id LIKE 'p-diet%')
      WHERE id = 'f0';
"""


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ("UPDATE frontier SET state = 'excluded', last_error = 'a pattern fits' WHERE id = 'f0'", "left out"),
        (
            "UPDATE frontier SET state = 'excluded', last_error = 'robots.txt disallows it' WHERE id = 'f0'",
            "disallowed by robots.txt",
        ),
        ("UPDATE frontier SET state = 'done' WHERE id = 'f0'", "comment pages not read"),
        (ELSEWHERE.format(state="given_up"), "comment server failed"),
        (ELSEWHERE.format(state="done"), "comment pages not read"),
        (
            """UPDATE frontier SET state = 'done' WHERE id = 'f0';
               UPDATE thread_pages SET pages = 1 WHERE post_id LIKE 'p-diet%'""",
            "counted but not shown",
        ),
        (
            """UPDATE frontier SET url = 'https://stemcells.example/?p=3&cpage=2' WHERE id = 'f0';
               UPDATE posts SET url = 'https://stemcells.example/?p=3' WHERE id LIKE 'p-diet%'""",
            "page failed",
        ),
        (
            """DELETE FROM frontier; DELETE FROM thread_pages;
               UPDATE posts SET html = NULL, sources = '' WHERE id LIKE 'p-diet%'""",
            "not read yet",
        ),
    ],
)
def test_coverage_looks_for_the_reason(change, reason):
    with closing(filled(":memory:")) as connection:
        connection.executescript(change)
        row = connection.execute("SELECT reason FROM coverage WHERE post_id = ?", (key("p", "diet"),)).fetchone()
        assert row == (reason,)


def test_a_post_seen_only_by_name_is_unread():
    with closing(filled(":memory:")) as connection:
        nothing = "html = NULL, text = NULL, sources = '', kind = 'unknown'"
        connection.execute(f"UPDATE posts SET {nothing} WHERE id LIKE 'p-quiet%'")
        row = connection.execute("SELECT state, reason FROM coverage WHERE post_id LIKE 'p-quiet%'").fetchone()
        assert row == ("unread", "not read yet")


def test_a_post_whose_page_has_no_words_is_read():
    with closing(filled(":memory:")) as connection:
        asked = "SELECT state, reason FROM coverage WHERE post_id LIKE 'p-quiet%'"
        before = connection.execute(asked).fetchone()
        connection.execute("UPDATE posts SET html = NULL, text = NULL, sources = 'api page' WHERE id LIKE 'p-quiet%'")
        assert connection.execute(asked).fetchone() == before


@pytest.mark.parametrize(
    ("later", "earlier", "claimed"),
    [
        ((SEEN, 9), ("2023-01-01T00:00:00Z", 20), 9),
        (("2025-01-01T00:00:00Z", 20), (SEEN, 9), 20),
        ((SEEN, 9), (SEEN, 8), 9),
    ],
)
def test_the_latest_claim_counts(later, earlier, claimed):
    with closing(filled(":memory:")) as connection:
        post = key("p", "quiet")
        common = {"blog_id": BLOG, "subject_kind": "post", "subject": post, "post_id": post, "measure": "comments"}
        insert(connection, "claims", [
            {"id": source, "source": source, "said_at": said_at, "number": number, **common}
            for source, (said_at, number) in (("api", later), ("feed", earlier))
        ])  # fmt: skip
        in_coverage = connection.execute("SELECT claimed FROM coverage WHERE post_id = ?", (post,)).fetchone()
        in_list = connection.execute("SELECT claimed_comments FROM post_list WHERE id = ?", (post,)).fetchone()
        assert in_coverage == in_list == (claimed,)


counts = st.integers(0, 4)


@pytest.fixture(scope="module")
def one_post():
    """An archive with one post, and what it takes to put comments and claims on it."""
    with closing(filled(":memory:")) as connection:
        connection.executescript("DELETE FROM citations; DELETE FROM links; DELETE FROM revisions; DELETE FROM claims;")
        connection.executescript("PRAGMA foreign_keys = OFF; DELETE FROM comments")
        yield connection


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(comments=counts, pings=counts, gone=counts, gone_pings=counts, claimed=st.none() | st.integers(0, 9))
@example(comments=3, pings=2, gone=0, gone_pings=0, claimed=4)
def test_a_claim_is_met_by_comments_with_or_without_pings(one_post, comments, pings, gone, gone_pings, claimed):
    kinds = [("comment", None)] * comments + [("pingback", None)] * pings
    kinds += [("comment", SEEN)] * gone + [("trackback", SEEN)] * gone_pings
    post = key("p", "quiet")
    common = {"blog_id": BLOG, "post_id": post, "first_seen_at": SEEN, "last_seen_at": SEEN}
    insert(one_post, "comments", [
        {"id": f"c{n}", "docid": n, "kind": kind, "gone_at": gone_at, **common}
        for n, (kind, gone_at) in enumerate(kinds)
    ])  # fmt: skip
    if claimed is not None:
        insert(one_post, "claims", [
            {"id": "claim", "blog_id": BLOG, "subject_kind": "post", "subject": post, "post_id": post,
             "measure": "comments", "number": claimed, "source": "heading", "said_at": SEEN},
        ])  # fmt: skip
    row = one_post.execute(
        "SELECT state, missing, comments, pings, gone FROM coverage WHERE post_id = ?", (post,)
    ).fetchone()
    one_post.rollback()
    assert row[2:] == (comments, pings, gone + gone_pings)
    if claimed is None:
        assert row[:2] == ("unclaimed", 0)
    elif claimed in {comments, comments + pings}:
        assert row[:2] == ("complete", 0)
    elif claimed > comments + pings:
        assert row[:2] == ("missing", claimed - comments - pings)
    elif claimed > comments:  # only a heading without pings can say so
        assert row[:2] == ("missing", claimed - comments)
    else:
        assert row[:2] == ("more", 0)


# ── months and categories ────────────────────────────────────────────────────────────────────────


def test_month_coverage_of_the_sample(sample):
    rows = sample.execute(
        "SELECT period, label, state, claimed, captured, missing, unread FROM month_coverage WHERE blog_id = ?", (BLOG,)
    )
    assert [tuple(row) for row in rows] == [
        ("2021-11", "November 2021", "unclaimed", None, 2, 0, 0),
        ("2021-10", "October 2021", "missing", 9, 6, 3, 1),
        ("2021-09", "September 2021", "complete", 2, 2, 0, 0),
        ("2021-07", "2021-07", "missing", 1, 0, 1, 0),
    ]


TURN = datetime(2021, 3, 31, 12, tzinfo=UTC)  # the posts lie around the turn of March to April


@pytest.fixture(scope="module")
def calendar():
    with closing(empty(":memory:")) as connection:
        insert(connection, "blogs", [
            {"id": BLOG, "site_key": "b.example", "url": "https://b.example/", "title": "B", "first_seen_at": SEEN,
             "last_seen_at": SEEN},
        ])  # fmt: skip
        connection.commit()
        yield connection


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    minutes=st.lists(st.integers(-40 * 60, 40 * 60), max_size=8),
    offset=st.integers(-12 * 4, 14 * 4).map(lambda quarters: quarters * 15),
    known=st.sampled_from(["exactly", "summer time", "not at all"]),
    lost=st.integers(0, 3),
)
@example(minutes=[11 * 60], offset=14 * 60, known="not at all", lost=0)
def test_the_turn_of_a_month_raises_no_false_alarm(calendar, minutes, offset, known, lost):
    """Months claimed by the blog's own clock are met by posts dated in UTC; lost ones of mid-month are noticed."""
    calendar.execute("UPDATE blogs SET utc_offset = ?", ({"exactly": offset, "summer time": offset - 60}.get(known),))
    slack = {"exactly": 60, "summer time": 120, "not at all": 28 * 60}[known]
    claimed, rows, uncertain = {3: lost, 4: 0}, [], 0
    for number, minute in enumerate(minutes):
        at = TURN + timedelta(minutes=minute)
        local = at + timedelta(minutes=offset)
        claimed[local.month] += 1
        uncertain += abs(local - datetime(2021, 4, 1, tzinfo=UTC)) <= timedelta(minutes=slack)
        rows.append(post_row(number, at.strftime("%Y-%m-%dT%H:%M:%SZ"), "second"))
    insert(calendar, "posts", rows)
    insert(calendar, "archives", [archive_row(month, number) for month, number in claimed.items()])
    march, april = calendar.execute("SELECT period, missing FROM month_coverage ORDER BY period").fetchall()
    calendar.rollback()
    assert april == ("2021-04", 0)
    assert lost - uncertain <= march[1] <= lost


def post_row(number, at, precision):
    return {
        "id": f"p{number}", "docid": number, "blog_id": BLOG, "kind": "post", "url": f"https://b.example/{number}",
        "published_at": at, "published_precision": precision, "html": "", "first_seen_at": SEEN, "last_seen_at": SEEN,
    }  # fmt: skip


def archive_row(month, claimed, year=2021):
    return {
        "id": f"{year}-{month}", "blog_id": BLOG, "label": f"{year} {month}", "year": year, "month": month,
        "claimed_posts": claimed, "first_seen_at": SEEN, "last_seen_at": SEEN,
    }  # fmt: skip


def test_dates_without_an_hour_are_of_the_blogs_own_calendar(calendar):
    insert(
        calendar, "posts", [post_row(1, "2021-03-31T00:00:00Z", "day"), post_row(2, "2021-04-01T00:00:00Z", "month")]
    )
    insert(calendar, "archives", [archive_row(3, 2), archive_row(4, 2)])
    rows = calendar.execute("SELECT period, missing FROM month_coverage ORDER BY period").fetchall()
    calendar.rollback()
    assert rows == [("2021-03", 1), ("2021-04", 1)]


def test_a_list_of_years_is_held_against_years(calendar):
    insert(calendar, "posts", [
        post_row(1, "2021-06-01T10:00:00Z", "second"), post_row(2, "2021-01-01T00:00:00Z", "year"),
        post_row(3, "2020-06-01T00:00:00Z", "day"),
    ])  # fmt: skip
    insert(calendar, "archives", [archive_row(None, 3, 2021), archive_row(None, 1, 2020)])
    rows = calendar.execute("SELECT period, state, captured, missing FROM month_coverage ORDER BY period").fetchall()
    calendar.rollback()
    assert rows == [("2020", "complete", 1, 0), ("2021", "missing", 2, 1)]


def test_category_counts_may_include_narrower_ones(sample):
    rows = sample.execute("SELECT name, state, claimed, captured, missing, own, with_narrower FROM category_coverage")
    assert {tuple(row) for row in rows} == {
        ("Research", "complete", 2, 2, 0, 1, 2),
        ("Cells", "unclaimed", None, 1, 0, 1, 1),
        ("hope", "missing", 5, 1, 4, 1, 1),
    }


@pytest.mark.parametrize(
    ("said_at", "gone_at", "month", "category"),
    [
        # The claim is older than the vanishing, and counts the post. After that it is met without it.
        (SEEN, "2024-05-02T10:00:00Z", ("complete", 2, 0, 1), ("complete", 2, 0, 1)),
        ("2024-05-03T10:00:00Z", "2024-05-02T10:00:00Z", ("missing", 1, 1, 0), ("missing", 1, 1, 0)),
        (SEEN, None, ("complete", 2, 0, 0), ("complete", 2, 0, 0)),
    ],
)
def test_a_claim_counts_what_was_there_when_it_was_made(said_at, gone_at, month, category):
    with closing(filled(":memory:")) as connection:
        connection.execute("UPDATE posts SET gone_at = ? WHERE id = ?", (gone_at, key("p", "walk")))
        connection.execute("UPDATE posts SET published_at = '2021-10-03T10:00:00Z' WHERE id = ?", (key("p", "diet"),))
        connection.execute("UPDATE archives SET last_seen_at = ?", (said_at,))
        connection.execute("UPDATE claims SET said_at = ?", (said_at,))
        of = "state, captured, missing, gone"
        assert connection.execute(f"SELECT {of} FROM month_coverage WHERE period = '2021-09'").fetchone() == month
        assert connection.execute(f"SELECT {of} FROM category_coverage WHERE name = 'Research'").fetchone() == category


# ── lists, threads, network, works ───────────────────────────────────────────────────────────────


def test_post_list_names_everything(sample):
    row = sample.execute("SELECT * FROM post_list WHERE id = ?", (key("p", "trial"),)).fetchone()
    assert (row["blog"], row["authors"], row["terms"]) == ("Stem & Cell", "Prof. Quill, Ada Lind", "Cells, hope")
    assert (row["comments"], row["claimed_comments"], row["month"]) == (5, 6, "2021-09")
    months = dict(sample.execute("SELECT title, month FROM post_list").fetchall())
    assert months["The diet post"] == "2021-10"  # 30 September 23:30 UTC, an hour east


def test_comment_list_names_everything(sample):
    row = sample.execute("SELECT * FROM comment_list WHERE id = ?", (key("c", "t3"),)).fetchone()
    assert (row["author"], row["in_reply_to"], row["post"]) == ("Ada Lind", "Prof. Quill", "The trial post")


def test_threads_are_in_reading_order_and_indented(sample):
    rows = sample.execute("SELECT post_id, position, path, outline FROM threads").fetchall()
    assert [tuple(row)[:2] for row in rows] == sorted(tuple(row)[:2] for row in rows)
    for post in {row["post_id"] for row in rows}:
        paths = [row["path"] for row in rows if row["post_id"] == post]
        assert paths == sorted(paths)
    third = sample.execute("SELECT path, outline, in_reply_to FROM threads WHERE comment_id LIKE 'c-t3%'").fetchone()
    assert tuple(third) == ("00000/00001/00002", "        Ada Lind: Thank you, that helps.", "Prof. Quill")


def test_a_ring_of_parents_ends():
    with closing(filled(":memory:")) as connection:
        connection.execute("UPDATE comments SET parent_id = ? WHERE id = ?", (key("c", "t3"), key("c", "t1")))
        paths = connection.execute("SELECT path FROM threads WHERE post_id = ?", (key("p", "trial"),)).fetchall()
        assert len(paths) == 7
        assert max(len(path) for (path,) in paths) > 1000


def test_reply_network_counts_pairs(sample):
    rows = sample.execute("SELECT author, answered, replies, inferred, first_at FROM reply_network")
    assert {tuple(row) for row in rows} == {
        ("Prof. Quill", "Ada Lind", 1, 0, "2021-09-01T11:00:00Z"),
        ("Ada Lind", "Prof. Quill", 1, 1, "2021-09-01T12:00:00Z"),
        ("Ben Okoro", "Ada Lind", 1, 0, "2021-09-01T13:00:00Z"),
        ("Ada Lind", "Ben Okoro", 1, 0, "2021-09-12T11:00:00Z"),
    }


def test_reply_network_sums_over_posts_and_kinds():
    with closing(filled(":memory:")) as connection:
        connection.execute("UPDATE comments SET parent_id = ? WHERE id = ?", (key("c", "h1"), key("c", "h2")))
        row = connection.execute(
            "SELECT replies, first_at, last_at FROM reply_network WHERE author = 'Ben Okoro' AND answered = 'Ada Lind'"
        ).fetchall()
        assert row == [(2, "2021-09-01T13:00:00Z", "2021-10-06T11:00:00Z")]


def test_cited_works_count_posts_and_comments(sample):
    rows = sample.execute("SELECT identifier, posts, comments, threads, first_at, last_at FROM cited_works")
    assert {tuple(row) for row in rows} == {
        (DOI, 1, 1, 1, "2021-09-01T08:00:00Z", "2021-09-01T10:00:00Z"),
        ("NCT01234567", 0, 1, 1, "2021-09-12T11:00:00Z", "2021-09-12T11:00:00Z"),
    }


# ── all views ────────────────────────────────────────────────────────────────────────────────────


def test_the_views_are_those_that_others_rely_on(bare):
    assert [table.name for table in codebook.tables(bare) if table.kind == "view"] == VIEWS


@pytest.mark.parametrize("view", VIEWS)
def test_a_view_is_empty_in_an_empty_archive(bare, view):
    assert bare.execute(f"SELECT * FROM {view}").fetchall() == []


@pytest.mark.parametrize("view", VIEWS)
def test_a_view_counts_as_many_rows_as_it_shows(sample, view):
    rows = sample.execute(f"SELECT * FROM {view}").fetchall()
    assert sample.execute(f"SELECT count(*) FROM {view}").fetchone()[0] == len(rows) > 0


def test_the_opener_makes_the_same_views(tmp_path, bare):
    archive = open_archive(tmp_path, create=True)
    query = "SELECT name, sql FROM sqlite_master WHERE type = 'view'"
    with closing(archive.connect()) as connection:
        assert dict(connection.execute(query).fetchall()) == dict(bare.execute(query).fetchall())


@pytest.mark.parametrize(
    "question",
    [
        "SELECT * FROM threads WHERE post_id = 'x'",
        "SELECT * FROM comment_list WHERE post_id = 'x'",
        "SELECT * FROM post_list WHERE id = 'x'",
        "SELECT * FROM coverage WHERE post_id = 'x'",
        "SELECT 1 FROM comment_list WHERE docid IN (SELECT rowid FROM comments_fts WHERE comments_fts MATCH 'x')",
    ],
)
def test_one_post_is_looked_up_and_not_searched_for(bare, question):
    plan = [row[3] for row in bare.execute(f"EXPLAIN QUERY PLAN {question}")]
    assert not [step for step in plan if re.match(r"SCAN (p|c|k|t|posts|comments|claims)\b", step)]


@pytest.mark.parametrize("view", ["post_list", "comment_list", "threads", "cited_works"])
def test_a_page_of_a_view_needs_no_sorting(bare, view):
    plan = bare.execute(f"EXPLAIN QUERY PLAN SELECT * FROM {view} LIMIT 100").fetchall()
    assert not [step for _, parent, _, step in plan if parent == 0 and "TEMP B-TREE" in step]


def test_a_page_of_the_reply_network_sorts_one_author_at_a_time(bare):
    plan = [row[3] for row in bare.execute("EXPLAIN QUERY PLAN SELECT * FROM reply_network LIMIT 100")]
    assert [step for step in plan if "TEMP B-TREE" in step] == ["USE TEMP B-TREE FOR RIGHT PART OF ORDER BY"]
