"""The report of a run: what it tells, that its page is harmless, and how many are kept."""

from __future__ import annotations

import json
import re
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from hypothesis import given
from hypothesis import strategies as st

from archiver.crawl.outcome import Coverage, Outcome, Stats
from archiver.errors import DiskFull, Unreachable
from archiver.reports.as_html import as_html
from archiver.reports.files import free_name, rotate, write_whole
from archiver.reports.keeping import keep_report
from archiver.reports.run_report import MOST, Run, has_changes, headline, report_of
from db import open_archive
from tests.unit import sample

BEGAN = datetime(2026, 1, 2, 3, 4, 0, tzinfo=UTC)
HOSTILE = "</title><script>alert(1)</script>\u202e\x1b[31m"


@pytest.fixture
def archive(tmp_path):
    return open_archive(sample.make(tmp_path / "archive"))


def crawl_of(archive, site):
    with closing(archive.connect()) as connection:
        row = connection.execute(
            "SELECT k.id FROM crawls k JOIN blogs b ON b.id = k.blog_id WHERE b.site_key = ?", (site.key,)
        ).fetchone()
        return row["id"]


def outcome(archive, site=sample.GAPPY, **stats) -> Outcome:
    return Outcome(
        site_key=site.key,
        url=site.home,
        crawl_id=crawl_of(archive, site),
        outcome="incomplete",
        exit_code=4,
        reason="2 comments are missing",
        engine="wordpress",
        coverage=Coverage(claimed_posts=3, captured_posts=2, claimed_comments=5, captured_comments=3),
        shortfalls=(f"2 of 4 comments: {site.home}",),
        stats=Stats(started=0.0, finished=65.0, requests=9, bytes=1234, given_up=1, **stats),
    )


def run(*outcomes, failure=None, seconds=70):
    return Run(
        command="crawl", began=BEGAN, ended=BEGAN + timedelta(seconds=seconds), outcomes=outcomes, failure=failure
    )


def test_a_report_tells_what_a_run_brought(archive):
    report = report_of(run(outcome(archive, new_posts=2, new_comments=3)), archive)
    (blog,) = report["blogs"]
    assert (report["exit_code"], report["meaning"], report["seconds"]) == (4, "done with gaps", 70.0)
    listed = blog["new"].pop("listed")
    assert blog["new"] == {"posts": 2, "comments": 3}
    assert [(one["found"], one["url"]) for one in listed] == [
        ("post", f"{sample.GAPPY.home}2021/02/post-2/"),
        ("post", f"{sample.GAPPY.home}2021/02/post-1/"),
        ("comment", f"{sample.GAPPY.home}2021/02/post-2/#comment-3"),
        ("comment", f"{sample.GAPPY.home}2021/02/post-1/#comment-2"),
        ("comment", f"{sample.GAPPY.home}2021/02/post-1/#comment-1"),
    ]
    assert blog["gone"]["listed"] == blog["changed"]["listed"] == []
    assert [past["outcome"] for past in blog["runs"]] == ["incomplete"]
    assert (report["timeline"]["answered"], report["timeline"]["failed"]) == ([1], [0])
    assert (
        report["text"]
        == headline(report)
        == ("crawl of blog.example.org: done with gaps: 2 new posts, 3 new comments in 1 min 10 s")
    )
    assert has_changes(report)
    json.dumps(report)


def test_a_report_names_nobody(archive):
    report = report_of(run(outcome(archive, new_posts=2, new_comments=3)), archive)
    assert not [name for name in ("Mia", "Noor", "Anna Berg", "Owen Reed") if name in json.dumps(report)]


def test_a_report_lists_what_failed(archive):
    with closing(archive.writer()) as writer:
        writer.connection.execute(
            "INSERT INTO fetches (id, blog_id, crawl_id, url, kind, fetched_at, status)"
            " SELECT 'f-lost', q.blog_id, ?, q.url, 'post', '2026-01-02T03:05:04.000000Z', 404 FROM frontier q"
            " WHERE q.state = 'given_up'",
            (crawl_of(archive, sample.GAPPY),),
        )
    (blog,) = report_of(run(outcome(archive)), archive)["blogs"]
    (failed,) = blog["failures"]["listed"]
    assert (failed["url"], failed["why"]) == (f"{sample.GAPPY.home}lost/", "given up: 404")


