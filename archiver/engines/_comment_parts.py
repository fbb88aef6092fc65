"""The elements of one comment that matter, sorted by what they are, and where its words stand."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from lxml.html import HtmlElement

from archiver.engines import _vocabulary as vocabulary
from archiver.engines._comment_roles import FRAME, NONE, Role, role, sorting
from archiver.engines._thread_nodes import Node
from archiver.engines.dom import Dom, text_of, tokens
from archiver.engines.wordpress_urls import comment_id
from archiver.printed.spelling import folded

BLOCKS = frozenset({"p", "blockquote", "ul", "ol", "pre", "table", "figure", "dl"})
WORDS = ("text", "commentText", "reviewBody")  # as microdata calls them
_BY_TAG = {
    "a": "links",
    "img": "images",
    "time": "times",
    "abbr": "times",
    "cite": "cites",
    **dict.fromkeys(("h2", "h3", "h4", "h5", "h6"), "headings"),
}
_PART_ID = re.compile(r"^comment[-_]?(?P<part>author|body|content|text|date)[-_]?(?P<id>[0-9]+)$", re.IGNORECASE)
_OWN_PLACE = re.compile(r"#(?:c|cmt|comm|comment)[-_]?\d+$", re.IGNORECASE)
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


def sort_out(node: Node, dom: Dom, elements: Iterable[HtmlElement]) -> Parts:
    """The elements of a comment, sorted by what they are. elements: all that it has, in document order."""
    parts = Parts(node, dom)
    for element in elements:
        kind = _BY_TAG.get(element.tag)
        if kind is not None:
            getattr(parts, kind).append(element)
        classes = element.get("class")
        found = sorting(classes) if classes else None
        if found is not None and element is not node.element:
            _hand_out(parts, element, found)
        if dom.properties and element.get("itemprop") is not None:
            parts.properties.append(element)
        if element.get("id") is not None and element is not node.element:
            _note_id(parts, element)
    parts.body = _find_body(parts)
    return parts


def _note_id(parts: Parts, element: HtmlElement) -> None:
    """Note an element whose id says what of this comment it is: `commentbody-7`, for scripts that quote it."""
    id_ = element.get("id") or ""
    match = _PART_ID.match(id_) if id_[-1:].isdigit() else None
    if match and match["id"] == parts.node.native_id and parts.dom.by_id.get(id_) is element:
        getattr(parts, _BY_ID[match["part"].lower()]).append((NONE - 1, element))


def _hand_out(parts: Parts, element: HtmlElement, found: Role) -> None:
    """Note an element by its role."""
    if found.words < NONE:
        parts.words.append((found.words, element))
    if found.name < NONE:
        parts.names.append((found.name, element))
    if found.date < NONE:
        parts.dates.append((found.date, element))
    if found.added:
        parts.added.append(element)
    parts.waiting = parts.waiting or found.waiting
    parts.can_reply = parts.can_reply or found.reply_link


def ranked(found: Ranked, dom: Dom) -> list[HtmlElement]:
    """The elements, the surest first; of equals in document order."""
    if len(found) < 2:
        return [element for _, element in found]
    order = dom.order
    return [element for _, element in sorted(found, key=lambda pair: (pair[0], order[pair[1]]))]


def leads_to_service(href: str) -> bool:
    """Whether an address is that of a comment or a form, not a person's."""
    place = href.rfind("#")
    if place <= 0:
        return place == 0 or "replytocom=" in href
    return _OWN_PLACE.match(href, place) is not None or "replytocom=" in href or comment_id(href) is not None


def is_service_link(link: HtmlElement) -> bool:
    """Whether a link leads to a comment or a form, not to a person."""
    if leads_to_service(link.get("href") or ""):
        return True
    found = role(link.get("class") or "")
    return found is not None and (found.reply_link or found.added)


def _find_body(parts: Parts) -> HtmlElement | None:
    """The element that holds the words alone; of several the surest, of a nest the innermost."""
    found = ranked(parts.words, parts.dom)
    if parts.properties:
        found += parts.with_property(*WORDS)
    if not found:
        return None
    order = parts.dom.order
    marks = [(order[e], e) for e in (*(e for _, e in parts.names), *(e for _, e in parts.dates), *parts.times)]
    marks += [(order[e], e) for e in parts.cites if _is_said(e)]
    head = head_of_frame(parts)
    marks += [(order[head], head)] if head is not None else []
    best = next((element for element in found if not _holds_frame(parts.dom, element, marks)), None)
    if best is None or len(found) == 1:
        return best
    best = _longest_beside(found, best)
    for element in found:
        if element is not best and parts.dom.inside(element, best) and _covers(parts.dom, element, best):
            best = element
    return best


def head_of_frame(parts: Parts) -> HtmlElement | None:
    """The heading at the head of what is called the author, where all of the comment stands in that."""
    for rank, frame in parts.names if parts.headings else ():
        head = next((e for e in parts.headings if parts.dom.inside(e, frame)), None) if rank >= FRAME else None
        first = next((e for e in frame.iter("p", "blockquote") if text_of(e)), None) if head is not None else None
        if head is None or first is None or parts.dom.order[first] < parts.dom.order[head]:
            continue
        if (said := text_of(head)) and text_of(frame).startswith(said):
            return head
    return None


def _longest_beside(found: list[HtmlElement], best: HtmlElement) -> HtmlElement:
    """Of elements in one frame that are called by the same name the one with most words: the others hold a title."""
    called = {name for name in tokens(best) if (part := role(name)) is not None and part.words < NONE}
    beside = [e for e in found if e.getparent() is best.getparent() and not called.isdisjoint(tokens(e))]
    return max(beside, key=lambda e: len(text_of(e))) if len(beside) > 1 else best


def _is_said(cite: HtmlElement) -> bool:
    """Whether "says" stands behind a name, or with it: words can cite, too."""
    line = folded(f"{text_of(cite)} {cite.tail or ''}".strip()).strip(" :：,")
    return line.endswith(tuple(f" {phrase}" for phrase in vocabulary.phrases("people", "says")))


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
