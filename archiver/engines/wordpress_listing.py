"""WordPress's API asked for ids instead of whole records, and for records by their ids: what an update lives on.

A hundred ids with their dates are some ten kilobytes and cost the server next to nothing, since it renders no body.
They are asked for newest first, and never by date (`after`, `modified_after`): an id that is not known is new
whatever the server's clock says, and the list's total tells of what came or went behind the first page.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urljoin

from archiver import dates
from archiver.engines.base import PART
from archiver.engines.feeds import FeedReading
from archiver.engines.wordpress_api import BARE, EMBEDDED, FAILED, PER_PAGE, ROUTES, endpoint, rows
from archiver.errors import PageError
from archiver.model import Listed, Listing, PostRef, Site, Target, TargetKind
from archiver.page import Page
from archiver.urls import url_key

SENSORS = ("posts", "pages", "comments")
_FIELDS = {"posts": "id,link,modified,modified_gmt,content.protected", "comments": "id,post"}
_MODIFIED, _BY_ID = ("modified", "desc"), ("id", "desc")


@dataclass(frozen=True, slots=True)
class Lists:
    """The lists of one API. Each method makes targets whose answers hold a `Listing`, whole records, or both."""

    root: str

    def newest(self, route: str, page: int = 1) -> Target:
        """The ids of a route: posts and pages by their latest change, comments by their number."""
        order = _BY_ID if route == "comments" else _MODIFIED
        return self._ids(route, page, order, sensor=f"{route}_api")

    def by_id(self, route: str, page: int) -> Target:
        """The ids of a route, the greatest first."""
        return self._ids(route, page, _BY_ID)

    def check(self, route: str, ids: Sequence[str]) -> Target:
        """Those of these ids that are there, a hundred at most."""
        query = {"include": ",".join(ids), "_fields": _FIELDS["posts"]}
        return self._target(route, 1, query, mode="check", ids=",".join(ids))

    def whole(self, route: str, ids: Sequence[str], **more: str) -> Target:
        """The records of these ids, a hundred at most. more: hints; of them BARE leaves out what the records embed."""
        embed = {} if route == "comments" or BARE in more else {"_embed": EMBEDDED}
        return self._target(route, 1, {"include": ",".join(ids)} | embed, mode="whole", ids=",".join(ids), **more)

    def threads(self, posts: Sequence[str], page: int = 1) -> Target:
        """A page of all comments of a set of posts, the oldest first, as records and as a listing."""
        query = {"post": ",".join(posts), "orderby": "id", "order": "asc"}
        return self._target("comments", page, query, mode="threads", ids=",".join(posts))

    def _ids(self, route: str, page: int, order: tuple[str, str], **hint: str) -> Target:
        fields = _FIELDS["comments" if route == "comments" else "posts"]
        query = {"orderby": order[0], "order": order[1], "_fields": fields}
        return self._target(route, page, query, mode="ids", **hint)

    def _target(self, route: str, page: int, query: dict[str, str], **hint: str) -> Target:
        url = endpoint(self.root, f"wp/v2/{route}", per_page=PER_PAGE, page=page, **query)
        known = {"route": route, "root": self.root, "page": str(page)}
        return Target(url=url, kind=TargetKind.API, priority=ROUTES[route], hint=known | hint)


def sensors(found: Sequence[Target], site: Site) -> tuple[Target, ...]:
    """What tells of changes, given where the front page leads: the API's lists, both feeds, the sitemap."""
    roots = [target.hint["root"] for target in found if target.kind is TargetKind.API and "root" in target.hint]
    root = site.api_url or next(iter(roots), urljoin(site.home, "wp-json/"))
    api = [Lists(root).newest(route) for route in SENSORS]
    feeds = [target for target in found if target.kind is TargetKind.FEED][:1]
    told = [_named(feed, "posts_feed") for feed in feeds]
    told += [
        Target(url=comments_feed(feed.url, site), kind=TargetKind.COMMENT_FEED, hint={"sensor": "comments_feed"})
        for feed in feeds
    ]
    sitemaps = [_named(target, "sitemap") for target in found if target.kind is TargetKind.SITEMAP][:1]
    return (*api, *told, *sitemaps)


def _named(target: Target, sensor: str) -> Target:
    return Target(url=target.url, kind=target.kind, hint={**target.hint, "sensor": sensor})


def comments_feed(posts_feed: str, site: Site) -> str:
    """The feed of all comments, in the form of address that the feed of posts has."""
    if "feed=" in posts_feed:
        return f"{site.home}?feed=comments-rss2"
    return urljoin(site.home, "comments/feed/")


def own_feed(post: PostRef) -> Target | None:
    """The feed of one post with the post in it: `withoutcomments`, as the same address gives its comments else."""
    if post.url is None:
        return None
    url = f"{post.url}&feed=rss2" if "?" in post.url else f"{post.url.rstrip('/')}/feed/"
    hint = {"alone": post.url, **({"post": post.native_id} if post.native_id else {})}
    return Target(url=f"{url}{'&' if '?' in url else '?'}withoutcomments=1", kind=TargetKind.FEED, hint=hint)


def alone(reading: FeedReading, target: Target) -> FeedReading:
    """The reading, if it holds the post that the feed is of and nothing else: where the parameter is not known
    comments come, and they have neither a feed of comments nor a number of them."""
    counted = {*reading.comment_feeds, *(post.url for post in reading.items if reading.claims)}
    own = [post for post in reading.items if url_key(post.url) == url_key(target.hint["alone"])]
    if len(reading.items) == 1 and own and own[0].url in counted:
        return reading
    return replace(reading, items=(), claims=(), comment_feeds={})


def read(page: Page) -> Listing:
    """What a list of ids, or of records, says. Raises PageError when it is no list."""
    total = page.headers.get("x-wp-total", "")
    entries = tuple(_listed(row) for row in rows(page) if row.get("id"))
    return Listing(entries=entries, total=int(total) if total.isdecimal() else None)


def smaller(page: Page, target: Target) -> list[Target]:
    """What to ask for instead of whole records that cannot be had: without what they embed, then half of them each.

    As with the lists of a first crawl (`wordpress_api.smaller`), one record on which the server fails is lost alone.
    """
    if target.hint.get("mode") != "whole" or (page.status < FAILED and not _is_torn(page)):
        return []
    ids, route, lists = target.hint["ids"].split(","), target.hint["route"], Lists(target.hint["root"])
    if BARE not in target.hint and route != "comments":
        return [lists.whole(route, ids, **{PART: "1", BARE: "1"})]
    middle = len(ids) // 2
    bare = {BARE: "1"} if BARE in target.hint else {}
    return [lists.whole(route, half, **{PART: "1"}, **bare) for half in (ids[:middle], ids[middle:]) if middle]


def _is_torn(page: Page) -> bool:
    try:
        rows(page)
    except PageError:
        return page.ok and "json" in page.media_type
    return False


def _listed(row: dict[str, Any]) -> Listed:
    body = row.get("content")
    when = dates.from_iso(str(row.get("modified_gmt") or ""), 0)
    if when is None or when.at < "0001":
        when = dates.from_iso(str(row.get("modified") or ""), None)
    return Listed(
        native_id=str(row["id"]),
        post=str(row["post"]) if row.get("post") else None,
        url=row.get("link") or None,
        modified=when.at if when else None,
        protected=bool(body.get("protected")) if isinstance(body, dict) else False,
    )
