"""What each sensor tells: what is fetched, what is followed back, what is not believed."""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archiver.crawl.doubts import goes_on, is_unlike, lies, markedly_less
from archiver.crawl.known import Known, Wanted
from archiver.crawl.sensors import Sensors
from archiver.crawl.turns import Turns
from archiver.engines import Engine
from archiver.engines.generic import GenericEngine
from archiver.engines.wordpress import WordPress
from archiver.engines.wordpress_listing import Lists
from archiver.model import (
    ArchivePeriod,
    Claim,
    Comment,
    Discovery,
    Extract,
    Listed,
    Listing,
    Moment,
    PostRef,
    Precision,
    Rank,
    Target,
    Widget,
    WidgetLink,
)
from archiver.model import TargetKind as Kind
from db.revisits import KnownComment, KnownPost, SensorState
from tests.unit.test_revisits import post

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
HOME = "https://blog.example.org/"
ENGINE = WordPress()
LISTS = Lists(f"{HOME}wp-json/")
COMMENT_FEED = Target(url=f"{HOME}comments/feed/", kind=Kind.COMMENT_FEED, hint={"sensor": "comments_feed"})


def sensors(*, posts: int = 20, comments: Collection[int] = (), api: bool = True, engine: Engine = ENGINE) -> Sensors:
    """Those of a blog of which so many posts are known, and these comments, each under the post of its last digit."""
    held: dict[str, KnownPost] = {one.id: one for one in (post(n, by_api=api) for n in range(posts))}
    known = Known(
        posts=held,
        comments={str(n): KnownComment(str(n), f"post{n % 10:04d}", api, True, at(n)) for n in comments},
        addresses={f"blog.example.org/{n}": f"post{n:04d}" for n in range(posts)},
    )
    lists = LISTS if api else None
    made = Sensors(engine, Wanted(known, pages=True, lists=lists), lists, Turns(known, {}, NOW))
    for name, kind in (("posts_feed", "feed"), ("comments_feed", "comment_feed"), ("comments_api", "api")):
        made.states[name] = SensorState(name=name, url=f"{HOME}feed/", kind=kind, checked_at="2026-02-01")
    return made


def at(number: int) -> str:
    return f"2025-01-01T{number // 3600 % 24:02d}:{number // 60 % 60:02d}:{number % 60:02d}Z"


def comment(number: int) -> Comment:
    where = PostRef(native_id=str(number % 10), url=f"{HOME}{number % 10}/")
    published = Moment(at=at(number), precision=Precision.SECOND)
    return Comment(post=where, rank=Rank.EXCERPT, native_id=str(number), published=published)


@given(st.sets(st.integers(1, 500)), st.sets(st.integers(1, 500)), st.integers(1, 12))
def test_no_comment_is_missed_while_the_feed_shows_it(held: set[int], new: set[int], size: int) -> None:
    """The API is closed: the posts of all that the feed shows are read, and what hides behind it is looked for."""
    made = sensors(comments=held, api=False)
    shown = sorted(held | new, reverse=True)[:size]
    found = made.read(COMMENT_FEED, Extract(comments=tuple(map(comment, shown))), Discovery())
    read = {target.hint["post"] for target in found if target.kind is Kind.POST}
    assert read == {str(n % 10) for n in shown if n not in held}
    walks = any("walk" in target.hint for target in found)
    assert walks == (shown != [] and shown[-1] not in held)
    hidden = (new - held) - set(shown)
    assert walks or not hidden or max(hidden) < shown[-1]


@given(st.sets(st.integers(1, 900)), st.sets(st.integers(1, 900)))
def test_no_comment_is_missed_while_the_api_lists_it(held: set[int], new: set[int]) -> None:
    made = sensors(comments=held)
    there = sorted(held | new, reverse=True)
    asked, queue = set(), [LISTS.newest("comments")]
    while queue:
        target = queue.pop()
        if target.hint.get("mode") == "whole" and target.hint["route"] == "comments":
            asked |= set(map(int, target.hint["ids"].split(",")))
        if target.hint.get("mode") != "ids":
            continue
        page = int(target.hint["page"])
        entries = [Listed(native_id=str(n), post=str(n % 10)) for n in there[page * 100 - 100 : page * 100]]
        queue += made.read(target, Extract(listing=Listing(entries=tuple(entries), total=len(there))), Discovery())
    assert asked == new - held
    assert made.suspects == {}