def test_what_has_changed_and_gone_is_listed(archive):
    with closing(archive.writer()) as writer:
        writer.connection.execute("UPDATE comments SET gone_at = '2026-01-02T03:04:05Z' WHERE native_id = '2'")
        writer.connection.execute(
            "INSERT INTO revisions (id, post_id, digest, seen_from, seen_until, replaced_at)"
            " SELECT 'r', id, 'd', '2026-01-01T00:00:00Z', '2026-01-01T00:00:00Z', '2026-01-02T03:04:05Z' FROM posts"
            " WHERE url = ?",
            (f"{sample.GAPPY.home}2021/02/post-1/",),
        )
    (blog,) = report_of(run(outcome(archive, changed_posts=1, gone_comments=1)), archive)["blogs"]
    assert [one["url"] for one in blog["gone"]["listed"]] == [f"{sample.GAPPY.home}2021/02/post-1/#comment-2"]
    assert [one["url"] for one in blog["changed"]["listed"]] == [f"{sample.GAPPY.home}2021/02/post-1/"]


def test_a_blog_that_could_not_be_reached(archive):
    error = Unreachable("https://third.example/", "its name cannot be found (DNS)", "Check the address")
    failed = Outcome(
        site_key="third.example", url="https://third.example/", crawl_id="", outcome="failed", exit_code=7,
        reason=str(error), stats=Stats(started=0.0, finished=1.0),
    )  # fmt: skip
    report = report_of(run(failed), archive)
    assert report["exit_code"] == 7
    assert "third.example: https://third.example/: its name cannot be found" in report["text"]
    assert not has_changes(report)
    assert "its name cannot be found" in as_html(report)


def test_a_disk_that_is_full_is_told_without_the_archive(archive):
    archive.path.unlink()
    failure = DiskFull(str(archive.path), "there is no room left", "Make room")
    report = report_of(run(failure=failure), archive)
    assert (report["exit_code"], report["meaning"]) == (3, "disk or database")
    assert "there is no room left" in report["error"]
    assert report["not_told"]
    assert "there is no room left" in as_html(report)


def test_lists_are_cut_and_say_so(archive):
    report = report_of(run(outcome(archive, new_posts=2, new_comments=MOST + 100)), archive)
    assert f"{MOST + 97} more, in the archive itself" in as_html(report)


def page_of(archive, text: str) -> BeautifulSoup:
    """The page of a run in which strangers' words are all `text`."""
    report = report_of(run(outcome(archive, new_posts=2, new_comments=3)), archive)
    (blog,) = report["blogs"]
    for one in blog["new"]["listed"]:
        one["title"], one["at"] = text, text
    blog["new"]["listed"][0]["url"] = f"javascript:{text}"
    blog["reason"] = blog["site_key"] = report["archive"] = text
    blog["shortfalls"] = [text]
    blog["failures"]["listed"] = [{"url": f"https://blog.example.org/{text}", "why": text, "at": text}]
    blog["oddities"] = {text: 1}
    return BeautifulSoup(as_html(report), "html.parser")


@pytest.mark.parametrize("text", [HOSTILE, '"><img src=x onerror=alert(1)>', "{{ 7 * 7 }}{% raw %}", "&lt;b&gt;"])
def test_the_page_is_harmless(tmp_path, archive, text):
    page = page_of(archive, text)
    assert {tag.name for tag in page.find_all(True)} <= {
        *("html", "head", "meta", "title", "style", "body", "h1", "h2", "p", "b", "bdi", "small", "a", "ul", "li"),
        *("details", "summary", "table", "tr", "th", "td", "div", "svg", "rect", "line", "text"),
    }
    for tag in page.find_all(True):
        assert not [name for name in tag.attrs if name.startswith("on") or name in {"src", "srcset", "style"}]
    assert {link["href"].partition(":")[0] for link in page.find_all("a")} == {"https"}
    assert "default-src 'none'" in page.find("meta", attrs={"http-equiv": "Content-Security-Policy"})["content"]
    assert "49" not in page.find("h2").text
    assert not re.search("[\u202a-\u202e\x1b]", page.find("h2").text)
    assert page.find("svg") is not None
    assert "url(" not in page.find("style").text
    assert "@import" not in page.find("style").text


