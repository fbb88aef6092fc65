"""What themes put before and behind a post's words within the same element: lines of dates and tags, ways to share,
to rate and to the next post. Told by names and by where links lead, found on sites that real generators made."""

from __future__ import annotations

import re
from collections.abc import Iterable

from lxml.html import HtmlElement

from archiver.engines.dom import text_of, tokens

TAG_LISTS = frozenset(
    {"tags", "tag-list", "taglist", "post-tags", "entry-tags", "article-tags", "category", "categories"}
    | {"post-categories", "entry-categories", "post-category", "post-tag"}
)
_TAGS = re.compile(r"(?:^|[-_])(?:free)?tags?(?:[-_]?list)?$", re.IGNORECASE)
_NAMES = re.compile(
    r"(?:^|-)(?:next-?prev|prev-?next)(?:$|-)|^(?:post|article|entry|page)-(?:nav|pager|pagination|metadata|info)$|^pager$"
    r"|^(?:rating|ratings|breadcrumbs?)$|^share-(?!price|holder)\w+$|^(?:post|article)-copyright$|^license-box$|^speechify-ignore$|^button-wrapper$"
)
_SHARING = re.compile(
    r"^https?://(?:www\.)?(?:(?:twitter|x)\.com/(?:intent|share)|facebook\.com/(?:sharer|share)|linkedin\.com/share"
    r"|pinterest\.com/pin/create|reddit\.com/submit|t\.me/share|api\.whatsapp\.com/send|plus\.google\.com/share)|^mailto:\?"
)
_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
_SIGN = re.compile(r"^[#\u00b6\u00a7\U0001f517\u2693]?\ufe0f?$|^(?:permalink|anchor|direct link)\b", re.IGNORECASE)
_LABEL = 40  # characters: a longer line is a sentence


def is_frame(element: HtmlElement) -> bool:
    """Whether an element within a post's own is none of its words."""
    names = tokens(element)
    if any(_NAMES.search(name) for name in names):
        return True
    if element.tag == "a":
        return is_sharing(element)
    if TAG_LISTS.intersection(names):
        return _is_links(element)
    return element.tag in {"p", "div", "span"} and _counts_comments(element)


def is_sharing(link: HtmlElement) -> bool:
    """Whether a link hands the page on, to a network or by mail."""
    return _SHARING.match(link.get("href") or "") is not None


def is_called_tags(names: Iterable[str]) -> bool:
    """Whether something is called a list of tags."""
    return any(name in TAG_LISTS or _TAGS.search(name) for name in names)


def own_links(body: HtmlElement) -> list[HtmlElement]:
    """The signs in headings by which those can be linked to: `#`, `¶`, nothing, or "Permalink" for those who listen."""
    links = (link for heading in body.iter(*_HEADINGS) for link in heading.iter("a"))
    return [link for link in links if "#" in (link.get("href") or "") and _SIGN.match(text_of(link))]


def _is_links(element: HtmlElement) -> bool:
    """Whether an element is a list of links, but for a label."""
    links = [text_of(link) for link in element.iter("a")]
    rest = len(text_of(element)) - sum(map(len, links))
    return bool(links) and rest < _LABEL


def _counts_comments(element: HtmlElement) -> bool:
    """Whether all that a line says is a link to the comments: `(3 comments)`."""
    links = list(element.iter("a"))
    if len(links) != 1 or not (links[0].get("href") or "").endswith(("#comments", "#respond", "#disqus_thread")):
        return False
    said = text_of(element)
    return len(said) < _LABEL and len(said) - len(text_of(links[0])) < 4
