"""Finding one's way in a page's tree: class tokens, ids, order, and what lies within what.

A `Dom` walks the tree once and answers from its index; class names are compared as whole tokens, lower case.
Nothing here recurses: trees may be thousands of elements deep.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from functools import cache, cached_property, lru_cache
from html import escape
from itertools import islice
from typing import cast

from lxml import etree
from lxml.html import HtmlElement, tostring

from archiver.page import Page
from archiver.text import squeeze
from archiver.urls import absolute

_PROPERTIES = etree.XPath("descendant::*/@itemprop/..")  # a condition in brackets takes three times as long
# Of text lxml would make these each time: a tenth of what the index takes.
_CLASS, _ID, _REL, _HREF = b"class", b"id", b"rel", b"href"
SKIPPED = frozenset({"script", "style", "noscript", "template", "svg"})
_VEILED = 300  # characters: less than a post, more than a plea to switch scripts on
_PLAIN_FRAGMENT = re.compile(r"#[A-Za-z0-9_-]+\Z")
_SPACED = frozenset({"br", "p", "div", "li", "td", "dt", "dd", "h1", "h2", "h3", "h4", "h5", "h6"})


@lru_cache(maxsize=8192)
def split(value: str) -> tuple[str, ...]:
    """The tokens of an attribute's value, lower case."""
    return tuple(value.lower().split())


@cache
def _found_in(pattern: re.Pattern[str]) -> Callable[[str], bool]:
    """Whether a pattern is found in a class token: the pages of a blog have the same ones again and again."""
    return lru_cache(maxsize=2048)(lambda token: pattern.search(token) is not None)


def tokens(element: HtmlElement) -> tuple[str, ...]:
    """The class tokens of an element, lower case."""
    value = element.get(_CLASS)
    return split(value) if value else ()


def rels(element: HtmlElement) -> tuple[str, ...]:
    """The tokens of an element's rel attribute, lower case."""
    value = element.get(_REL)
    return split(value) if value else ()


def text_of(element: HtmlElement) -> str:
    """All text within an element on one line, scripts and styles left out."""
    return text_without(element, ())


def text_without(element: HtmlElement, dropped: Iterable[HtmlElement]) -> str:
    """The text within an element on one line, without that of the dropped elements."""
    if not len(element):
        return squeeze(element.text or "")
    apart = frozenset(dropped)
    parts: list[str] = []
    stack: list[HtmlElement | str] = [element]
    while stack:
        node = stack.pop()
        if isinstance(node, str):
            parts.append(node)
            continue
        tag = node.tag
        if not isinstance(tag, str) or tag in SKIPPED or node in apart:
            continue
        if tag in _SPACED:
            parts.append(" ")
            stack.append(" ")
        if node.text:
            parts.append(node.text)
        for child in reversed(node):
            if child.tail:
                stack.append(child.tail)
            stack.append(child)
    return squeeze("".join(parts))


def inner_html(element: HtmlElement) -> str:
    """The markup inside an element."""
    return escape(element.text or "", quote=False) + "".join(tostring(child, encoding="unicode") for child in element)


def ancestors(element: HtmlElement) -> Iterator[HtmlElement]:
    """The elements around an element, from the inside."""
    node = element.getparent()
    while node is not None:
        yield node
        node = node.getparent()


def near(element: HtmlElement, levels: int) -> list[HtmlElement]:
    """An element and the elements around it, so many of them, from the inside."""
    return [element, *islice(ancestors(element), levels)]


def near_tokens(element: HtmlElement, levels: int) -> set[str]:
    """The class tokens of an element and of so many elements around it."""
    return {name for up in near(element, levels) for name in tokens(up)}


class Region:
    """Parts of a page: the elements that stand in them are `in` it."""

    def __init__(self, order: dict[HtmlElement, int], spans: Iterable[tuple[int, int]]) -> None:
        self._order = order
        self.spans: list[tuple[int, int]] = []
        for start, end in sorted(spans):
            if self.spans and start <= self.spans[-1][1] + 1:
                self.spans[-1] = (self.spans[-1][0], max(end, self.spans[-1][1]))
            else:
                self.spans.append((start, end))
        self._starts = [start for start, _ in self.spans]

    def __contains__(self, element: HtmlElement) -> bool:
        number = self._order[element]
        place = bisect_right(self._starts, number) - 1
        return place >= 0 and number <= self.spans[place][1]

    def __bool__(self) -> bool:
        return bool(self.spans)

    def without(self, spans: Iterable[tuple[int, int]]) -> Region:
        """The region with these spans of places cut out of it."""
        left = self.spans
        for start, end in spans:
            cut = [piece for a, b in left for piece in ((a, min(b, start - 1)), (max(a, end + 1), b))]
            left = [(a, b) for a, b in cut if a <= b]
        return Region(self._order, left)

    def __or__(self, other: Region) -> Region:
        return Region(self._order, [*self.spans, *other.spans])


