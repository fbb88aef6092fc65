"""The REST API, read-only, as anybody may ask it: /wp-json/… or ?rest_route=/…"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from archiver.demo._answers import JSON, Response, answer
from archiver.demo._rest_collections import COLLECTIONS, Collection
from archiver.demo._rest_items import Item, Shapes, brief, pick
from archiver.demo._rest_query import Query, RestError

if TYPE_CHECKING:
    from archiver.demo.blog import DemoBlog

CLOSED = RestError("rest_login_required", "REST API restricted to authenticated users.", 401)
NO_ROUTE = "No route was found matching the URL and request method."
KINDS = {
    "types": {"post": ("Posts", "posts", False), "page": ("Pages", "pages", True)},
    "taxonomies": {"category": ("Categories", "categories", True), "post_tag": ("Tags", "tags", False)},
}
HEADERS = (
    ("X-Robots-Tag", "noindex"),
    ("X-Content-Type-Options", "nosniff"),
    ("Access-Control-Expose-Headers", "X-WP-Total, X-WP-TotalPages, Link"),
    ("Allow", "GET"),
    ("Vary", "Origin"),
)


def respond(blog: DemoBlog, route: str, pairs: list[tuple[str, str]]) -> Response:
    if not blog.api:
        return as_json(CLOSED.body, CLOSED.status)
    try:
        return dispatch(blog, [part for part in route.split("/") if part], Query(pairs, blog.zone))
    except RestError as error:
        return as_json(error.body, error.status)


def as_json(value: Any, status: int = 200) -> Response:
    # PHP writes \/ for a slash and \u for what is not ASCII.
    return answer(json.dumps(value, separators=(",", ":")).replace("/", "\\/"), JSON, status).plus(*HEADERS)


def dispatch(blog: DemoBlog, parts: list[str], query: Query) -> Response:
    match parts:
        case []:
            return as_json(site(blog))
        case ["wp", "v2"]:
            return as_json({"namespace": "wp/v2", "routes": routes(blog)})
        case ["wp", "v2", "types" | "taxonomies" as name]:
            return as_json({slug: kind(blog, name, slug) for slug in KINDS[name]})
        case ["wp", "v2", "types" | "taxonomies" as name, slug] if slug in KINDS[name]:
            return as_json(kind(blog, name, slug))
        case ["wp", "v2", name] if name in COLLECTIONS:
            return many(blog, COLLECTIONS[name], query)
        case ["wp", "v2", name, number] if name in COLLECTIONS and number.isdecimal():
            collection, shapes = COLLECTIONS[name], Shapes(blog)
            return as_json(finish(collection.shape(shapes, collection.one(blog, int(number))), shapes, query))
        case _:
            raise RestError("rest_no_route", NO_ROUTE, 404)


def site(blog: DemoBlog) -> Item:
    """What the API says of itself. The offset is that of the blog's own clock, not of today."""
    offset = blog.index.local(blog.changed).utcoffset()
    hours = offset.total_seconds() / 3600 if offset else 0.0
    return {
        "name": blog.title,
        "description": blog.tagline.replace("&", "&amp;"),
        "url": blog.home,
        "home": blog.home,
        "gmt_offset": int(hours) if hours.is_integer() else hours,
        "timezone_string": blog.zone.key,
        "namespaces": ["wp/v2"],
        "authentication": [],
        "routes": {"/": route(blog, "", "")} | routes(blog),
        "site_logo": 0,
        "site_icon": 0,
        "site_icon_url": "",
        "_links": {"help": [{"href": "https://developer.wordpress.org/rest-api/"}]},
    }


def routes(blog: DemoBlog) -> Item:
    found = {"/wp/v2": route(blog, "wp/v2", "/wp/v2")}
    for name in KINDS:
        found[f"/wp/v2/{name}"] = route(blog, "wp/v2", f"/wp/v2/{name}")
    for name in COLLECTIONS:
        found[f"/wp/v2/{name}"] = route(blog, "wp/v2", f"/wp/v2/{name}")
        found[f"/wp/v2/{name}/(?P<id>[\\d]+)"] = route(blog, "wp/v2", "")
    return found


