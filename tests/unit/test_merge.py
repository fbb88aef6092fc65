"""Readings of one thing become one row, and visits one archive, whatever their order."""

import sqlite3

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from archiver.errors import DiskFull
from archiver.model import Extract, Fetch, Post, Rank, Target, TargetKind, Term, Visit
from db.facets import FACETS, LEADS
from db.merge import HEARSAY, Held, Reading, decode, encode
from tests.unit.readings import SITE, begin, fresh_writer, saved, visits

BLANK = {column: None for facet in FACETS["posts"].values() for column in facet} | {
    "sources": "",
    "gone_at": None,
    "fetch_id": None,
}
SECONDS = st.integers(1, 4).map(lambda n: f"2026-01-0{n}T00:00:00Z")


@st.composite
def readings(draw):
    """A reading of one post: of the post itself, which tells its core at least, or of a comment on it (hearsay).

    Each of five fetches has its time, extractor and source.
    """
    fetch = draw(st.integers(1, 5))
    second = f"2026-01-0{(fetch + 1) // 2}T00:00:00"
    source = ["api", "feed", "page", "page", HEARSAY][fetch - 1]
    names = draw(st.lists(st.sampled_from(list(FACETS["posts"])), unique=True))
    facets = {}
    for name in {"core"} if source == HEARSAY else {"core", *names}:
        value = draw(st.sampled_from(["a", "b", None]))
        rank = 0 if source == HEARSAY else draw(st.integers(1, 3))
        stamp = (rank, f"{second}.000000Z", fetch % 2, f"digest {value}", f"fetch {fetch}")
        facets[name] = (stamp, dict.fromkeys(FACETS["posts"][name], value))
    return Reading("id", f"{second}Z", {}, source, facets)


def row_of(group, gone_at=None):
    held = Held.begin(group[0], BLANK)
    for reading in group:
        held.take(reading, LEADS["posts"])
    if gone_at and gone_at > held.row["last_seen_at"]:
        held.row["gone_at"] = gone_at
    return held


def joined(one, other):
    held = one.copy()
    held.absorb(other, FACETS["posts"], LEADS["posts"])
    return held


GROUPS = st.lists(readings(), min_size=1, max_size=6)


@given(GROUPS.flatmap(lambda group: st.tuples(st.just(group), st.permutations(group))))
def test_the_order_of_readings_does_not_matter(orders):
    one, other = orders
    assert row_of(one) == row_of(other)


@given(GROUPS)
def test_reading_twice_changes_nothing(group):
    assert row_of(group) == row_of([*group, *group])


@given(st.lists(st.builds(row_of, GROUPS, st.none() | SECONDS), min_size=3, max_size=3))
def test_rows_are_joined_in_any_order(rows):
    one, two, three = rows
    assert joined(one, two) == joined(two, one)
    assert joined(joined(one, two), three) == joined(one, joined(two, three))
    assert joined(one, one) == one


@given(GROUPS, GROUPS)
def test_joined_rows_are_those_of_all_readings(one, other):
    assert joined(row_of(one), row_of(other)) == row_of([*one, *other])


@given(GROUPS)
def test_provenance_keeps_the_stamps_and_is_the_same_for_the_same(group):
    held = row_of(group)
    assert decode(encode(held.stamps)) == held.stamps
    assert encode(dict(reversed(held.stamps.items()))) == encode(held.stamps)


def test_a_fetch_is_named_once_in_provenance():
    stamp = (6, "2026-01-01T00:00:00.000000Z", 1, "abcdefgh", "fetch000000000000001")
    assert encode({"core": stamp, "author": stamp}) == (
        '[["2026-01-01T00:00:00.000000Z",1,"fetch000000000000001",{"author":[6,"abcdefgh"],"core":[6,"abcdefgh"]}]]'
    )


@pytest.mark.parametrize(
    ("stamps", "winner"),
    [
        ([(3, "t9", 9, "z", "z"), (6, "t1", 1, "a", "a")], 1),
        ([(6, "t1", 9, "z", "z"), (6, "t2", 1, "a", "a")], 1),
        ([(6, "t1", 1, "z", "z"), (6, "t1", 2, "a", "a")], 1),
        ([(6, "t1", 1, "a", "z"), (6, "t1", 1, "b", "a")], 1),
        ([(6, "t1", 1, "a", "a"), (6, "t1", 1, "a", "b")], 1),
    ],
    ids=["rank", "time", "extractor", "digest", "fetch"],
)
def test_what_decides(stamps, winner):
    readings = [Reading("id", "t", {}, "api", {"title": (stamp, {"title": n})}) for n, stamp in enumerate(stamps)]
    assert row_of(readings).row["title"] == winner == row_of(readings[::-1]).row["title"]


def test_every_facet_has_columns_of_its_own():
    for table, facets in FACETS.items():
        columns = [column for group in facets.values() for column in group]
        assert len(columns) == len(set(columns))
        assert set(LEADS[table]) <= set(facets)


