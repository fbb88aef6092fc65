"""What TypePad and Movable Type have in common: the same house made both, and their templates name things alike.

A comment is `#comment-6a00…` (TypePad), `#comment-12` or `#c12`. Replies lie within what they answer, or link to it.
Who wrote it and when stands in a line below the words, "Posted by: Ned | April 05, 2014 at 10:11 PM", or in a vcard.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from urllib.parse import urlsplit

from lxml.html import HtmlElement

from archiver.engines._marked_post import Marks, tagged
from archiver.engines._page_engine import asked_page, thread_page
from archiver.engines._shown_thread import Markup, Shown, Thread, classed
from archiver.engines.dom import Dom, ancestors, text_of, tokens
from archiver.model import Author, Comment, ParentSource, PostRef, Site, Target, Term
from archiver.printed.counts import comment_count
from archiver.urls import without_fragment

_ID = re.compile(r"(?:comment-|c)(6a[0-9a-f]{10,40}|\d{1,12})")
_LINK = re.compile(r"#(?:comment-|c)(6a[0-9a-f]{10,40}|\d{1,12})$")
PAGE = re.compile(r"/comments/page/(\d{1,4})/?$")
_BY = re.compile(
    r"^(?:[^:|]{2,30}:)?\s*(?P<name>[^|]{1,80}?)\s*(?:\||,?\s+(?:at|on|am|le|il|el|op)\s+(?=\W*\w*\W*\d)|$)"
)
_FOOTERS = ("comment-footer", "comments-post", "commentfooter", "comment-posted")
_NAMES = ("fn", "comment-author", "vcard", "byline")

MARKS = Marks(
    body=("asset-content", "entry-content", "entry-body", "asset-body", "blogbody", "entrybody"),
    title=("entry-header", "asset-name", "entry-title", "post-title", "title"),
    when=("published", "entry-footer-info", "post-footers", "date-header", "asset-meta", "posted"),
    added=("entry-footer", "asset-footer", "entry-tags", "entry-categories", "sharebar", "tp-blogit"),
    outside=("comments", "trackbacks", "sidebar", "module", "comments-body"),
    terms=lambda dom: (*_filed(dom), *tagged(dom, ("entry-tags",))),
)


def _filed(dom: Dom) -> Iterator[Term]:
    """The categories: in lists of their own, or as links of the line below a post."""
    for name in ("entry-categories", "post-footers", "entry-footer-info"):
        found = [t for t in tagged(dom, (name,), "category") if _is_category(t.url or "")]
        if found:
            yield from found
            return


def _is_category(url: str) -> bool:
    path = urlsplit(url).path.rstrip("/")
    return not path.endswith((".html", ".php")) and "/comments" not in path and path.count("/") > 1


def authors(dom: Dom) -> tuple[Author, ...]:
    """The writer of a post: its vcard, or the line below it, "Posted by Moll Quay on …"."""
    outside = dom.classed(*MARKS.outside)
    for name in ("fn", "author", "vcard", "post-footers", "posted", "byline"):
        for holder in dom.classed(name):
            if dom.inside(holder, *outside):
                continue
            link = next((a for a in holder.iter("a") if text_of(a) and "author" in (*tokens(a), a.get("rel"))), None)
            link = holder if holder.tag == "a" else link
            said = re.match(r"(?i)(?:posted|written)?\s*by:?\s+(.{2,60}?)\s+(?:on|at|in)\s", text_of(holder))
            found = text_of(link) if link is not None else said[1] if said else "" if name != "fn" else text_of(holder)
            if found:
                url = dom.link_url(link) if link is not None else None
                return (Author(name=found, member=True, url=url),)
    return ()


def count(dom: Dom) -> int | None:
    """How many comments a post's page claims."""
    for element in dom.classed("comments-header", "comments-head"):
        number = comment_count(text_of(element))
        if number is not None:
            return number
    links = (a for a, url in dom.links if url.endswith("#comments") and dom.inside(a, *dom.classed("entry", "asset")))
    return next((n for a in links if (n := comment_count(text_of(a))) is not None), None)


# ── threads ──────────────────────────────────────────────────────────────────────────────────────


