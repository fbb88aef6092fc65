"""Substack: its own JSON first, then its pages, which carry the same JSON, then feed and sitemap."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import urljoin, urlsplit

from archiver.engines import _platform as platform
from archiver.engines import _substack_api as api
from archiver.engines import feeds, sitemaps
from archiver.engines._platform import target
from archiver.engines.base import Detection, Engine
from archiver.engines.dom import Dom
from archiver.errors import PageError
from archiver.model import Discovery, Extract, Note, Post, Rank, Site, Target, TargetKind
from archiver.page import Page
from archiver.urls import host_key


class Substack(Engine):
    """Publications on substack.com and under a domain of their own."""

    name = "substack"

    def detect(self, page: Page) -> Detection | None:
        """From the address, what served the page, where its scripts are, and what they find in it."""
        dom = platform.html(page)
        return platform.weighed(self.name, _evidence(dom)) if dom is not None else None

    def extract(self, page: Page, target: Target, site: Site) -> Extract:
        """Everything that an answer holds. Raises PageError for one that is cut or something else."""
        if not page.ok:
            return Extract()
        match target.kind:
            case TargetKind.API:
                return api.read(page, target, site)
            case TargetKind.FEED:
                return _read_feed(page, site)
            case TargetKind.SITEMAP:
                page.once(sitemaps.read)
                return Extract()
            case TargetKind.POST:
                return _read_post(page, site)
            case TargetKind.HOME:
                return Extract(blog=platform.facts(page.once(Dom), self.name))
            case _:
                return Extract()

    def wanted(self, target: Target, site: Site) -> bool:
        """With the API open, feed and sitemap bring nothing new."""
        posts = "posts" in site.open_routes
        if target.kind in {TargetKind.FEED, TargetKind.SITEMAP}:
            return not posts
        return target.kind is not TargetKind.POST or site.capture_pages or not posts

    def discover(self, page: Page, target: Target, site: Site) -> Discovery:
        """Where a page leads; from one that failed, nowhere: the other ways in have been named already."""
        finders = {
            TargetKind.HOME: _from_home,
            TargetKind.API: _from_api,
            TargetKind.FEED: _from_feed,
            TargetKind.SITEMAP: _from_sitemap,
            TargetKind.POST: _from_post,
        }
        finder = finders.get(target.kind)
        return platform.discovery(finder(page, target, site), site) if finder and page.ok else Discovery()


def _evidence(dom: Dom) -> Iterator[tuple[str, float]]:
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


def _read_feed(page: Page, site: Site) -> Extract:
    """The feed has whole posts, but no numbers; of those that are paid for it has the beginning as if it were all."""
    reading = feeds.read_posts(page, site)
    posts = tuple(replace(post, rank=min(post.rank, Rank.EXCERPT)) for post in reading.items)
    return Extract(posts=posts, claims=reading.claims)


def _read_post(page: Page, site: Site) -> Extract:
    found = api.preloaded(page, site)
    if found is None:
        post, _, extract = platform.read_page(page, site)
        return extract if post is None else replace(extract, posts=(post,))
    post, count = found
    claims = () if count is None else (platform.comment_claim(post, count, "page"),)
    notes = (Note(kind="behind_a_paywall", detail=post.url),) if post.protected else ()
    shown = replace(post, source="page", rank=post.rank if post.content is None or post.protected else Rank.API)
    return Extract(posts=(shown,), claims=claims, notes=notes)


def _from_home(_page: Page, _asked: Target, site: Site) -> Iterator[Target]:
    yield api.archive_target(site, 0)
    yield target(urljoin(site.home, "/feed"), TargetKind.FEED)
    yield target(urljoin(site.home, "/sitemap.xml"), TargetKind.SITEMAP)


def _from_api(page: Page, asked: Target, site: Site) -> Iterator[Target]:
    if asked.hint.get("route") != "posts":
        return
    try:
        following, found = api.next_page(page, asked, site), api.posts(page, site)
    except PageError:
        return  # extract() has said what came instead
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


def _from_feed(page: Page, _asked: Target, site: Site) -> Iterator[Target]:
    yield from (target(post.url, TargetKind.POST) for post in feeds.read_posts(page, site).items)


def _from_sitemap(page: Page, _asked: Target, _site: Site) -> Iterator[Target]:
    sitemap = page.once(sitemaps.read)
    yield from (target(child.url, TargetKind.SITEMAP) for child in sitemap.children)
    yield from (target(e.url, TargetKind.POST) for e in sitemap.locs if urlsplit(e.url).path.startswith("/p/"))


def _from_post(page: Page, _asked: Target, site: Site) -> Iterator[Target]:
    """The thread: pages show a few comments of it at most."""
    found: tuple[Post, int | None] | None = api.preloaded(page, site)
    if found is not None and found[1] != 0:
        yield api.thread_target(site, found[0])
