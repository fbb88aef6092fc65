"""Several archives with one search page: each is asked by itself, and their best hits are merged.

Scores of two archives are only roughly comparable, since each weighs words by how common they are in it. An archive
that does not answer within the time limit is named, and the others' hits are shown. So an answer takes a bounded time,
however many archives there are.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, TypeVar
from urllib.parse import urlencode

from datasette.utils.asgi import Response

from archiver import asking
from archiver.search import CLOSE, OPEN, marked
from archiver.web import finding, place, respond, search_page, when
from archiver.web.place import Place
from archiver.web.search_page import COLUMNS, KINDS, PAGE
from db.pages import search
from db.pages.rows import Row
from db.pages.search import Wanted

T = TypeVar("T")

FILE = 500  # hits in a file
MOST = 2000  # hits that can be gone through; further ones are for the search of one archive
PATIENCE = 5  # times the limit of one query: what all archives together may take
ALL_COLUMNS = ("archive", *COLUMNS)


@dataclass(frozen=True, slots=True)
class Shelf:
    """All archives that are open, in the place of one."""

    datasette: Any
    places: tuple[Place, ...]

    def path(self, *parts: str, query: Mapping[str, str] | None = None) -> str:
        """The address of a page on all of them."""
        address = "/".join([f"{self.datasette.setting('base_url')}-", *parts])
        return f"{address}?{urlencode(query)}" if query else address

    def front(self) -> str:
        """The first page of all."""
        return self.path("search")


@dataclass(frozen=True, slots=True)
class Found:
    """hits: the rows to show. more: whether there are further ones. total: None where some did not count.
    late: archives that did not answer in time."""

    hits: list[Row]
    more: bool
    total: int | None
    late: tuple[str, ...] = ()


async def page(request: Any, datasette: Any) -> Response:
    """Results, or the archives that are open where nothing is asked yet."""
    shelf = await _shelf(request, datasette)
    asked_for = _filled_in(request)
    if set(request.args) - set(asked_for):  # a form sends empty fields; the address to keep has none
        return respond.redirect(shelf.path("search", query=asked_for))
    asked, wanted, notes = search_page.read(asked_for)
    number = min(int(asked_for.get("page", "1")), MOST // PAGE)
    base = {name: value for name, value in asked_for.items() if name != "page"}
    busy = bool(set(base) - {"sort"})
    found = await find(shelf, asked, wanted, PAGE, (number - 1) * PAGE) if busy else Found([], False, 0)
    context = {
        "at": shelf,
        "archive_title": f"{len(shelf.places)} archives",
        "asked": asked,
        "given": asked_for,
        "notes": [*notes, *asked.notes, *_late(found)],
        "busy": busy,
        "found": found,
        "number": number,
        "last": MOST // PAGE,
        "page_link": lambda to: shelf.path("search", query={**base, "page": str(to)}),
        "files": [(suffix, shelf.path(f"search.{suffix}", query=base)) for suffix in ("csv", "json")],
        "file_size": FILE,
        "kinds": KINDS,
        "when": when,
    }
    return Response.html(respond.rendered(datasette, "together", context), headers=dict(respond.HEADERS))


async def file(request: Any, datasette: Any) -> Response:
    """The same hits as CSV or JSON, some hundred at a time; a `Link` header leads on where there are more."""
    shelf = await _shelf(request, datasette)
    suffix, asked_for = request.url_vars["suffix"], _filled_in(request)
    asked, wanted, notes = search_page.read(asked_for)
    number = min(int(asked_for.get("page", "1")), MOST // FILE)
    found = await find(shelf, asked, wanted, FILE, (number - 1) * FILE)
    following = None
    if found.more and number < MOST // FILE:
        following = shelf.path(f"search.{suffix}", query={**asked_for, "page": str(number + 1)})
    lines = [{**hit, "snippet": marked(hit["snippet"] or "", str)} for hit in found.hits]
    said_of_it = [*notes, *asked.notes, *_late(found)]
    said = {"meaning": asked.meaning, "notes": said_of_it, "page": number, "next": following}
    return search_page.as_file(suffix, ALL_COLUMNS, lines, asked_for, said)


async def find(shelf: Shelf, asked: asking.Asked, wanted: Wanted, limit: int, skip: int) -> Found:
    """The hits of all archives from the one numbered `skip` on.

    Of an expression that the index refuses after all, those of its plain words.
    """
    if finding.is_wordless(asked):
        return Found([], False, 0)
    try:
        return await _find(shelf, wanted, limit, skip)
    except sqlite3.OperationalError as error:
        if not finding.is_refused(error):
            raise
    return await _find(shelf, replace(wanted, expression=asking.plain(asked.typed)), limit, skip)


async def _find(shelf: Shelf, wanted: Wanted, limit: int, skip: int) -> Found:
    most = skip + limit + 1
    answers, late = await _ask_all(shelf, lambda connection: _keys(connection, wanted, most))
    ranked = sorted(
        ((_order(hit, wanted), at.name, hit) for at, (hits, _) in answers for hit in hits), key=lambda one: one[:2]
    )
    chosen = [(name, hit) for _, name, hit in ranked[skip : skip + limit]]
    counts = [count for _, (_, count) in answers]
    total = None if late or None in counts else sum(count or 0 for count in counts)
    hits = await _looked_up(shelf, wanted.expression, chosen)
    return Found(hits, len(ranked) > skip + limit, total, late)


def _keys(connection: Any, wanted: Wanted, most: int) -> tuple[list[Row], int | None]:
    """The best hits of one archive, and how many there are, as far as there is time to count them."""
    hits = search.keys(connection, wanted, limit=most)
    if len(hits) < most:
        return hits, len(hits)
    try:
        return hits, search.count(connection, wanted)
    except sqlite3.OperationalError:
        return hits, None


def _order(hit: Row, wanted: Wanted) -> tuple[Any, ...]:
    """As one archive sorts them; the later one first among equals is not known across archives."""
    if wanted.order == "relevance" and wanted.expression:
        return (hit["rank"],)
    at = hit["at"] or ""
    return (not at, at) if wanted.order == "oldest" else (not at, _Reversed(at))


class _Reversed(str):
    """A text that sorts the other way round."""

    __slots__ = ()

    def __lt__(self, other: str) -> bool:
        return str.__gt__(self, other)


async def _looked_up(shelf: Shelf, expression: str, chosen: list[tuple[str, Row]]) -> list[Row]:
    """What is shown of hits, each with its archive; one that has gone meanwhile is left out."""
    by_name = {at.name: at for at in shelf.places}
    wanted: dict[str, list[Row]] = {}
    for name, hit in chosen:
        wanted.setdefault(name, []).append(hit)

    def look(connection: Any, hits: Iterable[Row]) -> list[Row]:
        return [search.shown(connection, expression, hit, (OPEN, CLOSE)) for hit in hits]

    asked = [by_name[name].ask(partial(look, hits=hits)) for name, hits in wanted.items()]
    rows = {name: iter(found) for name, found in zip(wanted, await asyncio.gather(*asked), strict=True)}
    return [_told(by_name[name], next(rows[name])) for name, _ in chosen]


def _told(at: Place, hit: Row) -> Row:
    comment = hit["id"] if hit["found"] == "comment" else None
    return {
        **hit,
        "archive": at.name,
        "archive_url": at.post(hit["post_id"], comment),
        "marked": search_page.emphasised(hit["snippet"]),
    }


async def _ask_all(shelf: Shelf, question: Callable[[Any], T]) -> tuple[list[tuple[Place, T]], tuple[str, ...]]:
    """The answers of all archives that give one in time, and the names of the others."""
    tasks = {asyncio.ensure_future(at.ask(question)): at for at in shelf.places}
    patience = PATIENCE * shelf.datasette.setting("sql_time_limit_ms") / 1000
    done, waiting = await asyncio.wait(tasks, timeout=patience)
    for task in waiting:
        task.cancel()
    answers, late = [], [tasks[task].name for task in waiting]
    for task, at in tasks.items():
        if task not in done:
            continue
        try:
            answers.append((at, task.result()))
        except sqlite3.OperationalError as error:  # too slow, being written to, or of another version
            if finding.is_refused(error):
                raise
            late.append(at.name)
    return answers, tuple(sorted(late))


def _late(found: Found) -> list[str]:
    if not found.late:
        return []
    named = ", ".join(found.late[:10]) + (" …" if len(found.late) > 10 else "")
    return [f"Without what these archives hold, which gave no answer in time: {named}."]


async def _shelf(request: Any, datasette: Any) -> Shelf:
    """The archives that the visitor may see."""
    seen = []
    for at in place.all_of(datasette):
        needed = [("view-database", at.name), "view-instance"]
        visible, _ = await datasette.check_visibility(request.actor, permissions=needed)
        if visible:
            seen.append(at)
    return Shelf(datasette, tuple(seen))


def _filled_in(request: Any) -> dict[str, str]:
    """The fields that are filled in, but for the blog: its key means something in one archive only."""
    return {name: value for name, value in search_page.filled_in(request).items() if name != "blog"}
