"""Remark42 (https://remark42.com): a server of the blog's own, with an open API."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlencode, urljoin

from archiver.comments._said import UNNAMED, Said, counted
from archiver.comments._threads import walk
from archiver.comments.base import Declared, NoThread, System, thread
from archiver.engines import _json_values as values
from archiver.engines.dom import Dom
from archiver.model import Author, Extract, PostRef, Target
from archiver.urls import absolute

_CONFIG = re.compile(r"remark_config\s*=\s*\{(?P<inside>[^{}]{0,2000})\}")
_SETTING = re.compile(r"[\"']?(host|site_id|url)[\"']?\s*:\s*[\"']([^\"']+)[\"']")


class Remark42(System):
    """`remark_config = {host: "https://remark.example.org", site_id: "blog"}`."""

    name = "remark42"
    sign = "remark"

    def declared(self, dom: Dom, post: PostRef) -> Declared | None:
        """The server, the name of the blog there, and the URL that stands for the page."""
        config = _CONFIG.search(dom.page.text)
        settings = dict(_SETTING.findall(config["inside"])) if config else {}
        if config is None and "remark42" not in dom.by_id:
            return None
        server = absolute(settings.get("host", ""), dom.base) if settings.get("host") else None
        if server is None:
            return UNNAMED
        url = settings.get("url") or post.url or dom.page.url
        query = {"site": settings.get("site_id", "remark"), "url": url, "sort": "+time", "format": "tree"}
        return Declared(where=server, url=f"{urljoin(server.rstrip('/') + '/', 'api/v1/find')}?{urlencode(query)}")

    def read(self, data: object, target: Target, post: PostRef) -> Extract:
        """The whole thread and its count."""
        del target
        rows = values.inside(data, "comments")
        if not isinstance(rows, list):
            raise NoThread("it is no thread of Remark42")
        nodes = [{**node, "id": values.text(node, "comment", "id")} for node in values.objects(rows)]
        found = walk(nodes, "id", _replies)
        said = [_said(row, parent, depth, n) for n, (row, parent, depth) in enumerate(found)]
        extract = thread(post, tuple(one.record(self.name, post) for one in said))
        return counted(extract, post, values.number(data, "info", "count"), self.name)


def _replies(node: dict[str, Any]) -> object:
    found = values.objects(node.get("replies") or [])
    return [{**one, "id": values.text(one, "comment", "id")} for one in found]


def _said(node: dict[str, Any], parent: str | None, depth: int, place: int) -> Said:
    row = node["comment"]
    name = values.line(row, "user", "name")
    return Said(
        id=node["id"],
        html=values.text(row, "text") if row.get("delete") is not True else None,
        author=Author(name=name, member=True, native_id=values.text(row, "user", "id")) if name else None,
        published=values.moment(row, "time"),
        parent=values.text(row, "pid") or parent,
        depth=depth,
        position=place,
        anchor=f"remark42__comment-{node['id']}",
    )
