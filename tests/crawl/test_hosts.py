"""How hosts are treated, by a clock that goes when told."""

from __future__ import annotations

import pytest

from archiver.crawl.hosts import MOST_FAILING, Hosts, host_of

BLOG, OTHER, STRANGER = "http://blog.example.org/a", "https://www.blog.example.org:8443/b", "https://example.net/"


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.mark.parametrize(
    ("url", "name"),
    [
        (BLOG, "blog.example.org"),
        (OTHER, "blog.example.org"),
        ("http://127.0.0.1:8087/", "127.0.0.1"),
        ("http://[::1]:8087/", "[::1]"),
        ("http://[::1]/", "[::1]"),
        ("https://BLOG.Example.ORG./", "blog.example.org"),
    ],
)
def test_ports_and_www_are_one_machine(url: str, name: str) -> None:
    assert host_of(url) == name


def test_the_delay_counts_from_the_end_of_a_request(clock: Clock) -> None:
    hosts = Hosts(clock)
    hosts.slow_down(BLOG, 2.0)
    assert hosts.ready_in(BLOG) == 0
    clock.now += 10  # the request takes its time
    hosts.asked(BLOG)
    assert hosts.ready_in(BLOG) == 2.0
    clock.now += 1.5
    assert hosts.ready_in(OTHER) == 0.5
    assert hosts.ready_in(STRANGER) == 0


def test_a_delay_that_an_answer_brings_counts_from_that_answer(clock: Clock) -> None:
    hosts = Hosts(clock)
    hosts.asked(BLOG)
    clock.now += 1
    hosts.slow_down(BLOG, 5.0)
    assert hosts.ready_in(BLOG) == 4.0


def test_of_two_blogs_the_slower_counts(clock: Clock) -> None:
    hosts = Hosts(clock)
    hosts.slow_down(BLOG, 5.0)
    hosts.slow_down(OTHER, 1.0)
    hosts.asked(OTHER)
    assert hosts.ready_in(BLOG) == 5.0


def test_a_pause_is_never_shortened(clock: Clock) -> None:
    hosts = Hosts(clock)
    hosts.pause(BLOG, 60)
    hosts.pause(OTHER, 10)
    assert hosts.paused_for(BLOG) == hosts.ready_in(OTHER) == 60
    clock.now += 61
    assert hosts.paused_for(BLOG) == hosts.ready_in(BLOG) == 0


def test_many_urls_in_vain_mean_that_the_host_is_away(clock: Clock) -> None:
    hosts = Hosts(clock)
    tries = [hosts.failed(f"{BLOG}/{number}") for number in range(MOST_FAILING)]
    assert tries == list(range(MOST_FAILING))
    assert hosts.is_away(OTHER)
    assert not hosts.is_away(STRANGER)
    hosts.answered(BLOG)
    assert not hosts.is_away(BLOG)
    assert hosts.failed(BLOG) == 0


def test_one_url_in_vain_says_nothing_of_the_host(clock: Clock) -> None:
    hosts = Hosts(clock)
    for _ in range(20):
        hosts.failed(BLOG)
    assert not hosts.is_away(BLOG)
