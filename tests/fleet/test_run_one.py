"""The unit of work: whole or to be continued, alone, and gone with its parent."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from itertools import count, pairwise
from pathlib import Path

import pytest

from archiver.demo import DemoBlog
from archiver.errors import Locked
from archiver.fleet.fence import fenced
from archiver.fleet.shards import MARK, Shard, of_blog, of_file, whole
from tests.crawl.faults import FaultServer, page
from tests.crawl.running import ROOT, crawl, differences, ended, environment, sound, until_gone
from tests.crawl.test_kills import ALWAYS, assert_only_what_was_open_is_asked_again, kill, until
from tests.fleet.running import begin, run_one, shard_of, told


def test_a_blog_to_its_end_and_then_nothing_more(tmp_path: Path) -> None:
    server = FaultServer(DemoBlog(posts=4, thread=3))
    with server.running() as home:
        first = run_one(tmp_path, f"{home}/")
        asked = len(server.log)
        again = run_one(tmp_path, home)
        assert len(server.log) == asked
        crawl(tmp_path / "alone", f"{home}/")
    shard = of_blog(tmp_path, home)
    assert (first.code, again.code) == (0, 0)
    assert (told(first).slug, told(first).posts, told(first).idle) == (shard.slug, 4, False)
    assert (told(again).posts, told(again).requests, told(again).idle) == (4, 0, True)
    assert [one.slug for one in whole(tmp_path)] == [shard.slug]
    assert not shard.part.exists()
    assert sound(shard.final)
    assert differences(shard.final, tmp_path / "alone") == {}
    mark = json.loads((shard.final / MARK).read_text())
    assert (mark["target"], mark["verb"], mark["outcome"], mark["posts"]) == (f"{home}/", "crawl", "complete", 4)


def test_killed_at_any_moment_it_goes_on_where_it_was(tmp_path: Path) -> None:
    server, runs = FaultServer(DemoBlog(posts=12, thread=5, api=False, feeds=False)), []
    with server.running() as home:
        for requests in (4, 11):
            before = len(server.log)
            process = begin(tmp_path, f"{home}/")
            until(server, before + requests, process)
            kill(process)
            ended(tmp_path, process)
            runs.append(server.targets()[before:])
            assert not of_blog(tmp_path, home).final.exists()
            assert list(whole(tmp_path)) == []
        before = len(server.log)
        last = run_one(tmp_path, f"{home}/")
        runs.append(server.targets()[before:])
    assert (last.code, told(last).posts) == (0, 12)
    assert_only_what_was_open_is_asked_again(runs)


@pytest.mark.parametrize("is_marked", [True, False], ids=["marked", "not marked"])
def test_killed_when_nothing_was_left_to_ask_it_asks_nothing(tmp_path: Path, *, is_marked: bool) -> None:
    """Between the end of the crawl and the moment when the shard stands in its place."""
    server = FaultServer(DemoBlog(posts=4, thread=3))
    with server.running() as home:
        shard, asked = of_blog(tmp_path, home), run_one(tmp_path, f"{home}/")
        mark = json.loads((shard.final / MARK).read_text())
        shard.final.rename(shard.part)
        if not is_marked:
            (shard.part / MARK).unlink()
        before = len(server.log)
        again = run_one(tmp_path, f"{home}/")
        assert len(server.log) == before
    assert (asked.code, again.code, told(again).posts) == (0, 0, 4)
    found = json.loads((shard.final / MARK).read_text())
    assert not shard.part.exists()
    assert {**found, "done_at": mark["done_at"]} == mark


def test_killed_when_it_was_making_the_database_it_begins_anew(tmp_path: Path) -> None:
    """Between the first byte of the file and the first table in it."""
    server = FaultServer(DemoBlog(posts=4, thread=3))
    with server.running() as home:
        part = of_blog(tmp_path, home).part
        part.mkdir(parents=True)
        with closing(sqlite3.connect(part / "archive.db")) as made:
            made.execute("PRAGMA journal_mode = WAL")
        again = run_one(tmp_path, f"{home}/")
    assert (again.code, told(again).posts) == (0, 4)


def test_a_slice_of_time_ends_it_to_be_continued(tmp_path: Path) -> None:
    server = FaultServer(DemoBlog(posts=6, thread=2))
    with server.running() as home:
        part = run_one(tmp_path, f"{home}/", "--max-requests", "6")
        assert (part.code, told(part).state) == (5, "continued")
        assert shard_of(tmp_path) == of_blog(tmp_path, home).part
        rest = run_one(tmp_path, f"{home}/")
        assert (rest.code, told(rest).posts) == (0, 6)
        targets = [target for target in server.targets() if target not in ALWAYS]
    assert len(targets) == len(set(targets))


def test_a_number_of_posts_that_was_asked_for_is_whole(tmp_path: Path) -> None:
    with FaultServer(DemoBlog(posts=6, thread=2)).running() as home:
        ran = run_one(tmp_path, f"{home}/", "--limit", "2")
    assert (ran.code, told(ran).outcome) == (0, "limit")
    assert of_blog(tmp_path, home).mark()


def test_a_second_worker_leaves_or_waits(tmp_path: Path) -> None:
    server = FaultServer(DemoBlog(posts=4, thread=2))
    with server.running() as home:
        first = begin(tmp_path, f"{home}/")
        until(server, 2, first)
        os.kill(first.pid, signal.SIGSTOP)  # at work for as long as we like
        left = run_one(tmp_path, f"{home}/")
        waits = begin(tmp_path, f"{home}/", "--wait", "100", "--verb", "crawl")
        os.kill(first.pid, signal.SIGCONT)
        ran, waited = ended(tmp_path, first), ended(tmp_path, waits)
    assert (left.code, ran.code, waited.code) == (6, 0, 0)
    assert f"another worker is at it (run-one --verb crawl {home}/, process {first.pid} on " in left.err
    assert told(waited).idle
    targets = [target for target in server.targets() if target not in ALWAYS]
    assert len(targets) == len(set(targets))
    assert server.most_at_once == 1


def test_it_dies_with_its_parent(tmp_path: Path) -> None:
    """kill -9 of who started it: what is in flight comes to its end, then it is gone and the shard is free."""
    server = FaultServer(DemoBlog(posts=8, thread=2))
    starts = (
        "import subprocess, sys, os; p = subprocess.Popen(sys.argv[1:] + ['--parent', str(os.getpid())]);"
        "print(p.pid, flush=True); p.wait()"
    )
    with server.running() as home:
        unit = [sys.executable, "-m", "archiver", "run-one", f"{home}/", "--shards", str(tmp_path), "--delay", "0.2"]
        parent = subprocess.Popen(
            [sys.executable, "-c", starts, *unit], stdout=subprocess.PIPE, text=True, cwd=ROOT, env=environment()
        )
        assert parent.stdout is not None
        child = int(parent.stdout.readline())
        until(server, 4, parent)
        parent.kill()
        parent.stdout.read()  # its other end was the child's, too
        parent.wait()
        asked = server.targets()
        until_gone(child)
        rest = run_one(tmp_path, f"{home}/")
    assert (rest.code, told(rest).posts) == (0, 8)
    again = [target for target in server.targets()[len(asked) :] if target not in ALWAYS]
    assert len(set(asked) & set(again)) <= 1


def test_one_whose_parent_has_gone_already_leaves_at_once(tmp_path: Path) -> None:
    ran = run_one(tmp_path, "http://127.0.0.1:9/", "--parent", str(os.getpid() + 1))
    assert (ran.code, ran.out) == (128 + signal.SIGTERM, "")
    assert list(tmp_path.iterdir()) == []


def test_a_blog_that_cannot_be_read_has_failed_and_is_tried_again(tmp_path: Path) -> None:
    server = FaultServer(DemoBlog(posts=2, thread=1))
    with server.running() as home:
        server.always("/", page(410))
        gone = run_one(tmp_path, f"{home}/")
        assert (gone.code, told(gone).state) == (7, "failed")
        assert "410" in str(told(gone).reason)
        server.calm()
        assert run_one(tmp_path, f"{home}/").code == 0


def test_what_is_whole_is_updated_and_done_again_where_it_stands(tmp_path: Path) -> None:
    blog = DemoBlog(posts=3, thread=2)
    server = FaultServer(blog)
    with server.running() as home:
        early = told(run_one(tmp_path, f"{home}/", "--verb", "update"))
        assert (early.exit_code, early.posts) == (0, 3), "what is not there yet is crawled"
        blog.add_comment(blog.published[0], "Said later.")
        held = told(run_one(tmp_path, home, "--verb", "update"))
        before = len(server.log)
        assert told(run_one(tmp_path, home, "--again")).outcome == "complete"
        assert len(server.log) > before
    shard = of_blog(tmp_path, home)
    assert (held.exit_code, held.idle, shard_of(tmp_path)) == (0, False, shard.final)
    mark = shard.mark()
    assert mark is not None
    assert (mark.verb, mark.comments) == ("crawl", held.comments)


def test_a_warc_file_is_read_again_into_a_shard_of_its_own(tmp_path: Path) -> None:
    with FaultServer(DemoBlog(posts=4, thread=3)).running() as home:
        crawl(tmp_path / "alone", f"{home}/")
    (file,) = (tmp_path / "alone" / "warc").glob("*.warc.gz")
    shards = tmp_path / "shards"
    first, again = run_one(shards, str(file)), run_one(shards, str(file))
    shard = of_file(shards, file)
    assert (first.code, told(first).posts, told(first).idle) == (0, 4, False)
    assert told(again).idle
    assert differences(shard.final, tmp_path / "alone") == {}
    assert sound(shard.final)
    moved = file.with_name("renamed.warc.gz")
    moved.write_bytes(file.read_bytes())
    assert of_file(shards, moved).slug.rpartition("-")[2] == shard.slug.rpartition("-")[2]
    own = run_one(shards.with_name("none"), str(tmp_path / "missing.warc.gz"))
    assert (own.code, own.said) == (
        2,
        [f"archiver: {tmp_path / 'missing.warc.gz'}: there is no such file. Check the path"],
    )


def test_a_holder_on_another_machine_counts_for_as_long_as_it_moves(tmp_path: Path) -> None:
    """Where locks do not reach the other machine, the file tells; one that has long been silent is no holder."""
    shard, said = Shard(tmp_path, "blog"), []
    lock = tmp_path / ".locks" / "blog.lock"
    lock.parent.mkdir()
    lock.write_text(json.dumps({"pid": 7, "host": "elsewhere", "command": "run-one", "since": "2026-01-01T00:00:00Z"}))
    with pytest.raises(Locked, match="process 7 on elsewhere since 2026-01-01"), fenced(shard, "one", 0, said.append):
        pass
    clock = count(step=30)
    with fenced(shard, "one", 1000, said.append, clock=lambda: float(next(clock))) as fence:
        fence.check()
        lock.write_text(json.dumps({"pid": 8, "host": "elsewhere", "command": "run-one", "since": "now"}))
        with pytest.raises(Locked, match="taken over"):
            fence.check()
    lock.write_text(json.dumps({"pid": 9, "host": "elsewhere", "command": "run-one", "since": "long ago"}))
    os.utime(lock, (time.time() - 3600,) * 2)
    with fenced(shard, "one", 0, said.append):
        assert said == []


def test_two_workers_that_meet_at_a_host_take_turns(tmp_path: Path) -> None:
    """As they do at a comment system of many blogs: one request at a time, and the delay counts over both."""
    one, other = FaultServer(DemoBlog(posts=2, thread=1)), FaultServer(DemoBlog(posts=2, thread=1))
    with one.running() as home, other.running() as there:
        first, second = (begin(tmp_path, f"{url}/", "--delay", "0.1") for url in (home, there))
        assert (ended(tmp_path, first).code, ended(tmp_path, second).code) == (0, 0)
    asked = sorted([*one.log, *other.log], key=lambda request: request.began)
    assert {len(one.log), len(other.log)} == {len(asked) // 2}
    assert all(before.ended <= after.began for before, after in pairwise(asked))
    late = [request.began for request in asked if request.target != "/robots.txt"]
    assert all(after - before >= 0.09 for before, after in pairwise(late)), "both keep to the delay"


def test_names_of_shards_are_readable_and_told_apart(tmp_path: Path) -> None:
    names = {
        url: of_blog(tmp_path, url).slug
        for url in ("https://Blog.Example.org/", "http://www.blog.example.org", "https://example.org/~ann/Blog?p=1",
                    "https://example.org/~ann/blog", "https://example.org/" + "x" * 300, "http://[::1]:8080/")
    }  # fmt: skip
    first, second, *rest = names.values()
    assert first == second
    assert first.startswith("blog.example.org-")
    assert len({first, *rest}) == len(names) - 1
    assert all(len(name) < 100 and Shard(tmp_path, name).final.parent == tmp_path for name in names.values())
