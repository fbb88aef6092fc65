"""Blogger (blogspot.com and blogs of their own domain): its feeds as JSON, and its pages.

The feeds bring posts, static pages and the newest comments, 150 a request. Pages show their threads; where
one shows fewer comments than the feed claims, or pages are not wanted, the post's own comment feed is read.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import ClassVar
from urllib.parse import urlsplit

from archiver.engines import _blogger_feeds as feeds
from archiver.engines import _blogger_page as pages
from archiver.engines import _generic_links as links
from archiver.engines import _platform as platform
from archiver.engines._page_engine import Evidence, PageEngine
from archiver.engines._platform import target
from archiver.engines.dom import Dom
from archiver.model import Discovery, Extract, Site, Target, TargetKind
from archiver.page import Page
from archiver.urls import host_key, within

_SERVICE = "www.blogger.com/feeds/"


class Blogger(PageEngine):
    """Blogger with any theme."""

    name: ClassVar[str] = "blogger"
    sitemap_paths: ClassVar[tuple[str, ...]] = ("sitemap.xml",)

    def evidence(self, dom: Dom) -> Evidence:
        """The generator, the feeds and services that the head names, and the address."""
        made_with = platform.generator(dom)
        if made_with.lower().startswith("blogger"):
            yield f"generator {made_with}", 0.8
        hrefs = [link.get("href") or "" for link in dom.tags("link")]
        if any(_SERVICE in href for href in hrefs):
            yield "link to its feeds at Blogger", 0.6
        if any("/feeds/posts/default" in href for href in hrefs):
            yield "a feed at /feeds/posts/default", 0.5
        host = host_key(dom.page.url)
        if host.rpartition(".blogspot.")[0]:
            yield f"its address, {host}", 0.6

    def is_post(self, url: str, site: Site) -> bool:
        """A file of a month, or of `/p/`."""
        path = urlsplit(url).path
        fits = path.endswith(".html") and "_archive" not in path and not path.startswith("/search")
        return fits and within(url, site.home)

    def posts_on(self, dom: Dom, site: Site) -> Iterator[str]:
        """What is headed as a post."""
        return (url for url in links.posts(dom, site.home) if self.is_post(url, site))

    def wanted(self, target: Target, site: Site) -> bool:
        """With the feed open, sitemaps and lists bring nothing new, nor pages when they are not to be kept."""
        posts = "posts" in site.open_routes
        match target.kind:
            case TargetKind.SITEMAP | TargetKind.LIST:
                return not posts
            case TargetKind.POST:
                return site.capture_pages or not posts
            case _:
                return True

    def read_api(self, page: Page, asked: Target, site: Site) -> Extract:
        """A feed as JSON."""
        del site
        return feeds.read(page, asked)

    def read_beside(self, page: Page, site: Site) -> Extract:
        """The archive and the labels."""
        return pages.sidebar(page.once(Dom), site)

    def read_post(self, page: Page, asked: Target, site: Site) -> Extract:
        """The post, its thread, and what stands beside."""
        post, _, extract = platform.read_page(page, site)
        if post is None:
            return extract
        dom = page.once(Dom)
        native = pages.post_id(dom) or asked.hint.get("post")
        post = platform.of_kind(post, native, static=urlsplit(post.url).path.startswith("/p/"))
        post = replace(post, title=pages.title(dom) or post.title)
        side = pages.sidebar(dom, site) if site.want_sidebar else Extract()
        found = platform.with_thread(replace(extract, posts=(post,)), post, pages.comments(dom, post.ref))
        return replace(found, archives=side.archives, terms=side.terms, claims=(*found.claims, *side.claims))

    def discover(self, page: Page, target: Target, site: Site) -> Discovery:
        """See Engine. Of a post whose page failed its comment feed is left."""
        if target.kind is TargetKind.POST and not page.ok:
            return platform.discovery(self.onward(page, target, site), site)
        return super().discover(page, target, site)

    def from_home(self, page: Page, asked: Target, site: Site) -> Iterator[Target]:
        """The feeds first."""
        yield from feeds.routes(site)
        yield from super().from_home(page, asked, site)

    def from_api(self, page: Page, asked: Target, site: Site) -> Iterator[Target]:
        """The rest of a feed, and its posts."""
        following = feeds.next_page(page, asked, site)
        found = feeds.post_entries(page) if asked.hint.get("route") in {"posts", "pages"} else []
        if following is not None:
            yield following
        for place, (post, count) in enumerate(found):
            hint = {"post": post.native_id, "kind": post.kind.value, "comments": None if count is None else str(count)}
            yield target(post.url, TargetKind.POST, hint)
            beyond = site.limit is not None and place >= site.limit
            if count and post.native_id and not site.capture_pages and not beyond:
                yield feeds.thread_target(site, post.native_id)

    def onward(self, page: Page, asked: Target, site: Site) -> Iterator[Target]:
        """The post's comment feed, where its page does not show all that is claimed."""
        native, shown = asked.hint.get("post"), 0
        dom = platform.html(page)
        if dom is not None:
            native = pages.post_id(dom) or native
            shown = pages.count(dom)
        claimed = platform.count_hint(asked, "comments")
        if native and (claimed is None or shown < claimed):
            yield feeds.thread_target(site, native)
