"""A comment as the answer of a system has it, made into a record; and what is the same for all systems."""

from __future__ import annotations

from dataclasses import dataclass, replace

from archiver import content
from archiver.comments.base import Declared
from archiver.engines import _json_values as values
from archiver.model import Author, Claim, Comment, Extract, Moment, ParentSource, PostRef, Rank

UNNAMED = Declared(where="a server that the page does not name", why="its address is set by a script")
"""A system that is there, and whose server cannot be found in the page."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """id, parent: by the system's own count. html: its words, None or empty where they were deleted; its place stays.

    anchor: the fragment of the post's URL under which a browser finds it. url: its own address, where it has one.
    depth: as shown, root = 1.
    """

    id: str
    html: str | None
    author: Author | None
    published: Moment | None = None
    parent: str | None = None
    depth: int | None = None
    position: int | None = None
    anchor: str = ""
    url: str | None = None

    def record(self, system: str, post: PostRef) -> Comment:
        """The comment; its numbers have the system's name before them, so that they mix with no others."""
        at_post = f"{post.url}#{self.anchor}" if post.url and self.anchor else None
        return Comment(
            post=post,
            rank=Rank.API,
            native_id=f"{system}:{self.id}",
            url=self.url or at_post,
            author=self.author,
            content=content.from_html(self.html, post.url or "") if self.html else None,
            published=self.published,
            parent=f"{system}:{self.parent}" if self.parent else None,
            parent_source=ParentSource.API,
            depth=self.depth,
            position=self.position,
            source="api",
        )


def visitor(row: object, name: str, website: str) -> Author:
    """Someone who typed a name, and perhaps an address. name, website: of the fields that hold them."""
    return Author(name=values.line(row, name) or "Anonymous", member=False, url=values.text(row, website))


def counted(extract: Extract, post: PostRef, count: int | None, system: str) -> Extract:
    """With the number of comments that a system states for a thread, where it states one."""
    subject = f"#{post.native_id}" if post.native_id else post.url
    if count is None or not subject:
        return extract
    claim = Claim(subject_kind="post", subject=subject, measure="comments", number=count, where=system)
    return replace(extract, claims=(*extract.claims, claim))
