"""At which elements of a page comments may begin.

Where an element has an id of the `comment-123` family, or the classes that WordPress puts on comments (`comment` or
`pingback`, with `depth-N`, `even`, `odd`), or is an item in a list of pings.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import NamedTuple

from lxml.html import HtmlElement

from archiver.engines import _vocabulary as vocabulary
from archiver.engines._comment_roles import Marks, marks
from archiver.engines.dom import Dom, ancestors, split, tokens

_ID = re.compile(
    r"^(?P<prefix>(?:[a-z]+[-_])*?)(?:a?comment|comm|cmt)(?:[-_](?:item|id|no|nr|num|node|block|box|wrap|row|li|single))?"
    r"[-_]?(?P<id>[0-9]{1,18})(?:_(?P<parent>[0-9]{1,18}))?$",
    re.IGNORECASE | re.ASCII,
)
_OTHER_PREFIX = re.compile(
    r"form|repl|respon|like|edit|vote|rat|author|recent|widget|nav|link|count|quote|cancel|load|show|hide|toggle|anchor"
    r"|latest|popular|body|content|text|date|time|meta|avatar|child|report|share|delete|menu|button|input|label",
    re.IGNORECASE,
)
_PING_LIST = re.compile(r"^(?:ping|track)(?:back)?s?(?:[-_]?list)?$|^(?:ping|trackback)s?[-_](?:item|area|wrap)s?$")
_PING_ITEM = re.compile(r"[-_](?:pingback|trackback)$")  # a theme's own: `article-pingback`
_PING_TITLE = re.compile(
    r"(?:\d+\s+)?(?:track|ping)backs?(?:\s*(?:/|&|\+|,|and|und|et|e|y|en|och|og)\s*(?:track|ping)backs?)?\s*(?:\(\d+\)|:)?\Z",
    re.IGNORECASE,
)
_AVATAR = re.compile(r"avatar", re.IGNORECASE)
_WALKED = "#comment-##"
_LEVELS = 6  # between a comment's link to answer it and the element that holds all of it
_FEW, _LABEL = 3, 80  # elements, and characters, of what holds no more than a link to answer
_UNPLACED = Marks(frozenset(), None, None)
_SHELLS = frozenset({"li", "div", "article", "section", "dt", "dd", "p", "td", "tr", "blockquote", "table"})
_ANCHORS = frozenset({"a", "span"})
_CELLS = frozenset({"td", "tr", "tbody", "table"})
LISTS = frozenset({"ul", "ol", "dl"})
MICRODATA = re.compile(r"schema\.org/(?:User)?Comments?$")


class Start(NamedTuple):
    """An element at which a comment may begin, with its class tokens.

    answers: the id of the parent, `0` for none, where its own id says.
    """

    element: HtmlElement
    tokens: tuple[str, ...]
    native_id: str | None = None
    marks: Marks | None = None
    answers: str | None = None
    ping: str | None = None


def starts(dom: Dom) -> dict[HtmlElement, Start]:
    """By ids, classes and lists of pings."""
    found: dict[HtmlElement, Start] = {}
    for id_, element in [*dom.by_id.items(), *dom.repeated_ids]:
        if id_[-1:].isdigit() and (ids := _ids(id_)):
            _add(found, _promoted(element), *(_of_comment(ids, element, dom) if ids[1] else ids))
    for classes, elements in dom.by_classes.items():
        if marks(classes):
            for element in elements:
                if element not in found:
                    _add(found, element)
    for rarer in (_add_anchored, _add_walked, _add_answerable, _add_pictured):
        if not found:
            rarer(found, dom)
    for element in _ping_items(dom):
        known = found.get(element) or Start(element, tokens(element))
        is_bare = element not in found and next(element.iter("a"), None) is not None  # else: "No trackbacks yet"
        if "comment" not in known.tokens or is_bare:
            found[element] = known._replace(ping=known.ping or "pingback")
    return found


def _add_anchored(found: dict[HtmlElement, Start], dom: Dom) -> None:
    """Comments of themes older than ids (`<a name="comment-5">`)."""
    for element in dom.tags("a"):
        if ids := _ids(element.get("name") or ""):
            _add(found, _promoted(element), *ids)


def _add_walked(found: dict[HtmlElement, Start], dom: Dom) -> None:
    """Comments whose items a theme has made itself, by what WordPress writes behind each; replies stand before that."""
    for note in dom.notes:
        item = note.getprevious() if (note.text or "").strip() == _WALKED else None
        while item is not None and (not isinstance(item.tag, str) or item.tag in LISTS):
            item = item.getprevious()
        if item is not None and item.get("class") and _is_item(item, dom):
            found[item] = Start(item, tokens(item), None, _UNPLACED)


def _add_answerable(found: dict[HtmlElement, Start], dom: Dom) -> None:
    """Comments whose items a theme has made without WordPress's ids and classes: by the links to answer them, and the
    pictures of those who wrote. Those that cannot be answered are called as the others are."""
    links = [link for link in dom.classed("comment-reply-link") if (link.get("data-commentid") or "").isdecimal()]
    items = (next((up for up in islice(ancestors(link), _LEVELS) if has_avatar(up)), None) for link in links)
    called = Counter((item.tag, item.get("class")) for item in items if item is not None and _is_item(item, dom))
    if not called:
        return
    (tag, classes), _ = called.most_common(1)[0]  # pings have no pictures
    native: dict[HtmlElement, str] = {}
    for link in links:
        item = next((up for up in islice(ancestors(link), _LEVELS) if up.get("class") == classes), None)
        if item is not None and item not in native:
            native[item] = link.get("data-commentid") or ""
    holders = {up for item in native if (up := item.getparent()) is not None}  # others stand elsewhere by that name
    for item in dom.by_classes[classes]:
        if item.tag == tag and dom.inside(item, *holders):
            found[item] = Start(item, tokens(item), native.get(item), _UNPLACED)


def _add_pictured(found: dict[HtmlElement, Start], dom: Dom) -> None:
    """Comments of which nothing tells but where they stand, and the picture that WordPress prints of each commenter:
    those of one kind, side by side; one alone by its paragraph."""
    areas = [e for id_ in vocabulary.names("comment", "area_ids") if (e := dom.by_id.get(id_)) is not None]
    areas += dom.classed(*vocabulary.names("comment", "areas"))
    faces = [face for face in dom.classed("avatar") if face.tag == "img" and dom.inside(face, *areas)]
    faces = [face for face in faces if all(up.tag != "form" for up in ancestors(face))]
    if not faces:
        return
    stop = frozenset(areas)
    places = sorted(dom.order[face] for face in faces)
    items = [_item_of(face, places, stop, dom) for face in faces]
    for item in items:
        if item is not None and _is_item(item, dom):
            found[item] = Start(item, tokens(item), None, _UNPLACED)


def _item_of(face: HtmlElement, places: list[int], stop: frozenset[HtmlElement], dom: Dom) -> HtmlElement | None:
    """The outermost element with this face alone, where there are more; else the innermost with a paragraph.

    places: of all faces, in order.
    """
    item = None
    for up in ancestors(face):
        start, end = dom.span(up)
        if up in stop or bisect_right(places, end) - bisect_left(places, start) > 1:
            break
        item = up
        if len(places) == 1 and up.get("class") and next(up.iter("p"), None) is not None:
            break
    return item if item is not None and next(item.iter("p"), None) is not None else None


def _is_item(element: HtmlElement, dom: Dom) -> bool:
    """Whether an element may be a comment's: it has classes, and holds neither the post nor the form."""
    if element.tag not in _SHELLS or not element.get("class"):
        return False
    apart = [*dom.tags("h1"), *dom.classed("hentry", "type-post", "type-page", "comment-respond")]
    return not any(dom.inside(e, element) for e in apart)


