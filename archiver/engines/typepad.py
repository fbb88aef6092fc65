"""TypePad, closed in 2025: its blogs live on in archives of the web, and under domains that kept its pages."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import ClassVar
from urllib.parse import urlsplit

from archiver.engines import _marked_post as marked
from archiver.engines import _platform as platform
from archiver.engines import _six_apart as six
from archiver.engines._page_engine import Evidence, PageEngine, asked_page, ref_of, with_comments
from archiver.engines.dom import Dom
from archiver.model import Extract, PostRef, Site, Target, TargetKind
from archiver.page import Page
from archiver.urls import host_key, within

_POST = re.compile(r"/(?:19|20)\d{2}/\d{2}/[^/]+\.html$")
_MONTH = re.compile(r"/(?:19|20)\d{2}/\d{2}/(?:index\.html)?$|/archives\.html$|/page/\d+/?$")
_ENTRY_ID = re.compile(r"entry-(6a[0-9a-f]{10,40}|\d{1,12})")


class TypePad(PageEngine):
    """typepad.com and blogs under their own domain."""

    name: ClassVar[str] = "typepad"
    feed_paths: ClassVar[tuple[str, ...]] = ("atom.xml",)
    list_paths: ClassVar[tuple[str, ...]] = ("archives.html",)
    marks = replace(six.MARKS, authors=six.authors)

    def evidence(self, dom: Dom) -> Evidence:
        """The generator, the address, where its scripts and styles are, the ids of entries."""
        made_with = platform.generator(dom)
        if "typepad.com" in made_with.lower():
            yield f"generator {made_with}", 0.9
        host = host_key(dom.page.url)
        if re.search(r"\.(?:typepad|blogs)\.com$", host):
            yield f"its address, {host}", 0.7
        sources = [e.get("src") or e.get("href") or "" for e in dom.tags("script", "link")]
        if any("static.typepad.com/" in source or "typepad.com/services/" in source for source in sources):
            yield "scripts, styles or services of TypePad", 0.6
        if any((match := _ENTRY_ID.fullmatch(id_)) and match[1].startswith("6a") for id_ in dom.by_id):
            yield "ids of entries as TypePad gives them", 0.6

    def is_post(self, url: str, site: Site) -> bool:
        """A post has its month in its address."""
        return within(url, site.home) and _POST.search(urlsplit(url).path) is not None and not self.is_list(url, site)

    def is_list(self, url: str, site: Site) -> bool:
        """The archives, a month, pages of a list."""
        path = urlsplit(url).path
        return within(url, site.home) and _MONTH.search(path) is not None and "/comments/" not in path

    def read_post(self, page: Page, asked: Target, site: Site) -> Extract:
        """The post, and the first part of its thread."""
        del asked
        post, extract = marked.read(page, site, self.marks)
        if post is None:
            return extract
        dom = page.once(Dom)
        found = {match[1] for id_ in dom.by_id if (match := _ENTRY_ID.fullmatch(id_))}
        post = replace(post, url=six.PAGE.sub("", post.url))
        post = platform.of_kind(post, found.pop() if len(found) == 1 else None, static=not self._is_dated(post.url))
        number, pages = six.count(dom), len(six.pages(dom)) + 1
        claims = () if number is None else (platform.comment_claim(post, number, "heading"),)
        claims = (*(c for c in extract.claims if c.measure != "comments" or not claims), *claims)
        shown = six.comments(dom, post.ref, site)
        return with_comments(
            replace(extract, posts=(post,), claims=claims), post.ref, shown, 1 if pages > 1 else None, pages
        )

    def _is_dated(self, url: str) -> bool:
        return _POST.search(urlsplit(url).path) is not None

    def read_thread(self, page: Page, asked: Target, site: Site) -> Extract:
        """A further page of the thread."""
        dom, ref, number = page.once(Dom), ref_of(asked), asked_page(asked) or 1
        pages = max(len(six.pages(dom)) + 1, number)
        return with_comments(Extract(), ref, six.comments(dom, ref, site), number, pages)

    def onward(self, page: Page, asked: Target, site: Site) -> Iterator[Target]:
        """The thread's other pages, and the posts beside this one."""
        dom = page.once(Dom)
        if asked.kind is TargetKind.POST:
            post, _ = marked.read(page, site, self.marks)
            if post is not None:
                yield from six.onward(dom, asked, PostRef(native_id=self._native(dom), url=six.PAGE.sub("", post.url)))
        else:
            yield from six.onward(dom, asked, ref_of(asked))

    def _native(self, dom: Dom) -> str | None:
        found = {match[1] for id_ in dom.by_id if (match := _ENTRY_ID.fullmatch(id_))}
        return found.pop() if len(found) == 1 else None
