"""When a comment was written, and its permalink."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

from lxml.html import HtmlElement

from archiver.engines._comment_parts import Parts, ranked
from archiver.engines._comment_roles import FRAME, role
from archiver.engines._dating import Dating
from archiver.engines.dom import Dom, text_of, text_without, tokens
from archiver.engines.wordpress_urls import comment_id
from archiver.model import Comment, Moment, Precision
from archiver.text import squeeze
from archiver.urls import without_fragment

_FINE = frozenset({Precision.SECOND, Precision.MINUTE})
_CHANGED = frozenset({"updated", "modified", "edited"})
_A_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
_MONTH = 7  # characters of an ISO date
_SHOWN = {Precision.YEAR: 4, Precision.MONTH: _MONTH}
_LONGEST = 200
_A_LINE = 60  # characters
_FRAMES = frozenset({"div", "li", "article", "section", "header", "footer", "dd", "td", "span"})
_PROPERTIES = ("datePublished", "dateCreated", "commentTime", "datepublished")


def none_before(post: Moment | None, comments: tuple[Comment, ...]) -> tuple[Comment, ...]:
    """The comments of a post, none of which was written before that; post: when it was published."""
    if post is None:
        return comments
    dates = [one.published and not_before(one.published, post) for one in comments]
    return tuple(
        one if date is one.published else replace(one, published=date)
        for one, date in zip(comments, dates, strict=True)
    )


def not_before(moment: Moment, post: Moment) -> Moment:
    """When a comment was written that is told by its distance from now: not before its post.

    "6 years ago" is what WordPress says from five and a half on, so that counting back may end in the year before.
    """
    shown = _SHOWN.get(moment.precision)
    if shown is None or moment.at[:4] in (moment.printed or "") or post.precision is Precision.YEAR:
        return moment
    units = [int(at[:4]) * 12 + int(at[5:7]) if shown == _MONTH else int(at[:4]) for at in (moment.at, post.at)]
    return replace(moment, at=post.at[:shown] + moment.at[shown:]) if units[1] - units[0] == 1 else moment


def own_link(parts: Parts) -> HtmlElement | None:
    """The comment's link to itself."""
    native = parts.node.native_id
    if native is None:
        return None
    for link in parts.links:
        href = link.get("href") or ""
        if native in href and comment_id(href) == native and not parts.in_body(link):
            found = role(link.get("class") or "")
            if found is None or not found.reply_link:
                return link
    return None


def permalink(dom: Dom, native: str | None, href: str | None) -> str | None:
    """Where a browser finds a comment. native: its id; href: of its link to itself."""
    url = dom.url_of(href) if href else None
    if url is None and (anchor := f"comment-{native}") in dom.by_id:
        url = f"{without_fragment(dom.page.url)}#{anchor}"
    return url


def moment_of(parts: Parts, link: HtmlElement | None, dating: Dating) -> Moment | None:
    """When it was written: as stated for machines, or as printed. link: the comment's to itself."""
    return _stated(parts, dating) or _printed(parts, link, dating)


def _stated(parts: Parts, dating: Dating) -> Moment | None:
    return next(filter(None, (stated(_iso_of(time), _shown(time), dating) for time in stating(parts))), None)


def _shown(time: HtmlElement) -> str:
    """What a date says, its parts apart: a day's and an hour's may stand side by side without a space."""
    return squeeze(" ".join(time.itertext())) if len(time) > 1 else text_of(time)


def stating(parts: Parts) -> Iterator[HtmlElement]:
    """The elements that state for machines when it was written."""
    times = [
        time for time in parts.times if _iso_of(time) and not parts.in_body(time) and _CHANGED.isdisjoint(tokens(time))
    ]
    if len(times) > 1 and parts.dates:  # a card may say since when its author is a member
        surest = next(iter(ranked(parts.dates, parts.dom)))
        times.sort(key=lambda time: not parts.dom.inside(time, surest))
    yield from times


def _iso_of(time: HtmlElement) -> str:
    return time.get("datetime") or time.get("title") or ""


def stated(iso: str, text: str, dating: Dating) -> Moment | None:
    """The moment that an element states in an attribute; None where it prints another day. text: what it prints."""
    moment = dating.iso(iso, text)
    return None if moment is None or _is_contradicted(iso, text, dating) else moment


