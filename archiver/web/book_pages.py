"""The books of an archive: its runs, and the ledger of what is missing."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any
from urllib.parse import unquote

from datasette.utils.asgi import Response

from archiver.web import ledgers, respond, when
from archiver.web.place import Place
from archiver.web.post_page import page_number
from db.pages import books
from db.pages.rows import Row

PAGE = 100  # lines on a page


async def crawls(request: Any, at: Place) -> Response | None:
    """The crawl history."""
    number = page_number(request.args.get("page"), 1_000_000)
    found, total = await at.ask(lambda c: books.crawls(c, limit=PAGE, skip=(number - 1) * PAGE))
    runs = [{**run, "counts": _object(run["counts"])} for run in found]
    return await respond.html(at, "crawls", {"runs": runs, **_paged(at, "crawls", number, total)})


async def crawl(request: Any, at: Place) -> Response | None:
    """One run."""
    key = unquote(request.url_vars["key"])
    page = await at.ask(lambda c: books.crawl_page(c, key))
    if page is None:
        return None
    details = {"counts": _object(page.crawl["counts"]), "settings": _object(page.crawl["settings"]), "when": when}
    return await respond.html(at, "crawl", {"page": page, **details})


async def ledger(request: Any, at: Place) -> Response | None:
    """What the blog claims beside what was captured, the gaps first."""
    number = page_number(request.args.get("page"), 1_000_000)
    states = (await ledgers.overview(at)).states
    total = sum(state["posts"] for state in states if state["state"] in {"missing", "unread"})
    context = {
        "states": states,
        "totals": await ledgers.totals(at),
        "gaps": await ledgers.gaps(at, PAGE, (number - 1) * PAGE),
        "months": _lacking(await ledgers.months(at)),
        "terms": _lacking((await ledgers.terms(at)).values()),
        "waiting": await at.ask(books.waiting),
    }
    return await respond.html(at, "ledger", {**context, **_paged(at, "ledger", number, total)})


def _lacking(lines: Iterable[Row]) -> list[Row]:
    return [line for line in lines if line["missing"]][:PAGE]


def _paged(at: Place, kind: str, number: int, total: int) -> dict[str, Any]:
    return {
        "number": number,
        "pages": -(-total // PAGE),
        "page_link": lambda to: at.path(kind, query={"page": str(to)}),
        "when": when,
    }


def _object(text: str) -> dict[str, Any]:
    """A JSON object of the archive; what is no object shows as it stands."""
    try:
        value = json.loads(text)
    except ValueError:
        value = text
    return value if isinstance(value, dict) else {"value": value}
