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
from itertools import islice

from lxml.html import HtmlElement

from archiver import content
from archiver.engines import _post_furniture as around
from archiver.engines import _vocabulary as vocabulary
from archiver.engines import _words
from archiver.engines.dom import SKIPPED, Dom, Region, ancestors, near, text_of, tokens
from archiver.model import Content
from archiver.text import normal_name
from archiver.urls import last_segment

_BODY_NAME = re.compile(
    r"(?:post|entry|article|single|blog|story)[-_]*(?:main[-_]*)?(?:content|body|text|copy|summary)"
)
_INNER_NAME = re.compile(r"^(?:post|entry|article|story)[-_]*(?:content|body|text|copy)\Z")
_COMMENT_ID = re.compile(r"(?:li-|div-)?comment-\d+\Z", re.ASCII)
_PINGS = re.compile(r"\b(?:ping|trackback)(?:back)?s?[-_]?list\b", re.IGNORECASE)
_THREAD_NAME = re.compile(
    r"comments?[-_]*(?:block|area|list|wrap|wrapper|section|box|template|container|title|heading)?\Z"
)
_WHOLE = frozenset({"hentry", "type-post", "type-page"})
_OTHER_NAME = re.compile(r"meta|head|foot|wrap|area|title|thumb|image|nav|comment|widget|related|author|list|grid")
_HARD_IDS = ("respond", "commentform", "colophon", "secondary", "site-footer")
_HARD = ("site-footer", "widget-area", "wp-block-comments", "wp-block-post-comments", "wp-block-template-part")
_CALLED_WORDS = frozenset({"entry-content", "post-content", "article-content", "e-content"})
_THREAD_IDS = ("respond", "commentform", "comments")
_SOFT_IDS = frozenset({*_HARD_IDS, "comments", "sidebar", "footer"})
_END = frozenset({"footer", "nav", "aside"})
_OUTER = frozenset({"body", "html"})
_FRAMES = 3  # around a title, itself counted
_LABELS = 120  # characters: "12 comments", "Subscribe to …"
_FEW = 5  # words: no more than a label has
_TITLES = frozenset({"h1", "h2", "a", "span", "script", "style"})


@dataclass(frozen=True, slots=True)
class Body:
    """The words of a post. rest: nodes behind the element that belong to it. swallowed: nodes in it that do not."""

    element: HtmlElement
    region: Region
    rest: list[HtmlElement] = field(default_factory=list)
    swallowed: list[HtmlElement] = field(default_factory=list)

    def content(self, base_url: str, added: list[HtmlElement]) -> Content:
        """The words, without what was added to them."""
        dropped = frozenset((*added, *self.swallowed))
        if not self.rest:
            return _words.of_element(self.element, base_url, dropped)
        tail = escape(self.element.tail or "", quote=False)
        rest = (_words.whole_markup(node, dropped) for node in self.rest)
        return content.from_html(_words.markup(self.element, dropped) + tail + "".join(rest), base_url)


def find_body(dom: Dom, aside: Region, article: HtmlElement | None, thread: Sequence[int] = ()) -> Body | None:
    """The body of a page's post. aside: where it cannot be; article: the element around the post, where known.

    thread: the places of the comments, in order.
    """
    element = _element(dom, aside | _mere_threads(dom, thread, article), article)
    if element is None:
        return None
    body = _found(dom, element, thread)
    furniture = around.furniture(element, body.swallowed, _stated(dom))
    if body.swallowed:  # it is a frame around more than the words
        above = (node for node, begun in _theme_parts(dom, element) if not begun)
        furniture += [node for node in above if node not in furniture]
    if not furniture:
        return body
    # What the theme prints there may be the byline or the terms: it is in the element, and none of the words.
    region = body.region.without(dom.span(node) for node in furniture)
    return replace(body, swallowed=[*body.swallowed, *furniture], region=region)