def comments(dom: Dom, post: PostRef, site: Site) -> list[Comment]:
    """What a page shows of the thread."""
    found = {match[1]: _holder(e) for name, e in dom.by_id.items() if (match := _ID.fullmatch(name))}
    holders = {element: native for native, element in found.items() if text_of(element)}
    shown = [_shown(dom, native, element, holders) for element, native in holders.items()]
    nested = any(one.parent for one in shown)
    told = [one if nested or one.parent else _flat(one) for one in shown]
    return Thread(dom, site, _MARKUP, told).comments(post)


def _flat(one: Shown) -> Shown:
    """Where no comment of a page answers another, none says that it answers the post."""
    return Shown(native_id=one.native_id, element=one.element, url=one.url)


def _holder(element: HtmlElement) -> HtmlElement:
    """An anchor stands before its comment, or first in it."""
    if element.tag != "a" or text_of(element):
        return element
    parent, after = element.getparent(), element.getnext()
    if after is not None and isinstance(after.tag, str) and after.tag == "div":
        return after
    return parent if parent is not None else element


def _shown(dom: Dom, native: str, element: HtmlElement, holders: dict[HtmlElement, str]) -> Shown:
    around = [holders[up] for up in ancestors(element) if up in holders]
    urls = [url for a in element.iter("a") if (url := dom.link_url(a)) and _LINK.search(url)]
    answered = _answered(dom, element, native, holders)
    own = (url for url in urls if (match := _LINK.search(url)) and match[1] == native)
    return Shown(
        native_id=native,
        element=element,
        parent=around[0] if around else answered,
        source=ParentSource.DOM if around or not answered else ParentSource.FEED,
        depth=len(around) + 1 if around or not answered else None,
        url=next(own, None),
    )


def _answered(dom: Dom, element: HtmlElement, native: str, holders: dict[HtmlElement, str]) -> str | None:
    """The comment that the line of who and when links to: "replied to comment from Ned"."""
    known = set(holders.values())
    for link in element.iter("a"):
        holder = next((up for up in ancestors(link) if up in holders), None)
        match = _LINK.search(dom.link_url(link) or "")
        if match is None or holder is not element or match[1] == native or match[1] not in known:
            continue
        if not any("comment-content" in tokens(up) or "comment-body" in tokens(up) for up in ancestors(link)):
            return match[1]
    return None


def _author(dom: Dom, parts: Iterable[HtmlElement]) -> Author | None:
    every = list(parts)
    for names in (_NAMES, _FOOTERS):
        holder = classed(every, names)
        if holder is None:
            continue
        links = [holder] if holder.tag == "a" else [a for a in holder.iter("a") if text_of(a)]
        link = next((a for a in links if "#" not in (dom.link_url(a) or "#")), None)
        if link is not None:
            return Author(name=text_of(link), member=False, url=dom.link_url(link))
        match = _BY.match(text_of(holder))
        name = text_of(holder) if holder.tag != "p" and names is _NAMES else match["name"] if match else ""
        if name and len(name) < 80:
            return Author(name=name, member=False)
    return None


_MARKUP = Markup(
    words=("comment-content", "comment-body", "comment-text"),
    when=("published", "comment-footer", "comments-post", "comment-posted", "asset-meta", "comment-meta"),
    apart=_FOOTERS,
    author=_author,
)


def pages(dom: Dom) -> dict[int, str]:
    """The pages of a thread that this page links to, and those between, by number."""
    found = {int(m[1]): without_fragment(url) for _, url in dom.links if (m := PAGE.search(without_fragment(url)))}
    here = urlsplit(PAGE.sub("", without_fragment(dom.page.url))).path.removesuffix(".html").rstrip("/")
    own = {n: url for n, url in found.items() if urlsplit(PAGE.sub("", url)).path.removesuffix(".html") == here}
    if not own:
        return {}
    last, url = max(own.items())
    return {n: PAGE.sub(f"/comments/page/{n}/", url) for n in range(2, last + 1)}


def onward(dom: Dom, asked: Target, post: PostRef) -> Iterator[Target]:
    """The thread's other pages."""
    known = asked_page(asked) or 1
    yield from (thread_page(url, post, n) for n, url in pages(dom).items() if n != known)
