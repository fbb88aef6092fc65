"""Archives merge to the same rows in any order and grouping, and merging twice changes nothing."""

from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from db import merge_tables
from db.facets import FACETS
from tests.unit.merged_archives import ALL, merged, rows, shard, take
from tests.unit.readings import fresh_writer, visits

STARTED = [f"2026-01-01T0{number}:00:00.000000Z" for number in range(3)]
GONE = st.lists(st.tuples(st.sampled_from(["posts", "comments"]), st.integers(0, 4)), max_size=3)
# Each example makes several archives. One that fails takes minutes to shrink; the differing rows tell more.
BIG = settings(
    max_examples=12, phases=[Phase.explicit, Phase.reuse, Phase.generate], suppress_health_check=[HealthCheck.too_slow]
)


def assert_same(one: Path, other: Path, names=ALL) -> None:
    ours, theirs = rows(one, names), rows(other, names)
    for table in ours:
        assert sorted(set(ours[table]) ^ set(theirs[table]), key=str) == [], table


@st.composite
def shards(draw):
    """What three runs over one blog have seen; some of it in two of them, as when an archive was copied."""
    seen = draw(visits(most=6))
    return [([one for one in seen if draw(st.booleans())], started, draw(GONE)) for started in STARTED]


@BIG
@given(shards(), st.permutations(range(3)))
def test_archives_merge_to_the_same_rows_in_any_order_and_grouping(drawn, order):
    with TemporaryDirectory() as made:
        home, numbers = Path(made), count()

        def joined(*parts):
            return merged(home / f"m{next(numbers)}", parts)

        a, b, c = (shard(home / f"s{n}", *one) for n, one in enumerate(drawn))
        one, two, three = ((a, b, c)[number] for number in order)
        whole, other = joined(a, b, c), joined(one, joined(three, two))
        assert_same(whole, other)
        take(whole, two)
        take(whole, other)
        assert_same(whole, other)


def test_every_table_has_its_rule():
    with fresh_writer() as writer:
        there = merge_tables.tables(writer.connection)
    assert there - merge_tables.KNOWN == set()
    assert set(merge_tables.AFTER) | {"crawls", "fetches", "redactions"} | set(FACETS) == there
