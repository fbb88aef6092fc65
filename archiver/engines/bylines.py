"""Who wrote a post, as its page shows it, and the box about the author."""

from __future__ import annotations

import re
from collections.abc import Iterable

from lxml.html import HtmlElement

from archiver.engines.dom import Dom, ancestors, text_of, tokens
from archiver.engines.wordpress_urls import author_slug
from archiver.model import Author
from archiver.text import normal_name, squeeze
from archiver.urls import absolute

NAMES = ("wp-block-post-author-name__link", "wp-block-post-author-name", "wp-block-post-author__name", "author-name", "entry-author-name", "author__name", "post-author-name")
BYLINES = ("byline", "entry-author", "post-author", "meta-author", "posted-by", "author", "entry-meta-author", "post-meta-author", "author-meta")
BOX = re.compile(r"author[-_]?_?(?:bio|box|info|desc|description|card|section|about|profile)|about[-_](?:the[-_])?author|wp-block-post-author$")
BIO = re.compile(r"(?:author|user)[-_]?_?(?:bio|desc|description|biography|about)(?![a-z]*-(?:content|heading|title))|wp-block-post-author(?:__bio|-biography)$")
JOINED = re.compile(r",\s+|\s+(?:and|und|et|y|e|en|och|og|i|и|ve|&)\s+", re.IGNORECASE)
LAST = re.compile(r"\s+(?:and|und|et|y|e|en|och|og|i|и|ve)\s+", re.IGNORECASE)


def split_names(text: str) -> list[str]:
    """The people of a byline: `A`, `A and B`, `A, B and C`.

    A comma alone parts nobody ("Anonymous patient, aged 42"), nor does an ampersand ("Smith & Co").
    """
    text = squeeze(text)
    last = list(LAST.finditer(text))
    if not last:
        return [text] if text else []
    head, tail = text[: last[-1].start()], text[last[-1].end() :]
    names = [part.strip(" ,") for part in [*head.split(", "), tail]]
    # Each part must look like a name: begins as names do, and is not a phrase.
    if all(0 < len(name) <= 60 and len(name.split()) <= 6 and not name[0].islower() for name in names):
        return names
    return [text]


def authors(dom: Dom, *, outside: Iterable[HtmlElement]) -> tuple[tuple[Author, ...], bool]:
    """The byline, in order, and whether it was read from weak evidence.

    outside: elements that hold other people's names (the body, the comments, the sidebar).
    """
    apart = tuple(outside)

    def inside(element: HtmlElement) -> bool:
        return not dom.inside(element, *apart)

    linked = [(e, url) for e, url in dom.links if _is_author_link(e, url) and inside(e)]
    plain = [e for e in dom.classed(*NAMES) if inside(e) and text_of(e)]
    direct = [(e, url) for e, url in linked if text_of(e) and not _in_box(e)]
    if direct:
        return _distinct(_people(text_of(e), url) for e, url in direct), False
    if plain:
        return _distinct(_people(text_of(e), _link_in(e, dom)) for e in plain), False
    named = [e for e in dom.classed("fn") if inside(e) and _in_byline(e) and text_of(e)]
    if named:
        return _distinct(_people(text_of(e), _link_in(e, dom)) for e in named), False
    boxed, repeated = _from_box(linked)
    if boxed:
        return _distinct([boxed]), not repeated
    meta = dom.meta("author") or dom.meta("article:author")
    if meta and not meta.startswith("http"):
        return tuple(_people(meta, None)), True
    for element in dom.classed(*BYLINES):
        text = text_of(element)
        # "by Prof Q": a short line whose first word is the preposition.
        if inside(element) and 0 < len(text) <= 80 and not element.xpath(".//form|.//ul"):
            return tuple(_people(re.sub(r"^(?:\W*\b(?:posted|written|published)\b)?\W*\b(?:by|von|par|por|di|da|av|door|autor|auteur|author)\b[\s:]*", "", text, flags=re.I), None)), True
    return (), True


def _is_author_link(element: HtmlElement, url: str) -> bool:
    rel = (element.get("rel") or "").lower().split()
    classes = tokens(element)
    return "author" in rel or author_slug(url) is not None or ({"url", "fn"} <= set(classes))


