"""Ways inwards: a public blog leads neither to a private address nor to another host, by whatever spelling."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from archiver.config import BlogConfig
from archiver.crawl.jobs import Answer, Job
from archiver.crawl.opening import Opening
from archiver.crawl.policy import Policy
from archiver.crawl.robots import Robots
from archiver.engines import by_name
from archiver.errors import Refused
from archiver.model import Site, Target, TargetKind
from archiver.page import Page

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
