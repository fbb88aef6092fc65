"""The feed formats, brought to one shape: RSS 0.9x and 2.0, RSS 1.0 (RDF), Atom 0.3 and 1.0, JSON Feed.

Only syntax is settled here: which element says what, and how its text is encoded. What the values
mean for a blog is decided in `feeds`.
"""

from __future__ import annotations

import re
from copy import deepcopy
from dataclasses import dataclass, replace
from html import escape, unescape
from typing import Any

from lxml import etree

from archiver import urls
from archiver.engines._xml import NAMESPACES, XML_NAMESPACE, Node, local_name, namespace, parse, text_of
from archiver.errors import PageError
from archiver.model import Media
from archiver.page import Page
from archiver.text import squeeze

Children = dict[str, list[Node]]

_PREFIX_OF = {uri: prefix for prefix, uri in NAMESPACES.items()}
_TAG = re.compile(r"</?[A-Za-z][^<>]*>|<!--(?:(?!<!--).)*?-->", re.DOTALL)
_WORDPRESS_GUID = re.compile(r"[?&](?:p|page_id)=\d+")
_JSON_FEED = "jsonfeed.org/version/"
_REPLY_COUNTS = ("lj:reply-count", "dw:reply-count")
_IN_PARENTHESES = re.compile(r"\(([^()]+)\)\s*$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One item, entry or attachment-bearing object, its texts decoded but not yet understood.

    full, summary: HTML fragments. base: what relative URLs inside are relative to.
    categories: (name, domain or scheme). authors: (name, URL). replies_to: (ref, href) of RFC 4685.
    """

    link: str | None
    guid: str
    title: str | None
    base: str
    authors: tuple[tuple[str, str | None], ...] | None = None
    published: str | None = None
    updated: str | None = None
    full: str | None = None
    summary: str | None = None
    categories: tuple[tuple[str, str], ...] | None = None
    enclosures: tuple[Media, ...] = ()
    comment_feed: str | None = None
    comment_count: int | None = None
    replies_to: tuple[tuple[str, str | None], ...] = ()
    related: str | None = None
    language: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """A whole feed. kind: rss, atom or json. next: the page of older entries (RFC 5005)."""

    kind: str
    title: str | None
    description: str | None
    language: str | None
    generator: str | None
    home: str | None
    next: str | None
    wordpress: bool
    entries: tuple[Entry, ...]


def looks_like_feed(page: Page) -> bool:
    """Whether the body begins as a feed does, whatever its declared type."""
    head = page.text[:4096].lstrip()
    if head.startswith("{"):
        return _JSON_FEED in head.replace("\\/", "/")
    markup = re.sub(r"<!--.*?-->|<\?.*?\?>|<!DOCTYPE[^>]*>", "", head, flags=re.DOTALL)
    root = re.search(r"<([A-Za-z][\w.:-]*)([^>]*)", markup)
    if root is None:
        return False
    name, tag = root[1].rpartition(":")[2].lower(), root[0].lower()
    return name == "rss" or (name == "rdf" and "rss" in tag) or (name == "feed" and "atom" in tag)


def read(page: Page) -> Feed:
    """The feed that a page holds, its links at the site's own host. Raises PageError when it holds none, or a part."""
    feed = _stated(page)
    if not page.has_aliases:
        return feed
    entries = (
        replace(one, link=one.link and page.own(one.link), comment_feed=one.comment_feed and page.own(one.comment_feed))
        for one in feed.entries
    )
    return replace(feed, next=feed.next and page.own(feed.next), entries=tuple(entries))


def _stated(page: Page) -> Feed:
    if page.text.lstrip()[:1] == "{":
        return _json_feed(page)
    root = parse(page)
    name = local_name(root).lower()
    if name == "feed":
        return _atom(page, root)
    channel = next((child for child in root if local_name(child) == "channel"), None)
    if name not in {"rss", "rdf"} or channel is None:
        kind = "an HTML page" if name == "html" else f"<{name}>"
        raise PageError(page.url, f"a feed was expected and {kind} came", "The other ways in are tried")
    return _rss(page, root, channel)


def plain(markup: str) -> str:
    """A short HTML text (a title, a name) without tags, decoded once, on one line."""
    return squeeze(unescape(_TAG.sub("", markup)))


def _rss(page: Page, root: Node, channel: Node) -> Feed:
    family = namespace(channel)
    items = [node for parent in (channel, root) for node in parent if local_name(node) == "item"]
    head = _children(channel, family)
    generator = _text(head, "generator")
    guids = [_text(_children(item, family), "guid") or "" for item in items]
    wordpress = "wordpress" in (generator or "").lower() or any(map(_WORDPRESS_GUID.search, guids))
    home = _absolute(_text(head, "link"), page.url)
    return Feed(
        kind="rss",
        title=_title(head, wordpress),
        description=_line(_text(head, "description")),
        language=_text(head, "language", "dc:language") or root.get(f"{{{XML_NAMESPACE}}}lang"),
        generator=generator,
        home=home,
        next=_absolute(_link(head, "next", "atom:link"), page.url),
        wordpress=wordpress,
        entries=tuple(_rss_entry(item, family, home or page.url, wordpress) for item in items),
    )


def _rss_entry(item: Node, family: str, base: str, wordpress: bool) -> Entry:
    nodes = _children(item, family)
    guid = _text(nodes, "guid") or ""
    permanent = all(node.get("isPermaLink", "true") != "false" for node in nodes.get("guid", ()))
    link = (
        _text(nodes, "feedburner:origLink", "link")
        or _link(nodes, "alternate", "atom:link")
        or (guid if permanent and guid.startswith("http") else None)
        or item.get(f"{{{NAMESPACES['rdf']}}}about")
    )
    link = _absolute(link, base)
    names = [_rss_author(name, node) for name in ("dc:creator", "author") for node in nodes.get(name, ())]
    authors = tuple(dict.fromkeys((name, None) for name in names if name))
    terms = [(_category(node, wordpress), node.get("domain", "")) for node in nodes.get("category", ())]
    terms += [(_category(node, wordpress), "") for node in nodes.get("dc:subject", ())]
    return Entry(
        link=link,
        guid=guid,
        title=_title(nodes, wordpress),
        base=link or base,
        authors=authors or None,
        published=_text(nodes, "pubDate", "dc:date", "atom:published"),
        updated=_text(nodes, "atom:updated", "dcterms:modified"),
        full=_text(nodes, "content:encoded"),
        summary=_text(nodes, "description"),
        categories=tuple(term for term in terms if term[0]) or None,
        enclosures=_enclosures([(node.get("url"), node.get("type")) for node in nodes.get("enclosure", ())], base),
        comment_feed=_absolute(_text(nodes, "wfw:commentRss", "wfw:commentRSS", "wfw:commentrss"), base),
        comment_count=_number(_text(nodes, "slash:comments", "thr:total", *_REPLY_COUNTS)),
        replies_to=_replies_to(nodes),
    )


def _atom(page: Page, root: Node) -> Feed:
    family = namespace(root)
    head = _children(root, family)
    generators = head.get("generator", [])
    generator = " ".join(filter(None, (_line(text_of(n)) or "" for n in generators))) or None
    uri = " ".join(n.get("uri", "") for n in generators)
    base = root.get(f"{{{XML_NAMESPACE}}}base", page.url)
    return Feed(
        kind="atom",
        title=_construct(head, "title"),
        description=_construct(head, "subtitle") or _construct(head, "tagline"),
        language=root.get(f"{{{XML_NAMESPACE}}}lang"),
        generator=generator,
        home=_absolute(_link(head, "alternate", "link"), base),
        next=_absolute(_link(head, "next", "link"), base),
        wordpress="wordpress" in f"{generator} {uri}".lower(),
        entries=tuple(_atom_entry(entry, family, base) for entry in head.get("entry", ())),
    )


def _atom_entry(entry: Node, family: str, base: str) -> Entry:
    nodes = _children(entry, family)
    base = entry.get(f"{{{XML_NAMESPACE}}}base", base)
    link = _absolute(_text(nodes, "feedburner:origLink") or _link(nodes, "alternate", "link"), base)
    contents = nodes.get("content", [])
    people = [_person(node, family) for node in nodes.get("author", ())]
    terms = [(_line(n.get("label") or n.get("term")) or "", n.get("scheme", "")) for n in nodes.get("category", ())]
    replies = [n for n in nodes.get("link", ()) if n.get("rel") == "replies"]
    counts = [n.get(f"{{{NAMESPACES['thr']}}}count") for n in replies]
    enclosures = [(n.get("href"), n.get("type")) for n in nodes.get("link", ()) if n.get("rel") == "enclosure"]
    return Entry(
        link=link,
        guid=_text(nodes, "id") or "",
        title=_construct(nodes, "title"),
        base=next((n.get(f"{{{XML_NAMESPACE}}}base", "") for n in contents), "") or link or base,
        authors=tuple(person for person in people if person) or None,
        published=_text(nodes, "published", "issued", "created"),
        updated=_text(nodes, "updated", "modified"),
        full=next((markup for node in contents if (markup := _markup(node))), None),
        summary=next((markup for node in nodes.get("summary", ()) if (markup := _markup(node))), None),
        categories=tuple(term for term in terms if term[0] and not term[1].endswith("#kind")) or None,
        enclosures=_enclosures(enclosures, base),
        comment_feed=_absolute(next((n.get("href") for n in replies if "xml" in n.get("type", "")), None), base),
        comment_count=_number(_text(nodes, "thr:total", *_REPLY_COUNTS) or next(filter(None, counts), None)),
        replies_to=_replies_to(nodes),
        related=_absolute(_link(nodes, "related", "link"), base),
    )


def _json_feed(page: Page) -> Feed:
    data = page.json
    if not isinstance(data, dict) or _JSON_FEED not in str(data.get("version", "")):
        raise PageError(page.url, "a feed was expected and other JSON came", "The other ways in are tried")
    items = data.get("items")
    home = _absolute(_string(data, "home_page_url"), page.url)
    return Feed(
        kind="json",
        title=_line(_string(data, "title")),
        description=_line(_string(data, "description")),
        language=_string(data, "language"),
        generator=None,
        home=home,
        next=_absolute(_string(data, "next_url"), page.url),
        wordpress=any(_WORDPRESS_GUID.search(str(item.get("id", ""))) for item in _dicts(items)),
        entries=tuple(_json_entry(item, home or page.url) for item in _dicts(items)),
    )


def _json_entry(item: dict[str, Any], base: str) -> Entry:
    guid = str(item.get("id") or "")
    link = _absolute(_string(item, "url") or (guid if guid.startswith("http") else None), base)
    people = _dicts(item.get("authors")) or _dicts([item.get("author")])
    authors = [(_line(_string(person, "name")) or "", _string(person, "url")) for person in people]
    tags = item.get("tags")
    text = _string(item, "content_text")
    summary = _string(item, "summary")
    files = [(_string(file, "url"), _string(file, "mime_type")) for file in _dicts(item.get("attachments"))]
    return Entry(
        link=link,
        guid=guid,
        title=_line(_string(item, "title")),
        base=link or base,
        authors=tuple(author for author in authors if author[0]) or None,
        published=_string(item, "date_published"),
        updated=_string(item, "date_modified"),
        full=_string(item, "content_html") or (paragraphs(text) if text else None),
        summary=paragraphs(summary) if summary else None,
        categories=tuple((squeeze(str(t)), "tag") for t in tags if str(t).strip()) if isinstance(tags, list) else None,
        enclosures=_enclosures(files, base),
        language=_string(item, "language"),
    )


def _children(node: Node, family: str) -> Children:
    """The children by name: `title` in the feed's own namespace, `dc:creator` in a known one."""
    found: Children = {}
    for child in node:
        space, name = namespace(child), local_name(child)
        if space not in {"", family}:
            prefix = _PREFIX_OF.get(space)
            name = f"{prefix}:{name}" if prefix else ""
        if name:
            found.setdefault(name, []).append(child)
    return found


def _text(nodes: Children, *names: str) -> str | None:
    """The first text that is not blank, of the elements with these names in order of preference."""
    texts = (text_of(node).strip() for name in names for node in nodes.get(name, ()))
    return next(filter(None, texts), None)


def _title(nodes: Children, wordpress: bool) -> str | None:
    """RSS does not say whether a title is text or HTML.

    WordPress strips tags and escapes for XML, so what XML decodes is the text, `5 < 6` included;
    others put HTML into CDATA or escape twice.
    """
    node = next(iter(nodes.get("title", ())), None)
    if node is None:
        return None
    text = text_of(node)
    return (squeeze(text) if wordpress and not _is_cdata(node) else plain(text)) or None


def _category(node: Node, wordpress: bool) -> str:
    """WordPress decodes a category's name before it writes it, so it is not decoded again."""
    text = text_of(node)
    return squeeze(text) if wordpress else plain(text)


def _is_cdata(node: Node) -> bool:
    return b"<![CDATA[" in etree.tostring(node, with_tail=False)


def _rss_author(name: str, node: Node) -> str:
    """The name in `dc:creator`, or in RSS's own `address (Name)`; an e-mail address alone is not kept."""
    text = plain(text_of(node))
    if name == "author" and (named := _IN_PARENTHESES.search(text)):
        text = named[1].strip()
    return "" if "@" in text and " " not in text else text


def _person(node: Node, family: str) -> tuple[str, str | None] | None:
    nodes = _children(node, family)
    name = plain(_text(nodes, "name") or "")
    return (name, _text(nodes, "uri", "url")) if name else None


def _construct(nodes: Children, name: str) -> str | None:
    """An Atom text construct (title, subtitle) as plain text."""
    node = next(iter(nodes.get(name, ())), None)
    if node is None:
        return None
    escaped = node.get("type", "text").endswith("html") and len(node) == 0
    return (plain(text_of(node)) if escaped else squeeze(text_of(node))) or None


def _markup(node: Node) -> str | None:
    """Atom content or summary as an HTML fragment; None when it is elsewhere (`src`), empty or no text."""
    kind = node.get("type", "text").lower()
    if len(node) and "html" in kind:
        return _inner_html(node)
    text = text_of(node).strip()
    if not text:
        return None
    if "html" in kind or node.get("mode") == "escaped":
        return text
    return paragraphs(text) if kind in {"text", "text/plain"} else None


def _inner_html(node: Node) -> str:
    """The XHTML inside, without namespaces."""
    for child in node.iterdescendants():
        if isinstance(child.tag, str):
            child.tag = local_name(child)
    parts = [escape(node.text or "", quote=False)]
    for child in node:
        alone = deepcopy(child)  # the feed's own namespaces stay behind
        etree.cleanup_namespaces(alone)
        parts.append(etree.tostring(alone, encoding="unicode", method="html"))
    return "".join(parts)


def paragraphs(text: str) -> str:
    """Plain text as HTML: a blank line parts paragraphs."""
    parts = [part.strip() for part in re.split(r"\n\s*\n", text) if part.strip()]
    return "\n".join("<p>" + escape(part, quote=False).replace("\n", "<br>\n") + "</p>" for part in parts)


def _link(nodes: Children, rel: str, name: str) -> str | None:
    """The href of the first link of this relation; HTML before other types."""
    links = [node for node in nodes.get(name, ()) if node.get("rel", "alternate") == rel and node.get("href")]
    links.sort(key=lambda node: "html" not in node.get("type", "html"))
    return links[0].get("href") if links else None


def _replies_to(nodes: Children) -> tuple[tuple[str, str | None], ...]:
    return tuple((node.get("ref", ""), node.get("href")) for node in nodes.get("thr:in-reply-to", ()))


def _enclosures(found: list[tuple[str | None, str | None]], base: str) -> tuple[Media, ...]:
    made = [(_absolute(url, base), (kind or "").partition("/")[0]) for url, kind in found]
    return tuple(Media(url=url, kind=k if k in {"image", "audio", "video"} else "file") for url, k in made if url)


def _absolute(url: str | None, base: str) -> str | None:
    return urls.absolute(url, base) if url else None


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 10 else None


def _line(text: str | None) -> str | None:
    return squeeze(text or "") or None


def _string(data: dict[str, Any], name: str) -> str | None:
    value = data.get(name)
    return value if isinstance(value, str) and value.strip() else None


def _dicts(value: object) -> list[dict[str, Any]]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []
