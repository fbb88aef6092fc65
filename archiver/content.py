"""An HTML fragment, as blogs publish it, read: clean HTML, plain text, links, media, citations.

The fragment is parsed once and walked once, with a stack and not by recursion: bodies nest 20,000
elements deep. The text is what a browser would show: folded details, captions and unknown shortcodes
belong to it, scripts and comments do not.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from html import escape, unescape
from typing import NamedTuple, cast

from bs4 import BeautifulSoup
from bs4.element import NavigableString, PageElement, PreformattedString, Tag

from archiver import identifiers
from archiver._attributes import without_overload
from archiver._shown import Shown
from archiver.model import Content, Link, Media
from archiver.text import clean, squeeze
from archiver.urls import absolute


def _names(listed: str) -> frozenset[str]:
    return frozenset(listed.split())


# Elements that stand on lines of their own, and those with a blank line around them.
_LINES = _names(
    "address article aside caption center dd details dialog div dt fieldset figcaption footer form header hgroup "
    "legend li main nav option search section summary tbody tfoot thead tr"
)
_PARAGRAPHS = _names("blockquote figure h1 h2 h3 h4 h5 h6 hr listing p plaintext pre table xmp")
_LISTS = _names("dir dl menu ol ul")
_VERBATIM = _names("listing plaintext pre textarea xmp")
_VOID = _names("area br col embed hr img input param source track wbr")
_DROPPED = _names("base link meta noscript script style template title")
_DOCUMENT = _names("html body")
_PLAYERS = _names("audio video")
_CELLS = _names("td th")
_ANCHORS = _names("a area")
_FIGURES = _names("wp-caption gallery-item")
_SMILEYS = _names("wp-smiley emoji")

_URL_ATTRIBUTES = _names("cite data data-lazy-src data-original data-src href poster src")
_SRCSETS = _names("data-lazy-srcset data-srcset srcset")
# Lazy loaders leave a placeholder in src and the image in another attribute: those are asked first.
_IMAGE_SOURCES = ("data-lazy-src", "data-src", "data-original", "data-lazy-srcset", "data-srcset", "src", "srcset")
_EMBEDS = {"iframe": ("data-lazy-src", "data-src", "src"), "embed": ("src",), "object": ("data",)}

_CANDIDATE = re.compile(r"([^\s,]\S*[^\s,])(?:\s+([\d.]+)[wxh])?\s*(?:,|$)")
_COMMON_ATTRIBUTES = _names("alt class height href id rel src style target title width")
_ODD_NAME = re.compile(r"[\s\"'<>/=]")
_PLAYER_SERIAL = re.compile(r"[?&]_=\d+$")  # WordPress numbers the players of a page
_DOCUMENT_TAGS = re.compile(r"</?(?:html|body|head)(?:\s[^<>]*)?/?>", re.IGNORECASE)
# Of numeric references only quotes, dashes and the ampersand: others can stand for control characters.
_LINE = r"(?:[^<>&\0]|<br ?/?>|&(?:amp|lt|gt|quot|nbsp|#8(?:2[1-3][0-9]|482)|#0?39|#0?38);)*"
_SIMPLE = re.compile(rf"<p>{_LINE}</p>(?:\n<p>{_LINE}</p>)*")
_PARAGRAPH = re.compile(r"<p>(.*?)</p>", re.DOTALL)
_BREAK = re.compile(r"<br ?/?>")
_BLANK = re.compile(r"\A[ \n\t\f\r]+\Z")
_GAP = re.compile(r"\n{3,}")
_DEEPEST = 500  # elements further down keep their text only: cleaners slow down there, and captions would
_ANCHOR_PIECES = 400


def from_html(fragment: str, base_url: str) -> Content:
    """Read the body of a post or comment, found on the page `base_url`."""
    fragment = clean(fragment).strip()
    if "<" not in fragment:
        text = plain(fragment)
        return Content(html=fragment, text=text, citations=tuple(identifiers.find(text)))
    simple = _simple(fragment)
    if simple:
        return simple
    reading = _read(fragment, base_url)
    text = reading.text()
    links = tuple(dict.fromkeys(reading.links))
    cited = dict.fromkeys(identifiers.find(text))
    for link in links:
        cited.update(dict.fromkeys(identifiers.from_url(link.url)))
    return Content(
        html=reading.html(),
        text=text,
        links=links,
        media=tuple(dict.fromkeys(reading.media)),
        citations=tuple(cited),
    )


def _simple(fragment: str) -> Content | None:
    """What most comments are, paragraphs with line breaks and nothing else, read without a parser.

    A test holds it to what the parser makes of the same.
    """
    if not _SIMPLE.fullmatch(fragment):
        return None
    html, paragraphs = [], []
    for paragraph in _PARAGRAPH.finditer(fragment):
        lines = _BREAK.split(paragraph[1])
        if "&" in paragraph[1]:
            lines = [unescape(line) for line in lines]
        html.append("<p>" + "<br>".join(escape(_BLANK.sub(_blank, line), quote=False) for line in lines) + "</p>")
        text = _GAP.sub("\n\n", "\n".join(squeeze(line) for line in lines).strip())
        if text:
            paragraphs.append(text)
    text = "\n\n".join(paragraphs)
    return Content(html="\n".join(html), text=text, citations=tuple(identifiers.find(text)))


def _blank(found: re.Match[str]) -> str:
    """White space that stands alone, as Beautiful Soup keeps it."""
    return "\n" if "\n" in found[0] else " "


def to_text(html: str) -> str:
    """The text that a browser would show: blank lines between paragraphs, cells apart by a tab."""
    html = clean(html)
    if "<" not in html:
        return plain(html)
    return _read(html, "").text()


def plain(html: str) -> str:
    """HTML as one line of text: for titles, names and excerpts."""
    if "<" in html:
        return squeeze(to_text(html))
    return squeeze(clean(unescape(html) if "&" in html else html))


def _read(fragment: str, base_url: str) -> _Reading:
    reading = _Reading(base_url, dirty="&#" in fragment)
    _walk(_parse(fragment), reading)
    return reading


def _parse(fragment: str) -> BeautifulSoup:
    # A stray </html> ends the document for libxml2; a <body> of ours keeps it from adding paragraphs.
    fragment = _DOCUMENT_TAGS.sub("", without_overload(fragment))
    return BeautifulSoup("<html><body>" + fragment, "lxml", multi_valued_attributes=None)


class _Mark(NamedTuple):
    """What leaving an element must do, noted when it was entered."""

    end: str = ""  # its end tag
    name: str = ""
    lines: int = 0  # line breaks after it
    cell: int | None = None  # the cell around this cell, as `Shown` keeps it
    anchor: tuple[str, int] | None = None  # URL, and the piece of text at which the link begins
    figure: int | None = None  # the first medium inside
    caption: int | None = None  # the piece of text at which the caption begins


def _walk(soup: BeautifulSoup, reading: _Reading) -> None:
    stack: list[tuple[_Mark, Iterator[PageElement]]] = [(_Mark(), iter(soup.contents))]
    while stack:
        mark, children = stack[-1]
        for node in children:
            if isinstance(node, Tag):
                inner = reading.enter(node, len(stack))
                if inner is not None:
                    stack.append((inner, iter(node.contents)))
                    break
            elif isinstance(node, NavigableString) and not isinstance(node, PreformattedString):
                reading.string(node)
        else:
            stack.pop()
            reading.leave(mark)


class _Reading:
    """What one walk collects: HTML, shown text, links, media."""

    def __init__(self, base_url: str, *, dirty: bool) -> None:
        self.shown = Shown()
        self.links: list[Link] = []
        self.media: list[Media] = []
        self._html: list[str] = []
        self._base = base_url
        self._dirty = dirty  # numeric references can stand for any control character
        self._urls: dict[str, str | None] = {}
        self._captions: list[str] = []  # of the figures that we are in
        self._lists = 0
        self._player: str | None = None  # audio or video that has not named its file yet

    def html(self) -> str:
        return self._finished("".join(self._html)).strip()

    def text(self) -> str:
        return self._finished(self.shown.text())

    def _finished(self, s: str) -> str:
        return clean(s) if self._dirty else s

    def string(self, s: str) -> None:
        self._html.append(escape(s, quote=False))
        self.shown.string(s)

    def enter(self, tag: Tag, depth: int) -> _Mark | None:
        """Note what a tag says; None when its children are not to be read."""
        name = tag.name
        attrs = cast("dict[str, str]", tag.attrs)  # no lists: see _parse
        if name in _DROPPED or (name == "img" and _is_avatar(attrs)):
            return None
        if name in _DOCUMENT:
            return _Mark()
        if attrs or name in _PLAYERS:
            self._note_media(name, attrs)
        if name == "iframe":
            if self._first_url(attrs, _EMBEDS[name]):
                self._html.append(f"{self._start_tag(name, attrs)}</iframe>")
            return None
        lines = self._begin_block(name)
        cell = self.shown.begin_cell() if name in _CELLS else None
        anchor = self._anchor(attrs) if name in _ANCHORS else None
        if depth > _DEEPEST:
            return _Mark(name=name, lines=lines, cell=cell, anchor=anchor)
        self._html.append(self._start_tag(name, attrs))
        classes = attrs["class"].split() if "class" in attrs else ()
        return _Mark(
            end="" if name in _VOID else f"</{name}>",
            name=name,
            lines=lines,
            cell=cell,
            anchor=anchor,
            figure=self._begin_figure() if name == "figure" or not _FIGURES.isdisjoint(classes) else None,
            caption=len(self.shown.pieces) if name == "figcaption" or "wp-caption-text" in classes else None,
        )

    def _begin_block(self, name: str) -> int:
        """Begin what the element means for the text; returns the line breaks around it."""
        lines = 2 if name in _PARAGRAPHS else int(name in _LINES)
        if name in _LISTS:
            lines = 1 if self._lists else 2
            self._lists += 1
        if lines:
            self.shown.lines(lines)
        if name == "br":
            self.shown.line_break()
        elif name in _VERBATIM:
            self.shown.preformatted(1)
        return lines

    def leave(self, mark: _Mark) -> None:
        self._html.append(mark.end)
        shown = self.shown
        if mark.anchor:
            self.links.append(Link(url=mark.anchor[0], text=shown.since(mark.anchor[1], _ANCHOR_PIECES)))
        if mark.caption is not None and self._captions:
            self._captions[-1] = self._captions[-1] or shown.since(mark.caption)
        if mark.figure is not None:
            self._end_figure(mark.figure)
        if mark.name in _PLAYERS:
            self._player = None
        self._lists -= mark.name in _LISTS
        if mark.name in _VERBATIM:
            shown.preformatted(-1)
        if mark.cell is not None:
            shown.end_cell(mark.cell)
        if mark.lines:
            shown.lines(mark.lines)

    def _start_tag(self, name: str, attrs: dict[str, str]) -> str:
        if not attrs:
            return f"<{name}>"
        written = "".join(
            f' {key}="{escape(self._made_absolute(key, value))}"'
            for key, value in attrs.items()
            if key != "srcdoc" and (key in _COMMON_ATTRIBUTES or not _ODD_NAME.search(key))
        )
        return f"<{name}{written}>"

    def _made_absolute(self, key: str, value: str) -> str:
        if key in _URL_ATTRIBUTES:
            return self._url(value) or value
        if key in _SRCSETS:
            return _CANDIDATE.sub(lambda m: m[0].replace(m[1], self._url(m[1]) or m[1], 1), value)
        return value

    def _url(self, value: str) -> str | None:
        """Absolute, http(s); None for anything else, and for places on the page itself."""
        if value not in self._urls:
            target = value.strip()
            self._urls[value] = absolute(target, self._base) if target and target[0] != "#" else None
        return self._urls[value]

    def _first_url(self, attrs: dict[str, str], names: tuple[str, ...]) -> str | None:
        for name in names:
            value = attrs.get(name)
            if value:
                url = self._url(_largest(value) if name in _SRCSETS else value)
                if url:
                    return url
        return None

    def _anchor(self, attrs: dict[str, str]) -> tuple[str, int] | None:
        url = self._url(attrs.get("href", ""))
        return (url, len(self.shown.pieces)) if url else None

    def _note_media(self, name: str, attrs: dict[str, str]) -> None:
        if name == "img":
            self._note_image(attrs)
        elif name in _EMBEDS:
            self._add_media("embed", self._first_url(attrs, _EMBEDS[name]))
        elif name in _PLAYERS:
            self._player = name
            self._add_player(attrs)
        elif name == "source" and self._player:
            self._add_player(attrs)

    def _note_image(self, attrs: dict[str, str]) -> None:
        alt = squeeze(attrs.get("alt", ""))
        if not _SMILEYS.isdisjoint(attrs.get("class", "").split()):
            self.shown.string(alt)  # feeds and old themes draw what was typed
        elif not {attrs.get("width"), attrs.get("height")} <= {"0", "1"}:  # else it counts visitors
            self._add_media("image", self._first_url(attrs, _IMAGE_SOURCES), alt or None)

    def _add_player(self, attrs: dict[str, str]) -> None:
        url = self._first_url(attrs, ("src",))
        if url and self._player:
            self._add_media(self._player, _PLAYER_SERIAL.sub("", url))
            self._player = None

    def _add_media(self, kind: str, url: str | None, alt: str | None = None) -> None:
        if url:
            self.media.append(Media(url=url, kind=kind, alt=alt))

    def _begin_figure(self) -> int:
        self._captions.append("")
        return len(self.media)

    def _end_figure(self, start: int) -> None:
        caption = self._captions.pop()
        if caption:
            self.media[start:] = [m if m.caption else replace(m, caption=caption) for m in self.media[start:]]


def _is_avatar(attrs: dict[str, str]) -> bool:
    """A commenter's picture, as lists of recent comments have it: its address holds a hash of the e-mail."""
    return "avatar" in attrs.get("class", "").split() or any("gravatar.com/avatar" in value for value in attrs.values())


def _largest(srcset: str) -> str:
    """The URL of the widest candidate."""
    candidates = [(float(size or 1), url) for url, size in _CANDIDATE.findall(srcset)]
    return max(candidates, key=lambda pair: pair[0], default=(0.0, ""))[1]
