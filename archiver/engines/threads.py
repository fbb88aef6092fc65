"""Comment threads out of a page, on any theme: structure decides, never one theme's class names.

What is a comment: an element with an id of the `comment-123` family, or one that carries
WordPress's comment classes (`comment` or `pingback`, with `depth-N`). The outermost element of an id
is the comment; what lies inside, up to the next comment, is its own. Parents come from nesting, or
where replies are not nested from `depth-N` and order; without either they are unknown.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from lxml.html import HtmlElement

from archiver import content, dates
from archiver.engines.dom import SKIPPED, Dom, ancestors, inner_html, text_of, tokens
from archiver.engines.wordpress_urls import comment_id, comment_page, without_fragment
from archiver.model import Author, Comment, CommentKind, Content, Moment, Note, ParentSource, PostRef, Rank, Site
from archiver.text import squeeze
from archiver.urls import absolute

ID = re.compile(r"^(?:(?:li|div|article|dd|dt|wp|the)[-_])?comment[-_]?(\d+)$", re.IGNORECASE)
DEPTH = re.compile(r"^depth-(\d+)$")
PINGS = {"pingback": CommentKind.PINGBACK, "trackback": CommentKind.TRACKBACK, "ping": CommentKind.PINGBACK}

NAMES = ("fn", "comment-author-name", "wp-block-comment-author-name", "comment-author", "comment_author", "commenter", "author", "comment-name", "authorname", "comment-author-link")
FRAMES = frozenset({"comment-author", "comment_author", "vcard", "comment-author-link"})
BODIES = ("comment-content", "wp-block-comment-content", "comment-text", "comment_text", "commenttext", "comment-entry", "comment-message", "comment-copy", "comment__content", "comment-txt", "commentcontent", "comment-body-text", "comment-bodytext", "comment-main-content")
# What is not the words of the comment, when no element holds them alone.
AROUND = frozenset(
    (*NAMES, "comment-meta", "commentmetadata", "comment-metadata", "comment-date", "comment-time", "comment-info", "vcard", "reply", "comment-reply-link", "comment-reply", "comment-edit-link", "edit-link", "avatar", "says", "comment-awaiting-moderation", "comment-respond", "comment-actions", "comment-tools", "comment-header", "comment-footer-meta", "comment-avatar", "gravatar", "screen-reader-text", "comment-permalink", "comment-number", "wp-block-comment-date", "wp-block-comment-reply-link", "wp-block-comment-edit-link", "wp-block-avatar")
)
WAITING = "comment-awaiting-moderation"


@dataclass(slots=True)
class _Node:
    """A comment's element with what its markup says of its place."""

    element: HtmlElement
    native_id: str | None
    classes: list[str]
    nested_in: _Node | None = None
    parent: _Node | None = None
    source: ParentSource = ParentSource.UNKNOWN
    depth: int | None = None
    stated_depth: int | None = None
    replyable: bool = False
    own: list[HtmlElement] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Thread:
    """The comments of a page in reading order. page: number of the comment page, where its own permalinks tell."""

    comments: tuple[Comment, ...]
    page: int | None
    notes: tuple[Note, ...] = ()


def read(dom: Dom, post: PostRef, site: Site, *, outside: Iterable[HtmlElement] = ()) -> Thread:
    """Read the thread of a page. outside: elements that hold no comments (the post's body, the sidebar)."""
    notes: list[Note] = []
    nodes = _nodes(dom, tuple(outside), notes)
    _parents(nodes)
    comments: list[Comment] = []
    page = None
    for node in nodes:
        comment = _comment(node, dom, post, site, len(comments))
        if comment is None:
            notes.append(Note(kind="comment_awaiting_moderation", detail=node.native_id or ""))
            continue
        comments.append(comment)
        if page is None and comment.url and comment.native_id and comment_id(comment.url) == comment.native_id:
            page = comment_page(without_fragment(comment.url))
    return Thread(tuple(comments), page, tuple(notes))


# -- which elements are comments ------------------------------------------------------------------


def _native_id(element: HtmlElement) -> str | None:
    match = ID.match(element.get("id") or "")
    return match[1] if match else None


