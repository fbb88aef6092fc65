"""Which hosts are former names of a blog's own, as pure decisions."""

from __future__ import annotations

import pytest

from archiver.crawl.names import STRANGER, Names, at_home, leads_home, strangers
from archiver.crawl.robots import Robots
from archiver.model import Site, Target, TargetKind

HOME = "https://blog.example.org/"
OLD = "http://old.example/2019/05/a-post/"


@pytest.mark.parametrize(
    ("asked", "to", "leads"),
    [
        (OLD, "https://blog.example.org/2019/05/a-post/", True),
        (OLD, "http://www.blog.example.org/2019/05/a-post", True),
        ("http://old.example/?p=7", "https://blog.example.org/?p=7", True),
        (OLD, "https://blog.example.org/", False),
        (OLD, "https://blog.example.org/a-post/", False),
        ("http://short.example/x7", "https://blog.example.org/2019/05/a-post/", False),
        (OLD, "https://blog.example.org:8443/2019/05/a-post/", False),
        (OLD, "https://other.example/2019/05/a-post/", False),
    ],
)
def test_only_the_same_path_at_the_own_host_counts(asked: str, to: str, leads: bool) -> None:
    assert leads_home(asked, to, HOME) is leads


def test_links_to_other_hosts_wait_but_for_those_by_which_they_are_tried() -> None:
    found = [
        Target(url=f"http://{host}.example/{n}", kind=TargetKind.POST, priority=50) for host in "ab" for n in "123"
    ]
    made = strangers(found)
    assert [target.priority for target in made] == [4, 4, 50, 4, 4, 50]
    assert {target.hint[STRANGER] for target in made} == {"50"}


def test_a_link_to_a_former_name_is_the_blogs_own() -> None:
    site = Site(key="blog.example.org", home=HOME, aliases=("old.example",))
    (tried,) = strangers([Target(url=OLD, kind=TargetKind.POST, priority=50, hint={"post": "7"})])
    own = Target(url="https://blog.example.org/2019/05/a-post/", kind=TargetKind.POST, priority=50, hint={"post": "7"})
    assert at_home(tried, site) == own
    assert at_home(Target(url="http://new.example/", kind=TargetKind.POST), site) is None


def test_hosts_and_tries_are_bounded() -> None:
    names, open_ = Names(), Robots.from_answer(404, b"")
    for host in ("one.example", "two.example"):
        assert names.may_ask(f"http://{host}/a")
        names.ruled(host, open_)
    assert not names.may_ask("http://three.example/a")
    names.failed("http://one.example/a", for_good=False)
    assert names.may_ask("http://one.example/b")
    names.failed("http://one.example/b", for_good=False)
    assert not names.may_ask("http://one.example/c")
    assert names.judged == {"one.example"}
    names.failed("http://two.example/a", for_good=True)
    assert not names.may_ask("http://two.example/b")
    assert names.judged is None  # no further host is asked


def test_the_rules_of_a_host_hold() -> None:
    names = Names()
    names.ruled("one.example", Robots.from_answer(200, b"User-agent: *\nDisallow: /2019/"))
    assert not names.may_ask("http://one.example/2019/a")
    assert names.may_ask("http://one.example/2020/a")


def test_a_spelling_is_learnt_from_a_redirect_to_the_same_path_alone() -> None:
    names = Names()
    names.followed("http://blog.example.org/a/", "https://blog.example.org/a", HOME)
    assert names.spelled("http://blog.example.org/b/", HOME) == "http://blog.example.org/b/"
    names.followed("http://blog.example.org/a/", "https://blog.example.org/a/", HOME)
    assert names.spelled("http://blog.example.org/b/?x=1", HOME) == "https://blog.example.org/b/?x=1"
    assert names.spelled("http://www.blog.example.org/b/", HOME) == "http://www.blog.example.org/b/"
    assert names.spelled("http://elsewhere.example/b/", HOME) == "http://elsewhere.example/b/"
