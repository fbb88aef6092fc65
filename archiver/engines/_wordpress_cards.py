"""Lists of posts whose theme calls no part of them by a name: headings that are links, one like the other."""

from __future__ import annotations

from collections.abc import Callable
from itertools import islice

from lxml.html import HtmlElement

from archiver.engines.dom import Dom, ancestors, tokens

_HEADINGS = ("h1", "h2", "h3", "h4")
_ROOMS = frozenset({"aside", "nav", "footer"})
_ASIDE = frozenset({"widget", "sidebar", "menu", "related", "related-posts", "comments", "breadcrumb", "breadcrumbs"})
_NEAR = 2  # elements around a heading that tell one kind of card from another

Shape = tuple[object, ...]


def linked_headings(dom: Dom, wanted: Callable[[str], bool]) -> list[str]:
    """The URLs that the headings of one kind lead to, of which the page has most. wanted: which may be posts at all."""
    kinds: dict[Shape, dict[str, None]] = {}
    for link, url in dom.links:
        heading = _heading(link) if wanted(url) else None
        if heading is not None:
            kinds.setdefault(_shape(link, heading), {})[url] = None
    most = max(map(len, kinds.values()), default=0)
    return list(next((urls for urls in kinds.values() if len(urls) == most), ()))


def _heading(link: HtmlElement) -> HtmlElement | None:
    """The heading that a link is, or that it holds; None for one beside the list."""
    found: HtmlElement | None = next(link.iter(*_HEADINGS), None)
    for up in ancestors(link):
        if found is None and up.tag in _HEADINGS:
            found = up
        if up.tag in _ROOMS or not _ASIDE.isdisjoint(tokens(up)):
            return None
    return found


def _shape(link: HtmlElement, heading: HtmlElement) -> Shape:
    """What cards of one list have in common."""
    holds = any(up is link for up in ancestors(heading))
    around = islice(ancestors(link if holds else heading), _NEAR)
    return (holds, heading.tag, *((up.tag, *sorted(_plain(up))) for up in (link, *around)))


def _plain(element: HtmlElement) -> set[str]:
    """The classes without those that tell a card from its neighbours: `post-7`, `first`, `odd`."""
    return {name for name in tokens(element) if not any(map(str.isdigit, name))} - {"first", "last", "odd", "even"}
