"""Redactions whose words stand in another shard than the redaction: in any order of merging."""

from contextlib import closing
from dataclasses import replace
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest.mock import patch

import pytest
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st

from archiver.merging.run import merge
from archiver.model import Author, Comment, Extract, PostRef, Rank, TargetKind, Visit
from archiver.privacy import redact
from archiver.privacy.sweep import search_for
from db import Archive, redactions
from tests.unit.merged_archives import merged, rows, shard, take
from tests.unit.readings import url_of, visit
from tests.unit.test_merging import KEPT, STARTED, assert_same, content, journal

READ = ["2026-01-02T03:04:05.000001Z", "2026-01-03T00:00:00.000000Z", "2026-01-04T00:00:00.000000Z"]
POST = PostRef(native_id="1", url=url_of("1"))
ORDERS = [(0, 1, 2), (1, 2, 0), (2, 1, 0)]
TEXTS = "SELECT native_id, text FROM comments ORDER BY 1"


def told(at: str, more: str = "", **by: str | None) -> Visit:
    """A page with comments: their numbers (`n7`), and by whom; None: it does not say. more: added to what they say."""

    def comment(number: str, name: str | None) -> Comment:
        words = content(f"Words of {number}{more}")
        plain = Comment(post=POST, native_id=number, rank=Rank.API, source="api", content=words)
        return replace(plain, author=Author(name=name, member=False) if name else None)

    found = tuple(comment(number[1:], name) for number, name in by.items())
    return visit(Extract(comments=found), 1, at, kind=TargetKind.API)


def texts(archive: Path) -> dict[str, str | None]:
    with closing(Archive(archive).connect()) as connection:
        return dict(connection.execute(TEXTS).fetchall())


def id_of(archive: Path, number: str) -> str:
    with closing(Archive(archive).connect()) as connection:
        return connection.execute("SELECT id FROM comments WHERE native_id = ?", (number,)).fetchone()[0]


def take_down(archive: Path, name: str, at: str = STARTED[1]) -> str:
    with (
        closing(Archive(archive).writer()) as writer,
        patch("archiver.privacy.redact._now", lambda: at),
        writer.transaction(),
    ):
        entered = redact._entries(writer.connection, name, "asked")
        redactions.enter(writer.connection, entered)
        redactions.erase(writer.connection, entered)
    return entered[0].id


@pytest.mark.parametrize("order", ORDERS)
def test_the_words_stand_in_another_shard(tmp_path: Path, order: tuple[int, ...]) -> None:
    shards = [shard(tmp_path / f"s{n}", [told(READ[n], n7="Ann", n8="Ben")], STARTED[n]) for n in range(3)]
    take_down(shards[0], id_of(shards[0], "7"))
    assert texts(merged(tmp_path / "m", [shards[n] for n in order])) == {"7": None, "8": "Words of 8"}


@pytest.mark.parametrize("order", ORDERS)
def test_undone_in_one_of_two_it_holds_until_it_is_undone_in_the_other(tmp_path: Path, order: tuple[int, ...]) -> None:
    shards = [shard(tmp_path / f"s{n}", [told(READ[n], n7="Ann")], STARTED[n]) for n in range(3)]
    taken = [take_down(shards[n], id_of(shards[n], "7")) for n in (0, 1)]
    redact.undo(Archive(shards[0]), taken[0])
    assert texts(merged(tmp_path / "one", [shards[n] for n in order])) == {"7": None}
    redact.undo(Archive(shards[1]), taken[1])
    assert texts(merged(tmp_path / "both", [shards[n] for n in order])) == {"7": "Words of 7"}


@pytest.mark.parametrize("order", ORDERS)
def test_a_person_spread_over_shards(tmp_path: Path, order: tuple[int, ...]) -> None:
    """Taken down where she wrote one comment; the others hold another of hers, and one by somebody else."""
    seen = [{"n7": "Ann"}, {"n8": "Ann", "n9": "Ben"}, {"n9": "Ben"}]
    shards = [shard(tmp_path / f"s{n}", [told(READ[n], **seen[n])], STARTED[n]) for n in range(3)]
    take_down(shards[0], "Ann")
    archive = merged(tmp_path / "m", [shards[n] for n in order])
    assert texts(archive) == {"7": None, "8": None, "9": "Words of 9"}
    take(archive, shards[order[0]])
    assert texts(archive) == {"7": None, "8": None, "9": "Words of 9"}


def said_of(archive: Path) -> list[tuple[object, ...]]:
    """All that a merge leaves behind of redactions."""
    return [(one.kind, one.subject, one.part_of, one.names, one.undone_at) for one in journal(archive)]


def person(tmp_path: Path, *others: dict[str, str | None]) -> list[Path]:
    """A shard in which Ann was taken down, and others."""
    seen = [{"n7": "Ann"}, *others]
    shards = [shard(tmp_path / f"s{n}", [told(READ[n], **one)], STARTED[n]) for n, one in enumerate(seen)]
    take_down(shards[0], "Ann")
    return shards


