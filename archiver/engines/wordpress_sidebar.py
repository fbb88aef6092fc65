"""The sidebar of a WordPress page: archives, categories, and its other lists."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from lxml.html import HtmlElement

from archiver.engines import _sidebar_archives as archives
from archiver.engines._sidebar_lines import count_of, detail_of, item_of, line_of, outer_item
from archiver.engines._sidebar_lists import SidebarList, find
from archiver.engines.dom import Dom, Region, text_of, tokens
from archiver.engines.wordpress_urls import comment_id, taxonomy
from archiver.model import ArchivePeriod, Claim, Site, Term, Widget, WidgetLink
from archiver.urls import within

_SILENT = frozenset({"cancel-comment-reply-link", "rsswidget", "screen-reader-text"})


@dataclass(slots=True)
class SidebarReading:
    """What the sidebar of a page holds."""

    archives: list[ArchivePeriod] = field(default_factory=list)
    widgets: list[Widget] = field(default_factory=list)
    terms: list[Term] = field(default_factory=list)
    claims: list[Claim] = field(default_factory=list)


def read(dom: Dom, site: Site, *, outside: Iterable[HtmlElement] | Region = ()) -> SidebarReading:
    """Read the sidebar. outside: parts that are none of it (the body, the comments)."""
    apart = outside if isinstance(outside, Region) else dom.region(*outside)
    reading = SidebarReading(archives=archives.read(dom, site, apart))
    reading.claims += [claim for period in reading.archives if (claim := _month_claim(period))]
    lists = list(find(dom, site, apart))
    terms: dict[str, Term] = {}
    for found in lists:
        if found.kind in {"categories", "tag_cloud"}:
            _read_terms(found, dom, site, terms, reading)
        widget = _widget(found, dom)
        if widget.links or widget.text:
            reading.widgets.append(widget)
    reading.terms = list(terms.values())
    return reading


def _month_claim(period: ArchivePeriod) -> Claim | None:
    if period.month is None or period.claimed_posts is None:
        return None
    subject = f"{period.year:04d}-{period.month:02d}"
    return Claim(
        subject_kind="month", subject=subject, measure="posts", number=period.claimed_posts, where="archive_list"
    )


def _read_terms(found: SidebarList, dom: Dom, site: Site, terms: dict[str, Term], reading: SidebarReading) -> None:
    """The terms of a list, with their parents by nesting, and the posts they claim.

    On a network of sites a list may have the categories of another blog: neither they nor their posts are this one's.
    """
    usual = "category" if found.kind == "categories" else "tag"
    for link, url in _links(found.frame, dom):
        item = item_of(link)
        classes = tokens(item) if item is not None else []
        kind = taxonomy(url) or ("category" if "cat-item" in classes else usual)
        label, count = line_of(link)
        if not label or url in terms or not within(url, site.home) or (usual == "category" and kind == "tag"):
            continue
        count = _stated_count(link) if count is None else count
        terms[url] = Term(
            taxonomy=kind,
            name=label,
            url=url,
            native_id=next(
                (name[9:] for name in classes if name.startswith("cat-item-") and name[9:].isdecimal()), None
            ),
            parent_url=_parent_url(item, dom) if usual == "category" and item is not None else None,
        )
        if count is not None:
            where = "category_list" if usual == "category" else "tag_cloud"
            reading.claims.append(Claim(subject_kind=kind, subject=url, measure="posts", number=count, where=where))


def _stated_count(link: HtmlElement) -> int | None:
    """The number in what a tag cloud says to those who do not see it: `aria-label="fatigue (12 items)"`."""
    title = count_of(link.get("title") or "")
    if title is not None:
        return title
    _, _, bracket = (link.get("aria-label") or "").rpartition("(")
    return count_of(bracket.rstrip(")")) if bracket else None


def _parent_url(item: HtmlElement, dom: Dom) -> str | None:
    outer = outer_item(item)
    link = next(outer.iter("a"), None) if outer is not None else None
    return dom.link_url(link) if link is not None else None


def _widget(found: SidebarList, dom: Dom) -> Widget:
    lines = [(link, url) for link, url in _links(found.frame, dom) if text_of(link)]
    if found.kind == "recent_comments":
        lines = [(link, url) for link, url in lines if comment_id(url)]
    links = tuple(WidgetLink(url=url, text=text_of(link), detail=detail_of(link)) for link, url in lines)
    worded = found.kind == "text" or (not links and next(found.frame.iter("option"), None) is not None)
    text = text_of(found.frame) if worded else None
    return Widget(kind=found.kind, title=found.title, links=links, text=text or None)


def _links(frame: HtmlElement, dom: Dom) -> Iterator[tuple[HtmlElement, str]]:
    for link in frame.iter("a"):
        url = dom.link_url(link)
        if url and _SILENT.isdisjoint(tokens(link)):
            yield link, url
