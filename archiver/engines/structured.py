"""What a page says of itself for machines: JSON-LD, microformats, microdata, Open Graph, meta, links.

These statements are made for search engines and are mostly true of the page's main thing, but a page
may carry others: related posts, comments, and examples quoted in a post about web markup. So an
object counts only if it is the only one, or names this page's URL; the post's body can be excluded.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, fields, replace

from lxml.html import HtmlElement

from archiver import urls
from archiver.engines import _json_ld as json_ld
from archiver.engines import _microformats as microformats
from archiver.engines._feed_formats import plain
from archiver.engines._microformats import Properties
from archiver.engines.dom import ancestors
from archiver.model import Note

_FEED_TYPES = frozenset(f"application/{kind}" for kind in ("rss+xml", "atom+xml", "rdf+xml", "feed+json", "json"))
_STATED = {"keywords": "itemprop:keywords"}
_COMMENT_ACTION = "commentaction"


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedLink:
    """A feed that a page advertises with rel=alternate."""

    type: str
    href: str
    title: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PageFacts:
    """What a page says of its main thing. URLs are absolute, texts plain, dates as written.

    url: the page's own statement (rel=canonical first). authors: (name, URL or None).
    type: the schema.org type, `h-entry`, `hentry`, or Open Graph's.
    """

    title: str | None = None
    url: str | None = None
    shortlink: str | None = None
    published_iso: str | None = None
    modified_iso: str | None = None
    authors: tuple[tuple[str, str | None], ...] = ()
    section: str | None = None
    tags: tuple[str, ...] = ()
    description: str | None = None
    language: str | None = None
    comment_count: int | None = None
    type: str | None = None
    images: tuple[str, ...] = ()
    site_name: str | None = None
    feeds: tuple[FeedLink, ...] = ()
    notes: tuple[Note, ...] = ()


def facts(
    root: HtmlElement,
    base_url: str,
    exclude: Collection[HtmlElement] = (),
    entries: list[Properties] | None = None,
) -> PageFacts:
    """What the page says, the surest statement of each fact: JSON-LD, microformats, microdata, Open Graph, meta.

    exclude: elements whose content does not speak for the page, such as the post's body. entries: of the page, where
    they are known already.
    """
    excluded = frozenset(exclude)
    head = _head(root, base_url, excluded)
    known = frozenset(urls.url_key(url) for url in (base_url, head.url) if url)
    marked = microformats.entries(root, excluded) if entries is None else entries
    found = [_from_json_ld(root, base_url, known, excluded), _from_markup(marked, base_url, known)]
    return _merged([*found, head])


def addresses(root: HtmlElement, base_url: str) -> tuple[str | None, str | None]:
    """The page's own statement of its URL, and its short link, as `facts` has them."""
    head = _head(root, base_url, frozenset())
    return head.url or facts(root, base_url).url, head.shortlink


def main_entry(root: HtmlElement, base_url: str, entries: list[Properties]) -> Properties | None:
    """Of the entries in microformats or microdata the one that a page is about; None on a list of posts."""
    head = _head(root, base_url, frozenset())
    known = frozenset(urls.url_key(url) for url in (base_url, head.url) if url)
    return _main(entries, base_url, known)


def _merged(readings: Iterable[PageFacts]) -> PageFacts:
    """The first value of each field that says something; the url of the last, which is rel=canonical's."""
    readings = list(readings)
    chosen = {}
    for field in fields(PageFacts):
        order = reversed(readings) if field.name in {"url", "language"} else readings
        chosen[field.name] = next((v for facts in order if (v := getattr(facts, field.name)) not in (None, ())), None)
    return replace(PageFacts(), **{name: value for name, value in chosen.items() if value is not None})


# ── JSON-LD ──────────────────────────────────────────────────────────────────────────────────────


