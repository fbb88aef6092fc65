"""Comment lists on markup that nobody knows: subtrees that repeat, each with a name, a time and words.

Table rows, definition lists, boxes moved in by a margin, quotations in quotations: what they have in common is that
a date is printed again and again at the same place of a subtree. Those places are found first; around each, the
largest subtree that holds no earlier one is a comment, and what follows it up to the next one goes on with it. A
list of comments is believed only where the page speaks of comments or has a form for one, since lists of related posts
look the same; and a reader's name never is a link to another page of the blog.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import pairwise

from lxml.html import HtmlElement

from archiver.engines._dating import Dating
from archiver.engines.dom import Dom, Region, ancestors, text_of, tokens
from archiver.model import Author, Content, Moment, ParentSource, Precision
from archiver.printed.counts import comment_count
from archiver.text import normal_name

_TIME = re.compile(
    r"(?:19|20)\d\d(?!\d)|\d{1,2}[:.]\d\d(?!\d)|\d{1,2}[./-]\d{1,2}[./-]\d\d|\d\s?[年月]"
    r"|\b(?:ago|vor|hace|il y a|há|fa)\b"
)
_COLON = re.compile(r":(?=\s|$)")
_NEAR = 120  # characters of a text in which its date is looked for
_FINE = frozenset({Precision.SECOND, Precision.MINUTE, Precision.HOUR, Precision.DAY})
_APART = (
    *("nav", "aside", "form", "script", "style", "noscript", "template", "svg", "button", "select", "head"),
    *("pre", "code", "samp"),  # logs print a date at the start of every line
)
_SPOKEN = re.compile(
    r"comment|komment|repl(?:y|ies)|respon|discuss|reaction|reacti|guestbook|gaestebuch|talkback", re.IGNORECASE
)
_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6", "legend"})
_ENDS = frozenset({*_HEADINGS, "form", "footer", "nav", "aside", "script"})
_CHANGING = frozenset({"odd", "even", "alt", "first", "last", "author", "admin", "owner", "mine"})
_ROOMS = frozenset({"html", "body"})
_COUNT = 40  # characters: a longer line says more than how many comments there are
_NEARBY = 6  # elements before a list
_MOST = 5000
_HIGHEST = 12


@dataclass(slots=True, eq=False)
class Unit:
    """A comment's elements. mark: the element that prints the date. more: what goes on with it, beside it.

    inner: the units that lie in it. is_signed: its element stands below the words.
    """

    element: HtmlElement
    mark: HtmlElement
    moment: Moment
    more: list[HtmlElement] = field(default_factory=list)
    inner: list[Unit] = field(default_factory=list)
    holder: Unit | None = None
    is_signed: bool = False

    @property
    def parts(self) -> list[HtmlElement]:
        """All its elements, the outermost each."""
        return [self.element, *self.more]


@dataclass(frozen=True, slots=True)
class Shape:
    """holder: tag and classes of the element of the name; None: the name stands in the line of the date. height: how
    far above the mark that line is; None: the date stands among the words."""

    holder: tuple[str, ...] | None
    height: int | None


@dataclass(slots=True, eq=False)
class Said:
    """A comment that was found. answers: the one it answers. elements: of the page, that it is made of.

    shape: where in its unit it has its name, and how far the line of its date goes.
    """

    unit: Unit
    author: Author
    content: Content
    published: Moment
    url: str | None
    shape: Shape
    depth: int | None = None
    answers: Said | None = None
    source: ParentSource = ParentSource.UNKNOWN

    @property
    def elements(self) -> list[HtmlElement]:
        """The outermost elements of the comment."""
        return self.unit.parts


@dataclass(frozen=True, slots=True)
class _Mark:
    element: HtmlElement
    moment: Moment


def find(dom: Dom, dating: Dating, outside: Region, frame: HtmlElement | None = None) -> list[list[Unit]]:
    """Lists of units that can be a thread, the longest first. outside: what holds no comments: the post's body.

    frame: where other pages of the blog were found to have their comments: looked into alone, and what it holds needs
    neither to repeat nor to be called comments.
    """
    if frame is None and not _speaks_of_comments(dom):
        return []
    groups: defaultdict[tuple[str, ...], list[_Mark]] = defaultdict(list)
    for mark in _marks(dom, dating, outside):
        if frame is None or dom.inside(mark.element, frame):
            groups[signature(mark.element)].append(mark)
    lists = [*groups.values(), *_counted(dom, groups.values())]
    found = [_units(marks, dom) or _alone(marks, dom, frame) for marks in lists]
    return sorted((units for units in found if units and not _are_posts(dom, units)), key=len, reverse=True)


def _are_posts(dom: Dom, units: list[Unit]) -> bool:
    """Whether a unit holds the page's own title, or most of them a title: a reader writes one now and then."""
    titles = dom.tags("h1")
    titled = [[h for h in titles if dom.inside(h, unit.element)] for unit in units] if titles else []
    stated = normal_name(dom.stated_title or "")
    own = [h for h in titles if (said := normal_name(text_of(h))) and said in stated] or titles[:1]
    return 2 * sum(map(bool, titled)) > len(units) or any(h in own for held in titled for h in held)


