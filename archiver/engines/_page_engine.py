"""An engine of a platform that is read from its pages: lists lead to posts, posts show their threads, page by page.

A platform's own file says how its pages are known, which addresses are posts and lists, and how a post is read.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from typing import ClassVar
from urllib.parse import urljoin

from archiver.engines import _generic_links as links
from archiver.engines import _platform as platform
from archiver.engines import feeds, sitemaps
from archiver.engines._platform import target
from archiver.engines.base import Detection, Engine
from archiver.engines.dom import Dom
from archiver.errors import PageError
from archiver.model import BlogFacts, Comment, Discovery, Extract, Post, PostRef, Site, Target, TargetKind, ThreadPage
from archiver.page import Page
from archiver.urls import absolute, url_key, within, without_fragment

Evidence = Iterator[tuple[str, float]]


class PageEngine(Engine):
    """What such engines share.

    feed_paths, sitemap_paths: below the front page, where the platform always has them. list_paths: likewise, lists
    that lead to every post.
    """

    feed_paths: ClassVar[tuple[str, ...]] = ()
    sitemap_paths: ClassVar[tuple[str, ...]] = ()
    list_paths: ClassVar[tuple[str, ...]] = ()

    @abstractmethod
    def evidence(self, dom: Dom) -> Evidence:
        """What speaks for the platform, each piece with its weight."""

    @abstractmethod
    def is_post(self, url: str, site: Site) -> bool:
        """Whether a URL of the blog, judged alone, is a post's or a page's."""

    @abstractmethod
    def read_post(self, page: Page, asked: Target, site: Site) -> Extract:
        """The post of a page, and the part of its thread that it shows."""

    def version_of(self, dom: Dom) -> str | None:
        """The version that a page states."""
        del dom
        return None

    def facts(self, dom: Dom) -> BlogFacts:
        """What the front page says of the blog."""
        return platform.facts(dom, self.name, self.version_of(dom))

    def is_list(self, url: str, site: Site) -> bool:
        """Whether a URL of the blog is a list of posts that must be followed."""
        del url, site
        return False

    def posts_on(self, dom: Dom, site: Site) -> Iterable[str]:
        """The posts that a list leads to; by their addresses alone, where those tell."""
        return (url for _, url in dom.links if self.is_post(without_fragment(url), site))

    def lists_on(self, dom: Dom, site: Site) -> Iterable[str]:
        """The other lists that a list leads to."""
        own = (url for _, url in dom.links if self.is_list(without_fragment(url), site))
        return (*links.lists(dom, site.home, dom.page.url), *own)

    def read_beside(self, page: Page, site: Site) -> Extract:
        """What a list, or the front page, shows beside the posts."""
        del page, site
        return Extract()

    def of_feed(self, post: Post, page: Page) -> Post:
        """A post as the feed tells it, with what the platform lets us know beyond."""
        del page
        return post

    def read_thread(self, page: Page, asked: Target, site: Site) -> Extract:
        """A further page of a thread: its post is known, and not read again."""
        read = self.read_post(page, asked, site)
        ref = ref_of(asked)
        comments = tuple(replace(comment, post=ref, page=asked_page(asked)) for comment in read.comments)
        threads = tuple(replace(thread, post=ref) for thread in read.threads)
        return Extract(comments=comments, threads=threads)

    def read_api(self, page: Page, asked: Target, site: Site) -> Extract:
        """The records of an answer of the platform's own data, where it has any. Raises PageError."""
        del page, asked, site
        return Extract()

    def from_api(self, page: Page, asked: Target, site: Site) -> Iterable[Target]:
        """Where such an answer leads. Raises PageError, which `read_api` has told already."""
        del page, asked, site
        return ()

    def onward(self, page: Page, asked: Target, site: Site) -> Iterator[Target]:
        """Where a post's page, or a further page of its thread, leads: to the rest of the thread."""
        del page, asked, site
        return iter(())

    # -- what an engine does ----------------------------------------------------------------------

    def detect(self, page: Page) -> Detection | None:
        """By the weight of all that speaks for the platform."""
        dom = platform.html(page)
        if dom is None:
            return None
        return platform.weighed(self.name, self.evidence(dom), version=self.version_of(dom))

    def extract(self, page: Page, target: Target, site: Site) -> Extract:
        """Everything that an answer holds. Raises PageError for one that is cut or something else."""
        if not page.ok:
            return Extract()
        match target.kind:
            case TargetKind.API:
                return self.read_api(page, target, site)
            case TargetKind.FEED:
                return self._read_feed(page, site)
            case TargetKind.SITEMAP:
                page.once(sitemaps.read)
                return Extract()
            case TargetKind.POST:
                return self.read_post(page, target, site)
            case TargetKind.COMMENT_PAGE:
                return self.read_thread(page, target, site)
            case TargetKind.HOME | TargetKind.LIST:
                home = target.kind is TargetKind.HOME
                beside = self.read_beside(page, site) if site.want_sidebar else Extract()
                return replace(beside, blog=self.facts(page.once(Dom))) if home else beside
            case _:
                return Extract()

    def discover(self, page: Page, target: Target, site: Site) -> Discovery:
        """Where a page leads; from one that failed, nowhere: the other ways in have been named already."""
        finders: dict[TargetKind, Callable[[Page, Target, Site], Iterable[Target]]] = {
            TargetKind.HOME: self.from_home,
            TargetKind.API: self.from_api,
            TargetKind.LIST: self.from_list,
            TargetKind.FEED: self._from_feed,
            TargetKind.SITEMAP: self.from_sitemap,
            TargetKind.POST: self.onward,
            TargetKind.COMMENT_PAGE: self.onward,
        }
        finder = finders.get(target.kind)
        if finder is None or not page.ok:
            return Discovery()
        try:
            return platform.discovery(finder(page, target, site), site, aliases(page, target, site))
        except PageError:
            return Discovery()  # extract() has said what came instead

    def from_home(self, page: Page, asked: Target, site: Site) -> Iterator[Target]:
        """The feeds, sitemaps and lists that the platform has, and what the front page itself leads to."""
        root = site.home if site.home.endswith("/") else site.home + "/"
        yield from (target(urljoin(root, path), TargetKind.FEED) for path in self.feed_paths)
        yield from (target(urljoin(root, path), TargetKind.SITEMAP) for path in self.sitemap_paths)
        yield from (target(urljoin(root, path), TargetKind.LIST) for path in self.list_paths)
        yield from self.from_list(page, asked, site)

    def from_list(self, page: Page, _asked: Target, site: Site) -> Iterator[Target]:
        """Lists and posts."""
        dom, here = page.once(Dom), url_key(page.url)
        lists = (without_fragment(url) for url in self.lists_on(dom, site))
        yield from (target(url, TargetKind.LIST) for url in lists if url_key(url) != here)
        yield from (target(without_fragment(url), TargetKind.POST) for url in self.posts_on(dom, site))

    def _read_feed(self, page: Page, site: Site) -> Extract:
        reading = feeds.read_posts(page, site)
        posts = tuple(self.of_feed(post, page) for post in reading.items if within(post.url, site.home))
        return Extract(posts=posts, claims=reading.claims, notes=reading.notes)

    def _from_feed(self, page: Page, _asked: Target, site: Site) -> Iterator[Target]:
        reading = feeds.read_posts(page, site)
        if reading.next:
            yield target(reading.next, TargetKind.FEED)
        yield from (target(self.of_feed(post, page).url, TargetKind.POST) for post in reading.items)

    def from_sitemap(self, page: Page, _asked: Target, site: Site) -> Iterator[Target]:
        """Further sitemaps, and posts."""
        sitemap = page.once(sitemaps.read)
        yield from (target(child.url, TargetKind.SITEMAP) for child in sitemap.children)
        yield from (target(entry.url, TargetKind.POST) for entry in sitemap.locs if self.is_post(entry.url, site))


