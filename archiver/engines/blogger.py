"""Blogger (blogspot.com and blogs of their own domain): its feeds as JSON, and its pages.

The feeds bring posts, static pages and the newest comments, 150 a request. Pages show their threads; where
one shows fewer comments than the feed claims, or pages are not wanted, the post's own comment feed is read.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import urljoin, urlsplit

from archiver.engines import _blogger_feeds as feeds
from archiver.engines import _blogger_page as pages
from archiver.engines import _generic_links as links
from archiver.engines import _platform as platform
from archiver.engines import sitemaps
from archiver.engines._platform import target
from archiver.engines.base import Detection, Engine
from archiver.engines.dom import Dom
from archiver.errors import PageError
from archiver.model import Discovery, Extract, Site, Target, TargetKind
from archiver.page import Page
from archiver.urls import host_key

_SERVICE = "www.blogger.com/feeds/"


class Blogger(Engine):
    """Blogger with any theme."""

    name = "blogger"

    def detect(self, page: Page) -> Detection | None:
        """From the generator, the feeds and services that the head names, and the address."""
        dom = platform.html(page)
        return platform.weighed(self.name, _evidence(dom)) if dom is not None else None

    def extract(self, page: Page, target: Target, site: Site) -> Extract:
        """Everything that an answer holds. Raises PageError for one that is cut or something else."""
        if not page.ok:
            return Extract()
        match target.kind:
            case TargetKind.API:
                return feeds.read(page, target)
            case TargetKind.SITEMAP:
                page.once(sitemaps.read)
                return Extract()
            case TargetKind.POST:
                return _read_post(page, target, site)
            case TargetKind.HOME | TargetKind.LIST:
                dom = page.once(Dom)
                extract = pages.sidebar(dom, site) if site.want_sidebar else Extract()
                home = target.kind is TargetKind.HOME
                return replace(extract, blog=platform.facts(dom, self.name) if home else None)
            case _:
                return Extract()

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

    def discover(self, page: Page, target: Target, site: Site) -> Discovery:
        """Where a page leads; from one that failed, nowhere: the other ways in have been named already."""
        finders = {
            TargetKind.HOME: _from_home,
            TargetKind.API: _from_feed,
            TargetKind.SITEMAP: _from_sitemap,
            TargetKind.LIST: _from_list,
            TargetKind.POST: _from_post,
        }
        finder = finders.get(target.kind)
        if finder is None or (not page.ok and target.kind is not TargetKind.POST):
            return Discovery()
        return platform.discovery(finder(page, target, site), site)


def _evidence(dom: Dom) -> Iterator[tuple[str, float]]:
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


# ── records ──────────────────────────────────────────────────────────────────────────────────────


def _read_post(page: Page, target: Target, site: Site) -> Extract:
    post, _, extract = platform.read_page(page, site)
    if post is None:
        return extract
    dom = page.once(Dom)
    native = pages.post_id(dom) or target.hint.get("post")
    post = platform.of_kind(post, native, static=urlsplit(post.url).path.startswith("/p/"))
    post = replace(post, title=pages.title(dom) or post.title)
    side = pages.sidebar(dom, site) if site.want_sidebar else Extract()
    found = platform.with_thread(replace(extract, posts=(post,)), post, pages.comments(dom, post.ref))
    return replace(found, archives=side.archives, terms=side.terms, claims=(*found.claims, *side.claims))


# ── targets ──────────────────────────────────────────────────────────────────────────────────────


def _from_home(page: Page, asked: Target, site: Site) -> Iterator[Target]:
    yield from feeds.routes(site)
    yield target(urljoin(site.home, "sitemap.xml"), TargetKind.SITEMAP)
    yield from _from_list(page, asked, site)


def _from_feed(page: Page, asked: Target, site: Site) -> Iterator[Target]:
    try:
        following = feeds.next_page(page, asked, site)
        found = feeds.post_entries(page) if asked.hint.get("route") in {"posts", "pages"} else []
    except PageError:
        return  # extract() has said what came instead
    if following is not None:
        yield following
    for place, (post, count) in enumerate(found):
        hint = {"post": post.native_id, "kind": post.kind.value, "comments": None if count is None else str(count)}
        yield target(post.url, TargetKind.POST, hint)
        beyond = site.limit is not None and place >= site.limit
        if count and post.native_id and not site.capture_pages and not beyond:
            yield feeds.thread_target(site, post.native_id)


def _from_sitemap(page: Page, _asked: Target, _site: Site) -> Iterator[Target]:
    sitemap = page.once(sitemaps.read)
    yield from (target(child.url, TargetKind.SITEMAP) for child in sitemap.children)
    yield from (target(entry.url, TargetKind.POST) for entry in sitemap.locs if _is_post(entry.url))


def _from_list(page: Page, _asked: Target, site: Site) -> Iterator[Target]:
    dom = page.once(Dom)
    yield from (target(url, TargetKind.LIST) for url in links.lists(dom, site.home, page.url))
    yield from (target(url, TargetKind.POST) for url in links.posts(dom, site.home) if _is_post(url))


def _is_post(url: str) -> bool:
    path = urlsplit(url).path
    return path.endswith(".html") and "_archive" not in path and not path.startswith("/search")


def _from_post(page: Page, asked: Target, site: Site) -> Iterator[Target]:
    """The post's comment feed, where its page does not show all that is claimed."""
    native, shown = asked.hint.get("post"), 0
    dom = platform.html(page)
    if dom is not None:
        native = pages.post_id(dom) or native
        shown = pages.count(dom)
    claimed = platform.count_hint(asked, "comments")
    if native and (claimed is None or shown < claimed):
        yield feeds.thread_target(site, native)
