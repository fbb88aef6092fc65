"""TEI P5 with the elements for computer-mediated communication (version 4.8 and later).

A post of the blog and each comment is a <post>. @replyTo stands where the blog itself says what is answered; where that
was inferred from an @-mention or indentation, which the Guidelines do not want there, @corresp points to it.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path

from archiver import __version__
from archiver.exports.base import Format, Progress
from archiver.exports.dating import stated
from archiver.exports.markup import Attributes, Xml
from db import documents
from db.documents import Blog, Comment, Post
from db.source import Source

_TEI = "http://www.tei-c.org/ns/1.0"
_CERTAIN = {"api", "feed", "dom"}


def write(source: Source, path: Path, progress: Progress) -> None:
    """A <TEI> for a blog, in a <teiCorpus> where there are several."""
    blogs = documents.blogs(source)
    progress.begin(source.count("posts") + source.count("comments"))
    with path.open("w", encoding="utf-8", newline="\n") as file:
        xml = Xml(file)
        if len(blogs) == 1:
            _blog(xml, source, blogs[0], progress, {"xmlns": _TEI})
            return
        with xml.inside("teiCorpus", {"xmlns": _TEI}):
            _header(xml, "An archive of blogs", [blog.url for blog in blogs])
            for blog in blogs:
                _blog(xml, source, blog, progress, {})


def _blog(xml: Xml, source: Source, blog: Blog, progress: Progress, attributes: Attributes) -> None:
    with xml.inside("TEI", attributes):
        _header(xml, blog.name, [blog.url], (source, blog))
        with xml.inside("text", {"xml:lang": _tag(blog.language)}), xml.inside("body"):
            empty = True
            for post in documents.posts(source, blog.id):
                _thread(xml, source, post, progress)
                empty = False
            if empty:
                xml.element("p")


def _header(xml: Xml, title: str, urls: list[str], people: tuple[Source, Blog] | None = None) -> None:
    with xml.inside("teiHeader"):
        with xml.inside("fileDesc"):
            with xml.inside("titleStmt"):
                xml.element("title", title)
            with xml.inside("publicationStmt"):
                xml.element(
                    "p", "Not published; made from an archive of what is named below. Its authors keep their rights."
                )
            with xml.inside("sourceDesc"):
                for url in urls:
                    with xml.inside("bibl"):
                        xml.element("title", title)
                        xml.element("ref", url, {"target": _uri(url)})
        program = xml.inside("application", {"ident": "blog-archiver", "version": __version__})
        with xml.inside("encodingDesc"), xml.inside("appInfo"), program:
            xml.element("desc", f"Exported on {datetime.now(UTC):%Y-%m-%d}. post/@corresp: an inferred reply.")
        if people:
            _people(xml, *people)


def _people(xml: Xml, source: Source, blog: Blog) -> None:
    found = documents.people(source, blog.id)
    first = next(found, None)
    if first is None:
        return
    with xml.inside("profileDesc"), xml.inside("particDesc"), xml.inside("listPerson"):
        _person(xml, first)
        for person in found:
            _person(xml, person)


def _person(xml: Xml, person: documents.Person) -> None:
    with xml.inside("person", {"xml:id": _id(person.id), "role": "member" if person.member else "visitor"}):
        xml.element("persName", person.name)
        if person.url:
            xml.element("idno", person.url, {"type": "URL"})


def _thread(xml: Xml, source: Source, post: Post, progress: Progress) -> None:
    """A division with the post first, then its comments in reading order."""
    people = " ".join(f"#{_id(person.id)}" for person in documents.byline(source, post))
    attributes: Attributes = {
        "xml:id": _id(post.id),
        "type": "post",
        "subtype": "gone" if post.gone_at else None,
        "modality": "written",
        "generatedBy": "human",
        "who": people or None,
        "when": stated(post.published_at, post.published_precision),
        "source": _uri(post.url),
        "xml:lang": _tag(post.language),
    }
    comments = 0
    with xml.inside("div", {"type": "thread"}):
        with xml.inside("post", attributes):
            if post.title:
                xml.element("head", post.title)
            _text(xml, post.text)
        for comment in documents.thread(source, post):
            _comment(xml, comment)
            comments += 1
    progress.advance(1 + comments)


def _comment(xml: Xml, comment: Comment) -> None:
    above = f"#{_id(comment.parent_id or comment.post_id)}" if comment.parent_source != "unknown" else None
    certain = comment.parent_source in _CERTAIN
    attributes: Attributes = {
        "xml:id": _id(comment.id),
        "type": comment.kind,
        "subtype": "gone" if comment.gone_at else None,
        "modality": "written",
        "generatedBy": "human" if comment.kind == "comment" else "system",
        "who": f"#{_id(comment.author_id)}" if comment.author_id else None,
        "when": stated(comment.published_at, comment.published_precision),
        "replyTo": above if certain else None,
        "corresp": above if above and not certain else None,
        "indentLevel": comment.depth if comment.depth and comment.depth > 0 else None,
        "source": _uri(comment.url),
    }
    with xml.inside("post", attributes):
        _text(xml, comment.text)


def _text(xml: Xml, text: str | None) -> None:
    """Paragraphs, which stand apart by an empty line."""
    for paragraph in re.split(r"\n\s*\n", text or ""):
        if paragraph.strip():
            xml.element("p", paragraph.strip())


def _id(key: str) -> str:
    """An XML name; keys may begin with a digit."""
    return "k" + re.sub(r"[^\w.-]", "_", key)


def _uri(url: str | None) -> str | None:
    """A pointer has no white space."""
    return re.sub(r"\s", lambda space: f"%{ord(space[0]):02X}", url) if url else None


def _tag(language: str | None) -> str | None:
    """A BCP 47 tag, where it is one."""
    return language if language and re.fullmatch(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*", language) else None


FORMAT = Format(
    name="tei",
    description="TEI P5 for corpora of computer-mediated communication",
    opens="oXygen, TXM, CLARIN, TEI tools",
    write=write,
    suffix=".xml",
)
