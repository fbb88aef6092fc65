"""What Twisted and OpenSSL say, in words for people."""

from __future__ import annotations

from scrapy import exceptions
from twisted.internet import error
from twisted.web.client import ResponseFailed
from twisted.web.http import PotentialDataLoss


def explain(failure: BaseException) -> str:
    """Why no answer came, in a line."""
    if isinstance(failure, ResponseFailed):
        return "; ".join(dict.fromkeys(explain(reason.value) for reason in failure.reasons)) or "the answer broke off"
    text = " ".join(str(failure).split()).rstrip(".")
    kinds: list[tuple[tuple[type[BaseException], ...], str]] = [
        ((error.DNSLookupError, exceptions.CannotResolveHostError), "its name cannot be found (DNS)"),
        ((error.ConnectionRefusedError, exceptions.DownloadConnectionRefusedError), "the connection was refused"),
        ((error.TimeoutError, error.TCPTimedOutError, TimeoutError, exceptions.DownloadTimeoutError), "it did not answer in time"),
        ((error.ConnectionLost, error.ConnectionDone, PotentialDataLoss, exceptions.ResponseDataLossError), "the connection broke off"),
        ((error.NoRouteError,), "there is no route to it"),
    ]
    name = type(failure).__name__
    if "ssl" in text.lower() or "certificate" in text.lower() or "SSL" in name:
        return f"TLS failed: {text[:200]}"
    for types, words in kinds:
        if isinstance(failure, types):
            return words
    if isinstance(failure, exceptions.IgnoreRequest):
        return f"left out: {text}"
    return f"{name}: {text[:200]}" if text else name