def route(blog: DemoBlog, namespace: str, path: str) -> Item:
    found: Item = {"namespace": namespace, "methods": ["GET"], "endpoints": [{"methods": ["GET"], "args": {}}]}
    if path:  # a pattern has no address of its own
        found["_links"] = {"self": [{"href": f"{blog.home}/wp-json{path}"}]}
    return found


def kind(blog: DemoBlog, name: str, slug: str) -> Item:
    """What the API says of a kind of post (`types`) or of term (`taxonomies`)."""
    label, base, hierarchical = KINDS[name][slug]
    root = f"{blog.home}/wp-json/wp/v2"
    return {
        "name": label,
        "slug": slug,
        "description": "",
        "hierarchical": hierarchical,
        "rest_base": base,
        "rest_namespace": "wp/v2",
        "_links": {"collection": [{"href": f"{root}/{name}"}], "wp:items": [{"href": f"{root}/{base}"}]},
    }


def many(blog: DemoBlog, collection: Collection, query: Query) -> Response:
    """One page of a collection, with the totals in the headers."""
    page, per_page = query.number("page", 1), query.number("per_page", 10, 100)
    records = collection.select(blog, query)
    total, pages = len(records), -(-len(records) // per_page)
    if collection.strict and page > max(pages, 1):
        message = "The page number requested is larger than the number of pages available."
        raise RestError("rest_post_invalid_page_number", message, 400)
    shapes = Shapes(blog)
    shown = records[(page - 1) * per_page : page * per_page]
    body = [finish(collection.shape(shapes, record), shapes, query) for record in shown]
    own = f"{blog.home}/wp-json/wp/v2/{collection.name}"
    links = [
        (name, number) for name, number in (("prev", min(page - 1, pages)), ("next", page + 1)) if 1 <= number <= pages
    ]
    headers = [("X-WP-Total", str(total)), ("X-WP-TotalPages", str(pages))]
    if links:
        headers.append(
            ("Link", ", ".join(f'<{own}?{paged(query.pairs, number)}>; rel="{name}"' for name, number in links))
        )
    return as_json(body).plus(*headers)


def paged(pairs: Iterable[tuple[str, str]], number: int) -> str:
    return urlencode([pair for pair in pairs if pair[0] != "page"] + [("page", str(number))])


def finish(item: Item, shapes: Shapes, query: Query) -> Item:
    """Embeds and chosen fields. As in WordPress, embedding needs `_links` among the chosen fields."""
    fields = query.words("_fields")
    if "_embed" in query and (not fields or "_links" in fields):
        wanted = [word for word in query.words("_embed") if word not in {"1", "true"}]
        embedded = embeds(item, shapes, wanted)
        item = item | ({"_embedded": embedded} if embedded else {})
    return pick(item, fields)


def embeds(item: Item, shapes: Shapes, wanted: list[str]) -> Item:
    """The linked items that may be embedded, by relation; a link to a list gives a list."""
    found: Item = {}
    for relation, links in item["_links"].items():
        if wanted and relation not in wanted:
            continue
        targets = [link["href"].removeprefix(f"{shapes.root}/") for link in links if link.get("embeddable")]
        items = [linked(target, shapes) for target in targets]
        if any(items):
            found[relation] = items
    return found


def linked(target: str, shapes: Shapes) -> Any:
    path, _, search = target.partition("?")
    name, _, number = path.partition("/")
    collection = COLLECTIONS[name]
    kind = "categories" if name == "tags" else "posts" if name == "pages" else name
    try:
        if number:
            return brief(collection.shape(shapes, collection.one(shapes.blog, int(number))), kind)
        query = Query([tuple(search.split("=", 1))] if search else [], shapes.blog.zone)  # type: ignore[list-item]
        return [brief(collection.shape(shapes, record), kind) for record in collection.select(shapes.blog, query)[:10]]
    except RestError as error:
        return error.body
