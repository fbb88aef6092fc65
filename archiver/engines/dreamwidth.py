"""Dreamwidth: LiveJournal's code, grown on: threads are marked the same in every style, entries may have words for
addresses."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from archiver.engines import _marked_post as marked
from archiver.engines import _platform as platform
from archiver.engines._marked_post import Marks
from archiver.engines._page_engine import Evidence
from archiver.engines.dom import Dom
from archiver.engines.livejournal import LiveJournal, authors
from archiver.model import Site
from archiver.urls import host_key, within

_SLUG = re.compile(r"/(?:19|20)\d{2}/\d{2}/\d{2}/[\w-]+\.html$")
_WRAPPER = re.compile(r"entry-wrapper-(\d+)")


class Dreamwidth(LiveJournal):
    """dreamwidth.org."""

    name = "dreamwidth"
    list_paths = ("archive",)
    host = "dreamwidth.org"
    own_styles = False
    marks = Marks(
        body=("entry-content",),
        title=("entry-title",),
        when=("datetime",),
        outside=("comments", "comment-thread", "dwexpcomment", "module"),
        authors=authors,
        terms=lambda dom: marked.tagged(dom, ("tag",)),
    )

    def evidence(self, dom: Dom) -> Evidence:
        """The address, how it marks threads and entries, its feed."""
        host = host_key(dom.page.url)
        if host.endswith("." + self.host):
            yield f"its address, {host}", 0.7
        if platform.generator(dom).startswith("Dreamwidth"):
            yield f"generator {platform.generator(dom)}", 0.8
        if dom.classed("dwexpcomment"):
            yield "comments as Dreamwidth marks them", 0.7
        if any(_WRAPPER.fullmatch(id_) for id_ in dom.by_id) and dom.classed(
            "journal-type-p", "journal-type-c", "poster"
        ):
            yield "entries as Dreamwidth marks them", 0.6
        if any((a.get("href") or "").endswith("/data/atom") for a in dom.tags("link")):
            yield "a feed at data/atom", 0.3

    def is_post(self, url: str, site: Site) -> bool:
        """A number, or a day and words."""
        return super().is_post(url, site) or (within(url, site.home) and bool(_SLUG.search(urlsplit(url).path)))

    def number_of(self, dom: Dom, url: str) -> str | None:
        """By the address, or the entry's frame, of which an entry's page has one."""
        found = {match[1] for id_ in dom.by_id if (match := _WRAPPER.fullmatch(id_))}
        return self.native(url) or (found.pop() if len(found) == 1 else None)
