"""Substack's export: a zip with `posts.csv` and the text of each post as `posts/NUMBER.SLUG.html`. It has no comments,
and does not say where the publication is."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from pathlib import PurePosixPath
from urllib.parse import quote, urljoin

from archiver import content
from archiver.imports import _words
from archiver.imports.base import UNREADABLE, About, Format, Source, Torn, unreadable
from archiver.model import BlogFacts, Extract, Note, Post, PostKind, Rank

_PAID = {"only_paid", "founding"}
_NEEDED = ("post_id", "title")
_MOST = 16 << 20
"""Bytes of one text."""


class Substack(Format):
    """A zip with `posts.csv`."""

    name = "substack"
    of = "Substack"

    def knows(self, source: Source) -> bool:
        """By the columns of its list."""
        name = _list(source)
        return name is not None and source.head(name).startswith(b"post_id,") and b"post_date" in source.head(name)

    def about(self, source: Source) -> About:
        """Nothing of what is asked."""
        del source
        return About()

    def read(self, source: Source, home: str) -> Iterator[Extract]:
        """The posts in the order of the list."""
        yield Extract(blog=BlogFacts(engine="substack"))
        texts = {PurePosixPath(name).name: name for name in source.members if name.endswith(".html")}
        name = _list(source)
        assert name is not None, "it was recognised by its list"
        torn: list[str] = []
        try:
            for row in _rows(source, name):
                yield _read(row, source, texts, home, torn)
        except Torn as error:
            torn += error.lines
        if torn:
            raise Torn(*torn)


def _rows(source: Source, name: str) -> Iterator[dict[str, str]]:
    """The lines of the list. Raises Torn."""
    fault: str | None = None
    try:
        with source.members[name]() as stream:
            lines = io.TextIOWrapper(stream, encoding="utf-8-sig", errors="replace", newline="")
            for row in csv.DictReader(lines, strict=True):
                if any(row.get(column) is None for column in _NEEDED):
                    fault = f"{name} is cut short or broken"
                    break
                yield row
    except (csv.Error, *UNREADABLE) as error:
        fault = unreadable(name, error)
    if fault:
        raise Torn(fault)


def _list(source: Source) -> str | None:
    return next((name for name in sorted(source.members) if PurePosixPath(name).name == "posts.csv"), None)


def _read(row: dict[str, str], source: Source, texts: dict[str, str], home: str, torn: list[str]) -> Extract:
    """A post. torn: is given a line where its text cannot be read."""
    native, _, slug = row["post_id"].strip().partition(".")
    if row.get("is_published", "true").strip().lower() != "true":
        return Extract(notes=(Note(kind="not_public", detail=f"{native}: draft"),))
    if not native.isdecimal() or not slug:
        return Extract(notes=(Note(kind="post_without_address", detail=row["post_id"][:100]),))
    url = urljoin(home, f"/p/{quote(slug, safe='')}")
    file = texts.get(f"{row['post_id'].strip()}.html")
    text = _text(source, file, torn) if file else None
    excerpt = content.plain(row.get("subtitle") or "")
    kind = PostKind.PAGE if row.get("type", "").strip() == "page" else PostKind.POST
    post = Post(
        url=url,
        rank=Rank.STUB if text is None else Rank.API,
        native_id=native,
        kind=kind,
        title=content.plain(row["title"]),
        slug=slug,
        content=content.from_html(text, url) if text is not None else None,
        excerpt=excerpt or None,
        published=_words.moment((row.get("post_date") or "").strip()),
        protected=True if row.get("audience", "").strip() in _PAID else None,
        source="api",
    )
    missing = () if text is not None else (Note(kind="no_text_found", detail=url),)
    return Extract(posts=(post,), notes=missing)


def _text(source: Source, name: str, torn: list[str]) -> str | None:
    try:
        with source.members[name]() as stream:
            data = stream.read(_MOST)
            stream.read(1)  # a member that ends too early says so here
    except UNREADABLE as error:
        torn.append(unreadable(name, error))
        return None
    return data.decode("utf-8", "replace")
