"""The parts of a page that shows one post: its article, its words, its thread, and what is beside it."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from functools import cached_property, lru_cache
from itertools import islice

from lxml.html import HtmlElement

from archiver.engines import _vocabulary as vocabulary
from archiver.engines._post_body import Body, find_body
from archiver.engines.dom import Dom, Region, ancestors, rels, text_of, text_without, tokens
from archiver.engines.wordpress_urls import is_author_page, list_page, month, never, post_url, taxonomy
from archiver.urls import url_key, within

_COMMENT_ID = re.compile(r"^(?:li-|div-|dsq-)?comment-\d+$", re.ASCII)
_ARTICLE_ID = re.compile(r"^post-(\d+)$", re.ASCII)
_DIGIT = re.compile(r"\d")
_NO_ARTICLE = frozenset({"a", "body", "span", "p", "h1", "h2", "h3", "h4", "h5", "h6", "header", "time"})
_HEADINGS = frozenset({"h2", "h3", "h4", "h5", "h6"})
_TOP = frozenset({"body", "html", "main"})
_LINE = 300  # characters
_ROOMS = frozenset({"body", "html", "main", "footer"})


class Regions:
    """Where things are. native_id, url: of the post that the page shows; home: the blog's front page."""

    def __init__(self, dom: Dom, native_id: str | None, url: str, home: str) -> None:
        self._dom, self._native_id, self._url, self._home = dom, native_id, url, home

    @cached_property
    def article(self) -> HtmlElement | None:
        """The element around the post; None where there is none (block themes)."""
        dom = self._dom
        if self._native_id:
            element = dom.by_id.get(f"post-{self._native_id}")
            if element is not None and element.tag not in _NO_ARTICLE:
                return element
            for element in dom.classed(f"post-{self._native_id}"):
                if element.tag not in {"body", "a", "li"}:
                    return element
        for element in [*dom.classed("hentry", "h-entry", "type-post"), *dom.tags("article")]:
            if element.tag != "body" and element not in self._beside and "comment" not in " ".join(tokens(element)):
                if element.tag == "article" and not _is_marked(element) and _is_one_of_many(element):
                    continue
                return element
        return None

    @cached_property
    def _beside(self) -> Region:
        """Sidebars, navigation, lists of other posts: by their names."""
        dom = self._dom
        found = [*(e for e in dom.tags("aside") if not _files_post(e)), *dom.tags("nav")]
        found += dom.classed(*vocabulary.names("post", "aside"))
        named = (name for name in dom.class_tokens if name.startswith(("widget_", "menu-item")))
        found += dom.classed(*named)
        found += self._other_articles()
        for id_, element in dom.by_id.items():
            match = _ARTICLE_ID.match(id_)
            if match and self._native_id and match[1] != self._native_id:
                found.append(element)
        lists = dom.region(*dom.classed("wp-block-post-template", "wp-block-query"))
        found += [e for e in dom.classed("wp-block-post") if e in lists]
        found = [e for e in found if e.tag not in _TOP]
        return dom.region(*(e for e in found if not self._holds_post(e) and not self._holds_thread(e)))

    def _other_articles(self) -> Iterator[HtmlElement]:
        """Elements that WordPress has marked as other posts, by the class that goes with `hentry`."""
        if self._native_id:
            for name in self._dom.class_tokens:
                match = _ARTICLE_ID.match(name)
                if match and match[1] != self._native_id:
                    yield from self._dom.classed(name)

    def _holds_post(self, element: HtmlElement) -> bool:
        """Whether something that is called a sidebar has the post in it."""
        return any(self._dom.inside(e, element) for e in self._heads)

    @cached_property
    def _heads(self) -> list[HtmlElement]:
        """What a sidebar does not hold: the post's own element and its title."""
        own = self._dom.by_id.get(f"post-{self._native_id}") if self._native_id else None
        titles = [e for e in self._dom.classed("wp-block-post-title") if e.tag == "h1"]  # block themes may ask for it
        heads = [*self._dom.tags("h1")[:1], *(titles if len(titles) == 1 else [])]
        return [own, *heads] if own is not None else heads

    def _holds_thread(self, element: HtmlElement) -> bool:
        """Whether something that is called a sidebar has the thread in it: an <aside> of comments, a list unclosed."""
        start, end = self._dom.span(element)
        first = bisect_left(self._thread, start)
        return first < len(self._thread) and self._thread[first] <= end

    @cached_property
    def _thread(self) -> list[int]:
        """The places of the comments, which WordPress numbers, and of their form."""
        found = self._dom.by_id.items()
        return sorted(self._dom.order[e] for id_, e in found if id_ == "commentform" or _COMMENT_ID.match(id_))

    @cached_property
    def body(self) -> Body | None:
        """The post's words."""
        return find_body(self._dom, self._beside, self.article, self._thread)

    @cached_property
    def words(self) -> Region:
        """The part of the page that the words take up."""
        return self.body.region if self.body is not None else self._dom.region()

    @cached_property
    def comments(self) -> Region:
        """The thread with its heading and form, wherever a theme puts them."""
        dom = self._dom
        found = [dom.by_id[id_] for id_ in vocabulary.names("comment", "area_ids") if id_ in dom.by_id]
        found += dom.classed(*vocabulary.names("comment", "areas"))
        found += [
            e
            for id_, e in dom.by_id.items()
            if id_.startswith(("comment-", "li-comment-", "div-comment-")) and id_[-1].isdigit()
        ]
        body = self.body.element if self.body is not None else None
        outer = [
            e
            for e in found
            if e.tag not in _TOP and e not in self.words and not (body is not None and dom.inside(body, e))
        ]
        return dom.region(*outer)

    @cached_property
    def aside(self) -> Region:
        """All that speaks of other things than this post: sidebars, navigation, teasers of other posts."""
        return self._beside | self._dom.region(*self._cards())

    @cached_property
    def outside(self) -> Region:
        """Where nothing is said about the post: its words, its thread, what is beside it."""
        return self.words | self.comments | self.aside

    # -- teasers of other posts -----------------------------------------------------------------------

    def _cards(self) -> Iterator[HtmlElement]:
        """What belongs to a heading that links to another post, up to where something else begins."""
        headings = sorted((self._dom.order[link], key, link) for link, key in set(self._other_posts()))
        numbers = [number for number, _, _ in headings]
        kept = [e for e in (self.body.element if self.body else None, self.article) if e is not None] + self._dom.tags(
            "h1"
        )[:1]
        places = [self._dom.order[e] for e in kept]
        for _, key, link in headings:
            card = link
            for up in ancestors(link):
                start, end = self._dom.span(up)
                if up.tag in _ROOMS or any(start <= place <= end for place in places) or self._holds_thread(up):
                    break
                first = bisect_left(numbers, start)
                if any(k != key for n, k, _ in headings[first : first + 3] if n <= end):
                    break
                card = up
            yield card

    def _other_posts(self) -> Iterator[tuple[HtmlElement, str]]:
        own, home = url_key(self._url), url_key(self._home)
        urls = dict(self._dom.links)
        for link, item in self._lone_links():
            url = urls.get(link)  # looked at first: to read what a link says takes longer
            if url is None or not _is_of_post(url, self._home) or link in self.words or link in self.comments:
                continue
            key = url_key(post_url(url))
            dated = item is None or _DIGIT.search(text_without(item, [link]))
            if key not in {own, home} and dated and text_of(link):
                yield link, key

    def _lone_links(self) -> Iterator[tuple[HtmlElement, HtmlElement | None]]:
        """Links of headings, and the only ones of items of lists, with those: "Recent posts", a date behind each."""
        yield from ((link, None) for link in self._heading_links())
        beside = self._beside  # what is in there is aside already, as are the items of most lists
        for item in self._dom.tags("li"):
            if item in beside:
                continue
            first = item[0] if len(item) == 1 else None
            if first is not None and first.tag == "a" and not len(first):  # as nearly all are
                yield first, item
                continue
            links = list(islice(item.iter("a"), 2))
            if len(links) == 1:
                yield links[0], item

    def _heading_links(self) -> list[HtmlElement]:
        """Links that are a heading's, or hold one, in document order."""
        dom = self._dom
        found: set[HtmlElement] = set()
        for heading in dom.tags(*_HEADINGS):
            found.update(ancestors(heading))
            found.update(child for child in heading)
            found.update(inner for child in heading for inner in child)
        for title in dom.classed(*vocabulary.name_set("post", "title")):
            found.add(title)
            found.update(title)
        return sorted((e for e in found if e.tag == "a"), key=dom.order.__getitem__)


def _files_post(aside: HtmlElement) -> bool:
    """Whether an <aside> is a line of the categories that a post is in, as WordPress marks those, and no more."""
    if next(aside.iter("ul", *_HEADINGS), None) is not None or not any("category" in rels(a) for a in aside.iter("a")):
        return False
    return len(text_of(aside)) < _LINE


def _is_marked(article: HtmlElement) -> bool:
    """Whether WordPress has put its classes on an article."""
    return not {"hentry", "h-entry", "type-post", "type-page"}.isdisjoint(tokens(article))


def _is_one_of_many(article: HtmlElement) -> bool:
    """Whether an article stands among others, as the cards of a list do."""
    return any(True for _ in article.itersiblings("article")) or any(
        True for _ in article.itersiblings("article", preceding=True)
    )


@lru_cache(maxsize=4096)  # a blog's pages link to the same few hundred posts
@lru_cache(maxsize=4096)
def _is_of_post(url: str, home: str) -> bool:
    """Whether a URL of the blog may be a post's."""
    listed = taxonomy(url) or is_author_page(url) or month(url) or list_page(url)
    return within(url, home) and not never(url) and not listed
