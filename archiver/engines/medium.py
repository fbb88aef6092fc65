"""Medium: sitemap and feed lead to the posts, whose pages carry what its own script shows (`__APOLLO_STATE__`).

Responses are given to GraphQL requests only, which are POST and are never made: how many there are is a claim, and the
report counts the posts that have some.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import ClassVar
from urllib.parse import urlsplit

from archiver.engines import _marked_post as marked
from archiver.engines import _medium_state as state
from archiver.engines import _platform as platform
from archiver.engines._marked_post import Marks
from archiver.engines._page_engine import Evidence, PageEngine
from archiver.engines.dom import Dom
from archiver.model import BlogFacts, Extract, Note, Post, Rank, Site, Target, Term
from archiver.page import Page
from archiver.urls import host_key, within, without_fragment

_POST = re.compile(r"(?:-|/p/|/)([0-9a-f]{10,12})$")
_NO_POST = re.compile(r"/(?:tag|tags|search|m|me|about|followers|following|archive|sitemap|feed|_)(?:/|$)")
_KEYWORD = re.compile(r"[A-Z]\w{2,20}:\w")
_APP = {"al:android:package": "com.medium.reader", "twitter:app:name:iphone": "Medium"}


class Medium(PageEngine):
    """Publications and people on medium.com, and under their own domain."""

    name: ClassVar[str] = "medium"
    feed_paths: ClassVar[tuple[str, ...]] = ("feed",)
    sitemap_paths: ClassVar[tuple[str, ...]] = ("sitemap/sitemap.xml",)
    marks = Marks(body=(), outside=("responses",))

    def evidence(self, dom: Dom) -> Evidence:
        """The address, its app, its script's data and files."""
        host = host_key(dom.page.url)
        if host == "medium.com" or host.endswith(".medium.com"):
            yield f"its address, {host}", 0.7
        if any(dom.meta(name) == value for name, value in _APP.items()):
            yield "links into Medium's app", 0.6
        if dom.page.headers.get("x-powered-by", "").lower() == "medium":
            yield "served by Medium", 0.8
        sources = [e.get("src") or e.get("href") or "" for e in dom.tags("script", "link")]
        if any(re.search(r"//(?:cdn-client|glyph|cdn-static-1)\.medium\.com/", source) for source in sources):
            yield "scripts and styles of Medium", 0.6
        if dom.meta("og:site_name") == "Medium":
            yield "calls its site Medium", 0.3

    def facts(self, dom: Dom) -> BlogFacts:
        """The page's own title; the site that it names is Medium's for everybody."""
        found = super().facts(dom)
        own = re.sub(r"\s+[–—|-]\s+Medium$", "", dom.stated_title or "")
        return replace(found, title=own or found.title) if found.title == "Medium" else found

    def is_post(self, url: str, site: Site) -> bool:
        """Words and a number of twelve hexadecimal digits."""
        path = urlsplit(url).path.rstrip("/")
        return within(url, site.home) and _POST.search(path) is not None and not _NO_POST.search(path)

    def posts_on(self, dom: Dom, site: Site) -> tuple[str, ...]:
        """Links to posts, without what they say of where they stood."""
        found = (without_fragment(url).partition("?")[0] for _, url in dom.links)
        return tuple(url for url in found if self.is_post(url, site))

    def lists_on(self, dom: Dom, site: Site) -> tuple[str, ...]:
        """None: lists grow by scrolling."""
        del dom, site
        return ()

    def of_feed(self, post: Post, page: Page) -> Post:
        """With its number; addresses in the feed say where they were found."""
        del page
        url = post.url.partition("?")[0]
        return replace(post, url=url, native_id=self.native(url))

    def native(self, url: str) -> str | None:
        """The number of a post, by its address."""
        match = _POST.search(urlsplit(url).path.rstrip("/"))
        return match[1] if match else None

    def read_post(self, page: Page, asked: Target, site: Site) -> Extract:
        """The post as the page's data tell it; without them as the page shows it."""
        del asked
        post, extract = marked.read(page, site, self.marks)
        dom = page.once(Dom)
        told = state.post(dom, post)
        post = told.post if told is not None else post
        if post is None:
            return extract
        if told is None:
            post = replace(post, terms=_tags(post.terms))
        notes = tuple(note for note in extract.notes if note.kind != "no_text_found")
        post = replace(platform.of_kind(post, self.native(post.url) or post.native_id), url=post.url.partition("?")[0])
        count, locked = (told.responses, told.locked) if told is not None else (None, False)
        if locked:
            post = replace(post, protected=True, rank=Rank.EXCERPT)
            notes += (Note(kind="for_members_only", detail=post.url),)
        if count:
            notes += (
                Note(kind="responses_not_given", detail=f"{post.url} has {count} responses, for POST requests only"),
            )
        claims = tuple(claim for claim in extract.claims if claim.measure != "comments")
        if count is not None:
            claims += (platform.comment_claim(post, count, "page"),)
        return Extract(posts=(post,), claims=claims, notes=notes)


def _tags(stated: tuple[Term, ...] | None) -> tuple[Term, ...] | None:
    """The tags among keywords such as `Tag:Oil`, `Publication:quay` and `Elevated:false`."""
    found = (replace(term, name=term.name.removeprefix("Tag:")) for term in stated or ())
    return tuple(term for term in found if not _KEYWORD.match(term.name)) or None
