"""Strangers' HTML made harmless: what is shown, here or in a copy, neither runs nor loads anything."""

from __future__ import annotations

import re
from functools import partial
from html import unescape
from urllib.parse import urljoin

import nh3
from markupsafe import Markup

_TAGS = {
    "a", "abbr", "b", "blockquote", "br", "caption", "cite", "code", "dd", "del", "details", "div", "dl", "dt", "em",
    "figcaption", "figure", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "i", "img", "ins", "kbd", "li", "ol", "p", "pre",
    "q", "s", "samp", "small", "span", "strong", "sub", "summary", "sup", "table", "tbody", "td", "tfoot", "th",
    "thead", "tr", "u", "ul", "var",
}  # fmt: skip
# img keeps no src: nothing is loaded from anywhere, and its words are put in its place afterwards.
_ATTRIBUTES = {
    "a": {"href", "title"},
    "img": {"alt", "title"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan"},
}
# Whole tags of what nh3 gives: its attributes are in double quotes, and its text has no angle brackets of its own.
_TAG = re.compile(r'<[^"<>]*(?:"[^"]*"[^"<>]*)*>')
_WORDS = re.compile(r' (alt|title)="([^"]*)"')
# What most comments are made of: it is harmless as it stands, and a thread has thousands of them.
_PLAIN = re.compile(r"(?:<p>[^<>&\0\r\u00a0]*</p>\n?)+|[^<>&\0\r\u00a0]*")
PICTURE = "data-picture"
"""Marks, for style sheets, the words that stand in the place of a picture; archived HTML cannot have it."""
REL = "noopener noreferrer nofollow ugc"


def clean_html(html: str, base: str | None = None) -> Markup:
    """Archived HTML that can be shown: no scripts, styles, forms or frames, and nothing that loads.

    In the place of a picture stand its words: browsers draw an `img` that is not loaded as a broken one.
    base: address of the page it stood on; links that were written relative to it lead to the blog then,
    rather than into the site that shows the copy.
    """
    if _PLAIN.fullmatch(html):
        return Markup(html)  # noqa: S704 - there is nothing in it but paragraphs of words
    cleaned = nh3.clean(
        html,
        tags=_TAGS,
        attributes=_ATTRIBUTES,
        url_schemes={"http", "https"},
        link_rel=REL,
        attribute_filter=partial(_absolute, base) if base else None,
    )
    return Markup(_TAG.sub(_without_picture, cleaned))  # noqa: S704 - nh3 cleaned it


def _without_picture(tag: re.Match[str]) -> str:
    """A tag as it is; of a picture its text alternative. One of signs alone, such as a smiley, is part of the text."""
    if not tag[0].startswith("<img"):
        return tag[0]
    attributes = {name: unescape(value).strip() for name, value in _WORDS.findall(tag[0])}
    words = attributes.get("alt") or attributes.get("title") or ""
    if words and len(words) < 8 and not any(sign.isalnum() for sign in words):
        return str(Markup.escape(words))
    return Markup('<span {}="">Picture{}</span>').format(PICTURE, f": {words}" if words else "")


def _absolute(base: str, tag: str, attribute: str, value: str) -> str | None:
    """The value of an attribute; a link made absolute, and dropped where it leads nowhere on the web."""
    if (tag, attribute) != ("a", "href"):
        return value
    try:
        address = urljoin(base, value.strip())
    except ValueError:  # such as http://[
        return None
    return address if address.lower().startswith(("http://", "https://")) else None
