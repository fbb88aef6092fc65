"""What the units of a repeated list say: who, in what words, answering whom. See `_repeated`."""

from __future__ import annotations

import re
from collections import Counter

from lxml.html import HtmlElement

from archiver import content, urls
from archiver.engines import _repeated_who as who
from archiver.engines import _words
from archiver.engines._dating import Dating
from archiver.engines._prose import INLINE
from archiver.engines._repeated import Said, Shape, Unit, find, is_spoken_of, line_of, signature
from archiver.engines._repeated_levels import relate
from archiver.engines.dom import Dom, Region, ancestors, text_of
from archiver.model import Author, Moment
from archiver.text import letters
from archiver.urls import without_fragment

LEAST = 2
"""Comments that make a list."""
_DROPPED = frozenset({"form", "button", "script", "style", "noscript", "template", "input", "select", "textarea", "hr"})
_QUOTES = "\"'\u201c\u201e\u00ab"
_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
_TEXT = re.compile(r"[^<&]*")


def read(dom: Dom, dating: Dating, outside: Region, frame: HtmlElement | None = None) -> list[Said]:
    """The thread of a page, in reading order; nothing where no list can be believed.

    frame: where other pages of the blog have theirs; one comment there is believed, too.
    """
    least = LEAST if frame is None else 1
    for units in find(dom, dating, outside, frame):
        made = {unit: _said(unit, dom, dating) for unit in units}
        is_spoken = frame is not None or is_spoken_of(dom, units)
        if is_spoken and any(one is None or _is_doubtful(one) for one in made.values()):
            made = _alike(made, dom, dating)
        found = {unit: one for unit, one in made.items() if one is not None}
        said, enough = list(found.values()), max(least, 0.8 * len(units))
        if len(said) < enough or _are_labels(said):
            continue
        if is_spoken or sum(map(_is_headed, said)) >= max(enough, LEAST + 1):
            relate(found)
            return said
    return read(dom, dating, outside) if frame is not None else []


def _said(unit: Unit, dom: Dom, dating: Dating) -> Said | None:
    """A unit as a comment; None where it has no name or no words, or leads to other pages of the blog as lists do."""
    nested = _nested(unit)
    holder = who.holder(unit, nested, dom, dating)
    name = who.name_in(text_of(holder)) if holder is not None else who.beside(unit, dom, dating)
    lines = who.lines(unit, nested, name, dom, dating) if name else []
    return _made(unit, holder, name, lines, lines[-1] if lines else None, dom, dating)


def _made(
    unit: Unit,
    holder: HtmlElement | None,
    name: str,
    lines: list[HtmlElement],
    line: HtmlElement | None,
    dom: Dom,
    dating: Dating,
) -> Said | None:
    """A unit with its name and the line of its date. lines: all that may be, the widest of which must not lead on."""
    if not name or (line is None and not _is_early(unit)):
        return None
    if _leads_on(dom, holder, lines[-1] if lines else unit.mark) or _teases(dom, unit):
        return None
    framed = [one for one in (holder, line) if one is not None]
    words = content.from_html(_words_of(unit, [*framed, *_nested(unit)], dom, dating), dom.base)
    if not words.text:
        return None
    link = None if holder is None else next((a for a in (holder, *holder.iter("a")) if a.tag == "a"), None)
    author = Author(name=name, member=False, url=dom.link_url(link) if link is not None else None)
    shape = Shape(
        holder=None if holder is None else signature(holder),
        height=None if line is None else [unit.mark, *ancestors(unit.mark)].index(line),
    )
    return Said(unit, author, words, unit.moment, _permalink(unit, dom), shape)


def _nested(unit: Unit) -> list[HtmlElement]:
    return [part for one in unit.inner for part in one.parts]


# ── short comments ──


def _alike(made: dict[Unit, Said | None], dom: Dom, dating: Dating) -> dict[Unit, Said | None]:
    """The units of a list, those of a word or two read as the others are: such a word looks like a part of the byline.

    Where all are short, by what leaves a name and a word of each.
    """
    shapes = Counter(one.shape for one in made.values() if one is not None and not _is_doubtful(one))
    likely = shapes.most_common(1)[0][0] if shapes else None
    found: dict[Unit, Said | None] = {}
    for unit, one in made.items():
        if one is not None and (not _is_doubtful(one) or one.shape == likely):
            found[unit] = one
        else:
            again = _shaped(unit, likely, dom, dating) if likely else _signed(unit, one, dom, dating)
            found[unit] = again or one or _tried(unit, dom, dating)
    return found


def _signed(unit: Unit, one: Said | None, dom: Dom, dating: Dating) -> Said | None:
    """A unit by the name in the line of its date, where a name elsewhere leaves that line among the words."""
    if one is None or one.shape.holder is None or one.shape.height is not None:
        return None
    name = who.beside(unit, dom, dating)
    lines = who.lines(unit, _nested(unit), name, dom, dating) if name else []
    return next((said for line in reversed(lines) if (said := _made(unit, None, name, lines, line, dom, dating))), None)


def _is_doubtful(said: Said) -> bool:
    """Whether a comment is a word or two, or holds the line of its date."""
    line = text_of(said.unit.mark)
    return letters(said.content.text) <= who.SMALL or (len(line) <= who.FRAME and line in said.content.text)


