"""Microformats and microdata: what the markup of a page says of its elements.

microformats2 (https://microformats.org/wiki/microformats2), its forerunner hAtom, and microdata with
schema.org's types. Only what blogs use; implied properties are left out, because they guess.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, fields, replace

from lxml.html import HtmlElement

from archiver.engines._json_ld import ARTICLES
from archiver.engines.dom import ancestors, text_of, tokens

Test = Callable[[HtmlElement], bool]

_TYPES = ARTICLES | {"creativework"}  # what themes write where they mean any kind of post
_ASIDE = frozenset({"aside", "nav", "footer"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Properties:
    """What one entry says. url: as written. authors: (name, URL as written). body: the element of its text."""

    element: HtmlElement
    kind: str
    title: str | None = None
    url: str | None = None
    published: str | None = None
    updated: str | None = None
    authors: tuple[tuple[str, str | None], ...] = ()
    terms: tuple[str, ...] = ()
    section: str | None = None
    summary: str | None = None
    comment_count: str | None = None
    body: HtmlElement | None = None


def entries(root: HtmlElement, exclude: Collection[HtmlElement] = ()) -> list[Properties]:
    """The entries of a page that stand in no other one, in document order.

    What stands in `exclude`, or in an aside, a navigation or a footer, is none of them.
    """
    found = []
    for element in root.iter("*"):
        if "entry" not in (element.get("class") or "") and element.get("itemscope") is None:
            continue  # nearly all
        readers = _readers(element)
        if not readers or element in exclude or _is_comment(element):
            continue
        if not any(_readers(outer) or outer in exclude or outer.tag in _ASIDE for outer in ancestors(element)):
            found.append(_joined([read(element) for read in readers]))
    return found


def comments(root: HtmlElement) -> list[HtmlElement]:
    """The elements of webmention and IndieWeb comments: `h-cite` marked as comment or reply."""
    classed = ((e, set(tokens(e))) for e in root.iter("*") if "comment" in (e.get("class") or "").lower())
    return [e for e, names in classed if names & {"h-cite", "h-entry"} and names & {"u-comment", "p-comment"}]


def read_entry(element: HtmlElement) -> Properties:
    """An h-entry or h-cite: its properties, those of the objects inside left out."""
    owned = _owned(element)
    people = [_card(node) for node in owned.get("p-author", ())]
    return Properties(
        element=element,
        kind="h-entry",
        title=_first(owned, "p-name", _plain),
        url=_first(owned, "u-url", _address) or _first(owned, "u-uid", _address),
        published=_first(owned, "dt-published", _time),
        updated=_first(owned, "dt-updated", _time),
        authors=tuple(person for person in people if person[0]),
        terms=tuple(text for node in owned.get("p-category", ()) if (text := _plain(node))),
        summary=_first(owned, "p-summary", _plain),
        body=next(iter(owned.get("e-content", ())), None),
    )


def _readers(element: HtmlElement) -> list[Callable[[HtmlElement], Properties]]:
    """One element may speak several dialects, the surest first."""
    classes = (element.get("class") or "").split()
    found = {read_entry: "h-entry" in classes, _read_hatom: "hentry" in classes, _read_microdata: _is_article(element)}
    return [read for read, speaks in found.items() if speaks]


def _joined(readings: list[Properties]) -> Properties:
    """One reading: of each property the first that says something."""
    first, *others = readings
    filled = {
        field.name: next((v for r in others if (v := getattr(r, field.name)) not in (None, ())), None)
        for field in fields(Properties)
        if getattr(first, field.name) in (None, ())
    }
    return replace(first, **{name: value for name, value in filled.items() if value is not None})


def _is_comment(element: HtmlElement) -> bool:
    return bool({"u-comment", "p-comment", "h-cite", "comment"} & set(tokens(element)))


def _is_article(element: HtmlElement) -> bool:
    kind = element.get("itemtype") if element.get("itemscope") is not None else None
    return kind is not None and "schema.org/" in kind and kind.rpartition("/")[2].strip().lower() in _TYPES


# ── microformats2 ────────────────────────────────────────────────────────────────────────────────


Owned = dict[str, list[HtmlElement]]
"""Elements by their tokens, in document order."""


def _owned(root: HtmlElement) -> Owned:
    """The elements of each property that belong to `root` and to no object inside it."""
    found: Owned = {}
    for element in _inside(root, lambda e: any(token.startswith("h-") for token in tokens(e))):
        for token in tokens(element):
            found.setdefault(token, []).append(element)
    return found


def _inside(root: HtmlElement, is_object: Test) -> Iterator[HtmlElement]:
    """The elements below `root` in document order, without what is within another object."""
    stack = [child for child in reversed(root) if isinstance(child.tag, str)]
    while stack:
        element = stack.pop()
        yield element
        if not is_object(element):
            stack += [child for child in reversed(element) if isinstance(child.tag, str)]


def _first(owned: Owned, name: str, value: Callable[[HtmlElement], str]) -> str | None:
    return next((found for element in owned.get(name, ()) if (found := value(element))), None)


def _plain(element: HtmlElement) -> str:
    written = {"abbr": "title", "data": "value", "input": "value", "img": "alt", "meta": "content"}.get(element.tag)
    return (element.get(written) or "").strip() if written and element.get(written) else text_of(element)


def _address(element: HtmlElement) -> str:
    return next((v.strip() for name in ("href", "src", "data", "value", "content") if (v := element.get(name))), "")


def _time(element: HtmlElement) -> str:
    """A date as a machine reads it; the printed one only where there is no other."""
    for node in (element, *element.iter("time", "abbr")):
        value = node.get("datetime") or (node.get("title") if node.tag == "abbr" else None) or node.get("content")
        if value:
            return str(value).strip()
    return _plain(element)


def _card(element: HtmlElement) -> tuple[str, str | None]:
    """A person: the h-card's name and URL, or the text of a plain property."""
    pictured = next((image.get("alt", "") for image in element.iter("img")), "")
    owned = _owned(element)
    name = _first(owned, "p-name", _plain) or _plain(element) or pictured
    link = _first(owned, "u-url", _address) or (element.get("href") if element.tag == "a" else None)
    return name, link


