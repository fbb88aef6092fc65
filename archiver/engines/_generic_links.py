"""Where a page of an unknown blog leads: its posts, its lists, its feeds, judged by structure and URL."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urljoin, urlsplit

from lxml.html import HtmlElement

from archiver import urls
from archiver.engines import _microformats as microformats
from archiver.engines._dated_rows import LEAST, dated_rows
from archiver.engines.dom import Dom, ancestors, text_of, tokens
from archiver.engines.wordpress_urls import never

FEED_GUESSES = ("feed/", "rss.xml", "atom.xml", "index.xml", "feed.xml")
SITEMAP_GUESSES = ("sitemap.xml", "sitemap_index.xml")

_PAGE_NUMBER = re.compile(r"/page[/-]?\d+/?$|/p/\d+/?$|[?&](?:page|paged|pg|start|offset|updated-max)=", re.IGNORECASE)
_DATED = re.compile(r"/(?:19|20)\d{2}/(?:0?[1-9]|1[0-2])/(?:\d{1,2}/)?[^/?#]+|/(?:19|20)\d{2}-\d{2}-\d{2}-[^/?#]+")
_MONTH = re.compile(r"/(?:19|20)\d{2}(?:/(?:0?[1-9]|1[0-2]))?/?$")
_FILE = re.compile(r"\.(?!(?:html?|php|aspx?|md)$)[a-z][a-z0-9]{1,4}$", re.IGNORECASE)
_ARCHIVES = frozenset(
    {"archive", "archives", "blog", "post", "posts", "articles", "all", "writing", "journal", "entries"}
)
_NO_POSTS = frozenset(
    {"tag", "tags", "label", "labels", "category", "categories", "topic", "topics"}
    | {"author", "authors", "user", "users"}
    | {"search", "page", "feed", "feeds", "rss", "atom", "login", "signup", "register", "account", "cart", "cdn-cgi"}
    | {"comments", "share", "subscribe", "print", "amp", "static", "assets", "wp-content", "wp-json"}
)
_HEADINGS = frozenset({"h1", "h2", "h3", "h4"})
_AROUND = frozenset({"nav", "aside", "footer"})
_ONWARD = frozenset(
    {"next", "older", "older-posts", "older-entries", "nav-previous", "blog-pager-older-link", "pagination-next"}
)
_PAGERS = frozenset({"pagination", "pager", "page-numbers", "nav-links", "wp-pagenavi", "blog-pager", "paginator"})


def page_url(url: str, home: str) -> str | None:
    """A link as a page of the blog to fetch: its URL without fragment; None for anything else."""
    bare = urls.without_fragment(url)
    path = urlsplit(bare).path
    return bare if urls.within(bare, home) and not never(bare) and not _FILE.search(path) else None


def may_be_post(url: str, home: str) -> bool:
    """Whether a URL, judged alone, can be a post's: no front page, list, tag, file or service."""
    bare = page_url(url, home)
    fronts = {urls.url_key(home), urls.url_key(urls.folder(home))}
    if bare is None or urls.url_key(urls.without_index(bare)) in fronts or is_list(bare):
        return False
    segments = [segment for segment in _path_below(bare, home).lower().split("/") if segment]
    if segments:
        segments[-1] = segments[-1].removesuffix(".html")
    return not _NO_POSTS & set(segments) and bool(segments or urlsplit(bare).query)


def is_list(url: str) -> bool:
    """Whether a URL, judged alone, is a list of posts: a numbered page, a month, an archive."""
    parts = urlsplit(url)
    if _PAGE_NUMBER.search(url) or _MONTH.search(parts.path):
        return True
    return urls.last_segment(url).lower().partition(".")[0] in _ARCHIVES and not parts.query


def is_folder_of_posts(name: str) -> bool:
    """Whether a section is where a site keeps its posts, as Hugo states it, and says nothing of what they are about."""
    return name.strip().lower() in _ARCHIVES


def posts(dom: Dom, home: str) -> Iterator[str]:
    """The posts that a list links to: entries' permalinks, links of headings, dated URLs and dated lines.

    Where there are hardly any, the links of rows that print a day.
    """
    found = tuple(_plain_posts(dom, home))
    yield from found
    if len({*found}) < LEAST:
        yield from dated_rows(dom, lambda url: may_be_post(url, home))


