"""Ghost: its content API where the page states a key and robots.txt lets us, else sitemap, feed and pages."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import urljoin

from archiver.engines import _generic_links as links
from archiver.engines import _ghost_api as api
from archiver.engines import _platform as platform
from archiver.engines import feeds, sitemaps, structured
from archiver.engines._platform import target
from archiver.engines.base import Detection, Engine
from archiver.engines.dom import Dom
from archiver.model import Discovery, Extract, Note, Rank, Site, Target, TargetKind
from archiver.page import Page

_VERSION = re.compile(r"^Ghost\s+([\d.]+)")
_SITEMAP = re.compile(r"/sitemap-(posts|pages)(?:-\d+)?\.xml$")
_GATES = ("gh-post-upgrade-cta", "post-upgrade-cta", "gh-cta")
_SCRIPTS = re.compile(r"/ghost/(?:portal|sodo-search|comments-ui)@|/public/cards\.min\.(?:js|css)|ghost-sdk")


class Ghost(Engine):
    """Ghost 1 and later with any theme."""

    name = "ghost"

    def detect(self, page: Page) -> Detection | None:
        """From the generator, and from Ghost's own scripts."""
        dom = platform.html(page)
        if dom is None:
            return None
        return platform.weighed(self.name, _evidence(dom), version=_version(dom))

    def extract(self, page: Page, target: Target, site: Site) -> Extract:
        """Everything that an answer holds. Raises PageError for one that is cut or something else."""
        if not page.ok:
            closed = target.hint.get("route") == "thread" and page.status in {401, 403, 404}
            detail = target.hint.get("url") or page.url
            return Extract(notes=(Note(kind="comments_closed_to_visitors", detail=detail),) if closed else ())
        match target.kind:
            case TargetKind.API:
                return api.read(page, target)
            case TargetKind.FEED:
                reading = feeds.read_posts(page, site)
                return Extract(posts=reading.items, claims=reading.claims, notes=reading.notes)
            case TargetKind.SITEMAP:
                page.once(sitemaps.read)
                return Extract()
            case TargetKind.POST:
                return _read_post(page, target, site)
            case TargetKind.HOME:
                dom = page.once(Dom)
                return Extract(blog=platform.facts(dom, self.name, _version(dom)))
            case _:
                return Extract()

    def wanted(self, target: Target, site: Site) -> bool:
        """With the API open, feed, sitemap and lists bring nothing new."""
        posts = "posts" in site.open_routes
        if target.kind in {TargetKind.FEED, TargetKind.SITEMAP, TargetKind.LIST}:
            return not posts
        return True  # pages say where their comments are

    def discover(self, page: Page, target: Target, site: Site) -> Discovery:
        """Where a page leads; from one that failed, nowhere: the other ways in have been named already."""
        finders = {
            TargetKind.HOME: _from_home,
            TargetKind.API: api.discover,
            TargetKind.FEED: _from_feed,
            TargetKind.SITEMAP: _from_sitemap,
            TargetKind.LIST: _from_list,
            TargetKind.POST: _from_post,
        }
        finder = finders.get(target.kind)
        return platform.discovery(finder(page, target, site), site) if finder and page.ok else Discovery()


def _version(dom: Dom) -> str | None:
    match = _VERSION.match(platform.generator(dom))
    return match[1] if match else None


def _evidence(dom: Dom) -> Iterator[tuple[str, float]]:
    made_with = platform.generator(dom)
    if made_with.startswith("Ghost"):
        yield f"generator {made_with}", 0.9
    sources = [e.get("src") or e.get("href") or "" for e in dom.tags("script", "link")]
    found = sum(1 for source in sources if _SCRIPTS.search(source))
    if found:
        yield f"{found} scripts and styles of Ghost", 0.7
    if {"gh-head", "gh-content", "gh-canvas"} & dom.class_tokens.keys():
        yield "class names of Ghost's themes", 0.3


# ── records ──────────────────────────────────────────────────────────────────────────────────────


def _read_post(page: Page, target: Target, site: Site) -> Extract:
    post, _, extract = platform.read_page(page, site)
    if post is None:
        return extract
    dom = page.once(Dom)
    gated = bool(dom.classed(*_GATES))
    static = target.hint.get("kind") == "page" or "page-template" in dom.body_tokens
    post = platform.of_kind(post, _post_id(dom) or target.hint.get("post"), static=static)
    if gated:
        post = replace(post, protected=True, rank=Rank.EXCERPT)
    notes = (Note(kind="for_members_only", detail=post.url),) if gated else ()
    return replace(extract, posts=(post,), notes=(*extract.notes, *notes))


def _post_id(dom: Dom) -> str | None:
    """The post's id, where its page has Ghost's comments."""
    found = (script.get("data-post-id") for script in dom.tags("script") if script.get("data-ghost-comments"))
    return next((id_ for id_ in found if id_ and id_.isalnum()), None)


# ── targets ──────────────────────────────────────────────────────────────────────────────────────


def _from_home(page: Page, asked: Target, site: Site) -> Iterator[Target]:
    dom = page.once(Dom)
    known = api.key_of(dom)
    if known:
        yield from (api.posts_target(*known, kind, 1) for kind in ("posts", "pages"))
    advertised = structured.facts(dom.root, page.url).feeds
    yield target(advertised[0].href if advertised else urljoin(site.home, "rss/"), TargetKind.FEED)
    yield target(urljoin(site.home, "sitemap.xml"), TargetKind.SITEMAP)
    yield from _from_list(page, asked, site)


def _from_feed(page: Page, _asked: Target, site: Site) -> Iterator[Target]:
    yield from (target(post.url, TargetKind.POST) for post in feeds.read_posts(page, site).items)


def _from_sitemap(page: Page, asked: Target, _site: Site) -> Iterator[Target]:
    sitemap = page.once(sitemaps.read)
    for child in sitemap.children:
        kind = _SITEMAP.search(child.url)
        if kind:
            yield target(child.url, TargetKind.SITEMAP, {"kind": kind[1][:-1]})
    yield from (target(entry.url, TargetKind.POST, {"kind": asked.hint.get("kind")}) for entry in sitemap.locs)


def _from_list(page: Page, _asked: Target, site: Site) -> Iterator[Target]:
    dom = page.once(Dom)
    yield from (target(url, TargetKind.LIST) for url in links.lists(dom, site.home, page.url))
    yield from (target(url, TargetKind.POST) for url in links.posts(dom, site.home))


def _from_post(page: Page, _asked: Target, site: Site) -> Iterator[Target]:
    id_ = _post_id(page.once(Dom))
    if id_:
        url = structured.facts(page.once(Dom).root, page.url).url or page.url
        yield api.thread_target(site, id_, url)
