"""Which post a page of a WordPress blog shows: its number, and its address without those of parts and comment pages."""

from __future__ import annotations

import re

from archiver.engines._wordpress_front import is_static
from archiver.engines.dom import Dom
from archiver.engines.wordpress_urls import native_post_id, post_url, renamed_comment_page
from archiver.model import Site
from archiver.urls import absolute, query_value, same_host, url_key, without_fragment

# The latter are what themes built on Hybrid Core put in place of WordPress's own.
BODY_ID = re.compile(r"^(?P<kind>postid|page-id|attachmentid|singular-(?:post|page|attachment))-(?P<id>\d+)$", re.ASCII)
_ARTICLE_ID = re.compile(r"^post-(\d+)$", re.ASCII)
# What stands behind one of these is a post, not a part of one.
_DATED_LIST = re.compile(r"/(?:\d{4}(?:/\d\d){0,2}|archives?)/$", re.ASCII)
_REPLYING = re.compile(r"replytocom=\d+")


def native_id(dom: Dom) -> str | None:
    """The post's id: from the body's classes, the short link, the API link, the form, the article."""
    for name in dom.body_tokens:
        match = BODY_ID.match(name)
        if match:
            return match["id"]
    return _linked_id(dom) or _form_id(dom) or _article_id(dom) or native_post_id(dom.page.url)


def _linked_id(dom: Dom) -> str | None:
    for link in dom.head_links("shortlink"):
        number = native_post_id(link.get("href") or "")
        if number:
            return number
    for link in dom.head_links("alternate"):
        match = re.search(r"/wp/v2/(?:posts|pages)/([0-9]+)$", link.get("href") or "")
        if match:
            return match[1]
    return None


def _form_id(dom: Dom) -> str | None:
    for element in dom.tags("input"):
        value = element.get("value") or ""
        if element.get("name") == "comment_post_ID" and value.isascii() and value.isdigit():
            return value
    return None


def _article_id(dom: Dom) -> str | None:
    articles = {match[1] for id_ in dom.by_id if (match := _ARTICLE_ID.match(id_))}
    return articles.pop() if len(articles) == 1 else None


def permalink(dom: Dom, site: Site) -> str:
    """The permalink: canonical, unless that is another page of the same post."""
    if is_static(dom):  # also that which `/comment-page-2/` shows
        return site.home
    canonical = dom.canonical()
    here = dom.page.url
    stated = canonical and url_key(canonical) != url_key(site.home) and _is_own(canonical, here, site)
    url = canonical if canonical and stated else here
    bare = post_url(url)
    if bare != without_fragment(url) and "?" not in url and _calls_itself(dom, url):
        return without_fragment(url)  # a post by the name of "Comment page 2"
    return _bare(dom, site, _whole(dom, site, bare))


def _is_own(canonical: str, here: str, site: Site) -> bool:
    """Whether a canonical URL is the blog's: posts may have been elsewhere first, and the blog by another name."""
    return same_host(canonical, here) or not same_host(here, site.home)


def _whole(dom: Dom, site: Site, url: str) -> str:
    """The URL without the number of a comment page that a plugin has renamed, as `POST/kommentare-2/`.

    A post can be called `part-2`. So the page must name the post itself: its feed, its embedded form, where a
    reply is sent. That it calls itself `…#comments` is no sign: oldest page first, so does the bare permalink.
    """
    base = renamed_comment_page(url)
    if base is None or url_key(base) == url_key(site.home):
        return url
    replies = (link.get("href") or "" for link in dom.classed("comment-reply-link"))
    named = {_REPLYING.sub("", href) for href in replies if "replytocom=" in href}
    found = [*_stated_names(dom), *filter(None, (absolute(href, dom.base) for href in named))]
    keys = {url_key(post_url(one)) for one in found}
    return base if keys & {url_key(base), url_key(f"{base}feed/")} else url


def _calls_itself(dom: Dom, url: str) -> bool:
    """Whether the head names just this URL as the post's."""
    named = {url_key(url), url_key(f"{without_fragment(url).rstrip('/')}/feed/")}
    return not named.isdisjoint(map(url_key, _stated_names(dom)))


def _stated_names(dom: Dom) -> list[str]:
    """Where the head says that the post is: its feed, its embedded form; not the page itself in other languages."""
    links = (link for link in dom.head_links("alternate") if not link.get("hreflang"))
    named = (link.get("href") or "" for link in links)
    found = (query_value(href, "url") if "oembed" in href else absolute(href, dom.base) for href in named)
    return [one for one in found if one]


def _bare(dom: Dom, site: Site, url: str) -> str:
    """The URL without the number of a part, when links on the page show that it is one."""
    if query_value(url, "page"):
        return re.sub(r"([?&])page=\d+&?", r"\1", url).rstrip("?&")
    match = re.search(r"/\d{1,3}/?$", url)
    base = url[: match.start() + 1] if match else ""
    if not base or url_key(base) == url_key(site.home):
        return url
    if _DATED_LIST.search(base) and not _calls_itself(dom, base):  # but /archives/1977/4 is the fourth part of one
        return url
    # As the page writes it: `/slug.html/2/` is a part of `/slug.html`.
    return next((without_fragment(link) for _, link in dom.links if url_key(link) == url_key(base)), url)