def fine(wording: str, dating: Dating) -> Moment | None:
    """The moment that is printed, None unless with the time of day."""
    moment = dating.any(wording) if 0 < len(wording) < _LONGEST else None
    return moment if moment is not None and moment.precision in _FINE else None


def _is_contradicted(stated: str, text: str, dating: Dating) -> bool:
    """Whether an element states another day than it prints: some themes have one date for all comments."""
    if (stated[:4] in text and stated[8:10].lstrip("0") in text) or not _A_YEAR.search(text):
        return False  # the usual case, without a closer look
    printed = dating.printed(text)
    if printed is None or printed.precision not in {*_FINE, Precision.DAY}:
        return False
    days = datetime.fromisoformat(printed.at) - datetime.fromisoformat(f"{stated[:10]}T00:00:00+00:00")
    return abs(days) > timedelta(days=2)


def _printed(parts: Parts, link: HtmlElement | None, dating: Dating) -> Moment | None:
    """The first date that is printed; the hour may stand in a wider frame than the day."""
    first: Moment | None = None
    for wording in _wordings(parts, link):
        moment = dating.any(wording)
        if moment is None:
            continue
        if first is None:
            first = moment
        elif first.precision is not Precision.DAY or moment.at[:8] == first.at[:8]:
            first = moment if moment.precision in _FINE else first
        if first.precision in _FINE:
            break
    return first


def places(parts: Parts, link: HtmlElement | None) -> Iterator[HtmlElement]:
    """Where the date may be printed, the surest first. link: the comment's to itself."""
    found = [*([link] if link is not None else []), *parts.times, *parts.with_property(*_PROPERTIES)]
    found += ranked(parts.dates, parts.dom)
    if not any(any(map(str.isdigit, text_without(e, [*e.iter("p")]))) for _, e in parts.dates):  # some hold the words
        found += [e for rank, e in parts.names if rank >= FRAME]
        found += [e for e in parts.node.own() if e.tag in {"small", "em", "span", "cite", "footer", "header"}]
        found += _around(parts, parts.name if parts.name is not None else link)
    yield from dict.fromkeys(found)


def _wordings(parts: Parts, link: HtmlElement | None) -> Iterator[str]:
    for place in places(parts, link):
        name = parts.name  # people call themselves "March 2020"
        if parts.in_body(place) or (name is not None and _says_name_alone(parts, place, name)):
            continue
        apart = [name] if name is not None and name is not place and parts.dom.inside(name, place) else []
        # Some themes print the day for machines as people read it, and for people without the year.
        for wording in (place.get("content"), place.get("title"), text_without(place, apart), place.get("datetime")):
            said = _behind_name(parts, wording or "")
            if 0 < len(said) < _LONGEST:
                yield said
    yield from _loose_lines(parts)


def _behind_name(parts: Parts, wording: str) -> str:
    """A line without the name in it, where that is very long or looks like a date itself."""
    named = parts.called and parts.called in wording
    odd = named and (len(wording) >= _LONGEST or _A_YEAR.search(parts.called))
    return wording.partition(parts.called)[2] if odd else wording


def _loose_lines(parts: Parts) -> Iterator[str]:
    """Short lines that stand in the frame without an element of their own: behind the name and a line break."""
    for element in parts.node.own():
        line = squeeze(element.tail or "")
        holder = element.getparent() if 0 < len(line) < _A_LINE and _A_YEAR.search(line) else None
        if holder is not None and holder.tag in _FRAMES and not parts.in_body(element):
            yield line


def _around(parts: Parts, element: HtmlElement | None) -> Iterator[HtmlElement]:
    """What stands around a name, or the comment's link to itself, and holds none of the words."""
    up = element.getparent() if element is not None else None
    while up is not None and up is not parts.node.element and len(text_of(up)) < _LONGEST:
        if parts.body is not None and parts.dom.inside(parts.body, up):
            return
        yield up
        up = up.getparent()


def _says_name_alone(parts: Parts, place: HtmlElement, name: HtmlElement) -> bool:
    """Whether an element holds the name of the commenter and nothing else."""
    return parts.dom.inside(place, name) and text_of(place) == parts.called
