"""The frontier: what is fetched next, and that nothing is lost or done twice however a run ends."""

import random
import tracemalloc
from collections import Counter
from contextlib import closing, contextmanager

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archiver.model import Discovery, Fetch, Target, TargetKind, Visit
from db import open_archive
from db.frontier import Waiting
from db.keys import blog_key
from tests.unit.readings import SITE, fresh_writer

NOW, LATER = "2026-01-02T03:04:05.000000Z", "2026-01-02T04:00:00.000000Z"
BLOG = blog_key(SITE.key)


def target(name, priority=0, kind=TargetKind.POST, **hint):
    return Target(url=f"{SITE.home}{name}", kind=kind, priority=priority, hint=hint)


class Run:
    """One run over the blog, written down shortly."""

    def __init__(self, writer, *, restart=False, command="crawl"):
        self.writer, self.frontier = writer, writer.frontier
        self.crawl = writer.begin_crawl(SITE, command=command, version="0", settings={}, restart=restart)

    def end(self):
        self.writer.end_crawl(self.crawl, outcome="complete", reason=None, counts={})

    def add(self, *targets):
        return self.writer.add_targets(SITE, targets)

    def take(self, count=10, now=NOW, **options):
        return [one.url.removeprefix(SITE.home) for one, _ in self.frontier.take(BLOG, count, now, **options)]

    def save(self, name, *found, status=200, failed=None, aliases=()):
        one = target(name)
        self.writer.save(
            Visit(
                site=SITE,
                target=one,
                fetch=Fetch(url=one.url, fetched_at=NOW, status=status),
                discovery=Discovery(targets=found, aliases=tuple(f"{SITE.home}{alias}" for alias in aliases)),
            ),
            self.crawl,
            failed=failed,
        )

    def put_off(self, name, until=LATER):
        one = target(name)
        fetch = Fetch(url=one.url, fetched_at=NOW, status=503)
        self.writer.put_off(SITE, one, fetch, self.crawl, retry_at=until, reason="503 Service Unavailable")

    def states(self):
        rows = self.writer.connection.execute("SELECT url, state FROM frontier")
        return {url.removeprefix(SITE.home): state for url, state in rows}

    def row(self, name):
        return dict(
            self.writer.connection.execute("SELECT * FROM frontier WHERE url = ?", (f"{SITE.home}{name}",)).fetchone()
        )


@pytest.fixture
def writer():
    with fresh_writer() as made:
        yield made


@pytest.fixture
def run(writer):
    return Run(writer)


def test_the_lower_number_comes_first_then_the_older(run):
    assert run.add(target("c", 20), target("a", 10), target("b", 10)) == 3
    assert run.take(2) == ["a", "b"]
    assert run.take() == ["c"]
    assert run.take() == []


def test_a_later_phase_waits_for_the_earlier_one(run):
    run.add(target("api", 5), target("post", 50))
    assert run.frontier.lowest(BLOG, NOW) == 5
    assert run.take(below=20) == ["api"]
    assert run.take(below=20) == []
    assert run.frontier.lowest(BLOG, NOW) == 50
    assert run.take(below=51) == ["post"]
    assert run.frontier.lowest(BLOG, NOW) is None


@pytest.mark.parametrize(
    "spelling", ["a", "a/", "a?utm_source=feed", "a#comments"], ids=["same", "slash", "tracking", "fragment"]
)
def test_one_url_is_wanted_once_however_it_is_spelt(run, spelling):
    assert run.add(target("a"), target(spelling, 9)) == 1
    assert run.add(target(spelling)) == 0
    assert len(run.take()) == 1


def test_that_a_post_has_no_comments_is_told_to_who_waits_for_it(run):
    run.add(target("a"), target("b", post="7"), target("c", claimed="3"))
    assert run.add(target("a", claimed="0"), target("b", claimed="0"), target("c", claimed="0")) == 0
    hints = [one.hint for one, _ in run.frontier.take(BLOG, 10, NOW)]
    assert hints == [{"claimed": "0"}, {"claimed": "0", "post": "7"}, {"claimed": "3"}]


def test_what_the_finder_knew_is_handed_back(run):
    run.add(target("a", 3, TargetKind.COMMENT_PAGE, post="12", page="2"))
    ((found, attempts),) = run.frontier.take(BLOG, 1, NOW)
    assert found == target("a", 3, TargetKind.COMMENT_PAGE, post="12", page="2")
    assert attempts == 0


