"""What a page of a Drupal node shows.

Drupal 6 and 7 print a comment as `div.comment` after an anchor `comment-12`, version 8 and later as
`article#comment-12`; in all of them, replies stand in a `div.indented` that follows the comment. Times and names are
stated in RDFa (`content="2014-04-05T22:11:00+00:00"`), unless a theme took that out.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime
from urllib.parse import urlsplit

from lxml.html import HtmlElement

from archiver import dates
from archiver.engines._marked_post import Marks, tagged
from archiver.engines._shown_thread import Markup, Shown, Thread, classed
from archiver.engines.dom import Dom, ancestors, near_tokens, text_of, tokens
from archiver.model import Author, Comment, Moment, ParentSource, Post, PostRef, Precision, Site, Term
from archiver.printed.counts import comment_count
from archiver.urls import query_value, url_key

_ID = re.compile(r"comment-(\d{1,12})")
_NODE_ID = re.compile(r"node-(\d{1,12})")
_NODE_PATH = re.compile(r"/node/(\d{1,12})/?$")
_BODY_NODE = re.compile(r"page-node-(\d{1,12})")
_TERMS = ("field--type-entity-reference", "field-type-taxonomy-term-reference", "taxonomy", "terms", "links-terms")
_FIELD_TERMS = re.compile(r"^field-{1,2}name-(?:field-)?(?:tags?|categor\w*|topics?|taxonomy\w*)$")
_UNVERIFIED = re.compile(r"\s*\((?:not verified|nicht überprüft|non vérifié|no verificado)\)$")
_SUBMITTED_BY = re.compile(r"\sby (.{2,60}?) on\s|\s[—–-] ([^\d—–]{2,60})$")  # the ways of versions 7 and 6
_DATED = frozenset({"schema:datecreated", "dc:date", "dc:created", "dcterms:created"})


def near(element: HtmlElement) -> set[str]:
    """The class tokens of an element and of the two around it."""
    return near_tokens(element, 2)


def _authors(dom: Dom) -> tuple[Author, ...]:
    """Who is named in the line "Submitted by …"."""
    outside = dom.region(*_thread_holders(dom))
    for name in ("username", "field--name-uid"):
        for holder in dom.classed(name):
            link = holder if holder.tag == "a" else next(holder.iter("a"), None)
            said = {*near_tokens(holder, 3)}
            if text_of(holder) and holder not in outside and said & _SUBMITTED:
                url = dom.link_url(link) if link is not None else None
                return (Author(name=text_of(holder), member=True, url=url),)
    for line in dom.classed("submitted", "node__submitted"):  # profiles are not for everybody: no link
        match = _SUBMITTED_BY.search(text_of(line)) if line not in outside else None
        if match:
            return (Author(name=_UNVERIFIED.sub("", match[1] or match[2]), member=True),)
    return ()


_SUBMITTED = frozenset({"submitted", "node__submitted", "node__meta", "meta", "author", "byline", "node-info", "info"})


def _terms(dom: Dom) -> tuple[Term, ...]:
    names = tuple(name for name in dom.class_tokens if _FIELD_TERMS.match(name))
    outside = _thread_holders(dom)
    found = tagged(dom, names) if names else ()
    for holders in () if found else (("links-terms",), ("terms",), _TERMS):
        found = found or tagged(dom, holders)
    inside = {url for a, url in dom.links if dom.inside(a, *outside)}
    kinds = ((t, "category" if "categor" in (t.url or "").lower() else "tag") for t in found if t.url not in inside)
    return tuple(replace(term, taxonomy=kind) for term, kind in kinds)


MARKS = Marks(
    body=("field--name-body", "field-name-body", "node__content", "node-content", "content"),
    title=("page-title", "page__title", "node__title", "node-title", "title"),
    when=("node__submitted", "submitted", "node__meta"),
    added=(
        "links",
        "field--name-field-tags",
        "field-name-field-tags",
        "terms",
        "comment-wrapper",
        "field--type-comment",
    ),
    outside=(
        "comment",
        "comments",
        "comment-wrapper",
        "block",
        "sidebar",
        "region-sidebar-first",
        "region-sidebar-second",
    ),
    authors=_authors,
    terms=_terms,
)


def stated(dom: Dom, post: Post) -> Post:
    """With the time that RDFa states of the node, and the title of older themes."""
    outside = dom.region(*_thread_holders(dom))
    for element in dom.root.iterfind(".//*[@property]"):
        names = set((element.get("property") or "").lower().split())
        moment = dates.from_iso(element.get("content") or "", 0) if names & _DATED else None
        if moment is not None and element not in outside:
            post = replace(post, published=moment)
            break
    heading = dom.by_id.get("page-title")
    if heading is None:  # in Garland it stands before the node and has no name
        heads = (h for h in dom.tags("h1", "h2") if text_of(h) and h not in outside)
        heading = next((h for h in heads if (post.title or "").startswith(f"{text_of(h)} | ")), None)
    return replace(post, title=text_of(heading)) if heading is not None and text_of(heading) else post


def number(dom: Dom) -> str | None:
    """The number of the node: of its element, the body's classes, the short link, the address."""
    found = [e.get("data-history-node-id") or "" for e in dom.tags("article", "div")]
    found += [match[1] for id_ in dom.by_id if (match := _NODE_ID.fullmatch(id_))]
    found += [match[1] for name in dom.body_tokens if (match := _BODY_NODE.fullmatch(name))]
    addresses = [link.get("href") or "" for link in (*dom.head_links("shortlink"), *dom.head_links("canonical"))]
    found += [match[1] for url in (*addresses, dom.page.url) if (match := _NODE_PATH.search(urlsplit(url).path))]
    known = list(dict.fromkeys(one for one in found if one.isdigit()))
    return known[0] if len(known) == 1 else None


