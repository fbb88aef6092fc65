"""The form of a comment: its markup as a pattern, with its id, name, date and words left open.

Made of a comment that was read thoroughly. What fits the pattern has the same elements with the same classes in the
same places, so that a thorough reading would decide in it as it did in the first: the name stands here, the date
there. What such decisions look at is in the pattern to the letter; or open, and then looked at when it is read.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html import escape, unescape

from lxml import etree
from lxml.html import HtmlElement

from archiver.engines import _comment_when as when
from archiver.engines import _comment_who as who
from archiver.engines import _words
from archiver.engines._comment_parts import WORDS, Parts, leads_to_service
from archiver.engines._comment_roles import role
from archiver.engines._comment_words import blocks_of
from archiver.engines._dating import Dating
from archiver.engines.dom import Dom, ancestors
from archiver.engines.wordpress_urls import comment_id
from archiver.model import Author, Content, Moment
from archiver.text import squeeze

# No reading looks at these in the frame of a comment.
_FREE = frozenset({"alt", "decoding", "height", "loading", "sizes", "src", "srcset", "style", "width"})
_FREE_FAMILIES = ("aria-", "data-", "on")
_ODD_NAME = re.compile(r"[^a-z0-9-]")
_NUMBERS = re.compile(r"\d+", re.ASCII)
_INLINE = r'(?:[^<]++|</?(?:em|strong|b|i)>|<br/>|<a(?: (?:href|rel|target|title)="[^"]*")*>|</a>)*+'
_PARAGRAPH = rf"<p>{_INLINE}</p>"
_BLOCKS = (
    rf"(?:{_PARAGRAPH}|<blockquote>\s*+(?:{_PARAGRAPH}\s*+)*+</blockquote>"
    rf"|<ul>\s*+(?:<li>{_INLINE}</li>\s*+)++</ul>|<ol>\s*+(?:<li>{_INLINE}</li>\s*+)++</ol>)"
)
_WORDS = rf"(?P<words>(?:{_BLOCKS}\s*+)++)"
_LOOSE_WORDS = rf"(?P<words>\s*+(?:{_BLOCKS}\s*+)*+)"
_HOLDERS = frozenset({"div", "section", "article"})
_PARAGRAPHS = frozenset({"p", "blockquote", "pre", "ul", "ol"})
_MOST_ELEMENTS = 80  # in the frame


@dataclass(frozen=True, slots=True)
class Form:
    """exact: nothing but the name stands in its element. words_at: how many nodes from the comment's to that which
    holds the words; None where they stand in the frame. sure: whether the words may be others than plain paragraphs.
    """

    pattern: re.Pattern[str]
    exact: bool
    has_url: bool
    has_avatar: bool
    has_link: bool
    is_stated: bool
    has_title: bool
    can_reply: bool
    words_at: int | None
    sure: bool

    def said_of_author(self, match: re.Match[str]) -> tuple[str | None, ...]:
        """All of its markup that tells who wrote it."""
        return (match["name"], match["url"] if self.has_url else None, match["avatar"] if self.has_avatar else None)

    def author(self, match: re.Match[str], dom: Dom, *, member: bool) -> Author | None:
        """Who wrote it."""
        href = _value(match["url"]) if self.has_url else None
        if href is not None and (not href or leads_to_service(href)):
            return None
        name = who.plain_name(_value(match["name"]), exact=self.exact)
        if not name:
            return None
        url = dom.url_of(href) if href is not None else None
        return who.author(name, member=member, url=url, avatar=_value(match["avatar"]) if self.has_avatar else None)

    def link(self, match: re.Match[str], native: str | None) -> str | None:
        """Where its link to itself leads; None where it has none, or that leads elsewhere."""
        href = _value(match["link"]) if self.has_link else None
        return href if href is not None and comment_id(href) == native else None

    def published(self, match: re.Match[str], dating: Dating) -> Moment | None:
        """When it was written; None unless to the minute."""
        if self.is_stated:
            return when.stated(_value(match["stated"]), squeeze(_value(match["printed"])), dating)
        return when.fine(_value(match["titled"]) if self.has_title else squeeze(_value(match["printed"])), dating)

    def content(self, match: re.Match[str], dom: Dom, element: HtmlElement) -> Content | None:
        """Its words. element: the comment's."""
        found = _words.of_paragraphs(match["words"], "" if self.words_at is None else "\n")
        if found is not None or self.words_at is None or not self.sure:
            return found
        return _words.of_element(dom.nodes[dom.order[element] + self.words_at], dom.base)


