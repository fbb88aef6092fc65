"""Two lists held against each other in few pages: what has come is found, and so is what went."""

from __future__ import annotations

from math import ceil, log2

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archiver.crawl.listing import Comparison

numbers = st.sets(st.integers(1, 3000), max_size=150)


def compared(held: set[int], listed: set[int], *, size: int, withheld: int = 0, stated: bool = True) -> Comparison:
    """Play the API: its list newest first, its total counting what it withholds as well."""
    there = sorted(listed, reverse=True)
    comparison = Comparison(held, size=size)
    for _ in range(2 * ceil(len(there) / size) + 4):
        page = comparison.next_page()
        if page is None:
            return comparison
        assert page not in comparison.pages, "asked twice"
        ids = there[(page - 1) * size : page * size]
        comparison.saw(page, ids, len(there) + withheld if stated else None)
    raise AssertionError("it does not come to an end")


@given(numbers, numbers, st.integers(1, 20))
def test_nothing_that_came_is_missed(held: set[int], came: set[int], size: int) -> None:
    comparison = compared(held, held | came, size=size)
    assert set(comparison.unknown()) == came - held
    assert comparison.missing() == []


@given(numbers, st.data(), st.integers(1, 20))
def test_nothing_that_went_is_missed(held: set[int], data: st.DataObject, size: int) -> None:
    went = data.draw(st.sets(st.sampled_from(sorted(held)))) if held else set()
    comparison = compared(held, held - went, size=size)
    assert set(comparison.missing()) == went
    assert comparison.unknown() == []


@given(numbers, numbers, numbers, st.integers(1, 20))
def test_what_is_told_is_true(held: set[int], came: set[int], went: set[int], size: int) -> None:
    """Both at once: what is found is so; what is not lies between pages, in equal numbers."""
    listed = (held | came) - went
    comparison = compared(held, listed, size=size)
    assert set(comparison.unknown()) <= listed - held
    assert set(comparison.missing()) <= held - listed
    left = len(listed - held) - len(comparison.unknown()), len(held - listed) - len(comparison.missing())
    assert left[0] == left[1]


@given(st.sets(st.integers(1, 3000), min_size=1), st.sets(st.integers(3001, 4000)), st.integers(1, 20))
def test_without_a_total_it_goes_on_until_something_is_known(held: set[int], came: set[int], size: int) -> None:
    comparison = compared(held, held | came, size=size, stated=False)
    assert set(comparison.unknown()) == came


@pytest.mark.parametrize("number", [1, 45_000, 89_999])
def test_one_among_many_takes_few_pages(number: int) -> None:
    listed = set(range(1, 90_001))
    comparison = compared(listed - {number}, listed, size=100)
    assert comparison.unknown() == [number]
    assert len(comparison.pages) <= log2(900) + 3


def test_nothing_new_takes_one_page() -> None:
    listed = set(range(1, 1001))
    assert list(compared(listed, listed, size=100).pages) == [1]


def test_what_is_withheld_is_no_difference() -> None:
    """Comments on posts behind a password are counted, and their places on the pages stay empty."""
    held = set(range(1, 501))
    comparison = Comparison(held, withheld=7)
    comparison.saw(1, sorted(held, reverse=True)[:96], 507)
    assert comparison.next_page() is None
    comparison.saw(1, [600, *sorted(held, reverse=True)[:95]], 508)
    assert comparison.next_page() is None
    assert comparison.unknown() == [600]
    comparison.saw(1, sorted(held, reverse=True)[:96], 508)
    assert comparison.next_page() is not None


def test_a_list_that_is_empty_lacks_all() -> None:
    comparison = Comparison({1, 2})
    comparison.saw(1, [], 0)
    assert comparison.next_page() is None
    assert comparison.missing() == [1, 2]
