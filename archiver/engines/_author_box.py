"""The box about the author below a post: whose it is, and what it says of them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from lxml.html import HtmlElement

from archiver.engines._names import is_label, without_by
from archiver.engines.dom import Dom, Region, ancestors, near, rels, text_of, text_without, tokens
from archiver.engines.wordpress_urls import author_slug, is_author_page
from archiver.model import Author
from archiver.text import normal_name, slug_of, squeeze

_BOX = re.compile(
    r"author[-_]*(?:bio|box|boxes|info|desc|description|card|section|about|profile|wrap)"
    r"|about[-_](?:the[-_])?author|wp-block-post-author$|saboxplugin|m-a-box|molongui|typology-author|abh_"
)
_BIO = re.compile(
    r"(?:author|user)[-_]*(?:box[-_]*)?(?:bio|desc|description|biography|biographical|about)(?!\w*-(?:content|heading|title|wrap|link))"
    r"|wp-block-post-author(?:__bio|-biography)$|saboxplugin-desc|m-a-box-bio|molongui-bio|pp-author-boxes-description"
    r"|abh_description"
)
_NAMED = frozenset({"fn", "author-name", "byline", "entry-author-name", "author_name"})
_BESIDE = 5  # levels
_FEW = 2  # words before a name: "About", "Written by"
_LONGEST = 80  # characters
_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6", "strong")
_NOT_BIO = frozenset({"h1", "h2", "h3", "h4", "h5", "h6", "img", "svg", "style", "script", "nav"})


class Boxed(NamedTuple):
    """repeated: heading and link agree on the name."""

    name: str
    url: str
    repeated: bool


def in_box(element: HtmlElement) -> bool:
    """Whether an element is in a box about somebody, and not in a byline inside it."""
    if any("byline" in tokens(up) for up in near(element, 2)):
        return False
    return any(_is_box(up) for up in [element, *ancestors(element)])


def _is_box(element: HtmlElement) -> bool:
    return element.tag != "body" and any(_BOX.search(name) for name in tokens(element))


def named_in_box(links: list[tuple[HtmlElement, str]]) -> Boxed | None:
    """Whose box it is: "By Prof Q" and "View all of Prof Q's posts" agree on a name."""
    for link, url in links:
        boxes = [up for up in ancestors(link) if _is_box(up)]
        if not boxes:
            continue
        said = text_of(link)
        for around in boxes:  # an end tag left out puts the link into the words, which are called a box, too
            for heading in _headings(around):
                name = _common(heading, said)
                if name:
                    return Boxed(without_by(name), url, repeated=True)
        named, headings = next(filter(None, map(_named, boxes)), None), _headings(boxes[0])
        if named or (said and (not headings or said in headings)):
            return Boxed(without_by(named or said), url, repeated=False)
    return None


def _named(box: HtmlElement) -> str | None:
    """The name that something in a box is marked as."""
    marked = (text_of(e) for e in box.iter("*") if not _NAMED.isdisjoint(tokens(e)))
    return next((text for text in marked if 0 < len(text) < _LONGEST), None)


def named_above(links: list[tuple[HtmlElement, str]]) -> Boxed | None:
    """Whom a heading beside a link to an author's page names, as the address does: "Prof Q" over `/author/profq/`."""
    for link, url in links:
        slug = _letters(author_slug(url) or "")
        beside = next((found for up in near(link, _BESIDE) if (found := _headings(up))), [])
        name = next((text for text in beside if len(slug) > 2 and _letters(without_by(text)) == slug), None)
        if not slug and len(beside) == 1 and is_label(said := text_of(link), without_by(said)):  # `?author=2`
            name = beside[0]
        if name is not None and len(name) < _LONGEST:
            return Boxed(without_by(name), url, repeated=True)
    return None


def _letters(text: str) -> str:
    return "".join(filter(str.isalnum, slug_of(text)))


def _headings(box: HtmlElement) -> list[str]:
    return [text for e in box.iter(*_HEADINGS) if (text := text_of(e))]


def _common(one: str, other: str) -> str:
    """The longest run of whole words that two lines share, possessive endings aside."""
    words, text = one.split()[:30], f" {other} "
    best = ""
    for start in range(len(words)):
        for end in range(len(words), start, -1):
            run = " ".join(words[start:end])
            if len(run) > len(best) and re.search(rf"(?<!\w){re.escape(run)}(?:['’]s?)?(?!\w)", text):
                best = run
    return best.strip(" :,")


def bio(dom: Dom, author: Author, *, outside: Iterable[HtmlElement] | Region) -> Author | None:
    """The author with the words of "About the author", where the page has that box."""
    apart = outside if isinstance(outside, Region) else dom.region(*outside)
    for element in _bios(dom):
        if element.tag == "body" or element in apart:
            continue
        words = _words(_innermost(element, dom), author)
        if len(words) > 2:
            return Author(name=author.name, member=True, slug=author.slug, url=author.url, bio=words)
    return None


def _bios(dom: Dom) -> Iterator[HtmlElement]:
    """Elements that hold words about an author, the surest first."""
    yield from dom.matching(_BIO)
    yield from (element for id_, element in dom.by_id.items() if _BIO.search(id_.lower()))
    for box in dom.matching(_BOX):
        yield from (e for e in box.iter("*") if "description" in (e.get("itemprop") or "").split())


def _innermost(box: HtmlElement, dom: Dom) -> HtmlElement:
    """The innermost element of a nest of boxes; of several side by side the first."""
    inner = [e for e in box.iter("*") if e is not box and any(_BIO.search(name) for name in tokens(e))]
    nested = bool(inner) and all(dom.inside(inner[-1], e) for e in inner)
    return inner[-1] if nested else (inner or [box])[0]


def _words(box: HtmlElement, author: Author) -> str:
    """The words of a box without the name above and the link to all posts below."""
    links = [link for link in box.iter("a") if "author" in rels(link) or is_author_page(link.get("href") or "")]
    if box.tag in {"p", "span"}:
        return text_without(box, links)
    paragraphs = [text_without(p, links) for p in box.iter("p")] or [
        " ".join(part for part in _loose(box, links) if part)
    ]
    return squeeze(" ".join(p for p in paragraphs if not _is_heading(p, author)))


def _is_heading(paragraph: str, author: Author) -> bool:
    """Whether a line is the author's name, or "About" it: two words or so before, and no sentence."""
    said, name = normal_name(paragraph), normal_name(author.name)
    return said == name or (said.endswith(f" {name}") and len(said.removesuffix(name).split()) <= _FEW)


def _loose(box: HtmlElement, links: list[HtmlElement]) -> Iterator[str]:
    """The text directly in a box."""
    yield squeeze(box.text or "")
    for child in box:
        if isinstance(child.tag, str) and child.tag not in _NOT_BIO and child.tag != "div":
            yield "" if child in links else text_without(child, links)
        yield squeeze(child.tail or "")
