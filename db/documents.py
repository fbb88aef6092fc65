"""Posts with their bylines and terms, and their threads, as they are read: for formats that hold texts, not tables."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields

from db.source import Source


@dataclass(frozen=True, slots=True)
class Blog:
    """A row of `blogs`, as far as a reader cares. utc_offset: minutes."""

    id: str
    site_key: str
    url: str
    title: str | None
    tagline: str | None
    language: str | None
    utc_offset: int | None
    timezone: str | None

    @property
    def name(self) -> str:
        """Its title, or what stands for it."""
        return self.title or self.site_key


@dataclass(frozen=True, slots=True)
class Person:
    """A row of `authors`."""

    id: str
    name: str
    member: int
    slug: str | None
    url: str | None
    native_id: str | None


@dataclass(frozen=True, slots=True)
class Term:
    """A category or tag."""

    id: str
    taxonomy: str
    name: str
    slug: str | None
    parent_id: str | None


@dataclass(frozen=True, slots=True)
class Post:
    """A row of `posts`, the bodies included."""

    id: str
    docid: int
    blog_id: str
    native_id: str | None
    kind: str
    url: str
    title: str | None
    slug: str | None
    published_at: str | None
    published_precision: str | None
    modified_at: str | None
    html: str | None
    text: str | None
    excerpt: str | None
    language: str | None
    comments_open: int | None
    protected: int | None
    gone_at: str | None

    @property
    def name(self) -> str:
        """Its title, or what stands for it."""
        return self.title or "(untitled)"


@dataclass(frozen=True, slots=True)
class Comment:
    """A row of `comments` with who wrote it and numbers of what it answers."""

    id: str
    docid: int
    post_id: str
    native_id: str | None
    kind: str
    url: str | None
    parent_id: str | None
    parent_source: str
    published_at: str | None
    published_precision: str | None
    depth: int | None
    position: int | None
    html: str | None
    text: str | None
    by_post_author: int | None
    gone_at: str | None
    author_id: str | None
    author: str | None
    author_url: str | None
    parent_docid: int | None
    parent_native_id: str | None
    parent_author: str | None


# When the order of a thread is not known, dates tell.
_READING = "ORDER BY c.position IS NULL, c.position, c.published_at, c.id"
_AROUND = {
    "author": "a.name",
    "author_url": "a.url",
    "parent_docid": "parent.docid",
    "parent_native_id": "parent.native_id",
    "parent_author": "(SELECT name FROM main.authors WHERE id = parent.author_id)",
}
_COMMENT = f"""
    SELECT {", ".join(_AROUND.get(column.name, f"c.{column.name}") for column in fields(Comment))}
    FROM main.comments c LEFT JOIN main.authors a ON a.id = c.author_id
    LEFT JOIN main.comments parent ON parent.id = c.parent_id"""


def names(kind: type, alias: str) -> str:
    """The columns of a record, to be selected from a table of that alias."""
    return ", ".join(f"{alias}.{column.name}" for column in fields(kind))


def blogs(source: Source) -> list[Blog]:
    """The chosen blogs."""
    condition = source.conditions["blogs"] or "1"
    sql = f"SELECT {names(Blog, 'blogs')} FROM main.blogs WHERE {condition} ORDER BY site_key"
    return [Blog(*row) for row in source.rows(sql)]


def posts(source: Source, blog_id: str | None = None, *, newest_first: bool = False) -> Iterator[Post]:
    """The chosen posts of a blog or of all, by date; those without a date first, or last."""
    one = "p.blog_id = :blog" if blog_id else "1"
    # A sort of whole bodies would fill a temporary file: the keys are sorted, and each body looked up.
    keys = source.rows(
        f"SELECT p.id FROM main.posts p WHERE {one} AND {source.chosen('posts', 'p')}"
        f" ORDER BY p.published_at {'DESC' if newest_first else ''}, p.id",
        {"blog": blog_id} if blog_id else {},
    )
    for (key,) in keys:
        for row in source.rows(f"SELECT {names(Post, 'p')} FROM main.posts p WHERE p.id = ?", (key,)):
            yield Post(*row)


def byline(source: Source, post: Post) -> list[Person]:
    """Who wrote a post, in order."""
    sql = (
        f"SELECT {names(Person, 'a')} FROM main.post_authors pa JOIN main.authors a ON a.id = pa.author_id"
        " WHERE pa.post_id = ? ORDER BY pa.position"
    )
    return [Person(*row) for row in source.rows(sql, (post.id,))]


def terms(source: Source, post: Post) -> list[Term]:
    """What a post is filed under."""
    sql = (
        f"SELECT {names(Term, 't')} FROM main.post_terms pt JOIN main.terms t ON t.id = pt.term_id"
        " WHERE pt.post_id = ? ORDER BY t.taxonomy, t.name, t.id"
    )
    return [Term(*row) for row in source.rows(sql, (post.id,))]


def thread(source: Source, post: Post) -> Iterator[Comment]:
    """The chosen comments under a post, in reading order."""
    sql = f"{_COMMENT} WHERE c.post_id = ? AND {source.chosen('comments', 'c')} {_READING}"
    return (Comment(*row) for row in source.rows(sql, (post.id,)))


def people(source: Source, blog_id: str | None = None) -> Iterator[Person]:
    """The chosen people of a blog or of all, by key."""
    condition = source.conditions["authors"] or "1"
    sql = (
        f"SELECT {names(Person, 'authors')} FROM main.authors"
        f" WHERE ({condition}) AND (?1 IS NULL OR blog_id = ?1) ORDER BY id"
    )
    return (Person(*row) for row in source.rows(sql, (blog_id,)))
