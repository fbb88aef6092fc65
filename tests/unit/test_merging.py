"""Archives merge to the same rows in any order and grouping, and merging twice changes nothing."""

from contextlib import closing
from dataclasses import replace
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from archiver.model import Comment, CommentKind, Content, Extract, Post, PostRef, Rank, TargetKind
from db import Archive, merge_tables, redactions
from db.facets import FACETS
from tests.unit.merged_archives import ALL, merged, rows, shard, take
from tests.unit.readings import fresh_writer, url_of, visit, visits

STARTED = [f"2026-01-01T0{number}:00:00.000000Z" for number in range(3)]
GONE = st.lists(st.tuples(st.sampled_from(["posts", "comments"]), st.integers(0, 4)), max_size=3)
# Each example makes several archives. One that fails takes minutes to shrink; the differing rows tell more.
BIG = settings(
    max_examples=8, phases=[Phase.explicit, Phase.reuse, Phase.generate], suppress_health_check=[HealthCheck.too_slow]
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


def journal(archive):
    """What was taken down; when that was done is each archive's own."""
    with closing(Archive(archive).connect()) as connection:
        return [replace(one, done_at=None, swept_at=None) for one in redactions.journal(connection)]


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


def settled(one):
    """Comments that are of one kind and under one post all the time. What is left of one that was taken down does not
    tell when it was read, so it has to be the same everywhere."""

    def of(comment):
        number = (comment.native_id or comment.key).removeprefix("key ")
        under = str(int(number) % 3 + 1)
        return replace(
            comment,
            kind=CommentKind.COMMENT,
            url=f"https://blog.example.org/#comment-{number}",
            post=PostRef(native_id=under, url=url_of(under)),
        )

    return replace(one, extract=replace(one.extract, comments=tuple(map(of, one.extract.comments))))


REDACTED = st.tuples(st.sampled_from(["posts", "comments", "authors"]), st.integers(0, 3))
# An author of whom nothing was left, and then something again, has been seen since then.
KEPT = [name for name in ALL if name not in {"authors", "fetches"}]


@BIG
@given(shards(), st.permutations(range(3)), st.lists(REDACTED, min_size=1, max_size=2), st.integers(0, 2))
def test_what_is_taken_down_in_one_is_taken_down_in_all(drawn, order, redacted, where):
    with TemporaryDirectory() as made:
        home, numbers = Path(made), count()

        def joined(*parts):
            return merged(home / f"m{next(numbers)}", parts)

        shards = [
            shard(home / f"s{n}", list(map(settled, seen)), *more, redacted if n == where else ())
            for n, (seen, *more) in enumerate(drawn)
        ]
        one, two, three = (shards[number] for number in order)
        whole, other = joined(*shards), joined(one, joined(three, two))
        assert_same(whole, other, KEPT)
        assert journal(whole) == journal(other)
        with closing(Archive(whole).connect()) as connection:
            for entry in journal(whole):
                if entry.kind != "author":
                    # A post may have joined another, by whose id it goes then.
                    query = f"SELECT text FROM {entry.kind}s WHERE id = ?"
                    assert {text for (text,) in connection.execute(query, (entry.subject,))} <= {None}
                else:
                    assert not connection.execute("SELECT 1 FROM authors WHERE id = ?", (entry.subject,)).fetchall()


def said(text, at):
    """The API tells of a post with one comment."""
    url = url_of("1")
    post = Post(url=url, native_id="1", rank=Rank.API, source="api", title="A title", content=content(f"Post: {text}"))
    comment = Comment(
        post=PostRef(native_id="1", url=url), native_id="7", rank=Rank.API, source="api", content=content(text)
    )
    return visit(Extract(posts=(post,), comments=(comment,)), 1, at, kind=TargetKind.API)


def content(text):
    return Content(html=f"<p>{text}</p>", text=text)


@pytest.mark.parametrize("order", [(0, 1, 2), (1, 0, 2), (2, 1, 0), (1, 2, 0)])
def test_a_wording_that_loses_is_kept_as_an_earlier_one(tmp_path, order):
    times = ["2026-01-02T03:04:05.000001Z", "2026-01-03T00:00:00.000000Z", "2026-01-04T00:00:00.000000Z"]
    texts = ["It began.", "It has begun.", "It began."]
    shards = [shard(tmp_path / f"s{n}", [said(texts[n], times[n])], STARTED[n]) for n in range(len(times))]
    query = "SELECT comment_id IS NULL, text, seen_from, seen_until, replaced_at FROM revisions ORDER BY 1"
    with closing(Archive(merged(tmp_path / "two", [shards[n] for n in order if n < 2])).connect()) as connection:
        assert [tuple(row) for row in connection.execute(query)] == [
            (0, "It began.", "2026-01-02T03:04:05.000001Z", "2026-01-02T03:04:05.000001Z", None),
            (1, "Post: It began.", "2026-01-02T03:04:05.000001Z", "2026-01-02T03:04:05.000001Z", None),
        ]
        assert [row[0] for row in connection.execute("SELECT text FROM comments")] == ["It has begun."]
    with closing(Archive(merged(tmp_path / "three", [shards[n] for n in order])).connect()) as connection:
        assert [row[0] for row in connection.execute("SELECT text FROM comments")] == ["It began."]
        assert [row[1] for row in connection.execute(query)] == ["It has begun.", "Post: It has begun."]


def test_every_table_has_its_rule():
    with fresh_writer() as writer:
        there = merge_tables.tables(writer.connection)
    assert there - merge_tables.KNOWN == set()
    assert set(merge_tables.AFTER) | {"crawls", "fetches", "redactions"} | set(FACETS) == there
