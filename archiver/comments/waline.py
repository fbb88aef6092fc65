"""Waline (https://waline.js.org): a server of the blog's own, with an open API that gives a thread in pages."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import parse_qs, urlencode, urljoin, urlsplit

from archiver.comments._said import UNNAMED, Said, counted, visitor
from archiver.comments._threads import at_seconds, walk
from archiver.comments.base import Declared, NoThread, System
from archiver.engines import _json_values as values
from archiver.engines.dom import Dom
from archiver.model import Extract, PostRef, Target
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
            return UNNAMED if named else None
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
        comments = tuple(_said(row, parent, depth).record(self.name, post) for row, parent, depth in found)
        return counted(Extract(comments=comments), post, values.number(data, "data", "count"), self.name)

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


def _said(row: dict[str, Any], parent: str | None, depth: int) -> Said:
    """Waline shows two levels, and names what a reply answers on the second (`pid`)."""
    own = str(row["objectId"])
    return Said(
        id=own,
        html=values.text(row, "comment"),
        author=visitor(row, "nick", "link"),
        published=at_seconds(row.get("time")),
        parent=values.text(row, "pid") or parent,
        depth=depth,
        anchor=own,
    )
