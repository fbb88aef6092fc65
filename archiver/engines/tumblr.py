"""Tumblr: its JSON of old, `/api/read/json`, which every blog still answers; else sitemap, feed, lists and pages.

Tumblr has no comments but notes below a post. Of those, replies and reblogs that add words are read as comments; likes
and plain reblogs say nothing and are left.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import ClassVar
from urllib.parse import urljoin, urlsplit

from lxml.html import HtmlElement

from archiver import content
from archiver.engines import _marked_post as marked
from archiver.engines import _platform as platform
from archiver.engines import _tumblr_api as api
from archiver.engines._marked_post import Marks
from archiver.engines._page_engine import Evidence, PageEngine, ref_of, thread_page, with_comments
from archiver.engines.dom import Dom, inner_html, text_of, tokens
from archiver.model import Author, Comment, Extract, PostRef, Rank, Site, Target, TargetKind
from archiver.page import Page
from archiver.urls import host_key, within

_POST = re.compile(r"/post/(\d{5,20})(?:/|$)")
_LIST = re.compile(r"^/(?:page/\d+|archive(?:/\d{4}/\d{1,2})?)/?$")
_MORE = re.compile(r"/notes/\d{5,20}/\w+\?from_c=\d+")
_SOURCES = re.compile(r"//(?:assets|static|px\.srvcs)\.tumblr\.com/")


class Tumblr(PageEngine):
    """Blogs on tumblr.com and under their own domain."""

    name: ClassVar[str] = "tumblr"
    feed_paths: ClassVar[tuple[str, ...]] = ("rss",)
    sitemap_paths: ClassVar[tuple[str, ...]] = ("sitemap.xml",)
    marks = Marks(
        body=("post-content", "body-text", "copy", "post_body", "entry-content", "caption"),
        title=("post-title", "entry-title", "title"),
        when=("post-date", "published", "date", "timestamp"),
        outside=("notes", "post-notes"),
        terms=lambda dom: marked.tagged(dom, ("post-tags", "tags", "tag-list", "post_tags")),
    )

    def evidence(self, dom: Dom) -> Evidence:
        """The address, the headers, links into its app, its own scripts."""
        host = host_key(dom.page.url)
        if host.endswith(".tumblr.com"):
            yield f"its address, {host}", 0.7
        if any(name.startswith("x-tumblr-") for name in dom.page.headers):
            yield "headers of Tumblr", 0.8
        links = [e.get("href") or "" for e in dom.tags("link")]
        if any(link.startswith(("android-app://com.tumblr/", "ios-app://305343404/")) for link in links):
            yield "links into Tumblr's app", 0.7
        if "TUMBLR FACEBOOK OPENGRAPH TAGS" in dom.page.text:
            yield "a remark of Tumblr's in the source", 0.7
        if any(_SOURCES.search(e.get("src") or e.get("href") or "") for e in dom.tags("script", "link", "iframe")):
            yield "scripts, styles or frames of Tumblr", 0.3  # other blogs show its buttons

    def is_post(self, url: str, site: Site) -> bool:
        """`/post/NUMBER/words`."""
        return within(url, site.home) and _POST.search(urlsplit(url).path) is not None

    def is_list(self, url: str, site: Site) -> bool:
        """Further pages, the archive."""
        return within(url, site.home) and bool(_LIST.match(urlsplit(url).path)) and not urlsplit(url).query

    def read_api(self, page: Page, asked: Target, site: Site) -> Extract:
        """Its JSON."""
        del site, asked
        return api.read(page)

    def from_api(self, page: Page, asked: Target, site: Site) -> Iterator[Target]:
        """The rest of it, and the posts."""
        return api.discover(page, asked, site)

    def wanted(self, target: Target, site: Site) -> bool:
        """With the JSON open, nothing else is needed to find posts; their pages have the notes."""
        if target.kind in {TargetKind.FEED, TargetKind.SITEMAP, TargetKind.LIST}:
            return "posts" not in site.open_routes
        return target.kind is not TargetKind.POST or site.capture_pages or "posts" not in site.open_routes

    def from_home(self, page: Page, asked: Target, site: Site) -> Iterator[Target]:
        """The JSON first."""
        yield api.posts_target(site, 0)
        yield from super().from_home(page, asked, site)

    def read_post(self, page: Page, asked: Target, site: Site) -> Extract:
        """The post, and the notes that say something."""
        del asked
        post, extract = marked.read(page, site, self.marks)
        if post is None:
            return extract
        match = _POST.search(urlsplit(post.url).path)
        post = platform.of_kind(post, match[1] if match else None, static=match is None)
        return with_comments(replace(extract, posts=(post,)), post.ref, notes(page.once(Dom), post.ref))

    def read_thread(self, page: Page, asked: Target, site: Site) -> Extract:
        """Further notes."""
        del site
        ref = ref_of(asked)
        return with_comments(Extract(), ref, notes(page.once(Dom), ref))

    def onward(self, page: Page, asked: Target, site: Site) -> Iterator[Target]:
        """Further notes, as the script that shows them would ask for."""
        match = _POST.search(urlsplit(page.url).path)
        ref = (
            ref_of(asked)
            if asked.kind is TargetKind.COMMENT_PAGE
            else PostRef(native_id=match and match[1], url=page.url)
        )
        for address in dict.fromkeys(_MORE.findall(page.text)):
            yield thread_page(urljoin(site.home, address), ref)


def notes(dom: Dom, post: PostRef) -> list[Comment]:
    """Replies and reblogs with words. They have neither numbers nor times."""
    found: dict[str, Comment] = {}
    for element in dom.classed("note"):
        comment = _note(dom, element, post, len(found))
        if comment is not None:
            found.setdefault(comment.key or "", comment)
    return list(found.values())


def _note(dom: Dom, element: HtmlElement, post: PostRef, place: int) -> Comment | None:
    quotes = [e for e in element.iter("blockquote", "span") if e.tag == "blockquote" or "answer_content" in tokens(e)]
    words = next((e for e in quotes if text_of(e)), None)
    if words is None:
        return None
    names = [a for a in element.iter("a") if text_of(a) and not {"avatar", "avatar_frame"} & set(tokens(a))]
    link = next((a for a in names if "tumblelog" in tokens(a)), names[0] if names else None)
    name = text_of(link) if link is not None else ""
    url = dom.link_url(link) if link is not None else None
    inner = next((q for q in words.iter("blockquote") if q is not words), None)
    body = content.from_html(inner_html(words if inner is None else inner), dom.base)
    said = f"{post.native_id or post.url}|{name}|{body.text}"
    return Comment(
        post=post,
        rank=Rank.PAGE,
        key=hashlib.blake2b(said.encode(), digest_size=10).hexdigest(),
        author=Author(name=name, member=True, slug=name, url=url) if name else None,
        content=body,
        position=place,
    )
