"""JSON-LD on a page: its objects, with references joined, as far as search engines read it.

https://www.w3.org/TR/json-ld11/ is far larger; blogs use schema.org with `@graph`, lists and `@id`.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

from lxml.html import HtmlElement

from archiver.text import clean_tree

Thing = dict[str, Any]

ARTICLES = frozenset(
    {
        "article",
        "blogposting",
        "liveblogposting",
        "medicalscholarlyarticle",
        "newsarticle",
        "opinionnewsarticle",
        "reportagenewsarticle",
        "report",
        "scholarlyarticle",
        "socialmediaposting",
        "techarticle",
    }
)
PAGES = frozenset({"webpage", "itempage", "aboutpage", "contactpage", "profilepage"})

_DEEPEST = 40  # levels: more is no article


class Graph:
    """All objects of a page, and which of them a reference means."""

    def __init__(self, documents: Iterable[object], broken: int = 0) -> None:
        self.broken = broken  # scripts that are not JSON
        self.things: list[Thing] = [thing for document in documents for thing in _things(document)]
        self._by_id: dict[str, Thing] = {}
        for thing in self.things:
            name = thing.get("@id")
            if isinstance(name, str) and len(thing) > len(self._by_id.get(name, ())):
                self._by_id[name] = thing

    def of_type(self, types: frozenset[str]) -> list[Thing]:
        return [thing for thing in self.things if types & set(kinds(thing))]

    def resolved(self, value: object) -> object:
        """The object that a reference `{"@id": …}` stands for; other values as they are."""
        if isinstance(value, dict):
            name = value.get("@id")
            known = self._by_id.get(name) if isinstance(name, str) else None
            return {**value, **known} if known is not None else value
        return value

    def values(self, thing: Thing, *names: str) -> Iterator[object]:
        """All values of the first of these properties that is there; lists taken apart, references joined."""
        value = next((thing[name] for name in names if thing.get(name) not in (None, "", [])), None)
        for item in value if isinstance(value, list) else [value]:
            if item is not None:
                yield self.resolved(item)

    def _each(self, thing: Thing, names: tuple[str, ...]) -> Iterator[object]:
        return (value for name in names for value in self.values(thing, name))

    def text(self, thing: Thing, *names: str) -> str | None:
        """The first value that is a text, or an object with a name."""
        for value in self._each(thing, names):
            text = value.get("@value") or value.get("name") if isinstance(value, dict) else value
            if isinstance(text, str) and text.strip():
                return text.strip()
        return None

    def url(self, thing: Thing, *names: str) -> str | None:
        """The first value that is a URL, or an object with one."""
        for value in self._each(thing, names):
            if isinstance(value, dict):
                found = value.get("url") or value.get("contentUrl") or value.get("@id")
            else:
                found = value
            if isinstance(found, str) and found.strip():
                return found.strip()
        return None


def read(scripts: Iterable[HtmlElement]) -> Graph:
    """The graph of `<script type="application/ld+json">` elements; those that are not JSON are counted."""
    documents, broken = [], 0
    for script in scripts:
        text = (script.text or "").replace("<![CDATA[", "").replace("]]>", "")
        if not text.strip():
            continue
        starts = [place for mark in "{[" if (place := text.find(mark)) >= 0]  # themes wrap it in comments
        end = max(text.rfind("}"), text.rfind("]"))
        try:
            documents.append(clean_tree(json.loads(text[min(starts, default=0) : end + 1], strict=False)))
        except (ValueError, RecursionError):
            broken += 1
    return Graph(documents, broken)


def kinds(thing: Thing) -> list[str]:
    """Its types in lower case, without the vocabulary's address."""
    value = thing.get("@type")
    found = value if isinstance(value, list) else [value]
    return [kind.rpartition("/")[2].rpartition(":")[2].lower() for kind in found if isinstance(kind, str)]


def _things(value: object, depth: int = 0) -> Iterator[Thing]:
    """Every typed object of a document, outer before inner."""
    if depth > _DEEPEST:
        return
    if isinstance(value, dict):
        if "@type" in value:
            yield value
        for inner in value.values():
            yield from _things(inner, depth + 1)
    elif isinstance(value, list):
        for inner in value:
            yield from _things(inner, depth + 1)
