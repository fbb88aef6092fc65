"""Waline (https://waline.js.org): a server of the blog's own, with an open API that gives a thread in pages."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import parse_qs, urlencode, urljoin, urlsplit

from archiver import content
from archiver.comments._threads import at_seconds, walk
from archiver.comments.base import Declared, NoThread, System
from archiver.engines import _json_values as values
from archiver.engines.dom import Dom
from archiver.model import Author, Claim, Comment, Extract, ParentSource, PostRef, Rank, Target
from archiver.urls import absolute

PER_PAGE = 50
_SERVER = re.compile(r"\binit\(\s*\{[^{}]{0,2000}?\bserverURL\s*:\s*[\"']([^\"']+)[\"']")
_PATH = re.compile(r"\bpath\s*:\s*[\"']([^\"']+)[\"']")


class Waline(System):
    """`Waline.init({el: "#waline", serverURL: "https://waline.example.org"})`."""

    name = "waline"
    sign = "aline"

    def declared(self, dom: Dom, post: PostRef) -> Declared | None:
        """The server; threads go by the path of the page, or one that the script states."""
        found = _SERVER.search(dom.page.text)
        server = absolute(found[1], dom.base) if found else None
        if server is None:
            named = "waline" in dom.by_id or "waline-container" in dom.by_id
            why = "its address is set by a script"
            return Declared(where="a server that the page does not name", why=why) if named else None
        stated = _PATH.search(found[0]) if found else None
        path = stated[1] if stated else urlsplit(post.url or dom.page.url).path or "/"
        return Declared(where=server, url=_url(urljoin(server.rstrip("/") + "/", "api/comment"), path, 1))

    def read(self, data: object, target: Target, post: PostRef) -> Extract:
        """One page of the thread, and the count of all."""
        del target
        rows = values.inside(data, "data", "data")
        if not isinstance(rows, list):
            raise NoThread(f"it is no thread of Waline: {values.line(data, 'errmsg') or 'there are no comments in it'}")
        found = walk(rows, "objectId", lambda row: row.get("children"))
        comments = tuple(_comment(row, parent, depth, post) for row, parent, depth in found)
        count, subject = values.number(data, "data", "count"), f"#{post.native_id}" if post.native_id else post.url
        if count is None or not subject:
            return Extract(comments=comments)
        claim = Claim(subject_kind="post", subject=subject, measure="comments", number=count, where="waline")
        return Extract(comments=comments, claims=(claim,))

    def following(self, data: object, target: Target) -> str | None:
        """The next page."""
        parts = urlsplit(target.url)
        asked = parse_qs(parts.query)
        number = values.number(asked.get("page", ["1"])[0]) or 1
        if number >= (values.number(data, "data", "totalPages") or 1) or not values.inside(data, "data", "data"):
            return None
        return _url(target.url.partition("?")[0], asked.get("path", ["/"])[0], number + 1)


def _url(root: str, path: str, page: int) -> str:
    query = {"path": path, "pageSize": PER_PAGE, "page": page, "lang": "en", "sortBy": "insertedAt_asc"}
    return f"{root}?{urlencode(query)}"


def _comment(row: dict[str, Any], parent: str | None, depth: int, post: PostRef) -> Comment:
    """A comment. Waline shows two levels, and names what a reply answers on the second (`pid`)."""
    own, html, name = row["objectId"], values.text(row, "comment"), values.line(row, "nick")
    answers = values.text(row, "pid") or parent
    return Comment(
        post=post,
        rank=Rank.API,
        native_id=f"waline:{own}",
        url=f"{post.url}#{own}" if post.url else None,
        author=Author(name=name or "Anonymous", member=False, url=values.text(row, "link")),
        content=content.from_html(html, post.url or "") if html else None,
        published=at_seconds(row.get("time")),
        parent=f"waline:{answers}" if answers else None,
        parent_source=ParentSource.API,
        depth=depth,
        source="api",
    )
