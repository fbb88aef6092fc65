"""One blog in one run: what to fetch next, and what to do with what came. No Scrapy here.

The spider asks `jobs()` for work and hands every answer to `received()` or `failed()`. A session
begins with robots.txt and the front page; only when those are in, and an engine knows the page, is
the blog entered in the archive and its frontier worked off, phase after phase: API, feeds and lists,
pages.
"""

from __future__ import annotations

import logging
import re
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from http import HTTPStatus

from archiver import __version__
from archiver.config import BlogConfig
from archiver.crawl import retry
from archiver.crawl.outcome import Coverage, Outcome, OutcomeKind, Stats
from archiver.crawl.progress import Progress
from archiver.crawl.robots import Robots
from archiver.engines import Detection, Engine, by_name, for_page
from archiver.errors import ArchiverError, LimitReached, NotABlog, PageError, Refused, Unreachable, UsageError
from archiver.model import Discovery, Extract, Fetch, Note, Site, Target, TargetKind, Visit
from archiver.page import Page
from archiver.status import blog_coverage
from archiver.urls import absolute, same_host, site_key, url_key, within
from db import Archive, Writer
from db.keys import blog_key

logger = logging.getLogger(__name__)

BANDS = (5, 20, 50)
"""Priorities at which a phase begins: detection, API, feeds and lists, pages. A phase waits for the one before."""
IN_FLIGHT = 8
MOST_REDIRECTS = 10
LONGEST_WAIT = timedelta(minutes=5)
PAGES = frozenset({TargetKind.POST, TargetKind.POST_PART, TargetKind.COMMENT_PAGE})
PROBES = frozenset({TargetKind.API, TargetKind.FEED, TargetKind.SITEMAP, TargetKind.LIST, TargetKind.COMMENT_FEED})
"""Ways in that may well not exist: a 404 there is an answer, not a loss."""


@dataclass(frozen=True, slots=True)
class Job:
    """One request to make. url differs from the target's after a redirect."""

    target: Target
    url: str
    attempts: int = 0
    hops: int = 0


@dataclass(slots=True)
class Answer:
    """What came for a job: a page, or the error in its place."""

    fetched_at: datetime
    elapsed: float | None = None
    page: Page | None = None
    digest: str | None = None
    size: int = 0
    error: str | None = None


def utc_now() -> datetime:
    """The clock of a live crawl."""
    return datetime.now(UTC)


def stamp(moment: datetime) -> str:
    """A time as fetches are stamped."""
    return moment.strftime("%Y-%m-%dT%H:%M:%S.%fZ")


@dataclass(slots=True)
class _Opening:
    """What is known before the blog is in the archive."""

    jobs: list[Job]
    visits: list[Visit] = field(default_factory=list)
    waiting: int = 0
    not_before: datetime | None = None