def _shaped(unit: Unit, shape: Shape, dom: Dom, dating: Dating) -> Said | None:
    """A unit that has its name and the line of its date where others have them."""
    around = [unit.mark, *ancestors(unit.mark)]
    line = around[shape.height] if shape.height is not None and shape.height < len(around) else None
    if (line is None) != (shape.height is None) or (line is not None and not dom.inside(line, unit.element)):
        return None
    nested = _nested(unit)
    holder = None
    if shape.holder is not None:
        every = who.named(unit, nested, dom, dating)
        holder = next((element for element in every if signature(element) == shape.holder), None)
        if holder is None:
            return None
    name = who.name_in(text_of(holder)) if holder is not None else who.beside(unit, dom, dating)
    lines = who.lines(unit, nested, name, dom, dating) if name else []
    return _made(unit, holder, name, lines, line, dom, dating)


def _tried(unit: Unit, dom: Dom, dating: Dating) -> Said | None:
    """A unit read by the widest line that leaves a word of it; by the name in that line where the other leaves none."""
    nested = _nested(unit)
    options: list[tuple[HtmlElement | None, str, list[HtmlElement]]] = []
    for holder in dict.fromkeys((who.holder(unit, nested, dom, dating), None)):
        name = who.name_in(text_of(holder)) if holder is not None else who.beside(unit, dom, dating)
        options.append((holder, name, who.lines(unit, nested, name, dom, dating) if name else []))
    by_line = [(*one, line) for one in options for line in reversed(one[2])]
    every = (_made(unit, *one, dom, dating) for one in (*by_line, *((*one, None) for one in options)))
    return next((said for said in every if said is not None), None)


# ── who ──


def _is_early(unit: Unit) -> bool:
    """Whether a date that stands among other words does so at their beginning: in a reference it is at the end."""
    own = text_of(unit.mark)
    before = text_of(unit.element).partition(own)[0] if own else ""
    date = next((place for place in map(own.find, (unit.moment.printed or "").split()[:1]) if place >= 0), 0)
    return len(before) + date <= who.FRAME


def _is_headed(said: Said) -> bool:
    """Whether name and date stand apart from the words; a source that is named in a footnote has them among its own."""
    mark = said.unit.mark
    block = next((up for up in (mark, *ancestors(mark)) if up.tag not in INLINE), mark)
    return text_of(block).find(text_of(mark)) <= who.FRAME and said.author.name[:1] not in _QUOTES


def _are_labels(said: list[Said]) -> bool:
    """Whether what was taken for a name is what each line begins with: "Date: 3 March", and so on for each event."""
    label = f"{said[0].author.name}:"
    return len(said) > LEAST and all(text_of(one.unit.mark).startswith(label) for one in said)


def _leads_on(dom: Dom, holder: HtmlElement | None, line: HtmlElement) -> bool:
    """Whether name or date is a link to another page of the same site: so do lists of posts."""
    here = without_fragment(dom.page.url)
    for place in (holder, line):
        for link in place.iter("a") if place is not None else ():
            url = dom.link_url(link)
            if url and urls.same_host(url, here) and urls.url_key(without_fragment(url)) != urls.url_key(here):
                return not who.SERVICE.match(text_of(link))
    return False


def _teases(dom: Dom, unit: Unit) -> bool:
    """Whether a unit is a card: it lies in a link to another page of the site, or a heading of it is one."""
    links = [up for up in (unit.element, *ancestors(unit.element)) if up.tag == "a"]
    for heading in unit.element.iter(*_HEADINGS):
        links += [e for e in (*heading.iter("a"), *ancestors(heading)) if e.tag == "a"]
    here = without_fragment(dom.page.url)
    to = (url for link in links if (url := dom.link_url(link)))
    return any(urls.same_host(url, here) and urls.url_key(without_fragment(url)) != urls.url_key(here) for url in to)


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
            dropped = [e for e in block.iterdescendants() if e.tag in _DROPPED or _is_service(e) or _is_foot(e)]
            inside = [e for e in (*apart, *dropped) if e is not block and dom.inside(e, block)]
            inner = _without_date(_words.markup(block, inside).strip(), unit.moment, dating).lstrip(who.EDGES)
            html.append(f"<p>{inner}</p>" if block.tag == "p" else f"<div>{inner}</div>")
    return "".join(html)


def _without_date(html: str, moment: Moment, dating: Dating) -> str:
    """Markup without the date that its first text holds, and without what stands before that."""
    text = _TEXT.match(html)
    if text is None or not text[0].strip():
        return html
    found = dating.any(line_of(text[0])[: who.FRAME])
    if found is None or found.at != moment.at:
        return html
    return who.around(text[0], moment, dating)[1] + html[text.end() :]


def _is_foot(element: HtmlElement) -> bool:
    """Whether an element is the foot of a comment: times, and links to it and to answers."""
    return element.tag == "footer" and next(element.iter("a", "time", "button"), None) is not None


def _is_service(element: HtmlElement) -> bool:
    leads = "href" in element.attrib or "onclick" in element.attrib
    return element.tag == "a" and leads and bool(who.SERVICE.match(text_of(element)))
