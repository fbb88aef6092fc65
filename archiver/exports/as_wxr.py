"""WXR: WordPress eXtended RSS 1.2, which WordPress imports, with authors, terms and threads.

WordPress counts its posts and comments; where the archive does not have the blog's own numbers for all of them, they
are numbered anew. What has vanished from the blog goes to the trash; a post that was never read is a draft. One that
asks for a password, or is for members, is protected again, by a password that nobody has: the one that it had is not
known, and where its text is filled in later, no known one may open it.
"""

from __future__ import annotations

import secrets
from datetime import UTC, tzinfo
from email.utils import format_datetime
from pathlib import Path
from urllib.parse import quote, unquote

from archiver import __version__
from archiver.exports.base import Format, Progress, only_blog
from archiver.exports.dating import clock, instant, local
from archiver.exports.markup import Xml
from db import documents
from db.documents import Comment, Post, Term
from db.source import Source

_SPACES = {
    "version": "2.0",
    "xmlns:excerpt": "http://wordpress.org/export/1.2/excerpt/",
    "xmlns:content": "http://purl.org/rss/1.0/modules/content/",
    "xmlns:wfw": "http://wellformedweb.org/CommentAPI/",
    "xmlns:dc": "http://purl.org/dc/elements/1.1/",
    "xmlns:wp": "http://wordpress.org/export/1.2/",
}
_DOMAINS = {"category": "category", "tag": "post_tag"}


def write(source: Source, path: Path, progress: Progress) -> None:
    """One blog."""
    blog_id = only_blog(source, "wxr")
    blog = next(blog for blog in documents.blogs(source) if blog.id == blog_id)
    progress.begin(source.count("posts") + source.count("comments"))
    with path.open("w", encoding="utf-8", newline="\n") as file:
        xml = Xml(file)
        with xml.inside("rss", _SPACES), xml.inside("channel"):
            xml.element("title", blog.name)
            xml.element("link", blog.url)
            xml.element("description", blog.tagline)
            xml.element("language", blog.language)
            xml.element("wp:wxr_version", "1.2")
            xml.element("wp:base_site_url", blog.url)
            xml.element("wp:base_blog_url", blog.url)
            _authors(xml, source)
            _terms(xml, source)
            xml.element("generator", f"blog-archiver {__version__}")
            _Items(xml, source, clock(blog), progress).write(blog_id)


def _authors(xml: Xml, source: Source) -> None:
    """Those of bylines; commenters have no account."""
    sql = (
        f"SELECT {documents.names(documents.Person, 'a')} FROM main.authors a WHERE a.id IN (SELECT pa.author_id"
        f" FROM main.post_authors pa JOIN main.posts p ON p.id = pa.post_id AND {source.chosen('posts', 'p')})"
    )
    for row in source.rows(sql):
        person = documents.Person(*row)
        with xml.inside("wp:author"):
            if (person.native_id or "").isdecimal():
                xml.element("wp:author_id", person.native_id)
            xml.cdata("wp:author_login", _login(person))
            xml.cdata("wp:author_email", "")
            xml.cdata("wp:author_display_name", person.name)


def _terms(xml: Xml, source: Source) -> None:
    """None before the one that it belongs to, which WordPress looks for among those that it has already."""
    condition = source.conditions["terms"] or "1"
    sql = (
        f"WITH RECURSIVE chosen AS (SELECT id, parent_id FROM main.terms WHERE {condition}),"
        " below (id, depth) AS (SELECT id, 0 FROM chosen WHERE coalesce(parent_id, '') NOT IN (SELECT id FROM chosen)"
        " UNION SELECT c.id, depth + 1 FROM below b JOIN chosen c ON c.parent_id = b.id)"
        " SELECT t.taxonomy, t.name, coalesce(t.slug, t.id), (SELECT coalesce(b.slug, b.id) FROM main.terms b"
        " WHERE b.id = t.parent_id) FROM below JOIN main.terms t ON t.id = below.id ORDER BY below.depth, t.id"
    )
    for taxonomy, name, slug, parent in source.rows(sql):
        if taxonomy == "category":
            with xml.inside("wp:category"):
                xml.cdata("wp:category_nicename", _nicename(slug))
                xml.cdata("wp:category_parent", _nicename(parent))
                xml.cdata("wp:cat_name", name)
        elif taxonomy == "tag":
            with xml.inside("wp:tag"):
                xml.cdata("wp:tag_slug", _nicename(slug))
                xml.cdata("wp:tag_name", name)


