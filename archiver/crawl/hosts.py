"""How each host is treated, over all blogs of a process: its delay, its pauses, its failures in a row.

State without input or output; the clock is handed in.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from archiver.urls import host_key

MOST_FAILING = 6
"""So many different URLs in vain, one after the other, mean that the host is away or wants us to be."""


def host_of(url: str) -> str:
    """The machine that a URL leads to: without `www.` and port, since several ports are still one server."""
    name = host_key(url)
    bare, colon, port = name.rpartition(":")
    return bare if colon and port.isdecimal() else name


@dataclass(slots=True)
class Host:
    """What is known of a host. asked_at, paused_until: on the monotonic clock.

    failing: the URLs asked for in vain since one was answered; in_a_row: how many such tries there were.
    """

    delay: float = 0.0
    asked_at: float = -math.inf
    paused_until: float = 0.0
    in_a_row: int = 0
    failing: set[str] = field(default_factory=set)


class Hosts:
    """All hosts by name."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._hosts: dict[str, Host] = {}

    def _host(self, url: str) -> Host:
        return self._hosts.setdefault(host_of(url), Host())

    def slow_down(self, url: str, delay: float) -> None:
        """Wait at least `delay` seconds between two requests; of several blogs on a host the slowest counts."""
        host = self._host(url)
        host.delay = max(host.delay, delay)

    def delay_of(self, url: str) -> float:
        """The least time between two requests to the host, in seconds."""
        return self._host(url).delay

    def ready_in(self, url: str) -> float:
        """Seconds until the host may be asked again; 0 when that is now."""
        host = self._host(url)
        return max(0.0, max(host.asked_at + host.delay, host.paused_until) - self._clock())

    def paused_for(self, url: str) -> float:
        """Seconds that are left of a pause that the host asked for, or that its silence made advisable."""
        return max(0.0, self._host(url).paused_until - self._clock())

    def asked(self, url: str) -> None:
        """A request to the host has ended, with whatever result: the delay counts from now.

        Also one that becomes known only afterwards, as robots.txt's own does.
        """
        self._host(url).asked_at = self._clock()

    def pause(self, url: str, seconds: float) -> None:
        """Leave the host alone for some time; a longer pause that holds already stays."""
        host = self._host(url)
        host.paused_until = max(host.paused_until, self._clock() + seconds)

    def answered(self, url: str) -> None:
        """The host is there."""
        host = self._host(url)
        host.in_a_row = 0
        host.failing.clear()

    def failed(self, url: str) -> int:
        """The host did not answer, or refused. Returns how often that happened before, in a row."""
        host = self._host(url)
        host.failing.add(url)
        host.in_a_row += 1
        return host.in_a_row - 1

    def is_away(self, url: str) -> bool:
        """Whether the host does not answer any more, whatever it is asked for."""
        return len(self._host(url).failing) >= MOST_FAILING
