"""The Datasette plugin: an archive explains itself, wherever it is opened.

`datasette archive.db` is enough once this package is installed. Only databases made by blog-archiver are
touched (see `holdings`); beside others the plugin is silent.

This module holds the hooks and nothing else. It imports the rest only when a hook is called: importing
anything of Datasette has it load this module, which must be complete by then.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pluggy import HookimplMarker

hookimpl = HookimplMarker("datasette")


@hookimpl
def get_metadata(datasette: Any, key: str | None) -> dict[str, Any]:
    """Titles and descriptions, labels, sort orders, facets, search boxes."""
    from archiver.web import holdings, metadata

    if key in metadata.NOT_OURS:
        return {}
    ours = holdings.all_of(datasette)
    files = [database for database in datasette.databases.values() if not database.is_memory]
    return metadata.for_databases(ours, datasette.urls.table, alone=len(ours) == len(files))


@hookimpl
def canned_queries(datasette: Any, database: str) -> dict[str, Any]:
    """The named queries of db/queries."""
    from archiver.web import holdings, metadata

    return metadata.queries() if holdings.of(datasette, database) else {}


@hookimpl
def render_cell(row: Any, value: Any, column: str, table: str | None, database: str, datasette: Any) -> Any:
    """Links, shortened texts, cleaned HTML."""
    from archiver.web import cells, holdings, labels, safety

    holding = holdings.of(datasette, database)
    if holding is None:
        return None
    values = {name: row[name] for name in row.keys()}  # noqa: SIM118 - not a mapping
    whole = safety.shows_one_row()
    cell = cells.Cell(value, column, values, table, holding, datasette.urls, whole)
    if whole and isinstance(value, str) and (table, column) in holding.references:
        return labels.looked_up(cell, datasette.get_database(database))
    return cells.render(cell)


@hookimpl(trylast=True)  # after Datasette's own, whose escape_fts is replaced
def prepare_connection(conn: Any, database: str, datasette: Any) -> None:
    """Connections that only read, and that no query can make run out of memory."""
    from archiver.web import holdings, safety

    if holdings.of(datasette, database):
        safety.prepare(conn)


@hookimpl
def extra_css_urls(database: str | None, datasette: Any) -> list[str]:
    """Our style sheet, on the pages of archives."""
    from archiver.web import holdings, safety

    return [safety.static_url(datasette, "archiver.css")] if database and holdings.of(datasette, database) else []


@hookimpl
def extra_body_script(database: str | None, datasette: Any) -> str:
    """On Datasette's pages of archives, a name for the field of its SQL editor."""
    from archiver.web import holdings, named

    return named.EDITOR if database and holdings.of(datasette, database) else ""


@hookimpl
def asgi_wrapper(datasette: Any) -> Callable[[Any], Any]:
    """A content security policy on the pages of archives; in public, no paths of this machine."""
    from archiver.web import safety

    return lambda app: safety.guard(app, datasette)


@hookimpl
def extra_template_vars(database: str | None, table: str | None, view_name: str, datasette: Any) -> dict[str, Any]:
    """For our templates: whether the page is one of an archive, and what there is to say."""
    from archiver.web import holdings, metadata, place

    holding = holdings.of(datasette, database) if database else None
    if holding is None:
        return {}
    known = {**metadata.page(holding, table), "place": place.of(datasette, holding)}
    return {"archive": known, "archive_row": view_name == "row"}


@hookimpl
def handle_exception(datasette: Any, request: Any, exception: Exception) -> Any:
    """A clear line in the place of an error page, where a query takes too long."""
    from archiver.web import refusals

    return refusals.answer(datasette, request, exception)


@hookimpl
def forbidden(datasette: Any, request: Any, message: str) -> Any:
    """A line in the style of the pages where strangers may not do something."""
    from archiver.web import refusals

    return refusals.hidden(datasette, request, message)


@hookimpl
def register_routes(datasette: Any) -> Any:
    """Pages for reading: posts with their threads, search, people, works."""
    from archiver.web import routes

    return routes.routes(datasette)