@pytest.mark.parametrize("order", ORDERS)
def test_a_shard_that_does_not_tell_the_writer_brings_nothing_back(tmp_path: Path, order: tuple[int, ...]) -> None:
    shards = person(tmp_path, {"n8": "Ann", "n9": "Ben"}, {"n8": None, "n9": None})
    archive = merged(tmp_path / "m", [shards[n] for n in order])
    assert texts(archive) == {"7": None, "8": None, "9": "Words of 9"}
    entered = said_of(archive)
    assert [(kind, part_of) for kind, _, part_of, *_ in entered] == [("author", None), *[("comment", "r1")] * 2]
    assert {entry[1] for entry in entered[1:]} == {id_of(archive, "7"), id_of(archive, "8")}
    with closing(Archive(archive).connect()) as connection:
        found = search_for(connection, journal(archive))
    assert found.finds("<p>Words of 8</p>"), "so they are found in WARC files as well"
    assert not found.finds("<p>Words of 9</p>")


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("writers", [("Ann", "Bea"), ("Bea", "Ann")])
def test_where_shards_disagree_about_the_writer_either_counts(
    tmp_path: Path, order: tuple[int, ...], writers: tuple[str, str]
) -> None:
    shards = person(tmp_path, {"n8": writers[0]}, {"n8": writers[1], "n9": "Bea"})
    archive = merged(tmp_path / "m", [shards[n] for n in order])
    assert texts(archive) == {"7": None, "8": None, "9": "Words of 9"}
    site = "blog.example.org"
    names = sorted(redactions.author_name(site, name) for name in writers)
    assert rows(archive, ["attributions"])["attributions"] == [(id_of(archive, "8"), name) for name in names]


def test_canonical_it_is_the_same_file_where_shards_disagree(tmp_path: Path) -> None:
    shards, made = person(tmp_path, {"n8": "Ann"}, {"n8": "Bea", "n9": None}), []
    for order in ORDERS[:2]:
        output = tmp_path / f"all-{order[0]}"
        for n in order:
            merge([shards[n]], output, canonical=n == order[-1])
        made.append((output / "archive.db").read_bytes())
    assert made[0] == made[1]


def test_a_redaction_in_the_merged_archive_knows_the_writer_who_lost(tmp_path: Path) -> None:
    seen = [{"n7": "Ann", "n8": "Ann"}, {"n8": "Bea", "n9": "Bea"}]
    shards = [shard(tmp_path / f"s{n}", [told(READ[n], **one)], STARTED[n]) for n, one in enumerate(seen)]
    archive = merged(tmp_path / "m", shards)
    take_down(archive, "Ann")
    assert texts(archive) == {"7": None, "8": None, "9": "Words of 9"}


def test_what_was_found_is_allowed_again_with_the_person_or_alone(tmp_path: Path) -> None:
    shards = person(tmp_path, {"n8": "Ann", "n9": "Ann"})
    archive = merged(tmp_path / "m", shards)
    eight = next(one.id for one in journal(archive) if one.subject == id_of(archive, "8"))
    redact.undo(Archive(archive), eight)
    take(archive, shards[1])
    assert texts(archive) == {"7": None, "8": "Words of 8", "9": None}, "alone: the person stays down"
    redact.undo(Archive(archive), "r1")
    redact.undo(Archive(shards[0]), "r1")
    take(archive, shards[1])
    assert texts(archive) == {"7": None, "8": "Words of 8", "9": "Words of 9"}


NUMBERS = ["n7", "n8", "n9"]
SEEN = st.dictionaries(st.sampled_from(NUMBERS), st.sampled_from([None, "Ann", "Ann", "Bea", "Cid"]), min_size=1)
DOWN = st.sampled_from([None, "Ann", "Bea", "n8"])


@settings(
    max_examples=6, phases=[Phase.explicit, Phase.reuse, Phase.generate], suppress_health_check=[HealthCheck.too_slow]
)
@given(st.lists(SEEN, min_size=4, max_size=4), st.tuples(DOWN, DOWN, DOWN, DOWN), st.permutations(range(4)))
@example([{"n7": "Ann"}, {"n8": "Ann"}, {"n8": "Bea"}, {"n8": None}], ("Ann", None, None, None), [0, 1, 2, 3])
@example([{"n7": "Ann"}, {"n8": "Ann"}, {"n8": "Bea"}, {"n9": "Bea"}], ("Ann", None, None, "Bea"), [1, 2, 3, 0])
def test_any_order_and_grouping_with_writers_that_disagree(seen, down, order):
    """Whatever four archives say of the writers of three comments, and whoever is taken down in which."""
    with TemporaryDirectory() as made:
        home, numbers = Path(made), count()

        def joined(*parts: Path) -> Path:
            return merged(home / f"m{next(numbers)}", parts)

        shards = [
            shard(
                home / f"s{n}",
                [told(f"2026-01-0{n + 2}T00:00:00.000000Z", f", {n}", **one)],
                f"2026-01-01T0{n}:00:00.000000Z",
            )
            for n, one in enumerate(seen)
        ]
        gone = set()
        for n, name in enumerate(down):
            if name and (name in seen[n].values() or name in seen[n]):
                gone.add(name)
                take_down(shards[n], id_of(shards[n], "8") if name == "n8" else name, f"2026-01-09T0{n}:00:00.000000Z")
        one, two, three, four = (shards[n] for n in order)
        whole, other = joined(*shards), joined(joined(one, two), joined(four, three))
        names = {number: {one.get(number) for one in seen} for number in set().union(*seen)}
        last = {number: max(n for n, one in enumerate(seen) if number in one) for number in names}
        assert texts(whole) == {
            number[1:]: None if gone & {number, *said} else f"Words of {number[1:]}, {last[number]}"
            for number, said in names.items()
        }
        assert journal(whole) == journal(other)
        assert_same(whole, other, KEPT)
        take(whole, two)
        take(whole, other)
        assert_same(whole, other, KEPT)
        assert journal(whole) == journal(other)
