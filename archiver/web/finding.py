"""What a search finds in one archive: the hits of a page, how many there are, and how many of each year."""

from __future__ import annotations

import asyncio
import sqlite3
import sys
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from archiver import asking
from archiver.asking import Asked
from archiver.search import CLOSE, OPEN
from archiver.web.place import Place
from db.pages import search
from db.pages.rows import Row
from db.pages.search import Wanted

T = TypeVar("T")

MOST_COUNTED = 20_000  # hits whose years are looked up
COUNTING = 300  # milliseconds that counting may take: the hits are there meanwhile
FEW = 2000  # hits of words that are all looked at sooner than a second thread is found for half of it
_UNCOUNTED = sys.maxsize  # hits of words that could not be counted in time, so that they are many


@dataclass(frozen=True, slots=True)
class Hits:
    """asked, wanted: the question as the index takes it. hits: those of the page.

    total: how many there are in all; None where they cannot be counted in time. years: of `search.years`, whichever
    year is chosen; None where they would have to be looked up for too many hits.
    """

    asked: Asked
    wanted: Wanted
    hits: list[Row]
    total: int | None
    years: list[Row] | None


async def counted(at: Place, asked: Asked, wanted: Wanted, limit: int, skip: int) -> Hits:
    """The hits from the one numbered `skip` on, with their numbers."""
    if is_wordless(asked):
        return Hits(asked, wanted, [], 0, [])
    asked, wanted, (hits, total, years) = await _taken(
        asked, wanted, lambda wanted: _hits_and_numbers(at, wanted, limit, skip)
    )
    return Hits(asked, wanted, hits, total, years)


async def find(at: Place, asked: Asked, wanted: Wanted, limit: int, skip: int) -> tuple[Asked, list[Row]]:
    """The hits alone, with the question as the index takes it."""
    if is_wordless(asked):
        return asked, []
    asked, _, hits = await _taken(asked, wanted, lambda wanted: _find(at, wanted, limit, skip))
    return asked, hits


def is_wordless(asked: Asked) -> bool:
    """Whether something was typed, and no word in it: that finds nothing, and not everything."""
    return bool(asked.typed and not asked.expression)


def is_refused(error: sqlite3.OperationalError) -> bool:
    """Whether the index did not understand the expression."""
    return "fts5" in str(error) or "syntax" in str(error)


async def _taken(asked: Asked, wanted: Wanted, answer: Callable[[Wanted], Awaitable[T]]) -> tuple[Asked, Wanted, T]:
    """The answer; to an expression that the index refuses after all, the one to its plain words."""
    try:
        return asked, wanted, await answer(wanted)
    except sqlite3.OperationalError as error:
        if not is_refused(error):
            raise
    plain = asking.plain(asked.typed)
    note = "The question could not be taken as it was meant; all of its words are looked for."
    wanted = replace(wanted, expression=plain)
    return replace(asked, expression=plain, notes=(*asked.notes, note)), wanted, await answer(wanted)


async def _hits_and_numbers(
    at: Place, wanted: Wanted, limit: int, skip: int
) -> tuple[list[Row], int | None, list[Row] | None]:
    words = 0
    if wanted.expression:
        try:
            words, little = await at.ask(lambda c: _little(c, wanted, limit, skip), limit=COUNTING)
        except sqlite3.OperationalError as error:
            if str(error) != "interrupted":
                raise
            words, little = _UNCOUNTED, None
        if little:
            return little
    # At once, since each of them goes through all hits, and there are usually processors for both.
    hits, (total, years) = await asyncio.gather(_find(at, wanted, limit, skip, words), _numbers(at, wanted, words))
    return hits, total, years


def _little(
    connection: Any, wanted: Wanted, limit: int, skip: int
) -> tuple[int, tuple[list[Row], int, list[Row]] | None]:
    """How many hits the words have, and everything else where they are few."""
    words = search.matches(connection, wanted)
    if words > FEW:
        return words, None
    hits = search.find(connection, wanted, (OPEN, CLOSE), limit=limit, skip=skip, words=words)
    years = search.years(connection, replace(wanted, year=""))
    return words, (hits, _total(years, wanted.year), years)


async def _find(at: Place, wanted: Wanted, limit: int, skip: int, words: int | None = None) -> list[Row]:
    return await at.ask(lambda c: search.find(c, wanted, (OPEN, CLOSE), limit=limit, skip=skip, words=words))


async def _numbers(at: Place, wanted: Wanted, words: int) -> tuple[int | None, list[Row] | None]:
    """Total and years."""
    if search.is_plain(wanted) and words > MOST_COUNTED:
        return None if words == _UNCOUNTED else words, None
    try:
        years = await at.ask(lambda c: search.years(c, replace(wanted, year="")), limit=COUNTING)
    except sqlite3.OperationalError as error:
        if str(error) != "interrupted":
            raise
        return None, None
    return _total(years, wanted.year), years


def _total(years: list[Row], year: str) -> int:
    return sum(row["posts"] + row["comments"] for row in years if year in {"", row["year"]})
