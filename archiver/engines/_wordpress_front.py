"""What the front page of a WordPress blog tells: that it is one, its name, its ways in."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from archiver.engines import _vocabulary as vocabulary
from archiver.engines._platform import weighed
from archiver.engines._wordpress_lists import is_listing
from archiver.engines.base import Detection
from archiver.engines.dom import Dom, near, near_tokens, text_of
from archiver.engines.wordpress_urls import is_below
from archiver.model import BlogFacts, Site
from archiver.page import Page
from archiver.urls import absolute, last_segment, same_host, url_key, within, without_fragment

API_REL = "https://api.w.org/"
_VERSION = re.compile(r"WordPress\s+([\d.]+)")
_MANY = 3
_MOST_LANGUAGES = 12
_THEME = re.compile(r"/wp-content/themes/([^/\"'?\\]+)/")
_FEEDS = frozenset({"application/rss+xml", "application/atom+xml", "application/rdf+xml"})
_OF_COMMENTS = re.compile(r"/comments/|comments-rss|feed=comments")
_BEHIND_ROOT = re.compile(
    r"(?<=/)(?:(?:index\.php/)?(?:wp-json|comments/feed)/?|(?:index\.php)?\?(?:rest_route=/?|p=\d+|feed=comments-rss2))$",
    re.ASCII,
)
_LANGUAGE = re.compile(r"[a-z]{2}(?:[-_][a-z]{2,4})?", re.IGNORECASE)
_STATIC = frozenset({"menu-item-object-page", "page_item", "wp-block-pages-list__item", "menu-item-type-post_type"})


def detect(page: Page, name: str) -> Detection | None:
    """From the generator, the API link, the paths of themes and scripts, the body's classes."""
    dom = page.once(Dom)
    stated = _generator(dom)
    api = api_link(page, dom)
    version = _VERSION.search(stated)
    found = weighed(name, _evidence(dom, stated, api), version=version[1] if version else None, most=1.0)
    return replace(found, api_url=api) if found else None


def _generator(dom: Dom) -> str:
    stated = (m.get("content") or "" for m in dom.tags("meta") if (m.get("name") or "").lower() == "generator")
    return next((text for text in stated if "WordPress" in text), "")


def _evidence(dom: Dom, generator: str, api: str | None) -> Iterator[tuple[str, float]]:
    """What speaks for WordPress, with its weight."""
    if generator:
        yield f"generator {generator}", 0.7
    if api:
        yield "link to its REST API", 0.8
    sources = [e.get("src") or e.get("href") or "" for e in dom.tags("script", "link", "img")]
    below = [source for source in sources if "/wp-content/" in source or "/wp-includes/" in source]
    paths = len(below)
    # A picture or two at another host may be of a blog that its author had before.
    if paths >= _MANY or any(same_host(absolute(source, dom.base) or "", dom.page.url) for source in below):
        yield f"{paths} paths below /wp-content/ or /wp-includes/", 0.5 if paths < _MANY else 0.7
    if any(name.startswith(("postid-", "page-id-", "wp-")) or name == "hentry" for name in dom.body_tokens):
        yield "body classes", 0.4
    if "wp-site-blocks" in dom.class_tokens:
        yield "block theme", 0.7


def api_link(page: Page, dom: Dom) -> str | None:
    """The root of the REST API, as the page or its headers state it."""
    for link in dom.head_links(API_REL):
        return dom.link_url(link)
    match = re.search(rf'<([^>]+)>;\s*rel="?{re.escape(API_REL)}"?', page.headers.get("link", ""))
    return absolute(match[1], page.url) if match else None


def root_of(page: Page, dom: Dom) -> str | None:
    """The front page of the blog that a page is of, as some of its links have it.

    They lead to the REST API, to the page itself by its number, and to the feed of all comments.
    """
    short = (absolute(link.get("href") or "", dom.base) for link in dom.head_links("shortlink"))
    feeds = (absolute(link.get("href") or "", dom.base) for link in dom.head_links("alternate"))
    for url in (api_link(page, dom), *short, *feeds):
        if url and same_host(url, page.url) and (root := _before(url)):
            return root
    return None


def _before(url: str) -> str | None:
    match = _BEHIND_ROOT.search(url)
    return url[: match.start()] if match else None


def _edited_here(page: Page, dom: Dom) -> str | None:
    """A front page that is where editors are led to: WordPress itself may stand in a folder of its own."""
    for link in dom.head_links("edituri"):
        url = absolute(link.get("href") or "", dom.base)
        if url and url_key(url.removesuffix("xmlrpc.php?rsd")) == url_key(page.url):
            return page.url
    return None


def is_of_another_blog(page: Page, dom: Dom, site: Site) -> bool:
    """Whether a page is of a blog in a folder below the front page of this one, whose numbers mean other posts there.

    Not so a translation: plugins keep those of one blog in folders, each with an API.
    """
    own = site.root or _before(site.api_url or "")  # an update does not read a front page that has not changed
    root = root_of(page, dom) if own else None
    if root is None or own is None or url_key(root) == url_key(own):
        return False
    if not within(root, own) or not within(page.url, root):
        return False
    html = dom.tags("html")
    language = html[0].get("lang") if html else None
    translated = any(link.get("hreflang") for link in dom.head_links("alternate"))
    return not translated and language == site.language and not _LANGUAGE.fullmatch(last_segment(root))


