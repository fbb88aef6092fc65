"""Which elements of a page are comments, and which elements belong to which comment.

A comment is an element with an id of the `comment-123` family, or one with the classes that WordPress
puts on comments (`comment` or `pingback`, with `depth-N`, `even`, `odd`), or an item in a list of pings.
Themes put shell in shell: the outermost element of an id is the comment, and what lies inside, up to
the next comment, is its own.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from itertools import islice, repeat
from operator import itemgetter
from typing import NamedTuple, TypeVar

from lxml.html import HtmlElement

from archiver.engines._comment_roles import NONE, PINGS, Marks, marks, role
from archiver.engines.dom import Dom, Region, ancestors, split, tokens
from archiver.engines.wordpress_urls import comment_id
from archiver.model import Note, ParentSource
from archiver.urls import query_value

T = TypeVar("T")

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
_FOR_PINGS = re.compile(r"/(?:trackback|feed)/?$|[?&](?:tb=1|feed=)")
_SHELLS = frozenset({"li", "div", "article", "section", "dt", "dd", "p", "td", "tr", "blockquote", "table"})
_ANCHORS = frozenset({"a", "span"})
_CELLS = frozenset({"td", "tr", "tbody", "table"})
_LISTS = frozenset({"ul", "ol", "dl"})
_MICRODATA = re.compile(r"schema\.org/(?:User)?Comments?$")


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


@dataclass(slots=True, eq=False)
class Node:
    """A comment's element with what its markup says of its place.

    more: elements behind it that go on with it. holder: the comment that it lies in; in_words: in that
    one's words. twin: the comment of the same id that came before. inner: the elements of comments in it.
    """

    element: HtmlElement
    native_id: str | None
    ping: str | None
    holder: Node | None
    in_words: bool = False
    twin: Node | None = None
    classes: set[str] = field(default_factory=set)
    more: list[HtmlElement] = field(default_factory=list)
    inner: list[HtmlElement] = field(default_factory=list)
    stated_depth: int | None = None
    place: frozenset[str] = frozenset()
    marked: bool = False
    answers: str | None = None
    parent: Node | None = None
    source: ParentSource = ParentSource.UNKNOWN
    depth: int | None = None
    owned: Owned | None = None

    def adopt(self, start: Start) -> None:
        """Take in what an element of this comment says."""
        self.classes.update(start.tokens)
        self.native_id = self.native_id or start.native_id
        self.answers = self.answers or start.answers
        self.ping = self.ping or start.ping
        if start.marks:
            if start.marks.ping and start.marks.place and not self.place:  # WordPress's own word, not the theme's
                self.ping = start.marks.ping
            self.marked = True
            self.place = self.place or start.marks.place
            self.stated_depth = start.marks.depth if self.stated_depth is None else self.stated_depth

    def own(self) -> list[HtmlElement]:
        """Its elements in document order, without those of the comments in it."""
        return self.owned.of(self) if self.owned else []


class Owned:
    """The elements of each comment: of the comments around an element the innermost has it.

    It knows comments by their first elements and keeps none of them: they keep it, and the page's tree would stay in
    memory until the collector finds the circle.
    """

    def __init__(self, dom: Dom, nodes: list[Node]) -> None:
        self._dom = dom
        self._first = [(e, node.element) for node in nodes for e in (node.element, *node.more)]
        self._lists: dict[HtmlElement, list[HtmlElement]] = {}
        self.count = len(nodes)
        """How many comments they were told apart for."""

    def of(self, node: Node) -> list[HtmlElement]:
        """The elements of a comment in document order."""
        found = self._lists.get(node.element)
        if found is None:
            found = self._lists[node.element] = [
                element
                for start, end in sorted(map(self._dom.span, (node.element, *node.more)))
                for element in self._between(node.element, start, end)
            ]
        return found

    @cached_property
    def kinds(self) -> dict[HtmlElement, str]:
        """What comments are called by the first word of a <cite> that goes on with an element: "Pingback by …"."""
        said = [(cite, (cite.text or "").lower().split()) for cite in self._dom.tags("cite") if len(cite)]
        found: dict[HtmlElement, str] = {}
        if any(len(words) > 1 and words[0] in PINGS for _, words in said):  # of themes for version 1 only
            for cite, words in said:
                first = self._at[self._dom.order[cite]]
                if first is not None:
                    found.setdefault(first, words[0] if len(words) > 1 else "")
        return found

    def _between(self, first: HtmlElement, start: int, end: int) -> Iterator[HtmlElement]:
        order, at, last = self._dom.nodes, self._at, self._dom.last
        place = start
        while place <= end:
            element = order[place]
            if at[place] is not first:
                place = last(element) + 1  # all of another comment, and of the comments in that
                continue
            if isinstance(element.tag, str):
                yield element
            place += 1

    @cached_property
    def _at(self) -> list[HtmlElement | None]:
        """For each place in the document the first element of the comment that has it."""
        return spread(self._dom, self._first)


def spread(dom: Dom, holders: Iterable[tuple[HtmlElement, T]]) -> list[T | None]:
    """For each place in the document what stands for it: what came with the innermost of these elements around it."""
    found: list[T | None] = [None] * len(dom.order)
    line: list[tuple[int, T | None]] = [(len(found), None)]  # the elements that we are in, with their ends
    place = 0
    for start, end, value in sorted(((*dom.span(element), value) for element, value in holders), key=itemgetter(0)):
        while line[-1][0] < start:
            last, inner = line.pop()
            found[place : last + 1] = repeat(inner, last + 1 - place)
            place = last + 1
        found[place:start] = repeat(line[-1][1], start - place)
        place = start
        line.append((end, value))
    for last, inner in reversed(line[1:]):
        found[place : last + 1] = repeat(inner, last + 1 - place)
        place = last + 1
    return found


def find(dom: Dom, outside: Region) -> tuple[list[Node], list[Note]]:
    """The comments of a page in document order, with what is odd about them."""
    found, notes = _found(dom, _starts(dom).values(), outside)
    return (found, notes) if found else _found(dom, _stated(dom), outside)


def _found(dom: Dom, starts: Iterable[Start], outside: Region) -> tuple[list[Node], list[Note]]:
    growth = _Growth(dom, {start.element: start for start in starts if start.element not in outside})
    growth.grow()
    owned = Owned(dom, growth.nodes)
    for node in growth.nodes:
        node.owned = owned
        if node.native_id is None:
            node.native_id = _linked_id(node, growth.by_native)
    return [node for node in growth.nodes if _is_comment(node)], growth.notes


# -- where comments may begin -----------------------------------------------------------------------


def _starts(dom: Dom) -> dict[HtmlElement, Start]:
    found: dict[HtmlElement, Start] = {}
    for id_, element in [*dom.by_id.items(), *dom.repeated_ids]:
        if id_[-1:].isdigit() and (ids := _ids(id_)):
            _add(found, _promoted(element), *ids)
    for classes, elements in dom.by_classes.items():
        if marks(classes):
            for element in elements:
                if element not in found:
                    _add(found, element)
    if not found:
        _add_rarer(found, dom)
    for element in _ping_items(dom):
        known = found.get(element) or Start(element, tokens(element))
        is_bare = element not in found and next(element.iter("a"), None) is not None  # else: "No trackbacks yet"
        if "comment" not in known.tokens or is_bare:
            found[element] = known._replace(ping=known.ping or "pingback")
    return found


def _add_rarer(found: dict[HtmlElement, Start], dom: Dom) -> None:
    """Comments of themes older than ids (`<a name="comment-5">`)."""
    for element in dom.tags("a"):
        if ids := _ids(element.get("name") or ""):
            _add(found, _promoted(element), *ids)


def _stated(dom: Dom) -> Iterator[Start]:
    """Comments that microdata alone tells."""
    for element in dom.root.iterfind(".//*[@itemtype]"):
        if _MICRODATA.search(element.get("itemtype") or "") and element.tag in _SHELLS:
            yield Start(element, tokens(element), None, Marks(frozenset(), None, None))


def _add(
    found: dict[HtmlElement, Start], element: HtmlElement, native: str | None = None, answers: str | None = None
) -> None:
    if element in found or element.tag not in _SHELLS:
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


def _promoted(element: HtmlElement) -> HtmlElement:
    """The element that an empty anchor with a comment's id stands in."""
    if element.tag not in _ANCHORS:
        return element
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


