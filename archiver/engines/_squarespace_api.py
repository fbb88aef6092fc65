"""Squarespace's JSON: a list or a post as `?format=json`, and the comments of a post.

`items` holds posts, newest first, `pagination.nextPageUrl` where the list goes on. Times are milliseconds. Comments
come from `/api/comment/GetComments`, in pages, each with `parentId`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode, urljoin

from archiver import content
from archiver.comments._threads import at_seconds
from archiver.engines import _json_values as values
from archiver.engines._platform import comment_claim, count_hint, target
from archiver.engines.dom import Dom
from archiver.errors import PageError
from archiver.model import (
    Author,
    BlogFacts,
    Comment,
    Extract,
    ParentSource,
    Post,
    PostRef,
    Rank,
    Site,
    Target,
    TargetKind,
    Term,
    ThreadAnswer,
)
from archiver.page import Page
from archiver.text import clean_tree
from archiver.urls import absolute

_CONTEXT = re.compile(r"Static\.SQUARESPACE_CONTEXT\s*=\s*(?=\{)")
_MOST_PAGES = 200  # of a thread, where nothing says how many comments it has
_POST = 1  # `recordType` of a post of a blog; products, events and pictures have others


def context(dom: Dom) -> dict[str, Any]:
    """What a page hands to its script; empty where it does not."""
    match = _CONTEXT.search(dom.page.text)
    try:
        found, _ = json.JSONDecoder().raw_decode(dom.page.text, match.end()) if match else ({}, 0)
    except (ValueError, RecursionError):
        return {}
    return clean_tree(found) if isinstance(found, dict) else {}


def native_id(item: dict[str, Any]) -> str | None:
    """The id of a post: 24 hexadecimal digits."""
    found = values.text(item, "id")
    return found if found and found.isalnum() else None


def count(item: dict[str, Any]) -> int | None:
    """How many comments visitors can see."""
    shown = values.number(item, "publicCommentCount")
    return values.number(item, "commentCount") if shown is None else shown


# ── targets ──────────────────────────────────────────────────────────────────────────────────────


def list_target(url: str) -> Target:
    """A list as JSON."""
    joint = "&" if "?" in url else "?"
    return target(f"{url}{joint}format=json", TargetKind.API, {"route": "posts"})


def thread_targets(item: dict[str, Any], url: str, site: Site, page: int = 1, seen: int = 0) -> Iterator[Target]:
    """A page of a post's thread. seen: how many comments have come so far."""
    native, total = native_id(item), count(item)
    if native is None:
        return
    query = urlencode({"targetId": native, "targetType": 1, "page": page, "sortBy": 2})
    hint = {"route": "thread", "post": native, "url": url, "page": str(page), "seen": str(seen)}
    if total is not None:
        hint["count"] = str(total)
    yield target(urljoin(site.home, f"/api/comment/GetComments?{query}"), TargetKind.API, hint, priority=55)


def discover(page: Page, asked: Target, site: Site) -> Iterator[Target]:
    """What follows an answer: its next page, and the posts with their threads."""
    if asked.hint.get("route") == "thread":
        yield from _rest_of_thread(page, asked, site)
        return
    for item in _items(page):
        url = _url(item, page.url)
        if url is None:
            continue
        yield target(url, TargetKind.POST, {"post": native_id(item)})
        if count(item):
            yield from thread_targets(item, url, site)
    following = values.text(page.json, "pagination", "nextPageUrl")
    url = absolute(following, page.url) if following else None
    if url and _items(page):
        yield list_target(url)


def _rest_of_thread(page: Page, asked: Target, site: Site) -> Iterator[Target]:
    found, number = len(_rows(page)), count_hint(asked, "page") or 1
    seen, total = (count_hint(asked, "seen") or 0) + found, count_hint(asked, "count")
    whole = seen >= total if total is not None else number >= _MOST_PAGES
    if found and not whole:
        item = {"id": asked.hint["post"], "publicCommentCount": total}
        yield from thread_targets(item, asked.hint["url"], site, number + 1, seen)


# ── records ──────────────────────────────────────────────────────────────────────────────────────


