"""Blogger's feeds as JSON: posts, static pages and comments, each with its number, 150 a request.

The documented form is Atom in Google's JSON: `{"feed": {"entry": [{"id": {"$t": "tag:blogger.com,1999:blog-1.post-2"},
"thr$total": {"$t": "4"}, …}]}}`. A comment names its post in `thr$in-reply-to`, and the comment that it
answers in a link `rel=related` to `…/comments/default/NUMBER`, as Blogger's own scripts read it.
"""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlencode, urljoin

from archiver import content
from archiver.engines import _json_values as values
from archiver.engines._platform import comment_claim, count_hint, target
from archiver.errors import PageError
from archiver.model import (
    Author,
    BlogFacts,
    Claim,
    Comment,
    Content,
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
from archiver.urls import last_segment, without_fragment

PER_PAGE = 150  # the most that Blogger gives
_NUMBER = re.compile(r"^tag:blogger\.com,1999:blog-\d+\.(?:post|page)-(\d+)$")
_ANSWERED = re.compile(r"/comments/default/(\d+)(?:\?|$)")
_PROFILE = re.compile(r"^https?://(?:www\.)?(?:blogger\.com/profile|draft\.blogger\.com/profile|plus\.google\.com)/")
_ROUTES = {"posts": ("feeds/posts/default", 5), "pages": ("feeds/pages/default", 6)}
_NEWEST_COMMENTS = ("feeds/comments/default", 8)
_THREAD_PRIORITY = 45


def routes(site: Site) -> list[Target]:
    """The first page of each feed of the whole blog."""
    return [page_target(site, route, 1) for route in ("posts", "pages", "newest_comments")]


def page_target(site: Site, route: str, start: int, post: str | None = None, part: int = 1) -> Target:
    """One page of a feed. start: of the first entry, from 1. post: whose thread it is. part: which page, from 1."""
    path, priority = _ROUTES.get(route, _NEWEST_COMMENTS)
    if post:
        path, priority = f"feeds/{post}/comments/default", _THREAD_PRIORITY
    query: dict[str, str | int] = {"alt": "json"}
    if route not in _ROUTES:
        query["v"] = 2  # with the links to what a comment answers
    # Not to a feed reader's service, to which owners redirect their feeds.
    query |= {"redirect": "false", "orderby": "published", "start-index": start, "max-results": PER_PAGE}
    hint = {"route": route, "post": post, "start": str(start), "page": "1" if start == 1 else str(start)}
    if post:
        hint["part"] = str(part)
    if route in {"posts", "newest_comments"} and start > 1:
        hint["offset"] = str(start - 1)
    return target(f"{urljoin(site.home, path)}?{urlencode(query)}", TargetKind.API, hint, priority=priority)


def thread_target(site: Site, post: str) -> Target:
    """The comments of one post."""
    return page_target(site, "thread", 1, post)


def entries(page: Page) -> list[dict[str, Any]]:
    """The entries of a feed. Raises PageError when the page is something else."""
    feed = values.inside(page.json, "feed")
    if not isinstance(feed, dict):
        said = values.line(page.json, "error", "message") or "there is no feed in it"
        raise PageError(page.url, f"a feed of Blogger was expected: {said}", "The pages are read instead")
    return values.objects(feed.get("entry", []))


def total(page: Page) -> int | None:
    """How many entries the whole feed has, as it says."""
    return values.number(page.json, "feed", "openSearch$totalResults", "$t")


def next_page(page: Page, asked: Target, site: Site) -> Target | None:
    """The page that follows. Blogger may give fewer entries than asked for long before the end."""
    found, start = len(entries(page)), count_hint(asked, "start") or 1
    stated = total(page)
    more = any(link.get("rel") == "next" for link in values.objects(values.inside(page.json, "feed", "link")))
    if found == 0 or not (more or (stated is not None and start + found <= stated)):
        return None
    part = (count_hint(asked, "part") or 1) + 1
    return page_target(site, asked.hint.get("route", "posts"), start + found, asked.hint.get("post"), part)


def post_entries(page: Page) -> list[tuple[Post, int | None]]:
    """The posts of a feed, each with the number of comments that it states."""
    found = [(_post(entry), values.number(entry, "thr$total", "$t")) for entry in entries(page)]
    return [(post, count) for post, count in found if post is not None]


def read(page: Page, asked: Target) -> Extract:
    """The records of a feed."""
    route = asked.hint.get("route")
    if route in _ROUTES:
        return _read_posts(page, route)
    found = entries(page)
    # Where the feed links replies to what they answer, a comment without such a link answers the post.
    told = any(_answered(entry) for entry in found)
    comments = tuple(c for entry in found if (c := _comment(entry, page.url, asked.hint.get("post"), told=told)))
    if route != "newest_comments":
        return Extract(comments=comments, answers=_answers(page, asked, len(comments)))
    count = total(page)
    claim = Claim(subject_kind="blog", subject="", measure="comments", number=count or 0, where="feed")
    return Extract(comments=comments, claims=() if count is None else (claim,))


def _answers(page: Page, asked: Target, read: int) -> tuple[ThreadAnswer, ...]:
    """Which part of a thread a page of its feed is; the last where all that the feed has has come, and was read."""
    found, start, stated = len(entries(page)), count_hint(asked, "start") or 1, total(page)
    if "post" not in asked.hint or read < found:
        return ()
    part, last = count_hint(asked, "part") or 1, stated is not None and start + found == stated + 1
    return (ThreadAnswer(post=PostRef(native_id=asked.hint["post"]), source="api", part=part, last=last),)


def _read_posts(page: Page, route: str) -> Extract:
    found = post_entries(page)
    posts = tuple(post for post, _ in found)
    claims = [comment_claim(post, count, "feed") for post, count in found if count is not None]
    stated = total(page)
    if stated is not None:
        claims.append(Claim(subject_kind="blog", subject="", measure=route, number=stated, where="feed"))
    lost = len(entries(page)) - len(found)
    feed = page.json["feed"]
    facts = BlogFacts(title=_plain(feed, "title"), tagline=_plain(feed, "subtitle"), engine="blogger")
    notes = tuple(Note(kind="feed_item_without_link", detail=page.url) for _ in range(lost))
    return Extract(blog=facts, posts=posts, claims=tuple(claims), notes=notes)


def _post(entry: dict[str, Any]) -> Post | None:
    url = _link(entry, "alternate")
    if url is None:  # a draft's, or cut
        return None
    url = without_fragment(url)
    body = _body(entry, "content", url)
    summary = values.text(entry, "summary", "$t")
    excerpt = content.plain(summary) if summary else None
    names = [_author(person) for person in values.objects(entry.get("author", []))]
    labels = [values.line(label, "term") for label in values.objects(entry.get("category", []))]
    own = values.text(entry, "id", "$t") or ""
    return Post(
        url=url,
        rank=Rank.API if body is not None else Rank.EXCERPT if excerpt else Rank.STUB,
        native_id=_native(own),
        kind=PostKind.PAGE if ".page-" in own or "/p/" in url else PostKind.POST,
        title=_plain(entry, "title") or "",
        slug=last_segment(url).removesuffix(".html") or None,
        content=body,
        excerpt=excerpt or None,
        published=values.moment(entry, "published", "$t"),
        modified=values.moment(entry, "updated", "$t"),
        authors=tuple(name for name in names if name) or None,
        terms=tuple(Term(taxonomy="tag", name=label) for label in dict.fromkeys(labels) if label),
        source="api",
    )


def _comment(entry: dict[str, Any], base: str, post: str | None, *, told: bool) -> Comment | None:
    native = _native(values.text(entry, "id", "$t") or "")
    reply = next(iter(values.objects(entry.get("thr$in-reply-to", []))), {})
    post = _native(values.text(reply, "ref") or "") or post
    url, page_url = _link(entry, "alternate"), values.text(reply, "href")
    page_url = page_url or (without_fragment(url).partition("?")[0] if url else None)
    if native is None or (post is None and page_url is None):
        return None
    parent = _answered(entry)
    person = next(iter(values.objects(entry.get("author", []))), {})
    return Comment(
        post=PostRef(native_id=post, url=page_url),
        rank=Rank.API,
        native_id=native,
        url=url,
        author=_author(person),
        content=_body(entry, "content", url or base) or _body(entry, "summary", url or base),
        published=values.moment(entry, "published", "$t"),
        parent=parent if parent != native else None,
        parent_source=ParentSource.API if told else ParentSource.UNKNOWN,
        source="api",
    )


def _answered(entry: dict[str, Any]) -> str | None:
    """The comment that a comment answers."""
    links = [link for link in values.objects(entry.get("link", [])) if link.get("rel") == "related"]
    found = (_ANSWERED.search(values.text(link, "href") or "") for link in links)
    return next((match[1] for match in found if match), None)


def _link(entry: dict[str, Any], rel: str) -> str | None:
    links = [link for link in values.objects(entry.get("link", [])) if link.get("rel") == rel]
    return next((url for link in links if (url := values.text(link, "href"))), None)


def _native(text: str) -> str | None:
    match = _NUMBER.match(text)
    return match[1] if match else None


def _plain(data: Any, name: str) -> str | None:
    found = values.text(data, name, "$t")
    return content.plain(found) or None if found else None


def _body(entry: dict[str, Any], name: str, base: str) -> Content | None:
    found = values.text(entry, name, "$t")
    return content.from_html(found, base) if found else None


def _author(person: dict[str, Any]) -> Author | None:
    """A person; accounts of Blogger and Google have a profile, visitors only what they typed."""
    name, url = values.line(person, "name", "$t"), values.text(person, "uri", "$t")
    if name is None:
        return None
    avatar = values.text(person, "gd$image", "src")
    return Author(name=name, member=is_profile(url), url=url, avatar=avatar)


def is_profile(url: str | None) -> bool:
    """Whether a URL is an account's own page at Blogger or Google."""
    return url is not None and _PROFILE.match(url) is not None
