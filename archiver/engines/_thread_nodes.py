"""Which elements of a page are comments, and which elements belong to which comment.

Themes put shell in shell: of the elements at which a comment may begin, the outermost of an id is the comment, and what
lies inside, up to the next comment, is its own.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from itertools import repeat
from operator import itemgetter
from typing import TypeVar

from lxml.html import HtmlElement

from archiver.engines._comment_roles import NONE, PINGS, Marks, role
from archiver.engines._thread_starts import LISTS, MICRODATA, Start, has_avatar, starts, stated
from archiver.engines.dom import Dom, Region, ancestors
from archiver.engines.wordpress_urls import comment_id
from archiver.model import Note, ParentSource
from archiver.urls import query_value

T = TypeVar("T")

_FOR_PINGS = re.compile(r"/(?:trackback|feed)/?$|[?&](?:tb=1|feed=)")


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
    found, notes = _found(dom, starts(dom).values(), outside)
    return (found, notes) if found else _found(dom, stated(dom), outside)


def _found(dom: Dom, begun: Iterable[Start], outside: Region) -> tuple[list[Node], list[Note]]:
    growth = _Growth(dom, {start.element: start for start in begun if start.element not in outside})
    growth.grow()
    owned = Owned(dom, growth.nodes)
    for node in growth.nodes:
        node.owned = owned
        if node.native_id is None:
            node.native_id = _linked_id(node, growth.by_native)
    if any(node.native_id is None and _bare_number(node) for node in growth.nodes):
        _take_bare_numbers(growth.nodes)
    return [node for node in growth.nodes if _is_comment(node)], growth.notes


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
    return element.tag in LISTS or (part is not None and part.replies)


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


def _bare_number(node: Node) -> str | None:
    """The number that is all of the id of an element which WordPress has marked as a comment."""
    id_ = node.element.get("id") or ""
    return id_ if node.place and id_.isdecimal() and id_.isascii() and id_[0] != "0" else None


def _take_bare_numbers(nodes: list[Node]) -> None:
    """Number comments by ids that are bare numbers, as those do that cannot be answered and so have no link; but not
    where links say another number, nor where the theme may only have counted them."""
    numbers = {node: number for node in nodes if (number := _bare_number(node))}
    linked = [(number, node.native_id) for node, number in numbers.items() if node.native_id]
    values = sorted(map(int, numbers.values()))
    counted = values[-1] <= len(nodes) or (len(values) > 1 and values[-1] - values[0] < len(values))  # of a later page
    counted = counted and not linked
    if counted or len(set(numbers.values())) < len(numbers) or any(one != other for one, other in linked):
        return
    for node, number in numbers.items():
        node.native_id = number


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
    texts, is_stated = False, MICRODATA.search(node.element.get("itemtype") or "") is not None
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
    # What is called as comments are, with somebody's picture, though it has neither a number nor a name that is known.
    return texts and (node.native_id is not None or (node.marked and not node.place and has_avatar(node.element)))
