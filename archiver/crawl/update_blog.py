"""A blog brought up to date: its sensors first, then what they point at, then the posts whose turn it is.

What to do is decided in turns.py, sensors.py, verifying.py and revisits.py; here it is carried out, in the way in which
whole blogs are crawled (blog.py). Whatever goes wrong in it, nothing has vanished by that.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from math import inf

from archiver import comments
from archiver.config import BlogConfig
from archiver.crawl import retry
from archiver.crawl.blog import Blog
from archiver.crawl.ending import Ending
from archiver.crawl.jobs import NOT_MODIFIED, Answer, Job, fetch_of, said
from archiver.crawl.known import Known, Wanted
from archiver.crawl.limit import stopped_by
from archiver.crawl.opening import Opened
from archiver.crawl.outcome import Stats
from archiver.crawl.queue import Queue
from archiver.crawl.reading import Reading, instead
from archiver.crawl.revisits import Batch, Scope, by_lists, by_pages, due
from archiver.crawl.sensors import Sensors
from archiver.crawl.shared import Shared
from archiver.crawl.threads import Threads
from archiver.crawl.turns import FRONT, Turns
from archiver.crawl.verifying import BUDGETED, Verifier, is_revisit
from archiver.crawl.wishes import PAGES
from archiver.engines.base import PART
from archiver.errors import Incomplete, LimitReached, SiteError
from archiver.model import Discovery, Post, PostRef, Site, Target, TargetKind, Visit
from archiver.terminal import count
from archiver.urls import url_key
from db import Saved, revisits
from db.keys import blog_key
from db.revisits import KnownPost, SensorState, WordsOfFeed

SENSING, COMPARING, VERIFYING, DONE = range(4)


class UpdateBlog(Blog):
    """The update of a blog that has been opened."""

    def __init__(
        self, opened: Opened, engine: str, config: BlogConfig, shared: Shared, stats: Stats, scope: Scope
    ) -> None:
        super().__init__(opened, engine, config, shared, stats)
        self._work = self._queue = Queue(shared.clock)
        self._scope, self._stage, self._budget = scope, SENSING, inf if scope.full else scope.budget
        self._blog_id, self._now = blog_key(self.site.key), shared.clock()
        self.site = self._as_held(self.site)
        self._known = known = self._load()
        lists = self.engine.lists(self.site)
        states = revisits.sensors(self._writer.connection, self._blog_id)
        states.setdefault(FRONT, SensorState(name=FRONT, url=self.site.home, kind=TargetKind.HOME.value))
        self._wanted = Wanted(known, pages=config.pages, lists=lists)
        self._turns = Turns(known, states, self._now)
        self._sensors = Sensors(self.engine, self._wanted, lists, self._turns)
        self._verifier = Verifier(known, self._wanted, lists)
        self._threads = Threads(known)
        self._waiting: list[Target] = []  # sensors that wait for the first one
        self._answers: dict[str, str] = {}  # fetches that hold the sensors' latest whole answers

    def _as_held(self, site: Site) -> Site:
        query = "SELECT api_url, title, language, utc_offset, timezone FROM blogs WHERE id = ?"
        row = self._writer.connection.execute(query, (self._blog_id,)).fetchone()
        return replace(site, **dict(row))

    def _load(self) -> Known:
        connection, blog_id = self._writer.connection, self._blog_id
        return Known(
            posts={post.id: post for post in revisits.known_posts(connection, blog_id)},
            comments={one.native_id: one for one in revisits.known_comments(connection, blog_id)},
            addresses=revisits.known_addresses(connection, blog_id),
            fetched=frozenset(map(url_key, revisits.fetched_posts(connection, blog_id))),
            months=revisits.month_claims(connection, blog_id),
            stated=revisits.api_claims(connection, blog_id),
            followed_up=revisits.is_followed_up(connection, blog_id, self.crawl_id),
        )

    def enter(self, opened: Opened, home: Job) -> None:
        """Put on record what was fetched before the blog was known."""
        del home
        job = opened.robots_job
        self._ledger.save(Visit(site=self.site, target=job.target, fetch=fetch_of(job, opened.robots_answer)))
        self._open += 1
        left = revisits.unfinished(self._writer.connection, self._blog_id)
        if left:
            line = f"{count(left, 'URL')} of its last crawl left to fetch: `archiver crawl` goes on with that"
            self._shared.progress.note(self.site.key, line)

    # -- what to fetch ----------------------------------------------------------------------------

    def _from_frontier(self) -> Job | None:
        while True:
            job = self._elsewhere.next() or self._queue.next()
            if job is None:
                if self._open or self._queue.pending or not self._advance():
                    return None
                continue
            if rules := self._elsewhere.rules_before(job, self.site):
                return rules
            reason = self._policy.left_out(job.target, self.site)
            if self._elsewhere.is_silent(job.url, self.site):
                reason = "its host does not answer"
            if reason:
                self._exclude(job, reason)
            elif BUDGETED not in job.target.hint:
                return job
            elif self._budget > 0:
                self._budget -= 1
                return job
            else:
                self._queue.settled(job.target)
            self._verifier.dropped(job.target)

    def _push(self, targets: Iterable[Target]) -> None:
        self._queue.push([self._job(target) for target in targets])
        self._stats.pending = self._queue.pending

    def _job(self, target: Target) -> Job:
        """The request for a target; a conditional one where an answer is held of which everything was followed up."""
        etag = last_modified = None
        if state := self._turns.states.get(target.hint.get("sensor", "")):
            if state.url == target.url:
                etag, last_modified = state.etag, state.last_modified
        elif post := self._of_unchanged(target):
            etag, last_modified = revisits.validators(self._writer.connection, target.url, post.id)
        return Job(target, target.url, etag=etag, last_modified=last_modified)

    def _of_unchanged(self, target: Target) -> KnownPost | None:
        """The post that is revisited by its page, if a page that has not changed means that its thread has not."""
        if target.kind is not TargetKind.POST or BUDGETED not in target.hint:
            return None
        post = self._known.post(target.hint.get("post"), target.url)
        return post if post and (post.heading is not None or 0 < post.shown == post.held) else None

    def _advance(self) -> bool:
        """Begin the next stage. Returns whether that brought work."""
        waiting, self._waiting = self._waiting, []
        self._push(self._turns.worthwhile(waiting))
        while self._stage < DONE and not self._queue.pending:
            self._stage += 1
            if self._stage == COMPARING:
                self._push(self._sensors.front())
            elif self._sensors.trouble:
                return False  # it would only tell the same again
            else:
                self._push(self._revisits() if self._stage == VERIFYING else self._threads.controls(self._wanted))
        return self._queue.pending > 0

    def _revisits(self) -> list[Target]:
        """The posts that are looked at in this run: those that a sensor throws doubt on, and those whose turn it is."""
        posts = self._known.posts
        doubtful = [posts[id_] for id_ in self._sensors.suspects if id_ in posts]
        waiting = [post for post in due(posts.values(), self._now, full=self._scope.full) if post not in doubtful]
        found: list[Target] = []
        if self._wanted.lists and "posts_api" in self._sensors.read_now:
            self._verifier.lists = self._wanted.lists
            listed = [post for post in waiting if _is_listed(post)]
            found += self._verifier.by_lists(by_lists([post for post in doubtful if _is_listed(post)]), budgeted=False)
            batches: list[Batch] = by_lists(listed, self._budget)
            found += self._verifier.by_lists(batches, budgeted=True)
            left = self._budget - sum(batch.requests for batch in batches)
            waiting = [post for post in waiting if not _is_listed(post)]
        else:
            left = self._budget
            found += self._verifier.by_pages(doubtful, budgeted=False)
        return [*found, *self._verifier.by_pages(by_pages(waiting, left), budgeted=True)]

    # -- what came --------------------------------------------------------------------------------

    def _directed(self, job: Job, answer: Answer, reading: Reading, failed: str | None) -> Reading:
        """Decide by a reading how to go on. Nothing of that is put on the frontier: whole crawls go by that."""
        page, target = answer.page, job.target
        assert page is not None
        name = FRONT if target.kind is TargetKind.HOME else target.hint.get("sensor", "")
        why = reading.error or (None if page.ok or page.status == NOT_MODIFIED else said(page.status))
        if page.status == NOT_MODIFIED:
            found = self._unchanged(name, target)
        elif why:
            found = self._failed(name, target, why, lasting=page.status < 500, lost=failed is not None)
            found = [*found, *_parts(reading.discovery)]
        else:
            found = self._read(target, reading)
            self._answers |= {name: ""} if name else {}
        if name == FRONT:
            leads = self.engine.sensors(reading.discovery.targets, self.site) if page.ok else self._turns.stored()
            sensors = self._turns.due(leads)
            found, self._waiting = [*sensors[:1], *found], sensors[1:]
        self._push(found)
        return replace(reading, discovery=Discovery())

    def _meet(self, reading: Reading) -> None:
        """Nothing: whole crawls ask other hosts whether they are former names, and updates know those."""
        del reading

    def _stored(self, job: Job, answer: Answer, saved: Saved) -> None:
        del answer
        name = FRONT if job.target.kind is TargetKind.HOME else job.target.hint.get("sensor", "")
        if name in self._answers:
            self._answers[name] = saved.fetch_id

    def _unchanged(self, name: str, target: Target) -> list[Target]:
        post = self._known.post(target.hint.get("post"), target.url)
        if name:
            self._sensors.unchanged(name)
        elif post:
            self._verifier.page_read(post)
        return []

    def _failed(self, name: str, target: Target, why: str, *, lasting: bool, lost: bool) -> list[Target]:
        if name:
            self._sensors.failed(name, why, lasting=lasting)
        elif is_revisit(target):
            return self._verifier.lost(target)
        elif lost:
            self._verifier.dropped(target)
        return []

    def _read(self, target: Target, reading: Reading) -> list[Target]:
        extract, discovery = reading.extract, reading.discovery
        if is_revisit(target):
            assert extract.listing is not None
            return self._verifier.read(target, extract.listing)
        if target.kind in PAGES:
            return self._page(target, reading)
        if is_thread(target):
            return [onward for onward in discovery.targets if is_thread(onward) and self._wanted.first(onward.url)]
        if target.kind is TargetKind.API and self._sensors.api.lists is None:
            self._sensors.api.lists = self.engine.lists(replace(self.site, api_url=target.hint.get("root")))
        return self._sensors.read(target, extract, discovery)

    def _page(self, target: Target, reading: Reading) -> list[Target]:
        """The other pages of a post and of its thread; they belong to the same budget."""
        self._threads.read(target, reading.extract)
        post = self._known.post(target.hint.get("post"), target.url)
        own = []
        if post and target.kind is TargetKind.POST:
            self._verifier.page_read(post)
            own = self._own_feed(post, reading)
        parts = {TargetKind.COMMENT_PAGE, TargetKind.POST_PART}
        hint = {BUDGETED: "1"} if BUDGETED in target.hint else {}
        return [
            replace(onward, hint={**onward.hint, **hint})
            for onward in (*own, *reading.discovery.targets)
            if (onward.kind in parts or onward in own or is_thread(onward)) and self._wanted.first(onward.url)
        ]

    def _own_feed(self, post: KnownPost, reading: Reading) -> list[Target]:
        """Where a page says something else than what is held, and that is from a feed: the feed's own words of now.

        A feed outranks a page, so that an edited post would else keep the words of before, and one that has moved its
        address. What a theme puts into the text makes pages differ for good; that costs a request when they are read.
        """
        feed = self._turns.states.get("posts_feed")
        if self._wanted.lists is not None or feed is None or feed.state == "closed" or post.protected:
            return []
        held = revisits.words_of_feed(self._writer.connection, post.id)
        pages = [one for one in reading.extract.posts if self._known.post(one.native_id, one.url) is post]
        moved = next((page.url for page in pages if url_key(page.url) != url_key(post.url)), None)
        if moved is None and not any(differs(held, page) for page in pages):
            return []
        found = self.engine.own_feed(PostRef(native_id=post.native_id, url=moved or post.url), self.site)
        return [found] if found else []

    def _put_off(self, job: Job, answer: Answer, later: retry.Later) -> None:
        self._stats.errors += 1
        self.note(job, answer)
        again = replace(job, url=job.target.url, attempts=job.attempts + 1, hops=0)
        self._queue.put_off(again, self._shared.clock() + later.wait)

    def _look_elsewhere(self, target: Target, status: int) -> int:
        """Ask for the parts of what did not come at all. Else an update asks for what it knows of."""
        parts = _parts(instead(target, self.site, self.engine.name, status)) if target.kind is TargetKind.API else []
        self._push(parts)
        return len(parts)

    def _give_up(self, job: Job, answer: Answer, why: str) -> None:
        name = job.target.hint.get("sensor", "")
        found = self._failed(name, job.target, why, lasting=answer.page is not None, lost=True)
        if name and answer.page is not None:  # such as a feed that another host serves
            self.note(job, answer)
            self._settled(job)
        else:
            super()._give_up(job, answer, why)
        self._push(found)

    # -- the end ----------------------------------------------------------------------------------

    def _done(self) -> Ending | None:
        trouble = [*self._sensors.trouble, *self._threads.trouble()]
        if trouble:
            return Ending("failed", f"{'; '.join(trouble)}. Nothing was marked as gone", SiteError.exit_code)
        if self._spent() and self._stage < VERIFYING and not self._sensors.trouble:
            return Ending("limit", f"stopped by {stopped_by(self._config, self._stats)}", LimitReached.exit_code)
        if self._stats.given_up:
            return Ending("incomplete", f"{count(self._stats.given_up, 'URL')} given up", Incomplete.exit_code)
        return Ending("complete")

    def finish(self, ending: Ending) -> int:
        """Keep what was learned of the sensors, and which posts were verified."""
        left = super().finish(ending)
        if ending.outcome == "complete":
            for name, fetch_id in self._answers.items():
                self._turns.states[name].fetch_id = fetch_id
            for name, number in self._sensors.api.withheld.items():
                self._turns.states[name].withheld = number
        with self._writer.transaction():
            connection = self._writer.connection
            if ending.outcome != "interrupted":
                states = [state for state in self._turns.states.values() if state.checked_at]
                revisits.save_sensors(connection, self.site.key, self._blog_id, states)
            if ending.outcome in {"complete", "incomplete", "limit"}:
                revisits.save_checks(connection, self.crawl_id, self._verifier.checks(self._now, self._threads.grown))
        return left


def _parts(discovery: Discovery) -> list[Target]:
    """What is asked for instead of whole records on which the server fails."""
    return [target for target in discovery.targets if PART in target.hint]


def is_thread(target: Target) -> bool:
    """Whether a target is a thread that stands beside its page: the platform's own, or one of another system."""
    return comments.is_thread(target) or (
        target.kind is TargetKind.API and target.hint.get("route") in {"thread", "replies"}
    )


def differs(held: WordsOfFeed, page: Post) -> bool:
    """Whether a page has other words than those that are held of a feed, white space aside."""
    text = page.content.text if page.content and page.part is None else None
    return any(
        ours is not None and theirs is not None and ours.split() != theirs.split()
        for ours, theirs in ((held.title, page.title), (held.text, text))
    )


def _is_listed(post: KnownPost) -> bool:
    """Whether the API can be asked for a post by its number."""
    return post.by_api and post.native_id is not None and post.kind in {"post", "page"}
