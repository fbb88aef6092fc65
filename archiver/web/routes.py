"""The addresses of our pages. They are stable: what somebody has cited must go on leading there.

Each may be preceded by the name of the archive, which is needed only where several are open.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from archiver.web import post_page, search_page
from archiver.web.respond import view

_ARCHIVE = r"^(?:/(?P<database>[^/]+))?/-/"
_KEY = r"(?P<key>[^/]+?)"

Routes = list[tuple[str, Callable[..., Awaitable[Any]]]]


def routes() -> Routes:
    """Patterns, and what answers there."""
    pages = [
        (r"post/(?P<key>[^/.]+)\.(?P<suffix>bib|ris)", post_page.cite),
        (f"post/{_KEY}", post_page.post),
        (f"comment/{_KEY}", post_page.comment),
        ("search", search_page.page),
        (r"search\.(?P<suffix>csv|json)", search_page.file),
    ]
    return [(f"{_ARCHIVE}{pattern}$", view(answer)) for pattern, answer in pages]
