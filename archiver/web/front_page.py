"""The front page of an archive: what is in it, how complete it is, when people wrote."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

from datasette.utils.asgi import Response
from markupsafe import Markup

from archiver.web import ledgers, metadata, network_page, place, plots, plots_page, respond, when
from archiver.web.place import Place
from db.pages import front
from db.pages.front import Overview
from db.pages.rows import Row

TOTALS = 30  # lines of what blogs count of themselves; the ledger has all of them
PATIENCE = 0.3  # seconds that a first visitor waits for what is being counted


async def page(_: Any, at: Place) -> Response | None:
    """The front page. Of a large archive it shows the least until the rest has been counted for the first time."""
    # A small one is counted in no time, if the machine is not busy: then it is worth waiting for.
    known = await ledgers.overview_soon(at, PATIENCE if at.holding.comments > metadata.LARGE else None)
    if known is None:
        newest = await at.ask(front.newest)
        return await respond.html(
            at, "front_first", {"newest_posts": newest[0], "newest_comments": newest[1], "when": when}
        )
    overview = known.value
    states = {state["state"]: state for state in overview.states}
    counted = {total["measure"] for total in overview.totals}
    context = {
        "overview": overview,
        "totals": _first(overview.totals),
        "total_lacking": any(total["missing"] for total in overview.totals),
        "comments_counted": "comments" in counted,
        "claimed": sum(state["claimed"] for state in overview.states),
        "missing": sum(state["missing"] for state in overview.states),
        "lacking": sum(states[name]["posts"] for name in ("missing", "unread") if name in states),
        "complete": states.get("complete", {"posts": 0})["posts"] + states.get("more", {"posts": 0})["posts"],
        "months_lacking": sum(month["missing"] > 0 for month in overview.post_months),
        "years": _years(overview),
        "post_plot": _plot(overview.post_months, "posts", at),
        "comment_plot": _plot(overview.comment_months, "comments", at),
        "counted_at": None if known.is_of(at) else f"{known.asked_at:%Y-%m-%dT%H:%M:%SZ}",
        "when": when,
    }
    return await respond.html(at, "front", context)


async def warm(datasette: Any) -> None:
    """Draw up what the first visitors would have to wait for."""
    for at in place.all_of(datasette):
        with suppress(sqlite3.Error):  # the page itself will say so
            await ledgers.overview(at)
            await ledgers.months(at)
            await ledgers.terms(at)
            for figure in plots_page.FIGURES:
                await plots_page.ask(at, figure.query, figure.values)
            await network_page.pairs(at)


def _first(totals: list[Row]) -> list[Row]:
    """Those that lack the most, where they are too many for the page."""
    return totals if len(totals) <= TOTALS else sorted(totals, key=lambda total: -total["missing"])[:TOTALS]


def _years(overview: Overview) -> str:
    first = min((blog["first_at"] for blog in overview.blogs if blog["first_at"]), default="")[:4]
    last = max((blog["last_at"] for blog in overview.blogs if blog["last_at"]), default="")[:4]
    return first if first == last else f"{first}–{last}"


def _plot(months: Sequence[Row], noun: str, at: Place) -> Markup:
    """Bars of what is held, and behind each of what is claimed beyond it; months without anything keep their place."""
    known = {month["period"]: month for month in months}
    drawn = []
    for period in when.months(sorted(known), plots.MOST):
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
