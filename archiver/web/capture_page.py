"""The page of a stored response: as it was received, and never run.

In public there are none: a whole page holds what the tables leave out, such as digests of e-mail addresses in the
addresses of avatars.
"""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

from datasette.utils.asgi import Response

from archiver.harmless import clean_html
from archiver.web import captured, respond, safety, when
from archiver.web.captured import Captured, NotThere
from archiver.web.place import Place
from db.pages import captures

MOST = 50_000  # characters of a body that is shown as plain text
_HIDDEN = "Whole responses are not shown in public: they may hold what this archive leaves out of its tables."


async def page(request: Any, at: Place) -> Response | None:
    """Headers, digest, and the body cleaned of everything that runs or loads."""
    found = await _find(request, at)
    if found is None or isinstance(found, Response):
        return found
    fetch, kept = found
    try:
        markup, text, why = await asyncio.to_thread(_readable, kept)
    except NotThere as error:
        markup, text, why = None, "", str(error)
    context = {"fetch": fetch, "kept": kept, "markup": markup, "text": text, "most": MOST, "why": why, "when": when}
    return await respond.html(at, "capture", context)


async def raw(request: Any, at: Place) -> Response | None:
    """The bytes of the body, in the content coding in which they came, to be saved and not to be run."""
    found = await _find(request, at)
    if found is None or isinstance(found, Response):
        return found
    fetch, kept = found
    return respond.octets(kept.body, f"{fetch['id']}.bin")


async def _find(request: Any, at: Place) -> tuple[dict[str, Any], Captured] | Response | None:
    """The fetch and its response; or a page that says why there is none to be seen."""
    if safety.is_public(at.datasette):
        return await respond.html(at, "message", {"heading": "Not in public", "message": _HIDDEN}, 403)
    key = request.url_vars["key"]
    fetch = await at.ask(lambda connection: captures.capture(connection, key))
    if fetch is None:
        return None
    folder = Path(at.datasette.get_database(at.name).path).parent
    others = await at.ask(lambda connection: captures.same_payload(connection, fetch["url"], fetch["digest"] or ""))
    try:
        return fetch, await asyncio.to_thread(captured.find, folder, fetch, others)
    except NotThere as error:
        told = {"heading": "No capture to show", "message": str(error)}
        return await respond.html(at, "message", told, 404)


def _readable(kept: Captured) -> tuple[Any, str, str]:
    """The body as harmless markup, or else as text; and why there is neither. Raises NotThere."""
    response = kept.page
    markup = captured.markup_of(response)
    if markup is not None:
        return clean_html(markup, kept.record.url), "", ""
    if not response.media_type.startswith(("text/", "application/")) or b"\x00" in response.body[:1000]:
        return None, "", f"It is of the type {response.media_type or 'that nobody stated'}, which is no text."
    return None, response.text[: MOST + 1], ""
