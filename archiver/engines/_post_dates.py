"""When a post was published and changed, from the most exact place on its page."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

from lxml.html import HtmlElement

from archiver.engines import _vocabulary as vocabulary
from archiver.engines._dating import Dating
from archiver.engines._post_statements import Statements
from archiver.engines.dom import Dom, Region, near_tokens, text_of
from archiver.model import Moment, Precision

_PUBLISHED = frozenset(
    {"published", "entry-date", "dt-published", "post-date", "posted-on", "meta-date", "wp-block-post-date"}
)
_CHANGED = frozenset({"updated", "modified", "dt-updated", "last-modified", "entry-modified", "modified-date"})
_LONGEST = 200


class PostDates:
    """The dates of one post. outside: what is not about it; url: its permalink, whose date may help."""

    def __init__(self, dom: Dom, dating: Dating, statements: Statements, outside: Region, url: str) -> None:
        self._dom, self._dating, self._statements = dom, dating, statements
        self._outside, self._url = outside, url
        self._times = [time for time in dom.tags("time") if time not in outside]

    def published(self) -> Moment | None:
        """When it was published."""
        shown = next(self._shown_times(), None)
        stated = next(filter(None, map(self._dating.iso, self._statements.published)), None)
        if shown is None:
            shown = self._printed() if stated is None else None
        if shown is None or stated is None:
            return shown or stated
        finer = shown.precision is not Precision.SECOND and stated.precision is Precision.SECOND
        if finer and _near(shown, stated):
            return replace(stated, printed=shown.printed)
        return shown

    def modified(self) -> Moment | None:
        """When it was last changed, where the page tells that apart from the publication."""
        for time in self._times:
            if _is_change(near_tokens(time, 0)):
                moment = self._dating.iso(time.get("datetime"))
                if moment:
                    return moment
        return next(filter(None, map(self._dating.iso, self._statements.modified)), None)

    def _shown_times(self) -> Iterator[Moment]:
        """Dates of <time>, those that are called the publication's first."""
        times = []
        for time in self._times:
            classes = near_tokens(time, 0)
            if time.get("datetime") and not _is_change(classes):
                times.append((_PUBLISHED.isdisjoint(classes | near_tokens(time, 1)), time))
        for _, time in sorted(times, key=lambda pair: pair[0]):
            moment = self._dating.iso(time.get("datetime"))
            if moment:
                yield replace(moment, printed=text_of(time) or moment.printed)

    def _printed(self) -> Moment | None:
        """A date in words: "updated" is what old themes call the publication, too."""
        for place in self._places():
            for text in (place.get("title"), place.get("content"), text_of(place)):
                if text and len(text) < _LONGEST and any(char.isdigit() for char in text):
                    moment = self._dating.any(text, self._url)
                    if moment:
                        return moment
        return self._of_url()

    def _places(self) -> Iterator[HtmlElement]:
        found = list(self._times)
        for name in vocabulary.names("post", "date"):
            found += self._dom.classed(name)
        found += self._dom.tags("abbr", "small")
        for element in self._dom.properties:
            if "datePublished" in (element.get("itemprop") or ""):
                found.insert(0, element)
        yield from (e for e in dict.fromkeys(found) if e not in self._outside and e.tag not in {"body", "html", "meta"})

    def _of_url(self) -> Moment | None:
        """The day in a permalink such as /2021/02/10/title/, where the page prints none."""
        parts = [part for part in self._url.partition("?")[0].split("/") if part]
        for year, month, day in zip(parts, parts[1:], parts[2:], strict=False):
            digits = year.isdigit() and month.isdigit() and day.isdigit()
            if digits and (len(year), len(month), len(day)) == (4, 2, 2) and parts[-1] != day:
                return self._dating.iso(f"{year}-{month}-{day}")
        return None


def _is_change(classes: set[str]) -> bool:
    """Whether a date is called the last change's; `entry-date updated` is how some themes call the publication."""
    return not _CHANGED.isdisjoint(classes) and _PUBLISHED.isdisjoint(classes)


def _near(shown: Moment, stated: Moment) -> bool:
    """Whether two readings can be of one date: a day printed in the blog's zone may be another one in UTC."""
    units = {Precision.YEAR: 4, Precision.MONTH: 7}
    if shown.precision in units:
        return shown.at[: units[shown.precision]] == stated.at[: units[shown.precision]]
    return abs(_day_number(shown.at) - _day_number(stated.at)) <= 1


def _day_number(at: str) -> int:
    return date.fromisoformat(at[:10]).toordinal()
