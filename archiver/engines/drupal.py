"""Drupal 5 and later: its lists and feed, nodes with their RDF statements, threads with replies in `.indented`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import ClassVar
from urllib.parse import urlsplit

from archiver.engines import _drupal_page as pages
from archiver.engines import _generic_links as links
from archiver.engines import _marked_post as marked
from archiver.engines import _platform as platform
from archiver.engines._page_engine import Evidence, PageEngine, asked_page, ref_of, thread_page, with_comments
from archiver.engines.dom import Dom
from archiver.model import Extract, PostRef, Site, Target, TargetKind
from archiver.page import Page
from archiver.urls import query_value, url_key, within, without_fragment

_VERSION = re.compile(r"^Drupal\s+([\d.]+)")
_SCRIPTS = re.compile(
    r"/(?:core/)?misc/drupal\.js|/sites/(?:all|default|[\w.-]+)/(?:modules|themes|files)/|/core/assets/vendor/"
)
_NO_NODE = frozenset(
    {"user", "users", "taxonomy", "comment", "admin", "search", "forum", "contact", "filter", "tracker", "aggregator"}
    | {"sites", "core", "modules", "themes", "print", "rss.xml", "feed", "tags", "category"}
)
_NODE_LIST = re.compile(r"^(?:node|blog|blogs|blog/\d+|archive/\d{4,6})/?$")


class Drupal(PageEngine):
    """Drupal, Backdrop and their distributions."""

    name: ClassVar[str] = "drupal"
    feed_paths: ClassVar[tuple[str, ...]] = ("rss.xml",)
    list_paths: ClassVar[tuple[str, ...]] = ("node", "blog")
    best_effort = True  # a site of Drupal has the lists that its makers gave it

    def evidence(self, dom: Dom) -> Evidence:
        """The generator in page or headers, its settings for scripts, where its files are."""
        headers = dom.page.headers
        for made_with in (platform.generator(dom), headers.get("x-generator", "")):
            if made_with.startswith(("Drupal", "Backdrop CMS")):
                yield f"generator {made_with}", 0.9
        if any(name.startswith("x-drupal-") for name in headers):
            yield "headers of Drupal", 0.7
        settings = (s.get("data-drupal-selector") == "drupal-settings-json" for s in dom.tags("script"))
        if any(settings) or "jQuery.extend(Drupal.settings" in dom.page.text:
            yield "settings for Drupal's scripts", 0.7
        sources = [e.get("src") or e.get("href") or "" for e in dom.tags("script", "link", "img")]
        sources += [style.text or "" for style in dom.tags("style") if "@import" in (style.text or "")]
        if any(_SCRIPTS.search(source) for source in sources):
            yield "scripts, styles or files of Drupal", 0.5

    def version_of(self, dom: Dom) -> str | None:
        """Of the generator."""
        match = _VERSION.match(platform.generator(dom) or dom.page.headers.get("x-generator", ""))
        return match[1] if match else None

    def is_post(self, url: str, site: Site) -> bool:
        """Whatever is no list and no part of Drupal: addresses are given by hand."""
        if not links.may_be_post(url, site.home) or self.is_list(url, site):
            return False
        return urlsplit(url).path.strip("/").lower().partition("/")[0] not in _NO_NODE and not urlsplit(url).query

    def is_list(self, url: str, site: Site) -> bool:
        """The lists that Drupal has by itself, and pages of any list."""
        path = urlsplit(url).path.strip("/").lower()
        number = query_value(url, "page")
        return within(url, site.home) and (bool(_NODE_LIST.match(path)) or (number is not None and number.isdigit()))

    def posts_on(self, dom: Dom, site: Site) -> Iterable[str]:
        """What is headed as a post, "Read more", and nodes by number."""
        more = (u for a, u in dom.links if "node-readmore" in pages.near(a) or "node__links" in pages.near(a))
        found = (*links.posts(dom, site.home), *more)
        return (url for one in found if self.is_post(url := without_fragment(one).partition("?")[0], site))

    def lists_on(self, dom: Dom, site: Site) -> Iterable[str]:
        """The pages of this list."""
        here = url_key(dom.page.url.partition("?")[0])
        pager = (url for _, url in dom.links if query_value(url, "page") and url_key(url.partition("?")[0]) == here)
        return (*pager, *(url for url in links.lists(dom, site.home, dom.page.url) if self.is_list(url, site)))

    def read_post(self, page: Page, asked: Target, site: Site) -> Extract:
        """The node, and the first part of its thread."""
        del asked
        post, extract = marked.read(page, site, pages.MARKS)
        if post is None:
            return extract
        dom = page.once(Dom)
        post = pages.stated(dom, replace(post, url=post.url.partition("?")[0]))
        post = platform.of_kind(post, pages.number(dom), static=pages.is_page(dom))
        number, last = pages.count(dom), pages.last_page(dom)
        claims = () if number is None else (platform.comment_claim(post, number, "heading"),)
        shown = pages.comments(dom, post.ref, site)
        found = replace(extract, posts=(post,), claims=(*extract.claims, *claims))
        return with_comments(found, post.ref, shown, 1 if last > 1 else None, last)

    def read_thread(self, page: Page, asked: Target, site: Site) -> Extract:
        """A further page of the thread."""
        dom, ref, number = page.once(Dom), ref_of(asked), asked_page(asked) or 1
        shown = pages.comments(dom, ref, site)
        return with_comments(Extract(), ref, shown, number, max(number, pages.last_page(dom)))

    def onward(self, page: Page, asked: Target, site: Site) -> Iterator[Target]:
        """The thread's other pages: `?page=1` is the second."""
        del site
        dom = page.once(Dom)
        url = without_fragment(page.url).partition("?")[0]
        ref = ref_of(asked) if asked.kind is TargetKind.COMMENT_PAGE else PostRef(native_id=pages.number(dom), url=url)
        known = asked_page(asked) or 1
        for number in range(2, pages.last_page(dom) + 1):
            if number != known:
                yield thread_page(f"{url}?page={number - 1}", ref, number)
