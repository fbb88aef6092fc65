"""An HTML fragment, as blogs publish it, read: clean HTML, plain text, links, media, citations.

The fragment is parsed once and walked once, with a stack and not by recursion: bodies nest 20,000
elements deep. The text is what a browser would show: folded details, captions and unknown shortcodes
belong to it, scripts and comments do not.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from html import escape, unescape
from typing import cast

from bs4 import BeautifulSoup
from bs4.element import NavigableString, PageElement, PreformattedString, Tag
from lxml.etree import ParserError
from lxml.html import HtmlElement, HTMLParser, document_fromstring

from archiver import identifiers
from archiver.content import _tree_words
from archiver.content._reading import Mark, Reading
from archiver.model import Content
from archiver.overload import without_overload
from archiver.text import clean, squeeze

_DOCUMENT_TAGS = re.compile(r"</?(?:html|body|head)(?:\s[^<>]*)?/?>", re.IGNORECASE)
# Of numeric references only quotes, dashes and the ampersand: others can stand for control characters.
_LINE = r"(?:[^<>&\0]|<br ?/?>|&(?:amp|lt|gt|quot|nbsp|#8(?:2[1-3][0-9]|482)|#0?39|#0?38);)*"
_SIMPLE = re.compile(rf"<p>{_LINE}</p>(?:\n<p>{_LINE}</p>)*")
_PARAGRAPH = re.compile(r"<p>(.*?)</p>", re.DOTALL)
_BREAK = re.compile(r"<br ?/?>")
_BLANK = re.compile(r"\A[ \n\t\f\r]+\Z")
_GAP = re.compile(r"\n{3,}")
# The mark of a footnote right behind a reference would be read as its last digits.
_NOTED = re.compile(
    r"(?:\b10\.\d{4,9}/[^\s<>]{1,200}|\b(?:pmid|pmc|nct|isrctn)[\s:#]{0,3}\d{1,9})(?:</\w{1,9}>){0,3}<sup(?=[\s>])",
    re.ASCII | re.IGNORECASE,
)


def from_html(fragment: str, base_url: str) -> Content:
    """Read the body of a post or comment, found on the page `base_url`."""
    fragment = clean(fragment).strip()
    if "<" not in fragment:
        text = plain(fragment)
        return Content(html=fragment, text=text, citations=tuple(identifiers.find(text)))
    simple = _simple(fragment)
    if simple:
        return simple
    return _content(_read(fragment, base_url))


def from_element(element: HtmlElement, base_url: str, dropped: Collection[HtmlElement] = ()) -> Content | None:
    """What `from_html` would make of the markup in an element of a page, made without writing and parsing it.

    None for markup that the parser of fragments should see.
    """
    if not len(element):
        return None
    reading = Reading(base_url, dirty=False)
    if not _tree_words.walk(element, frozenset(dropped), reading):
        return None
    found = _content(reading)
    as_it_stands = clean(found.html) is found.html and "\r" not in found.html
    return found if as_it_stands else None


def _content(reading: Reading) -> Content:
    text, html = reading.text(), reading.html()
    links = tuple(dict.fromkeys(reading.links))
    apart = _read(html.replace("<sup", " <sup"), "").text() if "<sup" in html and _NOTED.search(html) else text
    cited = dict.fromkeys(identifiers.find(apart))
    for link in links:
        cited.update(dict.fromkeys(identifiers.from_url(link.url)))
    return Content(
        html=html,
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


def _read(fragment: str, base_url: str) -> Reading:
    reading = Reading(base_url, dirty="&#" in fragment)
    _walk(_parse(fragment), reading)
    return reading


def tree(fragment: str) -> HtmlElement | None:
    """A fragment as a tree, for those who leave parts out before `from_element` reads it. None for an empty one."""
    markup = _DOCUMENT_TAGS.sub("", without_overload(clean(fragment).strip()))
    parser = HTMLParser(huge_tree=True, collect_ids=False)
    try:
        found: HtmlElement | None = document_fromstring("<html><body>" + markup, parser=parser).find("body")
    except (ParserError, ValueError):  # nothing in it, or what XML cannot hold
        return None
    return found


def _parse(fragment: str) -> BeautifulSoup:
    # A stray </html> ends the document for libxml2; a <body> of ours keeps it from adding paragraphs.
    fragment = _DOCUMENT_TAGS.sub("", without_overload(fragment))
    return BeautifulSoup("<html><body>" + fragment, "lxml", multi_valued_attributes=None)


def _walk(soup: BeautifulSoup, reading: Reading) -> None:
    stack: list[tuple[Mark, Iterator[PageElement]]] = [(Mark(), iter(soup.contents))]
    while stack:
        mark, children = stack[-1]
        for node in children:
            if isinstance(node, Tag):
                inner = reading.enter(node.name, cast("dict[str, str]", node.attrs), len(stack))  # no lists: see _parse
                if inner is not None:
                    stack.append((inner, iter(node.contents)))
                    break
            elif isinstance(node, NavigableString) and not isinstance(node, PreformattedString):
                reading.string(node)
        else:
            stack.pop()
            reading.leave(mark)
