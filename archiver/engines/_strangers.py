"""What a list of posts links to at another host as it would to its own posts: that may be a former name of its own.

Only what an answer of that host proves counts (see `archiver.crawl.names`): link lists and planets look the same. Pure.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import replace

from archiver.engines._platform import html
from archiver.engines.base import Engine
from archiver.engines.dom import Dom
from archiver.errors import PageError
from archiver.model import Discovery, Site, Target, TargetKind
from archiver.page import Page
from archiver.urls import absolute, at_host_of, host_key, url_key, within

_MOST = 2  # hosts of a page
_LEAST = 2  # posts; one may be anything
_SHARE = 3
_LISTS = frozenset({TargetKind.HOME, TargetKind.LIST})


def posts_elsewhere(
    page: Page, target: Target, site: Site, engine: Engine, found: Discovery, judged: Collection[str]
) -> tuple[Target, ...]:
    """The posts that a list would lead to if another host were the blog's own, host after host.

    found: where it leads to as it is; there must not be many more of them. judged: hosts that are passed over.
    """
    if target.kind not in _LISTS or not page.ok:
        return ()
    try:
        dom = html(page)
        hosts = _hosts(dom, {host_key(site.home), *site.aliases, *judged}) if dom is not None else {}
        own = len(_posts(found, site.home))
        elsewhere: list[Target] = []
        for urls in sorted(hosts.values(), key=len, reverse=True)[:_MOST]:
            if len(urls) * _SHARE < own:  # it cannot have more posts than there are links to it: icons of a network
                break
            home = absolute("/", min(urls)) or ""
            posts = _posts(engine.discover(page, target, replace(site, home=home)), home)
            linked = {url_key(url) for url in urls}
            posts = [one for one in posts if url_key(one.url) in linked]  # no addresses made of the numbers of teasers
            if len(posts) >= _LEAST and len(posts) * _SHARE >= own:
                elsewhere += _more(page, target, site, engine, found, home)
        return tuple(elsewhere)
    except PageError:
        return ()


def _more(page: Page, target: Target, site: Site, engine: Engine, found: Discovery, home: str) -> list[Target]:
    """What a list would lead to beside what it does, if a host were the blog's own: as it is linked to; posts first."""
    merged = engine.discover(page.of_site(site.home, (*site.aliases, host_key(home))), target, site)
    known = {url_key(one.url) for one in found.targets}
    more = [one for one in merged.targets if one.kind is not TargetKind.API and url_key(one.url) not in known]
    more.sort(key=lambda one: one.kind is not TargetKind.POST)
    return [replace(one, url=at_host_of(one.url, home)) for one in more]


def _hosts(dom: Dom, passed: Collection[str]) -> dict[str, set[str]]:
    """The addresses that a page links to at other hosts, by host; where there are several."""
    found: dict[str, set[str]] = defaultdict(set)
    for _, url in dom.links:
        host = host_key(url)
        if host not in passed:
            found[host].add(url)
    return {host: urls for host, urls in found.items() if len(urls) >= _LEAST}


def _posts(found: Discovery, home: str) -> list[Target]:
    """Those among the targets that are posts of a list, each once; the pages of a menu may stand anywhere."""
    posts = (one for one in found.targets if one.kind is TargetKind.POST and "kind" not in one.hint)
    return list({url_key(one.url): one for one in posts if within(one.url, home)}.values())
