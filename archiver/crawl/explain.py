"""What Scrapy, Twisted and OpenSSL say, in words for people."""

from __future__ import annotations

from collections.abc import Iterator

from OpenSSL import SSL
from scrapy import exceptions
from twisted.internet import error
from twisted.web._newclient import ParseError  # it is raised, but not exported
from twisted.web.client import ResponseFailed

from archiver.coding import BadBody
from archiver.crawl.jobs import Failure

_WORDS: tuple[tuple[tuple[type[BaseException], ...], str], ...] = (
    ((error.DNSLookupError, exceptions.CannotResolveHostError), "its name cannot be found (DNS)"),
    ((error.ConnectionRefusedError, exceptions.DownloadConnectionRefusedError), "the connection was refused"),
    (
        (error.TimeoutError, error.TCPTimedOutError, TimeoutError, exceptions.DownloadTimeoutError),
        "it did not answer in time",
    ),
    ((error.NoRouteError,), "there is no route to it"),
    ((exceptions.ResponseDataLossError,), "the answer broke off before its end"),
    ((ParseError,), "what it answers is not HTTP"),
    ((error.ConnectionLost, error.ConnectionDone), "the connection broke off"),
)


def explain(trouble: BaseException) -> Failure:
    """Why no usable answer came, in a line, and whether another try is pointless."""
    if isinstance(trouble, BadBody):
        return Failure(f"its body {trouble}", lasting=trouble.lasting)
    if isinstance(trouble, exceptions.DownloadCancelledError):
        return Failure("its body is larger than what is read of a page (16 MiB)", lasting=True)
    reasons = list(_reasons(trouble))
    for reason in reasons:
        if isinstance(reason, SSL.Error):
            return _tls(reason)
    for reason in reasons:
        for types, words in _WORDS:
            if isinstance(reason, types):
                return Failure(words)
    name, text = type(reasons[-1]).__name__, " ".join(str(reasons[-1]).split()).rstrip(".")
    return Failure(f"{name}: {text[:200]}" if text else name)


def _reasons(trouble: BaseException) -> Iterator[BaseException]:
    """An exception, what Scrapy made it from, and the failures that Twisted wraps."""
    yield trouble
    if trouble.__cause__ is not None:
        yield from _reasons(trouble.__cause__)
    if isinstance(trouble, ResponseFailed):
        for failure in trouble.reasons:
            yield from _reasons(failure.value)


def _tls(trouble: SSL.Error) -> Failure:
    """OpenSSL's words are a list of triples: library, function, reason."""
    said = "; ".join(str(entry[-1]) for entry in trouble.args[0] if entry) if trouble.args else ""
    if "certificate" in said:
        return Failure(f"its certificate cannot be trusted (TLS: {said})", lasting=True)
    return Failure(f"TLS failed ({said or type(trouble).__name__})")
