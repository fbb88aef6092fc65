"""Squarespace: any of its pages as JSON (`?format=json`) and its comments, where robots.txt lets us; else its pages.

The robots.txt that Squarespace gives every site closes both to most robots. Pages, sitemap and pager then carry the
posts, and what each page's script is told (`Static.SQUARESPACE_CONTEXT`) how many comments are missing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import ClassVar
from urllib.parse import urlsplit

from archiver.engines import _generic_links as links
from archiver.engines import _marked_post as marked
from archiver.engines import _platform as platform
from archiver.engines import _squarespace_api as api
from archiver.engines._marked_post import Marks
from archiver.engines._page_engine import Evidence, PageEngine
from archiver.engines.dom import Dom
from archiver.model import Extract, Site, Target, TargetKind
from archiver.page import Page
from archiver.urls import host_key, query_value

_SOURCES = re.compile(
    r"//(?:static1|assets|images)\.(?:squarespace|squarespace-cdn)\.com/|/universal/scripts-compressed/"
)


class Squarespace(PageEngine):
    """Squarespace 5 and later."""

    name: ClassVar[str] = "squarespace"
    sitemap_paths: ClassVar[tuple[str, ...]] = ("sitemap.xml",)
    marks = Marks(
        body=("blog-item-content", "blog-item-content-wrapper", "e-content", "entry-content", "sqs-layout"),
        title=("blog-item-title", "blogitem-title", "entry-title"),
        when=("blog-item-pub-date", "dt-published", "published"),
        outside=("squarespace-comments", "sqs-comments"),
        terms=lambda dom: (
            *marked.tagged(dom, ("blog-item-category-wrapper", "blog-categories", "categories"), "category"),
            *marked.tagged(dom, ("blog-item-tag-wrapper", "blog-tags", "tags")),
        ),
    )

    def evidence(self, dom: Dom) -> Evidence:
        """A remark in the source, data for its script, where its files are, its server."""
        if "This is Squarespace." in dom.page.text:
            yield "a remark that says so", 0.8
        if "Static.SQUARESPACE_CONTEXT" in dom.page.text:
            yield "data for Squarespace's script", 0.8
        if dom.page.headers.get("server", "").lower() == "squarespace":
            yield "served by Squarespace", 0.7
        sources = [e.get("src") or e.get("href") or "" for e in dom.tags("script", "link")]
        if any(_SOURCES.search(source) for source in sources):
            yield "scripts and styles of Squarespace", 0.4
        if host_key(dom.page.url).endswith(".squarespace.com"):
            yield f"its address, {host_key(dom.page.url)}", 0.6

    def is_post(self, url: str, site: Site) -> bool:
        """Addresses are given by hand."""
        return links.may_be_post(url, site.home) and not urlsplit(url).query

    def is_list(self, url: str, site: Site) -> bool:
        """Pages of a list begin at a time, `?offset=1396734000000`."""
        return links.page_url(url, site.home) is not None and (query_value(url, "offset") or "").isdigit()

    def posts_on(self, dom: Dom, site: Site) -> Iterator[str]:
        """What is headed as a post."""
        return (url for url in links.posts(dom, site.home) if self.is_post(url, site))

    def read_api(self, page: Page, asked: Target, site: Site) -> Extract:
        """Its JSON."""
        del site
        return api.read(page, asked)

    def from_api(self, page: Page, asked: Target, site: Site) -> Iterator[Target]:
        """The rest of it, and the posts."""
        return api.discover(page, asked, site)

    def from_list(self, page: Page, asked: Target, site: Site) -> Iterator[Target]:
        """The list as JSON, then as what it shows."""
        if page.url.partition("?")[0] == page.url:  # its further pages are named by the JSON itself
            yield api.list_target(page.url)
        yield from super().from_list(page, asked, site)

    def read_post(self, page: Page, asked: Target, site: Site) -> Extract:
        """The post, and what the script is told of it. Comments are never on the page."""
        del asked
        post, extract = marked.read(page, site, self.marks)
        if post is None:
            return extract
        dom = page.once(Dom)
        item = api.context(dom).get("item")
        known = item if isinstance(item, dict) else {}
        static = not known and "view-item" not in dom.body_tokens
        post = platform.of_kind(post, api.native_id(known), static=static)
        count = api.count(known)
        claims = (platform.comment_claim(post, count, "page"),) if count is not None and post.native_id else ()
        return replace(extract, posts=(post,), claims=(*extract.claims, *claims))

    def onward(self, page: Page, asked: Target, site: Site) -> Iterator[Target]:
        """The thread."""
        del asked
        dom = page.once(Dom)
        item = api.context(dom).get("item")
        if isinstance(item, dict) and api.count(item):
            yield from api.thread_targets(item, page.url, site)
        yield from (
            platform.target(url, TargetKind.POST) for url in links.neighbours(dom, site.home) if self.is_post(url, site)
        )
