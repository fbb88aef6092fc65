"""What a page holds that nobody has asked for: guessed from its address and its type. Pure.

A wrong guess costs little: an engine that is asked for a post where there is none says so.
"""

from __future__ import annotations

import re

from archiver.engines import feeds
from archiver.engines.wordpress_urls import comment_page, is_author_page, list_page, month, never, taxonomy, year
from archiver.model import Site, Target, TargetKind
from archiver.page import Page
from archiver.urls import query_value, url_key, without_fragment

_ROUTE = re.compile(r"^(?P<root>.*?/wp-json/)(?:wp/v2/(?P<route>posts|pages|comments|users|categories|tags)/?)?$")
# The entries of a feed of comments lead to comments; its address does not tell it from that of a category.
_OF_COMMENTS = re.compile(rb"<(?:link|guid|id)\b[^>]*(?:>[^<]*|href=[^>]*)#comment-\d")


def target_of(page: Page, site: Site) -> Target | None:
    """What a page is to be read as; None for what no engine reads."""
    url = without_fragment(page.url)
    if never(url) or url_key(url) == url_key(site.home):
        return Target(url=url, kind=TargetKind.HOME) if url_key(url) == url_key(site.home) else None
    if "json" in page.media_type:
        return _api(url)
    if feeds.is_feed(page):
        return Target(url=url, kind=TargetKind.COMMENT_FEED if _OF_COMMENTS.search(page.body) else TargetKind.FEED)
    if "xml" in page.media_type and b"<html" not in page.body[:1000].lower():
        return Target(url=url, kind=TargetKind.SITEMAP)
    if "html" not in page.media_type:
        return None
    number = comment_page(url)
    if number:
        return Target(url=url, kind=TargetKind.COMMENT_PAGE, hint={"page": str(number)})
    if list_page(url) or month(url) or year(url) or taxonomy(url) or is_author_page(url) or query_value(url, "s"):
        return Target(url=url, kind=TargetKind.LIST)
    return Target(url=url, kind=TargetKind.POST)


def _api(url: str) -> Target | None:
    match = _ROUTE.match(url.partition("?")[0])
    if match is None:
        return None
    hint = {"route": match["route"] or "", "root": match["root"], "page": query_value(url, "page") or "1"}
    return Target(url=url, kind=TargetKind.API, hint=hint)
