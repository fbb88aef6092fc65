"""When a post was published and changed, from the most exact place on its page."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from functools import cached_property, lru_cache

from lxml.html import HtmlElement

from archiver.engines import _vocabulary as vocabulary
from archiver.engines._dating import Dating
from archiver.engines._near_lines import near_lines
from archiver.engines._post_statements import Statements
from archiver.engines.dom import Dom, Region, near, near_tokens, rels, text_of, text_without, tokens
from archiver.engines.wordpress_urls import day, month, post_url
from archiver.model import Moment, Precision
from archiver.printed.spelling import folded
from archiver.urls import url_key

_PUBLISHED = frozenset(
    {"published", "entry-date", "dt-published", "post-date", "posted-on", "meta-date", "wp-block-post-date"}
)
_CHANGED = frozenset({"updated", "modified", "dt-updated", "last-modified", "entry-modified", "modified-date"})
_DATE = re.compile(r"(?:^|[-_])(?:published|date|value-title)(?:$|[-_])")  # value-title: of microformats
_BETWEEN = re.compile(r"\s*[|·•–—]\s*|\s+[/-]\s+")
_META = re.compile(r"(?:^|[-_])meta(?:$|[-_])")
_DAYS = frozenset({Precision.SECOND, Precision.MINUTE, Precision.HOUR, Precision.DAY})
_FEET = frozenset({"post-footer", "entry-footer", "article-footer", "postfooter"})
_HEAD = re.compile(r"(?:^|[-_])(?:top|topbar|header|masthead)(?:$|[-_])")
_POSTS = frozenset({"hentry", "type-post", "post"})
_OF_POST = re.compile(r"entry|post|article|single|page|content")
_OFF = {Precision.MONTH: 1, Precision.YEAR: 23}
"""How many months, from a date as exact as that, the day may be away that it stands for."""
_MONTH_PATH = re.compile(r"/((?:19|20)\d\d)/(0[1-9]|1[0-2])/(?:\d\d/)?[^/]", re.ASCII)
_LONGEST = 200
_BRIEF = 80  # characters
_YEAR = re.compile(r"\d\d\d\d|['\u2019/.-]\d\d(?!\d)")
_NEAR = 40  # characters: "Last updated on" stands close to its date
_DIGIT = re.compile(r"\d")


class PostDates:
    """The dates of one post.

    outside: what is not about it; url: its permalink, whose date may help; words: the places of its words.
    """

    def __init__(
        self,
        dom: Dom,
        dating: Dating,
        statements: Statements,
        outside: Region,
        url: str,
        words: tuple[int, int] | None = None,
    ) -> None:
        self._words = words
        self._dom, self._dating, self._statements = dom, dating, statements
        self._outside, self._url = outside, url
        self._times = [time for time in dom.tags("time") if time not in outside]

    def published(self) -> Moment | None:
        """When it was published."""
        moment, linked = self._told(), self._of_url()
        if moment is None or linked is None or _near(moment, linked):
            return moment
        return linked  # what tells another day than the permalink is about something else

    def _told(self) -> Moment | None:
        """The date that the page tells."""
        shown = next(self._shown_times(), None)
        stated = next(filter(None, map(self._dating.iso, self._statements.published)), None)
        if shown is None:
            shown = self._printed() if stated is None else None
        if shown is None or stated is None:
            return self._refined(shown or stated)
        finer = shown.precision is not Precision.SECOND and stated.precision is Precision.SECOND
        if finer and _near(shown, stated):
            return replace(stated, printed=shown.printed)
        return shown

    def modified(self) -> Moment | None:
        """When it was last changed, where the page tells that apart from the publication."""
        for time in self._times:
            if self._changed(time):
                moment = self._dating.iso(time.get("datetime"))
                if moment:
                    return moment
        return next(filter(None, map(self._dating.iso, self._statements.modified)), None)

    def _changed(self, time: HtmlElement) -> bool:
        """Whether a date is the last change's: called so, unless it is the only one and no word says it."""
        called = _is_change(near_tokens(time, 0)) or "dateModified" in (time.get("itemprop") or "") or _begins_so(time)
        return called and not _is_stated_publication(time) and not self._is_alone

    @cached_property
    def _is_alone(self) -> bool:
        """Whether all dates of <time> are one that is called a change: themes call the publication so, too."""
        dated = [time for time in self._times if time.get("datetime")]
        alone = len({time.get("datetime") for time in dated}) == 1 and not self._statements.published
        return alone and not any(_says_changed(time) for time in dated)

    def _shown_times(self) -> Iterator[Moment]:
        """Dates of <time>, those that are called the publication's first."""
        times = []
        for time in self._times:
            classes = near_tokens(time, 0)
            if time.get("datetime") and not self._changed(time):
                times.append((_PUBLISHED.isdisjoint(classes | near_tokens(time, 1)), time))
        for _, time in sorted(times, key=lambda pair: pair[0]):
            moment = self._dating.iso(time.get("datetime"))
            if moment:
                yield replace(moment, printed=text_of(time) or moment.printed)

    def _printed(self) -> Moment | None:
        """A date in words: "updated" is what old themes call the publication, too."""
        for place in self._places():
            if place.tag == "time" and _begins_so(place):
                continue
            said = text_without(place, [e for e in self._hidden if self._dom.inside(e, place)])
            if len(said) >= _LONGEST and not (vocabulary.name_set("post", "meta") | _FEET).isdisjoint(tokens(place)):
                said = said[: _LONGEST - 1]  # "This entry was posted on … and is filed under …", with all that follows
            if self._says_change(said):
                said = self._unchanged(place) or ("" if any(map(_begins_so, place.iter("time"))) else said)
            for text in (place.get("title"), place.get("content"), said):
                if text and len(text) < _LONGEST and any(char.isdigit() for char in text):
                    moment = self._dating.any(text, self._url)
                    if moment and not self._is_todays(place, moment):
                        return moment
        return self._near_words() or self._bookmarked() or self._of_url()

    def _refined(self, moment: Moment | None) -> Moment | None:
        """A date as exact as its permalink, or as what it links to: "16 years ago" over the archive of that day."""
        if moment is None or moment.precision not in _OFF:
            return moment
        exact = self._of_url() or self._linked(moment.precision)
        # "16 years ago" may be one off; what is further away is of something else, such as a calendar.
        fits = exact is not None and abs(_months(exact) - _months(moment)) <= _OFF[moment.precision]
        if exact is not None and moment.at[:4] in (moment.printed or ""):  # "May 2010" says what it means
            fits = exact.at.startswith(moment.at[: 4 if moment.precision is Precision.YEAR else 7])
        return replace(exact, printed=moment.printed) if exact is not None and fits else moment

    def _linked(self, precision: Precision) -> Moment | None:
        """The one day whose archive the page links to, or the one month; before that the month in the permalink."""
        of_year = precision is Precision.YEAR
        if of_year and (own := _MONTH_PATH.search(self._url.partition("?")[0])):
            return self._dating.iso(f"{own[1]}-{own[2]}")
        urls = [url for _, url in self._dom.links_outside(self._outside)]
        days = {listed for url in urls if (listed := day(url))}
        months = {number for url in urls if (number := month(url))} if of_year else set()
        if len(days) == 1:
            return self._dating.iso(days.pop().isoformat())
        return self._dating.iso("{:04}-{:02}".format(*months.pop())) if len(months) == 1 else None

    def _near_words(self) -> Moment | None:
        """A day in a line near the words that nothing calls a date: "Written on May 5, 2020 | by Ann"."""
        for element in near_lines(self._dom, self._words, self._outside) if self._words is not None else ():
            said = text_of(element)
            if not any(map(str.isdigit, said)) or self._says_change(said):
                continue
            if len(said) > _BRIEF and _YEAR.search(said) is None:
                continue  # a sentence: "stir it, wait for 15 minutes"
            moment = self._dating.any(said, self._url)
            if moment is not None and moment.precision in _DAYS and not self._is_todays(element, moment):
                return moment
        return None

    def _is_todays(self, place: HtmlElement, moment: Moment) -> bool:
        """Whether a date is that of the day on which the page was fetched, as newspapers have it at their head."""
        now = self._dating.now
        if now is None or moment.at[:10] != now.date().isoformat() or moment.precision is not Precision.DAY:
            return False
        if any(up.tag == "article" or not _POSTS.isdisjoint(tokens(up)) for up in near(place, 12)):
            return False  # the head of a post that is new
        names = {name for up in near(place, 4) for name in (*tokens(up), (up.get("id") or "").lower())}
        return any(_HEAD.search(name) and not _OF_POST.search(name) for name in names)

    def _bookmarked(self) -> Moment | None:
        """The day that a permalink says: short posts without a title have no other."""
        own = url_key(self._url)  # other posts may be listed by their days
        for link, url in self._dom.links_outside(self._outside):
            if (
                "bookmark" in rels(link)
                and url_key(post_url(url)) == own
                and any(map(str.isdigit, said := text_of(link)))
                and len(said) < _LONGEST
            ):
                moment = self._dating.any(said, self._url)
                if moment is not None and moment.precision in _DAYS:
                    return moment
        return None

    def _unchanged(self, place: HtmlElement) -> str:
        """What stands in a place without the parts that tell of a change: "Updated on June 9 · Published May 3"."""
        changed = [e for e in place if isinstance(e.tag, str) and self._says_change(text_of(e))]
        parts = _BETWEEN.split(text_without(place, changed))
        left = " ".join(part for part in parts if not self._says_change(part))
        return left if any(map(str.isdigit, left)) else ""

    @staticmethod
    def _says_change(line: str) -> bool:
        return any(word in folded(line) for word in vocabulary.phrases("dates", "changed"))

    def _places(self) -> Iterator[HtmlElement]:
        found = list(self._times)
        for name in vocabulary.names("post", "date"):
            found += self._dom.classed(name)
        found += self._dom.tags("abbr", "small")
        for element in self._dom.properties:
            if "datePublished" in (element.get("itemprop") or ""):
                found.insert(0, element)
        found += self._dom.matching(_DATE)
        found += self._dom.matching(_META)
        found += self._dom.classed(*_FEET)
        kept = (e for e in dict.fromkeys(found) if e not in self._outside and e.tag not in {"body", "html", "meta"})
        yield from (e for e in kept if e not in self._hidden)
        yield from (e for e in self._hidden if e not in self._outside)

    @cached_property
    def _hidden(self) -> list[HtmlElement]:
        """Dates of the last change that are there for search engines alone."""
        return [e for e in self._dom.classed("updated") if any("hidden" in name for name in tokens(e))]

    def _of_url(self) -> Moment | None:
        """The day in a permalink such as /2021/02/10/title/, where the page prints none."""
        parts = [part for part in self._url.partition("?")[0].split("/") if part]
        for year, number, last in zip(parts, parts[1:], parts[2:], strict=False):
            digits = year.isdigit() and number.isdigit() and last.isdigit()
            if digits and (len(year), len(number), len(last)) == (4, 2, 2) and parts[-1] != last:
                return self._dating.iso(f"{year}-{number}-{last}")
        return None


