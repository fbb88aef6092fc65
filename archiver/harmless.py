"""Strangers' HTML made harmless: what is shown, here or in a copy, neither runs nor loads anything."""

from __future__ import annotations

from functools import partial
from urllib.parse import urljoin

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
REL = "noopener noreferrer nofollow ugc"


def clean_html(html: str, base: str | None = None) -> Markup:
    """Archived HTML that can be shown: no scripts, styles, forms or frames, and nothing that loads.

    base: address of the page it stood on; links that were written relative to it lead to the blog then,
    rather than into the site that shows the copy.
    """
    return Markup(  # noqa: S704 - nh3 cleaned it
        nh3.clean(
            html,
            tags=_TAGS,
            attributes=_ATTRIBUTES,
            url_schemes={"http", "https"},
            link_rel=REL,
            attribute_filter=partial(_absolute, base) if base else None,
        )
    )


def _absolute(base: str, tag: str, attribute: str, value: str) -> str | None:
    """The value of an attribute; a link made absolute, and dropped where it leads nowhere on the web."""
    if (tag, attribute) != ("a", "href"):
        return value
    try:
        address = urljoin(base, value.strip())
    except ValueError:  # such as http://[
        return None
    return address if address.lower().startswith(("http://", "https://")) else None
