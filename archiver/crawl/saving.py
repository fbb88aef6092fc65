"""What a session stores, and what it counts of it."""

from __future__ import annotations

import logging
from collections import Counter
from dataclasses import replace

from archiver.crawl.jobs import NOT_MODIFIED, Answer, Job, fetch_of, said
from archiver.crawl.logs import event
from archiver.crawl.outcome import Stats
from archiver.crawl.reading import SOFT_404, Reading, engine_named
from archiver.crawl.wishes import PAGES
from archiver.crawl.work import phase
from archiver.engines.base import PART
from archiver.model import BlogFacts, Extract, Note, Site, Target, TargetKind, Visit
from archiver.page import Page
from archiver.urls import url_key
from db import Saved, Writer

logger = logging.getLogger(__name__)

PROBES = frozenset(
    {TargetKind.API, TargetKind.FEED, TargetKind.SITEMAP, TargetKind.LIST, TargetKind.COMMENT_FEED, TargetKind.ROBOTS}
)
"""Ways in that may well not exist: a 404 there is an answer, not a loss."""
NO_SUCH_PAGE = 400
"""WordPress's answer when posts were deleted meanwhile, so that its list has become shorter."""
GONE = frozenset({404, 410})
MOST_ERRORS = 10


def is_torn(target: Target, page: Page, reading: Reading) -> bool:
    """Whether an answer of an API that is open broke off, or something else stands in its place."""
    if target.kind is not TargetKind.API or reading.error is None or reading.trace:
        return False
    return page.ok and ("json" in page.media_type or _goes_on(target))


def loss(target: Target, page: Page, reading: Reading) -> str | None:
    """Why what a URL holds could not be had, for good; None when it was had, or there was nothing to have."""
    if target.hint.get("known") and page.status in GONE:
        return None  # asked for only to learn whether it is still there
    if page.status == NOT_MODIFIED:
        return None  # what is held is what is there
    if any(PART in one.hint for one in reading.discovery.targets) and (reading.error or not page.ok):
        return None  # it is asked for again by parts
    optional = target.kind in PROBES and not _goes_on(target)
    if not page.ok and not (optional and page.status < 500) and page.status != NO_SUCH_PAGE:
        return said(page.status)
    if any(note.kind == SOFT_404 for note in reading.extract.notes):
        return (
            None if target.hint.get("known") else "it says that there is no such page, with a status that says there is"
        )
    if reading.error and (target.kind in PAGES or reading.trace or is_torn(target, page, reading)):
        return reading.error
    return None


def _goes_on(target: Target) -> bool:
    """Whether a target is the second or a later page of an API's list, whose first page has been read."""
    return target.kind is TargetKind.API and target.hint.get("page", "1") != "1"


def visit_of(job: Job, answer: Answer, reading: Reading, site: Site) -> Visit:
    """All that an answer has brought."""
    page = answer.page
    assert page is not None
    extract, discovery = reading.extract, reading.discovery
    if reading.error:
        note = Note(kind=f"unreadable_{job.target.kind.value}", detail=f"{page.url}: {reading.error}")
        extract = Extract(notes=(note,))
    # A feed that is off may lead to a post, by WordPress's guess; that is another page.
    if page.url != job.target.url and page.ok and not reading.error:
        discovery = replace(discovery, aliases=(*discovery.aliases, page.url))
    engine = reading.engine or ""
    return Visit(
        site=site,
        target=job.target,
        fetch=fetch_of(job, answer),
        extract=extract,
        discovery=discovery,
        engine=engine,
        engine_version=engine_named(engine).version if engine else 0,
    )


def learned(site: Site, target: Target, extract: Extract) -> Site:
    """What is known of a blog after reading one more page of it."""
    facts = extract.blog or BlogFacts()
    route = target.hint.get("route") if target.kind is TargetKind.API else None
    return replace(
        site,
        title=site.title or facts.title,
        language=site.language or facts.language,
        utc_offset=facts.utc_offset if facts.utc_offset is not None else site.utc_offset,
        timezone=facts.timezone or site.timezone,
        api_url=facts.api_url or site.api_url,
        open_routes=site.open_routes | {route} if route else site.open_routes,
        root=facts.root or site.root,
        named=target.hint.get("named") or site.named,
    )


class Ledger:
    """Stores the visits of one run over a blog and counts what they changed. errors: the first few losses."""

    def __init__(self, writer: Writer, crawl_id: str, stats: Stats) -> None:
        self.crawl_id = crawl_id
        self.errors: list[str] = []
        self._writer, self._stats = writer, stats
        self._posts: set[str] = set()
        # The API and the pages bring the same comments: the greater of the two sums is nearer the truth. Each lacks
        # some (pings; answers to what is not public), and what is new has been read.
        self._comments: Counter[bool] = Counter()
        self._sidebars: set[TargetKind] = set()

    def wants_sidebar(self, target: Target) -> bool:
        """Whether the sidebar of this kind of page is not yet on record in this run."""
        return target.kind not in self._sidebars

    def save(self, visit: Visit, failed: str | None = None) -> Saved:
        """Store a visit; failed: why its URL is given up."""
        saved = self._writer.save(visit, self.crawl_id, failed=failed)
        stats, extract, target = self._stats, visit.extract, visit.target
        stats.new_posts += saved.new_posts
        stats.new_comments += saved.new_comments
        stats.changed_posts += saved.changed_posts
        stats.changed_comments += saved.changed_comments
        stats.returned_posts += saved.returned_posts
        stats.returned_comments += saved.returned_comments
        self._posts.update(url_key(post.url) for post in extract.posts)
        self._comments[target.kind is TargetKind.API] += saved.comments
        stats.posts, stats.comments = len(self._posts), max(*self._comments.values(), stats.new_comments)
        if target.kind is TargetKind.POST and extract.posts:
            stats.pages += 1
        if extract.archives or extract.widgets:
            self._sidebars.add(target.kind)
        for kind, number in visit.discovery.left:
            stats.left_alone[kind] = stats.left_alone.get(kind, 0) + number
        for note in extract.notes:
            stats.oddities[note.kind] = stats.oddities.get(note.kind, 0) + 1
        if failed:
            logger.info("%s", failed, extra=event("failed", blog=visit.site.key, url=target.url))
            stats.given_up += 1
            if len(self.errors) < MOST_ERRORS:
                self.errors.append(f"{target.url}: {failed}")
        stats.phase = phase(target)
        return saved

    def put_off(self, site: Site, job: Job, answer: Answer, *, retry_at: str, why: str) -> None:
        """Record a try in vain; the URL is asked for again from `retry_at` on."""
        self._stats.errors += 1
        logger.info("%s", why, extra=event("put_off", blog=site.key, url=job.target.url, until=retry_at))
        self._writer.put_off(site, job.target, fetch_of(job, answer), self.crawl_id, retry_at=retry_at, reason=why)
