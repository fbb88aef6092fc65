"""How a thread is laid out: nested down to the blog's depth, paged by root comments."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from archiver.demo.records import Comment


@dataclass(slots=True)
class Node:
    """A comment where a page shows it. number: its place in reading order on that page, from 0."""

    comment: Comment
    depth: int
    children: list[Node] = field(default_factory=list)
    number: int = 0

    def walk(self) -> Iterator[Node]:
        yield self
        for child in self.children:
            yield from child.walk()


def arrange(comments: Iterable[Comment], max_depth: int) -> list[Node]:
    """Roots with their replies, oldest first.

    Below `max_depth` replies become siblings that follow what they answer. Replies to a comment
    that is not among `comments` (spam, say) are not shown at all, though headings count them.
    """
    replies: dict[int | None, list[Comment]] = defaultdict(list)
    for comment in sorted(comments, key=lambda c: (c.date, c.id)):
        replies[comment.parent_id].append(comment)

    def place(comment: Comment, depth: int, siblings: list[Node]) -> None:
        node = Node(comment, depth)
        siblings.append(node)
        for reply in replies[comment.id]:
            if depth < max_depth:
                place(reply, depth + 1, node.children)
            else:
                place(reply, depth, siblings)

    roots: list[Node] = []
    for comment in replies[None]:
        place(comment, 1, roots)
    return roots


def paginate(roots: list[Node], per_page: int) -> list[list[Node]]:
    """Pages of `per_page` roots each, numbered from the oldest; the last holds the remainder."""
    pages = [roots[start : start + per_page] for start in range(0, len(roots), per_page)]
    for page in pages:
        for number, node in enumerate(node for root in page for node in root.walk()):
            node.number = number
    return pages
