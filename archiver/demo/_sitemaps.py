"""/wp-sitemap.xml and the sitemaps it names, and robots.txt that names it."""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

from archiver.demo._answers import XML, Response, answer
from archiver.demo._pages import not_found
from archiver.demo._theme import Theme

if TYPE_CHECKING:
    from archiver.demo.blog import DemoBlog

SIZE = 2000
NAMESPACE = "http://www.sitemaps.org/schemas/sitemap/0.9"


def robots(blog: DemoBlog) -> Response:
    lines = ["User-agent: *", "Disallow: /wp-admin/", "Allow: /wp-admin/admin-ajax.php"]
    lines += ["", f"Sitemap: {blog.home}/wp-sitemap.xml"] if blog.sitemaps else []
    text = "\n".join(lines) + "\n" if blog.robots is None else blog.robots
    return answer(text, "text/plain; charset=utf-8")


def addresses(blog: DemoBlog, name: str) -> list[str]:
    """What the sitemaps of that name hold, oldest first."""
    theme, index = Theme(blog), blog.index
    match name:
        case "posts-post":
            return [blog.url(post) for post in reversed(index.published)]
        case "posts-page":
            return [f"{blog.home}/", *(blog.url(page) for page in index.pages)]
        case "taxonomies-category" | "taxonomies-post_tag":
            taxonomy = name.removeprefix("taxonomies-")
            used = (term for term in blog.terms if term.taxonomy == taxonomy and index.filed_under(term))
            return [theme.term_url(term) for term in used]
        case "users":
            accounts = {post.account.id for post in index.published}
            return [theme.author_url(author) for author in blog.authors if author.id in accounts]
        case _:
            return []


NAMES = ("posts-post", "posts-page", "taxonomies-category", "taxonomies-post_tag", "users")


def sitemap_index(blog: DemoBlog) -> Response:
    if not blog.sitemaps:
        return not_found(blog)
    found = [
        f"{blog.home}/wp-sitemap-{name}-{number + 1}.xml"
        for name in NAMES
        for number in range(-(-len(addresses(blog, name)) // SIZE))
    ]
    return document("sitemapindex", "sitemap", found)


def sitemap(blog: DemoBlog, name: str, number: int) -> Response:
    found = addresses(blog, name)[(number - 1) * SIZE : number * SIZE] if blog.sitemaps and number > 0 else []
    return document("urlset", "url", found) if found else not_found(blog)


def document(root: str, element: str, found: list[str]) -> Response:
    rows = "".join(f"<{element}><loc>{escape(url)}</loc></{element}>" for url in found)
    head = '<?xml version="1.0" encoding="UTF-8"?>\n'
    return answer(f'{head}<{root} xmlns="{NAMESPACE}">{rows}</{root}>\n', XML)
