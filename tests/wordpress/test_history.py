"""A blog that changes between crawls: exactly what was edited, deleted, restored and added is found.

One site, crawled four times: as it was; after a day's edits, with one comment page failing; with that page back and
some of it restored; and once more without a change.
"""

from __future__ import annotations

import json
import sqlite3
import sys
from contextlib import closing
from dataclasses import dataclass, field
from typing import Any

import pytest

from benchmarks.crawling import Crawl
from tests.wordpress.crawled import crawl, quickly
from tests.wordpress.testbed import Site, Testbed

pytestmark = pytest.mark.slow

NEW_TITLE = "A title that was changed"
NEW_PARAGRAPH = "A paragraph that was added."
EDITED = "These words were changed by a moderator."
FAILING = "/comment-page-2/"

# The post that shows the newest comments of the blog in its body: it changes whenever anybody comments.
MIRROR = "SELECT id FROM posts WHERE key = 'blocks'"


@dataclass(frozen=True, slots=True)
class Plan:
    """What will be done, by WordPress's numbers. title, words: as they are before."""

    post: int
    title: str
    comment: int
    words: str
    leaf: int  # is deleted, and restored later
    parent: int  # is deleted, and with it
    answer: int  # the reply below it, which WordPress goes on counting
    unreachable: int  # is deleted on the comment page that fails
    answered: int  # gets a nested reply
    commented: int  # gets a comment
    deleted: int  # a post that is deleted, and restored later
    beneath: frozenset[int]  # its comments


@dataclass(slots=True)
class Seen:
    """What the archive held after a run. By WordPress's numbers; revisions by kind and number."""

    run: Crawl
    counts: dict[str, Any]
    gone_posts: set[int]
    gone_comments: set[int]
    revisions: dict[tuple[str, int], tuple[str | None, str]]
    added: set[int] = field(default_factory=set)
    status: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Story:
    """The four crawls of one site. new, nested: the numbers of the comments that were added."""

    site: Site
    plan: Plan
    new: int
    nested: int
    seen: tuple[Seen, Seen, Seen, Seen]

    @property
    def api_open(self) -> bool:
        return self.site.spec.api_open


# ── telling the story ────────────────────────────────────────────────────────────────────────────


def make_plan(truth: sqlite3.Connection) -> Plan:
    """Choose what to do it to, from what a visitor sees."""

    def one(query: str, *values: object) -> Any:
        row = truth.execute(query, values).fetchone()
        assert row, query
        return row[0] if len(row) == 1 else row

    leafless = "SELECT parent_id FROM comments"
    target = one("SELECT id FROM posts WHERE key = 'target'")
    big = one("SELECT id FROM posts WHERE key = 'fourhundred'")
    ordinary = "SELECT id, title_text FROM posts WHERE key LIKE 'ordinary-%' AND comments_approved {} ORDER BY id"
    post, title = one(ordinary.format("BETWEEN 1 AND 12"))
    (deleted, _), (commented, _) = truth.execute(ordinary.format("> 3") + " DESC LIMIT 2").fetchall()
    comment, words = one(
        "SELECT id, content_text FROM comments WHERE post_id = ? AND type = 'comment' AND depth = 1"
        f" AND id IN ({leafless}) ORDER BY id",
        target,
    )
    parent, answer = one(
        "SELECT parent_id, min(id) FROM comments WHERE post_id = ? AND depth = 2 AND parent_id <> ?"
        f" AND id NOT IN ({leafless}) GROUP BY parent_id HAVING count(*) = 1 ORDER BY parent_id",
        target,
        comment,
    )
    leaf = one(
        f"SELECT max(id) FROM comments WHERE post_id = ? AND depth = 2 AND id <> ? AND id NOT IN ({leafless})",
        target,
        answer,
    )
    return Plan(
        post=post,
        title=title,
        comment=comment,
        words=words,
        leaf=leaf,
        parent=parent,
        answer=answer,
        unreachable=one(
            f"SELECT min(id) FROM comments WHERE post_id = ? AND cpage = 2 AND depth = 1 AND id NOT IN ({leafless})",
            big,
        ),
        answered=one("SELECT id FROM comments WHERE post_id = ? AND depth = 3", target),
        commented=commented,
        deleted=deleted,
        beneath=frozenset(row[0] for row in truth.execute("SELECT id FROM comments WHERE post_id = ?", (deleted,))),
    )


