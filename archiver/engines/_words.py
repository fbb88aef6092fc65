"""An element's words as content: without what does not belong to them, and quickly where they are plain.

`content.from_html` parses a fragment anew. Most comments are a few paragraphs of plain text with a link
or two: those are read off the page's own tree, with the same outcome.
"""

from __future__ import annotations

from collections.abc import Collection
from copy import deepcopy
from html import escape

from lxml.html import HtmlElement, tostring

from archiver import content, identifiers
from archiver.engines.dom import inner_html
from archiver.model import Content, Link
from archiver.text import clean, squeeze
from archiver.urls import absolute

_INLINE = frozenset({"em", "strong", "b", "i"})
_PLAIN_ATTRIBUTES = frozenset({"class", "href", "rel", "target", "title"})
_SPACES = " \t\n\f\r"
_MOST_PARAGRAPHS = 200


def of_element(element: HtmlElement, base_url: str, dropped: Collection[HtmlElement] = ()) -> Content:
    """The content of an element, without the dropped elements inside it."""
    if not dropped:
        return _plain(element, base_url) or content.from_html(inner_html(element), base_url)
    return content.from_html(markup(element, dropped), base_url)


def markup(element: HtmlElement, dropped: Collection[HtmlElement] = ()) -> str:
    """The markup inside an element, without the dropped elements; the text behind those stays."""
    return inner_html(_pruned(element, dropped) if dropped else element)


def outer_markup(element: HtmlElement, dropped: Collection[HtmlElement] = ()) -> str:
    """The markup of an element with its own tag, bare, without the dropped elements inside it."""
    return f"<{element.tag}>{markup(element, dropped)}</{element.tag}>"


def whole_markup(element: HtmlElement, dropped: Collection[HtmlElement] = ()) -> str:
    """The markup of an element and of the text behind it, without the dropped elements inside it."""
    if element in dropped:
        return escape(element.tail or "", quote=False)
    return str(tostring(_pruned(element, dropped) if dropped else element, encoding="unicode"))


def _pruned(element: HtmlElement, dropped: Collection[HtmlElement]) -> HtmlElement:
    """A copy of an element without the dropped ones inside it."""
    apart = frozenset(dropped)
    copy = deepcopy(element)
    twins = [twin for node, twin in zip(element.iter(), copy.iter(), strict=True) if node in apart]
    for twin in twins:
        if twin is not copy:
            twin.drop_tree()
    return copy


def _plain(element: HtmlElement, base_url: str) -> Content | None:
    """The content of an element that holds only paragraphs of plain words; None for anything else."""
    if len(element) > _MOST_PARAGRAPHS:
        return None
    reading = _Plain(base_url)
    return reading.content() if reading.add_paragraphs(element, quotes=True) else None


def _escaped(text: str) -> str:
    """Text as `content.from_html` writes it: white space alone is one line feed or one space."""
    if text and not text.strip(_SPACES):
        return "\n" if "\n" in text else " "
    return escape(text, quote=False)


class _Plain:
    """Paragraphs as they come: their markup, their lines, their links."""

    def __init__(self, base_url: str) -> None:
        self._base = base_url
        self._html: list[str] = []
        self._paragraphs: list[str] = []
        self._links: list[Link] = []

    def add_paragraphs(self, holder: HtmlElement, *, quotes: bool) -> bool:
        """The paragraphs in an element, quoted ones, too; False when there is anything else."""
        if not self._add_space(holder.text):
            return False
        for child in holder:
            if child.attrib:
                return False
            if child.tag == "p":
                if not self._add_paragraph(child):
                    return False
            elif quotes and child.tag == "blockquote" and len(child):
                self._html.append("<blockquote>")
                if not self.add_paragraphs(child, quotes=False):
                    return False
                self._html.append("</blockquote>")
            else:
                return False
            if not self._add_space(child.tail):
                return False
        return True

    def _add_space(self, text: str | None) -> bool:
        """What stands between two paragraphs; False when it is more than white space."""
        if text and text.strip(_SPACES):
            return False
        self._html.append(_escaped(text or ""))
        return True

    def _add_paragraph(self, paragraph: HtmlElement) -> bool:
        """False when the paragraph is not plain."""
        start = paragraph.text or ""
        self._html.append(f"<p>{_escaped(start)}")
        shown = [start]
        for node in paragraph:
            told = self._inline(node)
            if told is None:
                return False
            tail = node.tail or ""
            shown += (told, tail)
            self._html.append(_escaped(tail))
        self._html.append("</p>")
        text = "\n".join(squeeze(line) for line in "".join(shown).split("\x00"))
        if "\n\n" in text or text[:1] == "\n" or text[-1:] == "\n":
            return False  # blank lines by hand: seldom, and not worth telling apart here
        if text:
            self._paragraphs.append(text)
        return True

    def _inline(self, node: HtmlElement) -> str | None:
        """What an element shows; None when it is not plain."""
        tag, text = node.tag, node.text or ""
        if len(node):
            return None
        if tag == "br" and not node.attrib:
            self._html.append("<br>")
            return "\x00"
        if tag in _INLINE and not node.attrib:
            self._html.append(f"<{tag}>{_escaped(text)}</{tag}>")
            return text
        if tag != "a" or not _PLAIN_ATTRIBUTES.issuperset(node.attrib):
            return None
        href = (node.get("href") or "").strip()
        url = absolute(href, self._base) if href and href[0] != "#" else None
        if url is None:
            return None
        attributes = {**node.attrib, "href": url}
        written = "".join(f' {name}="{escape(attributes[name])}"' for name in node.attrib)
        self._html.append(f"<a{written}>{_escaped(text)}</a>")
        self._links.append(Link(url=url, text=squeeze(text)))
        return text

    def content(self) -> Content:
        text = clean("\n\n".join(self._paragraphs))
        links = tuple(dict.fromkeys(self._links))
        cited = dict.fromkeys(identifiers.find(text))
        for link in links:
            cited.update(dict.fromkeys(identifiers.from_url(link.url)))
        return Content(html=clean("".join(self._html)).strip(), text=text, links=links, citations=tuple(cited))
