"""Finding one's way in a page's tree: class tokens, ids, order, and what lies within what.

A `Dom` walks the tree once and answers from its index; class names are compared as whole tokens.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cached_property

from lxml.html import HtmlElement, tostring

from archiver.page import Page
from archiver.text import squeeze
from archiver.urls import absolute

SKIPPED = frozenset({"script", "style", "noscript", "template", "svg"})


def tokens(element: HtmlElement) -> list[str]:
    """The class tokens of an element, lower case."""
    return (element.get("class") or "").lower().split()


def text_of(element: HtmlElement) -> str:
    """All text within an element on one line, scripts and styles left out."""
    if not len(element):
        return squeeze(element.text or "")
    parts: list[str] = []
    stack: list[HtmlElement | str] = [element]
    while stack:
        node = stack.pop()
        if isinstance(node, str):
            parts.append(node)
            continue
        if not isinstance(node.tag, str) or node.tag in SKIPPED:
            continue
        if node.text:
            parts.append(node.text)
        for child in reversed(node):
            if child.tail:
                stack.append(child.tail)
            stack.append(child)
        if node.tag in {"br", "p", "div", "li", "td"}:
            parts.append(" ")
    return squeeze("".join(parts))


def inner_html(element: HtmlElement) -> str:
    """The markup inside an element."""
    return (element.text or "") + "".join(tostring(child, encoding="unicode") for child in element)


def ancestors(element: HtmlElement) -> Iterator[HtmlElement]:
    """The elements around an element, from the inside."""
    node = element.getparent()
    while node is not None:
        yield node
        node = node.getparent()


class Dom:
    """The index of a page."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.root = page.root
        self.by_id: dict[str, HtmlElement] = {}
        self.by_tag: dict[str, list[HtmlElement]] = {}
        self.by_token: dict[str, list[HtmlElement]] = {}
        self.order: dict[HtmlElement, int] = {}
        self._last: dict[HtmlElement, int] = {}
        for number, element in enumerate(self.root.iter()):
            tag = element.tag
            if not isinstance(tag, str):
                continue
            self.order[element] = number
            self.by_tag.setdefault(tag, []).append(element)
            id_ = element.get("id")
            if id_:
                self.by_id.setdefault(id_, element)
            classes = element.get("class")
            if classes:
                for token in set(classes.lower().split()):
                    self.by_token.setdefault(token, []).append(element)
        for element in reversed(self.order):
            last = self._last.setdefault(element, self.order[element])
            parent = element.getparent()
            if parent is not None:
                self._last[parent] = max(last, self._last.get(parent, 0))

    def inside(self, element: HtmlElement, *holders: HtmlElement) -> bool:
        """Whether an element is one of these, or lies within one."""
        number = self.order[element]
        return any(self.order[holder] <= number <= self._last[holder] for holder in holders)

    def matching(self, pattern: re.Pattern[str]) -> list[HtmlElement]:
        """Elements with a class token in which the pattern is found, in document order."""
        return self._ordered({e for token, found in self.by_token.items() if pattern.search(token) for e in found})

    def tags(self, *names: str) -> list[HtmlElement]:
        """Elements of these tags in document order."""
        if len(names) == 1:
            return self.by_tag.get(names[0], [])
        return self._ordered(element for name in names for element in self.by_tag.get(name, ()))

    def classed(self, *names: str) -> list[HtmlElement]:
        """Elements with any of these class tokens, in document order."""
        if len(names) == 1:
            return self.by_token.get(names[0], [])
        return self._ordered({element for name in names for element in self.by_token.get(name, ())})

    def _ordered(self, elements: Iterable[HtmlElement]) -> list[HtmlElement]:
        return sorted(elements, key=self.order.__getitem__)

    @cached_property
    def links(self) -> list[tuple[HtmlElement, str]]:
        """All a[href] with their absolute URLs, those that cannot be fetched left out."""
        found = []
        for element in self.by_tag.get("a", ()):
            href = element.get("href")
            url = absolute(href, self.base) if href else None
            if url:
                found.append((element, url))
        return found

    @cached_property
    def base(self) -> str:
        """The URL that relative links start from."""
        for element in self.by_tag.get("base", ()):
            href = element.get("href")
            if href:
                return absolute(href, self.page.url) or self.page.url
        return self.page.url

    @cached_property
    def body_tokens(self) -> list[str]:
        """The class tokens of <body>; WordPress states there what kind of page it is."""
        bodies = self.by_tag.get("body")
        return tokens(bodies[0]) if bodies else []

    def meta(self, name: str) -> str | None:
        """The content of a <meta name=…> or <meta property=…>."""
        for element in self.by_tag.get("meta", ()):
            if name in {element.get("name"), element.get("property")}:
                content = squeeze(element.get("content") or "")
                if content:
                    return content
        return None

    def head_links(self, rel: str) -> list[HtmlElement]:
        """<link> elements with this rel token."""
        return [link for link in self.by_tag.get("link", ()) if rel in (link.get("rel") or "").lower().split()]

    def canonical(self) -> str | None:
        """The page's own statement of its URL."""
        for link in self.head_links("canonical"):
            return absolute(link.get("href") or "", self.base)
        return None