def _stated(dom: Dom) -> str:
    """The page's <title>, normalised, where it is empty the only <h1> but that of a thread; and the address's words."""
    stated = normal_name(dom.stated_title or "")
    heads = [] if stated else [head for head in dom.tags("h1") if not _in_comment(head)]
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
    value = element.get("class") or ""
    others = (dom.order[other] for other in dom.by_classes.get(value, ()) if other is not element)
    return None if any(start < other < dom.order[marker] for other in others) else marker


# -- the element ----------------------------------------------------------------------------------


def _element(dom: Dom, aside: Region, article: HtmlElement | None) -> HtmlElement | None:
    for name in vocabulary.names("post", "body"):
        found = [e for e in dom.classed(name) if e.tag not in _OUTER and e not in aside and not _is_frame(dom, e)]
        found = [e for e in found if not _in_numbered(e)] if len(found) > 1 else found
        own = [e for e in found if article is not None and dom.inside(e, article)]
        found = own or found
        if found:  # to read all the words of a post takes a while, and most have but one
            return _inner_body(dom, found[0] if len(found) == 1 else max(found, key=lambda e: len(text_of(e))))
    for id_ in vocabulary.names("post", "body_ids"):
        element = dom.by_id.get(id_)
        if element is not None and element not in aside:
            return element
    for element in dom.properties:
        if "articleBody" in (element.get("itemprop") or "") and element not in aside:
            return element
    densest = _densest(dom, aside, article)
    plain = _plainly_called(dom, aside, article)
    if plain is not None and (densest is None or _is_rather(dom, plain, densest)):
        return plain
    return densest if densest is not None else _wordless(dom, aside, article)


def _mere_threads(dom: Dom, thread: Sequence[int], article: HtmlElement | None) -> Region:
    """Elements called as bodies that hold the comments, and no words before them; the article's can quote some."""
    named = dom.classed(*vocabulary.names("post", "body")) if thread else []
    named = [e for e in named if e.tag not in _OUTER and not (article is not None and dom.inside(e, article))]
    return dom.region(*(e for e in named if _begins_thread(dom, e, thread)))


def _begins_thread(dom: Dom, element: HtmlElement, thread: Sequence[int]) -> bool:
    start, end = dom.span(element)
    first = next((place for place in thread if start <= place <= end), None)
    if first is None or dom.nodes[first].tag == "form":
        return False
    said = 0
    for node in dom.nodes[start:first]:
        if isinstance(node.tag, str) and node.tag not in SKIPPED:
            said += len((node.text or "").strip())
            said += len((node.tail or "").strip()) if dom.last(node) < first else 0
        if said > _LABELS:
            return False
    # A post can begin with a list of comments that it quotes.
    said_so = (text_of(p) for p in element.iter("p") if not _in_comment(p))
    return not any(text and not any(map(str.isdigit, text)) for text in said_so)


def _inner_body(dom: Dom, element: HtmlElement) -> HtmlElement:
    """The element itself; where its name is that of the whole post, the part in it that is called the body."""
    if _WHOLE.isdisjoint(tokens(element)):
        return element
    named = [inner for inner in dom.matching(_INNER_NAME) if inner is not element and dom.inside(inner, element)]
    best = max(named, key=lambda inner: len(text_of(inner)), default=None)
    return best if best is not None and 2 * len(text_of(best)) > len(text_of(element)) else element


def _plainly_called(dom: Dom, aside: Region, article: HtmlElement | None) -> HtmlElement | None:
    """An element of the article that is called "content" or the like, without the title and the thread.

    Where nothing tells the article, one that follows the title, or the frame of that.
    """
    called = [e for e in dom.classed(*vocabulary.names("post", "body_plain")) if e not in aside and e.tag not in _OUTER]
    if article is not None:
        found = [e for e in called if e is not article and dom.inside(e, article)]
    else:
        behind = _behind_title(dom) if called else []
        found = [e for e in called if any(e is node for node in behind)]
    apart = [*dom.tags("h1"), *(dom.by_id[id_] for id_ in _HARD_IDS if id_ in dom.by_id)]
    found = [e for e in found if not _is_frame(dom, e) and not any(dom.inside(other, e) for other in apart)]
    return max(found, key=lambda e: len(text_of(e)), default=None)