def edit(bed: Testbed, database: str, plan: Plan) -> tuple[int, int]:
    """A day's work on the blog. Returns the numbers of the two comments that were added."""
    code = f"""
    $post = get_post( {plan.post} );
    wp_update_post( array( 'ID' => $post->ID, 'post_title' => '{NEW_TITLE}',
        'post_content' => $post->post_content . "\\n\\n{NEW_PARAGRAPH}" ) );
    wp_update_comment( array( 'comment_ID' => {plan.comment}, 'comment_content' => '{EDITED}' ) );
    foreach ( array( {plan.leaf}, {plan.parent}, {plan.unreachable} ) as $id ) {{
        wp_trash_comment( $id );
    }}
    wp_trash_post( {plan.deleted} );
    update_option( 'testbed_fails', 'with-400-comments{FAILING}' );
    $by = array( 'comment_author' => 'New Reader', 'comment_author_email' => 'new@example.org',
        'comment_approved' => 1 );
    $first = array( 'comment_post_ID' => {plan.commented}, 'comment_content' => 'A first word.' );
    $parent = get_comment( {plan.answered} );
    $answer = array( 'comment_post_ID' => $parent->comment_post_ID, 'comment_parent' => $parent->comment_ID,
        'comment_content' => 'A nested answer.' );
    echo wp_insert_comment( $by + $first ), ' ', wp_insert_comment( $by + $answer );
    """
    new, nested = bed.php(code, database).split()
    return int(new), int(nested)


def restore(bed: Testbed, database: str, plan: Plan) -> None:
    """The page answers again; one comment and the post come back."""
    code = f"""
    delete_option( 'testbed_fails' );
    wp_untrash_comment( {plan.leaf} );
    wp_untrash_post( {plan.deleted} );
    wp_update_post( array( 'ID' => {plan.deleted}, 'post_status' => 'publish' ) );
    """
    bed.php(code, database)


def look(run: Crawl, known: set[int]) -> Seen:
    """What the archive holds after a run. known: the comments that it held before."""
    with closing(sqlite3.connect(run.database)) as db:
        (counts,) = db.execute("SELECT counts FROM crawls ORDER BY started_at DESC LIMIT 1").fetchone()
        posts, comments = (
            {int(row[0]) for row in db.execute(f"SELECT native_id FROM {table} WHERE gone_at IS NOT NULL")}
            for table in ("posts", "comments")
        )
        revisions = {
            ("comment" if row[0] else "post", int(row[0] or row[1])): (row[2], row[3])
            for row in db.execute(
                "SELECT c.native_id, p.native_id, r.title, r.text FROM revisions r JOIN posts p ON p.id = r.post_id"
                " LEFT JOIN comments c ON c.id = r.comment_id"
            )
        }
        held = {int(row[0]) for row in db.execute("SELECT native_id FROM comments")}
    words = [sys.executable, "-m", "archiver", "status", "--json", "--coverage", "-a", str(run.directory)]
    told = quickly(words)
    assert told.returncode in {0, 4}, told.stderr
    return Seen(run, json.loads(counts), posts, comments, revisions, held - known, json.loads(told.stdout)[0])


@pytest.fixture(scope="module", params=[None, 401], ids=["API open", "API closed"])
def story(request: pytest.FixtureRequest, wordpress: Testbed, tmp_path_factory: pytest.TempPathFactory) -> Story:
    database = wordpress.clone("history")
    (mirror,) = wordpress.truth().execute(MIRROR).fetchone()
    wordpress.php(f"wp_delete_post( {mirror}, true );", database)
    site = wordpress.site(database=database, rest=request.param)
    directory = tmp_path_factory.mktemp("history") / "archive"
    known: set[int] = set()

    def visit() -> Seen:
        seen = look(crawl(directory, site.url), known)
        known.update(seen.added)
        return seen

    try:
        plan = make_plan(wordpress.truth(site))
        first = visit()
        new, nested = edit(wordpress, database, plan)
        second = visit()
        restore(wordpress, database, plan)
        return Story(site, plan, new, nested, (first, second, visit(), visit()))
    finally:
        wordpress.stop_site(site)


# ── what was found ───────────────────────────────────────────────────────────────────────────────


def test_at_first_nothing_has_a_history(story: Story) -> None:
    first = story.seen[0]
    assert (first.revisions, first.gone_posts, first.gone_comments) == ({}, set(), set())
    changes = [first.counts[f"{what}_{of}"] for what in ("changed", "gone", "returned") for of in ("posts", "comments")]
    assert changes == [0] * 6


@pytest.mark.parametrize("run", [1, 2, 3])
def test_exactly_the_edited_have_earlier_wordings(story: Story, run: int) -> None:
    plan, revisions = story.plan, story.seen[run].revisions
    assert set(revisions) == {("post", plan.post), ("comment", plan.comment)}
    title, text = revisions["post", plan.post]
    assert title == plan.title
    assert NEW_PARAGRAPH not in text
    assert "".join(revisions["comment", plan.comment][1].split()) == "".join(plan.words.split())