def read(page: Page, asked: Target) -> Extract:
    """The records of an answer. Raises PageError for one that is something else."""
    if asked.hint.get("route") == "thread":
        ref = PostRef(native_id=asked.hint.get("post"), url=asked.hint.get("url"))
        comments = tuple(c for row in _rows(page) if (c := _comment(row, ref)))
        return Extract(comments=comments, answers=_answers(page, asked, ref, len(comments)))
    pairs = [(post, count(item)) for item in _items(page) if (post := _post(item, page.url))]
    claims = tuple(comment_claim(post, number, "api") for post, number in pairs if number is not None)
    return Extract(blog=_facts(page), posts=tuple(post for post, _ in pairs), claims=claims)


def _answers(page: Page, asked: Target, ref: PostRef, read: int) -> tuple[ThreadAnswer, ...]:
    """Which part of a thread a page is; the last where as many have come as are stated, or where it is empty."""
    found, total = len(_rows(page)), count_hint(asked, "count")
    if read < found:
        return ()
    last = not found if total is None else (count_hint(asked, "seen") or 0) + found == total
    return (ThreadAnswer(post=ref, source="api", part=count_hint(asked, "page") or 1, last=last),)


def _items(page: Page) -> list[dict[str, Any]]:
    """The posts of a list, or the one of its own page."""
    data = page.json
    if not isinstance(data, dict) or ("website" not in data and "collection" not in data):
        raise PageError(page.url, "a page of Squarespace as JSON was expected", "Sitemap and pages are read instead")
    found = values.objects(data.get("items") or data.get("item") or [])
    return [item for item in found if values.number(item, "recordType") in {None, _POST}]


def _rows(page: Page) -> list[dict[str, Any]]:
    found = values.inside(page.json, "comments")
    if not isinstance(found, list):
        raise PageError(page.url, "comments of Squarespace were expected", "The thread is missing")
    return values.objects(found)


def _facts(page: Page) -> BlogFacts:
    site = values.inside(page.json, "website")
    zone = values.text(site, "timeZone")
    return BlogFacts(title=values.line(site, "siteTitle"), engine="squarespace", timezone=zone)


def _url(item: dict[str, Any], base: str) -> str | None:
    stated = values.text(item, "fullUrl")
    return absolute(stated, base) if stated else None


def _post(item: dict[str, Any], base: str) -> Post | None:
    url, native = _url(item, base), native_id(item)
    if url is None or native is None:
        return None
    html, excerpt = values.text(item, "body"), values.text(item, "excerpt")
    terms = [Term(taxonomy="category", name=name) for name in _names(item.get("categories"))]
    terms += [Term(taxonomy="tag", name=name) for name in _names(item.get("tags"))]
    person = item.get("author") if isinstance(item.get("author"), dict) else None
    name = values.line(person, "displayName")
    open_ = values.number(item, "commentState")
    return Post(
        url=url,
        rank=Rank.API if html else Rank.EXCERPT,
        native_id=native,
        title=values.line(item, "title") or "",
        slug=(values.text(item, "urlId") or "").rpartition("/")[2] or None,
        content=content.from_html(html, url) if html else None,
        excerpt=content.plain(excerpt) or None if excerpt else None,
        published=at_seconds(item.get("publishOn")) or at_seconds(item.get("addedOn")),
        modified=at_seconds(item.get("updatedOn")),
        authors=(Author(name=name, member=True, native_id=values.text(person, "id")),) if name else None,
        terms=tuple(terms),
        comments_open={1: True, 2: False}.get(open_) if open_ is not None else None,
        source="api",
    )


def _names(found: object) -> list[str]:
    listed = found if isinstance(found, list) else []
    return [name.strip() for name in listed if isinstance(name, str) and name.strip()]


def _comment(row: dict[str, Any], ref: PostRef) -> Comment | None:
    """A comment, of a member or of a visitor who typed a name."""
    native, html = values.text(row, "id"), values.text(row, "body")
    if native is None:
        return None
    member = values.line(row, "memberName") or values.line(row, "member", "displayName")
    name = member or values.line(row, "authorName") or values.line(row, "anonymousName")
    parent = values.text(row, "parentId")
    return Comment(
        post=ref,
        rank=Rank.API,
        native_id=native,
        url=f"{ref.url}#comment-{native}" if ref.url else None,
        author=Author(name=name, member=member is not None, url=values.text(row, "authorUrl")) if name else None,
        content=content.from_html(html, ref.url or "") if html and row.get("deleted") is not True else None,
        published=at_seconds(row.get("addedOn")),
        parent=parent if parent != native else None,
        parent_source=ParentSource.API,
        source="api",
    )
