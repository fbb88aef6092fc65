"""What one walk over the tree of a fragment collects: HTML, shown text, links, media."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from html import escape
from typing import NamedTuple

from archiver.content._shown import Shown
from archiver.model import Link, Media
from archiver.text import clean, squeeze
from archiver.urls import absolute


def names(listed: str) -> frozenset[str]:
    """A vocabulary: names with spaces between."""
    return frozenset(listed.split())


# Elements that stand on lines of their own, and those with a blank line around them.
_LINES = names(
    "address article aside caption center dd details dialog div dt fieldset figcaption footer form header hgroup "
    "legend li main nav option search section summary tbody tfoot thead tr"
)
_PARAGRAPHS = names("blockquote figure h1 h2 h3 h4 h5 h6 hr listing p plaintext pre table xmp")
_LISTS = names("dir dl menu ol ul")
_VERBATIM = names("listing plaintext pre textarea xmp")
_VOID = names("area br col embed hr img input param source track wbr")
_DROPPED = names("base link meta noscript script style template title")
_DOCUMENT = names("html body")
_PLAYERS = names("audio video")
_CELLS = names("td th")
_ANCHORS = names("a area")
_FIGURES = names("wp-caption gallery-item")
_SMILEYS = names("wp-smiley emoji")

_URL_ATTRIBUTES = names("cite data data-lazy-src data-original data-src href poster src")
_SRCSETS = names("data-lazy-srcset data-srcset srcset")
# Lazy loaders leave a placeholder in src and the image in another attribute: those are asked first.
_IMAGE_SOURCES = ("data-lazy-src", "data-src", "data-original", "data-lazy-srcset", "data-srcset", "src", "srcset")
_EMBEDS = {"iframe": ("data-lazy-src", "data-src", "src"), "embed": ("src",), "object": ("data",)}

_CANDIDATE = re.compile(r"([^\s,]\S*[^\s,])(?:\s+([\d.]+)[wxh])?\s*(?:,|$)")
_COMMON_ATTRIBUTES = names("alt class height href id rel src style target title width")
_ODD_NAME = re.compile(r"[\s\"'<>/=]")
_PLAYER_SERIAL = re.compile(r"[?&]_=\d+$")  # WordPress numbers the players of a page
_DEEPEST = 500  # elements further down keep their text only: cleaners slow down there, and captions would
_ANCHOR_PIECES = 400


class Mark(NamedTuple):
    """What leaving an element must do, noted when it was entered."""

    end: str = ""  # its end tag
    name: str = ""
    lines: int = 0  # line breaks after it
    cell: int | None = None  # the cell around this cell, as `Shown` keeps it
    anchor: tuple[str, int] | None = None  # URL, and the piece of text at which the link begins
    figure: int | None = None  # the first medium inside
    caption: int | None = None  # the piece of text at which the caption begins


class Reading:
    """Told of every tag and text in order. base_url: the page's; dirty: whether what comes out must be cleaned."""

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

    def enter(self, name: str, attrs: Mapping[str, str], depth: int) -> Mark | None:
        """Note what a tag says; None when its children are not to be read."""
        if name in _DROPPED or (name == "img" and _is_avatar(attrs)):
            return None
        if name in _DOCUMENT:
            return Mark()
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
            return Mark(name=name, lines=lines, cell=cell, anchor=anchor)
        self._html.append(self._start_tag(name, attrs))
        classes = attrs["class"].split() if "class" in attrs else ()
        return Mark(
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

    def leave(self, mark: Mark) -> None:
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

    def _start_tag(self, name: str, attrs: Mapping[str, str]) -> str:
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

    def _first_url(self, attrs: Mapping[str, str], names: tuple[str, ...]) -> str | None:
        for name in names:
            value = attrs.get(name)
            if value:
                url = self._url(_largest(value) if name in _SRCSETS else value)
                if url:
                    return url
        return None

    def _anchor(self, attrs: Mapping[str, str]) -> tuple[str, int] | None:
        url = self._url(attrs.get("href", ""))
        return (url, len(self.shown.pieces)) if url else None

    def _note_media(self, name: str, attrs: Mapping[str, str]) -> None:
        if name == "img":
            self._note_image(attrs)
        elif name in _EMBEDS:
            self._add_media("embed", self._first_url(attrs, _EMBEDS[name]))
        elif name in _PLAYERS:
            self._player = name
            self._add_player(attrs)
        elif name == "source" and self._player:
            self._add_player(attrs)

    def _note_image(self, attrs: Mapping[str, str]) -> None:
        alt = squeeze(attrs.get("alt", ""))
        if not _SMILEYS.isdisjoint(attrs.get("class", "").split()):
            self.shown.string(alt)  # feeds and old themes draw what was typed
        elif not {attrs.get("width"), attrs.get("height")} <= {"0", "1"}:  # else it counts visitors
            self._add_media("image", self._first_url(attrs, _IMAGE_SOURCES), alt or None)

    def _add_player(self, attrs: Mapping[str, str]) -> None:
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


def _is_avatar(attrs: Mapping[str, str]) -> bool:
    """A commenter's picture, as lists of recent comments have it: its address holds a hash of the e-mail."""
    return "avatar" in attrs.get("class", "").split() or any("gravatar.com/avatar" in value for value in attrs.values())


def _largest(srcset: str) -> str:
    """The URL of the widest candidate."""
    candidates = [(float(size or 1), url) for url, size in _CANDIDATE.findall(srcset)]
    return max(candidates, key=lambda pair: pair[0], default=(0.0, ""))[1]
