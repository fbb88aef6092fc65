"""The words of a comment: of the element that holds them, or what is left when its frame is taken away."""

from __future__ import annotations

from collections.abc import Iterator

from lxml.html import HtmlElement

from archiver import content
from archiver.engines import _words
from archiver.engines._comment_parts import BLOCKS, Parts, is_service_link
from archiver.engines._comment_roles import NONE, is_tool, role
from archiver.engines._comment_when import own_link
from archiver.engines._comment_who import has_date, says_so
from archiver.engines.dom import SKIPPED, ancestors, text_of
from archiver.model import Content
from archiver.text import squeeze

_TOOLS = ("div", "section", "footer", "ul", "form", "p", "span")
_LISTS = frozenset({"ul", "ol", "dl"})
_HOLDERS = _LISTS | {"table"}
_FRAMES = frozenset(
    {"form", "cite", "time", "footer", "header", "small", "button", "h3", "h4", "h5", "h6", "label", "img"}
)


def content_of(parts: Parts) -> Content:
    """The comment's words; of a ping its excerpt, where the page shows one."""
    apart = [*parts.node.inner, *parts.added] if parts.node.inner or parts.added else []
    base = parts.dom.base
    if parts.body is not None:
        body = parts.body
        apart += [e for _, e in parts.dates if e is not body and parts.in_body(e)]  # words have no classes
        apart += [e for e in body.iter(*_TOOLS) if e is not body and is_tool(e.get("class") or "")]
        inside = [e for e in apart if e is not body and parts.dom.inside(e, body)] if apart else []
        if parts.node.ping and parts.name is not None and text_of(parts.name) == text_of(body):  # its title alone
            return content.from_html("", base)
        return _words.of_element(body, base, inside)
    return _rest(parts, apart)


def _rest(parts: Parts, apart: list[HtmlElement]) -> Content:
    """What of a comment is neither its frame nor another comment."""
    node, dom = parts.node, parts.dom
    own = node.own()
    blocks = _blocks(parts, own)
    if blocks:
        holder = _loosely_held(parts, blocks)
        if holder is not None:
            return _words.of_element(holder, dom.base, [e for e in apart if dom.inside(e, holder)])
        inside = [e for e in apart if dom.inside(e, *blocks)] if apart else []
        plain = None if inside else _words.of_blocks(blocks, dom.base)
        return plain or content.from_html("".join(_words.outer_markup(e, inside) for e in blocks), dom.base)
    if node.ping:
        return content.from_html("", dom.base)
    found = content.from_html(_loose(parts, own, apart), dom.base)
    if found.text:
        return found
    return content.from_html("".join(map(_words.outer_markup, _in_frame(parts, own))), dom.base)


def _in_frame(parts: Parts, own: list[HtmlElement]) -> list[HtmlElement]:
    """Paragraphs in the frame itself that hold nothing of it, where there are no other words: some themes put all of a
    comment into what is called its author."""
    dom = parts.dom
    marks = [e for e in own if e.tag not in BLOCKS and (e is parts.name or e.tag == "img" or _is_frame(e))]
    marks = [e for e in marks if next(e.iter(*BLOCKS), None) is None]  # not the frame around it all
    blocks = [e for e in own if e.tag in BLOCKS and e is not parts.name and not any(dom.inside(m, e) for m in marks)]
    around = _around_inner(parts)
    blocks = [e for e in blocks if e not in around]
    return [e for e in blocks if not any(dom.inside(e, other) for other in blocks if other is not e)]


def _around_inner(parts: Parts) -> set[HtmlElement]:
    """The elements of a comment in which other comments lie: lists of replies, and frames around all of it."""
    top = parts.node.element
    found: set[HtmlElement] = set()
    for inner in parts.node.inner:
        for up in ancestors(inner):
            if up is top or up in found:
                break
            found.add(up)
    return found


def blocks_of(parts: Parts) -> list[HtmlElement]:
    """The paragraphs, lists and so on that are the words of a comment without an element for them."""
    return _blocks(parts, parts.node.own())


