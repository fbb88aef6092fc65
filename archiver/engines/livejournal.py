"""LiveJournal: the calendar leads to every entry, an entry's page and `?page=N`, `?thread=N` to every comment.

Journals have any style that their writers made. Where an entry's page shows its thread in an unknown form, the same
page in the site's own style, `?format=light`, is read beside it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import ClassVar
from urllib.parse import urlsplit

from archiver.engines import _generic_links as links
from archiver.engines import _livejournal_thread as threads
from archiver.engines import _marked_post as marked
from archiver.engines import _platform as platform
from archiver.engines._marked_post import Marks
from archiver.engines._page_engine import Evidence, PageEngine, asked_page, ref_of, thread_page, with_comments
from archiver.engines.dom import Dom
from archiver.model import Author, Claim, Extract, Note, Post, PostRef, Site, Target, TargetKind
from archiver.page import Page
from archiver.urls import host_key, query_value, within, without_fragment

_ENTRY = re.compile(r"/(\d+)\.html$")
_CALENDAR = re.compile(r"/(?:19|20)\d{2}(?:/\d{2})?/?$|/(?:calendar|archive)/?$")
_SKIP = re.compile(r"[?&]skip=\d+$")
_AGE_CHECK = re.compile(r"/(?:journal|misc)/adult_|/adult_(?:concepts|explicit)")


def authors(dom: Dom) -> tuple[Author, ...]:
    """The writer of the entry. In communities that is not the journal."""
    holders = (
        "entry-poster",
        "poster",
        "b-singlepost-author",
        "aentry-head__content",
        "b-singlepost-standout",
        "author",
    )
    for name in holders:
        for holder in dom.classed(name):
            found = threads.person(dom, [e for e in holder.iter() if isinstance(e.tag, str)])
            if found is not None and found.member:
                return (found,)
    return ()


class LiveJournal(PageEngine):
    """livejournal.com, and sites that run its code."""

    name: ClassVar[str] = "livejournal"
    feed_paths = ("data/atom", "data/rss")
    list_paths: ClassVar[tuple[str, ...]] = ("calendar",)
    host = "livejournal.com"
    own_styles = True  # that mark threads in ways of their own
    marks = Marks(
        body=("aentry-post__text", "b-singlepost-body", "entry-content", "entry_text", "asset-body"),
        title=("aentry-post__title", "b-singlepost-title", "entry-title", "asset-name"),
        when=("aentry-head__date", "b-singlepost-author-date", "datetime"),
        added=("b-singlepost-tags", "ljtags", "lj-like", "aentry-post__tags", "mdspost-bottomads", "lj-share"),
        outside=("comments", "b-leaf", "comment-thread", "dwexpcomment"),
        authors=authors,
        terms=lambda dom: (
            marked.tagged(dom) or marked.tagged(dom, ("aentry-post__tags", "b-singlepost-tags", "ljtags"))
        ),
    )

    def evidence(self, dom: Dom) -> Evidence:
        """The address, the site's script and data, how it names people."""
        host = host_key(dom.page.url)
        if host.endswith("." + self.host):
            yield f"its address, {host}", 0.7
        if "Site.page" in dom.page.text and "Site.journal" in dom.page.text:
            yield "data for LiveJournal's script", 0.6
        if any(e.get("lj:user") or e.get("data-ljuser") for e in dom.classed("ljuser")):
            yield "names of accounts as LiveJournal marks them", 0.4
        if any((a.get("href") or "").endswith("/data/atom") for a in dom.tags("link")):
            yield "a feed at data/atom", 0.3
        if {"b-singlepost", "aentry-post", "b-leaf"} & dom.class_tokens.keys():
            yield "class names of LiveJournal's pages", 0.5

    def is_post(self, url: str, site: Site) -> bool:
        """An entry is a number."""
        return within(url, site.home) and _ENTRY.search(urlsplit(url).path) is not None

    def is_list(self, url: str, site: Site) -> bool:
        """Years, months, and the pages of entries back in time."""
        if not within(url, site.home) or self.is_post(url, site):
            return False
        return bool(_CALENDAR.search(urlsplit(url).path) and not urlsplit(url).query) or bool(_SKIP.search(url))

    def lists_on(self, dom: Dom, site: Site) -> Iterable[str]:
        """Of those that any page has, such as "next", those of this platform only."""
        return (url for _, url in dom.links if self.is_list(without_fragment(url), site))

    def posts_on(self, dom: Dom, site: Site) -> Iterable[str]:
        """Links to entries, those to their comments included."""
        found = (without_fragment(url).partition("?")[0] for _, url in dom.links)
        return (url for url in found if self.is_post(url, site))

    def of_feed(self, post: Post, page: Page) -> Post:
        """With its number."""
        del page
        return replace(post, native_id=self.native(post.url))

    def native(self, url: str) -> str | None:
        """The number of an entry, by its address."""
        match = _ENTRY.search(urlsplit(url).path)
        return match[1] if match else None

    def number_of(self, dom: Dom, url: str) -> str | None:
        """The number of an entry, by its page."""
        del dom
        return self.native(url)

    def read_post(self, page: Page, asked: Target, site: Site) -> Extract:
        """The entry, and what its page shows of the thread."""
        del asked
        dom = page.once(Dom)
        if _AGE_CHECK.search(urlsplit(page.url).path) or "adult_check" in dom.by_id:
            return Extract(notes=(Note(kind="behind_an_age_check", detail=page.asked),))
        post, extract = marked.read(page, site, self.marks)
        if post is None:
            return extract
        url = without_fragment(post.url).partition("?")[0]
        post = platform.of_kind(replace(post, url=url), self.number_of(dom, url))
        seen = threads.read(dom, post.ref, site)
        count = (platform.comment_claim(post, seen.count, "heading"),) if seen.count is not None else ()
        claims = tuple(claim for claim in extract.claims if claim.measure != "comments" or not count)
        pages = threads.pages(dom)
        return with_comments(
            replace(extract, posts=(post,), claims=(*claims, *count)),
            post.ref,
            seen.comments,
            1 if pages > 1 else None,
            pages,
        )

    def read_thread(self, page: Page, asked: Target, site: Site) -> Extract:
        """A further page or branch of the thread, or the thread in the site's own style."""
        dom, ref = page.once(Dom), ref_of(asked)
        seen, number, pages = threads.read(dom, ref, site), asked_page(asked), threads.pages(dom)
        found = with_comments(Extract(), ref, seen.comments, number, pages)
        if seen.count is None or not ref.native_id:
            return found
        claim = Claim(
            subject_kind="post", subject=f"#{ref.native_id}", measure="comments", number=seen.count, where="heading"
        )
        return replace(found, claims=(claim,))

    def onward(self, page: Page, asked: Target, site: Site) -> Iterator[Target]:
        """Further pages, branches that are collapsed, and the site's own style where this one's is unknown."""
        dom = page.once(Dom)
        if asked.kind is TargetKind.POST:
            yield from (
                platform.target(url, TargetKind.POST)
                for url in links.neighbours(dom, site.home)
                if self.is_post(url, site)
            )
            url = without_fragment(dom.canonical() or page.url).partition("?")[0]
            ref = PostRef(native_id=self.number_of(dom, url), url=url)
        else:
            ref = ref_of(asked)
        seen = threads.read(dom, ref, site)
        light = query_value(page.url, "format") == "light"
        if self.own_styles and not seen.marked and not light and seen.count != 0 and asked.kind is TargetKind.POST:
            yield thread_page(threads.part(page.url, format="light"), ref, 1)
            return
        branch = query_value(page.url, "thread")
        if branch is None:
            known = asked_page(asked) or 1
            yield from (
                thread_page(threads.part(page.url, page=n), ref, n)
                for n in range(2, threads.pages(dom) + 1)
                if n != known
            )
        yield from (thread_page(threads.part(page.url, thread=one), ref) for one in seen.collapsed if one != branch)
