"""The books of an archive: its runs, and the ledger of what is missing."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import unquote

from datasette.utils.asgi import Response

from archiver.web import respond, when
from archiver.web.place import Place
from archiver.web.post_page import page_number
from db.pages import books

PAGE = 100  # lines on a page


async def crawls(request: Any, at: Place) -> Response | None:
    """The crawl history."""
    number = page_number(request.args.get("page"), 1_000_000)
    found, total = await at.ask(lambda c: books.crawls(c, limit=PAGE, skip=(number - 1) * PAGE))
    runs = [{**run, "counts": _object(run["counts"])} for run in found]
    return await respond.html(request, at, "crawls", {"runs": runs, **_paged(at, "crawls", number, total)})


async def crawl(request: Any, at: Place) -> Response | None:
    """One run."""
    key = unquote(request.url_vars["key"])
    page = await at.ask(lambda c: books.crawl_page(c, key))
    if page is None:
        return None
    details = {"counts": _object(page.crawl["counts"]), "settings": _object(page.crawl["settings"]), "when": when}
    return await respond.html(request, at, "crawl", {"page": page, **details})


async def ledger(request: Any, at: Place) -> Response | None:
    """What the blog claims beside what was captured, the gaps first."""
    number = page_number(request.args.get("page"), 1_000_000)
    page = await at.ask(lambda c: books.ledger(c, limit=PAGE, skip=(number - 1) * PAGE))
    return await respond.html(request, at, "ledger", {"page": page, **_paged(at, "ledger", number, page.total)})


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
