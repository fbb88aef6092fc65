"""The history of a post or comment: found by any name, told with all its wordings."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing

import click
import pytest
from click.testing import CliRunner

from archiver.cli import main
from archiver.errors import UsageError
from archiver.history import describe, history
from tests.unit.archive_sample import BLOG, LATER, SEEN, filled, insert, key

NOON, NIGHT = "2024-05-01T12:00:00Z", "2024-05-01T23:00:00Z"
HOME = "https://stemcells.example"


def revision(number, post, comment, seen_from, seen_until, replaced_at, text, title=None):
    return {
        "id": f"r-{number}", "post_id": key("p", post), "comment_id": key("c", comment) if comment else None,
        "digest": f"d{number}", "title": title, "html": f"<p>{text}</p>", "text": text, "seen_from": seen_from,
        "seen_until": seen_until, "replaced_at": replaced_at,
    }  # fmt: skip


REVISIONS = [
    # Not in the order of time, so that one of its own shows.
    revision(2, "trial", None, NOON, NOON, NIGHT, "About the trial. Two.", "The trial"),
    revision(1, "trial", None, SEEN, SEEN, NOON, "About the trial. One.", "The trial"),
    revision(3, "walk", "w2", SEEN, NOON, LATER, "So do I.\nMostly.\x1b[2J"),
]


def fill(path):
    with closing(filled(path)) as connection, connection:
        insert(connection, "revisions", REVISIONS)
        insert(connection, "post_urls", [
            {"id": f"u-{name}", "post_id": key("p", name), "address": f"stemcells.example/{name}"}
            for name in ("trial", "walk", "lost", "quiet")
        ])  # fmt: skip
        connection.execute("UPDATE posts SET last_seen_at = ? WHERE blog_id = ?", (LATER, BLOG))
    return path


@pytest.fixture(scope="module")
def sample(tmp_path_factory):
    with closing(sqlite3.connect(fill(tmp_path_factory.mktemp("history") / "archive.db"))) as connection:
        connection.row_factory = sqlite3.Row
        yield connection


# ── finding ──────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("name", "kind", "id_"),
    [
        (f"{HOME}/trial/", "post", "trial"),
        (f" {HOME}/trial ", "post", "trial"),
        ("http://www.stemcells.example/trial/?utm_source=x", "post", "trial"),
        ("stemcells.example/trial/", "post", "trial"),
        (f"{HOME}/trial/comment-page-2/", "post", "trial"),
        (f"{HOME}/trial/#comments", "post", "trial"),
        (key("p", "trial"), "post", "trial"),
        (key("c", "t1"), "comment", "t1"),
        (f"{HOME}/trial/#comment-3", "comment", "t4"),
        (f"{HOME}/trial/comment-page-7/#comment-3", "comment", "t4"),
        (f"{HOME}/trial/#li-comment-3", "comment", "t4"),
        (f"{HOME}/trial/#div-comment-3", "comment", "t4"),
        ("18", "comment", "f1"),  # no post has that number
    ],
)
def test_it_is_found_by_address_key_or_number(sample, name, kind, id_):
    found = history(sample, name)
    assert (found.kind, found.id) == (kind, key(kind[0], id_))


@pytest.mark.parametrize(
    "name",
    ["", "nothing", "999", f"{HOME}/nothing/", f"{HOME}/trial/#comment-999", "https://b.example/#comment-3", "%"],
)
def test_what_is_not_there_is_told(sample, name):
    with pytest.raises(UsageError, match="no such post or comment"):
        history(sample, name)


def test_a_number_that_several_have(sample):
    with pytest.raises(UsageError, match=rf"3: it may be any of several\. .*{HOME}/locked/, {HOME}/trial/#comment-3"):
        history(sample, "3")


# ── wordings ─────────────────────────────────────────────────────────────────────────────────────


def test_wordings_come_in_the_order_of_time(sample):
    found = history(sample, key("p", "trial"))
    told = [(one.title, one.text, one.seen_from, one.seen_until, one.replaced_at) for one in found.wordings]
    assert told == [
        ("The trial", "About the trial. One.", SEEN, SEEN, NOON),
        ("The trial", "About the trial. Two.", NOON, NOON, NIGHT),
        ("The trial post", "About the trial. Stem cells and relapses, week 0.", NIGHT, LATER, None),
    ]


def test_a_post_has_the_comments_that_changed_or_went(sample):
    found = history(sample, key("p", "trial"))
    assert (found.held, [one.id for one in found.comments]) == (7, [key("c", "t4"), key("c", "t7")])
    edited, gone = found.comments
    assert ([one.text for one in edited.wordings][:1], edited.gone_at) == (["Relapsing."], None)
    assert (len(gone.wordings), gone.gone_at, gone.author) == (1, LATER, "Ben Okoro")


def test_what_never_changed_has_one_wording(sample):
    found = history(sample, key("p", "quiet"))
    assert (len(found.wordings), found.comments, found.held) == (1, (), 1)
    assert found.wordings[0].replaced_at is None


def test_what_is_known_by_name_only_has_none(sample):
    found = history(sample, key("p", "lost"))
    assert found.wordings == ()
    assert "  wordings  none; it is known by name only" in describe(found)


# ── in words ─────────────────────────────────────────────────────────────────────────────────────


def test_the_lines_of_a_comment(sample):
    assert list(describe(history(sample, key("c", "w2")))) == [
        "Comment on The walk post (stemcells.example)",
        "  author    Ada Lind",
        "  published 2021-09-12 11:00 UTC",
        "  seen      first 2024-05-01 10:00 UTC, last 2024-05-01 10:00 UTC",
        f"  address   {HOME}/walk/#comment-8",
        "  wordings  2 wordings",
        "  changed   between 2024-05-01 12:00 UTC and 2024-05-02 10:00 UTC",
        "    - Mostly. [2J",
    ]


def test_the_lines_of_a_post(sample):
    lines = list(describe(history(sample, key("p", "trial"))))
    assert lines[0] == "The trial post (stemcells.example)"
    assert "  comments  7 archived, 1 changed, 1 gone" in lines
    assert [line for line in lines if line[4:5] in {"-", "+"}] == [
        "    - About the trial. One.",
        "    + About the trial. Two.",
        "    - The trial",
        "    - About the trial. Two.",
        "    + The trial post",
        "    + About the trial. Stem cells and relapses, week 0.",
        "    - Relapsing.",
        "    + Relapsing again since the spring; tired of waiting.",
    ]
    assert "  gone      no longer there on 2024-05-02 10:00 UTC" in lines


def test_words_are_marked_for_a_terminal(sample):
    lines = list(describe(history(sample, key("c", "t4")), lambda kind, words: f"[{kind}:{words}]"))
    assert lines[-1] == "    [same:Relapsing][new: again since the spring; tired of waiting][same:.]"


# ── the command ──────────────────────────────────────────────────────────────────────────────────


def call(*words):
    return CliRunner().invoke(main, ["history", *words])


@pytest.fixture(scope="module")
def directory(tmp_path_factory):
    """An archive that the command opens: the sample, entered as one."""
    directory = tmp_path_factory.mktemp("command")
    fill(directory / "archive.db")
    with closing(sqlite3.connect(directory / "archive.db")) as connection, connection:
        connection.execute("CREATE TABLE _sqlite_migrations (id INTEGER PRIMARY KEY, migration_set, name, applied_at)")
        connection.executemany(
            "INSERT INTO _sqlite_migrations (migration_set, name) VALUES ('archive', ?)",
            [("0001_archive",), ("0002_whole_threads",), ("0003_updates",)],
        )
    return directory


def test_the_command_tells_it(directory):
    done = call("-a", str(directory), f"{HOME}/trial/#comment-3")
    assert done.exit_code == 0
    assert "    - Relapsing.\n" in done.output
    assert done.output == click.unstyle(done.output)


def test_the_command_as_json(directory):
    done = call("-a", str(directory), "--json", f"{HOME}/trial/")
    told = json.loads(done.output)
    assert (done.exit_code, told["kind"], told["held"], len(told["wordings"])) == (0, "post", 7, 3)
    assert [comment["gone_at"] for comment in told["comments"]] == [None, LATER]
    assert told["wordings"][0]["html"] == "<p>About the trial. One.</p>"


def test_the_command_says_what_is_not_there(directory):
    done = call("-a", str(directory), f"{HOME}/nothing/")
    assert done.exit_code == 2
    assert done.output.startswith(
        f"archiver: {HOME}/nothing/: there is no such post or comment in the archive. Name it"
    )
    assert done.output.count("\n") == 1