def _from_json_ld(root: HtmlElement, base: str, known: frozenset[str], exclude: frozenset[HtmlElement]) -> PageFacts:
    scripts = [s for s in root.iter("script") if "ld+json" in (s.get("type") or "").lower()]
    graph = json_ld.read(s for s in scripts if exclude.isdisjoint(ancestors(s)))
    notes = (Note(kind="json_ld_broken", detail=base),) if graph.broken else ()
    thing = _main_thing(graph, base, known)
    if thing is None:
        return PageFacts(notes=notes, site_name=_site_name(graph))
    page = next((t for t in graph.of_type(json_ld.PAGES) if _names(graph, t, base, known)), {})
    is_page = bool(json_ld.PAGES & set(json_ld.kinds(thing)))
    kinds = thing.get("@type")
    return PageFacts(
        title=_plain(graph.text(thing, "headline", *(() if is_page else ("name",)))),  # a page's name has the site's
        url=_url(graph.url(thing, "url", "mainEntityOfPage"), base),
        published_iso=graph.text(thing, "datePublished", "dateCreated") or graph.text(page, "datePublished"),
        modified_iso=graph.text(thing, "dateModified") or graph.text(page, "dateModified"),
        authors=_people(graph, thing, base),
        section=_plain(graph.text(thing, "articleSection")),
        tags=_keywords(graph, thing),
        description=_plain(graph.text(thing, "description", "abstract")),
        language=graph.text(thing, "inLanguage"),
        comment_count=_comment_count(graph, thing),
        type=kinds if isinstance(kinds, str) else str(kinds[0]) if isinstance(kinds, list) and kinds else None,
        images=tuple(url for image in graph.values(thing, "image") if (url := _image(graph, image, base))),
        site_name=_site_name(graph),
        notes=notes,
    )


def _main_thing(graph: json_ld.Graph, base: str, known: frozenset[str]) -> json_ld.Thing | None:
    """The article that the page is about; the page itself where no article is named."""
    for types in (json_ld.ARTICLES, json_ld.PAGES):
        things = graph.of_type(types)
        own = [thing for thing in things if _names(graph, thing, base, known)]
        if own:
            return own[0]
        if len(things) == 1 and not _named_url(graph, things[0], base):
            return things[0]
    return None


def _names(graph: json_ld.Graph, thing: json_ld.Thing, base: str, known: frozenset[str]) -> bool:
    return bool(_named_url(graph, thing, base) & known)


def _named_url(graph: json_ld.Graph, thing: json_ld.Thing, base: str) -> set[str]:
    stated = [value for name in ("url", "mainEntityOfPage") for value in graph.values(thing, name)]
    found = {_url(graph.url({"it": value}, "it"), base) for value in stated}
    name = thing.get("@id")
    if isinstance(name, str) and name.startswith("http"):
        found.add(_url(name, base))
    return {urls.url_key(url) for url in found if url}


def _people(graph: json_ld.Graph, thing: json_ld.Thing, base: str) -> tuple[tuple[str, str | None], ...]:
    found: dict[str, str | None] = {}
    for value in graph.values(thing, "author", "creator"):
        person = value if isinstance(value, dict) else {"name": value}
        url = _url(graph.url({"url": person.get("url")}, "url"), base)
        for name in graph.values(person, "name"):
            if isinstance(name, str) and (text := plain(name)) and not text.startswith("http"):
                found.setdefault(text, url)
    return tuple(found.items())


def _keywords(graph: json_ld.Graph, thing: json_ld.Thing) -> tuple[str, ...]:
    values = [v.get("name") if isinstance(v, dict) else v for v in graph.values(thing, "keywords")]
    texts = [v for v in values if isinstance(v, str)]
    if len(texts) == 1:
        texts = texts[0].split(",")
    return tuple(dict.fromkeys(text for value in texts if (text := plain(value))))


def _comment_count(graph: json_ld.Graph, thing: json_ld.Thing) -> int | None:
    for value in graph.values(thing, "commentCount"):
        return _number(value)
    for value in graph.values(thing, "interactionStatistic"):
        if isinstance(value, dict):
            action = value.get("interactionType")
            action = action.get("@type") if isinstance(action, dict) else action
            if str(action).lower().endswith(_COMMENT_ACTION):
                return _number(value.get("userInteractionCount"))
    return None


def _site_name(graph: json_ld.Graph) -> str | None:
    for thing in graph.of_type(frozenset({"website", "blog"})):
        return _plain(graph.text(thing, "name"))
    return None


def _image(graph: json_ld.Graph, image: object, base: str) -> str | None:
    return _url(graph.url({"image": image}, "image"), base)


# ── microformats and microdata ───────────────────────────────────────────────────────────────────


