"""What the lists of an API tell: what is new or changed, and what is held and not listed any more. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from archiver.crawl.doubts import goes_on, markedly_less
from archiver.crawl.known import Known, Wanted
from archiver.crawl.listing import SIZE, Comparison
from archiver.engines.base import Lists
from archiver.model import Listing, Target
from db.revisits import SensorState


@dataclass(slots=True)
class ApiLists:
    """The lists of one blog in one run. lists: None for a blog without an API.

    suspects, trouble: see Sensors. withheld: by sensor, see the table.
    """

    known: Known
    wanted: Wanted
    lists: Lists | None
    states: dict[str, SensorState]
    suspects: dict[str, None]
    trouble: list[str]
    withheld: dict[str, int | None] = field(default_factory=dict)
    _compared: dict[str, Comparison] = field(default_factory=dict)

    def read(self, target: Target, listing: Listing) -> list[Target]:
        """What follows from a page of a list: of a sensor, or behind one."""
        route, page, name = target.hint["route"], int(target.hint["page"]), target.hint.get("sensor")
        if self.wanted.lists is None:
            self.wanted.lists = self.lists
        if name and page == 1:
            self._noted(name, listing)
        if route == "comments" or not name:
            return self._compare(route, page, listing)
        changed = [one for one in listing.entries if self.known.lacks(one)]
        found = self.wanted.posts(route, changed)
        assert self.lists is not None
        if len(listing.entries) >= SIZE and goes_on([one not in changed for one in listing.entries]):
            return [*found, self.lists.newest(route, page + 1)]
        held = set(self.known.listed(route))
        new = {int(one.native_id) for one in listing.entries} - held
        if listing.total is not None and listing.total != len(held) + len(new) + (self._withheld(route) or 0):
            found.append(self.lists.by_id(route, 1))
        return found

    def _noted(self, name: str, listing: Listing) -> None:
        """Hold the total against what is held."""
        route = name.removesuffix("_api")
        state = self.states[name]
        state.shown, state.total = len(listing.entries), listing.total
        held = len(self.known.listed(route))
        now = listing.total if listing.total is not None else held
        if markedly_less(held, now):
            self.trouble.append(f"its API lists {now:,} {route}, where {held:,} are known")

    def _compare(self, route: str, page: int, listing: Listing) -> list[Target]:
        if route not in self._compared:
            self._compared[route] = Comparison(self.known.listed(route), withheld=self._withheld(route))
        compared = self._compared[route]
        compared.saw(page, [int(one.native_id) for one in listing.entries], listing.total)
        new = set(compared.unknown())
        listed = [one for one in listing.entries if int(one.native_id) in new]
        found = self.wanted.comments(listed) if route == "comments" else self.wanted.posts(route, listed)
        onward = compared.next_page()
        if onward is None:
            self.withheld[f"{route}_api"] = compared.balance()
            self._suspect(route, compared.missing())
            return found
        assert self.lists is not None
        return [*found, self.lists.by_id(route, onward)]

    def _withheld(self, route: str) -> int | None:
        """How many the API's total of a route counts beyond what it lists, as it was the last time."""
        state = self.states[f"{route}_api"]
        if state.withheld is None and route in self.known.stated:
            return self.known.stated[route] - len(self.known.listed(route))
        return state.withheld

    def _suspect(self, route: str, missing: Iterable[int]) -> None:
        for number in missing:
            if route == "comments":
                self.suspects.setdefault(self.known.comments[str(number)].post_id)
            elif post := self.known.post(str(number), None):
                self.suspects.setdefault(post.id)
