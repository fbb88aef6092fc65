"""Our own pages as HTTP: the headers that keep them harmless, errors in the same dress."""

from __future__ import annotations

import sqlite3
from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from typing import Any
from weakref import WeakKeyDictionary

from datasette.utils.asgi import Response
from jinja2 import Environment

from archiver.web import place, safety
from archiver.web.citing import FILES, Cited
from archiver.web.place import Place

# Nothing runs and nothing is loaded but the one style sheet, whatever an archived page holds.
POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
# Two pages have scripts, all of them files of ours; they show names and numbers only, no archived HTML.
DRAWN = f"{POLICY}; script-src 'self'; connect-src 'self'"
HEADERS = {
    "content-security-policy": POLICY,
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "cross-origin-opener-policy": "same-origin",
}

_environments: WeakKeyDictionary[Any, Environment] = WeakKeyDictionary()

View = Callable[[Any, Place], Awaitable[Response | None]]


async def html(
    at: Place, template: str, context: Mapping[str, Any], status: int = 200, *, scripts: bool = False
) -> Response:
    """A page of ours. scripts: it has some, which must be files in static/."""
    body = rendered(at.datasette, template, {**context, "at": at, "archive_title": title(at)})
    headers = {**HEADERS, "content-security-policy": DRAWN} if scripts else dict(HEADERS)
    return Response.html(body, status=status, headers=headers)


def rendered(datasette: Any, template: str, context: Mapping[str, Any]) -> str:
    """One of our templates filled in. context: with `at` and `archive_title`."""
    return (
        _environment(datasette)
        .get_template(f"archive/{template}.html")
        .render(
            **context,
            stylesheet=safety.static_url(datasette, "archiver.css"),
            public=safety.is_public(datasette),
        )
    )


def _environment(datasette: Any) -> Environment:
    """Datasette's templates, rendered at once: its own way waits at each of a long thread's many thousand places."""
    if datasette not in _environments:
        made = datasette.jinja_env.overlay(enable_async=False)
        made.getattr = partial(_value, made.getattr)
        _environments[datasette] = made
    return _environments[datasette]


def _value(otherwise: Callable[[Any, str], Any], thing: Any, name: str) -> Any:
    """What `thing.name` means in a template: of a row its column, at once, where Jinja looks for an attribute first."""
    return thing[name] if type(thing) is dict and name in thing else otherwise(thing, name)


def data(
    body: str, content_type: str, filename: str | None = None, headers: Mapping[str, str] | None = None
) -> Response:
    """A file of ours, to be saved under that name."""
    more = {"content-disposition": f'attachment; filename="{filename}"'} if filename else {}
    return Response(body, headers={**HEADERS, **more, **(headers or {})}, content_type=f"{content_type}; charset=utf-8")


def octets(body: bytes, filename: str) -> Response:
    """Bytes of somebody else's, to be saved under that name: no browser is to make anything of them."""
    policy = {
        "content-security-policy": f"{POLICY}; sandbox",
        "content-disposition": f'attachment; filename="{filename}"',
    }
    return Response(body, headers={**HEADERS, **policy}, content_type="text/plain")


def citation(cited: Cited, suffix: str) -> Response:
    """A citation as a file of one of citing.FILES."""
    content_type, attribute = FILES[suffix]
    return data(getattr(cited, attribute), content_type, f"{cited.key}.{suffix}")


def redirect(address: str) -> Response:
    """To another page of ours."""
    return Response.redirect(address)


def title(at: Place) -> str:
    """What the archive is called."""
    blogs = tuple(at.holding.blogs.values())
    return blogs[0] if len(blogs) == 1 else f"{len(blogs)} archived blogs" if blogs else "An archive, still empty"


def view(answer: View) -> Callable[..., Awaitable[Response]]:
    """A view of Datasette's: finds the archive that the address means, and says what went wrong in words.

    answer: gives None where its archive has no such thing; then the next archive is asked.
    """

    async def viewed(request: Any, datasette: Any) -> Response:
        places = place.named(datasette, request.url_vars.get("database"))
        for at in places:
            permissions = [("view-database", at.name), "view-instance"]
            await datasette.ensure_permissions(request.actor, permissions)
            try:
                answered = await answer(request, at)
            except sqlite3.OperationalError as error:
                explained = await _trouble(at, str(error))
                if explained is None:
                    raise
                return explained
            if answered is not None:
                return answered
        if not places:
            return Response.text("There is no such archive here.\n", status=404, headers=dict(HEADERS))
        message = "Nothing in this archive has that address. It may be mistyped, or belong to another archive."
        return await html(places[0], "message", {"heading": "Not found", "message": message}, 404)

    return viewed


# What SQLite says, what it is called here, and what to do.
_TROUBLES = {
    "interrupted": (
        "Too much at once",
        "This page took longer to put together than the time limit allows. Ask for less, for instance for one year.",
    ),
    "no such ": (
        "Made by another version",
        "This archive lacks something that the page shows. The next `archiver crawl` brings it up to date.",
    ),
    "locked": ("Not now", "The archive is being written to. Try again in a moment."),
    "busy": ("Not now", "The archive is being written to. Try again in a moment."),
}


async def _trouble(at: Place, error: str) -> Response | None:
    """A page that says what is the matter; None where that is not known."""
    for sign, (heading, message) in _TROUBLES.items():
        if sign in error:
            return await html(at, "message", {"heading": heading, "message": message}, 503)
    return None
