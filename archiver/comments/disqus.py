"""Disqus: what its frame shows to every reader carries the first page of a thread; the rest needs a key."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from archiver.comments._said import Said, counted
from archiver.comments.base import Declared, NoThread, System, thread
from archiver.engines import _json_values as values
from archiver.engines.dom import Dom
from archiver.model import Author, Extract, Note, PostRef, Target

_SCRIPT = re.compile(r"//([a-z0-9-]{1,60})\.disqus\.com/(?:embed|count)\.js", re.IGNORECASE)
_SHORTNAME = re.compile(r"disqus_?shortname[\"']?\s*[:=]\s*[\"']([a-z0-9-]{1,60})[\"']", re.IGNORECASE)
_IDENTIFIER = re.compile(r"(?:page\.identifier|disqus_identifier)\s*=\s*[\"']([^\"'\n]{1,300})[\"']")
_URL = re.compile(r"(?:page\.url|disqus_url)\s*=\s*[\"'](https?://[^\"'\n]{1,1000})[\"']")


class Disqus(System):
    """`<div id="disqus_thread">` and `https://NAME.disqus.com/embed.js`."""

    name = "disqus"
    sign = "disqus"

    def declared(self, dom: Dom, post: PostRef) -> Declared | None:
        """The blog's name at Disqus, and the identifier and URL that stand for the page there."""
        text = dom.page.text
        names = _SCRIPT.search(text) or _SHORTNAME.search(text)
        if "disqus_thread" not in dom.by_id and names is None:
            return None
        if names is None:
            return Declared(where="Disqus", why="the page does not state its name there")
        identifier, url = _IDENTIFIER.search(text), _URL.search(text)
        query = {"base": "default", "f": names[1], "t_u": url[1] if url else post.url or dom.page.url}
        if identifier:
            query["t_i"] = identifier[1]
        return Declared(where=names[1], url=f"https://disqus.com/embed/comments/?{urlencode(query)}")

    def read(self, data: object, target: Target, post: PostRef) -> Extract:
        """The comments that the frame carries, and how many the whole thread has."""
        response = values.inside(data, "response")
        if not isinstance(response, dict) or not isinstance(response.get("posts"), list):
            raise NoThread("there is no thread in its frame")
        rows = values.objects(response["posts"])
        said = [_said(row, n) for n, row in enumerate(rows) if values.text(row, "id")]
        extract = thread(post, tuple(one.record(self.name, post) for one in said))
        extract = counted(extract, post, values.number(response, "thread", "posts"), self.name)
        more = values.inside(data, "cursor", "hasNext") is True
        why = f"{target.hint.get('post_url', target.url)}: Disqus gives further pages of a thread with a key only"
        notes = (Note(kind="more_at_disqus", detail=why),) if more else ()
        return replace(extract, notes=notes)


def _said(row: dict[str, Any], place: int) -> Said:
    own, depth = str(row["id"]), values.number(row, "depth")
    name = values.line(row, "author", "name")
    return Said(
        id=own,
        html=values.text(row, "message") if row.get("isDeleted") is not True else None,
        author=Author(
            name=name,
            member=row["author"].get("isAnonymous") is not True,
            native_id=values.text(row, "author", "id"),
            slug=values.text(row, "author", "username"),
            url=values.text(row, "author", "profileUrl"),
        )
        if name
        else None,
        published=values.moment(row, "createdAt"),
        parent=values.text(row, "parent"),
        depth=None if depth is None else depth + 1,
        position=place,
        anchor=f"comment-{own}",
    )
