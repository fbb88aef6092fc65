"""Who may work at the same time: caps are never exceeded, nothing waits without need, nothing is forgotten."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archiver.fleet.groups import Key, Lanes, bundles, keys_of, packed, provider_of


@pytest.mark.parametrize(
    ("host", "provider"),
    [
        ("ann.blogspot.com", "blogspot.com"),
        ("ann.wordpress.com", "wordpress.com"),
        ("ann.substack.com", "substack.com"),
        ("ann.github.io", "github.io"),
        ("blog.example.org", "example.org"),
        ("example.org", "example.org"),
        ("news.example.co.uk", "example.co.uk"),
        ("127.0.0.1", None),
        ("[::1]", None),
        ("localhost", None),
    ],
)
def test_providers(host: str, provider: str | None) -> None:
    assert provider_of(host) == provider


def test_keys_of_a_blog() -> None:
    assert keys_of("https://www.ann.blogspot.com:8080/blog", ["192.0.2.7"]) == (
        Key("host", "ann.blogspot.com"),
        Key("provider", "blogspot.com"),
        Key("address", "192.0.2.7"),
    )
    assert keys_of("http://127.0.0.7:80/") == (Key("host", "127.0.0.7"), Key("address", "127.0.0.7"))
    assert keys_of("http://[::1]:80/")[1] == Key("address", "::1")


@st.composite
def blogs(draw: st.DrawFn) -> list[tuple[Key, ...]]:
    """Blogs of few hosts, providers and addresses, so that many share some; a host has one provider."""
    hosts = draw(st.lists(st.integers(0, 7), max_size=24))
    addresses = draw(st.lists(st.sets(st.integers(0, 3), max_size=2), min_size=8, max_size=8))
    return [
        (
            Key("host", f"h{host}"),
            Key("provider", f"p{host % 3}"),
            *(Key("address", f"a{address}") for address in sorted(addresses[host])),
        )
        for host in hosts
    ]


def cap(key: Key, per_group: int) -> int:
    return 1 if key.kind == "host" else per_group


@given(keys=blogs(), per_group=st.integers(1, 3), jobs=st.integers(1, 5), data=st.data())
def test_caps_hold_and_nothing_waits_without_need(
    keys: list[tuple[Key, ...]], per_group: int, jobs: int, data: st.DataObject
) -> None:
    lanes, running, waiting = Lanes(keys, per_group), list[int](), list(range(len(keys)))
    done: Counter[int] = Counter()
    while True:
        while len(running) < jobs and (number := lanes.take()) is not None:
            running.append(number)
            waiting.remove(lanes.piece(number))
        used = Counter(key for number in running for key in keys[lanes.piece(number)])
        assert all(count <= cap(key, per_group) for key, count in used.items())
        if len(running) < jobs:
            assert [n for n in waiting if all(used[key] < cap(key, per_group) for key in keys[n])] == []
        if not running:
            break
        number = running.pop(data.draw(st.integers(0, len(running) - 1)))
        again = done[lanes.piece(number)] == 0 and data.draw(st.booleans())
        done[lanes.piece(number)] += 1
        if again:
            waiting.append(lanes.piece(number))
        lanes.ended(number, again=again)
    assert waiting == []
    assert set(done) == set(range(len(keys)))


@given(keys=blogs(), per_group=st.integers(1, 3), most=st.integers(1, 6))
def test_bundles_side_by_side_exceed_no_cap(keys: list[tuple[Key, ...]], per_group: int, most: int) -> None:
    for made in (bundles(keys, per_group), packed(bundles(keys, per_group), most)):
        assert sorted(number for bundle in made for number in bundle) == list(range(len(keys)))
        for key in {key for own in keys for key in own}:
            assert sum(1 for bundle in made if any(key in keys[number] for number in bundle)) <= cap(key, per_group)
    assert len(packed(bundles(keys, per_group), most)) <= most


def test_bundles_are_no_larger_than_they_must_be() -> None:
    keys: Sequence[tuple[Key, ...]] = [keys_of(f"https://blog{n}.example{n % 4}.org/") for n in range(8)]
    assert bundles(keys) == [[0, 4], [1, 5], [2, 6], [3, 7]]
    assert bundles(keys, 2) == [[n] for n in range(8)]
    assert sorted(map(len, packed(bundles(keys), 2))) == [4, 4]
