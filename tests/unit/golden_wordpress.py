"""Pages of themes and plugins, each a folder: `page.html`, and what must be read in it, `expected.json`.

Class names, ids and nesting are those of the theme, the words are ours. Of `expected.json` what is there
is compared: url, target (its kind), hint, headers; post (native_id, title, authors with URLs, published
with precision, terms, text, weak, protected …), bio, count (a heading's claim), comments as
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
from archiver.engines.wordpress import WordPress
from archiver.model import Discovery, Extract, Post, Site, Target, TargetKind
from archiver.page import Page
from archiver.urls import absolute

GOLDEN = Path(__file__).parents[1] / "golden"
TYPES = {".html": "text/html; charset=utf-8", ".json": "application/json", ".xml": "application/xml"}


def cases_of(engine: str) -> list[str]:
    """The folders of an engine's golden pages."""
    return sorted(path.parent.name for path in (GOLDEN / engine).glob("*/expected.json"))


CASES = cases_of("wordpress")
ENGINE = WordPress()


class Case:
    """One folder, read."""

    def __init__(self, name: str, engine: Engine = ENGINE) -> None:
        folder = GOLDEN / engine.name / name
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

    def found(self, name: str) -> Any:
        """What was read under a name of `expected.json`, in its form."""
        return getattr(self, f"_{name}")()

    def _post(self) -> dict[str, Any]:
        (post,) = self.extract.posts
        every = self._fields(post)
        return {name: every[name] for name in self.expected["post"]}

    def _posts(self) -> list[dict[str, Any]]:
        """Of several posts what is expected of each, in their order."""
        assert len(self.extract.posts) == len(self.expected["posts"]), [post.url for post in self.extract.posts]
        pairs = zip(self.extract.posts, self.expected["posts"], strict=True)
        return [{name: self._fields(post)[name] for name in asked} for post, asked in pairs]

    @staticmethod
    def _fields(post: Post) -> dict[str, Any]:
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


SETUP = frozenset({"url", "target", "hint", "headers", "home", "utc_offset", "pages", "about"})
