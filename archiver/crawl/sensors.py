"""What each sensor of a blog tells: what is to be fetched, and whether to follow the sensor further back. Pure.

A sensor is read from its newest entry on, until it meets what is known. One whose entries are all new hides more
behind them; one that contradicts the others is not believed; one that suddenly shows next to nothing is trouble: then
it is the reading that is wrong, and nothing may be said to have vanished.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta

from archiver.crawl.api_lists import ApiLists
from archiver.crawl.doubts import goes_on, is_unlike, lies
from archiver.crawl.jobs import stamp
from archiver.crawl.known import Wanted
from archiver.crawl.revisits import moment
from archiver.crawl.turns import FRONT, Turns
from archiver.engines import Engine
from archiver.engines.base import Lists
from archiver.model import Claim, Comment, Discovery, Extract, Target, TargetKind
from archiver.urls import url_key
from db.revisits import KnownPost

_DAY = timedelta(days=1)


class Sensors:
    """The sensors of one blog in one run. engine: the blog's own. lists: its API, where it has one.

    suspects: posts under which something that was held is not listed any more. trouble: why this run must not be
    believed where it shows less, in words. read_now: names of those that have answered.
    """

    def __init__(self, engine: Engine, wanted: Wanted, lists: Lists | None, turns: Turns) -> None:
        self.suspects: dict[str, None] = {}
        self.trouble: list[str] = []
        self.read_now: set[str] = set()
        self.engine, self.known, self.wanted = engine, wanted.known, wanted
        self.turns, self.states, self.now = turns, turns.states, turns.now
        self.api = ApiLists(self.known, wanted, lists, self.states, self.suspects, self.trouble)
        self._months: dict[str, set[str]] = {}
        self._unread: dict[str, int] = {}  # pages of a month's list that were asked for and have not come
        self._before: dict[str, str] = {}  # when a sensor was read by an earlier run, as far as one has
        self._front: tuple[Extract, Discovery] | None = None

    def unchanged(self, name: str) -> None:
        """A sensor answers that it is as it was."""
        self.turns.checked(name, "open")

    def failed(self, name: str, why: str, *, lasting: bool) -> None:
        """A sensor cannot be read. lasting: it refuses, or there is none."""
        if not lasting:
            return
        if name.endswith("_api") and self.turns.was_open(name):
            route = name.removesuffix("_api")
            self.trouble.append(f"its API does not list {route} any more ({why}); feeds and pages were read instead")
        if name == "posts_api":
            self.wanted.lists = None
        self.turns.checked(name, "closed")
        self.turns.later(name)

    def read(self, target: Target, extract: Extract, discovery: Discovery) -> list[Target]:
        """What follows from the reading of a sensor, or of what lies behind it."""
        name = FRONT if target.kind is TargetKind.HOME else target.hint.get("sensor", "")
        if name:
            self.read_now.add(name)
            self._before[name] = self.states[name].checked_at
            self.turns.checked(name, "open")
        match target.kind:
            case TargetKind.API if extract.listing is not None:
                found = self.api.read(target, extract.listing)
            case TargetKind.API if target.hint.get("route") == "newest_comments":
                found = self._from_comment_feed(target, extract.comments, discovery)
            case TargetKind.API if target.hint.get("route") == "posts" and self.api.lists is None:
                found = self._from_feed(target, extract, discovery)
            case TargetKind.FEED:
                found = self._from_feed(target, extract, discovery)
            case TargetKind.COMMENT_FEED:
                found = self._from_comment_feed(target, extract.comments, discovery)
            case TargetKind.SITEMAP:
                found = self._from_sitemap(discovery)
            case TargetKind.HOME:
                self._front, found = (extract, discovery), []
            case TargetKind.LIST:
                found = self._from_list(target, discovery)
            case _:
                found = []
        if name and any(target.hint.get("mode") != "ids" and target.kind is not TargetKind.SITEMAP for target in found):
            self.states[name].news_at = stamp(self.now)
        return found

    # -- feeds ---------------------------------------------------------------------------------------

    def _from_feed(self, target: Target, extract: Extract, discovery: Discovery) -> list[Target]:
        known = [self.known.post(post.native_id, post.url) is not None for post in extract.posts]
        if "sensor" in target.hint:
            self.states["posts_feed"].shown = len(known)
        found = [
            page
            for post, is_known in zip(extract.posts, known, strict=True)
            if not is_known and not self._api_tells("posts")
            for page in self.wanted.page(post.url, post.native_id)
        ]
        found += [page for claim in extract.claims for page in self._from_claim(claim)]
        if (goes_on(known) and not self._api_tells("posts")) or "walk" in target.hint:
            found += self._onward(discovery, target, **({"walk": "1"} if "walk" in target.hint else {}))
        return found

    def _from_claim(self, claim: Claim) -> list[Target]:
        """The page of a post of which the feed says that it has another number of comments than was known."""
        if claim.subject_kind != "post" or claim.measure != "comments":
            return []
        native = claim.subject[1:] if claim.subject.startswith("#") else None
        post = self.known.post(native, None if native else claim.subject)
        before = post.feed if post and self.known.followed_up else None
        if post is None or post.protected or not is_unlike(claim.number, post.heading, before, post.held):
            return []
        if self._api_tells("comments") and not self.wanted.pages:
            return []
        return self.wanted.page(post.url, post.native_id)

    def _from_comment_feed(self, target: Target, comments: Sequence[Comment], discovery: Discovery) -> list[Target]:
        if "comments_feed" in self.states:
            self.states["comments_feed"].shown = len(comments)
        if self._api_tells("comments"):
            return []
        known = [self._is_known(comment) for comment in comments]
        found = [
            page
            for comment, is_known in zip(comments, known, strict=True)
            if not is_known
            for page in self._thread_of(comment)
        ]
        if "page" not in target.hint or target.hint["page"] == "1":
            found += self._not_in_feed(comments)
        behind = self._onward(discovery, target) or self._walk() if goes_on(known) else ()
        return [*found, *behind]

    def _is_known(self, comment: Comment) -> bool:
        if comment.native_id:
            return self.known.is_settled(comment.native_id)
        post = self.known.post(comment.post.native_id, comment.post.url)
        return post is not None and (comment.published is None or comment.published.at <= post.active_at)

    def _thread_of(self, comment: Comment) -> list[Target]:
        post = self.known.post(comment.post.native_id, comment.post.url)
        url = post.url if post else comment.post.url
        return self.wanted.page(url, comment.post.native_id) if url else []

    def _not_in_feed(self, comments: Sequence[Comment]) -> list[Target]:
        """The posts of comments that the feed would have to show, by their dates, and does not show any more."""
        dates = [comment.published.at for comment in comments if comment.published]
        listed = {comment.native_id for comment in comments}
        if not dates or len(dates) < len(comments):
            return []
        since = min(dates)
        posts = [
            self.known.posts.get(one.post_id)
            for one in self.known.comments.values()
            if one.settled and one.published_at and one.published_at > since and one.native_id not in listed
        ]
        return [page for post in posts if post for page in self.wanted.page(post.url, post.native_id)]

    def _walk(self) -> list[Target]:
        """More new comments than the sensors show: the counts of all posts, ten to a page of their feed, tell where."""
        feed = self.states.get("posts_feed")
        if feed is None or feed.state == "closed" or feed.kind != TargetKind.FEED.value:
            return []
        joint = "&" if "?" in feed.url else "?"
        hint = {"page": "1", "walk": "1"}
        return [Target(url=f"{feed.url}{joint}paged=1", kind=TargetKind.FEED, priority=20, hint=hint)]

    # -- pages and sitemaps --------------------------------------------------------------------------

    def front(self) -> list[Target]:
        """What the front page shows that no other sensor has told of; asked for once those have been read."""
        if self._front is None:
            return []
        (extract, discovery), self._front = self._front, None
        state = self.states[FRONT]
        posts = [target for target in discovery.targets if target.kind is TargetKind.POST]
        if state.shown and not posts:
            self.trouble.append("its front page shows no posts any more: a log-in page, or another theme")
        else:
            state.shown = len(posts)
        found = self._new_pages(posts)
        for widget in extract.widgets:
            for link in widget.links:
                if widget.kind == "recent_posts" and not self.known.is_read(link.url):
                    found += self.wanted.page(self.engine.post_of(link.url))
                if widget.kind == "recent_comments" and not self._api_tells("comments"):
                    number = self.engine.comment_of(link.url)
                    if number and not self.known.is_settled(number):
                        found += self.wanted.page(self.engine.post_of(link.url))
        if not self._api_tells("posts"):
            found += self._changed_months(extract)
        state.news_at = stamp(self.now) if found else state.news_at
        return found

    def _changed_months(self, extract: Extract) -> list[Target]:
        """The lists of the months that have another number of posts than before; those that have none any more."""
        urls = {f"{one.year:04d}-{one.month or 0:02d}": one.url for one in extract.archives}
        counts = {claim.subject: claim.number for claim in extract.claims if claim.subject_kind == "month"}
        before = self._months_before(counts)
        for month in before if counts else ():
            if month not in counts and min(counts) < month:
                self.suspects.update(dict.fromkeys(post.id for post in self.known.of_month(month)))
        return [
            Target(url=url, kind=TargetKind.LIST, priority=40, hint={"month": month, "count": str(number)})
            for month, number in counts.items()
            if (url := urls.get(month)) and before and before.get(month, 0) != number and self.wanted.first(url)
        ]

    def _months_before(self, counts: Iterable[str]) -> Mapping[str, int]:
        """Posts of each month, as they were counted; those held, if a run was killed after it had read the counts."""
        if self.known.followed_up or not self.known.months:
            return self.known.months
        return {month: len(self.known.of_month(month)) for month in {*self.known.months, *counts}}

    def _from_list(self, target: Target, discovery: Discovery) -> list[Target]:
        posts = [found for found in discovery.targets if found.kind is TargetKind.POST]
        if "month" in target.hint:
            return [*self._new_pages(posts), *self._of_month(target, posts, discovery)]
        on = goes_on([self.known.is_read(found.url) for found in posts])
        return [*self._new_pages(posts), *(self._first(self._onward(discovery, target)) if on else ())]

    def _of_month(self, target: Target, posts: Iterable[Target], discovery: Discovery) -> list[Target]:
        """The rest of a month's list. Posts of the month that it does not name any more may have vanished."""
        month, listed = target.hint["month"], self._months.setdefault(target.hint["month"], set())
        listed.update(url_key(one.url) for one in posts)
        onward = self._onward(discovery, target, month=month, count=target.hint["count"])
        new = self._first(onward) if len(listed) < int(target.hint["count"]) else []
        self._unread[month] = self._unread.get(month, 1) - 1 + len(new)
        if self._unread[month] > 0:
            return new
        named = {post.id for address in listed if (post := self.known.posts.get(self.known.addresses.get(address, "")))}
        gone = [post.id for post in self.known.of_month(month) if post.id not in named]
        self.suspects.update(dict.fromkeys(gone))
        return []

    def _first(self, lists: Iterable[Target]) -> list[Target]:
        """Those that were not asked for yet: each page of a list can name all the others."""
        return [target for target in lists if self.wanted.first(target.url)]

    def _new_pages(self, posts: Iterable[Target]) -> list[Target]:
        new = [target for target in posts if not self.known.is_read(target.url)]
        return [page for target in new for page in self.wanted.page(target.url, target.hint.get("post"))]

    def _from_sitemap(self, discovery: Discovery) -> list[Target]:
        """New addresses, and those that have changed since they were read, as far as the dates can be believed."""
        state = self.states["sitemap"]
        children = [
            target for target in discovery.targets if target.kind is TargetKind.SITEMAP and self._is_new(target)
        ]
        posts = [target for target in discovery.targets if target.kind is TargetKind.POST]
        dated = [(target, post) for target in posts if (post := self._dated(target))]
        changed = [pair for pair in dated if pair[0].hint["changed"] > pair[1].checked_at]
        if lies(len(changed), len(dated)):
            state.state = "distrusted"
        if state.state == "distrusted":  # in this file, or in one before it
            changed = []
        if posts and not dated:
            self.turns.later("sitemap")  # it tells of new addresses only
        found = [page for _, post in changed for page in self.wanted.page(post.url, post.native_id)]
        return [*children, *self._new_pages(posts), *found]

    def _is_new(self, part: Target) -> bool:
        """Whether a part of a sitemap may have changed since it was read: its date may be that of a day, and its clock
        another one."""
        before = moment(self._before.get("sitemap"))
        changed = moment(part.hint.get("changed"))
        if before is None or changed is None or not self.known.followed_up:
            return True
        return changed > before - _DAY

    def _dated(self, target: Target) -> KnownPost | None:
        return self.known.post(None, target.url) if "changed" in target.hint else None

    def _api_tells(self, route: str) -> bool:
        """Whether the API has told in this run what there is of a kind."""
        return f"{route}_api" in self.read_now and self.wanted.lists is not None

    @staticmethod
    def _onward(discovery: Discovery, behind: Target, **hint: str) -> list[Target]:
        """What goes on with a list: targets of its kind, and of its route where it has one."""
        return [
            replace(target, hint={**target.hint, **hint}) if hint else target
            for target in discovery.targets
            if target.kind is behind.kind and target.hint.get("route") == behind.hint.get("route")
        ]
