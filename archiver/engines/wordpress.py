"""WordPress, by structure: its API, feeds, sitemaps and pages.

Data first: the API brings posts and comments by the hundred. Where it is closed, feeds and sitemaps
name the posts, and their pages carry everything. Each way in that fails names the next.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from archiver.engines import _wordpress_front as front
from archiver.engines import _wordpress_ways as ways
from archiver.engines import bylines, feeds, sitemaps, wordpress_api, wordpress_listing, wordpress_sidebar
from archiver.engines._comment_when import none_before
from archiver.engines._platform import count_hint
from archiver.engines._wordpress_named import at_home
from archiver.engines.base import Detection, Engine
from archiver.engines.dom import Dom
from archiver.engines.wordpress_listing import Lists
from archiver.engines.wordpress_page import PostPage, post_page
from archiver.engines.wordpress_sidebar import SidebarReading
from archiver.engines.wordpress_urls import comment_id, post_url
from archiver.errors import PageError
from archiver.model import (
    Author,
    Claim,
    Discovery,
    Extract,
    Note,
    Post,
    PostKind,
    PostRef,
    Site,
    Target,
    TargetKind,
    ThreadPage,
)
from archiver.page import Page


class WordPress(Engine):
    """WordPress 4.7 and later with any theme; older ones through feeds and pages."""

    name = "wordpress"
    version = 1

    def detect(self, page: Page) -> Detection | None:
        """From what a page states of its software, and from the traces of it."""
        return front.detect(page, self.name) if page.ok else None

    def extract(self, page: Page, target: Target, site: Site) -> Extract:
        """Everything that an answer holds, by the kind of thing that was asked for."""
        if not page.ok:
            return Extract()
        match target.kind:
            case TargetKind.API:
                return _read_api(_at_home(page, target, site), target)
            case TargetKind.FEED:
                reading = feeds.read_posts(page, site)
                if "alone" in target.hint:
                    reading = wordpress_listing.alone(reading, target)
                # A feed gives every post a title; none is the title of an untitled one.
                posts = tuple(replace(post, title=post.title or "") for post in reading.items)
                return Extract(posts=posts, claims=reading.claims)
            case TargetKind.COMMENT_FEED:
                return Extract(comments=feeds.read_comments(page, site))
            case TargetKind.SITEMAP:
                page.once(sitemaps.read)
                return Extract()
            case TargetKind.HOME | TargetKind.LIST:
                return _read_list(page, target, site)
            case _:
                return _read_post(page, target, site)

    def wanted(self, target: Target, site: Site) -> bool:
        """With the API open, feeds and lists bring nothing new, nor pages when they are not to be kept.

        But a sitemap that WordPress has not made may name the pages of a platform that the blog had before.
        """
        posts, comments = "posts" in site.open_routes, "comments" in site.open_routes
        match target.kind:
            case TargetKind.SITEMAP:
                return not (posts and sitemaps.is_wordpress(target.url))
            case TargetKind.FEED | TargetKind.LIST:
                return not posts
            case TargetKind.POST | TargetKind.POST_PART | TargetKind.COMMENT_PAGE:
                return site.capture_pages or not (posts and comments)
            case TargetKind.COMMENT_FEED:
                return not comments
            case _:
                return True

    def discover(self, page: Page, target: Target, site: Site) -> Discovery:
        """Targets that a page, or its failure, leads to. Never anything off the blog or unsafe."""
        return ways.discover(_at_home(page, target, site), target, site)

    def sensors(self, found: Sequence[Target], site: Site) -> tuple[Target, ...]:
        """See Engine."""
        return wordpress_listing.sensors(found, site)

    def own_feed(self, post: PostRef, site: Site) -> Target | None:
        """See Engine."""
        del site
        return wordpress_listing.own_feed(post)

    def thread_feed(self, post: PostRef, site: Site) -> Target | None:
        """See Engine."""
        del site
        return ways.thread_feed(post)

    def lists(self, site: Site) -> Lists | None:
        """See Engine."""
        return Lists(site.api_url) if site.api_url else None

    def post_of(self, url: str) -> str:
        """See Engine."""
        return post_url(url)

    def comment_of(self, url: str) -> str | None:
        """See Engine."""
        return comment_id(url)


def _at_home(page: Page, target: Target, site: Site) -> Page:
    if target.kind is not TargetKind.API or target.hint.get("route") not in wordpress_api.ROUTES:
        return page
    return at_home(page, target.hint.get("named") or site.named, site)


def _read_api(page: Page, target: Target) -> Extract:
    if target.hint.get("route") == "" and not wordpress_api.is_root(page):
        raise PageError(page.url, "it is not the index of a WordPress API", "Feeds and pages are read instead")
    mode = target.hint.get("mode", "whole")
    listing = None if mode == "whole" else wordpress_listing.read(page)
    if mode in {"ids", "check"}:
        claims = wordpress_api.claims(page, target.hint["route"]) if mode == "ids" else ()
        return Extract(listing=listing, claims=claims)
    return replace(wordpress_api.read(page, target), listing=listing)


def _read_list(page: Page, target: Target, site: Site) -> Extract:
    dom = page.once(Dom)
    is_home = target.kind is TargetKind.HOME
    if ways.repeats(dom, target, site):
        return Extract()
    if is_home and front.is_static(dom):
        extract = _read_post(page, target, site)
    else:
        extract = _sidebar_extract(wordpress_sidebar.read(dom, site)) if site.want_sidebar else Extract()
    return replace(extract, blog=front.facts(page, dom, WordPress.name) if is_home else None)


def _sidebar_extract(sidebar: SidebarReading) -> Extract:
    return Extract(
        terms=tuple(sidebar.terms),
        archives=tuple(sidebar.archives),
        widgets=tuple(sidebar.widgets),
        claims=tuple(sidebar.claims),
    )


def _read_post(page: Page, target: Target, site: Site) -> Extract:
    if front.is_of_another_blog(page, page.once(Dom), site):
        return Extract(notes=(Note(kind="page_of_another_blog", detail=page.url),))
    reading = post_page(page, site)
    if not reading.is_post:
        return Extract(notes=(Note(kind="not_a_post", detail=page.url),))
    ref = PostRef(native_id=reading.native_id or target.hint.get("post"), url=reading.url)
    extract = Extract()
    if site.want_sidebar:
        outside = reading.regions.words | reading.regions.comments
        extract = _sidebar_extract(wordpress_sidebar.read(reading.dom, site, outside=outside))
    if target.kind is not TargetKind.COMMENT_PAGE:
        part = count_hint(target, "part") or 1
        post = reading.read(part if target.kind is TargetKind.POST_PART else None, native_id=ref.native_id)
        if target.hint.get("kind") == "page" and (not reading.tells_kind or reading.is_of_own_kind):
            post = replace(post, kind=PostKind.PAGE)
        if post.part is None and "parts" in target.hint and not reading.speaks_of_parts:
            post = replace(post, part=1, parts=1)  # it was one of several pages, and is the only one now
        wordless = post.content is None and not post.protected
        notes = (Note(kind="post_without_body", detail=reading.url),) if wordless else ()
        extract = replace(extract, posts=(post,), authors=_profile(reading, post), notes=notes)
    if target.kind is not TargetKind.POST_PART:
        extract = _with_thread(extract, reading, target, ref)
    return extract


def _profile(reading: PostPage, post: Post) -> tuple[Author, ...]:
    """What the page says about its author, where there is one."""
    if post.authors is None or len(post.authors) != 1:
        return ()
    profile = bylines.bio(reading.dom, post.authors[0], outside=reading.regions.outside)
    return (profile,) if profile else ()


def _with_thread(extract: Extract, reading: PostPage, target: Target, ref: PostRef) -> Extract:
    """The comments of a page, which part of the thread they are, and how many the page claims."""
    pages = reading.comment_pages
    asked = count_hint(target, "page") if target.kind is TargetKind.COMMENT_PAGE else None
    number = reading.comment_page_number(asked)
    total = max([*pages, number or 1])
    # The pager of the first page can lead to the bare permalink alone, where that shows the last one.
    paged = total > 1 or (asked is not None and "most" not in target.hint)
    comments = () if reading.protected else reading.thread.comments  # WordPress hides them, some themes do not
    if number is not None or ref != reading.ref:
        comments = tuple(replace(comment, post=ref, page=number) for comment in comments)
    comments = none_before(reading.published, comments)
    claims = extract.claims
    if reading.comment_count is not None and not reading.protected:
        subject = f"#{ref.native_id}" if ref.native_id else reading.url
        count = reading.comment_count
        claims += (Claim(subject_kind="post", subject=subject, measure="comments", number=count, where="heading"),)
    return replace(
        extract,
        comments=comments,
        threads=(ThreadPage(post=ref, page=number if paged else None, pages=total, shown=len(comments)),),
        claims=claims,
        notes=(*extract.notes, *reading.thread.notes),
    )
