"""What a session asks for and what it is told: jobs and answers. No Scrapy here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from http import HTTPStatus

from archiver.model import Fetch, Target
from archiver.page import Page
from archiver.urls import absolute
from archiver.warc.records import Exchange, Place

REDIRECTS = frozenset({301, 302, 303, 307, 308})
NOT_MODIFIED = 304


@dataclass(frozen=True, slots=True)
class Job:
    """One request to make. url differs from the target's after a redirect; attempts: how often it failed before.

    etag, last_modified: of the answer that is held; the request is then a conditional one.
    """

    target: Target
    url: str
    attempts: int = 0
    hops: int = 0
    etag: str | None = None
    last_modified: str | None = None

    @property
    def conditions(self) -> dict[str, str]:
        """The headers by which a server may answer that nothing has changed."""
        found = {"If-None-Match": self.etag, "If-Modified-Since": self.last_modified}
        return {name: value for name, value in found.items() if value}


@dataclass(frozen=True, slots=True)
class Failure:
    """Why no usable answer came. lasting: another try would end the same way. todo: what a person can do about it."""

    why: str
    lasting: bool = False
    todo: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What came for a job: a page of whatever status, or the failure in its place.

    at: when the body was complete. elapsed: seconds until then. digest and size: of the body as it came
    over the wire, as a WARC has them. exchange: both heads and the body, to be put on record; place: where
    that was done.
    """

    at: datetime
    page: Page | None = None
    failure: Failure | None = None
    elapsed: float | None = None
    digest: str | None = None
    size: int = 0
    exchange: Exchange | None = None
    place: Place | None = None


def utc_now() -> datetime:
    """The clock of a live crawl."""
    return datetime.now(UTC)


def stamp(moment: datetime) -> str:
    """A time as fetches and the frontier are stamped: UTC, to the microsecond."""
    return moment.strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def shown(moment: datetime) -> str:
    """A time for people, to the minute."""
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M} UTC"


def said(status: int) -> str:
    """A status with its phrase: `503 Service Unavailable`."""
    try:
        return f"{status} {HTTPStatus(status).phrase}"
    except ValueError:
        return str(status)


def _location(page: Page, asked: str) -> str | None:
    """Where a redirect leads, or where the redirects have led."""
    if page.status in REDIRECTS and "location" in page.headers:
        return absolute(page.headers["location"], page.url)
    return page.url if page.url != asked else None


def fetch_of(job: Job, answer: Answer, error: str | None = None) -> Fetch:
    """The record of an exchange; error: what was wrong with an answer that came."""
    page = answer.page
    headers = page.headers if page else {}
    place = answer.place
    return Fetch(
        url=job.target.url,
        fetched_at=stamp(answer.at),
        status=page.status if page else None,
        content_type=page.media_type or None if page else None,
        etag=headers.get("etag"),
        last_modified=headers.get("last-modified"),
        location=_location(page, job.target.url) if page else None,
        digest=answer.digest,
        size=answer.size if page else None,
        elapsed=answer.elapsed,
        error=error or (answer.failure.why if answer.failure else None),
        warc_file=place.file if place else None,
        warc_offset=place.offset if place else None,
        warc_length=place.length if place else None,
    )
