"""What Datasette refuses on the pages of archives, said in a line, with what to do about it."""

from __future__ import annotations

from collections.abc import Awaitable
from typing import Any

from datasette.database import QueryInterrupted
from datasette.utils.asgi import Response
from datasette.views.base import DatasetteError

from archiver.web import place, respond, safety
from archiver.web.place import Place


def answer(datasette: Any, request: Any, exception: Exception) -> Awaitable[Response] | None:
    """A page, or JSON, in the place of Datasette's; None where that is as good as any."""
    at = place.meant(datasette, request.path)
    if at is None:
        return None
    if isinstance(exception, QueryInterrupted) or getattr(exception, "title", None) == "SQL Interrupted":
        return _said(request, at, 400, "Too much at once", _too_long(at))
    words = str(getattr(exception, "message", ""))
    if isinstance(exception, DatasetteError) and words.startswith("Cannot sort table by "):
        return _said(request, at, 400, "Not in this order", f"{words}: no index holds it in that order.")
    return None


def hidden(datasette: Any, request: Any, forbidden: str) -> Awaitable[Response] | None:
    """The same for what is refused in public. forbidden: what Datasette says of it."""
    at = place.meant(datasette, request.path)
    if at is None or not safety.is_public(datasette):
        return None
    return _said(request, at, 403, "Not in public", _hidden(forbidden))


def _hidden(forbidden: str) -> str:
    """What those who are strangers may not do, by what Datasette calls it."""
    if forbidden == "execute-sql":
        return (
            "SQL of one's own is switched off here. The tables can be filtered, and the ready-made questions be asked."
        )
    if "download" in forbidden:
        return "The database cannot be downloaded here. Its tables can, as CSV and JSON."
    return "This is not shown in public."


def _too_long(at: Place) -> str:
    seconds = at.datasette.setting("sql_time_limit_ms") / 1000
    limit = "the second" if seconds == 1 else f"the {seconds:g} seconds"
    said = f"This took longer than {limit} that one query may take here. Ask for less, for instance with a filter"
    if safety.is_public(at.datasette):
        return f"{said}, or for another order."
    return f"{said}, or give queries more time: archiver serve --time-limit {max(30, round(seconds * 10))}"


async def _said(request: Any, at: Place, status: int, heading: str, message: str) -> Response:
    if request.path.endswith(".json"):
        return Response.json({"ok": False, "error": message, "status": status, "title": heading}, status=status)
    context = {"heading": heading, "message": message, "sql": request.args.get("sql")}
    return await respond.html(at, "message", context, status)
