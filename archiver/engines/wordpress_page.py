"""A post out of its page, on any theme: title, byline, dates, body, terms, parts, thread."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from urllib.parse import urlsplit

from lxml.html import HtmlElement

from archiver.engines import _post_statements as statements
from archiver.engines import _vocabulary as vocabulary
from archiver.engines import bylines, threads
from archiver.engines._dating import Dating
from archiver.engines._post_address import BODY_ID, native_id, permalink
from archiver.engines._post_dates import PostDates
from archiver.engines._post_regions import Regions
from archiver.engines._post_terms import PostTerms
from archiver.engines._post_title import find_title, front_title, site_titles
from archiver.engines.dom import Dom, ancestors, near_tokens, rels, text_of, tokens
from archiver.engines.threads import Thread
from archiver.engines.wordpress_urls import (
    comment_id,
    comment_page,
    custom_comment_page,
    never,
    post_part,
    post_url,
)
from archiver.model import Author, Comment, Content, Moment, Post, PostKind, PostRef, Rank, Site
from archiver.page import Page
from archiver.printed.counts import comment_count, leading_number
from archiver.urls import url_key, without_fragment

_KINDS = {
    "attachmentid": PostKind.ATTACHMENT,
    "singular-attachment": PostKind.ATTACHMENT,
    "page-id": PostKind.PAGE,
    "singular-page": PostKind.PAGE,
    "postid": PostKind.POST,
    "singular-post": PostKind.POST,
}
_NOT_A_POST = frozenset({"error404", "search", "search-results", "archive", "blog", "paged", "date", "category", "tag"})
_BACK = frozenset({"nav-previous", "previous", "prev", "older", "wp-block-comments-pagination-previous", "alignleft"})
_ROOMS = frozenset({"body", "html", "main"})
_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
_SECOND = 2
_LABEL = 40  # characters of a link that says how many comments there are
_COUNTS = (
    "comments-title",
    "wpd-thread-info",
    "wp-block-comments-title",
    "comment-title",
    "comments-heading",
    "comments_title",
)
_PAGERS = frozenset(
    {"post-page-numbers", "page-numbers", "page-links", "post-nav-links", "page-link", "link-pages", "pagelink"}
)


@dataclass(frozen=True, slots=True)
class _Reader:
    """Makes the `PostPage` of a page, once for all questions about it."""

    site: Site

    def __call__(self, page: Page) -> PostPage:
        return PostPage(page.once(Dom), self.site)


def post_page(page: Page, site: Site) -> PostPage:
    """The reading of a page as that of a post; made at the first call and kept with the page."""
    reader: Callable[[Page], PostPage] = _Reader(site)
    return page.once(reader)


class PostPage:
    """A page that shows one post."""

    def __init__(self, dom: Dom, site: Site) -> None:
        self.dom = dom
        self.site = site
        self.dating = Dating(dom, site)

    # -- which post -------------------------------------------------------------------------------

    @cached_property
    def native_id(self) -> str | None:
        """The post's id."""
        return native_id(self.dom)

    @cached_property
    def url(self) -> str:
        """The permalink."""
        return permalink(self.dom, self.site)

    @cached_property
    def ref(self) -> PostRef:
        """What identifies the post."""
        return PostRef(native_id=self.native_id, url=self.url)

    @cached_property
    def kind(self) -> PostKind:
        """Post or page, as the body's classes say: surest where they hold its id, since themes add others."""
        classes = set(self.dom.body_tokens)
        stated = {match["kind"] for name in classes if (match := BODY_ID.match(name))}
        for name, kind in _KINDS.items():
            if name in stated:
                return kind
        if "attachment" in classes:
            return PostKind.ATTACHMENT
        if not self.tells_kind and self._links_to_page():
            return PostKind.PAGE
        return PostKind.PAGE if "page" in classes and "single" not in classes else PostKind.POST

    def _links_to_page(self) -> bool:
        """Whether the head links to the API's record of a page."""
        return any("/wp/v2/pages/" in (link.get("href") or "") for link in self.dom.head_links("alternate"))

    @cached_property
    def tells_kind(self) -> bool:
        """Whether the page itself says that it is a post, a page or an attachment; some themes have no classes."""
        return not {"single", "page", "attachment", "singular"}.isdisjoint(self.dom.body_tokens)

    @cached_property
    def is_of_own_kind(self) -> bool:
        """Whether it is of a kind that a plugin has made: a recipe, an event, a product."""
        singles = [name for name in self.dom.body_tokens if name.startswith("single-") and "-format-" not in name]
        return bool(singles) and "single-post" not in singles and "single" in self.dom.body_tokens

    @cached_property
    def is_post(self) -> bool:
        """Whether the page shows one post at all, not a list, a search or an error."""
        classes = set(self.dom.body_tokens)
        if self.tells_kind:
            return "error404" not in classes
        return classes.isdisjoint(_NOT_A_POST) and (self.native_id is not None or self.regions.body is not None)

    # -- where things are -------------------------------------------------------------------------

    @cached_property
    def regions(self) -> Regions:
        """The parts of the page."""
        return Regions(self.dom, self.native_id, self.url, self.site.home)

    # -- what it says -----------------------------------------------------------------------------

    @cached_property
    def protected(self) -> bool:
        """Whether a password form stands in place of the words."""
        forms = (form for form in self.dom.tags("form") if "action=postpass" in (form.get("action") or ""))
        return any(form not in self.regions.aside for form in [*self.dom.classed("post-password-form"), *forms])

    @cached_property
    def title(self) -> str | None:
        """The title; empty for an untitled post."""
        if url_key(self.url) == url_key(self.site.home):  # its <title> is the blog's
            return front_title(self.dom, self.url, self.regions.outside)
        return find_title(self.dom, self.url, self.regions.outside, protected=self.protected, blog=self.site.title)

    @cached_property
    def _statements(self) -> statements.Statements:
        return statements.read(self.dom, self.url, self.regions.words)

    @cached_property
    def _dates(self) -> PostDates:
        body = self.regions.body
        words = self.dom.span(body.element) if body is not None else None
        return PostDates(self.dom, self.dating, self._statements, self.regions.outside, self.url, words)

    @cached_property
    def published(self) -> Moment | None:
        """When it was published, from the most exact place."""
        return self._dates.published()

    @cached_property
    def modified(self) -> Moment | None:
        """When it was last changed, where the page tells it apart from the publication."""
        return self._dates.modified()

    @cached_property
    def byline(self) -> tuple[tuple[Author, ...], bool]:
        """The authors in order, and whether they were read from weak evidence."""
        body = self.regions.body
        known = bylines.Known(
            stated=self._statements.people,
            not_people=tuple(site_titles(self.dom)),
            words=self.dom.span(body.element) if body is not None else None,
        )
        return bylines.authors(self.dom, outside=self.regions.outside, known=known)

    @cached_property
    def _inner_links(self) -> list[tuple[HtmlElement, str]]:
        """The links that may lead to a part of this post: few of all, since they name it."""
        name = self.url.rstrip("/").rpartition("/")[2].lower()
        links = self.dom.links
        if "%" not in name and name.isascii():  # else there are several spellings
            links = [(element, url) for element, url in links if name in url.lower()]
        asked = urlsplit(self.dom.page.url).query
        if not asked or "?" in self.url:
            return links
        return [(element, url.replace(f"?{asked}", "", 1)) for element, url in links]  # WordPress hands it on

    @cached_property
    def parts(self) -> dict[int, str]:
        """The other pages of a multi-page post that this one links to, by number."""
        found: dict[int, str] = {}
        for element, url in self._inner_links:
            if "#" in url or not url.rstrip("/")[-1:].isdigit():
                continue
            number = post_part(url, self.url)
            if number and number > 1 and (element not in self.regions.aside or _is_page_number(element)):
                found.setdefault(number, url)
        return found

    @property
    def speaks_of_parts(self) -> bool:
        """Whether anything on the page leads to another page of the post."""
        return any((post_part(url, self.url) or 0) > 1 for _, url in self._inner_links)

    def content(self) -> Content | None:
        """The body, without what plugins and themes put into it; None when it is protected or not found."""
        body = self.regions.body
        if body is None or self.protected:
            return None
        ids = vocabulary.names("post", "added_ids")
        named = [self.dom.by_id[id_] for id_ in ids if id_ in self.dom.by_id]
        added = [
            e
            for e in [*self.dom.classed(*vocabulary.names("post", "added")), *named]
            if e in body.region and e is not body.element
        ]
        return body.content(self.dom.base, added)

    def read(self, part: int | None = None, *, native_id: str | None = None) -> Post:
        """The post as this page tells it. part: which page of a multi-page post it is."""
        authors, weak = self.byline
        paged = bool(self.parts) or (part or 1) > 1
        regions = self.regions
        terms = PostTerms(self.dom, regions.article, self._head(), regions.outside, regions.words).read()
        return Post(
            url=self.url,
            rank=Rank.PAGE if regions.body is not None or self.protected else Rank.STUB,
            native_id=native_id or self.native_id,
            kind=self.kind,
            title=self.title,
            content=self.content(),
            published=self.published,
            modified=self.modified,
            authors=authors or None,
            terms=terms if terms or self.kind is PostKind.PAGE else None,
            language=self.dating.language,
            comments_open=True if "commentform" in self.dom.by_id else None,
            protected=self.protected,
            part=(part or 1) if paged else None,
            parts=max([*self.parts, part or 1]) if paged else None,
            weak=frozenset({"authors"}) if weak else frozenset(),
        )

    def _head(self) -> HtmlElement | None:
        """What stands around the title and holds none of the words; themes may put it outside the article."""
        body = self.regions.body
        headings = self.dom.tags("h1", "h2") if self.title is not None else []  # of an untitled post an empty one
        title = next((h for h in headings if text_of(h) == self.title), None)
        if title is None or body is None or title in self.regions.outside:
            return None
        head = title
        for up in ancestors(title):
            if up.tag in _ROOMS or self.dom.inside(body.element, up):
                return head
            head = up
        return head

    # -- its thread -------------------------------------------------------------------------------

    @cached_property
    def thread(self) -> Thread:
        """The comments that the page shows."""
        outside = self.regions.words | self.regions.aside
        return threads.read(self.dom, self.ref, self.site, outside=outside, dating=self.dating)

    @cached_property
    def comment_pages(self) -> dict[int, str]:
        """The comment pages that this page links to, by number."""
        found: dict[int, str] = {}
        own = url_key(self.url)
        for _, url in self._inner_links:
            number = comment_page(url)
            if number and not comment_id(url) and not never(url) and url_key(post_url(url)) == own:
                found.setdefault(number, without_fragment(url))
            elif number is None and "#comment" in url and (custom := custom_comment_page(url, self.url)):
                found.setdefault(custom, without_fragment(url))
        return found

    def comment_page_number(self, asked: int | None = None) -> int | None:
        """Which comment page is shown; None where the thread is not paged. asked: the one that was asked for.

        The bare permalink shows the first page or, on blogs set to "newest first", the last.
        """
        pages = self.comment_pages
        number = self.stated_comment_page
        if number is not None or asked is not None or not pages:
            return number or asked
        # The first page leads to the second: one that leads to neither of them is the last.
        if 1 in pages or min(pages) > _SECOND or self._goes_back(max(pages)):
            return next(n for n in range(2, max(pages) + 2) if n not in pages and n > min(pages))
        return 1

    @cached_property
    def stated_comment_page(self) -> int | None:
        """Which comment page is shown, where the page itself says it: in permalinks, reply links or its pager."""
        number = self.thread.page or next(filter(None, map(self._custom_page, self.thread.comments)), None)
        if number in self.comment_pages and self._goes_back(number):
            return max(self.comment_pages) + 1  # permalinks of some block themes count from the wrong end
        return number or self._replying_page() or (self._current_page() if self.comment_pages else None)

    def _replying_page(self) -> int | None:
        """The number that the reply links name: WordPress has them lead back to the page that is shown."""
        for link in self.dom.classed("comment-reply-link"):
            href = link.get("href") or ""
            if "replytocom=" in href and link in self.regions.comments:
                return comment_page(href)
        return None

    def _custom_page(self, comment: Comment) -> int | None:
        return custom_comment_page(comment.url, self.url) if comment.url else None

    def _current_page(self) -> int | None:
        """The number that a pager marks as the one that is shown."""
        for element in self.dom.classed("current"):
            text = text_of(element)
            if (
                "page-numbers" in tokens(element)
                and element in self.regions.comments
                and text.isascii()
                and text.isdigit()
            ):
                return int(text)
        return None

    def _goes_back(self, number: int) -> bool:
        """Whether the link to a comment page says that it leads to older comments."""
        page = self.comment_pages.get(number)
        for link, url in self.dom.links:
            if without_fragment(url) == page and not comment_id(url):  # a post can be called "Comment page 2"
                names = near_tokens(link, 2)
                older = any("older" in name.split("-") for name in names)  # `post-nav-older`
                return older or not _BACK.isdisjoint(names) or "prev" in rels(link)
        return False

    @cached_property
    def comment_count(self) -> int | None:
        """The number of comments that a heading above the thread states, else the link to the thread by the title."""
        regions = self.regions
        titled = self.dom.classed(*_COUNTS, "comment-count", "comments-count", "section-title", "commentstitle")
        headings = [e for e in dict.fromkeys([*titled, *self.dom.tags(*_HEADINGS)]) if e.get("id") != "reply-title"]
        shown = [e for e in headings if e not in regions.words and e not in regions.aside]
        near = [e for e in shown if e in regions.comments or _is_of_comments(e) or self._is_above_comments(e)]
        for element in [*near, *(e for e in shown if e not in near and "section-title" in tokens(e))]:
            count = comment_count(text_of(element), self.title)
            if count is not None:
                return count
        return self._linked_count()

    def _linked_count(self) -> int | None:
        """The number in a link to this post's own thread: "91 additions", as WordPress has its themes print it."""
        for link, url in self._inner_links:
            address, _, place = url.partition("#")
            if place != "comments" or link in self.regions.words or link in self.regions.aside:
                continue
            text = text_of(link)
            if len(text) <= _LABEL and url_key(address) == url_key(self.url):
                count = comment_count(text)
                count = leading_number(text) if count is None else count
                if count is not None:
                    return count
        return None

    def _is_above_comments(self, heading: HtmlElement) -> bool:
        """Whether the thread, or what of it stands behind an anchor above the heading, follows in the same frame."""
        parent = heading.getparent()
        if parent is None or parent.tag in _ROOMS:
            return False
        first, last = self.dom.span(heading)
        end = self.dom.last(parent)
        return any(first <= start <= end and last < stop for start, stop in self.regions.comments.spans)


def _is_of_comments(element: HtmlElement) -> bool:
    return any("comment" in name for name in [*tokens(element), element.get("id") or ""])


def _is_page_number(element: HtmlElement) -> bool:
    """Whether a link stands among the page numbers of a post."""
    return not _PAGERS.isdisjoint({*tokens(element), *(name for up in ancestors(element) for name in tokens(up))})
