"""Who may work at the same time: never two workers at one host, and few at one provider of blogs. Pure.

Blogs belong together when they share a host, the provider (`*.blogspot.com`, by the public suffix list that comes with
tldextract; the network is not asked) or an address: thousands of blogs with names of their own stand on the servers
of one company. A key says each of these; a blog has several.
"""

from __future__ import annotations

import heapq
import ipaddress
from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from functools import cache
from typing import Literal, NamedTuple

from tldextract import TLDExtract

from archiver.crawl.hosts import host_of


class Key(NamedTuple):
    """What blogs may share."""

    kind: Literal["host", "provider", "address"]
    name: str


@cache
def _suffixes() -> TLDExtract:
    return TLDExtract(cache_dir=None, suffix_list_urls=(), include_psl_private_domains=True)


def provider_of(host: str) -> str | None:
    """Whose server a host is, as far as its name tells: `blogspot.com`, else the registered domain; None of an address.

    A suffix that its owner has listed as one under which others have their sites is a provider; and of all other names
    the domain is: who has example.org has blog.example.org, too.
    """
    found = _suffixes()(host)
    return (found.suffix if found.is_private else found.top_domain_under_public_suffix) or None


def keys_of(url: str, addresses: Iterable[str] = ()) -> tuple[Key, ...]:
    """The keys of a blog. addresses: that its name leads to."""
    host = host_of(url)
    provider = provider_of(host)
    named = [Key("host", host), *([Key("provider", provider)] if provider else [])]
    return (*named, *(Key("address", address) for address in sorted({*addresses, *_literal(host)})))


def _literal(host: str) -> list[str]:
    try:
        return [str(ipaddress.ip_address(host.strip("[]")))]
    except ValueError:
        return []


class Lanes:
    """Hands out work so that no key has more of it at a time than its cap; else first come, first served.

    keys: of each piece of work. per_group: cap of a provider and of an address; that of a host is always 1.
    What cannot begin waits at the key that is full, so that a million blogs of one provider are not gone through again
    and again.
    """

    def __init__(self, keys: Sequence[Sequence[Key]], per_group: int = 1) -> None:
        self._keys, self._per_group = keys, per_group
        self._ready = list(range(len(keys)))
        self._parked: defaultdict[Key, list[int]] = defaultdict(list)
        self._running: Counter[Key] = Counter()
        self._order = len(keys)

    def take(self) -> int | None:
        """The number of what may begin now, and begins; None when nothing may."""
        while self._ready:
            number = heapq.heappop(self._ready)
            keys = self._of(number)
            full = next((key for key in keys if not self._room(key)), None)
            if full is None:
                self._running.update(keys)
                return number
            heapq.heappush(self._parked[full], number)
            for key in keys:  # it may have been woken for one of these: another has its turn
                self._wake(key)
        return None

    def ended(self, number: int, *, again: bool = False) -> None:
        """A piece of work has ended. again: it is to be done once more, after all others that wait."""
        keys = self._of(number)
        self._running.subtract(keys)
        if again:
            # Later numbers are later turns; the remainder says which piece of work it is.
            turn = self._order + (number - self._order) % len(self._keys)
            self._order = turn + 1
            heapq.heappush(self._ready, turn)
        for key in keys:
            self._wake(key)

    def piece(self, number: int) -> int:
        """Which piece of work a number that was taken stands for."""
        return number % len(self._keys)

    def _of(self, number: int) -> Sequence[Key]:
        return self._keys[self.piece(number)]

    def _room(self, key: Key) -> bool:
        return self._running[key] < (1 if key.kind == "host" else self._per_group)

    def _wake(self, key: Key) -> None:
        waiting = self._parked.get(key)
        if waiting and self._room(key):
            heapq.heappush(self._ready, heapq.heappop(waiting))


def bundles(keys: Sequence[Sequence[Key]], per_group: int = 1) -> list[list[int]]:
    """Pieces of work that are done one after the other, so that bundles may be done at the same time.

    What shares a key, directly or by way of others, is a group; a group becomes at most `per_group` bundles, each host
    in one of them. In the order of their first pieces.
    """
    found: list[list[int]] = []
    for group in _joined(keys):
        hosts: defaultdict[Hashable, list[int]] = defaultdict(list)
        for number in group:
            hosts[_host(keys[number])].append(number)
        parts: list[list[int]] = [[] for _ in range(min(per_group, len(hosts)))]
        for part, numbers in enumerate(hosts.values()):
            parts[part % len(parts)] += numbers
        found += [sorted(part) for part in parts]
    return sorted(found)


def packed(bundled: Sequence[Sequence[int]], most: int) -> list[list[int]]:
    """At most `most` bundles, of about the same size: whole ones put together, the largest first."""
    lanes: list[tuple[int, int, list[int]]] = [(0, number, []) for number in range(min(most, len(bundled)))]
    for bundle in sorted(bundled, key=len, reverse=True):
        length, number, lane = heapq.heappop(lanes)
        heapq.heappush(lanes, (length + len(bundle), number, [*lane, *bundle]))
    return [lane for _, _, lane in sorted(lanes, key=lambda lane: lane[1])]


def _host(keys: Sequence[Key]) -> Hashable:
    return next((key for key in keys if key.kind == "host"), None)


def _joined(keys: Sequence[Sequence[Key]]) -> list[list[int]]:
    """The groups, by union of what shares a key."""
    leads = list(range(len(keys)))

    def lead(number: int) -> int:
        while leads[number] != number:
            leads[number] = leads[leads[number]]
            number = leads[number]
        return number

    first: dict[Key, int] = {}
    for number, own in enumerate(keys):
        for key in own:
            one, other = sorted((lead(number), lead(first.setdefault(key, number))))
            leads[other] = one
    groups: defaultdict[int, list[int]] = defaultdict(list)
    for number in range(len(keys)):
        groups[lead(number)].append(number)
    return list(groups.values())


def shared(keys: Mapping[str, Sequence[Key]]) -> Counter[Key]:
    """The keys that several blogs have, with how many: why a run takes as long as it does."""
    counted = Counter(key for own in keys.values() for key in own)
    return Counter({key: number for key, number in counted.items() if number > 1})
