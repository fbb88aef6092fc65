"""Artalk (https://artalk.js.org): a server of the blog's own, with an open API that gives a thread in parts."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qs, urlencode, urljoin, urlsplit

from archiver import dates
from archiver.comments._said import UNNAMED, Said, counted, visitor
from archiver.comments.base import Declared, NoThread, System
from archiver.engines import _json_values as values
from archiver.engines.dom import Dom
from archiver.model import Extract, PostRef, Target
from archiver.urls import absolute

AT_ONCE = 50
"""Comments of the first level in a part; all answers to them come with it."""
_CONFIG = re.compile(r"(?:\bArtalk\.init|\bnew\s+Artalk)\(\s*\{([^{}]{0,2000})")
_SETTING = re.compile(r"\b(server|site|pageKey)\b[\"']?\s*:\s*[\"']([^\"'\n]{0,500})[\"']")


class Artalk(System):
    """`Artalk.init({el: "#Comments", server: "https://artalk.example.org", site: "Quay", pageKey: "/oil/"})`."""

    name = "artalk"
    sign = "rtalk"

    def declared(self, dom: Dom, post: PostRef) -> Declared | None:
        """The server, the blog's name there, and the page's key: its path where the script states none."""
        config = _CONFIG.search(dom.page.text)
        if config is None:
            named = any(id_.lower() == "artalk" for id_ in dom.by_id) or dom.classed("artalk")
            return UNNAMED if named else None
        settings = dict(_SETTING.findall(config[1]))
        server = absolute(settings.get("server", "").rstrip("/") + "/", dom.base) if settings.get("server") else None
        if server is None:
            return UNNAMED
        key = settings.get("pageKey") or urlsplit(post.url or dom.page.url).path or "/"
        return Declared(where=server, url=_url(urljoin(server, "api/v2/comments"), key, settings.get("site", ""), 0))

    def read(self, data: object, target: Target, post: PostRef) -> Extract:
        """One part of the thread, and the count of all. Answers stand in it behind what they answer."""
        rows = values.inside(data, "comments")
        if not isinstance(rows, list):
            raise NoThread(f"it is no thread of Artalk: {values.line(data, 'msg') or 'there are no comments in it'}")
        first = int(_asked(target).get("offset") or 0)
        said = [_said(row) for row in values.objects(rows) if values.text(row, "id")]
        depths = _depths(said)
        placed = [replace(one, depth=depths[one.id], position=first + n) for n, one in enumerate(said)]
        comments = tuple(one.record(self.name, post) for one in placed)
        return counted(Extract(comments=comments), post, values.number(data, "count"), self.name)

    def following(self, data: object, target: Target) -> str | None:
        """The next part, as long as there are comments of the first level left."""
        asked = _asked(target)
        past = int(asked.get("offset") or 0) + AT_ONCE
        if past >= (values.number(data, "roots_count") or 0) or not values.inside(data, "comments"):
            return None
        return _url(target.url.partition("?")[0], asked.get("page_key", "/"), asked.get("site_name", ""), past)


def _url(root: str, key: str, site: str, offset: int) -> str:
    query = {"page_key": key, "site_name": site, "limit": AT_ONCE, "offset": offset, "sort_by": "date_asc"}
    return f"{root}?{urlencode({**query, 'flat_mode': 'false'})}"


def _asked(target: Target) -> dict[str, str]:
    return {name: found[0] for name, found in parse_qs(urlsplit(target.url).query).items()}


def _said(row: dict[str, Any]) -> Said:
    """A comment; its time is by the server's own clock. Collapsed ones are shown at a click, so they count."""
    own, parent, stamp = str(row["id"]), values.number(row, "rid"), values.text(row, "date")
    return Said(
        id=own,
        html=values.text(row, "content_marked") or values.text(row, "content"),
        author=visitor(row, "nick", "link"),
        published=dates.from_iso(stamp) if stamp else None,
        parent=str(parent) if parent else None,
        anchor=f"atk-comment-{own}",
    )


def _depths(said: list[Said]) -> dict[str, int]:
    """The level of each comment by its id; answers come after what they answer."""
    found: dict[str, int] = {}
    for one in said:
        found[one.id] = found.get(one.parent, 1) + 1 if one.parent else 1
    return found