def test_a_comment_that_the_feed_would_have_to_show_is_looked_for() -> None:
    made = sensors(comments=set(range(1, 21)), api=False)
    shown = [n for n in range(20, 9, -1) if n != 17]
    found = made.read(COMMENT_FEED, Extract(comments=tuple(map(comment, shown))), Discovery())
    assert [target.url for target in found] == [f"{HOME}7/"]


def test_an_api_that_lists_half_of_what_is_known_is_not_believed() -> None:
    made = sensors(comments=set(range(1, 301)))
    entries = tuple(Listed(native_id=str(n), post=str(n % 10)) for n in range(20, 0, -1))
    made.read(LISTS.newest("comments"), Extract(listing=Listing(entries=entries, total=20)), Discovery())
    assert made.trouble == ["its API lists 20 comments, where 300 are known"]


def test_another_number_of_comments_leads_to_the_post() -> None:
    made = sensors(api=False)
    claims = tuple(
        Claim(subject_kind="post", subject=f"#{n}", measure="comments", number=n % 2, where="feed") for n in range(4)
    )
    feed = Target(url=f"{HOME}feed/", kind=Kind.FEED, hint={"sensor": "posts_feed"})
    found = made.read(feed, Extract(claims=claims), Discovery())
    assert [target.url for target in found] == [f"{HOME}1/", f"{HOME}3/"]


@pytest.mark.parametrize(
    ("known", "wanted"), [([], False), ([True], False), ([False], True), ([False, True], False), ([True, False], True)]
)
def test_a_list_is_followed_while_its_end_is_new(known: list[bool], wanted: bool) -> None:
    """A post that sticks to the top is known, and says nothing of the rest."""
    assert goes_on(known) is wanted


@pytest.mark.parametrize(
    ("before", "now", "wanted"),
    [(None, 0, False), (4, 0, False), (5, 0, True), (10, 5, False), (10, 4, True), (10, 99, False)],
)
def test_what_is_markedly_less(before: int | None, now: int, wanted: bool) -> None:
    assert markedly_less(before, now) is wanted


@pytest.mark.parametrize(
    ("claimed", "heading", "before", "shown", "wanted"),
    [(3, 3, 2, 1, False), (4, 3, 4, 4, True), (4, None, 4, 3, False), (5, None, 4, 5, True), (2, None, None, 2, False)],
)
def test_headings_and_feeds_count_alike(
    claimed: int, heading: int | None, before: int | None, shown: int, wanted: bool
) -> None:
    assert is_unlike(claimed, heading, before, shown) is wanted


@pytest.mark.parametrize(("changed", "of", "wanted"), [(9, 9, False), (10, 10, True), (5, 10, False), (51, 100, True)])
def test_dates_lie_when_most_have_changed(changed: int, of: int, wanted: bool) -> None:
    assert lies(changed, of) is wanted


@pytest.mark.parametrize(
    ("followed_up", "wanted"),
    [(True, []), (False, [f"{HOME}2020/03/"])],
    ids=["the run before came to its end", "the run before was killed"],
)
def test_a_count_that_a_killed_run_has_taken_note_of_is_held_against_what_is_held(
    followed_up: bool, wanted: list[str]
) -> None:
    """A post was put in among old ones. The killed run has stored the count, and has not read the list."""
    held = {one.id: one for one in (post(n, published_at=f"2020-0{1 + n % 3}-01T00:00:00Z") for n in range(9))}
    counts = {"2020-01": 3, "2020-02": 3, "2020-03": 4}
    known = Known(posts=held, comments={}, addresses={}, months=counts, followed_up=followed_up)
    states = {"front_page": SensorState(name="", url="", kind="")}
    made = Sensors(ENGINE, Wanted(known, pages=True), None, Turns(known, states, NOW))
    archives = tuple(
        ArchivePeriod(url=f"{HOME}{month.replace('-', '/')}/", label=month, year=2020, month=int(month[5:]))
        for month in counts
    )
    claims = tuple(
        Claim(subject_kind="month", subject=month, measure="posts", number=number, where="archive_list")
        for month, number in counts.items()
    )
    made.read(Target(url=HOME, kind=Kind.HOME), Extract(archives=archives, claims=claims), Discovery())
    assert [target.url for target in made.front()] == wanted