def has_avatar(element: HtmlElement) -> bool:
    """Whether an element holds the picture of somebody."""
    images = element.iter("img")
    return any(_AVATAR.search(f"{image.get('class') or ''} {image.get('src') or ''}") for image in images)


def stated(dom: Dom) -> Iterator[Start]:
    """Comments that microdata alone tells."""
    for element in dom.root.iterfind(".//*[@itemtype]"):
        if MICRODATA.search(element.get("itemtype") or "") and element.tag in _SHELLS:
            yield Start(element, tokens(element), None, _UNPLACED)


def _add(
    found: dict[HtmlElement, Start], element: HtmlElement, native: str | None = None, answers: str | None = None
) -> None:
    if element in found or (element.tag not in _SHELLS and not (native and element.tag in LISTS)):
        return
    classes = element.get("class")
    if not classes:
        found[element] = Start(element, (), native, None, answers)
        return
    marked = marks(classes)
    found[element] = Start(element, split(classes), native, marked, answers, marked.ping if marked else None)


def _ids(id_: str) -> tuple[str, str | None] | None:
    """The comment's id in an element's id, and its parent's where that tells it (`wpd-comm-7_3`)."""
    match = _ID.match(id_)
    if match is None:
        return None
    prefix, native, parent = match.groups()
    if prefix and _OTHER_PREFIX.search(prefix):
        return None
    number = native.lstrip("0")
    return (number, parent) if number else None  # no comment is numbered 0: the theme asked outside of its list


