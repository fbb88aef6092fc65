"""The page of one comment: what it says and to whom, and how to cite it."""

from __future__ import annotations

from typing import Any

from datasette.utils.asgi import Response

from archiver.harmless import clean_html
from archiver.web import citing, respond, when
from archiver.web.place import Place
from archiver.web.post_page import cut
from db.pages import comments, posts


async def comment(request: Any, at: Place) -> Response | None:
    """A comment with what it answers and who answered it."""
    key = request.url_vars["key"]
    page = await at.ask(lambda connection: comments.comment_page(connection, key))
    if page is None:
        return None
    context = {
        "page": page,
        "c": page.comment,
        "cited": citing.cited_comment(page.comment),
        "replies": page.replies[: comments.MOST_REPLIES],
        "more": len(page.replies) > comments.MOST_REPLIES,
        "clean": clean_html,
        "when": when,
    }
    return await respond.html(at, "comment", context)


async def cite(request: Any, at: Place) -> Response | None:
    """The citation of a comment as a file."""
    key, suffix = request.url_vars["key"], request.url_vars["suffix"]
    found = await at.ask(lambda connection: comments.comment(connection, key))
    return None if found is None else respond.citation(citing.cited_comment(found), suffix)


async def in_thread(request: Any, at: Place) -> Response | None:
    """Leads to the place of a comment in its thread, on whichever page that is."""
    key = request.url_vars["key"]
    post_id = await at.ask(lambda connection: posts.post_of_comment(connection, key))
    if post_id is None:
        return None
    page = await at.ask(lambda connection: posts.post_page(connection, post_id))
    for number, steps in enumerate(cut(page.comments) if page else [], 1):
        if number > 1 and any(step.comment["id"] == key for step in steps):
            return respond.redirect(at.path("post", post_id, query={"page": str(number)}, fragment=f"c-{key}"))
    return respond.redirect(at.post(post_id, key))
