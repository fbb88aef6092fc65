"""Comment threads out of a page, on any theme: structure decides, never one theme's class names.

`_thread_nodes` finds the comments, `_thread_tree` settles who answers whom, `_comment_*` read each one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from functools import partial

from lxml.html import HtmlElement

from archiver.engines import _comment_when as when
from archiver.engines import _thread_tree as tree
from archiver.engines._comment_alike import Alike, Likeness
from archiver.engines._comment_parts import Parts, sort_out
from archiver.engines._comment_roles import PINGS
from archiver.engines._comment_signature import signatures
from archiver.engines._comment_who import author, author_of, said_names, who_pinged
from archiver.engines._comment_words import content_of
from archiver.engines._dating import Dating
from archiver.engines._thread_nodes import Node, Owned, find
from archiver.engines.dom import Dom, Region
from archiver.engines.wordpress_urls import comment_id, comment_page
from archiver.model import Author, Comment, CommentKind, Content, Moment, Note, ParentSource, PostRef, Rank, Site
from archiver.urls import without_fragment

_KINDS = {"pingback": CommentKind.PINGBACK, "trackback": CommentKind.TRACKBACK, "ping": CommentKind.PINGBACK}
_ORDERED = frozenset({"thread-even", "thread-odd", "bypostauthor", "byuser"})  # themes have an "odd" of their own


@dataclass(frozen=True, slots=True)
class Thread:
    """The comments of a page in reading order. page: number of the comment page, where its own permalinks tell.

    elements: what all that was found takes up, those awaiting moderation and twins included.
    """

    comments: tuple[Comment, ...]
    page: int | None
    notes: tuple[Note, ...] = ()
    elements: tuple[HtmlElement, ...] = field(default=(), compare=False, repr=False)


@dataclass(slots=True)
class _Said:
    """A comment as far as it can be read without its neighbours. parts: None where it was read by its likeness."""

    node: Node
    parts: Parts | None
    author: Author | None
    content: Content
    can_reply: bool
    url: str | None = None
    published: Moment | None = None
    key: str = ""

    @property
    def name(self) -> str:
        return self.author.name if self.author else ""


def read(
    dom: Dom, post: PostRef, site: Site, *, outside: Iterable[HtmlElement] | Region = (), dating: Dating | None = None
) -> Thread:
    """Read the thread of a page. outside: parts that hold no comments (the post's body, the sidebar)."""
    nodes, notes = find(dom, outside if isinstance(outside, Region) else dom.region(*outside))
    dating = dating or Dating(dom, site)
    said = _read_each(nodes, dom, dating)
    _sign(said, dating)
    _name_bare(said)
    waiting = [one for one in said if one.parts and one.parts.waiting]
    notes += [Note(kind="comment_awaiting_moderation", detail=one.node.native_id or "") for one in waiting]
    shown = _without_twins([one for one in said if not (one.parts and one.parts.waiting)] if waiting else said)
    kept = [one.node for one in shown]
    replies_open = "commentform" in dom.by_id or "respond" in dom.by_id
    told = tree.settle(kept, {one.node for one in shown if one.can_reply}, replies_open=replies_open)
    by_node = {one.node: one for one in shown}
    notes += tree.use_evidence(
        kept, {node: one.name for node, one in by_node.items()}, lambda node: by_node[node].content.text, told=told
    )
    _set_keys(shown, post)
    comments = tuple(_comment(one, by_node, post, place) for place, one in enumerate(shown))
    elements = tuple(element for node in nodes for element in (node.element, *node.more))
    return Thread(comments, _page(comments), tuple(notes), elements)


def _read_each(nodes: list[Node], dom: Dom, dating: Dating) -> list[_Said]:
    """What each comment says by itself, read by its likeness to another where there is one."""
    known = nodes[0].owned if nodes else None
    owned = known if known is not None and known.count == len(nodes) else Owned(dom, nodes)
    likeness = Likeness(dom, dating)
    said: list[_Said] = []
    for number, node in enumerate(nodes):
        alike = likeness.read(nodes, number)
        if alike is None:
            one = _thoroughly(node, dom, owned, dating)
            likeness.learn(nodes, number, one.parts, partial(_told, one))
        else:
            one = _Said(node, None, alike.author, alike.content, alike.can_reply, alike.url, alike.published)
        said.append(one)
    broken = likeness.broken
    if not broken:
        return said
    again = {one.node for one in said if not one.parts and one.node in broken}
    return [_thoroughly(one.node, dom, owned, dating) if one.node in again else one for one in said]


def _name_bare(said: list[_Said]) -> None:
    """Take "says:" from the names where the theme prints it behind them."""
    people = [one for one in said if one.author is not None and not one.node.ping]
    for one, name in zip(people, said_names([one.name for one in people]), strict=True):
        if one.author is not None and name != one.author.name:
            one.author = replace(one.author, name=name)


def _thoroughly(node: Node, dom: Dom, owned: Owned, dating: Dating) -> _Said:
    parts = sort_out(node, dom, owned.of(node))
    one = _Said(node, parts, author_of(parts), content_of(parts), parts.can_reply)
    link = when.own_link(parts)
    one.url = when.permalink(dom, node.native_id, link.get("href") if link is not None else None)
    one.published = when.moment_of(parts, link, dating)
    return one


def _told(one: _Said) -> Alike | None:
    """What a form must read of a comment, too; None for one that no form is made of."""
    if one.parts is None or one.parts.waiting or one.author is None or one.published is None:
        return None
    return Alike(one.author, one.content, one.url, one.published, one.can_reply)


def _sign(said: list[_Said], dating: Dating) -> None:
    """Read names and dates off the lines that sign the comments, where most lack one of them."""
    thread = [one for one in said if not one.node.ping]
    lacking = [one for one in thread if one.author is None or one.published is None]
    if 2 * len(lacking) <= len(thread):
        return
    found = signatures([one.parts for one in thread if one.parts is not None], dating)
    for one in thread:
        signature = found.get(one.node.element)
        if one.parts is None or signature is None:
            continue
        if one.author is None:
            url = one.parts.dom.link_url(signature.link) if signature.link is not None else None
            member = "byuser" in one.node.classes
            one.author = author(signature.name, member=member, url=url, avatar=one.parts.avatar)
        odd = any(map(str.isdigit, signature.name))  # a name that looks like a date was read as one
        one.published = (signature.moment if odd else None) or one.published or signature.moment
        if signature.elements:
            one.parts.added += signature.elements
            one.content = content_of(one.parts)


def _without_twins(said: list[_Said]) -> list[_Said]:
    """Comments without those that a page shows twice. Others that share an id by mistake lose it."""
    if all(one.node.twin is None for one in said):
        return said
    firsts = {one.node: one for one in said}
    kept: dict[Node, _Said] = {}
    for one in said:
        twin = firsts.get(one.node.twin) if one.node.twin else None
        if one.node.twin is not None:
            if twin is None or (twin.name == one.name and one.content.text in {"", twin.content.text}):
                continue  # without words: a row of faces, as plugins for webmentions print it
            if twin.name == one.name and not twin.content.text:
                kept.pop(twin.node)
                firsts[twin.node] = one
            else:
                one.node.native_id = None
                one.url = None
            one.node.twin = None
        kept[one.node] = one
    return list(kept.values())


def _set_keys(said: list[_Said], post: PostRef) -> None:
    """Keys for comments without ids: by who said what, never by where; the n-th of equals by its number."""
    seen: Counter[str] = Counter()
    for one in said:
        if one.node.native_id is None:
            url = one.author.url if one.author else None
            key = f"{post.native_id or post.url}|{url or ''}|{one.name}|{one.content.text[:80]}"
            seen[key] += 1
            one.key = key if seen[key] == 1 else f"{key}|{seen[key]}"


def _comment(one: _Said, by_node: dict[Node, _Said], post: PostRef, position: int) -> Comment:
    node = one.node
    parent, source = _parent(one, by_node)
    stated = node.stated_depth is not None or not _ORDERED.isdisjoint(node.classes)
    kind = _kind(node, one.content.text)
    return Comment(
        post=post,
        rank=Rank.PAGE,
        native_id=node.native_id,
        key=one.key or None,
        kind=kind,
        url=one.url,
        author=one.author if kind is CommentKind.COMMENT else who_pinged(one.author),
        content=one.content,
        published=one.published,
        parent=parent,
        parent_source=source,
        depth=node.depth,
        position=position,
        by_post_author=("bypostauthor" in node.classes) if stated else None,
    )


def _kind(node: Node, text: str) -> CommentKind:
    if node.ping is None and PINGS.isdisjoint(node.classes):
        said = node.owned.kinds.get(node.element, "") if node.owned else ""
        quoted = len(text) > 6 and text.startswith("[…]") and text.endswith("[…]")  # as WordPress writes them
        return _KINDS.get(said, CommentKind.PINGBACK if quoted else CommentKind.COMMENT)
    stated = node.ping if node.ping in node.classes else None
    found = stated or next((name for name in _KINDS if name in node.classes), node.ping)
    return _KINDS[found or "pingback"]


def _parent(one: _Said, by_node: dict[Node, _Said]) -> tuple[str | None, ParentSource]:
    """The parent's id or key, of the same sort as the comment's own: only so can it be found again."""
    node = one.node
    if node.parent is None:
        return node.answers, node.source
    parent = by_node.get(node.parent)
    if parent is None:
        return None, ParentSource.UNKNOWN
    name = parent.node.native_id if node.native_id else parent.key or None
    return (name, node.source) if name else (None, ParentSource.UNKNOWN)


def _page(comments: tuple[Comment, ...]) -> int | None:
    """The number of the comment page that the comments' own permalinks name."""
    for comment in comments:
        if comment.url and comment.native_id and comment_id(comment.url) == comment.native_id:
            return comment_page(without_fragment(comment.url))
    return None