def _anchors(elements: Iterable[HtmlElement]) -> int:
    """How many of these are anchors with a comment's id, counted up to two."""
    found = (e for e in elements if e.tag in _ANCHORS and _ids(e.get("id") or e.get("name") or ""))
    return sum(1 for _ in islice(found, 2))


def _ping_items(dom: Dom) -> Iterator[HtmlElement]:
    """The items of lists of pings, which often have neither ids nor classes."""
    yield from (item for item in dom.matching(_PING_ITEM) if item.tag == "li" and _leads_away(item))
    named = (e for id_, e in dom.by_id.items() if not id_[-1].isdigit() and _PING_LIST.match(id_.lower()))
    for element in [*dom.matching(_PING_LIST), *named, *_titled_lists(dom)]:
        for holder in [element] if element.tag in _LISTS else element.iterchildren(*_LISTS):
            yield from (item for item in holder if item.tag == "li")


def _leads_away(item: HtmlElement) -> bool:
    """Whether the first link of an item leads to another site, as WordPress marks those of pings."""
    link = next(item.iter("a"), None)
    return link is not None and "external" in (link.get("rel") or "")


def _titled_lists(dom: Dom) -> Iterator[HtmlElement]:
    """Lists below a heading "Trackbacks/Pingbacks"."""
    for heading in dom.tags("h2", "h3", "h4", "h5"):
        following = heading.getnext()
        if following is not None and following.tag in _LISTS and _PING_TITLE.match(heading.text_content().strip()):
            yield following


