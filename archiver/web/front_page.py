"""The front page of an archive: what is in it, how complete it is, when people wrote."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from typing import Any
from weakref import WeakKeyDictionary

from datasette.utils.asgi import Response
from markupsafe import Markup

from archiver.web import plots, respond, when
from archiver.web.holdings import FRESH_SECONDS
from archiver.web.place import Place
from db.pages import front
from db.pages.front import Overview
from db.pages.rows import Row

# Counting everything takes a second or two on a million comments; for a while the answer is kept.
_known: WeakKeyDictionary[Any, tuple[float, Overview]] = WeakKeyDictionary()


async def page(request: Any, at: Place) -> Response | None:
    """The front page."""
    overview = await _overview(at)
    states = {state["state"]: state for state in overview.states}
    context = {
        "overview": overview,
        "claimed": sum(state["claimed"] for state in overview.states),
        "missing": sum(state["missing"] for state in overview.states),
        "lacking": sum(states[name]["posts"] for name in ("missing", "unread") if name in states),
        "complete": states.get("complete", {"posts": 0})["posts"] + states.get("more", {"posts": 0})["posts"],
        "months_lacking": sum(month["missing"] > 0 for month in overview.post_months),
        "years": _years(overview),
        "post_plot": _plot(overview.post_months, "posts", at),
        "comment_plot": _plot(overview.comment_months, "comments", at),
        "when": when,
    }
    return await respond.html(request, at, "front", context)


async def _overview(at: Place) -> Overview:
    database = at.datasette.get_database(at.name)
    known = _known.get(database)
    if known and (not database.is_mutable or time.monotonic() - known[0] < FRESH_SECONDS):
        return known[1]
    overview = await at.ask(front.overview)
    _known[database] = (time.monotonic(), overview)
    return overview


def _years(overview: Overview) -> str:
    first = min((blog["first_at"] for blog in overview.blogs if blog["first_at"]), default="")[:4]
    last = max((blog["last_at"] for blog in overview.blogs if blog["last_at"]), default="")[:4]
    return first if first == last else f"{first}–{last}"


def _plot(months: Sequence[Row], noun: str, at: Place) -> Markup:
    """Bars of what is held, and behind each of what is claimed beyond it; months without anything keep their place."""
    known = {month["period"]: month for month in months}
    drawn = []
    for period in _all_months(sorted(known)):
        row = known.get(period, {"held": 0, "claimed": None, "missing": 0})
        held, missing = row["held"] or 0, row["missing"] or 0
        claim = f", {row['claimed']:,} claimed" if row["claimed"] else ""
        drawn.append(
            plots.Bar(
                label=period[:4] if period.endswith("-01") or len(known) == 1 else "",
                held=held,
                claimed=held + missing,
                words=f"{when.month(period)}: {held:,} {noun}{claim}",
                href=at.path("month", period) if held or missing else None,
            )
        )
    return plots.bars(drawn, f"{noun.capitalize()} by month: captured, and claimed beyond that")


def _all_months(periods: Sequence[str]) -> Iterator[str]:
    """From the first to the last one, the last MOST of them at most."""
    if not periods:
        return
    first, last = (int(period[:4]) * 12 + int(period[5:7]) - 1 for period in (periods[0], periods[-1]))
    for month in range(max(first, last - plots.MOST + 1), last + 1):
        yield f"{month // 12:04d}-{month % 12 + 1:02d}"