def test_a_page_of_a_list_is_asked_for_once_whoever_names_it() -> None:
    """A pager with numbers names all pages on each of them."""
    made = sensors(posts=7, api=False)
    month = {"month": "2020-03", "count": "9"}
    pages = [f"{HOME}2020/03/page/{n}/" for n in range(2, 5)]
    onward = Discovery(targets=tuple(Target(url=url, kind=Kind.LIST) for url in pages))
    asked = [Target(url=f"{HOME}2020/03/", kind=Kind.LIST, hint=month)]
    for target in asked:
        asked += made.read(target, Extract(), onward)
    assert [target.url for target in asked] == [f"{HOME}2020/03/", *pages]
    walk = Target(url=f"{HOME}?paged=2", kind=Kind.LIST)
    posts = tuple(Target(url=f"{HOME}new-{n}/", kind=Kind.POST) for n in range(3))
    found = [made.read(walk, Extract(), Discovery(targets=(*posts, *onward.targets, walk))) for _ in range(2)]
    assert [sum(one.kind is Kind.LIST for one in targets) for targets in found] == [1, 0]


@pytest.mark.parametrize(("kind", "told"), [("post", True), ("page", False)])
def test_an_api_that_never_listed_posts_is_none_that_has_ended(kind: str, told: bool) -> None:
    """Some blogs close a part of it: then pages alone have come from there."""
    held = post(1, by_api=True, kind=kind)
    known = Known(posts={held.id: held}, comments={}, addresses={})
    states = {"posts_api": SensorState(name="posts_api", url=HOME, kind="api")}
    made = Sensors(ENGINE, Wanted(known, pages=True, lists=LISTS), LISTS, Turns(known, states, NOW))
    made.failed("posts_api", "401 Unauthorized", lasting=True)
    assert bool(made.trouble) is told


def test_a_page_is_asked_for_as_a_page() -> None:
    """Themes without classes on the body do not tell it from a post, and an update would make a post of it."""
    held = post(1, kind="page")
    known = Known(posts={held.id: held}, comments={}, addresses={})
    (target,) = Wanted(known, pages=True).page(held.url, held.native_id)
    assert target.hint == {"post": "1", "known": "1", "kind": "page"}


class Harbour(GenericEngine):
    """A platform whose links to comments are not those of WordPress."""

    def post_of(self, url: str) -> str:
        return url.partition("/remark/")[0] + "/"

    def comment_of(self, url: str) -> str | None:
        return url.partition("/remark/")[2] or None


@pytest.mark.parametrize(
    ("engine", "known", "new", "post"),
    [
        (WordPress(), f"{HOME}tide/#comment-4", f"{HOME}ebb/comment-page-2/#comment-5", f"{HOME}ebb/"),
        (Harbour(), f"{HOME}tide/remark/4", f"{HOME}ebb/remark/5", f"{HOME}ebb/"),
        (GenericEngine(), f"{HOME}ebb/#remark-4", f"{HOME}ebb/#remark-5", None),
    ],
    ids=["wordpress", "another engine", "one that cannot tell"],
)
def test_the_engine_tells_which_comment_a_link_of_the_sidebar_leads_to(
    engine: Engine, known: str, new: str, post: str | None
) -> None:
    made = sensors(comments={4}, engine=engine, api=False)
    made.states["front_page"] = SensorState(name="front_page", url=HOME, kind="home")
    widget = Widget(kind="recent_comments", links=(WidgetLink(url=known), WidgetLink(url=new)))
    made.read(Target(url=HOME, kind=Kind.HOME), Extract(widgets=(widget,)), Discovery())
    assert [target.url for target in made.front()] == ([post] if post else [])
