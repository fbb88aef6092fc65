"""The link by which the front page of a site that is no blog leads to its blog."""

from __future__ import annotations

from urllib.parse import unquote, urlsplit

from archiver.engines.dom import Dom, text_of
from archiver.page import Page
from archiver.text import normal_name
from archiver.urls import same_host, url_key, without_fragment

_NAMES = """
blog/ weblog/ the blog/ our blog/ my blog/ read the blog/ read our blog/ visit our blog/ zum blog/ unser blog/
mein blog/ le blog/ notre blog/ mon blog/ blogue/ el blog/ nuestro blog/ mi blog/ il blog/ il nostro blog/ o blog/
nosso blog/ onze blog/ posts/ vår blogg/ blogg/ blogi/ блог/ наш блог/ ブログ/ 블로그/ 博客/ 部落格
"""
_WORDS = frozenset(normal_name(name) for name in _NAMES.split("/"))
_DEEPEST = 2
"""Segments of a path; a post about blogs lies deeper."""


def blog_link(page: Page) -> str | None:
    """The blog that a page links to on its own host, the least deep first; None where there is no such link."""
    if not page.ok or "html" not in page.media_type:
        return None
    found: dict[str, int] = {}
    for link, url in page.once(Dom).links:
        parts = urlsplit(url)
        segments = [segment for segment in parts.path.split("/") if segment]
        if parts.query or not 0 < len(segments) <= _DEEPEST or not same_host(url, page.url):
            continue
        last = unquote(segments[-1]).removesuffix(".html")
        named = normal_name(last) in _WORDS or normal_name(text_of(link)) in _WORDS
        if named and url_key(url) != url_key(page.url):
            found.setdefault(without_fragment(url), len(segments))
    return min(found, key=lambda url: found[url], default=None)
