"""Ghost: its content API where the page states a key and robots.txt lets us, else sitemap, feed and pages."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import ClassVar
from urllib.parse import urljoin

from archiver.engines import _generic_links as links
from archiver.engines import _ghost_api as api
from archiver.engines import _platform as platform
from archiver.engines import sitemaps, structured
from archiver.engines._page_engine import Evidence, PageEngine
from archiver.engines._platform import target
from archiver.engines.dom import Dom
from archiver.model import Extract, Note, Rank, Site, Target, TargetKind
from archiver.page import Page

_VERSION = re.compile(r"^Ghost\s+([\d.]+)")
_SITEMAP = re.compile(r"/sitemap-(posts|pages)(?:-\d+)?\.xml$")
_GATES = ("gh-post-upgrade-cta", "post-upgrade-cta", "gh-cta")
_SCRIPTS = re.compile(r"/ghost/(?:portal|sodo-search|comments-ui)@|/public/cards\.min\.(?:js|css)|ghost-sdk")


class Ghost(PageEngine):
    """Ghost 1 and later with any theme."""

    name: ClassVar[str] = "ghost"
    sitemap_paths: ClassVar[tuple[str, ...]] = ("sitemap.xml",)

    def evidence(self, dom: Dom) -> Evidence:
        """The generator, and Ghost's own scripts and styles."""
        made_with = platform.generator(dom)
        if made_with.startswith("Ghost"):
            yield f"generator {made_with}", 0.9
        sources = [e.get("src") or e.get("href") or "" for e in dom.tags("script", "link")]
        found = sum(1 for source in sources if _SCRIPTS.search(source))
        if found:
            yield f"{found} scripts and styles of Ghost", 0.7
        if {"gh-head", "gh-content", "gh-canvas"} & dom.class_tokens.keys():
            yield "class names of Ghost's themes", 0.3

    def version_of(self, dom: Dom) -> str | None:
        """As the generator states it."""
        match = _VERSION.match(platform.generator(dom))
        return match[1] if match else None

    def is_post(self, url: str, site: Site) -> bool:
        """Addresses are given by hand."""
        return links.may_be_post(url, site.home)

    def posts_on(self, dom: Dom, site: Site) -> Iterator[str]:
        """What is headed as a post."""
        return links.posts(dom, site.home)

    def wanted(self, target: Target, site: Site) -> bool:
        """With the API open, feed, sitemap and lists bring nothing new."""
        posts = "posts" in site.open_routes
        if target.kind in {TargetKind.FEED, TargetKind.SITEMAP, TargetKind.LIST}:
            return not posts
        return True  # pages say where their comments are

    def extract(self, page: Page, target: Target, site: Site) -> Extract:
        """See Engine. A thread that is refused is for members alone."""
        if not page.ok and target.hint.get("route") == "thread" and page.status in {401, 403, 404}:
            detail = target.hint.get("url") or page.url
            return Extract(notes=(Note(kind="comments_closed_to_visitors", detail=detail),))
        return super().extract(page, target, site)

    def read_api(self, page: Page, asked: Target, site: Site) -> Extract:
        """Its JSON."""
        del site
        return api.read(page, asked)

    def from_api(self, page: Page, asked: Target, site: Site) -> Iterator[Target]:
        """The rest of a list or thread, and the posts."""
        return api.discover(page, asked, site)

    def read_post(self, page: Page, asked: Target, site: Site) -> Extract:
        """The post; its comments are never on the page."""
        post, _, extract = platform.read_page(page, site)
        if post is None:
            return extract
        dom = page.once(Dom)
        gated = bool(dom.classed(*_GATES))
        static = asked.hint.get("kind") == "page" or "page-template" in dom.body_tokens
        post = platform.of_kind(post, _post_id(dom) or asked.hint.get("post"), static=static)
        if gated:
            post = replace(post, protected=True, rank=Rank.EXCERPT)
        notes = (Note(kind="for_members_only", detail=post.url),) if gated else ()
        return replace(extract, posts=(post,), notes=(*extract.notes, *notes))

    def from_home(self, page: Page, asked: Target, site: Site) -> Iterator[Target]:
        """The content API where the page states a key, and the feed that it names."""
        dom = page.once(Dom)
        known = api.key_of(dom)
        if known:
            yield from (api.posts_target(*known, kind, 1) for kind in ("posts", "pages"))
        advertised = structured.facts(dom.root, page.url).feeds
        yield target(advertised[0].href if advertised else urljoin(site.home, "rss/"), TargetKind.FEED)
        yield from super().from_home(page, asked, site)

    def from_sitemap(self, page: Page, asked: Target, site: Site) -> Iterator[Target]:
        """Those of posts and pages."""
        del site
        sitemap = page.once(sitemaps.read)
        for child in sitemap.children:
            kind = _SITEMAP.search(child.url)
            if kind:
                yield target(child.url, TargetKind.SITEMAP, {"kind": kind[1][:-1]})
        yield from (target(entry.url, TargetKind.POST, {"kind": asked.hint.get("kind")}) for entry in sitemap.locs)

    def onward(self, page: Page, asked: Target, site: Site) -> Iterator[Target]:
        """The thread."""
        del asked
        id_ = _post_id(page.once(Dom))
        if id_:
            url = structured.facts(page.once(Dom).root, page.url).url or page.url
            yield api.thread_target(site, id_, url)


def _post_id(dom: Dom) -> str | None:
    """The post's id, where its page has Ghost's comments."""
    found = (script.get("data-post-id") for script in dom.tags("script") if script.get("data-ghost-comments"))
    return next((id_ for id_ in found if id_ and id_.isalnum()), None)
