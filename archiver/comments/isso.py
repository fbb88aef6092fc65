"""Isso (https://isso-comments.de): a server of the blog's own, with an open API."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from urllib.parse import urlencode, urljoin, urlsplit

from archiver import content
from archiver.comments._threads import at_seconds, walk
from archiver.comments.base import Declared, NoThread, System, thread
from archiver.engines import _json_values as values
from archiver.engines.dom import Dom
from archiver.model import Author, Claim, Comment, Extract, ParentSource, PostRef, Rank, Target
from archiver.urls import absolute


class Isso(System):
    """`<script data-isso="//comments.example.org/">` and `<section id="isso-thread">`."""

    name = "isso"
    sign = "isso"

    def declared(self, dom: Dom, post: PostRef) -> Declared | None:
        """The server, and the thread's own name: `data-isso-id`, or the path of the page."""
        scripts = [script for script in dom.tags("script") if script.get("data-isso")]
        frame = dom.by_id.get("isso-thread")
        if not scripts:
            return (
                Declared(where="a server that the page does not name", why="its address is set by a script")
                if (frame is not None)
                else None
            )
        server = absolute((scripts[0].get("data-isso") or "").rstrip("/") + "/", dom.base)
        if server is None:
            return None
        stated = frame.get("data-isso-id") if frame is not None else None
        uri = stated or urlsplit(post.url or dom.page.url).path or "/"
        return Declared(where=server, url=f"{urljoin(server, '.')}?{urlencode({'uri': uri})}")

    def read(self, data: object, target: Target, post: PostRef) -> Extract:
        """The whole thread: without limits in the question, Isso gives all levels."""
        del target
        rows = values.inside(data, "replies")
        if not isinstance(rows, list):
            raise NoThread("it is no thread of Isso")
        found = walk(rows, "id", lambda row: row.get("replies"))
        comments = tuple(_comment(row, parent, depth, n, post) for n, (row, parent, depth) in enumerate(found))
        total, subject = values.number(data, "total_replies"), f"#{post.native_id}" if post.native_id else post.url
        extract = thread(post, comments)
        if total is None or not subject or total < len(comments):  # older versions leave out replies
            return extract
        claim = Claim(subject_kind="post", subject=subject, measure="comments", number=total, where="isso")
        return replace(extract, claims=(claim,))


def _comment(row: dict[str, Any], parent: str | None, depth: int, place: int, post: PostRef) -> Comment:
    """A comment. parent: the one in whose replies it stands; Isso itself names the one that it answers.

    The words of deleted ones are empty, their place stays.
    """
    html, name = values.text(row, "text"), values.line(row, "author")
    answers = values.text(row, "parent") or parent
    own = values.text(row, "id")
    return Comment(
        post=post,
        rank=Rank.API,
        native_id=f"isso:{own}",
        url=f"{post.url}#isso-{own}" if post.url else None,
        author=Author(name=name or "Anonymous", member=False, url=values.text(row, "website")),
        content=content.from_html(html, post.url or "") if html else None,
        published=at_seconds(row.get("created")),
        parent=f"isso:{answers}" if answers else None,
        parent_source=ParentSource.API,
        depth=depth,
        position=place,
        source="api",
    )
