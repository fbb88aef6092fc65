"""What each REST collection holds, how it may be filtered and sorted, and who may see what."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from archiver.demo._markup import plain
from archiver.demo._rest_items import Item, Shapes
from archiver.demo._rest_query import Query, RestError
from archiver.demo.records import Author, Comment, Post, Term

if TYPE_CHECKING:
    from archiver.demo.blog import DemoBlog


@dataclass(frozen=True)
class Collection:
    """select: the records that a query finds, sorted. one: the record of an id, or a RestError.

    strict: a page past the end is a 400 (posts); otherwise an empty list (comments, users, terms).
    """

    name: str
    select: Callable[[DemoBlog, Query], list[Any]]
    one: Callable[[DemoBlog, int], Any]
    shape: Callable[[Shapes, Any], Item]
    strict: bool = False


def ordered(
    records: Iterable[Any], query: Query, keys: dict[str, Callable[[Any], Any]], orderby: str, order: str
) -> list[Any]:
    """include, exclude and slug work everywhere; orderby=include keeps the order of the ids asked for."""
    include, exclude, slugs = query.numbers("include"), set(query.numbers("exclude")), query.words("slug")
    by = query.choice("orderby", orderby, [*keys, "include"])
    backwards = query.choice("order", order, ["asc", "desc"]) == "desc"
    found = [record for record in records if (not include or record.id in include) and record.id not in exclude]
    if slugs:
        found = [record for record in found if getattr(record, "slug", "") in slugs]
    if by == "include":
        return sorted(found, key=lambda record: include.index(record.id) if include else record.id)
    return sorted(found, key=lambda record: (keys[by](record), record.id), reverse=backwards)


def within(records: Iterable[Any], query: Query, field: str, after: str, before: str) -> list[Any]:
    """Both ends are left out, as in WordPress."""
    first, last = query.date(after), query.date(before)

    def fits(when: datetime) -> bool:
        return (first is None or when > first) and (last is None or when < last)

    return [record for record in records if fits(getattr(record, field))]


# Posts and pages

POST_KEYS: dict[str, Callable[[Post], Any]] = {
    "author": lambda post: post.account.id,
    "date": lambda post: post.published,
    "id": lambda post: post.id,
    "modified": lambda post: post.modified,
    "slug": lambda post: post.slug,
    "title": lambda post: post.title.lower(),
}


def select_posts(blog: DemoBlog, query: Query) -> list[Post]:
    posts = filtered(blog.index.published, query)
    for name in ("categories", "tags"):
        if ids := query.numbers(name):
            terms = [blog.index.terms[number] for number in ids if number in blog.index.terms]
            wanted = {post.id for term in terms for post in blog.index.filed_under(term)}
            posts = [post for post in posts if post.id in wanted]
    if "sticky" in query:
        posts = [post for post in posts if post.sticky == (query.values["sticky"] in {"1", "true"})]
    return ordered(posts, query, POST_KEYS, "date", "desc")


def select_pages(blog: DemoBlog, query: Query) -> list[Post]:
    return ordered(filtered(blog.index.pages, query), query, POST_KEYS, "date", "desc")


def filtered(posts: Iterable[Post], query: Query) -> list[Post]:
    found = within(posts, query, "published", "after", "before")
    found = within(found, query, "modified", "modified_after", "modified_before")
    if authors := query.numbers("author"):
        found = [post for post in found if post.account.id in authors]
    if needle := query.values.get("search", "").lower():
        found = [p for p in found if needle in f"{p.title} {'' if p.protected else plain(''.join(p.parts))}".lower()]
    return found


def one_post(kind: str) -> Callable[[DemoBlog, int], Post]:
    def find(blog: DemoBlog, number: int) -> Post:
        post = blog.index.by_id.get(number)
        if post and post.kind == kind:
            return post
        if any(hidden.id == number and hidden.kind == kind for hidden in (*blog.posts, *blog.pages)):
            raise RestError("rest_forbidden", "Sorry, you are not allowed to do that.", 401)
        raise RestError("rest_post_invalid_id", "Invalid post ID.", 404)

    return find


# Comments

COMMENT_KEYS: dict[str, Callable[[Comment], Any]] = {
    "date": lambda comment: comment.date,
    "date_gmt": lambda comment: comment.date,
    "id": lambda comment: comment.id,
    "post": lambda comment: comment.post_id,
    "parent": lambda comment: comment.parent_id or 0,
    "type": lambda comment: comment.kind,
}
OPEN_VALUES = {"type": "comment", "status": "approve", "author": "", "author_email": ""}


def select_comments(blog: DemoBlog, query: Query) -> list[Comment]:
    """Approved comments, replies to hidden ones included; no pings, and none of protected posts."""
    for name, allowed in OPEN_VALUES.items():
        if query.values.get(name, allowed) != allowed:
            raise RestError("rest_forbidden_param", f"Query parameter not permitted: {name}", 401)
    by_id = blog.index.by_id
    asked = query.numbers("post")
    if any(number in by_id and by_id[number].protected for number in asked):
        message = "Sorry, you are not allowed to read the post for this comment."
        raise RestError("rest_cannot_read_post", message, 401)
    found = [c for c in blog.index.comments.values() if c.kind == "comment" and not by_id[c.post_id].protected]
    if asked:
        found = [comment for comment in found if comment.post_id in asked]
    if parents := query.numbers("parent"):
        found = [comment for comment in found if (comment.parent_id or 0) in parents]
    return ordered(within(found, query, "date", "after", "before"), query, COMMENT_KEYS, "date_gmt", "desc")


def one_comment(blog: DemoBlog, number: int) -> Comment:
    comment = blog.index.comments.get(number)
    if comment and not blog.index.by_id[comment.post_id].protected:
        return comment
    if any(hidden.id == number for hidden in blog.comments):
        raise RestError("rest_cannot_read", "Sorry, you are not allowed to read this comment.", 401)
    raise RestError("rest_comment_invalid_id", "Invalid comment ID.", 404)


# Users and terms

USER_KEYS: dict[str, Callable[[Author], Any]] = {
    "id": lambda author: author.id,
    "name": lambda author: author.name.lower(),
    "slug": lambda author: author.slug,
    "url": lambda author: author.url,
}
TERM_KEYS: dict[str, Callable[[Term], Any]] = {
    "id": lambda term: term.id,
    "name": lambda term: term.name.lower(),
    "slug": lambda term: term.slug,
    "description": lambda term: term.description,
}


def public_authors(blog: DemoBlog) -> list[Author]:
    """Accounts that have published something."""
    accounts = {post.account.id for post in blog.index.by_id.values()}
    return [author for author in blog.authors if author.id in accounts]


def one_user(blog: DemoBlog, number: int) -> Author:
    for author in public_authors(blog):
        if author.id == number:
            return author
    raise RestError("rest_user_invalid_id", "Invalid user ID.", 404)


def select_terms(taxonomy: str) -> Callable[[DemoBlog, Query], list[Term]]:
    def select(blog: DemoBlog, query: Query) -> list[Term]:
        found = [term for term in blog.terms if term.taxonomy == taxonomy]
        counts = {term.id: len(blog.index.filed_under(term, with_children=False)) for term in found}
        if asked := query.numbers("post"):
            of_posts = {t.id for number in asked if number in blog.index.by_id for t in blog.index.by_id[number].terms}
            found = [term for term in found if term.id in of_posts]
        if query.values.get("hide_empty") in {"1", "true"}:
            found = [term for term in found if counts[term.id]]
        if "parent" in query:
            parents = query.numbers("parent")
            found = [term for term in found if term.parent in parents]
        return ordered(found, query, {**TERM_KEYS, "count": lambda term: counts[term.id]}, "name", "asc")

    return select


def one_term(taxonomy: str) -> Callable[[DemoBlog, int], Term]:
    def find(blog: DemoBlog, number: int) -> Term:
        term = blog.index.terms.get(number)
        if term and term.taxonomy == taxonomy:
            return term
        raise RestError("rest_term_invalid", "Term does not exist.", 404)

    return find


COLLECTIONS = {
    collection.name: collection
    for collection in (
        Collection("posts", select_posts, one_post("post"), Shapes.post, strict=True),
        Collection("pages", select_pages, one_post("page"), Shapes.post, strict=True),
        # The pictures were put into their folder by hand, not through the media library.
        Collection("media", lambda _blog, _query: [], one_post("attachment"), Shapes.post, strict=True),
        Collection("comments", select_comments, one_comment, Shapes.comment),
        Collection(
            "users",
            lambda blog, query: ordered(public_authors(blog), query, USER_KEYS, "name", "asc"),
            one_user,
            Shapes.user,
        ),
        Collection("categories", select_terms("category"), one_term("category"), Shapes.term),
        Collection("tags", select_terms("post_tag"), one_term("post_tag"), Shapes.term),
    )
}
