"""Redactions whose words stand in another shard than the redaction: in any order of merging."""

from contextlib import closing
from dataclasses import replace
from pathlib import Path
from unittest.mock import patch

import pytest

from archiver.model import Author, Comment, Extract, PostRef, Rank, TargetKind, Visit
from archiver.privacy import redact
from db import Archive, redactions
from tests.unit.merged_archives import merged, shard, take
from tests.unit.readings import url_of, visit
from tests.unit.test_merging import STARTED, content

READ = ["2026-01-02T03:04:05.000001Z", "2026-01-03T00:00:00.000000Z", "2026-01-04T00:00:00.000000Z"]
POST = PostRef(native_id="1", url=url_of("1"))
ORDERS = [(0, 1, 2), (1, 2, 0), (2, 1, 0)]
TEXTS = "SELECT native_id, text FROM comments ORDER BY 1"


def told(at: str, **by: str) -> Visit:
    """A page with comments: their numbers (`n7`), and by whom."""

    def comment(number: str, name: str) -> Comment:
        plain = Comment(post=POST, native_id=number, rank=Rank.API, source="api", content=content(f"Words of {number}"))
        return replace(plain, author=Author(name=name, member=False))

    found = tuple(comment(number[1:], name) for number, name in by.items())
    return visit(Extract(comments=found), 1, at, kind=TargetKind.API)


def texts(archive: Path) -> dict[str, str | None]:
    with closing(Archive(archive).connect()) as connection:
        return dict(connection.execute(TEXTS).fetchall())


def id_of(archive: Path, number: str) -> str:
    with closing(Archive(archive).connect()) as connection:
        return connection.execute("SELECT id FROM comments WHERE native_id = ?", (number,)).fetchone()[0]


def take_down(archive: Path, name: str) -> str:
    with (
        closing(Archive(archive).writer()) as writer,
        patch("archiver.privacy.redact._now", lambda: STARTED[1]),
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
