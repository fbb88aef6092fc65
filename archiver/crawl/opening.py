"""How a blog is opened: robots.txt, then the front page, then the engine that knows it.

Nothing is stored meanwhile. Either the blog turns out to be one, and what was fetched is handed over,
or a SiteError says why not.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from archiver.crawl import retry
from archiver.crawl.jobs import NOT_MODIFIED, Answer, Job, said, shown
from archiver.crawl.names import leads_home
from archiver.crawl.reading import Question, Reading, is_door, is_log_in
from archiver.crawl.robots import Robots
from archiver.errors import NotABlog, Refused, Unreachable
from archiver.model import Site, Target, TargetKind
from archiver.urls import absolute, host_key, is_private_host, same_host, site_key, url_key

MOST_ATTEMPTS = 4
AGAIN = "Run the same command again later"


@dataclass(frozen=True, slots=True)
class Front:
    """The front page that is held: its validators, and the engine that read it."""

    etag: str | None = None
    last_modified: str | None = None
    engine: str | None = None


@dataclass(frozen=True, slots=True)
class Opened:
    """A blog that can be crawled. robots_job and robots_answer: the fetch of robots.txt, to be put on record."""

    site: Site
    robots: Robots
    robots_job: Job
    robots_answer: Answer


class Opening:
    """The first requests to a blog, one after the other.

    moved: told when the front page has moved to another host. held: the front page
    that is held, which the server may then answer to be unchanged. Its methods raise SiteError when the blog
    cannot be opened.
    """

    def __init__(
        self,
        site: Site,
        engine: str | None,
        delay: float,
        moved: Callable[[str], None],
        held: Front | None = None,
    ) -> None:
        self.site = site
        self.delay = delay
        self.not_before: datetime | None = None
        self._given = engine
        self._held = held or Front()
        self._own_delay = delay
        self._moved = moved
        self._turned = False
        self._hops = 0  # that led to another host: two of them could pass us to and fro
        self._jobs = deque([_robots_job(site)])
        self._robots: tuple[Job, Answer, Robots] | None = None

    def next(self, now: datetime) -> Job | None:
        """The next request, when it is time for it."""
        if not self._jobs or (self.not_before and now < self.not_before):
            return None
        return self._jobs.popleft()

    def unasked(self, job: Job) -> None:
        """Take a job back that was not carried out."""
        self._jobs.appendleft(job)

    def received(self, job: Job, answer: Answer, now: datetime) -> Question | None:
        """Take an answer; the front page, once it is there, is to be read."""
        for_robots = job.target.kind is TargetKind.ROBOTS
        decision = retry.decide(job, answer, delay=self.delay, now=now, most_attempts=MOST_ATTEMPTS)
        match decision:
            case retry.Later():
                self._put_off(job, decision, now)
            case retry.Follow() if for_robots and is_log_in(job.url, decision.job.url):
                self._ruled(job, answer, Robots.from_answer(404, b""))
            case retry.Follow():
                self._follow(decision.job)
            case retry.Lost() if for_robots and answer.page is not None:
                self._ruled(job, answer, Robots.from_answer(404, b""))  # redirects to nowhere: there is none
            case retry.Lost():
                todo = answer.failure.todo if answer.failure else ""
                raise Unreachable(job.url, decision.why, todo or f"Check the address and the network. {AGAIN}")
            case retry.Read() if for_robots:
                assert answer.page is not None
                self._ruled(job, answer, Robots.from_answer(answer.page.status, answer.page.body))
            case retry.Read():
                return self._front_page(job, answer)
        return None

    def barred(self, url: str) -> str | None:
        """Why a URL may not be fetched for a front page that a browser shows."""
        rules = self._robots[2] if self._robots else None
        fine = same_host(url, self.site.home) and rules is not None and rules.allows(url)
        return None if fine else "another host, or robots.txt"

    def turned(self, reading: Reading) -> bool:
        """Whether the blog is looked for once more, where a front page that is none of a blog's says that it is."""
        url = reading.elsewhere
        if reading.engine or url is None or self._given or self._turned or self._robots is None:
            return False
        if not self._robots[2].allows(url):
            return False
        self._turned = True
        self.site = replace(self.site, key=site_key(url), home=url)
        self._jobs.append(Job(Target(url=url, kind=TargetKind.HOME), url))
        return True

    def opened(self, reading: Reading) -> Opened:
        """Take the reading of the front page."""
        if reading.engine is None:
            why = reading.error or "no posts, feed or known blog software were found there"
            todo = "Give the blog's own front page, or force one with --engine generic"
            raise NotABlog(self.site.home, why, "Leave --engine out" if self._given else todo)
        assert self._robots is not None
        job, answer, robots = self._robots
        return Opened(self.site, robots, job, answer)

    def _put_off(self, job: Job, later: retry.Later, now: datetime) -> None:
        if later.wait > retry.LONGEST_WAIT:
            raise Refused(job.url, f"{later.why}; it asks to wait until {shown(now + later.wait)}", AGAIN)
        self.not_before = now + later.wait
        hops = self._hops if job.target.kind is TargetKind.HOME else 0
        self._jobs.append(replace(job, url=job.target.url, attempts=job.attempts + 1, hops=hops))

    def _follow(self, job: Job) -> None:
        if is_private_host(host_key(job.url)) and not is_private_host(host_key(self.site.home)):
            raise Refused(self.site.home, f"it redirects to the private address {job.url}", "Check the address")
        if is_log_in(self.site.home, job.url):
            raise Refused(self.site.home, "it asks its readers to log in", "Ask its owner, or leave it")
        if job.target.kind is not TargetKind.HOME or same_host(job.url, self.site.home):
            self._jobs.append(job)
            return
        self._moved(job.url)
        asked = self.site.home
        # Whoever leads its front page to that of the blog is a former name of it; a shortened link is none.
        names = (*self.site.aliases, host_key(asked)) if leads_home(asked, job.url, job.url) else ()
        self.site = replace(self.site, key=site_key(job.url), home=job.url, aliases=names)
        self._hops = job.hops
        self.delay, self._robots = self._own_delay, None  # another host has rules of its own
        self._jobs.append(_robots_job(self.site))

    def _ruled(self, job: Job, answer: Answer, robots: Robots) -> None:
        home = self.site.home
        if not robots.allows(home):
            raise Refused(home, robots.why or "its robots.txt disallows it", "Ask the blog's owner, or leave it")
        self.delay = max(self.delay, robots.delay)
        self._robots = (job, answer, robots)
        target, held = Target(url=home, kind=TargetKind.HOME), self._held
        self._jobs.append(Job(target, home, hops=self._hops, etag=held.etag, last_modified=held.last_modified))

    def _front_page(self, job: Job, answer: Answer) -> Question:
        page = answer.page
        assert page is not None
        if page.status in {401, 403, 429, 451}:
            raise Refused(page.url, f"it answers {said(page.status)}", "The site lets no robot in; ask its owner")
        if is_door(page):
            raise Refused(page.url, "it answers with something else: a check of the browser, or a notice", AGAIN)
        if page.status >= 500:
            raise Unreachable(page.url, f"it answers {said(page.status)}", AGAIN)
        if not page.ok and page.status != NOT_MODIFIED:
            raise NotABlog(page.url, f"its front page answers {said(page.status)}", "Check the address")
        if url_key(page.url) == url_key(self.site.home):  # with https, or www.
            self.site = replace(self.site, home=page.url)
        engine = self._held.engine if page.status == NOT_MODIFIED else self._given
        forced = self._given is not None
        site = self.site
        return Question(page=page, target=job.target, site=site, engine=engine, forced=forced, judged=frozenset())


def _robots_job(site: Site) -> Job:
    url = absolute("/robots.txt", site.home) or site.home
    return Job(Target(url=url, kind=TargetKind.ROBOTS, priority=-1), url)