# ── hAtom ────────────────────────────────────────────────────────────────────────────────────────


def _read_hatom(element: HtmlElement) -> Properties:
    inside = [e for e in _inside(element, lambda e: "hentry" in tokens(e) or _is_comment(e)) if e.get("class")]

    def all_of(name: str) -> list[HtmlElement]:
        return [e for e in inside if name in tokens(e)]

    title = next(iter(all_of("entry-title")), None)
    link = None if title is None else next((a for a in (title, *title.iter("a")) if a.get("href")), None)
    link = next((a for a in all_of("bookmark") if a.get("href")), link)
    published, updated = all_of("published"), all_of("updated")
    return Properties(
        element=element,
        kind="hentry",
        title=text_of(title) or None if title is not None else None,
        url=link.get("href") if link is not None else None,
        published=next((t for e in (published or updated) if (t := _time(e))), None),
        updated=next((t for e in updated if published and (t := _time(e))), None),
        authors=_vcards(all_of("author")),
        terms=tuple(t for a in element.iter("a") if "tag" in (a.get("rel") or "").split() and (t := text_of(a))),
        body=next(iter(all_of("entry-content")), None),
    )


def _vcards(elements: list[HtmlElement]) -> tuple[tuple[str, str | None], ...]:
    found: dict[str, str | None] = {}
    for element in elements:
        named = next((e for e in element.iter() if isinstance(e.tag, str) and {"fn", "n"} & set(tokens(e))), None)
        if named is None and "vcard" not in tokens(element) and element.tag != "a":
            continue  # `author` alone is a class of many other things
        holder = named if named is not None else element
        link = next((a.get("href") for a in (holder, *holder.iter("a"), *element.iter("a")) if a.get("href")), None)
        name = text_of(holder)
        if name and name not in found:
            found[name] = link
    return tuple(found.items())


# ── microdata ────────────────────────────────────────────────────────────────────────────────────


def _read_microdata(element: HtmlElement) -> Properties:
    inside = [e for e in _inside(element, lambda e: e.get("itemscope") is not None) if e.get("itemprop")]

    def all_of(*names: str) -> list[HtmlElement]:
        return [e for name in names for e in inside if name in (e.get("itemprop") or "").split()]

    def first(value: Callable[[HtmlElement], str], *names: str) -> str | None:
        return next((found for e in all_of(*names) if (found := value(e))), None)

    return Properties(
        element=element,
        kind=(element.get("itemtype") or "").rpartition("/")[2],
        title=first(_plain, "headline", "name"),
        url=first(_address, "url", "mainEntityOfPage"),
        published=first(_time, "datePublished", "dateCreated"),
        updated=first(_time, "dateModified"),
        authors=tuple(person for e in all_of("author", "creator") if (person := _item(e))[0]),
        terms=tuple(t for e in all_of("keywords") for text in _keywords(e) if (t := text.strip())),
        section=first(_plain, "articleSection"),
        comment_count=first(_plain, "commentCount"),
        body=next(iter(all_of("articleBody")), None),
    )


def _item(element: HtmlElement) -> tuple[str, str | None]:
    if element.get("itemscope") is None:
        return _plain(element), element.get("href")
    inside = [e for e in element.iterdescendants() if isinstance(e.tag, str)]
    name = next((_plain(e) for e in inside if "name" in (e.get("itemprop") or "").split()), "") or text_of(element)
    link = next((_address(e) for e in inside if "url" in (e.get("itemprop") or "").split()), None)
    return name, link


def _keywords(element: HtmlElement) -> list[str]:
    """Words apart by commas, or links: Hexo's theme marks the whole list."""
    links = [text for link in element.iter("a") if (text := _plain(link))]
    return links if len(links) > 1 else _plain(element).split(",")