def _is_classed(classes: list[str]) -> bool:
    """Whether these are the classes that WordPress itself puts on a comment."""
    marked = "comment" in classes or any(name in PINGS for name in classes)
    return marked and any(DEPTH.match(name) or name in {"even", "odd", "alt", "thread-even", "thread-odd"} for name in classes)


def _nodes(dom: Dom, outside: tuple[HtmlElement, ...], notes: list[Note]) -> list[_Node]:
    """The comments' outermost elements in document order, each once, with the one that it lies in."""
    candidates: set[HtmlElement] = {element for id_, element in dom.by_id.items() if ID.match(id_)}
    for name in ("comment", *PINGS):
        candidates.update(e for e in dom.by_token.get(name, ()) if _is_classed(tokens(e)))
    nodes: list[_Node] = []
    by_element: dict[HtmlElement, _Node] = {}
    by_id: dict[str, _Node] = {}
    for element in sorted(candidates, key=dom.order.__getitem__):
        if dom.inside(element, *outside):
            continue
        holder = next((by_element[node] for node in ancestors(element) if node in by_element), None)
        native, classes = _native_id(element), tokens(element)
        if holder and (native is None or native == holder.native_id or holder.native_id is None) and not _own_comment(classes, native, holder):
            holder.native_id = holder.native_id or native
            holder.classes.extend(classes)
            by_element[element] = holder
            if native:
                by_id.setdefault(native, holder)
            continue
        if native and native in by_id:
            notes.append(Note(kind="comment_id_twice", detail=native))
            by_element[element] = by_id[native]
            continue
        node = _Node(element, native, classes, nested_in=holder)
        nodes.append(node)
        by_element[element] = node
        if native:
            by_id[native] = node
    for node in nodes:
        node.own = list(_own(node, by_element))
    return [node for node in nodes if node.native_id or any(name in PINGS for name in node.classes) or _named(node)]


def _own_comment(classes: list[str], native: str | None, holder: _Node) -> bool:
    """Whether an element inside a comment is another comment, not the inner shell of the same one."""
    if native and holder.native_id and native != holder.native_id:
        return True
    depth, outer = _stated(classes), _stated(holder.classes)
    return native is None and depth is not None and outer is not None and depth != outer


def _named(node: _Node) -> bool:
    return any(set(tokens(element)) & {"fn", "comment-author", "vcard"} for element in node.own)


def _own(node: _Node, by_element: dict[HtmlElement, _Node]) -> Iterator[HtmlElement]:
    """The elements of a comment without those of the comments inside it, in document order."""
    stack = [node.element]
    while stack:
        element = stack.pop()
        if not isinstance(element.tag, str):
            continue
        if by_element.get(element, node) is not node:
            continue
        yield element
        stack.extend(reversed(element))


# -- who answers whom -----------------------------------------------------------------------------


def _stated(classes: list[str]) -> int | None:
    for name in classes:
        match = DEPTH.match(name)
        if match:
            return int(match[1])
    return None


def _parents(nodes: list[_Node]) -> None:
    """Settle parent and depth of every node from nesting, depth classes and order."""
    nested = any(node.nested_in for node in nodes)
    stated = any(_stated(node.classes) for node in nodes)
    line: list[_Node] = []
    for node in nodes:
        node.stated_depth = _stated(node.classes)
        node.replyable = any("comment-reply-link" in tokens(element) for element in node.own)
        if node.nested_in:
            node.parent, node.source = node.nested_in, ParentSource.DOM
            node.depth = node.stated_depth or (node.nested_in.depth or 1) + 1
        elif node.stated_depth and node.stated_depth > 1 and not nested:
            while line and (line[-1].depth or 1) >= node.stated_depth:
                line.pop()
            whole = bool(line) and line[-1].depth == node.stated_depth - 1
            node.parent = line[-1] if whole else None
            node.source = ParentSource.DOM if whole else ParentSource.UNKNOWN
            node.depth = node.stated_depth
        elif nested or stated:
            node.source, node.depth = ParentSource.DOM, node.stated_depth or 1
        if node.stated_depth and not node.nested_in:
            while line and (line[-1].depth or 1) >= node.stated_depth:
                line.pop()
            line.append(node)
    if not nested and not stated:
        _without_structure(nodes)
    _flattened(nodes)


