"""WordPress's own export: extended RSS (WXR 1.0 to 1.2), one or several files of one blog.

What is not public stays out: drafts, what awaits moderation, spam, and the text and thread of a post with a
password; addresses of mail and machines are not looked at.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from urllib.parse import unquote

from archiver import content, dates
from archiver.engines._xml import Node, local_name, namespace, text_of
from archiver.engines.wordpress_api import TAXONOMIES
from archiver.imports import _words
from archiver.imports._xml import attribute, elements
from archiver.imports.base import MOST_AT_ONCE, About, Source, Torn, XmlFormat, another_version, each
from archiver.model import (
    Author,
    BlogFacts,
    Comment,
    CommentKind,
    Extract,
    Note,
    ParentSource,
    Post,
    PostKind,
    PostRef,
    Rank,
    Term,
)

_SPACE = re.compile(rb"http://wordpress\.org/export/(\d+\.\d+)/")
_VERSIONS = ("1.0", "1.1", "1.2")
_KINDS = {"post": PostKind.POST, "page": PostKind.PAGE}
_COMMENTS = {"": CommentKind.COMMENT} | {kind.value: kind for kind in CommentKind}
_TERMS = {"category": ("category", "cat_name", "category_nicename"), "tag": ("tag", "tag_name", "tag_slug")}
_PREFIXES = (("/excerpt/", "excerpt:"), ("wordpress.org/export", ""), ("rss/1.0/modules/content", "content:"))


class Wxr(XmlFormat):
    """`<rss xmlns:wp="http://wordpress.org/export/1.2/">`."""

    name = "wxr"
    of = "WordPress"

    def is_mine(self, head: bytes) -> bool:
        """By the namespace that it declares."""
        return _SPACE.search(head) is not None

    def about(self, source: Source) -> About:
        """Front page and time of the export; the version, where it is another one than those that are known."""
        said: dict[str, str] = {}
        for member in self.files(source):
            match = _SPACE.search(source.head(member))
            said = _said(source, member) | ({"space": match[1].decode()} if match else {})
            if "link" in said:
                break
        made = dates.from_rfc822(said.get("pubDate", ""))
        odd = another_version("WXR", said.get("wxr_version") or said.get("space", ""), _VERSIONS)
        home = said.get("base_blog_url") or said.get("link") or None
        return About(home=home, made=made.at if made else None, oddities=odd)

    def read(self, source: Source, home: str) -> Iterator[Extract]:
        """People and terms, then the posts."""
        yield from each(self.files(source), lambda member: _Reading(home).read(source, member))


def _said(source: Source, member: str) -> dict[str, str]:
    """What stands above the posts of a file, by local name."""
    said: dict[str, str] = {}
    with suppress(Torn):
        for node in elements(source, member, ("base_blog_url", "link", "pubDate", "wxr_version", "item")):
            above = node.getparent()
            if local_name(node) == "item":
                break
            if above is None or local_name(above) == "channel":
                said.setdefault(local_name(node), text_of(node).strip())
    return said


class _Reading:
    """One file. people: bylines by login."""

    def __init__(self, home: str) -> None:
        self._home = home
        self._people: dict[str, Author] = {}
        self._facts: dict[str, str] = {}
        self._comments: list[Comment] = []

    def read(self, source: Source, member: str) -> Iterator[Extract]:
        wanted = ("item", "author", "category", "tag", "title", "description", "language", "generator")
        for node in elements(source, member, wanted, inner=("comment",)):
            above = node.getparent()
            name, parent = local_name(node), "" if above is None else local_name(above)
            if name == "comment":
                comment = _comment(node)
                self._comments += [comment] if comment else []
            elif name == "item":
                yield from self._item(node)
            elif parent == "channel":
                yield from self._head(name, node)

    def _head(self, name: str, node: Node) -> Iterator[Extract]:
        """What stands above the posts."""
        if name == "author":
            author = _author(_values(node))
            self._people[author.slug or author.name] = author
            yield Extract(authors=(author,))
        elif name in _TERMS:
            term = _term(_values(node), name)
            if term:
                yield Extract(terms=(term,))
        elif name == "generator":  # the last one
            engine = "wordpress" if "wordpress.org" in text_of(node) else None
            facts = BlogFacts(
                title=content.plain(self._facts.get("title", "")) or None,
                tagline=content.plain(self._facts.get("description", "")) or None,
                language=self._facts.get("language") or None,
                engine=engine,
            )
            yield Extract(blog=facts)
        else:
            self._facts.setdefault(name, text_of(node).strip())

    def _item(self, node: Node) -> Iterator[Extract]:
        values, comments, self._comments = _values(node), self._comments, []
        kind, status = _KINDS.get(values.get("post_type", "post")), values.get("status", "publish")
        url, native = values.get("link", ""), values.get("post_id") or None
        if kind is None or not url.startswith(("http://", "https://")):
            return
        if status != "publish":
            yield Extract(notes=(Note(kind="not_public", detail=f"{url}: {status}"),))
            return
        post = self._post(values, _filed(node), url, native, kind)
        yield Extract(posts=(post,))
        shown = [] if post.protected else comments
        for start in range(0, len(shown), MOST_AT_ONCE):
            yield Extract(comments=tuple(_placed(one, post.ref) for one in shown[start : start + MOST_AT_ONCE]))

    def _post(
        self, values: dict[str, str], terms: tuple[Term, ...], url: str, native: str | None, kind: PostKind
    ) -> Post:
        protected = bool(values.get("post_password"))
        login = values.get("creator", "")
        byline = self._people.get(login) or (Author(name=login, member=True, slug=login) if login else None)
        text = values.get("content:encoded", "")
        return Post(
            url=url,
            rank=Rank.FEED,  # raw: what plugins put into a text when it is shown is not in it
            native_id=native,
            kind=kind,
            title=content.plain(values.get("title", "")),
            slug=unquote(values.get("post_name", "")) or None,
            content=None if protected else _words.body(text, url),
            excerpt=None if protected else content.plain(values.get("excerpt:encoded", "")) or None,
            published=_words.moment(values.get("post_date_gmt"), values.get("post_date")),
            modified=_words.moment(values.get("post_modified_gmt"), values.get("post_modified")),
            authors=(byline,) if byline else None,
            terms=terms,
            comments_open=values.get("comment_status") == "open" if values.get("comment_status") else None,
            protected=protected,
            source="feed",
        )


def _values(node: Node) -> dict[str, str]:
    """The texts of the elements within one. Two namespaces share a name: their texts are told apart by a prefix."""
    found: dict[str, str] = {}
    for child in node:
        name = local_name(child)
        prefix = next((prefix for part, prefix in _PREFIXES if part in namespace(child)), "")
        if name:
            found.setdefault(prefix + name, text_of(child).strip())
    return found


def _filed(node: Node) -> tuple[Term, ...]:
    """What an item is filed under; the exporters of WXR 1.0 name every term twice."""
    found: dict[tuple[str, str], Term] = {}
    for child in node:
        taxonomy = TAXONOMIES.get(attribute(child, "domain") or "", "")
        if local_name(child) == "category" and (attribute(child, "domain") == "tag" or taxonomy):
            taxonomy, name = taxonomy or "tag", content.plain(text_of(child))
            slug = unquote(attribute(child, "nicename") or "") or None
            if name and (slug or (taxonomy, name) not in found):
                found[taxonomy, name] = Term(taxonomy=taxonomy, name=name, slug=slug)
    return tuple(found.values())


def _author(values: dict[str, str]) -> Author:
    login = values.get("author_login", "")
    name = content.plain(values.get("author_display_name", "")) or login or "Anonymous"
    return Author(name=name, member=True, native_id=values.get("author_id") or None, slug=login or None)


def _term(values: dict[str, str], kind: str) -> Term | None:
    taxonomy, named, slug = _TERMS[kind]
    name = content.plain(values.get(named, ""))
    return Term(taxonomy=taxonomy, name=name, slug=unquote(values.get(slug, "")) or None) if name else None


def _comment(node: Node) -> Comment | None:
    """A comment that everybody can see, still without its post."""
    values = _values(node)
    native, kind = values.get("comment_id"), _COMMENTS.get(values.get("comment_type", ""))
    if not native or kind is None or values.get("comment_approved") != "1":
        return None
    website, parent = values.get("comment_author_url") or None, values.get("comment_parent", "0")
    member = values.get("comment_user_id", "0") not in {"", "0"}
    return Comment(
        post=PostRef(),
        rank=Rank.FEED,
        native_id=native,
        kind=kind,
        author=Author(
            name=content.plain(values.get("comment_author", "")) or "Anonymous",
            member=member,
            url=None if member else website,
            website=website if member else None,
        ),
        content=_words.body(values.get("comment_content", ""), ""),
        published=_words.moment(values.get("comment_date_gmt"), values.get("comment_date")),
        parent=parent if parent not in {"", "0", native} else None,
        parent_source=ParentSource.API,
        source="feed",
    )


def _placed(comment: Comment, post: PostRef) -> Comment:
    return replace(comment, post=post, url=f"{post.url}#comment-{comment.native_id}")
