"""An element's words as content: without what does not belong to them, and quickly where they are plain.

`content.from_html` parses a fragment anew. Most comments are a few paragraphs of plain text with a link
or two: those are read off the page's own tree, with the same outcome.
"""

from __future__ import annotations

from collections.abc import Collection
from copy import deepcopy
from html import escape, unescape

from lxml.html import HtmlElement, tostring

from archiver import content, identifiers
from archiver.engines.dom import inner_html
from archiver.model import Content, Link
from archiver.text import SOFT_HYPHEN, clean, squeeze
from archiver.urls import absolute

_INLINE = frozenset({"em", "strong", "b", "i"})
_PLAIN_ATTRIBUTES = frozenset({"class", "href", "rel", "target", "title"})
_LISTS = frozenset({"ul", "ol"})
_SPACES = " \t\n\f\r"
_MOST_PARAGRAPHS = 200


def of_element(element: HtmlElement, base_url: str, dropped: Collection[HtmlElement] = ()) -> Content:
    """The content of an element, without the dropped elements inside it."""
    plain = None if dropped else _plain(element, base_url)
    found = plain or content.from_element(element, base_url, dropped)
    return found or content.from_html(markup(element, dropped), base_url)


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


def markup_to(element: HtmlElement, dropped: Collection[HtmlElement], ends: Collection[HtmlElement]) -> str:
    """The markup inside an element without the dropped elements, and without the text right behind the ends."""
    copy = deepcopy(element)
    twins = dict(zip(element.iter(), copy.iter(), strict=True))
    for end in ends:
        twins[end].tail = None
    return markup(copy, [twins[node] for node in dropped if node in twins])


def _pruned(element: HtmlElement, dropped: Collection[HtmlElement]) -> HtmlElement:
    """A copy of an element without the dropped ones inside it."""
    apart = frozenset(dropped)
    copy = deepcopy(element)
    twins = [twin for node, twin in zip(element.iter(), copy.iter(), strict=True) if node in apart]
    for twin in twins:
        if twin is not copy:
            _drop(twin)
    return copy


def _drop(element: HtmlElement) -> None:
    """Take an element out; the text behind it joins that before it. lxml's own way refuses control characters."""
    parent, before, tail = element.getparent(), element.getprevious(), element.tail or ""
    if parent is None:
        return
    parent.remove(element)
    if before is None:
        parent.text = clean((parent.text or "") + tail)
    else:
        before.tail = clean((before.tail or "") + tail)


def of_paragraphs(markup: str, gap: str) -> Content | None:
    """The content of plain paragraphs as XML, such as `tostring` writes; None for anything else.

    gap: what stands between any two in the outcome. Most comments are no more; tests hold it to `of_element`.
    """
    markup = markup.strip()
    if markup[:3] != "<p>" or markup[-4:] != "</p>" or ("&" in markup and "&#" in markup) or SOFT_HYPHEN in markup:
        return None
    paragraphs = markup[3:-4].split("</p>\n<p>")
    shown, html = paragraphs, markup
    if not all(map(_is_tidy, paragraphs)):
        shown = [paragraph if _is_tidy(paragraph) else _shown(paragraph) for paragraph in paragraphs]
        html = markup.replace("<br/>", "<br>")
        if not all(shown) or clean(html) is not html:
            return None
    if gap != "\n":
        html = html.replace("</p>\n<p>", f"</p>{gap}<p>")
    text = "\n\n".join(shown)
    if "&" in text:
        text = unescape(text)
    return Content(html=html, text=text, citations=tuple(identifiers.find(text)))


def _is_tidy(paragraph: str) -> bool:
    """Whether a paragraph is words with single spaces between, and no more."""
    return (
        paragraph.isascii()
        and paragraph.isprintable()
        and "<" not in paragraph
        and "  " not in paragraph
        and paragraph == paragraph.strip()
        and paragraph != ""
    )


def _shown(paragraph: str) -> str:
    """What a paragraph shows; nothing for one that is not plain."""
    if "<" not in paragraph:
        return " ".join(paragraph.split())
    lines = [" ".join(line.split()) for line in paragraph.split("<br/>")]
    text = "\n".join(lines)
    return text if all(lines) and "<" not in text else ""


