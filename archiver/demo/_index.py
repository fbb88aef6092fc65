"""Look-ups over a blog's records, made anew after each change."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import datetime
from zoneinfo import ZoneInfo

from archiver.demo._threads import Node, arrange, paginate
from archiver.demo.records import Comment, Post, Term


class Index:
    """What a visitor may see, sorted out.

    published: posts, newest first. pages: static pages. comments: approved ones by id.
    """

    def __init__(
        self,
        posts: Iterable[Post],
        pages: Iterable[Post],
        comments: Iterable[Comment],
        terms: Iterable[Term],
        *,
        zone: ZoneInfo,
        per_page: int,
        depth: int,
    ) -> None:
        self.zone, self.per_page, self.depth = zone, per_page, depth
        self.published = sorted(
            (post for post in posts if not post.hidden), key=lambda post: (post.published, post.id), reverse=True
        )
        self.pages = [page for page in pages if not page.hidden]
        self.by_id = {post.id: post for post in (*self.published, *self.pages)}
        self.by_slug = {(post.kind, post.slug): post for post in (*self.pages, *reversed(self.published))}
        self.terms = {term.id: term for term in terms}
        self.comments: dict[int, Comment] = {}
        self.approved: dict[int, list[Comment]] = defaultdict(list)
        for comment in sorted(comments, key=lambda c: (c.date, c.id)):
            if not comment.hidden and comment.post_id in self.by_id:
                self.comments[comment.id] = comment
                self.approved[comment.post_id].append(comment)
        self._threads: dict[int, list[list[Node]]] = {}
        self._numbers: dict[int, int] = {}

    def local(self, when: datetime) -> datetime:
        return when.astimezone(self.zone)

    def thread(self, post_id: int) -> list[list[Node]]:
        """The pages of a post's thread, oldest first; empty without comments."""
        if post_id not in self._threads:
            pages = paginate(arrange(self.approved[post_id], self.depth), self.per_page)
            self._threads[post_id] = pages
            for number, page in enumerate(pages, 1):
                self._numbers.update((node.comment.id, number) for root in page for node in root.walk())
        return self._threads[post_id]

    def page_number(self, comment: Comment) -> int:
        """The comment page that shows it; 1 for those that no page shows."""
        self.thread(comment.post_id)
        return self._numbers.get(comment.id, 1)

    def newest_comments(self, number: int) -> list[Comment]:
        """Newest first, over all posts but the protected ones."""
        open_ones = (c for c in self.comments.values() if not self.by_id[c.post_id].protected)
        return sorted(open_ones, key=lambda c: (c.date, c.id), reverse=True)[:number]

    def months(self) -> list[tuple[int, int, int]]:
        """(year, month, posts), newest first, on the blog's own clock."""
        counts = Counter((when.year, when.month) for when in (self.local(post.published) for post in self.published))
        return [(year, month, counts[year, month]) for year, month in sorted(counts, reverse=True)]

    def descendants(self, term: Term) -> set[int]:
        """Its own id and those of all terms below it."""
        found = {term.id}
        while more := {t.id for t in self.terms.values() if t.parent in found} - found:
            found |= more
        return found

    def filed_under(self, term: Term, *, with_children: bool = True) -> list[Post]:
        wanted = self.descendants(term) if with_children else {term.id}
        return [post for post in self.published if any(t.id in wanted for t in post.terms)]

    def path(self, term: Term) -> str:
        """`research/laboratory/biomarkers`"""
        above = self.terms.get(term.parent)
        return f"{self.path(above)}/{term.slug}" if above else term.slug
