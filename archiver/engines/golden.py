"""Golden pages: a page in a folder of its own, as `page.html`, and what must be read in it, `expected.json`.

Of `expected.json` what is there is compared: url, target (its kind), hint, headers; post (native_id, title, authors
with URLs, published with precision, terms, text, weak, protected …), bio, count (a heading's claim), comments as
[id, parent, depth, author, url, at, text, kind, how the parent is known], by_post_author, archives as
[label, year, month, posts], categories as [name, id, posts, parent's URL], widgets as [kind, title, links],
claims as [subject's kind, subject, measure, number, where], targets as [kind, url], notes. `pages`: False for a
blog whose pages are not captured. posts: as post, for an answer that holds several.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from archiver.engines.base import Engine
from archiver.errors import UsageError
from archiver.model import Discovery, Extract, Post, Site, Target, TargetKind
from archiver.page import Page
from archiver.urls import absolute

TYPES = {".html": "text/html; charset=utf-8", ".json": "application/json", ".xml": "application/xml"}
SETUP = frozenset({"url", "target", "hint", "headers", "home", "utc_offset", "pages", "about"})
"""What of `expected.json` says how the page was asked for."""
_WRITTEN = ("native_id", "kind", "title", "authors", "published", "terms", "text", "excerpt")
_LISTS = ("comments", "archives", "categories", "tags", "claims", "notes", "targets")


class Case:
    """One folder, read by an engine. expected: what must come of it; asked: the names of that."""

    def __init__(self, folder: Path, engine: Engine) -> None:
        self.expected: dict[str, Any] = json.loads((folder / "expected.json").read_text("utf-8"))
        url = self.expected["url"]
        body = next(folder.glob("page.*"))
        headers = {"content-type": TYPES[body.suffix], **self.expected.get("headers", {})}
        self.page = Page(url, body.read_bytes(), headers=headers)
        home = self.expected.get("home") or absolute("/", url) or url
        self.site = Site(
            key="x",
            home=home,
            utc_offset=self.expected.get("utc_offset", 0),
            capture_pages=self.expected.get("pages", True),
        )
        kind = TargetKind(self.expected.get("target", "post"))
        self.target = Target(url=url, kind=kind, hint=self.expected.get("hint", {}))
        self.extract: Extract = engine.extract(self.page, self.target, self.site)
        self.discovery: Discovery = engine.discover(self.page, self.target, self.site)

    @property
    def asked(self) -> list[str]:
        """What is compared."""
        return [name for name in self.expected if name not in SETUP]

    @property
    def wrong(self) -> dict[str, tuple[Any, Any]]:
        """What was read otherwise than expected: what was found, and what was expected."""
        pairs = {name: (self.found(name), self.expected[name]) for name in self.asked}
        return {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}

    def found(self, name: str) -> Any:
        """What was read under a name of `expected.json`, in its form."""
        return getattr(self, f"_{name}")()

    def _post(self) -> dict[str, Any]:
        (post,) = self.extract.posts
        every = self.fields(post)
        return {name: every[name] for name in self.expected["post"]}

    def _posts(self) -> list[dict[str, Any]]:
        """Of several posts what is expected of each, in their order."""
        assert len(self.extract.posts) == len(self.expected["posts"]), [post.url for post in self.extract.posts]
        pairs = zip(self.extract.posts, self.expected["posts"], strict=True)
        return [{name: self.fields(post)[name] for name in asked} for post, asked in pairs]

    @staticmethod
    def fields(post: Post) -> dict[str, Any]:
        """What is known of a post, in the form of `expected.json`."""
        return {
            "native_id": post.native_id,
            "url": post.url,
            "kind": post.kind.value,
            "title": post.title,
            "authors": [[author.name, author.url] for author in post.authors or ()],
            "published": [post.published.at, post.published.precision.value] if post.published else None,
            "printed": post.published.printed if post.published else None,
            "modified": post.modified.at if post.modified else None,
            "terms": [[term.taxonomy, term.name] for term in post.terms or ()],
            "text": post.content.text if post.content else None,
            "weak": sorted(post.weak),
            "protected": post.protected,
            "part": post.part,
            "parts": post.parts,
            "comments_open": post.comments_open,
            "excerpt": post.excerpt,
            "rank": post.rank.name.lower(),
        }

    def _bio(self) -> str | None:
        return next((author.bio for author in self.extract.authors), None)

    def _count(self) -> int | None:
        return next((c.number for c in self.extract.claims if c.subject_kind == "post"), None)

    def _comments(self) -> list[list[Any]]:
        return [
            [
                c.native_id,
                c.parent,
                c.depth,
                c.author.name if c.author else None,
                c.author.url if c.author else None,
                c.published.at if c.published else None,
                c.content.text if c.content else None,
                c.kind.value,
                c.parent_source.value,
            ]
            for c in self.extract.comments
        ]

    def _by_post_author(self) -> list[str | None]:
        return [c.native_id for c in self.extract.comments if c.by_post_author]

    def _comment_urls(self) -> list[str | None]:
        return [c.url for c in self.extract.comments]

    def _thread(self) -> list[int | None]:
        (thread,) = self.extract.threads
        return [thread.page, thread.pages, thread.shown]

    def _archives(self) -> list[list[Any]]:
        return [[p.label, p.year, p.month, p.claimed_posts] for p in self.extract.archives]

    def _categories(self) -> list[list[Any]]:
        return self._terms_of("category")

    def _tags(self) -> list[list[Any]]:
        return self._terms_of("tag")

    def _terms_of(self, taxonomy: str) -> list[list[Any]]:
        claims = {c.subject: c.number for c in self.extract.claims if c.subject_kind == taxonomy}
        return [
            [term.name, term.native_id, claims.get(term.url or ""), term.parent_url]
            for term in self.extract.terms
            if term.taxonomy == taxonomy
        ]

    def _widgets(self) -> list[list[Any]]:
        return [[w.kind, w.title, len(w.links)] for w in self.extract.widgets]

    def _lines(self) -> list[list[Any]]:
        return [[link.url, link.text, link.detail] for w in self.extract.widgets for link in w.links]

    def _blog(self) -> list[str | None]:
        facts = self.extract.blog
        return [facts.title, facts.tagline, facts.language, facts.theme] if facts else []

    def _claims(self) -> list[list[Any]]:
        return [[c.subject_kind, c.subject, c.measure, c.number, c.where] for c in self.extract.claims]

    def _notes(self) -> list[str]:
        return [note.kind for note in self.extract.notes]

    def _targets(self) -> list[list[str]]:
        return [[t.kind.value, t.url] for t in self.discovery.targets]

    def _aliases(self) -> list[str]:
        return list(self.discovery.aliases)


def save(folder: Path, page: Page, target: Target, engine: Engine) -> list[str]:
    """Write a page, and what an engine reads in it now, as a golden case. Returns what is expected of it from now on.

    It is for a person to look at: what was read wrongly is expected wrongly. Raises UsageError where there is one.
    """
    if (folder / "expected.json").exists():
        raise UsageError(str(folder), "there is a golden case", "Name another folder, or delete it")
    kind = next((end for end, name in TYPES.items() if page.media_type == name.partition(";")[0]), None)
    suffix = kind or (".xml" if page.media_type.endswith("xml") else ".html")
    setup: dict[str, Any] = {"about": "", "url": page.url, "target": target.kind.value}
    setup |= {"hint": target.hint} if target.hint else {}
    if page.media_type and page.headers["content-type"] != TYPES[suffix]:
        setup["headers"] = {"content-type": page.headers["content-type"]}
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"page{suffix}").write_bytes(page.body)
    (folder / "expected.json").write_text(json.dumps(setup), "utf-8")
    case = Case(folder, engine)
    posts = [
        {name: value for name, value in case.fields(post).items() if name in _WRITTEN} for post in case.extract.posts
    ]
    read: dict[str, Any] = {"post": posts[0]} if len(posts) == 1 else {"posts": posts} if posts else {}
    read |= {name: value for name in _LISTS if (value := case.found(name))}
    text = json.dumps(setup | read, indent=1, ensure_ascii=False)
    (folder / "expected.json").write_text(text + "\n", "utf-8")
    return list(read)
