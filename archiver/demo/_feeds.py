"""The feeds: posts ten at a time to the end, comments the newest ten only."""

from __future__ import annotations

import html
from datetime import datetime
from email.utils import format_datetime
from typing import TYPE_CHECKING

from markupsafe import Markup

from archiver.demo._answers import RSS, Response, answer
from archiver.demo._markup import escape, linkify, paragraphs, plain
from archiver.demo._pages import not_found, render
from archiver.demo.records import Comment, Post

if TYPE_CHECKING:
    from archiver.demo.blog import DemoBlog

SIZE = 10


def posts_feed(blog: DemoBlog, posts: list[Post], number: int, url: str, *, heading: str = "") -> Response:
    """Page `number` of a feed. Past its end: 404, with an empty channel, as WordPress answers."""
    if not blog.feeds:
        return not_found(blog)
    shown = posts[(number - 1) * SIZE : number * SIZE]
    built = max((post.modified for post in shown), default=blog.changed)
    prefix = f"{heading} \N{EN DASH} " if heading else ""
    text = render(blog, "posts-feed.xml", posts=shown, heading=prefix, self_url=url, built=rfc(built), rfc=rfc)
    return linked(blog, answer(text, RSS, 200 if shown or number == 1 else 404))


def comments_feed(blog: DemoBlog, post: Post | None = None) -> Response:
    """The newest comments of one post, or of all. A protected post's own feed leaks who commented; WordPress's does."""
    if not blog.feeds:
        return not_found(blog)
    newest = blog.index.newest_comments(SIZE) if post is None else blog.approved(post)[: -SIZE - 1 : -1]
    url = f"{blog.url(post)}feed/" if post else f"{blog.home}/comments/feed/"
    built = rfc(newest[0].date if newest else post.modified if post else blog.changed)
    items = [item(blog, comment) for comment in newest]
    text = render(blog, "comments-feed.xml", post=post, items=items, self_url=url, built=built, rfc=rfc)
    return linked(blog, answer(text, RSS))


def item(blog: DemoBlog, comment: Comment) -> dict[str, object]:
    """A comment's texts, each opening with the comment that it answers."""
    body = paragraphs(linkify(comment.text))
    description = escape(plain(body))
    parent = blog.index.comments.get(comment.parent_id or 0)
    if parent:
        link = f'<a href="{blog.comment_url(parent)}">{html.escape(parent.name or "Anonymous")}</a>'
        body = f"<p>In reply to {link}.</p>\n{body}"
        description = f"In reply to {html.escape(link)}.\n\n{description}"
    return {
        "comment": comment,
        "post": blog.index.by_id[comment.post_id],
        "name": comment.name or "Anonymous",
        "content": cdata(body),
        "description": cdata(description),
    }


def cdata(text: str) -> Markup:
    """`]]>` would end the section that the template puts it in."""
    return Markup(text.replace("]]>", "]]&gt;"))  # noqa: S704 - the blog's own HTML


def linked(blog: DemoBlog, response: Response) -> Response:
    return response.plus(("Link", f'<{blog.home}/wp-json/>; rel="https://api.w.org/"')) if blog.api else response


def rfc(when: datetime) -> str:
    return format_datetime(when)
