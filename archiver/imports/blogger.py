"""Blogger's export: one Atom feed of posts, pages and comments, in either form, or the zip of Takeout around it.

The older one ("Back up content") tells what an entry is by a category of the scheme `…#kind`, and a comment's post in
`thr:in-reply-to`. That of Google Takeout (`feed.atom`) says so in elements of its own: `blogger:type`, `blogger:parent`
for the post and `blogger:inReplyTo` for the comment that is answered, and of addresses it has the paths only.
A feed that was saved from the blog itself states no kinds: an entry that answers another is a comment there.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from urllib.parse import urljoin, urlsplit

from archiver import content, dates
from archiver.engines._blogger_feeds import is_profile
from archiver.engines._xml import local_name, text_of
from archiver.imports import _words
from archiver.imports._xml import Nodes, children, elements, value
from archiver.imports.base import UNKNOWN, About, Source, Torn, XmlFormat, each
from archiver.model import (
    Author,
    BlogFacts,
    Comment,
    Extract,
    Note,
    ParentSource,
    Post,
    PostKind,
    PostRef,
    Rank,
    Term,
)
from archiver.urls import last_segment

_NUMBER = re.compile(r"\.(post|page)-(\d+)$")
_BLOG = re.compile(rb"tag:blogger\.com,1999:blog-(\d+)")
_OWN_COMMENTS = "/Blogger/Comments/"
_ANSWERED = re.compile(r"/comments/default/(\d+)(?:\?|$)|\.post-(\d+)$")
_KIND = "http://schemas.google.com/g/2005#kind"
_POSTS = {"post": PostKind.POST, "page": PostKind.PAGE}
_KNOWN = {*_POSTS, "comment", "settings", "template"}
_LIVE = {"", "LIVE"}


class Blogger(XmlFormat):
    """`<feed>` with `tag:blogger.com,1999:blog-…`."""

    name = "blogger"
    of = "Blogger"
    stated = re.compile(rb"schemas\.google\.com/blogger/(\d+)")
    versions = ("2008", "2018")

    def is_mine(self, head: bytes) -> bool:
        """By the ids of Blogger in a feed."""
        return b"<feed" in head and b"tag:blogger.com,1999:blog" in head

    def about(self, source: Source) -> About:
        """Front page, where the feed links it, and the time of the export; the blogs, where there are several."""
        home = made = None
        names: dict[str, str] = {}
        for member in self._of_blogs(source):
            said = _said(source, member)
            home, made = home or _front(said.get("link", "")), made or said.get("updated")
            names.setdefault(_blog(source.head(member)), said.get("title") or member)
        moment = dates.from_iso(made or "", 0)
        blogs = tuple(names.values()) if len(names) > 1 else ()
        return About(home=home, made=moment.at if moment else None, oddities=self.oddities(source), blogs=blogs)

    def _of_blogs(self, source: Source) -> list[str]:
        """The files of blogs. Takeout has the comments that a person wrote anywhere apart, in a folder of their own."""
        every = list(self.files(source))
        return [name for name in every if _OWN_COMMENTS not in f"/{name}"] or every

    def read(self, source: Source, home: str) -> Iterator[Extract]:
        """The entries in their order."""
        of_blog = _blog(source.head(self._of_blogs(source)[0]))
        yield from each(self.files(source), lambda member: _entries(source, member, home, of_blog))


def _blog(text: bytes) -> str:
    """The number of the blog that a feed or an entry is of."""
    match = _BLOG.search(text)
    return match[1].decode() if match else ""


def _said(source: Source, member: str) -> dict[str, str]:
    """What stands above the entries of a feed."""
    said: dict[str, str] = {}
    with suppress(Torn):
        for node in elements(source, member, ("link", "updated", "title", "entry")):
            name = local_name(node)
            if name == "entry":
                break
            if name != "link":
                said.setdefault(name, content.plain(text_of(node)))
            elif node.get("rel") == "alternate":
                said.setdefault(name, node.get("href", ""))
    return said


def _entries(source: Source, member: str, home: str, of_blog: str) -> Iterator[Extract]:
    title = ""
    for node in elements(source, member, ("entry", "title")):
        if local_name(node) == "entry":
            nodes = children(node)
            number = _blog(value(nodes, "id").encode())
            is_ours = not of_blog or number in {"", of_blog}
            yield _entry(nodes, home) if is_ours else Extract(notes=(Note(kind="of_another_site", detail=number),))
        elif not title and _OWN_COMMENTS not in f"/{member}":
            title = content.plain(text_of(node))
            yield Extract(blog=BlogFacts(title=title or None, engine="blogger"))


def _front(url: str) -> str | None:
    return urljoin(url, "/") if url.startswith("http") else None


def _entry(nodes: Nodes, home: str) -> Extract:
    kind = _kind(nodes)
    if kind not in _KNOWN:
        return Extract(notes=(Note(kind=UNKNOWN, detail=f"{value(nodes, 'id')}: {kind or 'without a kind'}"),))
    if kind == "comment":
        comment = _comment(nodes, home)
        return Extract(comments=(comment,) if comment else ())
    if kind not in _POSTS:
        return Extract()
    status = value(nodes, "status")
    is_draft = any("yes" in text_of(one) for one in nodes.get("control", ()))
    url = _address(nodes, home)
    if not _is_shown(nodes) or is_draft or url is None:
        return Extract(notes=(Note(kind="not_public", detail=f"{value(nodes, 'id')}: {status.lower() or 'draft'}"),))
    return Extract(posts=(_post(nodes, url, _POSTS[kind]),))


def _kind(nodes: Nodes) -> str:
    if "type" in nodes:
        return value(nodes, "type").lower()
    said = next((one.get("term", "") for one in nodes.get("category", ()) if one.get("scheme") == _KIND), None)
    if said is not None:
        return said.rpartition("#")[2]
    if "in-reply-to" in nodes:
        return "comment"
    match = _NUMBER.search(value(nodes, "id"))
    return match[1] if match and _link(nodes) else ""


def _post(nodes: Nodes, url: str, kind: PostKind) -> Post:
    labels = [one.get("term", "").strip() for one in nodes.get("category", ()) if one.get("scheme") != _KIND]
    author = _author(nodes)
    return Post(
        url=url,
        rank=Rank.API,
        native_id=_native(value(nodes, "id")),
        kind=kind,
        title=content.plain(value(nodes, "title")),
        slug=last_segment(url).removesuffix(".html") or None,
        content=content.from_html(value(nodes, "content"), url) if "content" in nodes else None,
        published=_words.moment(value(nodes, "published")),
        modified=_words.moment(value(nodes, "updated")),
        authors=(author,) if author else None,
        terms=tuple(Term(taxonomy="tag", name=label) for label in dict.fromkeys(labels) if label),
        source="api",
    )


def _comment(nodes: Nodes, home: str) -> Comment | None:
    native, post, href = _native(value(nodes, "id")), _native(value(nodes, "parent")), None
    for reply in nodes.get("in-reply-to", ()):
        post, href = _native(reply.get("ref", "")) or post, reply.get("href") or None
    if native is None or (post is None and href is None) or not _is_shown(nodes):
        return None
    said = [value(nodes, "inReplyTo")]
    said += [link.get("href", "") for link in nodes.get("link", ()) if link.get("rel") == "related"]
    parent = next((match[1] or match[2] for text in said if (match := _ANSWERED.search(text))), None)
    url = _link(nodes)
    return Comment(
        post=PostRef(native_id=post, url=href),
        rank=Rank.API,
        native_id=native,
        url=url,
        author=_author(nodes),
        content=content.from_html(value(nodes, "content"), url or home) if "content" in nodes else None,
        published=_words.moment(value(nodes, "published")),
        parent=parent if parent not in {native, post} else None,
        parent_source=ParentSource.API,
        source="api",
    )


def _is_shown(nodes: Nodes) -> bool:
    return value(nodes, "status") in _LIVE and not value(nodes, "trashed")


def _address(nodes: Nodes, home: str) -> str | None:
    """A post's address: as it is linked, or its path on the blog."""
    url, path = _link(nodes), value(nodes, "filename")
    if url is None and path:
        url = urljoin(home, "/" + path.lstrip("/"))
    return url if url and urlsplit(url).path not in {"", "/"} else None


def _link(nodes: Nodes) -> str | None:
    links = (link.get("href", "") for link in nodes.get("link", ()) if link.get("rel") == "alternate")
    return next((url for url in links if url.startswith("http")), None)


def _author(nodes: Nodes) -> Author | None:
    """A person, whose address of mail is not looked at; accounts have a profile, visitors what they typed."""
    for node in nodes.get("author", ()):
        inner = children(node)
        name, url = content.plain(value(inner, "name")), value(inner, "uri") or None
        if name:
            member = is_profile(url) or value(inner, "type").upper() in {"BLOGGER", "GOOGLE"}
            return Author(name=name, member=member, url=url)
    return None


def _native(text: str) -> str | None:
    match = _NUMBER.search(text)
    return match[2] if match else None
