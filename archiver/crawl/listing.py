"""Where a list of ids parts from what is held, found in few pages. Pure.

An API that gives ids newest first, a hundred a page, and states their total can be compared with the ids that are
held without reading all of it: where the same number of ids stands before a page on both sides, nothing has come or
gone before it, and the search goes on behind. So a comment that was approved months after it was written is found
among 90,000 in some ten requests. Only what has come and gone in equal numbers between two pages that were looked at
stays hidden; such posts are found by their revisits.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from math import ceil

SIZE = 100


@dataclass(slots=True)
class Comparison:
    """held: the ids that the list should hold, in any order. pages: what was seen of it, by number from 1.

    withheld: how many its total counts and its pages leave out, as far as that is known: WordPress counts comments on
    posts behind a password.
    """

    held: Iterable[int]
    size: int = SIZE
    total: int | None = None
    withheld: int | None = None
    pages: dict[int, tuple[int, ...]] = field(default_factory=dict)
    _rising: list[int] = field(init=False)

    def __post_init__(self) -> None:
        self._rising = sorted(set(self.held))

    def saw(self, page: int, ids: Sequence[int], total: int | None) -> None:
        """Take a page. total: as it states it; the latest counts."""
        self.pages[page] = tuple(ids)
        self.total = total

    def next_page(self) -> int | None:
        """The page to look at next; None when the two lists are told apart as far as they can be."""
        if not self.pages:
            return 1
        if self.total is None:  # nothing to compare by: on until something is known
            last = max(self.pages)
            ids = self.pages[last]
            return last + 1 if len(ids) >= self.size and not self._holds(ids[-1]) else None
        if self.withheld is not None and self.balance() == self.withheld:
            return None
        ends = [0, *(page for page in sorted(self.pages) if self.pages[page]), ceil(self.total / self.size) + 1]
        for before, after in pairwise(ends):
            if after - before > 1 and self._lead_after(before) != self._lead_before(after):
                return before + 1 if self._is_new(before) else (before + after) // 2
        return None

    def balance(self) -> int | None:
        """How many more the total counts than are held or were found, where it is stated."""
        if self.total is None:
            return None
        return self.total - (len(self._rising) + len(set(self.unknown())) - len(self.missing()))

    def unknown(self) -> list[int]:
        """Ids on the list that are not held, in the order in which they were seen."""
        return [id_ for ids in self.pages.values() for id_ in ids if not self._holds(id_)]

    def missing(self) -> list[int]:
        """Ids that are held, and that the pages that were seen would have to show."""
        if self.total == 0:
            return list(self._rising)
        found: list[int] = []
        for number, ids in self.pages.items():
            if not ids:
                continue
            lowest, highest = ids[-1], ids[0]
            if number == 1:
                highest = max(highest, self._rising[-1] if self._rising else highest)
            elif number - 1 in self.pages and self.pages[number - 1]:
                highest = self.pages[number - 1][-1] - 1
            if self.total is not None and number >= ceil(self.total / self.size):
                lowest = min(lowest, self._rising[0] if self._rising else lowest)
            there = self._rising[bisect_left(self._rising, lowest) : bisect_left(self._rising, highest + 1)]
            found += [id_ for id_ in there if id_ not in set(ids)]
        return found

    def _holds(self, id_: int) -> bool:
        place = bisect_left(self._rising, id_)
        return place < len(self._rising) and self._rising[place] == id_

    def _is_new(self, page: int) -> bool:
        """Whether what comes next is probably unknown as well."""
        return page == 0 or not self._holds(self.pages[page][-1])

    def _lead_before(self, page: int) -> int:
        """How many more ids are held than listed, of those before a page."""
        if page not in self.pages:  # the end
            return len(self._rising) - (self.total or 0)
        newer = len(self._rising) - bisect_left(self._rising, self.pages[page][0] + 1)
        return newer - (page - 1) * self.size

    def _lead_after(self, page: int) -> int:
        """The same of those before its end."""
        if page == 0:
            return 0
        ids = self.pages[page]
        not_older = len(self._rising) - bisect_left(self._rising, ids[-1])
        return not_older - ((page - 1) * self.size + len(ids))