class _Items:
    """Posts with their comments."""

    def __init__(self, xml: Xml, source: Source, zone: tzinfo, progress: Progress) -> None:
        self.xml, self.source, self.zone, self.progress = xml, source, zone, progress
        self.own_posts, self.own_comments = _counted(source, "posts"), _counted(source, "comments")

    def write(self, blog_id: str) -> None:
        for post in documents.posts(self.source, blog_id):
            with self.xml.inside("item"):
                self._post(post)
                comments = 0
                for comment in documents.thread(self.source, post):
                    self._comment(comment)
                    comments += 1
            self.progress.advance(1 + comments)

    def _post(self, post: Post) -> None:
        xml, number = self.xml, post.native_id if self.own_posts else str(post.docid)
        byline = documents.byline(self.source, post)
        xml.element("title", post.title)
        xml.element("link", post.url)
        at = instant(post.published_at)
        if at:
            xml.element("pubDate", format_datetime(at.astimezone(UTC)))
        xml.cdata("dc:creator", _login(byline[0]) if byline else "")
        xml.element("guid", post.url, {"isPermaLink": "false"})
        xml.element("description")
        xml.cdata("content:encoded", post.html)
        xml.cdata("excerpt:encoded", post.excerpt)
        xml.element("wp:post_id", number)
        self._dates("post", post.published_at, post.published_precision)
        xml.cdata("wp:comment_status", "closed" if post.comments_open == 0 else "open")
        xml.cdata("wp:ping_status", "closed")
        xml.cdata("wp:post_name", _nicename(post.slug))
        xml.cdata("wp:status", _status(post))
        xml.element("wp:post_parent", self._above(post))
        xml.element("wp:menu_order", 0)
        xml.cdata("wp:post_type", "post" if post.kind in {"post", "unknown"} else "page")
        xml.cdata("wp:post_password", secrets.token_hex(10) if post.protected else "")
        xml.element("wp:is_sticky", 0)
        for term in documents.terms(self.source, post):
            self._filed(term)

    def _above(self, post: Post) -> str | int:
        """The number of the page below which a page stands, as its address says; 0 for none."""
        above = post.url.rstrip("/").rpartition("/")[0]
        if post.kind != "page":
            return 0
        sql = (
            "SELECT p.native_id, p.docid FROM main.posts p WHERE p.blog_id = ? AND p.kind = 'page'"
            f" AND p.url IN (?, ?) AND {self.source.chosen('posts', 'p')}"
        )
        found = next(self.source.rows(sql, (post.blog_id, above, f"{above}/")), None)
        return 0 if found is None else str(found[0] if self.own_posts else found[1])

    def _filed(self, term: Term) -> None:
        if term.taxonomy in _DOMAINS:
            attributes = {"domain": _DOMAINS[term.taxonomy], "nicename": _nicename(term.slug or term.id)}
            self.xml.element("category", term.name, attributes)

    def _comment(self, comment: Comment) -> None:
        xml = self.xml
        own, above = (comment.native_id, comment.parent_native_id) if self.own_comments else (
            str(comment.docid), comment.parent_docid)  # fmt: skip
        with xml.inside("wp:comment"):
            xml.element("wp:comment_id", own)
            xml.cdata("wp:comment_author", comment.author)
            xml.cdata("wp:comment_author_email", "")
            xml.element("wp:comment_author_url", comment.author_url)
            xml.cdata("wp:comment_author_IP", "")
            self._dates("comment", comment.published_at, comment.published_precision)
            xml.cdata("wp:comment_content", comment.html)
            xml.cdata("wp:comment_approved", "trash" if comment.gone_at else "1")
            xml.cdata("wp:comment_type", comment.kind)
            xml.element("wp:comment_parent", above or 0)
            xml.element("wp:comment_user_id", 0)

    def _dates(self, what: str, at: str | None, precision: str | None) -> None:
        """By the blog's clock, and in UTC; WordPress's own way to say that there is none."""
        here = local(at, precision, self.zone)
        there = here.astimezone(UTC) if here else None
        for name, value in ((f"wp:{what}_date", here), (f"wp:{what}_date_gmt", there)):
            self.xml.cdata(name, f"{value:%Y-%m-%d %H:%M:%S}" if value else "0000-00-00 00:00:00")


def _status(post: Post) -> str:
    if post.gone_at:
        return "trash"
    return "publish" if post.html is not None or post.protected else "draft"


def _counted(source: Source, table: str) -> bool:
    """Whether the platform has numbered all that is chosen of a table, each once."""
    sql = (
        "SELECT count(*), count(DISTINCT CASE WHEN native_id NOT GLOB '*[^0-9]*' THEN CAST(native_id AS INTEGER) END)"
        f" FROM main.{table} WHERE {source.chosen(table)}"
    )
    every, numbered = next(source.rows(sql))
    return bool(every == numbered)


def _nicename(slug: str | None) -> str | None:
    """A slug as WordPress keeps it: percent-encoded, in lower case."""
    return None if slug is None else quote(unquote(slug)).lower()


def _login(person: documents.Person) -> str:
    return person.slug or person.name


FORMAT = Format(
    name="wxr",
    description="one blog with authors, terms and threads, as WordPress exports it",
    opens="WordPress (Tools, Import), and what imports from WordPress",
    write=write,
    suffix=".xml",
    one_blog=True,
)
