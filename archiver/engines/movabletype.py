"""Movable Type: pages in templates of its own or of the blog's, with feeds at atom.xml and index.xml."""

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import urlsplit

from archiver.engines import _generic_links as links
from archiver.engines import _platform as platform
from archiver.engines._page_engine import Evidence
from archiver.engines.dom import Dom
from archiver.engines.typepad import TypePad
from archiver.model import Site
from archiver.urls import without_fragment

_VERSION = re.compile(r"^Movable\s*Type\s+(?:\w+\s+)?([\d.]+)", re.IGNORECASE)
_POST = re.compile(
    r"/(?:19|20)\d{2}/\d{2}/(?:\d{2}/)?[^/]+?(?:\.(?:html|php)|/)$|/archives/(?:[^/]+/)*[^/]+\.(?:html|php)$"
)
_LIST = re.compile(r"/(?:19|20)\d{2}/(?:\d{2}/)?(?:index\.(?:html|php))?$|/archives(?:\.html|/(?:index\.html)?)$")
_OLD_MONTH = re.compile(r"/archives/(?:19|20)\d{2}_\d{2}\.(?:html|php)$|/archives/(?:cat_|week_)")
_CGI = re.compile(r"/mt-(?:comments|search|tb|static|cp)\b|/mt\.js(?:$|\?)|/mt-site\.js")


class MovableType(TypePad):
    """Movable Type 3 and later, and what descends from it."""

    name = "movabletype"
    feed_paths = ("atom.xml", "index.xml")

    def evidence(self, dom: Dom) -> Evidence:
        """The generator, its scripts, the names of its templates' parts."""
        made_with = platform.generator(dom)
        if made_with.lower().startswith(("movable type", "movabletype", "melody")):
            yield f"generator {made_with}", 0.9
        sources = [e.get("src") or e.get("href") or "" for e in dom.tags("script", "link")]
        sources += [e.get("action") or "" for e in dom.tags("form")]
        if any(_CGI.search(source) for source in sources):
            yield "scripts of Movable Type", 0.6
        if "asset-name" in dom.class_tokens and "asset-content" in dom.class_tokens:
            yield "class names of Movable Type's templates", 0.4

    def version_of(self, dom: Dom) -> str | None:
        """Of the generator."""
        match = _VERSION.match(platform.generator(dom))
        return match[1] if match else None

    def is_post(self, url: str, site: Site) -> bool:
        """A dated address, or a file in the archives."""
        path = urlsplit(url).path
        return links.page_url(url, site.home) is not None and bool(_POST.search(path)) and not self.is_list(url, site)

    def is_list(self, url: str, site: Site) -> bool:
        """Years, months, the archives."""
        path = urlsplit(url).path
        return links.page_url(url, site.home) is not None and bool(_LIST.search(path) or _OLD_MONTH.search(path))

    def posts_on(self, dom: Dom, site: Site) -> Iterable[str]:
        """By their addresses; in lists also what is headed and dated as a post."""
        own = (url for _, url in dom.links if self.is_post(without_fragment(url), site))
        return (*own, *(url for url in links.posts(dom, site.home) if not self.is_list(url, site)))

    def _is_dated(self, url: str) -> bool:
        return _POST.search(urlsplit(url).path) is not None
