"""The sidebar of a WordPress page: archives, categories, and its other lists.

Archives are known by where their links lead (`/2021/02/`, `?m=202102`), in a list, a dropdown or a
block, whatever the theme calls them. The other lists are known by the names that WordPress gives its
widgets and blocks, recent comments also by their links.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from lxml.html import HtmlElement

from archiver import dates
from archiver.engines.dom import Dom, ancestors, text_of, tokens
from archiver.engines.wordpress_urls import comment_id, month, taxonomy, year
from archiver.model import ArchivePeriod, Claim, Site, Term, Widget, WidgetLink
from archiver.text import squeeze
from archiver.urls import absolute, within

KINDS = {
    "widget_recent_entries": "recent_posts",
    "wp-block-latest-posts": "recent_posts",
    "widget_recent_comments": "recent_comments",
    "wp-block-latest-comments": "recent_comments",
    "recentcomments": "recent_comments",
    "widget_links": "blogroll",
    "blogroll": "blogroll",
    "widget_tag_cloud": "tag_cloud",
    "wp-block-tag-cloud": "tag_cloud",
    "tagcloud": "tag_cloud",
    "widget_categories": "categories",
    "wp-block-categories": "categories",
    "wp-block-categories-list": "categories",
    "widget_archive": "archives",
    "wp-block-archives": "archives",
    "wp-block-archives-list": "archives",
    "widget_pages": "pages",
    "wp-block-page-list": "pages",
    "widget_nav_menu": "menu",
    "widget_text": "text",
    "widget_custom_html": "text",
}
HEADINGS = ("widget-title", "widgettitle", "widget_title", "wp-block-heading")


@dataclass(slots=True)
class SidebarReading:
    """What the sidebar of a page holds."""

    archives: list[ArchivePeriod] = field(default_factory=list)
    widgets: list[Widget] = field(default_factory=list)
    terms: list[Term] = field(default_factory=list)
    claims: list[Claim] = field(default_factory=list)


def read(dom: Dom, site: Site, *, outside: tuple[HtmlElement, ...] = ()) -> SidebarReading:
    """Read the sidebar. outside: elements that are not part of it (the body, the comments)."""
    reading = SidebarReading()
    _archives(dom, site, outside, reading)
    _categories(dom, outside, reading)
    _widgets(dom, outside, reading)
    return reading


def _archives(dom: Dom, site: Site, outside: tuple[HtmlElement, ...], reading: SidebarReading) -> None:
    found: dict[tuple[int, int | None], ArchivePeriod] = {}
    for element, url, words in _dated_links(dom, outside):
        period = month(url)
        if not within(url, site.home):
            continue
        label, count = words
        said = dates.month_label(label, site.language)
        if period is None:
            one = year(url)
            if one is None or not label.strip().startswith(str(one)):
                continue
            key: tuple[int, int | None] = (one, None)
        elif said == period or (said is None and str(period[0]) in label):
            key = period
        else:
            continue  # a calendar's arrow, or a post's date
        del element
        known = found.get(key)
        if known is None or (known.claimed_posts is None and count is not None):
            found[key] = ArchivePeriod(label=label, year=key[0], month=key[1], url=url, claimed_posts=count)
    months = {key for key in found if key[1] is not None}
    reading.archives = [period for key, period in found.items() if key[1] is not None or not months]
    reading.claims += [
        Claim(subject_kind="month", subject=f"{p.year:04d}-{p.month:02d}", measure="posts", number=p.claimed_posts, where="archive_list")
        for p in reading.archives
        if p.month is not None and p.claimed_posts is not None
    ]


def _dated_links(
    dom: Dom, outside: tuple[HtmlElement, ...]
) -> list[tuple[HtmlElement, str, tuple[str, int | None]]]:
    """Links and options, with their label and the count in it or behind it."""
    found = []
    for element, url in dom.links:
        if (month(url) or year(url)) and not dom.inside(element, *outside) and _in_list(element):
            found.append((element, url, _counted(element)))
    for option in dom.tags("option"):
        url = absolute(option.get("value") or "", dom.base) if "/" in (option.get("value") or "") or "?" in (option.get("value") or "") else None
        if url and (month(url) or year(url)) and not dom.inside(option, *outside):
            text = text_of(option)
            found.append((option, url, (_label(text), dates.count_in(text))))
    return found


def _in_list(element: HtmlElement) -> bool:
    """Whether a link is a line of a list: in an item, or one of several in a block, not in a table."""
    around = [up.tag for _, up in zip(range(4), ancestors(element), strict=False)]
    return ("li" in around or "p" in around or "div" in around) and not {"td", "th", "caption", "nav", "time"} & set(around[:3])


def _label(text: str) -> str:
    """The words of a line without its count."""
    head, bracket, _ = text.rpartition("(")
    return squeeze(head if bracket and head.strip() else text)


def _counted(element: HtmlElement) -> tuple[str, int | None]:
    text = text_of(element)
    count = dates.count_in(text)
    if count is not None:
        return _label(text), count
    tail = squeeze(element.tail or "")
    if not tail:
        after = element.getnext()
        tail = text_of(after) if after is not None and after.tag in {"span", "small", "em", "sup"} else ""
    return text, dates.count_in(tail) if tail else None


def _categories(dom: Dom, outside: tuple[HtmlElement, ...], reading: SidebarReading) -> None:
    """Lists of categories, with their parents by nesting and their counts."""
    lists = [
        e
        for e in dom.classed("widget_categories", "wp-block-categories", "wp-block-categories-list", "cat-item")
        if not dom.inside(e, *outside)
    ]
    seen: set[str] = set()
    for element, url in dom.links:
        if url in seen or not lists or not dom.inside(element, *lists):
            continue
        kind = taxonomy(url)
        item = next((up for up in ancestors(element) if up.tag == "li"), None)
        if item is None or (kind is None and "cat-item" not in tokens(item)) or kind == "tag":
            continue
        seen.add(url)
        name, count = _counted(element)
        native = next((name[9:] for name in tokens(item) if name.startswith("cat-item-") and name[9:].isdecimal()), None)
        outer = next((up for up in ancestors(item) if up.tag == "li" and "cat-item" in tokens(up)), None)
        above = next((absolute(a.get("href") or "", dom.base) for a in outer.iter("a")), None) if outer is not None else None
        reading.terms.append(Term(taxonomy="category", name=name, url=url, native_id=native, parent_url=above))
        if count is not None:
            reading.claims.append(Claim(subject_kind="category", subject=url, measure="posts", number=count, where="category_list"))


def _widgets(dom: Dom, outside: tuple[HtmlElement, ...], reading: SidebarReading) -> None:
    taken: list[HtmlElement] = []
    for element in dom.classed(*KINDS):
        if element.tag in {"body", "li", "a"} or dom.inside(element, *outside) or (taken and dom.inside(element, *taken)):
            continue
        kind = next(KINDS[name] for name in tokens(element) if name in KINDS)
        taken.append(element)
        lines = [(link, url) for link, url in dom.links if dom.inside(link, element)]
        if kind == "recent_comments":
            lines = [(link, url) for link, url in lines if comment_id(url)]
        links = tuple(WidgetLink(url=url, text=text_of(link), detail=_detail(link)) for link, url in lines if text_of(link))
        text = text_of(element) if kind == "text" else None
        if kind == "tag_cloud":
            reading.terms += [Term(taxonomy="tag", name=text_of(link), url=url) for link, url in lines if text_of(link)]
        if links or text:
            reading.widgets.append(Widget(kind=kind, title=_title(element, dom), links=links, text=text))


def _detail(link: HtmlElement) -> str | None:
    """What stands beside a link on its line: a date, a count, who commented."""
    item = next((up for _, up in zip(range(4), ancestors(link), strict=False) if up.tag == "li"), None)
    if item is None or any(True for _ in item.iter("ul", "ol")):
        return squeeze(link.tail or "") or None
    rest = squeeze(text_of(item).replace(text_of(link), " ", 1))
    return rest or None


def _title(element: HtmlElement, dom: Dom) -> str | None:
    """The heading of a widget: inside it, or just before it in its frame."""
    for heading in element.iter("h1", "h2", "h3", "h4", "h5"):
        return text_of(heading) or None
    for inner in dom.classed(*HEADINGS):
        if dom.inside(inner, element):
            return text_of(inner) or None
    before = element.getprevious()
    while before is not None and not isinstance(before.tag, str):
        before = before.getprevious()
    if before is not None and before.tag in {"h1", "h2", "h3", "h4", "h5"}:
        return text_of(before) or None
    return None
