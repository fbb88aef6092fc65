"""What the units of a repeated list say: who, in what words, answering whom. See `_repeated`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from lxml.html import HtmlElement

from archiver import content, urls
from archiver.engines import _words
from archiver.engines._comment_who import without_says
from archiver.engines._dating import Dating
from archiver.engines._names import looks_like_name, without_by
from archiver.engines._prose import INLINE
from archiver.engines._repeated import Unit, find, is_spoken_of, line_of
from archiver.engines.dom import Dom, Region, ancestors, text_of, text_without, tokens
from archiver.engines.wordpress_urls import without_fragment
from archiver.model import Author, Content, Moment, ParentSource
from archiver.text import squeeze

LEAST = 2
"""Comments that make a list."""
_NUMBER = re.compile(r"^(?:[#\u2116]\s*\d+[.):]?|\(?\d{1,4}[.):]|\[\d+\])\s*")
_EDGES = " \t,;:|\u00b7\u2022\u2013\u2014-()[]/"
_JOINED = re.compile(r"[\s,]+(?:on|at|am|um|vom|den|le|el|il|em|op|den|p\u00e5|dne|in|date)$", re.IGNORECASE)
_LEVEL = re.compile(r"^(?:comment[-_]?)?(?:level|depth|lvl|indent|nest|tier|ebene|niveau)[-_]?(\d{1,2})$")
_MARGIN = re.compile(r"(?:margin|padding)-left\s*:\s*(\d{1,4}(?:\.\d+)?)\s*(?:px|em|rem|%|pt)", re.IGNORECASE)
_MARGINS = re.compile(r"\bmargin\s*:\s*\S+\s+\S+\s+\S+\s+(\d{1,4}(?:\.\d+)?)(?:px|em|rem|%|pt)?", re.IGNORECASE)
_STATED = ("data-level", "data-depth", "data-indent", "indent", "aria-level")
_DROPPED = frozenset({"form", "button", "script", "style", "noscript", "template", "input", "select", "textarea", "hr"})
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
_QUOTES = "\"'\u201c\u201e\u00ab"
_FRAME = 90  # characters: a longer line holds more than name and date
_SMALL = 14  # letters: "wrote on", "#3", "says"
_TEXT = re.compile(r"[^<&]*")
_MOST_WORDS = 7
_MOST_TOKENS = 24
_SERVICE = re.compile(
    r"^(?:#?\d*|\u00b6|link|permalink|perma|reply|r\u00e9pondre|antworten|responder|rispondi|svar|quote|report|edit|delete|top|up)$",
    re.IGNORECASE,
)


@dataclass(slots=True, eq=False)
class Said:
    """A comment that was found. answers: the one it answers. elements: of the page, that it is made of."""

    unit: Unit
    author: Author
    content: Content
    published: Moment
    url: str | None
    depth: int | None = None
    answers: Said | None = None
    source: ParentSource = ParentSource.UNKNOWN

    @property
    def elements(self) -> list[HtmlElement]:
        """The outermost elements of the comment."""
        return self.unit.parts


def read(dom: Dom, dating: Dating, outside: Region, frame: HtmlElement | None = None) -> list[Said]:
    """The thread of a page, in reading order; nothing where no list can be believed.

    frame: where other pages of the blog have theirs; one comment there is believed, too.
    """
    least = LEAST if frame is None else 1
    for units in find(dom, dating, outside, frame):
        made = [(unit, _said(unit, dom, dating)) for unit in units]
        said = [one for _, one in made if one is not None]
        enough = max(least, 0.8 * len(units))
        if len(said) < enough or _are_labels(said):
            continue
        headed = sum(map(_is_headed, said)) >= max(enough, LEAST + 1)
        if frame is not None or headed or is_spoken_of(dom, units):
            _relate({unit: one for unit, one in made if one is not None})
            return said
    return read(dom, dating, outside) if frame is not None else []


def _said(unit: Unit, dom: Dom, dating: Dating) -> Said | None:
    """A unit as a comment; None where it has no name or no words, or leads to other pages of the blog as lists do."""
    nested = [part for one in unit.inner for part in one.parts]
    holder = _name_element(unit, nested, dom, dating)
    name = _name(text_of(holder)) if holder is not None else _beside(unit, dom, dating)
    if not name:
        return None
    line = _line(unit, nested, name, dom, dating)
    if line is None and not _is_early(unit):
        return None
    if _leads_on(dom, holder, line if line is not None else unit.mark):
        return None
    framed = [one for one in (holder, line) if one is not None]
    words = content.from_html(_words_of(unit, [*framed, *nested], dom, dating), dom.base)
    if not words.text:
        return None
    link = None if holder is None else next((a for a in (holder, *holder.iter("a")) if a.tag == "a"), None)
    url = dom.link_url(link) if link is not None else None
    return Said(unit, Author(name=name, member=False, url=url), words, unit.moment, _permalink(unit, dom))


# ── who ──


def _beside(unit: Unit, dom: Dom, dating: Dating) -> str:
    """The name in the line of the date, before or behind it."""
    for element in (unit.mark, *ancestors(unit.mark)):
        text = text_of(element)
        if not dom.inside(element, unit.element) or len(text) > 2 * _FRAME:
            break
        before, after = _around(text, unit.moment, dating)
        if name := _name(before) or _name(after):
            return name
    return ""


def _line(unit: Unit, nested: list[HtmlElement], name: str, dom: Dom, dating: Dating) -> HtmlElement | None:
    """The widest element around the date that holds nothing but it, the name and small words; None where none does."""
    line = None
    for element in (unit.mark, *ancestors(unit.mark)):
        text = text_without(element, nested)
        if not dom.inside(element, unit.element) or len(text) > _FRAME:
            break
        rest = " ".join(_around(text, unit.moment, dating)).replace(name, " ")
        if sum(map(str.isalnum, rest)) > _SMALL:
            break
        line = element
    return line


def _is_early(unit: Unit) -> bool:
    """Whether a date that stands among other words does so at their beginning: in a reference it is at the end."""
    own = text_of(unit.mark)
    before = text_of(unit.element).partition(own)[0] if own else ""
    date = next((place for place in map(own.find, (unit.moment.printed or "").split()[:1]) if place >= 0), 0)
    return len(before) + date <= _FRAME


def _is_headed(said: Said) -> bool:
    """Whether name and date stand apart from the words; a source that is named in a footnote has them among its own."""
    mark = said.unit.mark
    block = next((up for up in (mark, *ancestors(mark)) if up.tag not in INLINE), mark)
    return text_of(block).find(text_of(mark)) <= _FRAME and said.author.name[:1] not in _QUOTES


def _are_labels(said: list[Said]) -> bool:
    """Whether what was taken for a name is what each line begins with: "Date: 3 March", and so on for each event."""
    label = f"{said[0].author.name}:"
    return len(said) > LEAST and all(text_of(one.unit.mark).startswith(label) for one in said)


def _around(text: str, moment: Moment, dating: Dating) -> tuple[str, str]:
    """What stands before and behind the date of a line."""
    every = line_of(text).split()
    words, rest = every[:_MOST_TOKENS], every[_MOST_TOKENS:]
    start, end = 0, len(words)
    for place in range(len(words)):
        found = dating.any(" ".join(words[place:]))
        if found is None or found.at != moment.at:
            break
        start = place
    while end > start + 1 and (found := dating.any(" ".join(words[start : end - 1]))) and found.at == moment.at:
        end -= 1
    return " ".join(words[:start]), " ".join([*words[end:], *rest])


def _name_element(unit: Unit, nested: list[HtmlElement], dom: Dom, dating: Dating) -> HtmlElement | None:
    """The first element of a unit that holds a name and nothing else."""
    apart = dom.region(*nested)
    for element in unit.element.iter(*_NAMES):
        if element in apart or element is unit.mark or dom.inside(unit.mark, element):
            continue
        text = text_of(element)
        if not text or _SERVICE.match(text):
            continue
        name = _name(text)
        if name and not dating.any(text):
            return element
        if len(text) > _FRAME:
            return None  # the words have begun
    return None


def _name(text: str) -> str:
    """A name without number, "wrote on" and the like; empty where that is none."""
    bare = _JOINED.sub("", _NUMBER.sub("", squeeze(text)).strip(_EDGES))
    name = without_by(without_says(f"{bare}:").rstrip(":")).strip(_EDGES)
    if not name or len(name.split()) > _MOST_WORDS or name[-1:] in {".", "!", "?"} or not looks_like_name(name):
        return ""
    return name


def _leads_on(dom: Dom, holder: HtmlElement | None, line: HtmlElement) -> bool:
    """Whether name or date is a link to another page of the same site: so do lists of posts."""
    here = without_fragment(dom.page.url)
    for place in (holder, line):
        for link in place.iter("a") if place is not None else ():
            url = dom.link_url(link)
            if url and urls.same_host(url, here) and urls.url_key(without_fragment(url)) != urls.url_key(here):
                return not _SERVICE.match(text_of(link))
    return False


def _permalink(unit: Unit, dom: Dom) -> str | None:
    """Where a browser finds it: by the id of its element, or the anchor in it."""
    anchors = [unit.element, *(a for a in unit.element.iter("a") if a.get("name") or a.get("id"))]
    name = next((found for e in anchors if (found := e.get("id") or e.get("name"))), None)
    if name is None or any(dom.inside(e, *one.parts) for one in unit.inner for e in anchors[1:2]):
        return None
    return f"{without_fragment(dom.page.url)}#{name}" if any(map(str.isdigit, name)) else None


# ── words ──


def _words_of(unit: Unit, apart: list[HtmlElement], dom: Dom, dating: Dating) -> str:
    """The markup that is left of a unit without its name, its date, its forms and the units in it."""
    html = []
    for part in unit.parts:
        for block in part.iterchildren("td", "th") if part.tag == "tr" else [part]:
            if any(dom.inside(block, one) for one in apart):
                continue
            dropped = [e for e in block.iterdescendants() if e.tag in _DROPPED or _is_service(e)]
            inside = [e for e in (*apart, *dropped) if e is not block and dom.inside(e, block)]
            inner = _without_date(_words.markup(block, inside).strip(), unit.moment, dating).lstrip(_EDGES)
            html.append(f"<p>{inner}</p>" if block.tag == "p" else f"<div>{inner}</div>")
    return "".join(html)


def _without_date(html: str, moment: Moment, dating: Dating) -> str:
    """Markup without the date that its first text holds, and without what stands before that."""
    text = _TEXT.match(html)
    if text is None or not text[0].strip():
        return html
    found = dating.any(line_of(text[0])[:_FRAME])
    if found is None or found.at != moment.at:
        return html
    return _around(text[0], moment, dating)[1] + html[text.end() :]


def _is_service(element: HtmlElement) -> bool:
    return element.tag == "a" and bool(_SERVICE.match(text_of(element))) and "href" in element.attrib


# ── who answers whom ──


def _relate(said: dict[Unit, Said]) -> None:
    """Parents and depths: by nesting, by levels that classes or attributes state, by how far the boxes are moved in."""
    if any(unit.holder in said for unit in said):
        for unit, one in said.items():
            holder = said.get(unit.holder) if unit.holder else None
            one.answers, one.source = holder, ParentSource.DOM
            one.depth = (holder.depth or 1) + 1 if holder else 1
        return
    for measure, source in ((_stated, ParentSource.DOM), (_moved_in, ParentSource.INFERRED)):
        levels = {unit: measure(unit) for unit in said}
        if len(set(levels.values())) > 1:
            _stack(said, levels, source)
            return


def _stack(said: dict[Unit, Said], levels: dict[Unit, float], source: ParentSource) -> None:
    """Each answers the last one before it that stands further out."""
    line: list[tuple[float, Said]] = []
    for unit, one in said.items():
        while line and line[-1][0] >= levels[unit]:
            line.pop()
        one.answers, one.source, one.depth = (line[-1][1] if line else None), source, len(line) + 1
        line.append((levels[unit], one))


def _boxes(unit: Unit) -> Iterator[HtmlElement]:
    """The unit's element and the two around it, then the first cells in it."""
    yield unit.element
    for _, up in zip(range(2), ancestors(unit.element), strict=False):
        yield up
    for _, inner in zip(range(3), unit.element.iterdescendants(), strict=False):
        if isinstance(inner.tag, str):
            yield inner


def _stated(unit: Unit) -> float:
    for box in _boxes(unit):
        for name in _STATED:
            value = box.get(name) or ""
            if value.isascii() and value.isdigit():
                return float(value[:3])
        for token in tokens(box):
            match = _LEVEL.match(token)
            if match:
                return float(match[1])
    return 0.0


def _moved_in(unit: Unit) -> float:
    """How far a box is moved in, in whatever unit the page uses: margins, padding, or an empty picture before it."""
    for box in _boxes(unit):
        style = box.get("style") or ""
        match = _MARGIN.search(style) or _MARGINS.search(style)
        if match:
            return float(match[1])
        width = box.get("width") or ""
        spacer = box.tag == "img" or (box.tag == "td" and not text_of(box))
        if spacer and width.isascii() and width.isdigit():
            return float(width[:5])
    return 0.0
