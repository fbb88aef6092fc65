"""Lines that sign the comments of a thread, where a theme has no elements, or nameless ones, for name and date.

"Ann Lee on May 5, 2020 at 8:00" may stand as bare text before the words, in a paragraph among them, or over several
lines. One comment alone does not tell such a line from its words; that all comments of a thread have a date in the
same line does.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from lxml.html import HtmlElement

from archiver.engines._comment_parts import Parts, is_service_link
from archiver.engines._comment_roles import role
from archiver.engines._comment_who import without_says
from archiver.engines._dating import Dating
from archiver.engines._names import looks_like_name, name_beside_date, without_by
from archiver.engines.dom import SKIPPED, ancestors
from archiver.engines.wordpress_urls import comment_id
from archiver.model import Moment, Precision
from archiver.printed.days import find_clock
from archiver.printed.spelling import folded
from archiver.text import squeeze

_INLINE = frozenset(
    {"a", "abbr", "acronym", "b", "big", "cite", "code", "em", "font", "i", "mark", "small", "span", "strong", "sub"}
    | {"sup", "time", "tt", "u", "img", "label"}
)
_DAYS = frozenset({Precision.SECOND, Precision.MINUTE, Precision.HOUR, Precision.DAY})
_PLACES = (0, 1, 2, -1, -2, -3)  # of the line with the date, from the start or the end of a comment
_LONGEST = 120
_LONGEST_NAME = 250
_A_CLOCK = 24
_MOST_WORDS = 6
_FEW_WORDS = 4
_ENOUGH = 0.9  # of a thread's comments
_EDGES = " ,;./|·•–—-@#()\u00a0"


@dataclass(frozen=True, slots=True)
class Signature:
    """What a comment's line says. name: empty for none; link: of the name. elements: those that hold nothing else."""

    name: str
    link: HtmlElement | None
    moment: Moment | None
    elements: tuple[HtmlElement, ...]


@dataclass(slots=True)
class _Line:
    """runs: texts with the elements that they stand in. moment: the day that it tells."""

    runs: list[tuple[HtmlElement, str]] = field(default_factory=list)
    text: str = ""
    moment: Moment | None = None


def signatures(thread: Sequence[Parts], dating: Dating) -> dict[HtmlElement, Signature]:
    """The signatures of a thread's comments by their elements; none where the comments have no such line in common."""
    all_lines = [_lines(parts, dating) for parts in thread]
    place = next((place for place in _PLACES if _is_signed(all_lines, place)), None)
    if place is None:
        return {}
    found = {}
    for parts, lines in zip(thread, all_lines, strict=True):
        line = _at(lines, place)
        if line is not None and line.moment is not None:
            found[parts.node.element] = _signature(parts, lines, lines.index(line), dating)
    return found


def _is_signed(all_lines: list[list[_Line]], place: int) -> bool:
    """Whether there is a date in this line of the comments."""
    dated = [line for lines in all_lines if (line := _at(lines, place)) is not None and line.moment is not None]
    if len(dated) < _ENOUGH * len(all_lines) or not dated:
        return False
    if len(all_lines) > 1:
        return True
    name = name_beside_date(dated[0].text)  # "On May 5, 2020 I saw her" is somebody's first line
    words = (name or "").split()
    plain = len(words) <= _FEW_WORDS and not any(word[0].islower() for word in words) and looks_like_name(name or "X")
    return plain and len(all_lines[0]) > 1


def _at(lines: list[_Line], place: int) -> _Line | None:
    return lines[place] if -len(lines) <= place < len(lines) else None


def _signature(parts: Parts, lines: list[_Line], place: int, dating: Dating) -> Signature:
    """What the line at this place, and those around it, say."""
    line, used = lines[place], [lines[place]]
    moment = line.moment
    following = lines[place + 1] if place + 1 < len(lines) else None
    if following is not None and moment is not None and moment.precision is Precision.DAY and _is_clock(following):
        used.append(following)
        moment = dating.any(f"{line.text} {following.text}") or moment
    name, holder = _name_in(line)
    ends = lines[-1] is used[-1]  # a line that ends a comment follows its words
    for before in reversed(lines[:place][-2:]) if not name and not ends and place <= max(_PLACES) else ():
        bare = _bare(before.text)
        if bare and len(bare) <= _LONGEST_NAME:
            name, holder = bare, before.runs[0][0]
            used.append(before)
            break
    if name and any(map(str.isdigit, name)) and name in line.text:  # people call themselves "Ann, May 2020"
        moment = dating.any(line.text.partition(name)[2]) or moment
    return Signature(name, _link(parts, holder), moment, tuple(_elements(parts, lines, used)))


