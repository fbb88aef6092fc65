"""Ghost's two APIs that readers' browsers use: content (with the key that the page states) and comments.

`/ghost/api/content/posts/?key=…` gives posts, 100 a request. `/members/api/comments/post/ID/` gives a thread, each
comment with its first replies; `/members/api/comments/ID/replies/` the rest of them.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode, urljoin

from archiver import content
from archiver.engines import _json_values as values
from archiver.engines._platform import count_hint, target
from archiver.engines.dom import Dom
from archiver.errors import PageError
from archiver.model import (
    Author,
    Claim,
    Comment,
    Extract,
    Note,
    ParentSource,
    Post,
    PostKind,
    PostRef,
    Rank,
    Site,
    Target,
    TargetKind,
    Term,
    ThreadAnswer,
)
from archiver.page import Page
from archiver.urls import absolute

PER_PAGE = 100


# ── targets ──────────────────────────────────────────────────────────────────────────────────────


def key_of(dom: Dom) -> tuple[str, str] | None:
    """The root of the content API and its key, as the page hands them to its own scripts."""
    for script in dom.tags("script"):
        key, root = script.get("data-key"), script.get("data-api") or script.get("data-sodo-search")
        if key and key.isalnum() and root:
            root = root if "/ghost/api/content" in root else urljoin(root.rstrip("/") + "/", "ghost/api/content/")
            found = absolute(root, dom.base)
            return (found.rstrip("/") + "/", key) if found else None
    return None


def posts_target(root: str, key: str, kind: str, page: int) -> Target:
    """A page of the content API. kind: posts or pages."""
    query = {"key": key, "include": "authors,tags", "formats": "html", "limit": PER_PAGE, "page": page}
    hint = {"route": kind, "root_of": root, "key": key, "page": str(page)}
    if page > 1:
        hint["offset"] = str((page - 1) * PER_PAGE)
    url = f"{urljoin(root, f'{kind}/')}?{urlencode(query, safe=',')}"
    return target(url, TargetKind.API, hint, priority=5 if kind == "posts" else 6)


def thread_target(site: Site, post: str, url: str, page: int = 1, part: int = 1, *, seen: int = 0) -> Target:
    """A page of a post's thread. part: of the thread with all lists of replies, as their pages are counted here.

    seen: how many comments, replies apart, the pages before held.
    """
    query = urlencode({"limit": PER_PAGE, "page": page})
    where = urljoin(site.home, f"members/api/comments/post/{post}/?{query}")
    hint = {"route": "thread", "post": post, "url": url, "page": str(page), "part": str(part), "seen": str(seen)}
    return target(where, TargetKind.API, hint, priority=45)


def replies_target(
    site: Site, asked: Target, comment: str, page: int = 1, *, part: int = 0, last: bool = False
) -> Target:
    """A page of the replies to a comment. part: of the thread; 0 for a further page, which is not counted."""
    query = urlencode({"limit": PER_PAGE, "page": page})
    where = urljoin(site.home, f"members/api/comments/{comment}/replies/?{query}")
    hint = {**asked.hint, "route": "replies", "comment": comment, "page": str(page), "part": str(part)}
    hint["last"] = str(int(last))
    return target(where, TargetKind.API, hint, priority=46)


def discover(page: Page, asked: Target, site: Site) -> Iterator[Target]:
    """What follows an answer: its next page, replies that it left out, the posts' pages."""
    route, number = asked.hint.get("route"), count_hint(asked, "page") or 1
    try:
        found = rows(page, asked)
    except PageError:
        return  # extract() has said what came instead
    part, short, more = count_hint(asked, "part") or 1, _short(found), _goes_on(page, asked)
    if more and found:
        if route in {"posts", "pages"}:
            yield posts_target(asked.hint["root_of"], asked.hint["key"], route, number + 1)
        elif route == "replies":
            yield replies_target(site, asked, asked.hint["comment"], number + 1)
        else:
            seen, following = _seen(found, asked), part + len(short) + 1
            yield thread_target(site, asked.hint["post"], asked.hint["url"], number + 1, following, seen=seen)
    if route == "thread":
        for n, id_ in enumerate(short, 1):
            last = n == len(short) and _all_came(page, asked, found)
            yield replies_target(site, asked, id_, part=part + n, last=last)
    for row in found:
        if route in {"posts", "pages"} and (url := values.text(row, "url")):
            yield target(url, TargetKind.POST, {"post": values.text(row, "id"), "kind": route[:-1]})


def _goes_on(page: Page, asked: Target) -> bool:
    """Whether pages follow."""
    pages = values.number(page.json, "meta", "pagination", "pages") or 1
    return (count_hint(asked, "page") or 1) < pages


def _seen(found: list[dict[str, Any]], asked: Target) -> int:
    """How many comments of a thread, replies apart, have come with this page."""
    return (count_hint(asked, "seen") or 0) + len(found)


def _all_came(page: Page, asked: Target, found: list[dict[str, Any]]) -> bool:
    """Whether this is the last page of a thread, and as many comments have come as are stated."""
    total = values.number(page.json, "meta", "pagination", "total")
    return not _goes_on(page, asked) and _seen(found, asked) == total


def _short(found: list[dict[str, Any]]) -> list[str]:
    """The comments that have more replies than come with them."""
    pairs = [(row, values.number(row, "count", "replies") or 0) for row in found]
    more = [row for row, count in pairs if count > len(values.objects(row.get("replies") or []))]
    return [id_ for row in more if (id_ := values.text(row, "id"))]


# ── records ──────────────────────────────────────────────────────────────────────────────────────


