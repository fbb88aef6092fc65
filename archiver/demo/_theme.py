"""What the templates ask: titles, dates, addresses and classes, in the blog's own look."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING
from urllib.parse import quote

from markupsafe import Markup

from archiver.demo._markup import clock, escape, excerpt, linkify, long_date, paragraphs
from archiver.demo._threads import Node
from archiver.demo.records import Author, Comment, Post, Term, avatar_key

if TYPE_CHECKING:
    from archiver.demo.blog import DemoBlog

PROTECTED_EXCERPT = "There is no excerpt because this is a protected post."


class Theme:
    """Everything it returns as Markup is made of escaped text or of the blog's own HTML."""

    def __init__(self, blog: DemoBlog) -> None:
        self.blog, self.index, self.home = blog, blog.index, blog.home

    # Posts

    def url(self, post: Post) -> str:
        return self.blog.url(post)

    def title(self, post: Post) -> Markup:
        return Markup(("Protected: " if post.protected else "") + escape(post.title))  # noqa: S704 - escaped

    def date(self, post: Post) -> str:
        return long_date(self.index.local(post.published))

    def body(self, post: Post, part: int = 1) -> Markup:
        """Page `part` of the post, or the form that asks for its password."""
        html = password_form(post, self.home) if post.protected else post.parts[part - 1]
        return Markup(html.replace("{home}", self.home))  # noqa: S704 - the blog's own HTML

    def excerpt(self, post: Post) -> Markup:
        return Markup(PROTECTED_EXCERPT if post.protected else excerpt("".join(post.parts)))  # noqa: S704 - escaped

    def classes(self, post: Post) -> str:
        marks = [f"post-{post.id}", post.kind, f"type-{post.kind}", "status-publish", "hentry"]
        marks += ["post-password-required"] if post.protected else []
        marks += ["sticky"] if post.sticky else []
        marks += [f"{'category' if t.taxonomy == 'category' else 'tag'}-{t.slug.replace('%', '')}" for t in post.terms]
        return " ".join(marks)

    def count(self, post: Post) -> str:
        """The heading of a thread, which counts pingbacks and trackbacks as well."""
        number = len(self.blog.approved(post))
        return f"{number:,} comments" if number > 1 else "1 comment" if number else "Add comment"

    def related(self, post: Post) -> list[Post]:
        """Two other posts of the same categories, or the newest."""
        wanted = {term.id for term in post.terms if term.taxonomy == "category"}
        others = [other for other in self.index.published if other.id != post.id and not other.protected]
        return sorted(others, key=lambda other: not wanted & {term.id for term in other.terms})[:2]

    def neighbours(self, post: Post) -> tuple[Post | None, Post | None]:
        """The post before it in time, and the one after."""
        posts = self.index.published
        place = posts.index(post)
        return posts[place + 1] if place + 1 < len(posts) else None, posts[place - 1] if place else None

    # Terms and authors

    def categories(self, post: Post) -> list[Term]:
        return [term for term in post.terms if term.taxonomy == "category"]

    def tags(self, post: Post) -> list[Term]:
        return [term for term in post.terms if term.taxonomy == "post_tag"]

    def term_url(self, term: Term) -> str:
        return f"{self.home}/{'category' if term.taxonomy == 'category' else 'tag'}/{self.index.path(term)}/"

    def author_url(self, author: Author) -> str:
        return f"{self.home}/author/{quote(author.slug)}/" if author.slug else ""

    def avatar(self, email: str, size: int) -> str:
        return f"{self.home}/avatar/{avatar_key(email)}?s={size}&d=mm&r=g"

    def bio(self, author: Author) -> Markup:
        return Markup(author.bio)  # noqa: S704 - the blog's own HTML

    # Comments

    def comment_body(self, comment: Comment) -> Markup:
        return Markup(paragraphs(linkify(comment.text)))  # noqa: S704 - the blog's own HTML

    def comment_time(self, comment: Comment) -> tuple[str, str]:
        """For machines and for people."""
        local = self.index.local(comment.date)
        return local.isoformat(timespec="seconds"), clock(local)

    def comment_classes(self, node: Node, root_number: int) -> str:
        """WordPress's words for a comment: who wrote it, odd or even, how deep, whether it has replies."""
        comment, post = node.comment, self.index.by_id[node.comment.post_id]
        marks = [comment.kind]
        if comment.account:
            marks += ["byuser", f"comment-author-{comment.account.slug}"]
            marks += ["bypostauthor"] if comment.account.id == post.account.id else []
        marks += ["odd", "alt"] if node.number % 2 else ["even"]
        if node.depth == 1:
            marks += ["thread-odd", "thread-alt"] if root_number % 2 else ["thread-even"]
        return " ".join([*marks, f"depth-{node.depth}", *(["parent"] if node.children else [])])

    def comment_page_url(self, post: Post, number: int) -> str:
        """One comment page has the post's own address: the newest, or the first."""
        last = len(self.index.thread(post.id))
        own = number == (last if self.blog.newest_first else 1)
        return self.url(post) if own else f"{self.url(post)}comment-page-{number}/"

    def reply_url(self, post: Post, comment: Comment) -> str:
        page = self.comment_page_url(post, self.index.page_number(comment))
        return f"{page}?replytocom={comment.id}#respond"


def password_form(post: Post, home: str) -> str:
    return (
        f'<form action="{home}/wp-login.php?action=postpass" class="post-password-form" method="post">\n'
        "<p>This note is for a few readers. If you were given its password, please type it here:</p>\n"
        f'<p><label for="pwbox-{post.id}">Password: <input name="post_password" id="pwbox-{post.id}" type="password" '
        'spellcheck="false" size="20" /></label> <input type="submit" name="Submit" value="Open" /></p>\n</form>\n'
    )


def names(people: Iterable[Author]) -> str:
    return " and ".join(person.name for person in people)
