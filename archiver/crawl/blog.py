"""A blog at work: its frontier row by row, each answer judged, read and stored."""

from __future__ import annotations

import logging
from collections import deque
from dataclasses import replace
from datetime import datetime

from archiver import comments
from archiver.config import BlogConfig
from archiver.crawl import held, retry
from archiver.crawl.clock import Clock
from archiver.crawl.elsewhere import Elsewhere, is_rules
from archiver.crawl.ending import Ending, judged
from archiver.crawl.guesses import Guesses
from archiver.crawl.jobs import Answer, Job, fetch_of, shown, stamp
from archiver.crawl.lacking import Lacking
from archiver.crawl.lessons import Lessons
from archiver.crawl.limit import Limit, stopped_by
from archiver.crawl.names import ELSEWHERE, FORMER, STRANGER, Names, at_home, leads_home, strangers
from archiver.crawl.opening import Opened
from archiver.crawl.outcome import Stats
from archiver.crawl.policy import NOT_NEEDED, ROBOTS_REASON, Policy, leads_inwards
from archiver.crawl.queue import Queue
from archiver.crawl.reading import Question, Reading, engine_named, instead, is_log_in
from archiver.crawl.saving import PROBES, Ledger, is_torn, learned, loss, visit_of
from archiver.crawl.shared import Shared
from archiver.crawl.wishes import followed, refused
from archiver.crawl.work import Work
from archiver.errors import Incomplete, LimitReached
from archiver.model import Discovery, Site, Target, TargetKind, Visit
from archiver.terminal import count
from archiver.urls import absolute, host_key, same_host, within
from db import Saved
from db.keys import blog_key

logger = logging.getLogger(__name__)

_READERS_HAVE_TOO = frozenset({TargetKind.FEED, TargetKind.LIST})
"""What readers find elsewhere: a robots.txt that keeps robots from one way to it may leave another open."""
_MAY_BE_ELSEWHERE = frozenset({TargetKind.FEED, TargetKind.COMMENT_FEED, TargetKind.SITEMAP, TargetKind.API})
_BY_TWO_NAMES = frozenset({TargetKind.POST, TargetKind.SITEMAP})
_REFUSED, _NO_ANSWER = 403, 504