def _bare(text: str) -> str:
    """A name without "by" before it; whether "says" behind it is the theme's is settled with its neighbours."""
    name = without_by(squeeze(text)).lstrip(_EDGES + ":：").rstrip(_EDGES)
    if not any(map(str.isalpha, name)) or without_by(f"{name.rstrip(':：')} X") == "X":
        return ""
    return name if without_says(f"{name}:") == name else f"{name}:"  # "Ann said on May 5, 2020"


def _is_clock(line: _Line) -> bool:
    return len(line.text) <= _A_CLOCK and find_clock(folded(line.text)) is not None


def _name_in(line: _Line) -> tuple[str, HtmlElement]:
    """The name in a line with a date: in an element of its own, or before or behind the date."""
    first, whole = line.runs[0][0], _bare(name_beside_date(line.text) or "")
    for holder, text in line.runs:
        name = _bare(text)
        if holder.tag in _INLINE and name and len(name) <= _LONGEST_NAME and not _is_time(without_says(name)):
            longer = set(name.split()) < set(whole.split()) and len(whole.split()) <= _MOST_WORDS
            return (whole if longer else name), holder
    return (whole, first) if len(whole) <= _LONGEST_NAME else ("", first)


def _is_time(text: str) -> bool:
    return name_beside_date(text) is not None or find_clock(folded(text)) is not None


def _link(parts: Parts, holder: HtmlElement) -> HtmlElement | None:
    """The link that a name stands in."""
    for up in (holder, *ancestors(holder)):
        if up is parts.node.element:
            return None
        if up.tag == "a":
            return None if is_service_link(up) else up
    return None


def _elements(parts: Parts, lines: list[_Line], used: list[_Line]) -> Iterable[HtmlElement]:
    """The outermost elements of a comment that hold these lines and nothing else."""
    dom, top = parts.dom, parts.node.element
    others = [dom.order[holder] for line in lines if not any(line is one for one in used) for holder, _ in line.runs]
    inner = [dom.order[element] for element in parts.node.inner]
    found: dict[HtmlElement, None] = {}
    for holder in (holder for line in used for holder, _ in line.runs):
        best = None
        for up in (holder, *ancestors(holder)):
            start, end = dom.span(up)
            if up is top or up in parts.node.more or any(start <= place <= end for place in (*others, *inner)):
                break
            best = up
        if best is not None:
            found[best] = None
    return found


def _lines(parts: Parts, dating: Dating) -> list[_Line]:
    """The lines of text in a comment, without those of the comments in it and its links for replies."""
    lines = [_Line()]
    apart = frozenset(parts.node.inner)
    stack: list[HtmlElement | tuple[HtmlElement, str] | None] = [*reversed((parts.node.element, *parts.node.more))]
    while stack:
        item = stack.pop()
        if isinstance(item, tuple):
            lines[-1].runs.append(item)
        elif item is None or item.tag == "br":
            lines.append(_Line())
        elif isinstance(item.tag, str) and item.tag not in SKIPPED and item not in apart and not _is_tool(parts, item):
            stack += reversed(_pieces(item))
    kept = [line for line in lines if any(text.strip(_EDGES + ":") for _, text in line.runs)]
    for number, line in enumerate(kept):
        line.text = squeeze(" ".join(text for _, text in line.runs))
        if number < max(_PLACES) + 1 or number >= len(kept) + min(_PLACES):
            line.moment = _day_in(line.text, dating)
    return kept


def _pieces(element: HtmlElement) -> list[HtmlElement | tuple[HtmlElement, str] | None]:
    """What an element holds, in order; None where a line ends."""
    found: list[HtmlElement | tuple[HtmlElement, str] | None] = []
    if (element.text or "").strip():
        found.append((element, element.text or ""))
    for child in element:
        found.append(child)
        if (child.tail or "").strip():
            found.append((element, child.tail or ""))
    return found if element.tag in _INLINE else [None, *found, None]


def _is_tool(parts: Parts, element: HtmlElement) -> bool:
    """Whether an element is there to be clicked: a link for replies, a form."""
    if element.tag in {"form", "button"}:
        return True
    found = role(element.get("class") or "")
    if found is not None and (found.reply_link or found.added):
        return True
    href = element.get("href") or "" if element.tag == "a" else ""
    return bool(href) and is_service_link(element) and comment_id(href) != parts.node.native_id


def _day_in(text: str, dating: Dating) -> Moment | None:
    line = text if len(text) <= _LONGEST else text[-_LONGEST // 2 :] if len(text) <= 4 * _LONGEST else ""
    if not any(map(str.isdigit, line)):
        return None
    moment = dating.any(line)
    return moment if moment is not None and moment.precision in _DAYS else None
