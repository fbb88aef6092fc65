"""kill -9 at any moment: the file stays whole, the next run goes on, and the end is that of an undisturbed run.

`pytest tests/crawl/test_kills.py --kills 100` does it more often; every eight kills have a crawl of their own.
"""

from __future__ import annotations

import os
import pickle
import shutil
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from random import Random

import pytest

from archiver.crawl.parcels import LENGTH
from archiver.crawl.reading import Question
from archiver.demo import DemoBlog
from archiver.demo.server import serve
from archiver.model import Site, Target, TargetKind
from archiver.page import Page
from benchmarks.week import differing
from spiders.blog import UNREAD
from tests.crawl.faults import FaultServer
from tests.crawl.forked import Forked
from tests.crawl.points import Point, run
from tests.crawl.running import ROOT, Ran, crawl, differences, ended, rows, sound, start, update

KILLS = 8  # of one crawl
END = "db/writer.py Writer.end_crawl"
"""Where a run is judged by: with this transaction it is over."""
ALWAYS = {"/", "/robots.txt"}
"""What every run begins with."""
OPEN = UNREAD + 2
"""Answers that a run may have that are not stored yet: one that comes, those that wait, the one being saved."""


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "seed" in metafunc.fixturenames:
        metafunc.parametrize("seed", range(-(-metafunc.config.getoption("--kills") // KILLS)))


def kill(process: Forked) -> None:
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)


def until(server: FaultServer, asked: int, process: Forked) -> None:
    """Wait until the server was asked so often, or the crawl has ended."""
    while len(server.log) < asked and process.poll() is None:
        time.sleep(0.002)


def killed(archive: Path, server: FaultServer, url: str, chance: Random, verb: str = "crawl") -> list[str]:
    """Run a crawl, or an update, into a kill, soon after some of its requests. Returns what it has asked for."""
    before = len(server.log)
    process = start(archive, url, verb=verb)
    until(server, before + chance.choice([0, 1, 2, *range(3, 22)]), process)
    time.sleep(chance.choice([0.0, 0.01, 0.05, 0.2]))
    kill(process)
    ran = ended(archive, process)
    assert ran.code in {-signal.SIGKILL, 0}
    return server.targets()[before:]


def complete(archive: Path) -> int:
    """How many runs have come to their end."""
    if not (archive / "archive.db").exists() or not rows(archive, "SELECT 1 FROM sqlite_master WHERE name = 'crawls'"):
        return 0
    ((number,),) = rows(archive, "SELECT count(*) FROM crawls WHERE outcome = 'complete'")
    return int(number)


def frontier(archive: Path) -> list[tuple[str, ...]]:
    return rows(archive, "SELECT url, kind, state FROM frontier ORDER BY url")


@pytest.mark.parametrize("api", [True, False])
def test_killed_and_killed_again(tmp_path: Path, seed: int, api: bool) -> None:
    chance = Random(f"{seed} {api}")
    server = FaultServer(DemoBlog(posts=40, thread=12, api=api, feeds=api))
    archive, runs = tmp_path / "killed", []
    with server.running() as home:
        undisturbed = crawl(tmp_path / "undisturbed", f"{home}/")
        for _ in range(KILLS // 2):  # the other half with the API open, or closed
            if complete(archive) == 0:  # else it was over before the kill came
                runs.append(killed(archive, server, f"{home}/", chance))
            if (archive / "archive.db").exists():
                assert sound(archive)
        before = len(server.log)
        if complete(archive) == 0:
            assert crawl(archive, f"{home}/").code == 0
        runs.append(server.targets()[before:])
    assert undisturbed.code == 0
    assert sound(archive)
    assert differences(archive, undisturbed.archive) == {}
    assert frontier(archive) == frontier(undisturbed.archive)
    assert complete(archive) == 1
    assert_only_what_was_open_is_asked_again(runs)


def assert_only_what_was_open_is_asked_again(runs: list[list[str]]) -> None:
    """Within a run nothing is asked twice; of an earlier one only what it can hardly have stored."""
    stored: set[str] = set()
    for asked in runs:
        once = [target for target in asked if target not in ALWAYS]
        assert len(once) == len(set(once))
        assert set(once) & stored == set()
        stored.update(asked[:-OPEN] if len(asked) > OPEN else ())
        stored -= ALWAYS


@pytest.mark.parametrize("api", [True, False], ids=["API open", "API closed"])
def test_an_update_that_is_killed_loses_nothing_and_takes_nothing_away(tmp_path: Path, api: bool) -> None:
    chance = Random(f"updates {api}")
    blog = DemoBlog(posts=20, thread=12, api=api)
    server, archive, undisturbed = FaultServer(blog), tmp_path / "killed", tmp_path / "undisturbed"
    with server.running() as home:
        assert crawl(archive, f"{home}/", "-q").code == 0
        shutil.copytree(archive, undisturbed)
        blog.add_post("While it was killed", "A body.")
        posts = [post for post in blog.published if not post.protected]
        removed = blog.remove_comment(next(blog.approved(post)[-1] for post in posts[5:] if blog.approved(post)))
        new = {blog.add_comment(post, "Said meanwhile.").id for post in posts[2:14]}
        blog.edit_post(posts[3], title="Retitled meanwhile")
        trashed = blog.edit_post(posts[8], status="trash")
        beneath = {one.id for one in blog.comments if one.post_id == trashed.id}
        taken = {str(id_) for id_ in (removed.id, trashed.id, *beneath)}
        for _ in range(2):
            killed(archive, server, f"{home}/", chance, verb="update")
            assert sound(archive)
            assert gone(archive) <= taken
        found = update(archive)
        held = {row[0] for row in found.rows("SELECT native_id FROM comments WHERE gone_at IS NULL")}
        assert (found.code, {str(id_) for id_ in new - beneath} - held) == (0, set())
        assert found.one("SELECT count(*) FROM posts WHERE title = 'While it was killed'") == 1
        for folder in (archive, undisturbed):
            assert update(folder, "--full").code == 0
    assert differing(archive, undisturbed) == {}
    assert gone(archive) >= gone(undisturbed) >= {str(removed.id), str(trashed.id)}
    assert gone(archive) <= taken


def test_what_a_killed_update_has_read_is_judged_by_the_next(tmp_path: Path) -> None:
    """One has read the feed, and not the post that is new in it; one has read all, and has marked nothing.

    That the pages have not changed since then must not hide what they no longer show.
    """
    blog = DemoBlog(posts=6, thread=6, api=False)
    archive, fresh = tmp_path / "killed", tmp_path / "fresh"
    with serve(blog) as home:
        assert run(tmp_path, ["crawl", "-a", str(archive), "--delay", "0", f"{home}/"]).code == 0
        post, other = [post for post in blog.published if len(blog.approved(post)) > 1][:2]
        removed = blog.remove_comment(blog.approved(post)[-1])
        blog.add_comment(post, "Said meanwhile.")
        blog.add_comment(other, "Said there as well.")
        blog.edit_post(other, title="Retitled meanwhile")
        new = blog.add_post("While it was killed", "A body.")
        command = ["update", "-a", str(archive), "--delay", "0"]
        feed = Point("commit", "db/writer.py Writer.save", 3)  # after robots.txt, the front page and the sitemap
        assert run(tmp_path, command, feed, "after").code == -signal.SIGKILL
        assert rows(archive, "SELECT sources FROM posts WHERE native_id = ?", str(new.id)) == [("feed",)]
        assert run(tmp_path, command, Point("commit", END)).code == -signal.SIGKILL
        assert gone(archive) == set()
        assert run(tmp_path, command).code == 0
        assert run(tmp_path, ["crawl", "-a", str(fresh), "--delay", "0", f"{home}/"]).code == 0
        assert gone(archive) == {str(removed.id)}
        assert differing(archive, fresh) == {}
        blog.requests.clear()
        assert run(tmp_path, [*command, "--full"]).code == 0
    asked = {target: status for _, target, status in blog.requests}
    assert {asked[target] for target in asked if other.slug in target or post.slug in target} == {304}


def gone(archive: Path) -> set[str]:
    """The numbers of the posts and comments that are marked."""
    query = "SELECT native_id FROM {} WHERE gone_at IS NOT NULL"
    return {row[0] for table in ("posts", "comments") for row in rows(archive, query.format(table))}


def test_the_process_that_reads_pages_is_killed(tmp_path: Path) -> None:
    """Another takes its place; the page that it was at is marked, and read by the next run at the latest."""
    server = FaultServer(DemoBlog(posts=40, thread=10, api=False, feeds=False))
    with server.running() as home:
        process = start(tmp_path, f"{home}/")
        until(server, 15, process)
        children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
        for child in children:
            os.kill(int(child), signal.SIGKILL)
        ran = ended(tmp_path, process)
        assert len(children) == 1
        assert ran.code in {0, 4}
        assert sound(tmp_path)
        again: Ran = crawl(tmp_path, f"{home}/")
    assert again.code == 0
    assert again.one("SELECT count(*) FROM posts WHERE kind = 'post' AND title IS NOT NULL") == 40


@pytest.mark.parametrize("sent", [0, 1, 7, 8, 9, 300, None])
def test_the_process_that_reads_pages_ends_quietly_with_its_parent(sent: int | None) -> None:
    """However much of a question its parent came to write."""
    page = Page("http://127.0.0.1/", b"<html><body><p>Hello.</p>", headers={"content-type": "text/html"})
    question = Question(
        page=page, target=Target(url=page.url, kind=TargetKind.HOME), site=Site(key="127.0.0.1", home=page.url)
    )
    data = pickle.dumps(question)
    command = [sys.executable, "-m", "archiver.crawl.reader_process"]
    frame = (len(data).to_bytes(LENGTH, "big") + data)[:sent]
    ran = subprocess.run(command, input=frame, capture_output=True, cwd=ROOT, check=False, timeout=60)
    assert (ran.returncode, ran.stderr) == (0, b"")
    assert bool(ran.stdout) is (sent is None)
