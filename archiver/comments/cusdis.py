"""Cusdis (https://cusdis.com): its frame asks an open API, which gives a thread in pages of ten."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from urllib.parse import parse_qs, urlencode, urljoin, urlsplit

from archiver.comments._said import UNNAMED, Said, counted
from archiver.comments._threads import walk
from archiver.comments.base import Declared, NoThread, System
from archiver.engines import _json_values as values
from archiver.engines._feed_formats import paragraphs
from archiver.engines.dom import Dom
from archiver.model import Author, Extract, Note, PostRef, Target
from archiver.urls import absolute


class Cusdis(System):
    """`<div id="cusdis_thread" data-host="https://cusdis.com" data-app-id="…" data-page-id="oil">`."""

    name = "cusdis"
    sign = "cusdis"

    def declared(self, dom: Dom, post: PostRef) -> Declared | None:
        """The server, the blog's number there, and the page's name."""
        del post
        frame = dom.by_id.get("cusdis_thread")
        if frame is None:
            return None
        app, page = frame.get("data-app-id"), frame.get("data-page-id")
        server = absolute((frame.get("data-host") or "https://cusdis.com").rstrip("/") + "/", dom.base)
        if server is None or not app or not page:
            return UNNAMED
        return Declared(where=server, url=_url(urljoin(server, "api/open/comments"), app, page, 1))

    def read(self, data: object, target: Target, post: PostRef) -> Extract:
        """One page of the thread. The count is of the first level, so that a thread of one page only states all."""
        rows = values.inside(data, "data", "data")
        if not isinstance(rows, list):
            raise NoThread("it is no thread of Cusdis")
        found = list(walk(rows, "id", lambda row: values.inside(row, "replies", "data")))
        said = [_said(row, parent, depth) for row, parent, depth in found]
        extract = Extract(comments=tuple(one.record(self.name, post) for one in said))
        hidden = sum(_hidden(row) for row, _, _ in found)
        if hidden:
            why = f"{target.hint.get('post_url', target.url)}: {hidden} answers beyond the first ten to a comment"
            extract = replace(extract, notes=(Note(kind="more_at_cusdis", detail=why),))
        whole = (values.number(data, "data", "pageCount") or 1) == 1
        return counted(extract, post, len(found) + hidden if whole else None, self.name)

    def following(self, data: object, target: Target) -> str | None:
        """The next page."""
        asked = {name: found[0] for name, found in parse_qs(urlsplit(target.url).query).items()}
        number = values.number(asked.get("page")) or 1
        if number >= (values.number(data, "data", "pageCount") or 1) or not values.inside(data, "data", "data"):
            return None
        return _url(target.url.partition("?")[0], asked.get("appId", ""), asked.get("pageId", ""), number + 1)


def _url(root: str, app: str, page_id: str, page: int) -> str:
    return f"{root}?{urlencode({'appId': app, 'pageId': page_id, 'page': page})}"


def _hidden(row: dict[str, Any]) -> int:
    """How many answers to a comment the API keeps back."""
    replies = values.inside(row, "replies")
    stated = values.number(replies, "commentCount") or 0
    return max(0, stated - len(values.objects(values.inside(replies, "data") or [])))


def _said(row: dict[str, Any], parent: str | None, depth: int) -> Said:
    """A comment; moderators are told from visitors by the blog's owner that stands in them."""
    plain = values.text(row, "content")
    moderator = values.line(row, "moderator", "displayName")
    name = moderator or values.line(row, "by_nickname")
    return Said(
        id=str(row["id"]),
        html=values.text(row, "parsedContent") or (paragraphs(plain) if plain else None),
        author=Author(name=name or "Anonymous", member=moderator is not None or bool(values.text(row, "moderatorId"))),
        published=values.moment(row, "createdAt"),
        parent=parent,
        depth=depth,
    )