def _value(written: str) -> str:
    return unescape(written) if "&" in written else written


def form_of(parts: Parts) -> Form | None:
    """The form of a comment; None where it is not a plain one."""
    open_ = _openings(parts)
    frame = _frame(parts) if open_ is not None else None
    if open_ is None or frame is None:
        return None
    pattern = _Writer(parts, open_).comment(frame)
    if pattern is None:
        return None
    slots = {*open_.texts.values(), *open_.attributes.values()}
    order, body, compiled = parts.dom.order, parts.body, re.compile(pattern)
    if not {*slots, "words", "native"}.issubset(compiled.groupindex):  # some stand behind the comments in it
        return None
    return Form(
        pattern=compiled,
        exact=open_.exact,
        has_url="url" in slots,
        has_avatar="avatar" in slots,
        has_link="link" in slots,
        is_stated="stated" in slots,
        has_title="titled" in slots,
        can_reply=parts.can_reply,
        words_at=None if body is None else order[body] - order[parts.node.element],
        sure=open_.sure,
    )


@dataclass(slots=True)
class _Openings:
    """What is left open. texts: elements whose text is; attributes: those of elements; blocks: the words in a frame."""

    name: HtmlElement
    exact: bool
    sure: bool = True
    texts: dict[HtmlElement, str] = field(default_factory=dict)
    attributes: dict[tuple[HtmlElement, str], str] = field(default_factory=dict)
    blocks: list[HtmlElement] = field(default_factory=list)


def _openings(parts: Parts) -> _Openings | None:
    """What differs between this comment and others like it; None where it is not one of many."""
    found = _name_openings(parts)
    if found is None or parts.waiting or not _open_words(parts, found) or not _open_date(parts, found):
        return None
    link = when.own_link(parts)
    if link is not None:
        if (link, "href") in found.attributes or any(parts.dom.inside(link, e) for e in found.blocks):
            return None
        found.attributes[link, "href"] = "link"
    picture = next((e for e in parts.images if role(e.get("class") or "") is not None), None)
    if picture is not None and picture.get("src"):
        found.attributes[picture, "src"] = "avatar"
    return found


def _name_openings(parts: Parts) -> _Openings | None:
    """The name where it is all that its element holds, or its link."""
    name = next(who.places(parts), None)
    if name is None or parts.in_body(name) or any(up.tag == "a" for up in _inner_ancestors(parts, name)):
        return None
    link = name[0] if len(name) == 1 else name
    if len(link) or (len(name) and link.tag != "a") or who.is_beside(link):
        return None
    found = _Openings(name, who.is_exact(name))
    found.texts[link] = "name"
    if link.tag == "a":
        if not link.get("href"):
            return None
        found.attributes[link, "href"] = "url"
    return found


def _inner_ancestors(parts: Parts, element: HtmlElement) -> list[HtmlElement]:
    around = list(ancestors(element))
    return around[: around.index(parts.node.element)]


def _open_words(parts: Parts, found: _Openings) -> bool:
    """Leave the words open; False where they are not by themselves."""
    dom, body = parts.dom, parts.body
    if body is None:
        found.blocks = blocks_of(parts)
        following = [found.blocks[0], *found.blocks[0].itersiblings()][: len(found.blocks)] if found.blocks else []
        return bool(found.blocks) and following == found.blocks
    named = {e for _, e in parts.names}
    others = [e for e in (*(e for _, e in parts.words), *parts.with_property(*WORDS)) if e is not body]
    # Those around the name are frames; of others the paragraphs in them decide.
    found.sure = all(found.name in named and e is not found.name and dom.inside(found.name, e) for e in others)
    return body.tag in _HOLDERS


def _open_date(parts: Parts, found: _Openings) -> bool:
    """Leave the date open; False where it is not by itself."""
    time = next(when.stating(parts), None)
    place = time if time is not None else next(when.places(parts, when.own_link(parts)), None)
    if place is None or parts.in_body(place) or place.get("content"):
        return False
    if parts.dom.inside(place, found.name) or parts.dom.inside(found.name, place):
        return False
    if time is not None:
        found.attributes[time, "datetime" if time.get("datetime") else "title"] = "stated"
    elif place.get("title"):
        found.attributes[place, "title"] = "titled"
        return True
    if len(place) or not place.text:
        return False
    found.texts[place] = "printed"
    return True


