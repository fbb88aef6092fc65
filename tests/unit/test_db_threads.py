"""Threads in order: every comment in its place, whatever the readings say and in whatever order they came."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from db.threads import Placed, arrange, without_cycles


def row(id_, answers=None, *, page=None, place=None, depth=None, at=None):
    return {
        "id": id_,
        "native_id": id_,
        "answers": answers,
        "published_at": at,
        "page": page,
        "place": place,
        "shown_depth": depth,
    }


def outline(rows):
    """The thread as text: two spaces a level."""
    return [f"{'  ' * (placed.depth - 1)}{placed.id}" for placed in arrange(rows)]


CASES = {
    "by date where no page was read": (
        [row("3", at="2021-01-03"), row("1", at="2021-01-01"), row("2", "1", at="2021-01-04")],
        ["1", "  2", "3"],
    ),
    "by number at one time, not as text": ([row("10", at="x"), row("9", at="x")], ["9", "10"]),
    "as the page showed them, newest first": (
        [row("1", place=1, at="2021-01-01"), row("2", place=0, at="2021-01-02")],
        ["2", "1"],
    ),
    "page after page": ([row("1", page=2, place=0), row("2", page=1, place=5)], ["2", "1"]),
    "what no page showed comes last": ([row("1", at="2021-01-01"), row("2", place=0, at="2021-01-02")], ["2", "1"]),
    "a reply that came before its parent": ([row("1", "2", page=1, place=0), row("2", page=2, place=0)], ["2", "  1"]),
    "an answer to what is not archived is a root": ([row("2", "1"), row("3", "2")], ["2", "  3"]),
    "an answer to itself": ([row("1", "1"), row("2", "1")], ["1", "  2"]),
    "a ring is cut at its least id": ([row("3", "2"), row("2", "1"), row("1", "3")], ["1", "  2", "    3"]),
    "what hangs on a ring": ([row("2", "1"), row("1", "2"), row("0", "2")], ["1", "  2", "    0"]),
    "depth as shown, flattened": (
        [row("1", place=0, depth=1), row("2", "1", place=1, depth=2), row("3", "2", place=2, depth=2)],
        ["1", "  2", "  3"],
    ),
    "below what was shown, counted on": ([row("1", place=0, depth=3), row("2", "1")], ["    1", "      2"]),
    "no comments": ([], []),
}


@pytest.mark.parametrize(("rows", "expected"), CASES.values(), ids=CASES)
def test_the_order(rows, expected):
    assert outline(rows) == expected
    assert outline(rows[::-1]) == expected


def test_what_a_place_is():
    assert arrange([row("1"), row("2", "1")]) == [Placed("1", None, 1, 0), Placed("2", "1", 2, 1)]


@pytest.mark.parametrize("native", ["", "٣", "9" * 5000, "1e3", "-1"])
def test_any_native_id_has_a_place(native):
    rows = [row("1"), {**row("2"), "native_id": native}]
    assert {placed.id for placed in arrange(rows)} == {"1", "2"}


IDS = st.integers(0, 12).map(str)
THREADS = st.dictionaries(
    IDS,
    st.builds(
        lambda **values: values,
        answers=st.none() | IDS,
        page=st.none() | st.integers(1, 2),
        place=st.none() | st.integers(0, 3),
        depth=st.none() | st.integers(1, 5),
        at=st.none() | st.sampled_from(["2021-01-01", "2021-01-02"]),
    ),
).map(lambda rows: [row(id_, **values) for id_, values in rows.items()])


@given(THREADS.flatmap(lambda rows: st.tuples(st.just(rows), st.permutations(rows))))
def test_any_thread_has_one_order(threads):
    one, other = threads
    placed = arrange(one)
    assert placed == arrange(other)
    assert sorted(place.id for place in placed) == sorted(row["id"] for row in one)
    assert [place.position for place in placed] == list(range(len(one)))
    seen = {}
    for place in placed:
        answers = next(row["answers"] for row in one if row["id"] == place.id)
        assert place.parent_id in {None, answers}  # what it says, or nothing: never another comment
        assert place.parent_id is None or place.parent_id in seen
        seen[place.id] = place
        shown = next(row["shown_depth"] for row in one if row["id"] == place.id)
        above = seen[place.parent_id].depth if place.parent_id else 0
        assert place.depth == (shown or above + 1)


@given(st.dictionaries(IDS, st.none() | IDS))
def test_rings_are_cut_once_and_nothing_else_is(parents):
    kept = without_cycles(parents)
    for start in kept:
        line = [start]
        while kept.get(line[-1]) is not None:
            line.append(kept[line[-1]])
            assert len(line) == len(set(line)), "a ring is left"
    for id_, parent in parents.items():
        if kept[id_] == parent:
            continue
        assert kept[id_] is None
        ring = [id_]
        while parents[ring[-1]] != id_:
            ring.append(parents[ring[-1]])
        assert id_ == min(ring)
        assert sum(kept[member] is None for member in ring) == 1


@pytest.mark.parametrize("count", [3000, 20_000])
def test_a_very_deep_thread_and_a_very_wide_one(count):
    deep = [row("0"), *(row(str(n), str(n - 1)) for n in range(1, count))]
    assert [placed.depth for placed in arrange(deep)] == list(range(1, count + 1))
    wide = [row("0"), *(row(str(n), "0") for n in range(1, count))]
    assert [placed.id for placed in arrange(wide)] == [str(n) for n in range(count)]
    ring = [row(str(n), str((n + 1) % count)) for n in range(count)]
    assert sum(placed.parent_id is None for placed in arrange(ring)) == 1
