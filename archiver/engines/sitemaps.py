"""Sitemaps: the list of pages that a site wants found, and what WordPress's names for them tell.

The protocol is https://www.sitemaps.org/protocol.html; image, news and video extensions are passed over.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

from archiver import dates, urls
from archiver.engines._xml import Node, decoded, local_name, namespace, parse, text_of
from archiver.errors import PageError
from archiver.model import Moment
from archiver.page import Page

LARGEST = 50 * 1024 * 1024  # bytes unpacked: the protocol's own limit

_TODO = "The other ways in are tried"
_GZIP = b"\x1f\x8b"

# Names of sub-sitemaps, in the path or the query, and the kind in WordPress's own terms.
_WORDPRESS = (
    re.compile(r"/wp-sitemap-(?P<kind>(?:posts|taxonomies)-[\w%-]+?|users)-\d+\.xml$"),  # WordPress 5.5 and later
    re.compile(r"[?&]sitemap=(?P<kind>posts|taxonomies|users)(?:&sitemap-subtype=(?P<type>[\w%-]+))?(?:&|$)"),
    re.compile(
        r"/sitemap-(?:pt-(?P<type>[\w%-]+?)|tax-(?P<taxonomy>[\w%-]+?)|(?P<users>authors)|(?P<misc>misc))"
        r"(?:-p\d+)?(?:-\d{4}-\d{2})?\.(?:xml|html)(?:\.gz)?$"
    ),  # XML Sitemap Generator for Google
    re.compile(r"/(?P<name>[a-z_]+)-sitemap-?\d*\.xml(?:\.gz)?$"),  # Yoast, Rank Math, All in One SEO, SEOPress
)
_WHOLE = re.compile(r"/(?:wp-)?(?:(?:news|image|video)-)?sitemap(?:[_-]index)?[_-]?\d*\.xml(?:\.gz)?$")
_NAMES = {
    "post": "posts-post",
    "page": "posts-page",
    "category": "taxonomies-category",
    "post_tag": "taxonomies-post_tag",
    "author": "users",
    "addl": "misc",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class SitemapEntry:
    """One line of a sitemap or of an index. lastmod: when the page, or the sitemap, last changed."""

    url: str
    lastmod: Moment | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sitemap:
    """locs: the pages of a sitemap; children: the sitemaps of an index. In their order, each once."""

    locs: tuple[SitemapEntry, ...] = ()
    children: tuple[SitemapEntry, ...] = ()


def read(page: Page) -> Sitemap:
    """A sitemap, an index of them, or a list of URLs in plain text, packed with gzip or not.

    Raises PageError when the page is something else (an error page answered 200), cut short, or
    unpacks to more than LARGEST.
    """
    if page.body.startswith(_GZIP):
        page = page.with_body(_unpacked(page))
    if page.body.lstrip(b"\xef\xbb\xbf \t\r\n")[:8].lower().startswith((b"http://", b"https://")):
        return Sitemap(locs=_unique(SitemapEntry(url=url) for url in _lines(page)))
    root = parse(page)
    name = local_name(root)
    if name == "urlset":
        return Sitemap(locs=_unique(_entries(page, root, "url")))
    if name == "sitemapindex":
        return Sitemap(children=_unique(_entries(page, root, "sitemap")))
    came = "an HTML page" if name == "html" else f"<{name}>"
    raise PageError(page.url, f"a sitemap was expected and {came} came", _TODO)


def wordpress_kind(url: str) -> str | None:
    """What a WordPress sub-sitemap lists, by its name; None where the name does not say.

    `posts-post`, `posts-page`, `posts-TYPE`, `taxonomies-category`, `taxonomies-post_tag`,
    `taxonomies-NAME`, `users`, or `misc` (front page and odds and ends). The names are those of
    WordPress itself and of Yoast SEO, Rank Math, All in One SEO, SEOPress and XML Sitemap Generator.
    """
    path = urls.without_fragment(url)
    path = path if "sitemap=" in path else path.partition("?")[0]
    found = next((match for pattern in _WORDPRESS if (match := pattern.search(path))), None)
    if found is None:
        return None
    groups = {name: value for name, value in found.groupdict().items() if value}
    if "name" in groups:
        return _NAMES.get(groups["name"])
    if "kind" in groups:
        return "-".join(filter(None, (groups["kind"], groups.get("type"))))
    if "type" in groups:
        return f"posts-{groups['type']}"
    return f"taxonomies-{groups['taxonomy']}" if "taxonomy" in groups else "users" if "users" in groups else "misc"


def is_wordpress(url: str) -> bool:
    """Whether a sitemap is one that WordPress or a plugin makes, by its name; others were put beside it by hand."""
    return wordpress_kind(url) is not None or _WHOLE.search(url.partition("?")[0]) is not None


def _unpacked(page: Page) -> bytes:
    """The gzip members of a body, one after the other."""
    rest, parts, size = page.body, [], 0
    while rest.startswith(_GZIP):
        unpacker = zlib.decompressobj(wbits=31)
        try:
            part = unpacker.decompress(rest, LARGEST - size + 1)
        except zlib.error as error:
            raise PageError(page.url, f"its gzip is damaged ({error})", _TODO) from error
        size += len(part)
        if size > LARGEST:
            raise PageError(page.url, f"it unpacks to more than {LARGEST // 1024 // 1024} MB", "It is left")
        if not unpacker.eof:
            raise PageError(page.url, "its gzip is cut short", _TODO)
        parts.append(part)
        rest = unpacker.unused_data
    return b"".join(parts)


def _lines(page: Page) -> Iterator[str]:
    for line in decoded(page).splitlines():
        url = urls.absolute(line.strip(), page.url) if line.strip().lower().startswith("http") else None
        if url:
            yield page.own(url)


def _entries(page: Page, root: Node, name: str) -> Iterator[SitemapEntry]:
    for node in root:
        if local_name(node) != name:
            continue
        own = [child for child in node if namespace(child) == namespace(node)]
        fields = {local_name(child): text_of(child).strip() for child in reversed(own)}
        url = urls.absolute(fields["loc"], page.url) if fields.get("loc") else None
        if url:
            lastmod = fields.get("lastmod")
            yield SitemapEntry(url=page.own(url), lastmod=dates.from_iso(lastmod) if lastmod else None)


def _unique(entries: Iterator[SitemapEntry]) -> tuple[SitemapEntry, ...]:
    return tuple({entry.url: entry for entry in entries}.values())
