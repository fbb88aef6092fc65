"""Substack's own JSON, which its pages are made from: the archive, single posts, and their threads.

`/api/v1/archive` lists the posts without their text, newest first; `/api/v1/posts/SLUG` is one of them whole, and
so is the object that a post's page carries for its script; `/api/v1/post/NUMBER/comments` is a thread, replies
in the `children` of what they answer.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from urllib.parse import quote, urlencode, urljoin

from archiver import content
from archiver.engines import _json_values as values
from archiver.engines._feed_formats import paragraphs
from archiver.engines._platform import comment_claim, count_hint, target
from archiver.errors import PageError
from archiver.model import (
    Author,
    Comment,
    Content,
    Extract,
    Media,
    Note,
    ParentSource,
    Post,
    PostRef,
    Rank,
    Site,
    Target,
    TargetKind,
    Term,
    ThreadAnswer,
    ThreadPage,
)
from archiver.page import Page
from archiver.text import clean_tree, word_count
from archiver.urls import within

PER_PAGE = 50
FEWEST = 12  # rows that it gives where it does not take our number: fewer are the last
_PAID = frozenset({"only_paid", "founding"})
_PRELOADS = re.compile(r"window\._preloads\s*=\s*JSON\.parse\(\s*(?=\")")
_STRING = json.JSONDecoder()


# ── targets ──────────────────────────────────────────────────────────────────────────────────────


def archive_target(site: Site, offset: int) -> Target:
    """One page of the list of all posts."""
    query = urlencode({"sort": "new", "search": "", "offset": offset, "limit": PER_PAGE})
    hint = {"route": "posts", "offset": str(offset), "page": str(offset + 1)}  # all but page 1 must be there
    return target(urljoin(site.home, f"/api/v1/archive?{query}"), TargetKind.API, hint, priority=5)


def post_target(site: Site, slug: str) -> Target:
    """One post whole, for blogs whose pages are not captured."""
    url = urljoin(site.home, f"/api/v1/posts/{quote(slug, safe='')}")
    return target(url, TargetKind.API, {"route": "post"}, priority=12)


def thread_target(site: Site, post: Post) -> Target:
    """The whole thread of a post."""
    query = urlencode({"token": "", "all_comments": "true", "sort": "oldest_first"})
    url = urljoin(site.home, f"/api/v1/post/{post.native_id}/comments?{query}")
    hint = {"route": "thread", "post": post.native_id, "url": post.url}
    return target(url, TargetKind.API, hint, priority=45)


def next_page(page: Page, asked: Target, site: Site) -> Target | None:
    """The page of the archive that follows."""
    found = len(rows(page))
    return archive_target(site, (count_hint(asked, "offset") or 0) + found) if found >= FEWEST else None


# ── answers ──────────────────────────────────────────────────────────────────────────────────────


def rows(page: Page) -> list[dict[str, Any]]:
    """The posts of an answer. Raises PageError when it is something else."""
    data, said = page.json, None
    if isinstance(data, list):
        return values.objects(data)
    if isinstance(data, dict):
        if "slug" in data and "id" in data:
            return [data]
        said = values.line(data, "error") or values.line(data, "message")
        said = said or next((values.line(e, "msg") for e in values.objects(data.get("errors", []))), None)
    why = f"posts of Substack were expected: {said or 'other JSON came'}"
    raise PageError(page.url, why, "The feed, the sitemap and the pages are read instead")


def posts(page: Page, site: Site) -> list[tuple[Post, int | None]]:
    """The posts of an answer, each with the number of comments that it states."""
    listed = isinstance(page.json, list)
    return [read for row in rows(page) if (read := read_post(row, site, listed=listed))]


def preloaded(page: Page, site: Site) -> tuple[Post, int | None] | None:
    """The post that a page carries for its own script; None where there is none, or a part of it."""
    match = _PRELOADS.search(page.text)
    if match is None:
        return None
    try:
        packed, _ = _STRING.raw_decode(page.text, match.end())
        row = values.inside(clean_tree(json.loads(packed)), "post")
    except (ValueError, TypeError, RecursionError):
        return None
    return read_post(row, site) if isinstance(row, dict) and values.text(row, "slug") else None


def read(page: Page, asked: Target, site: Site) -> Extract:
    """The records of an answer."""
    if asked.hint.get("route") == "thread":
        return _thread(page, asked)
    found = posts(page, site)
    claims = tuple(comment_claim(post, count, "api") for post, count in found if count is not None)
    notes = tuple(Note(kind="behind_a_paywall", detail=post.url) for post, _ in found if post.protected)
    return Extract(posts=tuple(post for post, _ in found), claims=claims, notes=notes)


def read_post(row: dict[str, Any], site: Site, *, listed: bool = False) -> tuple[Post, int | None] | None:
    """One post, with the number of comments that it states. Only its beginning is public where readers pay.

    listed: it is of a list, which has no texts, so that a missing one says nothing.
    """
    slug, native = values.text(row, "slug"), values.text(row, "id")
    if slug is None or native is None:
        return None
    stated = values.text(row, "canonical_url")
    url = stated if stated and within(stated, site.home) else urljoin(site.home, f"/p/{quote(slug, safe='')}")
    body = _body(row, url)
    paid = not (listed and body is None) and _is_cut(row, body)
    beginning = values.line(row, "truncated_body_text") or values.line(row, "description")
    excerpt = values.line(row, "subtitle") or beginning
    bylines = values.objects(row.get("publishedBylines") or row.get("bylines") or [])
    tags = [_tag(tag) for tag in values.objects(row.get("postTags") or [])] if "postTags" in row else None
    permission = values.text(row, "write_comment_permissions")
    post = Post(
        url=url,
        rank=Rank.EXCERPT if paid or body is None else Rank.API,
        native_id=native,
        title=content.plain(values.line(row, "title") or ""),
        slug=slug,
        content=body,
        excerpt=excerpt,
        published=values.moment(row, "post_date"),
        modified=values.moment(row, "updated_at"),
        authors=tuple(author for one in bylines if (author := _author(one))) or None,
        terms=None if tags is None else tuple(tag for tag in tags if tag),
        comments_open=None if permission is None else permission != "none",
        protected=True if paid else None,
        source="api",
    )
    return post, values.number(row, "comment_count")


def _body(row: dict[str, Any], url: str) -> Content | None:
    html, sound = values.text(row, "body_html"), values.text(row, "podcast_url")
    body = content.from_html(html, url) if html else None
    if body is not None and sound and sound.startswith("http"):
        body = replace(body, media=(*body.media, Media(url=sound, kind="audio")))
    return body


def _is_cut(row: dict[str, Any], body: Content | None) -> bool:
    """Whether a post is for those who pay, and less of it came than it has words."""
    if values.text(row, "audience") not in _PAID:
        return False
    words = values.number(row, "wordcount")
    return body is None or words is None or word_count(body.text) < 0.9 * words


def _tag(tag: dict[str, Any]) -> Term | None:
    name = values.line(tag, "name")
    return Term(taxonomy="tag", name=name, slug=values.text(tag, "slug")) if name else None


def _author(person: dict[str, Any]) -> Author | None:
    """A person; all who write there have an account."""
    name, handle = values.line(person, "name"), values.text(person, "handle")
    if name is None:
        return None
    return Author(
        name=name,
        member=True,
        native_id=values.text(person, "user_id") or values.text(person, "id"),
        slug=handle,
        url=f"https://substack.com/@{quote(handle)}" if handle else None,
        bio=values.line(person, "bio"),
        avatar=values.text(person, "photo_url"),
    )


# ── threads ──────────────────────────────────────────────────────────────────────────────────────


def _thread(page: Page, asked: Target) -> Extract:
    data = page.json
    if not isinstance(data, dict) or not isinstance(data.get("comments"), list):
        said = values.line(data, "error") or "there are none in it"
        raise PageError(page.url, f"comments of Substack were expected: {said}", "The thread is missing")
    ref = PostRef(native_id=asked.hint.get("post"), url=asked.hint.get("url"))
    found = list(_walk(data["comments"]))
    comments = tuple(_comment(row, ref, parent, depth, n) for n, (row, parent, depth) in enumerate(found))
    short = [row for row, _, _ in found if values.number(row, "children_count") and not row.get("children")]
    notes = tuple(Note(kind="replies_left_out", detail=f"{page.url}: comment {row['id']}") for row in short)
    thread = ThreadPage(post=ref, page=None, pages=None, shown=len(comments))
    answer = ThreadAnswer(post=ref, source="api", part=1, last=not short)
    return Extract(comments=comments, threads=(thread,), answers=(answer,), notes=notes)


def _walk(found: list[Any]) -> Iterator[tuple[dict[str, Any], str | None, int]]:
    """Every comment in reading order, with what it answers and its level from 1. No recursion: threads are deep."""
    stack: list[tuple[dict[str, Any], str | None, int]] = [(row, None, 1) for row in reversed(values.objects(found))]
    seen: set[str] = set()
    while stack:
        row, parent, depth = stack.pop()
        id_ = values.text(row, "id")
        if id_ is None or id_ in seen:
            continue
        seen.add(id_)
        yield row, parent, depth
        stack.extend((child, id_, depth + 1) for child in reversed(values.objects(row.get("children") or [])))


def _comment(row: dict[str, Any], post: PostRef, parent: str | None, depth: int, place: int) -> Comment:
    native, body = values.text(row, "id"), values.text(row, "body")
    own = values.inside(row, "metadata", "is_author")
    return Comment(
        post=post,
        rank=Rank.API,
        native_id=native,
        url=f"{post.url}/comment/{native}" if post.url else None,
        author=_author(row),
        content=content.from_html(paragraphs(body), post.url or "") if body else None,
        published=values.moment(row, "date"),
        parent=parent,
        parent_source=ParentSource.API,
        depth=depth,
        position=place,
        by_post_author=own if isinstance(own, bool) else None,
        source="api",
    )
