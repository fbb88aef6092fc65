"""Several blogs in one command: politeness is per host, trouble per blog, and one code stands for all."""

from __future__ import annotations

import json
import socket
from itertools import pairwise
from pathlib import Path

import pytest

from archiver.crawl.outcome import worst_exit_code
from archiver.demo import DemoBlog, Response
from tests.crawl.faults import RESET, FaultServer, Slow, page
from tests.crawl.running import Ran, crawl, differences


class Many(DemoBlog):
    """Several blogs on one host, each below a path of its own; robots.txt is the host's."""

    def __init__(self, names: list[str], posts: int) -> None:
        super().__init__(posts=1, thread=1)
        self.blogs = {name: DemoBlog(seed=number, posts=posts, thread=12) for number, name in enumerate(names)}

    def respond(self, target: str, *, method: str = "GET", headers: object = None) -> Response:
        name, slash, rest = target.removeprefix("/").partition("/")
        blog = self.blogs.get(name)
        if blog is None or not slash:
            return Response(200, b"User-agent: *\nDisallow:\n", (("Content-Type", "text/plain"),))
        blog.home = f"{self.home}/{name}"
        return blog.respond(f"/{rest}", method=method)


def posts(ran: Ran, home: str) -> int:
    listed = "SELECT count(*) FROM posts JOIN blogs ON blogs.id = blog_id WHERE blogs.url = ?"
    return int(ran.one(f"{listed} AND kind = 'post' AND posts.title IS NOT NULL", home))


def test_one_request_at_a_time_over_all_blogs_of_a_host(tmp_path: Path) -> None:
    names = ["one", "two", "three"]
    server = FaultServer(Many(names, posts=6))
    with server.running() as home:
        for name in names:
            server.fault(f"/{name}/", Slow(0.3))
        ran = crawl(tmp_path, "--delay", "0.05", *(f"{home}/{name}/" for name in names))
    assert server.most_at_once == 1
    for before, after in pairwise(server.log):
        assert before.ended <= after.began
    assert [posts(ran, f"{home}/{name}/") for name in names] == [6, 6, 6]
    turns = [target.split("/")[1] for target in server.targets()]
    assert sum(before != after for before, after in pairwise(turns)) > 20, "they take turns"
    assert ran.code == 0


def test_several_ports_are_one_host(tmp_path: Path) -> None:
    one, two = FaultServer(DemoBlog(posts=5, thread=5)), FaultServer(DemoBlog(posts=5, thread=5))
    with one.running() as home, two.running() as other:
        assert crawl(tmp_path, "--delay", "0.05", f"{home}/", f"{other}/").code == 0
    log = sorted([*one.log, *two.log], key=lambda asked: asked.began)
    assert {asked.target for asked in one.log} & {asked.target for asked in two.log}
    assert all(before.ended <= after.began for before, after in pairwise(log))


def test_two_hosts_are_asked_side_by_side(tmp_path: Path) -> None:
    """The first is slow; the second does not wait for it."""
    one, two = FaultServer(DemoBlog(posts=5, thread=5)), FaultServer(DemoBlog(posts=5, thread=5))
    one.fault("/", Slow(3.0))
    with one.running() as home, two.running(host="127.0.0.2") as other:
        assert crawl(tmp_path, f"{home}/", f"{other}/").code == 0
    (slow,) = [asked for asked in one.log if asked.target == "/"]
    assert [asked for asked in two.log if slow.began < asked.began and asked.ended < slow.ended]


@pytest.mark.parametrize(
    ("trouble", "code"),
    [("refused", 7), ("broken", 4), ("nobody", 7), ("away", 4), ("mistake", 4)],
)
def test_the_trouble_of_one_is_its_own(tmp_path: Path, trouble: str, code: int) -> None:
    """With hosts of their own: what one blog of a host suffers may well be the host's."""
    good, bad = FaultServer(DemoBlog(posts=12, thread=8)), FaultServer(DemoBlog(posts=12, thread=8, api=False))
    with socket.create_server(("127.0.0.3", 0)) as probe:
        nobody = f"http://127.0.0.3:{probe.getsockname()[1]}"
    with good.running() as home, bad.running(host="127.0.0.2") as other:
        alone = crawl(tmp_path / "alone", f"{home}/")
        paths = [bad.blog.url(post).removeprefix(other) for post in bad.blog.published]
        match trouble:
            case "refused":
                bad.always("/robots.txt", page(200, "User-agent: *\nDisallow: /"))
            case "broken":
                bad.always(paths[3], page(500))
            case "away":
                for path in paths[2:]:
                    bad.always(path, RESET)
        url = nobody if trouble == "nobody" else other
        arranged: dict[str, object] = {"least_pause": 0.02}
        if trouble == "mistake":
            arranged["engine_fails"] = other + paths[3]
        ran = crawl(tmp_path / "both", f"{url}/", f"{home}/", arranged=arranged)
    assert ran.code == code
    assert posts(ran, f"{home}/") == 12
    assert alone.code == 0
    assert f"{home.removeprefix('http://')}: complete" in ran.out
    if trouble in {"refused", "nobody"}:
        assert differences(alone.archive, ran.archive) == {}


def test_one_blog_stops_at_its_limit_and_the_other_goes_on(tmp_path: Path) -> None:
    one, two = FaultServer(DemoBlog(posts=12, thread=8)), FaultServer(DemoBlog(posts=12, thread=8))
    with one.running() as home, two.running(host="127.0.0.2") as other:
        blogs = f'delay = 0\n[[blogs]]\nurl = "{home}/"\nmax_requests = 5\n[[blogs]]\nurl = "{other}/"\n'
        (tmp_path / "archiver.toml").write_text(blogs)
        ran = crawl(tmp_path)
    assert ran.code == 5
    assert len(one.log) == 5
    assert posts(ran, f"{other}/") == 12
    outcomes = dict(ran.rows("SELECT blogs.url, outcome FROM crawls JOIN blogs ON blogs.id = blog_id"))
    assert outcomes == {f"{home}/": "limit", f"{other}/": "complete"}
    assert json.loads(ran.one("SELECT counts FROM crawls WHERE outcome = 'limit'"))["requests"] == 5


@pytest.mark.parametrize(
    ("codes", "worst"),
    [
        ((), 0),
        ((0, 0), 0),
        ((0, 4), 4),
        ((5, 4), 5),
        ((130, 5), 130),
        ((143, 130), 143),
        ((7, 143), 7),
        ((1, 143), 1),
        ((7, 1), 7),
        ((3, 7), 3),
        ((9, 0), 1),
    ],
)
def test_the_worst_code_stands_for_all(codes: tuple[int, ...], worst: int) -> None:
    assert worst_exit_code(codes) == worst_exit_code(reversed(codes)) == worst
