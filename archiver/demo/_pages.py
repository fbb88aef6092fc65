"""The pages that readers see, rendered with Jinja from `templates/`."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, FileSystemLoader
from markupsafe import Markup

from archiver.demo._answers import Response, answer
from archiver.demo._markup import MONTHS
from archiver.demo._theme import Theme, names
from archiver.demo.records import Comment, Post, Term

if TYPE_CHECKING:
    from archiver.demo.blog import DemoBlog

RECENT = 5


@cache
def environment() -> Environment:
    loader = FileSystemLoader(Path(__file__).parent / "templates")
    made = Environment(loader=loader, autoescape=True, trim_blocks=True, lstrip_blocks=True)
    made.globals["names"] = names
    return made


def render(blog: DemoBlog, template: str, **context: Any) -> str:
    theme = Theme(blog)
    if "sidebar" not in blog.cache and template.endswith(".html"):
        blog.cache["sidebar"] = (
            environment().get_template("sidebar.html").render(blog=blog, theme=theme, **widgets(blog))
        )
    sidebar = Markup(blog.cache.get("sidebar", ""))  # noqa: S704 - rendered above
    return environment().get_template(template).render(blog=blog, theme=theme, sidebar=sidebar, **context)


def page(blog: DemoBlog, template: str, status: int = 200, **context: Any) -> Response:
    """A page with the headers that WordPress sends along."""
    response = answer(render(blog, template, **context), status=status)
    post: Post | None = context.get("post")
    if blog.api:
        response = response.plus(("Link", f'<{blog.home}/wp-json/>; rel="https://api.w.org/"'))
    if blog.api and post:
        item = f"{blog.home}/wp-json/wp/v2/{post.kind}s/{post.id}"
        response = response.plus(("Link", f'<{item}>; rel="alternate"; type="application/json"'))
    if post:
        response = response.plus(("Link", f"<{blog.home}/?p={post.id}>; rel=shortlink"))
    return response


def widgets(blog: DemoBlog) -> dict[str, Any]:
    """What the sidebar lists. Counts of a category include the categories below it."""
    index = blog.index
    categories = [term for term in blog.terms if term.taxonomy == "category"]
    counts = {term.id: len(index.filed_under(term)) for term in blog.terms}
    return {
        "categories": sorted((term for term in categories if counts[term.id]), key=lambda term: term.name),
        "counts": counts,
        "recent_posts": index.published[:RECENT],
        "recent_comments": [(comment, index.by_id[comment.post_id]) for comment in index.newest_comments(RECENT)],
        "months": [(f"{MONTHS[month - 1]} {year}", year, month, count) for year, month, count in index.months()],
        "cloud": [term for term in blog.terms if term.taxonomy == "post_tag" and counts[term.id]],
    }


def not_found(blog: DemoBlog) -> Response:
    return page(blog, "missing.html", 404, heading="Not in this harbour")


def listing(
    blog: DemoBlog,
    posts: list[Post],
    number: int,
    url: str,
    *,
    heading: str = "",
    term: Term | None = None,
    feed: str = "",
) -> Response:
    """One page of a list of posts; past its end 404. url: the list's first page. heading is empty on the front page."""
    size = blog.posts_per_page
    pages = max(1, -(-len(posts) // size))
    if not 1 <= number <= pages:
        return not_found(blog)
    shown = posts[(number - 1) * size : number * size]
    if not heading and number == 1:
        # Sticky posts come first on the front page, whatever their date, and beyond its usual number.
        sticky = [post for post in blog.index.published if post.sticky]
        shown = sticky + [post for post in shown if not post.sticky]
    return page(
        blog,
        "list.html",
        posts=shown,
        number=number,
        pages=pages,
        list_url=url,
        heading=heading,
        term=term,
        feed=feed,
        canonical=url if number == 1 else f"{url}page/{number}/",
    )


def single(
    blog: DemoBlog, post: Post, *, part: int = 1, comment_page: int | None = None, reply_to: Comment | None = None
) -> Response:
    """A post or static page. A comment page past the end is answered, without comments, as WordPress does."""
    thread = [] if post.protected else blog.index.thread(post.id)
    number = comment_page or (len(thread) if blog.newest_first else 1)
    url = blog.url(post)
    canonical = f"{url}{part}/" if part > 1 else url
    return page(
        blog,
        "single.html",
        post=post,
        part=part,
        nodes=thread[number - 1] if 1 <= number <= len(thread) else [],
        comment_page=number,
        comment_pages=len(thread),
        reply_to=reply_to,
        canonical=f"{url}comment-page-{comment_page}/#comments" if comment_page else canonical,
    )
