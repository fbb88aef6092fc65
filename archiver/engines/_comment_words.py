"""The words of a comment: of the element that holds them, or what is left when its frame is taken away."""

from __future__ import annotations

from lxml.html import HtmlElement

from archiver import content
from archiver.engines import _words
from archiver.engines._comment_parts import BLOCKS, Parts, is_service_link
from archiver.engines._comment_roles import NONE, role
from archiver.engines.dom import SKIPPED, Region, text_of
from archiver.model import Content

_FRAMES = frozenset(
    {"form", "cite", "time", "footer", "header", "small", "button", "h3", "h4", "h5", "h6", "label", "img"}
)


def content_of(parts: Parts) -> Content:
    """The comment's words; of a ping its excerpt, where the page shows one."""
    apart = [*parts.node.inner, *parts.added] if parts.node.inner or parts.added else []
    base = parts.dom.base
    if parts.body is not None:
        body = parts.body
        inside = [e for e in apart if e is not body and parts.dom.inside(e, body)] if apart else []
        return _words.of_element(body, base, inside)
    return content.from_html(_rest(parts, apart), base)


def _rest(parts: Parts, apart: list[HtmlElement]) -> str:
    """The markup of a comment that is neither its frame nor another comment."""
    node, dom, name = parts.node, parts.dom, parts.name
    own = list(node.own())
    framed = dom.region(*apart, *(e for e in own if e is not node.element and (e is name or _is_frame(e))))
    blocks: list[HtmlElement] = []
    for element in own:
        if element.tag in BLOCKS and element not in framed and not (blocks and dom.inside(element, blocks[-1])):
            blocks.append(element)
    if node.ping:  # "Pingback: Title" is a paragraph in some themes
        blocks = [e for e in blocks if name is None or not dom.inside(name, e)]
    if blocks:
        return "".join(_words.outer_markup(e, [i for i in apart if dom.inside(i, e)]) for e in blocks)
    return "" if node.ping else _loose(parts, own, framed)


def _is_frame(element: HtmlElement) -> bool:
    tag = element.tag
    if tag in _FRAMES or tag in SKIPPED or (tag == "a" and is_service_link(element)):
        return True
    found = role(element.get("class") or "")
    return found is not None and (found.frame or found.added or found.name < NONE or found.date < NONE)


def _loose(parts: Parts, own: list[HtmlElement], framed: Region) -> str:
    """The longest text of an element that holds nothing of the frame; all that is outside it, if there is none."""
    node, order = parts.node, parts.dom.order
    places = [order[e] for e in own if e in framed]
    best, most, end = None, 0, -1
    for element in own:
        start, last = parts.dom.span(element)
        if start <= end or element is node.element or element in framed or any(start <= n <= last for n in places):
            continue
        end = last
        length = len(text_of(element))
        if length > most:
            best, most = element, length
    if best is not None:
        return _words.outer_markup(best)
    return _words.markup(node.element, [e for e in own if e in framed] + node.inner)
