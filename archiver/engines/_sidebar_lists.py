"""The lists of a sidebar, and what each one is.

WordPress gives its widgets class names and ids, which most themes keep; where they do not, the heading
tells (in many languages), or where the links lead.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

from lxml.html import HtmlElement

from archiver.engines import _vocabulary as vocabulary
from archiver.engines.dom import Dom, Region, ancestors, near, text_of, tokens
from archiver.engines.wordpress_urls import comment_id, month, taxonomy
from archiver.model import Site
from archiver.printed.spelling import folded
from archiver.urls import same_host

_KINDS = ("recent_posts", "recent_comments", "blogroll", "tag_cloud", "categories", "archives", "pages", "menu", "text")
_TITLED = ("recent_comments", "recent_posts", "archives", "categories", "tag_cloud", "blogroll")
_IDS = {
    "recent-posts": "recent_posts",
    "recent-comments": "recent_comments",
    "links": "blogroll",
    "linkcat": "blogroll",
    "tag_cloud": "tag_cloud",
    "tag-cloud": "tag_cloud",
    "categories": "categories",
    "archives": "archives",
    "pages": "pages",
}
_ID = re.compile(r"^([a-z_-]+?)-\d+$")
_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
_LISTS = ("ul", "ol")
_NOT_FRAMES = frozenset({"body", "li", "a", "option", "html", "main"})
_MENUS = frozenset(
    {"menu", "sub-menu", "nav-menu", "main-navigation", "breadcrumb", "breadcrumbs", "page-numbers", "social-links"}
)


class SidebarList(NamedTuple):
    """frame: the element around the list, its heading included where that stands inside."""

    kind: str
    title: str | None
    frame: HtmlElement


@cache
def _by_token() -> dict[str, str]:
    return {name: kind for kind in _KINDS for name in vocabulary.names("sidebar", kind)}


def find(dom: Dom, site: Site, outside: Region) -> Iterator[SidebarList]:
    """The lists outside the post and its thread, each once, the outermost frames first."""
    taken = dom.region()
    named = [e for e in dom.classed(*_by_token()) if e.tag not in _NOT_FRAMES]
    named += [e for id_, e in dom.by_id.items() if _id_kind(id_) and e.tag not in _NOT_FRAMES]
    for element in sorted(dict.fromkeys(named), key=dom.order.__getitem__):
        if element not in outside and element not in taken:
            kind = next((_by_token()[name] for name in tokens(element) if name in _by_token()), None)
            taken = taken | dom.region(element)
            yield SidebarList(kind or _id_kind(element.get("id") or "") or "", _title(element, dom), element)
    for element in dom.tags(*_LISTS):
        if element in outside or element in taken or _is_menu(element) or not any(True for _ in element.iter("a")):
            continue
        title = _title(element, dom)
        kind = _kind_by_title(title) or _kind_by_links(dom, element, site)
        if kind and _fits(kind, dom, element, site):
            taken = taken | dom.region(element)
            yield SidebarList(kind, title, element)


def _id_kind(id_: str) -> str | None:
    match = _ID.match(id_)
    return _IDS.get(match[1]) if match else None


def _is_menu(element: HtmlElement) -> bool:
    return any(up.tag in {"nav", "header"} or not _MENUS.isdisjoint(tokens(up)) for up in near(element, 3))


# -- by heading, by links ---------------------------------------------------------------------------


def _kind_by_title(title: str | None) -> str | None:
    line = re.sub(r"^[\W_]+", "", folded(title)) if title else ""
    for kind in _TITLED if line and len(line) < 60 else ():
        if any(line.startswith(phrase) for phrase in vocabulary.phrases("titles", kind)):
            return kind
    return None


def _kind_by_links(dom: Dom, element: HtmlElement, site: Site) -> str | None:
    urls = [url for link in element.iter("a") if (url := dom.link_url(link))]
    if len(urls) < 2:
        return None
    if all(comment_id(url) for url in urls if same_host(url, site.home)) and any(map(comment_id, urls)):
        return "recent_comments"
    if all(map(month, urls)):
        return "archives"
    kinds = {taxonomy(url) for url in urls}
    return {"category": "categories", "tag": "tag_cloud"}.get(next(iter(kinds)) or "") if len(kinds) == 1 else None


def _fits(kind: str, dom: Dom, element: HtmlElement, site: Site) -> bool:
    """Whether the links of a list are what its heading calls them."""
    urls = [url for link in element.iter("a") if (url := dom.link_url(link))]
    own = [url for url in urls if same_host(url, site.home)]
    match kind:
        case "blogroll":
            return len(own) * 2 <= len(urls)
        case "recent_comments":
            return any(map(comment_id, own))
        case "recent_posts":
            return bool(own) and not any(comment_id(url) or month(url) or taxonomy(url) for url in own)
        case "archives":
            return any(map(month, own)) or any(re.search(r"/(?:19|20)\d\d/?$", url) for url in own)
        case _:
            return bool(own) and not any(map(comment_id, own))


# -- headings -------------------------------------------------------------------------------------


def _title(element: HtmlElement, dom: Dom) -> str | None:
    """The heading of a list: in it, just before it, or before one of the frames that hold nothing else."""
    called = vocabulary.name_set("sidebar", "headings")
    inside = [
        e for e in element.iter("*") if e is not element and (e.tag in _HEADINGS or not called.isdisjoint(tokens(e)))
    ]
    for heading in inside[:1]:
        if not any(up.tag in {"li", "article"} for up in ancestors(heading) if dom.inside(up, element)):
            return text_of(heading) or None
    for up in near(element, 2):
        before = up.getprevious()
        while before is not None and (not isinstance(before.tag, str) or before.tag in {"hr", "style", "br", "script"}):
            before = before.getprevious()
        if before is not None and (before.tag in _HEADINGS or not called.isdisjoint(tokens(before))):
            return text_of(before) or None
        if before is not None and any(True for _ in before.iter("a", *_LISTS)):
            return None
        inner = list(before.iter(*_HEADINGS)) if before is not None else []
        if inner:
            return text_of(inner[-1]) or None
    return None
