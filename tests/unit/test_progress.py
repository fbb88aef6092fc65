"""What is seen of a crawl: lines in a log, a table on a terminal, the summary, the exit code."""

from __future__ import annotations

import errno
import io
import re
from pathlib import Path

import pytest

from archiver.config import BlogConfig
from archiver.crawl.outcome import Coverage, Outcome, Stats, worst_exit_code
from archiver.crawl.progress import LiveProgress, PlainProgress, Progress, make_progress, summary
from tests.unit.test_terminal import Screen

BLOG = BlogConfig(url="https://blog.example.org/")
KEY = "blog.example.org"


class Clock:
    """A clock that goes when it is told to."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


class Broken(io.StringIO):
    """A pipe whose reader has gone (EPIPE), or a terminal whose window was closed (EIO)."""

    def __init__(self, number: int) -> None:
        super().__init__()
        self.number = number

    def write(self, text: str) -> int:
        raise OSError(self.number, "gone")


def outcome(**fields) -> Outcome:
    stats = Stats(started=0.0, finished=723.0, **fields.pop("stats", {}))
    return Outcome(
        **{
            "site_key": KEY,
            "url": BLOG.url,
            "crawl_id": "c1",
            "outcome": "complete",
            "exit_code": 0,
            **fields,
            "stats": stats,
        }
    )


# ---- Counters


def test_rate_and_remaining_time():
    stats = Stats(started=100.0, requests=50, pending=30)
    assert stats.elapsed(125.0) == 25.0
    assert stats.rate(125.0) == 2.0
    assert stats.remaining(125.0) == 15.0


def test_what_cannot_be_told_yet_is_not_told():
    assert Stats(started=100.0, pending=5).remaining(110.0) is None
    assert Stats(started=100.0, requests=5).remaining(110.0) is None
    assert Stats(started=100.0, requests=5).rate(100.0) == 0.0


def test_time_stands_still_after_the_end():
    assert Stats(started=100.0, finished=110.0).elapsed(500.0) == 10.0


@pytest.mark.parametrize(
    ("codes", "worst"),
    [
        ([], 0),
        ([0, 0], 0),
        ([0, 4], 4),
        ([4, 5], 5),
        ([5, 130], 130),
        ([130, 143], 143),
        ([130, 1], 1),
        ([1, 7, 0], 7),
        ([7, 3, 4], 3),
        ([0, 99], 1),
        ([3, 99], 3),
    ],
)
def test_one_exit_code_for_several_blogs(codes, worst):
    assert worst_exit_code(codes) == worst
    assert worst_exit_code(reversed(codes)) == worst


# ---- Lines in a log


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def log():
    return io.StringIO()


def test_a_line_at_the_start_and_at_the_end(log, clock):
    progress = PlainProgress(log, clock)
    progress.start([BLOG, BlogConfig(url="https://other.example.net/")])
    progress.note(KEY, "robots.txt asks for 5 s between requests")
    progress.finish([outcome(outcome="limit", reason="--limit 10", exit_code=5)])
    assert log.getvalue().splitlines() == [
        "Crawling https://blog.example.org/, https://other.example.net/",
        "blog.example.org: robots.txt asks for 5 s between requests",
        "blog.example.org: stopped by a limit: --limit 10",
    ]


def test_a_line_says_it_all(log, clock):
    clock.now = 100.0
    PlainProgress(log, clock).update(
        KEY, Stats(started=0.0, phase="data", posts=1200, comments=1, pages=3, requests=50, pending=600)
    )
    assert log.getvalue() == (
        "blog.example.org: data: 1,200 posts, 1 comment, 3 pages, 50 requests (0.5 a second), 600 to go, about 20 min\n"
    )


@pytest.mark.parametrize(
    ("seconds", "requests", "phase", "lines"),
    [
        (9.9, 99, "data", 1),
        (10.0, 0, "data", 2),
        (0.0, 100, "data", 2),
        (0.0, 0, "pages", 2),
    ],
)
def test_a_line_after_ten_seconds_a_hundred_requests_or_a_new_phase(log, clock, seconds, requests, phase, lines):
    progress = PlainProgress(log, clock)
    progress.update(KEY, Stats(phase="data", requests=7))
    clock.now += seconds
    progress.update(KEY, Stats(phase=phase, requests=7 + requests))
    assert len(log.getvalue().splitlines()) == lines


def test_a_thousand_updates_make_few_lines(log, clock):
    progress, stats = PlainProgress(log, clock), Stats(phase="pages")
    for _ in range(1000):
        stats.requests += 1
        clock.now += 1
        progress.update(KEY, stats)
    assert len(log.getvalue().splitlines()) == 100


def test_each_blog_has_its_own_turn(log, clock):
    progress = PlainProgress(log, clock)
    for key in ("a.example", "b.example", "a.example"):
        progress.update(key, Stats(phase="data"))
    assert [line.partition(":")[0] for line in log.getvalue().splitlines()] == ["a.example", "b.example"]


def test_nothing_a_stranger_wrote_reaches_the_terminal_raw(log, clock):
    PlainProgress(log, clock).note(KEY, "title \x1b[2J\nline")
    assert log.getvalue() == "blog.example.org: title [2J line\n"


@pytest.mark.parametrize(("make", "number"), [(PlainProgress, errno.EPIPE), (LiveProgress, errno.EIO)])
def test_a_reader_that_has_gone_does_not_end_the_crawl(make, number, clock):
    progress = make(Broken(number), clock)
    progress.start([BLOG])
    progress.note(KEY, "something")
    progress.update(KEY, Stats())
    progress.finish([outcome()])


def test_a_log_that_was_closed_does_not_end_the_crawl(log, clock):
    log.close()
    PlainProgress(log, clock).note(KEY, "something")


# ---- A table on a terminal


def test_live_table(clock, monkeypatch):
    monkeypatch.setenv("COLUMNS", "120")
    monkeypatch.delenv("NO_COLOR", raising=False)
    screen, stats = Screen(), Stats(started=990.0, phase="pages", posts=676, comments=7980, requests=20, pending=300)
    progress = LiveProgress(screen, clock)
    progress.start([BLOG])
    progress.update(KEY, stats)
    progress.note(KEY, "waits [bold]a minute[/bold]")
    progress.finish([])
    shown = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", screen.getvalue())
    assert "Crawling https://blog.example.org/" in shown
    assert "blog.example.org: waits [bold]a minute[/bold]" in shown
    row = next(line for line in shown.splitlines() if "7,980" in line)
    assert row.split() == [
        "blog.example.org",
        "pages",
        "676",
        "7,980",
        "0",
        "20",
        "2.0",
        "about",
        "2",
        "min",
        "30",
        "s",
    ]


def test_live_gives_the_cursor_back_when_stopped_twice(clock):
    screen = Screen()
    progress = LiveProgress(screen, clock)
    progress.start([BLOG, BLOG])
    progress.finish([outcome()])
    progress.finish([])
    assert "Crawling 2 blogs" in screen.getvalue()
    assert screen.getvalue().rindex("\x1b[?25h") > screen.getvalue().rindex("\x1b[?25l")


def test_no_colour_where_it_is_not_wanted(clock, monkeypatch):
    monkeypatch.setenv("NO_COLOR", "1")
    screen = Screen()
    progress = LiveProgress(screen, clock)
    progress.start([BLOG])
    progress.update(KEY, Stats())
    progress.finish([])
    codes = {code for codes in re.findall(r"\x1b\[([0-9;]+)m", screen.getvalue()) for code in codes.split(";")}
    assert codes <= {"0", "1"}


@pytest.mark.parametrize(
    ("quiet", "stream", "kind"),
    [
        (True, Screen(), Progress),
        (False, Screen(), LiveProgress),
        (False, io.StringIO(), PlainProgress),
    ],
)
def test_the_display_suits_the_stream(quiet, stream, kind, monkeypatch):
    monkeypatch.setenv("TERM", "xterm")
    assert type(make_progress(quiet, stream)) is kind


def test_quiet_says_nothing():
    stream = Screen()
    progress = make_progress(True, stream)
    progress.start([BLOG])
    progress.update(KEY, Stats())
    progress.note(KEY, "x")
    progress.finish([outcome()])
    assert stream.getvalue() == ""


# ---- The summary


def test_summary_of_a_whole_blog():
    numbers = {"requests": 780, "bytes": 45_200_000, "posts": 676, "comments": 7980, "pages": 676}
    coverage = Coverage(claimed_posts=676, captured_posts=676, claimed_comments=7980, captured_comments=7980)
    one = outcome(stats={**numbers, "new_posts": 676, "new_comments": 7980}, coverage=coverage)
    assert summary([one]) == (
        "blog.example.org: complete\n"
        "  read      676 posts, 7,980 comments; 676 post pages captured\n"
        "  new       676 posts, 7,980 comments; changed: 0 posts, 0 comments\n"
        "  coverage  676 of 676 posts that the blog claims; 7,980 of 7,980 comments that the blog claims\n"
        "  network   780 requests, 45.2 MB in 12 min 3 s, 1.1 requests a second\n"
        "\n"
        "Look:      archiver serve"
    )


def test_summary_of_a_blog_with_everything_wrong():
    one = outcome(
        outcome="incomplete",
        exit_code=4,
        reason="2 posts lack comments",
        best_effort=True,
        coverage=Coverage(captured_posts=12, claimed_comments=40, captured_comments=38, posts_with_gaps=2),
        errors=("https://blog.example.org/a: 404", "https://blog.example.org/b: cut\nshort"),
        stats={"pending": 1, "given_up": 3, "errors": 9, "oddities": {"cut_body": 1, "duplicate_comment": 1200}},
    )
    text = summary([one], Path("my blogs"))
    posts = "12 posts (the blog does not say how many it has)"
    for line in [
        "blog.example.org: incomplete: 2 posts lack comments",
        f"  coverage  {posts}; 38 of 40 comments that the blog claims; gaps in 2 posts",
        "  open      1 URL still to fetch, 3 given up",
        "  oddities  1,200 duplicate comment, 1 cut body",
        "  errors    9, the first:",
        "            https://blog.example.org/b: cut short",
        "  caution   best effort: no engine knows this site; completeness is not promised",
        "Go on:     archiver crawl -a 'my blogs' https://blog.example.org/",
        "The gaps:  archiver status -a 'my blogs' --coverage",
        "Look:      archiver serve -a 'my blogs'",
    ]:
        assert line in text.splitlines()


def test_summary_of_what_has_changed_and_what_is_missing():
    one = outcome(
        outcome="incomplete",
        exit_code=4,
        coverage=Coverage(
            captured_posts=12,
            claimed_comments=40,
            captured_comments=35,
            posts_with_gaps=1,
            out_of_reach=3,
            months_with_gaps=2,
            categories_with_gaps=1,
        ),
        shortfalls=("13 of 15 comments: https://blog.example.org/a/ (page failed: 500)",),
        stats={"changed_posts": 1, "gone_posts": 1, "gone_comments": 20, "returned_comments": 2},
    )
    comments = "35 of 40 comments that the blog claims; gaps in 1 post; 3 comments out of reach of any crawl"
    lines = summary([one]).splitlines()
    assert lines[2:9] == [
        "  new       0 posts, 0 comments; changed: 1 post, 0 comments",
        "  gone      1 post, 20 comments that the blog no longer shows",
        "  returned  0 posts, 2 comments that had vanished",
        "  coverage  12 posts (the blog does not say how many it has); " + comments,
        "            posts are missing in 2 months",
        "            posts are missing in 1 category",
        "            13 of 15 comments: https://blog.example.org/a/ (page failed: 500)",
    ]


def test_what_is_out_of_reach_is_never_silent():
    """A blog is as complete as can be, and still its claims are not met: where to look is told."""
    one = outcome(coverage=Coverage(claimed_comments=15, captured_comments=13, out_of_reach=2))
    lines = summary([one]).splitlines()
    assert "The gaps:  archiver status --coverage" in lines
    assert [line for line in lines if "13 of 15 comments" in line and "2 comments out of reach" in line]


@pytest.mark.parametrize(
    ("kind", "heading", "suggestions"),
    [
        ("complete", "complete", ["Look:"]),
        ("incomplete", "incomplete", ["The gaps:", "Look:"]),
        ("limit", "stopped by a limit", ["Go on:", "Look:"]),
        ("interrupted", "interrupted", ["Go on:", "Look:"]),
        ("failed", "failed", []),
    ],
)
def test_every_end_has_its_words_and_its_next_step(kind, heading, suggestions):
    code = {"complete": 0, "incomplete": 4, "limit": 5, "interrupted": 130, "failed": 7}[kind]
    lines = summary([outcome(outcome=kind, exit_code=code, reason="because")]).splitlines()
    assert lines[0] == f"blog.example.org: {heading}: because"
    assert [line.split("  ")[0] for line in lines if line[0:1] not in {"", " "}][1:] == suggestions


def test_a_blog_of_which_nothing_was_read_has_no_rows_of_zeros():
    lines = summary([outcome(outcome="failed", exit_code=7, reason="its name is not known")]).splitlines()
    assert lines == ["blog.example.org: failed: its name is not known", "  network   0 requests, 0 bytes in 12 min 3 s"]


def test_summary_of_several_blogs_suggests_each_step_once():
    gaps = outcome(site_key="b.example", outcome="incomplete", exit_code=4)
    text = summary([outcome(), gaps, outcome(site_key="c.example")])
    assert [line for line in text.splitlines() if line.startswith(("blog", "b.", "c."))] == [
        "blog.example.org: complete",
        "b.example: incomplete",
        "c.example: complete",
    ]
    assert text.count("archiver serve") == 1


def test_what_a_summary_tells_is_not_told_before_it(log, clock):
    progress = make_progress(False, log)
    progress.start([BLOG])
    progress.finish([outcome()])
    assert log.getvalue().splitlines() == ["Crawling https://blog.example.org/"]
