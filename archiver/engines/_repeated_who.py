"""Who has written a unit of a repeated list, and how far the line goes that says so."""

from __future__ import annotations

import re
from collections.abc import Iterator

from lxml.html import HtmlElement

from archiver.engines._comment_who import without_says
from archiver.engines._dating import Dating
from archiver.engines._names import looks_like_name, without_by
from archiver.engines._prose import INLINE
from archiver.engines._repeated import Unit, line_of
from archiver.engines.dom import Dom, ancestors, text_of, text_without
from archiver.model import Moment, Precision
from archiver.text import squeeze

FRAME = 90  # characters: a longer line holds more than name and date
EDGES = " \t,;:|\u00b7\u2022\u2013\u2014-()[]/"
SMALL = 14  # letters: "wrote on", "#3", "says"
SERVICE = re.compile(
    r"^\W{0,4}(?:#?\d*|\u00b6|link|permalink|perma|quote|report|edit|delete|top|up"
    r"|(?:reply|r\u00e9pondre|antworten|responder|rispondi|svar)(?:\s.{1,60})?)$",
    re.IGNORECASE,
)
_FROM = re.compile(r"^(?:\d{1,4}\s+)?from\s+", re.IGNORECASE)  # what is printed before names of comments alone
_SIGNS = EDGES + "#\u00b6"
_WEEKDAY = re.compile(
    r"(?:^|[\s,]+)(?:(?:mon|tues|wednes|thurs|fri|satur|sun)day|(?:mon|diens|donners|frei|sams|sonn)tag|mittwoch|lundi|mardi"
    r"|mercredi|jeudi|vendredi|samedi|dimanche|lunes|martes|mi\u00e9rcoles|jueves|viernes|s\u00e1bado|domingo)$",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"^(?:[#\u2116]\s*\d+[.):]?|\(?\d{1,4}[.):]|\[\d+\])\s*")
_JOINED = re.compile(r"[\s,]+(?:on|at|am|um|vom|den|le|el|il|em|op|den|p\u00e5|dne|in|date)$", re.IGNORECASE)
_NAMES = (
    "cite",
    "b",
    "strong",
    "a",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "em",
    "i",
    "span",
    "td",
    "th",
    "div",
    "dt",
    "p",
    "li",
)
# What stands beside the name of who runs the blog.
_BADGES = frozenset({"author", "post author", "admin", "administrator", "moderator", "mod", "op", "owner", "staff"})
_MOST_WORDS = 7
_MOST_TOKENS = 24


def holder(unit: Unit, nested: list[HtmlElement], dom: Dom, dating: Dating) -> HtmlElement | None:
    """The first element of a unit that holds a name and nothing else; None where the words have begun, or where it
    stands behind a date that has a name beside it: words of a comment look like a name. None as well for a badge
    beside a name that nothing holds alone."""
    element = next(named(unit, nested, dom, dating), None)
    if element is not None and _is_badge(element) and beside(unit, dom, dating):
        return None
    if element is None or dom.order[element] < dom.last(unit.mark):
        return element
    own = [unit.mark, next((up for up in (unit.mark, *ancestors(unit.mark)) if up.tag not in INLINE), unit.mark)]
    for text in (text_of(one) for one in own if not dom.inside(element, one)):
        if len(text) <= FRAME and any(map(name_in, around(text, unit.moment, dating))):
            return None
    return element


def named(unit: Unit, nested: list[HtmlElement], dom: Dom, dating: Dating) -> Iterator[HtmlElement]:
    """The elements of a unit that hold a name and nothing else, up to where its words begin."""
    apart = dom.region(*nested)
    frames = [unit.element, *(unit.more if unit.is_signed else ())]
    for element in (element for frame in frames for element in frame.iter(*_NAMES)):
        if element in apart or element is unit.mark or dom.inside(unit.mark, element):
            continue
        text = text_of(element)
        if not text or SERVICE.match(text):
            continue
        if name_in(text) and not dating.any(text):
            yield element
        elif len(text) > FRAME:
            return


def beside(unit: Unit, dom: Dom, dating: Dating) -> str:
    """The name in the line of the date, before or behind it."""
    for element in (unit.mark, *ancestors(unit.mark)):
        badges = [e for e in element.iter(*INLINE) if _is_badge(e)] if element is not unit.mark else []
        text = text_without(element, badges) if badges else text_of(element)
        if not dom.inside(element, unit.element) or len(text) > 2 * FRAME:
            break
        before, after = around(text, unit.moment, dating)
        if name := name_in(before) or name_in(after):
            return name
    return ""


def _is_badge(element: HtmlElement) -> bool:
    return text_of(element).casefold() in _BADGES


def lines(unit: Unit, nested: list[HtmlElement], name: str, dom: Dom, dating: Dating) -> list[HtmlElement]:
    """The elements around the date that hold nothing but it, the name and small words, the widest last."""
    found: list[HtmlElement] = []
    for element in (unit.mark, *ancestors(unit.mark)):
        text = text_without(element, nested)
        if not dom.inside(element, unit.element) or len(text) > FRAME:
            break
        rest = " ".join(around(text, unit.moment, dating)).replace(name, " ")
        if sum(map(str.isalnum, rest)) > SMALL:
            break
        found.append(element)
    return found


def around(text: str, moment: Moment, dating: Dating) -> tuple[str, str]:
    """What stands before and behind the date of a line."""
    every = line_of(text).split()
    words, rest = every[:_MOST_TOKENS], every[_MOST_TOKENS:]
    start, end, at = 0, len(words), _printed(dating.any(" ".join(words)), moment)
    for place in range(len(words)):
        found = dating.any(" ".join(words[place:]))
        if found is None or found.at != at:
            break
        start = place
    while end > start + 1 and (found := dating.any(" ".join(words[start : end - 1]))) and found.at == at:
        end -= 1
    return " ".join(words[:start]), " ".join([*words[end:], *rest])


def _printed(line: Moment | None, moment: Moment) -> str:
    """The moment as its line has it: of one that is stated to the minute the day alone may be printed."""
    is_day = line is not None and line.precision is Precision.DAY and line.at[:10] == moment.at[:10]
    return line.at if line is not None and is_day else moment.at


def name_in(text: str) -> str:
    """A name without number, "wrote on" and the like; empty where that is none."""
    bare = _FROM.sub("", _NUMBER.sub("", squeeze(text))).strip(_SIGNS)
    bare = _JOINED.sub("", _WEEKDAY.sub("", bare))
    name = without_by(without_says(f"{bare}:").rstrip(":")).strip(EDGES)
    if not name or len(name.split()) > _MOST_WORDS or name[-1:] in {".", "!", "?"} or not looks_like_name(name):
        return ""
    return name