def gone_after_the_edits(story: Story) -> set[int]:
    """An answer below a deleted comment is on no page any more, but the API goes on listing it. What was deleted on
    the page that failed is known to be so only where the API tells."""
    plan = story.plan
    return {plan.leaf, plan.parent, *plan.beneath, plan.unreachable if story.api_open else plan.answer}


def test_exactly_the_deleted_are_gone(story: Story) -> None:
    second = story.seen[1]
    assert second.gone_posts == {story.plan.deleted}
    assert second.gone_comments == gone_after_the_edits(story)


def test_a_page_that_fails_marks_nothing(story: Story) -> None:
    second = story.seen[1]
    assert second.counts["given_up"] == 1
    assert second.run.exit_code == 4
    if not story.api_open:  # the API tells the whole thread all the same
        (gap,) = [gap for gap in second.status["post_gaps"] if "with-400-comments" in gap["url"]] or [None]
        assert story.plan.unreachable not in second.gone_comments
        assert gap is None or gap["reason"] == "page failed"


@pytest.mark.parametrize("run", [2, 3])
def test_the_restored_are_back(story: Story, run: int) -> None:
    plan, seen = story.plan, story.seen[run]
    assert seen.gone_posts == set()
    assert seen.gone_comments == {plan.parent, plan.unreachable} | (set() if story.api_open else {plan.answer})


def test_exactly_the_new_are_new(story: Story) -> None:
    assert [seen.added for seen in story.seen[1:]] == [{story.new, story.nested}, set(), set()]
    with closing(sqlite3.connect(story.seen[1].run.database)) as db:
        query = "SELECT p.native_id FROM comments c JOIN comments p ON p.id = c.parent_id WHERE c.native_id = ?"
        assert db.execute(query, (str(story.nested),)).fetchone() == (str(story.plan.answered),)


def test_the_report_counts_them(story: Story) -> None:
    _, second, third, fourth = story.seen
    plan = story.plan

    def counted(seen: Seen) -> dict[str, int]:
        names = [f"{what}_{of}" for what in ("new", "changed", "gone", "returned") for of in ("posts", "comments")]
        return {name: seen.counts[name] for name in names if seen.counts[name]}

    assert counted(second) == {
        "new_comments": 2,
        "changed_posts": 1,
        "changed_comments": 1,
        "gone_posts": 1,
        "gone_comments": len(gone_after_the_edits(story)),
    }
    late = {} if story.api_open else {"gone_comments": 1}  # that of the page which failed before
    assert counted(third) == {"returned_posts": 1, "returned_comments": 1 + len(plan.beneath), **late}
    assert counted(fourth) == {}
    assert "changed: 1 post, 1 comment" in second.run.output
    assert (
        f"gone      1 post, {len(gone_after_the_edits(story))} comments that the blog no longer shows"
        in second.run.output
    )
    assert f"returned  1 post, {1 + len(plan.beneath)} comments that had vanished" in third.run.output


def test_what_vanished_leaves_no_gap(story: Story) -> None:
    """Claims of the time before do not lead to gaps that no crawl can close."""
    first, second, third, _ = story.seen
    for seen in (second, third):
        assert seen.status["month_gaps"] == []
        assert seen.status["category_gaps"] == []
    missing = [{gap["url"] for gap in seen.status["post_gaps"] if gap["missing"]} for seen in (first, third)]
    # With the API closed a heading counts replies that no page shows: explained by the same on a second whole reading.
    assert [bool(gaps) for gaps in missing] == [not story.api_open, False]
    assert (first.run.exit_code, third.run.exit_code) == (0 if story.api_open else 4, 0)


def test_the_command_shows_it(story: Story) -> None:
    directory = str(story.seen[3].run.directory)

    def told(*words: str) -> str:
        line = [sys.executable, "-m", "archiver", "history", "-a", directory, *words]
        done = quickly(line)
        done.check_returncode()
        return done.stdout

    with closing(sqlite3.connect(story.seen[3].run.database)) as db:
        (post,) = db.execute("SELECT url FROM posts WHERE native_id = ?", (str(story.plan.post),)).fetchone()
        (comment,) = db.execute("SELECT url FROM comments WHERE native_id = ?", (str(story.plan.comment),)).fetchone()
        (gone,) = db.execute("SELECT url FROM comments WHERE native_id = ?", (str(story.plan.parent),)).fetchone()
    assert f"    - {story.plan.title}\n" in told(post)
    assert f"    + {NEW_TITLE}\n" in told(post)
    assert f"    + {NEW_PARAGRAPH}\n" in told(post)
    assert f"    + {EDITED}\n" in told(comment)
    assert "  gone      no longer there on " in told(gone)
    thread = json.loads(told("--json", comment.partition("#")[0]))
    changed = {int(one["native_id"]) for one in thread["comments"]}
    assert changed == {story.plan.comment, story.plan.parent} | (set() if story.api_open else {story.plan.answer})