def lists_posts(dom: Dom, home: str) -> int:
    """How many posts a page links to by dated URLs or beside a day; 0 where they are too few to be a list."""
    dated = {urls.url_key(u) for _, u in dom.links if _DATED.search(u) and may_be_post(u, home)}
    found = dated if len(dated) >= LEAST else {*dated_rows(dom, lambda url: may_be_post(url, home))}
    return len(found) if len(found) >= LEAST else 0


def lists_below(dom: Dom, home: str, here: str) -> bool:
    """Whether a page leads to several posts whose addresses begin with its own, as a section's list does."""
    folder = urls.folder(urls.without_fragment(here).partition("?")[0]) + "/"
    below = [(link, url) for link, url in dom.links if url.startswith(folder) and may_be_post(url, home)]
    if len({urls.url_key(url) for _, url in below} - {urls.url_key(here)}) < LEAST:
        return False
    found = {urls.url_key(url) for link, url in below if _is_permalink(link, frozenset()) and not _aside(link)}
    return len(found - {urls.url_key(here)}) >= LEAST


def _plain_posts(dom: Dom, home: str) -> Iterator[str]:
    for entry in microformats.entries(dom.root):
        url = urls.absolute(entry.url, dom.base) if entry.url else None
        if url and may_be_post(url, home):
            yield urls.without_fragment(url)
    dated = frozenset(up for time in dom.tags("time") for up in ancestors(time) if up.tag == "li")
    for element, url in dom.links:
        if (_is_permalink(element, dated) or _DATED.search(url)) and may_be_post(url, home) and not _aside(element):
            yield urls.without_fragment(url)


def lists(dom: Dom, home: str, here: str) -> Iterator[str]:
    """The other lists that a list leads to: rel=next, pagers, "older posts", archives."""
    known = {urls.url_key(here), urls.url_key(home)}
    ahead = ((link, dom.link_url(link)) for link in dom.head_links("next"))
    for element, url in [*ahead, *dom.links]:
        page = page_url(url, home) if url else None
        if page is None or urls.url_key(page) in known:
            continue
        if _is_onward(element) or (is_list(page) and _path_below(page, home).strip("/")) or _PAGE_NUMBER.search(page):
            yield page


def neighbours(dom: Dom, home: str) -> Iterator[str]:
    """What a post calls its next and previous: another part of it, or the posts beside it."""
    linked = [(link, dom.link_url(link)) for link in dom.tags("link")]
    for element, url in [*linked, *dom.links]:
        rels = set((element.get("rel") or "").lower().split())
        if url and rels & {"next", "prev", "previous"} and may_be_post(url, home):
            yield urls.without_fragment(url)


def guesses(home: str, names: tuple[str, ...]) -> list[str]:
    """These names below the front page."""
    root = urls.folder(urls.without_fragment(home).partition("?")[0]) + "/"
    return [urljoin(root, name) for name in names]


def _path_below(url: str, home: str) -> str:
    path, above = urlsplit(url).path, urls.folder(urlsplit(home).path)
    return path.removeprefix(above)


def _is_permalink(element: HtmlElement, dated: frozenset[HtmlElement]) -> bool:
    """A heading's link, rel=bookmark, the link of a dated line, or a card that holds a heading."""
    if "bookmark" in (element.get("rel") or "").lower().split():
        return True
    around = []
    for holder in ancestors(element):
        around.append(holder)
        if holder.tag in {"li", "article", "section", "main", "body"}:
            break
    if any(holder.tag in _HEADINGS for holder in around) or _is_overlay(element):
        return True
    return (bool(around) and around[-1] in dated) or any(next(element.iter(tag), None) is not None for tag in _HEADINGS)


def _is_overlay(element: HtmlElement) -> bool:
    """Whether a link without words lies over a card that holds a heading, and no other link."""
    card = element.getparent()
    if card is None or text_of(element) or next(element.iter("img", "svg"), None) is not None:
        return False
    to = {link.get("href") for link in card.iter("a")}
    return to == {element.get("href")} and any(next(card.iter(tag), None) is not None for tag in _HEADINGS)


def _aside(element: HtmlElement) -> bool:
    return any(holder.tag in _AROUND or "comment" in tokens(holder) for holder in ancestors(element))


def _is_onward(element: HtmlElement) -> bool:
    if "next" in (element.get("rel") or "").lower().split() or _ONWARD & set(tokens(element)):
        return True
    holders = [holder for _, holder in zip(range(3), ancestors(element), strict=False)]
    names = {name for holder in holders for name in tokens(holder)}
    return bool(names & _ONWARD) or (bool(names & _PAGERS) and text_of(element).isdigit())
