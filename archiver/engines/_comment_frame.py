"""Where a page has its comments, as those show that were found on it and those that a feed of comments has told."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from lxml.html import HtmlElement

from archiver.engines.dom import Dom, ancestors, text_of
from archiver.text import bare

_LINE = 120  # characters
_ROOMY = 2  # times the text of the comments: what stands around them is a heading, and links to reply
_ROOMS = frozenset({"body", "html"})
_APART = ("nav", "aside", "footer", "form")
_LEAST_QUOTES = 2  # one alone does not tell itself from what is around it


def frame(
    dom: Dom, thread: Sequence[HtmlElement], of_post: Collection[HtmlElement], count: str | None, quotes: Sequence[str]
) -> HtmlElement | None:
    """The innermost element around all comments of a page; None where nothing confirms it.

    thread: the elements of those that were found. of_post: what holds its title, its words and so on. count: how many
    comments the feed of posts says there are. quotes: how comments begin that a feed of comments has.
    """
    if quotes:
        said = bare(" ".join(map(text_of, thread)))
        if all(quote in said for quote in quotes):
            return _around(dom, thread, of_post)
        return _holding(dom, quotes, of_post) if len(quotes) >= _LEAST_QUOTES and of_post else None
    return _around(dom, thread, of_post) if count in {None, str(len(thread))} else None


def _around(dom: Dom, thread: Sequence[HtmlElement], of_post: Collection[HtmlElement]) -> HtmlElement | None:
    """The innermost element around these; None where that holds more than them: words of the post."""
    for holder in ancestors(thread[0]) if thread else ():
        if holder.tag in _ROOMS or any(dom.inside(element, holder) for element in of_post):
            return None
        if all(dom.inside(element, holder) for element in thread):
            said = sum(len(text_of(element)) for element in thread)
            return holder if len(text_of(holder)) <= _ROOMY * said + _LINE else None
    return None


def _holding(dom: Dom, quotes: Sequence[str], of_post: Collection[HtmlElement]) -> HtmlElement | None:
    """The innermost element that says all of these; None where several do, as a list of the latest comments may."""
    inner: HtmlElement | None = None
    below = list(dom.tags("body"))[:1]
    while len(below) == 1:
        (inner,) = below
        below = [e for e in inner.iterchildren("*") if e.tag not in _APART and _says(e, quotes)]
    if below or inner is None or inner.tag in _ROOMS:
        return None
    return None if any(dom.inside(element, inner) for element in of_post) else inner


def _says(element: HtmlElement, quotes: Sequence[str]) -> bool:
    text = bare(text_of(element))
    return all(quote in text for quote in quotes)
