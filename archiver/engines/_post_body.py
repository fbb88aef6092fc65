"""Where a post's words stand: the element that holds them, and where they begin and end in truth.

A stray `</div>` in what an author pasted closes the element early, and the rest of the words follow
it; one that is missing lets the element swallow what stands behind it: the footer, the comments, the
sidebar. Themes write `<!-- .entry-content -->` where they mean it to end.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from html import escape

from lxml.html import HtmlElement

from archiver import content
from archiver.engines import _post_furniture as around
from archiver.engines import _vocabulary as vocabulary
from archiver.engines import _words
from archiver.engines._body_element import HARD_IDS, find_element, in_comment, mere_threads
from archiver.engines.dom import SKIPPED, Dom, Region, near, text_of, tokens
from archiver.model import Content
from archiver.text import normal_name
from archiver.urls import last_segment

_PINGS = re.compile(r"\b(?:ping|trackback)(?:back)?s?[-_]?list\b", re.IGNORECASE)
_THREAD_NAME = re.compile(
    r"comments?[-_]*(?:block|area|list|wrap|wrapper|section|box|template|container|title|heading)?\Z"
)
_ABOUT_AUTHOR = re.compile(r"(?:^|[-_])author(?:$|[-_])")
_SHELLS = frozenset({"div", "section", "article"})
_HARD = ("site-footer", "widget-area", "wp-block-comments", "wp-block-post-comments", "wp-block-template-part")
_DEEP = 8  # levels: a stray </div> may close the frame of the whole page
_WALKED = "#comment-##"
_LISTING = "wp-block-latest-"  # blocks that authors put among their words
_SOFT_IDS = frozenset({*HARD_IDS, "comments", "sidebar", "footer"})
_END = frozenset({"footer", "nav", "aside"})
_OUTER = frozenset({"body", "html"})
_FEW = 5  # words: no more than a label has
_TITLES = frozenset({"h1", "h2", "a", "span", "script", "style"})


@dataclass(frozen=True, slots=True)
class Body:
    """The words of a post. rest: nodes behind the element that belong to it. swallowed: nodes in it that do not.

    ends: nodes in it behind which no text belongs to it.
    """

    element: HtmlElement
    region: Region
    rest: list[HtmlElement] = field(default_factory=list)
    swallowed: list[HtmlElement] = field(default_factory=list)
    ends: list[HtmlElement] = field(default_factory=list)

    def content(self, base_url: str, added: list[HtmlElement]) -> Content:
        """The words, without what was added to them."""
        dropped = frozenset((*added, *self.swallowed))
        if self.ends and not self.rest:
            return content.from_html(_words.markup_to(self.element, dropped, self.ends), base_url)
        if not self.rest:
            return _words.of_element(self.element, base_url, dropped)
        tail = escape(self.element.tail or "", quote=False)
        rest = (_words.whole_markup(node, dropped) for node in self.rest)
        return content.from_html(_words.markup(self.element, dropped) + tail + "".join(rest), base_url)


def find_body(dom: Dom, aside: Region, article: HtmlElement | None, thread: Sequence[int] = ()) -> Body | None:
    """The body of a page's post. aside: where it cannot be; article: the element around the post, where known.

    thread: the places of the comments, in order.
    """
    element = find_element(dom, aside | mere_threads(dom, thread, article), article)
    if element is None:
        return None
    body = _found(dom, element, thread)
    furniture = around.furniture(element, body.swallowed, _stated(dom))
    asked = around.sign_ups(element) if dom.tags("form") else []
    furniture += [e for e in asked if e not in furniture and 2 * len(text_of(e)) < len(text_of(element))]
    if body.swallowed:  # it is a frame around more than the words
        above = (node for node, begun in _theme_parts(dom, element) if not begun)
        furniture += [node for node in above if node not in furniture]
    last, line = around.loose_line(element, [*body.swallowed, *furniture])
    furniture += line
    if not furniture:
        return body
    # What the theme prints there may be the byline or the terms: it is in the element, and none of the words.
    region = body.region.without(dom.span(node) for node in furniture)
    ends = [last, *line] if last is not None else []
    return replace(body, swallowed=[*body.swallowed, *furniture], region=region, ends=ends)


def _stated(dom: Dom) -> str:
    """The page's <title>, normalised, where it is empty the only <h1> but that of a thread; and the address's words."""
    stated = normal_name(dom.stated_title or "")
    heads = [] if stated else [head for head in dom.tags("h1") if not in_comment(head)]
    stated = stated or (normal_name(text_of(heads[0])) if len(heads) == 1 else "")
    return f"{stated} | {last_segment(dom.page.url).replace('-', ' ')}"


def _found(dom: Dom, element: HtmlElement, thread: Sequence[int]) -> Body:
    """The body that an element holds, its true end looked for."""
    start, last = dom.span(element)
    inside = [place for place in thread if start < place <= last]
    plain = vocabulary.name_set("post", "body").isdisjoint(tokens(element))  # words can quote a list of comments
    shown = plain and len(inside) == len(thread) and _is_thread(dom, inside)
    marker = _marker(dom, element) if not shown else None
    if marker is not None and not any(last < place < dom.order[marker] for place in thread):
        rest = [node for node in _behind(element) if dom.order[node] < dom.order[marker]]
        rest = [node for node in rest if isinstance(node.tag, str) and node.tag not in SKIPPED]
        return _cut(dom, element, rest, marker)
    furniture = _swallowing(dom, element, inside if shown else ())
    if furniture is not None:
        return _cut(dom, element, [], furniture)
    rest = _rest(dom, element)
    furniture = next((found for node in rest if (found := _swallowing(dom, node)) is not None), None)
    if furniture is not None:
        return _cut(dom, element, [node for node in rest if dom.order[node] < dom.order[furniture]], furniture)
    end = max([last, *(dom.last(node) for node in rest)])
    return Body(element, Region(dom.order, [(start, end)]), rest=rest)


def _cut(dom: Dom, element: HtmlElement, rest: list[HtmlElement], end: HtmlElement) -> Body:
    """A body up to a node, which may be in it, in the rest, or behind both."""
    holder = next((node for node in (element, *rest) if dom.inside(end, node)), None)
    swallowed = [node for node in _from(end, holder) if isinstance(node.tag, str)] if holder is not None else []
    region = Region(dom.order, [(dom.order[element], dom.order[end] - 1)])
    return Body(element, region, rest=rest, swallowed=swallowed)


def _marker(dom: Dom, element: HtmlElement) -> HtmlElement | None:
    """The comment in the source at which a theme means its body to end."""
    start = dom.order[element]
    markers = (node for node in dom.notes if dom.order[node] > start and _is_marker(node, element))
    marker = next(markers, None)
    if marker is None:
        return None
    value, end = element.get("class") or "", dom.order[marker]
    others = (dom.order[other] for other in dom.by_classes.get(value, ()) if other is not element)
    if any(start < other < end for other in others):
        return None
    said = (marker.text or "").split()  # another behind it may have one of its classes, and the marker be that one's
    behind = dom.classed(*(name for name in tokens(element) if any(name in word for word in said)))
    return None if any(dom.last(element) < dom.order[other] < end for other in behind) else marker


# -- a body that swallowed what stands behind it ----------------------------------------------------


def _swallowing(dom: Dom, element: HtmlElement, thread: Sequence[int] = ()) -> HtmlElement | None:
    """The first node in what holds words that does not belong there; None when all does. thread: comments in it."""
    hard = [_headed(dom.nodes[place]) for place in thread[:1]]
    hard += [dom.by_id[id_] for id_ in HARD_IDS if id_ in dom.by_id and dom.inside(dom.by_id[id_], element)]
    hard += [e for e in dom.classed(*_HARD) if dom.inside(e, element)]
    if not hard:
        return None
    behind = [node for node, begun in _theme_parts(dom, element) if begun]
    return min([*hard, *behind], key=dom.order.__getitem__)


def _headed(comment: HtmlElement) -> HtmlElement:
    """The heading right above the list of a comment; the comment where there is none."""
    holder = next((up for up in near(comment, 2) if up.tag in {"ol", "ul"}), None)
    before = holder.getprevious() if holder is not None else None
    return before if before is not None and before.tag in {"h2", "h3", "h4", "h5"} else comment


def _is_thread(dom: Dom, places: Sequence[int]) -> bool:
    """Whether comments are the page's own, not quoted: they have links to themselves or to answer them; pings have
    none, and stand in a list that is called so. What WordPress writes behind each tells it, too."""
    lists = (up for place in places[:1] for up in near(dom.nodes[place], 2))
    if any(_PINGS.search(up.get("class") or "") for up in lists if up.tag in {"ol", "ul", "div"}):
        return True
    if places and any(dom.order[note] > places[0] and (note.text or "").strip() == _WALKED for note in dom.notes):
        return True
    links = (link.get("href") or "" for place in places[:1] for link in dom.nodes[place].iter("a"))
    return any("#comment-" in href or "replytocom=" in href or href == "#respond" for href in links)


def _theme_parts(dom: Dom, element: HtmlElement) -> Iterator[tuple[HtmlElement, bool]]:
    """Parts of the theme in what holds words, down to the first behind them; whether words stand before each."""
    begun, end = bool((element.text or "").strip()), -1
    for node in element.iter("*"):
        if node is element or dom.order[node] <= end:
            continue
        if any(name.startswith(_LISTING) for name in tokens(node)):
            begun, end = True, dom.last(node)
        elif _is_end(node):
            yield node, begun
            if begun:
                return
            end = dom.last(node)  # a byline above the words
            begun = _runs(node.tail)
        elif node.tag not in _TITLES and not _is_title(dom, node):
            begun = begun or _runs(node.text) or _runs(node.tail)


def _is_title(dom: Dom, node: HtmlElement) -> bool:
    """Whether a smaller heading repeats the page's <title>."""
    said = normal_name(text_of(node)) if node.tag in {"h3", "h4"} else ""
    return bool(said) and normal_name(dom.stated_title or "").startswith(said)


