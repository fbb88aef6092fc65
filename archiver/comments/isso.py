"""Isso (https://isso-comments.de): a server of the blog's own, with an open API."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode, urljoin, urlsplit

from archiver.comments._said import UNNAMED, Said, counted, visitor
from archiver.comments._threads import at_seconds, walk
from archiver.comments.base import Declared, NoThread, System, thread
from archiver.engines import _json_values as values
from archiver.engines.dom import Dom
from archiver.model import Extract, PostRef, Target
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
            return UNNAMED if frame is not None else None
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
        said = [_said(row, parent, depth, n) for n, (row, parent, depth) in enumerate(found)]
        extract = thread(post, tuple(one.record(self.name, post) for one in said))
        total = values.number(data, "total_replies")
        older = total is not None and total < len(said)  # older versions leave out replies
        return extract if older else counted(extract, post, total, self.name)


def _said(row: dict[str, Any], parent: str | None, depth: int, place: int) -> Said:
    """parent: the one in whose replies it stands; Isso itself names the one that it answers."""
    own = row["id"]
    return Said(
        id=str(own),
        html=values.text(row, "text"),
        author=visitor(row, "author", "website"),
        published=at_seconds(row.get("created")),
        parent=values.text(row, "parent") or parent,
        depth=depth,
        position=place,
        anchor=f"isso-{own}",
    )
