"""Which URLs of a blog are fetched, and which of its records are kept."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from archiver import comments
from archiver.config import BlogConfig
from archiver.crawl.robots import Robots
from archiver.crawl.wishes import PAGES
from archiver.engines import Engine
from archiver.model import Extract, Site, Target, TargetKind
from archiver.urls import absolute, host_key, is_private_host, same_host

ROBOTS_REASON = "robots.txt disallows it"
NOT_NEEDED = "not needed: the API has it"


class Policy:
    """What a person asked for, what robots.txt allows, and what the engine still needs."""

    def __init__(self, config: BlogConfig, robots: Robots, engine: Engine) -> None:
        self._robots, self._engine = robots, engine
        self._others: dict[str, Robots] = {}  # the hosts of comment systems that posts declare
        self._include = [re.compile(pattern) for pattern in config.include]
        self._exclude = [re.compile(pattern) for pattern in config.exclude]

    @property
    def robots(self) -> Robots:
        """The robots.txt of the blog's own host."""
        return self._robots

    @property
    def chooses(self) -> bool:
        """Whether a person has chosen among the posts, so that the rest is not missing."""
        return bool(self._include or self._exclude)

    def barred(self, url: str, site: Site) -> str | None:
        """Why a URL may not be fetched, whatever it holds; None when it may. Redirects are asked about as well."""
        robots = self._robots if same_host(url, site.home) else self._others.get(host_key(url))
        if robots is None:
            return "another host"
        if not robots.allows(url):
            return robots.why or ROBOTS_REASON
        return "an exclude pattern fits" if _fits(self._exclude, url) else None

    def allows(self, url: str) -> bool:
        """Whether the robots.txt of the blog's own host allows a URL."""
        return self._robots.allows(url)

    def left_out(self, target: Target, site: Site) -> str | None:
        """Why a target may not be fetched, or was not asked for."""
        barred = self.barred(target.url, site)
        if barred:
            return barred
        chosen = target.kind not in PAGES or not self._include or _fits(self._include, target.url)
        return None if chosen else "no include pattern fits"

    def rules_of(self, target: Target, site: Site) -> Target | None:
        """The robots.txt that is to be read before a thread is asked for at another host; None when it has been, or
        when nothing may be asked of that host: a public blog does not lead us to private addresses."""
        host = host_key(target.url)
        if not comments.is_thread(target) or same_host(target.url, site.home) or host in self._others:
            return None
        return None if leads_inwards(target.url, site) else robots_target(target.url)

    def ruled(self, target: Target, robots: Robots) -> None:
        """Take the rules of another host. target: what `rules_of` gave."""
        self._others[target.hint["host"]] = robots

    def unwanted(self, target: Target, site: Site) -> str | None:
        """Why a target is left out; None when it is to be fetched."""
        reason = self.left_out(target, site)
        if reason:
            return reason
        if comments.is_thread(target):
            return None
        return None if self._engine.wanted(target, site) else NOT_NEEDED

    def kept(self, extract: Extract) -> Extract:
        """The records without the posts that were left out, and their comments: an API brings them unasked."""
        if not self.chooses:
            return extract
        return replace(
            extract,
            posts=tuple(post for post in extract.posts if self._chosen(post.url)),
            comments=tuple(comment for comment in extract.comments if self._chosen(comment.post.url)),
        )

    def _chosen(self, url: str | None) -> bool:
        if url is None:
            return True
        return not _fits(self._exclude, url) and (not self._include or _fits(self._include, url))


def leads_inwards(url: str, site: Site) -> bool:
    """Whether a public blog leads to a private address, of which nothing is asked."""
    return is_private_host(host_key(url)) and not is_private_host(host_key(site.home))


def robots_target(url: str, **hint: str) -> Target | None:
    """The robots.txt of another host than the blog's, to be read before a URL there."""
    robots = absolute("/robots.txt", url)
    return Target(url=robots, kind=TargetKind.ROBOTS, hint={"host": host_key(url), **hint}) if robots else None


def _fits(patterns: Sequence[re.Pattern[str]], url: str) -> bool:
    return any(pattern.search(url) for pattern in patterns)
