"""The sidebar's Archives: months or years with the posts they claim, from a list, a dropdown or a block.

They are known by where their links lead (`/2021/02/`, `?m=202102`), whatever the theme calls them.
"""

from __future__ import annotations

from collections.abc import Iterator

from lxml.html import HtmlElement

from archiver import dates
from archiver.engines._sidebar_lines import Line, labelled, line_of
from archiver.engines.dom import Dom, Region, near, near_tokens, text_of
from archiver.engines.wordpress_urls import month, year
from archiver.model import ArchivePeriod, Precision, Site
from archiver.text import squeeze
from archiver.urls import absolute, within

_ROOMS = frozenset({"li", "p", "div", "dd", "section", "aside", "option"})
_NOT_LISTS = frozenset({"td", "th", "caption", "nav", "time"})
_CALENDAR = frozenset(
    {"wp-calendar-nav", "calendar", "widget_calendar", "wp-block-calendar", "breadcrumb", "breadcrumbs"}
)
_INITIALS = 3  # characters
_ARROWS = "«»‹›←→<>"
_Key = tuple[int, int | None]


def read(dom: Dom, site: Site, outside: Region) -> list[ArchivePeriod]:
    """The periods in the order of the page; years only where there are no months."""
    language = dom.tags("html")[0].get("lang") if dom.tags("html") else None
    found: dict[_Key, ArchivePeriod] = {}
    for url, line in _dated(dom, outside):
        key = _key(url, line.label, language or site.language)
        if key is None or not within(url, site.home):
            continue
        known = found.get(key)
        if known is None or (known.claimed_posts is None and line.number is not None):
            found[key] = ArchivePeriod(label=line.label, year=key[0], month=key[1], url=url, claimed_posts=line.number)
    months = any(key[1] is not None for key in found)
    return [period for key, period in found.items() if key[1] is not None or not months]


def _dated(dom: Dom, outside: Region) -> Iterator[tuple[str, Line]]:
    """Links and options that lead to a month or year, with their words."""
    for link, url in dom.links:
        if (month(url) or year(url)) and link not in outside and _is_line(link):
            line = line_of(link)
            yield url, line if len(line.label) > _INITIALS else _named(link, url, line)
    for option in dom.tags("option"):
        value = option.get("value") or ""
        target = absolute(value, dom.base) if "/" in value or "?" in value else None
        if target and (month(target) or year(target)) and option not in outside:
            yield target, labelled(text_of(option))


def _named(link: HtmlElement, url: str, line: Line) -> Line:
    """The line of a link that says no more than `J` or `1` of its month, as those of a whole year in one line do: by
    its title, or by the number that it is."""
    title = labelled(squeeze(link.get("title") or ""))
    if len(title.label) > _INITIALS:
        return Line(title.label, line.number if title.number is None else title.number)
    period = month(url)
    if period is None or not line.label.isdecimal() or int(line.label) != period[1]:
        return line
    return Line(f"{period[0]}-{period[1]:02}", line.number)


def _is_line(link: HtmlElement) -> bool:
    """Whether a link is a line of a list, not a date beside a post or a day in a calendar."""
    around = [up.tag for up in near(link, 4)[1:]]
    if _NOT_LISTS & set(around[:3]) or any(True for _ in link.iter("time")):
        return False
    return bool(_ROOMS & set(around)) and _CALENDAR.isdisjoint(near_tokens(link, 4))


def _key(url: str, label: str, language: str | None) -> _Key | None:
    """The period that a line means, where its words agree with its address."""
    label = label.strip()
    if not label or label[0] in _ARROWS or label[-1] in _ARROWS:
        return None
    period = month(url)
    if period is None:
        one = year(url)
        return (one, None) if one is not None and label.startswith(str(one)) else None
    said = dates.month_label(label, language)
    if said is None and str(period[0]) not in label:
        # Lists grouped by year print the month alone.
        said = dates.month_label(f"{label} {period[0]}", language) or dates.month_label(
            f"{period[0]}年{label}", language
        )
        return period if said == period else None
    if said is None:
        shown = dates.from_printed(label, language=language, day_first=True)
        return period if shown is None or shown.precision in {Precision.MONTH, Precision.YEAR} else None
    return period if said == period else None
