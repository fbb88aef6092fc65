"""The elements of one comment that matter, sorted by what they are, and where its words stand."""

from __future__ import annotations

from dataclasses import dataclass, field

from lxml.html import HtmlElement

from archiver.engines._comment_roles import NONE, Role, role
from archiver.engines._thread_nodes import Node, Owners
from archiver.engines.dom import Dom, text_of
from archiver.engines.wordpress_urls import comment_id

BLOCKS = frozenset({"p", "blockquote", "ul", "ol", "pre", "table", "figure", "dl"})
_BY_TAG = (
    *(("a", "links"), ("time", "times"), ("abbr", "times"), ("cite", "cites")),
    *((heading, "headings") for heading in ("h2", "h3", "h4", "h5", "h6")),
)

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
    avatar: str | None = None
    waiting: bool = False
    can_reply: bool = False
    body: HtmlElement | None = None
    name: HtmlElement | None = None

    def in_body(self, element: HtmlElement) -> bool:
        """Whether an element is among the words."""
        return self.body is not None and self.dom.inside(element, self.body)

    def with_property(self, *names: str) -> list[HtmlElement]:
        """Elements that microdata names so."""
        return [e for e in self.properties if (e.get("itemprop") or "") in names]


def sort_out(nodes: list[Node], dom: Dom) -> list[Parts]:
    """Hand the page's elements to the comments that they belong to, sorted by what they are."""
    owners = Owners(dom, nodes)
    by_node = {node: Parts(node, dom) for node in nodes}
    for classes, elements in dom.by_classes.items():
        found = role(classes)
        if found is not None:
            for element in elements:
                node = owners.of(element)
                if node is not None and element is not node.element:
                    _sort(by_node[node], element, found)
    for tag, kind in _BY_TAG:
        for element in dom.tags(tag):
            node = owners.of(element)
            if node is not None:
                getattr(by_node[node], kind).append(element)
    for element in dom.root.iterfind(".//*[@itemprop]"):
        node = owners.of(element)
        if node is not None:
            by_node[node].properties.append(element)
    for parts in by_node.values():
        parts.body = _find_body(parts)
    return list(by_node.values())


def _sort(parts: Parts, element: HtmlElement, found: Role) -> None:
    if found.words < NONE:
        parts.words.append((found.words, element))
    if found.name < NONE:
        parts.names.append((found.name, element))
    if found.date < NONE:
        parts.dates.append((found.date, element))
    if found.added:
        parts.added.append(element)
    if element.tag == "img" and parts.avatar is None:
        parts.avatar = element.get("src")
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
    found = [*ranked(parts.words, parts.dom), *parts.with_property("text", "commentText", "reviewBody")]
    best = next((element for element in found if not _holds_frame(parts, element)), None)
    if best is None or len(found) == 1:
        return best
    for element in found:
        if element is not best and parts.dom.inside(element, best) and _covers(parts.dom, element, best):
            best = element
    return best


def _holds_frame(parts: Parts, body: HtmlElement) -> bool:
    """Whether the comment's own name or date stands in an element, before any words."""
    order = parts.dom.order
    start, marks = order[body], [*(e for _, e in parts.names), *parts.times]
    if all(order[mark] < start for mark in marks):
        return False
    end = parts.dom.last(body)
    inside = [mark for mark in marks if start < order[mark] <= end]
    if not inside:
        return False
    first = next((e for e in body.iter("p", "blockquote") if text_of(e)), None)
    return any((first is None or order[mark] < order[first]) and text_of(mark) for mark in inside)


def _covers(dom: Dom, inner: HtmlElement, outer: HtmlElement) -> bool:
    """Whether all paragraphs of an element are in one inside it."""
    return all(dom.inside(p, inner) for p in outer.iter("p", "blockquote", "pre", "ul", "ol") if text_of(p))
