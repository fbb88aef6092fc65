"""Threads of platforms whose markup is known: which elements are comments is told, and their parts are read.

Where nothing is known of the markup, `threads` finds the comments itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from html import escape

from lxml.html import HtmlElement

from archiver import content
from archiver.engines._dating import Dating
from archiver.engines._words import markup
from archiver.engines.dom import Dom, inner_html, text_of, tokens
from archiver.model import Author, Comment, Content, Moment, ParentSource, PostRef, Rank, Site


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A comment on a page. gone: deleted; its place is kept and its words are not there."""

    native_id: str
    element: HtmlElement
    parent: str | None = None
    source: ParentSource = ParentSource.UNKNOWN
    depth: int | None = None
    url: str | None = None
    gone: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Markup:
    """Class names of a comment's parts, the surest first. author: reads it where it stands in no simple element.
    apart: where nothing marks the words, they are all but these parts.
    """

    words: tuple[str, ...]
    when: tuple[str, ...]
    name: tuple[str, ...] = ()
    title: tuple[str, ...] = ()
    apart: tuple[str, ...] = ()
    author: Callable[[Dom, Iterable[HtmlElement]], Author | None] | None = None


@dataclass(slots=True)
class Thread:
    """Reads the comments of one page."""

    dom: Dom
    site: Site
    markup: Markup
    shown: list[Shown]
    _inner: frozenset[HtmlElement] = field(init=False)
    _dating: Dating = field(init=False)

    def __post_init__(self) -> None:
        self._inner = frozenset(one.element for one in self.shown)
        self._dating = Dating(self.dom, self.site)

    def comments(self, post: PostRef) -> list[Comment]:
        """In the order of the page."""
        return [self._comment(one, post, place) for place, one in enumerate(self.shown)]

    def own(self, one: Shown) -> Iterator[HtmlElement]:
        """The elements of a comment, without those of the comments within it."""
        stack = list(reversed(one.element))
        while stack:
            element = stack.pop()
            if not isinstance(element.tag, str) or element in self._inner:
                continue
            yield element
            stack.extend(reversed(element))

    def _comment(self, one: Shown, post: PostRef, place: int) -> Comment:
        parts = list(self.own(one))
        words = classed(parts, self.markup.words)
        author = self.markup.author(self.dom, parts) if self.markup.author else self._author(parts)
        return Comment(
            post=post,
            rank=Rank.PAGE,
            native_id=one.native_id,
            url=one.url,
            author=author,
            content=None if one.gone else self._words(words, one, parts),
            published=self._when(parts),
            parent=one.parent,
            parent_source=one.source,
            depth=one.depth,
            position=place,
        )

    def _words(self, words: HtmlElement | None, one: Shown, parts: list[HtmlElement]) -> Content | None:
        """The words, under their title where a comment has one."""
        if words is None:
            apart = [e for e in parts if set(self.markup.apart) & set(tokens(e))]
            return content.from_html(markup(one.element, apart), self.dom.base) if apart else None
        title = classed(parts, self.markup.title)
        head = text_of(title) if title is not None else ""
        html = inner_html(words)
        return content.from_html(f"<h4>{escape(head, quote=False)}</h4>{html}" if head else html, self.dom.base)

    def _author(self, parts: list[HtmlElement]) -> Author | None:
        holder = classed(parts, self.markup.name)
        if holder is None:
            return None
        link = holder if holder.tag == "a" else next((a for a in holder.iter("a") if text_of(a)), None)
        name = text_of(link if link is not None else holder)
        url = self.dom.link_url(link) if link is not None else None
        return Author(name=name, member=False, url=url) if name else None

    def _when(self, parts: list[HtmlElement]) -> Moment | None:
        holder = classed(parts, self.markup.when)
        for element in [holder, *holder.iterdescendants()] if holder is not None else []:
            stated = element.get("datetime") or (element.get("title") if element.tag == "abbr" else None)
            moment = self._dating.iso(stated) if stated else None
            if moment is not None:
                return moment
        return self._dating.any(text_of(holder)) if holder is not None else None


def classed(parts: Iterable[HtmlElement], names: tuple[str, ...]) -> HtmlElement | None:
    """The first element with the surest of these classes."""
    found = [(names.index(name), n, e) for n, e in enumerate(parts) for name in tokens(e) if name in names]
    return min(found, key=lambda one: one[:2])[2] if found else None
