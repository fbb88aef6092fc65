"""The written content, read from `content/*.toml` into records that await their numbers.

A draft of a comment has no id yet: like WordPress, the blog numbers comments by the order in which
they came in, over all posts, which is known only when the generated ones are added.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import quote
from zlib import crc32
from zoneinfo import ZoneInfo

from archiver.demo._markup import paragraphs, slugify
from archiver.demo.records import Author, Post, Term

FOLDER = Path(__file__).parent / "content"
FIRST_POST_ID, POST_ID_STEP = 24, 12  # as on a real blog, revisions and images use up numbers between
STATUSES = {"spam", "hold"}
PINGS = {"pingback", "trackback"}


@dataclass(slots=True, kw_only=True)
class Draft:
    """A comment without a number. place: `2.1` answers `2` of the same post."""

    post_id: int
    place: str
    name: str
    date: datetime
    text: str
    url: str = ""
    account: Author | None = None
    kind: str = "comment"
    status: str = "approved"


@dataclass(slots=True)
class Content:
    title: str
    tagline: str
    language: str
    zone: ZoneInfo
    authors: dict[str, Author]
    terms: list[Term]
    blogroll: list[tuple[str, str]]
    pages: list[Post] = field(default_factory=list)
    posts: list[Post] = field(default_factory=list)
    drafts: list[Draft] = field(default_factory=list)
    long_thread: int = 0  # id of the post whose thread is filled up

    def term(self, slug: str) -> Term:
        wanted = quote(slug).lower()
        return next(term for term in self.terms if term.slug == wanted)


@cache
def read(name: str) -> dict[str, Any]:
    return tomllib.loads((FOLDER / name).read_text("utf-8"))


def load() -> Content:
    """Everything written by hand, posts in the order of their dates."""
    site = read("site.toml")
    content = Content(
        site["title"],
        site["tagline"],
        site["language"],
        ZoneInfo(site["timezone"]),
        load_authors(site["authors"] + site["guests"]),
        load_terms(site["categories"], site["tags"]),
        [(link["url"], link["text"]) for link in site["blogroll"]],
    )
    content.pages = [load_post(raw, 7 + 2 * n, content, kind="page") for n, raw in enumerate(site["pages"])]
    raws = [raw for path in sorted(FOLDER.glob("posts-*.toml")) for raw in read(path.name)["post"]]
    for n, raw in enumerate(sorted(raws, key=lambda raw: raw["date"])):
        post = load_post(raw, FIRST_POST_ID + POST_ID_STEP * n, content)
        content.posts.append(post)
        content.drafts += [load_draft(row, post, content.authors) for row in raw.get("comments", ())]
        if raw.get("thread"):
            content.long_thread = post.id
    return content


def load_authors(raws: Iterable[dict[str, Any]]) -> dict[str, Author]:
    return {
        raw["key"]: Author(
            id=raw.get("id", 0),
            name=raw["name"],
            slug=raw["key"] if raw.get("id") else "",
            url=raw.get("url", ""),
            email=raw.get("email", ""),
            bio=raw["bio"],
        )
        for raw in raws
    }


def load_terms(categories: Iterable[dict[str, Any]], tags: Iterable[dict[str, Any]]) -> list[Term]:
    terms: list[Term] = []
    numbers = {"": 0}
    for taxonomy, raws in (("category", categories), ("post_tag", tags)):
        for raw in raws:
            numbers[raw["slug"]] = len(terms) + 2
            terms.append(
                Term(
                    id=numbers[raw["slug"]],
                    taxonomy=taxonomy,
                    slug=quote(raw["slug"]).lower(),
                    name=raw["name"],
                    parent=numbers[raw.get("parent", "")],
                    description=raw.get("description", ""),
                )
            )
    return terms


def load_post(raw: dict[str, Any], post_id: int, content: Content, *, kind: str = "post") -> Post:
    published = raw["date"].replace(tzinfo=content.zone).astimezone(UTC)
    modified = raw["modified"].replace(tzinfo=content.zone).astimezone(UTC) if "modified" in raw else published
    bylines = tuple(content.authors[key] for key in raw["by"])
    return Post(
        id=post_id,
        title=raw["title"],
        slug=raw.get("slug") or slugify(raw["title"]) or str(post_id),
        parts=tuple(paragraphs(part) for part in re.split(r"<!--nextpage-->", raw["body"])),
        published=published,
        modified=modified,
        account=content.authors[raw["account"]] if "account" in raw else bylines[0],
        bylines=bylines,
        terms=tuple(content.term(slug) for slug in (*raw.get("categories", ()), *raw.get("tags", ()))),
        kind=kind,
        status=raw.get("status", "publish"),
        password=raw.get("password", ""),
        sticky=raw.get("sticky", False),
        comments_open=kind == "post" and not raw.get("closed", False),
    )


def load_draft(row: list[str], post: Post, authors: dict[str, Author]) -> Draft:
    place, who, after, text = row
    mark, _, rest = who.partition(": ")
    if mark in STATUSES | PINGS:
        who = rest
    name, _, url = who.partition(" | ")
    account = authors[name[1:]] if name.startswith("@") else None
    odd_seconds = crc32(text.encode()) % 240  # nobody writes on the hour
    return Draft(
        post_id=post.id,
        place=place,
        name=account.name if account else name,
        url=account.url if account else url,
        account=account,
        date=post.published + span(after) + timedelta(seconds=odd_seconds),
        text=text,
        kind=mark if mark in PINGS else "comment",
        status=mark if mark in STATUSES else "approved",
    )


def span(text: str) -> timedelta:
    """`1d4h`, `2h30m`"""
    units = {"d": "days", "h": "hours", "m": "minutes"}
    return timedelta(**{units[unit]: int(number) for number, unit in re.findall(r"(\d+)([dhm])", text)})