def _behind_title(dom: Dom) -> list[HtmlElement]:
    """What stands on the same level as the title, or as one of the frames around that, and behind it."""
    stated = normal_name(dom.stated_title or "")
    heads = [head for head in dom.tags("h1") if (said := normal_name(text_of(head))) and stated.startswith(said)]
    frames = [heads[0], *islice(ancestors(heads[0]), _FRAMES - 1)] if len(heads) == 1 else []
    return [node for frame in frames if frame.tag not in _OUTER for node in frame.itersiblings()]


def _is_rather(dom: Dom, plain: HtmlElement, densest: HtmlElement) -> bool:
    """Whether what is called the content is it, and not where most paragraphs stand."""
    if densest is not plain and dom.inside(densest, plain) and _is_called_body(densest.get("class") or ""):
        return False
    return around.is_theme_part(densest) or len(text_of(plain)) * 2 > len(text_of(densest))


def _wordless(dom: Dom, aside: Region, article: HtmlElement | None) -> HtmlElement | None:
    """What may hold a body of pictures alone, or of few words: by a name that nobody has listed, or the article."""
    named = [e for classes, elements in dom.by_classes.items() if _is_called_body(classes) for e in elements]
    if article is not None:
        named += [article, *(e for e in dom.tags("article") if e is not article and dom.inside(e, article))]
    found = (e for e in sorted(named, key=dom.order.__getitem__) if _may_hold(dom, e, aside, article))
    element = next(found, None)
    inner = next((e for e in found if element is not None and dom.inside(e, element)), None)
    # A frame around the words and what stands behind them, with the title above.
    return inner if inner is not None and element is not None and _holds_more(dom, element, inner) else element


def _is_called_body(classes: str) -> bool:
    return any(_BODY_NAME.search(name) and not _OTHER_NAME.search(name) for name in classes.lower().split())


def _may_hold(dom: Dom, element: HtmlElement, aside: Region, article: HtmlElement | None) -> bool:
    if element in aside or element.tag in _OUTER or (article is not None and not dom.inside(element, article)):
        return False
    titled = any(dom.inside(heading, element) for heading in (dom.tags("h1") or dom.tags("h2"))[:1])
    return not titled and not _is_frame(dom, element) and not _in_comment(element)


def _holds_more(dom: Dom, outer: HtmlElement, inner: HtmlElement) -> bool:
    """Whether a form or list of comments, or ways to other posts, stand in one element and not in the other."""
    apart = [dom.by_id[id_] for id_ in _THREAD_IDS if id_ in dom.by_id]
    apart += dom.classed("post-navigation", "comment-respond")
    return any(dom.inside(e, outer) and not dom.inside(e, inner) for e in apart)


def _is_frame(dom: Dom, element: HtmlElement) -> bool:
    """Whether an element holds more than the words: the title, or the form for comments."""
    titles = (*vocabulary.names("post", "title")[:4], "comment-respond")
    if element.tag in {"article", "main"} and any(dom.inside(e, element) for e in dom.tags("h1")):
        return not _is_all(dom, element)
    inner = [e for e in dom.classed(*titles) if e is not element and dom.inside(e, element)]
    return any(e.tag in {"h1", "h2"} and _own_heading(e) for e in inner) and element.tag in {
        "article",
        "main",
        "section",
    }


def _is_all(dom: Dom, element: HtmlElement) -> bool:
    """Whether an article is called as its words are, and holds none that are called so, nor the thread."""
    if _CALLED_WORDS.isdisjoint(tokens(element)):
        return False
    inner = [e for e in dom.classed(*_CALLED_WORDS) if e is not element]
    inner += [dom.by_id[id_] for id_ in _HARD_IDS if id_ in dom.by_id]
    return not any(dom.inside(e, element) for e in inner)


def _own_heading(heading: HtmlElement) -> bool:
    return not any(True for _ in heading.iter("a"))