def test_a_kind_found_earlier_stays(run):
    run.add(target("a", 3, TargetKind.LIST))
    run.add(target("a", 1, TargetKind.POST))
    assert (run.row("a")["kind"], run.row("a")["priority"]) == ("list", 3)


def test_a_page_settles_its_url_and_brings_new_ones(run):
    run.add(target("a"))
    run.take()
    run.save("a", target("b"), target("a"))
    assert run.states() == {"a": "done", "b": "pending"}
    assert run.row("a")["done_in"] == run.row("b")["found_in"]


def test_other_names_of_a_page_are_not_fetched_again(run):
    run.add(target("a"), target("busy"))
    run.take()
    run.add(target("known"))
    run.save("a", aliases=("a", "known", "new", "busy"))
    assert run.states() == {"a": "done", "busy": "in_flight", "known": "alias", "new": "alias"}
    assert run.add(target("known"), target("new")) == 0
    assert run.take() == []


def test_put_off_until_later(run):
    run.add(target("a"), target("b"))
    run.take()
    run.put_off("a")
    assert run.frontier.waiting(BLOG, NOW) == Waiting(ready=0, put_off=1, next_at=LATER)
    assert run.take(now=NOW) == []
    assert run.frontier.lowest(BLOG, NOW) is None
    assert run.frontier.lowest(BLOG, LATER) == 0
    assert run.frontier.waiting(BLOG, LATER) == Waiting(ready=1, put_off=0, next_at=None)
    ((found, attempts),) = run.frontier.take(BLOG, 5, LATER)
    assert (found.url, attempts) == (f"{SITE.home}a", 1)
    assert run.row("a")["last_error"] == "503 Service Unavailable"


def test_put_off_again_and_again_counts(run):
    run.add(target("a"))
    for attempts in range(4):
        ((_, so_far),) = run.frontier.take(BLOG, 1, LATER)
        assert so_far == attempts
        run.put_off("a")


def test_given_up_says_why_and_is_not_tried_again_in_this_round(run):
    run.add(target("a"))
    run.take()
    run.save("a", target("b"), status=404, failed="404 Not Found")
    row = run.row("a")
    assert (row["state"], row["last_error"], row["attempts"]) == ("given_up", "404 Not Found", 1)
    assert row["done_in"] is not None
    assert run.add(target("a")) == 0
    assert run.take() == ["b"]


def test_excluded_says_why(run):
    run.add(target("a"), target("b"))
    run.take(1)
    run.frontier.exclude(SITE.key, target("a"), "robots.txt disallows it")
    assert (run.row("a")["state"], run.row("a")["last_error"]) == ("excluded", "robots.txt disallows it")
    assert run.take() == ["b"]


def test_what_was_not_fetched_is_given_back(run):
    run.add(target("a"), target("b"))
    run.take()
    run.save("a")
    run.frontier.release(SITE.key, [target("a"), target("b")])
    assert run.states() == {"a": "done", "b": "pending"}


# -- from run to run ------------------------------------------------------------------------------


def test_an_interrupted_run_goes_on_where_it_stopped(writer):
    first = Run(writer)
    first.add(target("a"), target("b"), target("c"), target("d"))
    first.take(3)
    first.save("a")
    first.put_off("b")
    second = Run(writer)  # the first one was killed: c was in flight, b put off, d never taken
    assert second.take() == ["b", "c", "d"]
    assert second.row("b")["attempts"] == 0
    assert second.row("a")["round"] == 1


def test_when_all_is_done_the_next_run_is_a_new_round(writer):
    first = Run(writer)
    first.add(target("a"), target("b"), target("gone"), target("out"))
    first.take()
    first.save("a")
    first.save("b")
    first.save("gone", status=404, failed="404 Not Found")
    first.frontier.exclude(SITE.key, target("out"), "an exclude pattern fits")
    first.end()
    second = Run(writer)
    assert second.take() == []
    assert second.add(target("a", 7, TargetKind.LIST, page="2"), target("gone"), target("out")) == 3
    assert second.add(target("a")) == 0
    row = second.row("a")
    assert (row["round"], row["kind"], row["priority"], row["hint"]) == (2, "list", 7, '{"page": "2"}')
    assert (row["done_in"], row["last_error"], row["attempts"]) == (None, None, 0)
    assert sorted(second.take()) == ["a", "gone", "out"]
    assert second.row("b")["state"] == "done"


