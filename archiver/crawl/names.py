"""By which other names a blog's own host goes, and how that is learnt.

Blogs that have moved to another name, to https or off `www.` often keep links to the former one, which leads on by
redirects. That a host is such a name is never taken on a page's word: it has to lead a link of the blog's lists to the
same path at the blog's own host. Planets, link lists and shorteners do not. Two hosts are asked in a run, by two links
each; from then on links to a former name are spelled with the blog's own, and nothing else is asked of it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace

from archiver.crawl.robots import Robots
from archiver.model import Site, Target
from archiver.urls import absolute, at_host_of, host_key, same_host, url_key

STRANGER = "stranger"
"""The hint of a link to a host that may be a former name: the priority that it had as one of the blog's own."""
FORMER = "former name of the blog's host"
"""Why a URL is left out that stands there by the blog's own name as well. Archives remember the names by it."""
ELSEWHERE = "another host"
MOST_HOSTS, MOST_TRIES = 2, 2
_SOON = 4  # a priority: before what is read of the blog, most of which may link by that name


def leads_home(asked: str, to: str, home: str) -> bool:
    """Whether a host leads a URL to the same path at the blog's own host."""
    return same_host(to, home) and url_key(to) == url_key(at_host_of(asked, home))


def strangers(found: Iterable[Target]) -> list[Target]:
    """Links to other hosts as they are put on the frontier: those by which a host is tried come early."""
    tried: Counter[str] = Counter()
    made = []
    for target in found:
        host = host_key(target.url)
        tried[host] += 1
        priority = _SOON if tried[host] <= MOST_TRIES else target.priority
        made.append(replace(target, priority=priority, hint={**target.hint, STRANGER: str(target.priority)}))
    return made


def at_home(target: Target, site: Site) -> Target | None:
    """A link to a former name as it is at the blog's own host; None where it leads to another host."""
    if host_key(target.url) not in site.aliases:
        return None
    hint = {name: value for name, value in target.hint.items() if name != STRANGER}
    return replace(
        target,
        url=at_host_of(target.url, site.home),
        priority=int(target.hint.get(STRANGER, target.priority)),
        hint=hint,
    )


class Names:
    """What one run has learnt of the hosts that its blog links to."""

    def __init__(self) -> None:
        self._tries: Counter[str] = Counter()
        self._rules: dict[str, Robots] = {}
        self._spelled: set[str] = set()  # front pages of the blog's own host that lead to the same path of its home

    @property
    def judged(self) -> frozenset[str] | None:
        """The hosts that are no former names, as far as this run asks; None when it asks no other."""
        tried = frozenset(host for host, tries in self._tries.items() if tries >= MOST_TRIES)
        return tried if len(self._tries) < MOST_HOSTS or len(tried) < len(self._tries) else None

    def may_ask(self, url: str) -> bool:
        """Whether the host of a URL may be asked where it leads."""
        host = host_key(url)
        if host not in self._tries:
            return len(self._tries) < MOST_HOSTS
        rules = self._rules.get(host)
        return self._tries[host] < MOST_TRIES and (rules is None or rules.allows(url))

    def has_rules(self, url: str) -> bool:
        """Whether the robots.txt of a host was asked for."""
        return host_key(url) in self._rules

    def ruled(self, host: str, rules: Robots) -> None:
        """Take the robots.txt of a host."""
        self._rules[host] = rules
        self._tries[host] += 0

    def failed(self, url: str, *, for_good: bool) -> None:
        """A host did not lead a URL to the blog's own. for_good: it does not answer, or leads elsewhere."""
        self._tries[host_key(url)] += MOST_TRIES if for_good else 1

    def followed(self, asked: str, to: str, home: str) -> None:
        """Take note of a redirect within the blog's host: from http to https, say."""
        if asked != to and same_host(asked, home) and to == at_host_of(asked, home):
            self._spelled.add(absolute("/", asked) or "")

    def spelled(self, url: str, home: str) -> str:
        """A URL of the blog's host as that would spell it by a redirect that is known."""
        if not self._spelled or (absolute("/", url) or "") not in self._spelled:
            return url
        return at_host_of(url, home)