def _frame(parts: Parts) -> list[HtmlElement] | None:
    """The nodes directly in a comment before the comments in it, down to the last element; None for a large one."""
    node, dom = parts.node, parts.dom
    children: list[HtmlElement] = []
    for child in node.element:
        if node.inner and dom.inside(node.inner[0], child):
            break
        children.append(child)
    while children and not isinstance(children[-1].tag, str):
        children.pop()
    return children or None


class _Writer:
    """Writes the pattern of a comment as `tostring` writes its markup."""

    def __init__(self, parts: Parts, open_: _Openings) -> None:
        self._parts, self._open = parts, open_
        self._replies = {e for e in parts.links if (found := role(e.get("class") or "")) and found.reply_link}
        self._native = parts.node.native_id or ""
        self._left = _MOST_ELEMENTS

    def comment(self, frame: list[HtmlElement]) -> str | None:
        """The pattern down to the end of the frame's last element; None where the comment is not like others."""
        element = self._parts.node.element
        start, words = self._start(element), self._nodes(element, frame)
        return start + words if start is not None and words is not None else None

    def _nodes(self, holder: HtmlElement, children: list[HtmlElement]) -> str | None:
        """The text before some children of an element and the children, without what is behind the last."""
        found = [self._text(holder, holder.text)]
        blocks = self._open.blocks
        for place, child in enumerate(children):
            if child in blocks:
                if child is blocks[0]:
                    found += [self._text(holder, children[place - 1].tail) if place else "", _WORDS]
                continue
            if place and children[place - 1] not in blocks:  # the words end with the space behind them
                found.append(self._text(holder, children[place - 1].tail))
            elif place and (children[place - 1].tail or "").strip():
                return None
            written = self._node(child)
            if written is None:
                return None
            found.append(written)
        return "".join(found)

    def _node(self, node: HtmlElement) -> str | None:
        if node.tag is etree.Comment:
            return "<!--[^<>]*-->"
        self._left -= 1
        start = self._start(node) if isinstance(node.tag, str) and self._left > 0 else None
        if start is None or node.tag in _PARAGRAPHS:
            return None
        if self._parts.body is not None and node is self._parts.body:
            return f"{start}{_LOOSE_WORDS}</{node.tag}>"
        if not len(node) and not node.text:
            return f"{start[:-1]}/>"
        children = list(node)
        inner = self._nodes(node, children)
        if inner is None:
            return None
        last = self._text(node, children[-1].tail) if children and children[-1] not in self._open.blocks else ""
        return f"{start}{inner}{last}</{node.tag}>"

    def _text(self, holder: HtmlElement, text: str | None) -> str:
        slot = self._open.texts.get(holder)
        if slot is not None:
            return f"(?P<{slot}>[^<]+)"
        if not text:
            return ""
        return r"\s*+" if holder is self._open.name else "[^<]*+"

    def _start(self, element: HtmlElement) -> str | None:
        written = [f"<{element.tag}"]
        for name, value in element.items():
            pattern = self._attribute(element, name, value)
            if pattern is None:
                return None
            written.append(f' {name}="{pattern}"')
        return "".join(written) + ">"

    def _attribute(self, element: HtmlElement, name: str, value: str) -> str | None:
        """The pattern of a value; None where such a comment is not like others."""
        slot = self._open.attributes.get((element, name))
        own = element is self._parts.node.element
        if slot is not None:
            return f'(?P<{slot}>[^"]*)'
        if _ODD_NAME.search(name):
            return None
        if name == "id":
            return self._id(value, own=own)
        if (own and name == "class") or name in _FREE or name.startswith(_FREE_FAMILIES):
            return '[^"]*'
        if name == "href" and element.tag == "a":
            if element in self._replies:
                return '[^"]*'
            if comment_id(value) is not None:
                return None
        return re.escape(_escaped(value))

    def _id(self, value: str, *, own: bool) -> str | None:
        """An id with the comment's own number, and perhaps others in it."""
        native = "(?P<native>[0-9]+)" if own else "(?P=native)"
        other = "(?!(?P=native)(?![0-9]))[0-9]+"  # a part of the comment may be marked by its number
        numbers = _NUMBERS.findall(value)
        if own and (numbers.count(self._native) != 1 or numbers[0] != self._native):
            return None
        patterns = iter([native if number == self._native else other for number in numbers])
        return "".join(re.escape(text) + next(patterns, "") for text in _NUMBERS.split(value))


def _escaped(value: str) -> str:
    """A value of an attribute as libxml2 writes it."""
    value = escape(value)
    for char in "\t\n\r":
        value = value.replace(char, f"&#{ord(char)};")
    return value.replace("&#x27;", "'")