def _runs(text: str | None) -> bool:
    return len((text or "").split()) > _FEW


def _is_end(node: HtmlElement) -> bool:
    """Whether the words are at an end before an element."""
    after = vocabulary.name_set("post", "after")
    if node.tag in _END or node.get("id") in _SOFT_IDS or not after.isdisjoint(tokens(node)):
        return True
    names = (*tokens(node), (node.get("id") or "").lower())
    if node.tag in _SHELLS and any(map(_ABOUT_AUTHOR.search, names)):
        return any("avatar" in (image.get("class") or "") for image in node.iter("img"))
    return any(map(_THREAD_NAME.match, names))


def _is_marker(node: HtmlElement, element: HtmlElement) -> bool:
    """Whether a comment in the source says that a body ends there: `<!-- .entry-content -->`."""
    text = (node.text or "").strip().lower()
    if len(text) > 60:
        return False
    said = re.sub(r"^(?:/|end(?:\s+of)?|close|//|#)\s*", "", text).strip()
    id_ = (element.get("id") or "").lower()
    # "#page" is the frame around everything, while WordPress gives pages the class.
    names = {id_} if text.lstrip("/ ").startswith("#") else {*tokens(element), id_}
    names -= {"", "entry", "clear", "clearfix"}
    return said.lstrip("./#").removeprefix("div").lstrip(".# ") in names


