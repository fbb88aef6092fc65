"""A blog that lives: seeded changes, hour by hour, and for each change how an archive shows that it was found."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random

from archiver.demo import DemoBlog
from archiver.demo.records import Comment, Post

START = timedelta(days=2)
"""So long after the last thing on the blog the first hour begins."""
RECENT = 5  # posts under which most is written


@dataclass(slots=True)
class Change:
    """Something that was done. query: gives a row once an archive shows it. of: what it was done to, as `comment 7`.

    found_after: runs until an archive showed it; None: it has not yet.
    """

    kind: str
    of: str
    hour: int
    query: str
    values: tuple[object, ...]
    found_after: int | None = None


KINDS = (
    *(("comment on a recent post", 40), ("comment on an old post", 14), ("answer", 12), ("new post", 6)),
    *(("post edited", 6), ("comment edited", 6), ("comment deleted", 8), ("post deleted", 2)),
    *(("comment restored", 4), ("post restored", 2)),
)
NEW = frozenset({"comment on a recent post", "comment on an old post", "answer", "new post"})
THERE = "gone_at IS NULL AND native_id = ?"


@dataclass(slots=True)
class Life:
    """What happens to a blog. quiet: the share of the hours in which nothing does."""

    blog: DemoBlog
    seed: int = 1
    quiet: float = 0.4
    changes: list[Change] = field(default_factory=list)
    _chance: Random = field(init=False)
    _begun: datetime = field(init=False)
    _trash: list[Comment | Post] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._chance = Random(self.seed)
        self._begun = self.blog.changed + START

    def at(self, hour: int) -> datetime:
        """When an hour begins."""
        return self._begun + timedelta(hours=hour)

    def pass_hour(self, hour: int) -> list[Change]:
        """Let happen what happens in this hour."""
        self.blog.changed = max(self.blog.changed, self.at(hour) - timedelta(minutes=50))
        if self._chance.random() < self.quiet:
            return []
        made = []
        for _ in range(self._chance.choice([1, 1, 2, 3, 5])):
            (kind,) = self._chance.choices([kind for kind, _ in KINDS], [weight for _, weight in KINDS])
            made += self._happen(kind, hour)
        # What was done to a thing before cannot be told any more from what was done now.
        touched = {change.of for change in made}
        self.changes = [
            one
            for one in self.changes
            if one.found_after is not None or not (one.of in touched or self._is_buried(one))
        ]
        last = list({change.of: change for change in made}.values())
        self.changes += [change for change in last if not self._is_buried(change)]
        return last

    def _happen(self, kind: str, hour: int) -> list[Change]:
        match kind:
            case "new post":
                change = self._publish(kind, hour)
            case "post edited":
                change = self._edit_post(kind, hour)
            case "comment edited":
                change = self._edit_comment(kind, hour)
            case "comment deleted":
                change = self._delete_comment(kind, hour)
            case "post deleted":
                change = self._delete_post(kind, hour)
            case "comment restored" | "post restored":
                change = self._restore(kind, hour)
            case _:
                change = self._write(kind, hour)
        return [change] if change else []

    def _is_buried(self, change: Change) -> bool:
        """Whether it was done under a post that has been deleted since."""
        kind, _, number = change.of.partition(" ")
        there = {post.id for post in self.blog.published}
        return kind == "comment" and self.blog.comment(int(number)).post_id not in there

    # -- what can happen ------------------------------------------------------------------------------

    def _write(self, kind: str, hour: int) -> Change | None:
        posts = [post for post in self.blog.published if not post.protected and post.comments_open]
        post = self._chance.choice(posts[:RECENT] if kind.endswith("recent post") else posts[RECENT:])
        parent = None
        if kind == "answer":
            shown = [one for one in self.blog.shown(post) if one.kind == "comment"]
            parent = self._chance.choice(shown) if shown else None
        text = f"Said in hour {hour}, {self._chance.randrange(10**9)}."
        name = f"Reader {self._chance.randrange(40)}"
        made = self.blog.add_comment(post, text, name=name, parent=parent)
        return self._of_comment(kind, made, hour)

    def _publish(self, kind: str, hour: int) -> Change | None:
        made = self.blog.add_post(f"Of hour {hour} {self._chance.randrange(10**6)}", f"Written in hour {hour}.")
        return Change(kind, f"post {made.id}", hour, f"SELECT 1 FROM posts WHERE {THERE}", (str(made.id),))

    def _edit_post(self, kind: str, hour: int) -> Change | None:
        post = self._chance.choice([post for post in self.blog.published if not post.protected])
        title = f"Retitled in hour {hour}, {self._chance.randrange(10**6)}"
        self.blog.edit_post(post, title=title)
        query = f"SELECT 1 FROM posts WHERE {THERE} AND title = ?"
        return Change(kind, f"post {post.id}", hour, query, (str(post.id), title))

    def _edit_comment(self, kind: str, hour: int) -> Change | None:
        one = self._some_comment()
        text = f"Reworded in hour {hour}, {self._chance.randrange(10**9)}."
        self.blog.edit_comment(one, text)
        query = f"SELECT 1 FROM comments WHERE {THERE} AND text = ?"
        return Change(kind, f"comment {one.id}", hour, query, (str(one.id), text))

    def _delete_comment(self, kind: str, hour: int) -> Change | None:
        one = self._some_comment()
        if any(other.parent_id == one.id and not other.hidden for other in self.blog.comments):
            return None  # what becomes of answers to it has tests of its own
        self.blog.remove_comment(one)
        self._trash.append(one)
        query = "SELECT 1 FROM comments WHERE gone_at IS NOT NULL AND native_id = ?"
        return Change(kind, f"comment {one.id}", hour, query, (str(one.id),))

    def _delete_post(self, kind: str, hour: int) -> Change | None:
        post = self._chance.choice([post for post in self.blog.published[RECENT:] if not post.protected])
        self.blog.edit_post(post, status="trash")
        self._trash.append(post)
        query = "SELECT 1 FROM posts WHERE gone_at IS NOT NULL AND native_id = ?"
        return Change(kind, f"post {post.id}", hour, query, (str(post.id),))

    def _restore(self, kind: str, hour: int) -> Change | None:
        wanted = Comment if kind.startswith("comment") else Post
        there = {post.id for post in self.blog.published}
        back = [one for one in self._trash if isinstance(one, wanted) and getattr(one, "post_id", 0) in {0, *there}]
        if not back:
            return None
        one = self._chance.choice(back)
        self._trash.remove(one)
        if isinstance(one, Post):
            self.blog.edit_post(one, status="publish")
            return Change(kind, f"post {one.id}", hour, f"SELECT 1 FROM posts WHERE {THERE}", (str(one.id),))
        return self._of_comment(kind, self.blog.remove_comment(one, status="approved"), hour)

    def _some_comment(self) -> Comment:
        posts = [post for post in self.blog.published if self.blog.shown(post)]
        return self._chance.choice(self.blog.shown(self._chance.choice(posts)))

    @staticmethod
    def _of_comment(kind: str, one: Comment, hour: int) -> Change:
        return Change(kind, f"comment {one.id}", hour, f"SELECT 1 FROM comments WHERE {THERE}", (str(one.id),))