def _from_markup(entries: list[Properties], base: str, known: frozenset[str]) -> PageFacts:
    entry = _main(entries, base, known)
    if entry is None:
        return PageFacts()
    return PageFacts(
        title=entry.title,
        url=_url(entry.url, base),
        published_iso=entry.published,
        modified_iso=entry.updated,
        authors=tuple((name, _url(url, base)) for name, url in entry.authors),
        section=entry.section,
        tags=entry.terms,
        description=entry.summary,
        comment_count=_number(entry.comment_count),
        type=entry.kind,
    )


def _main(entries: list[Properties], base: str, known: frozenset[str]) -> Properties | None:
    """The only entry, the one that names this page, or the only one with a body."""
    if len(entries) == 1:
        url = _url(entries[0].url, base)
        elsewhere = url is not None and urls.url_key(url) not in known and entries[0].body is None
        return None if elsewhere else entries[0]
    own = [entry for entry in entries if (url := _url(entry.url, base)) and urls.url_key(url) in known]
    return own[0] if own else None


# ── the head ─────────────────────────────────────────────────────────────────────────────────────


def _head(root: HtmlElement, base: str, exclude: frozenset[HtmlElement]) -> PageFacts:
    meta: dict[str, list[str]] = {}
    for element in root.iter("meta"):
        name = element.get("property") or element.get("name") or _STATED.get(element.get("itemprop") or "")
        value = element.get("content")
        if name and value and value.strip() and exclude.isdisjoint(ancestors(element)):
            meta.setdefault(name.strip().lower(), []).append(value.strip())
    linked = (e for e in root.iter("link") if e.get("href") and exclude.isdisjoint(ancestors(e)))
    links = [(set((e.get("rel") or "").lower().split()), e) for e in linked]

    def first(*names: str) -> str | None:
        return next((values[0] for name in names if (values := meta.get(name))), None)

    def link(rel: str) -> str | None:
        return next((_url(e.get("href"), base) for rels, e in links if rel in rels), None)

    authors = [*meta.get("article:author", ()), *meta.get("author", ()), *meta.get("dc.creator", ())]
    names = dict.fromkeys(plain(name) for name in authors if not name.lower().startswith(("http:", "https:", "@")))
    return PageFacts(
        title=_plain(first("og:title", "dc.title", "twitter:title")),
        url=link("canonical") or _url(first("og:url"), base),
        shortlink=link("shortlink"),
        published_iso=first("article:published_time", "dc.date.issued", "dc.date", "date"),
        modified_iso=first("article:modified_time", "og:updated_time"),
        authors=tuple((name, None) for name in names if name),
        section=_plain(first("article:section")),
        tags=tuple(dict.fromkeys(_tags(meta))),
        description=_plain(first("og:description", "description", "dc.description")),
        language=(root.get("lang") or root.get("xml:lang") or first("og:locale") or "").replace("_", "-") or None,
        type=first("og:type"),
        images=tuple(url for image in meta.get("og:image", ()) if (url := _url(image, base))),
        site_name=_plain(first("og:site_name", "application-name")),
        feeds=_feeds(links, base),
    )


def _tags(meta: dict[str, list[str]]) -> Iterable[str]:
    """The tags of Open Graph, of Pelican (one a statement), and of Hugo's microdata (a list).

    Docusaurus states all of Open Graph's in one.
    """
    graph = meta.get("article:tag", ())
    alone = graph if len(graph) == 1 else ()
    listed = (tag for value in (*meta.get("itemprop:keywords", ()), *alone) for tag in value.split(","))
    stated = [*(() if alone else graph), *meta.get("tags", ()), *listed]
    return [tag for one in stated if (tag := plain(one))]


def _feeds(links: list[tuple[set[str], HtmlElement]], base: str) -> tuple[FeedLink, ...]:
    found: dict[str, FeedLink] = {}
    for rels, element in links:
        kind = (element.get("type") or "").partition(";")[0].strip().lower()
        url = _url(element.get("href"), base)
        api = kind == "application/json" and "/wp-json" in (url or "")
        if url and (("alternate" in rels and kind in _FEED_TYPES) or "feed" in rels) and not api:
            found.setdefault(url, FeedLink(type=kind, href=url, title=plain(element.get("title") or "")))
    return tuple(found.values())


def _url(url: str | None, base: str) -> str | None:
    return urls.absolute(url, base) if url else None


def _plain(text: str | None) -> str | None:
    return plain(text) or None if text else None


def _number(value: object) -> int | None:
    text = str(value).replace(",", "") if isinstance(value, int | str) else ""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None