def posts_feed(dom: Dom, site: Site) -> str | None:
    """The feed of posts that the page advertises, if it is at the blog's own host."""
    return next((url for url in _feeds(dom, site) if not _OF_COMMENTS.search(url)), None)


def comments_feed(dom: Dom, site: Site) -> str | None:
    """The feed of the blog's newest comments that the page advertises, if it is at the blog's own host."""
    return next((url for url in _feeds(dom, site) if _OF_COMMENTS.search(url)), None)


def _feeds(dom: Dom, site: Site) -> Iterator[str]:
    for link in dom.head_links("alternate"):
        url = dom.link_url(link)
        if url and within(url, site.home) and (link.get("type") or "").lower() in _FEEDS:
            yield url


def in_other_languages(dom: Dom, site: Site) -> list[str]:
    """The front pages of the blog in other languages, in its folders or by a query, as plugins link to them."""
    html = dom.tags("html")
    shown = ((html[0].get("lang") if html else None) or "").lower()
    own = {"", "x-default", shown, shown.partition("-")[0]}
    head = ((link, absolute(link.get("href") or "", dom.base)) for link in dom.head_links("alternate"))
    others = ((link, url) for link, url in (*head, *dom.links) if (link.get("hreflang") or "").lower() not in own)
    found = {
        without_fragment(url): None
        for _, url in others
        if url and within(url, site.home) and url_key(url) != url_key(site.home)
    }
    return list(found)[:_MOST_LANGUAGES]


def facts(page: Page, dom: Dom, name: str) -> BlogFacts:
    """What the front page says of the blog. name: of the engine."""
    version = _VERSION.search(_generator(dom))
    theme = _THEME.search(page.text)
    html = dom.tags("html")
    return BlogFacts(
        title=_first_text(dom, "site_title") or dom.meta("og:site_name") or dom.stated_title,
        tagline=_first_text(dom, "tagline") or dom.meta("description"),
        language=html[0].get("lang") if html else None,
        engine=name,
        engine_version=version[1] if version else None,
        theme=theme[1] if theme else None,
        root=root_of(page, dom) or _edited_here(page, dom),
    )


def _first_text(dom: Dom, key: str) -> str | None:
    for class_name in vocabulary.names("post", key):
        for element in dom.classed(class_name):
            if text_of(element):
                return text_of(element)
    return None


def is_static(dom: Dom) -> bool:
    """Whether the front page is a page of the blog's own, not its list of posts."""
    classes = dom.body_tokens
    return "home" in classes and "blog" not in classes and any(name.startswith("page-id-") for name in classes)


def static_pages(dom: Dom, site: Site) -> list[str]:
    """Static pages that the navigation links to."""
    found: dict[str, None] = {}
    for element, url in dom.links:
        around = near_tokens(element, 1)
        classic = not _STATIC.isdisjoint(around) and "menu-item-object-post" not in around
        block = "wp-block-navigation-item__content" in around and any(up.tag == "li" for up in near(element, 1))
        if classic or (block and "menu-item-object-category" not in around):
            bare = without_fragment(url)
            if is_below(bare, site.home):
                found.setdefault(bare)
    return list(found) or _bare_menus(dom, site)


def listed_pages(dom: Dom, site: Site) -> list[str]:
    """Static pages in a list of pages, as WordPress writes one."""
    links = (next(item.iter("a"), None) for item in dom.classed("page_item"))
    urls = (url for link in links if link is not None and (url := dom.link_url(link)))
    return [url for url in dict.fromkeys(map(without_fragment, urls)) if is_below(url, site.home)]


def _bare_menus(dom: Dom, site: Site) -> list[str]:
    """The same where a theme's own walker leaves WordPress's classes out: its list is still `ul#menu-…`, or in a <nav>.

    Nothing then tells pages from terms but their addresses: a page stands at the root, or below another page.
    """
    lists = [e for id_, e in dom.by_id.items() if id_.startswith("menu-") and e.tag == "ul"]
    lists = lists or [e for nav in dom.tags("nav") for e in nav.iterdescendants("ul")]
    root = f"{url_key(site.home).rstrip('/')}/"
    paths: dict[str, str] = {}
    for link in (
        link for menu in lists if not menu.xpath(".//li[contains(@class, 'menu-item')]") for link in menu.iter("a")
    ):
        url = dom.link_url(link)
        if url and is_below(url, site.home) and not is_listing(url) and not _LANGUAGE.fullmatch(last_segment(url)):
            paths[url_key(url).removeprefix(root).removeprefix("index.php/")] = without_fragment(url)
    return [url for path, url in paths.items() if "/" not in path or path.rpartition("/")[0] in paths]
