"""What giscus and utterances share: the words by which a page finds its thread at GitHub."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from archiver.engines.dom import Dom
from archiver.model import PostRef
from archiver.urls import without_fragment

_SUFFIX = re.compile(r"\.\w+$")


def term(mapping: str, dom: Dom, post: PostRef) -> str:
    """The title of the page's thread: its path, URL or title; any other mapping is the title itself."""
    here = post.url or dom.page.url
    match mapping.strip():
        case "pathname":
            path = urlsplit(here).path
            return _SUFFIX.sub("", path[1:]) if len(path) > 1 else "index"
        case "url":
            return without_fragment(here)
        case "title":
            return dom.stated_title or ""
        case "og:title":
            return dom.meta("og:title") or ""
        case other:
            return other
