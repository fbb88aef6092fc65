"""Comment systems that are recognised and cannot be read: they answer to logins, to POST, or to keys."""

from __future__ import annotations

import re
from collections.abc import Callable

from archiver.comments.base import Declared, System
from archiver.engines.dom import Dom
from archiver.model import PostRef

_POSTS = "its threads are only given to POST requests, which are never made"
_KEYS = "its threads are only given with a key"


def _script(pattern: str, *attributes: str) -> Callable[[Dom], str | None]:
    """Known by the address of a script. attributes: of it, that tell where the thread is."""
    address = re.compile(pattern)

    def find(dom: Dom) -> str | None:
        for script in dom.tags("script"):
            source = script.get("src") or ""
            if address.search(source):
                stated = (script.get(name) for name in attributes)
                return next(filter(None, stated), None) or source
        return None

    return find


def _element(tokens: tuple[str, ...], *attributes: str) -> Callable[[Dom], str | None]:
    """Known by an element's id, class or tag. attributes: of it, that tell where the thread is."""

    def find(dom: Dom) -> str | None:
        for name in tokens:
            found = [e for e in (dom.by_id.get(name),) if e is not None] or dom.classed(name) or dom.tags(name)
            for element in found:
                stated = (element.get(attribute) for attribute in attributes)
                return next(filter(None, stated), None) or f"element {name}"
        return None

    return find


KNOWN: dict[str, tuple[Callable[[Dom], str | None], str]] = {
    "commento": (_script(r"/js/commento\.js", "data-page-id"), _POSTS),
    "comentario": (
        _script(r"/comentario\.js"),
        f"{_POSTS}, and its feeds by a number that no page states",
    ),
    "twikoo": (_element(("twikoo",)), _POSTS),
    "valine": (_element(("vcomments",)), _KEYS),
    "hyvor": (
        _element(("hyvor-talk-comments", "hyvor-talk-view"), "website-id"),
        "its data is given to a key, or to the blog's own pages in a browser",
    ),
    "facebook": (
        _element(("fb-comments",), "data-href"),
        "Facebook gives them to those who are logged in, and to keys",
    ),
    "graphcomment": (_element(("graphcomment",)), _KEYS),
    "intensedebate": (_script(r"intensedebate\.com/js/"), "its service gives no data"),
}


_SIGNS = {"valine": "vcomments", "facebook": "fb-comments"}
"""Where the name itself does not stand in the source."""


class Recognised(System):
    """One of those."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._find, self._why = KNOWN[name]
        self.sign = _SIGNS.get(name, name)

    def declared(self, dom: Dom, post: PostRef) -> Declared | None:
        """Where the page has it."""
        del post
        where = self._find(dom)
        return Declared(where=where, why=self._why) if where else None