@pytest.mark.parametrize(("command", "round_"), [("crawl", 1), ("update", 2)])
def test_a_run_that_was_killed_at_its_very_end_comes_to_it_in_the_next_one(writer, command, round_):
    first = Run(writer)
    first.add(target("a"))
    first.take()
    first.save("a")
    second = Run(writer, command=command)
    assert second.add(target("a")) == round_ - 1
    assert second.row("a")["round"] == round_
    second.save("a")
    second.end()
    third = Run(writer)
    assert third.add(target("a")) == 1


def test_restart_begins_a_new_round_at_once(writer):
    first = Run(writer)
    first.add(target("a"), target("b"))
    first.take(1)
    second = Run(writer, restart=True)
    assert second.take() == []
    assert second.frontier.waiting(BLOG, NOW).ready == 0
    assert second.add(target("b")) == 1
    assert second.take() == ["b"]


def test_the_routes_of_the_api_that_answered_in_this_round(writer):
    run = Run(writer)
    api = [target(name, 0, TargetKind.API, route=name) for name in ("posts", "comments", "users")]
    run.add(*api)
    run.take()
    run.save("posts")
    run.save("comments", status=401)
    run.save("users", status=404, failed="404 Not Found")
    assert run.frontier.open_routes(BLOG) == [(f"{SITE.home}posts", {"route": "posts"})]
    assert Run(writer, restart=True).frontier.open_routes(BLOG) == []


def test_two_blogs_in_one_archive_keep_apart(writer):
    run = Run(writer)
    run.add(target("a"))
    other = type(SITE)(key="other.example", home="https://other.example/")
    writer.begin_crawl(other, command="crawl", version="0", settings={})
    writer.add_targets(other, [target("a")])
    assert run.take() == ["a"]
    assert run.take() == []
    assert len(writer.frontier.take(blog_key(other.key), 9, NOW)) == 1


# -- as a whole -----------------------------------------------------------------------------------


@contextmanager
def crawled(seed, kills, links):
    """A site of pages that link to each other, crawled with some of the fetches failing and the run killed at times."""
    rnd = random.Random(seed)
    fetched = Counter()
    with fresh_writer() as writer:
        run = Run(writer)
        run.add(target("0"))
        for _ in range(1000):
            batch = run.take(rnd.randint(1, 3), now=LATER)
            if not batch and not run.frontier.waiting(BLOG, LATER).ready:
                break
            for name in batch:
                if kills and rnd.random() < 0.2:
                    kills -= 1
                    run = Run(writer)  # the batch is lost in flight
                    break
                fetched[name] += 1
                if rnd.random() < 0.2:
                    run.put_off(name, until=NOW)
                    fetched[name] -= 1
                else:
                    run.save(name, *[target(str(link)) for link in links.get(name, ())])
        yield fetched, run


@given(
    st.integers(),
    st.integers(0, 5),
    st.dictionaries(st.integers(0, 8).map(str), st.lists(st.integers(0, 8), max_size=3), max_size=9),
)
def test_every_page_is_stored_once_however_often_the_run_is_killed(seed, kills, links):
    reachable, new = {"0"}, ["0"]
    while new:
        new = [str(link) for name in new for link in links.get(name, ()) if str(link) not in reachable]
        reachable.update(new)
    with crawled(seed, kills, links) as (fetched, run):
        assert {name: times for name, times in fetched.items() if times} == dict.fromkeys(reachable, 1)
        assert set(run.states().values()) == {"done"}


def test_the_frontier_outlives_the_process(tmp_path):
    archive = open_archive(tmp_path, create=True)
    with closing(archive.writer()) as writer:
        run = Run(writer)
        run.add(target("a"), target("b"))
        run.take(1)
    with closing(archive.writer()) as writer:
        assert Run(writer).take() == ["a", "b"]


def test_memory_does_not_grow_with_what_is_waiting(tmp_path):
    """The most that Python holds while a run goes on from a frontier, whatever the number of URLs that are left."""
    peaks = []
    for waiting in (1_000, 20_000):
        archive = open_archive(tmp_path / str(waiting), create=True)
        with closing(archive.writer()) as writer:
            run = Run(writer)
            for start in range(0, waiting, 500):
                run.add(*[target(str(number)) for number in range(start, start + 500)])
            tracemalloc.start()
            try:
                run = Run(writer)
                for _ in range(20):
                    names = run.take(10)
                    assert len(names) == 10
                    for name in names:
                        run.save(name, target(f"{name}/more"))
                    assert run.frontier.waiting(BLOG, LATER).ready == waiting
                peaks.append(tracemalloc.get_traced_memory()[1])
            finally:
                tracemalloc.stop()
    assert peaks[1] < 1.5 * peaks[0]