def _without_structure(nodes: list[_Node]) -> None:
    """A list of equals: each may answer the post or another comment, unless a link says so."""
    by_id = {node.native_id: node for node in nodes if node.native_id}
    for node in nodes:
        if len(nodes) == 1:
            node.source, node.depth = ParentSource.DOM, 1
            continue
        answered = next(
            (by_id[id_] for id_ in _answer_links(node) if id_ in by_id and by_id[id_] is not node), None
        )
        if answered:
            node.parent, node.source = answered, ParentSource.FEED


def _answer_links(node: _Node) -> Iterator[str]:
    """Ids of other comments that a comment's own frame links to, its words left out."""
    for element in node.own:
        if element.tag == "a" and "comment-reply-link" not in tokens(element):
            id_ = comment_id(element.get("href") or "")
            if id_ and id_ != node.native_id and not any(set(tokens(up)) & set(BODIES) for up in ancestors(element)):
                yield id_


def _flattened(nodes: list[_Node]) -> None:
    """Beyond the blog's depth replies become siblings: of those, only the first surely answers its parent."""
    deepest = max((node.depth or 1 for node in nodes), default=1)
    if deepest < 2:
        return
    if any(node.replyable for node in nodes if (node.depth or 1) == deepest):
        return  # answers to the deepest level are still nested, so nothing is flattened
    first: set[int] = set()
    for node in nodes:
        if node.depth == deepest and node.parent and node.source is ParentSource.DOM:
            if id(node.parent) in first:
                node.source = ParentSource.INFERRED
            first.add(id(node.parent))


# -- what a comment says --------------------------------------------------------------------------


def _comment(node: _Node, dom: Dom, post: PostRef, site: Site, position: int) -> Comment | None:
    if any(WAITING in tokens(element) for element in node.own):
        return None
    kind = next((PINGS[name] for name in node.classes if name in PINGS), CommentKind.COMMENT)
    body = _body(node)
    name, link = _author(node, body)
    published, permalink = _when(node, body, dom, site)
    words = _content(node, body, dom)
    stated = bool(node.stated_depth or {"even", "odd", "bypostauthor", "byuser"} & set(node.classes))
    native = node.native_id
    return Comment(
        post=post,
        rank=Rank.PAGE,
        native_id=native,
        key=None if native else f"{post.native_id or post.url}|{link or ''}|{name}|{published.at if published else ''}|{words.text[:80]}",
        kind=kind,
        url=permalink,
        author=Author(name=name, member="byuser" in node.classes, url=absolute(link, dom.base) if link else None) if name else None,
        content=words,
        published=published,
        parent=node.parent.native_id if node.parent else None,
        parent_source=node.source,
        depth=node.depth,
        position=position,
        by_post_author=("bypostauthor" in node.classes) if stated else None,
    )


def _first(node: _Node, names: Iterable[str]) -> HtmlElement | None:
    """The first element with the earliest-named of these classes."""
    for name in names:
        for element in node.own:
            if element is not node.element and name in tokens(element):
                return element
    return None


def _body(node: _Node) -> HtmlElement | None:
    element = _first(node, BODIES)
    if element is None:
        element = next((e for e in node.own if e.get("itemprop") in {"text", "commentText"}), None)
    return element


def _within(element: HtmlElement, holder: HtmlElement | None) -> bool:
    return holder is not None and (element is holder or any(up is holder for up in ancestors(element)))


