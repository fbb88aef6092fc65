"""Pages of what belongs together: a person, a month, a category or tag, a cited work."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import unquote

from datasette.utils.asgi import Response

from archiver.web import kept, ledgers, plots, respond, when
from archiver.web.place import Place
from archiver.web.post_page import page_number
from db.pages import groups, people
from db.pages.rows import Row

PAGE = 100  # posts or comments on a page


async def author(request: Any, at: Place) -> Response | None:
    """A person: posts and comments in their place, activity over time."""
    key = unquote(request.url_vars["key"])
    number = page_number(request.args.get("page"), 1_000_000)
    page = await at.ask(lambda c: people.author_page(c, key, limit=PAGE, skip=(number - 1) * PAGE))
    if page is None:
        return None

    def bar(year: str, row: Row) -> plots.Bar:
        return plots.Bar(
            label=year,
            held=row["posts"] + row["comments"],
            words=f"{year}: {row['posts']:,} posts, {row['comments']:,} comments",
            href=at.path("search", query={"author": key, "year": year}),
        )

    plot = plots.by_year(page.activity, bar, "Posts and comments in each year")
    # Of somebody with tens of thousands of comments this takes longer than all the rest.
    partners = await kept.answer(at, f"partners {key}", lambda c: people.partners(c, key))
    return await _html(request, at, "author", page, number, page.total, {"plot": plot, "partners": partners})


async def month(request: Any, at: Place) -> Response | None:
    """A month of the archive."""
    period = request.url_vars["key"]
    if not re.fullmatch(r"[0-9]{4}-(0[1-9]|1[0-2])", period):
        return None
    number = page_number(request.args.get("page"), 1_000_000)
    page = await at.ask(lambda c: groups.month_page(c, period, limit=PAGE, skip=(number - 1) * PAGE))
    lines = [line for line in await ledgers.months(at) if line["period"] == period]
    return await _html(request, at, "month", page, number, page.total, {"period": period, "ledger": lines})


async def term(request: Any, at: Place) -> Response | None:
    """A category or tag, and what is filed under it."""
    key = unquote(request.url_vars["key"])
    number = page_number(request.args.get("page"), 1_000_000)
    page = await at.ask(lambda c: groups.term_page(c, key, limit=PAGE, skip=(number - 1) * PAGE))
    if page is None:
        return None

    def bar(year: str, row: Row) -> plots.Bar:
        return plots.Bar(
            label=year,
            held=row["posts"],
            words=f"{year}: {row['posts']:,} posts",
            href=at.path("search", query={"term": key, "only": "post", "year": year}),
        )

    plot = plots.by_year(page.years, bar, "Posts in each year")
    line = (await ledgers.terms(at)).get(key)
    return await _html(request, at, "term", page, number, page.total, {"plot": plot, "ledger": line})


async def work(request: Any, at: Place) -> Response | None:
    """A publication, trial or book: who discussed it, in which threads."""
    key = unquote(request.url_vars["key"])
    page = await at.ask(lambda c: groups.work_page(c, key))
    return None if page is None else await _html(request, at, "work", page, 1, 0, {})


async def _html(
    request: Any, at: Place, template: str, page: Any, number: int, total: int, more: dict[str, Any]
) -> Response:
    key = unquote(request.url_vars["key"])
    kind = request.path.rpartition("/-/")[2].partition("/")[0]
    context = {
        "page": page,
        "number": number,
        "pages": -(-total // PAGE),
        "page_link": lambda to: at.path(kind, key, query={"page": str(to)}),
        "when": when,
        **more,
    }
    return await respond.html(at, template, context)
