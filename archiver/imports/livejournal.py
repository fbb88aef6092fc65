"""LiveJournal's exports: `<livejournal>` with entries or comments, and the files of the kind that ljdump keeps, `L-12`
with an `<event>` and `C-12` with its `<comments>`, in a zip.

A page of LiveJournal has the number 256 * itemid + anum, and so have its comments; an export without `anum` has the
inner numbers only. Entries that are not public, and screened or deleted comments, stay out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from functools import partial
from pathlib import PurePosixPath
from urllib.parse import urljoin

from archiver import content
from archiver.engines._xml import Node, local_name
from archiver.imports import _words
from archiver.imports._xml import Nodes, attribute, children, elements, value
from archiver.imports.base import About, Source, Torn, XmlFormat, each, together
from archiver.model import Author, BlogFacts, Comment, Extract, Note, ParentSource, Post, PostRef, Rank, Term

_ROOT = re.compile(rb"(?:<\?xml[^>]*\?>\s*)?(?:<!--.*?-->\s*)*<(livejournal|event|comments)[\s>]", re.DOTALL)
_ENTRIES, _COMMENTS = ("entry", "event"), ("comment", "usermap")
_PAGES = 256


class LiveJournal(XmlFormat):
    """`<livejournal>`, `<event>`, `<comments>`."""

    name = "livejournal"
    of = "LiveJournal"

    def is_mine(self, head: bytes) -> bool:
        """By its outermost element."""
        return _ROOT.match(head) is not None

    def about(self, source: Source) -> About:
        """The journal, where an entry has an address."""
        for member in self.files(source):
            with suppress(Torn):
                for node in elements(source, member, _ENTRIES):
                    url = value(children(node), "url")
                    if url.startswith("http"):
                        return About(home=url.rpartition("/")[0] + "/")
        return About()

    def read(self, source: Source, home: str) -> Iterator[Extract]:
        """All entries, then the comments, which name them by inner numbers."""
        yield Extract(blog=BlogFacts(engine="livejournal"))
        reading = _Reading(home)
        torn: dict[str, None] = {}  # a file is gone through twice
        for find in (_entries, _comments):
            try:
                yield from each(self.files(source), partial(find, source, reading=reading))
            except Torn as error:
                torn |= dict.fromkeys(error.lines)
        if torn:
            raise Torn(*torn)


def _entries(source: Source, member: str, reading: _Reading) -> Iterator[Extract]:
    for node in elements(source, member, _ENTRIES):
        if local_name(node) == "entry" or node.getparent() is None:
            yield reading.entry(children(node))


def _comments(source: Source, member: str, reading: _Reading) -> Iterator[Extract]:
    own = PurePosixPath(member).name
    yield from together(reading.comment(node, own) for node in elements(source, member, _COMMENTS))


class _Reading:
    """posts: what was read, by inner number, with the anum where it is known; users: names by number."""

    def __init__(self, home: str) -> None:
        self._home = home
        self._posts: dict[str, tuple[PostRef, int | None]] = {}
        self._users: dict[str, str] = {}

    def entry(self, nodes: Nodes) -> Extract:
        """An entry."""
        item = value(nodes, "itemid")
        if not item.isdecimal() or value(nodes, "security") not in {"", "public"}:
            return Extract(notes=(Note(kind="not_public", detail=f"entry {item}"),))
        anum = _anum(nodes, int(item))
        native = str(int(item) * _PAGES + anum) if anum is not None else item
        made = urljoin(self._home, f"{native}.html" if anum is not None else f"?itemid={item}")
        url = value(nodes, "url") or made
        tags = value(children(nodes["props"][0]) if "props" in nodes else nodes, "taglist")
        names = [content.plain(tag) for tag in tags.split(",")]
        post = Post(
            url=url,
            rank=Rank.API,
            native_id=native,
            title=content.plain(value(nodes, "subject")),
            content=_words.body(value(nodes, "event"), url),
            published=_words.moment(None, value(nodes, "eventtime")),
            terms=tuple(Term(taxonomy="tag", name=name) for name in dict.fromkeys(names) if name),
            source="api",
        )
        self._posts[item] = (post.ref, anum)
        return Extract(posts=(post,))

    def comment(self, node: Node, file: str) -> Comment | None:
        """A comment of an entry that was read. file: its name tells the entry where nothing else does."""
        if local_name(node) == "usermap":
            self._users[attribute(node, "id") or ""] = attribute(node, "user") or ""
            return None
        nodes = children(node)
        own, item = _either(node, nodes, "id"), _either(node, nodes, "jitemid") or file.rpartition("-")[2]
        post, anum = self._posts.get(item, (None, None))
        if not own.isdecimal() or post is None or _either(node, nodes, "state") in {"S", "D"}:
            return None
        user = value(nodes, "user") or self._users.get(attribute(node, "posterid") or "", "")
        parent, subject = _either(node, nodes, "parentid"), value(nodes, "subject")
        text = value(nodes, "body")
        native = _number(own, anum)
        return Comment(
            post=post,
            rank=Rank.API,
            native_id=native,
            url=f"{post.url}?thread={native}#t{native}" if anum is not None else None,
            author=_person(user),
            content=_words.body(f"{subject}\n\n{text}" if subject else text, post.url or self._home),
            published=_words.moment(value(nodes, "date")),
            parent=_number(parent, anum) if parent.isdecimal() and parent != "0" else None,
            parent_source=ParentSource.API,
            source="api",
        )


def _person(user: str) -> Author:
    if not user:
        return Author(name="Anonymous", member=False)
    host = user.strip("_").replace("_", "-").lower()
    return Author(name=user, member=True, slug=user, url=f"https://{host}.livejournal.com/")


def _anum(nodes: Nodes, item: int) -> int | None:
    said, page = value(nodes, "anum"), value(nodes, "ditemid")
    if said.isdecimal():
        return int(said)
    match = re.search(r"/(\d+)\.html$", value(nodes, "url"))
    number = int(page) if page.isdecimal() else int(match[1]) if match else None
    return number - item * _PAGES if number is not None and 0 <= number - item * _PAGES < _PAGES else None


def _number(inner: str, anum: int | None) -> str:
    return str(int(inner) * _PAGES + anum) if anum is not None else inner


def _either(node: Node, nodes: Nodes, name: str) -> str:
    return attribute(node, name) or value(nodes, name)