def _densest(dom: Dom, aside: Region, article: HtmlElement | None) -> HtmlElement | None:
    """The element with most text in paragraphs directly below it; None where there are hardly any."""
    weights: dict[HtmlElement, int] = {}
    for paragraph in dom.tags("p"):
        parent = paragraph.getparent()
        apart = paragraph in aside or (article is not None and not dom.inside(paragraph, article))
        if parent is not None and not apart and not _in_comment(paragraph):
            weights[parent] = weights.get(parent, 0) + len(text_of(paragraph))
    best = max(weights, key=lambda element: weights[element], default=None)
    return best if best is not None and weights[best] >= 80 and best.tag not in _OUTER else None


def _in_numbered(element: HtmlElement) -> bool:
    """Whether an element stands in a comment that WordPress numbers: themes call a comment's words as a post's."""
    return any(_COMMENT_ID.match(up.get("id") or "") for up in ancestors(element))


def _in_comment(element: HtmlElement) -> bool:
    return any(
        "comment" in name for up in ancestors(element) if up.tag != "body" for name in [*tokens(up), up.get("id") or ""]
    )


# -- a body that swallowed what stands behind it ----------------------------------------------------


def _swallowing(dom: Dom, element: HtmlElement, thread: Sequence[int] = ()) -> HtmlElement | None:
    """The first node in what holds words that does not belong there; None when all does. thread: comments in it."""
    hard = [_headed(dom.nodes[place]) for place in thread[:1]]
    hard += [dom.by_id[id_] for id_ in _HARD_IDS if id_ in dom.by_id and dom.inside(dom.by_id[id_], element)]
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
    none, and stand in a list that is called so."""
    lists = (up for place in places[:1] for up in near(dom.nodes[place], 2))
    if any(_PINGS.search(up.get("class") or "") for up in lists if up.tag in {"ol", "ul", "div"}):
        return True
    links = (link.get("href") or "" for place in places[:1] for link in dom.nodes[place].iter("a"))
    return any("#comment-" in href or "replytocom=" in href or href == "#respond" for href in links)


def _theme_parts(dom: Dom, element: HtmlElement) -> Iterator[tuple[HtmlElement, bool]]:
    """Parts of the theme in what holds words, down to the first behind them; whether words stand before each."""
    begun, end = bool((element.text or "").strip()), -1
    for node in element.iter("*"):
        if node is element or dom.order[node] <= end:
            continue
        if _is_end(node):
            yield node, begun
            if begun:
                return
            end = dom.last(node)  # a byline above the words
            begun = _runs(node.tail)
        elif node.tag not in _TITLES:
            begun = begun or _runs(node.text) or _runs(node.tail)


def _runs(text: str | None) -> bool:
    return len((text or "").split()) > _FEW


def _is_end(node: HtmlElement) -> bool:
    """Whether the words are at an end before an element."""
    after = vocabulary.name_set("post", "after")
    if node.tag in _END or node.get("id") in _SOFT_IDS or not after.isdisjoint(tokens(node)):
        return True
    return any(map(_THREAD_NAME.match, (*tokens(node), (node.get("id") or "").lower())))


def _is_marker(node: HtmlElement, element: HtmlElement) -> bool:
    """Whether a comment in the source says that a body ends there: `<!-- .entry-content -->`."""
    text = (node.text or "").strip().lower()
    if len(text) > 60:
        return False
    said = re.sub(r"^(?:/|end(?:\s+of)?|close|//|#)\s*", "", text).strip()
    names = {*tokens(element), (element.get("id") or "").lower()} - {"", "entry", "clear", "clearfix"}
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
    for _ in range(4):
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
        return True
    names = set(tokens(element))
    known = (
        vocabulary.name_set("post", "after")
        | vocabulary.name_set("comment", "areas")
        | vocabulary.name_set("post", "meta")
    )
    return not names.isdisjoint(known) or any("comment" in name for name in [*names, element.get("id") or ""])


def _closes_too_much(dom: Dom) -> bool:
    """Whether the page has more end tags of <div> than start tags."""
    source = dom.page.text.lower()
    return source.count("</div") > source.count("<div")