def test_facets_name_columns_that_exist():
    with fresh_writer() as writer:
        for table, facets in FACETS.items():
            there = {row["name"] for row in writer.connection.execute(f"PRAGMA table_info({table})")}
            assert {column for group in facets.values() for column in group} <= there


# -- whole archives -------------------------------------------------------------------------------


def assert_same(one, other):
    for table in one:
        assert sorted(set(one[table]) ^ set(other[table]), key=str) == [], table


# Each example makes two archives. One that fails takes minutes to shrink; the differing rows tell more.
BIG = settings(max_examples=50, phases=[Phase.explicit, Phase.reuse, Phase.generate])


@BIG
@given(visits().flatmap(lambda all_: st.tuples(st.just(all_), st.permutations(all_), st.booleans())))
def test_visits_make_the_same_archive_in_any_order(drawn):
    one, other, end = drawn
    assert_same(saved(one, end=end), saved(other, end=end))


@BIG
@given(visits(), st.sampled_from([1, 2, 100]))
def test_a_patient_writer_ends_with_the_same_archive(drawn, patience):
    assert_same(saved(drawn), saved(drawn, patience=patience))


def test_a_patient_writer_writes_facts_at_once_and_bookkeeping_later():
    """A term that is met again has a row like before; what is new of it does not wait."""
    query = "SELECT description, last_seen_at FROM terms"
    with fresh_writer(patience=3) as writer:
        crawl, rows = begin(writer), []
        for number, words in enumerate([None, None, "New words", "New words", None, None]):
            term = Term(taxonomy="tag", name="Sleep", url="http://blog.example/tag/sleep/", description=words)
            writer.save(visit(number, Extract(terms=(term,))), crawl)
            rows.append(tuple(writer.connection.execute(query).fetchone()))
    described = [words for words, _ in rows]
    assert described == [None, None, "New words", "New words", "New words", "New words"]
    assert [seen for _, seen in rows] == [second(0), second(0), second(2), second(2), second(2), second(5)]


def test_a_patient_writer_forgets_what_was_rolled_back(monkeypatch):
    def failing(*_):
        raise sqlite3.OperationalError("database or disk is full")

    term = Term(taxonomy="tag", name="Sleep", url="http://blog.example/tag/sleep/")
    with fresh_writer(patience=9) as writer:
        crawl = begin(writer)
        with monkeypatch.context() as patched:
            patched.setattr(writer.frontier, "add", failing)
            with pytest.raises(DiskFull):
                writer.save(visit(0, Extract(terms=(term,))), crawl)
        writer.save(visit(1, Extract(terms=(term,))), crawl)
        assert [tuple(row) for row in writer.connection.execute("SELECT name, last_seen_at FROM terms")] == [
            ("Sleep", second(1))
        ]


def test_a_term_known_by_its_slug_is_called_as_a_feed_or_a_list_calls_it():
    guessed = [Term(taxonomy=kind, name=slug, slug=slug) for kind, slug in (("tag", "c"), ("category", "low-tide"))]
    told = [Term(taxonomy="category", name=name) for name in ("C++", "Low tide", "Ebb")]
    listed = Term(taxonomy="category", name="Low Tide!", url="http://blog.example/category/sea/low-tide/")
    filed = Post(url="http://blog.example/0", rank=Rank.PAGE, terms=tuple(guessed))
    query = "SELECT t.taxonomy, t.name FROM post_terms JOIN terms t ON t.id = term_id ORDER BY 1, 2"
    with fresh_writer() as writer:
        crawl, found = begin(writer), []
        in_feed = Post(url="http://blog.example/0", rank=Rank.FEED, terms=tuple(told), weak=frozenset({"terms"}))
        for number, extract in enumerate(
            [Extract(posts=(in_feed,)), Extract(posts=(filed,)), Extract(terms=(listed,))]
        ):
            writer.save(visit(number, extract), crawl)
            (blog,) = writer.connection.execute("SELECT id FROM blogs").fetchone()
            with writer.transaction():
                writer.prune(blog)
            found.append([tuple(row) for row in writer.connection.execute(query)])
        names = {tuple(row) for row in writer.connection.execute("SELECT taxonomy, name FROM terms")}
    assert found[0] == [("category", "C++"), ("category", "Ebb"), ("category", "Low tide")]
    assert found[2] == [("category", "Low Tide!"), ("tag", "C++")]
    assert names == set(found[2])


def second(number):
    return f"2026-01-01T00:00:0{number}.000000Z"


def visit(number, extract):
    url = f"http://blog.example/{number}"
    fetch = Fetch(url=url, fetched_at=second(number), status=200)
    return Visit(site=SITE, target=Target(url=url, kind=TargetKind.POST), fetch=fetch, extract=extract)


@BIG
@given(visits(most=4))
def test_saving_everything_twice_changes_nothing(drawn):
    assert_same(saved(drawn), saved([*drawn, *drawn]))
