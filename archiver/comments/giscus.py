"""giscus (https://giscus.app): discussions at GitHub, which its own server gives to every reader's browser."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, urlencode, urljoin, urlsplit

from archiver.comments._github import term
from archiver.comments._said import Said, counted
from archiver.comments._threads import walk
from archiver.comments.base import Declared, NoThread, System
from archiver.engines import _json_values as values
from archiver.engines.dom import Dom
from archiver.model import Author, Extract, PostRef, Target
from archiver.urls import absolute

AT_ONCE = 50


class Giscus(System):
    """`<script src="https://giscus.app/client.js" data-repo="quay/blog" data-mapping="pathname">`."""

    name = "giscus"
    sign = "giscus"

    def declared(self, dom: Dom, post: PostRef) -> Declared | None:
        """The repository, and the number or title of the page's discussion. The server may be the blog's own."""
        clients = (one for one in dom.tags("script") if "/client.js" in (one.get("src") or ""))
        script = next((one for one in clients if one.get("data-repo")), None)
        if script is None:
            return None
        repo, server = script.get("data-repo") or "", absolute(script.get("src") or "", dom.base)
        mapping = script.get("data-mapping") or "pathname"
        stated = script.get("data-term") or ""
        number = stated if mapping == "number" else ""
        wanted = "" if number else term(stated if mapping == "specific" else mapping, dom, post)
        if server is None or not (wanted or number):
            return Declared(where=repo, why="the page does not tell which discussion is its own")
        query = {
            "repo": repo,
            "term": wanted,
            "category": script.get("data-category") or "",
            "number": number or "0",
            "strict": "true" if script.get("data-strict") == "1" else "false",
            "first": str(AT_ONCE),
        }
        return Declared(where=repo, url=f"{urljoin(server, '/api/discussions')}?{urlencode(query)}")

    def read(self, data: object, target: Target, post: PostRef) -> Extract:
        """Comments with their answers, a page of them, and how many of both the discussion has."""
        del target
        found = values.inside(data, "discussion")
        rows = values.inside(found, "comments")
        if not isinstance(rows, list):
            raise NoThread(f"it is no discussion: {values.line(data, 'error') or 'there are no comments in it'}")
        told = [_said(row, parent, depth) for row, parent, depth in walk(rows, "id", lambda row: row.get("replies"))]
        counts = [values.number(found, name) for name in ("totalCommentCount", "totalReplyCount")]
        total = sum(count for count in counts if count is not None) if counts[0] is not None else None
        return counted(Extract(comments=tuple(one.record(self.name, post) for one in told)), post, total, self.name)

    def following(self, data: object, target: Target) -> str | None:
        """The next page, by the place where this one ends."""
        place = values.inside(data, "discussion", "pageInfo")
        after = values.text(place, "endCursor")
        if values.inside(place, "hasNextPage") is not True or after is None:
            return None
        asked = {name: found[0] for name, found in parse_qs(urlsplit(target.url).query).items()}
        if asked.get("after") == after:
            return None
        return f"{target.url.partition('?')[0]}?{urlencode({**asked, 'after': after})}"


def _said(row: dict[str, Any], parent: str | None, depth: int) -> Said:
    login = values.line(row, "author", "login")
    return Said(
        id=str(row["id"]),
        html=values.text(row, "bodyHTML") if not row.get("deletedAt") else None,
        author=Author(name=login, member=True, slug=login, url=values.text(row, "author", "url")) if login else None,
        published=values.moment(row, "createdAt"),
        parent=values.text(row, "replyToId") or parent,
        depth=depth,
        url=values.text(row, "url"),
    )
