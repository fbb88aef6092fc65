"""Who answered whom, in a whole blog or below one post: a table, which a script of ours draws as a network."""

from __future__ import annotations

from typing import Any

from datasette.utils.asgi import Response

from archiver.web import plots_page, respond, safety, when
from archiver.web.place import Place
from db.pages import posts
from db.pages.blogs import blogs as all_blogs
from db.pages.rows import Row

QUERY = "who_answers_whom"
CHOICES = (50, 100, 200, 400)  # pairs that are shown
SCRIPTS = ("d3-dispatch.min.js", "d3-timer.min.js", "d3-quadtree.min.js", "d3-force.min.js", "network.js")


async def page(request: Any, at: Place) -> Response | None:
    """The pairs with the most answers, of all posts, of one blog or of one post."""
    blogs = await at.ask(all_blogs)
    values = _values(request, blogs)
    post = None
    if values["post"]:
        post = await _post(at, values["post"])
        if post is None:
            return None
    found = await pairs(at, **values)
    context = {
        "post": post,
        "pairs": found,
        "people": len({pair[name] for pair in found for name in ("author_id", "answered_id")}),
        "values": values,
        "choices": CHOICES,
        "blogs": blogs,
        "files": plots_page.files(at, QUERY, values, "network"),
        "scripts": [safety.static_url(at.datasette, name) for name in SCRIPTS],
        "when": when,
    }
    return await respond.html(at, "network", context, scripts=True)


async def file(request: Any, at: Place) -> Response | None:
    """The same pairs as CSV or JSON."""
    values = _values(request, await at.ask(all_blogs))
    if values["post"] and await _post(at, values["post"]) is None:
        return None
    return plots_page.as_file(await pairs(at, **values), QUERY, request.url_vars["suffix"])


async def pairs(at: Place, *, number: str = str(CHOICES[1]), post: str = "", blog: str = "") -> list[Row]:
    """Who answered whom most often."""
    return await plots_page.ask(at, QUERY, {"number": number, "post": post, "blog": blog})


def _values(request: Any, blogs: list[Row]) -> dict[str, str]:
    """What is asked for. Only what can be chosen: the answers are kept, and may take long."""
    number, post, blog = (request.args.get(name) or "" for name in ("number", "post", "blog"))
    return {
        "number": number if number in map(str, CHOICES) else str(CHOICES[1]),
        "post": post,
        "blog": blog if blog in {one["id"] for one in blogs} else "",
    }


async def _post(at: Place, key: str) -> Row | None:
    return await at.ask(lambda connection: posts.title(connection, key))