def _counted(dom: Dom, groups: Iterable[list[_Mark]]) -> Iterator[list[_Mark]]:
    """Of marks that stand alike, those behind a line that counts comments: the one before may be the post's own."""
    several = [marks for marks in groups if len(marks) > 2]
    texts = ((text_of(e), e) for e in dom.tags(*_HEADINGS, "caption", "b", "strong")) if several else ()
    short = ((text, e) for text, e in texts if len(text) <= _COUNT and any(map(str.isdigit, text)))
    place = min((dom.order[e] for text, e in short if comment_count(text)), default=len(dom.nodes))
    for marks in several:
        behind = [mark for mark in marks if dom.order[mark.element] > place]
        if 2 <= len(behind) < len(marks):
            yield behind


def _speaks_of_comments(dom: Dom) -> bool:
    """Whether the page has a form for comments, or a part or heading that speaks of them."""
    if dom.tags("textarea"):
        return True
    if any(_SPOKEN.search(name) for name in (*dom.by_id, *dom.by_classes)):
        return True
    return any(comment_count(text_of(e)) or _SPOKEN.search(text_of(e)) for e in dom.tags(*_HEADINGS, "caption"))


def is_spoken_of(dom: Dom, units: list[Unit]) -> bool:
    """Whether a list stands in something that is called after comments, or behind a heading or number of them."""
    holders = [units[0].element, *ancestors(units[0].element)]
    names = [*(name for up in holders if up.tag not in _ROOMS for name in (up.get("id") or "", up.get("class") or ""))]
    if any(_SPOKEN.search(name) for name in names):
        return True
    place = dom.order[units[0].element]
    before = [e for e in dom.tags(*_HEADINGS, "caption", "b", "strong", "p", "div") if dom.order[e] < place]
    said = (text_of(e) for e in before[-_NEARBY:] if dom.last(e) < place)
    return any(len(text) < _NEAR and (comment_count(text) or _SPOKEN.search(text)) for text in said)


def _marks(dom: Dom, dating: Dating, outside: Region) -> Iterator[_Mark]:
    """The elements that print a date themselves, in document order."""
    apart = outside | dom.region(*dom.tags(*_APART))
    seen = 0
    for element in dom.order:
        if not isinstance(element.tag, str) or element in apart:
            continue
        stated = element.get("datetime") if element.tag == "time" else None
        texts = [stated] if stated else [text for text in _own_texts(element) if _TIME.search(text)]
        moment = next((m for text in texts if (m := dating.any(text)) and m.precision in _FINE), None)
        if moment is not None:
            yield _Mark(element, moment)
            seen += 1
            if seen == _MOST:
                return


def _own_texts(element: HtmlElement) -> Iterator[str]:
    """The beginnings of the texts that stand in an element itself."""
    for text in (element.text, *(child.tail for child in element)):
        if text and not text.isspace():
            yield line_of(text[: 4 * _NEAR])[:_NEAR]


def line_of(text: str) -> str:
    """A text on one line, without the colons that close "wrote on 3 March 2020, 10:15:"."""
    return " ".join(_COLON.sub(" ", text).split())


def signature(element: HtmlElement) -> tuple[str, ...]:
    """What marks of one list have in common: tag and classes of the element, tag of the one around it."""
    names = sorted(re.sub(r"\d+", "", name) for name in tokens(element) if name not in _CHANGING)
    around = element.getparent()
    return str(element.tag), " ".join(names), str(around.tag) if around is not None else ""


def _units(marks: list[_Mark], dom: Dom) -> list[Unit]:
    """The subtrees around these marks; none where they do not repeat."""
    if len(marks) < 2:
        return []
    level = _level(marks, dom)
    units: list[Unit] = []
    for mark in marks:
        element = _lifted(mark.element, level)
        if not units or (element is not units[-1].element and dom.order[element] > dom.order[units[-1].mark]):
            units.append(Unit(element, mark.element, mark.moment))
    if len(units) < 2:
        return []
    _nest(units, dom)
    _extend(units, dom)
    _turn(units)
    return units


