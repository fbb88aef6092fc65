"""Strangers' HTML made harmless: what is shown, here or in a copy, neither runs nor loads anything."""

from __future__ import annotations

import nh3
from markupsafe import Markup

_TAGS = {
    "a", "abbr", "b", "blockquote", "br", "caption", "cite", "code", "dd", "del", "details", "div", "dl", "dt", "em",
    "figcaption", "figure", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "i", "img", "ins", "kbd", "li", "ol", "p", "pre",
    "q", "s", "samp", "small", "span", "strong", "sub", "summary", "sup", "table", "tbody", "td", "tfoot", "th",
    "thead", "tr", "u", "ul", "var",
}  # fmt: skip
# img keeps no src: nothing is loaded from anywhere, and the text alternative stands in its place.
_ATTRIBUTES = {
    "a": {"href", "title"},
    "img": {"alt", "title"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan"},
}
REL = "noopener noreferrer nofollow"


def clean_html(html: str) -> Markup:
    """Archived HTML that can be shown: no scripts, styles, forms or frames, and nothing that loads."""
    return Markup(  # noqa: S704 - nh3 cleaned it
        nh3.clean(html, tags=_TAGS, attributes=_ATTRIBUTES, url_schemes={"http", "https"}, link_rel=REL)
    )
