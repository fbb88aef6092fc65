"""One blog in one run, from its first request to its outcome. No Scrapy here.

The spider asks `next()` for work, hands every answer to `received()`, has the page read where that
gives a question, and hands the reading to `read()`. A session begins with robots.txt and the front page
(opening.py); only when those are in, and an engine knows the page, is the blog entered in the archive
and worked off (blog.py).
"""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import timedelta

from archiver.config import BlogConfig
from archiver.crawl import held, retry
from archiver.crawl.blog import Blog
from archiver.crawl.ending import Ending
from archiver.crawl.jobs import NOT_MODIFIED, Answer, Job, shown
from archiver.crawl.names import STRANGER
from archiver.crawl.opening import AGAIN, Opened, Opening
from archiver.crawl.outcome import Outcome, OutcomeKind, Stats
from archiver.crawl.reading import Question, Reading, is_door
from archiver.crawl.recorded import Asked, note_of
from archiver.crawl.render import Rendered, answer_of
from archiver.crawl.shared import Shared
from archiver.crawl.wishes import PAGES, refused
from archiver.errors import ArchiverError, Incomplete, Refused, SiteError, Unreachable
from archiver.model import Site, TargetKind
from archiver.urls import same_host, site_key

REFUSALS = frozenset({401, 403})
WORTH_A_NOTE = 5.0  # seconds of a pause
_COUNTED = (
    *("requests", "unchanged", "bytes", "posts", "comments", "pages"),
    *("new_posts", "new_comments", "changed_posts", "changed_comments", "errors", "given_up"),
    *("returned_posts", "returned_comments"),
)