def _alone(marks: list[_Mark], dom: Dom, frame: HtmlElement | None) -> list[Unit]:
    """The one comment of a frame, with what stands behind its date there."""
    if frame is None or len(marks) != 1:
        return []
    mark = marks[0]
    element = next((up for up in (mark.element, *ancestors(mark.element)) if up.getparent() is frame), None)
    if element is None:
        return []
    unit = Unit(element, mark.element, mark.moment)
    unit.more = _behind(unit, [dom.order[element]], dom)[0][:1]
    return [unit]


def _level(marks: list[_Mark], dom: Dom) -> int:
    """How far above its mark a unit begins: as far as no earlier mark is in it, and all have the same tag there."""
    heights = [_height(before, mark, dom) for before, mark in pairwise(marks)]
    for level in range(min(heights), 0, -1):
        tags = Counter(str(_lifted(mark.element, level).tag) for mark in marks)
        if max(tags.values()) == len(marks):
            return level
    return 0


def _height(before: _Mark, mark: _Mark, dom: Dom) -> int:
    start, height = dom.order[before.element], 0
    for up in ancestors(mark.element):
        if dom.order[up] <= start or height == _HIGHEST:
            break
        height += 1
    return height


def _lifted(element: HtmlElement, level: int) -> HtmlElement:
    for _, up in zip(range(level), ancestors(element), strict=False):
        element = up
    return element


def _nest(units: list[Unit], dom: Dom) -> None:
    """Which units lie in which."""
    line: list[Unit] = []
    for unit in units:
        while line and dom.last(line[-1].element) < dom.order[unit.element]:
            line.pop()
        if line:
            unit.holder = line[-1]
            line[-1].inner.append(unit)
        line.append(unit)


def _extend(units: list[Unit], dom: Dom) -> None:
    """Give each unit the elements beside it that go on with it: <dd> behind <dt>, a row of words behind that of names.

    Units that lie in a box behind another are answers to that one.
    """
    by_place = {dom.order[unit.element]: unit for unit in units}
    places = sorted(by_place)
    taken: list[int] = []
    for unit in units:
        more, onward = _behind(unit, places, dom)
        if onward is unit.element:  # the last of its list, behind which other things stand
            unit.more = more[: max(taken, default=1)]
            continue
        unit.more = more
        taken.append(len(more))
        start, end = dom.span(onward)
        if start not in by_place:
            for place in places[bisect_left(places, start) : bisect_right(places, end)]:
                inner = by_place[place]
                if inner.holder is unit.holder:
                    inner.holder = unit


def _turn(units: list[Unit]) -> None:
    """Give units the elements before them where those have the words: names and dates stand below them then.

    So it is where nothing stands behind the last one, and before the first one what stands between the others.
    """
    holder = units[0].element.getparent()
    if units[-1].more or any(unit.element.getparent() is not holder for unit in units):
        return
    between = [_elements_up_to(one.element, other.element) for one, other in pairwise(units)]
    if not all(between):
        return
    usual, most = {e.tag for elements in between for e in elements}, max(map(len, between))
    before: list[HtmlElement] = []
    for element in units[0].element.itersiblings("*", preceding=True):
        if len(before) == most or element.tag not in usual:
            break
        before.append(element)
    if before and before[0].tag == between[0][-1].tag:
        for unit, words in zip(units, [before[::-1], *between], strict=True):
            unit.more, unit.is_signed = words, True


def _elements_up_to(one: HtmlElement, other: HtmlElement) -> list[HtmlElement]:
    """The elements that stand between two beside each other."""
    found: list[HtmlElement] = []
    for element in one.itersiblings("*"):
        if element is other:
            return found
        if element.tag != "hr":
            found.append(element)
    return []


def _behind(unit: Unit, places: list[int], dom: Dom) -> tuple[list[HtmlElement], HtmlElement]:
    """The elements behind a unit, and the one beside them that is or holds another unit; its own where none does."""
    found: list[HtmlElement] = []
    after = unit.element.getnext()
    while after is not None:
        if isinstance(after.tag, str):
            start, end = dom.span(after)
            if bisect_left(places, start) < bisect_right(places, end):
                return found, after
            if after.tag in _ENDS:
                break
            if after.tag != "hr":
                found.append(after)
        after = after.getnext()
    return found, unit.element
