"""EPUB 3: a book of the blog, a chapter for each post with its thread, by date; many short chapters to a file.

A file of its own for each would cost memory: what is in a ZIP file is listed at its end.
"""

from __future__ import annotations

import hashlib
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from lxml import etree
from lxml import html as parser
from markupsafe import Markup, escape

from archiver.exports import pages
from archiver.exports.base import Format, Progress
from archiver.exports.escapes import held
from db import documents
from db.documents import Blog, Post
from db.source import Source

_CONTAINER = """<?xml version="1.0" encoding="UTF-8"?>
<container version="1.0" xmlns="urn:oasis:names:tc:opendocument:xmlns:container">
<rootfiles><rootfile full-path="book/book.opf" media-type="application/oebps-package+xml"/></rootfiles>
</container>
"""
_PAGE = Markup(
    '<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE html>\n<html xmlns="http://www.w3.org/1999/xhtml"'
    ' xmlns:epub="http://www.idpf.org/2007/ops">\n<head><title>{}</title>'
    '<link rel="stylesheet" type="text/css" href="style.css"/></head>\n<body>\n'
)
_END = "</body>\n</html>\n"
_STYLE = f"{pages.STYLE}section + section {{ break-before: page }}\n"
PART = 200_000  # bytes after which the next post begins another file; readers of books take in one as a whole


def write(source: Source, path: Path, progress: Progress) -> None:
    """The chapters first, one after the other; what lists them is asked for anew."""
    progress.begin(source.count("posts") + source.count("comments"))
    blogs = documents.blogs(source)
    title = ", ".join(blog.name for blog in blogs)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as book:
        # Must be the first, and not compressed.
        book.writestr(zipfile.ZipInfo("mimetype"), "application/epub+zip", zipfile.ZIP_STORED)
        book.writestr("META-INF/container.xml", _CONTAINER)
        book.writestr("book/style.css", _STYLE)
        counts = _parts(book, source, title, progress)
        _streamed(book, "book/book.opf", _package(blogs, title, len(counts)))
        _streamed(book, "book/nav.xhtml", _contents(source, title, counts))


def _parts(book: zipfile.ZipFile, source: Source, title: str, progress: Progress) -> list[int]:
    """All posts, in files; how many are in each."""
    counts: list[int] = []
    posts = documents.posts(source)
    post = next(posts, None)
    while post:
        counts.append(0)
        with book.open(f"book/{_part(len(counts))}.xhtml", "w", force_zip64=True) as file:
            file.write(_PAGE.format(held(f"{title}, part {len(counts)}")).encode())
            written = 0
            while post and written < PART:
                for piece in _chapter(source, post, progress):
                    written += file.write(piece.encode())
                counts[-1] += 1
                post = next(posts, None)
            file.write(_END.encode())
    return counts


def _part(number: int) -> str:
    return f"part-{number}"


def _chapter(source: Source, post: Post, progress: Progress) -> Iterator[str]:
    """One post with its thread."""
    yield f'<section epub:type="chapter" id="p{post.id}">\n'
    for piece in pages.body(source, post):
        yield well_formed(piece)
        progress.advance()
    yield "</section>\n"


def well_formed(html: str) -> str:
    """A cleaned fragment as XHTML."""
    lenient = parser.HTMLParser(huge_tree=True, encoding="utf-8")
    return "".join(_serialized(element) for element in parser.fragment_fromstring(html, "div", parser=lenient))


def _serialized(element: Any) -> str:
    for inner in element.iter():
        for name in list(inner.attrib):
            # One element has one attribute of a name, and XML has no names such as `=x`.
            if not name.replace("-", "").isalnum():
                del inner.attrib[name]
    return str(etree.tostring(element, encoding="unicode", method="xml", with_tail=False))


def _package(blogs: list[Blog], title: str, parts: int) -> Iterator[str]:
    key = hashlib.sha256("|".join(blog.id for blog in blogs).encode()).hexdigest()[:32]
    language = next((blog.language for blog in blogs if blog.language), "und")
    yield (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<package xmlns="http://www.idpf.org/2007/opf" version="3.0" unique-identifier="id">\n'
        '<metadata xmlns:dc="http://purl.org/dc/elements/1.1/">\n'
        f'<dc:identifier id="id">urn:blog-archiver:{key}</dc:identifier>\n<dc:title>{escape(held(title))}</dc:title>\n'
        f"<dc:language>{escape(held(language))}</dc:language>\n"
    )
    for blog in blogs:
        yield f"<dc:source>{escape(held(blog.url))}</dc:source>\n"
    yield f'<meta property="dcterms:modified">{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}</meta>\n</metadata>\n<manifest>\n'
    yield '<item id="nav" href="nav.xhtml" media-type="application/xhtml+xml" properties="nav"/>\n'
    yield '<item id="style" href="style.css" media-type="text/css"/>\n'
    for number in range(1, parts + 1):
        yield f'<item id="{_part(number)}" href="{_part(number)}.xhtml" media-type="application/xhtml+xml"/>\n'
    yield "</manifest>\n<spine>\n"
    for number in range(1, parts + 1):
        yield f'<itemref idref="{_part(number)}"/>\n'
    yield "</spine>\n</package>\n"


def _contents(source: Source, title: str, counts: list[int]) -> Iterator[str]:
    """counts: how many posts each part has, in the same order."""
    yield str(_PAGE.format("Contents"))
    yield f'<nav epub:type="toc"><h1>{escape(held(title))}</h1>\n<ol>\n'
    places = (number for number, count in enumerate(counts, 1) for _ in range(count))
    for (key, name), number in zip(_titles(source), places, strict=True):
        yield f'<li><a href="{_part(number)}.xhtml#p{key}">{escape(held(name))}</a></li>\n'
    yield f"</ol></nav>\n{_END}"


def _titles(source: Source) -> Iterator[tuple[str, str]]:
    """Keys and titles in the order of the chapters."""
    sql = (
        "SELECT p.id, coalesce(nullif(p.title, ''), '(untitled)') FROM main.posts p"
        f" WHERE {source.chosen('posts', 'p')} ORDER BY p.published_at, p.id"
    )
    return ((key, title) for key, title in source.rows(sql))


def _streamed(book: zipfile.ZipFile, name: str, parts: Iterator[str]) -> None:
    with book.open(name, "w", force_zip64=True) as file:
        for part in parts:
            file.write(part.encode())


FORMAT = Format(
    name="epub",
    description="a book of the blog, a chapter for each post with its thread",
    opens="e-readers, Calibre, Apple Books",
    write=write,
    suffix=".epub",
)