@given(text=st.text())
def test_any_words_stay_words(text):
    report = {
        "text": "",
        "report": "",
        "version": "",
        "archive": text,
        "command": "crawl",
        "began_at": "",
        "ended_at": "",
        "seconds": 1.0,
        "exit_code": 1,
        "meaning": "an error",
        "error": text,
        "not_told": text,
        "blogs": [],
        "totals": {"new_posts": 0, "new_comments": 0, "requests": 0, "bytes": 0},
        "timeline": {"slice_seconds": 1.0, "answered": [1], "failed": [1]},
    }
    page = BeautifulSoup(as_html(report), "html.parser")
    assert not page.find_all(["script", "img", "a"])


def test_both_files_are_kept(tmp_path, archive):
    report = report_of(run(outcome(archive)), archive)
    page = keep_report(report, archive.directory, BEGAN, 5)
    assert page == archive.directory / "reports" / "20260102T030400Z-crawl.html"
    assert json.loads(page.with_suffix(".json").read_text("utf-8")) == report
    assert BeautifulSoup(page.read_text("utf-8"), "html.parser").title.text.startswith("crawl 2026-01-02 03:04 UTC")
    assert not list(page.parent.glob("*.part"))


def test_where_nothing_can_be_written_the_run_has_ended_all_the_same(archive):
    (archive.directory / "reports").write_text("a file in the way")
    assert keep_report(report_of(run(outcome(archive)), archive), archive.directory, BEGAN, 5) is None


def test_the_oldest_go_first(tmp_path):
    others = ["notes.json", "crash-20260101T000000000000Z.txt", "20260101T000000Z-crawl.txt", "20260101T000000Z.json"]
    for name in others:
        (tmp_path / name).touch()
    for number in range(12):
        for suffix in (".json", ".html"):
            free_name(tmp_path, BEGAN + timedelta(hours=number // 3), "crawl", suffix).touch()
    rotate(tmp_path, {".json", ".html"}, 4)
    left = sorted(path.name for path in tmp_path.iterdir() if path.name not in others)
    stems = ["20260102T050400Z-crawl-3", *(f"20260102T060400Z-crawl{again}" for again in ("", "-2", "-3"))]
    assert left == sorted(f"{stem}{suffix}" for stem in stems for suffix in (".json", ".html"))
    assert all((tmp_path / name).exists() for name in others)
    rotate(tmp_path / "nowhere", {".json"}, 1)


def test_a_file_is_there_whole_or_not_at_all(tmp_path):
    path = tmp_path / "report.json"
    path.mkdir()
    with pytest.raises(OSError, match="irectory"):
        write_whole(path, "x")
    assert list(tmp_path.iterdir()) == [path]
    write_whole(tmp_path / "other.json", "ä\ud800")
    assert (tmp_path / "other.json").read_text("utf-8") == "ä\\ud800"


def test_times_are_not_those_of_the_machine(tmp_path: Path):
    there = datetime(2026, 1, 2, 1, 30, tzinfo=UTC).astimezone()
    assert free_name(tmp_path, there, "update", ".json").name == "20260102T013000Z-update.json"


def test_the_name_of_a_run_that_is_gone_is_not_given_to_a_later_one_of_that_second(tmp_path):
    for _ in range(4):
        free_name(tmp_path, BEGAN, "crawl", ".json").touch()
        rotate(tmp_path, {".json"}, 1)
    (kept,) = tmp_path.iterdir()
    assert kept.name.endswith("Z-crawl-4.json")


def test_of_two_runs_of_one_second_the_later_is_kept_whatever_they_did(tmp_path):
    free_name(tmp_path, BEGAN, "update", ".json").touch()
    free_name(tmp_path, BEGAN, "crawl", ".json").touch()
    rotate(tmp_path, {".json"}, 1)
    assert [path.name for path in tmp_path.iterdir()] == ["20260102T030400Z-crawl-2.json"]
