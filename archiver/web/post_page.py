"""The page of a post: what it says, what was said below it, and how to cite it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from datasette.utils.asgi import Response

from archiver.harmless import clean_html
from archiver.web import arranged, citing, ledgers, respond, when
from archiver.web.arranged import Step
from archiver.web.place import Place
from db.pages import posts
from db.pages.posts import PostPage
from db.pages.rows import Row

# A thread beyond this is cut into pages; browsers stay quick below it.
MOST = 4000  # comments on a page


async def post(request: Any, at: Place) -> Response | None:
    """A post with its thread."""
    key = request.url_vars["key"]
    page = await at.ask(lambda connection: posts.post_page(connection, key))
    if page is None:
        return None
    pages = cut(page.comments)
    number = page_number(request.args.get("page"), len(pages))
    earlier: dict[str | None, list[Mapping[str, Any]]] = defaultdict(list)
    for revision in page.revisions:
        earlier[revision["comment_id"]].append(revision)
    context = {
        "page": page,
        "total": await _total(at, page),
        "post": page.post,
        "laid": arranged.lay_out(pages[number - 1]) if pages else [],
        "number": number,
        "pages": len(pages),
        "earlier": earlier,
        "page_link": lambda page: at.path("post", key, query={"page": str(page)}, fragment="comments"),
        "cited": citing.cited(page.post, page.authors),
        "clean": clean_html,
        "when": when,
        "captured": sum(comment["gone_at"] is None for comment in page.comments),
        "gone": sum(comment["gone_at"] is not None for comment in page.comments),
    }
    return await respond.html(at, "post", context)


async def _total(at: Place, page: PostPage) -> Row | None:
    """How many comments the blog counts as a whole, where nothing counts those of this post."""
    if page.ledger is None or page.ledger["state"] != "unclaimed":
        return None
    totals = await ledgers.totals(at)
    of_blog = (one for one in totals if one["blog_id"] == page.post["blog_id"] and one["measure"] == "comments")
    return next(of_blog, None)


async def cite(request: Any, at: Place) -> Response | None:
    """The citation of a post as a file."""
    key, suffix = request.url_vars["key"], request.url_vars["suffix"]
    found = await at.ask(lambda connection: posts.citation(connection, key))
    return None if found is None else respond.citation(citing.cited(*found), suffix)


def cut(comments: Sequence[Mapping[str, Any]]) -> list[Sequence[Step]]:
    """A thread in pages."""
    return arranged.pages(arranged.arrange(comments), MOST)


def page_number(typed: str | None, pages: int) -> int:
    """The page that is asked for, from 1; the first or last one where there is no such."""
    if not typed or not typed.isdecimal():
        return 1
    return max(1, min(int(typed[:9]), pages))