class Dom:
    """The index of a page.

    nodes: all of them in document order; order: the place of each. by_classes: elements by the whole of their class
    attribute.
    """

    def __init__(self, page: Page) -> None:
        self.root = page.root
        self.page = page.apart()
        self._renamed = page.has_aliases
        self.nodes: list[HtmlElement] = list(self.root.iter())
        self.order: dict[HtmlElement, int] = dict(zip(self.nodes, range(len(self.nodes)), strict=True))
        self.by_id: dict[str, HtmlElement] = {}
        self.repeated_ids: list[tuple[str, HtmlElement]] = []  # an id should stand on one element only
        self.by_classes: dict[str, list[HtmlElement]] = defaultdict(list)
        self._by_tag: dict[object, list[HtmlElement]] = defaultdict(list)
        self._merged: dict[str, list[HtmlElement]] = {}
        self._last: dict[HtmlElement, int] = {}
        self._link_urls: dict[str, str | None] = {}
        self._bare_urls: dict[str, str | None] = {}
        self._index()
        self._unveil()

    def _index(self) -> None:
        by_tag, by_classes, by_id = self._by_tag, self.by_classes, self.by_id
        for element in self.nodes:
            by_tag[element.tag].append(element)
            classes = element.get(_CLASS)
            if classes:
                by_classes[classes].append(element)
            id_ = element.get(_ID)
            if id_ and by_id.setdefault(id_, element) is not element:
                self.repeated_ids.append((id_, element))

    def _unveil(self) -> None:
        """Take what is shown without scripts for a part of the page, where its words stand there and nowhere else."""
        shown: list[HtmlElement] = []
        for element in self._by_tag.get("noscript", ()):
            words, around = squeeze("".join(element.itertext())), element.getparent()
            # The length first: pages have one for each picture, and what stands around all of them may be long.
            if len(words) > _VEILED and around is not None and len(words) > len(text_of(around)):
                element.tag = "div"
                shown.append(element)
        if shown:
            self._by_tag["noscript"] = [e for e in self._by_tag["noscript"] if e.tag == "noscript"]
            self._by_tag["div"] = self._ordered([*self._by_tag["div"], *shown])

    # -- elements ---------------------------------------------------------------------------------

    @cached_property
    def notes(self) -> list[HtmlElement]:
        """The comments in the page's source, in document order."""
        return self._by_tag.get(etree.Comment, [])

    @cached_property
    def properties(self) -> list[HtmlElement]:
        """The elements that microdata names, in document order."""
        return cast("list[HtmlElement]", _PROPERTIES(self.root))

    @cached_property
    def class_tokens(self) -> dict[str, list[str]]:
        """Each class token of the page with the class attributes that have it."""
        values: dict[str, list[str]] = {}
        for value in self.by_classes:
            for token in split(value):
                having = values.setdefault(token, [])
                if not having or having[-1] is not value:  # once, though it be there twice
                    having.append(value)
        return values

    @property
    def tag_names(self) -> list[str]:
        """The names of all elements that there are."""
        return [tag for tag in self._by_tag if isinstance(tag, str)]

    def tags(self, *names: str) -> list[HtmlElement]:
        """Elements of these tags in document order."""
        if len(names) == 1:
            return self._by_tag.get(names[0], [])
        return self._ordered(element for name in names for element in self._by_tag.get(name, ()))

    def classed(self, *names: str) -> list[HtmlElement]:
        """Elements with any of these class tokens, in document order."""
        if len(names) == 1:
            return self._with_token(names[0])
        known = [name for name in names if name in self.class_tokens]
        if len(known) < 2:
            return self._with_token(known[0]) if known else []
        return self._ordered({element for name in known for element in self._with_token(name)})

    def _with_token(self, name: str) -> list[HtmlElement]:
        values = self.class_tokens.get(name)
        if values is None:
            return []
        if len(values) == 1:
            return self.by_classes[values[0]]
        if name not in self._merged:
            self._merged[name] = self._ordered(element for value in values for element in self.by_classes[value])
        return self._merged[name]

    def matching(self, pattern: re.Pattern[str]) -> list[HtmlElement]:
        """Elements with a class token in which the pattern is found, in document order."""
        return self.classed(*filter(_found_in(pattern), self.class_tokens))

    def _ordered(self, elements: Iterable[HtmlElement]) -> list[HtmlElement]:
        return sorted(elements, key=self.order.__getitem__)

    # -- what lies within what --------------------------------------------------------------------

    def last(self, element: HtmlElement) -> int:
        """The place of the last node within an element."""
        found = self._last.get(element)
        if found is not None:
            return found
        line, node, end = [element], element, len(self.nodes) - 1
        while node is not self.root:  # it ends where what follows it, or an element around it, begins
            following = node.getnext()
            if following is not None:
                end = self.order[following] - 1
                break
            around = node.getparent()
            if around is None:
                break
            known = self._last.get(around)
            if known is not None:
                end = known
                break
            node = around
            line.append(node)
        for node in line:
            self._last[node] = end
        return end

    def span(self, element: HtmlElement) -> tuple[int, int]:
        """The places of the first and last node of an element, itself included."""
        return self.order[element], self.last(element)

    def region(self, *elements: HtmlElement) -> Region:
        """The part of the page that these elements take up."""
        return Region(self.order, (self.span(element) for element in elements))

    def inside(self, element: HtmlElement, *holders: HtmlElement) -> bool:
        """Whether an element is one of these, or lies within one."""
        number = self.order[element]
        return any(self.order[holder] <= number <= self.last(holder) for holder in holders)

    # -- links and what the head states -----------------------------------------------------------

    @cached_property
    def links(self) -> list[tuple[HtmlElement, str]]:
        """All a[href] with their absolute URLs, those that cannot be fetched left out."""
        urls, url_of = self._link_urls, self.url_of
        found = []
        for element in self.tags("a"):
            href = element.get(_HREF)
            url = (urls[href] if href in urls else url_of(href)) if href else None  # half of them stand there twice
            if url:
                found.append((element, url))
        return found

    @cached_property
    def _link_places(self) -> list[int]:
        return [self.order[link] for link, _ in self.links]

    def links_outside(self, region: Region) -> list[tuple[HtmlElement, str]]:
        """The links that do not stand in a part of the page: most of them stand in lists beside the post."""
        places, links, start = self._link_places, self.links, 0
        found: list[tuple[HtmlElement, str]] = []
        for first, last in region.spans:
            found += links[start : bisect_left(places, first, start)]
            start = bisect_right(places, last, start)
        return found + links[start:]

    def link_url(self, element: HtmlElement) -> str | None:
        """Where a link leads, absolute; None when it leads nowhere that can be fetched."""
        href = element.get("href")
        return self.url_of(href) if href else None

    def url_of(self, href: str) -> str | None:
        """Where an address leads, absolute; None when that cannot be fetched."""
        urls = self._link_urls
        if href in urls:
            return urls[href]
        start = href.find("#")
        if start >= 0 and _PLAIN_FRAGMENT.match(href, start):  # as a thread's permalinks are, each its own
            bare = self._bare_url(href[:start])
            return bare and bare + href[start:]
        url = absolute(href, self.base)
        if url and self._renamed:
            url = self.page.own(url)
        urls[href] = url
        return url

    def _bare_url(self, href: str) -> str | None:
        """Where an address leads that has a fragment, without that. href: what stands before it."""
        if href not in self._bare_urls:
            url = absolute(f"{href}#a", self.base)
            self._bare_urls[href] = self.page.own(url).removesuffix("#a") if url else None
        return self._bare_urls[href]

    @cached_property
    def base(self) -> str:
        """The URL that relative links start from."""
        for element in self.tags("base"):
            href = element.get("href")
            if href:
                return absolute(href, self.page.url) or self.page.url
        return self.page.url

    @cached_property
    def body_tokens(self) -> list[str]:
        """The class tokens of <body>; WordPress states there what kind of page it is."""
        bodies = self.tags("body")
        return list(tokens(bodies[0])) if bodies else []

    def meta(self, name: str) -> str | None:
        """The content of a <meta name=…> or <meta property=…>."""
        for element in self.tags("meta"):
            if name in {element.get("name"), element.get("property")}:
                content = squeeze(element.get("content") or "")
                if content:
                    return content
        return None

    def head_links(self, rel: str) -> list[HtmlElement]:
        """<link> elements with this rel token."""
        return [link for link in self.tags("link") if rel in rels(link)]

    def canonical(self) -> str | None:
        """The page's own statement of its URL."""
        for link in self.head_links("canonical"):
            return self.url_of(link.get("href") or "")
        return None

    @cached_property
    def stated_title(self) -> str | None:
        """The text of the page's <title>; None when there is none. Drawings have titles, too.

        Of several in the head that of WordPress or a plugin comes last, behind one that a theme has written itself. Of
        those that damage has moved out of it the first counts, as for browsers.
        """
        found: str | None = None
        for title in self.tags("title"):
            around = title.getparent()
            place = "head" if around is None else around.tag
            if place == "head" or (not found and place in {"html", "body"}):
                found = text_of(title) or found or ""
        return found