def _author(node: _Node, body: HtmlElement | None) -> tuple[str, str | None]:
    """Name and link of the commenter."""
    if any(name in PINGS for name in node.classes):
        links = [e for e in node.own if e.tag == "a" and e.get("href") and not comment_id(e.get("href") or "") and "comment-edit-link" not in tokens(e)]
        link = next((e for e in links if {"url", "external"} & {*tokens(e), *(e.get("rel") or "").split()}), links[0] if links else None)
        return (text_of(link), link.get("href")) if link is not None else ("", None)
    element = _first(node, NAMES)
    if element is None or _within(element, body):
        element = next((e for e in node.own if e.tag == "cite" and not _within(e, body)), None)
    if element is None:
        element = next((e for e in node.own if e.get("itemprop") in {"author", "creator"} and not _within(e, body)), None)
    if element is None:
        return "", None
    # A frame around the name (`vcard`) also holds the avatar and "says:".
    inner = next((e for e in element.iter("cite", "b", "strong", "a") if text_of(e) and "says" not in tokens(e)), None)
    frame = bool(FRAMES & set(tokens(element))) and "fn" not in tokens(element) and inner is not None and len(text_of(inner)) < len(text_of(element))
    holder = inner if frame and inner is not None else element
    link = next((e for e in [holder, *holder.iter("a")] if e.tag == "a" and e.get("href")), None)
    if link is None:
        link = next((up for up in ancestors(holder) if up.tag == "a" and up.get("href")), None)
    href = link.get("href") if link is not None else None
    return text_of(holder), None if href and comment_id(href) else href


def _when(node: _Node, body: HtmlElement | None, dom: Dom, site: Site) -> tuple[Moment | None, str | None]:
    """When it was written, and its permalink."""
    permalink, printed, exact = None, None, None
    for element in node.own:
        if _within(element, body):
            continue
        if element.tag == "a" and node.native_id and comment_id(element.get("href") or "") == node.native_id:
            permalink = permalink or absolute(element.get("href") or "", dom.base)
            printed = printed or element
        if element.tag == "time" and element.get("datetime") and exact is None:
            exact = element
    if exact is not None:
        moment = dates.from_iso(exact.get("datetime") or "", site.utc_offset)
        if moment:
            return Moment(at=moment.at, precision=moment.precision, printed=text_of(exact) or moment.printed), permalink
    places = [e for e in (exact, printed, _first(node, ("comment-date", "comment-time", "comment_date", "wp-block-comment-date", "commentmetadata", "comment-metadata", "comment-meta", "date", "time", "published"))) if e is not None]
    places += [e for e in node.own if e.tag == "abbr" and not _within(e, body)]
    for place in places:
        for wording in (place.get("title"), text_of(place)):
            if wording and any(c.isdigit() for c in wording):
                moment = dates.from_iso(wording, site.utc_offset) or dates.from_printed(wording, language=site.language, utc_offset=site.utc_offset)
                if moment:
                    return moment, permalink
    return None, permalink


def _content(node: _Node, body: HtmlElement | None, dom: Dom) -> Content:
    if body is not None:
        return content.from_html(inner_html(body), dom.base)
    if any(name in PINGS for name in node.classes):
        paragraphs = [e for e in node.own if e.tag in {"p", "blockquote"} and not e.xpath(".//a")]
        return content.from_html("".join(f"<p>{inner_html(p)}</p>" for p in paragraphs), dom.base)
    return content.from_html(_rest(node), dom.base)


def _rest(node: _Node) -> str:
    """The markup of a comment that is neither its frame (name, date, reply link) nor another comment."""
    own = set(node.own)
    out: list[str] = []

    def walk(element: HtmlElement) -> None:
        for child in element:
            if isinstance(child.tag, str) and child in own and child.tag not in SKIPPED:
                classes = set(tokens(child))
                framed = classes & AROUND or child.tag in {"form", "cite", "time", "footer", "header", "img", "small", "button", "h3", "h4", "h5"}
                permalink = child.tag == "a" and comment_id(child.get("href") or "") is not None
                if not framed and not permalink:
                    if child.tag in {"p", "blockquote", "ul", "ol", "pre", "table"} and not _holds_comment(child, own):
                        out.append(_markup(child))
                    else:
                        if child.text and squeeze(child.text):
                            out.append(f"<p>{squeeze(child.text)}</p>")
                        walk(child)
            if child.tail and squeeze(child.tail) and element is not node.element:
                out.append(f"<p>{squeeze(child.tail)}</p>")

    walk(node.element)
    return "".join(out)


def _holds_comment(element: HtmlElement, own: set[HtmlElement]) -> bool:
    return any(isinstance(inner.tag, str) and inner not in own for inner in element.iter())


def _markup(element: HtmlElement) -> str:
    return f"<{element.tag}>{inner_html(element)}</{element.tag}>"
