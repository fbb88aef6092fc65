"""Lists of posts on a WordPress blog: what they name, and where they go on."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from lxml.html import HtmlElement

from archiver.engines import _vocabulary as vocabulary
from archiver.engines._wordpress_cards import linked_headings
from archiver.engines.dom import Dom, Region, ancestors, near_tokens, rels, split, tokens
from archiver.engines.wordpress_urls import (
    day,
    is_author_page,
    is_below,
    list_page,
    month,
    native_post_id,
    post_url,
    taxonomy,
    year,
)
from archiver.model import Site
from archiver.urls import last_segment, url_key, within, without_fragment

_ARTICLES = frozenset({"hentry", "type-post", "wp-block-post", "h-entry", "post"})
_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5"})
_ROOMS = frozenset({"aside", "nav", "body", "footer"})
_NEXT = frozenset(
    {"next", "nav-previous", "older", "older-posts", "alignleft", "previous", "wp-block-query-pagination-next"}
)
_PAGER = frozenset(
    {"page-numbers", "pagination", "nav-links", "navigation", "wp-pagenavi", "paging", "pager", "posts-navigation"}
)
_BESIDE = frozenset({"prev", "next"})
_BESIDE_FRAMES = ("nav-previous", "nav-next", "post-navigation-link-previous", "post-navigation-link-next")
_FEED = re.compile(r"/(?:feed|rss|atom|rdf|rss2)/?$|[?&]feed=|\.xml$")
_NUMBERED = re.compile(r"^(.*?)/([^\W\d]\w{1,11})/(\d{1,5})/?$", re.ASCII)


def is_listing(url: str) -> bool:
    """Whether a URL lists posts: a term, an author, a month, a page of a list, a feed."""
    path = urlsplit(url).path
    return bool(
        taxonomy(url) or month(url) or year(url) or list_page(url) or is_author_page(url) or _FEED.search(url)
    ) or bool(re.search(r"/(?:author|tag|category)/[^/]|/feed/", path))


def listed_posts(dom: Dom, site: Site) -> dict[str, str | None]:
    """Posts that a list page names, with their ids where the markup tells: the linked headings of its articles."""
    found: dict[str, str | None] = {}
    for link, url in dom.links:
        bookmark = "bookmark" in rels(link)
        article = _article(link, bookmark=bookmark)
        if article is None:
            continue
        # A heading leads to a post, were it called "Comment page 2"; a number in its address may be the post's own.
        bare = post_url(url) if "#" in url or "?" in url else url
        number = _native_id(article)
        if bookmark and (is_listing(bare) or day(bare)) and next(link.iter("time"), None) is not None:
            continue  # the day of a post, as a link to the posts of that day
        listing = not bookmark and is_listing(bare) and (number is None or last_segment(bare) != number)
        if not listing and is_below(bare, site.home):
            own = number not in set(found.values()) and not _is_related(link, article)
            found[bare] = found.get(bare) or (number if own else None)
    found |= _unnamed(dom, site, set(found.values()))
    return found or dict.fromkeys(cards(dom, site)) or dict.fromkeys(_overlaid(dom, site))


def _overlaid(dom: Dom, site: Site) -> list[str]:
    """The posts of teasers whose headings are no links: the only post that each leads to."""
    found: dict[str, None] = {}
    for article in dom.tags("article"):
        urls = {without_fragment(url) for link in article.iter("a") if (url := dom.link_url(link))}
        own = [url for url in urls if is_below(url, site.home) and not is_listing(url)]
        if len(own) == 1 and next(article.iter(*_HEADINGS), None) is not None:
            found.setdefault(own[0])
    return list(found)


def of_terms(dom: Dom, site: Site) -> list[str]:
    """The categories that a page links to, each a list of posts; where there are none, the tags."""
    kinds: dict[str, dict[str, None]] = {"category": {}, "tag": {}}
    for _, url in dom.links:
        kind = taxonomy(url)
        if kind in kinds and not _FEED.search(url) and is_below(url, site.home) and list_page(url) is None:
            kinds[kind][without_fragment(url)] = None
    return list(kinds["category"] or kinds["tag"])


def cards(dom: Dom, site: Site) -> list[str]:
    """Posts of a list whose theme calls nothing by a name that WordPress knows."""
    posts = linked_headings(dom, lambda url: is_below(url, site.home) and not is_listing(url))
    return [without_fragment(url) for url in posts]


def _unnamed(dom: Dom, site: Site, known: set[str | None]) -> dict[str, str | None]:
    """Posts without a linked heading (asides, untitled ones): by their short links, which WordPress redirects."""
    teasers = [e for e in [*dom.tags("article"), *dom.classed("hentry", "type-post")] if "type-page" not in tokens(e)]
    ids = dict.fromkeys(_native_id(e) for e in teasers)
    return {f"{site.home}?p={number}": number for number in ids if number and number not in known}


def _article(link: HtmlElement, *, bookmark: bool) -> HtmlElement | None:
    """The teaser whose heading a link is."""
    heading = bookmark or any(True for _ in link.iter(*_HEADINGS))
    titles = vocabulary.name_set("post", "title")
    for up in (link, *ancestors(link)):
        classes = tokens(up)
        heading = heading or up.tag in _HEADINGS or not titles.isdisjoint(classes)
        if up.tag == "article" or not _ARTICLES.isdisjoint(classes):
            return up if heading and up.tag != "body" else None
        if up.tag in _ROOMS:
            break
    inside = (
        e
        for e in link.iter("article", "div", "li", "section")
        if e.tag == "article" or not _ARTICLES.isdisjoint(tokens(e))
    )
    return next(inside, None) if heading else None  # a card, all of which is the link


def _is_related(link: HtmlElement, article: HtmlElement) -> bool:
    """Whether a link stands in what a teaser says of other posts."""
    aside = vocabulary.name_set("post", "aside")
    for up in ancestors(link):
        if up is article:
            return False
        if not aside.isdisjoint(tokens(up)):
            return True
    return False  # a card, all of which is the link


def _native_id(article: HtmlElement) -> str | None:
    for name in [article.get("id") or "", *tokens(article)]:
        if re.fullmatch(r"post-[0-9]+", name):
            return name[5:]
    return None


def neighbours(dom: Dom, site: Site, comments: Region) -> list[str]:
    """The posts before and after one, as its page links to them.

    They lead to what lists do not: to untitled posts in some themes, and behind a list that cannot be had or has no
    further pages.
    """
    said = ((link, link.get("rel")) for link in dom.tags("a"))  # a page has hundreds of links, most of them without
    links = [link for link, rel in said if rel and not _BESIDE.isdisjoint(split(rel)) and link not in comments]
    # Some themes take `rel` away, as it may lead browsers to ask ahead; the frames around are WordPress's still.
    frames = [] if links else [e for e in dom.classed(*_BESIDE_FRAMES) if e not in comments]
    links += [link for frame in frames for link in frame.iter("a")]
    urls = dict.fromkeys(without_fragment(url) for link in links if (url := dom.link_url(link)))
    return [url for url in urls if is_below(url, site.home) and not is_listing(url)]


def next_lists(dom: Dom, url: str, site: Site) -> tuple[list[str], str | None]:
    """The list's further pages that a page links to; where it has no pager, a guess."""
    number = list_page(url) or 1
    base = list_base(url)
    ahead: dict[int, str] = {}
    here = url_key(url)  # which links to its own parts do not tell of a pager
    pages = [(n, without_fragment(link)) for _, link in dom.links if (n := list_page(link)) and url_key(link) != here]
    for n, link in pages:
        # A page does not link to itself: one that links to its own number is another, as the first is where a cache
        # takes no note of queries.
        other = n == number and "paged=" in url
        if (n > number or other) and url_key(list_base(link)) == url_key(base):
            ahead.setdefault(n, link)
    if ahead:
        return list(ahead.values()), None
    renamed = _renamed(dom, url, number + 1, site)
    if renamed or pages or _is_renamed(url):
        return renamed, None
    plain = sum(native_post_id(link) is not None for _, link in dom.links) > 3
    return [], numbered_list(url, number + 1, plain=plain)