def _from(node: HtmlElement, holder: HtmlElement) -> Iterator[HtmlElement]:
    """The nodes of an element from one of them on, those inside others left out."""
    while node is not holder:
        yield node
        yield from node.itersiblings()
        parent = node.getparent()
        if parent is holder or parent is None:
            return
        following = parent.getnext()
        while following is None:
            parent = parent.getparent()
            if parent is None or parent is holder:
                return
            following = parent.getnext()
        node = following


# -- a body that was cut short ------------------------------------------------------------------------


def _rest(dom: Dom, element: HtmlElement) -> list[HtmlElement]:
    """What follows a body and belongs to it."""
    following: list[HtmlElement] = []
    for node in _behind(element):
        if not isinstance(node.tag, str):
            continue
        if _is_furniture(node):
            break
        following.append(node)
    words = []
    for node in following:
        if node.tag not in around.BLOCKS or not all(around.PLAIN_CLASS.match(name) for name in tokens(node)):
            break
        words.append(node)
    if not words or not any(text_of(node) for node in words) or not _closes_too_much(dom):
        return []
    return words


def _behind(element: HtmlElement) -> Iterator[HtmlElement]:
    """The nodes that follow an element, at its own level and at the levels that a stray end tag has closed."""
    node = element
    for _ in range(_DEEP):
        yield from node.itersiblings()
        parent = node.getparent()
        if parent is None or parent.tag in _OUTER:
            return
        node = parent


def _is_furniture(element: HtmlElement) -> bool:
    """Whether an element is a part of the theme, not words."""
    if element.tag in {*_END, "header", "form", "main", "article", "section", "time"} or element.get("id") in _SOFT_IDS:
        return True
    if around.is_theme_part(element):
        return not _has_swallowed(element)
    names = set(tokens(element))
    known = (
        vocabulary.name_set("post", "after")
        | vocabulary.name_set("comment", "areas")
        | vocabulary.name_set("post", "meta")
    )
    return not names.isdisjoint(known) or any("comment" in name for name in [*names, element.get("id") or ""])


def _has_swallowed(element: HtmlElement) -> bool:
    """Whether a plain element begins with words and holds the form for comments: it was never closed."""
    begins = not element.attrib and bool((element.text or "").strip())
    return begins and any(inner.get("id") in HARD_IDS for inner in element.iter("*"))


def _closes_too_much(dom: Dom) -> bool:
    """Whether the page has more end tags of <div> than start tags."""
    source = dom.page.text.lower()
    return source.count("</div") > source.count("<div")
