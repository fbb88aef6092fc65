"""What an update knows before it begins, arranged for the questions that it asks, and what it wants to have. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from archiver.engines.base import Lists
from archiver.model import Listed, Target, TargetKind
from archiver.urls import url_key
from db.revisits import KnownComment, KnownPost

ROUTES = {"post": "posts", "page": "pages"}
KINDS = {"posts": "post", "pages": "page"}
MOST_IDS = 100


@dataclass(slots=True)
class Known:
    """addresses: `url_key` -> id of the post. fetched: `url_key` of what was read as a post, whatever it was.

    months: posts that the sidebar claims, by month. stated: posts, pages and comments of the API, as it stated them.
    followed_up: whether the run before this one came to its end, so that nothing is open of what it was told.
    """

    posts: Mapping[str, KnownPost]
    comments: Mapping[str, KnownComment]
    addresses: Mapping[str, str]
    fetched: frozenset[str] = frozenset()
    months: Mapping[str, int] = field(default_factory=dict)
    stated: Mapping[str, int] = field(default_factory=dict)
    followed_up: bool = True
    _natives: dict[str, KnownPost] = field(init=False)

    def __post_init__(self) -> None:
        self._natives = {post.native_id: post for post in self.posts.values() if post.native_id}

    def post(self, native_id: str | None, url: str | None) -> KnownPost | None:
        """A post by its native id, or its address."""
        found = self._natives.get(native_id) if native_id else None
        if found is None and url:
            found = self.posts.get(self.addresses.get(url_key(url), ""))
        return found

    def is_read(self, url: str) -> bool:
        """Whether what is at a URL is held, or was found to be no post."""
        address = url_key(url)
        return address in self.addresses or address in self.fetched

    def lacks(self, listed: Listed) -> bool:
        """Whether a post of the API's list is new, or was changed since it was read."""
        post = self._natives.get(listed.native_id)
        return post is None or not post.by_api or (listed.modified is not None and post.modified_at != listed.modified)

    def listed(self, route: str) -> list[int]:
        """The numbers that the API's list of a route should hold."""
        if route == "comments":
            return [int(number) for number, one in self.comments.items() if one.listed and number.isdecimal()]
        kind = KINDS[route]
        return [
            int(number)
            for number, post in self._natives.items()
            if post.by_api and post.kind == kind and number.isdecimal()
        ]

    def of_month(self, month: str) -> list[KnownPost]:
        """The posts of a month, `2021-02`."""
        return [post for post in self.posts.values() if post.kind == "post" and (post.published_at or "")[:7] == month]

    def is_settled(self, comment: str) -> bool:
        """Whether a comment is held, by more than the word of a feed."""
        found = self.comments.get(comment)
        return found is not None and found.settled


@dataclass(slots=True)
class Wanted:
    """What was found to be worth a request, each once.

    Pages come before the records: what the API has given counts as known, so that a run that is killed between the two
    would never read the page.

    lists: the API, while it answers. pages: whether pages are kept beside the data.
    """

    known: Known
    pages: bool
    lists: Lists | None = None
    _asked: set[str] = field(default_factory=set)
    _numbers: set[tuple[str, str]] = field(default_factory=set)

    def posts(self, route: str, found: Iterable[Listed]) -> list[Target]:
        """Whole records of posts that the API lists, and their pages."""
        new = [one for one in found if self._first(route, one.native_id)]
        pages = [target for one in new if one.url for target in self.page(one.url, one.native_id)] if self.pages else []
        return [*pages, *self._whole(route, [one.native_id for one in new])]

    def comments(self, found: Iterable[Listed]) -> list[Target]:
        """Whole records of comments that the API lists, and the pages of their posts."""
        new = [one for one in found if self._first("comments", one.native_id)]
        pages: list[Target] = []
        for native in dict.fromkeys(one.post for one in new) if self.pages else ():
            post = self.known.post(native, None)
            pages += self.page(post.url, native) if post else []
        return [*pages, *self._whole("comments", [one.native_id for one in new])]

    def page(self, url: str, native_id: str | None = None, /, **hint: str) -> list[Target]:
        """The page of a post, with its thread."""
        if not self.first(url):
            return []
        named = {"post": native_id} if native_id else {}
        if post := self.known.post(native_id, url):
            named["known"] = "1"  # that it has vanished would be no failure
            if post.kind == KINDS["pages"]:  # some themes do not tell, what had led there did
                named["kind"] = post.kind
            if post.parts and post.parts > 1:
                named["parts"] = str(post.parts)
        return [Target(url=url, kind=TargetKind.POST, priority=50, hint={**named, **hint})]

    def first(self, url: str) -> bool:
        """Whether a URL was not asked for yet; it counts as asked for from then on."""
        address = url_key(url)
        known = address in self._asked
        self._asked.add(address)
        return not known

    def _first(self, route: str, native_id: str) -> bool:
        known = (route, native_id) in self._numbers
        self._numbers.add((route, native_id))
        return not known

    def _whole(self, route: str, ids: list[str]) -> list[Target]:
        if self.lists is None:
            return []
        return [self.lists.whole(route, ids[n : n + MOST_IDS]) for n in range(0, len(ids), MOST_IDS)]
