"""Who answers whom: parents and depths of a page's comments, from what its markup says of their places.

Nesting tells, and `depth-N` classes with the order; where both are there they must agree, since a stray
tag in somebody's comment can nest the rest of the thread in it. Lists of replies that follow a comment
instead of lying in it tell, too. Without any of that a parent is unknown, unless a link says
"In reply to", or an @-mention can mean one comment only. A wrong parent is worse than none.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection

from lxml.html import HtmlElement

from archiver.engines import _vocabulary as vocabulary
from archiver.engines._comment_roles import role
from archiver.engines._thread_nodes import Node
from archiver.engines.dom import ancestors, text_of, tokens
from archiver.engines.wordpress_urls import comment_id
from archiver.model import Note, ParentSource
from archiver.printed.spelling import folded
from archiver.text import normal_name

_LISTS = frozenset({"ul", "ol", "dl"})
_HOLDERS = frozenset({"li", "dd", "article"})
_PARENT_ATTRIBUTES = ("data-parent-id", "data-parentid", "data-comment-parent", "data-parent-comment-id")
_ENDS = " :：,，"
_CONTEXT = 120  # characters: "In reply to" stands close to its link


def settle(nodes: list[Node], answerable: Collection[Node], *, replies_open: bool) -> bool:
    """Give every comment its parent and depth. Returns whether the page shows any structure.

    answerable: those with a reply link. replies_open: whether the page has a form for comments, so that
    there would be such links.
    """
    shape = _Shape(nodes)
    line: list[Node | None] = []  # the last comment at each depth
    for node in nodes:
        _place(node, line, shape)
        if node.depth:
            del line[node.depth - 1 :]
            line += [None] * (node.depth - 1 - len(line))
            line.append(node)
    if not shape.told and len(nodes) == 1:
        nodes[0].source, nodes[0].depth = ParentSource.DOM, 1
    elif not shape.nested and not shape.deep and replies_open and len(nodes) > 1 and not answerable:
        for node in nodes:  # threading is switched off: all are shown as answers to the post
            if node.source is ParentSource.DOM:
                node.source = ParentSource.INFERRED
    elif not shape.told and answerable and all(map(_is_walked, nodes)):
        for node in nodes:
            node.source, node.depth = ParentSource.INFERRED, 1
    for node in nodes:
        if node.ping and node.holder is None and node.source is ParentSource.UNKNOWN:
            node.source, node.depth = ParentSource.INFERRED, 1  # nobody can answer with a ping
    _mark_flattened(nodes, answerable)
    return shape.told


def _is_walked(node: Node) -> bool:
    """Whether WordPress itself has ended an item, as its comment behind it says: replies would stand before that."""
    after = node.element.getnext()
    return after is not None and not isinstance(after.tag, str) and (after.text or "").strip() == "#comment-##"


class _Shape:
    """What the markup of this page can be trusted to tell.

    deep: depth classes differ, so they mean something. nested: some comments lie in others. branches:
    parents of comments in lists of replies that stand behind them. told: any structure at all.
    """

    def __init__(self, nodes: list[Node]) -> None:
        stated = [node for node in nodes if node.stated_depth is not None]
        if any(node.stated_depth == 0 for node in stated):  # some plugins count from 0
            for node in stated:
                node.stated_depth = (node.stated_depth or 0) + 1
        self.deep = any(node.stated_depth != 1 for node in stated)
        self.nested = any(node.holder and not node.in_words for node in nodes)
        self.branches = {} if self.nested and self.deep else _branches(nodes)
        self.told = bool(self.nested or stated or self.branches)


def _place(node: Node, line: list[Node | None], shape: _Shape) -> None:
    holder = node.holder.twin or node.holder if node.holder else None
    stated = node.stated_depth if shape.deep else None
    if holder and _is_reply(node, holder, stated, shape):
        node.parent, node.source = holder, ParentSource.DOM
        node.depth = stated or (holder.depth or 1) + 1
    elif stated and stated > 1:
        node.parent = line[stated - 2] if len(line) >= stated - 1 else None
        node.source = ParentSource.DOM if node.parent else ParentSource.UNKNOWN
        node.depth = stated
    elif node in shape.branches:
        node.parent, node.source = shape.branches[node], ParentSource.DOM
        node.depth = (node.parent.depth or 1) + 1
    elif holder and node.stated_depth is None:
        pass  # in somebody's words, and nothing tells how it came there
    elif shape.told:
        node.source, node.depth = ParentSource.DOM, 1


def _is_reply(node: Node, holder: Node, stated: int | None, shape: _Shape) -> bool:
    """Whether a comment inside another was meant to be there."""
    if stated is not None and holder.stated_depth is not None:
        return stated == holder.stated_depth + 1
    return not node.in_words and (stated is None or not shape.deep or stated > 1)


# -- lists of replies behind a comment ------------------------------------------------------------


def _branches(nodes: list[Node]) -> dict[Node, Node]:
    """Comments in a list of replies that follows what they answer, instead of lying in it."""
    tops = {node.element: node for node in nodes if node.holder is None}
    found: dict[Node, Node] = {}
    answered: dict[HtmlElement, Node | None] = {}
    by_holder: dict[HtmlElement | None, Node | None] = {}  # those in one list answer the same
    for element, node in tops.items():
        holder = element.getparent()
        if holder not in by_holder:
            by_holder[holder] = _nearest_answered(element, tops, answered)
        parent = by_holder[holder]
        if parent is not None:
            found[node] = parent
    return found


def _nearest_answered(
    element: HtmlElement, tops: dict[HtmlElement, Node], answered: dict[HtmlElement, Node | None]
) -> Node | None:
    """What the innermost list of replies around an element answers. answered: what is known of others already."""
    for up in ancestors(element):
        if up not in answered:
            answered[up] = _answered(up, tops) if _is_branch(up) else None
        if answered[up] is not None or up.tag in {"body", "main"}:
            return answered[up]
    return None


def _is_branch(element: HtmlElement) -> bool:
    part = role(element.get("class") or "")
    if part is not None and part.replies:
        return True
    parent = element.getparent()
    return element.tag in _LISTS and parent is not None and (parent.tag in _HOLDERS or parent.tag in _LISTS)


def _answered(branch: HtmlElement, tops: dict[HtmlElement, Node]) -> Node | None:
    """The one comment in front of a list of replies."""
    before = branch.getprevious()
    while before is not None and before not in tops:
        if isinstance(before.tag, str):
            inside = [tops[element] for element in before.iter() if element in tops]
            if inside:
                # Of a comment and its own list of replies in one shell, the first is the comment.
                return inside[0] if not _is_branch(before) else None
        before = before.getprevious()
    return tops[before] if before is not None else None


# -- flattened threads ----------------------------------------------------------------------------


def _mark_flattened(nodes: list[Node], answerable: Collection[Node]) -> None:
    """Beyond the blog's depth replies become siblings: of those, only the first surely answers its parent.

    At the deepest level there are no reply links; where there are some, nothing is flattened.
    """
    deepest = max((node.depth or 1 for node in nodes if not node.ping), default=1)
    last = [node for node in nodes if node.depth == deepest]
    if deepest < 2 or any(node in answerable for node in last):
        return
    answered: set[Node] = set()
    for node in last:
        if node.parent and node.source is ParentSource.DOM:
            if node.parent in answered:
                node.source = ParentSource.INFERRED
            answered.add(node.parent)


# -- links and mentions ---------------------------------------------------------------------------


def use_evidence(nodes: list[Node], names: dict[Node, str], texts: Callable[[Node], str], *, told: bool) -> list[Note]:
    """Parents that comments name themselves: in their ids, by a link "In reply to", by an @-mention.

    names: of the comments' authors. texts: the words of a comment. told: what `settle` returned.
    """
    by_id = {node.native_id: node for node in nodes if node.native_id and node.twin is None}
    notes = []
    for node in nodes:
        unsure = node.source in {ParentSource.UNKNOWN, ParentSource.INFERRED}
        if unsure and node.answers is None:
            node.answers = _named_parent(node)
        linked = _linked_answer(node, by_id, names) if unsure else None
        if node.answers is not None:
            parent, source = by_id.get(node.answers), ParentSource.FEED
            if node.answers in {"0", node.native_id}:
                node.parent, node.source, node.answers = None, ParentSource.FEED, None
                continue
        elif linked is not None:
            parent, source = linked, ParentSource.FEED
        else:
            continue
        if parent is not None and _leads_to(parent, node):
            notes.append(Note(kind="comment_cycle", detail=node.native_id or ""))
            node.answers = None
            continue
        node.parent, node.source = parent, source
    if not told:
        _use_mentions(nodes, names, texts)
        _settle_roots(nodes)
    return notes


def _settle_roots(nodes: list[Node]) -> None:
    """In a flat thread whose theme says above each reply whom it answers, the others answer the post."""
    if not any(node.source is ParentSource.FEED and _names_comment(node) for node in nodes):
        return
    for node in nodes:
        if node.source is ParentSource.UNKNOWN and not node.ping and not _names_comment(node):
            node.source, node.depth = ParentSource.INFERRED, 1


def _names_comment(node: Node) -> bool:
    """Whether the theme says whom a comment answers: by an attribute, or by a link, be that one on this page or not."""
    if node.answers is not None:
        return True
    found = ((e, e.get("href") or "") for e in node.own() if e.tag == "a")
    ids = [comment_id(href) for element, href in found if "#" in href and not _in_words(element, node)]
    return any(id_ is not None and id_ != node.native_id for id_ in ids)


def _leads_to(start: Node, wanted: Node) -> bool:
    """Whether a chain of parents comes to a comment."""
    node: Node | None = start
    seen = set()
    while node is not None and node not in seen:
        if node is wanted:
            return True
        seen.add(node)
        node = node.parent
    return False


def _named_parent(node: Node) -> str | None:
    """The id of the parent that an attribute names for scripts: `data-parent-id="7"`; `0` for none."""
    for element in node.own():
        for name in _PARENT_ATTRIBUTES:
            value = element.get(name) or ""
            if value.isascii() and value.isdigit() and not _in_words(element, node):
                return value
    return None


def _linked_answer(node: Node, by_id: dict[str, Node], names: dict[Node, str]) -> Node | None:
    """The comment that a link in the frame of this one says it answers, or an "@Name" in its words that leads there."""
    for element in node.own():
        href = element.get("href") or "" if element.tag == "a" else ""
        id_ = comment_id(href) if "#" in href else None
        other = by_id.get(id_) if id_ else None
        if other is None or other is node:
            continue
        text = normal_name(text_of(element))
        said = text.lstrip("@").rstrip(_ENDS)
        named = bool(said) and said == normal_name(names.get(other, "")).rstrip(_ENDS)
        if _in_words(element, node):
            if named and text.startswith("@"):
                return other
        elif named or _says_reply(element):
            return other
    return None


def _in_words(element: HtmlElement, node: Node) -> bool:
    for up in (element, *ancestors(element)):
        if up is node.element:
            return False
        part = role(up.get("class") or "")
        if part is not None and part.words < 900:
            return True
    return False


def _says_reply(link: HtmlElement) -> bool:
    """Whether a link, or what stands before it, says "In reply to"."""
    parent = link.getparent()
    near = {*tokens(link), *(tokens(parent) if parent is not None else ())}
    if any("reply-to" in name or "in-reply" in name or "parent" in name for name in near):
        return True
    context = folded(text_of(parent if parent is not None else link)[:_CONTEXT])
    return any(phrase in context for phrase in vocabulary.phrases("people", "answers"))


def _use_mentions(nodes: list[Node], names: dict[Node, str], texts: Callable[[Node], str]) -> None:
    """`@Name …` at the start of a comment, where exactly one comment by that name was there before it."""
    said_by: dict[str, list[tuple[int, Node]]] = defaultdict(list)
    for place, node in enumerate(nodes):
        if name := normal_name(names.get(node, "")):
            said_by[name].append((place, node))
    for place, node in enumerate(nodes):
        text = normal_name(texts(node)[:200])
        if node.source is not ParentSource.UNKNOWN or not text.startswith("@"):
            continue
        earlier = {
            name: [other for at, other in found if _was_there(at, other, place, node)]
            for name, found in said_by.items()
            if _begins(text[1:].lstrip(), name)
        }
        said = [name for name, found in earlier.items() if found]
        meant = earlier[max(said, key=len)] if said else []
        if len(meant) == 1:
            node.parent, node.source = meant[0], ParentSource.INFERRED


def _was_there(at: int, other: Node, place: int, node: Node) -> bool:
    """Whether one comment is older than another: by their numbers, since threads begin with their newest, too."""
    if (other.native_id or "").isdecimal() and (node.native_id or "").isdecimal():
        return int(other.native_id or 0) < int(node.native_id or 0)
    return at < place


def _begins(text: str, name: str) -> bool:
    return text.startswith(name) and not text[len(name) : len(name) + 1].isalnum()