def _is_change(classes: set[str]) -> bool:
    """Whether a date is called the last change's; `entry-date updated` is how some themes call the publication."""
    return not _CHANGED.isdisjoint(classes) and _PUBLISHED.isdisjoint(classes)


def _says_changed(time: HtmlElement) -> bool:
    """Whether a date, or what stands just before it, says "Updated"."""
    before, parent = time.getprevious(), time.getparent()
    ahead = (before.tail or text_of(before)) if before is not None else (parent.text if parent is not None else "")
    line = folded(f"{(ahead or '')[-_NEAR:]} {text_of(time)}")
    return any(word in line for word in vocabulary.phrases("dates", "changed"))


def _begins_so(time: HtmlElement) -> bool:
    """Whether a <time> itself says, before its day, that it is the last change's."""
    before = _DIGIT.split(text_of(time), maxsplit=1)[0]
    return bool(before) and _tells_change(before)


@lru_cache(maxsize=1024)
def _tells_change(line: str) -> bool:
    said = folded(line)
    return any(word in said for word in vocabulary.phrases("dates", "changed"))


def _is_stated_publication(time: HtmlElement) -> bool:
    """Whether microdata around a date calls it the publication's, whatever its own class says."""
    return any("datePublished" in (up.get("itemprop") or "") for up in near(time, 3))


def _near(shown: Moment, stated: Moment) -> bool:
    """Whether two readings can be of one date: a day printed in the blog's zone may be another one in UTC."""
    units = {Precision.YEAR: 4, Precision.MONTH: 7}
    if shown.precision in units:
        return shown.at[: units[shown.precision]] == stated.at[: units[shown.precision]]
    return abs(_day_number(shown.at) - _day_number(stated.at)) <= 1


def _day_number(at: str) -> int:
    return date.fromisoformat(at[:10]).toordinal()


def _months(moment: Moment) -> int:
    """The months that have gone since the year 0."""
    return int(moment.at[:4]) * 12 + int(moment.at[5:7])
