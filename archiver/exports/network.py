"""The archive as a network: people and posts, and who wrote, commented on and answered what, with dates."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from archiver.exports.base import Progress
from archiver.exports.dating import moment
from db.source import Source


@dataclass(frozen=True, slots=True)
class Node:
    """A person or a post. kind: person or post. at: when a post was published."""

    id: str
    kind: str
    label: str
    url: str | None
    blog: str
    member: bool | None
    at: str | None


@dataclass(frozen=True, slots=True)
class Edge:
    """What a person did. kind: wrote or commented (target is a post), answered (a person). at: UTC."""

    id: str
    kind: str
    source: str
    target: str
    at: str | None
    post: str
    comment: str | None
    parent_source: str | None


def total(source: Source) -> int:
    """How many nodes and edges there are at most."""
    return sum(source.count(table) for table in ("authors", "posts", "post_authors")) + 2 * source.count("comments")


def nodes(source: Source, progress: Progress) -> Iterator[Node]:
    """People, then posts."""
    sql = (
        "SELECT authors.id, 'person', authors.name, authors.url, b.site_key, authors.member, NULL"
        " FROM main.authors JOIN main.blogs b ON b.id = authors.blog_id WHERE "
        f"{_of(source.conditions['authors'], 'authors')}"
    )
    posts = (
        "SELECT p.id, 'post', coalesce(nullif(p.title, ''), p.url), p.url, b.site_key, NULL, p.published_at"
        f" FROM main.posts p JOIN main.blogs b ON b.id = p.blog_id WHERE {source.chosen('posts', 'p')}"
    )
    for query in (sql, posts):
        for key, kind, label, url, blog, member, at in source.rows(query):
            yield Node(key, kind, label, url, blog, None if member is None else bool(member), moment(at))
            progress.advance()


def edges(source: Source, progress: Progress) -> Iterator[Edge]:
    """Bylines, then comments, then answers. A comment without an author has no edge."""
    wrote = (
        "SELECT p.id || '-' || pa.position, 'wrote', pa.author_id, p.id, p.published_at, p.id, NULL, NULL"
        " FROM main.post_authors pa JOIN main.posts p ON p.id = pa.post_id"
        f" WHERE {source.chosen('posts', 'p')}"
    )
    commented = (
        "SELECT c.id, 'commented', c.author_id, c.post_id, c.published_at, c.post_id, c.id, NULL FROM main.comments c"
        f" WHERE c.author_id IS NOT NULL AND {source.chosen('comments', 'c')}"
    )
    answered = (
        "SELECT c.id || '-answer', 'answered', c.author_id, parent.author_id, c.published_at, c.post_id, c.id,"
        " c.parent_source FROM main.comments c JOIN main.comments parent ON parent.id = c.parent_id"
        " WHERE c.author_id IS NOT NULL AND parent.author_id IS NOT NULL"
        f" AND {source.chosen('comments', 'c')}"
    )
    for query in (wrote, commented, answered):
        for key, kind, start, end, at, post, comment, how in source.rows(query):
            yield Edge(key, kind, start, end, moment(at), post, comment, how)
            progress.advance()


def _of(condition: str, table: str) -> str:
    """A condition on a table alone, to be used where another is joined to it."""
    return f"{table}.id IN (SELECT id FROM main.{table} WHERE {condition})" if condition else "1"