def _is_renamed(url: str) -> bool:
    """Whether a URL is a page of a list by a translated name; its last one leads nowhere."""
    match = _NUMBERED.match(without_fragment(url))
    return match is not None and match[2] != "page" and match[2].lower() in vocabulary.words("bases", "page")


def _renamed(dom: Dom, url: str, wanted: int, site: Site) -> list[str]:
    """The next page of a list whose `page` a plugin has translated: `/seite/2/`."""
    here = _NUMBERED.match(without_fragment(url))
    wanted = int(here[3]) + 1 if here else wanted
    for link, target in dom.links:
        match = _NUMBERED.match(without_fragment(target))
        if match is None or int(match[3]) != wanted or match[2].lower() not in vocabulary.words("bases", "page"):
            continue
        onward = "next" in rels(link) or not (_NEXT | _PAGER).isdisjoint(near_tokens(link, 2))
        if onward and within(target, site.home):
            return [without_fragment(target)]
    return []


def list_base(url: str) -> str:
    """A list's first page, for any of its pages."""
    bare = re.sub(r"/page/\d+/?$", "/", without_fragment(url).partition("?")[0])
    query = re.sub(r"(?:^|&)paged=\d+", "", urlsplit(url).query).strip("&")
    return f"{bare}?{query}" if query else bare


def numbered_list(url: str, number: int, *, plain: bool) -> str:
    """The URL of a page of a list."""
    base = list_base(url)
    if plain or "?" in base:
        return f"{base}{'&' if '?' in base else '?'}paged={number}"
    return f"{base.rstrip('/')}/page/{number}/"
