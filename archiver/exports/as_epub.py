"""EPUB 3: a book of the blog, a chapter for each post with its thread, by date."""

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


def write(source: Source, path: Path, progress: Progress) -> None:
    """The chapters first, one after the other; what lists them is asked for anew."""
    progress.begin(source.count("posts") + source.count("comments"))
    blogs = documents.blogs(source)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as book:
        # Must be the first, and not compressed.
        book.writestr(zipfile.ZipInfo("mimetype"), "application/epub+zip", zipfile.ZIP_STORED)
        book.writestr("META-INF/container.xml", _CONTAINER)
        book.writestr("book/style.css", pages.STYLE)
        for post in documents.posts(source):
            progress.advance(_chapter(book, source, post))
        _streamed(book, "book/book.opf", _package(source, blogs))
        _streamed(book, "book/nav.xhtml", _contents(source, blogs))


def _chapter(book: zipfile.ZipFile, source: Source, post: Post) -> int:
    """One post; how many pieces it has, itself among them."""
    number = 0
    with book.open(f"book/{post.id}.xhtml", "w", force_zip64=True) as file:
        file.write((_PAGE.format(held(post.name))).encode())
        for piece in pages.body(source, post):
            file.write(well_formed(piece).encode())
            number += 1
        file.write(_END.encode())
    return number


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


def _package(source: Source, blogs: list[Blog]) -> Iterator[str]:
    title = ", ".join(blog.name for blog in blogs)
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
    for key, _ in _titles(source):
        yield f'<item id="p{key}" href="{key}.xhtml" media-type="application/xhtml+xml"/>\n'
    yield "</manifest>\n<spine>\n"
    for key, _ in _titles(source):
        yield f'<itemref idref="p{key}"/>\n'
    yield "</spine>\n</package>\n"


def _contents(source: Source, blogs: list[Blog]) -> Iterator[str]:
    yield str(_PAGE.format("Contents"))
    yield f'<nav epub:type="toc"><h1>{escape(held(", ".join(blog.name for blog in blogs)))}</h1>\n<ol>\n'
    for key, title in _titles(source):
        yield f'<li><a href="{key}.xhtml">{escape(held(title))}</a></li>\n'
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