def _blocks(parts: Parts, own: list[HtmlElement]) -> list[HtmlElement]:
    """The paragraphs, lists and so on that stand outside the frame of a comment."""
    node, dom, name = parts.node, parts.dom, parts.name
    order, dropped, end = dom.order, frozenset(parts.added), -1
    replies = {up for inner in node.inner for up in _lists_around(inner, node.element)}
    blocks: list[HtmlElement] = []
    for element in own:
        if order[element] <= end or element is node.element:
            continue
        if element.tag in _HOLDERS and name is not None and element is not name and dom.inside(name, element):
            continue  # the theme's: the frame stands in it, beside the words
        if element is name or element in dropped or _is_frame(element):
            end = dom.last(element)
        elif element.tag in BLOCKS and element not in replies:
            end = dom.last(element)
            if element.tag != "figure" or not _is_avatar(element):
                blocks.append(element)
    if name is not None and len(blocks) > 1:
        blocks = [e for e in blocks if not (dom.inside(name, e) and says_so(e, name))]
    own_line = own_link(parts) if len(blocks) > 1 else None
    if own_line is not None:  # "#1 by X on May 5, 2020", "Comment by X — May 5, 2020"
        blocks = [e for e in blocks if e.tag != "p" or not dom.inside(own_line, e)] or blocks
    if node.ping and name is not None:  # "Pingback: Title" is a paragraph in some themes
        blocks = [e for e in blocks if not dom.inside(name, e)]
    return blocks


def _loosely_held(parts: Parts, blocks: list[HtmlElement]) -> HtmlElement | None:
    """The element around all blocks that holds words beside them, and nothing of the frame: themes print comments as
    they were typed, where a quotation alone has an element."""
    node, holder = parts.node, blocks[0].getparent()
    if holder is None or holder is node.element or any(e.getparent() is not holder for e in blocks[1:]):
        return None
    if any(e.tag == "p" for e in blocks):  # made by WordPress, so that what is loose is the theme's
        return None
    loose = [squeeze(text) for text in (holder.text, *(e.tail for e in holder)) if text and not text.isspace()]
    if not loose or any(map(has_date, loose)) or _is_frame(holder) or holder in _around_inner(parts):
        return None
    apart = (e for e in holder.iterdescendants("*") if e is parts.name or _is_frame(e))
    return holder if next(apart, None) is None else None


def _is_avatar(figure: HtmlElement) -> bool:
    """Whether a figure shows the commenter's picture and nothing else."""
    shown = figure.iter("img")
    return not text_of(figure) and all(role(image.get("class") or "") is not None for image in shown)


def _lists_around(inner: HtmlElement, holder: HtmlElement) -> Iterator[HtmlElement]:
    """The lists around a comment that stands in another: lists of replies, not words."""
    for up in ancestors(inner):
        if up is holder:
            return
        if up.tag in _LISTS:
            yield up


def _is_frame(element: HtmlElement) -> bool:
    tag = element.tag
    if tag in _FRAMES or tag in SKIPPED or (tag == "a" and is_service_link(element)):
        return True
    found = role(element.get("class") or "")
    return found is not None and (found.frame or found.added or found.name < NONE or found.date < NONE)


def _loose(parts: Parts, own: list[HtmlElement], apart: list[HtmlElement]) -> str:
    """The longest text of an element that holds nothing of the frame; all that is outside it, if there is none."""
    node, order, name = parts.node, parts.dom.order, parts.name
    framed = parts.dom.region(*apart, *(e for e in own if e is not node.element and (e is name or _is_frame(e))))
    places = [order[e] for e in own if e in framed]
    around = _around_inner(parts)
    best, most, end = None, 0, -1
    for element in own:
        start, last = parts.dom.span(element)
        if start <= end or element is node.element or element in around or element in framed:
            continue
        if any(start <= n <= last for n in places):
            continue
        end = last
        length = len(text_of(element))
        if length > most:
            best, most = element, length
    if best is not None:
        return _words.outer_markup(best)
    return _words.markup(node.element, [e for e in own if e in framed] + node.inner)
