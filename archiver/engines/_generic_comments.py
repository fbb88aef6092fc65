"""The comments on a page of an unknown blog."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import replace

from lxml.html import HtmlElement

from archiver import content, dates, urls
from archiver.engines import _json_ld as json_ld
from archiver.engines import _microformats as microformats
from archiver.engines import _repeated_read, threads
from archiver.engines._dating import Dating
from archiver.engines._feed_formats import paragraphs
from archiver.engines._repeated import Said
from archiver.engines.dom import Dom, inner_html
from archiver.model import Author, Comment, Content, Moment, ParentSource, PostRef, Rank, Site
from archiver.text import squeeze


def read(
    dom: Dom, site: Site, post: PostRef, outside: tuple[HtmlElement, ...], frame: HtmlElement | None = None
) -> tuple[tuple[Comment, ...], list[HtmlElement]]:
    """By the first of the ways that finds any: ids in the markup, microformats, JSON-LD, what repeats.

    Also the elements that they take up. frame: where the blog was learned to have them, for what repeats or does not.
    """
    thread = threads.read(dom, post, site, outside=outside)
    if thread.comments:
        return thread.comments, [*thread.elements]
    cites = [element for element in microformats.comments(dom.root) if not dom.inside(element, *outside)]
    marked = tuple(_cited(dom, site, post, cites)) or tuple(_stated(dom, site, post, outside))
    if marked:
        return marked, cites
    said = _repeated_read.read(dom, Dating(dom, site), dom.region(*outside), frame)
    return tuple(_repeated(said, post)), [element for one in said for element in one.elements]


def _repeated(said: list[Said], post: PostRef) -> Iterator[Comment]:
    keys: dict[Said, str | None] = {}
    for position, one in enumerate(said):
        comment = _comment(post, one.url, one.author, one.content, one.published, position)
        keys[one] = comment.key
        parent = keys.get(one.answers) if one.answers else None
        yield replace(comment, parent=parent, parent_source=one.source, depth=one.depth)


def _cited(dom: Dom, site: Site, post: PostRef, cites: list[HtmlElement]) -> Iterator[Comment]:
    for position, element in enumerate(cites):
        entry = microformats.read_entry(element)
        body = inner_html(entry.body) if entry.body is not None else f"<p>{entry.title or ''}</p>"
        name, url = entry.authors[0] if entry.authors else ("", None)
        author = Author(name=name, member=False, url=urls.absolute(url, dom.base) if url else None) if name else None
        own = urls.absolute(entry.url, dom.base) if entry.url else None
        words = content.from_html(body, dom.base)
        yield _comment(post, own, author, words, dates.from_iso(entry.published or "", site.utc_offset), position)


def _stated(dom: Dom, site: Site, post: PostRef, outside: tuple[HtmlElement, ...]) -> Iterator[Comment]:
    scripts = (script for script in dom.tags("script") if not dom.inside(script, *outside))
    graph = json_ld.read(s for s in scripts if "ld+json" in (s.get("type") or "").lower())
    for position, thing in enumerate(graph.of_type(frozenset({"comment", "usercomments"}))):
        text = graph.text(thing, "text", "commentText")
        name = graph.text(thing, "author", "creator")
        if not text:
            continue
        words = content.from_html(paragraphs(text), dom.base)
        url = graph.url(thing, "url")
        author = Author(name=squeeze(name), member=False) if name else None
        published = dates.from_iso(graph.text(thing, "dateCreated", "datePublished") or "", site.utc_offset)
        yield _comment(post, urls.absolute(url, dom.base) if url else None, author, words, published, position)


def _comment(
    post: PostRef, url: str | None, author: Author | None, words: Content, published: Moment | None, position: int
) -> Comment:
    """A comment of a platform without ids that we know of: its permalink, or its post and words, tell it apart."""
    where = urls.url_key(post.url) if post.url else post.native_id or ""
    said = "\n".join((where, author.name if author else "", published.at if published else "", words.text))
    return Comment(
        post=post,
        rank=Rank.PAGE,
        url=url,
        key=url or hashlib.blake2b(said.encode(), digest_size=10).hexdigest(),
        author=author,
        content=words,
        published=published,
        parent_source=ParentSource.UNKNOWN,
        position=position,
    )
