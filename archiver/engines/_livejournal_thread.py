"""Threads of LiveJournal's code, which Dreamwidth and others run as well.

A page shows comments whole or collapsed to a line; collapsed ones are read from their own page, `?thread=NUMBER`.
LiveJournal hands the thread to its script as JSON (`Site.page`), with the level and the parent of each comment, and
marks it as `b-leaf`; Dreamwidth marks it as `dwexpcomment` in `comment-depth-N`, with a link to the parent.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from html import escape
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from lxml.html import HtmlElement

from archiver import content
from archiver.comments._threads import at_seconds
from archiver.engines import _json_values as values
from archiver.engines._shown_thread import Markup, Shown, Thread, classed
from archiver.engines.dom import Dom, ancestors, text_of, tokens
from archiver.model import Author, Comment, Content, ParentSource, PostRef, Rank, Site
from archiver.text import clean_tree
from archiver.urls import query_value

_PAGE_DATA = re.compile(r"\bSite\.page\s*=\s*(?=\{)")
_LEAF, _CMT = re.compile(r"t(\d+)"), re.compile(r"cmt(\d+)")
_DEPTH = re.compile(r"comment-depth-(\d+)")
_INDENT = re.compile(r"margin-left:\s*(\d+)px")


Hidden = tuple[str, str | None]
"""A comment that is collapsed, and its parent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """A page's part of a thread. collapsed: numbers of comments whose own page has their words. count: of all."""

    comments: tuple[Comment, ...]
    collapsed: tuple[str, ...] = ()
    count: int | None = None
    marked: bool = False  # whether the page has the thread in a form that is known


def read(dom: Dom, post: PostRef, site: Site) -> Seen:
    """What a page shows, by the surest of the forms it comes in."""
    data = _data(dom)
    rows = values.objects(values.inside(data, "comments")) if data else []
    count = values.number(data, "replycount")
    if rows:
        return _of_rows(rows, dom, post, count)
    collapsed: list[Hidden]
    shown, collapsed = _leaves(dom) if dom.classed("b-leaf") else _dreamwidth(dom)
    markup = _LEAVES if dom.classed("b-leaf") else _DREAMWIDTH
    comments = Thread(dom, site, markup, shown).comments(post)
    known = bool(shown or collapsed) or (data is not None and "comments" in data)
    return Seen(comments=tuple(comments), collapsed=_first_of(collapsed), count=count, marked=known)


def _first_of(hidden: Iterable[Hidden]) -> tuple[str, ...]:
    """Those whose own pages have all of them: the page of a comment has what answers it as well."""
    found = dict(hidden)
    return tuple(number for number, parent in found.items() if parent not in found)


# ── LiveJournal's data ───────────────────────────────────────────────────────────────────────────


def _data(dom: Dom) -> dict[str, Any] | None:
    """What the page hands to its script."""
    match = _PAGE_DATA.search(dom.page.text)
    if match is None:
        return None
    try:
        found, _ = json.JSONDecoder().raw_decode(dom.page.text, match.end())
    except (ValueError, RecursionError):
        return None
    return clean_tree(found) if isinstance(found, dict) else None


def _of_rows(rows: list[dict[str, Any]], dom: Dom, post: PostRef, count: int | None) -> Seen:
    comments: list[Comment] = []
    collapsed: list[Hidden] = []
    for row in rows:
        native = values.text(row, "dtalkid")
        if values.number(row, "more"):  # so many further replies, behind a link
            collapsed += [(number, values.text(row, "parent")) for number in _behind(row)]
        elif native and native.isdigit():
            gone = bool(values.number(row, "deleted"))
            html = values.text(row, "article")
            if html is None and not gone:
                collapsed.append((native, values.text(row, "parent")))
            else:
                comments.append(_of_row(row, native, dom, post, None if gone else html, len(comments)))
    return Seen(comments=tuple(comments), collapsed=_first_of(collapsed), count=count, marked=True)


def _behind(row: dict[str, Any]) -> list[str]:
    links = [values.text(action, "href") or "" for action in values.objects(row.get("actions") or [])]
    found = [number for link in links if (number := query_value(link, "thread"))]
    parent = values.text(row, "parent")
    return found[:1] or ([parent] if parent and parent.isdigit() and parent != "0" else [])


def _of_row(row: dict[str, Any], native: str, dom: Dom, post: PostRef, html: str | None, place: int) -> Comment:
    parent, title = values.text(row, "parent"), values.line(row, "subject")
    body: Content | None = None
    if html is not None:
        body = content.from_html(f"<h4>{escape(title, quote=False)}</h4>{html}" if title else html, dom.base)
    return Comment(
        post=post,
        rank=Rank.PAGE,
        native_id=native,
        url=values.text(row, "thread_url"),
        author=_named(row),
        content=body,
        published=at_seconds(row.get("ctime_ts")),
        parent=parent if parent not in {None, "0", native} else None,
        parent_source=ParentSource.API,
        depth=None if query_value(dom.page.url, "thread") else values.number(row, "level") or None,
        position=place,
    )


def _named(row: dict[str, Any]) -> Author | None:
    account = next(iter(values.objects(row.get("username") or [])), {})
    name = values.line(row, "dname") or values.line(account, "display_name") or values.line(row, "uname")
    if name is None:
        return None if values.number(row, "deleted") else Author(name="Anonymous", member=False)
    slug, url = values.text(row, "uname"), values.text(account, "journal_url")
    return Author(name=name, member=True, slug=slug, url=url)


# ── markup ───────────────────────────────────────────────────────────────────────────────────────


def person(dom: Dom, parts: Iterable[HtmlElement]) -> Author | None:
    """The account that an element of class `ljuser` names."""
    every = list(parts)
    holder = classed(every, ("ljuser",))
    if holder is None:
        poster = classed(every, ("comment-poster", "b-leaf-username-name", "b-leaf-username"))
        return Author(name="Anonymous", member=False) if poster is not None and text_of(poster) else None
    links = [a for a in holder.iter("a") if text_of(a)]
    name = text_of(links[-1]) if links else text_of(holder)
    slug = holder.get("data-ljuser") or holder.get("lj:user")
    return Author(name=name, member=True, slug=slug, url=dom.link_url(links[-1]) if links else None) if name else None


_LEAVES = Markup(words=("b-leaf-article",), when=("b-leaf-createdtime",), title=("b-leaf-subject",), author=person)
_DREAMWIDTH = Markup(words=("comment-content",), when=("datetime",), title=("comment-title",), author=person)


def _leaves(dom: Dom) -> tuple[list[Shown], list[Hidden]]:
    shown: list[Shown] = []
    collapsed: list[Hidden] = []
    line: list[tuple[int, str]] = []  # the comments that we are in, by how far they are indented
    for element in dom.classed("b-leaf"):
        match = _LEAF.fullmatch(element.get("id") or "")
        if match is None:
            collapsed += [(number, None) for number in _seemore(dom, element)]
            continue
        depth = _INDENT.search(element.get("style") or "")
        indent = int(depth[1]) if depth else 0
        while line and line[-1][0] >= indent:
            line.pop()
        parent = line[-1][1] if line else None
        line.append((indent, match[1]))
        gone = bool({"b-leaf-deleted", "b-leaf-suspended", "b-leaf-screened"} & set(tokens(element)))
        if not gone and ("b-leaf-collapsed" in tokens(element) or element.get("data-full") == "0"):
            collapsed.append((match[1], parent))
            continue
        url = next((u for a, u in _own_links(dom, element) if "b-leaf-permalink" in tokens(a)), None)
        shown.append(
            Shown(
                native_id=match[1],
                element=element,
                parent=parent,
                source=ParentSource.INFERRED,
                depth=len(line),
                url=url,
                gone=gone,
            )
        )
    return shown, collapsed


def _seemore(dom: Dom, element: HtmlElement) -> Iterator[str]:
    for _, url in _own_links(dom, element):
        if number := query_value(url, "thread"):
            yield number
            return


def _dreamwidth(dom: Dom) -> tuple[list[Shown], list[Hidden]]:
    shown: list[Shown] = []
    collapsed: list[Hidden] = []
    line: dict[int, str] = {}
    for element in dom.classed("dwexpcomment"):
        match = _CMT.fullmatch(element.get("id") or "")
        if match is None:
            continue
        native, links = match[1], _own_links(dom, element)
        depth = next((int(d[1]) for up in ancestors(element) for t in tokens(up) if (d := _DEPTH.fullmatch(t))), None)
        linked = _parent_link(links)
        nested = line.get(depth - 1) if depth and depth > 1 else None
        for deeper in [d for d in line if depth and d >= depth]:
            del line[deeper]
        if depth:
            line[depth] = native
        inner = {name for e in element.iter() if isinstance(e.tag, str) for name in tokens(e)}
        if "partial" in inner and "comment-content" not in inner:
            collapsed.append((native, linked or nested))
            continue
        told = linked or nested or depth == 1
        shown.append(
            Shown(
                native_id=native,
                element=element,
                parent=linked or nested,
                source=ParentSource.DOM if told else ParentSource.UNKNOWN,
                depth=None if query_value(dom.page.url, "thread") else depth,
                url=next((u for _, u in links if query_value(u, "thread") == native), None),
                gone="comment-content" not in inner,
            )
        )
    return shown, collapsed


def _own_links(dom: Dom, element: HtmlElement) -> list[tuple[HtmlElement, str]]:
    return [(a, url) for a in element.iter("a") if (url := dom.link_url(a))]


def _parent_link(links: list[tuple[HtmlElement, str]]) -> str | None:
    for link, url in links:
        holder = link.getparent()
        if "commentparent" in (*tokens(link), *(tokens(holder) if holder is not None else ())):
            return query_value(url, "thread")
    return None


# ── addresses ────────────────────────────────────────────────────────────────────────────────────


def part(url: str, **query: str | int) -> str:
    """The address of a part of a post's thread. What the page was asked for in, `format=light`, stays."""
    parts = urlsplit(url)
    kept = {name: value for name, value in parse_qsl(parts.query) if name in {"format", "style"}}
    return f"{parts.scheme}://{parts.netloc}{parts.path}?{urlencode({**kept, **query})}"


def pages(dom: Dom) -> int:
    """How many pages a thread has, as far as this page links to them."""
    here = urlsplit(dom.page.url).path
    numbers = [query_value(url, "page") or "" for _, url in dom.links if urlsplit(url).path == here]
    return max((int(n) for n in numbers if n.isascii() and n.isdigit() and len(n) < 5), default=1)