class Session:
    """The crawl of one blog. outcome: how it ended, None before that.

    turns: whether a front page that is none of a blog's, but links to one, leads there.
    """

    turns = True

    def __init__(self, config: BlogConfig, shared: Shared) -> None:
        self.config = config
        self.stats = Stats(phase="detecting")
        self.outcome: Outcome | None = None
        self._shared = shared
        site = Site(key=site_key(config.url), home=config.url, capture_pages=config.pages, limit=config.limit)
        site = replace(site, aliases=held.former_names(shared.archive, site.key))
        self._opening: Opening | None = self._open(site)
        self._blog: Blog | None = None
        self._before: list[tuple[Job, Answer]] = []  # what came before the blog was entered, the front page aside
        self._trouble = ""  # what the host said last when it did not answer properly

    def _open(self, site: Site) -> Opening:
        return Opening(site, self.config.engine, self.config.delay, self._moved)

    def _begin(self, opened: Opened, engine: str) -> Blog:
        return Blog(opened, engine, self.config, self._shared, self.stats)

    @property
    def site(self) -> Site:
        """What is known of the blog so far."""
        if self._blog:
            return self._blog.site
        assert self._opening is not None
        return self._opening.site

    # -- what to fetch ----------------------------------------------------------------------------

    def next(self) -> Job | None:
        """The next request, if there is one to be made now. The session ends here when nothing is left to do."""
        if self.outcome or self._is_hopeless():
            return None
        if self._opening:
            job = self._opening.next(self._shared.clock())
            self._shared.hosts.slow_down(self.site.home, self._opening.delay)
            return job
        assert self._blog is not None
        job = self._blog.next()
        if job is None:
            ending = self._blog.ending()
            if ending:
                self._end(ending)
        return job

    def wait(self) -> float:
        """Seconds until there may be work again, when `next()` gave none."""
        due = self._opening.not_before if self._opening else self._blog.due() if self._blog else None
        left = (due - self._shared.clock()).total_seconds() if due else 1.0
        return max(0.02, left, self._shared.hosts.paused_for(self.site.home))

    def _is_hopeless(self) -> bool:
        """Whether the host is not to be asked for long; the session ends when its last pages have been read."""
        hosts, home = self._shared.hosts, self.site.home
        pause = timedelta(seconds=hosts.paused_for(home))
        if pause > retry.LONGEST_WAIT:
            until = shown(self._shared.clock() + pause)
            why = f"the host asks to wait until {until}" + (f" ({self._trouble})" if self._trouble else "")
            self._give_up(Refused(home, why, "Run the same command again then"))
            return True
        if hosts.is_away(home):
            why = "the host does not answer any more" + (f" ({self._trouble})" if self._trouble else "")
            self._give_up(Unreachable(home, why, AGAIN))
            return True
        return False

    def _give_up(self, error: SiteError) -> None:
        if self._blog is None:
            self._fail(error)
        elif not self._blog.is_busy:
            self._end(Ending("incomplete", f"{error.why}. {error.todo}", Incomplete.exit_code))

    def unasked(self, job: Job) -> None:
        """Take a job back: its host is not to be asked for long, or the run ends."""
        if self._blog:
            self._blog.unasked(job)
        elif self._opening:
            self._opening.unasked(job)

    # -- what came --------------------------------------------------------------------------------

    def recorded(self, job: Job, answer: Answer) -> Answer:
        """Put a response on record, before anything is made of it; not one whose page asks for that and is heard."""
        recorder = self._shared.recorder
        if STRANGER in job.target.hint and job.target.kind is not TargetKind.ROBOTS and _is_page(answer):
            return replace(answer, exchange=None)  # somebody else's page: only where a host leads is of interest
        if refused(answer.page, job.target, self.config.honour):
            return replace(answer, exchange=None)
        if recorder is None or answer.exchange is None or not self.config.warc:
            return replace(answer, exchange=None)
        note = note_of(self._asked(job), answer.elapsed)
        place = recorder.record(replace(answer.exchange, note=note), job.target.url)
        return replace(answer, exchange=None, place=place)

    def _asked(self, job: Job) -> Asked:
        blog, config = self._blog, self.config
        return Asked(
            job=job,
            site=blog.site_for(job.target) if blog else self.site,
            engine=blog.engine.name if blog else config.engine,
            crawl_id=blog.crawl_id if blog else "",
            opening=blog is None,
            include=config.include,
            exclude=config.exclude,
            render=config.render,
            named=config.engine is not None,
        )

    def barred(self, url: str) -> str | None:
        """Why a page of the blog may not have a URL that it asks for when a browser shows it; None when it may."""
        if self._blog:
            return self._blog.barred(url)
        assert self._opening is not None
        return self._opening.barred(url)

    def rendered(self, job: Job, raw: Answer, rendered: Rendered) -> Answer:
        """Put what a browser made of a page on record, beside the page itself, of which nothing else is stored."""
        assert raw.page is not None
        if self._blog:
            self._blog.note(job, raw)
        else:
            self._before.append((job, raw))
        return self.recorded(job, answer_of(raw.page, rendered))

    def received(self, job: Job, answer: Answer) -> Question | None:
        """Take an answer; the page that is to be read comes back as a question."""
        self.stats.requests += 1
        self.stats.bytes += answer.size
        self.stats.unchanged += answer.page is not None and answer.page.status == NOT_MODIFIED
        try:
            if self._opening:
                question = self._opening.received(job, answer, self._shared.clock())
                if question is None:
                    self._before.append((job, answer))
                if self._opening.not_before:
                    left = self._opening.not_before - self._shared.clock()
                    self._shared.hosts.pause(job.url, left.total_seconds())
                return question
            assert self._blog is not None
            return self._blog.received(job, answer, self._decided(job, answer))
        except SiteError as error:
            self._fail(error)
            return None
        finally:
            self._tell()

    def read(self, job: Job, answer: Answer, reading: Reading) -> None:
        """Take the reading of a page."""
        if self.outcome:
            return
        try:
            if self._opening and self.turns and self._opening.turned(reading):
                self._before.append((job, answer))
                self._shared.progress.note(self.site.key, f"{job.url} is no blog's front page, but links to this one")
                return
            if self._opening:
                self._enter(job, reading)
            if self._blog:
                self._blog.read(job, answer, reading)
        except SiteError as error:
            self._fail(error)
        finally:
            self._tell()

    def _decided(self, job: Job, answer: Answer) -> retry.Decision:
        """What to make of an answer, and how the host is to be treated after it."""
        hosts, page, failure = self._shared.hosts, answer.page, answer.failure
        decision = retry.decide(job, answer, delay=self.config.delay, now=self._shared.clock())
        refused = page is not None and job.target.kind in PAGES and (page.status in REFUSALS or is_door(page))
        if refused or (page and page.status in retry.HOST_WIDE) or (failure and not failure.lasting):
            in_a_row = hosts.failed(job.url)
            self._trouble = failure.why if failure else f"it answers {page.status}" if page else ""
            if isinstance(decision, retry.Later) and decision.host_wide:
                wait = max(decision.wait, retry.pause(in_a_row, self.config.delay, None))
                self._pause(job.url, wait, decision.why)
                return replace(decision, wait=wait)
        elif page and (page.ok or job.target.kind in PAGES):
            hosts.answered(job.url)
        return decision

    def _pause(self, url: str, wait: timedelta, why: str) -> None:
        self._shared.hosts.pause(url, wait.total_seconds())
        if WORTH_A_NOTE <= wait.total_seconds() <= retry.LONGEST_WAIT.total_seconds():
            line = f"{why}: waiting {wait.total_seconds():.0f} s before the next request"
            self._shared.progress.note(self.site.key, line)

    def _moved(self, url: str) -> None:
        self._shared.progress.note(self.site.key, f"has moved to {url}")

    def _enter(self, job: Job, reading: Reading) -> None:
        """Enter the blog in the archive, now that an engine knows its front page."""
        assert self._opening is not None
        opened = self._opening.opened(reading)
        assert reading.engine is not None
        if opened.site.key in self._shared.sites:
            self._end(Ending("complete", "it is one of the other blogs of this run, and is crawled there"))
            return
        self._shared.sites.add(opened.site.key)
        self._shared.hosts.slow_down(opened.site.home, self._opening.delay)
        self._blog = self._begin(opened, reading.engine)
        self._opening = None
        self._blog.enter(opened, job)
        for before, answer in self._before:
            if answer is not opened.robots_answer and same_host(before.url, opened.site.home):
                self._blog.note(before, answer)

    def _tell(self) -> None:
        if self.outcome is None or self._blog:  # a failure is told by the outcome alone
            self._shared.progress.update(self.site.key, self.stats)

    # -- the end ----------------------------------------------------------------------------------

    def stop(self, outcome: OutcomeKind, reason: str, exit_code: int) -> None:
        """End the session from outside: a signal, a full disk."""
        if not self.outcome:
            self._end(Ending(outcome, reason, exit_code))

    def _fail(self, error: ArchiverError) -> None:
        """End a session that never came to crawl. A blog that is in the archive gets to know of it."""
        ending = Ending("failed", str(error), error.exit_code)
        crawl_id = ""
        if held.is_known(self._shared.archive, self.site.key):
            # No new pass over the blog begins by this: it begins with the first URL that is added.
            crawl_id = self._shared.begin_crawl(self.site, self.config)
            self._record(crawl_id, ending)
        self._conclude(ending, crawl_id)

    def _end(self, ending: Ending) -> None:
        if self._blog:
            self.stats.pending = self._blog.finish(ending)
            self._record(self._blog.crawl_id, ending)
        self._conclude(ending, self._blog.crawl_id if self._blog else "")

    def _record(self, crawl_id: str, ending: Ending) -> None:
        counts = {**{name: getattr(self.stats, name) for name in _COUNTED}, "exit_code": ending.exit_code}
        gone = self._shared.writer.end_crawl(crawl_id, outcome=ending.outcome, reason=ending.reason, counts=counts)
        self.stats.gone_posts, self.stats.gone_comments = gone.posts, gone.comments

    def _conclude(self, ending: Ending, crawl_id: str) -> None:
        blog = self._blog
        self.stats.finished = time.monotonic()
        self.stats.phase = "failed" if ending.outcome == "failed" else "done"
        self.outcome = Outcome(
            site_key=self.site.key,
            url=self.site.home,
            crawl_id=crawl_id,
            outcome=ending.outcome,
            exit_code=ending.exit_code,
            stats=self.stats,
            reason=ending.reason,
            engine=blog.engine.name if blog else None,
            best_effort=bool(blog and blog.engine.best_effort),
            coverage=held.coverage(self._shared.archive, self.site.key) if blog else None,
            shortfalls=held.shortfalls(self._shared.archive, self.site.key) if blog else (),
            errors=blog.errors if blog else (),
        )


def _is_page(answer: Answer) -> bool:
    return answer.page is not None and answer.page.ok
