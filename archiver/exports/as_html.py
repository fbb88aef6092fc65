"""HTML: a reading copy of whole blogs, offline: an index, and a page for each post with its thread.

Nothing in it runs or loads anything from elsewhere: bodies are cleaned, and each page forbids it to the browser, too.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import IO

from markupsafe import Markup

from archiver.exports import pages
from archiver.exports.base import Format, Progress
from archiver.exports.dating import day
from archiver.exports.escapes import held
from db import documents
from db.documents import Blog, Post
from db.source import Source

POLICY = "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'"
_HEAD = Markup(
    '<!DOCTYPE html>\n<html lang="{}">\n<head>\n<meta charset="utf-8">\n<meta http-equiv="Content-Security-Policy"'
    ' content="{}">\n<meta name="referrer" content="no-referrer">\n<meta name="viewport"'
    ' content="width=device-width">\n<title>{}</title>\n<link rel="stylesheet" href="{}style.css">\n</head>\n<body>\n'
)
_FOOT = Markup("</body>\n</html>\n")


def write(source: Source, path: Path, progress: Progress) -> None:
    """index.html, style.css, posts/KEY.html."""
    progress.begin(source.count("posts") + source.count("comments"))
    (path / "posts").mkdir()
    (path / "style.css").write_text(pages.STYLE, encoding="utf-8")
    with (path / "index.html").open("w", encoding="utf-8", newline="\n") as index:
        blogs = documents.blogs(source)
        index.write(_head(", ".join(blog.name for blog in blogs), blogs[0].language, ""))
        for blog in blogs:
            _blog(source, blog, path, index, progress)
        index.write(_FOOT)


def _blog(source: Source, blog: Blog, path: Path, index: IO[str], progress: Progress) -> None:
    """Its posts, newest first, and their lines in the index by year."""
    index.write(Markup("<h1>{}</h1>\n<p>{}</p>\n").format(held(blog.name), held(blog.tagline or blog.url)))
    year = None
    end = Markup("</ul>\n")
    for newer, post, older in _neighbours(documents.posts(source, blog.id, newest_first=True)):
        comments = _page(source, blog, path, post, (newer, older))
        at = day(post.published_at) or "undated"
        if at[:4] != year:
            index.write(Markup("{}<h2>{}</h2>\n<ul>\n").format(end if year else "", at[:4]))
            year = at[:4]
        line = Markup('<li>{} <a href="posts/{}.html">{}</a> <span class="about">{}</span></li>\n')
        index.write(line.format(at, post.id, held(post.name), f"{comments} comments" if comments else ""))
        progress.advance(1 + comments)
    index.write("</ul>\n" if year else "")


def _page(source: Source, blog: Blog, path: Path, post: Post, around: tuple[Post | None, Post | None]) -> int:
    """The page of a post; how many comments it has."""
    comments = -1
    with (path / "posts" / f"{post.id}.html").open("w", encoding="utf-8", newline="\n") as page:
        page.write(_head(post.name, post.language or blog.language, "../"))
        page.write(_navigation(blog, *around))
        for piece in pages.body(source, post):
            page.write(piece)
            comments += 1
        page.write(_FOOT)
    return comments


def _navigation(blog: Blog, newer: Post | None, older: Post | None) -> Markup:
    link = Markup('<a href="{}.html">{}</a>')
    return Markup('<nav><span>{}</span><a href="../index.html">{}</a><span>{}</span></nav>\n').format(
        link.format(older.id, "← Older") if older else "",
        held(blog.name),
        link.format(newer.id, "Newer →") if newer else "",
    )


def _neighbours(posts: Iterator[Post]) -> Iterator[tuple[Post | None, Post, Post | None]]:
    """Each post between the one before it and the one after it."""

    def padded() -> Iterator[Post | None]:
        yield None
        yield from posts
        yield None

    before: Post | None = None
    for here, after in pairwise(padded()):
        if here is not None:
            yield before, here, after
        before = here


def _head(title: str, language: str | None, up: str) -> Markup:
    return _HEAD.format(held(language or ""), POLICY, held(title), up)


FORMAT = Format(
    name="html",
    description="a reading copy of the blog, offline, with all threads",
    opens="any browser",
    write=write,
)