def _of_comment(ids: tuple[str, str | None], element: HtmlElement, dom: Dom) -> tuple[str, str | None]:
    """Two numbers in an id are those of the comment and its parent; wpDiscuz 2 has the post's and the comment's, as the
    plain id within tells."""
    number, other = ids
    inner = dom.by_id.get(f"comment-{other}") if other else None
    swapped = inner is not None and f"comment-{number}" not in dom.by_id and dom.inside(inner, element)
    return (other, None) if other and swapped else ids


def _promoted(element: HtmlElement) -> HtmlElement:
    """The element that an empty anchor with a comment's id stands in."""
    if element.tag not in _ANCHORS:
        return _around_reply(element) if element.tag == "div" else element
    parent = element.getparent()
    if parent is None or len(element) or (element.text or "").strip():
        return element
    if _anchors(parent) != 1:
        return element
    while parent.tag in _CELLS:  # tables of 2004: name and words in rows of their own
        around = parent.getparent()
        if around is None or around.tag not in _CELLS or _anchors(around.iter(*_ANCHORS)) != 1:
            break
        parent = around
    return parent


def _around_reply(element: HtmlElement) -> HtmlElement:
    """All of a comment whose id stands on an element that holds its link to answer, and no words."""
    if len(element) > _FEW or next(element.iter("p"), None) is not None:  # nearly all: what holds the words, too
        return element
    if not any("replytocom=" in (link.get("href") or "") for link in element.iter("a")):
        return element
    if len(element.text_content()) > _LABEL:
        return element
    item = element
    for up in islice(ancestors(element), _LEVELS):
        if up.tag not in _SHELLS or _numbers(up) > 1:
            break
        item = up
    return item


def _numbers(element: HtmlElement) -> int:
    """How many ids of comments there are within an element, counted up to two."""
    return sum(1 for _ in islice((e for e in element.iter() if _ids(e.get("id") or "")), 2))


def _anchors(elements: Iterable[HtmlElement]) -> int:
    """How many of these are anchors with a comment's id, counted up to two."""
    found = (e for e in elements if e.tag in _ANCHORS and _ids(e.get("id") or e.get("name") or ""))
    return sum(1 for _ in islice(found, 2))


def _ping_items(dom: Dom) -> Iterator[HtmlElement]:
    """The items of lists of pings, which often have neither ids nor classes."""
    yield from (item for item in dom.matching(_PING_ITEM) if item.tag == "li" and _leads_away(item))
    named = (e for id_, e in dom.by_id.items() if not id_[-1].isdigit() and _PING_LIST.match(id_.lower()))
    for element in [*dom.matching(_PING_LIST), *named, *_titled_lists(dom)]:
        for holder in [element] if element.tag in LISTS else element.iterchildren(*LISTS):
            yield from (item for item in holder if item.tag == "li")


def _leads_away(item: HtmlElement) -> bool:
    """Whether the first link of an item leads to another site, as WordPress marks those of pings."""
    link = next(item.iter("a"), None)
    return link is not None and "external" in (link.get("rel") or "")


def _titled_lists(dom: Dom) -> Iterator[HtmlElement]:
    """Lists below a heading "Trackbacks/Pingbacks"."""
    for heading in dom.tags("h2", "h3", "h4", "h5"):
        following = heading.getnext()
        if following is not None and following.tag in LISTS and _PING_TITLE.match(heading.text_content().strip()):
            yield following
