"""The elements of one comment that matter, sorted by what they are, and where its words stand."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from lxml.html import HtmlElement

from archiver.engines._comment_roles import NONE, Role, role
from archiver.engines._thread_nodes import Node, spread
from archiver.engines.dom import Dom, text_of
from archiver.engines.wordpress_urls import comment_id

BLOCKS = frozenset({"p", "blockquote", "ul", "ol", "pre", "table", "figure", "dl"})
_BY_TAG = {
    "a": "links",
    "img": "images",
    "time": "times",
    "abbr": "times",
    "cite": "cites",
    **dict.fromkeys(("h2", "h3", "h4", "h5", "h6"), "headings"),
}
_PART_ID = re.compile(r"^comment[-_]?(?P<part>author|body|content|text|date)[-_]?(?P<id>[0-9]+)$", re.IGNORECASE)
_BY_ID = {"author": "names", "date": "dates", **dict.fromkeys(("body", "content", "text"), "words")}

Ranked = list[tuple[int, HtmlElement]]
"""Elements with their ranks in the vocabulary, the surest 0."""


@dataclass(slots=True)
class Parts:
    """body: the element that holds the words alone, None where no element does. name: that of the name."""

    node: Node
    dom: Dom
    words: Ranked = field(default_factory=list)
    names: Ranked = field(default_factory=list)
    dates: Ranked = field(default_factory=list)
    links: list[HtmlElement] = field(default_factory=list)
    times: list[HtmlElement] = field(default_factory=list)  # <time> and <abbr>
    cites: list[HtmlElement] = field(default_factory=list)
    headings: list[HtmlElement] = field(default_factory=list)
    added: list[HtmlElement] = field(default_factory=list)
    properties: list[HtmlElement] = field(default_factory=list)
    images: list[HtmlElement] = field(default_factory=list)
    waiting: bool = False
    can_reply: bool = False
    body: HtmlElement | None = None
    name: HtmlElement | None = None
    called: str = ""  # the name
    _span: tuple[int, int] | None = None

    @property
    def avatar(self) -> str | None:
        """The URL of the first picture that is in the frame, not in the words."""
        return next((e.get("src") for e in self.images if role(e.get("class") or "") is not None), None)

    def in_body(self, element: HtmlElement) -> bool:
        """Whether an element is among the words."""
        if self.body is None:
            return False
        if self._span is None:
            self._span = self.dom.span(self.body)
        return self._span[0] <= self.dom.order[element] <= self._span[1]

    def with_property(self, *names: str) -> list[HtmlElement]:
        """Elements that microdata names so."""
        return [e for e in self.properties if (e.get("itemprop") or "") in names]


def sort_out(nodes: list[Node], dom: Dom) -> list[Parts]:
    """Hand the page's elements to the comments that they belong to, sorted by what they are."""
    made = [Parts(node, dom) for node in nodes]
    at = spread(dom, ((element, parts) for parts in made for element in (parts.node.element, *parts.node.more)))
    for classes, elements in dom.by_classes.items():
        found = role(classes)
        if found is not None and found.sorted_out:
            _hand_out(elements, found, at, dom.order)
    for element in dom.root.iter(*_BY_TAG):
        parts = at[dom.order[element]]
        if parts is not None:
            getattr(parts, _BY_TAG[element.tag]).append(element)
    for element in dom.properties:
        parts = at[dom.order[element]]
        if parts is not None:
            parts.properties.append(element)
    for element, id_ in _with_part_ids(dom):
        parts = at[dom.order[element]]
        if parts is not None and parts.node.native_id == id_["id"] and element is not parts.node.element:
            getattr(parts, _BY_ID[id_["part"].lower()]).append((NONE - 1, element))
    for parts in made:
        parts.body = _find_body(parts)
    return made


def _with_part_ids(dom: Dom) -> Iterator[tuple[HtmlElement, re.Match[str]]]:
    """Elements whose ids say what of which comment they are: `commentbody-7`, for scripts that quote it."""
    for id_, element in dom.by_id.items():
        if id_[-1:].isdigit() and (match := _PART_ID.match(id_)):
            yield element, match


def _hand_out(
    elements: list[HtmlElement], found: Role, at: list[Parts | None], order: Mapping[HtmlElement, int]
) -> None:
    """Give elements of one role to the comments that they stand in."""
    given = [(parts, element) for element in elements if (parts := at[order[element]]) is not None]
    given = [(parts, element) for parts, element in given if element is not parts.node.element]
    for rank, kind in ((found.words, "words"), (found.name, "names"), (found.date, "dates")):
        if rank < NONE:
            for parts, element in given:
                getattr(parts, kind).append((rank, element))
    if found.added:
        for parts, element in given:
            parts.added.append(element)
    if found.waiting or found.reply_link:
        for parts, _ in given:
            parts.waiting = parts.waiting or found.waiting
            parts.can_reply = parts.can_reply or found.reply_link


def ranked(found: Ranked, dom: Dom) -> list[HtmlElement]:
    """The elements, the surest first; of equals in document order."""
    if len(found) < 2:
        return [element for _, element in found]
    order = dom.order
    return [element for _, element in sorted(found, key=lambda pair: (pair[0], order[pair[1]]))]


def is_service_link(link: HtmlElement) -> bool:
    """Whether a link leads to a comment or a form, not to a person."""
    href = link.get("href") or ""
    if href[:1] == "#" or "replytocom=" in href or comment_id(href) is not None:
        return True
    found = role(link.get("class") or "")
    return found is not None and (found.reply_link or found.added)


def _find_body(parts: Parts) -> HtmlElement | None:
    """The element that holds the words alone; of several the surest, of a nest the innermost."""
    found = ranked(parts.words, parts.dom)
    if parts.properties:
        found += parts.with_property("text", "commentText", "reviewBody")
    if not found:
        return None
    order = parts.dom.order
    marks = [(order[e], e) for e in (*(e for _, e in parts.names), *parts.times)]
    best = next((element for element in found if not _holds_frame(parts.dom, element, marks)), None)
    if best is None or len(found) == 1:
        return best
    for element in found:
        if element is not best and parts.dom.inside(element, best) and _covers(parts.dom, element, best):
            best = element
    return best


def _holds_frame(dom: Dom, body: HtmlElement, marks: list[tuple[int, HtmlElement]]) -> bool:
    """Whether the comment's own name or date (marks, with their places) stands in an element, before any words."""
    start = dom.order[body]
    behind = [mark for mark in marks if mark[0] > start]
    if not behind:
        return False
    end = dom.last(body)
    inside = [mark for mark in behind if mark[0] <= end]
    if not inside:
        return False
    first = next((dom.order[e] for e in body.iter("p", "blockquote") if text_of(e)), None)
    return any((first is None or place < first) and text_of(mark) for place, mark in inside)


def _covers(dom: Dom, inner: HtmlElement, outer: HtmlElement) -> bool:
    """Whether all paragraphs of an element are in one inside it."""
    return all(dom.inside(p, inner) for p in outer.iter("p", "blockquote", "pre", "ul", "ol") if text_of(p))
