"""Ways inwards: a public blog leads neither to a private address nor to another host, by whatever spelling."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from archiver.config import BlogConfig
from archiver.crawl.addresses import leads_inwards
from archiver.crawl.jobs import Answer, Job
from archiver.crawl.opening import Opening
from archiver.crawl.policy import Policy
from archiver.crawl.robots import Robots
from archiver.demo import DemoBlog
from archiver.engines import by_name
from archiver.errors import Refused
from archiver.model import Site, Target, TargetKind
from archiver.page import Page
from tests.crawl.faults import FaultServer, Raw, http
from tests.crawl.running import SOON, crawl

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
HOME = "https://blog.example.org/"
INWARDS = [
    "http://127.0.0.1/",
    "http://127.0.0.1:6379/",
    "http://localhost/",
    "http://printer.localhost/",
    "http://10.0.0.1/",
    "http://172.16.9.9/",
    "http://192.168.1.1/admin",
    "http://169.254.169.254/latest/meta-data/",
    "http://100.64.0.1/",
    "http://0.0.0.0/",
    "http://[::1]/",
    "http://[::]/",
    "http://[fd00::1]/",
    "http://[fe80::1]/",
    "http://[::ffff:127.0.0.1]/",
    "http://2130706433/",
    "http://0x7f.1/",
    "http://0177.0.0.1/",
    "http://127.1/",
    "http://router.local/",
    "http://intranet/",
]


def opening() -> Opening:
    made = Opening(Site(key="blog.example.org", home=HOME), None, 0.0, lambda url: None)
    job = made.next(NOW)
    assert job is not None
    assert made.received(job, Answer(at=NOW, page=Page(job.url, b"", status=404)), NOW) is None
    return made


def redirected(url: str) -> Answer:
    return Answer(at=NOW, page=Page(HOME, b"", status=302, headers={"location": url}))


@pytest.mark.parametrize("url", INWARDS)
def test_a_front_page_that_leads_inwards_is_refused(url: str) -> None:
    made = opening()
    job = made.next(NOW)
    assert job is not None
    with pytest.raises(Refused, match="private address"):
        made.received(job, redirected(url), NOW)


@pytest.mark.parametrize("url", [f"{HOME}wp-login.php?redirect_to=%2F", f"{HOME}login/", f"{HOME}members/sign-in"])
def test_a_front_page_that_asks_for_a_log_in_is_refused(url: str) -> None:
    made = Opening(Site(key="blog.example.org", home=HOME), None, 0.0, lambda url: None)
    job = made.next(NOW)
    assert job is not None
    made.received(job, redirected(url), NOW)  # of robots.txt: there is none
    job = made.next(NOW)
    assert job is not None
    assert job.url == HOME
    with pytest.raises(Refused, match="log in"):
        made.received(job, redirected(url), NOW)


def test_a_front_page_that_has_moved_in_public_is_followed() -> None:
    made = opening()
    job = made.next(NOW)
    assert job is not None
    assert made.received(job, redirected("https://new.example.net/"), NOW) is None
    onward = made.next(NOW)
    assert onward is not None
    assert onward.url == "https://new.example.net/robots.txt"


@pytest.mark.parametrize("url", INWARDS)
def test_robots_txt_does_not_lead_inwards_either(url: str) -> None:
    made = Opening(Site(key="blog.example.org", home=HOME), None, 0.0, lambda url: None)
    job = made.next(NOW)
    assert job is not None
    with pytest.raises(Refused, match="private address"):
        made.received(job, redirected(url), NOW)


@pytest.mark.parametrize(
    "url", [*INWARDS, "https://blog.example.org.evil.example/", "http://blog.example.org@10.0.0.1/"]
)
def test_nor_does_any_page(url: str) -> None:
    engine = by_name("wordpress")
    assert engine is not None
    policy = Policy(BlogConfig(url=HOME), Robots.from_answer(404, b""), engine)
    site = Site(key="blog.example.org", home=HOME)
    assert policy.barred(url, site) == "another host"
    assert policy.unwanted(Target(url=url, kind=TargetKind.POST), site) == "another host"
    assert policy.barred(f"{HOME}a/", site) is None


def test_a_private_blog_may_move_within_its_network() -> None:
    made = Opening(Site(key="10.0.0.1", home="http://10.0.0.1/"), None, 0.0, lambda url: None)
    job = made.next(NOW)
    assert job is not None
    made.received(job, Answer(at=NOW, page=Page(job.url, b"", status=404)), NOW)
    home = made.next(NOW)
    assert home is not None
    made.received(
        home, Answer(at=NOW, page=Page(home.url, b"", status=301, headers={"location": "http://10.0.0.2/"})), NOW
    )
    assert made.next(NOW) == Job(
        Target(url="http://10.0.0.2/robots.txt", kind=TargetKind.ROBOTS, priority=-1), "http://10.0.0.2/robots.txt"
    )


NAME = "blog.example.org"


def named(server: FaultServer) -> str:
    """Let a server that runs on 127.0.0.1 be a blog of that name; its front page."""
    server.blog.home = server.blog.home.replace("127.0.0.1", NAME)
    server.blog.cache.clear()
    return f"{server.blog.home}/"


PRIVATE = ["127.0.0.1", "10.0.0.1", "169.254.169.254", "::1", "fd00::1", "::ffff:192.168.0.1"]


@pytest.mark.parametrize("address", PRIVATE)
def test_public_names_lead_to_public_addresses(address: str) -> None:
    assert leads_inwards(NAME, address)
    assert not leads_inwards("localhost", address)
    assert not leads_inwards("10.1.2.3", address)
    assert not leads_inwards(NAME, "192.0.43.8")
    assert not leads_inwards(NAME, "2001:500:88:200::8")


def test_a_public_name_that_leads_inwards_is_never_connected_to(tmp_path: Path) -> None:
    server = FaultServer(DemoBlog(posts=3, thread=3))
    with server.running():
        ran = crawl(tmp_path, named(server), arranged=SOON | {"least_delay": 0, "names": {NAME: ["127.0.0.1"]}})
    assert (ran.code, server.log) == (7, [])
    (line,) = [line for line in ran.out.splitlines() if "failed" in line]
    assert f"its name leads to a private address ({NAME} is 127.0.0.1)" in line
    assert "set private = true for it in archiver.toml" in line


def test_unless_the_blog_was_given_as_such(tmp_path: Path) -> None:
    server = FaultServer(DemoBlog(posts=3, thread=3))
    with server.running():
        home = named(server)
        (tmp_path / "archiver.toml").write_text(f'[[blogs]]\nurl = "{home}"\nprivate = true\n')
        ran = crawl(tmp_path, home, arranged={"least_delay": 0, "names": {NAME: ["127.0.0.1"]}})
    assert ran.code == 0
    assert ran.rows("SELECT url FROM blogs") == [(home,)]


def test_a_name_that_comes_to_lead_inwards_is_refused_from_then_on(tmp_path: Path) -> None:
    """DNS rebinding: each connection goes to an address that has passed, whatever the name led to before."""
    server, inside = FaultServer(DemoBlog(posts=12, thread=3)), FaultServer(DemoBlog(posts=3, thread=3))
    arranged = SOON | {"least_delay": 0, "names": {NAME: ["127.0.0.1"] * 4 + ["127.0.0.2"]}, "private": ["127.0.0.2"]}
    with server.running():
        home = named(server)
        for path in ("/", "/robots.txt"):  # answers after which the connection is closed
            server.always(path, closing(server, path))
        for post in server.blog.published:
            path = server.blog.url(post).removeprefix(server.blog.home)
            server.always(path, closing(server, path))
        with inside.running("127.0.0.2", int(home.rstrip("/").rpartition(":")[2])):
            ran = crawl(tmp_path, home, arranged=arranged)
    assert ran.code == 4
    assert inside.log == []
    assert len(server.log) > 3
    why = f"its name leads to a private address ({NAME} is 127.0.0.2)"
    assert f"the host does not answer any more ({why})" in ran.out
    assert (why,) in ran.rows("SELECT DISTINCT last_error FROM frontier WHERE state = 'pending'")
    assert ran.one("SELECT count(*) FROM fetches WHERE error = ?", why) >= 6


def closing(server: FaultServer, path: str) -> Raw:
    answer = server.blog.respond(path)
    return http(answer.status, answer.body, dict(answer.headers))
