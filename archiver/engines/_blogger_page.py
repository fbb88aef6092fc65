"""What a page of a Blogger blog shows beside its post: the comments, and the sidebar's archive and labels.

Every theme prints comments with the id `c` + number and a permalink `?showComment=MILLISECONDS#cNUMBER`, so
that their time is exact in any language. Threads are two levels deep: replies stand in an inner list.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime

from lxml.html import HtmlElement

from archiver import content, dates
from archiver.engines._blogger_feeds import is_profile
from archiver.engines.dom import Dom, ancestors, inner_html, text_of, tokens
from archiver.model import (
    ArchivePeriod,
    Author,
    Claim,
    Comment,
    Extract,
    Moment,
    ParentSource,
    PostRef,
    Precision,
    Rank,
    Site,
    Term,
)
from archiver.printed.counts import count_in
from archiver.urls import absolute, last_segment, within

_OWN_ID = re.compile(r"c(\d{5,})")
_PERMALINK = re.compile(r"[?&]showComment=(\d{11,14})\b.*#c(\d{5,})$")
_PERIOD = re.compile(r"/(\d{4})(?:[/_](\d{2})(?:_\d{2}_archive\.html)?)?/?$")
_LABEL = re.compile(r"/search/label/[^/?]+")
_POST_ID = re.compile(r"post-body-(\d+)")
_SAID = re.compile(r"\s+(?:hat gesagt|a dit|ha detto|\S+)\s*(?:\.\.\.|…)\s*:?$")  # "Moll said..."
_STATED_ID = re.compile(r"""['"]postId['"]\s*:\s*['"](\d{5,})['"]""")


def post_id(dom: Dom) -> str | None:
    """The post's number: of its body's id, its microdata, or the page's scripts."""
    found = {match[1] for id_ in dom.by_id if (match := _POST_ID.fullmatch(id_))}
    found |= {m.get("content") or "" for m in dom.tags("meta") if m.get("itemprop") == "postId"}
    found = found or set(_STATED_ID.findall(dom.page.text))
    known = {one for one in found if one.isdigit()}
    return known.pop() if len(known) == 1 else None


def title(dom: Dom) -> str | None:
    """The post's title as every theme since 2004 marks it; the page's own has the blog's name before it."""
    return next((text_of(e) for e in dom.classed("post-title", "entry-title") if text_of(e)), None)


# ── comments ─────────────────────────────────────────────────────────────────────────────────────


def comments(dom: Dom, post: PostRef) -> list[Comment]:
    """The comments that a page shows, in their order."""
    shown = _shown(dom)
    inner = any(_outer(element, shown) for element in shown.values()) or bool(dom.classed("comment-thread"))
    return [_comment(dom, id_, e, shown, post, n, inner) for n, (id_, e) in enumerate(shown.items())]


def count(dom: Dom) -> int:
    """How many comments a page shows."""
    return len(_shown(dom))


def _shown(dom: Dom) -> dict[str, HtmlElement]:
    """The comments by number, in document order; what has no words is the frame of something else."""
    holders = {id_: element for name, element in dom.by_id.items() if (id_ := _number(name))}
    return {id_: e for id_, e in holders.items() if _block(e) is not None}


def _number(name: str) -> str | None:
    match = _OWN_ID.fullmatch(name)
    return match[1] if match else None


def _block(element: HtmlElement) -> HtmlElement | None:
    """The words of a comment: within it, or in the <dd> that follows its <dt>."""
    for inner in element.iter("p", "div", "blockquote", "dd", "span"):
        if {"comment-content", "comment-body"} & set(tokens(inner)) and _own(inner, element):
            return inner
    following = element.getnext()
    while following is not None and following.tag != "dt":
        if isinstance(following.tag, str) and "comment-body" in tokens(following):
            return following
        following = following.getnext()
    return None


def _own(inner: HtmlElement, element: HtmlElement) -> bool:
    """Whether an element belongs to this comment and not to a reply within it."""
    for holder in ancestors(inner):
        if holder is element:
            return True
        if _number(holder.get("id") or ""):
            return False
    return False


def _outer(element: HtmlElement, shown: dict[str, HtmlElement]) -> str | None:
    """The comment in which a comment stands."""
    numbers = (_number(holder.get("id") or "") for holder in ancestors(element) if holder is not element)
    return next((number for number in numbers if number in shown), None) if shown else None


def _comment(
    dom: Dom, id_: str, element: HtmlElement, shown: dict[str, HtmlElement], post: PostRef, place: int, inner: bool
) -> Comment:
    parent = _outer(element, shown)
    url, published = _permalink(dom, id_, element)
    body = _block(element)
    return Comment(
        post=post,
        rank=Rank.PAGE,
        native_id=id_,
        url=url,
        author=_author(dom, element),
        content=content.from_html(inner_html(body), dom.base) if body is not None else None,
        published=published,
        parent=parent,
        parent_source=ParentSource.DOM if inner else ParentSource.UNKNOWN,
        depth=(2 if parent else 1) if inner else None,
        position=place,
        by_post_author=True if _says_author(element) else None,
    )


def _parts(element: HtmlElement) -> Iterator[HtmlElement]:
    """All of one comment, without the replies; in the oldest markup it goes on in the siblings of a <dt>."""
    if element.tag == "dt":
        following: HtmlElement | None = element
        while following is not None and (following is element or following.tag != "dt"):
            yield from (e for e in following.iter() if isinstance(e.tag, str))
            following = following.getnext()
    else:
        yield from (e for e in element.iterdescendants() if isinstance(e.tag, str) and _own(e, element))


def _permalink(dom: Dom, id_: str, element: HtmlElement) -> tuple[str | None, Moment | None]:
    for link in _parts(element):
        url = dom.link_url(link) if link.tag == "a" else None
        match = _PERMALINK.search(url or "")
        if match and match[2] == id_:
            return url, _at(match[1], text_of(link))
    return None, None


def _at(milliseconds: str, printed: str) -> Moment | None:
    try:
        when = datetime.fromtimestamp(int(milliseconds) / 1000, UTC)
    except (ValueError, OverflowError, OSError):
        return dates.from_printed(printed)
    return Moment(at=when.strftime("%Y-%m-%dT%H:%M:%SZ"), precision=Precision.SECOND, printed=printed or None)


def _author(dom: Dom, element: HtmlElement) -> Author | None:
    named = [e for e in _parts(element) if e.tag == "cite" or "comment-author" in tokens(e)]
    if element.tag == "dt" and not named:
        named = [element]
    for holder in named:
        link = next((a for a in holder.iter("a") if text_of(a) and a.get("href")), None)
        name = text_of(link) if link is not None else _SAID.sub("", text_of(holder))
        if name:
            url = dom.link_url(link) if link is not None else None
            return Author(name=name, member=is_profile(url), url=url)
    return None


def _says_author(element: HtmlElement) -> bool:
    return any({"blog-author", "blog-author-comment"} & set(tokens(e)) for e in _parts(element))


# ── sidebar ──────────────────────────────────────────────────────────────────────────────────────


def sidebar(dom: Dom, site: Site) -> Extract:
    """The archive's months and the labels, each with the posts that it claims."""
    periods = list(_periods(dom, site))
    by_month = {period.year for period in periods if period.month}
    archives = tuple(p for p in periods if p.month or p.year not in by_month)
    claims = [
        Claim(
            subject_kind="month",
            subject=f"{p.year:04d}-{p.month:02d}",
            measure="posts",
            number=p.claimed_posts,
            where="archive_list",
        )
        for p in archives
        if p.month and p.claimed_posts is not None
    ]
    terms: dict[str, Term] = {}
    for link, url in dom.links:
        if _LABEL.search(url) and within(url, site.home) and _in_widget(link, "label"):
            terms.setdefault(url, Term(taxonomy="tag", name=text_of(link) or last_segment(url), url=url))
            count = _count_after(link)
            if count is not None:
                claim = Claim(subject_kind="tag", subject=url, measure="posts", number=count, where="tag_cloud")
                claims.append(claim)
    return Extract(archives=archives, terms=tuple(terms.values()), claims=tuple(dict.fromkeys(claims)))


def _in_widget(element: HtmlElement, name: str) -> bool:
    """Blogger names a widget's kind in its frame's classes (`widget Label`) and id (`Label1`)."""
    return any(
        name in tokens(holder) or (holder.get("id") or "").lower().rstrip("0123456789") == name
        for holder in ancestors(element)
    )


def _periods(dom: Dom, site: Site) -> Iterator[ArchivePeriod]:
    found: dict[tuple[int, int | None], ArchivePeriod] = {}
    lines = [(text_of(link), url, _count_after(link)) for link, url in dom.links if _in_widget(link, "blogarchive")]
    for option in dom.tags("option"):
        url = absolute(option.get("value") or "", dom.base) if option.get("value") else None
        if url and _in_widget(option, "blogarchive"):
            lines.append((text_of(option), url, count_in(text_of(option))))
    for label, url, count in lines:
        match = _PERIOD.search(url)
        if match and within(url, site.home) and label[:1].isalnum():
            year, month = int(match[1]), int(match[2]) if match[2] else None
            if month is None or 1 <= month <= 12:
                period = ArchivePeriod(label=label, year=year, month=month, url=url, claimed_posts=count)
                found.setdefault((year, month), period)
    yield from found.values()


def _count_after(link: HtmlElement) -> int | None:
    """The number in brackets that follows a link, before anything else does."""
    after = (link.tail or "").strip()
    following = link.getnext()
    if not after and following is not None and following.tag == "span":
        after = text_of(following)
    return count_in(after) if after.startswith("(") else count_in(text_of(link))