def of_blocks(blocks: Collection[HtmlElement], base_url: str) -> Content | None:
    """The content of these elements one after another, their own attributes left out; None unless they are plain."""
    reading = _Plain(base_url)
    if len(blocks) <= _MOST_PARAGRAPHS and all(reading.add_block(block, quotes=True) for block in blocks):
        return reading.content()
    return None


def _plain(element: HtmlElement, base_url: str) -> Content | None:
    """The content of an element that holds only paragraphs of plain words; None for anything else."""
    if len(element) > _MOST_PARAGRAPHS:
        return None
    reading = _Plain(base_url)
    return reading.content() if reading.add_blocks(element, quotes=True) else None


def _escaped(text: str) -> str:
    """Text as `content.from_html` writes it: white space alone is one line feed or one space."""
    if text and not text.strip(_SPACES):
        return "\n" if "\n" in text else " "
    return escape(text, quote=False) if "&" in text or "<" in text or ">" in text else text


class _Plain:
    """Paragraphs as they come: their markup, their lines, their links."""

    def __init__(self, base_url: str) -> None:
        self._base = base_url
        self._html: list[str] = []
        self._paragraphs: list[str] = []
        self._links: list[Link] = []

    def add_blocks(self, holder: HtmlElement, *, quotes: bool) -> bool:
        """The paragraphs in an element, quoted ones and short lists, too; False when there is anything else."""
        if not self._add_space(holder.text):
            return False
        for child in holder:
            if child.attrib or not self.add_block(child, quotes=quotes) or not self._add_space(child.tail):
                return False
        return True

    def add_block(self, block: HtmlElement, *, quotes: bool) -> bool:
        """False when the block is not plain."""
        tag = block.tag
        if tag == "p":
            return self._add_paragraph(block)
        if tag in _LISTS:
            return self._add_list(block)
        if tag != "blockquote" or not quotes or not len(block):
            return False
        self._html.append("<blockquote>")
        if not self.add_blocks(block, quotes=False):
            return False
        self._html.append("</blockquote>")
        return True

    def _add_space(self, text: str | None) -> bool:
        """What stands between two paragraphs; False when it is more than white space."""
        if text:
            if text.strip(_SPACES):
                return False
            self._html.append("\n" if "\n" in text else " ")
        return True

    def _add_paragraph(self, paragraph: HtmlElement) -> bool:
        """False when the paragraph is not plain."""
        text = self._line(paragraph, "p")
        if text:
            self._paragraphs.append(text)
        return text is not None

    def _add_list(self, block: HtmlElement) -> bool:
        """False when a point of the list is not plain, or empty."""
        lines: list[str] = []
        self._html.append(f"<{block.tag}>")
        if not len(block) or not self._add_space(block.text):
            return False
        for item in block:
            if (
                item.tag != "li"
                or item.attrib
                or not (text := self._line(item, "li"))
                or not self._add_space(item.tail)
            ):
                return False
            lines.append(text)
        self._html.append(f"</{block.tag}>")
        self._paragraphs.append("\n".join(lines))
        return True

    def _line(self, holder: HtmlElement, tag: str) -> str | None:
        """The text of an element that holds words and what stands among them; None for anything else."""
        start = holder.text or ""
        if not len(holder):
            text = squeeze(start)
            self._html.append(f"<{tag}>{_escaped(start)}</{tag}>")
            return text
        self._html.append(f"<{tag}>{_escaped(start)}")
        shown = [start]
        for node in holder:
            told = self._inline(node)
            if told is None:
                return None
            tail = node.tail or ""
            shown += (told, tail)
            self._html.append(_escaped(tail))
        self._html.append(f"</{tag}>")
        text = "\n".join(map(squeeze, "".join(shown).split("\x00")))
        # Blank lines by hand are seldom, and not worth telling apart here.
        return None if "\n\n" in text or text[:1] == "\n" or text[-1:] == "\n" else text

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

    def content(self) -> Content | None:
        """None where cleaning takes something away: the parser closes the gaps that are left."""
        html, text = "".join(self._html), "\n\n".join(self._paragraphs)
        if clean(html) is not html or text != text.strip():
            return None
        cited = identifiers.find(text)
        if not self._links:
            return Content(html=html.strip(), text=text, citations=tuple(cited))
        links = tuple(dict.fromkeys(self._links))
        cited += [citation for link in links for citation in identifiers.from_url(link.url)]
        return Content(html=html.strip(), text=text, links=links, citations=tuple(dict.fromkeys(cited)))