def ref_of(asked: Target) -> PostRef:
    """The post that a further page of a thread belongs to."""
    return PostRef(native_id=asked.hint.get("post"), url=asked.hint.get("url"))


def asked_page(asked: Target) -> int | None:
    """The number of the thread's page that was asked for; None for a part of another sort."""
    return platform.count_hint(asked, "page")


def thread_page(url: str, post: PostRef, page: int | None = None) -> Target:
    """A further page of a thread. page: its number, where it has one."""
    hint = {"post": post.native_id, "url": post.url, "page": str(page) if page else None}
    return target(url, TargetKind.COMMENT_PAGE, hint, priority=55)


def with_comments(
    extract: Extract, post: PostRef, comments: Iterable[Comment], page: int | None = None, pages: int | None = None
) -> Extract:
    """With a page's part of the thread. pages: of how many."""
    shown = tuple(replace(comment, post=post, page=page if pages and pages > 1 else None) for comment in comments)
    thread = ThreadPage(post=post, page=page, pages=pages, shown=len(shown))
    return replace(extract, comments=shown, threads=(thread,) if shown else ())


def aliases(page: Page, asked: Target, site: Site) -> Iterator[str]:
    """The own URL of a post that was found under another."""
    dom = platform.html(page) if asked.kind is TargetKind.POST else None
    stated = dom.canonical() if dom is not None else None
    url = absolute(stated, page.url) if stated else None
    if url and within(url, site.home) and url_key(url) != url_key(page.url):
        yield without_fragment(url)
