"""Where names lead: the name of a public blog may not lead to a private address.

What a URL says is judged before it is asked for (policy.py, opening.py). But anyone can let a name of theirs lead to
127.0.0.1 or to the printer next door, and can change that between two requests (DNS rebinding). So each time that a
name is resolved the addresses are looked at here, and connections are made to no others than those that have passed.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit
from urllib.request import getproxies

from twisted.internet.interfaces import IAddress, IHostResolution, IResolutionReceiver

from archiver.crawl.hosts import host_of
from archiver.urls import is_private_host


def leads_inwards(name: str, address: str) -> bool:
    """Whether a public name leads to an address that the internet does not reach."""
    return is_private_host(address) and not is_private_host(name)


class Addresses:
    """Resolves names for a reactor (Twisted's IHostnameResolver); those addresses are left out that lead inwards.

    inner: who resolves them in fact. refused: what was left out, by name.
    """

    def __init__(self, inner: Any) -> None:
        self.refused: dict[str, str] = {}
        self._inner = inner
        # A proxy may well stand in one's own network.
        self._trusted = {host_of(url if "://" in url else f"http://{url}") for url in getproxies().values()}

    def trust(self, url: str) -> None:
        """Let the name of a blog lead wherever it does: it was given as one of a private network."""
        self._trusted.add(host_of(url))

    def why_not(self, url: str) -> str | None:
        """Why there was no address for the name of a URL, if it was left out here."""
        address = self.refused.get(host_of(url))
        name = urlsplit(url).hostname
        return f"its name leads to a private address ({name} is {address})" if address else None

    def resolveHostName(  # noqa: N802 (named by Twisted)
        self,
        resolutionReceiver: IResolutionReceiver,  # noqa: N803
        hostName: str,  # noqa: N803
        portNumber: int = 0,  # noqa: N803
        addressTypes: Sequence[type[IAddress]] | None = None,  # noqa: N803
        transportSemantics: str = "TCP",  # noqa: N803
    ) -> IHostResolution:
        """Resolve a name; called by Twisted for each connection."""
        name = host_of(f"http://{hostName}/")
        receiver: Any = resolutionReceiver
        if name not in self._trusted:
            self.refused.pop(name, None)
            receiver = _Receiver(resolutionReceiver, name, self.refused)
        resolved: IHostResolution = self._inner.resolveHostName(
            receiver, hostName, portNumber, addressTypes, transportSemantics
        )
        return resolved


class _Receiver:
    """Hands on the addresses that a name may have (Twisted's IResolutionReceiver)."""

    def __init__(self, receiver: Any, name: str, refused: dict[str, str]) -> None:
        self._receiver, self._name, self._refused = receiver, name, refused
        self._left_out = ""
        self._passed = False

    def resolutionBegan(self, resolutionInProgress: IHostResolution) -> None:  # noqa: N802, N803
        """See IResolutionReceiver."""
        self._receiver.resolutionBegan(resolutionInProgress)

    def addressResolved(self, address: Any) -> None:  # noqa: N802
        """See IResolutionReceiver."""
        if leads_inwards(self._name, address.host):
            self._left_out = address.host
        else:
            self._passed = True
            self._receiver.addressResolved(address)

    def resolutionComplete(self) -> None:  # noqa: N802
        """See IResolutionReceiver."""
        if self._left_out and not self._passed:
            self._refused[self._name] = self._left_out
        self._receiver.resolutionComplete()


def addresses_of(reactor: Any) -> Addresses:
    """The guard of a reactor, put before the resolver that it has if there was none."""
    resolver = reactor.nameResolver
    if not isinstance(resolver, Addresses):
        resolver = Addresses(resolver)
        reactor.installNameResolver(resolver)
    return resolver
