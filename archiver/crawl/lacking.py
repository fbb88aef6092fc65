"""What is read after all, since something would be missing without it."""

from __future__ import annotations

import sqlite3

from archiver.crawl import held
from archiver.engines import Engine
from archiver.model import Site, Target, TargetKind
from archiver.urls import within
from db import Archive

_LISTS = frozenset({TargetKind.FEED, TargetKind.LIST, TargetKind.SITEMAP})
_OF_POST = frozenset({TargetKind.POST, TargetKind.POST_PART, TargetKind.COMMENT_PAGE})


class Lacking:
    """What one crawl of a blog lacks, asked of the archive.

    connection: the one that writes, for questions of every URL. chosen: a person wants some of the posts only, so that
    the rest is not missing.
    """

    def __init__(
        self, archive: Archive, connection: sqlite3.Connection, engine: Engine, site_key: str, *, chosen: bool
    ) -> None:
        self._archive, self._connection, self._engine, self._site_key = archive, connection, engine, site_key
        self._chosen = chosen
        self._withheld: bool | None = None
        self.looked_again = False

    def lacks(self, target: Target) -> bool:
        """Whether something would be missing without what an open API makes needless.

        A page that it does not have, as a blog's that has changed its platform does not have the old posts; or lists,
        where it gives less than it states.
        """
        if target.kind in _LISTS:
            return self.looked_again or self._api_withholds()
        if target.kind not in _OF_POST:
            return False
        return not held.has_data(self._connection, self._site_key, target.url, self._engine.post_of(target.url))

    def _api_withholds(self) -> bool:
        """Whether the API has given fewer posts than it states: one of its pages failed, or it gives one for all."""
        if self._withheld is None:
            self._withheld = not self._chosen and held.withheld(self._connection, self._site_key) > 0
        return self._withheld

    def months(self, site: Site) -> list[Target]:
        """The lists of months that claim more posts than were found: they may name the rest."""
        urls = () if self._chosen else held.months_with_gaps(self._archive, self._site_key)
        return [Target(url=url, kind=TargetKind.LIST, priority=40) for url in urls if within(url, site.home)]

    def unseen(self) -> list[Target]:
        """Posts of before that nothing speaks of any more: their own URLs tell whether they have vanished."""
        urls = () if self._chosen else held.posts_unseen(self._archive, self._site_key)
        return [Target(url=url, kind=TargetKind.POST, priority=50, hint={"known": "1"}) for url in urls]
