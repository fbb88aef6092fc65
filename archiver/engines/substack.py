"""Substack: its own JSON first, then its pages, which carry the same JSON, then feed and sitemap."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import ClassVar
from urllib.parse import urlsplit

from archiver.engines import _platform as platform
from archiver.engines import _substack_api as api
from archiver.engines._page_engine import Evidence, PageEngine
from archiver.engines._platform import target
from archiver.engines.dom import Dom
from archiver.model import Extract, Note, Post, Rank, Site, Target, TargetKind
from archiver.page import Page
from archiver.urls import host_key, within

_SCROLLED = frozenset({TargetKind.LIST, TargetKind.POST})


class Substack(PageEngine):
    """Publications on substack.com and under a domain of their own."""

    name: ClassVar[str] = "substack"
    feed_paths: ClassVar[tuple[str, ...]] = ("feed",)
    sitemap_paths: ClassVar[tuple[str, ...]] = ("sitemap.xml",)

    def evidence(self, dom: Dom) -> Evidence:
        """The address, what served the page, where its scripts are, and what they find in it."""
        page = dom.page
        if page.headers.get("x-served-by", "").lower() == "substack":
            yield "served by Substack", 0.8
        host = host_key(page.url)
        if host.endswith(".substack.com"):
            yield f"its address, {host}", 0.6
        sources = [e.get("src") or e.get("href") or "" for e in dom.tags("script", "link")]
        if sum("substackcdn.com" in source for source in sources):
            yield "scripts and styles from substackcdn.com", 0.6
        if "window._preloads" in page.text:
            yield "data for Substack's script", 0.4

    def is_post(self, url: str, site: Site) -> bool:
        """`/p/words`."""
        return within(url, site.home) and urlsplit(url).path.startswith("/p/")

    def wanted(self, target: Target, site: Site) -> bool:
        """With the API open, feed and sitemap bring nothing new."""
        posts = "posts" in site.open_routes
        if target.kind in {TargetKind.FEED, TargetKind.SITEMAP}:
            return not posts
        return target.kind is not TargetKind.POST or site.capture_pages or not posts

    def of_feed(self, post: Post, page: Page) -> Post:
        """The feed has whole posts, but no numbers; of those that are paid for the beginning, as if it were all."""
        del page
        return replace(post, rank=min(post.rank, Rank.EXCERPT))

    def read_api(self, page: Page, asked: Target, site: Site) -> Extract:
        """Its JSON."""
        return api.read(page, asked, site)

    def read_post(self, page: Page, asked: Target, site: Site) -> Extract:
        """The post as the data for its script tell it, else as the page shows it."""
        del asked
        found = api.preloaded(page, site)
        if found is None:
            post, _, extract = platform.read_page(page, site)
            return extract if post is None else replace(extract, posts=(post,))
        post, count = found
        claims = () if count is None else (platform.comment_claim(post, count, "page"),)
        notes = (Note(kind="behind_a_paywall", detail=post.url),) if post.protected else ()
        shown = replace(post, source="page", rank=post.rank if post.content is None or post.protected else Rank.API)
        return Extract(posts=(shown,), claims=claims, notes=notes)

    def from_home(self, page: Page, asked: Target, site: Site) -> Iterator[Target]:
        """Its JSON first; lists grow by scrolling."""
        yield api.archive_target(site, 0)
        yield from (one for one in super().from_home(page, asked, site) if one.kind not in _SCROLLED)

    def from_api(self, page: Page, asked: Target, site: Site) -> Iterator[Target]:
        """The rest of the list, and what is known of its posts."""
        if asked.hint.get("route") != "posts":
            return
        following, found = api.next_page(page, asked, site), api.posts(page, site)
        if following is not None:
            yield following
        offset = platform.count_hint(asked, "offset") or 0
        for place, (post, count) in enumerate(found, offset):
            yield target(post.url, TargetKind.POST, {"post": post.native_id})
            if site.limit is not None and place >= site.limit:
                continue
            if not site.capture_pages:
                yield api.post_target(site, post.slug or "")
            if count != 0:
                yield api.thread_target(site, post)

    def onward(self, page: Page, asked: Target, site: Site) -> Iterator[Target]:
        """The thread: pages show a few comments of it at most."""
        del asked
        found: tuple[Post, int | None] | None = api.preloaded(page, site)
        if found is not None and found[1] != 0:
            yield api.thread_target(site, found[0])