def is_page(dom: Dom) -> bool:
    """Whether the node is of Drupal's type for static pages."""
    names = {"node--type-page", "node-page", "node-type-page", "page-node-type-page"}
    return bool(names & {*dom.class_tokens})


# ── threads ──────────────────────────────────────────────────────────────────────────────────────


def _thread_holders(dom: Dom) -> list[HtmlElement]:
    named = [e for name in ("comments",) if (e := dom.by_id.get(name)) is not None]
    return [*named, *dom.classed("comment-wrapper", "field--type-comment", "comment", "indented")]


def count(dom: Dom) -> int | None:
    """How many comments a heading claims. Most themes say "Comments" alone."""
    holders = dom.region(*_thread_holders(dom))
    heads = (e for e in dom.tags("h2", "h3") if e in holders and "comment" not in near_tokens(e, 1))
    return next((n for e in heads if (n := comment_count(text_of(e))) is not None), None)


def comments(dom: Dom, post: PostRef, site: Site) -> list[Comment]:
    """What a page shows of the thread."""
    found = ((match[1], _holder(e)) for name, e in dom.by_id.items() if (match := _ID.fullmatch(name)))
    holders = {native: element for native, element in found if element is not None}
    shown: list[Shown] = []
    line: list[str] = []
    told = bool(dom.classed("indented"))
    for native, element in sorted(holders.items(), key=lambda pair: dom.order[pair[1]]):
        depth = sum("indented" in tokens(up) for up in ancestors(element)) + 1
        del line[depth - 1 :]
        parent = _linked_parent(dom, element) or (line[-1] if line else None)
        line += [native] * (depth - len(line))
        urls = (url for a in element.iter("a") if (url := dom.link_url(a)) and url.endswith(f"#comment-{native}"))
        source = ParentSource.DOM if told or parent else ParentSource.UNKNOWN
        shown.append(
            Shown(
                native_id=native,
                element=element,
                parent=parent,
                source=source,
                depth=depth if source is ParentSource.DOM else None,
                url=next(urls, None),
            )
        )
    return _timed(shown, Thread(dom, site, _MARKUP, shown).comments(post))


def _holder(element: HtmlElement) -> HtmlElement | None:
    """The comment's element: itself, or what follows its anchor."""
    if element.tag != "a":
        return element if "comment" in tokens(element) or "js-comment" in tokens(element) else None
    after = element.getnext()
    while after is not None and (not isinstance(after.tag, str) or after.tag in {"span", "mark"}):
        after = after.getnext()
    if after is not None and "comment" in tokens(after):
        return after
    return next((up for up in ancestors(element) if "comment" in tokens(up)), None)


def _linked_parent(dom: Dom, element: HtmlElement) -> str | None:
    """The comment that "In reply to" links to."""
    for link in element.iter("a"):
        parent = link.getparent()
        said = {*tokens(link), *(tokens(parent) if parent is not None else ())}
        if said & {"comment__parent", "visually-hidden"} or (
            parent is not None and "visually-hidden" in tokens(parent)
        ):
            match = re.search(r"#comment-(\d{1,12})$", dom.link_url(link) or "")
            if match:
                return match[1]
    return None


def _timed(shown: list[Shown], read: list[Comment]) -> list[Comment]:
    """With the exact times that RDFa or Drupal's marks of new comments state."""
    made = []
    for one, comment in zip(shown, read, strict=True):
        exact = next((moment for e in one.element.iter() if (moment := _exact(e))), None)
        made.append(replace(comment, published=exact) if exact else comment)
    return made


def _exact(element: HtmlElement) -> Moment | None:
    if not isinstance(element.tag, str):
        return None
    stamp = element.get("data-comment-timestamp") or ""
    if stamp.isascii() and stamp.isdigit() and len(stamp) < 11:
        when = datetime.fromtimestamp(int(stamp), UTC)
        return Moment(at=when.strftime("%Y-%m-%dT%H:%M:%SZ"), precision=Precision.SECOND)
    names = set((element.get("property") or "").lower().split())
    return dates.from_iso(element.get("content") or "", 0) if names & _DATED else None


def _author(dom: Dom, parts: Iterable[HtmlElement]) -> Author | None:
    every = list(parts)
    holder = classed(every, ("username", "comment__author", "author"))
    if holder is None:
        line = classed(every, ("submitted",))
        said = _SUBMITTED_BY.search(text_of(line)) if line is not None else None
        return Author(name=_UNVERIFIED.sub("", said[1] or said[2]), member=False) if said else None
    link = holder if holder.tag == "a" else next((a for a in holder.iter("a") if text_of(a)), None)
    name = _UNVERIFIED.sub("", text_of(link if link is not None else holder))
    url = dom.link_url(link) if link is not None else None
    account = url is not None and re.search(r"/users?/[^/]+$", urlsplit(url).path) is not None
    return Author(name=name, member=account, url=url) if name else None


_MARKUP = Markup(
    words=("field--name-comment-body", "field-name-comment-body", "comment__content", "comment-content", "content"),
    when=("comment__time", "submitted", "comment__meta", "comment__submitted"),
    title=(),
    author=_author,
)


def last_page(dom: Dom) -> int:
    """How many pages the thread has, as far as the pager of this page links to them."""
    here = url_key(dom.page.url.partition("?")[0])
    found = (query_value(url, "page") or "" for _, url in dom.links if url_key(url.partition("?")[0]) == here)
    return max((int(n) + 1 for n in found if n.isascii() and n.isdigit() and len(n) < 5), default=1)
