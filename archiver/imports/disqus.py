"""Disqus's export: threads, which stand for pages of the blog, then posts, which are comments.

A comment belongs to the page whose address its thread has. Addresses of mail and machines, which older
exports hold, are not looked at.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from urllib.parse import quote

from archiver import content
from archiver.engines._xml import local_name, text_of
from archiver.imports import _words
from archiver.imports._xml import Nodes, attribute, children, elements, value
from archiver.imports.base import About, Source, Torn, XmlFormat, each, together
from archiver.model import Author, Comment, Extract, Note, ParentSource, PostRef, Rank
from archiver.urls import host_key, within, without_fragment


class Disqus(XmlFormat):
    """`<disqus xmlns="http://disqus.com">`."""

    name = "disqus"
    of = "Disqus"
    stated = re.compile(rb"disqus\.com/api/schemas/([\d.]+)/")

    def is_mine(self, head: bytes) -> bool:
        """By its outermost element."""
        return b"<disqus" in head and b"disqus.com" in head

    def about(self, source: Source) -> About:
        """The host that most threads are at: test sites and copies have threads, too."""
        hosts: Counter[str] = Counter()
        homes: dict[str, str] = {}
        for member in self.files(source):
            with suppress(Torn):
                for node in elements(source, member, ("thread",)):
                    url = _address(children(node))
                    if url:
                        hosts[host_key(url)] += 1
                        homes.setdefault(host_key(url), "/".join(url.split("/", 3)[:3]) + "/")
        most = max(hosts, key=lambda host: (hosts[host], host), default=None)
        return About(home=homes[most] if most else None, oddities=self.oddities(source))

    def read(self, source: Source, home: str) -> Iterator[Extract]:
        """The comments, those of pages elsewhere only counted."""
        elsewhere: set[str] = set()
        threads: dict[str, str] = {}

        def read(member: str) -> Iterator[Extract]:
            if member:
                yield from together(_comments(source, member, home, threads, elsewhere))
            else:
                yield Extract(notes=tuple(Note(kind="of_another_site", detail=url) for url in sorted(elsewhere)))

        yield from each((*self.files(source), ""), read)


def _comments(
    source: Source, member: str, home: str, threads: dict[str, str], elsewhere: set[str]
) -> Iterator[Comment | None]:
    """One after the other. threads: is given the addresses of threads by their number; elsewhere: those of other
    sites."""
    for node in elements(source, member, ("thread", "post")):
        own, nodes = attribute(node, "id"), children(node)
        if own is None:
            continue
        if local_name(node) == "post":
            yield _comment(own, nodes, threads)
        elif (url := _address(nodes)) and within(url, home):
            threads[own] = url
        elif url:
            elsewhere.add(url)


def _address(nodes: Nodes) -> str | None:
    """A thread's page; where it states none, its identifier may be an address."""
    said = [text_of(one).strip() for name in ("link", "id") for one in nodes.get(name, ())]
    return next((without_fragment(url) for url in said if url.startswith(("http://", "https://"))), None)


def _comment(own: str, nodes: Nodes, threads: dict[str, str]) -> Comment | None:
    """A comment; of a deleted one, which may have answers, the place without its words."""
    url = threads.get(_named(nodes, "thread") or "")
    if url is None or _is(nodes, "isSpam"):
        return None
    parent, message = _named(nodes, "parent"), value(nodes, "message")
    deleted = _is(nodes, "isDeleted")
    return Comment(
        post=PostRef(url=url),
        rank=Rank.API,
        native_id=f"disqus:{own}",
        url=f"{url}#comment-{own}",
        author=None if deleted else _author(nodes),
        content=None if deleted else content.from_html(message, url),
        published=_words.moment(value(nodes, "createdAt")),
        parent=f"disqus:{parent}" if parent and parent != own else None,
        parent_source=ParentSource.API,
        source="api",
    )


def _author(nodes: Nodes) -> Author | None:
    for node in nodes.get("author", ()):
        inner = children(node)
        name, user = content.plain(value(inner, "name")), value(inner, "username")
        if name:
            url = f"https://disqus.com/by/{quote(user)}/" if user else None
            return Author(name=name, member=not _is(inner, "isAnonymous"), slug=user or None, url=url)
    return None


def _named(nodes: Nodes, name: str) -> str | None:
    found = nodes.get(name)
    return attribute(found[0], "id") if found else None


def _is(nodes: Nodes, name: str) -> bool:
    return value(nodes, name).lower() == "true"
