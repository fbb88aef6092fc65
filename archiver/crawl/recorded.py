"""What a crawl knew when it asked for a page, kept beside the response, so that it can be read again the same way.

The same page may be read differently: an API that is known to be open makes a feed superfluous, and a
sidebar is read once a run. So the note holds the target, the state of the request, and the site as it was known.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from archiver.coding import BadBody, decoded
from archiver.crawl.explain import explain
from archiver.crawl.jobs import Answer, Failure, Job
from archiver.model import Site, Target, TargetKind
from archiver.page import Page
from archiver.warc.reader import Record
from archiver.warc.records import Place, digest

LARGEST = 16 << 20
"""Bytes of a decoded body, as in a live crawl."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A request and its circumstances.

    engine: who was to read the page; None: whoever knows it. crawl_id: empty as long as the blog was being
    opened. include, exclude: what a person has chosen among the posts. render: whether a browser
    showed what held no post. named: whether a person has named the engine.
    """

    job: Job
    site: Site
    engine: str | None = None
    crawl_id: str = ""
    opening: bool = False
    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    render: bool = False
    named: bool = False


def note_of(asked: Asked, elapsed: float | None) -> dict[str, Any]:
    """The circumstances as plain JSON."""
    job, target = asked.job, asked.job.target
    return {name: True for name in _WISHES if getattr(asked, name)} | {
        "target": {"url": target.url, "kind": target.kind.value, "priority": target.priority, "hint": target.hint},
        "attempts": job.attempts,
        "hops": job.hops,
        "elapsed": elapsed,
        "engine": asked.engine,
        "crawl": asked.crawl_id,
        "opening": asked.opening,
        "include": list(asked.include),
        "exclude": list(asked.exclude),
        "site": {name: _plain(getattr(asked.site, name)) for name in _SITE},
    }


def asked_of(note: dict[str, Any], url: str) -> Asked:
    """The circumstances again. url: what was asked for, after redirects. Raises ValueError for somebody else's note."""
    try:
        target, site = note["target"], dict(note["site"])
        site["open_routes"] = frozenset(site["open_routes"])
        site |= {name: tuple((str(a), str(b)) for a, b in site.get(name, ())) for name in ("told", "layout")}
        site["aliases"] = tuple(str(name) for name in site.get("aliases", ()))
        return Asked(
            job=Job(
                Target(
                    url=target["url"],
                    kind=TargetKind(target["kind"]),
                    priority=target["priority"],
                    hint=target["hint"],
                ),
                url,
                attempts=note["attempts"],
                hops=note["hops"],
            ),
            site=Site(**{name: value for name, value in site.items() if name in _SITE}),
            engine=note["engine"],
            crawl_id=note["crawl"],
            opening=note["opening"],
            include=tuple(note["include"]),
            exclude=tuple(note["exclude"]),
            **{name: bool(note.get(name, False)) for name in _WISHES},
        )
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise ValueError("it is no note of a crawl") from error


def answer_of(record: Record, file: str, body: bytes, asked: str) -> Answer:
    """A record as the crawl was told of it. asked: the target's URL.

    body: the payload, which a revisit has in another record.
    """
    note = record.note or {}
    page: Page | None = None
    failure: Failure | None = None
    try:
        page = page_of(record, body, asked)
    except BadBody as error:
        failure = explain(error)
    return Answer(
        at=datetime.fromisoformat(record.date),
        page=page,
        failure=failure,
        elapsed=note.get("elapsed"),
        digest=record.digest or digest(body),
        size=len(body),
        place=Place(file, record.offset, record.length),
    )


def page_of(record: Record, body: bytes, asked: str) -> Page:
    """The page of a record. Raises BadBody."""
    headers: dict[str, str] = {}
    for name, value in record.headers:
        lower = name.lower()
        headers[lower] = f"{headers[lower]}, {value}" if lower in headers else value
    plain = decoded(body, headers.get("content-encoding", ""), LARGEST)
    return Page(record.url, plain, status=record.status or 0, headers=headers, asked=asked)


_WISHES = ("render", "named")
_SITE = tuple(field.name for field in fields(Site))


def _plain(value: Any) -> Any:
    return sorted(value) if isinstance(value, frozenset) else value
