"""Tumblr's JSON of old: `/api/read/json?num=50&start=0` gives posts of seven kinds as the value of a variable."""

from __future__ import annotations

import json
from collections.abc import Iterator
from html import escape
from typing import Any
from urllib.parse import urljoin

from archiver import content
from archiver.comments._threads import at_seconds
from archiver.engines import _json_values as values
from archiver.engines._platform import count_hint, target
from archiver.errors import PageError
from archiver.model import Author, BlogFacts, Claim, Content, Extract, Post, Rank, Site, Target, TargetKind, Term
from archiver.page import Page
from archiver.text import clean_tree
from archiver.urls import last_segment

PER_PAGE = 50
_BODIES = {
    "regular": ("regular-body",),
    "photo": ("photo-caption",),
    "link": ("link-description",),
    "audio": ("audio-caption",),
    "video": ("video-caption",),
    "answer": ("answer",),
    "quote": ("quote-source",),
}
_TITLES = ("regular-title", "link-text", "conversation-title")


def posts_target(site: Site, start: int) -> Target:
    """A page of posts, the newest first."""
    url = urljoin(site.home, f"/api/read/json?num={PER_PAGE}&start={start}")
    hint = {"route": "posts", "start": str(start)}
    if start:
        hint["offset"] = str(start)
    return target(url, TargetKind.API, hint, priority=5)


def _answer(page: Page) -> dict[str, Any]:
    """The answer. Raises PageError when it is something else, or cut."""
    start = page.text.find("{")
    try:
        found, _ = json.JSONDecoder().raw_decode(page.text, start) if start >= 0 else (None, 0)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict) or not isinstance(found.get("posts"), list):
        why = "posts of Tumblr as JSON were expected and something else came"
        raise PageError(page.url, why, "Sitemap, feed and pages are read instead")
    return dict(clean_tree(found))


def discover(page: Page, asked: Target, site: Site) -> Iterator[Target]:
    """The next page, and the posts."""
    answer = page.once(_answer)
    rows = values.objects(answer["posts"])
    start, total = count_hint(asked, "start") or 0, values.number(answer, "posts-total") or 0
    if rows and start + len(rows) < total:
        yield posts_target(site, start + len(rows))
    for row in rows:
        if url := _url(row):
            yield target(url, TargetKind.POST, {"post": values.text(row, "id")})


def read(page: Page) -> Extract:
    """The posts, how many there are, and what the blog says of itself."""
    answer = page.once(_answer)
    blog = values.inside(answer, "tumblelog")
    name = values.line(blog, "name")
    posts = tuple(post for row in values.objects(answer["posts"]) if (post := _post(row, name)))
    total = values.number(answer, "posts-total")
    claim = Claim(subject_kind="blog", subject="", measure="posts", number=total or 0, where="api")
    facts = BlogFacts(
        title=values.line(blog, "title"),
        tagline=content.plain(values.text(blog, "description") or "") or None,
        engine="tumblr",
    )
    return Extract(blog=facts, posts=posts, claims=() if total is None else (claim,))


def _url(row: dict[str, Any]) -> str | None:
    return values.text(row, "url-with-slug") or values.text(row, "url")


def _post(row: dict[str, Any], blog: str | None) -> Post | None:
    url, native = _url(row), values.text(row, "id")
    if url is None or native is None:
        return None
    body = _body(row, url)
    tags = row.get("tags") if isinstance(row.get("tags"), list) else []
    return Post(
        url=url,
        rank=Rank.API if body is not None else Rank.STUB,
        native_id=native,
        title=next((content.plain(found) for name in _TITLES if (found := values.text(row, name))), ""),
        slug=values.text(row, "slug") or (last_segment(url) if url.rstrip("/").rpartition("/")[2] != native else None),
        content=body,
        published=at_seconds(row.get("unix-timestamp")),
        authors=(Author(name=blog, member=True, slug=blog),) if blog else None,
        terms=tuple(Term(taxonomy="tag", name=tag) for tag in tags or [] if isinstance(tag, str) and tag),
        source="api",
    )


def _body(row: dict[str, Any], url: str) -> Content | None:
    """What a post of any kind shows, as one text: pictures, then a quotation or a talk, then the words to it."""
    parts = [f'<img src="{escape(source)}">' for source in _pictures(row)]
    if quote := values.text(row, "quote-text") or values.text(row, "question"):
        parts.append(f"<blockquote>{quote}</blockquote>")
    if link := values.text(row, "link-url"):
        parts.append(f'<p><a href="{escape(link)}">{values.text(row, "link-text") or escape(link)}</a></p>')
    for line in values.objects(row.get("conversation") or []):
        label, phrase = values.text(line, "label") or "", values.text(line, "phrase") or ""
        parts.append(f"<p>{escape(label)} {escape(phrase)}</p>")
    parts += [words for name in _BODIES.get(values.text(row, "type") or "", ()) if (words := values.text(row, name))]
    return content.from_html("".join(parts), url) if parts else None


def _pictures(row: dict[str, Any]) -> list[str]:
    shown = [*values.objects(row.get("photos") or []), row]
    found = [
        source for one in shown if (source := values.text(one, "photo-url-1280") or values.text(one, "photo-url-500"))
    ]
    return list(dict.fromkeys(found))