def _in_box(element: HtmlElement) -> bool:
    return any(BOX.search(name) for up in [element, *ancestors(element)] for name in tokens(up) if name != "post-author") and not any(
        name in {"fn", "author-name", "byline"} for name in [*tokens(element), *(name for up in _near(element) for name in tokens(up))]
    )


def _near(element: HtmlElement) -> list[HtmlElement]:
    return [up for _, up in zip(range(2), ancestors(element), strict=False)]


def _in_byline(element: HtmlElement) -> bool:
    return any(name in {*BYLINES, "vcard"} for up in _near(element) for name in tokens(up))


def _link_in(element: HtmlElement, dom: Dom) -> str | None:
    for link in element.iter("a"):
        return absolute(link.get("href") or "", dom.base)
    for up in _near(element):
        if up.tag == "a":
            return absolute(up.get("href") or "", dom.base)
    return None


def _people(text: str, url: str | None) -> list[Author]:
    names = split_names(text)
    slug = author_slug(url) if url else None
    # One link cannot be the page of several people.
    alone = len(names) == 1
    return [Author(name=name, member=True, url=url if alone and slug else None, slug=slug if alone else None) for name in names]


def _distinct(groups: Iterable[list[Author]]) -> tuple[Author, ...]:
    found: dict[str, Author] = {}
    for group in groups:
        for author in group:
            known = found.get(normal_name(author.name))
            if known is None or (author.slug and not known.slug):
                found[normal_name(author.name)] = author
    # The same byline is often printed twice, once as a whole and once by person.
    whole = [author for author in found.values() if len(split_names(author.name)) == 1]
    return tuple(whole or found.values())


def _from_box(linked: list[tuple[HtmlElement, str]]) -> tuple[list[Author], bool]:
    """The people of a box, and whether heading and link agree: "By Prof Q", "View all of Prof Q's posts"."""
    for element, url in linked:
        box = next((up for up in ancestors(element) if any(BOX.search(name) for name in tokens(up))), None)
        if box is None:
            continue
        headings = [text_of(e) for e in box.iter("h1", "h2", "h3", "h4", "h5", "strong") if text_of(e)]
        link = text_of(element)
        for heading in headings:
            name = _common(heading, link)
            if name:
                return _people(name, url), True
        if not headings and link:
            return _people(link, url), False
    return [], False


def _common(one: str, other: str) -> str:
    """The longest run of whole words that two lines share, possessive endings aside."""
    words, text = one.split(), " " + other + " "
    best = ""
    for start in range(len(words)):
        for end in range(len(words), start, -1):
            run = " ".join(words[start:end])
            if len(run) > len(best) and re.search(rf"(?<!\w){re.escape(run)}(?:['’]s?)?(?!\w)", text):
                best = run
    return best.strip(" :,")


def bio(dom: Dom, author: Author, *, outside: Iterable[HtmlElement]) -> Author | None:
    """The author with the words of "About the author", where the page has that box."""
    apart = tuple(outside)
    for element in dom.matching(BIO):
        if element.tag == "body" or dom.inside(element, *apart):
            continue
        words = _bio_text(element, author)
        if len(words) > 2:
            return Author(name=author.name, member=True, slug=author.slug, url=author.url, bio=words)
    return None


def _bio_text(box: HtmlElement, author: Author) -> str:
    """The words of a box without the name above and the link to all posts below."""
    inner = next((e for e in box.iter() if e is not box and isinstance(e.tag, str) and any(BIO.search(n) for n in tokens(e))), None)
    if inner is not None:
        return _bio_text(inner, author)
    if box.tag in {"p", "span"}:
        return text_of(box)
    paragraphs = [text_of(p) for p in box.iter("p")]
    if not paragraphs:
        kept = [squeeze(box.text or "")]
        for child in box:
            if isinstance(child.tag, str) and child.tag not in {"h1", "h2", "h3", "h4", "h5", "h6", "img", "a", "div"}:
                kept.append(text_of(child))
            elif child.tag == "a" and "author" not in (child.get("rel") or ""):
                kept.append(text_of(child))
            kept.append(squeeze(child.tail or ""))
        paragraphs = [" ".join(part for part in kept if part)]
    return squeeze(" ".join(p for p in paragraphs if normal_name(p) != normal_name(author.name)))
