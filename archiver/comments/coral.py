"""Coral (https://coralproject.net): its comments are given to POST only; how many there are, to everyone."""

from __future__ import annotations

import re
from urllib.parse import urlencode, urljoin

from archiver.comments._said import counted
from archiver.comments.base import Declared, NoThread, System
from archiver.engines import _json_values as values
from archiver.engines.dom import Dom
from archiver.model import Extract, PostRef, Target
from archiver.urls import absolute

CLOSED = "its comments are only given to POST requests, which are never made; their number is asked for"
_SETTING = re.compile(r"\b(rootURL|storyURL)\b[\"']?\s*:\s*[\"'](https?://[^\"'\n]{1,1000})[\"']")
_SCRIPT = re.compile(r"//[^/]+/(?:assets/js/embed|static/embed)\.js")


class Coral(System):
    """`Coral.createStreamEmbed({id: "coral_thread", rootURL: "https://coral.example.org"})`."""

    name = "coral"
    sign = "coral"

    def declared(self, dom: Dom, post: PostRef) -> Declared | None:
        """The server, and the URL that stands for the page there."""
        if "coral_thread" not in dom.by_id and "createStreamEmbed" not in dom.page.text:
            return None
        settings = dict(_SETTING.findall(dom.page.text))
        sources = (script.get("src") or "" for script in dom.tags("script"))
        script = next((source for source in sources if _SCRIPT.search(source)), "")
        server = absolute(settings.get("rootURL") or script, dom.base) if settings.get("rootURL") or script else None
        if server is None:
            return Declared(where="element coral_thread", why=CLOSED.partition(";")[0])
        story = settings.get("storyURL") or post.url or dom.page.url
        query = {"callback": "CoralCount.setCount", "url": story, "notext": "true", "ref": "archiver"}
        root = urljoin(server, "/")
        return Declared(where=root, why=CLOSED, url=f"{root}api/story/count.js?{urlencode(query)}")

    def read(self, data: object, target: Target, post: PostRef) -> Extract:
        """The number of comments."""
        del target
        count = values.number(data, "count")
        if count is None:
            raise NoThread("it does not state a number of comments")
        return counted(Extract(), post, count, self.name)
