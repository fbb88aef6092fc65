"""What a post's page states for search engines: JSON-LD about the post, and meta elements."""

from __future__ import annotations

from dataclasses import dataclass

from archiver.content import plain
from archiver.engines import _json_ld as json_ld
from archiver.engines.dom import Dom, Region
from archiver.urls import absolute, url_key


@dataclass(frozen=True, slots=True)
class Statements:
    """published, modified: as written. people: names, the surest first; none of them is the blog itself."""

    published: tuple[str, ...] = ()
    modified: tuple[str, ...] = ()
    people: tuple[str, ...] = ()


def read(dom: Dom, url: str, words: Region) -> Statements:
    """What is stated about the post. words: the post's own; what stands in them is quoted, not stated."""
    scripts = [s for s in dom.tags("script") if "ld+json" in (s.get("type") or "").lower() and s not in words]
    graph = json_ld.read(scripts)
    thing = _thing(graph, url) or {}
    page = next(iter(_naming(graph, json_ld.PAGES, url)), {})
    published = [
        dom.meta("article:published_time"),
        graph.text(thing, "datePublished"),
        graph.text(page, "datePublished"),
    ]
    modified = [dom.meta("article:modified_time"), graph.text(thing, "dateModified"), graph.text(page, "dateModified")]
    people = [*_people(graph, thing), dom.meta("author"), dom.meta("article:author"), dom.meta("twitter:data1")]
    if not _says_author(dom.meta("twitter:label1")):
        people = people[:-1]
    return Statements(
        published=tuple(dict.fromkeys(text for text in published if text)),
        modified=tuple(dict.fromkeys(text for text in modified if text)),
        people=tuple(dict.fromkeys(text for text in people if text and not text.startswith("http"))),
    )


def _says_author(label: str | None) -> bool:
    """Whether a label, in whatever language, is that of the author and not of the reading time."""
    return label is not None and not any(
        word in label.lower() for word in ("time", "zeit", "temps", "tiempo", "tempo", "tid")
    )


def _thing(graph: json_ld.Graph, url: str) -> json_ld.Thing | None:
    """The article that names this page, or the only one."""
    named = _naming(graph, json_ld.ARTICLES, url)
    things = graph.of_type(json_ld.ARTICLES)
    return named[0] if named else things[0] if len(things) == 1 and not _urls(graph, things[0], url) else None


def _naming(graph: json_ld.Graph, types: frozenset[str], url: str) -> list[json_ld.Thing]:
    return [thing for thing in graph.of_type(types) if url_key(url) in _urls(graph, thing, url)]


def _urls(graph: json_ld.Graph, thing: json_ld.Thing, base: str) -> set[str]:
    values = [value for name in ("url", "mainEntityOfPage") for value in graph.values(thing, name)]
    found = [graph.url({"it": value}, "it") for value in values]
    name = thing.get("@id")
    found.append(name if isinstance(name, str) and name.startswith("http") else None)
    urls = (absolute(url, base) for url in found if url)
    return {url_key(url) for url in urls if url}


def _people(graph: json_ld.Graph, thing: json_ld.Thing) -> list[str]:
    found = []
    for value in graph.values(thing, "author"):
        person = value if isinstance(value, dict) else {"name": value}
        if not person.get("@type") or "person" in json_ld.kinds(person):
            found += [plain(name) for name in graph.values(person, "name") if isinstance(name, str)]
    return found
