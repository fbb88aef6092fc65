"""What the feeds of a blog have told of its posts and comments, and what their pages have taught by it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from archiver.engines import layout
from archiver.model import Extract, Learned, Site, Target, TargetKind
from archiver.urls import url_key


class Lessons:
    """Of one blog. known: what earlier runs have learned, as (post, field, path)."""

    def __init__(self, known: Iterable[tuple[str, str, str]] = ()) -> None:
        self._told: dict[str, layout.Pairs] = {}
        self._said: dict[str, layout.Pairs] = {}
        self._learned: dict[tuple[str, str], str] = {(post, field): path for post, field, path in known}

    def heard(self, target: Target, extract: Extract) -> None:
        """Take note of what a feed tells of the first posts or comments in it, and of what a page has taught."""
        if target.kind is TargetKind.FEED:
            counts = {claim.subject: claim.number for claim in extract.claims if claim.measure == "comments"}
            for post in extract.posts[: layout.MOST_POSTS - len(self._told)]:
                told = layout.told_of(post, counts.get(f"#{post.native_id}", counts.get(post.url)))
                if told:
                    self._told.setdefault(url_key(post.url), told)
        for quote in extract.quotes:
            key, pair = url_key(quote.post), (layout.SAID, quote.begins)
            said = self._said.get(key, ())
            is_room = len(said) < layout.MOST_QUOTES and (said or len(self._said) < layout.MOST_POSTS)
            if is_room and pair not in said:
                self._said[key] = (*said, pair)
        for lesson in extract.lessons:
            self._learned[url_key(lesson.post.url or ""), lesson.field] = lesson.path

    def agreed(self) -> tuple[Learned, ...]:
        """Where the blog has its fields, as far as enough posts agree."""
        return layout.agreed((post, field, path) for (post, field), path in self._learned.items())

    def for_page(self, site: Site, target: Target) -> Site:
        """What the reader of a page is told: what feeds say of its post and of comments there, and where the blog has
        its fields."""
        if target.kind is not TargetKind.POST:
            return site
        key = url_key(target.url)
        told = (*self._told.get(key, ()), *self._said.get(key, ()))
        places = tuple((one.field, one.path) for one in self.agreed())
        return replace(site, told=told, layout=places)