# -- growing comments from their first elements -------------------------------------------------------


class _Growth:
    """One walk over the elements at which comments may begin, in document order."""

    def __init__(self, dom: Dom, starts: dict[HtmlElement, Start]) -> None:
        self.nodes: list[Node] = []
        self.notes: list[Note] = []
        self.by_native: dict[str, Node] = {}
        self._dom = dom
        self._starts = starts
        self._begun: dict[HtmlElement, Node] = {}

    def grow(self) -> None:
        order, last = self._dom.order, self._dom.last
        going_on = {dd for dt in self._starts if dt.tag == "dt" for dd in _definitions(dt)}
        line: list[tuple[int, Node]] = []  # the comments that we are in, with their ends
        for element in sorted({*self._starts, *going_on}, key=order.__getitem__):
            number = order[element]
            while line and line[-1][0] < number:
                line.pop()
            holder = line[-1][1] if line else None
            node = self._goes_on(element) if element in going_on else None
            if node is None and element in self._starts:
                start = self._starts[element]
                node = self._begin(start, holder)
            if node is not None:
                self._begun[element] = node
                if node is not holder:
                    line.append((last(element), node))

    def _goes_on(self, element: HtmlElement) -> Node | None:
        """The comment that a <dd> goes on with, where its <dt> began it."""
        before = element.getprevious()
        while before is not None and before not in self._begun:
            before = before.getprevious()
        node = self._begun[before] if before is not None else None
        start = self._starts.get(element)
        if node is None or (start and start.native_id not in {None, node.native_id}):
            return None
        if start:
            node.adopt(start)
        node.more.append(element)
        return node

    def _begin(self, start: Start, holder: Node | None) -> Node | None:
        """The comment that an element begins or belongs to."""
        if holder is not None and start.native_id is not None and start.native_id == holder.native_id:
            holder.adopt(start)
            return holder
        in_words = holder is not None and _in_words(start.element, holder)
        if holder is not None and self._is_shell(start, holder, in_words):
            holder.adopt(start)
            if holder.native_id:
                self.by_native.setdefault(holder.native_id, holder)
            return holder
        twin = self.by_native.get(start.native_id) if start.native_id else None
        if twin is not None:
            if holder is not None and in_words:
                return holder
            self.notes.append(Note(kind="comment_id_twice", detail=start.native_id or ""))
        node = Node(start.element, start.native_id, start.ping, holder, in_words=in_words, twin=twin)
        node.adopt(start)
        self.nodes.append(node)
        if holder is not None:
            holder.inner.append(start.element)
        if node.native_id and twin is None:
            self.by_native[node.native_id] = node
        return node

    def _is_shell(self, start: Start, holder: Node, in_words: bool) -> bool:
        """Whether an element inside a comment is a part of the same one."""
        if start.native_id and holder.native_id:
            # Words can quote a list of comments; a comment has links to itself.
            return in_words and start.marks is None and not self._is_linked(start.native_id)
        if start.marks is None and start.ping is None:
            return True
        if start.marks is not None and holder.marked and not _is_same_place(start.marks, holder):
            unplaced = not holder.place and holder.stated_depth is None  # a class of the theme's around WordPress's
            return unplaced and not any(_is_reply_list(up) for up in _between(start.element, holder.element))
        if start.element.tag != holder.element.tag:
            return True
        return not any(_is_reply_list(up) for up in _between(start.element, holder.element))

    def _is_linked(self, native: str) -> bool:
        """Whether the page links to a comment, as its own permalink and reply link do."""
        return native in self._linked

    @cached_property
    def _linked(self) -> set[str]:
        """The ids of the comments that the page links to."""
        found = set()
        for link in self._dom.tags("a"):
            href = link.get("href") or ""
            id_ = comment_id(href) or (query_value(href, "replytocom") if "replytocom=" in href else None)
            if id_:
                found.add(id_)
        return found