class Session:
    """The crawl of one blog."""

    def __init__(
        self,
        config: BlogConfig,
        archive: Archive,
        writer: Writer,
        progress: Progress,
        *,
        command: str = "crawl",
        restart: bool = False,
        clock: Callable[[], datetime] = utc_now,
    ) -> None:
        self.config = config
        self.stats = Stats(phase="detecting")
        self.outcome: Outcome | None = None
        self.delay = config.delay
        self._archive, self._writer, self._progress = archive, writer, progress
        self._command, self._restart, self._clock = command, restart, clock
        self._site = Site(key=site_key(config.url), home=config.url, capture_pages=config.pages, limit=config.limit)
        self._robots: Robots | None = None
        self._engine: Engine | None = None
        self._detection: Detection | None = None
        self._crawl_id = ""
        self._opening: _Opening | None = _Opening([self._robots_job()])
        self._in_flight: dict[str, Job] = {}
        self._not_before: datetime | None = None
        self._sidebars: set[TargetKind] = set()
        self._posts: set[str] = set()
        self._second_look = False
        self._limited: str | None = None
        self._errors: list[str] = []
        self._redirects: list[Job] = []
        self._readings: Counter[bool] = Counter({True: 0, False: 0})
        self._changed = False
        self._include = [re.compile(pattern) for pattern in config.include]
        self._exclude = [re.compile(pattern) for pattern in config.exclude]

    # -- for the spider ---------------------------------------------------------------------------

    @property
    def key(self) -> str:
        """The site key, for display."""
        return self._site.key

    @property
    def finished(self) -> bool:
        """Whether the session has an outcome."""
        return self.outcome is not None

    def wait(self) -> float:
        """Seconds until there may be work again, when `jobs()` gave none."""
        times = [self._not_before, self._opening.not_before if self._opening else None]
        if not self._opening and not self._in_flight:
            due = self._writer.frontier.waiting(self._blog_id, stamp(self._clock())).next_at
            times.append(datetime.fromisoformat(due) if due else None)
        left = [(moment - self._clock()).total_seconds() for moment in times if moment]
        return max(0.05, min(left, default=1.0))

    def jobs(self) -> list[Job]:
        """The requests to make now. Ends the session when nothing is left to do."""
        if self.outcome:
            return []
        if self._not_before and self._clock() < self._not_before:
            return []
        if self._opening:
            return self._opening_jobs()
        follow, self._redirects = self._redirects, []
        taken = [*follow, *self._take()]
        if not taken and not self._in_flight:
            self._end_or_wait()
        return taken

    def received(self, job: Job, answer: Answer) -> None:
        """An answer came, of whatever status."""
        self._in_flight.pop(job.target.url, None)
        assert answer.page is not None
        self.stats.requests += 1
        self.stats.bytes += answer.size
        page = answer.page
        location = page.headers.get("location")
        if page.status in {301, 302, 303, 307, 308} and location:
            self._redirected(job, answer, location)
        elif self._opening:
            self._opened(job, answer)
        elif retry.is_passing(page.status) and job.attempts + 1 < retry.MOST_ATTEMPTS:
            asked = retry.retry_after(page.headers, self._clock())
            self._put_off(job, answer, f"{page.status} {_reason(page.status)}", asked, host_wide=page.status in retry.HOST_WIDE)
        else:
            self._save(job, answer)
        self._tell()

    def failed(self, job: Job, answer: Answer) -> None:
        """No answer came: the host, the network or the transfer failed."""
        self._in_flight.pop(job.target.url, None)
        self.stats.requests += 1
        self.stats.errors += 1
        assert answer.error is not None
        if self._opening:
            self._opening_failed(job, answer)
        elif job.attempts + 1 < retry.MOST_ATTEMPTS:
            self._put_off(job, answer, answer.error, None, host_wide=False)
        else:
            visit = Visit(site=self._site, target=job.target, fetch=self._fetch(job, answer))
            self._save_visit(visit, failed=answer.error)
        self._tell()

    def stop(self, outcome: OutcomeKind, reason: str, exit_code: int) -> None:
        """End the session from outside: a signal, a full disk."""
        if not self.outcome:
            self._end(outcome, reason, exit_code)

    # -- opening: robots.txt, the front page, the engine ------------------------------------------

    def _robots_job(self) -> Job:
        url = absolute("/robots.txt", self._site.home) or self._site.home
        return Job(Target(url=url, kind=TargetKind.ROBOTS, priority=-1), url)

    def _opening_jobs(self) -> list[Job]:
        assert self._opening is not None
        if self._opening.not_before and self._clock() < self._opening.not_before:
            return []
        jobs, self._opening.jobs = self._opening.jobs, []
        self._opening.waiting += len(jobs)
        return jobs

    def _opening_failed(self, job: Job, answer: Answer) -> None:
        assert self._opening is not None
        if job.attempts + 1 < 3:
            self._opening.jobs.append(replace(job, attempts=job.attempts + 1))
            self._opening.not_before = self._clock() + retry.pause(job.attempts, self.delay, None)
            return
        self._fail(Unreachable(self._site.home, answer.error or "no answer", "Check the address and the network, then run the same command again"))

    def _opened(self, job: Job, answer: Answer) -> None:
        assert self._opening is not None
        assert answer.page is not None
        page = answer.page
        if job.target.kind is TargetKind.ROBOTS:
            if page.status >= 500 and job.attempts + 1 < 3:
                self._opening.jobs.append(replace(job, attempts=job.attempts + 1))
                self._opening.not_before = self._clock() + retry.pause(job.attempts, self.delay, retry.retry_after(page.headers, self._clock()))
                return
            self._robots = Robots.from_answer(page.status, page.body)
            self.delay = max(self.delay, self._robots.delay or 0.0)
            self._opening.visits.append(Visit(site=self._site, target=job.target, fetch=self._fetch(job, answer)))
            if not self._robots.allows(self._site.home):
                why = self._robots.why or "its robots.txt disallows it"
                self._fail(Refused(self._site.home, why, "Ask the blog's owner, or leave it"))
                return
            home = self._site.home
            self._opening.jobs.append(Job(Target(url=home, kind=TargetKind.HOME), home))
            return
        if retry.is_passing(page.status) and job.attempts + 1 < retry.MOST_ATTEMPTS:
            self._opening.jobs.append(replace(job, attempts=job.attempts + 1))
            asked = retry.retry_after(page.headers, self._clock())
            if asked and asked > LONGEST_WAIT:
                self._fail(Refused(self._site.home, f"it answers {page.status} and asks to wait {asked}", "Run the same command again then"))
                return
            self._opening.not_before = self._clock() + retry.pause(job.attempts, self.delay, asked)
            return
        error = self._front_page_error(page)
        if error:
            self._fail(error)
            return
        self._enter(job, answer)

    def _front_page_error(self, page: Page) -> ArchiverError | None:
        """Why this front page cannot be crawled; sets the engine when it can."""
        if page.status in {401, 403, 429, 451}:
            return Refused(page.url, f"it answers {page.status} {_reason(page.status)}", "The site lets no robot in; ask its owner")
        if page.status >= 500:
            return Unreachable(page.url, f"it answers {page.status} {_reason(page.status)}", "Run the same command again later")
        if not page.ok:
            return NotABlog(page.url, f"its front page answers {page.status} {_reason(page.status)}", "Check the address")
        if self.config.engine:
            self._engine = by_name(self.config.engine)
            if self._engine is None:
                return UsageError(f"engine {self.config.engine}", "there is no such engine", "Leave --engine out, or see `archiver detect`")
            return None
        try:
            found = for_page(page)
        except PageError as error:
            return NotABlog(page.url, error.why, "Check the address")
        if found is None:
            return NotABlog(page.url, "no posts, feed or known blog software were found there", "Give the blog's own front page, or force one with --engine generic")
        self._engine, self._detection = found
        return None

    def _enter(self, job: Job, answer: Answer) -> None:
        """Enter the blog in the archive and begin, or go on with, its frontier."""
        assert self._opening is not None
        assert self._engine is not None
        settings = {"delay": self.delay, "pages": self.config.pages, "limit": self.config.limit, "engine": self.config.engine}
        self._crawl_id = self._writer.begin_crawl(
            self._site, command=self._command, version=__version__, settings=settings, restart=self._restart
        )
        early, self._opening = self._opening.visits, None
        for visit in early:
            self._save_visit(replace(visit, site=self._site))
        for url, hint in self._writer.frontier.open_routes(self._blog_id):
            self._note_route(hint, url)
        sitemaps = [url for url in self._robots.sitemaps if within(url, self._site.home)] if self._robots else []
        self._writer.add_targets(
            self._site, [job.target, *(Target(url=url, kind=TargetKind.SITEMAP, priority=30) for url in sitemaps)]
        )
        self._save(job, answer)

    # -- the frontier -----------------------------------------------------------------------------

    @property
    def _blog_id(self) -> str:
        return blog_key(self._site.key)

    def _take(self) -> list[Job]:
        """Take work from the frontier, of the lowest phase that is not yet done, and leave out what is not wanted."""
        assert self._engine is not None
        jobs: list[Job] = []
        while len(self._in_flight) < IN_FLIGHT:
            if self._stopped_by_limit():
                break
            now = self._clock()
            lowest = self._writer.frontier.lowest(self._blog_id, stamp(now + timedelta(minutes=1)))
            priorities = [job.target.priority for job in self._in_flight.values()]
            priorities += [lowest] if lowest is not None else []
            if not priorities:
                break
            ceiling = next((band for band in BANDS if min(priorities) < band), 1 << 30)
            taken = self._writer.frontier.take(
                self._blog_id, IN_FLIGHT - len(self._in_flight), stamp(now), below=ceiling
            )
            if not taken:
                break
            for target, attempts in taken:
                reason = self._unwanted(target)
                if reason:
                    self._writer.frontier.exclude(self._site.key, target, reason)
                    continue
                job = Job(target, target.url, attempts)
                self._in_flight[target.url] = job
                jobs.append(job)
        return jobs

    def _unwanted(self, target: Target) -> str | None:
        """Why a target is left out, if it is."""
        assert self._engine is not None
        if not same_host(target.url, self._site.home):
            return "another host"
        if self._robots and not self._robots.allows(target.url):
            self.stats.oddities["robots_disallowed"] = self.stats.oddities.get("robots_disallowed", 0) + 1
            return "robots.txt disallows it"
        if target.kind in PAGES:
            if self._include and not any(pattern.search(target.url) for pattern in self._include):
                return "no include pattern fits"
            if self.config.limit and target.kind is TargetKind.POST and len(self._posts) >= self.config.limit and url_key(target.url) not in self._posts:
                self._limited = f"--limit {self.config.limit}"
                return "beyond --limit"
        if any(pattern.search(target.url) for pattern in self._exclude):
            return "an exclude pattern fits"
        return None if self._engine.wanted(target, self._site) else "not needed: the API has it"

    def _stopped_by_limit(self) -> bool:
        most = self.config.max_requests
        if most is None or self.stats.requests + len(self._in_flight) < most:
            return False
        if not self._in_flight and self._writer.frontier.waiting(self._blog_id, stamp(self._clock())).ready:
            self._limited = f"--max-requests {most}"
        return True

    def _put_off(self, job: Job, answer: Answer, reason: str, asked: timedelta | None, *, host_wide: bool) -> None:
        wait = retry.pause(job.attempts, self.delay, asked)
        until = self._clock() + wait
        if host_wide:
            self._not_before = max(until, self._not_before or until) if wait <= LONGEST_WAIT else self._not_before
            self._progress.note(self.key, f"{reason}: waiting {wait.total_seconds():.0f} s before the next request")
        self.stats.errors += 1
        self._writer.put_off(self._site, job.target, self._fetch(job, answer), self._crawl_id, retry_at=stamp(until), reason=reason)

    def _redirected(self, job: Job, answer: Answer, location: str) -> None:
        """Follow a redirect that stays on the blog, or moves the front page."""
        assert answer.page is not None
        url = absolute(location, answer.page.url)
        if url is None or job.hops >= MOST_REDIRECTS:
            answer = replace(answer, error=f"redirects to {location[:200]}" if url is None else f"more than {MOST_REDIRECTS} redirects")
            self._lost(job, answer)
            return
        follow = replace(job, url=url, hops=job.hops + 1)
        if self._opening:
            if job.target.kind is TargetKind.HOME and site_key(url) != self._site.key and not same_host(url, self._site.home):
                self._progress.note(self.key, f"has moved to {url}")
                self._move(url)
                return
            self._opening.jobs.append(follow)
            return
        if not within(url, self._site.home) and not same_host(url, self._site.home):
            self._lost(job, replace(answer, error=f"redirects to another host: {url}"))
            return
        self._in_flight[job.target.url] = follow
        self._redirects.append(follow)

    def _move(self, url: str) -> None:
        home = absolute("/", url) if same_host(url, self.config.url) else url
        self._site = replace(self._site, key=site_key(url), home=home or url)
        self._opening = _Opening([self._robots_job()])

    def _lost(self, job: Job, answer: Answer) -> None:
        if self._opening:
            self._fail(NotABlog(self._site.home, answer.error or "it cannot be read", "Check the address"))
            return
        visit = Visit(site=self._site, target=job.target, fetch=self._fetch(job, answer))
        self._save_visit(visit, failed=answer.error)

    # -- saving -----------------------------------------------------------------------------------

    def _save(self, job: Job, answer: Answer) -> None:
        """Read a page, save what it holds and where it leads."""
        assert self._engine is not None
        assert answer.page is not None
        page, target = answer.page, job.target
        site = replace(self._site, want_sidebar=target.kind not in self._sidebars)
        extract, failed = Extract(), None
        if target.kind is TargetKind.ROBOTS:
            return
        try:
            extract, discovery = self._read(page, target, site)
        except PageError as error:
            torn = target.kind is TargetKind.API and page.ok and "json" in page.media_type
            if torn and job.attempts + 1 < retry.MOST_ATTEMPTS:
                self._put_off(job, answer, error.why, None, host_wide=False)
                return
            extract = Extract(notes=(Note(kind=f"unreadable_{target.kind.value}", detail=f"{error.what}: {error.why}"),))
            failed = error.why if target.kind in PAGES or torn else None
            discovery = self._discover(page, target, site)
        else:
            if page.ok and target.kind is TargetKind.API:
                self._note_route(target.hint, target.url)
        if not page.ok and (target.kind not in PROBES or page.status >= 500):
            failed = f"{page.status} {_reason(page.status)}"
        if extract.archives or extract.widgets:
            self._sidebars.add(target.kind)
        if extract.blog:
            self._learn(extract)
        if page.url != target.url and page.ok:
            discovery = replace(discovery, aliases=(*discovery.aliases, page.url))
        visit = Visit(
            site=self._site,
            target=target,
            fetch=self._fetch(job, answer),
            extract=extract,
            discovery=discovery,
            engine=self._engine.name,
            engine_version=self._engine.version,
        )
        self._save_visit(visit, failed=failed)

    def _read(self, page: Page, target: Target, site: Site) -> tuple[Extract, Discovery]:
        """What the engine reads. Its own mistakes cost that page only: they are logged and reported."""
        assert self._engine is not None
        try:
            return self._engine.extract(page, target, site), self._engine.discover(page, target, site)
        except PageError:
            raise
        except Exception as error:  # an engine meets pages that nobody has seen before
            logger.exception("%s cannot be read by the engine %s", page.url, self._engine.name)
            kind = type(error).__name__
            raise PageError(page.url, f"the engine failed on it ({kind}: {error})", "Please report the page") from error

    def _discover(self, page: Page, target: Target, site: Site) -> Discovery:
        """Where an unreadable page leads: to the next way in."""
        assert self._engine is not None
        try:
            return self._engine.discover(page, target, site)
        except Exception:  # told already by _read
            return Discovery()

    def _learn(self, extract: Extract) -> None:
        """Keep what the session must know of the blog."""
        facts = extract.blog
        assert facts is not None
        self._site = replace(
            self._site,
            language=self._site.language or facts.language,
            utc_offset=facts.utc_offset if facts.utc_offset is not None else self._site.utc_offset,
            timezone=facts.timezone or self._site.timezone,
            api_url=facts.api_url or self._site.api_url,
        )

    def _note_route(self, hint: dict[str, str], url: str) -> None:
        del url
        route = hint.get("route")
        if route:
            self._site = replace(self._site, open_routes=self._site.open_routes | {route})

    def _save_visit(self, visit: Visit, failed: str | None = None) -> None:
        saved = self._writer.save(visit, self._crawl_id, failed=failed)
        stats, kind = self.stats, visit.target.kind
        stats.new_posts += saved.new_posts
        stats.new_comments += saved.new_comments
        stats.changed_posts += saved.changed_posts
        stats.changed_comments += saved.changed_comments
        self._posts.update(url_key(post.url) for post in visit.extract.posts)
        stats.posts = len(self._posts)
        self._readings[visit.target.kind is TargetKind.API] += saved.comments
        stats.comments = max(self._readings.values())
        if kind is TargetKind.POST and visit.extract.posts:
            stats.pages += 1
        for note in visit.extract.notes:
            stats.oddities[note.kind] = stats.oddities.get(note.kind, 0) + 1
        if failed:
            stats.given_up += 1
            self._errors.append(f"{visit.target.url}: {failed}")
        stats.phase = _phase(visit.target)
        self._changed = True

    def _fetch(self, job: Job, answer: Answer) -> Fetch:
        headers = answer.page.headers if answer.page else {}
        page = answer.page
        return Fetch(
            url=job.target.url,
            fetched_at=stamp(answer.fetched_at),
            status=page.status if page else None,
            content_type=page.media_type or None if page else None,
            etag=headers.get("etag"),
            last_modified=headers.get("last-modified"),
            location=page.url if page and page.url != job.target.url else None,
            digest=answer.digest,
            size=answer.size if page else None,
            elapsed=answer.elapsed,
            error=answer.error,
        )

    def _tell(self) -> None:
        if self._crawl_id and self._changed:
            self.stats.pending = self._writer.frontier.waiting(self._blog_id, stamp(self._clock())).ready + len(self._in_flight)
            self._changed = False
        self._progress.update(self.key, self.stats)

    # -- the end ----------------------------------------------------------------------------------

    def _end_or_wait(self) -> None:
        """Nothing is in flight and nothing is due: look once more, wait for what was put off, or end."""
        if self._limited:
            self._end("limit", f"stopped by {self._limited}", LimitReached.exit_code)
            return
        now = self._clock()
        waiting = self._writer.frontier.waiting(self._blog_id, stamp(now))
        if waiting.ready:
            if self.config.max_requests:
                self._end("limit", f"stopped by --max-requests {self.config.max_requests}", LimitReached.exit_code)
            return
        if waiting.put_off and waiting.next_at:
            due = datetime.fromisoformat(waiting.next_at)
            if due - now <= LONGEST_WAIT:
                return
            self._end("incomplete", f"{waiting.put_off} URLs are put off until {waiting.next_at[:19]}Z, as the host asked", 4)
            return
        if not self._second_look:
            self._second_look = True
            if self._look_again():
                return
        self._finish()

    def _look_again(self) -> int:
        """Months that claim more posts than were found: their own lists may name the rest."""
        if self.config.limit or self._site.limit:
            return 0
        reader = self._archive.reader()
        try:
            urls = reader.months_with_gaps(self._site.key)
        finally:
            reader.close()
        targets = [Target(url=url, kind=TargetKind.LIST, priority=40) for url in urls if within(url, self._site.home)]
        if targets:
            self._progress.note(self.key, f"{len(targets)} months claim more posts than were found: reading their lists")
        return self._writer.add_targets(self._site, targets)

    def _finish(self) -> None:
        coverage = self._coverage()
        reasons = []
        if coverage.missing_posts:
            reasons.append(f"{coverage.missing_posts} posts that the blog claims are missing")
        if coverage.posts_with_gaps:
            reasons.append(f"{coverage.posts_with_gaps} posts claim more comments than are shown")
        if self.stats.given_up:
            reasons.append(f"{self.stats.given_up} URLs were given up")
        if reasons:
            self._end("incomplete", "; ".join(reasons), 4, coverage)
        else:
            self._end("complete", None, 0, coverage)

    def _coverage(self) -> Coverage:
        connection = self._archive.connect()
        try:
            return blog_coverage(connection, self._blog_id)
        finally:
            connection.close()

    def _fail(self, error: ArchiverError) -> None:
        self.stats.finished = time.monotonic()
        self.stats.phase = "failed"
        self.outcome = Outcome(
            site_key=self.key,
            url=self._site.home,
            crawl_id="",
            outcome="failed",
            exit_code=error.exit_code,
            stats=self.stats,
            reason=str(error),
        )
        self._progress.note(self.key, str(error))

    def _end(self, outcome: OutcomeKind, reason: str | None, exit_code: int, coverage: Coverage | None = None) -> None:
        self.stats.finished = time.monotonic()
        self.stats.phase = "done"
        self.stats.pending = 0
        if self._crawl_id:
            self._writer.frontier.release(self._site.key, [job.target for job in self._in_flight.values()])
            counts = {
                name: getattr(self.stats, name)
                for name in ("requests", "bytes", "posts", "comments", "pages", "new_posts", "new_comments", "changed_posts", "changed_comments", "errors", "given_up")
            }
            self._writer.end_crawl(self._crawl_id, outcome=outcome, reason=reason, counts=counts)
        self.outcome = Outcome(
            site_key=self.key,
            url=self._site.home,
            crawl_id=self._crawl_id,
            outcome=outcome,
            exit_code=exit_code,
            stats=self.stats,
            reason=reason,
            engine=self._engine.name if self._engine else None,
            best_effort=bool(self._engine and self._engine.best_effort),
            coverage=coverage or (self._coverage() if self._crawl_id else None),
            errors=tuple(self._errors[:10]),
        )


def _phase(target: Target) -> str:
    """The phase of a crawl, in words for people."""
    if target.priority < BANDS[0]:
        return "detecting"
    return "data" if target.priority < BANDS[2] else "pages"


def _reason(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return ""