def rows(page: Page, asked: Target) -> list[dict[str, Any]]:
    """The rows of an answer. Raises PageError when it is something else."""
    route = asked.hint.get("route", "posts")
    name = "comments" if route in {"thread", "replies"} else route
    found = values.inside(page.json, name)
    if not isinstance(found, list):
        errors = values.objects(values.inside(page.json, "errors"))
        said = next((values.line(error, "message") for error in errors), None) or "there are none in it"
        raise PageError(page.url, f"{name} of Ghost were expected: {said}", "Sitemap, feed and pages are read instead")
    return values.objects(found)


def read(page: Page, asked: Target) -> Extract:
    """The records of an answer."""
    found, route = rows(page, asked), asked.hint.get("route", "posts")
    total = values.number(page.json, "meta", "pagination", "total")
    if route in {"posts", "pages"}:
        posts = tuple(post for row in found if (post := _post(row, route)))
        claim = Claim(subject_kind="blog", subject="", measure=route, number=total or 0, where="api")
        notes = tuple(Note(kind="for_members_only", detail=post.url) for post in posts if post.protected)
        return Extract(posts=posts, claims=() if total is None else (claim,), notes=notes)
    ref = PostRef(native_id=asked.hint.get("post"), url=asked.hint.get("url"))
    above = asked.hint.get("comment") if route == "replies" else None
    pairs = [(row, above) for row in found]
    for row in found:
        pairs += [(reply, values.text(row, "id")) for reply in values.objects(row.get("replies") or [])]
    comments = tuple(c for row, parent in pairs if (c := _comment(row, ref, parent)))
    answers = _answers(page, asked, ref, found) if len(comments) == len(pairs) else ()
    return Extract(comments=comments, claims=_count(asked, page, found), answers=answers)


def _answers(page: Page, asked: Target, ref: PostRef, found: list[dict[str, Any]]) -> tuple[ThreadAnswer, ...]:
    """Which part of a thread an answer is. Replies beyond the first page of them are not counted as one."""
    part = count_hint(asked, "part") or 0
    if asked.hint.get("route") == "replies":
        whole, last = not _goes_on(page, asked), asked.hint.get("last") == "1"
    else:
        whole, last = True, _all_came(page, asked, found) and not _short(found)
    counted = values.number(page.json, "meta", "pagination", "pages") is not None
    return (ThreadAnswer(post=ref, source="api", part=part, last=last),) if part and whole and counted else ()


def _count(asked: Target, page: Page, found: list[dict[str, Any]]) -> tuple[Claim, ...]:
    """How many comments a thread has: Ghost's total leaves out replies, which each comment counts for itself."""
    total, pages = (values.number(page.json, "meta", "pagination", name) for name in ("total", "pages"))
    if asked.hint.get("route") != "thread" or total is None or pages != 1 or "post" not in asked.hint:
        return ()
    count = total + sum(values.number(row, "count", "replies") or 0 for row in found)
    subject = f"#{asked.hint['post']}"
    return (Claim(subject_kind="post", subject=subject, measure="comments", number=count, where="api"),)


def _post(row: dict[str, Any], route: str) -> Post | None:
    url, native = values.text(row, "url"), values.text(row, "id")
    if url is None or native is None:
        return None
    html = values.text(row, "html")
    closed = row.get("access") is False
    tags = values.objects(row.get("tags") or [])
    names = [_person(one) for one in values.objects(row.get("authors") or [])]
    return Post(
        url=url,
        rank=Rank.EXCERPT if closed or html is None else Rank.API,
        native_id=native,
        kind=PostKind.PAGE if route == "pages" else PostKind.POST,
        title=values.line(row, "title") or "",
        slug=values.text(row, "slug"),
        content=content.from_html(html, url) if html else None,
        excerpt=values.line(row, "custom_excerpt") or values.line(row, "excerpt"),
        published=values.moment(row, "published_at"),
        modified=values.moment(row, "updated_at"),
        authors=tuple(name for name in names if name) or None,
        terms=tuple(term for tag in tags if (term := _tag(tag))) if "tags" in row else None,
        comments_open=row["comments"] if isinstance(row.get("comments"), bool) else None,
        protected=True if closed else None,
        source="api",
    )


def _tag(tag: dict[str, Any]) -> Term | None:
    """A public tag; internal ones (`#feature`) are for themes."""
    name = values.line(tag, "name")
    if name is None or values.text(tag, "visibility") == "internal":
        return None
    return Term(taxonomy="tag", name=name, url=values.text(tag, "url"), slug=values.text(tag, "slug"))


def _person(row: dict[str, Any]) -> Author | None:
    name = values.line(row, "name")
    if name is None:
        return None
    return Author(
        name=name,
        member=True,
        native_id=values.text(row, "id"),
        slug=values.text(row, "slug"),
        url=values.text(row, "url"),
        website=values.text(row, "website"),
        bio=values.line(row, "bio"),
        avatar=values.text(row, "profile_image") or values.text(row, "avatar_image"),
    )


def _comment(row: dict[str, Any], ref: PostRef, above: str | None) -> Comment | None:
    """A comment. in_reply_to_id: of the reply that a reply answers, which Ghost shows on the same level."""
    native, html = values.text(row, "id"), values.text(row, "html")
    if native is None:
        return None
    parent = values.text(row, "in_reply_to_id") or values.text(row, "parent_id") or above
    return Comment(
        post=ref,
        rank=Rank.API,
        native_id=native,
        url=f"{ref.url}#ghost-comments-{native}" if ref.url else None,
        author=_person(row.get("member") or {}) if isinstance(row.get("member"), dict) else None,
        content=content.from_html(html, ref.url or "") if html else None,
        published=values.moment(row, "created_at"),
        parent=parent,
        parent_source=ParentSource.API,
        source="api",
    )