class Blog:
    """The crawl of a blog that has been opened. site: what is known of it so far."""

    def __init__(self, opened: Opened, engine: str, config: BlogConfig, shared: Shared, stats: Stats) -> None:
        former = {*opened.site.aliases, *held.former_names(shared.archive, opened.site.key)}
        self.site = replace(opened.site, aliases=tuple(sorted(former)))
        self.engine = engine_named(engine)
        self.crawl_id = shared.begin_crawl(opened.site, config, restart=shared.restart)
        self._config, self._shared, self._stats = config, shared, stats
        self._writer = shared.writer
        self._policy = Policy(config, opened.robots, self.engine)
        self._ledger = Ledger(shared.writer, self.crawl_id, stats)
        self._work: Work | Queue = Work(shared.writer.frontier, blog_key(self.site.key), self.site.key, shared.clock)
        self._limit = Limit(config.limit, held.posts_read(shared.archive, self.site.key) if config.limit else ())
        self._names = Names()
        self._elsewhere = Elsewhere(self._policy, shared.hosts, config.delay, self._names)
        self._onward: deque[Job] = deque()  # redirects to follow, and jobs that were handed back
        self._open = 0  # jobs that the spider has, their pages being fetched or read
        self._clock = Clock()
        self._guesses = Guesses()
        chosen = config.limit is not None or self._policy.chooses
        self._lacking = Lacking(shared.archive, self._writer.connection, self.engine, self.site.key, chosen=chosen)
        self._lessons = Lessons(held.lessons(shared.archive, self.site.key)) if self.engine.learns else None

    @property
    def errors(self) -> tuple[str, ...]:
        """The first few URLs that were given up, each with its reason."""
        return tuple(self._ledger.errors)

    @property
    def is_busy(self) -> bool:
        """Whether pages are being fetched or read."""
        return self._open > 0

    def enter(self, opened: Opened, home: Job) -> None:
        """Put on record what was fetched before the blog was known, and where robots.txt leads."""
        answered = self._writer.frontier.open_routes(blog_key(self.site.key))
        routes = {hint["route"] for _, hint in answered if hint.get("route")}
        site = held.recalled(self._shared.archive, self.site)
        self.site = replace(site, open_routes=site.open_routes | routes)
        robots = Visit(
            site=self.site, target=opened.robots_job.target, fetch=fetch_of(opened.robots_job, opened.robots_answer)
        )
        self._ledger.save(robots)
        sitemaps = [
            Target(url=url, kind=TargetKind.SITEMAP, priority=30)
            for url in opened.robots.sitemaps
            if within(url, self.site.home)
        ]
        self._writer.add_targets(self.site, [home.target, *sitemaps])
        for name in opened.site.aliases:
            former = Target(url=f"http://{name}/", kind=TargetKind.HOME)
            self._writer.add_targets(self.site, [former])
            self._work.exclude(former, FORMER)
        self._open += 1

    # -- what to fetch ----------------------------------------------------------------------------

    def next(self) -> Job | None:
        """The next request, unless there is none for now."""
        if self._spent():
            return None
        job = self._onward.popleft() if self._onward else self._from_frontier()
        if job is None:
            return None
        self._open += 1
        is_fresh = job.url == job.target.url and job.hops == 0
        return replace(job, url=self._names.spelled(job.url, self.site.home)) if is_fresh else job

    def _from_frontier(self) -> Job | None:
        while job := (self._elsewhere.next() or self._work.next()):
            if STRANGER in job.target.hint and (reason := self._why_not(job)):
                self._exclude(job, reason)
                continue
            if rules := self._elsewhere.rules_before(job, self.site):
                return rules
            if self._elsewhere.is_silent(job.url, self.site):
                self._exclude(job, "its host does not answer")
                continue
            if STRANGER in job.target.hint:
                return job
            reason = self._policy.unwanted(job.target, self.site)
            if reason == NOT_NEEDED and self._lacking.lacks(job.target):
                reason = None
            reason = reason or self._guesses.vain(job.target)
            if reason:
                self._exclude(job, reason)
                if reason == ROBOTS_REASON and job.target.kind in _READERS_HAVE_TOO:
                    self._look_elsewhere(job.target, _REFUSED)
            elif not self._limit.admits(job.target):
                self._work.hold(job.target)
            else:
                return job
        return None

    def _why_not(self, job: Job) -> str | None:
        """Why a link to what may be a former name is not followed; by one that is, it is at the blog's own host."""
        if own := at_home(job.target, self.site):
            self._writer.add_targets(self.site, [own])
            return FORMER
        return None if self._names.may_ask(job.url) and not leads_inwards(job.url, self.site) else ELSEWHERE

    def _look_elsewhere(self, target: Target, status: int) -> int:
        """Enter where to look instead of a way in that cannot be had. Returns how much of that is new."""
        if target.kind not in PROBES or comments.is_thread(target):
            return 0
        found = instead(target, self.site, self.engine.name, status)
        return self._writer.add_targets(self.site, found.targets) if found.targets else 0

    def unasked(self, job: Job) -> None:
        """Take a job back that was not carried out."""
        self._open -= 1
        if is_rules(job):
            return  # asked for again with the thread that needs it
        if self._elsewhere.is_silent(job.url, self.site):
            self._exclude(job, "its host asks to wait")
        else:
            self._onward.appendleft(job)

    def _exclude(self, job: Job, reason: str) -> None:
        if reason == ROBOTS_REASON:
            self._stats.oddities["robots_disallowed"] = self._stats.oddities.get("robots_disallowed", 0) + 1
        self._work.exclude(job.target, reason)

    def _spent(self) -> bool:
        return stopped_by(self._config, self._stats) is not None

    def site_for(self, target: Target) -> Site:
        """What the engine is told of the site when it reads this target."""
        site = replace(self.site, want_sidebar=self._ledger.wants_sidebar(target))
        return self._lessons.for_page(site, target) if self._lessons else site

    def barred(self, url: str) -> str | None:
        """Why a URL may not be fetched for a page that a browser shows: another host, robots.txt."""
        return None if same_host(url, self.site.home) and self._policy.allows(url) else "another host, or robots.txt"

    # -- what came --------------------------------------------------------------------------------

    def received(self, job: Job, answer: Answer, decision: retry.Decision) -> Question | None:
        """Carry out what was decided of an answer; a page to be read comes back as a question."""
        if is_rules(job):
            self._ruled(job, answer, decision)
            return None
        if STRANGER in job.target.hint:
            self._met(job, answer, decision)
            return None
        if isinstance(decision, retry.Read):
            assert answer.page is not None
            self._guesses.answered(job.target, answer.page)
            if why := refused(answer.page, job.target, self._config.honour):
                self._open -= 1
                self.note(job, answer)
                self._exclude(job, why)
                return None
            return Question(
                page=answer.page,
                target=job.target,
                site=self.site_for(job.target),
                engine=self.engine.name,
                named=self._config.engine is not None,
                judged=self._names.judged,
            )
        self._open -= 1
        match decision:
            case retry.Later():
                self._put_off(job, answer, decision)
            case retry.Follow(onward):
                self._names.followed(job.url, onward.url, self.site.home)
                self._follow(onward, answer)
            case retry.Lost(why):
                self._give_up(job, answer, why)
        return None

    def _ruled(self, job: Job, answer: Answer, decision: retry.Decision) -> None:
        """Take the robots.txt of another host; with one that is down its threads are given up, so that the run says
        what it lacks."""
        self._open -= 1
        self.note(job, answer)
        if isinstance(decision, retry.Follow) and same_host(decision.job.url, job.url):  # to https
            self._onward.append(decision.job)
            return
        onward = decision.job if isinstance(decision, retry.Follow) else None
        if onward and STRANGER in job.target.hint and leads_home(job.url, onward.url, self.site.home):
            self._names.ruled(job.target.hint["host"], self._policy.robots)  # its rules are those of the blog
            return
        why = self._elsewhere.ruled(job, answer, decision)
        host = job.target.hint["host"]
        nothing = replace(answer, page=None, place=None, digest=None, exchange=None)
        for lost in self._elsewhere.lost(host) if why else ():
            if STRANGER in lost.target.hint:
                self._exclude(lost, f"{ELSEWHERE}: {why}")
                continue
            self._give_up(lost, nothing, f"its comments are at {host}, which cannot be read: {why}")

    def _met(self, job: Job, answer: Answer, decision: retry.Decision) -> None:
        """Take where another host leads a link of a list; what it gives besides is of no interest."""
        self._open -= 1
        self.note(job, answer)
        onward = decision.job if isinstance(decision, retry.Follow) else None
        if onward and same_host(onward.url, job.url):  # to https
            self._onward.append(onward)
            return
        if onward and leads_home(job.target.url, onward.url, self.site.home):
            name = host_key(job.url)
            self.site = replace(self.site, aliases=(*self.site.aliases, name))
            self._shared.progress.note(self.site.key, f"{name} leads to it: links to that are taken for its own")
        else:
            self._names.failed(job.url, for_good=isinstance(decision, retry.Later | retry.Lost))
        self._exclude(job, self._why_not(job) or ELSEWHERE)

    def read(self, job: Job, answer: Answer, reading: Reading) -> None:
        """Store what a page holds and where it leads."""
        self._open -= 1
        page, target = answer.page, job.target
        assert page is not None
        if is_torn(target, page, reading) and job.attempts + 1 < retry.MOST_ATTEMPTS:
            wait = retry.pause(job.attempts, self._config.delay, None)
            self._put_off(job, answer, retry.Later(reading.error or "", wait, host_wide=False))
            return
        if reading.trace:
            logger.error("%s: %s\n%s", page.url, reading.error, reading.trace)
        extract = self._clock.told(self.site, target, self._policy.kept(reading.extract))
        reading = replace(reading, extract=extract)
        self._limit.saw(target, reading.extract, reading.discovery)
        self._guesses.saw(target, reading.discovery)
        if self._lessons:
            self._lessons.heard(target, reading.extract)
        if page.ok and reading.error is None:
            self.site = learned(self.site, target, reading.extract)
        reading = replace(reading, discovery=followed(page, target, self._onward_from(reading), self._config.honour))
        failed = loss(target, page, reading)
        reading = self._directed(job, answer, reading, failed)
        saved = self._ledger.save(visit_of(job, answer, reading, self.site), failed=failed)
        self._meet(reading)
        self._stored(job, answer, saved)
        self._work.named((page.url, *reading.discovery.aliases), saved.fetch_id)
        self._settled(job, saved.new_targets)

    def _onward_from(self, reading: Reading) -> Discovery:
        """Where a page leads to, and the feed that tells the blog's clock where that is in doubt."""
        post = self._clock.asks(self.site, reading.extract)
        feed = self.engine.thread_feed(post, self.site) if post else None
        found = reading.discovery
        return replace(found, targets=(*found.targets, feed)) if feed else found

    def _directed(self, job: Job, answer: Answer, reading: Reading, failed: str | None) -> Reading:
        """The reading as it is to be stored, by which the run goes on. failed: why the URL is given up."""
        del job, answer, failed
        return reading

    def _meet(self, reading: Reading) -> None:
        """Enter what a list leads to at other hosts, which may be former names of the blog's own."""
        if reading.strangers:
            self._writer.add_targets(self.site, strangers(reading.strangers))

    def _stored(self, job: Job, answer: Answer, saved: Saved) -> None:
        """Take note of what was stored."""

    def note(self, job: Job, answer: Answer) -> None:
        """Put on record an exchange that settles nothing."""
        self._writer.note(self.site, job.target, fetch_of(job, answer), self.crawl_id)

    def _put_off(self, job: Job, answer: Answer, later: retry.Later) -> None:
        until = self._shared.clock() + later.wait
        self._ledger.put_off(self.site, job, answer, retry_at=stamp(until), why=later.why)
        self._settled(job, 1)

    def _follow(self, onward: Job, answer: Answer) -> None:
        """Follow a redirect where that may be fetched; the next request begins with it. What goes by two names, a
        post, a sitemap, a front page in another language, is not read twice."""
        barred = self._policy.barred(onward.url, self.site)
        if barred is None and is_log_in(onward.target.url, onward.url):
            barred = "a log-in"
        by_two_names = onward.target.kind in _BY_TWO_NAMES or "beside" in onward.target.hint
        if barred is None and by_two_names and self._work.has_read(onward.url, onward.target):
            self._ledger.save(Visit(site=self.site, target=onward.target, fetch=fetch_of(onward, answer)))
            self._settled(onward)
            return
        self.note(onward, answer)
        if barred is None:
            self._onward.append(onward)
        elif barred == "another host" and onward.target.kind in _MAY_BE_ELSEWHERE:
            self._exclude(onward, f"redirects to another host: {onward.url}")
            self._look_elsewhere(onward.target, _REFUSED)
        elif barred == "another host":
            self._give_up(onward, answer, f"redirects to another host: {onward.url}")
        else:
            self._exclude(onward, f"redirects to {onward.url}: {barred}")

    def _give_up(self, job: Job, answer: Answer, why: str) -> None:
        visit = Visit(site=self.site, target=job.target, fetch=fetch_of(job, answer, error=why))
        self._stats.errors += 1
        by_parts = self._look_elsewhere(job.target, _NO_ANSWER) > 0 and job.target.kind is TargetKind.API
        self._ledger.save(visit, failed=None if by_parts else why)
        self._settled(job)

    def _settled(self, job: Job, new: int = 0) -> None:
        self._work.settled(job.target, new)
        self._stats.pending = self._work.pending

    # -- the end ----------------------------------------------------------------------------------

    def due(self) -> datetime | None:
        """When the first of what was put off is due."""
        next_at = None if self._open else self._work.waiting().next_at
        return datetime.fromisoformat(next_at) if next_at else None

    def ending(self) -> Ending | None:
        """How the run ends, now that `next()` gave nothing; None while there is something to wait for."""
        if self._open:
            return None
        waiting = self._work.waiting()
        if self._spent() and (waiting.ready or waiting.put_off or self._work.taken):
            return Ending("limit", f"stopped by {stopped_by(self._config, self._stats)}", LimitReached.exit_code)
        if waiting.ready:
            return None
        if waiting.next_at:
            due = datetime.fromisoformat(waiting.next_at)
            if due - self._shared.clock() <= retry.LONGEST_WAIT:
                return None
            why = f"{count(waiting.put_off, 'URL')} put off until {shown(due)}, as the host asked"
            return Ending("incomplete", why, Incomplete.exit_code)
        return self._done()

    def _done(self) -> Ending | None:
        """What the run has come to, with nothing left to fetch; None when there is more after all."""
        if not self._lacking.looked_again and self._look_again():
            return None
        self._writer.weigh(self.crawl_id)
        if held.is_astray(self._shared.archive, self.site.key):
            front = absolute("/", self.site.home)
            line = (
                f"no post stands below this address: if the blog has another front page, such as {front}, archive that"
            )
            self._shared.progress.note(self.site.key, line)
        coverage = held.coverage(self._shared.archive, self.site.key)
        given_up = held.given_up(self._shared.archive, self.site.key)
        limited = f"--limit {self._config.limit}" if self._work.held else None
        return judged(coverage, given_up, limited, chosen=self._policy.chooses)

    def _look_again(self) -> bool:
        """Ask for what seems to be missing, once. Returns whether there is any of it."""
        self._lacking.looked_again = True
        new = self._writer.add_targets(self.site, self._lacking.months(self.site))
        if new:
            line = f"{count(new, 'month')} with more posts claimed than found: reading their lists"
            self._shared.progress.note(self.site.key, line)
        return self._writer.add_targets(self.site, self._lacking.unseen()) > 0 or new > 0

    def finish(self, ending: Ending) -> int:
        """Leave to the next run what was taken and not done. Returns how much is left."""
        del ending
        return self._work.give_back()