def _is_same_place(marks: Marks, holder: Node) -> bool:
    """Whether marks can be those of the comment around them; a theme that asks for them twice gets other halves."""
    if marks.depth is not None and holder.stated_depth is not None:
        return marks.depth == holder.stated_depth
    return marks.place == holder.place


def _between(element: HtmlElement, holder: HtmlElement) -> Iterator[HtmlElement]:
    for up in ancestors(element):
        if up is holder:
            return
        yield up


def _is_reply_list(element: HtmlElement) -> bool:
    part = role(element.get("class") or "")
    return element.tag in _LISTS or (part is not None and part.replies)


def _in_words(element: HtmlElement, holder: Node) -> bool:
    """Whether an element stands in what holds the words of a comment."""
    up, top = element.getparent(), holder.element  # a plain loop: asked of every reply
    while up is not None and up is not top:
        classes = up.get("class")
        part = role(classes) if classes else None
        if part is not None and part.words < NONE and up not in holder.more:
            return True
        up = up.getparent()
    return False


def _definitions(term: HtmlElement) -> Iterator[HtmlElement]:
    """The <dd> that follow a <dt>, up to the next one."""
    after = term.getnext()
    while after is not None and after.tag != "dt":
        if after.tag == "dd":
            yield after
        after = after.getnext()


def _linked_id(node: Node, taken: dict[str, Node]) -> str | None:
    """The id of a comment whose element has none: from its reply link or its permalink."""
    for element in node.own():
        if element.tag not in {"a", "button"}:
            continue
        href = element.get("href") or ""
        part = role(element.get("class") or "")
        replying = part is not None and part.reply_link
        found = element.get("data-commentid") or query_value(href, "replytocom") if replying else None
        found = found or (comment_id(href) if replying or _is_permalink(element) else None)
        if found and found.isdecimal() and found not in taken:
            taken[found] = node
            return found
    return None


def _is_permalink(element: HtmlElement) -> bool:
    if "bookmark" in (element.get("rel") or "") or next(element.iter("time"), None) is not None:
        return True
    near = (role(up.get("class") or "") for up in (element, element.getparent()) if up is not None)
    return any(part is not None and part.date < NONE for part in near)


def _invites_pings(node: Node) -> bool:
    """Whether an element that is called a trackback holds the address for them."""
    links = [element.get("href") or "" for element in node.own() if element.tag == "a"]
    return bool(links) and all(map(_FOR_PINGS.search, links))


def _is_comment(node: Node) -> bool:
    """Whether there is anything of a comment in an element."""
    if node.ping and node.native_id is None and not node.place and _invites_pings(node):
        return False
    if node.ping or not PINGS.isdisjoint(node.classes) or (node.native_id and node.marked):
        return True
    texts, is_stated = False, _MICRODATA.search(node.element.get("itemtype") or "") is not None
    for element in node.own():
        if is_stated and element.get("itemprop") in {"author", "creator"}:
            return True
        part = role(element.get("class") or "") if element is not node.element else None
        if element.tag == "cite" or (part is not None and part.name < NONE):
            return True
        texts = (
            texts
            or bool((element.text or "").strip())
            or (element is not node.element and bool((element.tail or "").strip()))
        )
    return texts and node.native_id is not None
