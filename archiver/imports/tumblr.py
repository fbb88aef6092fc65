"""Tumblr's export: `posts.xml`, by itself or within the zip, in the form of its first API. It has no comments."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from html import escape

from archiver import content, dates
from archiver.engines._xml import Node, local_name, text_of
from archiver.imports._xml import Nodes, attribute, children, elements, value
from archiver.imports.base import About, Source, Torn, XmlFormat, each
from archiver.model import BlogFacts, Extract, Moment, Note, Post, Precision, Rank, Term
from archiver.urls import last_segment

_TITLES = ("regular-title", "link-text", "conversation-title")
_BODIES = ("regular-body", "photo-caption", "link-description", "video-caption", "audio-caption", "answer")


class Tumblr(XmlFormat):
    """`<tumblr version="1.0">`."""

    name = "tumblr"
    of = "Tumblr"
    stated = re.compile(rb"<tumblr[^>]*\bversion=[\"']([\w.]+)")

    def is_mine(self, head: bytes) -> bool:
        """By its outermost element, or that of a file that holds the posts alone."""
        return b"<tumblr" in head or (b"<posts" in head and b"reblog-key" in head)

    def about(self, source: Source) -> About:
        """The front page: a domain of its own, else that at Tumblr, else that of the first post."""
        return About(home=self._home(source), oddities=self.oddities(source))

    def _home(self, source: Source) -> str | None:
        for member in self.files(source):
            with suppress(Torn):
                for node in elements(source, member, ("tumblelog", "post")):
                    name, own = attribute(node, "name"), attribute(node, "cname")
                    host = own or (f"{name}.tumblr.com" if name else None)
                    if local_name(node) == "tumblelog" and host:
                        return f"https://{host}/"
                    url = attribute(node, "url")
                    if url:
                        return "/".join(url.split("/", 3)[:3]) + "/"
        return None

    def read(self, source: Source, home: str) -> Iterator[Extract]:
        """The posts in their order."""
        del home
        yield from each(self.files(source), lambda member: _posts(source, member))


def _posts(source: Source, member: str) -> Iterator[Extract]:
    for node in elements(source, member, ("tumblelog", "post")):
        if local_name(node) == "tumblelog":
            title, tagline = attribute(node, "title"), content.plain(text_of(node))
            yield Extract(blog=BlogFacts(title=title, tagline=tagline or None, engine="tumblr"))
        else:
            yield _read(node)


def _read(node: Node) -> Extract:
    native, url = attribute(node, "id"), attribute(node, "url-with-slug") or attribute(node, "url")
    hidden = attribute(node, "private") == "true" or attribute(node, "state") not in {None, "published"}
    if native is None or url is None or hidden:
        return Extract(notes=(Note(kind="not_public", detail=f"post {native or 'without a number'}"),))
    nodes = children(node)
    tags = [content.plain(text_of(tag)) for tag in nodes.get("tag", ())]
    slug = attribute(node, "slug") or last_segment(url)
    post = Post(
        url=url,
        rank=Rank.API,
        native_id=native,
        title=next((content.plain(value(nodes, name)) for name in _TITLES if name in nodes), ""),
        slug=slug if slug != native else None,
        content=content.from_html(_body(nodes), url),
        published=_published(node),
        terms=tuple(Term(taxonomy="tag", name=tag) for tag in dict.fromkeys(tags) if tag),
        source="api",
    )
    return Extract(posts=(post,))


def _published(node: Node) -> Moment | None:
    stamp = attribute(node, "unix-timestamp") or ""
    if stamp.isdecimal() and len(stamp) < 12:
        at = datetime.fromtimestamp(int(stamp), UTC)
        return Moment(at=at.strftime("%Y-%m-%dT%H:%M:%SZ"), precision=Precision.SECOND)
    return dates.from_iso(attribute(node, "date-gmt") or "", 0)


def _body(nodes: Nodes) -> str:
    """What a post shows, each kind in the order of its page."""
    parts = [f'<p><img src="{escape(url)}"></p>' for url in _images(nodes)]
    if link := value(nodes, "link-url"):
        parts.append(f'<p><a href="{escape(link)}">{escape(value(nodes, "link-text") or link)}</a></p>')
    if "quote-text" in nodes:
        quoted, source = value(nodes, "quote-text"), value(nodes, "quote-source")
        parts.append(f"<blockquote>{quoted}</blockquote>" + (f"<p>{source}</p>" if source else ""))
    if "question" in nodes:
        parts.append(f"<blockquote>{value(nodes, 'question')}</blockquote>")
    if text := value(nodes, "conversation-text"):
        parts += [f"<p>{escape(line)}</p>" for line in text.splitlines() if line.strip()]
    parts += [value(nodes, name) for name in _BODIES if name in nodes]
    return "\n".join(parts)


def _images(nodes: Nodes) -> list[str]:
    """Each picture in its greatest width, which comes first."""
    sets = [photo for one in nodes.get("photoset", ()) for photo in children(one).get("photo", ())]
    groups = [children(photo).get("photo-url", []) for photo in sets] or [nodes.get("photo-url", [])]
    found = [max(group, key=lambda one: int(attribute(one, "max-width") or 0)) for group in groups if group]
    return [url for one in found if (url := text_of(one).strip()).startswith("http")]
