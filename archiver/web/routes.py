"""The addresses of our pages. They are stable: what somebody has cited must go on leading there.

Each may be preceded by the name of the archive, which is needed only where several are open.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from archiver.web import (
    book_pages,
    capture_page,
    comment_page,
    feed_page,
    front_page,
    group_pages,
    holdings,
    network_page,
    plots_page,
    post_page,
    search_page,
    together,
)
from archiver.web.respond import view

_ARCHIVE = r"^(?:/(?P<database>[^/]+))?/-/"
_KEY = r"(?P<key>[^/]+?)"

Routes = list[tuple[str, Callable[..., Awaitable[Any]]]]


def routes(datasette: Any) -> Routes:
    """Patterns, and what answers there. Where one archive is all that is open, its front page is the first page; of
    several it is the search over all of them."""
    pages = [
        ("front", front_page.page),
        (r"post/(?P<key>[^/.]+)\.(?P<suffix>bib|ris)", post_page.cite),
        (f"post/{_KEY}", post_page.post),
        (r"comment/(?P<key>[^/.]+)\.(?P<suffix>bib|ris)", comment_page.cite),
        (f"comment/{_KEY}/thread", comment_page.in_thread),
        (f"comment/{_KEY}", comment_page.comment),
        (f"capture/{_KEY}/raw", capture_page.raw),
        (f"capture/{_KEY}", capture_page.page),
        ("search", search_page.page),
        (r"search\.(?P<suffix>csv|json)", search_page.file),
        (r"feed\.atom", feed_page.page),
        (f"author/{_KEY}", group_pages.author),
        (f"month/{_KEY}", group_pages.month),
        (f"term/{_KEY}", group_pages.term),
        (r"cited/(?P<key>.+)", group_pages.work),  # an identifier may hold slashes
        ("plots", plots_page.page),
        (r"plots/(?P<name>[a-z_]+)\.(?P<suffix>csv|json)", plots_page.file),
        ("network", network_page.page),
        (r"network\.(?P<suffix>csv|json)", network_page.file),
        ("crawls", book_pages.crawls),
        (f"crawl/{_KEY}", book_pages.crawl),
        ("ledger", book_pages.ledger),
    ]
    found = [(f"{_ARCHIVE}{pattern}$", view(answer)) for pattern, answer in pages]
    files = [database for database in datasette.databases.values() if not database.is_memory]
    archives = len(holdings.all_of(datasette))
    if len(files) == archives == 1:
        found.append((r"^/$", view(front_page.page)))
    if archives > 1:  # before those that ask one archive after the other
        shared = [(r"^/-/search$", together.page), (r"^/-/search\.(?P<suffix>csv|json)$", together.file)]
        first = [(r"^/$", together.page)] if len(files) == archives else []
        return [*shared, *first, *found]
    return found
